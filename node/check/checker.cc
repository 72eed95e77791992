#include "node/check/checker.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

#include "node/check/own_record.h"
#include "node/check/shared_identifiers.h"
#include "node/decision/explain.h"
#include "storage/requests.h"

namespace daftar::check {
// Who the customer is here: orders, incidents, group, and whether the shop trusts it whatever is
// known. Own incidents are about the person, by whichever identifier they were filed. What only
// identifiers of many people lead to is set aside.
absl::Status Checker::AddCustomer(const Question& question, const decision::Policy& policy,
                                  Answer& answer, decision::Inputs& inputs) const {
  auto customers = book_.FindProfiles(question.identifiers);
  if (!customers.ok()) return customers.status();
  const auto charter = options_.charters.InForce();
  OwnSharing sharing(*charter, rules_.warnings);
  const auto left_out = sharing.LeaveOut(question.identifiers, *customers);
  if (!left_out.ok()) return left_out.status();
  inputs.own_set_aside = *left_out > 0;
  std::vector<identity::Identifier> known = question.identifiers;
  std::set<std::string> members;
  for (const book::Profile& customer : *customers) {
    known.insert(known.end(), customer.identifiers.begin(), customer.identifiers.end());
    members.insert(customer.groups.begin(), customer.groups.end());
  }
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  auto incidents = ledger_.About(known);
  if (!incidents.ok()) return incidents.status();
  answer.incidents = *std::move(incidents);

  const evidence::Date today = evidence::Date::Of(inputs.now);
  auto record = ReadOwnRecord(book_, *customers, answer.incidents, today, policy.late_after_days);
  if (!record.ok()) return record.status();
  inputs.own = std::move(record->orders);
  inputs.incidents = std::move(record->incidents);
  for (size_t i = 0; i < answer.incidents.size(); ++i) {
    const auto counts = sharing.Counts(answer.incidents[i], known, *customers);
    if (!counts.ok()) return counts.status();
    decision::EntryStatus& status = inputs.incidents[i].status;
    const bool weighs =
        status == decision::EntryStatus::kLive || status == decision::EntryStatus::kSettled;
    if (*counts || !weighs) continue;
    status = decision::EntryStatus::kSetAside;
    inputs.own_set_aside = true;
  }
  inputs.in_book = !customers->empty();
  answer.own = inputs.own;

  const auto groups = rules_.groups.Snapshot();
  const decision::Group* group = decision::ChooseGroup(*groups, members, inputs.own, today);
  if (group != nullptr) inputs.group = group->terms;
  auto allowed = rules_.allowlist.Hit(question.identifiers, *customers);
  if (!allowed.ok()) return allowed.status();
  if (allowed->has_value()) inputs.allowed_by = (*allowed)->id.hex();
  return absl::OkStatus();
}

absl::StatusOr<decision::Inputs> Checker::Gather(const Question& question,
                                                 const decision::Policy& policy, Answer& answer) {
  decision::Inputs inputs;
  inputs.now = clock_.Now();
  inputs.order = question.order;
  if (question.order.amount.has_value()) {
    const auto charter = options_.charters.InForce();
    const auto& small = charter->small_amount_minor;
    if (const auto found = small.find(question.order.amount->currency.code());
        found != small.end()) {
      inputs.small_amount = evidence::Money{found->second, question.order.amount->currency};
    }
  }
  inputs.prior_ppm = rules_.own_rate.Prior(policy);
  if (auto added = AddCustomer(question, policy, answer, inputs); !added.ok()) return added;

  // Partners are asked about what was typed and nothing more.
  auto found = lookup_.Ask(question.identifiers, options_.partner_deadline);
  if (!found.ok()) return found.status();
  absl::Status counted = SetAsideShared(question.identifiers, answer.incidents,
                                        *options_.charters.InForce(), rules_.warnings, *found);
  if (!counted.ok()) return counted;
  inputs.partners = std::move(found->answers);
  WeighPartners(policy, inputs);
  inputs.records = found->records;
  answer.records = std::move(found->records);
  return inputs;
}

void Checker::WeighPartners(const decision::Policy& policy, decision::Inputs& inputs) const {
  for (decision::PartnerAnswer& partner : inputs.partners) {
    partner.weight_ppm =
        decision::LearntWeight(rules_.outcomes.LearntAbout(partner.origin).outcomes, policy);
  }
}

std::optional<TrialEffect> Checker::Try(const Question& question, decision::Inputs inputs,
                                        const decision::Policy& in_force) const {
  const std::shared_ptr<const TrialPolicy> trial = rules_.trial.Current();
  if (trial == nullptr) return std::nullopt;
  inputs.prior_ppm = rules_.own_rate.Prior(trial->policy);
  WeighPartners(trial->policy, inputs);
  // Which of the shop's own orders were late is read by the policy's own days.
  if (trial->policy.late_after_days != in_force.late_after_days) {
    Answer unused;
    if (!AddCustomer(question, trial->policy, unused, inputs).ok()) return std::nullopt;
  }
  return TrialEffect{trial->hash, decision::Decide(inputs, trial->policy).verdict.effect};
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
  answer.trial = stored->record.trial;
  return answer;
}

absl::StatusOr<Answer> Checker::Check(const storage::Caller& caller, const Question& question) {
  if (question.identifiers.empty() || question.identifiers.size() > kMaxIdentifiersPerCheck) {
    return absl::InvalidArgumentError("a check names 1 to " +
                                      std::to_string(kMaxIdentifiersPerCheck) +
                                      " identifiers of one buyer, like a phone number");
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
  record.trial = answer.trial = Try(question, *std::move(inputs), *policy);
  answer.policy = record.body.policy;
  auto appended = receipts_.Append(record, request);
  if (!appended.ok()) return appended.status();
  // The same request ran at the same time and was first: its receipt is the answer.
  if (!appended->is_new) return FromReceipt(appended->id, question);
  answer.receipt = appended->id;
  return answer;
}

}  // namespace daftar::check
