// SHA-256, SHA-512 and keyed BLAKE2b-256 over a list of parts (the parts are simply concatenated,
// so that `Sha256({prefix, body})` hashes without copying).
#ifndef DAFTAR_CRYPTO_HASH_H_
#define DAFTAR_CRYPTO_HASH_H_

#include <initializer_list>

#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace daftar::crypto {

using Parts = std::initializer_list<ByteView>;

Digest Sha256(Parts parts);
inline Digest Sha256(ByteView bytes) { return Sha256({bytes}); }

std::array<uint8_t, 64> Sha512(Parts parts);

// BLAKE2b (RFC 7693) with 32 bytes of output; `key` has 0 to 64 bytes.
Digest Blake2b256(ByteView key, Parts parts);
// The same into a secret, for derived keys.
Secret32 Blake2b256Secret(ByteView key, Parts parts);

// SHA-256 in pieces, for data that is not in memory at once.
class Sha256Stream {
 public:
  Sha256Stream();
  void Update(ByteView bytes);
  // May be called once.
  Digest Finish();

 private:
  alignas(8) std::array<uint8_t, 128> state_;  // crypto_hash_sha256_state, checked in the .cc
};

}  // namespace daftar::crypto

#endif  // DAFTAR_CRYPTO_HASH_H_
