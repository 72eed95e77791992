#include "crypto/seal.h"

#include <sodium.h>

#include <cstdlib>
#include <string>

namespace daftar::crypto {
namespace {

static_assert(SealNonce::kSize == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(Secret32::kSize == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(kSealOverhead == crypto_aead_xchacha20poly1305_ietf_ABYTES);
static_assert(PasswordSalt::kSize == crypto_pwhash_argon2id_SALTBYTES);
static_assert(kMinPasswordMemoryBytes == crypto_pwhash_argon2id_MEMLIMIT_MIN);

// Without it libsodium works, but stays with its slow portable code.
void ChooseFastCode() {
  static const bool ready = sodium_init() >= 0;
  if (!ready) std::abort();
}

void SealInto(uint8_t* out, const Secret32& key, const SealNonce& nonce, ByteView plaintext,
              ByteView associated_data) {
  ChooseFastCode();
  // Fails only beyond 256 GiB, where libsodium itself aborts.
  (void)crypto_aead_xchacha20poly1305_ietf_encrypt(out, nullptr, plaintext.data(), plaintext.size(),
                                                   associated_data.data(), associated_data.size(),
                                                   nullptr, nonce.data(), key.Expose().data());
}

}  // namespace

Bytes Seal(const Secret32& key, const SealNonce& nonce, ByteView plaintext,
           ByteView associated_data) {
  Bytes sealed(plaintext.size() + kSealOverhead);
  SealInto(sealed.data(), key, nonce, plaintext, associated_data);
  return sealed;
}

absl::StatusOr<SecretBytes> Open(const Secret32& key, const SealNonce& nonce, ByteView ciphertext,
                                 ByteView associated_data) {
  ChooseFastCode();
  if (ciphertext.size() < kSealOverhead) {
    return absl::InvalidArgumentError("sealed data of " + std::to_string(ciphertext.size()) +
                                      " bytes is shorter than its 16-byte tag");
  }
  Bytes plaintext(ciphertext.size() - kSealOverhead);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          plaintext.data(), nullptr, nullptr, ciphertext.data(), ciphertext.size(),
          associated_data.data(), associated_data.size(), nonce.data(), key.Expose().data()) != 0) {
    return absl::InvalidArgumentError(
        "sealed data does not open: key, nonce, context or the data itself is not the one it was "
        "sealed with");
  }
  return SecretBytes(std::move(plaintext));
}

Bytes SealWithNonce(const Secret32& key, ByteView plaintext, ByteView associated_data,
                    Entropy& entropy) {
  const auto nonce = entropy.Public<SealNonce>();
  Bytes sealed(SealNonce::kSize + plaintext.size() + kSealOverhead);
  std::memcpy(sealed.data(), nonce.data(), SealNonce::kSize);
  SealInto(sealed.data() + SealNonce::kSize, key, nonce, plaintext, associated_data);
  return sealed;
}

absl::StatusOr<SecretBytes> OpenWithNonce(const Secret32& key, ByteView sealed,
                                          ByteView associated_data) {
  if (sealed.size() < SealNonce::kSize + kSealOverhead) {
    return absl::InvalidArgumentError("sealed data of " + std::to_string(sealed.size()) +
                                      " bytes is shorter than its nonce and tag (40 bytes)");
  }
  auto nonce = SealNonce::Create(sealed.first(SealNonce::kSize));
  if (!nonce.ok()) return nonce.status();
  return Open(key, *nonce, sealed.subspan(SealNonce::kSize), associated_data);
}

absl::StatusOr<Secret32> KeyFromPassword(const SecretBytes& password, const PasswordSalt& salt,
                                         PasswordCost cost) {
  if (cost.operations < 1 || cost.operations > kMaxPasswordOperations) {
    return absl::InvalidArgumentError("a password cost of " + std::to_string(cost.operations) +
                                      " passes is not within 1 to " +
                                      std::to_string(kMaxPasswordOperations));
  }
  if (cost.memory_bytes < kMinPasswordMemoryBytes || cost.memory_bytes > kMaxPasswordMemoryBytes) {
    return absl::InvalidArgumentError("a password cost of " + std::to_string(cost.memory_bytes) +
                                      " bytes of memory is not within 8 KiB to 1 GiB");
  }
  ChooseFastCode();
  // An empty password has no address, and libsodium is not to be given none.
  const std::string_view text = password.empty() ? std::string_view("") : password.ExposeText();
  Secret32 key;
  if (crypto_pwhash_argon2id(key.ExposeMutable(), Secret32::kSize, text.data(), text.size(),
                             salt.data(), cost.operations, cost.memory_bytes,
                             crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0) {
    return absl::ResourceExhaustedError(
        "no memory to derive a key from the password: " + std::to_string(cost.memory_bytes >> 10) +
        " KiB are needed; free some and try again");
  }
  return key;
}

}  // namespace daftar::crypto
