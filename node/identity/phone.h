// The phone rule of docs/normalisation.md and its table of countries.
#ifndef DAFTAR_NODE_IDENTITY_PHONE_H_
#define DAFTAR_NODE_IDENTITY_PHONE_H_

#include <string_view>

#include "node/identity/identifier.h"
#include "node/identity/refusal.h"

namespace daftar::identity {

// One row of the table. Frozen with version 1.
struct PhoneRule {
  Region region;
  std::string_view country;  // for messages
  std::string_view code;
  bool trunk_zero;
  size_t least;  // digits after the code, the trunk 0 not counted
  size_t most;
  std::string_view example;  // as people there write a number
};

const PhoneRule& PhoneRuleOf(Region region);
// The row whose country code `digits` (without +) begin with; null for any other country.
const PhoneRule* PhoneRuleByCode(std::string_view digits);

// REQUIRES: `text` is trimmed and ASCII.
Outcome NormalisePhone(std::string_view text, Region home);

}  // namespace daftar::identity

#endif  // DAFTAR_NODE_IDENTITY_PHONE_H_
