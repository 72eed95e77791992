// Who may make which call: every call of the local API itself asks, before it does anything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "node/service/book_handlers.h"
#include "node/service/disclosure_handlers.h"
#include "node/service/incident_handlers.h"
#include "node/service/node_handlers.h"
#include "node/service/policy_handlers.h"
#include "node/service/session_handlers.h"
#include "node/service/shop_handlers.h"
#include "node/service/subject_handlers.h"
#include "tests/support/sim_circle.h"

namespace daftar::service {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using Call = std::function<absl::Status(const Actor&)>;

// Of staff, managers, operators and auditors, by their first letters; * also for whoever says
// nothing of who it is, and ? not for those, who are asked.
struct Allowed {
  std::string who;
  Call call;
};

template <class Handlers, class Response, class Request>
Call Of(Handlers& handlers,
        absl::StatusOr<Response> (Handlers::*method)(const Actor&, const Request&)) {
  return [&handlers, method](const Actor& actor) {
    return (handlers.*method)(actor, Request()).status();
  };
}

class RightsTest : public ::testing::Test {
 protected:
  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
  Users users_{node_->store(), node_->vault(), node_->clock(), node_->entropy()};
  Sessions sessions_{node_->store(), node_->vault(), node_->clock(), node_->entropy()};
  SessionHandlers session_{*node_, Credentials{users_, sessions_}};
  BookHandlers book_{*node_};
  IncidentHandlers incident_{*node_};
  DisclosureHandlers disclosure_{*node_};
  NodeHandlers nodes_{*node_, users_};
  PolicyHandlers policy_{*node_};
  ShopHandlers shop_{*node_};
  SubjectHandlers subject_{*node_};
  const Call report_groups_ = [this](const Actor& actor) {
    return book_.ReportGroups(actor, {}).status();
  };
  const Call report_outcomes_ = [this](const Actor& actor) {
    return policy_.ReportOutcomes(actor, {}).status();
  };
  const Call backtest_ = [this](const Actor& actor) {
    return policy_.BacktestPolicy(actor, {}).status();
  };
  const Call report_trial_ = [this](const Actor& actor) {
    return policy_.ReportTrial(actor, {}).status();
  };
  const Call report_worth_ = [this](const Actor& actor) {
    return policy_.ReportWorth(actor, {}).status();
  };
  const Call add_proof_ = [this](const Actor& actor) {
    return shop_.AddProof(actor, [](v1::AddProofRequest&) { return false; }).status();
  };
  const Call get_proof_ = [this](const Actor& actor) {
    return shop_.GetProof(actor, {}, [](const v1::GetProofResponse&) { return false; });
  };
  const Call get_partner_proof_ = [this](const Actor& actor) {
    return disclosure_.GetPartnerProof(actor, {},
                                       [](const v1::GetPartnerProofResponse&) { return false; });
  };
  const Call await_incident_ = [this](const Actor& actor) {
    return shop_.AwaitIncident(actor, {}, {}).status();
  };
  const Call export_decisions_ = [this](const Actor& actor) {
    return nodes_.ExportDecisions(actor, {}, [](const v1::ExportLogResponse&) { return false; });
  };
  const Call export_log_ = [this](const Actor& actor) {
    return nodes_.ExportLog(actor, {}, [](const v1::ExportLogResponse&) { return false; });
  };
  const Call recover_log_ = [this](const Actor& actor) {
    return nodes_.RecoverLog(actor, {}, [](const v1::RecoverLogResponse&) { return false; });
  };
  // Calls about sessions say who makes them by a secret: here the token of a user with the role.
  template <class Response, class Request>
  Call OfSession(absl::StatusOr<Response> (SessionHandlers::*method)(const CallOrigin&,
                                                                     const Request&)) {
    return [this, method](const Actor& actor) {
      return (session_.*method)(OriginOf(actor), Request()).status();
    };
  }
  CallOrigin OriginOf(const Actor& actor) {
    for (Role role : {Role::kStaff, Role::kManager, Role::kOperator, Role::kAuditor}) {
      if (!actor.roles.Has(role)) continue;
      std::string& token = tokens_[role];
      if (token.empty()) {
        auto made = users_.Add(node_.Caller(), std::string(RoleName(role)), role, std::nullopt);
        EXPECT_TRUE(made.ok());
        token = made->token;
      }
      return {token, std::nullopt, {}, {}};
    }
    return {};
  }
  std::map<Role, std::string> tokens_;
  const std::map<std::string, Allowed> calls_ = {
      {"ShopService/Check", {"sm", Of(shop_, &ShopHandlers::Check)}},
      {"ShopService/GetReceipt", {"sma", Of(shop_, &ShopHandlers::GetReceipt)}},
      {"ShopService/ListReceipts", {"sma", Of(shop_, &ShopHandlers::ListReceipts)}},
      {"ShopService/RecogniseIdentifier", {"sm", Of(shop_, &ShopHandlers::RecogniseIdentifier)}},
      {"ShopService/ListReasons", {"sma", Of(shop_, &ShopHandlers::ListReasons)}},
      {"ShopService/PreviewIncident", {"sm", Of(shop_, &ShopHandlers::PreviewIncident)}},
      {"ShopService/AddIncident", {"sm", Of(shop_, &ShopHandlers::AddIncident)}},
      {"ShopService/ListIncidents", {"sma", Of(shop_, &ShopHandlers::ListIncidents)}},
      {"ShopService/GetIncident", {"sma", Of(shop_, &ShopHandlers::GetIncident)}},
      {"ShopService/AwaitIncident", {"sma", await_incident_}},
      {"ShopService/PublishIncident", {"m", Of(shop_, &ShopHandlers::PublishIncident)}},
      {"ShopService/SettleIncident", {"m", Of(shop_, &ShopHandlers::SettleIncident)}},
      {"ShopService/WithdrawIncident", {"m", Of(shop_, &ShopHandlers::WithdrawIncident)}},
      {"ShopService/MitigateIncident", {"m", Of(shop_, &ShopHandlers::MitigateIncident)}},
      {"ShopService/RemindIncident", {"sm", Of(shop_, &ShopHandlers::RemindIncident)}},
      {"ShopService/SuggestIncidents", {"sm", Of(shop_, &ShopHandlers::SuggestIncidents)}},
      {"ShopService/AddProof", {"sm", add_proof_}},
      {"ShopService/GetProof", {"sma", get_proof_}},
      {"ShopService/RemoveProof", {"m", Of(shop_, &ShopHandlers::RemoveProof)}},
      {"ShopService/AddCustomer", {"sm", Of(shop_, &ShopHandlers::AddCustomer)}},
      {"ShopService/GetCustomer", {"sm", Of(shop_, &ShopHandlers::GetCustomer)}},
      {"ShopService/ImportCustomers", {"m", Of(shop_, &ShopHandlers::ImportCustomers)}},
      {"ShopService/ImportOrders", {"m", Of(shop_, &ShopHandlers::ImportOrders)}},
      {"BookService/MergeCustomers", {"m", Of(book_, &BookHandlers::MergeCustomers)}},
      {"BookService/UnmergeCustomer", {"m", Of(book_, &BookHandlers::UnmergeCustomer)}},
      {"BookService/EraseCustomer", {"m", Of(book_, &BookHandlers::EraseCustomer)}},
      {"BookService/SetCustomerGroups", {"m", Of(book_, &BookHandlers::SetCustomerGroups)}},
      {"BookService/ListGroups", {"sma", Of(book_, &BookHandlers::ListGroups)}},
      {"BookService/PutGroup", {"m", Of(book_, &BookHandlers::PutGroup)}},
      {"BookService/RemoveGroup", {"m", Of(book_, &BookHandlers::RemoveGroup)}},
      {"BookService/ReportGroups", {"ma", report_groups_}},
      {"BookService/AddAllowed", {"m", Of(book_, &BookHandlers::AddAllowed)}},
      {"BookService/ListAllowed", {"ma", Of(book_, &BookHandlers::ListAllowed)}},
      {"BookService/RemoveAllowed", {"m", Of(book_, &BookHandlers::RemoveAllowed)}},
      {"BookService/AddWarning", {"m", Of(book_, &BookHandlers::AddWarning)}},
      {"BookService/ListWarnings", {"ma", Of(book_, &BookHandlers::ListWarnings)}},
      {"BookService/ClearWarning", {"m", Of(book_, &BookHandlers::ClearWarning)}},
      {"BookService/RemoveWarning", {"m", Of(book_, &BookHandlers::RemoveWarning)}},
      {"BookService/AddOrder", {"sm", Of(book_, &BookHandlers::AddOrder)}},
      {"BookService/SetOrderOutcome", {"sm", Of(book_, &BookHandlers::SetOrderOutcome)}},
      {"BookService/GetOrder", {"sm", Of(book_, &BookHandlers::GetOrder)}},
      {"BookService/ListOrders", {"sm", Of(book_, &BookHandlers::ListOrders)}},
      {"BookService/ListCustomers", {"m", Of(book_, &BookHandlers::ListCustomers)}},
      {"IncidentService/ApproveIncident", {"m", Of(incident_, &IncidentHandlers::ApproveIncident)}},
      {"IncidentService/GiveNotice", {"sm", Of(incident_, &IncidentHandlers::GiveNotice)}},
      {"IncidentService/DisputeIncident",
       {"sm", Of(incident_, &IncidentHandlers::DisputeIncident)}},
      {"IncidentService/ResolveIncident", {"m", Of(incident_, &IncidentHandlers::ResolveIncident)}},
      {"IncidentService/CorrectIncident", {"m", Of(incident_, &IncidentHandlers::CorrectIncident)}},
      {"IncidentService/EraseIncident", {"m", Of(incident_, &IncidentHandlers::EraseIncident)}},
      {"SubjectService/MakeCode", {"sm", Of(subject_, &SubjectHandlers::MakeCode)}},
      {"SubjectService/GetReport", {"smo", Of(subject_, &SubjectHandlers::GetReport)}},
      {"IncidentService/DisputeAtPartner",
       {"sm", Of(incident_, &IncidentHandlers::DisputeAtPartner)}},
      {"IncidentService/ListRelayedDisputes",
       {"moa", Of(incident_, &IncidentHandlers::ListRelayedDisputes)}},
      {"DisclosureService/AskForProof", {"m", Of(disclosure_, &DisclosureHandlers::AskForProof)}},
      {"DisclosureService/ListAskedProof",
       {"ma", Of(disclosure_, &DisclosureHandlers::ListAskedProof)}},
      {"DisclosureService/FetchAskedProof",
       {"m", Of(disclosure_, &DisclosureHandlers::FetchAskedProof)}},
      {"DisclosureService/GetPartnerProof", {"ma", get_partner_proof_}},
      {"DisclosureService/ListProofRequests",
       {"ma", Of(disclosure_, &DisclosureHandlers::ListProofRequests)}},
      {"DisclosureService/DiscloseProof",
       {"m", Of(disclosure_, &DisclosureHandlers::DiscloseProof)}},
      {"DisclosureService/RefuseProof", {"m", Of(disclosure_, &DisclosureHandlers::RefuseProof)}},
      {"PolicyService/GetPolicy", {"smoa", Of(policy_, &PolicyHandlers::GetPolicy)}},
      {"PolicyService/OverrideDecision", {"m", Of(policy_, &PolicyHandlers::OverrideDecision)}},
      {"PolicyService/ReportOutcomes", {"ma", report_outcomes_}},
      {"PolicyService/ResetPartnerWeight", {"m", Of(policy_, &PolicyHandlers::ResetPartnerWeight)}},
      {"PolicyService/CheckPolicy", {"smoa", Of(policy_, &PolicyHandlers::CheckPolicy)}},
      {"PolicyService/PutPolicy", {"m", Of(policy_, &PolicyHandlers::PutPolicy)}},
      {"PolicyService/BacktestPolicy", {"ma", backtest_}},
      {"PolicyService/SetTrialPolicy", {"m", Of(policy_, &PolicyHandlers::SetTrialPolicy)}},
      {"PolicyService/ReportTrial", {"ma", report_trial_}},
      {"PolicyService/ReportWorth", {"ma", report_worth_}},
      {"NodeService/GetStatus", {"smoa", Of(nodes_, &NodeHandlers::GetStatus)}},
      {"NodeService/CreateInvite", {"o", Of(nodes_, &NodeHandlers::CreateInvite)}},
      {"NodeService/JoinPartner", {"o", Of(nodes_, &NodeHandlers::JoinPartner)}},
      {"NodeService/ListPartners", {"moa", Of(nodes_, &NodeHandlers::ListPartners)}},
      {"NodeService/GetPartner", {"moa", Of(nodes_, &NodeHandlers::GetPartner)}},
      {"NodeService/SuspendPartner", {"o", Of(nodes_, &NodeHandlers::SuspendPartner)}},
      {"NodeService/AcceptPartner", {"o", Of(nodes_, &NodeHandlers::AcceptPartner)}},
      {"NodeService/ReleasePartner", {"o", Of(nodes_, &NodeHandlers::ReleasePartner)}},
      {"NodeService/ResumePartner", {"o", Of(nodes_, &NodeHandlers::ResumePartner)}},
      {"NodeService/RemovePartner", {"o", Of(nodes_, &NodeHandlers::RemovePartner)}},
      {"NodeService/GetCharter", {"smoa", Of(nodes_, &NodeHandlers::GetCharter)}},
      {"NodeService/AdoptCharter", {"o", Of(nodes_, &NodeHandlers::AdoptCharter)}},
      {"NodeService/AddUser", {"o", Of(nodes_, &NodeHandlers::AddUser)}},
      {"NodeService/ListUsers", {"oa", Of(nodes_, &NodeHandlers::ListUsers)}},
      {"NodeService/RemoveUser", {"o", Of(nodes_, &NodeHandlers::RemoveUser)}},
      {"NodeService/ResetSignIn", {"o", Of(nodes_, &NodeHandlers::ResetSignIn)}},
      {"SessionService/GetSession", {"smoa*", OfSession(&SessionHandlers::GetSession)}},
      {"SessionService/SignIn", {"smoa*", OfSession(&SessionHandlers::SignIn)}},
      {"SessionService/UseLink", {"smoa*", OfSession(&SessionHandlers::UseLink)}},
      {"SessionService/SignOut", {"smoa*", OfSession(&SessionHandlers::SignOut)}},
      {"SessionService/SetPassword", {"smoa?", OfSession(&SessionHandlers::SetPassword)}},
      {"SessionService/BeginSecondFactor",
       {"smoa?", OfSession(&SessionHandlers::BeginSecondFactor)}},
      {"SessionService/ConfirmSecondFactor",
       {"smoa?", OfSession(&SessionHandlers::ConfirmSecondFactor)}},
      {"SessionService/ListSessions", {"smoa?", OfSession(&SessionHandlers::ListSessions)}},
      {"SessionService/EndSession", {"smoa?", OfSession(&SessionHandlers::EndSession)}},
      {"NodeService/ListChanges", {"ma", Of(nodes_, &NodeHandlers::ListChanges)}},
      {"NodeService/GetLogHead", {"smoa", Of(nodes_, &NodeHandlers::GetLogHead)}},
      {"NodeService/ExportDecisions", {"ma", export_decisions_}},
      {"NodeService/ListLogEntries", {"moa", Of(nodes_, &NodeHandlers::ListLogEntries)}},
      {"NodeService/ExportLog", {"ma", export_log_}},
      {"NodeService/ExportFork", {"moa", Of(nodes_, &NodeHandlers::ExportFork)}},
      {"NodeService/RecoverLog", {"o", recover_log_}},
      {"NodeService/GetLogPolicy", {"moa", Of(nodes_, &NodeHandlers::GetLogPolicy)}},
  };
};

TEST_F(RightsTest, EveryCallIsRefusedToWhoeverMayNotMakeIt) {
  for (const auto& [method, allowed] : calls_) {
    for (Role role : {Role::kStaff, Role::kManager, Role::kOperator, Role::kAuditor}) {
      const Actor actor{"user:x", Roles{role}};
      const absl::Status status = allowed.call(actor);
      const bool may = allowed.who.find(RoleName(role).front()) != std::string::npos;
      EXPECT_EQ(absl::IsPermissionDenied(status), !may)
          << method << " by " << RoleName(role) << ": " << status;
    }
    const absl::Status nobody = allowed.call(Actor{"user:x", {}});
    if (allowed.who.ends_with('*')) {
      EXPECT_FALSE(absl::IsPermissionDenied(nobody)) << method;
    } else if (allowed.who.ends_with('?')) {
      EXPECT_TRUE(absl::IsUnauthenticated(nobody)) << method << ": " << nobody;
    } else {
      EXPECT_TRUE(absl::IsPermissionDenied(nobody)) << method;
    }
  }
}

TEST_F(RightsTest, NoCallIsLeftOut) {
  for (const MethodRule& rule : MethodRules()) {
    EXPECT_EQ(calls_.count(std::string(rule.method)), 1u) << rule.method;
  }
  EXPECT_EQ(calls_.size(), MethodRules().size());
}

}  // namespace
}  // namespace daftar::service
