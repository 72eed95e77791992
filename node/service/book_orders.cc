// Orders as they happen, and what became of them.
#include "node/check/order_outcomes.h"
#include "node/ledger/remarks.h"
#include "node/service/book_handlers.h"
#include "node/service/convert.h"
#include "node/service/shop_handlers.h"

namespace daftar::service {
namespace {

absl::StatusOr<book::OutcomeKind> OutcomeFrom(const std::string& outcome) {
  if (outcome == "paid") return book::OutcomeKind::kPaid;
  if (outcome == "late") return book::OutcomeKind::kLate;
  if (outcome == "unpaid") return book::OutcomeKind::kUnpaid;
  if (outcome == "open") return book::OutcomeKind::kReopened;
  return absl::InvalidArgumentError("outcome: one of paid, late, unpaid, open");
}

// As CheckNamedReceipt, with all that the customers who have the identifiers are known by.
absl::Status CheckNamedReceipt(Node& node, const check::ReceiptId& receipt,
                               std::vector<identity::Identifier> identifiers,
                               const evidence::Money& amount, evidence::Date invoiced) {
  auto customers = node.book().FindProfiles(identifiers);
  if (!customers.ok()) return customers.status();
  for (const book::Profile& customer : *customers) {
    identifiers.insert(identifiers.end(), customer.identifiers.begin(), customer.identifiers.end());
  }
  return check::CheckNamedReceipt(receipt, identifiers, amount, invoiced, node.checker(),
                                  node.receipts());
}

// FailedPrecondition for an order that the book has as open, and its incident as paid.
absl::Status CheckNotPaidByIncident(Node& node, const std::string& name) {
  const auto order = node.book().FindOrder(name);
  if (!order.ok()) return order.status();
  if (order->order.paid.has_value()) return absl::OkStatus();
  const auto left = ledger::RemarkedOrderOf(node.ledger(), order->name, order->order);
  if (!left.ok()) return left.status();
  if (!left->facts.paid.has_value()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "the incident about the order says that it was paid on " + left->facts.paid.ToString() +
      "; if that was wrong, withdraw the incident as a mistake (daftar incident withdraw ID "
      "--ground mistake --because TEXT)");
}

// The terms of an order that was taken on a check: those that were checked. An answer to who pays
// in advance says nothing of credit.
absl::StatusOr<decision::Terms> TakeTerms(Node& node, const check::ReceiptId& receipt,
                                          v1::Terms said) {
  auto stored = node.receipts().Get(receipt);
  if (!stored.ok()) return stored.status();
  const decision::Terms asked = stored->record.body.weighed.order.terms;
  if (said == v1::TERMS_UNSPECIFIED) return asked;
  auto terms = FromProto(said);
  if (!terms.ok() || *terms == asked) return terms;
  return absl::FailedPreconditionError(
      "the receipt is of a check for " + std::string(decision::TermsName(asked)) +
      " terms, the order is on " + std::string(decision::TermsName(*terms)) +
      ". Check the buyer again for these terms and name that receipt, or leave the receipt out");
}

}  // namespace

absl::StatusOr<v1::Order> BookHandlers::Describe(const book::NamedOrder& named) const {
  const book::Order& order = named.order;
  v1::Order out;
  auto made = node_.ledger().ForOrder(named.name);
  if (!made.ok()) return made.status();
  if (made->has_value()) {
    auto incident = node_.ledger().Get(**made);
    if (incident.ok()) {
      out.set_incident((*made)->hex());
      out.set_incident_state(std::string(ledger::StateName(incident->state)));
      out.set_incident_reason(std::string(evidence::Info(incident->incident.account.reason).name));
    } else if (!absl::IsNotFound(incident.status())) {  // else erased a moment ago
      return incident.status();
    }
  }
  const auto left = ledger::RemarkedOrderOf(node_.ledger(), named.name, order);
  if (!left.ok()) return left.status();
  const decision::RemarkedOrder& remarked = *left;
  out.set_id(named.name);
  out.set_customer(named.customer.hex());
  out.set_invoice(order.invoice);
  out.set_invoiced(order.invoiced.ToString());
  out.set_due(order.due.ToString());
  out.set_paid(remarked.facts.paid.ToString());
  *out.mutable_amount() = ToProto(order.amount);
  out.set_terms(ToProto(order.terms));
  out.set_state(std::string(StateOf(remarked)));
  out.set_days_late(decision::DaysLate(remarked.facts, evidence::Date::Of(node_.clock().Now())));
  out.set_disputed(order.disputed);
  out.set_given_up(order.written_off.ToString());
  if (order.receipt.has_value()) out.set_receipt(order.receipt->hex());
  for (const identity::Identifier& identifier : order.identifiers) {
    out.add_identifiers(identity::Masked(identifier));
  }
  const auto customer = node_.book().ShowCustomer(named.customer);
  if (!customer.ok() && !absl::IsNotFound(customer.status())) return customer.status();
  if (customer.ok()) out.set_customer_name(customer->name);  // else erased a moment ago
  return out;
}

absl::StatusOr<v1::AddOrderResponse> BookHandlers::AddOrder(const Actor& actor,
                                                            const v1::AddOrderRequest& request) {
  if (absl::Status s = Authorise(actor, "BookService/AddOrder"); !s.ok()) return s;
  book::NewOrder order;
  auto identifiers =
      FromProto(request.identifiers(), node_.config().region, book::kMaxIdentifiersPerOrder);
  if (!identifiers.ok()) return identifiers.status();
  order.identifiers = *std::move(identifiers);
  order.name = request.name();
  order.invoice = request.invoice();
  auto amount = FromProto(request.amount());
  if (!amount.ok()) return amount.status();
  order.amount = *amount;
  auto invoiced = DateFromProto(request.invoiced(), "invoiced");
  if (!invoiced.ok()) return invoiced.status();
  order.invoiced = invoiced->has_value() ? *invoiced : evidence::Date::Of(node_.clock().Now());
  auto terms = FromProto(request.terms());
  if (!terms.ok()) return terms.status();
  if (request.terms() != v1::TERMS_UNSPECIFIED) order.terms = *terms;
  if (!request.receipt().empty()) {
    auto receipt = ReceiptFromProto(request.receipt());
    if (!receipt.ok()) return receipt.status();
    absl::Status fits =
        CheckNamedReceipt(node_, *receipt, order.identifiers, order.amount, order.invoiced);
    if (!fits.ok()) return fits;
    auto terms_asked = TakeTerms(node_, *receipt, request.terms());
    if (!terms_asked.ok()) return terms_asked.status();
    // A check that names no terms is for credit too, so that its credit was told by nobody.
    const bool told = order.terms.has_value() || *terms_asked != decision::Terms::kCredit;
    if (told) order.terms = *terms_asked;
    order.receipt = book::ReceiptRef(receipt->array());
  }
  auto due = DateFromProto(request.due(), "due");
  if (!due.ok()) return due.status();
  order.due = *due;
  if (!due->has_value()) {
    // As the answer to a check has told the customer.
    const bool credit = order.terms.value_or(decision::Terms::kCredit) == decision::Terms::kCredit;
    auto days = credit ? CreditDaysOf(node_, order.identifiers) : absl::StatusOr<uint32_t>(0);
    if (!days.ok()) return days.status();
    order.due = order.invoiced.PlusDays(*days);
  }
  auto added = node_.book().AddOrder({actor.name, request.request_id()}, order);
  if (!added.ok()) return added.status();
  auto described = Describe(*added);
  if (!described.ok()) return described.status();
  v1::AddOrderResponse response;
  *response.mutable_order() = *std::move(described);
  for (const identity::Identifier& identifier : order.identifiers) {
    const auto why = node_.book().warnings().WhyRefused(identifier);
    if (!why.has_value()) continue;
    response.add_left_out(std::string(identity::TypeName(identifier.type())) + ": " + *why);
  }
  return response;
}

absl::StatusOr<v1::SetOrderOutcomeResponse> BookHandlers::SetOrderOutcome(
    const Actor& actor, const v1::SetOrderOutcomeRequest& request) {
  if (absl::Status s = Authorise(actor, "BookService/SetOrderOutcome"); !s.ok()) return s;
  auto kind = OutcomeFrom(request.outcome());
  if (!kind.ok()) return kind.status();
  auto day = DateFromProto(request.on(), "on");
  if (!day.ok()) return day.status();
  const book::Outcome outcome{*kind, *day};
  if (*kind == book::OutcomeKind::kReopened && day->has_value()) {
    return absl::InvalidArgumentError("open takes no day");
  }
  std::optional<book::ReceiptRef> link;
  if (!request.link_receipt().empty()) {
    auto receipt = ReceiptFromProto(request.link_receipt());
    if (!receipt.ok()) return receipt.status();
    link = book::ReceiptRef(receipt->array());
  }
  std::string name = request.by_case() == v1::SetOrderOutcomeRequest::kInvoice ? request.invoice()
                                                                               : request.order();
  if (request.by_case() == v1::SetOrderOutcomeRequest::kReceipt) {
    auto receipt = ReceiptFromProto(request.receipt());
    if (!receipt.ok()) return receipt.status();
    auto order = OrderOfReceipt(book::ReceiptRef(receipt->array()));
    if (!order.ok()) return order.status();
    name = *std::move(order);
  }
  if (name.empty()) {
    return absl::InvalidArgumentError(
        "which order? Name its id, its invoice number, or the receipt of its check");
  }
  if (link.has_value()) {
    auto order = node_.book().FindOrder(name);
    if (!order.ok()) return order.status();
    absl::Status fits =
        CheckNamedReceipt(node_, check::ReceiptId(link->array()), order->order.identifiers,
                          order->order.amount, order->order.invoiced);
    if (!fits.ok()) return fits;
  }
  if (*kind == book::OutcomeKind::kUnpaid || *kind == book::OutcomeKind::kReopened) {
    if (absl::Status open = CheckNotPaidByIncident(node_, name); !open.ok()) return open;
  }
  auto changed = node_.book().SetOutcome({actor.name, request.request_id()}, name, outcome, link,
                                         request.because());
  if (!changed.ok()) return changed.status();
  auto described = Describe(*changed);
  if (!described.ok()) return described.status();
  v1::SetOrderOutcomeResponse response;
  *response.mutable_order() = *std::move(described);
  return response;
}

}  // namespace daftar::service
