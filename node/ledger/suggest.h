// Which incidents the imported orders support.
#ifndef DAFTAR_NODE_LEDGER_SUGGEST_H_
#define DAFTAR_NODE_LEDGER_SUGGEST_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/book/book.h"
#include "node/ledger/ledger.h"

namespace daftar::ledger {

inline constexpr uint32_t kDefaultDaysLate = 10;

// An order's name outside the book: customer id and a hash of the invoice number.
std::string OrderName(const book::CustomerId& customer, const book::Order& order);

struct Suggestion {
  std::string order;  // for AddIncident
  book::CustomerId customer;
  NewIncident account;  // complete
  std::string invoice;
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
// dispute (one about a paid order is over), and have no incident yet; in order of their names.
// Errors of the store.
absl::StatusOr<SuggestionPage> SuggestIncidents(const book::Book& book, const Ledger& ledger,
                                                evidence::Date today, uint32_t days_late,
                                                size_t limit, std::string_view after);

// The incident's account that an order supports. NotFound when there is no such order.
absl::StatusOr<NewIncident> AccountOfOrder(const book::Book& book, std::string_view order,
                                           evidence::Date today);

}  // namespace daftar::ledger

#endif  // DAFTAR_NODE_LEDGER_SUGGEST_H_
