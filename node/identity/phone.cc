#include "node/identity/phone.h"

#include <array>
#include <cassert>
#include <string>

#include "node/identity/ascii.h"

namespace daftar::identity {
namespace {

constexpr std::string_view kSeparators = " .-()[]/";
constexpr size_t kLeastInternational = 8;  // digits in all, country code included
constexpr size_t kMostInternational = 15;  // ITU-T E.164

constexpr std::array kRules = {
    PhoneRule{Region::kIndonesia, "Indonesia", "62", true, 8, 12, "0812-3456-7890"},
    PhoneRule{Region::kMalaysia, "Malaysia", "60", true, 8, 10, "012-345 6789"},
    PhoneRule{Region::kSingapore, "Singapore", "65", false, 8, 8, "8123 4567"},
    PhoneRule{Region::kBrunei, "Brunei", "673", false, 7, 7, "712 3456"},
    PhoneRule{Region::kThailand, "Thailand", "66", true, 8, 9, "081 234 5678"},
    PhoneRule{Region::kPhilippines, "the Philippines", "63", true, 8, 10, "0917 123 4567"},
    PhoneRule{Region::kVietnam, "Vietnam", "84", true, 9, 10, "091 234 5678"},
    PhoneRule{Region::kTimorLeste, "Timor-Leste", "670", false, 7, 8, "7723 4567"},
};

// What follows the country code, without one trunk 0 where the country has it.
std::string_view WithoutTrunkZero(const PhoneRule& rule, std::string_view rest) {
  if (rule.trunk_zero && rest.starts_with('0')) rest.remove_prefix(1);
  return rest;
}

bool LengthAllowed(const PhoneRule& rule, std::string_view rest) {
  return rest.size() >= rule.least && rest.size() <= rule.most;
}

// `rest` follows the country code; its trunk 0 is gone.
Outcome InCountry(const PhoneRule& rule, std::string_view rest) {
  if (!LengthAllowed(rule, rest)) {
    std::string digits = std::to_string(rule.least);
    if (rule.most != rule.least) digits += " to " + std::to_string(rule.most);
    return Outcome::Refuse(Refusal::kLength, "a number of " + std::string(rule.country) + " has " +
                                                 digits + " digits after +" +
                                                 std::string(rule.code));
  }
  // Another 0 would be dropped the next time, so that one number had two normal forms.
  if (rule.trunk_zero && rest.starts_with('0')) {
    return Outcome::Refuse(Refusal::kLeadingZero,
                           "a second 0 stands where the number itself should begin");
  }
  return Outcome::Accept("+" + std::string(rule.code) + std::string(rest));
}

Outcome International(std::string_view digits) {
  const PhoneRule* rule = PhoneRuleByCode(digits);
  if (rule != nullptr) {
    return InCountry(*rule, WithoutTrunkZero(*rule, digits.substr(rule->code.size())));
  }
  if (digits.starts_with('0')) {
    return Outcome::Refuse(Refusal::kCountryCode, "no country code begins with 0");
  }
  if (digits.size() < kLeastInternational || digits.size() > kMostInternational) {
    return Outcome::Refuse(Refusal::kLength, "an international number has 8 to 15 digits in all");
  }
  return Outcome::Accept("+" + std::string(digits));
}

Outcome AtHome(std::string_view digits, const PhoneRule& home) {
  if (home.trunk_zero && digits.starts_with('0')) return InCountry(home, digits.substr(1));
  if (digits.starts_with(home.code)) {
    const std::string_view rest = WithoutTrunkZero(home, digits.substr(home.code.size()));
    if (LengthAllowed(home, rest)) return InCountry(home, rest);
  }
  return InCountry(home, digits);
}

}  // namespace

const PhoneRule& PhoneRuleOf(Region region) {
  const size_t index = static_cast<size_t>(region) - 1;
  assert(index < kRules.size() && kRules[index].region == region);
  return kRules[index];
}

const PhoneRule* PhoneRuleByCode(std::string_view digits) {
  // No code of the table begins another, so the order does not matter.
  for (const PhoneRule& rule : kRules) {
    if (digits.starts_with(rule.code)) return &rule;
  }
  return nullptr;
}

Outcome NormalisePhone(std::string_view text, Region home) {
  std::string number = Without(text, kSeparators);
  if (number.starts_with("00")) number.replace(0, 2, "+");
  const bool international = number.starts_with('+');
  const std::string_view digits = std::string_view(number).substr(international ? 1 : 0);
  if (digits.empty()) return Outcome::Refuse(Refusal::kEmpty, "there are no digits in it");
  if (digits.find('+') != std::string_view::npos) {
    return Outcome::Refuse(Refusal::kPlus, "a + may only stand in front, once");
  }
  if (!AllDigits(digits)) {
    return Outcome::Refuse(Refusal::kCharacter,
                           "besides digits only a leading +, spaces, dots, dashes, brackets and "
                           "slashes may stand in it, and no extension");
  }
  return international ? International(digits) : AtHome(digits, PhoneRuleOf(home));
}

}  // namespace daftar::identity
