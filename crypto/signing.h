// Ed25519 signatures (RFC 8032) in libsodium's strict reading, the DSSE pre-authentication
// encoding, and C2SP key IDs. Each key pair has one use; nothing here lets a key sign raw user
// text: callers sign an encoding that begins with its own domain.
#ifndef DAFTAR_CRYPTO_SIGNING_H_
#define DAFTAR_CRYPTO_SIGNING_H_

#include <string>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/entropy.h"
#include "crypto/secret.h"

namespace daftar::crypto {

using PublicKey = FixedBytes<struct PublicKeyTag, 32>;
using Signature = FixedBytes<struct SignatureTag, 64>;
// The first four bytes of SHA-256(name || 0x0A || type || public key), C2SP signed-note.
using KeyId = FixedBytes<struct KeyIdTag, 4>;

// C2SP signed-note signature types.
enum class KeyType : uint8_t { kEd25519 = 0x01, kCosignature = 0x04 };

// An Ed25519 private key with its public half. Move-only, wiped. Threads may sign concurrently.
class SigningKey {
 public:
  static SigningKey Generate(Entropy& entropy);
  // From the 32-byte seed of RFC 8032.
  static SigningKey FromSeed(const Secret32& seed);
  Signature Sign(ByteView message) const;
  const PublicKey& public_key() const { return public_key_; }
  const Secret32& ExposeSeed() const { return seed_; }

 private:
  SigningKey() = default;
  Secret32 seed_;
  Secret64 expanded_;  // libsodium's seed || public key
  PublicKey public_key_;
};

// True only for a signature that libsodium's strict verification accepts: S reduced, A and R of
// no small order and canonical. (Other libraries accept more; docs/protocol.md says so.)
bool VerifySignature(const PublicKey& key, ByteView message, const Signature& signature);

// DSSE 1.0.2 PAE: "DSSEv1" SP len(type) SP type SP len(body) SP body.
Bytes DssePreAuthenticationEncoding(std::string_view type, ByteView body);

KeyId NoteKeyId(std::string_view name, KeyType type, const PublicKey& key);

}  // namespace daftar::crypto

#endif  // DAFTAR_CRYPTO_SIGNING_H_
