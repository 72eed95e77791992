// Characters as the normalisation rule sees them: ASCII only, whatever the locale says.
#ifndef DAFTAR_NODE_IDENTITY_ASCII_H_
#define DAFTAR_NODE_IDENTITY_ASCII_H_

#include <algorithm>
#include <string>
#include <string_view>

namespace daftar::identity {

inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }
inline bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
inline bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
inline bool IsAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }
inline bool IsPrintable(char c) { return c >= ' ' && c <= '~'; }
inline char Lower(char c) { return IsUpper(c) ? static_cast<char>(c + ('a' - 'A')) : c; }
inline char Upper(char c) { return IsLower(c) ? static_cast<char>(c - ('a' - 'A')) : c; }

inline bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), IsDigit);
}

inline std::string ToLower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), Lower);
  return result;
}

inline std::string ToUpper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), Upper);
  return result;
}

// Space, tab, line feed and carriage return removed at both ends.
inline std::string_view Trim(std::string_view text) {
  constexpr std::string_view kWhite = " \t\n\r";
  const size_t first = text.find_first_not_of(kWhite);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhite) - first + 1);
}

// `text` without the characters of `separators`.
inline std::string Without(std::string_view text, std::string_view separators) {
  std::string result;
  for (const char c : text) {
    if (separators.find(c) == std::string_view::npos) result += c;
  }
  return result;
}

}  // namespace daftar::identity

#endif  // DAFTAR_NODE_IDENTITY_ASCII_H_
