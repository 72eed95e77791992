// Orders and customers: noting them, finding them, and what became of orders.
#include <utility>

#include "cli/commands_book.h"
#include "cli/list_pages.h"
#include "cli/text.h"

namespace daftar::cli {
namespace {

using Book = v1::BookService::Stub;

constexpr uint64_t kDefaultListed = 100;  // rows without --limit

// The order, and what was typed for it and not taken.
int ShowAdded(Session& session, const v1::AddOrderResponse& added) {
  Console& console = session.console();
  if (console.json) {
    Json shown = ToJson(added.order());
    shown["left_out"] = Json::array();
    for (const std::string& left_out : added.left_out()) shown["left_out"].push_back(left_out);
    PrintJson(console.out, shown);
    return kExitOk;
  }
  Print(console.out, added.order());
  if (added.left_out().empty()) return kExitOk;
  console.out << "\nLeft out, because it belongs to nobody in particular\n";
  for (const std::string& left_out : added.left_out()) {
    console.out << "  - " << Printable(left_out) << "\n";
  }
  return kExitOk;
}

absl::StatusOr<int> SetOutcome(Session& session, const OrderOptions& options, const char* outcome) {
  absl::Status status = CheckText("order", options.order);
  if (status.ok()) status = CheckText("receipt", options.receipt);
  if (status.ok()) status = CheckDate("on", options.on);
  if (status.ok()) status = CheckText("because", options.because);
  if (!status.ok()) return status;
  v1::SetOrderOutcomeRequest request;
  if (!options.order.empty()) {
    if (IsOrderId(options.order)) {
      request.set_order(options.order);
    } else {
      request.set_invoice(options.order);
    }
    request.set_link_receipt(options.receipt);
  } else if (!options.receipt.empty()) {
    request.set_receipt(options.receipt);
  } else {
    return absl::InvalidArgumentError(
        "which order? Give its id, its invoice's number, or --receipt of the check on which it "
        "was taken");
  }
  request.set_outcome(outcome);
  request.set_on(options.on);
  request.set_because(options.because);
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Write(&Book::SetOrderOutcome, std::move(request));
  if (!response.ok()) return response.status();
  return Show(session, response->order());
}

}  // namespace

absl::StatusOr<int> RunCustomerList(Session& session, const CustomerListOptions& options) {
  absl::Status status = CheckText("group", options.group);
  if (status.ok()) status = CheckText("name", options.name);
  if (!status.ok()) return status;
  auto limit = MakeNumber("limit", options.limit, 1, kMaxListed, kDefaultListed);
  if (!limit.ok()) return limit.status();
  v1::ListCustomersRequest request;
  request.set_group(options.group);
  request.set_name(options.name);
  return ListPages(session, std::move(request), *limit, &Book::ListCustomers,
                   &v1::ListCustomersResponse::mutable_customers);
}

absl::StatusOr<int> RunOrderList(Session& session, const OrderListOptions& options) {
  absl::Status status = CheckText("customer", options.customer);
  if (status.ok()) status = CheckText("state", options.state);
  if (!status.ok()) return status;
  auto limit = MakeNumber("limit", options.limit, 1, kMaxListed, kDefaultListed);
  if (!limit.ok()) return limit.status();
  v1::ListOrdersRequest request;
  request.set_customer(options.customer);
  request.set_state(options.state);
  return ListPages(session, std::move(request), *limit, &Book::ListOrders,
                   &v1::ListOrdersResponse::mutable_orders);
}

absl::StatusOr<int> RunOrderShow(Session& session, const OrderOptions& options) {
  absl::Status status = CheckText("order", options.order);
  if (status.ok()) status = CheckText("receipt", options.receipt);
  if (!status.ok()) return status;
  v1::GetOrderRequest request;
  if (options.order.empty() == options.receipt.empty()) {
    return absl::InvalidArgumentError(
        "which order? Give its id, its invoice's number, or --receipt of the check on which it "
        "was taken; daftar order list shows them");
  }
  if (!options.receipt.empty()) {
    request.set_receipt(options.receipt);
  } else if (IsOrderId(options.order)) {
    request.set_order(options.order);
  } else {
    request.set_invoice(options.order);
  }
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Read(&Book::GetOrder, request);
  if (!response.ok()) return response.status();
  return Show(session, response->order());
}

absl::StatusOr<int> RunOrderAdd(Session& session, const OrderAddOptions& options) {
  if (options.identifiers.empty()) return NeedIdentifier("order add");
  auto amount = MakeMoney(options.amount, options.currency);
  if (!amount.ok()) return amount.status();
  if (!amount->has_value()) {
    return absl::InvalidArgumentError(
        "order add needs an amount, like --amount 4500000 --currency IDR");
  }
  if ((*amount)->minor() == 0) {
    return absl::InvalidArgumentError(
        "--amount 0 is no order; write what it comes to, like --amount 4500000 --currency IDR");
  }
  absl::StatusOr<v1::Terms> terms = v1::TERMS_UNSPECIFIED;
  if (!options.terms.empty()) terms = MakeTerms(options.terms);
  if (!terms.ok()) return terms.status();
  absl::Status status = CheckDate("invoiced", options.invoiced);
  if (status.ok()) status = CheckDate("due", options.due);
  for (const auto& [option, text] :
       {std::pair("name", &options.name), std::pair("invoice", &options.invoice),
        std::pair("receipt", &options.receipt)}) {
    if (status.ok()) status = CheckText(option, *text);
  }
  if (!status.ok()) return status;
  auto identifiers = ReadIdentifiers(options.identifiers, session.console());
  if (!identifiers.ok()) return identifiers.status();
  v1::AddOrderRequest request;
  for (auto& identifier : *identifiers) *request.add_identifiers() = std::move(identifier);
  request.set_name(options.name);
  request.set_invoice(options.invoice);
  *request.mutable_amount() = **amount;
  request.set_invoiced(options.invoiced);
  request.set_due(options.due);
  request.set_terms(*terms);
  request.set_receipt(options.receipt);
  auto client = session.client();
  if (!client.ok()) return client.status();
  const auto response = (*client)->Write(&Book::AddOrder, std::move(request));
  if (!response.ok()) return response.status();
  return ShowAdded(session, *response);
}

absl::StatusOr<int> RunOrderPaid(Session& session, const OrderOptions& options) {
  return SetOutcome(session, options, "paid");
}
absl::StatusOr<int> RunOrderLate(Session& session, const OrderOptions& options) {
  return SetOutcome(session, options, "late");
}
absl::StatusOr<int> RunOrderUnpaid(Session& session, const OrderOptions& options) {
  return SetOutcome(session, options, "unpaid");
}
absl::StatusOr<int> RunOrderReopen(Session& session, const OrderOptions& options) {
  return SetOutcome(session, options, "open");
}

}  // namespace daftar::cli
