// Small text helpers of the readers in this folder.
#ifndef DAFTAR_NODE_DECISION_TEXT_H_
#define DAFTAR_NODE_DECISION_TEXT_H_

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

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_TEXT_H_
