// The rules of docs/normalisation.md for numbers that an authority issues.
#ifndef DAFTAR_NODE_IDENTITY_OFFICIAL_NUMBER_H_
#define DAFTAR_NODE_IDENTITY_OFFICIAL_NUMBER_H_

#include <string_view>

#include "node/identity/refusal.h"

namespace daftar::identity {

// All REQUIRE that `text` is trimmed and ASCII.
Outcome NormaliseNik(std::string_view text);    // national-id/ID
Outcome NormaliseMyKad(std::string_view text);  // national-id/MY
Outcome NormaliseNric(std::string_view text);   // national-id/SG
Outcome NormaliseNpwp(std::string_view text);   // tax-id/ID
Outcome NormaliseNib(std::string_view text);    // business-id/ID
Outcome NormaliseSsm(std::string_view text);    // business-id/MY

// The letter that ends an NRIC or FIN. REQUIRES: `prefix` is one of STFGM, `digits` are seven.
char NricCheckLetter(char prefix, std::string_view digits);

}  // namespace daftar::identity

#endif  // DAFTAR_NODE_IDENTITY_OFFICIAL_NUMBER_H_
