#include "crypto/bytes.h"

#include <sodium.h>

#include <cstdlib>
#include <limits>

namespace daftar::crypto {
namespace {

constexpr int kStandard = sodium_base64_VARIANT_ORIGINAL;
constexpr int kUrl = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

std::string EncodeBase64(ByteView bytes, int variant) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
  text.pop_back();  // the terminating NUL
  return text;
}

absl::StatusOr<Bytes> DecodeBase64(std::string_view text, int variant) {
  Bytes bytes(text.size() / 4 * 3 + 3);
  size_t length = 0;
  const char* end = nullptr;
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length,
                        &end, variant) != 0 ||
      end != text.data() + text.size()) {
    return absl::InvalidArgumentError("not canonical base64");
  }
  bytes.resize(length);
  // libsodium 1.0.18 reads bytes from 0x80 on as digits; what re-encodes otherwise is no base64.
  if (EncodeBase64(bytes, variant) != text) {
    return absl::InvalidArgumentError("not canonical base64");
  }
  return bytes;
}

template <class T>
void AppendBigEndian(Bytes& bytes, T value) {
  for (int shift = (static_cast<int>(sizeof(T)) - 1) * 8; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<uint8_t>(value >> shift));
  }
}

template <class T>
T FromBigEndian(ByteView bytes) {
  T value = 0;
  for (uint8_t byte : bytes) value = static_cast<T>((static_cast<uint64_t>(value) << 8) | byte);
  return value;
}

void RequireFits(size_t size, size_t limit) {
  if (size > limit) std::abort();  // a caller broke its own bound: never write a wrong length
}

}  // namespace

std::string ToHex(ByteView bytes) {
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();
  return text;
}

absl::StatusOr<Bytes> FromHex(std::string_view text) {
  Bytes bytes(text.size() / 2 + 1);
  size_t length = 0;
  const char* end = nullptr;
  if (text.size() % 2 != 0 ||
      sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length,
                     &end) != 0 ||
      end != text.data() + text.size()) {
    return absl::InvalidArgumentError("not hexadecimal");
  }
  bytes.resize(length);
  return bytes;
}

std::string ToBase64(ByteView bytes) { return EncodeBase64(bytes, kStandard); }
absl::StatusOr<Bytes> FromBase64(std::string_view text) { return DecodeBase64(text, kStandard); }
std::string ToBase64Url(ByteView bytes) { return EncodeBase64(bytes, kUrl); }
absl::StatusOr<Bytes> FromBase64Url(std::string_view text) { return DecodeBase64(text, kUrl); }

Writer& Writer::U8(uint8_t value) {
  bytes_.push_back(value);
  return *this;
}
Writer& Writer::U16(uint16_t value) {
  AppendBigEndian(bytes_, value);
  return *this;
}
Writer& Writer::U32(uint32_t value) {
  AppendBigEndian(bytes_, value);
  return *this;
}
Writer& Writer::U64(uint64_t value) {
  AppendBigEndian(bytes_, value);
  return *this;
}
Writer& Writer::Raw(ByteView bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return *this;
}
Writer& Writer::Prefixed8(ByteView bytes) {
  RequireFits(bytes.size(), std::numeric_limits<uint8_t>::max());
  return U8(static_cast<uint8_t>(bytes.size())).Raw(bytes);
}
Writer& Writer::Prefixed16(ByteView bytes) {
  RequireFits(bytes.size(), std::numeric_limits<uint16_t>::max());
  return U16(static_cast<uint16_t>(bytes.size())).Raw(bytes);
}
Writer& Writer::Prefixed32(ByteView bytes) {
  RequireFits(bytes.size(), std::numeric_limits<uint32_t>::max());
  return U32(static_cast<uint32_t>(bytes.size())).Raw(bytes);
}
Writer& Writer::Zeros(size_t count) {
  bytes_.insert(bytes_.end(), count, 0);
  return *this;
}

ByteView Reader::Raw(size_t count) {
  if (!ok_ || count > rest_.size()) {
    ok_ = false;
    return {};
  }
  ByteView taken = rest_.first(count);
  rest_ = rest_.subspan(count);
  return taken;
}
uint8_t Reader::U8() { return FromBigEndian<uint8_t>(Raw(1)); }
uint16_t Reader::U16() { return FromBigEndian<uint16_t>(Raw(2)); }
uint32_t Reader::U32() { return FromBigEndian<uint32_t>(Raw(4)); }
uint64_t Reader::U64() { return FromBigEndian<uint64_t>(Raw(8)); }
ByteView Reader::Prefixed8() { return Raw(U8()); }
ByteView Reader::Prefixed16() { return Raw(U16()); }
ByteView Reader::Prefixed32() { return Raw(U32()); }

absl::Status Reader::Finish(std::string_view what) const {
  if (!ok_) return absl::InvalidArgumentError(std::string(what) + ": cut short or malformed");
  if (!rest_.empty()) {
    return absl::InvalidArgumentError(std::string(what) + ": " + std::to_string(rest_.size()) +
                                      " bytes too many");
  }
  return absl::OkStatus();
}

bool ConstantTimeEquals(ByteView a, ByteView b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace daftar::crypto
