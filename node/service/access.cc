#include "node/service/access.h"

#include <array>

namespace daftar::service {
namespace {

constexpr Roles kStaffUp{Role::kStaff, Role::kManager};
constexpr Roles kManagers{Role::kManager};
constexpr Roles kOperators{Role::kOperator};
constexpr Roles kReaders{Role::kStaff, Role::kManager, Role::kAuditor};
constexpr Roles kPartnerReaders{Role::kManager, Role::kOperator, Role::kAuditor};

constexpr std::array kRules = {
    MethodRule{"ShopService/Check", kStaffUp},
    MethodRule{"ShopService/GetReceipt", kReaders},
    MethodRule{"ShopService/ListReceipts", kReaders},
    MethodRule{"ShopService/RecogniseIdentifier", kStaffUp},
    MethodRule{"ShopService/ListReasons", kReaders},
    MethodRule{"ShopService/PreviewIncident", kStaffUp},
    MethodRule{"ShopService/AddIncident", kStaffUp},
    MethodRule{"ShopService/ListIncidents", kReaders},
    MethodRule{"ShopService/GetIncident", kReaders},
    MethodRule{"ShopService/AwaitIncident", kReaders},
    MethodRule{"ShopService/PublishIncident", kManagers},
    MethodRule{"ShopService/SettleIncident", kManagers},
    MethodRule{"ShopService/WithdrawIncident", kManagers},
    MethodRule{"ShopService/AddProof", kStaffUp},
    MethodRule{"ShopService/GetProof", kReaders},
    MethodRule{"ShopService/RemoveProof", kManagers},
    MethodRule{"ShopService/AddCustomer", kStaffUp},
    MethodRule{"ShopService/GetCustomer", kStaffUp},
    MethodRule{"ShopService/ImportCustomers", kManagers},
    MethodRule{"ShopService/ImportOrders", kManagers},
    MethodRule{"ShopService/SuggestIncidents", kStaffUp},
    MethodRule{"ShopService/MitigateIncident", kManagers},
    MethodRule{"ShopService/RemindIncident", kStaffUp},
    MethodRule{"IncidentService/ApproveIncident", kManagers},
    MethodRule{"IncidentService/GiveNotice", kStaffUp},
    MethodRule{"IncidentService/DisputeIncident", kStaffUp},
    MethodRule{"IncidentService/ResolveIncident", kManagers},
    MethodRule{"IncidentService/CorrectIncident", kManagers},
    MethodRule{"IncidentService/EraseIncident", kManagers},
    MethodRule{"IncidentService/DisputeAtPartner", kStaffUp},
    MethodRule{"IncidentService/ListRelayedDisputes", kPartnerReaders},
    MethodRule{"DisclosureService/AskForProof", kManagers},
    MethodRule{"DisclosureService/ListAskedProof", Roles{Role::kManager, Role::kAuditor}},
    MethodRule{"DisclosureService/FetchAskedProof", kManagers},
    MethodRule{"DisclosureService/GetPartnerProof", Roles{Role::kManager, Role::kAuditor}},
    MethodRule{"DisclosureService/ListProofRequests", Roles{Role::kManager, Role::kAuditor}},
    MethodRule{"DisclosureService/DiscloseProof", kManagers},
    MethodRule{"DisclosureService/RefuseProof", kManagers},
    MethodRule{"BookService/MergeCustomers", kManagers},
    MethodRule{"BookService/UnmergeCustomer", kManagers},
    MethodRule{"BookService/EraseCustomer", kManagers},
    MethodRule{"BookService/SetCustomerGroups", kManagers},
    MethodRule{"BookService/ListGroups", kReaders},
    MethodRule{"BookService/PutGroup", kManagers},
    MethodRule{"BookService/RemoveGroup", kManagers},
    MethodRule{"BookService/ReportGroups", Roles{Role::kManager, Role::kAuditor}},
    MethodRule{"BookService/AddAllowed", kManagers},
    MethodRule{"BookService/ListAllowed", Roles{Role::kManager, Role::kAuditor}},
    MethodRule{"BookService/RemoveAllowed", kManagers},
    MethodRule{"BookService/AddWarning", kManagers},
    MethodRule{"BookService/ListWarnings", Roles{Role::kManager, Role::kAuditor}},
    MethodRule{"BookService/ClearWarning", kManagers},
    MethodRule{"BookService/RemoveWarning", kManagers},
    MethodRule{"BookService/AddOrder", kStaffUp},
    MethodRule{"BookService/SetOrderOutcome", kStaffUp},
    MethodRule{"BookService/GetOrder", kStaffUp},
    MethodRule{"BookService/ListOrders", kStaffUp},
    MethodRule{"BookService/ListCustomers", kManagers},
    MethodRule{"SubjectService/MakeCode", kStaffUp},
    MethodRule{"SubjectService/GetReport", Roles{Role::kStaff, Role::kManager, Role::kOperator}},
    MethodRule{"PolicyService/GetPolicy", Roles::All()},
    MethodRule{"PolicyService/OverrideDecision", kManagers},
    MethodRule{"PolicyService/ReportOutcomes", Roles{Role::kManager, Role::kAuditor}},
    MethodRule{"PolicyService/ResetPartnerWeight", kManagers},
    MethodRule{"PolicyService/CheckPolicy", Roles::All()},
    MethodRule{"PolicyService/PutPolicy", kManagers},
    MethodRule{"PolicyService/BacktestPolicy", Roles{Role::kManager, Role::kAuditor}},
    MethodRule{"PolicyService/SetTrialPolicy", kManagers},
    MethodRule{"PolicyService/ReportTrial", Roles{Role::kManager, Role::kAuditor}},
    MethodRule{"PolicyService/ReportWorth", Roles{Role::kManager, Role::kAuditor}},
    MethodRule{"NodeService/GetStatus", Roles::All()},
    MethodRule{"NodeService/CreateInvite", kOperators},
    MethodRule{"NodeService/JoinPartner", kOperators},
    MethodRule{"NodeService/ListPartners", kPartnerReaders},
    MethodRule{"NodeService/GetPartner", kPartnerReaders},
    MethodRule{"NodeService/SuspendPartner", kOperators},
    MethodRule{"NodeService/ReleasePartner", kOperators},
    MethodRule{"NodeService/ResumePartner", kOperators},
    MethodRule{"NodeService/RemovePartner", kOperators},
    MethodRule{"NodeService/AcceptPartner", kOperators},
    MethodRule{"NodeService/GetCharter", Roles::All()},
    MethodRule{"NodeService/AdoptCharter", kOperators},
    MethodRule{"NodeService/AddUser", kOperators},
    MethodRule{"NodeService/ListUsers", Roles{Role::kOperator, Role::kAuditor}},
    MethodRule{"NodeService/RemoveUser", kOperators},
    MethodRule{"NodeService/ResetSignIn", kOperators},
    MethodRule{"NodeService/ListChanges", Roles{Role::kManager, Role::kAuditor}},
    MethodRule{"NodeService/GetLogHead", Roles::All()},
    MethodRule{"NodeService/ListLogEntries",
               Roles{Role::kOperator, Role::kAuditor, Role::kManager}},
    MethodRule{"NodeService/ExportLog", Roles{Role::kManager, Role::kAuditor}},
    MethodRule{"NodeService/ExportDecisions", Roles{Role::kManager, Role::kAuditor}},
    MethodRule{"NodeService/ExportFork", kPartnerReaders},
    MethodRule{"NodeService/GetLogPolicy", kPartnerReaders},
    MethodRule{"NodeService/RecoverLog", kOperators},
    MethodRule{"SessionService/GetSession", Roles::All(), true},
    MethodRule{"SessionService/SignIn", Roles::All(), true},
    MethodRule{"SessionService/UseLink", Roles::All(), true},
    MethodRule{"SessionService/SignOut", Roles::All(), true},
    MethodRule{"SessionService/SetPassword", Roles::All()},
    MethodRule{"SessionService/BeginSecondFactor", Roles::All()},
    MethodRule{"SessionService/ConfirmSecondFactor", Roles::All()},
    MethodRule{"SessionService/ListSessions", Roles::All()},
    MethodRule{"SessionService/EndSession", Roles::All()},
};

// "sari has staff", as people and not the API name her.
std::string WhoIs(const Actor& actor) {
  std::string roles;
  for (Role role : {Role::kStaff, Role::kManager, Role::kOperator, Role::kAuditor}) {
    if (actor.roles.Has(role)) roles += (roles.empty() ? "" : ", ") + std::string(RoleName(role));
  }
  const bool named = actor.name.starts_with(kUserPrefix);
  return (named ? actor.name.substr(kUserPrefix.size()) : actor.name) + " has " +
         (roles.empty() ? "none" : roles);
}

}  // namespace

std::string_view RoleName(Role role) {
  switch (role) {
    case Role::kStaff:
      return "staff";
    case Role::kManager:
      return "manager";
    case Role::kOperator:
      return "operator";
    case Role::kAuditor:
      return "auditor";
    case Role::kOwner:
      return "owner";
  }
  return "unknown";
}

Roles RolesOf(Role role) { return role == Role::kOwner ? Roles::All() : Roles{role}; }

absl::Status MustBeOwner(const Actor& actor) {
  if (actor.roles == Roles::All()) return absl::OkStatus();
  return absl::PermissionDeniedError(
      "only an owner, or the node's own user on its machine, adds an owner, removes one or resets "
      "one's sign-in, and " +
      WhoIs(actor));
}

std::span<const MethodRule> MethodRules() { return kRules; }

bool IsKnownByUid(const Actor& actor) { return actor.name.starts_with(kUidPrefix); }

bool MaySeePartners(const Actor& actor) { return actor.roles.Meets(kPartnerReaders); }

absl::Status Authorise(const Actor& actor, std::string_view method) {
  for (const MethodRule& rule : kRules) {
    if (rule.method != method) continue;
    if (rule.anybody || actor.roles.Meets(rule.roles)) return absl::OkStatus();
    std::string roles;
    for (Role role : {Role::kStaff, Role::kManager, Role::kOperator, Role::kAuditor}) {
      if (rule.roles.Has(role))
        roles += (roles.empty() ? "" : " or ") + std::string(RoleName(role));
    }
    return absl::PermissionDeniedError("this needs the role " + roles + ", and " + WhoIs(actor) +
                                       " (" + std::string(method) + ")");
  }
  return absl::PermissionDeniedError(std::string(method) + " is open to nobody");
}

}  // namespace daftar::service
