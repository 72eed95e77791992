#include "node/evidence/proofs.h"

#include <algorithm>
#include <string_view>

#include "crypto/hash.h"
#include "crypto/merkle.h"

namespace daftar::evidence {
namespace {
constexpr std::string_view kProofDomain = "daftar/proof/v1";
}  // namespace

crypto::Digest ProofDigest(const ProofSalt& salt, crypto::ByteView file) {
  return crypto::Sha256({crypto::AsBytes(kProofDomain), salt.view(), file});
}

crypto::Digest ProofsRoot(std::vector<crypto::Digest> digests) {
  if (digests.empty()) return crypto::Digest();
  std::ranges::sort(digests);
  crypto::CompactTree tree;
  for (const crypto::Digest& digest : digests) tree.Append(crypto::MerkleLeafHash(digest.view()));
  return tree.Root();
}

}  // namespace daftar::evidence
