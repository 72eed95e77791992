#include "node/check/own_history.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "node/ledger/remarks.h"

namespace daftar::check {
namespace {

using decision::kNever;
using decision::PastOrder;

constexpr int64_t kDaySeconds = 86'400;

int64_t Midnight(evidence::Date day) {
  return day.has_value() ? int64_t{day.days()} * kDaySeconds : kNever;
}

// Keeps the newest so many orders.
class Newest {
 public:
  explicit Newest(size_t most) : most_(most) {}
  void Add(PastOrder order) {
    if (heap_.size() == most_) {
      ++older_;
      if (most_ == 0 || order.at <= heap_.front().at) return;
      std::pop_heap(heap_.begin(), heap_.end(), IsNewer);
      heap_.pop_back();
    }
    heap_.push_back(std::move(order));
    std::push_heap(heap_.begin(), heap_.end(), IsNewer);
  }
  uint64_t older() const { return older_; }
  std::vector<PastOrder> Take() && {
    std::stable_sort(heap_.begin(), heap_.end(),
                     [](const PastOrder& a, const PastOrder& b) { return a.at < b.at; });
    return std::move(heap_);
  }

 private:
  static bool IsNewer(const PastOrder& a, const PastOrder& b) { return a.at > b.at; }
  const size_t most_;
  uint64_t older_ = 0;
  std::vector<PastOrder> heap_;  // the oldest first
};

}  // namespace

PastOrder PastOrderOf(const decision::RemarkedOrder& order, uint32_t customer,
                      uint32_t late_after_days) {
  const decision::OrderFacts& facts = order.facts;
  PastOrder past;
  past.customer = customer;
  past.at = Midnight(facts.invoiced);
  past.amount = facts.amount;
  const bool open_dispute = facts.disputed && !facts.paid.has_value();
  if (open_dispute || order.remark == decision::OrderRemark::kInQuestion) {
    past.judged = false;
    return past;
  }
  past.due_at = Midnight(facts.due);
  if (order.remark == decision::OrderRemark::kBroken) {
    past.bad = true;
    past.known_at = past.at;
    if (order.broken_on.has_value()) past.known_at = std::max(past.at, Midnight(order.broken_on));
    past.settled_at = Midnight(order.made_good);
    past.reason =
        order.taken_back ? evidence::Reason::kPaymentReversed : evidence::Reason::kAgreementBroken;
    return past;
  }
  past.settled_at = Midnight(facts.paid);
  past.late_at = Midnight(facts.due.PlusDays(int64_t{late_after_days} + 1));
  // The shop's own word goes before the dates.
  if (facts.said_late) past.late_at = std::min(past.late_at, past.settled_at);
  past.late_at = std::min(past.late_at, Midnight(facts.written_off));
  past.bad = past.settled_at >= past.late_at;
  past.known_at = std::min(past.settled_at, past.late_at);
  if (facts.disputed && !facts.said_late) past.late_at = std::max(past.late_at, past.settled_at);
  return past;
}

absl::StatusOr<OwnHistory> ReadOwnHistory(const book::Book& book, const ledger::Ledger& ledger,
                                          evidence::Date today, uint32_t late_after_days,
                                          size_t most, const std::function<bool()>& stopped) {
  const auto remarks = ledger::RemarksOnAllOrders(ledger, stopped);
  if (!remarks.ok()) return remarks.status();
  OwnHistory own;
  Newest newest(most);
  std::map<book::CustomerId, uint32_t> customers;
  absl::Status failed;
  uint64_t read = 0;
  absl::Status scanned =
      book.ScanOrders([&](const book::Customer& customer, const book::Order& order) {
        if (stopped && read++ % book::kAskEveryOrders == 0 && stopped()) {
          failed = absl::CancelledError("reading the shop's orders was stopped");
          return false;
        }
        if (order.invoiced > today) return true;
        if (order.terms_told && order.terms == decision::Terms::kPrepaid) {
          ++own.prepaid;
          return true;
        }
        const auto number = customers.try_emplace(customer.merged_into.value_or(customer.id),
                                                  static_cast<uint32_t>(customers.size()));
        newest.Add(PastOrderOf(remarks->Of(book::OrderName(customer.id, order), order),
                               number.first->second, late_after_days));
        return true;
      });
  if (!failed.ok()) return failed;
  if (!scanned.ok()) return scanned;
  own.older = newest.older();
  // Customers are numbers already: nothing is hashed, and the key is of no use.
  decision::HistoryBuilder builder{crypto::Bytes(crypto::Digest::kSize)};
  for (PastOrder& order : std::move(newest).Take()) {
    if (absl::Status added = builder.Add(std::move(order)); !added.ok()) return added;
  }
  own.history = std::move(builder).Finish(today);
  own.history.customers = static_cast<uint32_t>(customers.size());
  for (const PastOrder& order : own.history.orders) {
    // What was not known on that day is not judged.
    if (!order.judged || order.known_at == kNever) continue;
    ++(order.bad ? own.bad : own.good);
  }
  return own;
}

}  // namespace daftar::check
