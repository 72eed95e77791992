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
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;

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

TEST_F(FeedTest, BeyondTheEndTheHeadAloneSaysThatTheLogIsShorter) {
  auto batch = Read(3);
  DAFTAR_ASSERT_OK(batch);
  EXPECT_EQ(batch->from, 3u);
  EXPECT_TRUE(batch->entries.empty());
  EXPECT_TRUE(batch->consistency.empty());
  EXPECT_EQ(batch->head, node_->publisher().Head()->note);
}

TEST(FeedBoundTest, AnOriginOfTheLargestSizeStillSendsFullBatches) {
  SimCircle circle;
  SimNode& node = circle.Add(std::string(evidence::kMaxOriginBytes, 'a'));
  // Enough reports for more than one batch: each is an entry of some 330 bytes and a body of 616.
  constexpr uint64_t kReports = 4000;
  storage::Batch batch;
  std::vector<crypto::Bytes> leaves;
  auto tree = storage::LogStore(node->store()).Load(storage::kOwnLog);
  const crypto::Bytes leaf = *storage::LogStore(node->store()).ReadLeaf(storage::kOwnLog, 0);
  for (uint64_t i = 0; i < kReports; ++i) {
    leaves.push_back(leaf);
    batch.Put(storage::Column::kLogBodies, storage::LogIndexKey(1, 2 + i), crypto::Bytes(616));
  }
  DAFTAR_ASSERT_OK(storage::LogStore(node->store()).Append(storage::kOwnLog, leaves, *tree, batch));
  DAFTAR_ASSERT_OK(node->store().Write(std::move(batch)));
  node.Stop();
  node.Start();
  DAFTAR_ASSERT_OK(node->Tick());  // signs what was written
  ASSERT_EQ(node->publisher().Head()->checkpoint.size, 2 + kReports);
  auto first = ReadFeed(node->store(), node->publisher(), 0);
  DAFTAR_ASSERT_OK(first);
  EXPECT_GT(first->entries.size(), 2500u);
  size_t bytes = 0;
  for (const evidence::FeedEntry& entry : first->entries) {
    bytes += entry.leaf.size() + (entry.body.has_value() ? entry.body->size() : 0);
  }
  EXPECT_LT(bytes, evidence::kMaxFeedBytes);
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
