// Customers, and the invoices and customers that a shop imports.
#include <algorithm>
#include <set>

#include "node/check/own_record.h"
#include "node/decision/text.h"
#include "node/service/convert.h"
#include "node/service/shop_handlers.h"
#include "storage/requests.h"

namespace daftar::service {
namespace {

template <class Response>
void SetImport(const book::ImportReport& report, Response& response) {
  response.set_added(report.added);
  response.set_updated(report.updated);
  response.set_unchanged(report.unchanged);
  response.set_names_kept(report.names_kept);
  for (const decision::LedgerRefusal& refusal : report.refusals) {
    v1::Refusal* row = response.add_refused();
    row->set_line(refusal.line);
    row->set_why(refusal.reason);
  }
}

template <class Response>
void Refuse(Response& response, uint64_t line, const absl::Status& why) {
  v1::Refusal* row = response.add_refused();
  row->set_line(line);
  row->set_why(std::string(why.message()));
}

absl::StatusOr<decision::OrderRow> OrderFrom(const v1::OrderRow& row, identity::Region home) {
  decision::OrderRow order;
  order.line = row.line();
  auto identifiers = FromProto(row.identifiers(), home, decision::kMaxRowIdentifiers);
  if (!identifiers.ok()) return identifiers.status();
  order.identifiers = *std::move(identifiers);
  order.name = row.name();
  order.invoice = decision::Trimmed(row.invoice());
  const std::pair<const std::string*, evidence::Date*> dates[] = {
      {&row.invoiced(), &order.invoiced}, {&row.due(), &order.due}, {&row.paid(), &order.paid}};
  for (const auto& [text, date] : dates) {
    auto parsed = DateFromProto(*text, "date");
    if (!parsed.ok()) return parsed.status();
    *date = *parsed;
  }
  if (!order.invoiced.has_value() || !order.due.has_value()) {
    return absl::InvalidArgumentError("an order needs the days it was invoiced and is due");
  }
  if (absl::Status status = book::CheckCustomerName(order.name); !status.ok()) return status;
  if (order.invoice.empty() || order.invoice.size() > decision::kMaxInvoiceBytes ||
      !decision::IsOneLine(order.invoice)) {
    return absl::InvalidArgumentError(
        "an order needs an invoice number: at most " + std::to_string(decision::kMaxInvoiceBytes) +
        " bytes of UTF-8 without control characters or direction marks");
  }
  auto amount = FromProto(row.amount());
  if (!amount.ok()) return amount.status();
  order.amount = *amount;
  order.disputed = row.disputed();
  return order;
}

// A request of its own for the second of two writes, within the bound of request ids.
std::string GroupsRequestOf(const std::string& request_id) {
  return "groups-of-" + crypto::Sha256(crypto::AsBytes(request_id)).hex();
}

absl::Status CheckGroupsExist(Node& node,
                              const google::protobuf::RepeatedPtrField<std::string>& names) {
  const auto groups = node.groups().Snapshot();
  for (const std::string& name : names) {
    const bool known =
        std::any_of(groups->begin(), groups->end(),
                    [&name](const decision::Group& group) { return group.terms.name == name; });
    if (!known) {
      return absl::NotFoundError(
          "there is no such group; `daftar group list` shows those there are");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Customer> DescribeCustomer(Node& node, const book::Profile& customer) {
  const evidence::Date today = evidence::Date::Of(node.clock().Now());
  auto incidents = node.ledger().About(customer.identifiers);
  if (!incidents.ok()) return incidents.status();
  auto own = check::ReadOwnRecord(node.book(), std::span(&customer, 1), *incidents, today,
                                  node.policies().InForce()->late_after_days);
  if (!own.ok()) return own.status();
  const decision::TrackRecord& record = own->orders;
  v1::Customer out;
  out.set_id(customer.id.hex());
  out.set_name(customer.name);
  for (const identity::Identifier& identifier : customer.identifiers) {
    out.add_identifiers(identity::Masked(identifier));
  }
  out.set_added_at(TimeText(customer.created_at));
  *out.mutable_orders() = ToProto(record);
  for (const std::string& group : customer.groups) out.add_groups(group);
  const auto groups = node.groups().Snapshot();
  const decision::Group* group = decision::ChooseGroup(
      *groups, {customer.groups.begin(), customer.groups.end()}, record, today);
  if (group != nullptr) out.set_group(group->terms.name);
  for (const std::string& tied : decision::TiedGroups(
           *groups, {customer.groups.begin(), customer.groups.end()}, record, today)) {
    out.add_tied_groups(tied);
  }
  for (const book::CustomerId& member : customer.members) out.add_merged(member.hex());
  auto allowed = node.allowlist().Hit(customer.identifiers);
  if (!allowed.ok()) return allowed.status();
  if (allowed->has_value()) out.set_allowed_by((*allowed)->id.hex());
  return out;
}

absl::StatusOr<uint32_t> CreditDaysOf(Node& node,
                                      std::span<const identity::Identifier> identifiers) {
  auto customers = node.book().FindProfiles(identifiers);
  if (!customers.ok()) return customers.status();
  std::vector<identity::Identifier> known;
  std::set<std::string> put;
  for (const book::Profile& customer : *customers) {
    known.insert(known.end(), customer.identifiers.begin(), customer.identifiers.end());
    put.insert(customer.groups.begin(), customer.groups.end());
  }
  auto incidents = node.ledger().About(known);
  if (!incidents.ok()) return incidents.status();
  const evidence::Date today = evidence::Date::Of(node.clock().Now());
  auto own = check::ReadOwnRecord(node.book(), *customers, *incidents, today,
                                  node.policies().InForce()->late_after_days);
  if (!own.ok()) return own.status();
  const auto groups = node.groups().Snapshot();
  const decision::Group* group = decision::ChooseGroup(*groups, put, own->orders, today);
  return group == nullptr ? 0 : group->terms.credit_days.value_or(0);
}

absl::StatusOr<v1::AddCustomerResponse> ShopHandlers::AddCustomer(
    const Actor& actor, const v1::AddCustomerRequest& request) {
  if (absl::Status s = Authorise(actor, "ShopService/AddCustomer"); !s.ok()) return s;
  auto identifiers =
      FromProto(request.identifiers(), node_.config().region, book::kMaxIdentifiersPerCustomer);
  if (!identifiers.ok()) return identifiers.status();
  auto key = storage::RequestLog::Key(actor.name, request.request_id());
  if (!key.ok()) return key.status();
  // Who sets a customer's terms is the manager, at registration too.
  if (!request.groups().empty()) {
    if (absl::Status s = Authorise(actor, "BookService/SetCustomerGroups"); !s.ok()) return s;
    if (absl::Status s = CheckGroupsExist(node_, request.groups()); !s.ok()) return s;
  }
  if (!request.to().empty()) return AddIdentifiers(actor, request, *identifiers);
  auto customer = node_.book().AddCustomer(*key, {request.name(), *std::move(identifiers)});
  if (!customer.ok()) return customer.status();
  if (!request.groups().empty()) {
    customer =
        node_.book().SetGroups({actor.name, GroupsRequestOf(request.request_id())}, customer->id,
                               {{request.groups().begin(), request.groups().end()}, {}},
                               node_.groups(), "chosen when the customer was registered");
    if (!customer.ok()) return customer.status();
  }
  auto described = DescribeCustomer(node_, *customer);
  if (!described.ok()) return described.status();
  v1::AddCustomerResponse response;
  *response.mutable_customer() = *std::move(described);
  return response;
}

absl::StatusOr<v1::AddCustomerResponse> ShopHandlers::AddIdentifiers(
    const Actor& actor, const v1::AddCustomerRequest& request,
    std::span<const identity::Identifier> identifiers) {
  auto id = CustomerIdFromProto(request.to());
  if (!id.ok()) return id.status();
  if (!request.name().empty() || !request.groups().empty()) {
    return absl::InvalidArgumentError(
        "a known customer keeps its name, and `daftar customer group` sets its groups; leave both "
        "out");
  }
  auto customer = node_.book().AddIdentifiers({actor.name, request.request_id()}, *id, identifiers);
  if (!customer.ok()) return customer.status();
  auto described = DescribeCustomer(node_, *customer);
  if (!described.ok()) return described.status();
  v1::AddCustomerResponse response;
  *response.mutable_customer() = *std::move(described);
  return response;
}

absl::StatusOr<v1::GetCustomerResponse> ShopHandlers::GetCustomer(
    const Actor& actor, const v1::GetCustomerRequest& request) {
  if (absl::Status s = Authorise(actor, "ShopService/GetCustomer"); !s.ok()) return s;
  book::CustomerId id;
  if (request.by_case() == v1::GetCustomerRequest::kIdentifier) {
    auto identifier = FromProto(request.identifier(), node_.config().region);
    if (!identifier.ok()) return identifier.status();
    auto found = node_.book().FindByIdentifier(*identifier);
    if (!found.ok()) return found.status();
    if (!found->has_value()) {
      return absl::NotFoundError("no customer in the book has this identifier");
    }
    id = **found;
  } else {
    auto parsed = CustomerIdFromProto(request.id());
    if (!parsed.ok()) return parsed.status();
    id = *parsed;
  }
  auto customer = node_.book().ShowCustomer(id);
  if (!customer.ok()) return customer.status();
  auto described = DescribeCustomer(node_, *customer);
  if (!described.ok()) return described.status();
  v1::GetCustomerResponse response;
  *response.mutable_customer() = *std::move(described);
  return response;
}

absl::StatusOr<v1::ImportCustomersResponse> ShopHandlers::ImportCustomers(
    const Actor& actor, const v1::ImportCustomersRequest& request) {
  if (absl::Status s = Authorise(actor, "ShopService/ImportCustomers"); !s.ok()) return s;
  if (request.rows_size() > kMaxImportRows) {
    return absl::InvalidArgumentError("at most " + std::to_string(kMaxImportRows) + " rows a call");
  }
  v1::ImportCustomersResponse response;
  std::vector<decision::CustomerRow> rows;
  for (const v1::CustomerRow& row : request.rows()) {
    auto identifiers =
        FromProto(row.identifiers(), node_.config().region, decision::kMaxRowIdentifiers);
    if (!identifiers.ok()) {
      Refuse(response, row.line(), identifiers.status());
      continue;
    }
    if (absl::Status status = book::CheckCustomerName(row.name()); !status.ok()) {
      Refuse(response, row.line(), status);
      continue;
    }
    rows.push_back({row.line(), *std::move(identifiers), row.name()});
  }
  auto report = node_.book().ImportCustomers(rows);
  if (!report.ok()) return report.status();
  SetImport(*report, response);
  return response;
}

absl::StatusOr<v1::ImportOrdersResponse> ShopHandlers::ImportOrders(
    const Actor& actor, const v1::ImportOrdersRequest& request) {
  if (absl::Status s = Authorise(actor, "ShopService/ImportOrders"); !s.ok()) return s;
  if (request.rows_size() > kMaxImportRows) {
    return absl::InvalidArgumentError("at most " + std::to_string(kMaxImportRows) + " rows a call");
  }
  v1::ImportOrdersResponse response;
  std::vector<decision::OrderRow> rows;
  for (const v1::OrderRow& row : request.rows()) {
    auto order = OrderFrom(row, node_.config().region);
    if (!order.ok()) {
      Refuse(response, row.line(), order.status());
      continue;
    }
    rows.push_back(*std::move(order));
  }
  auto report = node_.book().ImportOrders(rows);
  if (!report.ok()) return report.status();
  SetImport(*report, response);
  return response;
}

}  // namespace daftar::service
