// What a watch makes of tiles and entries.
#include "tests/node/audit/watch_fixture.h"

namespace daftar::audit {
namespace {

using evidence::EntryKind;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(WatchTest, NoLieInATileOrABundlePasses) {
  log_->Grow(700, Time());
  net_.servers[kA].Show(300);
  EXPECT_THAT(Round(), IsEmpty());
  const auto before = files_;
  net_.servers[kA].Show(700);
  net_.asked.clear();
  EXPECT_THAT(Round(), IsEmpty());
  std::set<std::string> paths;
  for (const std::string& url : net_.asked) paths.insert(url.substr(std::string(kA).size() + 1));
  paths.erase("checkpoint");
  ASSERT_EQ(paths.size(), 5u);
  for (const std::string& path : paths) {
    const std::string good = *log_->Get(700, path);
    for (const size_t at : {size_t{0}, good.size() / 2, good.size() - 1}) {
      std::string flipped = good;
      flipped[at] ^= 1;
      for (const std::string& lie : {flipped, good.substr(0, good.size() - 1), good + "x",
                                     std::string(), std::string(1 << 20, 'x')}) {
        SCOPED_TRACE(path + " at " + std::to_string(at) + ", " + std::to_string(lie.size()));
        files_ = before;
        Start();
        net_.servers[kA].lies = {{path, lie}};
        EXPECT_EQ(Round(), Names{"bad_tiles"});
        EXPECT_LT(Watched().read.size(), 700u);
        // Nothing wrong is remembered: with the truth it goes on.
        net_.servers[kA].lies.clear();
        EXPECT_EQ(Round(), Names{"!bad_tiles"});
        EXPECT_EQ(Watched().read.Root(), log_->RootAt(700));
      }
    }
  }
}

TEST_F(WatchTest, WrongTilesAreNotOverBeforeTheNodeHasGivenTheRightOnes) {
  log_->Grow(700, Time());
  net_.servers[kA].Show(700);
  net_.servers[kB] = net_.servers[kA];
  options_.nodes = {kA, kB};
  std::string wrong = *log_->Get(700, BundlePath(1, 256));
  wrong.back() ^= 1;
  net_.servers[kA].lies.emplace(BundlePath(1, 256), wrong);
  EXPECT_EQ(Round(), Names{"bad_tiles"});
  EXPECT_EQ(told_[0].node, kA);
  // Another node has given the entries: nothing is left to be read.
  EXPECT_EQ(Watched().read.size(), 700u);
  EXPECT_THAT(Round(), IsEmpty());
  net_.servers[kA].down = true;
  EXPECT_THAT(Round(), IsEmpty());
  net_.servers[kA].down = false;
  EXPECT_THAT(Round(), IsEmpty());
  net_.servers[kA].lies.clear();
  EXPECT_EQ(Round(), Names{"!bad_tiles"});
}

TEST_F(WatchTest, WhoGivesNoTilesIsToldThoughAnotherGivesThem) {
  log_->Grow(700, Time());
  net_.servers[kA].Show(700);
  net_.servers[kB] = net_.servers[kA];
  options_.nodes = {kA, kB};
  net_.servers[kA].lies.emplace(BundlePath(1, 256), absl::NotFoundError("gone"));
  EXPECT_THAT(Round(), IsEmpty());
  EXPECT_EQ(Watched().read.size(), 700u);
  EXPECT_EQ(Round(), Names{"unreachable"});
  EXPECT_EQ(told_[0].node, kA);
  EXPECT_THAT(Round(), IsEmpty());
  net_.servers[kA].lies.clear();
  EXPECT_EQ(Round(), Names{"!unreachable"});
}

TEST_F(WatchTest, EntriesUnderAnotherTreeAreNotRead) {
  // Tiles and bundles of one log under the head of another, in agreement with each other.
  SimLog other("toko-a.example/daftar", 1);
  other.Grow(300, Time(), 9);
  log_->Grow(300, Time());
  SimServer& server = net_.servers[kA];
  server.Show(300);
  for (const std::string& path : {TilePath(0, 0, 256), TilePath(0, 1, 44), TilePath(1, 0, 1),
                                  BundlePath(0, 256), BundlePath(1, 44)}) {
    server.lies.emplace(path, *other.Get(300, path));
  }
  EXPECT_EQ(Round(), Names{"bad_tiles"});
  EXPECT_EQ(Watched().read.size(), 0u);
  EXPECT_THAT(Watched().open, IsEmpty());
}

TEST_F(WatchTest, ATileOfALargerTreeServesForAPartialOne) {
  log_->Grow(512, Time());
  net_.servers[kA].Show(300);
  net_.servers[kA].lies.emplace(TilePath(0, 1, 44), absl::NotFoundError("dropped"));
  net_.servers[kA].lies.emplace(BundlePath(1, 44), absl::NotFoundError("dropped"));
  net_.servers[kA].lies.emplace(TilePath(0, 1, 256), *log_->Get(512, TilePath(0, 1, 256)));
  net_.servers[kA].lies.emplace(BundlePath(1, 256), *log_->Get(512, BundlePath(1, 256)));
  EXPECT_THAT(Round(), IsEmpty());
  EXPECT_EQ(Watched().read.size(), 300u);
}

TEST_F(WatchTest, ALongLogIsReadInSeveralRounds) {
  options_.bundles_in_round = 8;
  log_->Grow(5000, Time());
  net_.servers[kA].Show(5000);
  EXPECT_THAT(Round(), IsEmpty());
  EXPECT_EQ(Watched().read.size(), 2048u);
  Start();
  EXPECT_THAT(Round(), IsEmpty());
  EXPECT_THAT(Round(), IsEmpty());
  EXPECT_EQ(Watched().read.size(), 5000u);
}

TEST_F(WatchTest, EntriesThatNoNodeWritesAreToldOnce) {
  evidence::Header header;
  header.issued_at = Time();
  header.origin = log_->origin();
  header.commitment = evidence::CommitTo(crypto::Bytes(4, 1));
  const auto add = [&](const std::function<void(evidence::Header&)>& change) {
    evidence::Header one = header;
    one.index = log_->size();
    change(one);
    log_->AddHeader(one);
  };
  add([](evidence::Header& one) { one.origin = "toko-b.example/daftar"; });  // 3
  add([](evidence::Header& one) { one.index += 1; });                        // 4
  add([](evidence::Header& one) { one.issued_at -= 1; });                    // 5
  add([](evidence::Header& one) { one.issued_at += 301; });                  // 6
  log_->AddLeaf(crypto::Bytes(100, 1));                                      // 7
  log_->AddLeaf({});                                                         // 8
  add([](evidence::Header&) {});                                             // 9, a good one
  net_.servers[kA].Show(10);
  EXPECT_EQ(Round(), Names(6, "bad_entry"));
  const char* const words[] = {"another log",
                               "its index is 5",
                               "earlier than the one before",
                               "later than this machine's clock",
                               "no header",
                               "no header"};
  for (size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(told_[i].entry, 3 + i);
    EXPECT_THAT(told_[i].text, HasSubstr(words[i]));
  }
  EXPECT_THAT(Round(), IsEmpty());
  EXPECT_EQ(Watched().open.size(), 4u);
  EXPECT_EQ(Watched().last_issued_at, Time());
}

TEST_F(WatchTest, ManyBadEntriesAreCounted) {
  for (int i = 0; i < 100; ++i) log_->AddLeaf(crypto::Bytes(10, 1));
  net_.servers[kA].Show(103);
  EXPECT_THAT(Round(), SizeIs(kMaxToldOfOneKind + 1));
  EXPECT_THAT(told_.back().text, HasSubstr("80 more"));
}

TEST_F(WatchTest, ManyBadEntriesOfManyBundlesAreCountedInOneRound) {
  for (uint64_t i = 0; i < 3 * kBundlesAtOnce * kTileWidth; ++i) log_->AddLeaf({});
  net_.servers[kA].Show(log_->size());
  EXPECT_THAT(Round(), SizeIs(kMaxToldOfOneKind + 1));
  EXPECT_EQ(Watched().read.size(), log_->size());
}

TEST_F(WatchTest, ALogWithTooManyOpenReportsIsToldOfAndTheOthersAreWatched) {
  auto other = std::make_shared<SimLog>("toko-b.example/daftar", 2);
  other->Grow(4, Time());
  policy_ = "log " + log_->VKey() + "\nlog " + other->VKey() + "\nquorum none\n";
  options_.open_reports = 4;
  options_.nodes = {kA, kB};
  log_->Grow(7, Time());
  net_.servers[kA].Show(7);
  net_.servers[kB] = {other};
  net_.servers[kB].Show(4);
  EXPECT_EQ(Round(), Names{"too_many_reports"});
  EXPECT_EQ(told_[0].origin, log_->origin());
  EXPECT_THAT(told_[0].text, HasSubstr("of 3 of them"));
  EXPECT_EQ(Watched().read.size(), 7u);
  EXPECT_EQ(watch_->logs().at(other->origin()).open.size(), 4u);
  Start();  // and both were saved
  EXPECT_EQ(Watched().unfollowed, 3u);
  EXPECT_EQ(Round(), Names{"too_many_reports"});
}

class DeadlineTest : public WatchTest {
 protected:
  static constexpr int64_t kHour = 3600;
  static constexpr int64_t kDay = 24 * kHour;
  DeadlineTest() {
    evidence::Charter charter;
    charter.withdraw_after_settlement_hours = 48;
    charter.dispute_withdraw_days = 30;
    charter.erase_after_withdrawal_hours = 48;
    charter.reasons[static_cast<evidence::Reason>(1)].retention_months = 6;
    charter.reasons[static_cast<evidence::Reason>(2)].retention_months = 12;
    options_.charter = charter;
    begun_ = clock_.seconds;
  }
  void Show() { net_.servers[kA].Show(log_->size()); }
  Names At(int64_t seconds) {
    clock_.seconds = begun_ + seconds;
    net_.servers[kA].Show(log_->size());
    net_.servers[kA].checkpoint +=
        "\xE2\x80\x94 some/witness " + crypto::ToBase64(crypto::Bytes(6 + seconds % 97, 1)) + "\n";
    Names names;
    for (std::string& name : Round()) {
      if (name != "stale" && name != "!stale") names.push_back(std::move(name));
    }
    return names;
  }
  int64_t begun_;
};

TEST_F(DeadlineTest, WhatIsDoneInTimeIsNoAlarm) {
  log_->Add(EntryKind::kSettlement, Time() + 1, 0);
  log_->Add(EntryKind::kDispute, Time() + 1, 1);
  EXPECT_THAT(At(1), IsEmpty());
  EXPECT_THAT(At(48 * kHour + kHour + 1), IsEmpty());  // the last second of the grace
  log_->Add(EntryKind::kWithdrawal, Time(), 0);
  EXPECT_THAT(At(49 * kHour + 2), IsEmpty());
  EXPECT_THAT(At(97 * kHour), IsEmpty());
  log_->Add(EntryKind::kErasure, Time(), 0);
  EXPECT_THAT(At(30 * kDay), IsEmpty());
  log_->Add(EntryKind::kResolution, Time(), 1);
  EXPECT_THAT(At(40 * kDay), IsEmpty());
}

TEST_F(DeadlineTest, WhatIsLeftUndoneIsToldAndIsOverWhenDone) {
  log_->Add(EntryKind::kSettlement, Time() + 1, 0);
  log_->Add(EntryKind::kDispute, Time() + 1, 1);
  EXPECT_THAT(At(1), IsEmpty());
  EXPECT_EQ(At(49 * kHour + 2), Names{"deadline"});
  EXPECT_EQ(told_[0].entry, 0u);
  EXPECT_EQ(told_[0].deadline, "settlement");
  EXPECT_THAT(At(49 * kHour + 3), IsEmpty());
  // Done too late, it is told once more as what it is.
  log_->Add(EntryKind::kWithdrawal, Time(), 0);
  EXPECT_EQ(At(49 * kHour + 4), (Names{"deadline", "!deadline"}));
  EXPECT_EQ(At(100 * kHour), Names{"deadline"});
  EXPECT_EQ(told_[0].deadline, "withdrawal");
  EXPECT_EQ(At(30 * kDay + kHour + 1 + 1), (Names{"deadline", "deadline"}));  // again, and another
  Start();
  EXPECT_EQ(At(30 * kDay + kHour + 3), (Names{"deadline", "deadline"}));  // remembered
  EXPECT_EQ(told_[1].deadline, "dispute");
}

TEST_F(DeadlineTest, AReportIsKeptNoLongerThanTheLongestRetention) {
  EXPECT_THAT(At(1), IsEmpty());
  const evidence::Date day = evidence::Date::Of(evidence::UnixMillis::OfSeconds(begun_));
  // 2026-09-21 + 12 months.
  ASSERT_EQ(day.ToString(), "2026-09-21");
  const int64_t limit = int64_t{evidence::Date::Parse("2027-09-21")->days()} * kDay;
  EXPECT_THAT(At(limit + kHour - begun_), IsEmpty());
  EXPECT_EQ(At(limit + kHour + 1 - begun_), (Names{"deadline", "deadline", "deadline"}));
  EXPECT_EQ(told_[0].deadline, "retention");
}

TEST_F(DeadlineTest, WhoDoesNotAnswerIsNotBlamedForWhatWasNotSeen) {
  log_->Add(EntryKind::kSettlement, Time() + 1, 0);
  EXPECT_THAT(At(1), IsEmpty());
  net_.servers[kA].down = true;
  EXPECT_THAT(At(60 * kHour), IsEmpty());
  EXPECT_EQ(At(61 * kHour), Names{"unreachable"});
}

TEST_F(DeadlineTest, WithoutACharterNothingIsLate) {
  options_.charter.reset();
  log_->Add(EntryKind::kSettlement, Time() + 1, 0);
  EXPECT_THAT(At(1000 * kDay), IsEmpty());
}

TEST_F(DeadlineTest, EntriesAfterAWithdrawalAndAboutNothingChangeNothing) {
  OpenReports open;
  evidence::Charter charter = *options_.charter;
  evidence::Header header;
  header.origin = log_->origin();
  const auto take = [&](EntryKind kind, uint64_t index, uint64_t about, uint64_t at) {
    header.kind = kind;
    header.index = index;
    header.about = about;
    header.issued_at = at;
    const auto missed = TakeIn(header, &charter, open);
    EXPECT_THAT(missed, testing::IsOk());
    return missed.ok() ? missed->size() : 99;
  };
  EXPECT_EQ(take(EntryKind::kReport, 0, evidence::kAboutNothing, 1000), 0u);
  EXPECT_EQ(take(EntryKind::kSettlement, 1, 7, 1000), 0u);
  EXPECT_EQ(take(EntryKind::kWithdrawal, 2, 0, 2000), 0u);
  EXPECT_EQ(take(EntryKind::kDispute, 3, 0, 3000), 0u);
  EXPECT_EQ(open.at(0).disputed_at, 0);
  EXPECT_EQ(open.at(0).withdrawn_at, 2000);
  EXPECT_EQ(take(EntryKind::kErasure, 4, 0, 2000 + 49 * 3600 + 1), 1u);
  EXPECT_TRUE(open.empty());
  // A time at the end of what a header can hold overflows nothing.
  EXPECT_EQ(take(EntryKind::kReport, 5, evidence::kAboutNothing, evidence::kMaxIndexOrTime), 0u);
  EXPECT_EQ(take(EntryKind::kDispute, 6, 5, evidence::kMaxIndexOrTime), 0u);
  EXPECT_THAT(Overdue(open, charter, int64_t{1} << 36), IsEmpty());
}

}  // namespace
}  // namespace daftar::audit
