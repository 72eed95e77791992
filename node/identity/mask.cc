#include <algorithm>
#include <string>

#include "node/identity/identifier.h"
#include "node/identity/phone.h"

namespace daftar::identity {
namespace {

constexpr size_t kShown = 4;

// All but the last four characters as stars, or all but the last half of a short text.
std::string LastShown(std::string_view text) {
  const size_t shown = std::min(kShown, text.size() / 2);
  return std::string(text.size() - shown, '*') + std::string(text.substr(text.size() - shown));
}

// The first character and three stars, which do not tell the length.
std::string FirstShown(std::string_view text) { return std::string(text.substr(0, 1)) + "***"; }

std::string MaskedPhone(std::string_view value) {
  const PhoneRule* rule = PhoneRuleByCode(value.substr(1));
  const size_t shown = 1 + (rule != nullptr ? rule->code.size() : 0);
  return std::string(value.substr(0, shown)) + LastShown(value.substr(shown));
}

std::string MaskedEmail(std::string_view value) {
  const size_t at = value.find('@');
  return FirstShown(value.substr(0, at)) + "@" + FirstShown(value.substr(at + 1)) +
         std::string(value.substr(value.rfind('.')));
}

}  // namespace

bool IsLostCustomer(const Identifier& identifier) {
  const std::string_view value = identifier.value();
  if (identifier.type() != IdentifierType::kHandle || !value.starts_with(kLostCustomerPrefix)) {
    return false;
  }
  // Anything else may be what somebody is called.
  const std::string_view index = value.substr(kLostCustomerPrefix.size());
  return !index.empty() && std::ranges::all_of(index, [](char c) { return c >= '0' && c <= '9'; });
}

std::string Masked(const Identifier& identifier) {
  const std::string_view value = identifier.value();
  switch (identifier.type()) {
    case IdentifierType::kPhone:
      return MaskedPhone(value);
    case IdentifierType::kEmail:
      return MaskedEmail(value);
    case IdentifierType::kBankAccount: {
      const size_t number = value.find('/') + 1;
      return std::string(value.substr(0, number)) + LastShown(value.substr(number));
    }
    case IdentifierType::kHandle: {
      if (IsLostCustomer(identifier)) return identifier.value();
      const size_t name = value.find('/') + 1;
      return std::string(value.substr(0, name)) + FirstShown(value.substr(name));
    }
    default:
      return LastShown(value);
  }
}

}  // namespace daftar::identity
