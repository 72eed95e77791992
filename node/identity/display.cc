#include "node/identity/display.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "node/identity/phone.h"

namespace daftar::identity {
namespace {

// Digits of the groups after the country's code; what is more belongs to the last one.
struct Groups {
  Region region;
  char mark;
  std::array<size_t, 4> digits;  // 0: no such group
};

constexpr std::array kGroups = {
    Groups{Region::kIndonesia, '-', {3, 4, 4, 0}}, Groups{Region::kMalaysia, '-', {2, 3, 4, 0}},
    Groups{Region::kSingapore, ' ', {4, 4, 0, 0}}, Groups{Region::kBrunei, ' ', {3, 4, 0, 0}},
    Groups{Region::kThailand, ' ', {2, 3, 4, 0}},  Groups{Region::kPhilippines, ' ', {3, 3, 4, 0}},
    Groups{Region::kVietnam, ' ', {2, 3, 4, 0}},   Groups{Region::kTimorLeste, ' ', {4, 4, 0, 0}},
};

}  // namespace

std::string Displayed(const Identifier& identifier) {
  const std::string& value = identifier.value();
  if (identifier.type() != IdentifierType::kPhone || !value.starts_with('+')) return value;
  std::string_view rest = std::string_view(value).substr(1);
  const PhoneRule* rule = PhoneRuleByCode(rest);
  if (rule == nullptr) return value;
  const auto groups = std::find_if(kGroups.begin(), kGroups.end(),
                                   [&](const Groups& row) { return row.region == rule->region; });
  if (groups == kGroups.end()) return value;
  std::string out = "+" + std::string(rule->code);
  rest.remove_prefix(rule->code.size());
  char mark = ' ';
  for (size_t i = 0; i < groups->digits.size() && groups->digits[i] != 0 && !rest.empty(); ++i) {
    const bool last = i + 1 == groups->digits.size() || groups->digits[i + 1] == 0;
    const size_t digits = last ? rest.size() : std::min(groups->digits[i], rest.size());
    out += mark + std::string(rest.substr(0, digits));
    rest.remove_prefix(digits);
    mark = groups->mark;
  }
  return out;
}

}  // namespace daftar::identity
