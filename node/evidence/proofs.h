// The one value by which an entry commits to the proof files that stay with the shop
// (docs/protocol.md, "Proofs root").
#ifndef DAFTAR_NODE_EVIDENCE_PROOFS_H_
#define DAFTAR_NODE_EVIDENCE_PROOFS_H_

#include <vector>

#include "crypto/bytes.h"

namespace daftar::evidence {

using ProofSalt = crypto::FixedBytes<struct ProofSaltTag, 32>;

// An incident has at most this many proof files, each of at most this many bytes.
inline constexpr size_t kMaxProofFiles = 64;
inline constexpr size_t kMaxProofFileBytes = 16 << 20;

// SHA-256("daftar/proof/v1" || salt || file). The salt, random for each file, keeps whoever sees
// the root and guesses the file from confirming the guess.
crypto::Digest ProofDigest(const ProofSalt& salt, crypto::ByteView file);

// The RFC 6962 root over the digests in ascending order; all zero when there is none.
crypto::Digest ProofsRoot(std::vector<crypto::Digest> digests);

}  // namespace daftar::evidence

#endif  // DAFTAR_NODE_EVIDENCE_PROOFS_H_
