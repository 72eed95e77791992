#include "node/partners/standing.h"

#include <gtest/gtest.h>

#include "tests/support/incidents.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::Day;
using decision::EntryStatus;
using evidence::EntryKind;

constexpr int64_t kDay = 86'400;
constexpr int64_t kHour = 3600;
constexpr int64_t kNow = 1'793'491'200;  // 2026-11-01

evidence::Money Rupiah(uint64_t minor) { return {minor, *evidence::Currency::FromCode("IDR")}; }

// Entries stand in the log from 10 on, one after the other.
class StandingTest : public ::testing::Test {
 protected:
  StandingTest() {
    reported_.reason = evidence::Reason::kDepositUnsettled;
    reported_.amount = Rupiah(1000);
    reported_.occurred = Day("2026-10-01");
    charter_.reasons[reported_.reason].retention_months = 6;
    charter_.dispute_withdraw_days = 30;
    charter_.withdraw_after_settlement_hours = 48;
    reading_.issued_at = kNow;
    reading_.charter = &charter_;
    reading_.counted_size = 1000;
    reading_.now = kNow;
  }
  void Add(EntryKind kind, int64_t issued_at, std::optional<evidence::Facts> facts = {}) {
    updates_.push_back({{kind, 10 + updates_.size(), issued_at, issued_at}, std::move(facts)});
  }
  void Resolve(bool upheld) {
    Add(EntryKind::kResolution, kNow, evidence::ResolutionFacts{upheld, Day("2026-11-01")});
  }
  void Correct(uint64_t amount, const std::string& occurred) {
    evidence::CorrectionFacts facts{reported_, Day("2026-11-01")};
    facts.corrected.amount = Rupiah(amount);
    facts.corrected.occurred = Day(occurred);
    Add(EntryKind::kCorrection, kNow, facts);
  }
  Standing Read() { return StandingOf(reported_, updates_, reading_); }
  EntryStatus Status() { return Read().status; }

  evidence::ReportFacts reported_;
  evidence::Charter charter_;
  std::vector<OpenedUpdate> updates_;
  Reading reading_;
};

TEST_F(StandingTest, AReportWithoutUpdatesStandsAsReported) {
  EXPECT_EQ(Read(), (Standing{EntryStatus::kLive, reported_}));
}

TEST_F(StandingTest, GoodNewsWaitsForNobody) {
  reading_.counted_size = 0;
  Add(EntryKind::kSettlement, kNow);
  EXPECT_EQ(Status(), EntryStatus::kSettled);
  Add(EntryKind::kDispute, kNow);
  EXPECT_EQ(Status(), EntryStatus::kDisputed);
  Add(EntryKind::kWithdrawal, kNow);
  EXPECT_EQ(Status(), EntryStatus::kWithdrawn);
  Add(EntryKind::kErasure, kNow);
  EXPECT_EQ(Status(), EntryStatus::kErased);
}

TEST_F(StandingTest, AResolutionEndsADisputeOnceItIsWitnessedAndOpens) {
  Add(EntryKind::kDispute, kNow);
  Resolve(true);
  EXPECT_EQ(Status(), EntryStatus::kLive);
  reading_.counted_size = 11;  // covers the dispute and not the resolution
  EXPECT_EQ(Status(), EntryStatus::kDisputed);
  reading_.counted_size = 12;
  EXPECT_EQ(Status(), EntryStatus::kLive);
  updates_.back().facts.reset();
  EXPECT_EQ(Status(), EntryStatus::kDisputed);
  updates_.back().facts = evidence::SettlementFacts{};  // of another kind
  EXPECT_EQ(Status(), EntryStatus::kDisputed);
}

TEST_F(StandingTest, AReportFoundWrongDoesNotCountThoughItIsNeverWithdrawn) {
  Add(EntryKind::kDispute, kNow);
  Resolve(false);
  EXPECT_EQ(Status(), EntryStatus::kWithdrawn);
  // Nor when a later dispute was resolved the other way.
  Add(EntryKind::kDispute, kNow);
  EXPECT_EQ(Status(), EntryStatus::kWithdrawn);
  Resolve(true);
  EXPECT_EQ(Status(), EntryStatus::kWithdrawn);
}

TEST_F(StandingTest, ADisputeAfterAResolutionIsOpenAgain) {
  Add(EntryKind::kDispute, kNow - 20 * kDay);
  Resolve(true);
  Add(EntryKind::kDispute, kNow - kDay);
  EXPECT_EQ(Status(), EntryStatus::kDisputed);
}

TEST_F(StandingTest, WhatIsDatedInTheFutureWaitsForItsTimeUnlessItIsGoodNews) {
  const int64_t later = kNow + 2 * kDay;
  Add(EntryKind::kDispute, kNow);
  Add(EntryKind::kResolution, later, evidence::ResolutionFacts{true, Day("2026-11-03")});
  EXPECT_EQ(Status(), EntryStatus::kDisputed);
  reading_.now = later - kMaxIssuedAheadSeconds - 1;
  EXPECT_EQ(Status(), EntryStatus::kDisputed);
  reading_.now = later - kMaxIssuedAheadSeconds;
  EXPECT_EQ(Status(), EntryStatus::kLive);
  evidence::CorrectionFacts facts{reported_, Day("2026-11-03")};
  facts.corrected.amount = Rupiah(5000);
  Add(EntryKind::kCorrection, later + kDay, facts);
  EXPECT_EQ(Read().facts.amount, Rupiah(1000));
  Add(EntryKind::kSettlement, later + kDay);
  EXPECT_EQ(Status(), EntryStatus::kSettled);
}

TEST_F(StandingTest, ARelayedDisputeIsOneWhetherOrNotTheIssuerSpeaks) {
  const RelayedDispute relayed[] = {{kNow - 2 * kDay, kNow - kDay}};
  reading_.relayed = relayed;
  EXPECT_EQ(Status(), EntryStatus::kDisputed);
  reading_.now = kNow + 29 * kDay - 1;
  EXPECT_EQ(Status(), EntryStatus::kDisputed);
  reading_.now += 1;
  EXPECT_EQ(Status(), EntryStatus::kWithdrawn);
  reading_.deadlines_act = false;
  EXPECT_EQ(Status(), EntryStatus::kDisputed);
}

TEST_F(StandingTest, TheEarliestOfTheDisputesCounts) {
  const RelayedDispute relayed[] = {{kNow - kDay, kNow - kDay}, {kNow - 9 * kDay, kNow - 8 * kDay}};
  reading_.relayed = relayed;
  Add(EntryKind::kDispute, kNow);
  reading_.now = kNow + 22 * kDay - 1;
  EXPECT_EQ(Status(), EntryStatus::kDisputed);
  reading_.now += 1;
  EXPECT_EQ(Status(), EntryStatus::kWithdrawn);
}

TEST_F(StandingTest, ALaterResolutionThatCountsEndsARelayedDispute) {
  const RelayedDispute relayed[] = {{kNow - kDay, kNow - kDay, kNow - kDay}};
  reading_.relayed = relayed;
  Add(EntryKind::kDispute, kNow - kDay);
  Resolve(true);
  EXPECT_EQ(Status(), EntryStatus::kLive);
  reading_.counted_size = 11;
  EXPECT_EQ(Status(), EntryStatus::kDisputed);
  reading_.counted_size = 12;
  const RelayedDispute later[] = {{kNow + 1, kNow + 1}};
  reading_.relayed = later;
  EXPECT_EQ(Status(), EntryStatus::kDisputed);
  // What is withdrawn stays so, however the dispute was answered.
  reading_.relayed = relayed;
  Add(EntryKind::kWithdrawal, kNow);
  EXPECT_EQ(Status(), EntryStatus::kWithdrawn);
}

TEST_F(StandingTest, AnAnswerAfterThePeriodBringsNothingBack) {
  Add(EntryKind::kDispute, kNow - 30 * kDay + 1);
  Resolve(true);
  EXPECT_EQ(Status(), EntryStatus::kLive);
  updates_.front().update = {EntryKind::kDispute, 10, kNow - 30 * kDay, kNow - 30 * kDay};
  EXPECT_EQ(Status(), EntryStatus::kWithdrawn);
  reading_.deadlines_act = false;  // both times are the issuer's
  EXPECT_EQ(Status(), EntryStatus::kWithdrawn);
  reading_.counted_size = 11;  // it is not witnessed yet
  EXPECT_EQ(Status(), EntryStatus::kDisputed);
}

TEST_F(StandingTest, AnAnswerToARelayedDisputeAfterThePeriodBringsNothingBack) {
  Resolve(true);
  const RelayedDispute in_time[] = {{kNow - 31 * kDay, kNow - 30 * kDay + 1, kNow - 30 * kDay + 1}};
  reading_.relayed = in_time;
  EXPECT_EQ(Status(), EntryStatus::kLive);
  const RelayedDispute late[] = {{kNow - 31 * kDay, kNow - 30 * kDay, kNow - kDay}};
  reading_.relayed = late;
  EXPECT_EQ(Status(), EntryStatus::kWithdrawn);
  // The first answer to it counts, and not a later one.
  updates_.clear();
  Add(EntryKind::kResolution, kNow - 5 * kDay, evidence::ResolutionFacts{true, Day("2026-10-27")});
  Resolve(true);
  EXPECT_EQ(Status(), EntryStatus::kLive);
}

// An issuer that dates what it publishes later than that: its reader knows when each came.
TEST_F(StandingTest, ADateInThePastMakesNoAnswerOneInTime) {
  Add(EntryKind::kDispute, kNow - 40 * kDay);
  Add(EntryKind::kResolution, kNow - 39 * kDay, evidence::ResolutionFacts{true, Day("2026-09-23")});
  EntryState::Update& resolution = updates_.back().update;
  resolution.seen_at = kNow - 10 * kDay - 1;
  EXPECT_EQ(Status(), EntryStatus::kLive);
  resolution.seen_at += 1;
  EXPECT_EQ(Status(), EntryStatus::kWithdrawn);
  reading_.deadlines_act = false;
  EXPECT_EQ(Status(), EntryStatus::kLive);
  reading_.deadlines_act = true;
  // A first copy has both at once, and nothing but their dates.
  updates_.front().update.seen_at = resolution.seen_at;
  EXPECT_EQ(Status(), EntryStatus::kLive);
}

TEST_F(StandingTest, NorDoesOneMakeAnAnswerToARelayedDisputeOneInTime) {
  Add(EntryKind::kDispute, kNow - 40 * kDay);
  Add(EntryKind::kResolution, kNow - 39 * kDay, evidence::ResolutionFacts{true, Day("2026-09-23")});
  for (OpenedUpdate& seen : updates_) seen.update.seen_at = kNow;
  EXPECT_EQ(Status(), EntryStatus::kLive);
  const int64_t at = kNow - 40 * kDay;
  const RelayedDispute in_time[] = {{at, at, kNow - 30 * kDay + 1}};
  reading_.relayed = in_time;
  EXPECT_EQ(Status(), EntryStatus::kLive);
  const RelayedDispute late[] = {{at, at, kNow - 30 * kDay}};
  reading_.relayed = late;
  EXPECT_EQ(Status(), EntryStatus::kWithdrawn);
}

TEST_F(StandingTest, FactsDatedAheadCountFromTheDayOfTheirEntry) {
  reported_.occurred = Day("2027-03-01");
  EXPECT_EQ(Read().facts.occurred, Day("2026-11-01"));
  Correct(700, "2027-04-01");
  EXPECT_EQ(Read().facts.occurred, Day("2026-11-01"));
  reading_.now = kNow + 181 * kDay;  // 2027-05-01
  EXPECT_EQ(Status(), EntryStatus::kExpired);
  // An entry that is itself dated ahead: from the reader's day.
  reading_.issued_at = kNow + 400 * kDay;
  updates_.clear();
  reading_.now = kNow;
  EXPECT_EQ(Read().facts.occurred, Day("2026-11-01"));
}

TEST_F(StandingTest, TheLastCorrectionHolds) {
  Correct(700, "2026-10-02");
  Correct(800, "2026-10-03");
  EXPECT_EQ(Read().facts.amount, Rupiah(800));
  EXPECT_EQ(Read().facts.occurred, Day("2026-10-03"));
  EXPECT_EQ(Status(), EntryStatus::kLive);
}

TEST_F(StandingTest, ACorrectionThatIsNotWitnessedCanOnlyBeMilder) {
  reading_.counted_size = 0;
  Correct(1700, "2026-09-02");
  EXPECT_EQ(Read().facts.amount, Rupiah(1000));
  EXPECT_EQ(Read().facts.occurred, Day("2026-09-02"));
  Correct(500, "2026-10-20");
  EXPECT_EQ(Read().facts.amount, Rupiah(500));
  EXPECT_EQ(Read().facts.occurred, Day("2026-09-02"));
  // Which of two currencies is more is not for this node to say.
  evidence::CorrectionFacts facts{reported_, Day("2026-11-01")};
  facts.corrected.amount = {5, *evidence::Currency::FromCode("USD")};
  Add(EntryKind::kCorrection, kNow, facts);
  EXPECT_EQ(Read().facts.amount, Rupiah(500));
}

TEST_F(StandingTest, AnUnansweredDisputeIsWithdrawnByTheReadersClock) {
  Add(EntryKind::kDispute, kNow - 30 * kDay + 1);
  EXPECT_EQ(Status(), EntryStatus::kDisputed);
  reading_.now += 1;
  EXPECT_EQ(Status(), EntryStatus::kWithdrawn);
  reading_.deadlines_act = false;
  EXPECT_EQ(Status(), EntryStatus::kDisputed);
}

TEST_F(StandingTest, TheDisputeCountsFromWhicheverIsEarlier) {
  Add(EntryKind::kDispute, kNow + 400 * kDay);  // dated far ahead
  updates_.back().update.seen_at = kNow - 30 * kDay;
  EXPECT_EQ(Status(), EntryStatus::kWithdrawn);
  updates_.back().update = {EntryKind::kDispute, 10, kNow - 30 * kDay, kNow};
  EXPECT_EQ(Status(), EntryStatus::kWithdrawn);
}

TEST_F(StandingTest, WhatIsSettledIsWithdrawnWhenItsPeriodIsOver) {
  Add(EntryKind::kSettlement, kNow - 48 * kHour + 1);
  EXPECT_EQ(Status(), EntryStatus::kSettled);
  reading_.now += 1;
  EXPECT_EQ(Status(), EntryStatus::kWithdrawn);
}

TEST_F(StandingTest, RetentionEndsByTheReadersClockAndByTheCorrectedDay) {
  const int64_t end = int64_t{Day("2027-04-01").days()} * kDay;
  reading_.now = end - 1;
  EXPECT_EQ(Status(), EntryStatus::kLive);
  reading_.now = end;
  EXPECT_EQ(Status(), EntryStatus::kExpired);
  Correct(1000, "2026-10-02");
  EXPECT_EQ(Status(), EntryStatus::kLive);
  reading_.now = end + kDay;
  EXPECT_EQ(Status(), EntryStatus::kExpired);
}

TEST_F(StandingTest, WithoutItsCharterTheLongestPeriodsHold) {
  reading_.charter = nullptr;
  Add(EntryKind::kDispute, kNow - 180 * kDay + 1);
  EXPECT_EQ(Status(), EntryStatus::kDisputed);
  reading_.now += 1;
  EXPECT_EQ(Status(), EntryStatus::kWithdrawn);
  updates_.clear();
  reading_.now = int64_t{Day("2031-09-30").days()} * kDay;
  EXPECT_EQ(Status(), EntryStatus::kLive);
  reading_.now += kDay;
  EXPECT_EQ(Status(), EntryStatus::kExpired);
  reading_.now = kNow;
  Add(EntryKind::kSettlement, kNow - 48 * kHour + 1);
  EXPECT_EQ(Status(), EntryStatus::kSettled);
  reading_.now += 1;
  EXPECT_EQ(Status(), EntryStatus::kWithdrawn);
}

TEST_F(StandingTest, AReasonThatTheCharterDoesNotHaveHasTheLongestRetention) {
  charter_.reasons.clear();
  reading_.now = int64_t{Day("2031-09-30").days()} * kDay;
  EXPECT_EQ(Status(), EntryStatus::kLive);
  reading_.now += kDay;
  EXPECT_EQ(Status(), EntryStatus::kExpired);
}

TEST(LongestRetention, IsOfTheCharterOrOfAny) {
  evidence::Charter charter;
  charter.reasons[evidence::Reason::kNoShow].retention_months = 6;
  charter.reasons[evidence::Reason::kInvoiceOverdue].retention_months = 12;
  EXPECT_EQ(LongestRetention(&charter), 12 * 31 * kDay);
  EXPECT_EQ(LongestRetention(nullptr), 60 * 31 * kDay);
}

}  // namespace
}  // namespace daftar::partners
