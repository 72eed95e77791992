// What the tests of this folder share.
#ifndef DAFTAR_TESTS_NODE_IDENTITY_IDENTITY_SUPPORT_H_
#define DAFTAR_TESTS_NODE_IDENTITY_IDENTITY_SUPPORT_H_

#include <string>
#include <string_view>

#include "node/identity/identifier.h"
#include "node/identity/refusal.h"

namespace daftar::identity {

// The normal form, or ! and the code of the refusal, as in tests/vectors/identifiers.tsv.
inline std::string Result(IdentifierType type, std::string_view typed,
                          Region home = Region::kIndonesia) {
  const auto identifier = Normalise(type, typed, home);
  if (identifier.ok()) return identifier->value();
  const auto refusal = RefusalOf(type, typed, home);
  return refusal.has_value() ? "!" + std::string(RefusalCode(*refusal)) : "?";
}

// An identifier that must normalise; aborts the test program when it does not.
inline Identifier Must(IdentifierType type, std::string_view typed,
                       Region home = Region::kIndonesia) {
  return Normalise(type, typed, home).value();
}

}  // namespace daftar::identity

#endif  // DAFTAR_TESTS_NODE_IDENTITY_IDENTITY_SUPPORT_H_
