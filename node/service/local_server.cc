#include "node/service/local_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>

#include "node/service/accept_loop.h"
#include "node/service/limits.h"

namespace daftar::service {
namespace {

constexpr unsigned kSocketMode = 0666;  // who may do what is decided call by call, by uid
// gRPC does not tell a call which connection it came on, so that each uid has a server of its own:
// the same handlers behind adapters that know the uid.
struct UidServer {
  UidServer(const Handlers& handlers, const Credentials& credentials, uint32_t uid)
      : services(handlers, credentials, uid) {}
  LocalServices services;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor;
  std::unique_ptr<grpc::Server> server;
};

}  // namespace

struct LocalServer::Parts {
  Parts(const Handlers& all, const Credentials& who) : handlers(all), credentials(who) {}
  void OnConnection(int fd);
  UidServer* ServerFor(uint32_t uid);

  const Handlers handlers;
  const Credentials credentials;
  std::map<uint32_t, std::unique_ptr<UidServer>> servers;  // the accepting thread's
  std::unique_ptr<AcceptLoop> loop;
};

UidServer* LocalServer::Parts::ServerFor(uint32_t uid) {
  const auto found = servers.find(uid);
  if (found != servers.end()) return found->second.get();
  if (servers.size() >= static_cast<size_t>(kMaxLocalUids)) return nullptr;
  auto made = std::make_unique<UidServer>(handlers, credentials, uid);
  grpc::ServerBuilder builder;
  made->acceptor = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      grpc::InsecureServerCredentials());
  made->services.AddTo(builder);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxConcurrentStreams);
  grpc::ResourceQuota quota("local");
  quota.SetMaxThreads(kMaxServerThreads);
  builder.SetResourceQuota(quota);
  made->server = builder.BuildAndStart();
  if (made->server == nullptr) return nullptr;
  return servers.emplace(uid, std::move(made)).first->second.get();
}

void LocalServer::Parts::OnConnection(int fd) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  UidServer* server = nullptr;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0) server = ServerFor(peer.uid);
  if (server == nullptr) {
    close(fd);
    return;
  }
  grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
  connection.listener_fd = -1;
  connection.fd = fd;
  server->acceptor->HandleNewConnection(&connection);
}

LocalServer::LocalServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

absl::StatusOr<std::unique_ptr<LocalServer>> LocalServer::Start(const std::string& path,
                                                                const Handlers& handlers,
                                                                const Credentials& credentials) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();  // links it in
  auto parts = std::make_unique<Parts>(handlers, credentials);
  Parts* raw = parts.get();
  auto loop = AcceptLoop::OnUnixSocket(path, kSocketMode, [raw](int fd) { raw->OnConnection(fd); });
  if (!loop.ok()) return loop.status();
  parts->loop = *std::move(loop);
  return std::unique_ptr<LocalServer>(new LocalServer(std::move(parts)));
}

LocalServer::~LocalServer() {
  parts_->loop.reset();
  for (auto& [uid, server] : parts_->servers) {
    server->server->Shutdown(std::chrono::system_clock::now() +
                             std::chrono::milliseconds(kShutdownGraceMillis));
    server->server->Wait();
  }
}

}  // namespace daftar::service
