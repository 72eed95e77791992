// Two heads of one log that cannot both be true, however they are shown, and what proves it.
#include "tests/node/audit/watch_fixture.h"

namespace daftar::audit {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

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

TEST_F(WatchTest, EvidenceOfAForkSaysWhichWitnessesCosignedItsHeads) {
  const auto one = MakeKey(6);
  const auto two = MakeKey(7);
  const auto stranger = MakeKey(8);
  policy_ = "log " + log_->VKey() + "\nwitness one " + CosignerKey("one.example", *one).ToVkey() +
            "\nwitness two " + CosignerKey("two.example", *two).ToVkey() + "\nquorum none\n";
  for (const bool without_tiles : {false, true}) {
    SCOPED_TRACE(without_tiles);
    auto first = std::make_shared<SimLog>(*log_);
    auto second = std::make_shared<SimLog>(*log_);
    first->Grow(7, Time(), 1);
    second->Grow(9, Time(), 2);
    files_.clear();
    net_.servers[kA] = {log_};
    net_.servers[kA].Show(3);
    Start();
    EXPECT_THAT(Round(), IsEmpty());
    net_.servers[kA] = {first};
    net_.servers[kA].Show(7, {{"one.example", one, Time()},
                              {"stranger.example", stranger, Time()},
                              {"two.example", two, Time() - 1}});
    if (without_tiles) {
      net_.servers[kA].lies.emplace(TilePath(0, 0, 7), absl::NotFoundError("gone"));
    }
    EXPECT_THAT(Round(), IsEmpty());
    Start();  // what an earlier run has seen
    net_.servers[kA] = {second};
    // A witness's line twice, and the log's: one of each is kept.
    crypto::Note note = *crypto::ParseNote(second->NoteAt(9, {{"two.example", two, Time()}}));
    note.signatures.push_back(note.signatures[1]);
    note.signatures.push_back(note.signatures[0]);
    net_.servers[kA].Show(9);
    net_.servers[kA].checkpoint = note.ToString();
    EXPECT_EQ(Round(), Names{"fork"});
    const auto evidence = ForkEvidence::Parse(files_[told_[0].evidence]);
    ASSERT_THAT(evidence, testing::IsOk());
    EXPECT_EQ(evidence->first,
              first->NoteAt(7, {{"one.example", one, Time()}, {"two.example", two, Time() - 1}}));
    EXPECT_EQ(evidence->second, second->NoteAt(9, {{"two.example", two, Time()}}));
    const auto policy = TlogPolicy::Parse(policy_);
    ASSERT_THAT(policy, testing::IsOk());
    const auto heads = evidence->Heads(*policy);
    ASSERT_THAT(heads, testing::IsOk());
    EXPECT_THAT(heads->first.witnesses, SizeIs(2));
    EXPECT_THAT(heads->second.witnesses, SizeIs(1));
    EXPECT_THAT(evidence->Prove(*heads), testing::IsOk());
  }
}

TEST_F(WatchTest, EvidenceOfAForkHasNothingOfWhomThePolicyDoesNotKnow) {
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

TEST_F(WatchTest, ATileThatIsHiddenHidesNoForkInSilence) {
  auto other = std::make_shared<SimLog>(log_->origin(), 1);
  other->Grow(100, Time());
  other->Grow(300, Time(), 2);
  log_->Grow(700, Time());
  net_.servers[kA].Show(700);
  EXPECT_THAT(Round(), IsEmpty());
  EXPECT_EQ(Watched().read.size(), 700u);
  // Only what leads back to the other head is hidden, and that head is shown once.
  net_.servers[kA].lies.emplace(TilePath(0, 1, 256), absl::NotFoundError("gone"));
  net_.servers[kB] = {other};
  net_.servers[kB].Show(300);
  options_.nodes = {kA, kB};
  Start();
  EXPECT_THAT(Round(), IsEmpty());
  ASSERT_TRUE(watch_->failures().contains(kA));
  EXPECT_THAT(watch_->failures().at(kA).ToString(), HasSubstr("tiles could not be had"));
  options_.nodes = {kA};
  Start();
  EXPECT_EQ(Round(), Names{"unreachable"});
  EXPECT_EQ(told_[0].node, kA);
  net_.servers[kA].lies.clear();
  EXPECT_EQ(Round(), Names{"fork"});
  ExpectProvesFork(files_[told_[0].evidence], *log_);
}

TEST_F(WatchTest, WhatIsHiddenOfOneSizeHidesNoForkAtAnother) {
  constexpr char kC[] = "http://c.test/log";
  auto other = std::make_shared<SimLog>(log_->origin(), 1);
  other->Grow(100, Time());
  other->Grow(600, Time(), 2);
  log_->Grow(700, Time());
  net_.servers[kA].Show(700);
  EXPECT_THAT(Round(), IsEmpty());
  net_.servers[kA].down = true;
  net_.servers[kB] = {other};
  net_.servers[kB].Show(300);
  net_.servers[kC] = {other};
  net_.servers[kC].Show(600);
  options_.nodes = {kA, kB, kC};
  Start();
  EXPECT_THAT(Round(), IsEmpty());
  EXPECT_THAT(Watched().pending, SizeIs(2));
  net_.servers[kA].down = false;
  net_.servers[kA].lies.emplace(TilePath(0, 1, 256), absl::NotFoundError("gone"));
  options_.nodes = {kA};
  Start();
  EXPECT_THAT(Round(), ::testing::Contains("fork"));
  ExpectProvesFork(files_[told_[0].evidence], *log_);
}

TEST_F(WatchTest, EvidenceThatOneRunCouldNotKeepIsCollectedByAnother) {
  log_->Grow(12, Time(), 1);
  net_.servers[kA].Show(12);
  const SimServer honest = net_.servers[kA];
  EXPECT_THAT(Round(), IsEmpty());
  const auto before = files_;
  for (const uint64_t size : {12, 20}) {
    SCOPED_TRACE(size);
    files_ = before;
    auto other = std::make_shared<SimLog>(log_->origin(), 1);
    other->Grow(size, Time(), 2);
    SimServer forked{other};
    forked.Show(size);
    net_.servers[kA] = forked;
    // The record finds room, the evidence does not.
    evidence_fails_ = true;
    Start();
    EXPECT_EQ(Round(), Names{"fork"});
    EXPECT_EQ(told_[0].evidence, "");
    evidence_fails_ = false;
    net_.servers[kA] = honest;
    Start();
    EXPECT_EQ(Round(), Names{"fork"});
    EXPECT_THAT(told_[0].text, HasSubstr("an earlier run could not keep its evidence"));
    EXPECT_FALSE(Watched().fork_is_kept);
    net_.servers[kA] = forked;
    EXPECT_EQ(Round(), Names{"fork"});
    ASSERT_TRUE(files_.contains(told_[0].evidence));
    ExpectProvesFork(files_[told_[0].evidence], *log_);
    EXPECT_TRUE(Watched().fork_is_kept);
    EXPECT_EQ(Watched().read.size(), 12u);
    EXPECT_THAT(Round(), IsEmpty());
  }
}

}  // namespace
}  // namespace daftar::audit
