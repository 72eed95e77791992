#include "node/partners/relayer.h"

#include <gtest/gtest.h>

#include "tests/node/partners/relay_fixture.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::StatusIs;
using ledger::IncidentState;
using testing::kDay;

constexpr std::chrono::milliseconds kDeadline{2000};

class RelayerTest : public testing::RelayTest {
 protected:
  // What B sends to A arrives altered.
  void LetTheIssuerRefuse() {
    circle_.faults.alter_relay = [this](const std::string&, const std::string& to,
                                        crypto::Bytes& bytes) {
      if (to == a_.origin()) bytes.back() ^= 1;
      return true;
    };
  }
};

TEST_F(RelayerTest, TheEntryStopsCountingBeforeAnythingIsSent) {
  EXPECT_EQ(Sees(b_), "live");
  const auto relayed = Relay(b_);
  DAFTAR_ASSERT_OK(relayed);
  ASSERT_EQ(relayed->size(), 1u);
  EXPECT_EQ(relayed->front().relay.statement.index, Index());
  EXPECT_TRUE(relayed->front().open());
  EXPECT_EQ(Sees(b_), "disputed");
  EXPECT_EQ(Sees(c_), "live");
  b_.Stop();
  b_.Start();
  EXPECT_EQ(Sees(b_), "disputed");
  EXPECT_TRUE(Listed(b_).open());
}

TEST_F(RelayerTest, TheIssuersDisputeEndsTheSending) {
  DAFTAR_ASSERT_OK(Relay(b_));
  b_->relay_sender().SendAll();
  EXPECT_EQ(Sees(c_), "disputed");
  EXPECT_TRUE(Listed(b_).relay.issuer_told);
  EXPECT_EQ(b_->relayer().Outstanding()->size(), 1u);
  circle_.Settle();
  EXPECT_EQ(Listed(b_).fate.fate, RelayFate::kDisputed);
  EXPECT_GT(Listed(b_).fate.disputed_at, 0);
  EXPECT_TRUE(b_->relayer().Outstanding()->empty());
  // Relayed again, it is answered as it stands.
  const auto again = Relay(b_);
  DAFTAR_ASSERT_OK(again);
  EXPECT_EQ(again->front().fate.fate, RelayFate::kDisputed);
  // Upheld, it counts again, here too; then it may be disputed anew.
  circle_.clock().Advance(60);
  DAFTAR_ASSERT_OK(a_->ledger().Resolve(a_.Caller(), incident_, true, "looked into"));
  circle_.Settle();
  circle_.Settle();
  EXPECT_EQ(Listed(b_).fate.fate, RelayFate::kResolved);
  EXPECT_EQ(Sees(b_), "live");
  circle_.clock().Advance(60);
  DAFTAR_ASSERT_OK(Relay(b_));
  EXPECT_EQ(Sees(b_), "disputed");
}

TEST_F(RelayerTest, ARefusalByTheIssuerIsKeptToBeShownAndTheEntryStillDoesNotCount) {
  LetTheIssuerRefuse();
  DAFTAR_ASSERT_OK(Relay(b_));
  b_->relay_sender().SendAll();
  EXPECT_EQ(Listed(b_).relay.refusal, RelayRefusal::kWrongSignature);
  EXPECT_TRUE(Listed(b_).open());
  EXPECT_EQ(Sees(b_), "disputed");
  EXPECT_EQ(Sees(c_), "disputed");  // which was told all the same
  EXPECT_EQ(Incident().state, IncidentState::kPublished);
  b_.Stop();
  b_.Start();
  EXPECT_EQ(Listed(b_).relay.refusal, RelayRefusal::kWrongSignature);
  EXPECT_EQ(Sees(b_), "disputed");
  // Whatever was wrong has passed: the same statement is taken.
  circle_.faults.alter_relay = nullptr;
  b_->relay_sender().SendAll();
  EXPECT_EQ(Incident().state, IncidentState::kDisputed);
  EXPECT_EQ(Listed(b_).relay.refusal, RelayRefusal::kNone);
  EXPECT_TRUE(Listed(b_).relay.issuer_told);
}

TEST_F(RelayerTest, APartnerThatWasDownLearnsOfWhatTheIssuerHasRefused) {
  LetTheIssuerRefuse();
  c_.Stop();
  DAFTAR_ASSERT_OK(Relay(b_));
  b_->relay_sender().SendAll();
  c_.Start();
  circle_.Settle();
  circle_.Settle();
  EXPECT_EQ(Incident().state, IncidentState::kPublished);
  EXPECT_EQ(Listed(b_).relay.told.count(c_.origin()), 1u);
  EXPECT_EQ(Sees(c_), "disputed");
}

TEST_F(RelayerTest, WhatTheIssuersLogSaysIsNewerThanItsRefusal) {
  LetTheIssuerRefuse();
  DAFTAR_ASSERT_OK(Relay(b_));
  b_->relay_sender().SendAll();
  DAFTAR_ASSERT_OK(a_->ledger().Dispute(a_.Caller(), incident_, {}, "said so here as well"));
  circle_.Settle();
  EXPECT_EQ(Listed(b_).fate.fate, RelayFate::kDisputed);
  EXPECT_EQ(Listed(b_).relay.refusal, RelayRefusal::kNone);
}

TEST_F(RelayerTest, WhatWaitingDoesNotMendIsStatedAnew) {
  LetTheIssuerRefuse();
  const auto first = Relay(b_);
  DAFTAR_ASSERT_OK(first);
  b_->relay_sender().SendAll();
  circle_.clock().Advance(60);
  const auto second = Relay(b_);
  DAFTAR_ASSERT_OK(second);
  ASSERT_EQ(second->size(), 1u);
  EXPECT_NE(second->front().relay.statement, first->front().relay.statement);
  EXPECT_EQ(Listed(b_).relay.refusal, RelayRefusal::kNone);
  EXPECT_EQ(Sees(b_), "disputed");
  // One that may be taken yet stays as it is.
  const RelayAnswer ahead{RelayOutcome::kRefused, RelayRefusal::kFromTheFuture};
  DAFTAR_ASSERT_OK(b_->relayer().Answered(Listed(b_), a_.origin(), ahead));
  EXPECT_EQ(Listed(b_).relay.refusal, RelayRefusal::kFromTheFuture);
  circle_.clock().Advance(60);
  const auto third = Relay(b_);
  DAFTAR_ASSERT_OK(third);
  EXPECT_EQ(third->front().relay.statement, second->front().relay.statement);
}

TEST_F(RelayerTest, AnotherPartnerIsToldOnceItHasTakenItOrRefusedItForGood) {
  DAFTAR_ASSERT_OK(Relay(b_));
  const RelayView relay = Listed(b_);
  const auto told_after = [&](RelayAnswer answer) {
    EXPECT_TRUE(b_->relayer().Answered(relay, c_.origin(), answer).ok());
    return Listed(b_).relay.told.count(c_.origin()) > 0;
  };
  for (const RelayRefusal refusal :
       {RelayRefusal::kNotTheCaller, RelayRefusal::kWrongSignature, RelayRefusal::kFromTheFuture,
        RelayRefusal::kUnknownLog, RelayRefusal::kUnknownReport, RelayRefusal::kOther}) {
    EXPECT_FALSE(told_after({RelayOutcome::kRefused, refusal})) << RefusalWord(refusal);
  }
  EXPECT_TRUE(told_after({RelayOutcome::kRefused, RelayRefusal::kEnded}));
}

TEST_F(RelayerTest, AnewItIsDatedAfterWhatWasResolved) {
  DAFTAR_ASSERT_OK(Relay(b_));
  circle_.Settle();
  // The issuer's clock is ahead: its log dates the RESOLUTION after this node's now.
  DAFTAR_ASSERT_OK(a_->ledger().Resolve(a_.Caller(), incident_, true, "looked into"));
  circle_.Settle();
  circle_.Settle();
  EXPECT_EQ(Sees(b_), "live");
  DAFTAR_ASSERT_OK(Relay(b_));
  EXPECT_TRUE(Listed(b_).open());
  EXPECT_EQ(Sees(b_), "disputed");
}

TEST_F(RelayerTest, OfMoreThanADaysRestWhatFitsIsRelayed) {
  incident_ = Publish();  // the second about the buyer
  RelayDay day{circle_.clock().Now().seconds() / kDay, kMaxRelaysADay - 1};
  storage::Batch batch;
  batch.Put(storage::Column::kRelays, relay_rows::DayKey(storage::kOwnLog), day.Encode());
  DAFTAR_ASSERT_OK(b_->store().Write(std::move(batch)));
  const absl::Status bound = Relay(b_).status();
  EXPECT_THAT(bound, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_NE(std::string(bound.message()).find("buyer 1 still count here"), std::string::npos)
      << bound;
  EXPECT_EQ(b_->relayer().List(10)->size(), 1u);
  EXPECT_EQ(b_->relayer().Outstanding()->size(), 1u);
  EXPECT_THAT(Relay(b_), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(b_->relayer().List(10)->size(), 1u);
  circle_.clock().Advance(kDay);
  circle_.Settle();
  const auto rest = Relay(b_);
  DAFTAR_ASSERT_OK(rest);
  EXPECT_EQ(rest->size(), 2u);
}

TEST_F(RelayerTest, WhatDoesNotOpenHereCannotBeRelayed) {
  NewRelay other = OfBuyer();
  other.identifiers = {daftar::testing::Phone("0812-9999-7101")};
  EXPECT_THAT(b_->relayer().Relay(b_.Caller(), other, kDeadline),
              StatusIs(absl::StatusCode::kNotFound));
  NewRelay entry = OfBuyer();
  entry.index = 0;
  EXPECT_THAT(b_->relayer().Relay(b_.Caller(), entry, kDeadline),
              StatusIs(absl::StatusCode::kNotFound));
  NewRelay partner = OfBuyer();
  partner.issuer = "toko-x.test";
  EXPECT_THAT(b_->relayer().Relay(b_.Caller(), partner, kDeadline),
              StatusIs(absl::StatusCode::kNotFound));
  partner.issuer = c_.origin();
  EXPECT_THAT(b_->relayer().Relay(b_.Caller(), partner, kDeadline),
              StatusIs(absl::StatusCode::kNotFound));
  NewRelay early = OfBuyer();
  early.on = daftar::testing::Day("2026-09-01");
  EXPECT_THAT(b_->relayer().Relay(b_.Caller(), early, kDeadline),
              StatusIs(absl::StatusCode::kInvalidArgument));
  early.on = daftar::testing::Day("2026-12-01");
  EXPECT_THAT(b_->relayer().Relay(b_.Caller(), early, kDeadline),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_TRUE(b_->relayer().List(10)->empty());
  EXPECT_EQ(Sees(b_), "live");
}

TEST_F(RelayerTest, WhatIsDisputedOrHasEndedIsNotRelayed) {
  DAFTAR_ASSERT_OK(a_->ledger().Dispute(a_.Caller(), incident_, {}, "it is wrong"));
  circle_.Settle();
  EXPECT_THAT(Relay(b_), StatusIs(absl::StatusCode::kFailedPrecondition));
  DAFTAR_ASSERT_OK(a_->ledger().Resolve(a_.Caller(), incident_, false, "it was wrong"));
  circle_.Settle();
  EXPECT_THAT(Relay(b_), StatusIs(absl::StatusCode::kFailedPrecondition));
  DAFTAR_ASSERT_OK(b_->registry().SetStatus(b_.Caller(), a_.origin(), PartnerStatus::kSuspended,
                                            "it does not answer"));
  EXPECT_THAT(Relay(b_), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(RelayerTest, ARepeatedRequestMakesNoSecondStatement) {
  const storage::Caller caller = b_.Caller();
  const auto first = b_->relayer().Relay(caller, OfBuyer(), kDeadline);
  DAFTAR_ASSERT_OK(first);
  circle_.clock().Advance(60);
  b_->relay_sender().SendAll();
  circle_.Settle();
  circle_.clock().Advance(60);
  DAFTAR_ASSERT_OK(a_->ledger().Resolve(a_.Caller(), incident_, true, "looked into"));
  circle_.Settle();
  const auto second = b_->relayer().Relay(caller, OfBuyer(), kDeadline);
  DAFTAR_ASSERT_OK(second);
  ASSERT_EQ(second->size(), 1u);
  EXPECT_EQ(second->front().relay.statement, first->front().relay.statement);
  NewRelay other = OfBuyer();
  other.issuer = c_.origin();
  EXPECT_THAT(b_->relayer().Relay(caller, other, kDeadline),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(RelayerTest, AllReportsAboutTheBuyerOrOneAreRelayed) {
  const uint64_t first = Index();
  incident_ = Publish();
  NewRelay one = OfBuyer();
  one.index = Index();
  auto relayed = b_->relayer().Relay(b_.Caller(), one, kDeadline);
  DAFTAR_ASSERT_OK(relayed);
  ASSERT_EQ(relayed->size(), 1u);
  relayed = Relay(b_);
  DAFTAR_ASSERT_OK(relayed);
  ASSERT_EQ(relayed->size(), 2u);
  EXPECT_EQ(b_->relayer().List(10)->size(), 2u);
  EXPECT_EQ(b_->relayer().List(1)->size(), 1u);
  b_->relay_sender().SendAll();
  circle_.Settle();
  EXPECT_NE(first, Index());
  EXPECT_EQ(Incident().state, IncidentState::kDisputed);
  EXPECT_TRUE(b_->relayer().Outstanding()->empty());
}

TEST_F(RelayerTest, ItIsListedUntilTheReportIsErased) {
  DAFTAR_ASSERT_OK(Relay(b_));
  EXPECT_EQ(*b_->relays().Sweep(), 0u);
  DAFTAR_ASSERT_OK(
      a_->ledger().Erase(a_.Caller(), incident_, evidence::ErasureGround::kRequest, "asked for"));
  circle_.Settle();
  EXPECT_EQ(*b_->relays().Sweep(), 1u);
  EXPECT_TRUE(b_->relayer().List(10)->empty());
  EXPECT_TRUE(b_->relayer().Outstanding()->empty());
}

}  // namespace
}  // namespace daftar::partners
