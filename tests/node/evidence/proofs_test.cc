#include "node/evidence/proofs.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/merkle.h"
#include "node/evidence/handover.h"
#include "tests/node/evidence/entry_vectors.h"

namespace daftar::evidence {
namespace {

using evidence::testing::EntryVectors;
using evidence::testing::FixedFromJson;
using evidence::testing::FromJson;
using evidence::testing::Json;

std::vector<crypto::Digest> VectorDigests() {
  std::vector<crypto::Digest> digests;
  for (const Json& file : EntryVectors()["proofs"]["files"]) {
    digests.push_back(
        ProofDigest(FixedFromJson<ProofSalt>(file["salt"]), FromJson(file["content"])));
    EXPECT_EQ(digests.back().hex(), file["digest"]);
  }
  return digests;
}

TEST(ProofsTest, RootIsThatOfTheVectorInWhateverOrderTheFilesCome) {
  std::vector<crypto::Digest> digests = VectorDigests();
  ASSERT_EQ(digests.size(), 3u);
  std::ranges::sort(digests);
  do {
    EXPECT_EQ(ProofsRoot(digests).hex(), EntryVectors()["proofs"]["root"]);
  } while (std::ranges::next_permutation(digests).found);
}

TEST(ProofsTest, ADigestInPiecesIsThatOfTheWhole) {
  const Json& file = EntryVectors()["proofs"]["files"][0];
  const crypto::Bytes content = FromJson(file["content"]);
  ProofHasher hasher(FixedFromJson<ProofSalt>(file["salt"]));
  for (const uint8_t byte : content) hasher.Update({&byte, 1});
  EXPECT_EQ(hasher.Finish().hex(), file["digest"]);
}

TEST(ProofsTest, TheMacOfARequestIsThatOfTheVector) {
  const Json& request = EntryVectors()["proof_request"];
  const auto key = FixedFromJson<crypto::Secret32>(evidence::testing::EntryVector("REPORT")["key"]);
  const auto nonce = FixedFromJson<ProofNonce>(request["nonce"]);
  const std::string asker = request["asker"].get<std::string>();
  EXPECT_EQ(ProofRequestMac(key, asker, nonce).hex(), request["mac"]);
  EXPECT_NE(ProofRequestMac(key, asker + "x", nonce).hex(), request["mac"]);
}

TEST(ProofsTest, NoProofIsAllZero) { EXPECT_TRUE(ProofsRoot({}).IsZero()); }

TEST(ProofsTest, OneProofIsItsLeafHash) {
  const crypto::Digest digest = VectorDigests()[0];
  EXPECT_EQ(ProofsRoot({digest}), crypto::MerkleLeafHash(digest.view()));
}

TEST(ProofsTest, AMissingFileOrAnotherSaltChangesTheRoot) {
  std::vector<crypto::Digest> digests = VectorDigests();
  const crypto::Digest root = ProofsRoot(digests);
  digests.pop_back();
  EXPECT_NE(ProofsRoot(digests), root);
  EXPECT_NE(ProofDigest(ProofSalt(), crypto::AsBytes("order 1042")), digests[0]);
}

TEST(ProofsTest, EveryKindHasANameThatReadsBack) {
  EXPECT_EQ(AllProofKinds().size(), 7u);
  for (const ProofKind kind : AllProofKinds()) {
    const auto read = ProofKindFromName(ProofKindName(kind));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, kind);
  }
  EXPECT_FALSE(ProofKindFromName("photo").ok());
}

}  // namespace
}  // namespace daftar::evidence
