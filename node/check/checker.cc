#include "node/check/checker.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

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
    own.mitigations = view.incident.mitigations;
    inputs.incidents.push_back(std::move(own));
  }
}

// Who the customer is here: track record, group, and whether the shop trusts it whatever is known.
absl::StatusOr<std::vector<identity::Identifier>> Checker::AddCustomer(
    const Question& question, const decision::Policy& policy, decision::Inputs& inputs) const {
  auto customers = book_.FindProfiles(question.identifiers);
  if (!customers.ok()) return customers.status();
  const evidence::Date today = evidence::Date::Of(inputs.now);
  auto record = book_.TrackRecordOf(*customers, today, policy.late_after_days);
  if (!record.ok()) return record.status();
  inputs.own = *std::move(record);
  inputs.in_book = !customers->empty();

  std::set<std::string> members;
  for (const book::Profile& customer : *customers) {
    members.insert(customer.groups.begin(), customer.groups.end());
  }
  const auto groups = rules_.groups.Snapshot();
  const decision::Group* group = decision::ChooseGroup(*groups, members, inputs.own, today);
  if (group != nullptr) inputs.group = group->terms;
  auto allowed = rules_.allowlist.Hit(question.identifiers, *customers);
  if (!allowed.ok()) return allowed.status();
  if (allowed->has_value()) inputs.allowed_by = (*allowed)->id.hex();

  std::vector<identity::Identifier> known = question.identifiers;
  for (const book::Profile& customer : *customers) {
    known.insert(known.end(), customer.identifiers.begin(), customer.identifiers.end());
  }
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  return known;
}

absl::StatusOr<decision::Inputs> Checker::Gather(const Question& question,
                                                 const decision::Policy& policy, Answer& answer) {
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
  inputs.prior_ppm = rules_.own_rate.Prior(policy);
  auto known = AddCustomer(question, policy, inputs);
  if (!known.ok()) return known.status();
  answer.own = inputs.own;

  // Own incidents are about the person, by whichever identifier they were filed. Partners are asked
  // about what was typed and nothing more.
  auto incidents = ledger_.About(*known);
  if (!incidents.ok()) return incidents.status();
  answer.incidents = *std::move(incidents);
  AddIncidents(answer, inputs);

  auto found = lookup_.Ask(question.identifiers, options_.partner_deadline);
  if (!found.ok()) return found.status();
  inputs.partners = std::move(found->answers);
  for (decision::PartnerAnswer& partner : inputs.partners) {
    partner.weight_ppm =
        decision::LearntWeight(rules_.outcomes.LearntAbout(partner.origin).outcomes, policy);
  }
  inputs.records = found->records;
  answer.records = std::move(found->records);
  return inputs;
}

std::vector<decision::Subject> Checker::SubjectsOf(
    std::span<const identity::Identifier> identifiers) const {
  std::vector<decision::Subject> subjects;
  for (const identity::Identifier& identifier : identifiers) {
    subjects.push_back(decision::SubjectOf(options_.receipt_key, identifier));
  }
  std::sort(subjects.begin(), subjects.end());
  subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());
  return subjects;
}

// The answer of an earlier check, as far as its receipt holds it, when it asked the same.
absl::StatusOr<Answer> Checker::FromReceipt(const ReceiptId& id, const Question& question) const {
  auto stored = receipts_.Get(id);
  if (!stored.ok()) return stored.status();
  const decision::ReceiptBody& body = stored->record.body;
  if (SubjectsOf(question.identifiers) != body.subjects ||
      !(question.order == body.weighed.order)) {
    return absl::FailedPreconditionError(
        "this request_id was used for a check of another buyer or order; use a new one for each");
  }
  Answer answer;
  answer.receipt = id;
  answer.decision = decision::Assemble(body.weighed, body.verdict);
  auto policy = rules_.policies.ByHash(body.policy);
  if (!policy.ok()) return policy.status();
  answer.next =
      decision::NextSteps(body.weighed, body.verdict, *policy, evidence::Date::Of(body.time));
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
  if (question.order.amount.has_value() && question.order.amount->minor == 0) {
    return absl::InvalidArgumentError(
        "an order of 0 is no order; give what it comes to, or leave the amount out when that is "
        "not known yet");
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
  const std::shared_ptr<const decision::Policy> policy = rules_.policies.InForce();
  Answer answer;
  auto inputs = Gather(question, *policy, answer);
  if (!inputs.ok()) return inputs.status();
  answer.time = inputs->now;
  answer.decision = decision::Decide(*inputs, *policy);
  answer.because = decision::BecauseInAll(answer.decision);
  answer.next = decision::NextSteps(answer.decision.weighed, answer.decision.verdict, *policy,
                                    evidence::Date::Of(answer.time));
  ReceiptRecord record;
  record.body = decision::MakeReceipt(answer.decision, *policy, SubjectsOf(question.identifiers),
                                      answer.time);
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
