#include "node/check/checker.h"

#include <algorithm>
#include <optional>

#include "node/decision/explain.h"
#include "storage/requests.h"

namespace daftar::check {
namespace {

decision::EntryStatus StatusOf(ledger::IncidentState state) {
  using decision::EntryStatus;
  switch (state) {
    case ledger::IncidentState::kSettled:
      return EntryStatus::kSettled;
    case ledger::IncidentState::kDisputed:
      return EntryStatus::kDisputed;
    case ledger::IncidentState::kWithdrawn:
      return EntryStatus::kWithdrawn;
    case ledger::IncidentState::kExpired:
      return EntryStatus::kExpired;
    case ledger::IncidentState::kErased:
      return EntryStatus::kErased;
    default:
      return EntryStatus::kLive;
  }
}

}  // namespace

void Checker::AddIncidents(const Answer& answer, decision::Inputs& inputs) const {
  for (const ledger::IncidentView& view : answer.incidents) {
    decision::OwnIncident own;
    own.id = view.incident.id.hex();
    own.reason = view.incident.account.reason;
    own.occurred = view.incident.account.occurred;
    own.amount = view.incident.account.amount;
    own.status = StatusOf(view.state);
    own.in_track_record = !view.incident.account.order.empty();
    inputs.incidents.push_back(std::move(own));
  }
}

absl::StatusOr<decision::Inputs> Checker::Gather(const Question& question, Answer& answer) {
  decision::Inputs inputs;
  inputs.now = clock_.Now();
  inputs.order = question.order;
  if (question.order.amount.has_value()) {
    const auto& small = options_.charter.small_amount_minor;
    if (const auto found = small.find(question.order.amount->currency.code());
        found != small.end()) {
      inputs.small_amount = evidence::Money{found->second, question.order.amount->currency};
    }
  }
  auto customers = book_.FindByIdentifiers(question.identifiers);
  if (!customers.ok()) return customers.status();
  auto record = book_.TrackRecordFor(*customers, evidence::Date::Of(inputs.now),
                                     options_.policy.late_after_days);
  if (!record.ok()) return record.status();
  answer.own = *record;
  inputs.own = *std::move(record);

  auto incidents = ledger_.About(question.identifiers);
  if (!incidents.ok()) return incidents.status();
  answer.incidents = *std::move(incidents);
  AddIncidents(answer, inputs);

  auto found = lookup_.Ask(question.identifiers, options_.partner_deadline);
  if (!found.ok()) return found.status();
  inputs.partners = std::move(found->answers);
  inputs.records = found->records;
  answer.records = std::move(found->records);
  return inputs;
}

std::vector<decision::Subject> Checker::SubjectsOf(const Question& question) const {
  std::vector<decision::Subject> subjects;
  for (const identity::Identifier& identifier : question.identifiers) {
    subjects.push_back(decision::SubjectOf(options_.receipt_key, identifier));
  }
  return subjects;
}

// The answer of an earlier check, as far as its receipt holds it, when it asked the same.
absl::StatusOr<Answer> Checker::FromReceipt(const ReceiptId& id, const Question& question) const {
  auto stored = receipts_.Get(id);
  if (!stored.ok()) return stored.status();
  const decision::ReceiptBody& body = stored->record.body;
  std::vector<decision::Subject> subjects = SubjectsOf(question);
  std::sort(subjects.begin(), subjects.end());
  subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());
  if (subjects != body.subjects || !(question.order == body.weighed.order)) {
    return absl::FailedPreconditionError(
        "this request_id was used for a check of another buyer or order; use a new one for each");
  }
  Answer answer;
  answer.receipt = id;
  answer.decision = decision::Replay(body, options_.policy);
  answer.because = stored->record.because;
  answer.time = body.time;
  answer.policy = body.policy;
  return answer;
}

absl::StatusOr<Answer> Checker::Check(const storage::Caller& caller, const Question& question) {
  if (question.identifiers.empty() || question.identifiers.size() > kMaxIdentifiersPerCheck) {
    return absl::InvalidArgumentError("a check names 1 to " +
                                      std::to_string(kMaxIdentifiersPerCheck) +
                                      " identifiers of one buyer, like --phone 0812-3456-7890");
  }
  crypto::Bytes request;
  if (!caller.request_id.empty()) {
    auto key = storage::RequestLog::Key(caller.actor, caller.request_id);
    if (!key.ok()) return key.status();
    request = *std::move(key);
    auto earlier = receipts_.OfRequest(request);
    if (!earlier.ok()) return earlier.status();
    if (earlier->has_value()) return FromReceipt(**earlier, question);
  }
  Answer answer;
  auto inputs = Gather(question, answer);
  if (!inputs.ok()) return inputs.status();
  answer.time = inputs->now;
  answer.decision = decision::Decide(*inputs, options_.policy);
  answer.because = decision::Because(answer.decision);
  ReceiptRecord record;
  record.body =
      decision::MakeReceipt(answer.decision, options_.policy, SubjectsOf(question), answer.time);
  record.because = answer.because;
  record.actor = caller.actor;
  answer.policy = record.body.policy;
  auto appended = receipts_.Append(record, request);
  if (!appended.ok()) return appended.status();
  // The same request ran at the same time and was first: its receipt is the answer.
  if (!appended->is_new) return FromReceipt(appended->id, question);
  answer.receipt = appended->id;
  return answer;
}

}  // namespace daftar::check
