// Small text helpers: of the readers in this folder, and of whatever else takes typed text.
#ifndef DAFTAR_NODE_DECISION_TEXT_H_
#define DAFTAR_NODE_DECISION_TEXT_H_

#include <optional>
#include <string>
#include <string_view>

#include "crypto/utf8.h"

namespace daftar::decision {

// Without spaces, tabs and carriage returns at either end.
inline std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

inline std::string LowerAscii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// UTF-8 without control characters: fit to be shown.
inline bool IsShowable(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) return false;
  }
  return crypto::IsUtf8(text);
}

// Controls (C0, DEL, C1), line and paragraph separators, and marks that are not seen or turn the
// writing direction.
inline bool IsUnseen(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF;
}

// UTF-8 without anything of which IsUnseen holds. So is the empty text.
inline bool IsOneLine(std::string_view text) {
  while (!text.empty()) {
    const std::optional<char32_t> c = crypto::TakeCodePoint(text);
    if (!c.has_value() || IsUnseen(*c)) return false;
  }
  return true;
}

// Nothing but spaces of any kind. So is the empty text.
inline bool IsBlank(std::string_view text) {
  while (!text.empty()) {
    const std::optional<char32_t> c = crypto::TakeCodePoint(text);
    if (!c.has_value() || !crypto::IsUnicodeSpace(*c)) return false;
  }
  return true;
}

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_TEXT_H_
