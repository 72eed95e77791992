// The tree of 130 one-byte leaves that the Merkle tests share, and ways to spoil a proof.
#ifndef DAFTAR_TESTS_CRYPTO_MERKLE_FIXTURES_H_
#define DAFTAR_TESTS_CRYPTO_MERKLE_FIXTURES_H_

#include <span>
#include <vector>

#include "tests/crypto/merkle_reference.h"

namespace daftar::testing {

using Proof = std::vector<Digest>;

inline constexpr size_t kLeaves = 130;  // as the published rolling digests

inline const std::vector<Digest>& Leaves() {
  static const std::vector<Digest> leaves = ByteLeaves(kLeaves);
  return leaves;
}
inline Hashes First(size_t n) { return std::span(Leaves()).first(n); }
inline const Digest& RootAt(size_t n) {
  static const std::vector<Digest> roots = [] {
    std::vector<Digest> all;
    for (size_t size = 0; size <= kLeaves; ++size) all.push_back(ReferenceRoot(First(size)));
    return all;
  }();
  return roots[n];
}

inline Digest WithBitFlipped(Digest digest, size_t bit) {
  digest.data()[bit / 8 % Digest::kSize] ^= static_cast<uint8_t>(1U << (bit % 8));
  return digest;
}

// Calls `check` with every proof that differs from `proof` by one hash more (in front and at the
// end), one less (likewise), one bit of one hash, or two neighbours swapped.
template <class Check>
void ForEachMutation(const Proof& proof, size_t seed, const Check& check) {
  Proof longer = proof;
  longer.push_back(Leaves()[0]);
  check(longer);
  longer = proof;
  longer.insert(longer.begin(), Leaves()[1]);
  check(longer);
  if (!proof.empty()) {
    check(Proof(proof.begin(), proof.end() - 1));
    check(Proof(proof.begin() + 1, proof.end()));
    longer = proof;
    longer.push_back(proof.back());
    check(longer);
  }
  for (size_t i = 0; i < proof.size(); ++i) {
    const size_t step = proof.size() <= 3 ? 1 : 101;  // every bit where that is cheap
    for (size_t bit = seed % step; bit < 256; bit += step) {
      Proof changed = proof;
      changed[i] = WithBitFlipped(changed[i], bit);
      check(changed);
    }
    if (i > 0 && proof[i] != proof[i - 1]) {
      Proof changed = proof;
      std::swap(changed[i], changed[i - 1]);
      check(changed);
    }
  }
}

}  // namespace daftar::testing

#endif  // DAFTAR_TESTS_CRYPTO_MERKLE_FIXTURES_H_
