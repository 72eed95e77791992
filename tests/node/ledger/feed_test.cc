#include "node/ledger/feed.h"

#include <gtest/gtest.h>

#include "crypto/checkpoint.h"
#include "crypto/note.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::ledger {
namespace {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::IsOk;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;

class FeedTest : public ::testing::Test {
 protected:
  void Publish(int count) {
    for (int i = 0; i < count; ++i) {
      auto view = node_->ledger().Add(
          node_.Caller(), DepositUnsettled("0812-3456-7" + std::to_string(801 + next_++)));
      DAFTAR_ASSERT_OK(view);
      DAFTAR_ASSERT_OK(node_->ledger().Publish(node_.Caller(), view->incident.id));
    }
    DAFTAR_ASSERT_OK(node_->Tick());
  }
  absl::StatusOr<evidence::FeedBatch> Read(uint64_t from, size_t most = 10'000) {
    return ReadFeed(node_->store(), node_->publisher(), from, most);
  }

  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
  int next_ = 0;
};

TEST_F(FeedTest, BatchesOfAnySizeAddUpToTheHead) {
  Publish(9);
  for (size_t most : {1, 2, 3, 11, 100}) {
    crypto::CompactTree tree;
    while (tree.size() < 11) {
      auto batch = Read(tree.size(), most);
      DAFTAR_ASSERT_OK(batch);
      ASSERT_EQ(batch->from, tree.size());
      ASSERT_FALSE(batch->entries.empty());
      for (const evidence::FeedEntry& entry : batch->entries) {
        EXPECT_TRUE(entry.body.has_value());
        tree.Append(crypto::MerkleLeafHash(entry.leaf));
      }
      auto head = crypto::ParseCheckpoint(crypto::ParseNote(batch->head)->text);
      DAFTAR_EXPECT_OK(crypto::VerifyMerkleConsistency(tree.size(), tree.Root(), head->size,
                                                       head->root, batch->consistency));
    }
  }
}

TEST_F(FeedTest, ACallerWhoHasAllGetsOnlyTheHead) {
  auto batch = Read(2);
  DAFTAR_ASSERT_OK(batch);
  EXPECT_TRUE(batch->entries.empty());
  EXPECT_TRUE(batch->consistency.empty());
  EXPECT_FALSE(batch->head.empty());
}

TEST_F(FeedTest, BeyondTheEndIsRefused) {
  EXPECT_THAT(Read(3), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(FeedTest, AnErasedBodyIsAGapAndTheTreeStillFits) {
  Publish(2);
  storage::Batch erase;
  erase.Delete(storage::Column::kLogBodies, storage::LogIndexKey(1, 2));
  DAFTAR_ASSERT_OK(node_->store().Write(std::move(erase)));
  auto batch = Read(0);
  DAFTAR_ASSERT_OK(batch);
  ASSERT_EQ(batch->entries.size(), 4u);
  EXPECT_FALSE(batch->entries[2].body.has_value());
  EXPECT_TRUE(batch->entries[3].body.has_value());
}

}  // namespace
}  // namespace daftar::ledger
