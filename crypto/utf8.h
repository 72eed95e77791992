// UTF-8 as Unicode defines it (table 3-7 of the standard): no overlong form, no surrogate, nothing
// above U+10FFFF. Pure; any thread.
#ifndef DAFTAR_CRYPTO_UTF8_H_
#define DAFTAR_CRYPTO_UTF8_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace daftar::crypto {

// Takes one code point off the front of `text`; nullopt, and `text` unchanged, when it is empty or
// does not begin with a well-formed one.
std::optional<char32_t> TakeCodePoint(std::string_view& text);

bool IsUtf8(std::string_view text);

// The White_Space property of Unicode 15 (stable since 6.3).
bool IsUnicodeSpace(char32_t code_point);

}  // namespace daftar::crypto

#endif  // DAFTAR_CRYPTO_UTF8_H_
