#include "crypto/voprf.h"

#include <sodium.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/dleq.h"
#include "crypto/ristretto.h"

namespace daftar::crypto {
namespace {

using ristretto::HashToGroup;
using ristretto::HashToScalar;
using ristretto::IsUsableScalar;
using ristretto::Multiply;
using ristretto::MultiplyBase;

constexpr size_t kSeedBytes = 32;  // Ns of the suite

absl::Status CheckBatchSize(size_t size) {
  if (size >= 1 && size <= kMaxVoprfBatch) return absl::OkStatus();
  return absl::InvalidArgumentError("a VOPRF batch has 1 to " + std::to_string(kMaxVoprfBatch) +
                                    " elements, this one has " + std::to_string(size));
}

absl::Status CheckInputSize(ByteView input) {
  if (input.size() <= kMaxVoprfInputBytes) return absl::OkStatus();
  return absl::InvalidArgumentError("a VOPRF input has at most " +
                                    std::to_string(kMaxVoprfInputBytes) + " bytes, this one has " +
                                    std::to_string(input.size()));
}

// The last step of Finalize and Evaluate (RFC 9497 section 3.3.2): the output for an input whose
// evaluated element is known.
Secret64 OutputFor(ByteView input, ByteView element) {
  const std::array<uint8_t, 2> input_size = {static_cast<uint8_t>(input.size() >> 8),
                                             static_cast<uint8_t>(input.size())};
  const std::array<uint8_t, 2> element_size = {0, GroupElement::kSize};
  constexpr std::string_view kLabel = "Finalize";
  crypto_hash_sha512_state state;
  crypto_hash_sha512_init(&state);
  for (ByteView part :
       {ByteView(input_size), input, ByteView(element_size), element, AsBytes(kLabel)}) {
    crypto_hash_sha512_update(&state, part.data(), part.size());
  }
  Secret64 output;
  crypto_hash_sha512_final(&state, output.ExposeMutable());  // wipes the state
  return output;
}

// The inverses of usable scalars with one inversion and 3n multiplications (Montgomery's trick),
// because an inversion costs nearly as much as a multiplication of a point.
std::vector<Secret32> InvertAll(std::span<const BlindedInput> blinded) {
  const size_t count = blinded.size();
  std::vector<Secret32> inverses(count);  // first the products of all blinds before each
  Secret32 product;
  product.ExposeMutable()[0] = 1;
  for (size_t i = 0; i < count; ++i) {
    inverses[i] = product.Duplicate();
    Secret32 next;
    crypto_core_ristretto255_scalar_mul(next.ExposeMutable(), product.Expose().data(),
                                        blinded[i].blind.Expose().data());
    product = std::move(next);
  }
  Secret32 rest;  // the inverse of the product of blinds 0 to i
  // Fails for zero only, and none of the factors is.
  (void)crypto_core_ristretto255_scalar_invert(rest.ExposeMutable(), product.Expose().data());
  for (size_t i = count; i-- > 0;) {
    Secret32 inverse;
    crypto_core_ristretto255_scalar_mul(inverse.ExposeMutable(), rest.Expose().data(),
                                        inverses[i].Expose().data());
    inverses[i] = std::move(inverse);
    Secret32 next;
    crypto_core_ristretto255_scalar_mul(next.ExposeMutable(), rest.Expose().data(),
                                        blinded[i].blind.Expose().data());
    rest = std::move(next);
  }
  return inverses;
}

absl::StatusOr<std::vector<GroupElement>> MultiplyAll(const VoprfKey& key,
                                                      std::span<const GroupElement> blinded) {
  std::vector<GroupElement> elements;
  elements.reserve(blinded.size());
  for (const GroupElement& element : blinded) {
    std::optional<GroupElement> evaluated = Multiply(key.ExposeScalar().Expose(), element);
    if (!evaluated.has_value()) {
      return absl::InternalError("a VOPRF element evaluated to the identity");
    }
    elements.push_back(*evaluated);
  }
  return elements;
}

}  // namespace

absl::StatusOr<GroupElement> GroupElement::Create(ByteView bytes) {
  if (bytes.size() != kSize) {
    return absl::InvalidArgumentError("a group element has 32 bytes, this one has " +
                                      std::to_string(bytes.size()));
  }
  // libsodium calls the identity (32 zero bytes) valid.
  if (sodium_is_zero(bytes.data(), kSize) != 0) {
    return absl::InvalidArgumentError("a group element is the identity; send another one");
  }
  // libsodium 1.0.18 overlooks the top bit, so that an element would have two encodings.
  const bool top_bit = (bytes[kSize - 1] & 0x80) != 0;
  if (top_bit || crypto_core_ristretto255_is_valid_point(bytes.data()) != 1) {
    return absl::InvalidArgumentError(
        "a group element is not the canonical encoding of a ristretto255 element (RFC 9496)");
  }
  GroupElement element;
  std::copy(bytes.begin(), bytes.end(), element.bytes_.begin());
  return element;
}

absl::StatusOr<VoprfProof> VoprfProof::Create(ByteView bytes) {
  if (bytes.size() != kSize) {
    return absl::InvalidArgumentError("a VOPRF proof has 64 bytes, this one has " +
                                      std::to_string(bytes.size()));
  }
  if (!ristretto::IsReduced(bytes.first(32)) || !ristretto::IsReduced(bytes.subspan(32))) {
    return absl::InvalidArgumentError("a VOPRF proof holds a scalar that is not reduced");
  }
  VoprfProof proof;
  std::copy(bytes.begin(), bytes.end(), proof.bytes_.begin());
  return proof;
}

VoprfKey VoprfKey::Generate(Entropy& entropy) {
  Secret32 scalar = ristretto::RandomScalar(entropy);
  GroupElement public_key = *MultiplyBase(scalar.Expose());  // the scalar is not zero
  return VoprfKey(std::move(scalar), public_key);
}

absl::StatusOr<VoprfKey> VoprfKey::Derive(ByteView seed, ByteView info) {
  if (seed.size() != kSeedBytes) {
    return absl::InvalidArgumentError("a VOPRF key is derived from a seed of 32 bytes, not " +
                                      std::to_string(seed.size()));
  }
  if (info.size() > kMaxVoprfInputBytes) {
    return absl::InvalidArgumentError("the info of a VOPRF key is longer than 65535 bytes");
  }
  const std::array<uint8_t, 2> info_size = {static_cast<uint8_t>(info.size() >> 8),
                                            static_cast<uint8_t>(info.size())};
  for (int counter = 0; counter <= 255; ++counter) {
    const std::array<uint8_t, 1> counter_byte = {static_cast<uint8_t>(counter)};
    auto key = FromScalar(
        HashToScalar({seed, info_size, info, counter_byte}, ristretto::kDeriveKeyPairTag));
    if (key.ok()) return key;
  }
  return absl::InternalError("no VOPRF key follows from this seed; use another one");
}

absl::StatusOr<VoprfKey> VoprfKey::FromScalar(const Secret32& scalar) {
  if (!IsUsableScalar(scalar.Expose())) {
    return absl::InvalidArgumentError("a VOPRF private key is zero or not reduced");
  }
  return VoprfKey(scalar.Duplicate(), *MultiplyBase(scalar.Expose()));
}

absl::StatusOr<BlindedInput> VoprfBlind(ByteView input, Entropy& entropy) {
  return VoprfBlindWith(input, ristretto::RandomScalar(entropy));
}

absl::StatusOr<BlindedInput> VoprfBlindWith(ByteView input, const Secret32& blind) {
  absl::Status size = CheckInputSize(input);
  if (!size.ok()) return size;
  if (!IsUsableScalar(blind.Expose())) {
    return absl::InvalidArgumentError("a blind is zero or not reduced");
  }
  const Secret32 point = HashToGroup(input);
  std::optional<GroupElement> element = ristretto::MultiplySecret(blind.Expose(), point.Expose());
  if (!element.has_value()) {
    return absl::InvalidArgumentError("an input hashes to the identity element");
  }
  return BlindedInput{blind.Duplicate(), *element};
}

absl::StatusOr<VoprfEvaluation> VoprfEvaluate(const VoprfKey& key,
                                              std::span<const GroupElement> blinded,
                                              Entropy& entropy) {
  absl::Status size = CheckBatchSize(blinded.size());
  if (!size.ok()) return size;
  auto elements = MultiplyAll(key, blinded);
  if (!elements.ok()) return elements.status();
  auto proof = dleq::Prove(key, blinded, *elements, entropy);
  if (!proof.ok()) return proof.status();
  return VoprfEvaluation{*std::move(elements), *proof};
}

absl::StatusOr<VoprfEvaluation> VoprfEvaluateWithNonce(const VoprfKey& key,
                                                       std::span<const GroupElement> blinded,
                                                       const Secret32& nonce) {
  absl::Status size = CheckBatchSize(blinded.size());
  if (!size.ok()) return size;
  if (!IsUsableScalar(nonce.Expose())) {
    return absl::InvalidArgumentError("a proof nonce is zero or not reduced");
  }
  auto elements = MultiplyAll(key, blinded);
  if (!elements.ok()) return elements.status();
  auto proof = dleq::ProveWithNonce(key, blinded, *elements, nonce);
  if (!proof.ok()) return proof.status();
  return VoprfEvaluation{*std::move(elements), *proof};
}

absl::Status VoprfVerify(const GroupElement& public_key, std::span<const GroupElement> blinded,
                         std::span<const GroupElement> evaluated, const VoprfProof& proof) {
  absl::Status size = CheckBatchSize(blinded.size());
  if (!size.ok()) return size;
  if (blinded.size() != evaluated.size()) {
    return absl::InvalidArgumentError(std::to_string(blinded.size()) +
                                      " elements were sent for evaluation, " +
                                      std::to_string(evaluated.size()) + " came back");
  }
  return dleq::Verify(public_key, blinded, evaluated, proof);
}

absl::StatusOr<std::vector<Secret64>> VoprfFinalize(const GroupElement& public_key,
                                                    std::span<const ByteView> inputs,
                                                    std::span<const BlindedInput> blinded,
                                                    std::span<const GroupElement> evaluated,
                                                    const VoprfProof& proof) {
  if (inputs.size() != blinded.size()) {
    return absl::InvalidArgumentError(std::to_string(inputs.size()) + " inputs do not fit " +
                                      std::to_string(blinded.size()) + " blinded ones");
  }
  absl::Status size = CheckBatchSize(blinded.size());
  if (!size.ok()) return size;
  std::vector<GroupElement> sent;
  sent.reserve(blinded.size());
  for (size_t i = 0; i < blinded.size(); ++i) {
    size = CheckInputSize(inputs[i]);
    if (!size.ok()) return size;
    if (!IsUsableScalar(blinded[i].blind.Expose())) {
      return absl::InvalidArgumentError("a blind is zero or not reduced");
    }
    sent.push_back(blinded[i].element);
  }
  absl::Status verified = VoprfVerify(public_key, sent, evaluated, proof);
  if (!verified.ok()) return verified;

  const std::vector<Secret32> inverses = InvertAll(blinded);
  std::vector<Secret64> outputs;
  outputs.reserve(inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    Secret32 unblinded;
    if (crypto_scalarmult_ristretto255(unblinded.ExposeMutable(), inverses[i].Expose().data(),
                                       evaluated[i].view().data()) != 0) {
      return absl::InternalError("a VOPRF element unblinded to the identity");
    }
    outputs.push_back(OutputFor(inputs[i], unblinded.Expose()));
  }
  return outputs;
}

absl::StatusOr<Secret64> VoprfEvaluateDirect(const VoprfKey& key, ByteView input) {
  absl::Status size = CheckInputSize(input);
  if (!size.ok()) return size;
  const Secret32 point = HashToGroup(input);
  Secret32 evaluated;
  if (crypto_scalarmult_ristretto255(evaluated.ExposeMutable(), key.ExposeScalar().Expose().data(),
                                     point.Expose().data()) != 0) {
    return absl::InvalidArgumentError("an input hashes to the identity element");
  }
  return OutputFor(input, evaluated.Expose());
}

}  // namespace daftar::crypto
