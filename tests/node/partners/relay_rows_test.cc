#include "node/partners/relay_rows.h"

#include <gtest/gtest.h>

#include "tests/support/incidents.h"
#include "tests/support/status_matchers.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::StatusIs;
using evidence::EntryKind;

constexpr int64_t kNow = 1'793'491'200;

evidence::RelayStatement Statement() {
  evidence::RelayStatement statement;
  statement.relayer = "toko-b.test";
  statement.issuer = "toko-a.test";
  statement.index = 7;
  statement.on = daftar::testing::Day("2026-11-01");
  statement.at = kNow;
  return statement;
}

template <class Row>
void ExpectWhole(const Row& row) {
  const crypto::Bytes bytes = row.Encode();
  const auto read = Row::Decode(bytes);
  DAFTAR_ASSERT_OK(read);
  EXPECT_EQ(read->Encode(), bytes);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(Row::Decode(crypto::ByteView(bytes).first(size)),
                StatusIs(absl::StatusCode::kDataLoss));
  }
  crypto::Bytes newer = bytes;
  ++newer[0];
  EXPECT_THAT(Row::Decode(newer), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(RelayRowsTest, RowsReadBackAndDamagedOnesDoNot) {
  OwnRelay own;
  own.statement = Statement();
  own.by = "uid:1000";
  own.since = kNow - 5;
  own.refusal = RelayRefusal::kEnded;
  own.issuer_told = true;
  own.told = {"toko-c.test", "toko-d.test"};
  ExpectWhole(own);
  ExpectWhole(KeptRelay{Statement(), kNow, kNow - 5, crypto::Bytes(16, 1)});
  RelayDay day;
  EXPECT_TRUE(day.Take(kNow));
  ExpectWhole(day);
  HeardTimes heard;
  EXPECT_TRUE(heard.Add(kNow));
  ExpectWhole(heard);
}

TEST(RelayRowsTest, ARowFromBeforeItsPeriodWasKeptRunsFromItsStatement) {
  const crypto::Bytes first_version = crypto::Writer()
                                          .U8(1)
                                          .Prefixed16(Statement().Encode())
                                          .Prefixed16(crypto::AsBytes("uid:1000"))
                                          .U8(0)
                                          .U8(1)
                                          .U16(0)
                                          .Take();
  const auto read = OwnRelay::Decode(first_version);
  DAFTAR_ASSERT_OK(read);
  EXPECT_EQ(read->since, kNow);
  EXPECT_TRUE(read->issuer_told);
}

TEST(RelayRowsTest, WhoWasAwayMayBringWhatItCouldNotDeliver) {
  EXPECT_EQ(NewRelaysBound(kNow, kNow), kMaxRelaysADay);
  EXPECT_EQ(NewRelaysBound(kNow - 86'399, kNow), kMaxRelaysADay);
  EXPECT_EQ(NewRelaysBound(kNow - 2 * 86'400, kNow), 3 * kMaxRelaysADay);
  EXPECT_EQ(NewRelaysBound(0, kNow), kMaxOpenRelays);
  EXPECT_EQ(NewRelaysBound(kNow + 86'400, kNow), kMaxRelaysADay);
  RelayDay day;
  for (uint32_t i = 0; i < 2 * kMaxRelaysADay; ++i) {
    EXPECT_TRUE(day.Take(kNow, 2 * kMaxRelaysADay));
  }
  EXPECT_FALSE(day.Take(kNow, 2 * kMaxRelaysADay));
}

TEST(RelayRowsTest, ADayHasItsNumberAndTheNextOneItsOwn) {
  RelayDay day;
  for (uint32_t i = 0; i < kMaxRelaysADay; ++i) EXPECT_TRUE(day.Take(kNow));
  EXPECT_FALSE(day.Take(kNow + 86'399));
  EXPECT_TRUE(day.Take(kNow + 86'400));
}

TEST(RelayRowsTest, WhenARelayerWasHeardFromReachesBackPastTheGrace) {
  HeardTimes heard;
  EXPECT_EQ(heard.Before(kNow), 0);
  EXPECT_TRUE(heard.Add(kNow - 31 * 86'400));
  // Back after a month: what it brings within the hour is as old as it says.
  EXPECT_TRUE(heard.Add(kNow));
  EXPECT_FALSE(heard.Add(kNow + 20));
  EXPECT_EQ(heard.Before(kNow + kRelayGraceSeconds - 1), kNow - 31 * 86'400);
  EXPECT_EQ(heard.Before(kNow + kRelayGraceSeconds), kNow);
  // In touch for a day: never more than the grace and one step back.
  int64_t now = kNow;
  for (; now < kNow + 86'400; now += 20) {
    heard.Add(now);
    if (now < kNow + 2 * kRelayGraceSeconds) continue;
    EXPECT_LE(heard.Before(now), now - kRelayGraceSeconds);
    EXPECT_GT(heard.Before(now), now - kRelayGraceSeconds - kHeardEverySeconds - 20);
  }
  ExpectWhole(heard);
  // A clock that is put back forgets what lies ahead of it.
  EXPECT_TRUE(heard.Add(kNow - 86'400));
  EXPECT_EQ(heard.Before(kNow), kNow - 86'400);
}

class FateTest : public ::testing::Test {
 protected:
  void Add(EntryKind kind, int64_t issued_at) {
    state_.updates.push_back({kind, 10 + state_.updates.size(), issued_at, issued_at});
  }
  RelayFate Fate() { return FateOf(state_, kNow).fate; }
  EntryState state_;
};

TEST_F(FateTest, WaitsForTheIssuersDispute) {
  EXPECT_EQ(Fate(), RelayFate::kWaiting);
  Add(EntryKind::kSettlement, kNow);
  EXPECT_EQ(Fate(), RelayFate::kWaiting);
  Add(EntryKind::kDispute, kNow + 5);
  EXPECT_EQ(Fate(), RelayFate::kDisputed);
  EXPECT_EQ(FateOf(state_, kNow).disputed_at, kNow + 5);
  Add(EntryKind::kResolution, kNow + 6);
  EXPECT_EQ(Fate(), RelayFate::kResolved);
  Add(EntryKind::kWithdrawal, kNow + 7);
  EXPECT_EQ(Fate(), RelayFate::kEnded);
}

TEST_F(FateTest, ADisputeThatWasResolvedBeforeSaysNothing) {
  Add(EntryKind::kDispute, kNow - 10);
  Add(EntryKind::kResolution, kNow - 5);
  EXPECT_EQ(Fate(), RelayFate::kWaiting);
  EXPECT_EQ(FateOf(state_, kNow).disputed_at, 0);
}

TEST_F(FateTest, AVoidReportHasEnded) {
  state_.is_void = true;
  EXPECT_EQ(Fate(), RelayFate::kEnded);
}

TEST_F(FateTest, OneThatIsOpenAlreadyServes) {
  Add(EntryKind::kDispute, kNow - 10);
  EXPECT_EQ(Fate(), RelayFate::kDisputed);
  state_.swept = true;
  EXPECT_EQ(Fate(), RelayFate::kEnded);
}

}  // namespace
}  // namespace daftar::partners
