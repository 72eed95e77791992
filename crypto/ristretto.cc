#include "crypto/ristretto.h"

#include <sodium.h>

#include <algorithm>

namespace daftar::crypto::ristretto {
namespace {

using ElementBytes = std::array<uint8_t, GroupElement::kSize>;

bool IsIdentity(const ElementBytes& bytes) {
  return sodium_is_zero(bytes.data(), bytes.size()) != 0;
}

// SHA-512 after the block of zeros with which every expansion begins.
crypto_hash_sha512_state StateAfterZeroBlock() {
  constexpr std::array<uint8_t, 128> kZeroBlock = {};
  crypto_hash_sha512_state state;
  crypto_hash_sha512_init(&state);
  crypto_hash_sha512_update(&state, kZeroBlock.data(), kZeroBlock.size());
  return state;
}

// expand_message_xmd of RFC 9380 section 5.3.1 with SHA-512, for 64 bytes: one round of output.
Secret64 Expand(std::initializer_list<ByteView> parts, std::string_view tag) {
  static const crypto_hash_sha512_state kAfterZeroBlock = StateAfterZeroBlock();
  const std::array<uint8_t, 3> length_and_zero = {0, 64, 0};
  const uint8_t one = 1;
  const auto tag_size = static_cast<uint8_t>(tag.size());  // the tags are shorter than 256 bytes
  const ByteView tag_bytes = AsBytes(tag);

  crypto_hash_sha512_state state = kAfterZeroBlock;
  for (ByteView part : parts) crypto_hash_sha512_update(&state, part.data(), part.size());
  crypto_hash_sha512_update(&state, length_and_zero.data(), length_and_zero.size());
  crypto_hash_sha512_update(&state, tag_bytes.data(), tag_bytes.size());
  crypto_hash_sha512_update(&state, &tag_size, 1);
  Secret64 first;
  crypto_hash_sha512_final(&state, first.ExposeMutable());  // wipes the state

  crypto_hash_sha512_init(&state);
  crypto_hash_sha512_update(&state, first.Expose().data(), Secret64::kSize);
  crypto_hash_sha512_update(&state, &one, 1);
  crypto_hash_sha512_update(&state, tag_bytes.data(), tag_bytes.size());
  crypto_hash_sha512_update(&state, &tag_size, 1);
  Secret64 uniform;
  crypto_hash_sha512_final(&state, uniform.ExposeMutable());
  return uniform;
}

}  // namespace

bool IsReduced(ByteView scalar) {
  Secret64 wide;
  std::copy(scalar.begin(), scalar.end(), wide.ExposeMutable());
  Secret32 reduced;
  crypto_core_ristretto255_scalar_reduce(reduced.ExposeMutable(), wide.Expose().data());
  return ConstantTimeEquals(scalar, reduced.Expose());
}

bool IsUsableScalar(ByteView scalar) {
  return IsReduced(scalar) && sodium_is_zero(scalar.data(), scalar.size()) == 0;
}

Secret32 RandomScalar(Entropy& entropy) {
  Secret64 wide;
  Secret32 scalar;
  do {
    entropy.Fill({wide.ExposeMutable(), Secret64::kSize});
    crypto_core_ristretto255_scalar_reduce(scalar.ExposeMutable(), wide.Expose().data());
  } while (sodium_is_zero(scalar.Expose().data(), Secret32::kSize) != 0);
  return scalar;
}

Secret32 HashToScalar(std::initializer_list<ByteView> parts, std::string_view tag) {
  const Secret64 uniform = Expand(parts, tag);
  Secret32 scalar;
  crypto_core_ristretto255_scalar_reduce(scalar.ExposeMutable(), uniform.Expose().data());
  return scalar;
}

Secret32 HashToGroup(ByteView input) {
  const Secret64 uniform = Expand({input}, kHashToGroupTag);
  Secret32 element;
  (void)crypto_core_ristretto255_from_hash(element.ExposeMutable(), uniform.Expose().data());
  return element;
}

std::optional<GroupElement> Multiply(ByteView scalar, const GroupElement& element) {
  return MultiplySecret(scalar, element.view());
}

std::optional<GroupElement> MultiplySecret(ByteView scalar, ByteView element) {
  ElementBytes product;
  if (crypto_scalarmult_ristretto255(product.data(), scalar.data(), element.data()) != 0) {
    return std::nullopt;
  }
  return VoprfAccess::Element(product);
}

std::optional<GroupElement> MultiplyBase(ByteView scalar) {
  ElementBytes product;
  if (crypto_scalarmult_ristretto255_base(product.data(), scalar.data()) != 0) return std::nullopt;
  return VoprfAccess::Element(product);
}

std::optional<GroupElement> Add(const GroupElement& a, const GroupElement& b) {
  ElementBytes sum;
  if (crypto_core_ristretto255_add(sum.data(), a.view().data(), b.view().data()) != 0 ||
      IsIdentity(sum)) {
    return std::nullopt;
  }
  return VoprfAccess::Element(sum);
}

}  // namespace daftar::crypto::ristretto
