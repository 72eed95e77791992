#include "crypto/signing.h"

#include <sodium.h>

#include "crypto/hash.h"

namespace daftar::crypto {

SigningKey SigningKey::Generate(Entropy& entropy) { return FromSeed(entropy.Secret()); }

SigningKey SigningKey::FromSeed(const Secret32& seed) {
  SigningKey key;
  key.seed_ = seed.Duplicate();
  crypto_sign_seed_keypair(key.public_key_.data(), key.expanded_.ExposeMutable(),
                           seed.Expose().data());
  return key;
}

Signature SigningKey::Sign(ByteView message) const {
  Signature signature;
  crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(),
                       expanded_.Expose().data());
  return signature;
}

bool VerifySignature(const PublicKey& key, ByteView message, const Signature& signature) {
  return crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                     key.data()) == 0;
}

Bytes DssePreAuthenticationEncoding(std::string_view type, ByteView body) {
  Writer writer;
  writer.Raw("DSSEv1 ").Raw(std::to_string(type.size())).Raw(" ").Raw(type).Raw(" ");
  writer.Raw(std::to_string(body.size())).Raw(" ").Raw(body);
  return writer.Take();
}

KeyId NoteKeyId(std::string_view name, KeyType type, const PublicKey& key) {
  const uint8_t separator_and_type[] = {'\n', static_cast<uint8_t>(type)};
  const Digest digest = Sha256({AsBytes(name), separator_and_type, key.view()});
  return *KeyId::Create(digest.view().first(KeyId::kSize));
}

}  // namespace daftar::crypto
