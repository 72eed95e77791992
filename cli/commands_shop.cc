// Checking buyers, and what a shop keeps about them.
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/list_pages.h"
#include "cli/progress.h"

namespace daftar::cli {
namespace {

using Shop = v1::ShopService::Stub;

constexpr uint64_t kDefaultListed = 1000;  // rows without --limit
constexpr uint64_t kDefaultWithin = 120;   // seconds
constexpr uint64_t kMaxWithin = 600;

template <class Request>
void AddIdentifiers(std::vector<v1::Identifier> identifiers, Request& request) {
  for (auto& identifier : identifiers) *request.add_identifiers() = std::move(identifier);
}

absl::StatusOr<uint64_t> WithinOf(const IncidentOptions& options) {
  if (!options.within.empty() && !options.wait) {
    return absl::InvalidArgumentError("--within says how long to --wait; give both");
  }
  return MakeNumber("within", options.within, 1, kMaxWithin, kDefaultWithin);
}

// Shows the incident once every live partner has its newest change, or when time is up.
absl::StatusOr<int> AwaitAndShow(Session& session, const std::string& id, uint64_t within) {
  Console& console = session.console();
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::AwaitIncidentRequest request;
  request.set_id(id);
  request.set_wait_ms(static_cast<uint32_t>(within * 1000));
  const InterruptScope interrupts;
  absl::StatusOr<v1::AwaitIncidentResponse> answer = absl::InternalError("not run");
  {
    Progress bar(console.err, "waiting for partners", console.err_is_terminal && !console.json,
                 "partner");
    answer = (*client)->Follow(
        &Shop::AsyncAwaitIncident, request,
        [&bar](const v1::AwaitIncidentResponse& message) {
          const v1::AwaitProgress& so_far = message.progress();
          bar.Update(so_far.applied(), so_far.partners(), so_far.applied());
        },
        &InterruptScope::Interrupted);
  }
  if (!answer.ok()) return answer.status();
  Show(session, answer->incident());
  if (answer->everywhere()) return kExitOk;
  if (!console.json) {
    console.err << (answer->arrived()
                        ? "Every partner that is heard from has it; those behind are named above.\n"
                        : "Not every partner has it yet; those behind are named above.\n");
  }
  return kExitTryAgain;
}

}  // namespace

absl::StatusOr<int> RunCheck(Session& session, const CheckOptions& options) {
  Console& console = session.console();
  if (options.identifiers.empty()) return NeedIdentifier("check");
  auto terms = MakeTerms(options.terms);
  if (!terms.ok()) return terms.status();
  auto amount = MakeMoney(options.amount, options.currency);
  if (!amount.ok()) return amount.status();
  if (amount->has_value() && (*amount)->minor() == 0) {
    return absl::InvalidArgumentError(
        "--amount 0 is no order; write what it comes to, or leave out --amount and --currency when "
        "that is not known yet");
  }
  auto language = MakeLanguage(options.lang, session.language());
  if (!language.ok()) return language.status();
  auto identifiers = ReadIdentifiers(options.identifiers, console);
  if (!identifiers.ok()) return identifiers.status();

  v1::CheckRequest request;
  request.set_language(std::string(decision::LanguageName(*language)));
  AddIdentifiers(*std::move(identifiers), request);
  if (amount->has_value()) *request.mutable_amount() = **amount;
  request.set_terms(*terms);
  auto client = session.client();
  if (!client.ok()) return client.status();
  auto response = (*client)->Write(&Shop::Check, std::move(request));
  if (!response.ok()) return response.status();
  const int exit = ExitOf(response->effect());
  if (exit == kExitInternal) {
    return absl::UnimplementedError(
        "the node answered with an effect that this daftar does not know; update daftar");
  }
  if (console.json) {
    PrintJson(console.out, ToJson(*response));
  } else {
    Print(console.out, *response, console.color, *language);
  }
  return exit;
}

absl::StatusOr<int> RunWhy(Session& session, const WhyOptions& options) {
  Console& console = session.console();
  if (auto status = CheckText("receipt", options.receipt); !status.ok()) return status;
  auto language = MakeLanguage(options.lang, session.language());
  if (!language.ok()) return language.status();
  v1::GetReceiptRequest request;
  request.set_language(std::string(decision::LanguageName(*language)));
  request.set_receipt(options.receipt);
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Read(&Shop::GetReceipt, request);
  if (!response.ok()) return response.status();
  if (console.json) {
    PrintJson(console.out, ToJson(*response));
  } else {
    Print(console.out, *response, console.color, *language);
  }
  return kExitOk;
}

absl::StatusOr<int> RunIncidentAdd(Session& session, const IncidentAddOptions& options) {
  if (options.reason.empty() && options.order.empty()) {
    return absl::InvalidArgumentError(
        "--reason is needed, like --reason deposit-unsettled (docs/cli.md lists them)");
  }
  if (options.identifiers.empty() && options.order.empty()) {
    return NeedIdentifier("incident add (without --order)");
  }
  auto amount = MakeMoney(options.amount, options.currency);
  if (!amount.ok()) return amount.status();
  absl::Status status = CheckDate("occurred", options.occurred);
  if (status.ok()) status = CheckDate("due", options.due);
  for (const std::string& reminder : options.reminders) {
    if (status.ok()) status = CheckDate("reminder", reminder);
  }
  for (const auto& [option, text] :
       {std::pair("reason", &options.reason), std::pair("order", &options.order),
        std::pair("note", &options.note)}) {
    if (status.ok()) status = CheckText(option, *text);
  }
  for (const std::string& mitigation : options.mitigations) {
    if (status.ok()) status = CheckMitigation("for-customer", mitigation);
  }
  if (!status.ok()) return status;
  auto identifiers = ReadIdentifiers(options.identifiers, session.console());
  if (!identifiers.ok()) return identifiers.status();

  v1::AddIncidentRequest request;
  request.set_reason(options.reason);
  AddIdentifiers(*std::move(identifiers), request);
  if (amount->has_value()) *request.mutable_amount() = **amount;
  request.set_occurred(options.occurred);
  request.set_due(options.due);
  for (const std::string& reminder : options.reminders) request.add_reminders(reminder);
  request.set_order(options.order);
  request.set_note(options.note);
  for (const std::string& mitigation : options.mitigations) request.add_mitigations(mitigation);
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Write(&Shop::AddIncident, std::move(request));
  if (!response.ok()) return response.status();
  return Show(session, response->incident());
}

absl::StatusOr<int> RunIncidentList(Session& session, const ListOptions& options) {
  auto limit = MakeNumber("limit", options.limit, 1, kMaxListed, kDefaultListed);
  if (!limit.ok()) return limit.status();
  if (auto status = CheckText("state", options.state); !status.ok()) return status;
  v1::ListIncidentsRequest request;
  request.set_state(options.state);
  return ListPages(session, std::move(request), *limit, &Shop::ListIncidents,
                   &v1::ListIncidentsResponse::mutable_incidents);
}

absl::StatusOr<int> RunIncidentShow(Session& session, const IncidentOptions& options) {
  if (auto status = CheckText("id", options.id); !status.ok()) return status;
  auto within = WithinOf(options);
  if (!within.ok()) return within.status();
  if (options.wait) return AwaitAndShow(session, options.id, *within);
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::GetIncidentRequest request;
  request.set_id(options.id);
  const auto response = (*client)->Read(&Shop::GetIncident, request);
  if (!response.ok()) return response.status();
  return Show(session, response->incident());
}

absl::StatusOr<int> RunIncidentPublish(Session& session, const IncidentOptions& options) {
  if (auto status = CheckText("id", options.id); !status.ok()) return status;
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::PublishIncidentRequest request;
  request.set_id(options.id);
  const auto response = (*client)->Write(&Shop::PublishIncident, std::move(request));
  if (!response.ok()) return response.status();
  const int shown = Show(session, response->incident());
  if (!session.console().json && response->incident().state() == "approved") {
    session.console().out << "\nQueued: the report goes out with the next tick.\n";
  }
  return shown;
}

absl::StatusOr<int> RunIncidentSettle(Session& session, const IncidentOptions& options) {
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckText("id", options.id);
  if (status.ok()) status = CheckDate("on", options.settled_on);
  auto within = WithinOf(options);
  if (status.ok()) status = within.status();
  if (!status.ok()) return status;
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::SettleIncidentRequest request;
  request.set_id(options.id);
  request.set_because(options.because);
  request.set_settled_on(options.settled_on);
  const auto response = (*client)->Write(&Shop::SettleIncident, std::move(request));
  if (!response.ok()) return response.status();
  if (options.wait) return AwaitAndShow(session, options.id, *within);
  return Show(session, response->incident());
}

absl::StatusOr<int> RunIncidentWithdraw(Session& session, const IncidentOptions& options) {
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckText("id", options.id);
  if (status.ok()) status = CheckText("ground", options.ground);
  auto within = WithinOf(options);
  if (status.ok()) status = within.status();
  if (!status.ok()) return status;
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::WithdrawIncidentRequest request;
  request.set_id(options.id);
  request.set_because(options.because);
  request.set_ground(options.ground);
  const auto response = (*client)->Write(&Shop::WithdrawIncident, std::move(request));
  if (!response.ok()) return response.status();
  if (options.wait) return AwaitAndShow(session, options.id, *within);
  return Show(session, response->incident());
}

absl::StatusOr<int> RunIncidentMitigate(Session& session, const IncidentOptions& options) {
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckText("id", options.id);
  if (status.ok()) status = CheckMitigation("for-customer", options.mitigation);
  if (!status.ok()) return status;
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::MitigateIncidentRequest request;
  request.set_id(options.id);
  request.set_mitigation(options.mitigation);
  request.set_because(options.because);
  const auto response = (*client)->Write(&Shop::MitigateIncident, std::move(request));
  if (!response.ok()) return response.status();
  return Show(session, response->incident());
}

absl::StatusOr<int> RunIncidentRemind(Session& session, const IncidentOptions& options) {
  absl::Status status = CheckText("because", options.because);
  if (status.ok()) status = CheckText("id", options.id);
  if (status.ok()) status = CheckDate("on", options.reminded_on);
  if (!status.ok()) return status;
  auto client = session.client();
  if (!client.ok()) return client.status();
  v1::RemindIncidentRequest request;
  request.set_id(options.id);
  request.set_on(options.reminded_on);
  request.set_because(options.because);
  const auto response = (*client)->Write(&Shop::RemindIncident, std::move(request));
  if (!response.ok()) return response.status();
  return Show(session, response->incident());
}

absl::StatusOr<int> RunCustomerAdd(Session& session, const CustomerOptions& options) {
  if (options.identifiers.empty()) return NeedIdentifier("customer add");
  if (!options.to.empty() && (!options.name.empty() || !options.groups.empty())) {
    return absl::InvalidArgumentError(
        "--to adds identifiers to a known customer, who keeps its name; daftar customer group "
        "sets its groups. Leave out --name and --group");
  }
  absl::Status status = CheckText("name", options.name);
  if (status.ok()) status = CheckText("to", options.to);
  for (const std::string& group : options.groups) {
    if (status.ok()) status = CheckText("group", group);
  }
  if (!status.ok()) return status;
  auto identifiers = ReadIdentifiers(options.identifiers, session.console());
  if (!identifiers.ok()) return identifiers.status();
  v1::AddCustomerRequest request;
  request.set_name(options.name);
  request.set_to(options.to);
  for (const std::string& group : options.groups) request.add_groups(group);
  AddIdentifiers(*std::move(identifiers), request);
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Write(&Shop::AddCustomer, std::move(request));
  if (!response.ok()) return response.status();
  return Show(session, response->customer());
}

absl::StatusOr<int> RunCustomerShow(Session& session, const CustomerOptions& options) {
  if (options.id.empty() == options.identifiers.empty() || options.identifiers.size() > 1) {
    return absl::InvalidArgumentError(
        "customer show needs the customer's ID or one identifier, like --phone 0812-3456-7890");
  }
  if (auto status = CheckText("id", options.id); !status.ok()) return status;
  auto identifiers = ReadIdentifiers(options.identifiers, session.console());
  if (!identifiers.ok()) return identifiers.status();
  v1::GetCustomerRequest request;
  if (identifiers->empty()) {
    request.set_id(options.id);
  } else {
    *request.mutable_identifier() = std::move(identifiers->front());
  }
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Read(&Shop::GetCustomer, request);
  if (!response.ok()) return response.status();
  return Show(session, response->customer());
}

absl::StatusOr<int> RunLedgerSuggest(Session& session, const SuggestOptions& options) {
  constexpr uint64_t kMostDays = 3650;
  auto limit = MakeNumber("limit", options.limit, 1, kMaxListed, kDefaultListed);
  if (!limit.ok()) return limit.status();
  auto days = MakeNumber("more-than-days-late", options.more_than_days_late, 1, kMostDays, 0);
  if (!days.ok()) return days.status();
  v1::SuggestIncidentsRequest request;
  request.set_more_than_days_late(static_cast<uint32_t>(*days));
  return ListPages(session, std::move(request), *limit, &Shop::SuggestIncidents,
                   &v1::SuggestIncidentsResponse::mutable_suggestions);
}

}  // namespace daftar::cli
