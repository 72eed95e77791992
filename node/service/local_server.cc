#include "node/service/local_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>

#include "daftar/v1/node.grpc.pb.h"
#include "daftar/v1/shop.grpc.pb.h"
#include "node/service/accept_loop.h"
#include "node/service/convert.h"
#include "node/service/limits.h"

namespace daftar::service {
namespace {

constexpr unsigned kSocketMode = 0666;  // who may do what is decided call by call, by uid
constexpr std::string_view kBearer = "Bearer ";

absl::StatusOr<Actor> ActorOf(const grpc::ServerContext& context, const Users& users,
                              uint32_t uid) {
  const auto header = context.client_metadata().find("authorization");
  if (header == context.client_metadata().end()) return users.ByUid(uid);
  const std::string_view value(header->second.data(), header->second.size());
  if (value.substr(0, kBearer.size()) != kBearer) {
    return absl::UnauthenticatedError("authorization: expected \"Bearer TOKEN\"");
  }
  return users.ByToken(value.substr(kBearer.size()));
}

template <class Handlers, class Request, class Response>
using Handler = absl::StatusOr<Response> (Handlers::*)(const Actor&, const Request&);

template <class Handlers, class Request, class Response>
grpc::Status Serve(const grpc::ServerContext& context, const Users& users, uint32_t uid,
                   Handlers& handlers, const Request& request, Response* response,
                   Handler<Handlers, Request, Response> handler) {
  auto actor = ActorOf(context, users, uid);
  if (!actor.ok()) return ToGrpc(actor.status());
  auto result = (handlers.*handler)(*actor, request);
  if (!result.ok()) return ToGrpc(result.status());
  *response = *std::move(result);
  return grpc::Status::OK;
}

class ShopAdapter final : public v1::ShopService::Service {
 public:
  ShopAdapter(ShopHandlers& handlers, const Users& users, uint32_t uid)
      : handlers_(handlers), users_(users), uid_(uid) {}

  grpc::Status Check(grpc::ServerContext* context, const v1::CheckRequest* request,
                     v1::CheckResponse* response) override {
    return Answer(*context, *request, response, &ShopHandlers::Check);
  }
  grpc::Status GetReceipt(grpc::ServerContext* context, const v1::GetReceiptRequest* request,
                          v1::GetReceiptResponse* response) override {
    return Answer(*context, *request, response, &ShopHandlers::GetReceipt);
  }
  grpc::Status AddIncident(grpc::ServerContext* context, const v1::AddIncidentRequest* request,
                           v1::AddIncidentResponse* response) override {
    return Answer(*context, *request, response, &ShopHandlers::AddIncident);
  }
  grpc::Status ListIncidents(grpc::ServerContext* context, const v1::ListIncidentsRequest* request,
                             v1::ListIncidentsResponse* response) override {
    return Answer(*context, *request, response, &ShopHandlers::ListIncidents);
  }
  grpc::Status GetIncident(grpc::ServerContext* context, const v1::GetIncidentRequest* request,
                           v1::GetIncidentResponse* response) override {
    return Answer(*context, *request, response, &ShopHandlers::GetIncident);
  }
  grpc::Status PublishIncident(grpc::ServerContext* context,
                               const v1::PublishIncidentRequest* request,
                               v1::PublishIncidentResponse* response) override {
    return Answer(*context, *request, response, &ShopHandlers::PublishIncident);
  }
  grpc::Status SettleIncident(grpc::ServerContext* context,
                              const v1::SettleIncidentRequest* request,
                              v1::SettleIncidentResponse* response) override {
    return Answer(*context, *request, response, &ShopHandlers::SettleIncident);
  }
  grpc::Status WithdrawIncident(grpc::ServerContext* context,
                                const v1::WithdrawIncidentRequest* request,
                                v1::WithdrawIncidentResponse* response) override {
    return Answer(*context, *request, response, &ShopHandlers::WithdrawIncident);
  }
  grpc::Status AddCustomer(grpc::ServerContext* context, const v1::AddCustomerRequest* request,
                           v1::AddCustomerResponse* response) override {
    return Answer(*context, *request, response, &ShopHandlers::AddCustomer);
  }
  grpc::Status GetCustomer(grpc::ServerContext* context, const v1::GetCustomerRequest* request,
                           v1::GetCustomerResponse* response) override {
    return Answer(*context, *request, response, &ShopHandlers::GetCustomer);
  }
  grpc::Status ImportCustomers(grpc::ServerContext* context,
                               const v1::ImportCustomersRequest* request,
                               v1::ImportCustomersResponse* response) override {
    return Answer(*context, *request, response, &ShopHandlers::ImportCustomers);
  }
  grpc::Status ImportOrders(grpc::ServerContext* context, const v1::ImportOrdersRequest* request,
                            v1::ImportOrdersResponse* response) override {
    return Answer(*context, *request, response, &ShopHandlers::ImportOrders);
  }
  grpc::Status SuggestIncidents(grpc::ServerContext* context,
                                const v1::SuggestIncidentsRequest* request,
                                v1::SuggestIncidentsResponse* response) override {
    return Answer(*context, *request, response, &ShopHandlers::SuggestIncidents);
  }

 private:
  template <class Request, class Response>
  grpc::Status Answer(const grpc::ServerContext& context, const Request& request,
                      Response* response, Handler<ShopHandlers, Request, Response> handler) {
    return Serve(context, users_, uid_, handlers_, request, response, handler);
  }
  ShopHandlers& handlers_;
  const Users& users_;
  const uint32_t uid_;
};

class NodeAdapter final : public v1::NodeService::Service {
 public:
  NodeAdapter(NodeHandlers& handlers, const Users& users, uint32_t uid)
      : handlers_(handlers), users_(users), uid_(uid) {}

  grpc::Status GetStatus(grpc::ServerContext* context, const v1::GetStatusRequest* request,
                         v1::GetStatusResponse* response) override {
    return Answer(*context, *request, response, &NodeHandlers::GetStatus);
  }
  grpc::Status CreateInvite(grpc::ServerContext* context, const v1::CreateInviteRequest* request,
                            v1::CreateInviteResponse* response) override {
    return Answer(*context, *request, response, &NodeHandlers::CreateInvite);
  }
  grpc::Status JoinPartner(grpc::ServerContext* context, const v1::JoinPartnerRequest* request,
                           v1::JoinPartnerResponse* response) override {
    return Answer(*context, *request, response, &NodeHandlers::JoinPartner);
  }
  grpc::Status ListPartners(grpc::ServerContext* context, const v1::ListPartnersRequest* request,
                            v1::ListPartnersResponse* response) override {
    return Answer(*context, *request, response, &NodeHandlers::ListPartners);
  }
  grpc::Status GetPartner(grpc::ServerContext* context, const v1::GetPartnerRequest* request,
                          v1::GetPartnerResponse* response) override {
    return Answer(*context, *request, response, &NodeHandlers::GetPartner);
  }
  grpc::Status SuspendPartner(grpc::ServerContext* context,
                              const v1::SuspendPartnerRequest* request,
                              v1::SuspendPartnerResponse* response) override {
    return Answer(*context, *request, response, &NodeHandlers::SuspendPartner);
  }
  grpc::Status ResumePartner(grpc::ServerContext* context, const v1::ResumePartnerRequest* request,
                             v1::ResumePartnerResponse* response) override {
    return Answer(*context, *request, response, &NodeHandlers::ResumePartner);
  }
  grpc::Status RemovePartner(grpc::ServerContext* context, const v1::RemovePartnerRequest* request,
                             v1::RemovePartnerResponse* response) override {
    return Answer(*context, *request, response, &NodeHandlers::RemovePartner);
  }
  grpc::Status AddUser(grpc::ServerContext* context, const v1::AddUserRequest* request,
                       v1::AddUserResponse* response) override {
    return Answer(*context, *request, response, &NodeHandlers::AddUser);
  }
  grpc::Status ListUsers(grpc::ServerContext* context, const v1::ListUsersRequest* request,
                         v1::ListUsersResponse* response) override {
    return Answer(*context, *request, response, &NodeHandlers::ListUsers);
  }
  grpc::Status RemoveUser(grpc::ServerContext* context, const v1::RemoveUserRequest* request,
                          v1::RemoveUserResponse* response) override {
    return Answer(*context, *request, response, &NodeHandlers::RemoveUser);
  }
  grpc::Status GetLogHead(grpc::ServerContext* context, const v1::GetLogHeadRequest* request,
                          v1::GetLogHeadResponse* response) override {
    return Answer(*context, *request, response, &NodeHandlers::GetLogHead);
  }
  grpc::Status ListLogEntries(grpc::ServerContext* context,
                              const v1::ListLogEntriesRequest* request,
                              v1::ListLogEntriesResponse* response) override {
    return Answer(*context, *request, response, &NodeHandlers::ListLogEntries);
  }

 private:
  template <class Request, class Response>
  grpc::Status Answer(const grpc::ServerContext& context, const Request& request,
                      Response* response, Handler<NodeHandlers, Request, Response> handler) {
    return Serve(context, users_, uid_, handlers_, request, response, handler);
  }
  NodeHandlers& handlers_;
  const Users& users_;
  const uint32_t uid_;
};

// gRPC does not tell a call which connection it came on, so that each uid has a server of its own:
// the same handlers behind adapters that know the uid.
struct UidServer {
  UidServer(ShopHandlers& shop_handlers, NodeHandlers& node_handlers, const Users& users,
            uint32_t uid)
      : shop(shop_handlers, users, uid), node(node_handlers, users, uid) {}
  ShopAdapter shop;
  NodeAdapter node;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor;
  std::unique_ptr<grpc::Server> server;
};

}  // namespace

struct LocalServer::Parts {
  Parts(ShopHandlers& shop_handlers, NodeHandlers& node_handlers, const Users& known_users)
      : shop(shop_handlers), node(node_handlers), users(known_users) {}
  void OnConnection(int fd);
  UidServer* ServerFor(uint32_t uid);

  ShopHandlers& shop;
  NodeHandlers& node;
  const Users& users;
  std::map<uint32_t, std::unique_ptr<UidServer>> servers;  // the accepting thread's
  std::unique_ptr<AcceptLoop> loop;
};

UidServer* LocalServer::Parts::ServerFor(uint32_t uid) {
  const auto found = servers.find(uid);
  if (found != servers.end()) return found->second.get();
  if (servers.size() >= static_cast<size_t>(kMaxLocalUids)) return nullptr;
  auto made = std::make_unique<UidServer>(shop, node, users, uid);
  grpc::ServerBuilder builder;
  made->acceptor = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      grpc::InsecureServerCredentials());
  builder.RegisterService(&made->shop);
  builder.RegisterService(&made->node);
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
                                                                ShopHandlers& shop,
                                                                NodeHandlers& node,
                                                                const Users& users) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();  // links it in
  auto parts = std::make_unique<Parts>(shop, node, users);
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
