// The handlers behind gRPC's generated services: one adapter for each service and peer uid.
#ifndef DAFTAR_NODE_SERVICE_ADAPTERS_H_
#define DAFTAR_NODE_SERVICE_ADAPTERS_H_

#include <grpcpp/server_context.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "daftar/v1/book.grpc.pb.h"
#include "daftar/v1/disclosure.grpc.pb.h"
#include "daftar/v1/incident.grpc.pb.h"
#include "daftar/v1/node.grpc.pb.h"
#include "daftar/v1/policy.grpc.pb.h"
#include "daftar/v1/session.grpc.pb.h"
#include "daftar/v1/shop.grpc.pb.h"
#include "daftar/v1/subject.grpc.pb.h"
#include "node/service/access.h"
#include "node/service/book_handlers.h"
#include "node/service/convert.h"
#include "node/service/credentials.h"
#include "node/service/disclosure_handlers.h"
#include "node/service/incident_handlers.h"
#include "node/service/limits.h"
#include "node/service/local_services.h"
#include "node/service/node_handlers.h"
#include "node/service/policy_handlers.h"
#include "node/service/retry_after.h"
#include "node/service/session_handlers.h"
#include "node/service/shop_handlers.h"
#include "node/service/subject_handlers.h"

namespace daftar::service {

inline std::string Metadata(const grpc::ServerContext& context, const char* name) {
  const auto found = context.client_metadata().find(name);
  if (found == context.client_metadata().end()) return {};
  return {found->second.data(), found->second.size()};
}

// `uid`: of the local socket's peer; none for the server behind the HTTP listener.
inline absl::StatusOr<CallOrigin> OriginOf(const grpc::ServerContext& context,
                                           std::optional<uint32_t> uid) {
  CallOrigin origin;
  origin.uid = uid;
  const std::string bearer = Metadata(context, "authorization");
  if (!bearer.empty()) {
    if (!bearer.starts_with(kBearer) || bearer.size() == kBearer.size()) {
      return absl::UnauthenticatedError("authorization: expected \"Bearer TOKEN\"");
    }
    origin.secret = bearer.substr(kBearer.size());
  }
  if (!uid.has_value()) {
    origin.address = Metadata(context, kAddressMetadata);
    origin.device = Metadata(context, kDeviceMetadata);
  }
  return origin;
}

// The actor of a call: the bearer token's user, else the peer's uid.
inline absl::StatusOr<Actor> ActorOf(const grpc::ServerContext& context,
                                     const Credentials& credentials, std::optional<uint32_t> uid) {
  auto origin = OriginOf(context, uid);
  if (!origin.ok()) return origin.status();
  return credentials.ActorOf(*origin);
}

// As gRPC has it, with the time to wait beside it where `status` has one.
inline grpc::Status ToGrpc(grpc::ServerContext& context, const absl::Status& status) {
  if (const auto wait = RetryAfter(status); wait.has_value()) {
    context.AddTrailingMetadata(kRetryAfterMetadata, std::to_string(wait->count()));
  }
  return ToGrpc(status);
}

template <class Kind, class Request, class Response>
using Handler = absl::StatusOr<Response> (Kind::*)(const Actor&, const Request&);

template <class Kind, class Request, class Response>
grpc::Status Serve(grpc::ServerContext& context, const Credentials& credentials,
                   std::optional<uint32_t> uid, Kind& handlers, const Request& request,
                   Response* response, Handler<Kind, Request, Response> handler) {
  auto actor = ActorOf(context, credentials, uid);
  if (!actor.ok()) return ToGrpc(context, actor.status());
  auto result = (handlers.*handler)(*actor, request);
  if (!result.ok()) return ToGrpc(context, result.status());
  *response = *std::move(result);
  return grpc::Status::OK;
}

// A call that carries a file holds a thread for as long as its caller likes, but for this.
inline absl::Status CheckDeadline(const grpc::ServerContext& context,
                                  int most_millis = kMaxProofCallMillis) {
  const auto most = std::chrono::system_clock::now() + std::chrono::milliseconds(most_millis);
  if (context.deadline() <= most) return absl::OkStatus();
  return absl::InvalidArgumentError("a call that carries a file needs a deadline of at most " +
                                    std::to_string(most_millis / 60'000) + " minutes");
}

// Answers with several messages: `send` takes each, and returns false once the caller has gone, or
// the node ends.
template <class Kind, class Request, class Response>
using StreamHandler = absl::Status (Kind::*)(const Actor&, const Request&,
                                             const std::function<bool(const Response&)>& send);

// The caller has to set a deadline of at most `most_millis`.
template <class Kind, class Request, class Response>
grpc::Status Stream(grpc::ServerContext& context, const Credentials& credentials,
                    std::optional<uint32_t> uid, Kind& handlers, const Request& request,
                    grpc::ServerWriter<Response>* writer,
                    StreamHandler<Kind, Request, Response> handler, int most_millis) {
  if (absl::Status status = CheckDeadline(context, most_millis); !status.ok()) {
    return ToGrpc(context, status);
  }
  auto actor = ActorOf(context, credentials, uid);
  if (!actor.ok()) return ToGrpc(context, actor.status());
  return ToGrpc(context, (handlers.*handler)(*actor, request, [&](const Response& message) {
                  return !context.IsCancelled() && writer->Write(message);
                }));
}

class ShopAdapter final : public v1::ShopService::Service {
 public:
  ShopAdapter(ShopHandlers& handlers, const Credentials& credentials, std::optional<uint32_t> uid)
      : handlers_(handlers), credentials_(credentials), uid_(uid) {}

  grpc::Status Check(grpc::ServerContext* context, const v1::CheckRequest* request,
                     v1::CheckResponse* response) override {
    return Answer(*context, *request, response, &ShopHandlers::Check);
  }
  grpc::Status GetReceipt(grpc::ServerContext* context, const v1::GetReceiptRequest* request,
                          v1::GetReceiptResponse* response) override {
    return Answer(*context, *request, response, &ShopHandlers::GetReceipt);
  }
  grpc::Status ListReceipts(grpc::ServerContext* context, const v1::ListReceiptsRequest* request,
                            v1::ListReceiptsResponse* response) override {
    return Answer(*context, *request, response, &ShopHandlers::ListReceipts);
  }
  grpc::Status RecogniseIdentifier(grpc::ServerContext* context,
                                   const v1::RecogniseIdentifierRequest* request,
                                   v1::RecogniseIdentifierResponse* response) override {
    return Answer(*context, *request, response, &ShopHandlers::RecogniseIdentifier);
  }
  grpc::Status ListReasons(grpc::ServerContext* context, const v1::ListReasonsRequest* request,
                           v1::ListReasonsResponse* response) override {
    return Answer(*context, *request, response, &ShopHandlers::ListReasons);
  }
  grpc::Status PreviewIncident(grpc::ServerContext* context,
                               const v1::PreviewIncidentRequest* request,
                               v1::PreviewIncidentResponse* response) override {
    return Answer(*context, *request, response, &ShopHandlers::PreviewIncident);
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
  grpc::Status AwaitIncident(grpc::ServerContext* context, const v1::AwaitIncidentRequest* request,
                             grpc::ServerWriter<v1::AwaitIncidentResponse>* writer) override {
    auto actor = ActorOf(*context, credentials_, uid_);
    if (!actor.ok()) return ToGrpc(*context, actor.status());
    // Until the caller or the node ends the call.
    auto answer =
        handlers_.AwaitIncident(*actor, *request, [&](const v1::AwaitIncidentResponse& message) {
          return !context->IsCancelled() && writer->Write(message);
        });
    if (!answer.ok()) return ToGrpc(*context, answer.status());
    writer->Write(*answer);
    return grpc::Status::OK;
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
  grpc::Status MitigateIncident(grpc::ServerContext* context,
                                const v1::MitigateIncidentRequest* request,
                                v1::MitigateIncidentResponse* response) override {
    return Answer(*context, *request, response, &ShopHandlers::MitigateIncident);
  }
  grpc::Status RemindIncident(grpc::ServerContext* context,
                              const v1::RemindIncidentRequest* request,
                              v1::RemindIncidentResponse* response) override {
    return Answer(*context, *request, response, &ShopHandlers::RemindIncident);
  }
  grpc::Status AddProof(grpc::ServerContext* context,
                        grpc::ServerReader<v1::AddProofRequest>* reader,
                        v1::AddProofResponse* response) override {
    if (absl::Status status = CheckDeadline(*context); !status.ok()) {
      return ToGrpc(*context, status);
    }
    auto actor = ActorOf(*context, credentials_, uid_);
    if (!actor.ok()) return ToGrpc(*context, actor.status());
    auto added = handlers_.AddProof(
        *actor, [reader](v1::AddProofRequest& message) { return reader->Read(&message); });
    if (!added.ok()) return ToGrpc(*context, added.status());
    *response = *std::move(added);
    return grpc::Status::OK;
  }
  grpc::Status GetProof(grpc::ServerContext* context, const v1::GetProofRequest* request,
                        grpc::ServerWriter<v1::GetProofResponse>* writer) override {
    if (absl::Status status = CheckDeadline(*context); !status.ok()) {
      return ToGrpc(*context, status);
    }
    auto actor = ActorOf(*context, credentials_, uid_);
    if (!actor.ok()) return ToGrpc(*context, actor.status());
    return ToGrpc(*context, handlers_.GetProof(*actor, *request,
                                               [writer](const v1::GetProofResponse& message) {
                                                 return writer->Write(message);
                                               }));
  }
  grpc::Status RemoveProof(grpc::ServerContext* context, const v1::RemoveProofRequest* request,
                           v1::RemoveProofResponse* response) override {
    return Answer(*context, *request, response, &ShopHandlers::RemoveProof);
  }

 private:
  template <class Request, class Response>
  grpc::Status Answer(grpc::ServerContext& context, const Request& request, Response* response,
                      Handler<ShopHandlers, Request, Response> handler) {
    return Serve(context, credentials_, uid_, handlers_, request, response, handler);
  }
  ShopHandlers& handlers_;
  const Credentials& credentials_;
  const std::optional<uint32_t> uid_;
};

class BookAdapter final : public v1::BookService::Service {
 public:
  BookAdapter(BookHandlers& handlers, const Credentials& credentials, std::optional<uint32_t> uid)
      : handlers_(handlers), credentials_(credentials), uid_(uid) {}

  grpc::Status MergeCustomers(grpc::ServerContext* context,
                              const v1::MergeCustomersRequest* request,
                              v1::MergeCustomersResponse* response) override {
    return Answer(*context, *request, response, &BookHandlers::MergeCustomers);
  }
  grpc::Status UnmergeCustomer(grpc::ServerContext* context,
                               const v1::UnmergeCustomerRequest* request,
                               v1::UnmergeCustomerResponse* response) override {
    return Answer(*context, *request, response, &BookHandlers::UnmergeCustomer);
  }
  grpc::Status EraseCustomer(grpc::ServerContext* context, const v1::EraseCustomerRequest* request,
                             v1::EraseCustomerResponse* response) override {
    return Answer(*context, *request, response, &BookHandlers::EraseCustomer);
  }
  grpc::Status SetCustomerGroups(grpc::ServerContext* context,
                                 const v1::SetCustomerGroupsRequest* request,
                                 v1::SetCustomerGroupsResponse* response) override {
    return Answer(*context, *request, response, &BookHandlers::SetCustomerGroups);
  }
  grpc::Status ListGroups(grpc::ServerContext* context, const v1::ListGroupsRequest* request,
                          v1::ListGroupsResponse* response) override {
    return Answer(*context, *request, response, &BookHandlers::ListGroups);
  }
  grpc::Status PutGroup(grpc::ServerContext* context, const v1::PutGroupRequest* request,
                        v1::PutGroupResponse* response) override {
    return Answer(*context, *request, response, &BookHandlers::PutGroup);
  }
  grpc::Status RemoveGroup(grpc::ServerContext* context, const v1::RemoveGroupRequest* request,
                           v1::RemoveGroupResponse* response) override {
    return Answer(*context, *request, response, &BookHandlers::RemoveGroup);
  }
  grpc::Status ReportGroups(grpc::ServerContext* context, const v1::ReportGroupsRequest* request,
                            grpc::ServerWriter<v1::ReportGroupsResponse>* writer) override {
    auto actor = ActorOf(*context, credentials_, uid_);
    if (!actor.ok()) return ToGrpc(*context, actor.status());
    // Until the caller or the node ends the call.
    auto report =
        handlers_.ReportGroups(*actor, *request, [&](const v1::ReportGroupsResponse& message) {
          return !context->IsCancelled() && writer->Write(message);
        });
    if (!report.ok()) return ToGrpc(*context, report.status());
    writer->Write(*report);
    return grpc::Status::OK;
  }
  grpc::Status AddAllowed(grpc::ServerContext* context, const v1::AddAllowedRequest* request,
                          v1::AddAllowedResponse* response) override {
    return Answer(*context, *request, response, &BookHandlers::AddAllowed);
  }
  grpc::Status ListAllowed(grpc::ServerContext* context, const v1::ListAllowedRequest* request,
                           v1::ListAllowedResponse* response) override {
    return Answer(*context, *request, response, &BookHandlers::ListAllowed);
  }
  grpc::Status RemoveAllowed(grpc::ServerContext* context, const v1::RemoveAllowedRequest* request,
                             v1::RemoveAllowedResponse* response) override {
    return Answer(*context, *request, response, &BookHandlers::RemoveAllowed);
  }
  grpc::Status AddWarning(grpc::ServerContext* context, const v1::AddWarningRequest* request,
                          v1::AddWarningResponse* response) override {
    return Answer(*context, *request, response, &BookHandlers::AddWarning);
  }
  grpc::Status ListWarnings(grpc::ServerContext* context, const v1::ListWarningsRequest* request,
                            v1::ListWarningsResponse* response) override {
    return Answer(*context, *request, response, &BookHandlers::ListWarnings);
  }
  grpc::Status ClearWarning(grpc::ServerContext* context, const v1::ClearWarningRequest* request,
                            v1::ClearWarningResponse* response) override {
    return Answer(*context, *request, response, &BookHandlers::ClearWarning);
  }
  grpc::Status RemoveWarning(grpc::ServerContext* context, const v1::RemoveWarningRequest* request,
                             v1::RemoveWarningResponse* response) override {
    return Answer(*context, *request, response, &BookHandlers::RemoveWarning);
  }
  grpc::Status AddOrder(grpc::ServerContext* context, const v1::AddOrderRequest* request,
                        v1::AddOrderResponse* response) override {
    return Answer(*context, *request, response, &BookHandlers::AddOrder);
  }
  grpc::Status SetOrderOutcome(grpc::ServerContext* context,
                               const v1::SetOrderOutcomeRequest* request,
                               v1::SetOrderOutcomeResponse* response) override {
    return Answer(*context, *request, response, &BookHandlers::SetOrderOutcome);
  }
  grpc::Status GetOrder(grpc::ServerContext* context, const v1::GetOrderRequest* request,
                        v1::GetOrderResponse* response) override {
    return Answer(*context, *request, response, &BookHandlers::GetOrder);
  }
  grpc::Status ListOrders(grpc::ServerContext* context, const v1::ListOrdersRequest* request,
                          v1::ListOrdersResponse* response) override {
    return Answer(*context, *request, response, &BookHandlers::ListOrders);
  }
  grpc::Status ListCustomers(grpc::ServerContext* context, const v1::ListCustomersRequest* request,
                             v1::ListCustomersResponse* response) override {
    return Answer(*context, *request, response, &BookHandlers::ListCustomers);
  }

 private:
  template <class Request, class Response>
  grpc::Status Answer(grpc::ServerContext& context, const Request& request, Response* response,
                      Handler<BookHandlers, Request, Response> handler) {
    return Serve(context, credentials_, uid_, handlers_, request, response, handler);
  }
  BookHandlers& handlers_;
  const Credentials& credentials_;
  const std::optional<uint32_t> uid_;
};

class IncidentAdapter final : public v1::IncidentService::Service {
 public:
  IncidentAdapter(IncidentHandlers& handlers, const Credentials& credentials,
                  std::optional<uint32_t> uid)
      : handlers_(handlers), credentials_(credentials), uid_(uid) {}

  grpc::Status ApproveIncident(grpc::ServerContext* context,
                               const v1::ApproveIncidentRequest* request,
                               v1::ApproveIncidentResponse* response) override {
    return Answer(*context, *request, response, &IncidentHandlers::ApproveIncident);
  }
  grpc::Status GiveNotice(grpc::ServerContext* context, const v1::GiveNoticeRequest* request,
                          v1::GiveNoticeResponse* response) override {
    return Answer(*context, *request, response, &IncidentHandlers::GiveNotice);
  }
  grpc::Status DisputeIncident(grpc::ServerContext* context,
                               const v1::DisputeIncidentRequest* request,
                               v1::DisputeIncidentResponse* response) override {
    return Answer(*context, *request, response, &IncidentHandlers::DisputeIncident);
  }
  grpc::Status ResolveIncident(grpc::ServerContext* context,
                               const v1::ResolveIncidentRequest* request,
                               v1::ResolveIncidentResponse* response) override {
    return Answer(*context, *request, response, &IncidentHandlers::ResolveIncident);
  }
  grpc::Status CorrectIncident(grpc::ServerContext* context,
                               const v1::CorrectIncidentRequest* request,
                               v1::CorrectIncidentResponse* response) override {
    return Answer(*context, *request, response, &IncidentHandlers::CorrectIncident);
  }
  grpc::Status EraseIncident(grpc::ServerContext* context, const v1::EraseIncidentRequest* request,
                             v1::EraseIncidentResponse* response) override {
    return Answer(*context, *request, response, &IncidentHandlers::EraseIncident);
  }
  grpc::Status DisputeAtPartner(grpc::ServerContext* context,
                                const v1::DisputeAtPartnerRequest* request,
                                v1::DisputeAtPartnerResponse* response) override {
    return Answer(*context, *request, response, &IncidentHandlers::DisputeAtPartner);
  }
  grpc::Status ListRelayedDisputes(grpc::ServerContext* context,
                                   const v1::ListRelayedDisputesRequest* request,
                                   v1::ListRelayedDisputesResponse* response) override {
    return Answer(*context, *request, response, &IncidentHandlers::ListRelayedDisputes);
  }

 private:
  template <class Request, class Response>
  grpc::Status Answer(grpc::ServerContext& context, const Request& request, Response* response,
                      Handler<IncidentHandlers, Request, Response> handler) {
    return Serve(context, credentials_, uid_, handlers_, request, response, handler);
  }
  IncidentHandlers& handlers_;
  const Credentials& credentials_;
  const std::optional<uint32_t> uid_;
};

class SubjectAdapter final : public v1::SubjectService::Service {
 public:
  SubjectAdapter(SubjectHandlers& handlers, const Credentials& credentials,
                 std::optional<uint32_t> uid)
      : handlers_(handlers), credentials_(credentials), uid_(uid) {}

  grpc::Status MakeCode(grpc::ServerContext* context, const v1::MakeCodeRequest* request,
                        v1::MakeCodeResponse* response) override {
    return Serve(*context, credentials_, uid_, handlers_, *request, response,
                 &SubjectHandlers::MakeCode);
  }
  grpc::Status GetReport(grpc::ServerContext* context, const v1::GetReportRequest* request,
                         v1::GetReportResponse* response) override {
    return Serve(*context, credentials_, uid_, handlers_, *request, response,
                 &SubjectHandlers::GetReport);
  }

 private:
  SubjectHandlers& handlers_;
  const Credentials& credentials_;
  const std::optional<uint32_t> uid_;
};

class DisclosureAdapter final : public v1::DisclosureService::Service {
 public:
  DisclosureAdapter(DisclosureHandlers& handlers, const Credentials& credentials,
                    std::optional<uint32_t> uid)
      : handlers_(handlers), credentials_(credentials), uid_(uid) {}

  grpc::Status AskForProof(grpc::ServerContext* context, const v1::AskForProofRequest* request,
                           v1::AskForProofResponse* response) override {
    return Answer(*context, *request, response, &DisclosureHandlers::AskForProof);
  }
  grpc::Status ListAskedProof(grpc::ServerContext* context,
                              const v1::ListAskedProofRequest* request,
                              v1::ListAskedProofResponse* response) override {
    return Answer(*context, *request, response, &DisclosureHandlers::ListAskedProof);
  }
  grpc::Status FetchAskedProof(grpc::ServerContext* context,
                               const v1::FetchAskedProofRequest* request,
                               v1::FetchAskedProofResponse* response) override {
    return Answer(*context, *request, response, &DisclosureHandlers::FetchAskedProof);
  }
  grpc::Status GetPartnerProof(grpc::ServerContext* context,
                               const v1::GetPartnerProofRequest* request,
                               grpc::ServerWriter<v1::GetPartnerProofResponse>* writer) override {
    if (absl::Status status = CheckDeadline(*context); !status.ok()) {
      return ToGrpc(*context, status);
    }
    auto actor = ActorOf(*context, credentials_, uid_);
    if (!actor.ok()) return ToGrpc(*context, actor.status());
    return ToGrpc(*context,
                  handlers_.GetPartnerProof(*actor, *request,
                                            [writer](const v1::GetPartnerProofResponse& message) {
                                              return writer->Write(message);
                                            }));
  }
  grpc::Status ListProofRequests(grpc::ServerContext* context,
                                 const v1::ListProofRequestsRequest* request,
                                 v1::ListProofRequestsResponse* response) override {
    return Answer(*context, *request, response, &DisclosureHandlers::ListProofRequests);
  }
  grpc::Status DiscloseProof(grpc::ServerContext* context, const v1::DiscloseProofRequest* request,
                             v1::DiscloseProofResponse* response) override {
    return Answer(*context, *request, response, &DisclosureHandlers::DiscloseProof);
  }
  grpc::Status RefuseProof(grpc::ServerContext* context, const v1::RefuseProofRequest* request,
                           v1::RefuseProofResponse* response) override {
    return Answer(*context, *request, response, &DisclosureHandlers::RefuseProof);
  }

 private:
  template <class Request, class Response>
  grpc::Status Answer(grpc::ServerContext& context, const Request& request, Response* response,
                      Handler<DisclosureHandlers, Request, Response> handler) {
    return Serve(context, credentials_, uid_, handlers_, request, response, handler);
  }
  DisclosureHandlers& handlers_;
  const Credentials& credentials_;
  const std::optional<uint32_t> uid_;
};

class PolicyAdapter final : public v1::PolicyService::Service {
 public:
  PolicyAdapter(PolicyHandlers& handlers, const Credentials& credentials,
                std::optional<uint32_t> uid)
      : handlers_(handlers), credentials_(credentials), uid_(uid) {}

  grpc::Status GetPolicy(grpc::ServerContext* context, const v1::GetPolicyRequest* request,
                         v1::GetPolicyResponse* response) override {
    return Answer(*context, *request, response, &PolicyHandlers::GetPolicy);
  }
  grpc::Status OverrideDecision(grpc::ServerContext* context,
                                const v1::OverrideDecisionRequest* request,
                                v1::OverrideDecisionResponse* response) override {
    return Answer(*context, *request, response, &PolicyHandlers::OverrideDecision);
  }
  grpc::Status ReportOutcomes(grpc::ServerContext* context,
                              const v1::ReportOutcomesRequest* request,
                              v1::ReportOutcomesResponse* response) override {
    auto actor = ActorOf(*context, credentials_, uid_);
    if (!actor.ok()) return ToGrpc(*context, actor.status());
    // Until the caller or the node ends the call.
    auto report =
        handlers_.ReportOutcomes(*actor, *request, [context] { return context->IsCancelled(); });
    if (!report.ok()) return ToGrpc(*context, report.status());
    *response = *std::move(report);
    return grpc::Status::OK;
  }
  grpc::Status CheckPolicy(grpc::ServerContext* context, const v1::CheckPolicyRequest* request,
                           v1::CheckPolicyResponse* response) override {
    return Answer(*context, *request, response, &PolicyHandlers::CheckPolicy);
  }
  grpc::Status PutPolicy(grpc::ServerContext* context, const v1::PutPolicyRequest* request,
                         v1::PutPolicyResponse* response) override {
    return Answer(*context, *request, response, &PolicyHandlers::PutPolicy);
  }
  grpc::Status SetTrialPolicy(grpc::ServerContext* context,
                              const v1::SetTrialPolicyRequest* request,
                              v1::SetTrialPolicyResponse* response) override {
    return Answer(*context, *request, response, &PolicyHandlers::SetTrialPolicy);
  }
  grpc::Status ReportTrial(grpc::ServerContext* context, const v1::ReportTrialRequest* request,
                           v1::ReportTrialResponse* response) override {
    auto actor = ActorOf(*context, credentials_, uid_);
    if (!actor.ok()) return ToGrpc(*context, actor.status());
    // Until the caller or the node ends the call.
    auto report =
        handlers_.ReportTrial(*actor, *request, [context] { return context->IsCancelled(); });
    if (!report.ok()) return ToGrpc(*context, report.status());
    *response = *std::move(report);
    return grpc::Status::OK;
  }
  grpc::Status ReportWorth(grpc::ServerContext* context, const v1::ReportWorthRequest* request,
                           v1::ReportWorthResponse* response) override {
    auto actor = ActorOf(*context, credentials_, uid_);
    if (!actor.ok()) return ToGrpc(*context, actor.status());
    // Until the caller or the node ends the call.
    auto report =
        handlers_.ReportWorth(*actor, *request, [context] { return context->IsCancelled(); });
    if (!report.ok()) return ToGrpc(*context, report.status());
    *response = *std::move(report);
    return grpc::Status::OK;
  }
  grpc::Status BacktestPolicy(grpc::ServerContext* context,
                              const v1::BacktestPolicyRequest* request,
                              grpc::ServerWriter<v1::BacktestPolicyResponse>* writer) override {
    auto actor = ActorOf(*context, credentials_, uid_);
    if (!actor.ok()) return ToGrpc(*context, actor.status());
    // Until the caller or the node ends the call.
    auto report =
        handlers_.BacktestPolicy(*actor, *request, [&](const v1::BacktestPolicyResponse& message) {
          return !context->IsCancelled() && writer->Write(message);
        });
    if (!report.ok()) return ToGrpc(*context, report.status());
    writer->Write(*report);
    return grpc::Status::OK;
  }
  grpc::Status ResetPartnerWeight(grpc::ServerContext* context,
                                  const v1::ResetPartnerWeightRequest* request,
                                  v1::ResetPartnerWeightResponse* response) override {
    return Answer(*context, *request, response, &PolicyHandlers::ResetPartnerWeight);
  }

 private:
  template <class Request, class Response>
  grpc::Status Answer(grpc::ServerContext& context, const Request& request, Response* response,
                      Handler<PolicyHandlers, Request, Response> handler) {
    return Serve(context, credentials_, uid_, handlers_, request, response, handler);
  }
  PolicyHandlers& handlers_;
  const Credentials& credentials_;
  const std::optional<uint32_t> uid_;
};

class NodeAdapter final : public v1::NodeService::Service {
 public:
  NodeAdapter(NodeHandlers& handlers, const Credentials& credentials, std::optional<uint32_t> uid)
      : handlers_(handlers), credentials_(credentials), uid_(uid) {}

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
  grpc::Status GetCharter(grpc::ServerContext* context, const v1::GetCharterRequest* request,
                          v1::GetCharterResponse* response) override {
    return Answer(*context, *request, response, &NodeHandlers::GetCharter);
  }
  grpc::Status AdoptCharter(grpc::ServerContext* context, const v1::AdoptCharterRequest* request,
                            v1::AdoptCharterResponse* response) override {
    return Answer(*context, *request, response, &NodeHandlers::AdoptCharter);
  }
  grpc::Status AcceptPartner(grpc::ServerContext* context, const v1::AcceptPartnerRequest* request,
                             v1::AcceptPartnerResponse* response) override {
    return Answer(*context, *request, response, &NodeHandlers::AcceptPartner);
  }
  grpc::Status ReleasePartner(grpc::ServerContext* context,
                              const v1::ReleasePartnerRequest* request,
                              v1::ReleasePartnerResponse* response) override {
    return Answer(*context, *request, response, &NodeHandlers::ReleasePartner);
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
  grpc::Status ResetSignIn(grpc::ServerContext* context, const v1::ResetSignInRequest* request,
                           v1::ResetSignInResponse* response) override {
    return Answer(*context, *request, response, &NodeHandlers::ResetSignIn);
  }
  grpc::Status ListChanges(grpc::ServerContext* context, const v1::ListChangesRequest* request,
                           v1::ListChangesResponse* response) override {
    return Answer(*context, *request, response, &NodeHandlers::ListChanges);
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
  grpc::Status ExportLog(grpc::ServerContext* context, const v1::ExportLogRequest* request,
                         grpc::ServerWriter<v1::ExportLogResponse>* writer) override {
    return Stream(*context, credentials_, uid_, handlers_, *request, writer,
                  &NodeHandlers::ExportLog, kMaxExportCallMillis);
  }
  grpc::Status ExportFork(grpc::ServerContext* context, const v1::ExportForkRequest* request,
                          v1::ExportForkResponse* response) override {
    return Answer(*context, *request, response, &NodeHandlers::ExportFork);
  }
  grpc::Status RecoverLog(grpc::ServerContext* context, const v1::RecoverLogRequest* request,
                          grpc::ServerWriter<v1::RecoverLogResponse>* writer) override {
    return Stream(*context, credentials_, uid_, handlers_, *request, writer,
                  &NodeHandlers::RecoverLog, kMaxRecoveryCallMillis);
  }
  grpc::Status ExportDecisions(grpc::ServerContext* context,
                               const v1::ExportDecisionsRequest* request,
                               grpc::ServerWriter<v1::ExportLogResponse>* writer) override {
    return Stream(*context, credentials_, uid_, handlers_, *request, writer,
                  &NodeHandlers::ExportDecisions, kMaxExportCallMillis);
  }
  grpc::Status GetLogPolicy(grpc::ServerContext* context, const v1::GetLogPolicyRequest* request,
                            v1::GetLogPolicyResponse* response) override {
    return Answer(*context, *request, response, &NodeHandlers::GetLogPolicy);
  }

 private:
  template <class Request, class Response>
  grpc::Status Answer(grpc::ServerContext& context, const Request& request, Response* response,
                      Handler<NodeHandlers, Request, Response> handler) {
    return Serve(context, credentials_, uid_, handlers_, request, response, handler);
  }
  NodeHandlers& handlers_;
  const Credentials& credentials_;
  const std::optional<uint32_t> uid_;
};

class SessionAdapter final : public v1::SessionService::Service {
 public:
  SessionAdapter(SessionHandlers& handlers, std::optional<uint32_t> uid)
      : handlers_(handlers), uid_(uid) {}

  grpc::Status GetSession(grpc::ServerContext* context, const v1::GetSessionRequest* request,
                          v1::GetSessionResponse* response) override {
    return Answer(*context, *request, response, &SessionHandlers::GetSession);
  }
  grpc::Status SignIn(grpc::ServerContext* context, const v1::SignInRequest* request,
                      v1::SignInResponse* response) override {
    return Answer(*context, *request, response, &SessionHandlers::SignIn);
  }
  grpc::Status SignOut(grpc::ServerContext* context, const v1::SignOutRequest* request,
                       v1::SignOutResponse* response) override {
    return Answer(*context, *request, response, &SessionHandlers::SignOut);
  }
  grpc::Status UseLink(grpc::ServerContext* context, const v1::UseLinkRequest* request,
                       v1::SignInResponse* response) override {
    return Answer(*context, *request, response, &SessionHandlers::UseLink);
  }
  grpc::Status SetPassword(grpc::ServerContext* context, const v1::SetPasswordRequest* request,
                           v1::SetPasswordResponse* response) override {
    return Answer(*context, *request, response, &SessionHandlers::SetPassword);
  }
  grpc::Status BeginSecondFactor(grpc::ServerContext* context,
                                 const v1::BeginSecondFactorRequest* request,
                                 v1::BeginSecondFactorResponse* response) override {
    return Answer(*context, *request, response, &SessionHandlers::BeginSecondFactor);
  }
  grpc::Status ConfirmSecondFactor(grpc::ServerContext* context,
                                   const v1::ConfirmSecondFactorRequest* request,
                                   v1::ConfirmSecondFactorResponse* response) override {
    return Answer(*context, *request, response, &SessionHandlers::ConfirmSecondFactor);
  }
  grpc::Status ListSessions(grpc::ServerContext* context, const v1::ListSessionsRequest* request,
                            v1::ListSessionsResponse* response) override {
    return Answer(*context, *request, response, &SessionHandlers::ListSessions);
  }
  grpc::Status EndSession(grpc::ServerContext* context, const v1::EndSessionRequest* request,
                          v1::EndSessionResponse* response) override {
    return Answer(*context, *request, response, &SessionHandlers::EndSession);
  }

 private:
  template <class Request, class Response>
  grpc::Status Answer(grpc::ServerContext& context, const Request& request, Response* response,
                      absl::StatusOr<Response> (SessionHandlers::*handler)(const CallOrigin&,
                                                                           const Request&)) {
    auto origin = OriginOf(context, uid_);
    if (!origin.ok()) return ToGrpc(context, origin.status());
    auto result = (handlers_.*handler)(*origin, request);
    if (!result.ok()) return ToGrpc(context, result.status());
    *response = *std::move(result);
    return grpc::Status::OK;
  }
  SessionHandlers& handlers_;
  const std::optional<uint32_t> uid_;
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_ADAPTERS_H_
