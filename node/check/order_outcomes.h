// From orders to the decisions they were taken on.
#ifndef DAFTAR_NODE_CHECK_ORDER_OUTCOMES_H_
#define DAFTAR_NODE_CHECK_ORDER_OUTCOMES_H_

#include <span>

#include "node/book/book.h"
#include "node/check/checker.h"
#include "node/check/outcomes.h"
#include "node/check/receipt_log.h"
#include "node/ledger/ledger.h"

namespace daftar::check {

// An order of the ledger is taken to be the one that was checked at most so many days before it was
// invoiced, about one of its own identifiers and over the same amount.
inline constexpr int64_t kMatchDays = 14;

// Whether an order of the customer with these identifiers, over the amount and of that day, can
// have been taken on the check. NotFound; FailedPrecondition saying what differs: the receipt is
// about none of the identifiers, or over another amount of the same currency, or was made more than
// kMatchDays after the order was invoiced.
absl::Status CheckNamedReceipt(const ReceiptId& receipt,
                               std::span<const identity::Identifier> identifiers,
                               const evidence::Money& amount, evidence::Date invoiced,
                               const Checker& checker, const ReceiptLog& receipts);

// The receipt on which the order was taken: the one it names, else the one it has while that still
// matches, else the newest that matches and that no other order has; none when there is no such.
// Errors of the rooms.
absl::StatusOr<std::optional<ReceiptId>> ReceiptOf(const book::NamedOrder& order,
                                                   const Checker& checker,
                                                   const ReceiptLog& receipts,
                                                   const Outcomes& outcomes);

// Where it is known which check an order was taken on and what its incident says. All outlive the
// call.
struct OutcomeRooms {
  const ledger::Ledger& ledger;
  const Checker& checker;
  const ReceiptLog& receipts;
};

// What Outcomes is to hold of the order, as its incident leaves it. Errors of the rooms.
absl::StatusOr<OrderOutcome> OutcomeFor(const book::NamedOrder& order, const OutcomeRooms& rooms,
                                        const Outcomes& outcomes, const decision::Policy& policy,
                                        evidence::Date today);

// Records the order's outcome with its decision, if there is one; an open order is recorded when it
// names its receipt. Errors of the rooms.
absl::Status RecordOutcome(const book::NamedOrder& order, const OutcomeRooms& rooms,
                           Outcomes& outcomes, const decision::Policy& policy,
                           evidence::Date today);

}  // namespace daftar::check

#endif  // DAFTAR_NODE_CHECK_ORDER_OUTCOMES_H_
