#include "node/decision/date_format.h"

#include <algorithm>
#include <array>
#include <optional>

#include "node/decision/text.h"

namespace daftar::decision {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};

// Up to `most` digits off the front; nullopt when there is none, or fewer than `least`.
std::optional<int> TakeNumber(std::string_view& text, size_t least, size_t most) {
  int value = 0;
  size_t count = 0;
  while (count < most && count < text.size() && text[count] >= '0' && text[count] <= '9') {
    value = value * 10 + (text[count] - '0');
    ++count;
  }
  if (count < least) return std::nullopt;
  text.remove_prefix(count);
  return value;
}

std::optional<int> TakeMonthName(std::string_view& text) {
  if (text.size() < 3) return std::nullopt;
  const std::string name = LowerAscii(text.substr(0, 3));
  const auto found = std::find(kMonths.begin(), kMonths.end(), name);
  if (found == kMonths.end()) return std::nullopt;
  text.remove_prefix(3);
  return static_cast<int>(found - kMonths.begin()) + 1;
}

struct Civil {
  int year = 0;
  int month = 0;
  int day = 0;
};

bool TakeField(char field, std::string_view& text, Civil& civil) {
  std::optional<int> value;
  switch (field) {
    case 'Y':
      value = TakeNumber(text, 4, 4);
      civil.year = value.value_or(0);
      break;
    case 'y':
      value = TakeNumber(text, 2, 2);
      civil.year = value.value_or(0) + (value.value_or(0) < 70 ? 2000 : 1900);
      break;
    case 'm':
      value = TakeNumber(text, 1, 2);
      civil.month = value.value_or(0);
      break;
    case 'b':
      value = TakeMonthName(text);
      civil.month = value.value_or(0);
      break;
    case 'd':
      value = TakeNumber(text, 1, 2);
      civil.day = value.value_or(0);
      break;
    case '%':
      value = !text.empty() && text.front() == '%' ? std::optional<int>(0) : std::nullopt;
      if (value.has_value()) text.remove_prefix(1);
      break;
    default:
      break;
  }
  return value.has_value();
}

}  // namespace

absl::StatusOr<DateFormat> DateFormat::Create(std::string_view pattern) {
  int years = 0;
  int months = 0;
  int days = 0;
  bool known = pattern.size() <= kMaxDateFormatBytes && IsShowable(pattern);
  for (size_t i = 0; known && i < pattern.size(); ++i) {
    if (pattern[i] != '%') continue;
    const char field = ++i < pattern.size() ? pattern[i] : '\0';
    years += field == 'Y' || field == 'y' ? 1 : 0;
    months += field == 'm' || field == 'b' ? 1 : 0;
    days += field == 'd' ? 1 : 0;
    known = std::string_view("Yymbd%").find(field) != std::string_view::npos;
  }
  if (!known || years != 1 || months != 1 || days != 1) {
    return absl::InvalidArgumentError(
        "a date format is made of %Y or %y, %m or %b, and %d, each once, like \"%Y-%m-%d\" or "
        "\"%d.%m.%Y\"");
  }
  return DateFormat(std::string(pattern));
}

absl::StatusOr<evidence::Date> DateFormat::Parse(std::string_view text) const {
  const auto no_date = [this] {
    return absl::InvalidArgumentError("is not a date of the form " + pattern_);
  };
  text = Trimmed(text);
  Civil civil;
  for (size_t i = 0; i < pattern_.size(); ++i) {
    if (pattern_[i] == '%') {
      if (!TakeField(pattern_[++i], text, civil)) return no_date();
      continue;
    }
    if (text.empty() || text.front() != pattern_[i]) return no_date();
    text.remove_prefix(1);
  }
  if (!text.empty() && text.front() != ' ' && text.front() != 'T') return no_date();
  auto date = evidence::Date::FromCivil(civil.year, civil.month, civil.day);
  if (!date.ok() || !date->has_value()) return no_date();
  return date;
}

}  // namespace daftar::decision
