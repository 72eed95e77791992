// How many evaluations each partner may have in a day. Phone numbers are few: this bound, and not
// any hash, protects them (DESIGN section 5), so it is taken before any curve work and survives a
// crash.
#ifndef DAFTAR_NODE_PARTNERS_QUOTA_H_
#define DAFTAR_NODE_PARTNERS_QUOTA_H_

#include <map>
#include <string>
#include <string_view>

#include "node/evidence/clock.h"
#include "storage/mutex.h"
#include "storage/store.h"

namespace daftar::partners {

// Units reserved durably at once; a crash forfeits what is left of a block.
inline constexpr uint64_t kQuotaBlock = 256;
// Warming a book may use this much of a day's quota, in percent; the rest is for live checks.
inline constexpr uint64_t kWarmingPercent = 70;

struct QuotaLimits {
  uint64_t per_partner = 10'000;  // evaluations a UTC day
  uint64_t per_node = 50'000;     // of all partners together
};

struct QuotaUse {
  uint64_t used = 0;
  uint64_t limit = 0;
};

// Any thread may call; a reservation is durable on return.
class Quota {
 public:
  Quota(storage::Store& store, const evidence::Clock& clock, QuotaLimits limits)
      : store_(store), clock_(clock), limits_(limits) {}

  // Takes `units` of the partner's quota of today. Of the node-wide quota every one of `partners`
  // has an equal share guaranteed; beyond it a partner may use what others' shares do not need.
  // ResourceExhausted with the time to wait; then nothing was taken.
  absl::Status Take(std::string_view origin, uint64_t units, bool warming, size_t partners);
  QuotaUse Today(std::string_view origin);

 private:
  struct Account {
    uint64_t reserved = 0;  // durable
    uint64_t used = 0;
  };
  absl::Status OpenDay() DAFTAR_REQUIRES(mutex_);
  absl::Status Refuse(std::string_view whose) const;
  crypto::Bytes RowKey(std::string_view origin) const DAFTAR_REQUIRES(mutex_);

  storage::Store& store_;
  const evidence::Clock& clock_;
  const QuotaLimits limits_;
  // Held across the durable write of a reservation: one in 256 evaluations at most.
  storage::Mutex mutex_;
  uint32_t day_ DAFTAR_GUARDED_BY(mutex_) = 0;
  std::map<std::string, Account, std::less<>> accounts_ DAFTAR_GUARDED_BY(mutex_);
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_QUOTA_H_
