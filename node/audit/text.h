// How the text files of a bundle are read: strictly, one spelling for each value. Pure.
#ifndef DAFTAR_NODE_AUDIT_TEXT_H_
#define DAFTAR_NODE_AUDIT_TEXT_H_

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "crypto/bytes.h"

namespace daftar::audit {

inline constexpr uint64_t kMaxDecimal = (uint64_t{1} << 63) - 1;

// ASCII digits without a leading zero, below 2^63.
inline std::optional<uint64_t> ParseDecimal(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > kMaxDecimal) {
    return std::nullopt;
  }
  return value;
}

// Lower case alone.
template <class Fixed>
std::optional<Fixed> ParseHex(std::string_view text) {
  if (text.size() != 2 * Fixed::kSize || !std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
      })) {
    return std::nullopt;
  }
  auto fixed = Fixed::FromHexText(text);
  if (!fixed.ok()) return std::nullopt;
  return *fixed;
}

// Canonical base64 of a hash.
inline std::optional<crypto::Digest> ParseBase64Digest(std::string_view text) {
  auto bytes = crypto::FromBase64(text);
  if (!bytes.ok()) return std::nullopt;
  auto digest = crypto::Digest::Create(*bytes);
  if (!digest.ok()) return std::nullopt;
  return *digest;
}

// Takes one line, without its LF, off `rest`; none, and `rest` unchanged, when there is no LF.
inline std::optional<std::string_view> TakeTextLine(std::string_view& rest) {
  const size_t end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

// The fields of a line, parted by one space each; an empty field stands where two spaces do.
inline std::vector<std::string_view> SplitFields(std::string_view line) {
  std::vector<std::string_view> fields;
  while (true) {
    const size_t space = line.find(' ');
    fields.push_back(line.substr(0, space));
    if (space == std::string_view::npos) return fields;
    line.remove_prefix(space + 1);
  }
}

// An error's sentence.
inline std::string MessageOf(const absl::Status& status) {
  return std::string(status.message().data(), status.message().size());
}

// Hashes of a proof, one base64 a line, up to an empty line, which is taken too. None when a line
// is no hash, there are more than crypto::kMaxProofHashes, or the empty line is missing.
std::optional<std::vector<crypto::Digest>> TakeProofLines(std::string_view& rest);

}  // namespace daftar::audit

#endif  // DAFTAR_NODE_AUDIT_TEXT_H_
