// Codes that people read out and type: "K7F3-9Q2M". Eight symbols of Crockford's base 32, which
// leaves out the letters that are read as others; 40 bits. Pure; any thread.
#ifndef DAFTAR_CRYPTO_SHORT_CODE_H_
#define DAFTAR_CRYPTO_SHORT_CODE_H_

#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"

namespace daftar::crypto {

inline constexpr size_t kShortCodeSymbols = 8;

// The code that uniform bytes make, as likely as any other. REQUIRES kShortCodeSymbols bytes or
// more; those after them are not looked at.
std::string ShortCode(ByteView uniform);

// A code as it was typed, in the form of ShortCode: capitals or not, with or without dash and
// spaces, O read as 0 and I and L as 1. nullopt for what cannot be one.
std::optional<std::string> ReadShortCode(std::string_view typed);

}  // namespace daftar::crypto

#endif  // DAFTAR_CRYPTO_SHORT_CODE_H_
