// Byte strings, fixed-size byte values with a name each, their text forms, and the big-endian
// writer and reader in which every canonical encoding of this project is written.
#ifndef DAFTAR_CRYPTO_BYTES_H_
#define DAFTAR_CRYPTO_BYTES_H_

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace daftar::crypto {

using Bytes = std::vector<uint8_t>;
using ByteView = std::span<const uint8_t>;

// The bytes of a text, not copied: `text` must outlive the view.
inline ByteView AsBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
// The same bytes as characters, not copied.
inline std::string_view AsText(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes ToBytes(ByteView view) { return {view.begin(), view.end()}; }
inline Bytes ToBytes(std::string_view text) { return ToBytes(AsBytes(text)); }

// Lowercase hexadecimal.
std::string ToHex(ByteView bytes);
// Accepts lower and upper case. InvalidArgument on anything else or an odd length.
absl::StatusOr<Bytes> FromHex(std::string_view text);

// RFC 4648 section 4, padded.
std::string ToBase64(ByteView bytes);
// Strict: padding required, no spaces, unused bits zero, so that a value has one spelling only.
absl::StatusOr<Bytes> FromBase64(std::string_view text);
// RFC 4648 section 5 (URL alphabet), unpadded; the strict reader likewise.
std::string ToBase64Url(ByteView bytes);
absl::StatusOr<Bytes> FromBase64Url(std::string_view text);

// A public value of exactly N bytes; Tag makes a token and a commitment different types. Cheap to
// copy, compares bytewise. Never for secrets (see secret.h).
template <class Tag, size_t N>
class FixedBytes {
 public:
  static constexpr size_t kSize = N;
  // All zero bytes.
  constexpr FixedBytes() : bytes_{} {}
  constexpr explicit FixedBytes(const std::array<uint8_t, N>& bytes) : bytes_(bytes) {}
  // InvalidArgument unless `bytes` has exactly N bytes.
  static absl::StatusOr<FixedBytes> Create(ByteView bytes) {
    if (bytes.size() != N) {
      return absl::InvalidArgumentError("expected " + std::to_string(N) + " bytes, got " +
                                        std::to_string(bytes.size()));
    }
    FixedBytes value;
    std::memcpy(value.bytes_.data(), bytes.data(), N);
    return value;
  }
  static absl::StatusOr<FixedBytes> FromHexText(std::string_view text) {
    auto bytes = FromHex(text);
    if (!bytes.ok()) return bytes.status();
    return Create(*bytes);
  }
  ByteView view() const { return bytes_; }
  const std::array<uint8_t, N>& array() const { return bytes_; }
  uint8_t* data() { return bytes_.data(); }
  const uint8_t* data() const { return bytes_.data(); }
  std::string hex() const { return ToHex(bytes_); }
  bool IsZero() const { return *this == FixedBytes(); }
  friend auto operator<=>(const FixedBytes&, const FixedBytes&) = default;

 private:
  std::array<uint8_t, N> bytes_;
};

// A SHA-256 or BLAKE2b-256 value with no narrower name.
using Digest = FixedBytes<struct DigestTag, 32>;

// Hash functor for unordered containers over values that are already uniform (digests, tokens).
struct FixedBytesHash {
  template <class Tag, size_t N>
  size_t operator()(const FixedBytes<Tag, N>& value) const {
    static_assert(N >= sizeof(size_t));
    size_t hash;
    std::memcpy(&hash, value.data(), sizeof(hash));
    return hash;
  }
};

// Appends fields to a byte string; integers are big-endian. A length that does not fit its prefix
// is a programmer's error and aborts.
class Writer {
 public:
  Writer& U8(uint8_t value);
  Writer& U16(uint16_t value);
  Writer& U32(uint32_t value);
  Writer& U64(uint64_t value);
  // The bytes as they are, without a length.
  Writer& Raw(ByteView bytes);
  Writer& Raw(std::string_view text) { return Raw(AsBytes(text)); }
  // A length in 1, 2 or 4 bytes, then the bytes.
  Writer& Prefixed8(ByteView bytes);
  Writer& Prefixed16(ByteView bytes);
  Writer& Prefixed32(ByteView bytes);
  // `count` zero bytes.
  Writer& Zeros(size_t count);
  size_t size() const { return bytes_.size(); }
  const Bytes& bytes() const { return bytes_; }
  Bytes Take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

// Reads fields back. After the first failure every read gives zero or empty and ok() is false, so
// a decoder reads all fields and asks once, with Finish(). Views point into the input.
class Reader {
 public:
  explicit Reader(ByteView bytes) : rest_(bytes) {}
  uint8_t U8();
  uint16_t U16();
  uint32_t U32();
  uint64_t U64();
  ByteView Raw(size_t count);
  ByteView Prefixed8();
  ByteView Prefixed16();
  ByteView Prefixed32();
  template <class Fixed>
  Fixed Take() {
    auto value = Fixed::Create(Raw(Fixed::kSize));
    return value.ok() ? *value : Fixed();
  }
  std::string Text16() { return std::string(AsText(Prefixed16())); }
  std::string Text32() { return std::string(AsText(Prefixed32())); }
  bool ok() const { return ok_; }
  // Marks the input as malformed, for rules beyond lengths.
  void Fail() { ok_ = false; }
  size_t remaining() const { return rest_.size(); }
  // Ok when every read succeeded and nothing is left; InvalidArgument naming `what` otherwise.
  absl::Status Finish(std::string_view what) const;

 private:
  ByteView rest_;
  bool ok_ = true;
};

// Compares without telling by its timing where the difference is. Lengths are public.
bool ConstantTimeEquals(ByteView a, ByteView b);

}  // namespace daftar::crypto

#endif  // DAFTAR_CRYPTO_BYTES_H_
