#include "node/evidence/clock.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace daftar::evidence {
namespace {

constexpr uint32_t kMaxDays = 2'932'896;  // 9999-12-31
constexpr int64_t kMillisPerDay = 86'400'000;

class MachineClock final : public Clock {
 public:
  UnixMillis Now() const override {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count()};
  }
};

absl::Status NotADate() {
  return absl::InvalidArgumentError(
      "a date is written year-month-day, from 1970-01-02 to 9999-12-31, like 2026-10-01");
}

// The value of `text`, which must be digits only; -1 when it is not.
int Digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

Clock& SystemClock() {
  static MachineClock clock;
  return clock;
}

absl::StatusOr<Date> Date::FromDays(uint32_t days) {
  if (days > kMaxDays) {
    return absl::InvalidArgumentError("a date of " + std::to_string(days) +
                                      " days since 1970-01-01 lies past the year 9999 (at most " +
                                      std::to_string(kMaxDays) + ")");
  }
  return Date(days);
}

absl::StatusOr<Date> Date::Parse(std::string_view iso) {
  if (iso.size() != 10 || iso[4] != '-' || iso[7] != '-') return NotADate();
  const int year = Digits(iso.substr(0, 4));
  const int month = Digits(iso.substr(5, 2));
  const int day = Digits(iso.substr(8, 2));
  if (year < 0 || month < 0 || day < 0) return NotADate();
  return FromCivil(year, month, day);
}

absl::StatusOr<Date> Date::FromCivil(int year, int month, int day) {
  if (year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) {
    return NotADate();
  }
  const std::chrono::year_month_day civil{std::chrono::year(year),
                                          std::chrono::month(static_cast<unsigned>(month)),
                                          std::chrono::day(static_cast<unsigned>(day))};
  if (!civil.ok()) return NotADate();
  const auto days = std::chrono::sys_days(civil).time_since_epoch().count();
  // Day 0 is taken: on the wire it means "no date".
  if (days < 1) return NotADate();
  return Date(static_cast<uint32_t>(days));
}

Date Date::Of(UnixMillis time) {
  if (time.value < 0) return Date();
  return Date(static_cast<uint32_t>(std::min<int64_t>(time.value / kMillisPerDay, kMaxDays)));
}

std::string Date::ToString() const {
  if (!has_value()) return "";
  const std::chrono::year_month_day civil{
      std::chrono::sys_days(std::chrono::days(static_cast<int>(days_)))};
  std::string text = std::to_string(static_cast<int>(civil.year()));
  auto append = [&text](unsigned value) {
    text += value < 10 ? "-0" : "-";
    text += std::to_string(value);
  };
  append(static_cast<unsigned>(civil.month()));
  append(static_cast<unsigned>(civil.day()));
  return text;
}

Date Date::PlusDays(int64_t days) const {
  if (!has_value()) return Date();
  constexpr int64_t kMax = kMaxDays;
  // Clamped before the sum, which could otherwise overflow.
  const int64_t shift = std::clamp<int64_t>(days, -kMax, kMax);
  return Date(static_cast<uint32_t>(std::clamp<int64_t>(int64_t{days_} + shift, 1, kMax)));
}

}  // namespace daftar::evidence
