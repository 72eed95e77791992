// Time as values: seconds, days, and the clock behind which the system's is hidden.
#ifndef DAFTAR_NODE_EVIDENCE_CLOCK_H_
#define DAFTAR_NODE_EVIDENCE_CLOCK_H_

#include <algorithm>
#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace daftar::evidence {

// Milliseconds since 1970-01-01 UTC.
struct UnixMillis {
  int64_t value = 0;
  int64_t seconds() const { return value / 1000; }
  // Times that come from partners may be any number: stops at the largest.
  static UnixMillis OfSeconds(int64_t seconds) {
    constexpr int64_t kMost = std::numeric_limits<int64_t>::max() / 1000;
    return {std::clamp(seconds, -kMost, kMost) * 1000};
  }
  friend auto operator<=>(UnixMillis, UnixMillis) = default;
};

// Implementations are safe to call from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual UnixMillis Now() const = 0;
};
// The machine's clock.
Clock& SystemClock();

// A calendar day, as days since 1970-01-01; on the wire u32, where 0 stands for "no date".
class Date {
 public:
  Date() = default;                                     // no date
  static absl::StatusOr<Date> FromDays(uint32_t days);  // InvalidArgument past year 9999
  // "2026-10-01"; InvalidArgument for anything else, with the form in the message.
  static absl::StatusOr<Date> Parse(std::string_view iso);
  static absl::StatusOr<Date> FromCivil(int year, int month, int day);
  // The UTC day; no date for 1970-01-01 and before, 9999-12-31 for anything later.
  static Date Of(UnixMillis time);
  bool has_value() const { return days_ != 0; }
  uint32_t days() const { return days_; }
  std::string ToString() const;  // "2026-10-01", "" for no date
  // `this` minus `other` in days. REQUIRES both to have a value.
  int64_t DaysSince(Date other) const { return int64_t{days_} - int64_t{other.days_}; }
  // Stops at 1970-01-02 and 9999-12-31; no date stays no date.
  Date PlusDays(int64_t days) const;
  friend auto operator<=>(Date, Date) = default;

 private:
  explicit Date(uint32_t days) : days_(days) {}
  uint32_t days_ = 0;
};

// Days are UTC's. Most shops lie east of Greenwich: their today may be the UTC day after.
inline constexpr int64_t kTimeZoneDays = 1;
// Whether `day`, as a person wrote it, has begun nowhere on Earth while UTC has `today`.
inline bool IsStillToCome(Date day, Date today) { return day > today.PlusDays(kTimeZoneDays); }

}  // namespace daftar::evidence

#endif  // DAFTAR_NODE_EVIDENCE_CLOCK_H_
