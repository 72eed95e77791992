// Merkle proofs from a hostile partner. Two readings of each input:
//   wild:   sizes, roots and hashes all from the input: the verifiers must end and not crash;
//   honest: a real tree of at most 64 leaves and a proof from the input, which begins with as many
//           honest hashes as the input says: it verifies only if it is exactly the honest proof.
#include <cstdlib>

#include "tests/crypto/merkle_reference.h"

using daftar::crypto::ByteView;
using daftar::crypto::Digest;
using daftar::crypto::Reader;

namespace {

using Proof = std::vector<Digest>;

void Require(bool condition) {
  if (!condition) std::abort();
}

const std::vector<Digest>& Leaves() {
  static const std::vector<Digest> leaves = daftar::testing::ByteLeaves(64);
  return leaves;
}

Proof TakeHashes(Reader& reader) {
  Proof proof;
  while (reader.remaining() >= Digest::kSize) proof.push_back(reader.Take<Digest>());
  return proof;
}

void Wild(Reader reader) {
  const uint64_t a = reader.U64();
  const uint64_t b = reader.U64();
  const auto first = reader.Take<Digest>();
  const auto second = reader.Take<Digest>();
  const Proof proof = TakeHashes(reader);
  static_cast<void>(VerifyMerkleInclusion(first, a, b, second, proof));
  static_cast<void>(VerifyMerkleConsistency(a, first, b, second, proof));
}

void Honest(Reader reader) {
  const size_t n = 1 + reader.U8() % Leaves().size();
  const size_t m = reader.U8() % (n + 1);
  const size_t kept = reader.U8();
  const bool inclusion = (reader.U8() & 1) != 0 && m < n;
  const auto leaves = std::span(Leaves()).first(n);
  const Proof honest = inclusion ? daftar::testing::ReferencePath(m, leaves)
                                 : daftar::testing::ReferenceConsistency(m, leaves);
  Proof tried(honest.begin(),
              honest.begin() + static_cast<ptrdiff_t>(std::min(kept, honest.size())));
  for (const Digest& hash : TakeHashes(reader)) tried.push_back(hash);
  const Digest root = daftar::testing::ReferenceRoot(leaves);
  const bool accepted =
      inclusion ? VerifyMerkleInclusion(leaves[m], m, n, root, tried).ok()
                : VerifyMerkleConsistency(m, daftar::testing::ReferenceRoot(leaves.first(m)), n,
                                          root, tried)
                      .ok();
  Require(accepted == (tried == honest));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const Reader reader(ByteView(data, size).subspan(1));
  if ((data[0] & 1) != 0) {
    Wild(reader);
  } else {
    Honest(reader);
  }
  return 0;
}
