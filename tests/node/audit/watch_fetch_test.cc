// What a watch waits for: slow nodes hold up nobody but themselves.
#include "node/audit/watch_fetch.h"

#include "tests/node/audit/watch_fixture.h"

namespace daftar::audit {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int64_t kMs = 1000;
constexpr int64_t kNever = 3'600'000;

class SlowNodesTest : public WatchTest {
 protected:
  SlowNodesTest() {
    net_.on_wait = [this](int64_t ms) { clock_.Add(ms); };
  }
  // Nodes of logs of their own, before "toko-a" in every order.
  void AddSlow(int count, uint64_t size) {
    for (int i = 0; i < count; ++i) {
      const std::string name = "slow-" + std::to_string(i);
      auto log = std::make_shared<SimLog>(name + ".example/daftar", 100 + i);
      log->Grow(size, Time());
      const std::string url = "http://" + name + ".test/log";
      policy_ = "log " + log->VKey() + "\n" + policy_;
      options_.nodes.insert(options_.nodes.begin(), url);
      net_.servers[url] = {log};
      net_.servers[url].Show(size);
      slow_.push_back(url);
    }
  }
  void MakeSlow(int64_t ms) {
    for (const std::string& url : slow_) net_.servers[url].tiles_after_ms = ms;
  }
  int64_t MsOfRound() {
    const int64_t begun = clock_.Now().value;
    names_ = Round();
    return clock_.Now().value - begun;
  }

  std::vector<std::string> slow_;
  Names names_;
};

TEST_F(SlowNodesTest, HoldUpNoForkOfAnother) {
  AddSlow(12, 5);
  net_.servers[kA].Show(3);
  EXPECT_THAT(Round(), IsEmpty());
  for (const std::string& url : slow_) {
    net_.servers[url].log->Grow(20, Time());
    net_.servers[url].Show(20);
  }
  // One that answers each time just before it is given up.
  for (const int64_t takes : {kNever, kAheadMs - 1}) {
    SCOPED_TRACE(takes);
    MakeSlow(takes);
    auto other = std::make_shared<SimLog>(log_->origin(), 1);
    other->Grow(9, Time(), 2);
    net_.servers[kA] = {other};
    net_.servers[kA].Show(9);
    const auto before = files_;
    Start();
    const int64_t begun = clock_.Now().value;
    EXPECT_LE(MsOfRound(), kRoundMs);
    ASSERT_THAT(names_, Contains("fork"));
    Alarm fork;
    for (const Alarm& alarm : told_) {
      if (alarm.kind == AlarmKind::kFork) fork = alarm;
    }
    EXPECT_LE(fork.at.value - begun, kAheadMs);
    files_ = before;
  }
}

TEST_F(SlowNodesTest, OfOneLogHoldUpNoForkThatAnotherShows) {
  for (int i = 0; i < 8; ++i) {
    const std::string url = "http://slow-" + std::to_string(i) + ".test/log";
    options_.nodes.push_back(url);
    net_.servers[url] = {log_};
    slow_.push_back(url);
  }
  net_.servers[kA].Show(3);
  for (const std::string& url : slow_) net_.servers[url].Show(3);
  EXPECT_THAT(Round(), IsEmpty());
  auto other = std::make_shared<SimLog>(log_->origin(), 1);
  other->Grow(9, Time(), 2);
  net_.servers[kA] = {other};
  net_.servers[kA].Show(9);
  log_->Grow(30, Time());
  for (size_t i = 0; i < slow_.size(); ++i) net_.servers[slow_[i]].Show(20 + i);
  MakeSlow(kNever);
  EXPECT_LE(MsOfRound(), kAheadMs);
  EXPECT_THAT(names_, Contains("fork"));
}

TEST_F(SlowNodesTest, AreReadLastAndTheOthersAtTheLatestInTheNextRound) {
  AddSlow(4, 5);
  MakeSlow(kNever);
  net_.servers[kA].Show(3);
  EXPECT_LE(MsOfRound(), kRoundMs);
  EXPECT_EQ(Watched().read.size(), 0u);  // nothing is known of who is slow
  EXPECT_LE(MsOfRound(), kRoundMs);
  EXPECT_EQ(Watched().read.size(), 3u);
  log_->Grow(7, Time());
  net_.servers[kA].Show(7);
  EXPECT_LE(MsOfRound(), kRoundMs);
  EXPECT_EQ(Watched().read.size(), 7u);
}

TEST_F(SlowNodesTest, AreReadBitByBit) {
  log_->Grow(20'000, Time());
  net_.servers[kA].Show(20'000);
  net_.servers[kA].tiles_after_ms = kMs;
  uint64_t before = 0;
  for (int i = 0; i < 20 && before < 20'000; ++i) {
    EXPECT_LE(MsOfRound(), kNodeMs);
    EXPECT_THAT(names_, IsEmpty());
    EXPECT_THAT(watch_->failures(), IsEmpty());
    EXPECT_GT(Watched().read.size(), before);
    before = Watched().read.size();
  }
  EXPECT_EQ(before, 20'000u);
}

TEST_F(SlowNodesTest, AreAskedForTilesOnceInARound) {
  net_.servers[kA].Show(3);
  EXPECT_THAT(Round(), IsEmpty());
  log_->Grow(700, Time());
  net_.servers[kA].Show(700);
  net_.servers[kA].tiles_after_ms = kNever;
  net_.asked.clear();
  EXPECT_THAT(Round(), IsEmpty());
  EXPECT_THAT(watch_->failures(), SizeIs(1));
  std::set<std::string> once(net_.asked.begin(), net_.asked.end());
  EXPECT_EQ(once.size(), net_.asked.size());
}

TEST_F(SlowNodesTest, TheOnlyRoundGoesOnUntilAllIsRead) {
  options_.once = true;
  log_->Grow(20'000, Time());
  net_.servers[kA].Show(20'000);
  net_.servers[kA].tiles_after_ms = 4 * kMs;
  EXPECT_GT(MsOfRound(), kRoundMs);
  EXPECT_EQ(Watched().read.size(), 20'000u);
}

TEST_F(SlowNodesTest, OfOneLogStarveNoOther) {
  AddSlow(1, 700);
  net_.servers[kA].Show(3);
  EXPECT_THAT(Round(), IsEmpty());
  // One shows a smaller head that was not seen, and the other hides what leads back to it.
  const std::string late = "http://late.test/log";
  net_.servers[late] = {net_.servers[slow_[0]].log};
  net_.servers[late].Show(300);
  net_.servers[late].checkpoint_after_ms = kHeadsMs - 100;
  net_.servers[late].tiles_after_ms = kNever;
  net_.servers[slow_[0]].tiles_after_ms = kAheadMs - 100;
  net_.servers[slow_[0]].lies.emplace(TilePath(0, 1, 256), absl::NotFoundError("gone"));
  options_.nodes.push_back(late);
  Start();
  for (const uint64_t size : {7, 9, 11}) {
    log_->Grow(size, Time());
    net_.servers[kA].Show(size);
    EXPECT_LE(MsOfRound(), kRoundMs);
    EXPECT_EQ(Watched().read.size(), size);
  }
}

TEST_F(SlowNodesTest, OfALogWithoutEndAreReadInTurnsAndSaved) {
  options_.once = true;
  options_.bundles_in_round = kBundlesAtOnce;
  AddSlow(1, 3 * kBundlesAtOnce * kTileWidth);
  net_.servers[kA].Show(3);
  net_.asked.clear();
  EXPECT_THAT(Round(), IsEmpty());
  EXPECT_EQ(Watched().read.size(), 3u);
  const std::string& origin = net_.servers[slow_[0]].log->origin();
  EXPECT_EQ(watch_->logs().at(origin).read.size(), 3 * kBundlesAtOnce * kTileWidth);
  // That of "toko-a" after the first turn of the one before it.
  const auto other = std::ranges::find(net_.asked, kA + ("/" + BundlePath(0, 3)));
  const auto second =
      std::ranges::find(net_.asked, slow_[0] + "/" + BundlePath(kBundlesAtOnce, kTileWidth));
  ASSERT_NE(other, net_.asked.end());
  ASSERT_NE(second, net_.asked.end());
  EXPECT_LT(other - net_.asked.begin(), second - net_.asked.begin());
  EXPECT_EQ(writes_[FileStem(origin) + std::string(kRecordSuffix)], 3);
}

TEST_F(SlowNodesTest, LeaveTimeForReadingAndTheOnlyRoundEnds) {
  net_.servers[kA].Show(3);
  net_.servers[kA].tiles_after_ms = kNever;
  const Fetch fetch = [this](const std::vector<FetchRequest>& requests) {
    return net_.Fetch(requests);
  };
  RoundFetch round(fetch, clock_, false);
  clock_.Add(kHeadsMs + 2 * kAheadMs);
  const int64_t begun = clock_.Now().value;
  EXPECT_THAT(round.At(kA)({{kA + std::string("/x"), 1}})[0],
              testing::StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(clock_.Now().value - begun, kCompareMs - kHeadsMs - 2 * kAheadMs);
  EXPECT_FALSE(round.HasTime());
  round.BeginReading();
  EXPECT_TRUE(round.HasTime());
  clock_.Add(kRoundMs - kCompareMs);
  EXPECT_FALSE(round.HasTime());

  RoundFetch only(fetch, clock_, true);
  only.BeginReading();
  clock_.Add(kOnceMs - kOnceNodeMs);
  EXPECT_TRUE(only.HasTime());
  clock_.Add(kOnceNodeMs);
  EXPECT_FALSE(only.HasTime());
}

TEST(TilesTest, ThoseThatLeadBackAreThoseThatAreRead) {
  SimLog log("toko-a.example/daftar", 1);
  log.Grow(66'000, 1);
  for (const uint64_t size : {1, 2, 256, 257, 700, 65'536, 66'000}) {
    for (const uint64_t old_size : {0, 1, 2, 255, 256, 300, 511, 65'536, 65'999}) {
      if (old_size > size) continue;
      SCOPED_TRACE(std::to_string(old_size) + " of " + std::to_string(size));
      std::set<std::string> read;
      const Fetch fetch = [&](const std::vector<FetchRequest>& requests) {
        std::vector<absl::StatusOr<std::string>> answers;
        for (const FetchRequest& request : requests) {
          read.insert(request.url.substr(2));
          answers.push_back(log.Get(size, request.url.substr(2)));
        }
        return answers;
      };
      TileReader tiles("x", size, fetch);
      EXPECT_THAT(crypto::MerkleRootAt(old_size, tiles.AsSubtrees()), testing::IsOk());
      EXPECT_THAT(crypto::MerkleConsistencyProof(old_size, size, tiles.AsSubtrees()),
                  testing::IsOk());
      std::set<std::string> named;
      for (const TileName& name : TilesToLeadBack(old_size, size)) named.insert(name.part);
      EXPECT_EQ(named, read);
    }
  }
}

}  // namespace
}  // namespace daftar::audit
