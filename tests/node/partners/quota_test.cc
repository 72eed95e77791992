#include "node/partners/quota.h"

#include <gtest/gtest.h>

#include <optional>

#include "storage/rocks_store.h"
#include "tests/storage/temp_dir.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::SimClock;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

constexpr int64_t kMidnight = 1'793'491'200;  // 2026-11-01 00:00 UTC

class QuotaTest : public ::testing::Test {
 protected:
  QuotaTest() { Restart(); }
  void Restart() {
    quota_.reset();
    store_.reset();
    store_ = *storage::RocksStore::Open({.path = dir_ / "db", .create_if_missing = true});
    quota_.emplace(*store_, clock_, [this] { return limits_; });
  }
  absl::Status Take(std::string_view who, uint64_t units, bool warming = false,
                    size_t partners = 1) {
    return quota_->Take(who, units, warming, partners);
  }

  testing::TempDir dir_;
  SimClock clock_{kMidnight};
  QuotaLimits limits_{1000, 2000};
  std::unique_ptr<storage::RocksStore> store_;
  std::optional<Quota> quota_;
};

TEST_F(QuotaTest, UpToTheLimitAndNotOneMore) {
  DAFTAR_ASSERT_OK(Take("b", 999));
  DAFTAR_ASSERT_OK(Take("b", 1));
  EXPECT_THAT(Take("b", 1),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("try again in 86400 s")));
  EXPECT_EQ(quota_->Today("b", 1).used, 1000u);
}

TEST_F(QuotaTest, ARefusedBatchTakesNothing) {
  DAFTAR_ASSERT_OK(Take("b", 900));
  EXPECT_THAT(Take("b", 101), StatusIs(absl::StatusCode::kResourceExhausted));
  DAFTAR_ASSERT_OK(Take("b", 100));
}

TEST_F(QuotaTest, TheNextDayBeginsAnew) {
  DAFTAR_ASSERT_OK(Take("b", 1000));
  clock_.Advance(86'399);
  EXPECT_THAT(Take("b", 1), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("in 1 s")));
  clock_.Advance(1);
  DAFTAR_EXPECT_OK(Take("b", 1000));
}

TEST_F(QuotaTest, ACrashForfeitsTheRestOfABlockAndNeverMore) {
  DAFTAR_ASSERT_OK(Take("b", 1));
  Restart();
  EXPECT_EQ(quota_->Today("b", 1).used, kQuotaBlock);
  DAFTAR_ASSERT_OK(Take("b", 1000 - kQuotaBlock));
  Restart();
  EXPECT_THAT(Take("b", 1), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(QuotaTest, AStopGivesBackWhatIsNotUsed) {
  DAFTAR_ASSERT_OK(Take("b", 1));
  DAFTAR_ASSERT_OK(Take("c", kQuotaBlock + 1));
  DAFTAR_ASSERT_OK(quota_->GiveBack());
  Restart();
  EXPECT_EQ(quota_->Today("b", 1).used, 1u);
  EXPECT_EQ(quota_->Today("c", 1).used, kQuotaBlock + 1);
  DAFTAR_ASSERT_OK(Take("b", 999));
  EXPECT_THAT(Take("b", 1), StatusIs(absl::StatusCode::kResourceExhausted));
}

// A call may come while the servers end.
TEST_F(QuotaTest, WhatIsTakenAfterGivingBackIsReservedAnew) {
  DAFTAR_ASSERT_OK(Take("b", 1));
  DAFTAR_ASSERT_OK(quota_->GiveBack());
  DAFTAR_ASSERT_OK(Take("b", 1));
  Restart();
  EXPECT_EQ(quota_->Today("b", 1).used, kQuotaBlock);
}

TEST_F(QuotaTest, GivingBackTouchesTheDayItWasTakenOnAlone) {
  DAFTAR_ASSERT_OK(Take("b", 10));
  clock_.Advance(86'400);
  DAFTAR_ASSERT_OK(quota_->GiveBack());
  Restart();
  EXPECT_EQ(quota_->Today("b", 1).used, 0u);
  clock_.Advance(-86'400);
  EXPECT_EQ(quota_->Today("b", 1).used, 10u);
}

TEST_F(QuotaTest, AClockThatJumpsAndComesBackHandsOutNoDayTwice) {
  for (const int64_t jump : {int64_t{86'400}, int64_t{14 * 365 * 86'400}, int64_t{-86'400}}) {
    DAFTAR_ASSERT_OK(Take("b", 1000));
    clock_.Advance(jump);
    DAFTAR_ASSERT_OK(Take("b", 1));  // another day
    clock_.Advance(-jump);
    EXPECT_THAT(Take("b", 1), StatusIs(absl::StatusCode::kResourceExhausted));
    Restart();
    EXPECT_THAT(Take("b", 1), StatusIs(absl::StatusCode::kResourceExhausted));
    clock_.Advance(10 * 86'400);
  }
}

TEST_F(QuotaTest, RowsOfOldDaysGo) {
  for (size_t day = 0; day < 3 * kQuotaDaysKept; ++day) {
    DAFTAR_ASSERT_OK(Take("b", 1));
    clock_.Advance(86'400);
  }
  DAFTAR_ASSERT_OK(Take("b", 1));
  size_t rows = 0;
  DAFTAR_ASSERT_OK(
      store_->Scan(storage::Column::kQuotas, {}, {}, [&](auto, auto) { return ++rows > 0; }));
  EXPECT_LE(rows, kQuotaDaysKept + 1);
}

TEST_F(QuotaTest, WarmingLeavesThirtyPercent) {
  DAFTAR_ASSERT_OK(Take("b", 700, true));
  EXPECT_THAT(Take("b", 1, true), StatusIs(absl::StatusCode::kResourceExhausted));
  DAFTAR_EXPECT_OK(Take("b", 300));
}

TEST_F(QuotaTest, EveryPartnerKeepsItsShareOfTheNodeWideQuota) {
  // Four partners, 2,000 in all: 500 each; alone one may have 1,000.
  EXPECT_EQ(quota_->Today("b", 4).limit, 500u);
  EXPECT_EQ(quota_->Today("b", 1).limit, 1000u);
  DAFTAR_ASSERT_OK(Take("b", 500, false, 4));
  EXPECT_THAT(Take("b", 1, false, 4), StatusIs(absl::StatusCode::kResourceExhausted));
  for (const char* other : {"c", "d", "e"}) DAFTAR_EXPECT_OK(Take(other, 500, false, 4));
}

TEST_F(QuotaTest, PartnersThatCameLaterDoNotRaiseTheNodeWideQuota) {
  DAFTAR_ASSERT_OK(Take("b", 1000, false, 2));
  DAFTAR_ASSERT_OK(Take("c", 900, false, 2));
  DAFTAR_ASSERT_OK(Take("d", 100, false, 4));
  EXPECT_THAT(Take("d", 1, false, 4),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("node-wide")));
}

}  // namespace
}  // namespace daftar::partners
