// The verifiable oblivious pseudorandom function of RFC 9497, suite ristretto255-SHA512, mode
// VOPRF (0x01). The asker blinds an input, the issuer evaluates without seeing it and proves with
// one batched DLEQ proof that it used the key it has published, the asker checks and unblinds.
//
// All functions are pure and may be called from any thread.
#ifndef DAFTAR_CRYPTO_VOPRF_H_
#define DAFTAR_CRYPTO_VOPRF_H_

#include <span>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/entropy.h"
#include "crypto/secret.h"

namespace daftar::crypto {

// A canonical encoding of a ristretto255 element that is not the identity. Only the decoder below
// makes one, so holding one means it was checked.
class GroupElement {
 public:
  static constexpr size_t kSize = 32;
  // InvalidArgument for a wrong length, a non-canonical encoding, or the identity.
  static absl::StatusOr<GroupElement> Create(ByteView bytes);
  ByteView view() const { return bytes_; }
  friend bool operator==(const GroupElement&, const GroupElement&) = default;

 private:
  friend class VoprfAccess;
  GroupElement() : bytes_{} {}
  std::array<uint8_t, kSize> bytes_;
};

// Largest batch of one proof (DESIGN section 11).
inline constexpr size_t kMaxVoprfBatch = 256;
// Longest input and key info: their length travels in two bytes (RFC 9497 section 1.2).
inline constexpr size_t kMaxVoprfInputBytes = 65535;

// A DLEQ proof: scalars c || s, each canonical (equal to its reduced form).
class VoprfProof {
 public:
  static constexpr size_t kSize = 64;
  // InvalidArgument for a wrong length or a scalar that is not reduced.
  static absl::StatusOr<VoprfProof> Create(ByteView bytes);
  ByteView view() const { return bytes_; }

 private:
  friend class VoprfAccess;
  VoprfProof() : bytes_{} {}
  std::array<uint8_t, kSize> bytes_;
};

// The issuer's key pair of one epoch. Move-only; the private scalar is wiped.
class VoprfKey {
 public:
  static VoprfKey Generate(Entropy& entropy);
  // RFC 9497 section 3.2.1, DeriveKeyPair, in VOPRF mode. InvalidArgument unless `seed` has 32
  // bytes and `info` at most kMaxVoprfInputBytes.
  static absl::StatusOr<VoprfKey> Derive(ByteView seed, ByteView info);
  // From a stored scalar. InvalidArgument when it is zero or not reduced.
  static absl::StatusOr<VoprfKey> FromScalar(const Secret32& scalar);
  const GroupElement& public_key() const { return public_key_; }
  const Secret32& ExposeScalar() const { return scalar_; }

 private:
  VoprfKey(Secret32 scalar, GroupElement public_key)
      : scalar_(std::move(scalar)), public_key_(public_key) {}
  Secret32 scalar_;
  GroupElement public_key_;
};

// What the asker keeps between Blind and Finalize.
struct BlindedInput {
  Secret32 blind;
  GroupElement element;  // to send
};

// Blinds one input (at most kMaxVoprfInputBytes). InvalidArgument if it is longer, or hashes to the
// identity (never in practice).
absl::StatusOr<BlindedInput> VoprfBlind(ByteView input, Entropy& entropy);
// The same with a given blind, for vectors. InvalidArgument if the blind is zero or not reduced.
absl::StatusOr<BlindedInput> VoprfBlindWith(ByteView input, const Secret32& blind);

struct VoprfEvaluation {
  std::vector<GroupElement> elements;  // in the order of the request
  VoprfProof proof;
};

// Evaluates 1 to kMaxVoprfBatch blinded elements under `key` with one proof. The proof's nonce is
// derived from key, fresh randomness and transcript together, so that repeated randomness on a
// cloned machine does not give the key away. InvalidArgument for another batch size.
absl::StatusOr<VoprfEvaluation> VoprfEvaluate(const VoprfKey& key,
                                              std::span<const GroupElement> blinded,
                                              Entropy& entropy);
// The same with a given nonce scalar, for vectors only.
absl::StatusOr<VoprfEvaluation> VoprfEvaluateWithNonce(const VoprfKey& key,
                                                       std::span<const GroupElement> blinded,
                                                       const Secret32& nonce);

// Ok only when `proof` shows that `evaluated` is `blinded` under the private half of `public_key`.
// InvalidArgument otherwise, and when the two spans differ in length.
absl::Status VoprfVerify(const GroupElement& public_key, std::span<const GroupElement> blinded,
                         std::span<const GroupElement> evaluated, const VoprfProof& proof);

// Verifies, then unblinds: one 64-byte output F for each input, in order. The inverses of the
// blinds are computed in one batch. InvalidArgument when the proof is wrong.
absl::StatusOr<std::vector<Secret64>> VoprfFinalize(const GroupElement& public_key,
                                                    std::span<const ByteView> inputs,
                                                    std::span<const BlindedInput> blinded,
                                                    std::span<const GroupElement> evaluated,
                                                    const VoprfProof& proof);

// The issuer's own short cut: F for an input it knows, without blinding.
absl::StatusOr<Secret64> VoprfEvaluateDirect(const VoprfKey& key, ByteView input);

}  // namespace daftar::crypto

#endif  // DAFTAR_CRYPTO_VOPRF_H_
