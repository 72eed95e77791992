// Every section of tests/vectors/rfc6962_vectors.json.
#include <bit>
#include <set>

#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "tests/crypto/json_vectors.h"
#include "tests/crypto/merkle_fixtures.h"
#include "tests/support/status_matchers.h"

namespace daftar::crypto {
namespace {

using daftar::testing::First;
using daftar::testing::FixedFromHex;
using daftar::testing::ForEachMutation;
using daftar::testing::IsOk;
using daftar::testing::kLeaves;
using daftar::testing::Leaves;
using daftar::testing::Proof;
using daftar::testing::ReferenceConsistency;
using daftar::testing::ReferencePath;
using daftar::testing::ReferenceReader;
using daftar::testing::RootAt;
using daftar::testing::StatusIs;
using daftar::testing::WithBitFlipped;
using ::testing::Not;

const nlohmann::json& Vectors() {
  static const nlohmann::json vectors = daftar::testing::LoadVectors("rfc6962_vectors.json");
  return vectors;
}

Digest D(const nlohmann::json& hex) { return FixedFromHex<Digest>(hex.get<std::string>()); }

Proof ProofOf(const nlohmann::json& list) {
  Proof proof;
  for (const auto& hash : list) proof.push_back(D(hash));
  return proof;
}

TEST(MerkleVectors, EmptyRootAndSingleHashesAreAsPublished) {
  EXPECT_EQ(EmptyMerkleRoot(), D(Vectors()["empty_root"]));
  for (const nlohmann::json& hash : Vectors()["single_hashes"]) {
    if (hash["kind"] == "leaf") {
      EXPECT_EQ(MerkleLeafHash(*FromHex(hash["data"].get<std::string>())), D(hash["hash"]));
    } else {
      EXPECT_EQ(MerkleNodeHash(D(hash["left"]), D(hash["right"])), D(hash["hash"]));
    }
  }
  EXPECT_EQ(Vectors()["single_hashes"].size(), 3U);
}

TEST(MerkleVectors, LeafHashOfTwoPartsIsThatOfTheirConcatenation) {
  EXPECT_EQ(MerkleLeafHash(AsBytes("ab"), AsBytes("cde")), MerkleLeafHash(AsBytes("abcde")));
  EXPECT_EQ(MerkleLeafHash(AsBytes(""), AsBytes("x")), MerkleLeafHash(AsBytes("x")));
}

class Tree8 : public ::testing::Test {
 protected:
  Tree8() : tree_(Vectors()["tree8"]) {
    for (const nlohmann::json& entry : tree_["entries"]) {
      leaves_.push_back(MerkleLeafHash(*FromHex(entry.get<std::string>())));
    }
  }
  const nlohmann::json& tree_;
  std::vector<Digest> leaves_;
};

TEST_F(Tree8, LevelsAreTheRootsOfCompleteSubtrees) {
  for (size_t level = 0; level < tree_["levels"].size(); ++level) {
    const nlohmann::json& hashes = tree_["levels"][level];
    ASSERT_EQ(hashes.size(), 8U >> level);
    for (size_t i = 0; i < hashes.size(); ++i) {
      CompactTree tree;
      for (size_t leaf = i << level; leaf < (i + 1) << level; ++leaf) tree.Append(leaves_[leaf]);
      EXPECT_EQ(tree.Root(), D(hashes[i]));
    }
  }
}

TEST_F(Tree8, RootsAreAsPublished) {
  CompactTree tree;
  ASSERT_EQ(tree_["roots"].size(), 9U);
  for (size_t n = 0; n <= 8; ++n) {
    EXPECT_EQ(tree.Root(), D(tree_["roots"][n])) << n;
    EXPECT_EQ(*MerkleRootAt(n, ReferenceReader(leaves_)), tree.Root());
    if (n < 8) tree.Append(leaves_[n]);
  }
}

TEST_F(Tree8, InclusionProofsAreAsPublishedAndVerify) {
  ASSERT_EQ(tree_["inclusion"].size(), 36U);
  for (const nlohmann::json& row : tree_["inclusion"]) {
    const uint64_t index = row["index"];
    const uint64_t size = row["size"];
    const Proof proof = ProofOf(row["proof"]);
    EXPECT_EQ(*MerkleInclusionProof(index, size, ReferenceReader(leaves_)), proof);
    DAFTAR_EXPECT_OK(
        VerifyMerkleInclusion(leaves_[index], index, size, D(tree_["roots"][size]), proof));
  }
}

TEST_F(Tree8, ConsistencyProofsAreAsPublishedAndVerify) {
  ASSERT_EQ(tree_["consistency"].size(), 36U);
  for (const nlohmann::json& row : tree_["consistency"]) {
    const uint64_t from = row["size1"];
    const uint64_t to = row["size2"];
    const Proof proof = ProofOf(row["proof"]);
    EXPECT_EQ(*MerkleConsistencyProof(from, to, ReferenceReader(leaves_)), proof);
    DAFTAR_EXPECT_OK(
        VerifyMerkleConsistency(from, D(tree_["roots"][from]), to, D(tree_["roots"][to]), proof));
  }
}

TEST(MerkleVectors, ProofFromARealLogVerifiesAndItsMutationsDoNot) {
  const nlohmann::json& real = Vectors()["real_log_inclusion"];
  const Digest leaf = D(real["leaf_hash"]);
  const Digest root = D(real["root"]);
  const Proof proof = ProofOf(real["proof"]);
  const uint64_t index = real["index"];
  const uint64_t size = real["size"];
  DAFTAR_EXPECT_OK(VerifyMerkleInclusion(leaf, index, size, root, proof));
  EXPECT_THAT(VerifyMerkleInclusion(leaf, index + 1, size, root, proof), Not(IsOk()));
  EXPECT_THAT(VerifyMerkleInclusion(root, index, size, root, proof), Not(IsOk()));
  ForEachMutation(proof, 7, [&](const Proof& bad) {
    EXPECT_THAT(VerifyMerkleInclusion(leaf, index, size, root, bad), Not(IsOk()));
  });
}

// The digests of the "rolling130" section: one SHA-256 over lines of all roots or all proofs.
std::string Lines(std::string line, const Proof& proof) {
  for (const Digest& hash : proof) line += " " + hash.hex();
  return line + "\n";
}

TEST(MerkleVectors, RollingDigestsOver130LeavesAreAsPublished) {
  Sha256Stream roots;
  Sha256Stream inclusion;
  Sha256Stream consistency;
  const SubtreeReader reader = ReferenceReader(Leaves());
  CompactTree tree;
  for (uint64_t n = 0; n <= kLeaves; ++n) {
    const std::string size = std::to_string(n);
    roots.Update(AsBytes(size + " " + tree.Root().hex() + "\n"));
    for (uint64_t i = 0; i < n; ++i) {
      inclusion.Update(
          AsBytes(Lines(std::to_string(i) + " " + size, *MerkleInclusionProof(i, n, reader))));
      consistency.Update(AsBytes(
          Lines(std::to_string(i + 1) + " " + size, *MerkleConsistencyProof(i + 1, n, reader))));
    }
    if (n < kLeaves) tree.Append(Leaves()[n]);
  }
  const nlohmann::json& rolling = Vectors()["rolling130"];
  EXPECT_EQ(roots.Finish(), D(rolling["roots_sha256"]));
  EXPECT_EQ(inclusion.Finish(), D(rolling["inclusion_sha256"]));
  EXPECT_EQ(consistency.Finish(), D(rolling["consistency_sha256"]));
}

TEST(MerkleVectors, DigestOverAllValidSubtreesIsAsPublished) {
  Sha256Stream stream;
  for (uint64_t end = 0; end <= kLeaves; ++end) {
    for (uint64_t start = 0; start <= end; ++start) {
      if (start % std::bit_ceil(end - start) != 0) continue;
      CompactTree tree;
      for (uint64_t leaf = start; leaf < end; ++leaf) tree.Append(Leaves()[leaf]);
      stream.Update(AsBytes("[" + std::to_string(start) + ", " + std::to_string(end) + ") " +
                            tree.Root().hex() + "\n"));
    }
  }
  EXPECT_EQ(stream.Finish(), D(Vectors()["subtree_digest_from_draft_plants_mtc"]["value"]));
}

// Each rule of the file's "must_reject" list, by its own words, so that a new one cannot be missed.
TEST(MerkleVectors, EveryRuleOfTheMustRejectListIsEnforced) {
  const Digest root5 = RootAt(5);
  const Digest root7 = RootAt(7);
  const Digest other = WithBitFlipped(root5, 9);
  std::set<std::string> rules;
  for (const nlohmann::json& rule : Vectors()["must_reject"]) rules.insert(rule.get<std::string>());
  const auto enforce = [&rules](const std::string& rule, const std::vector<absl::Status>& tries) {
    EXPECT_EQ(rules.erase(rule), 1U) << rule;
    for (const absl::Status& status : tries) {
      EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument)) << rule;
    }
  };
  const Proof path = ReferencePath(2, First(5));
  const Proof consistency = ReferenceConsistency(5, First(7));
  Proof changed = path;
  changed[1] = WithBitFlipped(changed[1], 255);
  Proof longer = consistency;
  longer.push_back(root5);
  enforce("any proof with one node more, one less, or one bit changed",
          {VerifyMerkleInclusion(Leaves()[2], 2, 5, root5, changed),
           VerifyMerkleInclusion(Leaves()[2], 2, 5, root5, std::span(path).first(path.size() - 1)),
           VerifyMerkleConsistency(5, root5, 7, root7, longer)});
  enforce("index >= size", {VerifyMerkleInclusion(Leaves()[5], 5, 5, root5, path),
                            VerifyMerkleInclusion(Leaves()[0], 0, 0, EmptyMerkleRoot(), {}),
                            VerifyMerkleInclusion(Leaves()[0], 1, 1, Leaves()[0], {})});
  enforce("size1 > size2", {VerifyMerkleConsistency(7, root7, 5, root5, consistency),
                            VerifyMerkleConsistency(7, root7, 5, root5, {}),
                            VerifyMerkleConsistency(1, Leaves()[0], 0, EmptyMerkleRoot(), {})});
  enforce("size1 = size2 with a non-empty proof or unequal roots",
          {VerifyMerkleConsistency(5, root5, 5, root5, consistency),
           VerifyMerkleConsistency(5, root5, 5, other, {}),
           VerifyMerkleConsistency(0, EmptyMerkleRoot(), 0, EmptyMerkleRoot(), consistency)});
  enforce("size1 < size2, size1 > 0, with an empty proof",
          {VerifyMerkleConsistency(5, root5, 7, root7, {}),
           VerifyMerkleConsistency(4, RootAt(4), 7, root7, {}),
           VerifyMerkleConsistency(1, RootAt(1), 2, RootAt(1), {})});
  enforce("size 0 with a root other than empty_root",
          {VerifyMerkleConsistency(0, other, 0, other, {}),
           VerifyMerkleConsistency(0, Digest(), 5, root5, {}),
           VerifyMerkleConsistency(0, EmptyMerkleRoot(), 0, other, {})});
  EXPECT_THAT(rules, ::testing::IsEmpty()) << "rules in the file that nothing here tries";
}

}  // namespace
}  // namespace daftar::crypto
