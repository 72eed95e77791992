// Authenticated encryption (XChaCha20-Poly1305, IETF draft-irtf-cfrg-xchacha) and password hashing
// (Argon2id, RFC 9106). All functions are pure and may be called from any thread. Keys and nonces
// are the caller's business only where a format fixes them.
#ifndef DAFTAR_CRYPTO_SEAL_H_
#define DAFTAR_CRYPTO_SEAL_H_

#include "crypto/bytes.h"
#include "crypto/entropy.h"
#include "crypto/secret.h"

namespace daftar::crypto {

using SealNonce = FixedBytes<struct SealNonceTag, 24>;
inline constexpr size_t kSealOverhead = 16;  // the Poly1305 tag

// Ciphertext || tag under `key`; `nonce` must never repeat under one key (24 random bytes do not).
Bytes Seal(const Secret32& key, const SealNonce& nonce, ByteView plaintext,
           ByteView associated_data);
// The plaintext; InvalidArgument when key, nonce, associated data or ciphertext do not fit
// together (which of them cannot be told).
absl::StatusOr<SecretBytes> Open(const Secret32& key, const SealNonce& nonce, ByteView ciphertext,
                                 ByteView associated_data);

// With a random nonce in front: nonce || ciphertext || tag. For data at rest.
Bytes SealWithNonce(const Secret32& key, ByteView plaintext, ByteView associated_data,
                    Entropy& entropy);
// InvalidArgument as for Open, and when `sealed` is shorter than a nonce and a tag.
absl::StatusOr<SecretBytes> OpenWithNonce(const Secret32& key, ByteView sealed,
                                          ByteView associated_data);

using PasswordSalt = FixedBytes<struct PasswordSaltTag, 16>;
inline constexpr uint32_t kMaxPasswordOperations = 16;
inline constexpr uint32_t kMinPasswordMemoryBytes = 8U << 10;
inline constexpr uint32_t kMaxPasswordMemoryBytes = 1U << 30;
struct PasswordCost {
  uint32_t operations;    // Argon2id passes, 1 to kMaxPasswordOperations
  uint32_t memory_bytes;  // within the two bounds above; rounded down to whole KiB
};
inline constexpr PasswordCost kInteractivePassword{2, 64U << 20};
inline constexpr PasswordCost kKeystorePassword{3, 256U << 20};
// Argon2id of `password` into a key. InvalidArgument for a cost out of bounds (it may come from a
// file), ResourceExhausted when the memory is not to be had.
absl::StatusOr<Secret32> KeyFromPassword(const SecretBytes& password, const PasswordSalt& salt,
                                         PasswordCost cost);

}  // namespace daftar::crypto

#endif  // DAFTAR_CRYPTO_SEAL_H_
