// What the imported orders say to the ledger: which incidents they support, and how many orders a
// buyer had settled before.
#ifndef DAFTAR_NODE_LEDGER_SUGGEST_H_
#define DAFTAR_NODE_LEDGER_SUGGEST_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "node/book/book.h"
#include "node/ledger/ledger.h"

namespace daftar::ledger {

inline constexpr uint32_t kDefaultDaysLate = 10;

struct Suggestion {
  std::string order;          // book::OrderName, for AddIncident
  book::CustomerId customer;  // the order's own row, as in its name; it may be merged into another
  std::string name;           // of that row; may be empty
  NewIncident account;        // complete
  std::string invoice;
  evidence::Date invoiced;
  evidence::Date paid;  // none while open
  uint32_t days_late = 0;
  bool disputed = false;
  std::vector<std::string> missing;
};

struct SuggestionPage {
  std::vector<Suggestion> suggestions;
  std::optional<std::string> next;  // pass as `after` for the next page
};

// Orders that were paid, or are open, more than `days_late` days after they were due, are not in
// dispute (one about a paid order is over), have no incident yet, and name somebody who is not on
// the warning list; in order of their names. Each is for the first reason of lateness that the
// charter in force shares; where it shares none, `missing` asks for another. What was paid is left
// out where the charter does not share that it was late: it is no debt, and no partner could be
// told of it. Errors of the store.
absl::StatusOr<SuggestionPage> SuggestIncidents(const book::Book& book, const Ledger& ledger,
                                                evidence::Date today, uint32_t days_late,
                                                size_t limit, std::string_view after);

// The incident's account that an order supports: about the identifiers of the order's own line, at
// most kMaxIdentifiersPerEntry. Money that came late did so on the day after it was due; anything
// else occurred on the day of the invoice, until somebody says another. NotFound when there is no
// such order; FailedPrecondition, in words, when it supports none: for a reason of lateness it must
// be past due or have been paid past due, and not be in dispute; and not all its identifiers may be
// on the warning list by now.
absl::StatusOr<NewIncident> AccountOfOrder(
    const book::Book& book, std::string_view order, evidence::Date today,
    evidence::Reason reason = evidence::Reason::kInvoiceOverdue);

// Whether the order (still) supports an incident for the reason, as AccountOfOrder asks.
// FailedPrecondition, in words.
absl::Status CheckSupports(const book::Order& order, evidence::Reason reason, evidence::Date today);

// Whether what was filed about the order on `filed` may still be said: money that has come since,
// or on that day, is not owed any more; money that had come late before does not stop it. What was
// taken back, or is about anything but lateness, says nothing of that. FailedPrecondition, in
// words.
absl::Status CheckOwed(const book::Order& order, evidence::Reason reason, evidence::Date filed,
                       evidence::Date today);

// How many orders the customers with these identifiers had settled before `day`, as their incidents
// leave them: invoiced and paid before it, at most `late_after_days` late, and not broken. The
// order of the name `except` never counts; it may be empty. Errors of the store.
absl::StatusOr<uint64_t> OrdersSettledBefore(const book::Book& book, const Ledger& ledger,
                                             std::span<const identity::Identifier> identifiers,
                                             evidence::Date day, std::string_view except,
                                             uint32_t late_after_days);

}  // namespace daftar::ledger

#endif  // DAFTAR_NODE_LEDGER_SUGGEST_H_
