#include "node/check/own_rate.h"

namespace daftar::check {

uint32_t OwnRate::Prior(const decision::Policy& policy) const {
  storage::MutexLock lock(mutex_);
  return decision::PriorFrom(totals_.bad, totals_.orders, policy);
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
  auto totals = book_.CountOutcomes(today, policy.late_after_days, stopped);
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
