// How many calls a caller may make in a time: a token bucket for each.
#ifndef DAFTAR_NODE_SERVICE_RATE_LIMIT_H_
#define DAFTAR_NODE_SERVICE_RATE_LIMIT_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "node/config.h"
#include "storage/mutex.h"

namespace daftar::service {

inline constexpr size_t kMaxRateKeys = 10'000;       // callers remembered at once
inline constexpr size_t kRateKeysForgotten = 1'000;  // at once, when there would be more

struct RateBounds {
  uint32_t calls_per_second = 1;  // at least 1, at most a thousand million
  uint32_t burst = 1;             // calls at once after a rest; at least 1
};
// Of one address whose caller has not said who they are.
inline constexpr RateBounds kAnonymousRate{20, 60};
// Of one user; REQUIRES 1 to kMaxCallsPerSecond (Config::http_calls_per_second).
constexpr RateBounds UserRate(uint32_t calls_per_second) {
  return {calls_per_second, 2 * calls_per_second};
}

// The key of a bucket is who calls: an actor's name, or an address. Kept in memory alone. Any
// thread.
class RateLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;
  explicit RateLimit(RateBounds bounds);

  // Counts a call of `key` at `now`. Nothing: it may go on. Otherwise it was not counted, and one
  // made so much later (at least 1 ms) may go on, if there is no other before it. Past kMaxRateKeys
  // the kRateKeysForgotten with the fullest buckets are forgotten, for whom that changes least.
  std::optional<std::chrono::milliseconds> WaitFor(std::string_view key, Time now)
      DAFTAR_EXCLUDES(mutex_);

  size_t keys() const DAFTAR_EXCLUDES(mutex_);  // how many are remembered

 private:
  void Forget() DAFTAR_REQUIRES(mutex_);

  const std::chrono::nanoseconds each_;   // until a bucket has room for one call more
  const std::chrono::nanoseconds whole_;  // until an empty one is full
  mutable storage::Mutex mutex_;
  // When each bucket is full again: the sooner, the fuller it is now.
  std::map<std::string, Time, std::less<>> full_at_ DAFTAR_GUARDED_BY(mutex_);
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_RATE_LIMIT_H_
