// When a head was last confirmed, by whom, and how far behind a node may be.
#include "tests/node/audit/watch_fixture.h"

namespace daftar::audit {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

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

TEST_F(WatchTest, ANodeThatShowsNoHeadOfTheLogIsNoLessStale) {
  net_.servers[kA].Show(3);
  EXPECT_THAT(Round(), IsEmpty());
  clock_.seconds += 301;
  EXPECT_EQ(Round(), Names{"stale"});
  const std::string head = net_.servers[kA].checkpoint;
  net_.servers[kA].checkpoint = "nonsense";
  EXPECT_EQ(Round(), Names{"bad_checkpoint"});
  net_.servers[kA].checkpoint = head;
  EXPECT_EQ(Round(), Names{"!bad_checkpoint"});  // as stale as it was
  log_->Grow(4, Time());
  net_.servers[kA].Show(4);
  EXPECT_EQ(Round(), Names{"!stale"});
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

}  // namespace
}  // namespace daftar::audit
