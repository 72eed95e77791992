#include "node/service/partner_server.h"

#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <atomic>

#include "daftar/v1/partner.grpc.pb.h"
#include "node/service/accept_loop.h"
#include "node/service/convert.h"
#include "node/service/limits.h"
#include "node/service/partner_handlers.h"
#include "node/service/tls.h"

namespace daftar::service {
namespace {

// Reflection registers itself for every server of a program that links it; the public port has the
// two services named below and nothing else.
class NoPlugins final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    plugins->clear();
  }
};

template <class Response>
grpc::Status Finish(absl::StatusOr<Response> result, Response* response) {
  if (!result.ok()) return ToGrpcForPartner(result.status());
  *response = *std::move(result);
  return grpc::Status::OK;
}

class PairingAdapter final : public v1::PairingService::Service {
 public:
  PairingAdapter(PartnerHandlers& handlers, PeerCertificates& certificates)
      : handlers_(handlers), certificates_(certificates) {}
  grpc::Status Pair(grpc::ServerContext* context, const v1::PairRequest* request,
                    v1::PairResponse* response) override {
    auto peer = certificates_.Of(*context);
    if (!peer.ok()) return ToGrpcForPartner(peer.status());
    return Finish(handlers_.Pair(*peer, *request), response);
  }

 private:
  PartnerHandlers& handlers_;
  PeerCertificates& certificates_;
};

class PartnerAdapter final : public v1::PartnerService::Service {
 public:
  PartnerAdapter(PartnerHandlers& handlers, PeerCertificates& certificates)
      : handlers_(handlers), certificates_(certificates) {}
  grpc::Status Evaluate(grpc::ServerContext* context, const v1::EvaluateRequest* request,
                        v1::EvaluateResponse* response) override {
    auto peer = certificates_.Of(*context);
    if (!peer.ok()) return ToGrpcForPartner(peer.status());
    return Finish(handlers_.Evaluate(*peer, *request), response);
  }
  grpc::Status ExchangeNotes(grpc::ServerContext* context, const v1::ExchangeNotesRequest* request,
                             v1::ExchangeNotesResponse* response) override {
    auto peer = certificates_.Of(*context);
    if (!peer.ok()) return ToGrpcForPartner(peer.status());
    return Finish(handlers_.ExchangeNotes(*peer, *request), response);
  }
  grpc::Status RelayDispute(grpc::ServerContext* context, const v1::RelayDisputeRequest* request,
                            v1::RelayDisputeResponse* response) override {
    auto peer = certificates_.Of(*context);
    if (!peer.ok()) return ToGrpcForPartner(peer.status());
    return Finish(handlers_.RelayDispute(*peer, *request), response);
  }
  grpc::Status OpenProofRequest(grpc::ServerContext* context,
                                const v1::OpenProofRequestRequest* request,
                                v1::OpenProofRequestResponse* response) override {
    auto peer = certificates_.Of(*context);
    if (!peer.ok()) return ToGrpcForPartner(peer.status());
    return Finish(handlers_.OpenProofRequest(*peer, *request), response);
  }
  grpc::Status RequestProof(grpc::ServerContext* context, const v1::RequestProofRequest* request,
                            v1::RequestProofResponse* response) override {
    auto peer = certificates_.Of(*context);
    if (!peer.ok()) return ToGrpcForPartner(peer.status());
    return Finish(handlers_.RequestProof(*peer, *request), response);
  }
  grpc::Status FetchProof(grpc::ServerContext* context, const v1::FetchProofRequest* request,
                          grpc::ServerWriter<v1::FetchProofResponse>* writer) override {
    auto peer = certificates_.Of(*context);
    if (!peer.ok()) return ToGrpcForPartner(peer.status());
    return ToGrpcForPartner(handlers_.FetchProof(
        *peer, *request,
        [writer](const v1::FetchProofResponse& response) { return writer->Write(response); },
        [context] { return context->IsCancelled(); }));
  }
  grpc::Status ReadLog(grpc::ServerContext* context, const v1::ReadLogRequest* request,
                       grpc::ServerWriter<v1::FollowResponse>* writer) override {
    auto peer = certificates_.Of(*context);
    if (!peer.ok()) return ToGrpcForPartner(peer.status());
    const absl::Status ended = handlers_.ReadLog(
        *peer, *request,
        [writer](const v1::FollowResponse& response) { return writer->Write(response); },
        [context] { return context->IsCancelled(); });
    // That nothing of the log is held here, or that it is forked, is what the caller has to know.
    return absl::IsNotFound(ended) || absl::IsFailedPrecondition(ended) ? ToGrpc(ended)
                                                                        : ToGrpcForPartner(ended);
  }
  grpc::Status Follow(grpc::ServerContext* context, const v1::FollowRequest* request,
                      grpc::ServerWriter<v1::FollowResponse>* writer) override {
    auto peer = certificates_.Of(*context);
    if (!peer.ok()) return ToGrpcForPartner(peer.status());
    return ToGrpcForPartner(handlers_.Follow(
        *peer, *request,
        [writer](const v1::FollowResponse& response) { return writer->Write(response); },
        [context] { return context->IsCancelled(); }));
  }

 private:
  PartnerHandlers& handlers_;
  PeerCertificates& certificates_;
};

}  // namespace

struct PartnerServer::Parts {
  explicit Parts(Node& node)
      : handlers(node), pairing(handlers, certificates), partner(handlers, certificates) {}
  PartnerHandlers handlers;
  PeerCertificates certificates;
  PairingAdapter pairing;
  PartnerAdapter partner;
  std::shared_ptr<std::atomic<uint64_t>> refused = std::make_shared<std::atomic<uint64_t>>(0);
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor;
  std::unique_ptr<grpc::Server> server;
  std::unique_ptr<AcceptLoop> loop;
};

PartnerServer::PartnerServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

absl::StatusOr<std::unique_ptr<PartnerServer>> PartnerServer::Start(Node& node) {
  auto parts = std::make_unique<Parts>(node);
  // A certificate that nobody pinned is let in only while an invite is open, and then only to pair.
  const auto admit = [&node, refused = parts->refused](
                         const crypto::CertificateInfo& certificate) -> absl::Status {
    if (node.registry().ByPin(certificate.pin).has_value() || node.registry().HasOpenInvites()) {
      return absl::OkStatus();
    }
    ++*refused;
    return absl::UnauthenticatedError("it does not know this node's certificate");
  };
  auto credentials = PartnerServerCredentials(node.keys().tls, admit);
  if (!credentials.ok()) return credentials.status();

  grpc::ServerBuilder builder;
  parts->acceptor = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, *credentials);
  builder.SetOption(std::make_unique<NoPlugins>());
  builder.RegisterService(&parts->pairing);
  builder.RegisterService(&parts->partner);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeTimeoutMillis);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxConcurrentStreams);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kMaxIdleMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepAliveMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepAliveTimeoutMillis);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kKeepAliveMillis / 2);
  grpc::ResourceQuota quota("partners");
  quota.SetMaxThreads(kMaxServerThreads);
  builder.SetResourceQuota(quota);
  parts->server = builder.BuildAndStart();
  if (parts->server == nullptr) return absl::InternalError("the partner port could not be served");

  auto* acceptor = parts->acceptor.get();
  auto loop = AcceptLoop::OnTcp(node.config().peer_listen, [acceptor](int fd) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.listener_fd = -1;
    connection.fd = fd;
    acceptor->HandleNewConnection(&connection);
  });
  if (!loop.ok()) return loop.status();
  parts->loop = *std::move(loop);
  return std::unique_ptr<PartnerServer>(new PartnerServer(std::move(parts)));
}

PartnerServer::~PartnerServer() {
  parts_->loop.reset();
  parts_->handlers.Stop();
  parts_->server->Shutdown(std::chrono::system_clock::now() +
                           std::chrono::milliseconds(kShutdownGraceMillis));
  parts_->server->Wait();
}

PartnerServer::Counters PartnerServer::counters() const {
  return {parts_->loop->accepted(), parts_->loop->refused(), parts_->refused->load()};
}

}  // namespace daftar::service
