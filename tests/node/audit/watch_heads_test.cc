// What a watch makes of heads: growth, rollbacks, and what is no head of the log at all.
#include "tests/node/audit/watch_fixture.h"

namespace daftar::audit {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(WatchTest, GrowthOfAnySizeIsFollowedWithoutAnAlarm) {
  log_->Grow(1100, Time());
  for (const uint64_t size : {0, 1, 2, 3, 7, 255, 256, 257, 300, 511, 512, 513, 768, 1000, 1100}) {
    net_.servers[kA].Show(size);
    EXPECT_THAT(Round(), IsEmpty()) << size;
    EXPECT_EQ(KnownSize(), size);
    EXPECT_EQ(Watched().read.size(), size);
    EXPECT_EQ(Watched().read.Root(), log_->RootAt(size));
    if (size % 2 == 0) Start();  // remembers all of it
  }
  EXPECT_EQ(Watched().open.size(), 1100u);
  EXPECT_EQ(watch_->alarms(), 0u);
}

TEST_F(WatchTest, ALogOfThreeLevelsOfTilesIsRead) {
  options_.bundles_in_round = 1000;
  log_->Grow(66'000, Time());
  net_.servers[kA].Show(65'000);
  EXPECT_THAT(Round(), IsEmpty());
  net_.servers[kA].Show(66'000);
  EXPECT_THAT(Round(), IsEmpty());
  EXPECT_EQ(Watched().read.size(), 66'000u);
  // A hash of the highest tile that is wrong is seen, though all below it fit.
  const std::string path = TilePath(1, 1, crypto::TileWidthAt(66'000, 1, 1));
  std::string tile = *log_->Get(66'000, path);
  tile[3] ^= 1;
  files_.clear();
  Start();
  net_.servers[kA].lies.emplace(path, tile);
  EXPECT_EQ(Round(), Names{"bad_tiles"});
}

TEST_F(WatchTest, ASmallerHeadIsARollbackOfWhoShowedALargerOne) {
  log_->Grow(20, Time());
  net_.servers[kA].Show(20);
  EXPECT_THAT(Round(), IsEmpty());
  net_.servers[kA].Show(15);
  net_.servers[kB] = {log_};
  net_.servers[kB].Show(20);
  options_.nodes = {kA, kB};
  Start();
  EXPECT_EQ(Round(), Names{"rollback"});
  EXPECT_EQ(told_[0].node, kA);
  EXPECT_THAT(told_[0].text, HasSubstr("earlier state of the same log"));
  ASSERT_THAT(told_[0].notes, SizeIs(2));
  EXPECT_EQ(files_[told_[0].notes[0]], log_->NoteAt(15));
  EXPECT_EQ(files_[told_[0].notes[1]], log_->NoteAt(20));
  EXPECT_EQ(KnownSize(), 20u);
  EXPECT_THAT(Round(), IsEmpty());
  net_.servers[kA].Show(20);
  EXPECT_EQ(Round(), Names{"!rollback"});
  EXPECT_EQ(watch_->alarms(), 1u);
}

TEST_F(WatchTest, ARollbackThatNobodyCanCompareSaysSo) {
  log_->Grow(20, Time());
  net_.servers[kA].Show(20);
  EXPECT_THAT(Round(), IsEmpty());
  net_.servers[kA].Show(15);  // no tiles of size 20 any more
  EXPECT_EQ(Round(), Names{"rollback"});
  EXPECT_THAT(told_[0].text, HasSubstr("could not be seen"));
  EXPECT_THAT(told_[0].notes, SizeIs(2));
}

TEST_F(WatchTest, ARollbackToAHeadThatWasSeenIsComparedWithoutTiles) {
  log_->Grow(20, Time());
  auto other = std::make_shared<SimLog>("toko-a.example/daftar", 1);
  other->Grow(10, Time(), 2);
  net_.servers[kA].Show(10);
  EXPECT_THAT(Round(), IsEmpty());
  net_.servers[kA].Show(20);
  EXPECT_THAT(Round(), IsEmpty());
  net_.servers[kA].Show(10);
  EXPECT_EQ(Round(), Names{"rollback"});
  EXPECT_THAT(told_[0].text, HasSubstr("earlier state of the same log"));
  net_.servers[kA] = {other};
  net_.servers[kA].Show(10);
  EXPECT_EQ(Round(), Names{"fork"});
  ExpectProvesFork(files_[told_[0].evidence], *log_);
}

TEST_F(WatchTest, WhatIsNoHeadOfALogOfThePolicyIsRefused) {
  const auto witness = MakeKey(6);
  policy_ = "log " + log_->VKey() + "\nwitness w " + CosignerKey("w.example", *witness).ToVkey() +
            "\nquorum none\n";
  const SimLog stranger("toko-b.example/daftar", 2);
  SimLog impostor("toko-a.example/daftar", 3);
  impostor.Grow(3, Time());
  const std::string good = log_->NoteAt(3);
  crypto::Note failing = *crypto::ParseNote(log_->NoteAt(3, {{"w.example", witness, Time()}}));
  failing.signatures[1].blob[20] ^= 1;
  crypto::Note log_line = *crypto::ParseNote(good);
  log_line.signatures[0].blob[5] ^= 1;
  crypto::Note extended;
  extended.text = log_->HeadAt(3).ToText() + "more\n";
  extended.signatures = {crypto::SignNote(extended.text, log_->origin(), log_->key())};
  crypto::Note rootless;
  rootless.text = crypto::Checkpoint{log_->origin(), 0, log_->RootAt(3)}.ToText();
  rootless.signatures = {crypto::SignNote(rootless.text, log_->origin(), log_->key())};
  crypto::Note witnessed_only =
      *crypto::ParseNote(log_->NoteAt(3, {{"w.example", witness, Time()}}));
  witnessed_only.signatures.erase(witnessed_only.signatures.begin());
  crypto::Note too_long = *crypto::ParseNote(good);
  while (too_long.ToString().size() <= kMaxHeadNoteBytes) {
    too_long.signatures.push_back({"some/witness", {}, crypto::Bytes(400, 1)});
  }
  ASSERT_LT(too_long.signatures.size(), crypto::kMaxNoteSignatures);
  std::string with_cr = good;
  with_cr.insert(with_cr.find('\n'), "\r");
  for (const std::string& note :
       {std::string("<html>"), std::string(), good.substr(0, good.size() - 1), good + "x", with_cr,
        stranger.NoteAt(0), impostor.NoteAt(3), failing.ToString(), log_line.ToString(),
        extended.ToString(), rootless.ToString(), witnessed_only.ToString(),
        log_->NoteAt(3, {{"w.example", witness, Time() + 301}}), too_long.ToString(),
        std::string(70'000, 'a')}) {
    files_.clear();
    Start();
    net_.servers[kA].checkpoint = note;
    EXPECT_EQ(Round(), Names{"bad_checkpoint"}) << note.substr(0, 200);
    EXPECT_TRUE(watch_->logs().empty());
    EXPECT_EQ(watch_->reached(), 1u);
    net_.servers[kA].Show(3, {{"w.example", witness, Time() + 299}});
    EXPECT_EQ(Round(), Names{"!bad_checkpoint"});
  }
}

TEST_F(WatchTest, AnAlarmIsToldAgainWhenItChangesAndOnceAnHour) {
  net_.servers[kA].checkpoint = "nothing";
  EXPECT_EQ(Round(), Names{"bad_checkpoint"});
  EXPECT_THAT(Round(), IsEmpty());
  net_.servers[kA].checkpoint = SimLog("toko-b.example/daftar", 2).NoteAt(0);
  EXPECT_EQ(Round(), Names{"bad_checkpoint"});
  EXPECT_EQ(watch_->alarms(), 2u);
  clock_.seconds += kAlarmAgainAfter - 1;
  EXPECT_THAT(Round(), IsEmpty());
  clock_.seconds += 1;
  EXPECT_EQ(Round(), Names{"bad_checkpoint"});
  EXPECT_EQ(watch_->alarms(), 2u);
}

TEST_F(WatchTest, WhoDoesNotAnswerIsToldAfterTwoRoundsAndIsNoFork) {
  net_.servers[kA].Show(3);
  EXPECT_THAT(Round(), IsEmpty());
  net_.servers[kA].down = true;
  EXPECT_THAT(Round(), IsEmpty());
  EXPECT_THAT(watch_->failures(), SizeIs(1));
  EXPECT_EQ(watch_->reached(), 0u);
  Start();  // from cron, each round is a process of its own
  EXPECT_EQ(Round(), Names{"unreachable"});
  EXPECT_EQ(told_[0].origin, log_->origin());
  EXPECT_THAT(Round(), IsEmpty());
  net_.servers[kA].down = false;
  EXPECT_EQ(Round(), Names{"!unreachable"});
  // One of whom nothing is known is told too.
  options_.nodes = {"http://nobody.test/log"};
  Start();
  EXPECT_THAT(Round(), IsEmpty());
  EXPECT_EQ(Round(), Names{"unreachable"});
}

TEST_F(WatchTest, AHeadWhoseTilesAreMissingIsNotTaken) {
  net_.servers[kA].Show(3);
  EXPECT_THAT(Round(), IsEmpty());
  log_->Grow(9, Time());
  net_.servers[kA].Show(9);
  net_.servers[kA].lies.emplace(TilePath(0, 0, 9), absl::NotFoundError("gone"));
  EXPECT_THAT(Round(), IsEmpty());
  EXPECT_EQ(KnownSize(), 3u);
  EXPECT_EQ(Round(), Names{"unreachable"});
  EXPECT_THAT(told_[0].text, HasSubstr("tiles"));
  net_.servers[kA].lies.clear();
  EXPECT_EQ(Round(), Names{"!unreachable"});
  EXPECT_EQ(KnownSize(), 9u);
}

TEST_F(WatchTest, ANodeThatShowsAnotherLogIsToldOf) {
  auto other = std::make_shared<SimLog>("toko-b.example/daftar", 2);
  other->Grow(2, Time());
  policy_ = "log " + log_->VKey() + "\nlog " + other->VKey() + "\nquorum none\n";
  net_.servers[kA].Show(3);
  EXPECT_THAT(Round(), IsEmpty());
  net_.servers[kA] = {other};
  net_.servers[kA].Show(2);
  EXPECT_EQ(Round(), Names{"other_log"});
  EXPECT_EQ(told_[0].origin, log_->origin());
  Start();
  EXPECT_EQ(Round(), Names{"other_log"});
  // What it shows is looked at all the same.
  EXPECT_EQ(watch_->logs().at(other->origin()).read.size(), 2u);
}

TEST_F(WatchTest, AnotherLogThatThePolicyDoesNotHaveIsNoBadCheckpoint) {
  SimLog other("toko-b.example/daftar", 2);
  other.Grow(2, Time());
  net_.servers[kA].Show(3);
  EXPECT_THAT(Round(), IsEmpty());
  net_.servers[kA].checkpoint = other.NoteAt(2);
  EXPECT_EQ(Round(), Names{"other_log"});
  EXPECT_EQ(told_[0].origin, log_->origin());
  EXPECT_THAT(told_[0].text, HasSubstr(other.origin() + ", which the policy does not have"));
  EXPECT_FALSE(watch_->logs().contains(other.origin()));
  // Of the log itself under another key it is a bad checkpoint still.
  net_.servers[kA].checkpoint = SimLog(log_->origin(), 9).NoteAt(0);
  EXPECT_EQ(Round(), (Names{"bad_checkpoint", "!other_log"}));
}

TEST_F(WatchTest, ARecordOfKeysThatThePolicyDoesNotHaveIsRefused) {
  net_.servers[kA].Show(3);
  EXPECT_THAT(Round(), IsEmpty());
  policy_ = "log " + SimLog(log_->origin(), 9).VKey() + "\nquorum none\n";
  const absl::Status status = TryStart();
  EXPECT_THAT(status, testing::StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(status.ToString(), HasSubstr(log_->origin()));
}

TEST_F(WatchTest, AFileThatCannotBeWrittenEndsTheRound) {
  net_.servers[kA].Show(3);
  Start();
  disk_full_ = true;
  EXPECT_THAT(watch_->Round(), testing::StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(WatchTest, ARollbackIsToldThoughItsNotesCannotBeWritten) {
  log_->Grow(20, Time());
  net_.servers[kA].Show(20);
  EXPECT_THAT(Round(), IsEmpty());
  net_.servers[kA].Show(15);
  disk_full_ = true;
  EXPECT_THAT(watch_->Round(), testing::StatusIs(absl::StatusCode::kResourceExhausted));
  ASSERT_THAT(told_, SizeIs(1));
  EXPECT_EQ(told_[0].kind, AlarmKind::kRollback);
  EXPECT_THAT(told_[0].notes, IsEmpty());
  EXPECT_THAT(told_[0].text, HasSubstr("no space left"));
}

TEST_F(WatchTest, TheNotesOfRollbacksAreSmallAndBounded) {
  log_->Grow(300, Time());
  net_.servers[kA].Show(300);
  EXPECT_THAT(Round(), IsEmpty());
  for (uint64_t size = 200; size > 200 - kMaxNotesOfLog - 2; --size) {
    net_.servers[kA].Show(size);
    // Whoever shows a head may add what it likes.
    net_.servers[kA].checkpoint +=
        "\xE2\x80\x94 some/witness " + crypto::ToBase64(crypto::Bytes(9000, 1)) + "\n";
    ASSERT_EQ(Round(), Names{"rollback"}) << size;
    if (size == 200) {
      ASSERT_THAT(told_[0].notes, SizeIs(2));
      EXPECT_EQ(files_[told_[0].notes[0]], log_->NoteAt(200));
      // Written once, however long it goes on.
      EXPECT_THAT(Round(), IsEmpty());
      clock_.seconds += kAlarmAgainAfter;
      EXPECT_THAT(Round(), ::testing::Contains("rollback"));
      EXPECT_EQ(writes_[told_[0].notes[0]], 1);
    }
  }
  EXPECT_EQ(CountNotes(FileStem(log_->origin())), kMaxNotesOfLog);
  EXPECT_THAT(told_[0].notes, IsEmpty());
  EXPECT_THAT(told_[0].text, HasSubstr("64 notes of it are kept already"));
}

}  // namespace
}  // namespace daftar::audit
