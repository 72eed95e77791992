#include "node/book/listing.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "node/decision/text.h"

namespace daftar::book {
namespace {

// The first `limit` of what is offered, in the order of Before, and whether there was more.
template <class Value, class Before>
class FirstOnes {
 public:
  explicit FirstOnes(size_t limit) : limit_(limit) {}
  void Offer(Value value) {
    kept_.insert(std::move(value));
    if (kept_.size() <= limit_) return;
    kept_.erase(std::prev(kept_.end()));
    more_ = true;
  }
  bool more() const { return more_; }
  std::vector<Value> Take() && {
    std::vector<Value> values;
    while (!kept_.empty()) values.push_back(std::move(kept_.extract(kept_.begin()).value()));
    return values;
  }

 private:
  size_t limit_;
  bool more_ = false;
  std::set<Value, Before> kept_;
};

struct NewerOrder {
  bool operator()(const NamedOrder& a, const NamedOrder& b) const {
    return std::tie(b.order.invoiced, a.name) < std::tie(a.order.invoiced, b.name);
  }
};

struct CustomerKey {
  evidence::UnixMillis created_at;
  CustomerId id;
};
struct NewerCustomer {
  bool operator()(const CustomerKey& a, const CustomerKey& b) const {
    return std::tie(b.created_at.value, a.id) < std::tie(a.created_at.value, b.id);
  }
};

bool ComesAfter(const std::optional<OrderCursor>& cursor, const NamedOrder& order) {
  return !cursor.has_value() ||
         std::tie(order.order.invoiced, cursor->name) < std::tie(cursor->invoiced, order.name);
}

// `lower` is in small letters.
bool HasInIt(const std::string& name, const std::string& lower) {
  return lower.empty() || decision::LowerAscii(name).find(lower) != std::string::npos;
}

}  // namespace

absl::StatusOr<OrderPage> ListOrders(const Book& book, const OrderFilter& filter, size_t limit) {
  FirstOnes<NamedOrder, NewerOrder> first(limit);
  const auto offer = [&](const CustomerId& row, const Order& order) {
    NamedOrder named{OrderName(row, order), row, order};
    if (!ComesAfter(filter.after, named)) return true;
    if (!filter.wanted || filter.wanted(named)) first.Offer(std::move(named));
    return true;
  };
  const absl::Status scanned =
      filter.customer.has_value()
          ? book.ScanOrdersOfWhole(*filter.customer, offer)
          : book.ScanOrders([&](const Customer& customer, const Order& order) {
              return offer(customer.id, order);
            });
  if (!scanned.ok()) return scanned;
  OrderPage page;
  const bool more = first.more();
  page.orders = std::move(first).Take();
  if (more) page.next = OrderCursor{page.orders.back().order.invoiced, page.orders.back().name};
  return page;
}

absl::StatusOr<CustomerPage> ListCustomers(const Book& book, const CustomerFilter& filter,
                                           size_t limit) {
  if (filter.name_has.size() > kMaxNameFilterBytes) {
    return absl::InvalidArgumentError("name: at most " + std::to_string(kMaxNameFilterBytes) +
                                      " bytes");
  }
  absl::Status failed;
  // A root without a name goes by that of a member.
  const auto is_named = [&](const Customer& row, const std::string& lower) {
    if (!row.name.empty() || row.members.empty() || lower.empty()) return HasInIt(row.name, lower);
    const auto whole = book.ShowCustomer(row.id);
    if (absl::IsNotFound(whole.status())) return false;  // erased a moment ago
    if (!whole.ok()) failed = whole.status();
    return whole.ok() && HasInIt(whole->name, lower);
  };
  const std::string name_has = decision::LowerAscii(filter.name_has);
  FirstOnes<CustomerKey, NewerCustomer> first(limit);
  const auto offer = [&](const CustomerKey& key) {
    const bool after =
        !filter.after.has_value() ||
        NewerCustomer()(CustomerKey{filter.after->created_at, filter.after->id}, key);
    if (after) first.Offer(key);
  };
  const absl::Status scanned =
      filter.wanted
          ? book.ScanWholes([&](const Profile& profile, const std::vector<NamedOrder>& orders) {
              if (!HasInIt(profile.name, name_has)) return true;
              if (filter.wanted(profile, orders)) offer({profile.created_at, profile.id});
              return true;
            })
          : book.ScanCustomers([&](const Customer& row) {
              if (!row.merged_into.has_value() && is_named(row, name_has)) {
                offer({row.created_at, row.id});
              }
              return failed.ok();
            });
  if (!scanned.ok()) return scanned;
  if (!failed.ok()) return failed;
  CustomerPage page;
  const bool more = first.more();
  const std::vector<CustomerKey> keys = std::move(first).Take();
  for (const CustomerKey& key : keys) {
    auto profile = book.ShowCustomer(key.id);
    if (absl::IsNotFound(profile.status())) continue;  // erased a moment ago
    if (!profile.ok()) return profile.status();
    page.customers.push_back(*std::move(profile));
  }
  if (more) page.next = CustomerCursor{keys.back().created_at, keys.back().id};
  return page;
}

}  // namespace daftar::book
