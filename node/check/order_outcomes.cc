#include "node/check/order_outcomes.h"

#include <algorithm>
#include <functional>

#include "node/decision/language.h"
#include "node/ledger/remarks.h"

namespace daftar::check {
namespace {

evidence::UnixMillis StartOf(evidence::Date day) {
  return {static_cast<int64_t>(day.days()) * 86'400'000};
}

bool SameAmount(const decision::OrderContext& asked, const book::Order& order) {
  return !asked.amount.has_value() || *asked.amount == order.amount;
}

// The day on which the outcome was so, whenever it is looked at: what is recorded already stays.
evidence::Date DayOf(Outcome outcome, const decision::RemarkedOrder& order, evidence::Date today,
                     uint32_t late_after_days) {
  const decision::OrderFacts& facts = order.facts;
  if (outcome == Outcome::kUnknown) return {};
  // Of what was broken and made good when it was, if not paid later still.
  if (outcome != Outcome::kUnpaid) return std::max(facts.paid, order.made_good);
  decision::RemarkedOrder by_dates = order;
  by_dates.remark = decision::OrderRemark::kNone;
  const bool unpaid = OutcomeOf(by_dates, today, late_after_days) == Outcome::kUnpaid;
  if (!unpaid) return order.broken_on;
  return facts.written_off.has_value() ? facts.written_off
                                       : facts.due.PlusDays(int64_t{late_after_days} + 1);
}

// The first day on which it was known that the order ends well, or badly in any way.
evidence::Date KnownFrom(const OrderOutcome& became, const decision::RemarkedOrder& order,
                         evidence::Date today, uint32_t late_after_days) {
  evidence::Date known = became.on;
  if (became.outcome != Outcome::kLate && became.outcome != Outcome::kUnpaid) return known;
  const evidence::Date bad = decision::StandingOf(order, today, late_after_days).bad_since;
  for (const evidence::Date day : {bad, order.broken_on}) {
    if (day.has_value()) known = std::min(known, day);
  }
  return known;
}

// The checks about the order's own identifiers in the days before it, newest first.
absl::StatusOr<std::vector<ReceiptLog::Made>> ChecksBefore(const book::Order& order,
                                                           const Checker& checker,
                                                           const ReceiptLog& receipts) {
  const evidence::UnixMillis from = StartOf(order.invoiced.PlusDays(-kMatchDays));
  const evidence::UnixMillis to{StartOf(order.invoiced.PlusDays(1)).value - 1};
  std::vector<ReceiptLog::Made> checks;
  for (const decision::Subject& subject : checker.SubjectsOf(order.identifiers)) {
    auto about = receipts.About(subject, from, to);
    if (!about.ok()) return about.status();
    checks.insert(checks.end(), about->begin(), about->end());
  }
  std::sort(checks.begin(), checks.end(), std::greater<>());
  checks.erase(std::unique(checks.begin(), checks.end()), checks.end());
  return checks;
}

absl::StatusOr<bool> Matches(const ReceiptId& id, const book::Order& order,
                             const ReceiptLog& receipts) {
  auto receipt = receipts.Get(id);
  if (absl::IsNotFound(receipt.status())) return false;  // deleted after its retention
  if (!receipt.ok()) return receipt.status();
  return SameAmount(receipt->record.body.weighed.order, order);
}

}  // namespace

absl::Status CheckNamedReceipt(const ReceiptId& receipt,
                               std::span<const identity::Identifier> identifiers,
                               const evidence::Money& amount, evidence::Date invoiced,
                               const Checker& checker, const ReceiptLog& receipts) {
  auto stored = receipts.Get(receipt);
  if (!stored.ok()) return stored.status();
  const decision::ReceiptBody& body = stored->record.body;
  const std::vector<decision::Subject> subjects = checker.SubjectsOf(identifiers);
  const bool about = std::any_of(
      body.subjects.begin(), body.subjects.end(), [&subjects](const decision::Subject& subject) {
        return std::binary_search(subjects.begin(), subjects.end(), subject);
      });
  if (!about) {
    return absl::FailedPreconditionError(
        "the receipt is of a check of another buyer: the order's customer has none of the "
        "identifiers that were checked. Name the receipt of this buyer's check, merge the "
        "customers if they are one, or leave the receipt out");
  }
  const std::optional<evidence::Money>& asked = body.weighed.order.amount;
  if (asked.has_value() && *asked != amount) {
    return absl::FailedPreconditionError(
        "the receipt is of a check over " +
        decision::MoneyText(decision::Language::kEnglish, *asked) + ", the order over " +
        decision::MoneyText(decision::Language::kEnglish, amount) +
        ". Check the buyer again for this amount and name that receipt, or leave the receipt out");
  }
  const evidence::Date checked = evidence::Date::Of(body.time);
  if (invoiced < checked.PlusDays(-kMatchDays)) {
    return absl::FailedPreconditionError(
        "the check was made on " + checked.ToString() + ", more than " +
        std::to_string(kMatchDays) + " days after the order was invoiced (" + invoiced.ToString() +
        "), so the order was not taken on it; leave the receipt out");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<ReceiptId>> ReceiptOf(const book::NamedOrder& named,
                                                   const Checker& checker,
                                                   const ReceiptLog& receipts,
                                                   const Outcomes& outcomes) {
  const book::Order& order = named.order;
  if (order.receipt.has_value()) {
    return std::optional<ReceiptId>(ReceiptId(order.receipt->array()));
  }
  auto checks = ChecksBefore(order, checker, receipts);
  if (!checks.ok()) return checks.status();
  if (checks->empty()) return std::optional<ReceiptId>();
  auto has = outcomes.ReceiptOf(named.name);
  if (!has.ok()) return has.status();
  // Its own first: a newer check is another order's.
  std::stable_partition(checks->begin(), checks->end(),
                        [&has](const ReceiptLog::Made& check) { return *has == check.id; });
  for (const ReceiptLog::Made& check : *checks) {
    auto followed = outcomes.Of(check.id);
    if (!followed.ok()) return followed.status();
    const bool taken =
        followed->has_value() && !(*followed)->order.empty() && (*followed)->order != named.name;
    if (taken) continue;
    auto matches = Matches(check.id, order, receipts);
    if (!matches.ok()) return matches.status();
    if (*matches) return std::optional<ReceiptId>(check.id);
  }
  return std::optional<ReceiptId>();
}

absl::StatusOr<OrderOutcome> OutcomeFor(const book::NamedOrder& named, const OutcomeRooms& rooms,
                                        const Outcomes& outcomes, const decision::Policy& policy,
                                        evidence::Date today) {
  const auto order = ledger::RemarkedOrderOf(rooms.ledger, named.name, named.order);
  if (!order.ok()) return order.status();
  OrderOutcome became;
  became.order = named.name;
  became.named = named.order.receipt.has_value();
  became.outcome = OutcomeOf(*order, today, policy.late_after_days);
  became.on = DayOf(became.outcome, *order, today, policy.late_after_days);
  became.known = KnownFrom(became, *order, today, policy.late_after_days);
  if (named.order.terms_told) became.terms = named.order.terms;
  // Until more is known, nothing is looked for.
  if (became.named || became.outcome != Outcome::kUnknown) {
    auto receipt = ReceiptOf(named, rooms.checker, rooms.receipts, outcomes);
    if (!receipt.ok()) return receipt.status();
    became.receipt = *receipt;
  }
  return became;
}

absl::Status RecordOutcome(const book::NamedOrder& named, const OutcomeRooms& rooms,
                           Outcomes& outcomes, const decision::Policy& policy,
                           evidence::Date today) {
  auto became = OutcomeFor(named, rooms, outcomes, policy, today);
  if (!became.ok()) return became.status();
  return outcomes.Record(*became, policy);
}

}  // namespace daftar::check
