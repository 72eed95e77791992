// What a watch makes of heads: growth, forks, rollbacks, age, and what is no head at all.
#include "node/audit/fork_evidence.h"
#include "tests/node/audit/watch_fixture.h"

namespace daftar::audit {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

void ExpectProvesFork(const std::string& file, const SimLog& log) {
  const auto evidence = ForkEvidence::Parse(file);
  ASSERT_THAT(evidence, testing::IsOk());
  EXPECT_EQ(evidence->origin, log.origin());
  const auto policy = TlogPolicy::Parse("log " + log.VKey() + "\nquorum none\n");
  ASSERT_THAT(policy, testing::IsOk());
  EXPECT_THAT(evidence->Prove(*policy), testing::IsOk());
}

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

TEST_F(WatchTest, TwoHeadsOfOneSizeAreAForkWithEvidence) {
  auto other = std::make_shared<SimLog>(*log_);
  log_->Grow(12, Time(), 1);
  other->Grow(12, Time(), 2);
  net_.servers[kA].Show(12);
  net_.servers[kB] = {other};
  net_.servers[kB].Show(12);
  options_.nodes = {kA, kB};
  EXPECT_EQ(Round(), Names{"fork"});
  EXPECT_EQ(told_[0].origin, log_->origin());
  EXPECT_THAT(told_[0].text, HasSubstr(kB));
  ASSERT_TRUE(files_.contains(told_[0].evidence)) << told_[0].evidence;
  ExpectProvesFork(files_[told_[0].evidence], *log_);
  // Known for good, also to the next process, and told once an hour.
  EXPECT_THAT(Round(), IsEmpty());
  clock_.seconds += kAlarmAgainAfter;
  EXPECT_EQ(Round(), Names{"fork"});
  EXPECT_EQ(watch_->alarms(), 1u);
  Start();
  EXPECT_EQ(Round(), Names{"fork"});
}

TEST_F(WatchTest, AForkAtAnotherSizeIsSeenWhoeverShowsIt) {
  log_->Grow(400, Time());
  for (const bool larger_first : {true, false}) {
    for (const bool over_time : {true, false}) {
      SCOPED_TRACE(larger_first);
      SCOPED_TRACE(over_time);
      auto small = std::make_shared<SimLog>(*log_);
      auto large = std::make_shared<SimLog>(*log_);
      small->Grow(500, Time(), 2);
      large->Grow(900, Time(), 3);
      net_.servers.clear();
      files_.clear();
      watch_.reset();
      SimServer first{larger_first ? large : small};
      SimServer second{larger_first ? small : large};
      first.Show(first.log->size());
      second.Show(second.log->size());
      if (over_time) {
        options_.nodes = {kA};
        net_.servers[kA] = first;
        EXPECT_THAT(Round(), IsEmpty());
        Start();
        net_.servers[kA] = second;
        // The tiles of the larger tree are still there, as on any static server.
        if (larger_first) {
          net_.servers[kB] = first;
          options_.nodes = {kA, kB};
          Start();
        }
      } else {
        options_.nodes = {kA, kB};
        net_.servers[kA] = first;
        net_.servers[kB] = second;
      }
      EXPECT_EQ(Round(), Names{"fork"});
      ASSERT_TRUE(files_.contains(told_[0].evidence));
      ExpectProvesFork(files_[told_[0].evidence], *log_);
    }
  }
}

TEST_F(WatchTest, EveryWayToForkIsToldFromGrowth) {
  log_->Grow(520, Time());
  for (const uint64_t at : {1, 2, 3, 255, 256, 257, 512}) {
    for (const uint64_t more : {1, 2, 5, 256}) {
      SCOPED_TRACE(std::to_string(at) + "+" + std::to_string(more));
      auto other = std::make_shared<SimLog>("toko-a.example/daftar", 1);
      other->Grow(at - 1, Time());  // the last one known goes another way
      other->Grow(at + more, Time(), 2);
      files_.clear();
      watch_.reset();
      net_.servers[kA] = {log_};
      net_.servers[kA].Show(at);
      EXPECT_THAT(Round(), IsEmpty());
      net_.servers[kA] = {other};
      net_.servers[kA].Show(at + more);
      EXPECT_EQ(Round(), Names{"fork"});
      ExpectProvesFork(files_[told_[0].evidence], *log_);
      EXPECT_EQ(KnownSize(), at);
    }
  }
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

TEST_F(WatchTest, AMirrorThatIsBehindIsNoRollbackAndGrowsStale) {
  log_->Grow(20, Time());
  net_.servers[kA].Show(20);
  net_.servers[kB] = {log_};
  net_.servers[kB].Show(15);
  options_.nodes = {kB, kA};
  EXPECT_THAT(Round(), IsEmpty());
  clock_.seconds += 290;
  // Both go on changing what they show; that does not make up for entries that are missing.
  for (const char* node : {kA, kB}) {
    net_.servers[node].checkpoint += "\xE2\x80\x94 some/witness AAAAAAAA\n";
  }
  EXPECT_THAT(Round(), IsEmpty());
  clock_.seconds += 20;
  EXPECT_EQ(Round(), Names{"stale"});
  EXPECT_EQ(told_[0].node, kB);
  net_.servers[kB].Show(20);
  EXPECT_EQ(Round(), Names{"!stale"});
}

TEST_F(WatchTest, AMirrorThatLagsBehindAGrowingLogGrowsStale) {
  log_->Grow(10, Time());
  net_.servers[kA].Show(10);
  net_.servers[kB] = {log_};
  net_.servers[kB].Show(5);
  options_.nodes = {kA, kB};
  EXPECT_THAT(Round(), IsEmpty());
  const auto grow = [&](bool in_a_process) {
    clock_.seconds += 60;
    log_->Grow(log_->size() + 2, Time());
    net_.servers[kA].Show(log_->size());
    if (in_a_process) Start();
  };
  for (int i = 0; i < 5; ++i) {
    grow(i % 2 == 0);
    net_.servers[kB].Show(6 + i / 3);  // it goes on, but does not come near
    EXPECT_THAT(Round(), IsEmpty());
  }
  EXPECT_EQ(Watched().nodes.at(kB).behind_of, 10u);
  grow(true);
  EXPECT_EQ(Round(), Names{"stale"});
  EXPECT_EQ(told_[0].node, kB);
  EXPECT_EQ(told_[0].size, 7u);
  EXPECT_THAT(told_[0].text, HasSubstr("behind larger ones for 360 s"));
  // Once it has come to what it was behind of, its age is counted from what it lacks now.
  grow(false);
  net_.servers[kB].Show(10);
  EXPECT_EQ(Round(), Names{"!stale"});
  EXPECT_EQ(Watched().nodes.at(kB).behind_of, log_->size());
}

TEST_F(WatchTest, AMirrorThatIsAlwaysALittleBehindIsNotStale) {
  net_.servers[kB] = {log_};
  options_.nodes = {kA, kB};
  for (int i = 0; i < 20; ++i) {
    net_.servers[kB].Show(log_->size());
    log_->Grow(log_->size() + 1, Time());
    net_.servers[kA].Show(log_->size());
    EXPECT_THAT(Round(), IsEmpty());
    EXPECT_EQ(Watched().nodes.at(kB).behind_since, clock_.seconds);
    clock_.seconds += 60;
  }
}

TEST_F(WatchTest, AHeadThatNobodyConfirmsGrowsStale) {
  const auto self = MakeKey(5);
  const std::string self_name = evidence::SelfKeyName(log_->origin());
  const auto show = [&](uint64_t at) { net_.servers[kA].Show(3, {{self_name, self, at}}); };
  show(Time());
  EXPECT_THAT(Round(), IsEmpty());
  clock_.seconds += 301;
  EXPECT_EQ(Round(), Names{"stale"});
  EXPECT_THAT(Round(), IsEmpty());  // it is known
  // Without the self key in the policy, any change of the note counts as a sign of life.
  show(Time() - 1000);
  EXPECT_EQ(Round(), Names{"!stale"});
  // With it, only what it signed counts.
  policy_ += "witness self " + CosignerKey(self_name, *self).ToVkey() + "\n";
  Start();
  EXPECT_EQ(Round(), Names{"stale"});
  show(Time() - 299);
  EXPECT_EQ(Round(), Names{"!stale"});
  options_.stale_after = 60;
  Start();
  EXPECT_EQ(Round(), Names{"stale"});
}

TEST_F(WatchTest, AHeadWithoutThePolicysQuorumIsStaleAfterATime) {
  const auto witness = MakeKey(6);
  policy_ = "log " + log_->VKey() + "\nwitness w " + CosignerKey("w.example", *witness).ToVkey() +
            "\nquorum w\n";
  net_.servers[kA].Show(3);
  EXPECT_THAT(Round(), IsEmpty());
  clock_.seconds += 301;
  EXPECT_EQ(Round(), Names{"stale"});
  EXPECT_THAT(told_[0].text, HasSubstr("quorum"));
  net_.servers[kA].Show(3, {{"w.example", witness, Time()}});
  EXPECT_EQ(Round(), Names{"!stale"});
}

TEST_F(WatchTest, ALogThatGrowsWithoutTheQuorumIsStaleAllTheSame) {
  const auto witness = MakeKey(6);
  const auto self = MakeKey(5);
  const std::string self_name = evidence::SelfKeyName(log_->origin());
  policy_ = "log " + log_->VKey() + "\nwitness w " + CosignerKey("w.example", *witness).ToVkey() +
            "\nwitness self " + CosignerKey(self_name, *self).ToVkey() + "\nquorum w\n";
  const auto grow = [&](bool with_quorum) {
    log_->Grow(log_->size() + 1, Time());
    std::vector<SimLog::Cosigner> cosigners = {{self_name, self, Time()}};
    if (with_quorum) cosigners.push_back({"w.example", witness, Time()});
    net_.servers[kA].Show(log_->size(), cosigners);
  };
  for (const bool each_in_a_process : {false, true}) {
    SCOPED_TRACE(each_in_a_process);
    grow(true);
    EXPECT_THAT(Round(), IsEmpty());
    for (int i = 0; i < 5; ++i) {
      clock_.seconds += 60;
      grow(false);
      if (each_in_a_process) Start();
      EXPECT_THAT(Round(), IsEmpty());
    }
    clock_.seconds += 60;
    grow(false);
    if (each_in_a_process) Start();
    EXPECT_EQ(Round(), Names{"stale"});
    EXPECT_THAT(told_[0].text, HasSubstr("quorum"));
    // Another node that still shows the last head that had a quorum changes nothing.
    net_.servers[kB] = {log_};
    net_.servers[kB].Show(log_->size() - 6,
                          {{"w.example", witness, Time()}, {self_name, self, Time()}});
    options_.nodes = {kA, kB};
    Start();
    EXPECT_EQ(Round(), Names{"stale"});
    options_.nodes = {kA};
    grow(true);
    EXPECT_EQ(Round(), Names{"!stale"});
    Start();
  }
}

TEST_F(WatchTest, TwoHeadsOfOneSizeAreAForkThoughTheFirstHasNoTiles) {
  auto first = std::make_shared<SimLog>(*log_);
  first->Grow(5, Time(), 1);
  auto second = std::make_shared<SimLog>(*log_);
  second->Grow(5, Time(), 2);
  for (const bool over_time : {false, true}) {
    SCOPED_TRACE(over_time);
    files_.clear();
    watch_.reset();
    options_.nodes = {kA, kB};
    net_.servers.clear();
    net_.servers[kA] = {log_};
    net_.servers[kA].Show(3);
    net_.servers[kB] = net_.servers[kA];
    EXPECT_THAT(Round(), IsEmpty());
    net_.servers[kA] = {first};
    net_.servers[kA].Show(5);
    net_.servers[kA].lies.emplace(TilePath(0, 0, 5), absl::NotFoundError("gone"));
    if (over_time) {
      EXPECT_THAT(Round(), IsEmpty());
      EXPECT_THAT(Watched().pending, SizeIs(1));
      net_.servers[kA].down = true;
      Start();
    }
    net_.servers[kB] = {second};
    net_.servers[kB].Show(5);
    const Names told = Round();
    ASSERT_THAT(told, ::testing::Contains("fork"));
    ExpectProvesFork(files_[told_[0].evidence], *log_);
  }
}

TEST_F(WatchTest, AHeadWithoutTilesIsHeldAgainstALargerTree) {
  auto first = std::make_shared<SimLog>(*log_);
  first->Grow(5, Time(), 1);
  net_.servers[kA].Show(3);
  EXPECT_THAT(Round(), IsEmpty());
  const auto begin = files_;
  for (const bool forked : {false, true}) {
    files_ = begin;
    net_.servers[kA] = {first};
    net_.servers[kA].Show(5);
    net_.servers[kA].lies.emplace(TilePath(0, 0, 5), absl::NotFoundError("gone"));
    Start();
    EXPECT_THAT(Round(), IsEmpty());
    auto larger = std::make_shared<SimLog>(forked ? *log_ : *first);
    larger->Grow(9, Time(), 2);
    net_.servers[kA] = {larger};
    net_.servers[kA].Show(9);
    Start();
    EXPECT_EQ(Round(), forked ? Names{"fork"} : Names{});
    if (forked) {
      ExpectProvesFork(files_[told_[0].evidence], *log_);
    } else {
      EXPECT_THAT(Watched().pending, IsEmpty());
    }
  }
}

TEST_F(WatchTest, EvidenceOfAForkHasNothingButWhatTheLogSigned) {
  const auto witness = MakeKey(6);
  auto other = std::make_shared<SimLog>(*log_);
  log_->Grow(7, Time(), 1);
  other->Grow(7, Time(), 2);
  net_.servers[kA].Show(7);
  // A line under the key of a witness that this policy does not have, and the log's own twice.
  crypto::Note note = *crypto::ParseNote(log_->NoteAt(7, {{"w.example", witness, Time()}}));
  note.signatures[1].blob[20] ^= 1;
  note.signatures.push_back(note.signatures[0]);
  net_.servers[kA].checkpoint = note.ToString();
  EXPECT_THAT(Round(), IsEmpty());
  net_.servers[kA] = {other};
  net_.servers[kA].Show(7);
  EXPECT_EQ(Round(), Names{"fork"});
  const auto evidence = ForkEvidence::Parse(files_[told_[0].evidence]);
  ASSERT_THAT(evidence, testing::IsOk());
  EXPECT_EQ(evidence->first, log_->NoteAt(7));
  const auto policy =
      TlogPolicy::Parse("log " + log_->VKey() + "\nwitness w " +
                        CosignerKey("w.example", *witness).ToVkey() + "\nquorum none\n");
  ASSERT_THAT(policy, testing::IsOk());
  EXPECT_THAT(evidence->Prove(*policy), testing::IsOk());
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

TEST_F(WatchTest, AForkIsToldThoughItsEvidenceCannotBeWritten) {
  auto other = std::make_shared<SimLog>(*log_);
  log_->Grow(12, Time(), 1);
  other->Grow(12, Time(), 2);
  net_.servers[kA].Show(12);
  EXPECT_THAT(Round(), IsEmpty());
  net_.servers[kA] = {other};
  net_.servers[kA].Show(12);
  disk_full_ = true;
  EXPECT_THAT(watch_->Round(), testing::StatusIs(absl::StatusCode::kResourceExhausted));
  ASSERT_THAT(told_, SizeIs(1));
  EXPECT_EQ(told_[0].kind, AlarmKind::kFork);
  EXPECT_EQ(told_[0].evidence, "");
  EXPECT_THAT(told_[0].text, HasSubstr("could not be kept"));
  EXPECT_THAT(told_[0].text, HasSubstr("no space left"));
  EXPECT_FALSE(Watched().fork_is_kept);
  // It is kept as soon as there is room.
  disk_full_ = false;
  EXPECT_EQ(Round(), Names{"fork"});
  ASSERT_TRUE(files_.contains(told_[0].evidence));
  ExpectProvesFork(files_[told_[0].evidence], *log_);
  EXPECT_THAT(Round(), IsEmpty());
  Start();
  EXPECT_EQ(Round(), Names{"fork"});
  EXPECT_EQ(told_[0].evidence, Watched().fork);
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

}  // namespace
}  // namespace daftar::audit
