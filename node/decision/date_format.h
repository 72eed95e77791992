// Dates as ledgers write them.
#ifndef DAFTAR_NODE_DECISION_DATE_FORMAT_H_
#define DAFTAR_NODE_DECISION_DATE_FORMAT_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "node/evidence/clock.h"

namespace daftar::decision {

inline constexpr size_t kMaxDateFormatBytes = 64;

// How dates are written: %Y (four digits), %y (two, 1970 to 2069), %m, %d, %b (Jan, any case) and
// %%, everything else as it stands. Digits need no padding. What follows a space or a T after the
// whole date (a time of day) is ignored.
class DateFormat {
 public:
  // InvalidArgument unless year, month and day stand in it exactly once each.
  static absl::StatusOr<DateFormat> Create(std::string_view pattern);
  // InvalidArgument naming the pattern, never the text.
  absl::StatusOr<evidence::Date> Parse(std::string_view text) const;

 private:
  explicit DateFormat(std::string pattern) : pattern_(std::move(pattern)) {}
  std::string pattern_;
};

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_DATE_FORMAT_H_
