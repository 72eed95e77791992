#include "node/partners/followers.h"

#include <gtest/gtest.h>

#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::IsOk;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;

class FollowersTest : public ::testing::Test {
 protected:
  FollowersTest() { circle_.PairAll(); }
  void Publish() {
    auto view = a_->ledger().Add(a_.Caller(), DepositUnsettled("0812-3456-7890"));
    DAFTAR_ASSERT_OK(view);
    DAFTAR_ASSERT_OK(a_->ledger().Publish(a_.Caller(), view->incident.id));
    circle_.Settle();
  }
  MirrorView AtB() { return b_->followers().MirrorOf("toko-a.test")->View(); }

  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
};

TEST_F(FollowersTest, ComesBackAfterThePartnerWasAway) {
  Publish();
  EXPECT_EQ(AtB().size, 3u);
  a_.Stop();
  a_.Start();
  Publish();
  EXPECT_EQ(AtB().size, 4u);
}

TEST_F(FollowersTest, ComesBackAfterItsOwnRestart) {
  b_.Stop();
  Publish();
  b_.Start();
  circle_.Settle();
  EXPECT_EQ(AtB().size, 3u);
}

TEST_F(FollowersTest, AnAlteredFeedIsToldAndHealsByItself) {
  std::atomic<bool> altering{true};
  circle_.faults.alter_feed = [&](const std::string& from, evidence::FeedBatch& batch) {
    if (!altering.load() || from != "toko-a.test" || batch.entries.empty()) return;
    batch.entries.back().leaf.back() ^= 1;
  };
  auto view = a_->ledger().Add(a_.Caller(), DepositUnsettled("0812-3456-7890"));
  DAFTAR_ASSERT_OK(a_->ledger().Publish(a_.Caller(), view->incident.id));
  circle_.Settle();  // ends when the trouble is told
  EXPECT_NE(AtB().trouble, "");
  EXPECT_EQ(AtB().size, 2u);
  altering = false;
  circle_.clock().Advance(1);
  while (AtB().size < 3) std::this_thread::yield();
  circle_.Settle();
  EXPECT_EQ(AtB().trouble, "");
}

TEST_F(FollowersTest, SuspendingStopsAndResumingGoesOn) {
  DAFTAR_ASSERT_OK(
      b_->registry().SetStatus(b_.Caller(), "toko-a.test", PartnerStatus::kSuspended, "test"));
  DAFTAR_ASSERT_OK(b_->followers().Refresh());
  EXPECT_EQ(b_->followers().ConnectionOf("toko-a.test").reason, "suspended");
  Publish();
  EXPECT_EQ(AtB().size, 2u);
  DAFTAR_ASSERT_OK(
      b_->registry().SetStatus(b_.Caller(), "toko-a.test", PartnerStatus::kActive, "test"));
  DAFTAR_ASSERT_OK(b_->followers().Refresh());
  circle_.Settle();
  EXPECT_EQ(AtB().size, 3u);
}

}  // namespace
}  // namespace daftar::partners
