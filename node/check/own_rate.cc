#include "node/check/own_rate.h"

#include "node/ledger/remarks.h"

namespace daftar::check {

uint32_t OwnRate::Prior(const decision::Policy& policy) const {
  storage::MutexLock lock(mutex_);
  return decision::PriorFrom(totals_.bad, totals_.orders, policy);
}

absl::StatusOr<book::OutcomeTotals> OwnRate::Count(evidence::Date today, uint32_t late_after_days,
                                                   const std::function<bool()>& stopped) const {
  const auto remarks = ledger::RemarksOnAllOrders(ledger_, stopped);
  if (!remarks.ok()) return remarks.status();
  if (remarks->empty()) return book_.CountOutcomes(today, late_after_days, {}, stopped);
  const auto remarked = [&remarks](const book::NamedOrder& order) {
    return remarks->Of(order.name, order.order);
  };
  return book_.CountOutcomes(today, late_after_days, remarked, stopped);
}

absl::Status OwnRate::Refresh(const decision::Policy& policy,
                              const std::function<bool()>& stopped) {
  const evidence::UnixMillis now = clock_.Now();
  const evidence::Date today = evidence::Date::Of(now);
  {
    storage::MutexLock lock(mutex_);
    if (!stale_ && counted_on_ == today) return last_;
    if (!pace_.Take(now)) return last_;
  }
  stale_ = false;  // before the count: what changes meanwhile is counted the next time
  auto totals = Count(today, policy.late_after_days, stopped);
  if (!totals.ok()) stale_ = true;
  storage::MutexLock lock(mutex_);
  if (absl::IsCancelled(totals.status())) return last_;
  last_ = totals.status();
  if (!totals.ok()) return last_;
  totals_ = *totals;
  counted_on_ = today;
  return last_;
}

}  // namespace daftar::check
