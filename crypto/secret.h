// Secrets are a type: they move but do not copy, are wiped when they go, compare in constant time,
// and cannot be printed. Reading one takes `Expose()`, so that an audit can search for that word.
#ifndef DAFTAR_CRYPTO_SECRET_H_
#define DAFTAR_CRYPTO_SECRET_H_

#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include "crypto/bytes.h"

namespace daftar::crypto {

// Overwrites memory in a way that the compiler keeps.
void Wipe(void* data, size_t size);

// Exactly N secret bytes. Not thread-safe to move; safe to read from many threads.
template <size_t N>
class Secret {
 public:
  static constexpr size_t kSize = N;
  Secret() : bytes_{} {}
  ~Secret() { Wipe(bytes_.data(), N); }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  Secret(Secret&& other) noexcept : bytes_(other.bytes_) { Wipe(other.bytes_.data(), N); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      bytes_ = other.bytes_;
      Wipe(other.bytes_.data(), N);
    }
    return *this;
  }
  // Copies `bytes` in; the caller wipes its own. InvalidArgument unless there are exactly N.
  static absl::StatusOr<Secret> Create(ByteView bytes) {
    if (bytes.size() != N) {
      return absl::InvalidArgumentError("a secret has the wrong length");
    }
    Secret secret;
    std::memcpy(secret.bytes_.data(), bytes.data(), N);
    return secret;
  }
  // A deliberate second copy.
  Secret Duplicate() const {
    Secret copy;
    copy.bytes_ = bytes_;
    return copy;
  }
  ByteView Expose() const { return bytes_; }
  uint8_t* ExposeMutable() { return bytes_.data(); }
  friend bool operator==(const Secret& a, const Secret& b) {
    return ConstantTimeEquals(a.bytes_, b.bytes_);
  }

 private:
  std::array<uint8_t, N> bytes_;
};

using Secret32 = Secret<32>;
using Secret64 = Secret<64>;

// Secret bytes of any length, for passphrases, private keys in PEM and opened plaintext.
class SecretBytes {
 public:
  SecretBytes() = default;
  // Takes the bytes over without copying.
  explicit SecretBytes(Bytes&& bytes) : bytes_(std::move(bytes)) {}
  explicit SecretBytes(std::string_view text) : bytes_(ToBytes(text)) {}
  ~SecretBytes() { Wipe(bytes_.data(), bytes_.size()); }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) {
    other.bytes_.clear();
  }
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
      Wipe(bytes_.data(), bytes_.size());
      bytes_ = std::move(other.bytes_);
      other.bytes_.clear();
    }
    return *this;
  }
  SecretBytes Duplicate() const { return SecretBytes(Bytes(bytes_)); }
  ByteView Expose() const { return bytes_; }
  std::string_view ExposeText() const { return AsText(bytes_); }
  size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }

 private:
  Bytes bytes_;
};

}  // namespace daftar::crypto

#endif  // DAFTAR_CRYPTO_SECRET_H_
