// Drills of what kills real logs: backups put back, disks cloned, databases and files lost, crashes
// between the durable steps of a publication. After each, no two heads that contradict each other
// have become believable for anybody, and nothing that was published is lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "node/partners/witness_set.h"
#include "storage/log_store.h"
#include "storage/rocks_testing.h"
#include "tests/storage/fail_at.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr char kOrigin[] = "toko-a.test";

// What a reader may believe of a log, remembered for ever.
class Believed {
 public:
  // Looks at what `reader` counts of the log of kOrigin now.
  void Look(SimNode& reader) {
    const auto mirror = reader->followers().MirrorOf(kOrigin);
    if (mirror == nullptr) return;
    const partners::MirrorView view = mirror->View();
    const auto active = reader->registry().Active();
    const auto witnesses = partners::WitnessSet(view, kOrigin, reader.origin(), active);
    const uint64_t counted = std::min(partners::CountedSize(view, witnesses), view.size);
    if (counted == 0) return;
    const storage::LogStore log(reader->store());
    const auto root_at = [&](uint64_t size) { return *log.RootAt(mirror->partner().log, size); };
    for (const auto& [size, root] : roots_) {
      if (size > counted) break;
      EXPECT_EQ(root_at(size), root) << "two histories of " << size;
    }
    roots_.emplace(counted, root_at(counted));
  }
  // Whether the log, as the node has it, goes on from all that anybody believes.
  void ExpectContinuedBy(SimNode& node) {
    const storage::LogStore log(node->store());
    ASSERT_FALSE(roots_.empty());
    for (const auto& [size, root] : roots_) {
      const auto own = log.RootAt(storage::kOwnLog, size);
      ASSERT_TRUE(own.ok()) << "entries below " << size << " are lost: " << own.status();
      EXPECT_EQ(*own, root);
    }
  }
  uint64_t newest() const { return roots_.empty() ? 0 : roots_.rbegin()->first; }

 private:
  std::map<uint64_t, crypto::Digest> roots_;  // by size
};

class Drill : public ::testing::TestWithParam<int> {
 protected:
  Drill() : random_(static_cast<uint64_t>(GetParam())) {
    circle_.PairAll();
    circle_.read_entries = 1 + Roll(3);
    ActAndPublish(1 + Roll(3));
  }

  uint64_t Roll(uint64_t sides) { return random_() % sides; }

  // One thing that a shop does.
  void Act(SimNode& node) {
    if (ids_.empty() || Roll(2) == 0) {
      const std::string number = "0812" + std::to_string(10'000'000 + next_++);
      auto filed = node->ledger().Add(node.Caller(), DepositUnsettled(number));
      if (!filed.ok()) return;
      if (node->ledger().Publish(node.Caller(), filed->incident.id).ok()) {
        ids_.push_back(filed->incident.id);
      }
      return;
    }
    const ledger::IncidentId id = ids_[Roll(ids_.size())];
    // What is not in a state for it is refused, which is fine.
    switch (Roll(4)) {
      case 0:
        (void)node->ledger().Settle(node.Caller(), id, {}, "paid");
        break;
      case 1:
        (void)node->ledger().Dispute(node.Caller(), id, {}, "says it is wrong");
        break;
      case 2:
        (void)node->ledger().Withdraw(node.Caller(), id, evidence::WithdrawalGround::kMistake,
                                      "mixed up");
        break;
      default:
        (void)node->ledger().Resolve(node.Caller(), id, /*upheld=*/true, "the bank says so");
        break;
    }
  }
  void Look() {
    for (SimNode* reader : {&b_, &c_, &d_}) {
      if (reader->up()) believed_.Look(*reader);
    }
  }
  void Settle() {
    circle_.clock().Advance(31);
    circle_.Settle();
    circle_.Settle();  // what partners cosigned reaches all of them
    Look();
  }
  void ActAndPublish(uint64_t times) {
    for (uint64_t i = 0; i < times; ++i) {
      Act(a_);
      if (Roll(2) == 0) Settle();
    }
    Settle();
  }

  fs::path Backup() { return circle_.temp().path() / "backup"; }
  void TakeBackup() {
    a_.Stop();
    fs::remove_all(Backup());
    fs::copy(a_.dir(), Backup(), fs::copy_options::recursive);
    a_.Start();
  }
  void PutBack(const std::string& what) {
    fs::remove_all(a_.dir() / what);
    fs::copy(Backup() / what, a_.dir() / what, fs::copy_options::recursive);
  }
  absl::StatusOr<Recovered> Recover(const std::string& code = {}) {
    return a_->RecoverLog(a_.Caller(), {code, "a drill"},
                          [](const std::string&, uint64_t) { return true; });
  }
  // It answers and does not sign.
  void ExpectSilent() {
    Act(a_);
    circle_.clock().Advance(31);
    EXPECT_FALSE(a_->Tick().ok());
    Look();
  }
  // It publishes again, on top of all that was.
  void ExpectWhole() {
    believed_.ExpectContinuedBy(a_);
    const uint64_t before = a_->publisher().tree_size();
    auto filed = a_->ledger().Add(a_.Caller(), DepositUnsettled("081298765432"));
    ASSERT_THAT(filed, IsOk());
    ASSERT_THAT(a_->ledger().Publish(a_.Caller(), filed->incident.id), IsOk());
    // A partner that held something against the log comes back at its next attempt.
    constexpr int kMostRounds = 100;
    for (int round = 0; round < kMostRounds; ++round) {
      Settle();
      if (believed_.newest() == a_->publisher().tree_size()) break;
    }
    EXPECT_GT(a_->publisher().tree_size(), before);
    EXPECT_EQ(believed_.newest(), a_->publisher().tree_size());
    believed_.ExpectContinuedBy(a_);
    for (SimNode* reader : {&b_, &c_, &d_}) {
      if (!reader->up()) continue;
      EXPECT_FALSE((*reader)->followers().MirrorOf(kOrigin)->View().forked);
    }
  }
  // One partner is down in every third drill: a majority still answers.
  void MaybeLoseOne() {
    if (Roll(3) == 0) d_.Stop();
  }

  std::mt19937_64 random_;
  storage::FaultyDisk disk_;
  SimCircle circle_;
  SimNode& a_ = circle_.Add(kOrigin);
  SimNode& b_ = circle_.Add("toko-b.test");
  SimNode& c_ = circle_.Add("toko-c.test");
  SimNode& d_ = circle_.Add("toko-d.test");
  std::vector<ledger::IncidentId> ids_;
  uint64_t next_ = 0;
  Believed believed_;
};

class StaleDatabaseDrill : public Drill {};
TEST_P(StaleDatabaseDrill, IsNoticedAtTheStartAndTakenBack) {
  TakeBackup();
  const uint64_t then = a_->publisher().tree_size();
  do ActAndPublish(1 + Roll(4));
  while (a_->publisher().tree_size() == then);
  a_.Stop();
  PutBack("db");
  MaybeLoseOne();
  a_.Start();
  ExpectSilent();
  ASSERT_THAT(Recover(), IsOk());
  ExpectWhole();
}

class StaleDirectoryDrill : public Drill {};
TEST_P(StaleDirectoryDrill, IsToldByPartnersAndTakenBack) {
  TakeBackup();
  const uint64_t then = a_->publisher().tree_size();
  do ActAndPublish(1 + Roll(4));
  while (a_->publisher().tree_size() == then);
  a_.Stop();
  PutBack("db");
  PutBack("high-water");
  MaybeLoseOne();
  a_.Start();
  // What it does before it has asked is queued at most.
  for (uint64_t i = Roll(3); i > 0; --i) Act(a_);
  auto filed = a_->ledger().Add(a_.Caller(), DepositUnsettled("081234987612"));
  ASSERT_THAT(filed, IsOk());
  ASSERT_THAT(a_->ledger().Publish(a_.Caller(), filed->incident.id), IsOk());
  EXPECT_FALSE(a_->Tick().ok());
  EXPECT_THAT(a_->publisher().trouble(), HasSubstr("a partner holds a signed head"));
  Look();
  ASSERT_THAT(Recover(), IsOk());
  ExpectWhole();
}

class CloneDrill : public Drill {
 protected:
  // It says something, if it may, and the partners have it.
  void Speak(SimNode& one) {
    auto filed = one->ledger().Add(one.Caller(), DepositUnsettled("081239871245"));
    ASSERT_THAT(filed, IsOk());
    (void)one->ledger().Publish(one.Caller(), filed->incident.id);
    Settle();
  }
};
TEST_P(CloneDrill, OfTwoThatTakeTurnsOneFallsSilent) {
  a_.Stop();
  SimNode& twin = circle_.Clone(a_);
  SimNode* both[] = {&a_, &twin};
  for (uint64_t turn = 3 + Roll(4); turn > 0; --turn) {
    SimNode& one = *both[Roll(2)];
    one.Start();
    Act(one);
    Settle();
    one.Stop();
  }
  int signing = 0;
  for (SimNode* one : both) {
    one->Start();
    Speak(*one);
    if ((*one)->publisher().trouble().empty()) ++signing;
    one->Stop();
  }
  EXPECT_EQ(signing, 1);
  for (SimNode* reader : {&b_, &c_, &d_}) {
    EXPECT_FALSE((*reader)->followers().MirrorOf(kOrigin)->View().forked);
  }
}

class RacingCloneDrill : public CloneDrill {};
TEST_P(RacingCloneDrill, OfTwoThatSpeakAtOnceNoSecondHistoryIsBelieved) {
  a_.Stop();
  SimNode& twin = circle_.Clone(a_);
  a_.Start();
  twin.Start();
  SimNode* both[] = {&a_, &twin};
  for (uint64_t turn = 4 + Roll(6); turn > 0; --turn) {
    SimNode& one = *both[Roll(2)];
    Act(one);
    circle_.clock().Advance(static_cast<int64_t>(Roll(40)));
    (void)one->Tick();
    if (Roll(2) == 0) Settle();
    Look();
  }
  for (SimNode* one : both) Speak(*one);
  Settle();
  EXPECT_FALSE(a_->publisher().trouble().empty() && twin->publisher().trouble().empty());
}

// A copy that asks nobody, as two that ask in the same moment: what it signs is believed nowhere,
// and every partner holds the proof.
class RogueDrill : public Drill {};
TEST_P(RogueDrill, ASecondHistoryIsBelievedNowhereAndProven) {
  a_.Stop();
  SimNode& twin = circle_.Clone(a_);
  a_.Start();
  const auto all = [&](partners::PartnerStatus status) {
    for (SimNode* partner : {&b_, &c_, &d_}) {
      ASSERT_THAT(twin->registry().SetStatus(twin.Caller(), partner->origin(), status, "a drill"),
                  IsOk());
    }
  };
  twin.Start();
  all(partners::PartnerStatus::kSuspended);
  for (uint64_t i = 1 + Roll(3); i > 0; --i) {
    auto filed = twin->ledger().Add(
        twin.Caller(), DepositUnsettled("08123498" + std::to_string(1234 + 7 * Roll(900))));
    ASSERT_THAT(filed, IsOk());
    ASSERT_THAT(twin->ledger().Publish(twin.Caller(), filed->incident.id), IsOk());
    circle_.clock().Advance(31);
    ASSERT_THAT(twin->Tick(), IsOk());
  }
  auto filed = a_->ledger().Add(a_.Caller(), DepositUnsettled("081239871245"));
  ASSERT_THAT(filed, IsOk());
  ASSERT_THAT(a_->ledger().Publish(a_.Caller(), filed->incident.id), IsOk());
  // A head that is beyond what the partners have cannot be compared yet.
  do ActAndPublish(1 + Roll(3));
  while (a_->publisher().tree_size() < twin->publisher().tree_size());
  all(partners::PartnerStatus::kActive);
  twin->exchange().SendAll();
  for (SimNode* reader : {&b_, &c_, &d_}) (*reader)->exchange().SendAll();
  Look();
  for (SimNode* reader : {&b_, &c_, &d_}) {
    const auto mirror = (*reader)->followers().MirrorOf(kOrigin);
    EXPECT_TRUE(mirror->View().forked) << reader->origin();
  }
  believed_.ExpectContinuedBy(a_);
  // The two can never go on as one.
  EXPECT_FALSE(twin->Tick().ok());
}

class LostDatabaseDrill : public Drill {};
TEST_P(LostDatabaseDrill, IsFetchedBackWithACode) {
  ActAndPublish(1 + Roll(4));
  a_.Stop();
  fs::remove_all(a_.dir() / "db");
  if (GetParam() % 2 == 0) fs::remove(a_.dir() / "high-water");
  a_.StartToRecover();
  EXPECT_THAT(Recover(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("--code")));
  auto invite = b_->pairing().Invite(b_.Caller(), 0);
  ASSERT_THAT(invite, IsOk());
  ASSERT_THAT(Recover(invite->code), IsOk());
  ids_.clear();
  for (SimNode* partner : {&b_, &c_, &d_}) circle_.Pair(*partner, a_);
  if (GetParam() % 2 == 0) {
    // One partner's word is not enough where no file tells how far it had signed.
    EXPECT_FALSE(a_->Tick().ok());
    EXPECT_THAT(a_->publisher().trouble(), HasSubstr("the word of one partner"));
    ASSERT_THAT(Recover(), IsOk());
  }
  ExpectWhole();
}

class LostHighWaterDrill : public Drill {};
TEST_P(LostHighWaterDrill, IsWrittenAnewOncePartnersHaveAnswered) {
  ActAndPublish(1 + Roll(4));
  a_.Stop();
  fs::remove(a_.dir() / "high-water");
  MaybeLoseOne();
  a_.Start();
  ExpectSilent();
  ASSERT_THAT(Recover(), IsOk());
  ExpectWhole();
}

// Fails the database from the moment on at which the high-water file is written.
class FailDatabaseAfterFile final : public storage::FileHook {
 public:
  FailDatabaseAfterFile(storage::FaultyDisk& disk, bool persisted)
      : disk_(disk), persisted_(persisted) {}
  absl::Status Before(storage::FileStep) override { return absl::OkStatus(); }
  absl::Status After(storage::FileStep step) override {
    if (step == storage::FileStep::kSyncDirectory) {
      persisted_ ? disk_.FailSyncs(storage::DiskFault::kIoError)
                 : disk_.FailAppends(storage::DiskFault::kIoError);
    }
    return absl::OkStatus();
  }

 private:
  storage::FaultyDisk& disk_;
  const bool persisted_;
};

// Every step of a publication, failing before it has reached the disk or after.
class CrashDrill : public Drill {
 protected:
  static constexpr int kFileSteps = 5;
  static constexpr int kPlaces = 2 * kFileSteps + 4;
};
TEST_P(CrashDrill, BetweenAnyTwoStepsLeavesOneHistory) {
  const int place = GetParam() % kPlaces;
  std::unique_ptr<storage::FileHook> hook;
  if (place < 2 * kFileSteps) {
    hook = std::make_unique<FailAt>(static_cast<storage::FileStep>(place / 2), place % 2 == 1);
  } else if (place < 2 * kFileSteps + 2) {
    hook = std::make_unique<FailDatabaseAfterFile>(disk_, place % 2 == 1);
  }
  a_.Stop();
  a_.disk = &disk_;
  a_.high_water_hook = hook.get();
  a_.Start();
  auto filed = a_->ledger().Add(a_.Caller(), DepositUnsettled("081243216789"));
  ASSERT_THAT(filed, IsOk());
  ASSERT_THAT(a_->ledger().Publish(a_.Caller(), filed->incident.id), IsOk());
  circle_.clock().Advance(31);
  if (place == 2 * kFileSteps + 2) disk_.FailAppends(storage::DiskFault::kIoError);
  if (place == 2 * kFileSteps + 3) disk_.FailSyncs(storage::DiskFault::kIoError);
  EXPECT_FALSE(a_->Tick().ok());
  Look();
  a_.Stop();
  if (Roll(2) == 0) disk_.LoseUnsynced();
  disk_.Heal();
  a_.high_water_hook = nullptr;
  a_.Start();
  Settle();
  EXPECT_EQ(a_->publisher().trouble(), "");
  auto view = a_->ledger().Get(filed->incident.id);
  ASSERT_THAT(view, IsOk());
  EXPECT_EQ(view->state, ledger::IncidentState::kPublished);
  ExpectWhole();
}

INSTANTIATE_TEST_SUITE_P(Drills, StaleDatabaseDrill, ::testing::Range(0, 35));
INSTANTIATE_TEST_SUITE_P(Drills, StaleDirectoryDrill, ::testing::Range(0, 35));
INSTANTIATE_TEST_SUITE_P(Drills, CloneDrill, ::testing::Range(0, 20));
INSTANTIATE_TEST_SUITE_P(Drills, RacingCloneDrill, ::testing::Range(0, 20));
INSTANTIATE_TEST_SUITE_P(Drills, RogueDrill, ::testing::Range(0, 20));
INSTANTIATE_TEST_SUITE_P(Drills, LostDatabaseDrill, ::testing::Range(0, 20));
INSTANTIATE_TEST_SUITE_P(Drills, LostHighWaterDrill, ::testing::Range(0, 20));
INSTANTIATE_TEST_SUITE_P(Drills, CrashDrill, ::testing::Range(0, 56));

}  // namespace
}  // namespace daftar::testing
