// C2SP tlog-cosignature, Ed25519 (type 0x04, "cosignature/v1"): a timestamped statement over a
// checkpoint. Here three roles use it, each with its own key: witness, `<origin>/mirror` ("I
// durably hold and have applied all that this head covers") and `<origin>/self` (a node's own clock
// on its own head).
#ifndef DAFTAR_CRYPTO_COSIGNATURE_H_
#define DAFTAR_CRYPTO_COSIGNATURE_H_

#include <string>
#include <string_view>

#include "crypto/note.h"

namespace daftar::crypto {

// Unix seconds; above it no timestamp is valid.
inline constexpr uint64_t kMaxCosignatureTime = (uint64_t{1} << 63) - 1;

// "cosignature/v1\n" "time <seconds>\n" and the whole checkpoint text.
std::string CosignatureMessage(std::string_view checkpoint_text, uint64_t unix_seconds);

// One signature line, to be checked with VerifyNote. REQUIRES 0 < unix_seconds <=
// kMaxCosignatureTime, a checkpoint's text and a valid key name; aborts otherwise.
NoteSignature Cosign(std::string_view checkpoint_text, uint64_t unix_seconds,
                     const std::string& key_name, const SigningKey& key);

}  // namespace daftar::crypto

#endif  // DAFTAR_CRYPTO_COSIGNATURE_H_
