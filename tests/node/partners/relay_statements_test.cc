// How a person's dispute becomes a statement: its times, its bounds, and what the record keeps.
#include <gtest/gtest.h>

#include "node/partners/relayer.h"
#include "storage/audit.h"
#include "tests/node/partners/relay_fixture.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;
using testing::kDay;

constexpr std::chrono::milliseconds kDeadline{2000};

class RelayStatementsTest : public testing::RelayTest {
 protected:
  // B has this many statements about other reports of A, from `since` on, and restarts.
  void KeepRelays(size_t number, int64_t since) {
    constexpr size_t kRowsAWrite = 500;
    const storage::LogNumber issuer = PartnerOf(b_, a_).log;
    OwnRelay relay;
    relay.by = "uid:0";
    relay.since = since;
    relay.statement = Statement();
    storage::Batch batch;
    for (size_t i = 0; i < number; ++i) {
      relay.statement.index = 1000 + i;
      const crypto::Bytes key = relay_rows::OwnKey(issuer, relay.statement.index);
      batch.Put(storage::Column::kRelays, key,
                b_->vault().Seal(storage::Column::kRelays, key, relay.Encode()));
      if (batch.operations().size() < kRowsAWrite && i + 1 < number) continue;
      DAFTAR_ASSERT_OK(b_->store().Write(std::exchange(batch, {})));
    }
    b_.Stop();
    b_.Start();
  }
  // B may relay so many more today.
  void LeaveRoomToday(uint32_t number) {
    const RelayDay day{circle_.clock().Now().seconds() / kDay, kMaxRelaysADay - number};
    storage::Batch batch;
    batch.Put(storage::Column::kRelays, relay_rows::DayKey(storage::kOwnLog), day.Encode());
    DAFTAR_ASSERT_OK(b_->store().Write(std::move(batch)));
  }
  // What the record of B has of the kind, the newest first.
  std::vector<storage::AuditRow> Recorded(const std::string& action) {
    auto page = storage::ReadAudit(b_->store(), b_->vault(),
                                   {.limit = 10, .wanted = [&](const storage::AuditRow& row) {
                                      return row.action == action;
                                    }});
    EXPECT_TRUE(page.ok()) << page.status();
    return page->rows;
  }
};

TEST_F(RelayStatementsTest, WhatWaitingDoesNotMendIsStatedAnew) {
  LetTheIssuerRefuse();
  const auto first = Relay(b_);
  DAFTAR_ASSERT_OK(first);
  b_->relay_sender().SendAll();
  circle_.clock().Advance(60);
  const auto second = Relay(b_);
  DAFTAR_ASSERT_OK(second);
  ASSERT_EQ(second->size(), 1u);
  EXPECT_NE(second->front().relay.statement, first->front().relay.statement);
  EXPECT_EQ(second->front().relay.since, first->front().relay.since);
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

TEST_F(RelayStatementsTest, ThePeriodRunsFromTheFirstStatement) {
  LetTheIssuerRefuse();
  DAFTAR_ASSERT_OK(Relay(b_));
  b_->relay_sender().SendAll();
  circle_.clock().Advance(29 * kDay);
  DAFTAR_ASSERT_OK(Relay(b_));
  EXPECT_EQ(Sees(b_), "disputed");
  circle_.clock().Advance(kDay);
  EXPECT_EQ(Sees(b_), "withdrawn");
}

TEST_F(RelayStatementsTest, OneMadeWhileTheClockIsInDoubtHasNoDeadlineYet) {
  PutClockInDoubt(b_);
  DAFTAR_ASSERT_OK(Relay(b_));
  EXPECT_EQ(Listed(b_).relay.since, 0);
  EXPECT_EQ(*b_->relays().Sweep(), 0u);
  EXPECT_EQ(Listed(b_).relay.since, 0);
  circle_.clock().Advance(31 * kDay);
  EXPECT_FALSE(b_->followers().ClockInDoubt());
  EXPECT_EQ(Sees(b_), "disputed");
  EXPECT_EQ(*b_->relays().Sweep(), 0u);
  EXPECT_EQ(Listed(b_).relay.since, circle_.clock().Now().seconds());
}

TEST_F(RelayStatementsTest, OneThatAClockAheadHasDatedIsStatedAnew) {
  DAFTAR_ASSERT_OK(Relay(b_));
  const storage::LogNumber issuer = PartnerOf(b_, a_).log;
  OwnRelay ahead = Listed(b_).relay;
  ahead.statement.at += 2 * kDay;
  const crypto::Bytes key = relay_rows::OwnKey(issuer, Index());
  storage::Batch batch;
  batch.Put(storage::Column::kRelays, key,
            b_->vault().Seal(storage::Column::kRelays, key, ahead.Encode()));
  DAFTAR_ASSERT_OK(b_->store().Write(std::move(batch)));
  DAFTAR_ASSERT_OK(Relay(b_));
  EXPECT_EQ(Listed(b_).relay.statement.at, static_cast<uint64_t>(circle_.clock().Now().seconds()));
  EXPECT_EQ(Listed(b_).relay.since, ahead.since);
}

TEST_F(RelayStatementsTest, StatedAnewNoneHasAPeriodThatIsStillToBegin) {
  DAFTAR_ASSERT_OK(Relay(b_));
  OwnRelay ahead = Listed(b_).relay;
  ahead.statement.at += 365 * kDay;
  ahead.since += 365 * kDay;
  const crypto::Bytes key = relay_rows::OwnKey(PartnerOf(b_, a_).log, Index());
  storage::Batch batch;
  batch.Put(storage::Column::kRelays, key,
            b_->vault().Seal(storage::Column::kRelays, key, ahead.Encode()));
  DAFTAR_ASSERT_OK(b_->store().Write(std::move(batch)));
  DAFTAR_ASSERT_OK(Relay(b_));
  EXPECT_EQ(Listed(b_).relay.since, circle_.clock().Now().seconds());
}

TEST_F(RelayStatementsTest, OnlyThoseWhosePeriodIsNotOverTakeRoom) {
  KeepRelays(kMaxOpenRelays, circle_.clock().Now().seconds());
  EXPECT_THAT(Relay(b_), StatusIs(absl::StatusCode::kResourceExhausted));
  KeepRelays(kMaxOpenRelays, circle_.clock().Now().seconds() - 40 * kDay);
  DAFTAR_ASSERT_OK(Relay(b_));
  EXPECT_EQ(b_->relayer().Outstanding()->size(), kMaxOpenRelays + 1);  // they still go out
}

TEST_F(RelayStatementsTest, WhileTheClockIsInDoubtNoPeriodIsOver) {
  KeepRelays(kMaxOpenRelays, circle_.clock().Now().seconds() - 40 * kDay);
  PutClockInDoubt(b_);
  EXPECT_THAT(Relay(b_), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(RelayStatementsTest, WhatTheSameRequestMakesTakesRoomToo) {
  Publish();
  Publish();  // the third about the buyer
  const int64_t now = circle_.clock().Now().seconds();
  KeepRelays(kMaxOpenRelays - 1, now);
  EXPECT_THAT(Relay(b_),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("200 relayed disputes")));
  EXPECT_EQ(b_->relayer().Outstanding()->size(), kMaxOpenRelays);
  KeepRelays(kMaxRelaysKept - 2, now - 40 * kDay);  // beside the one that was made
  EXPECT_THAT(Relay(b_), StatusIs(absl::StatusCode::kResourceExhausted,
                                  HasSubstr("keeps 10000 relayed disputes")));
  EXPECT_EQ(b_->relayer().List(2 * kMaxRelaysKept)->size(), kMaxRelaysKept);
}

TEST_F(RelayStatementsTest, NotMoreAreKeptThanTheBound) {
  KeepRelays(kMaxRelaysKept, circle_.clock().Now().seconds() - 40 * kDay);
  const absl::Status bound = Relay(b_).status();
  EXPECT_THAT(bound, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_NE(std::string(bound.message()).find("keeps 10000 relayed disputes"), std::string::npos)
      << bound;
}

TEST_F(RelayStatementsTest, WhoHasReachedTheBoundOfTheDayIsToldForHowLong) {
  const int64_t passed = circle_.clock().Now().seconds() % kDay;
  const auto refused = [&](const std::string& words) {
    LeaveRoomToday(0);
    EXPECT_THAT(Relay(b_), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr(words)));
  };
  circle_.clock().Advance(kDay - passed - 39'189);
  refused("try again in 11 h");
  circle_.clock().Advance(39'189 - 7200);
  refused("try again in 2 h");
  circle_.clock().Advance(1);
  refused("try again in 120 min");
  circle_.clock().Advance(7198);
  refused("try again in 1 min");
}

TEST_F(RelayStatementsTest, WhoTriesAndMakesNoneIsOnTheRecord) {
  // Nothing opens: nothing is learnt.
  NewRelay other = OfBuyer();
  other.identifiers = {daftar::testing::Phone("0812-9999-7101")};
  EXPECT_THAT(b_->relayer().Relay(b_.Caller(), other, kDeadline),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_TRUE(Recorded("dispute.try").empty());
  DAFTAR_ASSERT_OK(a_->ledger().Dispute(a_.Caller(), incident_, {}, "said so there"));
  circle_.Settle();
  EXPECT_THAT(Relay(b_), StatusIs(absl::StatusCode::kFailedPrecondition));
  ASSERT_EQ(Recorded("dispute.try").size(), 1u);
  const storage::AuditRow row = Recorded("dispute.try")[0];
  EXPECT_EQ(row.actor, "uid:0");
  EXPECT_EQ(row.object, "toko-a.test");
  EXPECT_EQ(row.because, "");
  circle_.clock().Advance(60);
  DAFTAR_ASSERT_OK(a_->ledger().Resolve(a_.Caller(), incident_, true, "looked into"));
  circle_.Settle();
  circle_.Settle();
  DAFTAR_ASSERT_OK(Relay(b_));
  EXPECT_EQ(Recorded("dispute.relay").size(), 1u);
  EXPECT_EQ(Recorded("dispute.try").size(), 1u);
  DAFTAR_ASSERT_OK(Relay(b_));  // it stands as it is
  EXPECT_EQ(Recorded("dispute.relay").size(), 1u);
  EXPECT_EQ(Recorded("dispute.try").size(), 2u);
}

TEST_F(RelayStatementsTest, AWrongDayTellsNothingOfTheReport) {
  NewRelay early = OfBuyer();
  early.on = daftar::testing::Day("2026-09-01");
  const absl::Status wrong = b_->relayer().Relay(b_.Caller(), early, kDeadline).status();
  EXPECT_THAT(wrong, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(std::string(wrong.message()).find("2026-10"), std::string::npos) << wrong;
  EXPECT_EQ(Recorded("dispute.try").size(), 1u);
}

TEST_F(RelayStatementsTest, AnewItIsDatedAfterWhatWasResolved) {
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

// An issuer cannot have it dated so that nobody takes it.
TEST_F(RelayStatementsTest, NoAnswerFromFarAheadDatesIt) {
  DAFTAR_ASSERT_OK(Relay(b_));
  const int64_t now = circle_.clock().Now().seconds();
  const crypto::Bytes key = EntryState::Key(PartnerOf(b_, a_).log, Index());
  EntryState state;
  state.updates = {{evidence::EntryKind::kDispute, 100, now - 10, now - 10},
                   {evidence::EntryKind::kResolution, 101, now + 2 * kDay, now}};
  OwnRelay ahead = Listed(b_).relay;
  ahead.statement.at += 4 * kDay;
  storage::Batch batch;
  batch.Put(storage::Column::kEntryStates, key, state.Encode());
  const crypto::Bytes own = relay_rows::OwnKey(PartnerOf(b_, a_).log, Index());
  batch.Put(storage::Column::kRelays, own,
            b_->vault().Seal(storage::Column::kRelays, own, ahead.Encode()));
  DAFTAR_ASSERT_OK(b_->store().Write(std::move(batch)));
  DAFTAR_ASSERT_OK(Relay(b_));
  EXPECT_EQ(Listed(b_).relay.statement.at, static_cast<uint64_t>(now));
}

TEST_F(RelayStatementsTest, APartnerThatCannotBeAskedIsNotSaidToHaveNothing) {
  a_.Stop();
  NewRelay other = OfBuyer();
  other.identifiers = {daftar::testing::Phone("0812-9999-7101")};
  EXPECT_THAT(b_->relayer().Relay(b_.Caller(), other, kDeadline),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("try again when it is there")));
}

TEST_F(RelayStatementsTest, OfMoreThanADaysRestWhatFitsIsRelayed) {
  incident_ = Publish();  // the second about the buyer
  LeaveRoomToday(1);
  const storage::Caller caller = b_.Caller();
  const auto again = [&] {
    return b_->relayer().Relay(caller, OfBuyer(), std::chrono::milliseconds(2000));
  };
  const absl::Status bound = again().status();
  EXPECT_THAT(bound, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_NE(std::string(bound.message()).find("buyer 1 still count here"), std::string::npos)
      << bound;
  EXPECT_EQ(b_->relayer().List(10)->size(), 1u);
  EXPECT_EQ(b_->relayer().Outstanding()->size(), 1u);
  // Nor is the same request told that all is done.
  EXPECT_THAT(again(), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(b_->relayer().List(10)->size(), 1u);
  circle_.clock().Advance(kDay);
  circle_.Settle();
  const auto rest = again();
  DAFTAR_ASSERT_OK(rest);
  EXPECT_EQ(rest->size(), 2u);
}

TEST_F(RelayStatementsTest, TheRestOfARequestStatesNothingAnewThatWasResolvedMeanwhile) {
  const ledger::IncidentId first = incident_;
  const ledger::IncidentId second = Publish();
  LeaveRoomToday(1);
  const storage::Caller caller = b_.Caller();
  const auto relay = [&](const storage::Caller& by) {
    return b_->relayer().Relay(by, OfBuyer(), std::chrono::milliseconds(2000));
  };
  EXPECT_THAT(relay(caller), StatusIs(absl::StatusCode::kResourceExhausted));
  ASSERT_EQ(b_->relayer().List(10)->size(), 1u);
  const evidence::RelayStatement stated = b_->relayer().List(10)->front().relay.statement;
  circle_.Settle();
  const auto is_first = a_->ledger().Get(first)->report->index == stated.index;
  DAFTAR_ASSERT_OK(
      a_->ledger().Resolve(a_.Caller(), is_first ? first : second, true, "looked into"));
  circle_.Settle();
  circle_.Settle();
  // There is no room for the rest yet: nothing of it changes.
  EXPECT_THAT(relay(caller), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(b_->relayer().List(10)->front().relay.statement, stated);
  circle_.clock().Advance(kDay);
  circle_.Settle();
  const auto rest = relay(caller);
  DAFTAR_ASSERT_OK(rest);
  ASSERT_EQ(rest->size(), 2u);
  EXPECT_EQ(rest->front().relay.statement, stated);
  EXPECT_EQ(rest->front().fate.fate, RelayFate::kResolved);
  EXPECT_TRUE(rest->back().open());
  EXPECT_EQ(relay(caller)->front().relay.statement, stated);  // nor when all is done
  // A new request is a new dispute.
  const auto anew = relay(b_.Caller());
  DAFTAR_ASSERT_OK(anew);
  ASSERT_EQ(anew->size(), 2u);
  EXPECT_TRUE(
      std::all_of(anew->begin(), anew->end(), [](const auto& view) { return view.open(); }));
}

TEST_F(RelayStatementsTest, WhatAnotherRequestSeesToIsNotStatedAnewByOneThatCouldNotDoTheRest) {
  DAFTAR_ASSERT_OK(Relay(b_));
  const evidence::RelayStatement stated = b_->relayer().List(10)->front().relay.statement;
  Publish();
  circle_.Settle();
  LeaveRoomToday(0);
  const storage::Caller caller = b_.Caller();
  const auto relay = [&] {
    return b_->relayer().Relay(caller, OfBuyer(), std::chrono::milliseconds(2000));
  };
  EXPECT_THAT(relay(), StatusIs(absl::StatusCode::kResourceExhausted));
  DAFTAR_ASSERT_OK(a_->ledger().Resolve(a_.Caller(), incident_, true, "looked into"));
  circle_.Settle();
  circle_.Settle();
  circle_.clock().Advance(kDay);
  circle_.Settle();
  const auto rest = relay();
  DAFTAR_ASSERT_OK(rest);
  ASSERT_EQ(rest->size(), 2u);
  EXPECT_EQ(rest->front().relay.statement, stated);
}

}  // namespace
}  // namespace daftar::partners
