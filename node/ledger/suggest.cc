#include "node/ledger/suggest.h"

#include <algorithm>
#include <utility>

#include "node/decision/decide.h"
#include "node/decision/track_record.h"
#include "node/evidence/admissibility.h"
#include "node/ledger/remarks.h"

namespace daftar::ledger {
namespace {

constexpr size_t kCustomerHexDigits = 2 * book::CustomerId::kSize;
constexpr size_t kMaxPage = 1000;

// Whether it says that money came late or not at all; what else goes wrong does so on any day.
bool IsOfLateness(evidence::Reason reason) {
  return decision::TroubleOf(reason) == decision::Trouble::kPayment;
}

// Those that it may suggest, best first: an imported order tells that it is late, and neither
// whether its buyer was reminded nor whether a deposit was paid.
constexpr evidence::Reason kOfLateness[] = {evidence::Reason::kInvoiceOverdue,
                                            evidence::Reason::kInvoiceUnpaidReminded,
                                            evidence::Reason::kDepositUnsettled};

// Names only what stood on the order's own line: another identifier of the customer may be somebody
// else's. What came onto the warning list after the import is left out; nothing may be left.
NewIncident AccountOf(const identity::WarningList& warnings, const book::CustomerId& customer,
                      const book::Order& order, evidence::Reason reason) {
  NewIncident account;
  account.reason = reason;
  for (const identity::Identifier& identifier : order.identifiers) {
    if (account.identifiers.size() == evidence::kMaxIdentifiersPerEntry) break;
    if (warnings.WhyRefused(identifier).has_value()) continue;
    account.identifiers.push_back(identifier);
  }
  account.amount = order.amount;
  // Money is late from the day after it was due, and as old as that.
  account.occurred = IsOfLateness(reason) ? order.due.PlusDays(1) : order.invoiced;
  account.due = order.due;
  account.order = OrderName(customer, order);
  return account;
}

// The account of the first reason that the charter in force shares, and what it lacks; of the first
// of all where the charter shares none.
void ChooseReason(const book::Book& book, const Ledger& ledger, const book::CustomerId& customer,
                  const book::Order& order, Suggestion& suggestion) {
  for (const evidence::Reason reason : kOfLateness) {
    NewIncident account = AccountOf(book.warnings(), customer, order, reason);
    std::vector<std::string> missing = ledger.Missing(account);
    const bool shared = !evidence::WantsAnotherReason(missing);
    if (shared || reason == kOfLateness[0]) {
      suggestion.account = std::move(account);
      suggestion.missing = std::move(missing);
    }
    // Of what was paid late, only that it was late is true.
    if (shared || order.paid.has_value()) return;
  }
}

}  // namespace

absl::Status CheckSupports(const book::Order& order, evidence::Reason reason,
                           evidence::Date today) {
  if (!IsOfLateness(reason)) return absl::OkStatus();
  if (order.disputed && !order.paid.has_value()) {
    return absl::FailedPreconditionError(
        "the order is disputed; an incident can be filed when the dispute is over");
  }
  if (decision::SupportsIncident(order, today, /*late_after_days=*/0)) return absl::OkStatus();
  return absl::FailedPreconditionError(
      order.paid.has_value()
          ? "the order was paid by the day it was due, which supports no incident about lateness; "
            "name another reason if something else went wrong"
          : "the order is not past its due day, so it supports no incident about lateness yet; "
            "name another reason if something else went wrong");
}

absl::Status CheckOwed(const book::Order& order, evidence::Reason reason, evidence::Date filed,
                       evidence::Date today) {
  if (!IsOfLateness(reason) || !order.paid.has_value() || order.paid > today) {
    return absl::OkStatus();
  }
  // That it came late is what such an incident was filed about.
  if (order.paid < filed) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "the order was paid on " + order.paid.ToString() + ", and the incident, filed on " +
      filed.ToString() +
      ", says that it is owed: settle it (`daftar incident settle`), or take the payment back if "
      "it was none (`daftar order reopen`)");
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
        if (!decision::SupportsIncident(order, today, days_late) || order.invoiced > today)
          return true;
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
        suggestion.name = customer.name;
        ChooseReason(book, ledger, customer.id, order, suggestion);
        if (suggestion.account.identifiers.empty()) return true;
        const bool owed = !order.paid.has_value() || order.paid > today;
        if (!owed && evidence::WantsAnotherReason(suggestion.missing)) return true;
        suggestion.invoice = order.invoice;
        suggestion.invoiced = order.invoiced;
        suggestion.paid = order.paid;
        suggestion.days_late = decision::DaysLate(order, today);
        suggestion.disputed = order.disputed;
        of_customer.push_back(std::move(suggestion));
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (!failed.ok()) return failed;
  if (!page.next.has_value()) flush();
  return page;
}

absl::StatusOr<NewIncident> AccountOfOrder(const book::Book& book, std::string_view order,
                                           evidence::Date today, evidence::Reason reason) {
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
    if (absl::Status status = CheckSupports(candidate, reason, today); !status.ok()) {
      account = status;
      return false;
    }
    account = AccountOf(book.warnings(), *id, candidate, reason);
    if (account->identifiers.empty()) {
      account = absl::FailedPreconditionError(
          "all identifiers of the order are on the warning list now, so they name nobody; import "
          "it again with one of the buyer's own");
    }
    return false;
  });
  if (!scanned.ok()) return scanned;
  return account;
}

absl::StatusOr<uint64_t> OrdersSettledBefore(const book::Book& book, const Ledger& ledger,
                                             std::span<const identity::Identifier> identifiers,
                                             evidence::Date day, std::string_view except,
                                             uint32_t late_after_days) {
  auto customers = book.FindByIdentifiers(identifiers);
  if (!customers.ok()) return customers.status();
  uint64_t settled = 0;
  absl::Status failed;
  for (const book::CustomerId& customer : *customers) {
    absl::Status scanned = book.ScanOrdersOfWhole(
        customer, [&](const book::CustomerId& row, const book::Order& order) {
          if (order.invoiced >= day) return true;
          const std::string name = OrderName(row, order);
          if (name == except) return true;
          const auto remarked = RemarkedOrderOf(ledger, name, order);
          failed = remarked.status();
          if (!remarked.ok()) return false;
          settled += decision::SettledBefore(*remarked, day, late_after_days) ? 1 : 0;
          return true;
        });
    if (!failed.ok()) return failed;
    // Erased a moment ago.
    if (!scanned.ok() && !absl::IsNotFound(scanned)) return scanned;
  }
  return settled;
}

}  // namespace daftar::ledger
