#include "node/partners/followers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "node/audit/policy.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::DepositUnsettled;
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

// A whole directory put back from an older backup, high-water file included, and written to since
// by a node that asks nobody: its partners notice, however far it has grown meanwhile.
TEST_F(FollowersTest, ARestoredBackupThatWasWrittenToIsProvenAFork) {
  for (const bool past_the_copy : {false, true}) {
    SCOPED_TRACE(past_the_copy);
    SimCircle circle;
    SimNode& issuer = circle.Add("toko-a.test");
    SimNode& reader = circle.Add("toko-b.test");
    circle.PairAll();
    const auto file = [&](const std::string& phone) {
      auto view = issuer->ledger().Add(issuer.Caller(), DepositUnsettled(phone));
      DAFTAR_ASSERT_OK(view);
      DAFTAR_ASSERT_OK(issuer->ledger().Publish(issuer.Caller(), view->incident.id));
    };
    file("0812-3456-7801");
    circle.Settle();
    issuer.Stop();
    const std::filesystem::path backup = circle.temp() / "backup";
    std::filesystem::copy(issuer.dir(), backup, std::filesystem::copy_options::recursive);
    issuer.Start();
    file("0812-3456-7802");
    file("0812-3456-7803");
    circle.Settle();
    const auto view = [&] { return reader->followers().MirrorOf("toko-a.test")->View(); };
    ASSERT_EQ(view().size, 5u);

    issuer.Stop();
    std::filesystem::remove_all(issuer.dir());
    std::filesystem::copy(backup, issuer.dir(), std::filesystem::copy_options::recursive);
    // The reader sleeps meanwhile, so that it sees only what the log has become.
    reader.Stop();
    issuer.Start();
    for (int i = 0; i < (past_the_copy ? 4 : 1); ++i) {
      file("0812-3456-781" + std::to_string(i));
    }
    const auto set_reader = [&](PartnerStatus status) {
      return issuer->registry().SetStatus(issuer.Caller(), "toko-b.test", status, "a drill");
    };
    DAFTAR_ASSERT_OK(set_reader(PartnerStatus::kSuspended));
    DAFTAR_ASSERT_OK(issuer->Tick());
    DAFTAR_ASSERT_OK(set_reader(PartnerStatus::kActive));
    reader.Start();
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!view().forked && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    EXPECT_TRUE(view().forked) << view().trouble;
    EXPECT_EQ(view().size, 5u);
    // What proves it to others is read where it is not held.
    const auto mirror = reader->followers().MirrorOf("toko-a.test");
    while (!mirror->ForkProof().ok() && std::chrono::steady_clock::now() < until) {
      std::this_thread::yield();
    }
    auto proof = mirror->ForkProof();
    DAFTAR_ASSERT_OK(proof);
    const crypto::NoteKey head_key{"toko-a.test", crypto::KeyType::kEd25519,
                                   view().keys.back().keys.head};
    const auto policy = audit::TlogPolicy::Parse("log " + head_key.ToVkey() + "\nquorum none\n");
    DAFTAR_ASSERT_OK(policy);
    DAFTAR_EXPECT_OK(proof->Prove(*policy));
  }
}

TEST_F(FollowersTest, AnAlteredFeedAloneIsNoFork) {
  circle_.faults.alter_feed = [&](const std::string& from, evidence::FeedBatch& batch) {
    if (from == "toko-a.test" && !batch.entries.empty()) batch.entries.back().leaf.back() ^= 1;
  };
  auto view = a_->ledger().Add(a_.Caller(), DepositUnsettled("0812-3456-7890"));
  DAFTAR_ASSERT_OK(view);
  DAFTAR_ASSERT_OK(a_->ledger().Publish(a_.Caller(), view->incident.id));
  circle_.Settle();  // ends when the trouble is told, after the log was read again
  EXPECT_NE(AtB().trouble, "");
  EXPECT_FALSE(AtB().forked);
  b_->followers().Stop();
  circle_.faults.alter_feed = nullptr;
}

TEST_F(FollowersTest, AClockThatIsSetIsInDoubtUntilAPartnerIsHeardAgain) {
  constexpr int64_t kFar = int64_t{2} * 86'400;
  Publish();
  EXPECT_FALSE(b_->followers().ClockInDoubt());
  circle_.clock().Set(kFar);
  EXPECT_NEAR(static_cast<double>(b_->followers().ClockAhead()), static_cast<double>(-kFar), 60);
  EXPECT_TRUE(b_->followers().ClockInDoubt());
  Publish();  // by the circle's clock, which is the partner's too
  EXPECT_FALSE(b_->followers().ClockInDoubt());
  // Nor does a circle that falls silent keep it in doubt.
  circle_.clock().Set(kFar);
  EXPECT_TRUE(b_->followers().ClockInDoubt());
  circle_.clock().Advance(kHeardSeconds);
  EXPECT_TRUE(b_->followers().ClockInDoubt());
  circle_.clock().Advance(1);
  EXPECT_FALSE(b_->followers().ClockInDoubt());
}

TEST_F(FollowersTest, OnePartnerOfSeveralPutsNoClockInDoubt) {
  SimNode& c = circle_.Add("toko-c.test");
  SimNode& d = circle_.Add("toko-d.test");
  circle_.Pair(b_, c);
  circle_.Pair(b_, d);
  circle_.Settle();
  const auto say_an_hour_more = [this](SimNode& node) {
    const int64_t later = circle_.clock().Now().seconds() + 3600;
    DAFTAR_ASSERT_OK(node->publisher().Heartbeat(evidence::UnixMillis::OfSeconds(later)));
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (b_->followers().MirrorOf(node.origin())->View().clock_ahead < 3600 &&
           std::chrono::steady_clock::now() < until) {
      std::this_thread::yield();  // the follower's work, which has no event here
    }
    EXPECT_EQ(b_->followers().MirrorOf(node.origin())->View().clock_ahead, 3600);
  };
  say_an_hour_more(c);  // in the middle of their names
  EXPECT_EQ(b_->followers().ClockAhead(), 0);
  DAFTAR_ASSERT_OK(
      b_->registry().SetStatus(b_.Caller(), "toko-d.test", PartnerStatus::kSuspended, "test"));
  DAFTAR_ASSERT_OK(b_->followers().Refresh());
  EXPECT_EQ(b_->followers().ClockAhead(), 0);
  EXPECT_FALSE(b_->followers().ClockInDoubt());
  say_an_hour_more(a_);
  EXPECT_EQ(b_->followers().ClockAhead(), 3600);
  EXPECT_TRUE(b_->followers().ClockInDoubt());
}

TEST_F(FollowersTest, ABatchWithoutATimeSaysNothingOfTheClock) {
  Publish();
  std::atomic<int> batches{0};
  circle_.faults.alter_feed = [&](const std::string& from, evidence::FeedBatch& batch) {
    const size_t line = batch.head.find("\u2014 toko-a.test/self");
    if (from != "toko-a.test" || line == std::string::npos) return;
    batch.head.erase(line, batch.head.find('\n', line) + 1 - line);
    ++batches;
  };
  circle_.clock().Advance(400);
  for (int i = 1; i <= 3; ++i) {  // of which the second comes after the first was taken
    circle_.clock().Advance(1);
    DAFTAR_ASSERT_OK(a_->publisher().Heartbeat(circle_.clock().Now()));
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (batches < i && std::chrono::steady_clock::now() < until) {
      std::this_thread::yield();  // the follower's work, which has no event here
    }
    EXPECT_GE(batches.load(), i);
  }
  EXPECT_EQ(AtB().trouble, "");
  EXPECT_EQ(b_->followers().ClockAhead(), 0);
  b_->followers().Stop();
  circle_.faults.alter_feed = nullptr;
}

TEST_F(FollowersTest, TimeThatPassesPutsNoClockInDoubt) {
  Publish();
  for (const int64_t seconds : {int64_t{301}, int64_t{299}, int64_t{31} * 86'400}) {
    circle_.clock().Advance(seconds);
    EXPECT_FALSE(b_->followers().ClockInDoubt());
  }
}

TEST_F(FollowersTest, AfterAStartTheClockIsInDoubtUntilAPartnerIsHeard) {
  circle_.first_word = kFirstWord;
  a_.Stop();
  b_.Stop();
  b_.Start();
  EXPECT_TRUE(b_->followers().ClockInDoubt());
  a_.Start();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (b_->followers().ClockInDoubt() && std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();  // the follower's work, which has no event here
  }
  EXPECT_FALSE(b_->followers().ClockInDoubt());
}

TEST_F(FollowersTest, AfterAStartASilentCircleKeepsTheClockInDoubtForTenMinutes) {
  circle_.first_word = kFirstWord;
  a_.Stop();
  b_.Stop();
  b_.Start();
  circle_.clock().Advance(599);
  EXPECT_TRUE(b_->followers().ClockInDoubt());
  circle_.clock().Set(int64_t{400} * 86'400);
  EXPECT_TRUE(b_->followers().ClockInDoubt());  // that is no time
  circle_.clock().Advance(1);
  EXPECT_FALSE(b_->followers().ClockInDoubt());
  // Whoever has no active partner waits for none.
  b_.Stop();
  b_.Start();
  EXPECT_TRUE(b_->followers().ClockInDoubt());
  DAFTAR_ASSERT_OK(
      b_->registry().SetStatus(b_.Caller(), "toko-a.test", PartnerStatus::kSuspended, "test"));
  DAFTAR_ASSERT_OK(b_->followers().Refresh());
  EXPECT_FALSE(b_->followers().ClockInDoubt());
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
