#include "node/service/book_handlers.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/numbers.h"
#include "crypto/hash.h"
#include "node/book/group_report.h"
#include "node/decision/decide.h"
#include "node/ledger/remarks.h"
#include "node/service/convert.h"
#include "node/service/shop_handlers.h"
#include "storage/audit.h"
#include "storage/requests.h"

namespace daftar::service {
namespace {

storage::Caller CallerOf(const Actor& actor, const std::string& request_id) {
  return {actor.name, request_id};
}

template <class Repeated>
std::vector<std::string> Texts(const Repeated& texts) {
  return {texts.begin(), texts.end()};
}

// Own incidents about the customer that occurred in the period. What was withdrawn is none.
absl::StatusOr<uint64_t> IncidentsIn(Node& node, const book::Profile& customer, evidence::Date from,
                                     evidence::Date to) {
  auto about = node.ledger().About(customer.identifiers);
  if (!about.ok()) return about.status();
  return static_cast<uint64_t>(
      std::count_if(about->begin(), about->end(), [&](const ledger::IncidentView& view) {
        const evidence::Date occurred = view.incident.Standing().occurred;
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

// What a person who is erased left outside the book. `forgotten` are the identifiers of which the
// warning list then knows nothing.
absl::StatusOr<book::ErasedElsewhere> Forget(Node& node, const book::Leaving& leaving,
                                             std::vector<identity::Identifier>& forgotten,
                                             storage::Batch& batch) {
  const auto is_shared = [&node](const identity::Identifier& identifier) {
    return node.warnings().IsSharedHere(identifier, node.charter());
  };
  forgotten.clear();
  std::vector<identity::Identifier> shared;  // many people's, of whom this was one
  for (const identity::Identifier& identifier : leaving.gone) {
    const auto is = is_shared(identifier);
    if (!is.ok()) return is.status();
    (*is ? shared : forgotten).push_back(identifier);
  }
  auto incidents = node.ledger().EraseUnshared(
      leaving.gone, leaving.kept,
      [&](const ledger::NewIncident& account) {
        return leaving.left(account.order, account.identifiers, is_shared);
      },
      batch);
  if (!incidents.ok()) return incidents.status();
  absl::Status forgot = partners::ForgetKept(node.store(), node.vault(), leaving.gone, batch);
  if (!forgot.ok()) return forgot;
  node.warnings().Forget(forgotten, batch);
  for (const identity::Identifier& identifier : shared) {
    forgot = node.warnings().ForgetNames(identifier, leaving.names, batch);
    if (!forgot.ok()) return forgot;
  }
  std::vector<decision::Subject> subjects;
  for (const identity::Identifier& identifier : leaving.gone) {
    subjects.push_back(decision::SubjectOf(node.keys().receipt, identifier));
  }
  auto receipts = node.receipts().Unlink(subjects, batch);
  if (!receipts.ok()) return receipts.status();
  return book::ErasedElsewhere{incidents->erased, incidents->kept, incidents->left, *receipts};
}

// As Book::Erase has it: a payment that was taken back is owed again.
bool IsPaid(const decision::RemarkedOrder& order, evidence::Date today) {
  if (order.taken_back && decision::IsSpoilt(order)) return false;
  return order.facts.paid.has_value() && order.facts.paid <= today;
}

// One for each incident, the same whenever the erasure is asked for again.
storage::Caller PartOf(const storage::Caller& erasing, const ledger::IncidentId& id) {
  const crypto::Digest part = crypto::Sha256({crypto::AsBytes(erasing.request_id), id.view()});
  return {erasing.actor, "customer-erase/" + part.hex()};
}

// Says of the order's incident about its money that it was paid on `paid`, if it stands unsettled
// at the partners, or is to: once the order is erased, nothing else would say so.
absl::Status SettlePaid(Node& node, const storage::Caller& erasing, const std::string& order,
                        evidence::Date paid) {
  const auto id = node.ledger().ForOrder(order);
  if (!id.ok() || !id->has_value()) return id.status();
  const auto view = node.ledger().Get(**id);
  if (absl::IsNotFound(view.status())) return absl::OkStatus();  // erased a moment ago
  if (!view.ok()) return view.status();
  const ledger::Incident& incident = view->incident;
  const bool over = view->state == ledger::IncidentState::kSettled ||
                    view->state == ledger::IncidentState::kWithdrawn ||
                    incident.settled_on.has_value() || incident.HasEndedForGood();
  if (over || !ledger::IsShared(*view) ||
      decision::TroubleOf(incident.account.reason) != decision::Trouble::kPayment) {
    return absl::OkStatus();
  }
  const storage::Caller caller = PartOf(erasing, **id);
  const std::string because = "its order was paid on " + paid.ToString() +
                              ", and goes with the customer, who is erased from the book";
  if (!view->report.has_value()) {  // held, or waits for its tick
    return node.ledger()
        .Withdraw(caller, **id, evidence::WithdrawalGround::kPaid, because)
        .status();
  }
  // Nothing is settled before it occurred, even where the money had come by then.
  const evidence::Date on = std::max(paid, incident.Standing().occurred);
  return node.ledger().Settle(caller, **id, on, because).status();
}

// The same for all orders of the customer that are paid; they go with the erasure.
absl::Status SettleAllPaid(Node& node, const storage::Caller& erasing, const book::CustomerId& id,
                           const ledger::RemarkedOrders& remarks) {
  const evidence::Date today = evidence::Date::Of(node.clock().Now());
  std::vector<std::pair<std::string, evidence::Date>> paid;
  const absl::Status scanned =
      node.book().ScanOrdersOfWhole(id, [&](const book::CustomerId& row, const book::Order& order) {
        const std::string name = book::OrderName(row, order);
        const decision::RemarkedOrder as_left = remarks.Of(name, order);
        if (IsPaid(as_left, today)) paid.emplace_back(name, as_left.facts.paid);
        return true;
      });
  if (absl::IsNotFound(scanned)) return absl::OkStatus();  // erased before, which is told then
  if (!scanned.ok()) return scanned;
  for (const auto& [order, day] : paid) {
    if (absl::Status status = SettlePaid(node, erasing, order, day); !status.ok()) return status;
  }
  return absl::OkStatus();
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
  const storage::Caller caller = CallerOf(actor, request.request_id());
  // As Book::Erase looks, before anything is settled.
  const auto key = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!key.ok()) return key.status();
  if (absl::Status s = storage::CheckBecause(request.because()); !s.ok()) return s;
  const auto earlier = storage::RequestLog::Find(node_.store(), *key, book::kEraseKind);
  if (!earlier.ok()) return earlier.status();
  const auto incidents =
      [this](std::span<const identity::Identifier> identifiers) -> absl::StatusOr<uint64_t> {
    auto about = node_.ledger().About(identifiers);
    if (!about.ok()) return about.status();
    return static_cast<uint64_t>(std::count_if(about->begin(), about->end(), ledger::IsShared));
  };
  // Before the incidents go: one that was settled says that its order is paid.
  auto remarks = ledger::RemarksOnAllOrders(node_.ledger());
  if (!remarks.ok()) return remarks.status();
  if (!earlier->has_value()) {
    if (absl::Status s = SettleAllPaid(node_, caller, *id, *remarks); !s.ok()) return s;
  }
  std::vector<identity::Identifier> forgotten;
  const book::WriteGate::Alone erasing(node_.warnings().gate());
  auto report = node_.book().Erase(
      caller, *id, incidents, request.because(),
      [&](const book::Leaving& leaving, auto& batch) {
        return Forget(node_, leaving, forgotten, batch);
      },
      [&remarks](const book::NamedOrder& order) { return remarks->Of(order.name, order.order); });
  if (!report.ok()) return report.status();
  node_.warnings().Forgotten(forgotten);
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
          "identifier");
    }
    removed = node_.allowlist().Remove(caller, *id, request.because());
  }
  if (!removed.ok()) return removed;
  return v1::RemoveAllowedResponse();
}

}  // namespace daftar::service
