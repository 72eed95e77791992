#include "crypto/utf8.h"

#include <cstddef>

namespace daftar::crypto {

std::optional<char32_t> TakeCodePoint(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const auto first = static_cast<unsigned char>(text[0]);
  size_t length = 1;
  char32_t value = first;
  char32_t least = 0;  // below it the form is overlong
  if (first >= 0x80) {
    if (first >= 0xF0 && first <= 0xF4) {
      length = 4;
      value = first & 0x07U;
      least = 0x10000;
    } else if (first >= 0xE0 && first <= 0xEF) {
      length = 3;
      value = first & 0x0FU;
      least = 0x800;
    } else if (first >= 0xC2 && first <= 0xDF) {
      length = 2;
      value = first & 0x1FU;
      least = 0x80;
    } else {
      return std::nullopt;
    }
  }
  if (text.size() < length) return std::nullopt;
  for (size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0U) != 0x80U) return std::nullopt;
    value = (value << 6) | (next & 0x3FU);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < least || surrogate || value > 0x10FFFF) return std::nullopt;
  text.remove_prefix(length);
  return value;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    if (!TakeCodePoint(text)) return false;
  }
  return true;
}

bool IsUnicodeSpace(char32_t code_point) {
  switch (code_point) {
    case 0x20:
    case 0x85:
    case 0xA0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202F:
    case 0x205F:
    case 0x3000:
      return true;
    default:
      return (code_point >= 0x09 && code_point <= 0x0D) ||
             (code_point >= 0x2000 && code_point <= 0x200A);
  }
}

}  // namespace daftar::crypto
