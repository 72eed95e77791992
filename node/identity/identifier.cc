#include "node/identity/identifier.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>

#include "node/identity/account.h"
#include "node/identity/ascii.h"
#include "node/identity/email.h"
#include "node/identity/official_number.h"
#include "node/identity/phone.h"
#include "node/identity/refusal.h"

namespace daftar::identity {
namespace {

struct TypeInfo {
  IdentifierType type;
  std::string_view name;
  std::string_view example;  // empty: the home region's
};

constexpr std::array kTypes = {
    TypeInfo{IdentifierType::kPhone, "phone", ""},
    TypeInfo{IdentifierType::kEmail, "email", "siti@example.com"},
    TypeInfo{IdentifierType::kNationalIdIndonesia, "national-id/ID", "3273011708900001"},
    TypeInfo{IdentifierType::kNationalIdMalaysia, "national-id/MY", "900817-14-5678"},
    TypeInfo{IdentifierType::kNationalIdSingapore, "national-id/SG", "S1234567D"},
    TypeInfo{IdentifierType::kTaxIdIndonesia, "tax-id/ID", "01.234.567.8-901.000"},
    TypeInfo{IdentifierType::kBusinessIdIndonesia, "business-id/ID", "9120001234567"},
    TypeInfo{IdentifierType::kBusinessIdMalaysia, "business-id/MY", "201901234567"},
    TypeInfo{IdentifierType::kBankAccount, "bank-account", "CENAIDJA/1234567890"},
    TypeInfo{IdentifierType::kHandle, "handle", "tokopedia/siti.batik"},
};

constexpr std::array kAllTypes = [] {
  std::array<IdentifierType, kTypes.size()> types{};
  for (size_t i = 0; i < types.size(); ++i) types[i] = kTypes[i].type;
  return types;
}();

struct RegionInfo {
  Region region;
  std::string_view code;
};

constexpr std::array kRegions = {
    RegionInfo{Region::kIndonesia, "ID"}, RegionInfo{Region::kMalaysia, "MY"},
    RegionInfo{Region::kSingapore, "SG"}, RegionInfo{Region::kBrunei, "BN"},
    RegionInfo{Region::kThailand, "TH"},  RegionInfo{Region::kPhilippines, "PH"},
    RegionInfo{Region::kVietnam, "VN"},   RegionInfo{Region::kTimorLeste, "TL"},
};

constexpr std::array kAllRegions = [] {
  std::array<Region, kRegions.size()> regions{};
  for (size_t i = 0; i < regions.size(); ++i) regions[i] = kRegions[i].region;
  return regions;
}();

const TypeInfo& InfoOf(IdentifierType type) {
  const size_t index = static_cast<size_t>(type) - 1;
  assert(index < kTypes.size() && kTypes[index].type == type);
  return kTypes[index];
}

// In the order of enum Refusal.
constexpr std::array<std::string_view, 18> kRefusalCodes = {
    "too-long",     "not-ascii", "empty",        "character",  "plus",     "country-code",
    "leading-zero", "length",    "at-sign",      "local-part", "domain",   "date",
    "serial",       "form",      "check-letter", "bic",        "platform", "name"};
static_assert(static_cast<size_t>(Refusal::kName) + 1 == kRefusalCodes.size());

// Steps 1 to 3 of the rule, which all types share, then the type's own.
Outcome ApplyRule(IdentifierType type, std::string_view typed, Region home) {
  if (typed.size() > kMaxIdentifierInput) {
    return Outcome::Refuse(Refusal::kTooLong,
                           "it is longer than " + std::to_string(kMaxIdentifierInput) + " bytes");
  }
  if (!std::all_of(typed.begin(), typed.end(), IsAscii)) {
    return Outcome::Refuse(Refusal::kNotAscii,
                           "it holds a character outside ASCII, perhaps an invisible one that came "
                           "with a copy, or a full-width digit; type it with the plain letters, "
                           "digits 0-9 and signs of a keyboard");
  }
  const std::string_view text = Trim(typed);
  if (text.empty()) return Outcome::Refuse(Refusal::kEmpty, "there is nothing in it");
  switch (type) {
    case IdentifierType::kPhone:
      return NormalisePhone(text, home);
    case IdentifierType::kEmail:
      return NormaliseEmail(text);
    case IdentifierType::kNationalIdIndonesia:
      return NormaliseNik(text);
    case IdentifierType::kNationalIdMalaysia:
      return NormaliseMyKad(text);
    case IdentifierType::kNationalIdSingapore:
      return NormaliseNric(text);
    case IdentifierType::kTaxIdIndonesia:
      return NormaliseNpwp(text);
    case IdentifierType::kBusinessIdIndonesia:
      return NormaliseNib(text);
    case IdentifierType::kBusinessIdMalaysia:
      return NormaliseSsm(text);
    case IdentifierType::kBankAccount:
      return NormaliseBankAccount(text);
    case IdentifierType::kHandle:
      return NormaliseHandle(text);
  }
  return Outcome::Refuse(Refusal::kForm, "no type has this number");
}

// "0812-3456-7890 or +62 81234567890": as people type it at home, and internationally.
std::string Example(IdentifierType type, Region home) {
  if (type != IdentifierType::kPhone) return std::string(InfoOf(type).example);
  const PhoneRule& rule = PhoneRuleOf(home);
  std::string digits = Without(rule.example, " -");
  if (rule.trunk_zero) digits.erase(0, 1);
  return std::string(rule.example) + " or +" + std::string(rule.code) + " " + digits;
}

}  // namespace

std::span<const IdentifierType> AllIdentifierTypes() { return kAllTypes; }

std::string_view TypeName(IdentifierType type) { return InfoOf(type).name; }

absl::StatusOr<IdentifierType> TypeFromName(std::string_view name) {
  std::string names;
  for (const TypeInfo& info : kTypes) {
    if (info.name == name) return info.type;
    if (!names.empty()) names += ", ";
    names += info.name;
  }
  return absl::InvalidArgumentError("unknown type of identifier; the types are " + names);
}

absl::StatusOr<IdentifierType> TypeFromNumber(uint8_t number) {
  if (number >= 1 && number <= kTypes.size()) return kTypes[number - 1].type;
  return absl::InvalidArgumentError("no type of identifier has the number " +
                                    std::to_string(number));
}

std::span<const Region> AllRegions() { return kAllRegions; }

std::string_view RegionCode(Region region) {
  const size_t index = static_cast<size_t>(region) - 1;
  assert(index < kRegions.size() && kRegions[index].region == region);
  return kRegions[index].code;
}

absl::StatusOr<Region> RegionFromCode(std::string_view code) {
  std::string codes;
  for (const RegionInfo& info : kRegions) {
    if (info.code == code) return info.region;
    if (!codes.empty()) codes += ", ";
    codes += info.code;
  }
  return absl::InvalidArgumentError("unknown region; the regions are " + codes);
}

std::string_view RefusalCode(Refusal refusal) {
  const auto index = static_cast<size_t>(refusal);
  assert(index < kRefusalCodes.size());
  return kRefusalCodes[index];
}

std::optional<Refusal> RefusalOf(IdentifierType type, std::string_view typed, Region home) {
  return ApplyRule(type, typed, home).refusal;
}

absl::StatusOr<Identifier> Normalise(IdentifierType type, std::string_view typed, Region home) {
  Outcome outcome = ApplyRule(type, typed, home);
  if (outcome.ok()) return Identifier(type, std::move(outcome.value));
  return absl::InvalidArgumentError(std::string(TypeName(type)) + " not understood: " +
                                    outcome.reason + "; write it like " + Example(type, home));
}

absl::StatusOr<Identifier> Identifier::FromNormalised(IdentifierType type, std::string_view value) {
  auto known = TypeFromNumber(static_cast<uint8_t>(type));
  if (!known.ok()) return known.status();
  // A normal form does not depend on the home region: a phone in it begins with +.
  auto identifier = Normalise(type, value, Region::kIndonesia);
  if (identifier.ok() && identifier->value() == value) return identifier;
  return absl::InvalidArgumentError("a stored " + std::string(TypeName(type)) +
                                    " is not in normal form, version 1");
}

}  // namespace daftar::identity
