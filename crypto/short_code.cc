#include "crypto/short_code.h"

namespace daftar::crypto {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
// No symbol is likelier than another.
static_assert(256 % kAlphabet.size() == 0);

std::string WithDash(std::string_view symbols) {
  constexpr size_t kHalf = kShortCodeSymbols / 2;
  return std::string(symbols.substr(0, kHalf)) + "-" + std::string(symbols.substr(kHalf));
}

}  // namespace

std::string ShortCode(ByteView uniform) {
  std::string symbols;
  for (const uint8_t byte : uniform.first(kShortCodeSymbols)) {
    symbols += kAlphabet[byte % kAlphabet.size()];
  }
  return WithDash(symbols);
}

std::optional<std::string> ReadShortCode(std::string_view typed) {
  std::string symbols;
  for (char c : typed) {
    if (c == '-' || c == ' ') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    // As they are read aloud.
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    if (kAlphabet.find(c) == std::string_view::npos || symbols.size() == kShortCodeSymbols) {
      return std::nullopt;
    }
    symbols += c;
  }
  if (symbols.size() != kShortCodeSymbols) return std::nullopt;
  return WithDash(symbols);
}

}  // namespace daftar::crypto
