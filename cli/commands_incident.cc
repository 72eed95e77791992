// What happened with customers: filing, sharing and taking back.
#include "cli/commands_incident.h"

#include "cli/commands_proof.h"
#include "cli/interrupt.h"
#include "cli/list_pages.h"
#include "cli/progress.h"
#include "node/decision/language.h"

namespace daftar::cli {
namespace {

using Shop = v1::ShopService::Stub;
using Incidents = v1::IncidentService::Stub;

constexpr uint64_t kDefaultListed = 1000;  // rows without --limit

template <class Request>
void AddIdentifiers(std::vector<v1::Identifier> identifiers, Request& request) {
  for (auto& identifier : identifiers) *request.add_identifiers() = std::move(identifier);
}

constexpr uint64_t kDefaultWithin = 120;  // seconds
constexpr uint64_t kMaxWithin = 600;

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
  if (absl::IsCancelled(answer.status())) {
    return absl::CancelledError(
        "the waiting for partners was stopped; `daftar incident show` says who has it");
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

// After publishing was asked for, or approved.
void SayWhatFollows(Session& session, const v1::Incident& incident) {
  Console& console = session.console();
  if (console.json) return;
  if (incident.state() == "approved") {
    console.out << "\nQueued: the report goes out with the next tick.\n";
  } else if (incident.state() == "held" && incident.held_until().empty()) {
    console.out << "\nHeld: nothing is shared before the customer has had notice; the hold begins "
                   "with the letter.\n";
  }
}

// One write about one incident, whose id and reason are checked here.
template <class Request, class Response>
absl::StatusOr<Response> Change(Session& session, const IncidentOptions& options,
                                grpc::Status (Incidents::*method)(grpc::ClientContext*,
                                                                  const Request&, Response*),
                                Request request) {
  if (auto status = CheckText("id", options.id); !status.ok()) return status;
  auto client = session.client();
  if (!client.ok()) return client.status();
  request.set_id(options.id);
  return (*client)->Write(method, std::move(request));
}

template <class Response>
absl::StatusOr<int> ShowChanged(Session& session, const absl::StatusOr<Response>& response) {
  if (!response.ok()) return response.status();
  return Show(session, response->incident());
}

// With --wait, once partners have it.
template <class Response>
absl::StatusOr<int> ShowWhenThere(Session& session, const IncidentOptions& options,
                                  const absl::StatusOr<Response>& response) {
  auto within = WithinOf(options);
  if (!within.ok()) return within.status();
  if (!response.ok() || !options.wait) return ShowChanged(session, response);
  auto shown = AwaitAndShow(session, response->incident().id(), *within);
  if (absl::IsCancelled(shown.status())) {
    return absl::CancelledError("it is done, and partners get it; " +
                                std::string(shown.status().message()));
  }
  if (!absl::IsFailedPrecondition(shown.status())) return shown;
  // The change is made, and no partner is to have it.
  Show(session, response->incident());
  Console& console = session.console();
  if (!console.json) console.err << "It is done; " << shown.status().message() << ".\n";
  return kExitOk;
}

}  // namespace

absl::StatusOr<int> RunIncidentAdd(Session& session, const IncidentAddOptions& options) {
  if (options.reason.empty() && options.order.empty()) {
    return absl::InvalidArgumentError(
        "--reason is needed, like --reason deposit-unsettled (docs/cli.md lists them)");
  }
  if (options.identifiers.empty() && options.order.empty()) {
    return NeedIdentifier("incident add (without --order)");
  }
  // What was late in an order came to pass on the day after it was due.
  if (options.occurred.empty() && options.order.empty()) {
    return absl::InvalidArgumentError(
        "--occurred is needed, the day on which it happened, like --occurred 2026-10-01");
  }
  auto amount = MakeMoney(options.amount, options.currency);
  if (!amount.ok()) return amount.status();
  absl::Status status = CheckDate("occurred", options.occurred);
  if (status.ok()) status = CheckDate("due", options.due);
  if (status.ok()) status = CheckDate("told", options.told_on);
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
  auto proofs = ReadTypedProofs(options.proofs);
  if (!proofs.ok()) return proofs.status();
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
  request.set_told_on(options.told_on);
  for (const std::string& mitigation : options.mitigations) request.add_mitigations(mitigation);
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Write(&Shop::AddIncident, std::move(request));
  if (!response.ok()) return response.status();
  if (proofs->empty()) return Show(session, response->incident());
  return AttachAndShow(session, response->incident().id(), *proofs);
}

absl::StatusOr<int> RunIncidentList(Session& session, const ListOptions& options) {
  auto limit = MakeNumber("limit", options.limit, 1, kMaxListed, kDefaultListed);
  if (!limit.ok()) return limit.status();
  if (auto status = CheckText("state", options.state); !status.ok()) return status;
  if (auto status = CheckText("customer", options.customer); !status.ok()) return status;
  v1::ListIncidentsRequest request;
  request.set_state(options.state);
  request.set_customer(options.customer);
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
  SayWhatFollows(session, response->incident());
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
  return ShowWhenThere(session, options,
                       (*client)->Write(&Shop::SettleIncident, std::move(request)));
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
  return ShowWhenThere(session, options,
                       (*client)->Write(&Shop::WithdrawIncident, std::move(request)));
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

absl::StatusOr<int> RunIncidentApprove(Session& session, const IncidentOptions& options) {
  const auto response =
      Change(session, options, &Incidents::ApproveIncident, v1::ApproveIncidentRequest());
  auto shown = ShowChanged(session, response);
  if (shown.ok()) SayWhatFollows(session, response->incident());
  return shown;
}

absl::StatusOr<int> RunIncidentNotice(Session& session, const NoticeOptions& options) {
  absl::Status status = CheckText("id", options.id);
  for (const auto& [option, text] :
       {std::pair("to", &options.to), std::pair("signature", &options.signature),
        std::pair("pay", &options.how_to_pay), std::pair("contact", &options.contact)}) {
    if (status.ok()) status = CheckText(option, *text);
  }
  if (!status.ok()) return status;
  auto language = MakeLanguage(options.lang, session.language());
  if (!language.ok()) return language.status();
  v1::GiveNoticeRequest request;
  request.set_id(options.id);
  request.set_language(std::string(decision::LanguageName(*language)));
  request.set_to(options.to);
  request.set_signature(options.signature);
  request.set_how_to_pay(options.how_to_pay);
  request.set_contact(options.contact);
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Write(&Incidents::GiveNotice, std::move(request));
  if (!response.ok()) return response.status();
  Console& console = session.console();
  if (console.json) {
    PrintJson(console.out, Json{{"letter", response->letter()},
                                {"code", response->code()},
                                {"incident", ToJson(response->incident())}});
    return kExitOk;
  }
  console.out << response->letter() << std::flush;
  // Not among the letter, which may go to a printer.
  console.err << "Nothing is shared before " << response->incident().held_until()
              << ". If the customer pays: daftar incident settle; if the customer objects: daftar "
                 "incident dispute "
              << response->code() << "\n";
  return kExitOk;
}

absl::StatusOr<int> RunIncidentDispute(Session& session, const IncidentOptions& options) {
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckText("by", options.by);
  if (status.ok()) status = CheckDate("on", options.on);
  if (!status.ok()) return status;
  v1::DisputeIncidentRequest request;
  request.set_because(options.because);
  request.set_by(options.by);
  request.set_on(options.on);
  return ShowWhenThere(session, options,
                       Change(session, options, &Incidents::DisputeIncident, request));
}

absl::StatusOr<int> RunIncidentResolve(Session& session, const IncidentOptions& options) {
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckText("outcome", options.outcome);
  if (!status.ok()) return status;
  v1::ResolveIncidentRequest request;
  request.set_because(options.because);
  request.set_outcome(options.outcome);
  return ShowWhenThere(session, options,
                       Change(session, options, &Incidents::ResolveIncident, request));
}

absl::StatusOr<int> RunIncidentCorrect(Session& session, const CorrectOptions& options) {
  auto amount = MakeMoney(options.amount, options.currency);
  if (!amount.ok()) return amount.status();
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckText("id", options.id);
  if (status.ok()) status = CheckDate("occurred", options.occurred);
  if (status.ok()) status = CheckDate("due", options.due);
  if (status.ok()) status = CheckDate("told", options.told_on);
  for (const std::string& reminder : options.reminders) {
    if (status.ok()) status = CheckDate("reminder", reminder);
  }
  if (!status.ok()) return status;
  v1::CorrectIncidentRequest request;
  request.set_id(options.id);
  request.set_because(options.because);
  if (amount->has_value()) *request.mutable_amount() = **amount;
  request.set_occurred(options.occurred);
  request.set_due(options.due);
  request.set_told_on(options.told_on);
  for (const std::string& reminder : options.reminders) request.add_reminders(reminder);
  auto client = session.client();
  if (!client.ok()) return client.status();
  return ShowChanged(session, (*client)->Write(&Incidents::CorrectIncident, std::move(request)));
}

absl::StatusOr<int> RunIncidentErase(Session& session, const IncidentOptions& options) {
  absl::Status status = CheckBecause(options.because);
  if (status.ok()) status = CheckText("ground", options.ground);
  if (!status.ok()) return status;
  v1::EraseIncidentRequest request;
  request.set_because(options.because);
  request.set_ground(options.ground);
  auto erased =
      ShowWhenThere(session, options, Change(session, options, &Incidents::EraseIncident, request));
  if (erased.ok() && !session.console().json) {
    session.console().out << "\nWhat it says goes with the node's next tick, here and at the "
                             "partners that have it.\n";
  }
  return erased;
}

}  // namespace daftar::cli
