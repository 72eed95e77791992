#include "crypto/merkle.h"

#include <bit>

#include "tests/crypto/merkle_fixtures.h"
#include "tests/support/status_matchers.h"

namespace daftar::crypto {
namespace {

using daftar::testing::First;
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
using ::testing::HasSubstr;
using ::testing::Not;

TEST(MerkleProperties, CompactTreeAndRootAtAgreeWithTheRecursiveDefinition) {
  CompactTree tree;
  for (size_t n = 0; n <= kLeaves; ++n) {
    EXPECT_EQ(tree.size(), n);
    EXPECT_EQ(tree.frontier().size(), static_cast<size_t>(std::popcount(n)));
    EXPECT_EQ(tree.Root(), RootAt(n)) << n;
    EXPECT_EQ(*MerkleRootAt(n, ReferenceReader(Leaves())), RootAt(n)) << n;
    auto restored = CompactTree::Create(n, tree.frontier());
    DAFTAR_ASSERT_OK(restored);
    EXPECT_EQ(*restored, tree);
    if (n < kLeaves) tree.Append(Leaves()[n]);
  }
}

TEST(MerkleProperties, EveryInclusionProofIsTheRfcPathAndVerifiesOnlyInItsOwnPlace) {
  for (size_t n = 1; n <= kLeaves; ++n) {
    for (size_t i = 0; i < n; ++i) {
      auto proof = MerkleInclusionProof(i, n, ReferenceReader(First(n)));
      DAFTAR_ASSERT_OK(proof);
      ASSERT_EQ(*proof, ReferencePath(i, First(n))) << i << " in " << n;
      ASSERT_THAT(VerifyMerkleInclusion(Leaves()[i], i, n, RootAt(n), *proof), IsOk());
      for (const size_t wrong : {i + 1, i ^ 1, i + n, (i + n / 2) % n, size_t{0}}) {
        if (wrong == i) continue;
        ASSERT_THAT(VerifyMerkleInclusion(Leaves()[i], wrong, n, RootAt(n), *proof), Not(IsOk()))
            << "index " << wrong << " for " << i << " in " << n;
      }
      ASSERT_THAT(VerifyMerkleInclusion(Leaves()[(i + 1) % kLeaves], i, n, RootAt(n), *proof),
                  Not(IsOk()));
      ASSERT_THAT(VerifyMerkleInclusion(Leaves()[i], i, n, WithBitFlipped(RootAt(n), i), *proof),
                  Not(IsOk()));
      ForEachMutation(*proof, i + n, [&](const Proof& bad) {
        ASSERT_THAT(VerifyMerkleInclusion(Leaves()[i], i, n, RootAt(n), bad), Not(IsOk()))
            << i << " in " << n << " with " << bad.size() << " hashes";
      });
    }
  }
}

// A wrong size under the right root is another matter: where the path has the same shape RFC 9162
// accepts it, and the signed head is what binds size to root.
TEST(MerkleProperties, EveryInclusionProofFailsAgainstTheRootOfAnotherSize) {
  for (size_t n = 1; n < kLeaves; ++n) {
    for (size_t i = 0; i < n; ++i) {
      const Proof proof = ReferencePath(i, First(n));
      ASSERT_THAT(VerifyMerkleInclusion(Leaves()[i], i, n + 1, RootAt(n + 1), proof), Not(IsOk()));
      ASSERT_THAT(VerifyMerkleInclusion(Leaves()[i], i, n, RootAt(n + 1), proof), Not(IsOk()));
    }
  }
}

TEST(MerkleProperties, EveryConsistencyProofIsTheRfcProofAndVerifies) {
  for (size_t n = 0; n <= kLeaves; ++n) {
    for (size_t m = 0; m <= n; ++m) {
      auto proof = MerkleConsistencyProof(m, n, ReferenceReader(First(n)));
      DAFTAR_ASSERT_OK(proof);
      ASSERT_EQ(*proof, ReferenceConsistency(m, First(n))) << m << " to " << n;
      ASSERT_THAT(VerifyMerkleConsistency(m, RootAt(m), n, RootAt(n), *proof), IsOk())
          << m << " to " << n;
    }
  }
}

TEST(MerkleProperties, EveryMutatedConsistencyProofFails) {
  for (size_t n = 1; n <= kLeaves; ++n) {
    for (size_t m = 0; m <= n; ++m) {
      const Proof proof = ReferenceConsistency(m, First(n));
      const auto refuse = [&](size_t from, const Digest& old_root, size_t to,
                              const Digest& new_root, const Proof& bad) {
        ASSERT_THAT(VerifyMerkleConsistency(from, old_root, to, new_root, bad), Not(IsOk()))
            << from << " to " << to << " with " << bad.size() << " hashes";
      };
      ForEachMutation(proof, m * 31 + n,
                      [&](const Proof& bad) { refuse(m, RootAt(m), n, RootAt(n), bad); });
      refuse(m, WithBitFlipped(RootAt(m), n), n, RootAt(n), proof);
      // From size 0 a new root cannot be checked: every tree extends the empty one.
      if (m > 0) refuse(m, RootAt(m), n, WithBitFlipped(RootAt(n), m), proof);
      refuse(m + 1, RootAt(m), n, RootAt(n), proof);
      if (m > 0) refuse(m - 1, RootAt(m), n, RootAt(n), proof);
      if (m < n) refuse(n, RootAt(n), m, RootAt(m), proof);
    }
  }
}

TEST(MerkleProperties, ConsistencyProofFailsForANewSizeWithItsOwnRoot) {
  for (size_t n = 2; n < kLeaves; ++n) {
    for (size_t m = 1; m < n; ++m) {
      const Proof proof = ReferenceConsistency(m, First(n));
      ASSERT_THAT(VerifyMerkleConsistency(m, RootAt(m), n + 1, RootAt(n + 1), proof), Not(IsOk()));
      if (n - 1 > m) {
        ASSERT_THAT(VerifyMerkleConsistency(m, RootAt(m), n - 1, RootAt(n - 1), proof),
                    Not(IsOk()));
      }
    }
  }
}

TEST(MerkleBounds, SizesFrom2To63OnAreRefusedEverywhere) {
  const uint64_t over = kMaxTreeSize + 1;
  const SubtreeReader reader = ReferenceReader(Leaves());
  const Digest root = RootAt(3);
  for (const uint64_t size : {over, over + 1, ~uint64_t{0}}) {
    EXPECT_THAT(MerkleRootAt(size, reader), StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(MerkleInclusionProof(0, size, reader),
                StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(MerkleConsistencyProof(1, size, reader),
                StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(VerifyMerkleInclusion(root, 0, size, root, {}),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("2^63")));
    EXPECT_THAT(VerifyMerkleConsistency(size, root, size, root, {}),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("2^63")));
    EXPECT_THAT(CompactTree::Create(size, std::vector<Digest>(std::popcount(size))),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST(MerkleBounds, LargestTreeVerifiesWithoutOverflow) {
  // A leaf at the far end of 2^63 - 1 leaves: 62 left siblings; any hashes will do, folded here.
  const Proof path(62, RootAt(1));
  Digest root = RootAt(2);
  for (const Digest& sibling : path) root = MerkleNodeHash(sibling, root);
  DAFTAR_EXPECT_OK(VerifyMerkleInclusion(RootAt(2), kMaxTreeSize - 1, kMaxTreeSize, root, path));
  const Proof huge(100000, RootAt(1));
  EXPECT_THAT(VerifyMerkleInclusion(RootAt(2), kMaxTreeSize - 1, kMaxTreeSize, root, huge),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("too many")));
  EXPECT_THAT(VerifyMerkleConsistency(1, RootAt(1), kMaxTreeSize, root, huge),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("too many")));
}

TEST(MerkleBounds, ProversRefuseWhatIsNotInTheTree) {
  const SubtreeReader reader = ReferenceReader(Leaves());
  EXPECT_THAT(MerkleInclusionProof(5, 5, reader), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(MerkleInclusionProof(0, 0, reader), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(MerkleConsistencyProof(6, 5, reader), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(MerkleBounds, AReadersErrorComesBackUnchanged) {
  const SubtreeReader broken = [](uint32_t, uint64_t) -> absl::StatusOr<Digest> {
    return absl::DataLossError("tile 3 is damaged");
  };
  const auto is_the_readers = StatusIs(absl::StatusCode::kDataLoss, HasSubstr("tile 3"));
  EXPECT_THAT(MerkleRootAt(5, broken), is_the_readers);
  EXPECT_THAT(MerkleInclusionProof(2, 5, broken), is_the_readers);
  EXPECT_THAT(MerkleConsistencyProof(3, 5, broken), is_the_readers);
}

TEST(MerkleBounds, FrontierThatDoesNotFitItsSizeIsRefused) {
  EXPECT_THAT(CompactTree::Create(5, {Digest()}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(CompactTree::Create(0, {Digest()}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(CompactTree::Create(4, {Digest(), Digest()}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  DAFTAR_EXPECT_OK(CompactTree::Create(kMaxTreeSize, std::vector<Digest>(63)));
}

TEST(MerkleBoundsDeathTest, AppendBeyondTheLargestTreeAborts) {
  auto tree = CompactTree::Create(kMaxTreeSize, std::vector<Digest>(63));
  DAFTAR_ASSERT_OK(tree);
  EXPECT_DEATH(tree->Append(Digest()), "");
}

}  // namespace
}  // namespace daftar::crypto
