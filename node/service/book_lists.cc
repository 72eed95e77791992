// Finding orders and customers.
#include <algorithm>
#include <array>
#include <charconv>

#include "node/book/listing.h"
#include "node/check/outcomes.h"
#include "node/ledger/remarks.h"
#include "node/service/book_handlers.h"
#include "node/service/convert.h"
#include "node/service/shop_handlers.h"

namespace daftar::service {
namespace {

constexpr char kNoGroupName[] = "none";
constexpr char kTokenMark = '/';
constexpr std::string_view kOwed = "owed";
constexpr std::array<std::string_view, 4> kOwedStates = {"open", "overdue", "unpaid", "given-up"};
constexpr std::array<std::string_view, 4> kOtherStates = {"paid", "late", "disputed", "broken"};

bool IsOneOf(const std::array<std::string_view, 4>& states, std::string_view state) {
  return std::find(states.begin(), states.end(), state) != states.end();
}

absl::Status NoToken() {
  return absl::InvalidArgumentError("page_token: not one that an earlier page gave");
}

std::string TokenOf(const book::OrderCursor& cursor) {
  return cursor.invoiced.ToString() + kTokenMark + cursor.name;
}

absl::StatusOr<book::OrderCursor> OrderCursorFrom(const std::string& token) {
  const size_t mark = token.find(kTokenMark);
  if (mark == std::string::npos) return NoToken();
  const auto invoiced = evidence::Date::Parse(token.substr(0, mark));
  if (!invoiced.ok()) return NoToken();
  return book::OrderCursor{*invoiced, token.substr(mark + 1)};
}

std::string TokenOf(const book::CustomerCursor& cursor) {
  return std::to_string(cursor.created_at.value) + kTokenMark + cursor.id.hex();
}

absl::StatusOr<book::CustomerCursor> CustomerCursorFrom(const std::string& token) {
  const size_t mark = token.find(kTokenMark);
  if (mark == std::string::npos) return NoToken();
  book::CustomerCursor cursor;
  const char* end = token.data() + mark;
  const auto read = std::from_chars(token.data(), end, cursor.created_at.value);
  const auto id = book::CustomerId::FromHexText(std::string_view(token).substr(mark + 1));
  if (read.ec != std::errc() || read.ptr != end || !id.ok()) return NoToken();
  cursor.id = *id;
  return cursor;
}

// What is recorded with the decision says which order names its receipt, unless several do.
absl::StatusOr<std::optional<std::string>> OnlyOrderNaming(Node& node,
                                                           const book::ReceiptRef& receipt) {
  auto followed = node.outcomes().Of(check::ReceiptId(receipt.array()));
  if (!followed.ok()) return followed.status();
  if (!followed->has_value() || !(*followed)->named || (*followed)->shared) {
    return std::optional<std::string>();
  }
  auto order = node.book().FindOrder((*followed)->order);
  if (absl::IsNotFound(order.status())) return std::optional<std::string>();
  if (!order.ok()) return order.status();
  if (order->order.receipt != receipt) return std::optional<std::string>();
  return std::optional<std::string>(std::move(order->name));
}

// Of one customer's incidents, or once of all: the orders to choose from are read whole as well.
absl::StatusOr<ledger::RemarkedOrders> RemarksFor(Node& node,
                                                  const std::optional<book::CustomerId>& customer) {
  if (!customer.has_value()) return ledger::RemarksOnAllOrders(node.ledger());
  auto profile = node.book().ShowCustomer(*customer);
  if (!profile.ok()) return profile.status();
  return ledger::RemarksAbout(node.ledger(), profile->identifiers);
}

}  // namespace

std::string_view BookHandlers::StateOf(const decision::RemarkedOrder& order) const {
  using decision::OrderOutcome;
  evidence::Date today = evidence::Date::Of(node_.clock().Now());
  const evidence::Date paid = order.facts.paid;
  // Paid today, where the shop is.
  if (paid.has_value() && !evidence::IsStillToCome(paid, today)) today = std::max(today, paid);
  const OrderOutcome outcome =
      decision::StandingOf(order, today, node_.policies().InForce()->late_after_days).outcome;
  switch (outcome) {
    case OrderOutcome::kPaidOnTime:
      return "paid";
    case OrderOutcome::kPaidLate:
      return decision::IsSpoilt(order) ? "broken" : "late";
    case OrderOutcome::kBroken:
      return "broken";
    case OrderOutcome::kInQuestion:
      return "disputed";
    case OrderOutcome::kOpen:
    case OrderOutcome::kOverdue:
    case OrderOutcome::kUnpaid:
      break;
  }
  if (!paid.has_value() && order.facts.written_off.has_value()) return "given-up";
  if (outcome == OrderOutcome::kUnpaid) return "unpaid";
  return outcome == OrderOutcome::kOverdue ? "overdue" : "open";
}

absl::StatusOr<std::string> BookHandlers::OrderOfReceipt(const book::ReceiptRef& receipt) const {
  auto known = OnlyOrderNaming(node_, receipt);
  if (!known.ok()) return known.status();
  if (known->has_value()) return **std::move(known);
  std::vector<std::string> names;
  absl::Status scanned =
      node_.book().ScanOrders([&](const book::Customer& customer, const book::Order& order) {
        if (order.receipt == receipt) names.push_back(book::OrderName(customer.id, order));
        return names.size() < 2;
      });
  if (!scanned.ok()) return scanned;
  if (names.empty()) {
    return absl::NotFoundError(
        "no order was recorded with this receipt; name its id or invoice, "
        "and give the receipt with it to link them");
  }
  if (names.size() > 1) {
    return absl::FailedPreconditionError("several orders were recorded with this receipt, like " +
                                         names[0] + " and " + names[1] + "; name one of them");
  }
  return names.front();
}

absl::StatusOr<v1::GetOrderResponse> BookHandlers::GetOrder(const Actor& actor,
                                                            const v1::GetOrderRequest& request) {
  if (absl::Status s = Authorise(actor, "BookService/GetOrder"); !s.ok()) return s;
  std::string name =
      request.by_case() == v1::GetOrderRequest::kInvoice ? request.invoice() : request.order();
  if (request.by_case() == v1::GetOrderRequest::kReceipt) {
    auto receipt = ReceiptFromProto(request.receipt());
    if (!receipt.ok()) return receipt.status();
    auto order = OrderOfReceipt(book::ReceiptRef(receipt->array()));
    if (!order.ok()) return order.status();
    name = *std::move(order);
  }
  auto order = node_.book().FindOrder(name);
  if (!order.ok()) return order.status();
  auto described = Describe(*order);
  if (!described.ok()) return described.status();
  v1::GetOrderResponse response;
  *response.mutable_order() = *std::move(described);
  return response;
}

absl::StatusOr<v1::ListOrdersResponse> BookHandlers::ListOrders(
    const Actor& actor, const v1::ListOrdersRequest& request) {
  if (absl::Status s = Authorise(actor, "BookService/ListOrders"); !s.ok()) return s;
  book::OrderFilter filter;
  if (!request.customer().empty()) {
    auto id = CustomerIdFromProto(request.customer());
    if (!id.ok()) return id.status();
    filter.customer = *id;
  }
  const std::string& state = request.state();
  ledger::RemarkedOrders remarks;
  if (!state.empty()) {
    if (state != kOwed && !IsOneOf(kOwedStates, state) && !IsOneOf(kOtherStates, state)) {
      return absl::InvalidArgumentError(
          "state: one of open, overdue, unpaid, given-up, paid, late, disputed, broken, or owed");
    }
    auto read = RemarksFor(node_, filter.customer);
    if (!read.ok()) return read.status();
    remarks = *std::move(read);
    filter.wanted = [&](const book::NamedOrder& named) {
      const decision::RemarkedOrder order = remarks.Of(named.name, named.order);
      if (state != kOwed) return StateOf(order) == state;
      const bool again = order.taken_back && decision::IsSpoilt(order);
      return again || IsOneOf(kOwedStates, StateOf(order));
    };
  }
  if (!request.page_token().empty()) {
    auto after = OrderCursorFrom(request.page_token());
    if (!after.ok()) return after.status();
    filter.after = *std::move(after);
  }
  auto limit = PageSizeFromProto(request.page_size());
  if (!limit.ok()) return limit.status();
  auto page = book::ListOrders(node_.book(), filter, *limit);
  if (!page.ok()) return page.status();
  v1::ListOrdersResponse response;
  for (const book::NamedOrder& order : page->orders) {
    auto described = Describe(order);
    if (!described.ok()) return described.status();
    *response.add_orders() = *std::move(described);
  }
  if (page->next.has_value()) response.set_next_page_token(TokenOf(*page->next));
  return response;
}

absl::StatusOr<v1::ListCustomersResponse> BookHandlers::ListCustomers(
    const Actor& actor, const v1::ListCustomersRequest& request) {
  if (absl::Status s = Authorise(actor, "BookService/ListCustomers"); !s.ok()) return s;
  book::CustomerFilter filter;
  filter.name_has = request.name();
  const auto groups = node_.groups().Snapshot();
  ledger::RemarkedOrders remarks;
  const evidence::Date today = evidence::Date::Of(node_.clock().Now());
  const std::string& group = request.group();
  if (!group.empty()) {
    const bool known = group == kNoGroupName ||
                       std::any_of(groups->begin(), groups->end(),
                                   [&](const auto& one) { return one.terms.name == group; });
    if (!known) {
      return absl::NotFoundError(
          "there is no such group; `daftar group list` shows those there are");
    }
    const uint32_t late_after_days = node_.policies().InForce()->late_after_days;
    auto all = ledger::RemarksOnAllOrders(node_.ledger());
    if (!all.ok()) return all.status();
    remarks = *std::move(all);
    filter.wanted = [&, late_after_days](const book::Profile& customer,
                                         const std::vector<book::NamedOrder>& orders) {
      decision::TrackRecordBuilder builder(today, late_after_days);
      for (const book::NamedOrder& order : orders) {
        builder.Add(remarks.Of(order.name, order.order));
      }
      const decision::Group* chosen =
          decision::ChooseGroup(*groups, {customer.groups.begin(), customer.groups.end()},
                                std::move(builder).Finish(), today);
      return chosen == nullptr ? group == kNoGroupName : chosen->terms.name == group;
    };
  }
  if (!request.page_token().empty()) {
    auto after = CustomerCursorFrom(request.page_token());
    if (!after.ok()) return after.status();
    filter.after = *after;
  }
  auto limit = PageSizeFromProto(request.page_size());
  if (!limit.ok()) return limit.status();
  auto page = book::ListCustomers(node_.book(), filter, *limit);
  if (!page.ok()) return page.status();
  v1::ListCustomersResponse response;
  for (const book::Profile& customer : page->customers) {
    auto described = DescribeCustomer(node_, customer);
    if (!described.ok()) return described.status();
    *response.add_customers() = *std::move(described);
  }
  if (page->next.has_value()) response.set_next_page_token(TokenOf(*page->next));
  return response;
}

}  // namespace daftar::service
