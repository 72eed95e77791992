#include "node/service/rate_limit.h"

#include <algorithm>
#include <vector>

namespace daftar::service {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

RateLimit::RateLimit(RateBounds bounds)
    : each_(nanoseconds(std::chrono::seconds(1)) / std::max<uint32_t>(bounds.calls_per_second, 1)),
      whole_(each_ * std::max<uint32_t>(bounds.burst, 1)) {}

std::optional<milliseconds> RateLimit::WaitFor(std::string_view key, Time now) {
  storage::MutexLock lock(mutex_);
  const auto found = full_at_.find(key);
  // A thread may come with a time that was taken before another's.
  const Time before = found == full_at_.end() ? now : std::max(found->second, now);
  const Time after = before + each_;
  if (after - now > whole_) {
    return std::max(std::chrono::ceil<milliseconds>(after - now - whole_), milliseconds(1));
  }
  if (found != full_at_.end()) {
    found->second = after;
    return std::nullopt;
  }
  if (full_at_.size() >= kMaxRateKeys) Forget();
  full_at_.emplace(key, after);
  return std::nullopt;
}

void RateLimit::Forget() {
  std::vector<Time> times;
  times.reserve(full_at_.size());
  for (const auto& [key, time] : full_at_) times.push_back(time);
  const auto last = times.begin() + (kRateKeysForgotten - 1);
  std::nth_element(times.begin(), last, times.end());
  // Of several that are as full as the last one, no more than are needed.
  size_t equals = kRateKeysForgotten -
                  static_cast<size_t>(std::count_if(times.begin(), times.end(),
                                                    [&](Time time) { return time < *last; }));
  const Time bound = *last;
  std::erase_if(full_at_, [&](const auto& entry) {
    if (entry.second != bound) return entry.second < bound;
    if (equals == 0) return false;
    --equals;
    return true;
  });
}

size_t RateLimit::keys() const {
  storage::MutexLock lock(mutex_);
  return full_at_.size();
}

}  // namespace daftar::service
