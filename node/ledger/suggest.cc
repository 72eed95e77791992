#include "node/ledger/suggest.h"

#include <algorithm>

#include "crypto/hash.h"
#include "node/book/track_record.h"

namespace daftar::ledger {
namespace {

constexpr size_t kInvoiceHashBytes = 8;
constexpr size_t kCustomerHexDigits = 2 * book::CustomerId::kSize;
constexpr size_t kMaxPage = 1000;

NewIncident AccountOf(const book::Customer& customer, const book::Order& order) {
  NewIncident account;
  account.reason = evidence::Reason::kInvoiceOverdue;
  for (const identity::Identifier& identifier : customer.identifiers) {
    if (account.identifiers.size() == evidence::kMaxIdentifiersPerEntry) break;
    account.identifiers.push_back(identifier);
  }
  account.amount = order.amount;
  account.occurred = order.invoiced;
  account.due = order.due;
  account.order = OrderName(customer.id, order);
  return account;
}

}  // namespace

std::string OrderName(const book::CustomerId& customer, const book::Order& order) {
  const crypto::Digest hash =
      crypto::Sha256({crypto::AsBytes("daftar/order/v1"), crypto::AsBytes(order.invoice)});
  return customer.hex() + "-" + crypto::ToHex(hash.view().first(kInvoiceHashBytes));
}

absl::StatusOr<SuggestionPage> SuggestIncidents(const book::Book& book, const Ledger& ledger,
                                                evidence::Date today, uint32_t days_late,
                                                size_t limit, std::string_view after) {
  if (days_late == 0) days_late = kDefaultDaysLate;
  limit = std::clamp<size_t>(limit, 1, kMaxPage);
  SuggestionPage page;
  absl::Status failed;
  std::vector<Suggestion> of_customer;
  // Customers come in order of their ids, a customer's orders in none: sort one customer's at once.
  const auto flush = [&] {
    std::sort(of_customer.begin(), of_customer.end(),
              [](const Suggestion& a, const Suggestion& b) { return a.order < b.order; });
    for (Suggestion& suggestion : of_customer) {
      if (page.suggestions.size() == limit) {
        page.next = page.suggestions.back().order;
        break;
      }
      page.suggestions.push_back(std::move(suggestion));
    }
    of_customer.clear();
    return !page.next.has_value();
  };
  absl::Status scanned =
      book.ScanOrders([&](const book::Customer& customer, const book::Order& order) {
        if (!of_customer.empty() && of_customer.back().customer != customer.id && !flush()) {
          return false;
        }
        if (!book::SupportsIncident(order, today, days_late) || order.invoiced > today) return true;
        Suggestion suggestion;
        suggestion.order = OrderName(customer.id, order);
        if (suggestion.order <= after) return true;
        auto existing = ledger.ForOrder(suggestion.order);
        if (!existing.ok()) {
          failed = existing.status();
          return false;
        }
        if (existing->has_value()) return true;
        suggestion.customer = customer.id;
        suggestion.account = AccountOf(customer, order);
        suggestion.invoice = order.invoice;
        suggestion.paid = order.paid;
        suggestion.days_late = book::DaysLate(order, today);
        suggestion.disputed = order.disputed;
        suggestion.missing = ledger.Missing(suggestion.account);
        of_customer.push_back(std::move(suggestion));
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (!failed.ok()) return failed;
  if (!page.next.has_value()) flush();
  return page;
}

absl::StatusOr<NewIncident> AccountOfOrder(const book::Book& book, std::string_view order,
                                           evidence::Date today) {
  const absl::Status unknown = absl::NotFoundError(
      "no order has that name; `daftar ledger suggest` shows the names of orders");
  if (order.size() < kCustomerHexDigits) return unknown;
  auto id = book::CustomerId::FromHexText(order.substr(0, kCustomerHexDigits));
  if (!id.ok()) return unknown;
  auto customer = book.ShowCustomer(*id);
  if (absl::IsNotFound(customer.status())) return unknown;
  if (!customer.ok()) return customer.status();
  absl::StatusOr<NewIncident> account = unknown;
  absl::Status scanned = book.ScanOrdersOf(*id, [&](const book::Order& candidate) {
    if (OrderName(*id, candidate) != order || candidate.invoiced > today) return true;
    if (candidate.disputed && !candidate.paid.has_value()) {
      account = absl::FailedPreconditionError(
          "the order is disputed; an incident can be filed when the dispute is over");
    } else {
      account = AccountOf(*customer, candidate);
    }
    return false;
  });
  if (!scanned.ok()) return scanned;
  return account;
}

}  // namespace daftar::ledger
