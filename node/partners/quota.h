// How many evaluations each partner may have in a day. Phone numbers are few: this bound, and not
// any hash, protects them (DESIGN section 5), so it is taken before any curve work and survives a
// crash.
#ifndef DAFTAR_NODE_PARTNERS_QUOTA_H_
#define DAFTAR_NODE_PARTNERS_QUOTA_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "node/evidence/clock.h"
#include "storage/mutex.h"
#include "storage/store.h"

namespace daftar::partners {

// Units reserved durably at once; a crash forfeits what is left of a block, a stop gives it back.
inline constexpr uint64_t kQuotaBlock = 256;
// Days that rows are kept for. A clock that was wrong for a while and is set right again finds the
// rows of its day and hands no day out twice.
inline constexpr size_t kQuotaDaysKept = 8;
// Warming a book may use this much of a day's quota, in percent; the rest is for live checks.
inline constexpr uint64_t kWarmingPercent = 70;

struct QuotaLimits {
  uint64_t per_partner = 10'000;  // evaluations a UTC day
  uint64_t per_node = 50'000;     // of all partners together
};

// The limits as the charter in force sets them. Any thread; the quota's lock is held.
using CurrentLimits = std::function<QuotaLimits()>;

struct QuotaUse {
  uint64_t used = 0;
  uint64_t limit = 0;  // with as many partners as there are now
};

// Any thread may call; a reservation is durable on return.
class Quota {
 public:
  Quota(storage::Store& store, const evidence::Clock& clock, CurrentLimits limits)
      : store_(store), clock_(clock), limits_(std::move(limits)) {}

  // Takes `units` of the partner's quota of today: the per-partner quota, or an equal share of the
  // node-wide one among `partners` where that is less. So nobody can use up what others are
  // guaranteed. ResourceExhausted with the time to wait; then nothing was taken.
  absl::Status Take(std::string_view origin, uint64_t units, bool warming, size_t partners);
  QuotaUse Today(std::string_view origin, size_t partners);
  // Gives back what is reserved and not used, so that a stop costs partners nothing; durable on OK.
  // What is taken afterwards is reserved anew. After an error it is forfeited, as by a crash.
  absl::Status GiveBack();

 private:
  struct Account {
    uint64_t reserved = 0;  // durable
    uint64_t used = 0;
  };
  absl::Status OpenDay() DAFTAR_REQUIRES(mutex_);
  absl::Status Refuse(std::string_view whose) const;
  uint64_t LimitWith(size_t partners) const;
  crypto::Bytes RowKey(std::string_view origin) const DAFTAR_REQUIRES(mutex_);

  storage::Store& store_;
  const evidence::Clock& clock_;
  const CurrentLimits limits_;
  // Held across the durable write of a reservation: one in 256 evaluations at most.
  storage::Mutex mutex_;
  uint32_t day_ DAFTAR_GUARDED_BY(mutex_) = 0;
  std::map<std::string, Account, std::less<>> accounts_ DAFTAR_GUARDED_BY(mutex_);
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_QUOTA_H_
