#include "crypto/hash.h"

#include <sodium.h>

#include <cstdlib>

namespace daftar::crypto {

Digest Sha256(Parts parts) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  for (ByteView part : parts) crypto_hash_sha256_update(&state, part.data(), part.size());
  Digest digest;
  crypto_hash_sha256_final(&state, digest.data());
  return digest;
}

std::array<uint8_t, 64> Sha512(Parts parts) {
  crypto_hash_sha512_state state;
  crypto_hash_sha512_init(&state);
  for (ByteView part : parts) crypto_hash_sha512_update(&state, part.data(), part.size());
  std::array<uint8_t, 64> digest;
  crypto_hash_sha512_final(&state, digest.data());
  return digest;
}

namespace {

void Blake2b256Into(uint8_t* out, ByteView key, Parts parts) {
  crypto_generichash_state state;
  // Only a key over 64 bytes makes this fail, which is a caller's mistake.
  if (crypto_generichash_init(&state, key.data(), key.size(), 32) != 0) std::abort();
  for (ByteView part : parts) crypto_generichash_update(&state, part.data(), part.size());
  crypto_generichash_final(&state, out, 32);
  Wipe(&state, sizeof(state));
}

}  // namespace

Digest Blake2b256(ByteView key, Parts parts) {
  Digest digest;
  Blake2b256Into(digest.data(), key, parts);
  return digest;
}

Secret32 Blake2b256Secret(ByteView key, Parts parts) {
  Secret32 secret;
  Blake2b256Into(secret.ExposeMutable(), key, parts);
  return secret;
}

static_assert(sizeof(crypto_hash_sha256_state) <= 128);

Sha256Stream::Sha256Stream() : state_{} {
  crypto_hash_sha256_init(reinterpret_cast<crypto_hash_sha256_state*>(state_.data()));
}
void Sha256Stream::Update(ByteView bytes) {
  crypto_hash_sha256_update(reinterpret_cast<crypto_hash_sha256_state*>(state_.data()),
                            bytes.data(), bytes.size());
}
Digest Sha256Stream::Finish() {
  Digest digest;
  crypto_hash_sha256_final(reinterpret_cast<crypto_hash_sha256_state*>(state_.data()),
                           digest.data());
  return digest;
}

}  // namespace daftar::crypto
