#include "node/check/own_rate.h"

namespace daftar::check {

uint32_t OwnRate::Prior(const decision::Policy& policy) const {
  storage::MutexLock lock(mutex_);
  return decision::PriorFrom(totals_.bad, totals_.orders, policy);
}

absl::Status OwnRate::Refresh(const decision::Policy& policy) {
  const evidence::Date today = evidence::Date::Of(clock_.Now());
  {
    storage::MutexLock lock(mutex_);
    if (!stale_ && counted_on_ == today) return absl::OkStatus();
  }
  stale_ = false;  // before the count: what changes meanwhile is counted the next time
  auto totals = book_.CountOutcomes(today, policy.late_after_days);
  if (!totals.ok()) {
    stale_ = true;
    return totals.status();
  }
  storage::MutexLock lock(mutex_);
  totals_ = *totals;
  counted_on_ = today;
  return absl::OkStatus();
}

}  // namespace daftar::check
