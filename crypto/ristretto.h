// The group of the VOPRF: ristretto255 with the hash functions that RFC 9497 gives the suite in
// VOPRF mode. For voprf.cc and dleq.cc only. Pure; safe from any thread.
#ifndef DAFTAR_CRYPTO_RISTRETTO_H_
#define DAFTAR_CRYPTO_RISTRETTO_H_

#include <initializer_list>
#include <optional>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/entropy.h"
#include "crypto/secret.h"
#include "crypto/voprf.h"

namespace daftar::crypto {

// Makes the checked types from bytes that the group operations themselves produced.
class VoprfAccess {
 public:
  static GroupElement Element(const std::array<uint8_t, GroupElement::kSize>& bytes) {
    GroupElement element;
    element.bytes_ = bytes;
    return element;
  }
  static VoprfProof Proof(const std::array<uint8_t, VoprfProof::kSize>& bytes) {
    VoprfProof proof;
    proof.bytes_ = bytes;
    return proof;
  }
};

namespace ristretto {

// Domain separation tags: a label and the context string "OPRFV1-" || 0x01 ||
// "-ristretto255-SHA512" (RFC 9497 sections 3.1 and 4.1).
inline constexpr std::string_view kHashToGroupTag = "HashToGroup-OPRFV1-\x01-ristretto255-SHA512";
inline constexpr std::string_view kHashToScalarTag = "HashToScalar-OPRFV1-\x01-ristretto255-SHA512";
inline constexpr std::string_view kDeriveKeyPairTag =
    "DeriveKeyPairOPRFV1-\x01-ristretto255-SHA512";
inline constexpr std::string_view kSeedTag = "Seed-OPRFV1-\x01-ristretto255-SHA512";

// True when the 32 bytes equal their form reduced modulo the group order. Constant time.
bool IsReduced(ByteView scalar);
// Reduced and not zero. Constant time.
bool IsUsableScalar(ByteView scalar);
// Uniform among the usable ones.
Secret32 RandomScalar(Entropy& entropy);

// The concatenated parts to a scalar or an element (which may be the identity: multiply and see).
Secret32 HashToScalar(std::initializer_list<ByteView> parts,
                      std::string_view tag = kHashToScalarTag);
Secret32 HashToGroup(ByteView input);

// Products in constant time; nothing when the product is the identity, which for a usable scalar
// and a checked element cannot be.
std::optional<GroupElement> Multiply(ByteView scalar, const GroupElement& element);
std::optional<GroupElement> MultiplySecret(ByteView scalar, ByteView element);
std::optional<GroupElement> MultiplyBase(ByteView scalar);
// Nothing when the sum is the identity.
std::optional<GroupElement> Add(const GroupElement& a, const GroupElement& b);

}  // namespace ristretto
}  // namespace daftar::crypto

#endif  // DAFTAR_CRYPTO_RISTRETTO_H_
