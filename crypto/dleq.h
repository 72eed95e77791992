// The proof that many elements were multiplied by the private half of one public key: the batched
// DLEQ proof of RFC 9497 section 2.2. For voprf.cc only, which checks the sizes of the spans.
#ifndef DAFTAR_CRYPTO_DLEQ_H_
#define DAFTAR_CRYPTO_DLEQ_H_

#include <span>

#include "crypto/entropy.h"
#include "crypto/secret.h"
#include "crypto/voprf.h"

namespace daftar::crypto::dleq {

// REQUIRES for all: both spans have the same length, 1 to kMaxVoprfBatch. Internal error only when
// a composite is the identity, which nobody can bring about.
absl::StatusOr<VoprfProof> Prove(const VoprfKey& key, std::span<const GroupElement> blinded,
                                 std::span<const GroupElement> evaluated, Entropy& entropy);
// With a given nonce, which must not be zero: two proofs with one nonce reveal the key.
absl::StatusOr<VoprfProof> ProveWithNonce(const VoprfKey& key,
                                          std::span<const GroupElement> blinded,
                                          std::span<const GroupElement> evaluated,
                                          const Secret32& nonce);
// InvalidArgument when the proof is wrong.
absl::Status Verify(const GroupElement& public_key, std::span<const GroupElement> blinded,
                    std::span<const GroupElement> evaluated, const VoprfProof& proof);

}  // namespace daftar::crypto::dleq

#endif  // DAFTAR_CRYPTO_DLEQ_H_
