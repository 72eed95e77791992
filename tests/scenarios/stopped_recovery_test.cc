// A log whose taking back is stopped halfway: nothing is signed before it has been finished.
#include <filesystem>

#include "tests/scenarios/taking_back_fixture.h"

namespace daftar::testing {
namespace {

namespace fs = std::filesystem;
using ledger::IncidentState;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class StoppedRecovery : public TakingBack {
 protected:
  void ExpectBarredAfterRestart(void (SimNode::*start)()) {
    a_.Stop();
    (a_.*start)();
    EXPECT_THAT(a_->publisher().trouble(), HasSubstr("being taken back"));
    EXPECT_FALSE(a_->Tick().ok());
  }
};

// Half a log, with nothing that tells how far it went: there is nothing to go on from.
TEST_F(StoppedRecovery, HalfOfALostLogIsNotSignedOn) {
  Publish(File());
  const uint64_t size = a_->publisher().tree_size();
  a_.Stop();
  fs::remove_all(a_.dir() / "db");
  fs::remove(a_.dir() / "high-water");
  a_.StartToRecover();
  circle_.read_entries = 1;
  auto invite = b_->pairing().Invite(b_.Caller(), 0);
  ASSERT_THAT(invite, IsOk());
  const RecoveryPlan plan{invite->code, "a drill"};
  EXPECT_THAT(a_->RecoverLog(a_.Caller(), plan, [](const std::string&, uint64_t) { return false; }),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(a_->publisher().tree_size(), 1u);
  EXPECT_FALSE(a_->Tick().ok());
  a_.Stop();
  a_.StartToRecover();
  EXPECT_FALSE(a_->Tick().ok());
  ASSERT_THAT(a_->RecoverLog(a_.Caller(), plan, [](const std::string&, uint64_t) { return true; }),
              IsOk());
  EXPECT_EQ(a_->publisher().tree_size(), size);
  EXPECT_THAT(a_->publisher().trouble(), HasSubstr("the word of one partner"));
  a_.Stop();
  a_.Start();
  EXPECT_THAT(a_->publisher().trouble(), HasSubstr("the word of one partner"));
  for (SimNode* partner : {&b_, &c_}) circle_.Pair(*partner, a_);
  ASSERT_THAT(Recover(), IsOk());
  EXPECT_EQ(a_->publisher().trouble(), "");
}

TEST_F(StoppedRecovery, ItCanBeStoppedAndGoesOnWhereItWas) {
  const auto id = File();
  BackUp();
  Publish(id);
  PutBack();
  EXPECT_THAT(a_->RecoverLog(a_.Caller(), {{}, "a drill"},
                             [](const std::string&, uint64_t) { return false; }),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_FALSE(a_->Tick().ok());
  // The incidents wait for the second half, also over a restart.
  ExpectBarredAfterRestart(&SimNode::Start);
  const auto recovered = Recover();
  ASSERT_THAT(recovered, IsOk());
  EXPECT_THAT(recovered->said,
              Contains(HasSubstr("1 entry was taken back, 1 of them by an earlier attempt")));
  EXPECT_EQ(StateOf(id), IncidentState::kPublished);
  EXPECT_THAT(Recover(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("whole")));
}

// What was queued when the backup was made has been published since, and the incidents are not
// told of it yet.
TEST_F(StoppedRecovery, NothingIsPublishedFromIncidentsThatAreNotBroughtTogetherWithTheLog) {
  const auto id = File();
  ASSERT_THAT(a_->ledger().Publish(a_.Caller(), id), IsOk());
  BackUp();
  Settle();
  ASSERT_EQ(Reports(), 1u);
  PutBack();
  EXPECT_THAT(a_->RecoverLog(a_.Caller(), {{}, "a drill"},
                             [](const std::string& partner, uint64_t) { return !partner.empty(); }),
              StatusIs(absl::StatusCode::kCancelled));
  for (SimNode* partner : {&b_, &c_}) partner->Stop();
  ExpectBarredAfterRestart(&SimNode::Start);
  // Who is merely down comes up again: that is no reason to give the log up.
  const auto none = Recover();
  EXPECT_THAT(none,
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("more than half"), HasSubstr("toko-b.test did not answer"),
                             HasSubstr("toko-c.test did not answer"), HasSubstr("again when"),
                             Not(HasSubstr("--new-log")))));
  c_.Start();
  EXPECT_THAT(Recover(),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("toko-b.test did not answer"), Not(HasSubstr("toko-c.test")),
                             HasSubstr("again when"), Not(HasSubstr("--new-log")))));
  c_.Stop();
  circle_.clock().Advance(31);
  EXPECT_FALSE(a_->Tick().ok());
  for (SimNode* partner : {&b_, &c_}) partner->Start();
  ASSERT_THAT(Recover(), IsOk());
  EXPECT_EQ(a_->publisher().trouble(), "");
  Settle();
  EXPECT_EQ(Reports(), 1u);
  EXPECT_EQ(StateOf(id), IncidentState::kPublished);
  // Done with: a restart finds it whole.
  a_.Stop();
  a_.Start();
  EXPECT_EQ(a_->publisher().trouble(), "");
}

TEST_F(StoppedRecovery, ALostDatabaseThatHasItsEntriesAgainWaitsForItsIncidents) {
  Publish(File());
  const uint64_t size = a_->publisher().tree_size();
  a_.Stop();
  fs::remove_all(a_.dir() / "db");
  a_.StartToRecover();
  auto invite = b_->pairing().Invite(b_.Caller(), 0);
  ASSERT_THAT(invite, IsOk());
  const RecoveryPlan plan{invite->code, "a drill"};
  EXPECT_THAT(a_->RecoverLog(a_.Caller(), plan, [](const std::string&, uint64_t) { return false; }),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(a_->publisher().tree_size(), size);
  ExpectBarredAfterRestart(&SimNode::StartToRecover);
  ASSERT_THAT(a_->RecoverLog(a_.Caller(), plan, [](const std::string&, uint64_t) { return true; }),
              IsOk());
  EXPECT_EQ(a_->publisher().trouble(), "");
}

}  // namespace
}  // namespace daftar::testing
