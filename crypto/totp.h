// Codes of a second factor (RFC 6238, as phone apps make them) and base32 (RFC 4648).
#ifndef DAFTAR_CRYPTO_TOTP_H_
#define DAFTAR_CRYPTO_TOTP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"

namespace daftar::crypto {

inline constexpr size_t kTotpSecretBytes = 20;  // RFC 4226 section 4
inline constexpr int64_t kTotpStepSeconds = 30;
inline constexpr size_t kTotpDigits = 6;
inline constexpr int64_t kTotpStepsEitherWay = 1;  // by which a phone's clock may be off

// The code of a step, which is the Unix time in seconds divided by kTotpStepSeconds: HMAC-SHA1.
// Any thread.
std::string TotpCode(ByteView secret, uint64_t step);

// The step whose code this is, of those around `unix_seconds` that are later than `last_step`:
// nullopt when it is none of them. Whoever accepts the code keeps the step, and gives it as
// `last_step` from then on, so that no code is accepted twice. Does not tell by its timing how much
// of the code fits. Any thread.
std::optional<uint64_t> TotpStep(ByteView secret, std::string_view code, int64_t unix_seconds,
                                 uint64_t last_step);

// RFC 4648 section 6 in capitals, without padding.
std::string ToBase32(ByteView bytes);

}  // namespace daftar::crypto

#endif  // DAFTAR_CRYPTO_TOTP_H_
