#include "node/service/book_handlers.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/numbers.h"
#include "node/book/group_report.h"
#include "node/check/order_outcomes.h"
#include "node/check/outcomes.h"
#include "node/ledger/remarks.h"
#include "node/service/convert.h"
#include "node/service/shop_handlers.h"

namespace daftar::service {
namespace {

storage::Caller CallerOf(const Actor& actor, const std::string& request_id) {
  return {actor.name, request_id};
}

template <class Repeated>
std::vector<std::string> Texts(const Repeated& texts) {
  return {texts.begin(), texts.end()};
}

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

// Own incidents about the customer that occurred in the period. What was withdrawn is none.
absl::StatusOr<uint64_t> IncidentsIn(Node& node, const book::Profile& customer, evidence::Date from,
                                     evidence::Date to) {
  auto about = node.ledger().About(customer.identifiers);
  if (!about.ok()) return about.status();
  return static_cast<uint64_t>(
      std::count_if(about->begin(), about->end(), [&](const ledger::IncidentView& view) {
        const evidence::Date occurred = view.incident.account.occurred;
        return occurred >= from && occurred <= to &&
               view.state != ledger::IncidentState::kWithdrawn;
      }));
}

// Where a page of the allowlist ended: the entry may be gone when the next one is asked for.
std::string TokenOf(const book::Allowed& entry) {
  return std::to_string(entry.added_at.value) + "-" + entry.id.hex();
}

using AllowedList = std::vector<book::Allowed>;

absl::StatusOr<AllowedList::const_iterator> AfterToken(const AllowedList& list,
                                                       const std::string& token) {
  if (token.empty()) return list.begin();
  const size_t dash = token.find('-');
  int64_t added_at = 0;
  const bool parsed =
      dash != std::string::npos && absl::SimpleAtoi(token.substr(0, dash), &added_at);
  auto id = book::AllowedId::FromHexText(parsed ? token.substr(dash + 1) : "");
  if (!id.ok()) {
    return absl::InvalidArgumentError("page_token: pass on what the page before answered");
  }
  book::Allowed last;
  last.id = *id;
  last.added_at.value = added_at;
  return std::upper_bound(list.begin(), list.end(), last, book::ListedBefore);
}

// What a person who is erased left outside the book.
absl::StatusOr<book::ErasedElsewhere> Forget(Node& node, std::span<const identity::Identifier> gone,
                                             std::span<const identity::Identifier> kept,
                                             storage::Batch& batch) {
  auto incidents = node.ledger().EraseUnshared(gone, kept, batch);
  if (!incidents.ok()) return incidents.status();
  absl::Status forgot = partners::ForgetKept(node.store(), node.vault(), gone, batch);
  if (!forgot.ok()) return forgot;
  std::vector<decision::Subject> subjects;
  for (const identity::Identifier& identifier : gone) {
    subjects.push_back(decision::SubjectOf(node.keys().receipt, identifier));
  }
  auto receipts = node.receipts().Unlink(subjects, batch);
  if (!receipts.ok()) return receipts.status();
  return book::ErasedElsewhere{incidents->erased, incidents->kept, *receipts};
}

// A row for each currency; one without a currency for a group that has no orders.
void SetRows(const book::GroupLine& line, v1::ReportGroupsResponse& response) {
  std::vector<book::GroupMoney> money = line.money;
  if (money.empty()) money.emplace_back();
  for (const book::GroupMoney& sums : money) {
    v1::GroupReportRow* row = response.add_rows();
    if (line.group != book::kNoGroup) row->set_group(line.group);
    row->set_currency(sums.currency.code());
    row->set_members(line.members);
    row->set_customers(sums.customers);
    row->set_orders(sums.orders);
    row->set_turnover_minor(sums.turnover_minor);
    row->set_paid_on_time(sums.paid_on_time);
    row->set_late(sums.late);
    row->set_unpaid(sums.unpaid);
    row->set_open(sums.open);
    row->set_disputed(sums.disputed);
    row->set_broken(sums.broken);
    row->set_days_late_tenths(sums.AverageDaysLateTenths());
    row->set_loss_minor(sums.loss_minor);
    row->set_incidents(line.incidents);
  }
}

}  // namespace

absl::StatusOr<v1::MergeCustomersResponse> BookHandlers::MergeCustomers(
    const Actor& actor, const v1::MergeCustomersRequest& request) {
  if (absl::Status s = Authorise(actor, "BookService/MergeCustomers"); !s.ok()) return s;
  auto into = CustomerIdFromProto(request.into());
  if (!into.ok()) return into.status();
  auto from = CustomerIdFromProto(request.from());
  if (!from.ok()) return from.status();
  auto merged =
      node_.book().Merge(CallerOf(actor, request.request_id()), *into, *from, request.because());
  if (!merged.ok()) return merged.status();
  auto described = DescribeCustomer(node_, *merged);
  if (!described.ok()) return described.status();
  v1::MergeCustomersResponse response;
  *response.mutable_customer() = *std::move(described);
  return response;
}

absl::StatusOr<v1::UnmergeCustomerResponse> BookHandlers::UnmergeCustomer(
    const Actor& actor, const v1::UnmergeCustomerRequest& request) {
  if (absl::Status s = Authorise(actor, "BookService/UnmergeCustomer"); !s.ok()) return s;
  auto id = CustomerIdFromProto(request.id());
  if (!id.ok()) return id.status();
  auto parted = node_.book().Unmerge(CallerOf(actor, request.request_id()), *id, request.because());
  if (!parted.ok()) return parted.status();
  auto described = DescribeCustomer(node_, *parted);
  if (!described.ok()) return described.status();
  v1::UnmergeCustomerResponse response;
  *response.mutable_customer() = *std::move(described);
  return response;
}

absl::StatusOr<v1::EraseCustomerResponse> BookHandlers::EraseCustomer(
    const Actor& actor, const v1::EraseCustomerRequest& request) {
  if (absl::Status s = Authorise(actor, "BookService/EraseCustomer"); !s.ok()) return s;
  auto id = CustomerIdFromProto(request.id());
  if (!id.ok()) return id.status();
  const auto incidents =
      [this](std::span<const identity::Identifier> identifiers) -> absl::StatusOr<uint64_t> {
    auto about = node_.ledger().About(identifiers);
    if (!about.ok()) return about.status();
    return static_cast<uint64_t>(std::count_if(about->begin(), about->end(), ledger::IsShared));
  };
  // Before the incidents go: one that was settled says that its order is paid.
  auto remarks = ledger::RemarksOnAllOrders(node_.ledger());
  if (!remarks.ok()) return remarks.status();
  auto report = node_.book().Erase(
      CallerOf(actor, request.request_id()), *id, incidents, request.because(),
      [this](auto gone, auto kept, auto& batch) { return Forget(node_, gone, kept, batch); },
      [&remarks](const book::NamedOrder& order) { return remarks->Of(order.name, order.order); });
  if (!report.ok()) return report.status();
  v1::EraseCustomerResponse response;
  response.set_orders_erased(report->orders_erased);
  response.set_orders_kept(report->orders_kept);
  response.set_identifiers_kept(report->identifiers_kept);
  response.set_customers_erased(report->customers_erased);
  response.set_identifiers_erased(report->identifiers_erased);
  response.set_allowed_erased(report->allowed_erased);
  response.set_incidents_erased(report->incidents_erased);
  for (const std::string& reason : report->reasons) response.add_kept_because(reason);
  return response;
}

absl::StatusOr<v1::SetCustomerGroupsResponse> BookHandlers::SetCustomerGroups(
    const Actor& actor, const v1::SetCustomerGroupsRequest& request) {
  if (absl::Status s = Authorise(actor, "BookService/SetCustomerGroups"); !s.ok()) return s;
  auto id = CustomerIdFromProto(request.id());
  if (!id.ok()) return id.status();
  auto changed = node_.book().SetGroups(CallerOf(actor, request.request_id()), *id,
                                        {Texts(request.add()), Texts(request.remove())},
                                        node_.groups(), request.because());
  if (!changed.ok()) return changed.status();
  auto described = DescribeCustomer(node_, *changed);
  if (!described.ok()) return described.status();
  v1::SetCustomerGroupsResponse response;
  *response.mutable_customer() = *std::move(described);
  return response;
}

absl::StatusOr<v1::ListGroupsResponse> BookHandlers::ListGroups(const Actor& actor,
                                                                const v1::ListGroupsRequest&) {
  if (absl::Status s = Authorise(actor, "BookService/ListGroups"); !s.ok()) return s;
  v1::ListGroupsResponse response;
  for (const decision::Group& group : node_.groups().List()) {
    *response.add_groups() = ToProto(group);
  }
  return response;
}

absl::StatusOr<v1::PutGroupResponse> BookHandlers::PutGroup(const Actor& actor,
                                                            const v1::PutGroupRequest& request) {
  if (absl::Status s = Authorise(actor, "BookService/PutGroup"); !s.ok()) return s;
  auto group = FromProto(request.group());
  if (!group.ok()) return group.status();
  absl::Status put =
      node_.groups().Put(CallerOf(actor, request.request_id()), *group, request.because());
  if (!put.ok()) return put;
  v1::PutGroupResponse response;
  *response.mutable_group() = ToProto(*group);
  for (const decision::Group& other : *node_.groups().Snapshot()) {
    const bool tied = other.terms.precedence == group->terms.precedence;
    if (tied && other.terms.name != group->terms.name) {
      response.add_same_precedence(other.terms.name);
    }
  }
  return response;
}

absl::StatusOr<v1::RemoveGroupResponse> BookHandlers::RemoveGroup(
    const Actor& actor, const v1::RemoveGroupRequest& request) {
  if (absl::Status s = Authorise(actor, "BookService/RemoveGroup"); !s.ok()) return s;
  auto removed = node_.book().RemoveGroup(CallerOf(actor, request.request_id()), request.name(),
                                          node_.groups(), request.because());
  if (!removed.ok()) return removed.status();
  v1::RemoveGroupResponse response;
  response.set_customers(*removed);
  return response;
}

absl::StatusOr<v1::ReportGroupsResponse> BookHandlers::ReportGroups(
    const Actor& actor, const v1::ReportGroupsRequest& request,
    const std::function<bool(const v1::ReportGroupsResponse&)>& tell) {
  if (absl::Status s = Authorise(actor, "BookService/ReportGroups"); !s.ok()) return s;
  auto from = DateFromProto(request.from(), "from");
  if (!from.ok()) return from.status();
  auto to = DateFromProto(request.to(), "to");
  if (!to.ok()) return to.status();
  const evidence::Date today = evidence::Date::Of(node_.clock().Now());
  const auto groups = node_.groups().Snapshot();
  book::GroupReportOptions options;
  options.groups = *groups;
  options.from = from->has_value() ? *from : *evidence::Date::FromDays(1);
  options.to = to->has_value() ? std::min(*to, today) : today;
  options.today = today;
  options.late_after_days = node_.policies().InForce()->late_after_days;
  if (tell) {
    options.progress = [&tell](uint64_t done, uint64_t all) {
      v1::ReportGroupsResponse message;
      message.mutable_progress()->set_customers_done(done);
      message.mutable_progress()->set_customers(all);
      return tell(message);
    };
  }
  auto remarks = ledger::RemarksOnAllOrders(node_.ledger(), [&, read = uint64_t{0}]() mutable {
    const bool ask = read++ % book::kReportProgressStep == 0 && options.progress;
    return ask && !options.progress(0, 0);
  });
  if (!remarks.ok()) return remarks.status();
  options.remarked = [&remarks](const book::NamedOrder& order) {
    return remarks->Of(order.name, order.order);
  };
  options.incidents = [&](const book::Profile& customer) {
    return IncidentsIn(node_, customer, options.from, options.to);
  };
  auto lines = book::ReportGroups(node_.book(), options);
  if (!lines.ok()) return lines.status();
  v1::ReportGroupsResponse response;
  response.set_from(from->ToString());
  response.set_to(options.to.ToString());
  response.set_late_after_days(options.late_after_days);
  for (const book::GroupLine& line : *lines) SetRows(line, response);
  return response;
}

absl::StatusOr<v1::AddAllowedResponse> BookHandlers::AddAllowed(
    const Actor& actor, const v1::AddAllowedRequest& request) {
  if (absl::Status s = Authorise(actor, "BookService/AddAllowed"); !s.ok()) return s;
  auto identifiers =
      FromProto(request.identifiers(), node_.config().region, book::kMaxIdentifiersPerAllowed);
  if (!identifiers.ok()) return identifiers.status();
  auto added =
      node_.allowlist().Add(CallerOf(actor, request.request_id()), *identifiers, request.because());
  if (!added.ok()) return added.status();
  v1::AddAllowedResponse response;
  *response.mutable_allowed() = ToProto(*added);
  return response;
}

absl::StatusOr<v1::ListAllowedResponse> BookHandlers::ListAllowed(
    const Actor& actor, const v1::ListAllowedRequest& request) {
  if (absl::Status s = Authorise(actor, "BookService/ListAllowed"); !s.ok()) return s;
  auto limit = PageSizeFromProto(request.page_size());
  if (!limit.ok()) return limit.status();
  auto all = node_.allowlist().List();
  if (!all.ok()) return all.status();
  auto from = AfterToken(*all, request.page_token());
  if (!from.ok()) return from.status();
  v1::ListAllowedResponse response;
  for (auto entry = *from; entry != all->end(); ++entry) {
    if (static_cast<size_t>(response.allowed_size()) == *limit) {
      response.set_next_page_token(TokenOf(*std::prev(entry)));
      break;
    }
    *response.add_allowed() = ToProto(*entry);
  }
  return response;
}

absl::StatusOr<v1::RemoveAllowedResponse> BookHandlers::RemoveAllowed(
    const Actor& actor, const v1::RemoveAllowedRequest& request) {
  if (absl::Status s = Authorise(actor, "BookService/RemoveAllowed"); !s.ok()) return s;
  const storage::Caller caller = CallerOf(actor, request.request_id());
  absl::Status removed;
  if (request.by_case() == v1::RemoveAllowedRequest::kIdentifier) {
    auto identifier = FromProto(request.identifier(), node_.config().region);
    if (!identifier.ok()) return identifier.status();
    removed = node_.allowlist().Remove(caller, *identifier, request.because());
  } else {
    auto id = book::AllowedId::FromHexText(request.id());
    if (!id.ok()) {
      return absl::InvalidArgumentError(
          "an entry's id has 32 hexadecimal digits; `daftar allow list` shows them; or name an "
          "identifier, like --phone");
    }
    removed = node_.allowlist().Remove(caller, *id, request.because());
  }
  if (!removed.ok()) return removed;
  return v1::RemoveAllowedResponse();
}

absl::StatusOr<v1::Order> BookHandlers::Describe(const book::NamedOrder& named) const {
  const book::Order& order = named.order;
  v1::Order out;
  ledger::RemarkedOrders remarks;
  auto made = node_.ledger().ForOrder(named.name);
  if (!made.ok()) return made.status();
  if (made->has_value()) {
    auto incident = node_.ledger().Get(**made);
    if (incident.ok()) {
      remarks.Add(*incident);
      out.set_incident((*made)->hex());
      out.set_incident_state(std::string(ledger::StateName(incident->state)));
      out.set_incident_reason(std::string(evidence::Info(incident->incident.account.reason).name));
    } else if (!absl::IsNotFound(incident.status())) {  // else erased a moment ago
      return incident.status();
    }
  }
  const decision::RemarkedOrder remarked = remarks.Of(named.name, order);
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
  auto added = node_.book().AddOrder(CallerOf(actor, request.request_id()), order);
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
  if (*kind == book::OutcomeKind::kUnpaid) {
    if (absl::Status open = CheckNotPaidByIncident(node_, name); !open.ok()) return open;
  }
  auto changed = node_.book().SetOutcome(CallerOf(actor, request.request_id()), name, outcome, link,
                                         request.because());
  if (!changed.ok()) return changed.status();
  auto described = Describe(*changed);
  if (!described.ok()) return described.status();
  v1::SetOrderOutcomeResponse response;
  *response.mutable_order() = *std::move(described);
  return response;
}

}  // namespace daftar::service
