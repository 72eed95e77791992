#include "node/ledger/lost_labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "node/ledger/incident_rows.h"
#include "storage/rocks_store.h"
#include "tests/storage/temp_dir.h"
#include "tests/support/status_matchers.h"

namespace daftar::ledger {
namespace {

using ::daftar::testing::StatusIs;
using ::daftar::testing::TempDir;

class LostLabelsTest : public ::testing::Test {
 protected:
  LostLabelsTest() {
    auto store = storage::RocksStore::Open({.path = dir_ / "db", .create_if_missing = true});
    EXPECT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  uint32_t After(uint64_t from, uint64_t reports) {
    storage::Batch batch;
    EXPECT_TRUE(NoteLostLabels(*store_, kEpoch, from, reports, batch).ok());
    if (reports > 0) {
      EXPECT_TRUE(store_->Write(std::move(batch)).ok());
    }
    auto lost = LostLabels(*store_, kEpoch);
    EXPECT_TRUE(lost.ok()) << lost.status();
    return lost.ok() ? *lost : 0;
  }

  static constexpr uint32_t kEpoch = 7;
  TempDir dir_;
  std::unique_ptr<storage::Store> store_;
};

TEST_F(LostLabelsTest, APartThatIsTakenBackTwiceCountsOnceAndAnotherIsAdded) {
  EXPECT_EQ(After(5, 0), 0u);
  EXPECT_EQ(After(5, 1), 1 + kLabelsInBetween);
  EXPECT_EQ(After(5, 1), 1 + kLabelsInBetween);
  EXPECT_EQ(After(5, 3), 3 + kLabelsInBetween);
  EXPECT_EQ(After(5, 1), 3 + kLabelsInBetween) << "never fewer";
  EXPECT_EQ(After(40, 2), 5 + 2 * kLabelsInBetween);
  EXPECT_EQ(After(40, 2), 5 + 2 * kLabelsInBetween);
  EXPECT_EQ(*LostLabels(*store_, kEpoch + 1), 0u);
}

TEST_F(LostLabelsTest, ADamagedRowIsNotReadAsNone) {
  storage::Batch batch;
  batch.Put(storage::Column::kCounters, rows::LostLabelsKey(kEpoch), {1, 2, 3});
  DAFTAR_ASSERT_OK(store_->Write(std::move(batch)));
  EXPECT_THAT(LostLabels(*store_, kEpoch), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(LabelCounterTest, RowsOfEarlierVersionsAreRead) {
  const crypto::Bytes earlier{3};
  auto counter = LabelCounter::Decode(earlier);
  DAFTAR_ASSERT_OK(counter);
  EXPECT_EQ(counter->next, 3);
  EXPECT_EQ(counter->passed_over, 0u);
  EXPECT_EQ(counter->Encode(), earlier);
  const crypto::Bytes with_both = LabelCounter{9, 300}.Encode();
  counter = LabelCounter::Decode(with_both);
  DAFTAR_ASSERT_OK(counter);
  EXPECT_EQ(counter->next, 9);
  EXPECT_EQ(counter->passed_over, 300u);
  for (const crypto::Bytes& row :
       {crypto::Bytes{}, crypto::Bytes{3, 1}, crypto::Bytes{3, 0, 0, 0, 1, 0}}) {
    EXPECT_THAT(LabelCounter::Decode(row), StatusIs(absl::StatusCode::kDataLoss)) << row.size();
  }
}

}  // namespace
}  // namespace daftar::ledger
