#include <vector>

#include "node/identity/identifier.h"

namespace daftar::identity {
namespace {

// The home region's own national number comes before its neighbours'.
std::vector<IdentifierType> NationalIds(Region home) {
  using enum IdentifierType;
  switch (home) {
    case Region::kMalaysia:
      return {kNationalIdMalaysia, kNationalIdIndonesia, kNationalIdSingapore};
    case Region::kSingapore:
      return {kNationalIdSingapore, kNationalIdMalaysia, kNationalIdIndonesia};
    default:
      return {kNationalIdIndonesia, kNationalIdMalaysia, kNationalIdSingapore};
  }
}

// Whether somebody may have meant it so. The Malaysian number of a business begins with the year of
// its registration (SSM's format since 2019); the frozen normal form takes any twelve digits, and
// so every other phone number.
bool IsPlausible(const Identifier& identifier) {
  return identifier.type() != IdentifierType::kBusinessIdMalaysia ||
         identifier.value().starts_with("19") || identifier.value().starts_with("20");
}

}  // namespace

std::vector<Identifier> RecogniseAny(std::string_view typed, Region home) {
  using enum IdentifierType;
  // What checks most about a text comes before what would take any digits, and a handle, which
  // takes anything with a slash, comes last. A phone is by far the usual question.
  std::vector<IdentifierType> order = {kEmail, kPhone, kBankAccount};
  for (const IdentifierType type : NationalIds(home)) order.push_back(type);
  for (const IdentifierType type :
       {kTaxIdIndonesia, kBusinessIdIndonesia, kBusinessIdMalaysia, kHandle}) {
    order.push_back(type);
  }
  std::vector<Identifier> found;
  for (const IdentifierType type : order) {
    auto identifier = Normalise(type, typed, home);
    if (identifier.ok() && IsPlausible(*identifier)) found.push_back(*std::move(identifier));
  }
  return found;
}

}  // namespace daftar::identity
