#include "crypto/dleq.h"

#include <sodium.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "crypto/hash.h"
#include "crypto/ristretto.h"

namespace daftar::crypto::dleq {
namespace {

using ristretto::Add;
using ristretto::HashToScalar;
using ristretto::Multiply;
using ristretto::MultiplyBase;

constexpr std::string_view kNonceDomain = "daftar/voprf-proof-nonce/v1";
constexpr std::array<uint8_t, 2> kElementSize = {0, GroupElement::kSize};

// M and Z, the weighted sums of the blinded and of the evaluated elements.
struct Composites {
  GroupElement blinded;
  GroupElement evaluated;
};

// Gives the weight of each pair. All of it is public.
class Weights {
 public:
  explicit Weights(const GroupElement& public_key) {
    const std::array<uint8_t, 2> tag_size = {0, static_cast<uint8_t>(ristretto::kSeedTag.size())};
    seed_ = Sha512({kElementSize, public_key.view(), tag_size, AsBytes(ristretto::kSeedTag)});
  }
  Secret32 Of(size_t index, const GroupElement& blinded, const GroupElement& evaluated) const {
    constexpr std::array<uint8_t, 2> kSeedSize = {0, 64};
    constexpr std::string_view kLabel = "Composite";
    const std::array<uint8_t, 2> position = {static_cast<uint8_t>(index >> 8),
                                             static_cast<uint8_t>(index)};
    return HashToScalar({kSeedSize, seed_, position, kElementSize, blinded.view(), kElementSize,
                         evaluated.view(), AsBytes(kLabel)});
  }

 private:
  std::array<uint8_t, 64> seed_;
};

// Adds weight * element to a sum that begins empty. False when the identity turns up.
bool AddProduct(std::optional<GroupElement>& sum, const Secret32& weight,
                const GroupElement& element) {
  std::optional<GroupElement> product = Multiply(weight.Expose(), element);
  if (!product.has_value()) return false;
  sum = sum.has_value() ? Add(*sum, *product) : product;
  return sum.has_value();
}

// ComputeCompositesFast: who has the key gets Z with one multiplication instead of n.
std::optional<Composites> ProverComposites(const VoprfKey& key,
                                           std::span<const GroupElement> blinded,
                                           std::span<const GroupElement> evaluated) {
  const Weights weights(key.public_key());
  std::optional<GroupElement> sum;
  for (size_t i = 0; i < blinded.size(); ++i) {
    if (!AddProduct(sum, weights.Of(i, blinded[i], evaluated[i]), blinded[i])) return std::nullopt;
  }
  std::optional<GroupElement> product = Multiply(key.ExposeScalar().Expose(), *sum);
  if (!product.has_value()) return std::nullopt;
  return Composites{*sum, *product};
}

std::optional<Composites> VerifierComposites(const GroupElement& public_key,
                                             std::span<const GroupElement> blinded,
                                             std::span<const GroupElement> evaluated) {
  const Weights weights(public_key);
  std::optional<GroupElement> blinded_sum;
  std::optional<GroupElement> evaluated_sum;
  for (size_t i = 0; i < blinded.size(); ++i) {
    const Secret32 weight = weights.Of(i, blinded[i], evaluated[i]);
    if (!AddProduct(blinded_sum, weight, blinded[i]) ||
        !AddProduct(evaluated_sum, weight, evaluated[i])) {
      return std::nullopt;
    }
  }
  return Composites{*blinded_sum, *evaluated_sum};
}

Secret32 Challenge(const GroupElement& public_key, const Composites& composites,
                   const GroupElement& base_commitment, const GroupElement& sum_commitment) {
  constexpr std::string_view kLabel = "Challenge";
  return HashToScalar({kElementSize, public_key.view(), kElementSize, composites.blinded.view(),
                       kElementSize, composites.evaluated.view(), kElementSize,
                       base_commitment.view(), kElementSize, sum_commitment.view(),
                       AsBytes(kLabel)});
}

// A nonce that repeats only when the challenge repeats with it: the challenge is a function of the
// public key, the composites and the nonce, so with those hashed in, two proofs with one nonce are
// one and the same proof, and say nothing about the key even if the randomness repeats.
Secret32 DeriveNonce(const VoprfKey& key, const Composites& composites, Entropy& entropy) {
  Secret32 nonce;
  do {
    Secret64 fresh;
    entropy.Fill({fresh.ExposeMutable(), Secret64::kSize});
    crypto_hash_sha512_state state;
    crypto_hash_sha512_init(&state);
    for (ByteView part :
         {AsBytes(kNonceDomain), key.ExposeScalar().Expose(), fresh.Expose(),
          key.public_key().view(), composites.blinded.view(), composites.evaluated.view()}) {
      crypto_hash_sha512_update(&state, part.data(), part.size());
    }
    Secret64 wide;
    crypto_hash_sha512_final(&state, wide.ExposeMutable());  // wipes the state
    crypto_core_ristretto255_scalar_reduce(nonce.ExposeMutable(), wide.Expose().data());
  } while (sodium_is_zero(nonce.Expose().data(), Secret32::kSize) != 0);
  return nonce;
}

absl::Status IdentityComposite() {
  return absl::InternalError("a VOPRF proof could not be made: a composite is the identity");
}

absl::Status WrongProof() {
  return absl::InvalidArgumentError(
      "the proof does not show that these elements were evaluated under the published key");
}

absl::StatusOr<VoprfProof> ProveComposites(const VoprfKey& key, const Composites& composites,
                                           const Secret32& nonce) {
  std::optional<GroupElement> base_commitment = MultiplyBase(nonce.Expose());
  std::optional<GroupElement> sum_commitment = Multiply(nonce.Expose(), composites.blinded);
  if (!base_commitment.has_value() || !sum_commitment.has_value()) return IdentityComposite();
  const Secret32 challenge =
      Challenge(key.public_key(), composites, *base_commitment, *sum_commitment);
  Secret32 product;
  crypto_core_ristretto255_scalar_mul(product.ExposeMutable(), challenge.Expose().data(),
                                      key.ExposeScalar().Expose().data());
  std::array<uint8_t, VoprfProof::kSize> proof;
  std::copy_n(challenge.Expose().begin(), 32, proof.begin());
  crypto_core_ristretto255_scalar_sub(proof.data() + 32, nonce.Expose().data(),
                                      product.Expose().data());
  return VoprfAccess::Proof(proof);
}

// Nothing when a product or their sum is the identity, as for a scalar of zero, which an honest
// proof holds once in 2^252.
std::optional<GroupElement> Sum(const std::optional<GroupElement>& a,
                                const std::optional<GroupElement>& b) {
  if (!a.has_value() || !b.has_value()) return std::nullopt;
  return Add(*a, *b);
}

}  // namespace

absl::StatusOr<VoprfProof> Prove(const VoprfKey& key, std::span<const GroupElement> blinded,
                                 std::span<const GroupElement> evaluated, Entropy& entropy) {
  std::optional<Composites> composites = ProverComposites(key, blinded, evaluated);
  if (!composites.has_value()) return IdentityComposite();
  return ProveComposites(key, *composites, DeriveNonce(key, *composites, entropy));
}

absl::StatusOr<VoprfProof> ProveWithNonce(const VoprfKey& key,
                                          std::span<const GroupElement> blinded,
                                          std::span<const GroupElement> evaluated,
                                          const Secret32& nonce) {
  std::optional<Composites> composites = ProverComposites(key, blinded, evaluated);
  if (!composites.has_value()) return IdentityComposite();
  return ProveComposites(key, *composites, nonce);
}

absl::Status Verify(const GroupElement& public_key, std::span<const GroupElement> blinded,
                    std::span<const GroupElement> evaluated, const VoprfProof& proof) {
  std::optional<Composites> composites = VerifierComposites(public_key, blinded, evaluated);
  if (!composites.has_value()) return WrongProof();
  const ByteView challenge = proof.view().first(32);
  const ByteView response = proof.view().subspan(32);
  std::optional<GroupElement> base_commitment =
      Sum(MultiplyBase(response), Multiply(challenge, public_key));
  std::optional<GroupElement> sum_commitment =
      Sum(Multiply(response, composites->blinded), Multiply(challenge, composites->evaluated));
  if (!base_commitment.has_value() || !sum_commitment.has_value()) return WrongProof();
  const Secret32 expected = Challenge(public_key, *composites, *base_commitment, *sum_commitment);
  if (!ConstantTimeEquals(expected.Expose(), challenge)) return WrongProof();
  return absl::OkStatus();
}

}  // namespace daftar::crypto::dleq
