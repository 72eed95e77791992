// RFC 6962 section 2.1 word for word: recursive, slow, and independent of crypto/merkle.cc but for
// the two hash functions. What the library computes is compared with this.
#ifndef DAFTAR_TESTS_CRYPTO_MERKLE_REFERENCE_H_
#define DAFTAR_TESTS_CRYPTO_MERKLE_REFERENCE_H_

#include <span>
#include <vector>

#include "crypto/merkle.h"

namespace daftar::testing {

using crypto::Digest;
using Hashes = std::span<const Digest>;  // leaf hashes

inline size_t ReferenceSplit(size_t n) {
  size_t k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

inline Digest ReferenceRoot(Hashes d) {
  if (d.empty()) return crypto::EmptyMerkleRoot();
  if (d.size() == 1) return d[0];
  const size_t k = ReferenceSplit(d.size());
  return crypto::MerkleNodeHash(ReferenceRoot(d.first(k)), ReferenceRoot(d.subspan(k)));
}

inline std::vector<Digest> ReferencePath(size_t m, Hashes d) {
  if (d.size() <= 1) return {};
  const size_t k = ReferenceSplit(d.size());
  auto path = m < k ? ReferencePath(m, d.first(k)) : ReferencePath(m - k, d.subspan(k));
  path.push_back(m < k ? ReferenceRoot(d.subspan(k)) : ReferenceRoot(d.first(k)));
  return path;
}

inline std::vector<Digest> ReferenceSubproof(size_t m, Hashes d, bool complete) {
  if (m == d.size()) {
    return complete ? std::vector<Digest>() : std::vector<Digest>{ReferenceRoot(d)};
  }
  const size_t k = ReferenceSplit(d.size());
  auto proof = m <= k ? ReferenceSubproof(m, d.first(k), complete)
                      : ReferenceSubproof(m - k, d.subspan(k), false);
  proof.push_back(m <= k ? ReferenceRoot(d.subspan(k)) : ReferenceRoot(d.first(k)));
  return proof;
}

inline std::vector<Digest> ReferenceConsistency(size_t m, Hashes d) {
  return m == 0 ? std::vector<Digest>() : ReferenceSubproof(m, d, true);
}

// Complete subtrees only; NotFound for anything else, so a prover that asks for more is caught.
inline crypto::SubtreeReader ReferenceReader(Hashes leaves) {
  return [leaves](uint32_t level, uint64_t index) -> absl::StatusOr<Digest> {
    const uint64_t width = level < 32 ? uint64_t{1} << level : 0;
    if (width == 0 || width > leaves.size() || index >= leaves.size() / width) {
      return absl::NotFoundError("no complete subtree there");
    }
    return ReferenceRoot(leaves.subspan(index * width, width));
  };
}

// Leaf hashes of the one-byte leaves 0, 1, 2, ...
inline std::vector<Digest> ByteLeaves(size_t count) {
  std::vector<Digest> leaves;
  for (size_t i = 0; i < count; ++i) {
    const uint8_t data[] = {static_cast<uint8_t>(i)};
    leaves.push_back(crypto::MerkleLeafHash(data));
  }
  return leaves;
}

}  // namespace daftar::testing

#endif  // DAFTAR_TESTS_CRYPTO_MERKLE_REFERENCE_H_
