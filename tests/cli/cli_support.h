// Shared by the tests of the command line: a console over strings, and a node that answers what the
// test says, over a real Unix socket.
#ifndef DAFTAR_TESTS_CLI_CLI_SUPPORT_H_
#define DAFTAR_TESTS_CLI_CLI_SUPPORT_H_

#include <google/protobuf/text_format.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include "cli/client.h"
#include "cli/command_line.h"
#include "cli/console.h"

namespace daftar::cli {

// A message from its text form; a mistake in it fails the test.
template <class Message>
Message Proto(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

class TestFolder {
 public:
  TestFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "daftar-cli-test-XXXXXX").string();
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    path_ = pattern;
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  const std::string& path() const { return path_; }
  std::string File(const std::string& name, const std::string& text) const {
    const std::string file = path_ + "/" + name;
    std::ofstream(file, std::ios::binary) << text;
    return file;
  }

 private:
  std::string path_;
};

// What a run of the program printed and answered.
struct Ran {
  int code = 0;
  std::string out;
  std::string err;
};

inline Ran RunCli(const std::vector<std::string>& arguments, const Environment& environment = {},
                  const std::string& input = "") {
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  Console console{in, out, err};
  const int code = RunDaftar(arguments, environment, console);
  return {code, out.str(), err.str()};
}

// A node with all services of the command line, each method answered by a function of the test;
// without one a method is UNIMPLEMENTED. Methods are called from gRPC's threads, one at a time.
class FakeNode {
 public:
  FakeNode()
      : shop_(*this),
        incident_(*this),
        subject_(*this),
        book_(*this),
        policy_(*this),
        node_(*this),
        disclosure_(*this) {
    Start();
  }
  ~FakeNode() { Stop(); }
  FakeNode(const FakeNode&) = delete;
  FakeNode& operator=(const FakeNode&) = delete;

  const std::string& dir() const { return folder_.path(); }
  const TestFolder& folder() const { return folder_; }
  void Stop() {
    if (server_ != nullptr) server_->Shutdown();
    server_.reset();
  }
  void Start() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("unix:" + SocketOf(dir()), grpc::InsecureServerCredentials());
    builder.RegisterService(&shop_);
    builder.RegisterService(&incident_);
    builder.RegisterService(&subject_);
    builder.RegisterService(&book_);
    builder.RegisterService(&policy_);
    builder.RegisterService(&node_);
    builder.RegisterService(&disclosure_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
  }
  // Runs the program against this node.
  Ran Run(std::vector<std::string> arguments, const std::string& token = "",
          const std::string& input = "") {
    return RunCli(arguments, {dir(), token}, input);
  }

  template <class Request, class Response>
  using Method = std::function<grpc::Status(const Request&, Response&)>;

  Method<v1::CheckRequest, v1::CheckResponse> check;
  Method<v1::GetReceiptRequest, v1::GetReceiptResponse> get_receipt;
  Method<v1::AddIncidentRequest, v1::AddIncidentResponse> add_incident;
  Method<v1::ListIncidentsRequest, v1::ListIncidentsResponse> list_incidents;
  Method<v1::GetIncidentRequest, v1::GetIncidentResponse> get_incident;
  Method<v1::AwaitIncidentRequest, v1::AwaitIncidentResponse> await_incident;
  Method<v1::PublishIncidentRequest, v1::PublishIncidentResponse> publish_incident;
  Method<v1::SettleIncidentRequest, v1::SettleIncidentResponse> settle_incident;
  Method<v1::WithdrawIncidentRequest, v1::WithdrawIncidentResponse> withdraw_incident;
  Method<v1::AddCustomerRequest, v1::AddCustomerResponse> add_customer;
  Method<v1::GetCustomerRequest, v1::GetCustomerResponse> get_customer;
  Method<v1::ImportCustomersRequest, v1::ImportCustomersResponse> import_customers;
  Method<v1::ImportOrdersRequest, v1::ImportOrdersResponse> import_orders;
  Method<v1::SuggestIncidentsRequest, v1::SuggestIncidentsResponse> suggest_incidents;
  Method<v1::MitigateIncidentRequest, v1::MitigateIncidentResponse> mitigate_incident;
  Method<v1::RemindIncidentRequest, v1::RemindIncidentResponse> remind_incident;
  Method<v1::ApproveIncidentRequest, v1::ApproveIncidentResponse> approve_incident;
  Method<v1::GiveNoticeRequest, v1::GiveNoticeResponse> give_notice;
  Method<v1::DisputeIncidentRequest, v1::DisputeIncidentResponse> dispute_incident;
  Method<v1::ResolveIncidentRequest, v1::ResolveIncidentResponse> resolve_incident;
  Method<v1::CorrectIncidentRequest, v1::CorrectIncidentResponse> correct_incident;
  Method<v1::EraseIncidentRequest, v1::EraseIncidentResponse> erase_incident;
  Method<v1::MakeCodeRequest, v1::MakeCodeResponse> make_code;
  Method<v1::GetReportRequest, v1::GetReportResponse> get_report;
  Method<v1::DisputeAtPartnerRequest, v1::DisputeAtPartnerResponse> dispute_at_partner;
  Method<v1::ListRelayedDisputesRequest, v1::ListRelayedDisputesResponse> list_relayed_disputes;
  Method<v1::MergeCustomersRequest, v1::MergeCustomersResponse> merge_customers;
  Method<v1::GetOrderRequest, v1::GetOrderResponse> get_order;
  Method<v1::ListOrdersRequest, v1::ListOrdersResponse> list_orders;
  Method<v1::ListCustomersRequest, v1::ListCustomersResponse> list_customers;
  Method<v1::UnmergeCustomerRequest, v1::UnmergeCustomerResponse> unmerge_customer;
  Method<v1::EraseCustomerRequest, v1::EraseCustomerResponse> erase_customer;
  Method<v1::SetCustomerGroupsRequest, v1::SetCustomerGroupsResponse> set_customer_groups;
  Method<v1::ListGroupsRequest, v1::ListGroupsResponse> list_groups;
  Method<v1::PutGroupRequest, v1::PutGroupResponse> put_group;
  Method<v1::RemoveGroupRequest, v1::RemoveGroupResponse> remove_group;
  Method<v1::ReportGroupsRequest, v1::ReportGroupsResponse> report_groups;
  Method<v1::AddAllowedRequest, v1::AddAllowedResponse> add_allowed;
  Method<v1::ListAllowedRequest, v1::ListAllowedResponse> list_allowed;
  Method<v1::RemoveAllowedRequest, v1::RemoveAllowedResponse> remove_allowed;
  Method<v1::AddWarningRequest, v1::AddWarningResponse> add_warning;
  Method<v1::ListWarningsRequest, v1::ListWarningsResponse> list_warnings;
  Method<v1::ClearWarningRequest, v1::ClearWarningResponse> clear_warning;
  Method<v1::RemoveWarningRequest, v1::RemoveWarningResponse> remove_warning;
  Method<v1::AcceptPartnerRequest, v1::AcceptPartnerResponse> accept_partner;
  Method<v1::ReleasePartnerRequest, v1::ReleasePartnerResponse> release_partner;
  Method<v1::AddOrderRequest, v1::AddOrderResponse> add_order;
  Method<v1::SetOrderOutcomeRequest, v1::SetOrderOutcomeResponse> set_order_outcome;
  Method<v1::GetPolicyRequest, v1::GetPolicyResponse> get_policy;
  Method<v1::OverrideDecisionRequest, v1::OverrideDecisionResponse> override_decision;
  Method<v1::ReportOutcomesRequest, v1::ReportOutcomesResponse> report_outcomes;
  Method<v1::PutPolicyRequest, v1::PutPolicyResponse> put_policy;
  Method<v1::SetTrialPolicyRequest, v1::SetTrialPolicyResponse> set_trial_policy;
  Method<v1::ReportTrialRequest, v1::ReportTrialResponse> report_trial;
  Method<v1::ReportWorthRequest, v1::ReportWorthResponse> report_worth;
  Method<v1::ResetPartnerWeightRequest, v1::ResetPartnerWeightResponse> reset_partner_weight;
  Method<v1::GetStatusRequest, v1::GetStatusResponse> get_status;
  Method<v1::CreateInviteRequest, v1::CreateInviteResponse> create_invite;
  Method<v1::JoinPartnerRequest, v1::JoinPartnerResponse> join_partner;
  Method<v1::GetCharterRequest, v1::GetCharterResponse> get_charter;
  Method<v1::AdoptCharterRequest, v1::AdoptCharterResponse> adopt_charter;
  Method<v1::SuspendPartnerRequest, v1::SuspendPartnerResponse> suspend_partner;
  Method<v1::ListLogEntriesRequest, v1::ListLogEntriesResponse> list_log_entries;
  Method<v1::GetLogHeadRequest, v1::GetLogHeadResponse> get_log_head;
  Method<v1::GetLogPolicyRequest, v1::GetLogPolicyResponse> get_log_policy;
  Method<v1::ExportForkRequest, v1::ExportForkResponse> export_fork;
  using ExportWriter = grpc::ServerWriter<v1::ExportLogResponse>;
  std::function<grpc::Status(const v1::ExportLogRequest&, const grpc::ServerContext&,
                             ExportWriter&)>
      export_log;
  std::function<grpc::Status(const v1::ExportDecisionsRequest&, ExportWriter&)> export_decisions;
  // What goes before the last message of a recovery.
  std::vector<v1::RecoverLogResponse> recovery_progress;
  Method<v1::RecoverLogRequest, v1::RecoverLogResponse> recover_log;
  Method<v1::ListChangesRequest, v1::ListChangesResponse> list_changes;
  Method<v1::AddUserRequest, v1::AddUserResponse> add_user;
  Method<v1::RemoveUserRequest, v1::RemoveUserResponse> remove_user;
  Method<v1::ListUsersRequest, v1::ListUsersResponse> list_users;
  Method<v1::ResetSignInRequest, v1::ResetSignInResponse> reset_sign_in;

  Method<v1::RemoveProofRequest, v1::RemoveProofResponse> remove_proof;
  // What came in all of the call; and what goes out, message by message.
  std::function<grpc::Status(const v1::NewProof&, const std::string& content, v1::Proof&)>
      add_proof;
  using ProofReader = grpc::ServerReader<v1::AddProofRequest>;
  std::function<void(const grpc::ServerContext&, ProofReader&)> before_proof;
  using ProofWriter = grpc::ServerWriter<v1::GetProofResponse>;
  std::function<grpc::Status(const v1::GetProofRequest&, const grpc::ServerContext&, ProofWriter&)>
      get_proof;

  Method<v1::AskForProofRequest, v1::AskForProofResponse> ask_for_proof;
  Method<v1::ListAskedProofRequest, v1::ListAskedProofResponse> list_asked_proof;
  Method<v1::FetchAskedProofRequest, v1::FetchAskedProofResponse> fetch_asked_proof;
  using PartnerProofWriter = grpc::ServerWriter<v1::GetPartnerProofResponse>;
  std::function<grpc::Status(const v1::GetPartnerProofRequest&, PartnerProofWriter&)>
      get_partner_proof;
  Method<v1::ListProofRequestsRequest, v1::ListProofRequestsResponse> list_proof_requests;
  Method<v1::DiscloseProofRequest, v1::DiscloseProofResponse> disclose_proof;
  Method<v1::RefuseProofRequest, v1::RefuseProofResponse> refuse_proof;

  // What goes before the last message of a wait.
  std::vector<v1::AwaitIncidentResponse> await_progress;
  // What goes before a report of groups: messages, then whatever the test does.
  std::vector<v1::ReportGroupsResponse> report_progress;
  using ReportWriter = grpc::ServerWriter<v1::ReportGroupsResponse>;
  std::function<void(const grpc::ServerContext&, ReportWriter&)> before_report;

  // What the last call carried.
  std::string authorization;
  std::chrono::system_clock::time_point deadline;  // of the last call

 private:
  template <class Request, class Response>
  grpc::Status Answer(grpc::ServerContext* context, const Method<Request, Response>& method,
                      const Request* request, Response* response) {
    std::lock_guard lock(mutex_);
    authorization.clear();
    deadline = context->deadline();
    const auto found = context->client_metadata().find("authorization");
    if (found != context->client_metadata().end()) {
      authorization.assign(found->second.begin(), found->second.end());
    }
    if (!method) return {grpc::StatusCode::UNIMPLEMENTED, "not in this test"};
    return method(*request, *response);
  }

#define DAFTAR_FAKE_METHOD(Name, member)                                            \
  grpc::Status Name(grpc::ServerContext* context, const v1::Name##Request* request, \
                    v1::Name##Response* response) override {                        \
    return fake_.Answer(context, fake_.member, request, response);                  \
  }

  struct Shop final : v1::ShopService::Service {
    explicit Shop(FakeNode& fake) : fake_(fake) {}
    DAFTAR_FAKE_METHOD(Check, check)
    DAFTAR_FAKE_METHOD(GetReceipt, get_receipt)
    DAFTAR_FAKE_METHOD(AddIncident, add_incident)
    DAFTAR_FAKE_METHOD(ListIncidents, list_incidents)
    DAFTAR_FAKE_METHOD(GetIncident, get_incident)
    grpc::Status AwaitIncident(grpc::ServerContext* context,
                               const v1::AwaitIncidentRequest* request,
                               grpc::ServerWriter<v1::AwaitIncidentResponse>* writer) override {
      for (const v1::AwaitIncidentResponse& message : fake_.await_progress) writer->Write(message);
      v1::AwaitIncidentResponse last;
      const grpc::Status status = fake_.Answer(context, fake_.await_incident, request, &last);
      if (status.ok()) writer->Write(last);
      return status;
    }
    DAFTAR_FAKE_METHOD(PublishIncident, publish_incident)
    DAFTAR_FAKE_METHOD(SettleIncident, settle_incident)
    DAFTAR_FAKE_METHOD(WithdrawIncident, withdraw_incident)
    DAFTAR_FAKE_METHOD(MitigateIncident, mitigate_incident)
    DAFTAR_FAKE_METHOD(RemindIncident, remind_incident)
    DAFTAR_FAKE_METHOD(AddCustomer, add_customer)
    DAFTAR_FAKE_METHOD(GetCustomer, get_customer)
    DAFTAR_FAKE_METHOD(ImportCustomers, import_customers)
    DAFTAR_FAKE_METHOD(ImportOrders, import_orders)
    DAFTAR_FAKE_METHOD(SuggestIncidents, suggest_incidents)
    DAFTAR_FAKE_METHOD(RemoveProof, remove_proof)
    grpc::Status AddProof(grpc::ServerContext* context, ProofReader* reader,
                          v1::AddProofResponse* response) override {
      if (!fake_.add_proof) return {grpc::StatusCode::UNIMPLEMENTED, "not in this test"};
      if (fake_.before_proof) fake_.before_proof(*context, *reader);
      v1::AddProofRequest message;
      v1::NewProof what;
      std::string content;
      while (reader->Read(&message)) {
        if (message.has_proof()) what = message.proof();
        content += message.chunk();
      }
      return fake_.add_proof(what, content, *response->mutable_proof());
    }
    grpc::Status GetProof(grpc::ServerContext* context, const v1::GetProofRequest* request,
                          ProofWriter* writer) override {
      if (!fake_.get_proof) return {grpc::StatusCode::UNIMPLEMENTED, "not in this test"};
      return fake_.get_proof(*request, *context, *writer);
    }
    FakeNode& fake_;
  };
  struct Incident final : v1::IncidentService::Service {
    explicit Incident(FakeNode& fake) : fake_(fake) {}
    DAFTAR_FAKE_METHOD(ApproveIncident, approve_incident)
    DAFTAR_FAKE_METHOD(GiveNotice, give_notice)
    DAFTAR_FAKE_METHOD(DisputeIncident, dispute_incident)
    DAFTAR_FAKE_METHOD(ResolveIncident, resolve_incident)
    DAFTAR_FAKE_METHOD(CorrectIncident, correct_incident)
    DAFTAR_FAKE_METHOD(EraseIncident, erase_incident)
    DAFTAR_FAKE_METHOD(DisputeAtPartner, dispute_at_partner)
    DAFTAR_FAKE_METHOD(ListRelayedDisputes, list_relayed_disputes)
    FakeNode& fake_;
  };
  struct Subject final : v1::SubjectService::Service {
    explicit Subject(FakeNode& fake) : fake_(fake) {}
    DAFTAR_FAKE_METHOD(MakeCode, make_code)
    DAFTAR_FAKE_METHOD(GetReport, get_report)
    FakeNode& fake_;
  };
  struct Book final : v1::BookService::Service {
    explicit Book(FakeNode& fake) : fake_(fake) {}
    DAFTAR_FAKE_METHOD(MergeCustomers, merge_customers)
    DAFTAR_FAKE_METHOD(GetOrder, get_order)
    DAFTAR_FAKE_METHOD(ListOrders, list_orders)
    DAFTAR_FAKE_METHOD(ListCustomers, list_customers)
    DAFTAR_FAKE_METHOD(UnmergeCustomer, unmerge_customer)
    DAFTAR_FAKE_METHOD(EraseCustomer, erase_customer)
    DAFTAR_FAKE_METHOD(SetCustomerGroups, set_customer_groups)
    DAFTAR_FAKE_METHOD(ListGroups, list_groups)
    DAFTAR_FAKE_METHOD(PutGroup, put_group)
    DAFTAR_FAKE_METHOD(RemoveGroup, remove_group)
    grpc::Status ReportGroups(grpc::ServerContext* context, const v1::ReportGroupsRequest* request,
                              grpc::ServerWriter<v1::ReportGroupsResponse>* writer) override {
      for (const v1::ReportGroupsResponse& message : fake_.report_progress) writer->Write(message);
      if (fake_.before_report) fake_.before_report(*context, *writer);
      v1::ReportGroupsResponse report;
      const grpc::Status status = fake_.Answer(context, fake_.report_groups, request, &report);
      if (status.ok()) writer->Write(report);
      return status;
    }
    DAFTAR_FAKE_METHOD(AddAllowed, add_allowed)
    DAFTAR_FAKE_METHOD(ListAllowed, list_allowed)
    DAFTAR_FAKE_METHOD(RemoveAllowed, remove_allowed)
    DAFTAR_FAKE_METHOD(AddWarning, add_warning)
    DAFTAR_FAKE_METHOD(ListWarnings, list_warnings)
    DAFTAR_FAKE_METHOD(ClearWarning, clear_warning)
    DAFTAR_FAKE_METHOD(RemoveWarning, remove_warning)
    DAFTAR_FAKE_METHOD(AddOrder, add_order)
    DAFTAR_FAKE_METHOD(SetOrderOutcome, set_order_outcome)
    FakeNode& fake_;
  };
  struct Policy final : v1::PolicyService::Service {
    explicit Policy(FakeNode& fake) : fake_(fake) {}
    DAFTAR_FAKE_METHOD(GetPolicy, get_policy)
    DAFTAR_FAKE_METHOD(OverrideDecision, override_decision)
    DAFTAR_FAKE_METHOD(ReportOutcomes, report_outcomes)
    DAFTAR_FAKE_METHOD(ResetPartnerWeight, reset_partner_weight)
    DAFTAR_FAKE_METHOD(PutPolicy, put_policy)
    DAFTAR_FAKE_METHOD(SetTrialPolicy, set_trial_policy)
    DAFTAR_FAKE_METHOD(ReportTrial, report_trial)
    DAFTAR_FAKE_METHOD(ReportWorth, report_worth)
    FakeNode& fake_;
  };
  struct Node final : v1::NodeService::Service {
    explicit Node(FakeNode& fake) : fake_(fake) {}
    DAFTAR_FAKE_METHOD(GetStatus, get_status)
    DAFTAR_FAKE_METHOD(CreateInvite, create_invite)
    DAFTAR_FAKE_METHOD(JoinPartner, join_partner)
    DAFTAR_FAKE_METHOD(GetCharter, get_charter)
    DAFTAR_FAKE_METHOD(AdoptCharter, adopt_charter)
    DAFTAR_FAKE_METHOD(AcceptPartner, accept_partner)
    DAFTAR_FAKE_METHOD(ReleasePartner, release_partner)
    DAFTAR_FAKE_METHOD(SuspendPartner, suspend_partner)
    DAFTAR_FAKE_METHOD(ListLogEntries, list_log_entries)
    DAFTAR_FAKE_METHOD(GetLogHead, get_log_head)
    DAFTAR_FAKE_METHOD(GetLogPolicy, get_log_policy)
    DAFTAR_FAKE_METHOD(ExportFork, export_fork)
    grpc::Status ExportLog(grpc::ServerContext* context, const v1::ExportLogRequest* request,
                           ExportWriter* writer) override {
      if (!fake_.export_log) return {grpc::StatusCode::UNIMPLEMENTED, "not in this test"};
      return fake_.export_log(*request, *context, *writer);
    }
    grpc::Status ExportDecisions(grpc::ServerContext*, const v1::ExportDecisionsRequest* request,
                                 ExportWriter* writer) override {
      if (!fake_.export_decisions) return {grpc::StatusCode::UNIMPLEMENTED, "not in this test"};
      return fake_.export_decisions(*request, *writer);
    }
    grpc::Status RecoverLog(grpc::ServerContext* context, const v1::RecoverLogRequest* request,
                            grpc::ServerWriter<v1::RecoverLogResponse>* writer) override {
      for (const v1::RecoverLogResponse& message : fake_.recovery_progress) writer->Write(message);
      v1::RecoverLogResponse last;
      const grpc::Status status = fake_.Answer(context, fake_.recover_log, request, &last);
      if (status.ok()) writer->Write(last);
      return status;
    }
    DAFTAR_FAKE_METHOD(ListChanges, list_changes)
    DAFTAR_FAKE_METHOD(AddUser, add_user)
    DAFTAR_FAKE_METHOD(RemoveUser, remove_user)
    DAFTAR_FAKE_METHOD(ListUsers, list_users)
    DAFTAR_FAKE_METHOD(ResetSignIn, reset_sign_in)
    FakeNode& fake_;
  };
  struct Disclosure final : v1::DisclosureService::Service {
    explicit Disclosure(FakeNode& fake) : fake_(fake) {}
    DAFTAR_FAKE_METHOD(AskForProof, ask_for_proof)
    DAFTAR_FAKE_METHOD(ListAskedProof, list_asked_proof)
    DAFTAR_FAKE_METHOD(FetchAskedProof, fetch_asked_proof)
    grpc::Status GetPartnerProof(grpc::ServerContext*, const v1::GetPartnerProofRequest* request,
                                 PartnerProofWriter* writer) override {
      if (!fake_.get_partner_proof) return {grpc::StatusCode::UNIMPLEMENTED, "not in this test"};
      return fake_.get_partner_proof(*request, *writer);
    }
    DAFTAR_FAKE_METHOD(ListProofRequests, list_proof_requests)
    DAFTAR_FAKE_METHOD(DiscloseProof, disclose_proof)
    DAFTAR_FAKE_METHOD(RefuseProof, refuse_proof)
    FakeNode& fake_;
  };
#undef DAFTAR_FAKE_METHOD

  TestFolder folder_;
  std::mutex mutex_;
  Shop shop_;
  Incident incident_;
  Subject subject_;
  Book book_;
  Policy policy_;
  Node node_;
  Disclosure disclosure_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace daftar::cli

#endif  // DAFTAR_TESTS_CLI_CLI_SUPPORT_H_
