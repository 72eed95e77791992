#include "node/check/order_outcomes.h"

namespace daftar::check {
namespace {

evidence::UnixMillis StartOf(evidence::Date day) {
  return {static_cast<int64_t>(day.days()) * 86'400'000};
}

bool SameAmount(const decision::OrderContext& asked, const book::Order& order) {
  return !asked.amount.has_value() || *asked.amount == order.amount;
}

}  // namespace

absl::StatusOr<std::optional<ReceiptId>> ReceiptOf(const book::Order& order, const Checker& checker,
                                                   const ReceiptLog& receipts) {
  if (order.receipt.has_value()) {
    return std::optional<ReceiptId>(ReceiptId(order.receipt->array()));
  }
  const evidence::UnixMillis from = StartOf(order.invoiced.PlusDays(-kMatchDays));
  const evidence::UnixMillis to{StartOf(order.invoiced.PlusDays(1)).value - 1};
  for (const decision::Subject& subject : checker.SubjectsOf(order.identifiers)) {
    auto about = receipts.About(subject, from, to);
    if (!about.ok()) return about.status();
    for (const ReceiptId& id : *about) {
      auto receipt = receipts.Get(id);
      if (absl::IsNotFound(receipt.status())) continue;  // deleted after its retention
      if (!receipt.ok()) return receipt.status();
      if (SameAmount(receipt->record.body.weighed.order, order)) {
        return std::optional<ReceiptId>(id);
      }
    }
  }
  return std::optional<ReceiptId>();
}

absl::Status RecordOutcome(const book::Order& order, const Checker& checker,
                           const ReceiptLog& receipts, Outcomes& outcomes,
                           const decision::Policy& policy, evidence::Date today) {
  auto receipt = ReceiptOf(order, checker, receipts);
  if (!receipt.ok()) return receipt.status();
  if (!receipt->has_value()) return absl::OkStatus();
  const Outcome outcome = OutcomeOf(order, today, policy.late_after_days);
  const evidence::Date on = order.paid.has_value()          ? order.paid
                            : order.written_off.has_value() ? order.written_off
                                                            : today;
  absl::Status recorded = outcomes.Record(**receipt, outcome, on, order.terms, policy);
  // A receipt that is not here (any more) learns nothing; the order stands all the same.
  return absl::IsNotFound(recorded) ? absl::OkStatus() : recorded;
}

}  // namespace daftar::check
