#include "crypto/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "crypto/secret.h"

namespace daftar::crypto {
namespace {

constexpr size_t kSha1Bytes = 20;
constexpr uint32_t kModulus = 1'000'000;
static_assert(kTotpDigits == 6);

}  // namespace

std::string TotpCode(ByteView secret, uint64_t step) {
  const Bytes counter = Writer().U64(step).Take();
  std::array<uint8_t, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  // Fails only without memory, or where the library was built without SHA-1.
  if (HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(),
           counter.size(), mac.data(), &size) == nullptr ||
      size != kSha1Bytes) {
    std::abort();
  }
  const size_t at = mac[kSha1Bytes - 1] & 0x0F;
  const uint32_t number = (static_cast<uint32_t>(mac[at] & 0x7F) << 24) |
                          (static_cast<uint32_t>(mac[at + 1]) << 16) |
                          (static_cast<uint32_t>(mac[at + 2]) << 8) | mac[at + 3];
  Wipe(mac.data(), mac.size());
  const std::string digits = std::to_string(number % kModulus);
  return std::string(kTotpDigits - digits.size(), '0') + digits;
}

std::optional<uint64_t> TotpStep(ByteView secret, std::string_view code, int64_t unix_seconds,
                                 uint64_t last_step) {
  if (code.size() != kTotpDigits) return std::nullopt;
  const int64_t now = std::max<int64_t>(unix_seconds, 0) / kTotpStepSeconds;
  std::optional<uint64_t> found;
  for (int64_t off = -kTotpStepsEitherWay; off <= kTotpStepsEitherWay; ++off) {
    if (now + off < 0) continue;
    const auto step = static_cast<uint64_t>(now + off);
    const bool fits = ConstantTimeEquals(AsBytes(TotpCode(secret, step)), AsBytes(code));
    if (fits && step > last_step) found = step;
  }
  return found;
}

std::string ToBase32(ByteView bytes) {
  constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  uint32_t bits = 0;
  int held = 0;
  for (const uint8_t byte : bytes) {
    bits = (bits << 8) | byte;
    held += 8;
    while (held >= 5) {
      held -= 5;
      text += kLetters[(bits >> held) & 31];
    }
  }
  if (held > 0) text += kLetters[(bits << (5 - held)) & 31];
  return text;
}

}  // namespace daftar::crypto
