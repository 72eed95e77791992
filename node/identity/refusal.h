// Why a text has no normal form, as a code: for tests, for vectors, and for screens that say it in
// their own language.
#ifndef DAFTAR_NODE_IDENTITY_REFUSAL_H_
#define DAFTAR_NODE_IDENTITY_REFUSAL_H_

#include <optional>
#include <string>
#include <string_view>

#include "node/identity/identifier.h"

namespace daftar::identity {

// The first check of docs/normalisation.md that fails. The names are stable; the normal form itself
// does not depend on them.
enum class Refusal {
  kTooLong,      // more than kMaxIdentifierInput bytes
  kNotAscii,     // a byte from 0x80 on: full-width digits, accents, directional marks
  kEmpty,        // nothing but white space and separators
  kCharacter,    // a character that the type does not have
  kPlus,         // a + elsewhere than in front
  kCountryCode,  // a country code that begins with 0
  kLeadingZero,  // a second 0 after the trunk 0
  kLength,       // too few or too many digits
  kAtSign,       // not exactly one @
  kLocalPart,    // what stands before the @
  kDomain,       // what stands after the @
  kDate,         // no such day
  kSerial,       // serial number 0000
  kForm,         // the parts are not there
  kCheckLetter,  // the check letter does not fit the digits
  kBic,          // the bank's code
  kPlatform,     // the handle's platform
  kName,         // the handle's name
};

// "too-long", "not-ascii", ...
std::string_view RefusalCode(Refusal refusal);

// nullopt when Normalise succeeds with the same arguments.
std::optional<Refusal> RefusalOf(IdentifierType type, std::string_view typed, Region home);

// What the rule of one type says about one text: a normal form, or a code with the reason in words
// that never repeat the text.
struct Outcome {
  std::string value;
  std::optional<Refusal> refusal;
  std::string reason;

  static Outcome Accept(std::string value) { return {std::move(value), std::nullopt, {}}; }
  static Outcome Refuse(Refusal refusal, std::string reason) {
    return {{}, refusal, std::move(reason)};
  }
  bool ok() const { return !refusal.has_value(); }
};

}  // namespace daftar::identity

#endif  // DAFTAR_NODE_IDENTITY_REFUSAL_H_
