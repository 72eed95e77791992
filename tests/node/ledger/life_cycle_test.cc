// An incident from its publication to its erasure, as the issuer's node has it.
#include "tests/node/ledger/life_cycle_fixture.h"

namespace daftar::ledger {
namespace {

using ::daftar::testing::Day;
using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::StatusIs;
using evidence::EntryKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// ---- after publication

class PublishedTest : public LifeCycle {
 protected:
  PublishedTest() : LifeCycle("retention_months = 6\nleast_amount = { IDR = \"1000\" }\n") {}
};

TEST_F(PublishedTest, WhatIsSettledIsWithdrawnAndErasedByItself) {
  const IncidentId id = Published();
  DAFTAR_ASSERT_OK(ledger().Settle(Caller(), id, {}, "paid"));
  Tick();
  EXPECT_THAT(Kinds(), ElementsAre(EntryKind::kReport, EntryKind::kSettlement));
  After(48 * kHour - 1);
  EXPECT_EQ(StateOf(id), IncidentState::kSettled);
  After(1);
  EXPECT_EQ(StateOf(id), IncidentState::kWithdrawn);
  EXPECT_EQ(Kinds().back(), EntryKind::kWithdrawal);
  EXPECT_EQ(std::get<evidence::WithdrawalFacts>(FactsAt(4)).ground,
            evidence::WithdrawalGround::kPaid);
  EXPECT_TRUE(HasBody(2));
  After(48 * kHour);
  EXPECT_EQ(Kinds().back(), EntryKind::kErasure);
  EXPECT_EQ(Entries().back().ground, evidence::ErasureGround::kPaid);
  for (uint64_t index = 2; index < 6; ++index) EXPECT_FALSE(HasBody(index)) << index;
  const auto view = ledger().Get(id);
  EXPECT_EQ(view->state, IncidentState::kErased);
  EXPECT_TRUE(view->incident.IsScrubbed());
  EXPECT_THAT(ledger().About(std::vector{testing::Phone(kPhone)}).value(), IsEmpty());
  EXPECT_FALSE(view->deadline.has_value());
  EXPECT_EQ(view->events.size(), view->incident.events.size());
}

TEST_F(PublishedTest, ADisputeOfWhatIsSettledDoesNotDelayItsWithdrawal) {
  const IncidentId id = Published();
  DAFTAR_ASSERT_OK(ledger().Settle(Caller(), id, {}, "paid"));
  Tick();
  DAFTAR_ASSERT_OK(ledger().Dispute(Caller(), id, {}, "was paid in time"));
  Tick();
  EXPECT_EQ(ledger().Get(id)->deadline->action, DeadlineAction::kWithdrawSettled);
  After(48 * kHour - 1);
  EXPECT_EQ(StateOf(id), IncidentState::kDisputed);
  After(1);
  EXPECT_EQ(StateOf(id), IncidentState::kWithdrawn);
  EXPECT_EQ(std::get<evidence::WithdrawalFacts>(FactsAt(5)).ground,
            evidence::WithdrawalGround::kPaid);
}

TEST_F(PublishedTest, WhatIsWithdrawnAsPaidIsSettledFirst) {
  const IncidentId id = Published();
  DAFTAR_ASSERT_OK(ledger().Dispute(Caller(), id, {}, "not mine"));
  Tick();
  auto withdrawn =
      ledger().Withdraw(Caller(), id, evidence::WithdrawalGround::kPaid, "paid after all");
  DAFTAR_ASSERT_OK(withdrawn);
  EXPECT_EQ(withdrawn->state, IncidentState::kWithdrawn);
  Tick();
  EXPECT_EQ(Kinds().back(), EntryKind::kSettlement);
  EXPECT_EQ(std::get<evidence::SettlementFacts>(FactsAt(4)).settled_on, Day("2026-11-01"));
  Tick();
  EXPECT_THAT(Kinds(), ElementsAre(EntryKind::kReport, EntryKind::kDispute, EntryKind::kSettlement,
                                   EntryKind::kWithdrawal));
  EXPECT_EQ(std::get<evidence::WithdrawalFacts>(FactsAt(5)).ground,
            evidence::WithdrawalGround::kPaid);
  const IncidentId queued = Filed();
  DAFTAR_ASSERT_OK(ledger().Publish(Caller(), queued));
  DAFTAR_ASSERT_OK(
      ledger().Withdraw(Caller(), queued, evidence::WithdrawalGround::kPaid, "paid in time"));
  After(60);
  EXPECT_EQ(Kinds().size(), 4u);
}

TEST_F(PublishedTest, WhatWasSettledIsWithdrawnAsPaidWithoutASecondSettlement) {
  const IncidentId id = Published();
  DAFTAR_ASSERT_OK(ledger().Settle(Caller(), id, {}, "paid"));
  Tick();
  DAFTAR_ASSERT_OK(
      ledger().Withdraw(Caller(), id, evidence::WithdrawalGround::kPaid, "no reason to wait"));
  Tick();
  Tick();
  EXPECT_THAT(Kinds(),
              ElementsAre(EntryKind::kReport, EntryKind::kSettlement, EntryKind::kWithdrawal));
}

TEST_F(PublishedTest, WhatTheLogSaysAlreadyIsNotPublishedAgain) {
  const IncidentId id = Published();
  DAFTAR_ASSERT_OK(ledger().Dispute(Caller(), id, {}, "it is wrong"));
  Tick();
  DAFTAR_ASSERT_OK(ledger().Settle(Caller(), id, {}, "paid"));
  DAFTAR_ASSERT_OK(ledger().Dispute(Caller(), id, {}, "still wrong"));
  EXPECT_EQ(StateOf(id), IncidentState::kDisputed);
  EXPECT_THAT(ledger().Settle(Caller(), id, {}, "paid"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  After(60);
  EXPECT_THAT(Kinds(),
              ElementsAre(EntryKind::kReport, EntryKind::kDispute, EntryKind::kSettlement));
  // Answered, it may be disputed anew.
  DAFTAR_ASSERT_OK(ledger().Resolve(Caller(), id, true, "it stands"));
  DAFTAR_ASSERT_OK(ledger().Dispute(Caller(), id, {}, "it does not"));
  After(60);
  EXPECT_THAT(Kinds(), ElementsAre(EntryKind::kReport, EntryKind::kDispute, EntryKind::kSettlement,
                                   EntryKind::kResolution, EntryKind::kDispute));
}

TEST_F(PublishedTest, ADisputeIsFlaggedAndThenWithdrawnWhenNobodyAnswers) {
  const IncidentId id = Published();
  DAFTAR_ASSERT_OK(ledger().Dispute(
      Caller(), id, {evidence::DisputedBy::kPersonThroughShop, Day("2026-10-31")}, "paid in cash"));
  Tick();
  EXPECT_EQ(Kinds().back(), EntryKind::kDispute);
  const auto facts = std::get<evidence::DisputeFacts>(FactsAt(3));
  EXPECT_EQ(facts.by, evidence::DisputedBy::kPersonThroughShop);
  EXPECT_EQ(facts.on, Day("2026-10-31"));
  After(14 * kDay - 1);
  EXPECT_FALSE(ledger().Get(id)->flagged);
  EXPECT_EQ(ledger().CountFlagged()->count, 0u);
  After(1);
  EXPECT_TRUE(ledger().Get(id)->flagged);
  EXPECT_EQ(ledger().CountFlagged()->count, 1u);
  EXPECT_EQ(ledger().CountFlagged()->oldest,
            ledger().Get(id)->incident.dispute->noted_at.seconds());
  After(16 * kDay - 1);
  EXPECT_EQ(StateOf(id), IncidentState::kDisputed);
  After(1);
  EXPECT_EQ(StateOf(id), IncidentState::kWithdrawn);
  EXPECT_EQ(ledger().CountFlagged()->count, 0u);
  EXPECT_EQ(std::get<evidence::WithdrawalFacts>(FactsAt(4)).ground,
            evidence::WithdrawalGround::kDisputeUnanswered);
  After(48 * kHour);
  EXPECT_EQ(Entries().back().ground, evidence::ErasureGround::kUpheld);
}

TEST_F(PublishedTest, AnUpheldReportCountsAgain) {
  const IncidentId id = Published();
  EXPECT_THAT(ledger().Resolve(Caller(), id, true, "why"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("open")));
  DAFTAR_ASSERT_OK(ledger().Dispute(Caller(), id, {}, "paid in cash"));
  EXPECT_THAT(ledger().Dispute(Caller(), id, {}, "again"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  DAFTAR_ASSERT_OK(ledger().Resolve(Caller(), id, true, "no receipt, and the bank says no"));
  EXPECT_EQ(StateOf(id), IncidentState::kPublished);
  Tick();
  Tick();
  EXPECT_THAT(Kinds(),
              ElementsAre(EntryKind::kReport, EntryKind::kDispute, EntryKind::kResolution));
  EXPECT_TRUE(std::get<evidence::ResolutionFacts>(FactsAt(4)).upheld);
  EXPECT_FALSE(ledger().Get(id)->flagged);
  // And it may be disputed once more.
  DAFTAR_EXPECT_OK(ledger().Dispute(Caller(), id, {}, "has found the receipt"));
}

TEST_F(PublishedTest, AReportFoundWrongIsWithdrawn) {
  const IncidentId id = Published();
  DAFTAR_ASSERT_OK(ledger().Dispute(Caller(), id, {}, "paid in cash"));
  DAFTAR_ASSERT_OK(ledger().Resolve(Caller(), id, false, "the receipt was found"));
  EXPECT_EQ(StateOf(id), IncidentState::kWithdrawn);
  for (int tick = 0; tick < 3; ++tick) Tick();
  EXPECT_THAT(Kinds(), ElementsAre(EntryKind::kReport, EntryKind::kDispute, EntryKind::kResolution,
                                   EntryKind::kWithdrawal));
  EXPECT_FALSE(std::get<evidence::ResolutionFacts>(FactsAt(4)).upheld);
  EXPECT_EQ(std::get<evidence::WithdrawalFacts>(FactsAt(5)).ground,
            evidence::WithdrawalGround::kDisputeUpheld);
}

TEST_F(PublishedTest, ACorrectionStatesAllFactsAndASecondReplacesIt) {
  const IncidentId id = Published();
  EXPECT_THAT(ledger().Correct(Caller(), id, {}, "why"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  Correction correction;
  correction.amount = evidence::Money{100'000'000, *evidence::Currency::FromCode("IDR")};
  DAFTAR_ASSERT_OK(ledger().Correct(Caller(), id, correction, "a part was paid"));
  EXPECT_THAT(ledger().Correct(Caller(), id, correction, "again"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("already")));
  Tick();
  Correction second;
  second.due = Day("2026-10-15");
  DAFTAR_ASSERT_OK(ledger().Correct(Caller(), id, second, "typed wrong"));
  Tick();
  EXPECT_EQ(StateOf(id), IncidentState::kCorrected);
  EXPECT_THAT(Kinds(),
              ElementsAre(EntryKind::kReport, EntryKind::kCorrection, EntryKind::kCorrection));
  const auto facts = std::get<evidence::CorrectionFacts>(FactsAt(4)).corrected;
  EXPECT_EQ(facts.amount, *correction.amount);
  EXPECT_EQ(facts.due, Day("2026-10-15"));
  EXPECT_EQ(facts.occurred, Day("2026-10-01"));
}

TEST_F(PublishedTest, WhatCouldNotBeSharedIsNoCorrection) {
  const IncidentId id = Published();
  Correction correction;
  correction.amount = evidence::Money{1, *evidence::Currency::FromCode("IDR")};
  EXPECT_THAT(ledger().Correct(Caller(), id, correction, "why"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("withdraw it instead")));
  EXPECT_EQ(StateOf(id), IncidentState::kPublished);
  EXPECT_EQ(ledger().Get(id)->incident.Standing().amount.minor, 450'000'000u);
}

TEST_F(PublishedTest, RetentionEndsItByItself) {
  const IncidentId id = Published();
  // It occurred on 2026-10-01; now it is the first of November.
  const int64_t end = int64_t{Day("2027-04-01").days()} * kDay;
  EXPECT_EQ(ledger().Get(id)->deadline, (Deadline{end, DeadlineAction::kExpire}));
  After(end - circle_.clock().Now().seconds() - 1);
  EXPECT_EQ(StateOf(id), IncidentState::kPublished);
  After(1);
  EXPECT_EQ(StateOf(id), IncidentState::kExpired);
  EXPECT_EQ(Entries().back().kind, EntryKind::kErasure);
  EXPECT_EQ(Entries().back().ground, evidence::ErasureGround::kExpired);
  EXPECT_FALSE(HasBody(2));
  EXPECT_TRUE(ledger().Get(id)->incident.IsScrubbed());
  EXPECT_THAT(ledger().Erase(Caller(), id, evidence::ErasureGround::kRequest, "again"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(PublishedTest, NothingButItsErasureFollowsAWithdrawal) {
  const IncidentId id = Published();
  DAFTAR_ASSERT_OK(ledger().Withdraw(Caller(), id, evidence::WithdrawalGround::kMistake, "x"));
  Tick();
  Correction correction;
  correction.occurred = Day("2026-10-02");
  for (const auto& refused :
       {ledger().Settle(Caller(), id, {}, "x"), ledger().Dispute(Caller(), id, {}, "x"),
        ledger().Resolve(Caller(), id, true, "x"), ledger().Correct(Caller(), id, correction, "x"),
        ledger().Withdraw(Caller(), id, evidence::WithdrawalGround::kMistake, "x")}) {
    EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition));
  }
  DAFTAR_EXPECT_OK(ledger().Erase(Caller(), id, evidence::ErasureGround::kMistake, "x"));
}

TEST_F(PublishedTest, WhenTheCustomerWasToldIsNotCorrectedOnceItIsPublished) {
  const IncidentId id = Published();
  Correction correction;
  correction.told_on = Day("2026-10-15");
  EXPECT_THAT(ledger().Correct(Caller(), id, correction, "x"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("part of no report")));
  EXPECT_THAT(Kinds(), ElementsAre(EntryKind::kReport));
}

TEST_F(PublishedTest, ASettlementEndsADispute) {
  const IncidentId id = Published();
  DAFTAR_ASSERT_OK(ledger().Dispute(Caller(), id, {}, "denied"));
  DAFTAR_ASSERT_OK(ledger().Settle(Caller(), id, {}, "paid all the same"));
  EXPECT_EQ(ledger().Get(id)->incident.dispute, std::nullopt);
  After(31 * kDay);  // more than the period to answer
  EXPECT_EQ(ledger().Get(id)->incident.withdrawn_for, evidence::WithdrawalGround::kPaid);
}

TEST_F(PublishedTest, WhatWasSettledBeforeADisputeIsSettledAfterIt) {
  const IncidentId id = Published();
  DAFTAR_ASSERT_OK(ledger().Settle(Caller(), id, {}, "paid"));
  Tick();
  DAFTAR_ASSERT_OK(ledger().Dispute(Caller(), id, {}, "it was never owed"));
  Tick();
  DAFTAR_ASSERT_OK(ledger().Resolve(Caller(), id, /*upheld=*/true, "it was"));
  EXPECT_EQ(StateOf(id), IncidentState::kSettled);
}

// Its report is queued already: another must not be made when the hold ends.
TEST(NextDeadlineTest, WhatAnEarlierVersionHoldsWithItsReportOnlyExpires) {
  Incident held;
  held.state = IncidentState::kHeld;
  held.account = DepositUnsettled(kPhone);
  held.held_until = 1;
  const evidence::Charter charter;
  EXPECT_EQ(NextDeadline(held, charter)->action, DeadlineAction::kPublish);
  held.report = SubmissionId();
  EXPECT_EQ(NextDeadline(held, charter)->action, DeadlineAction::kExpire);
}

TEST_F(PublishedTest, ErasingTakesTheBodyAtOnceAndNothingCanFollowIt) {
  const IncidentId id = Published();
  DAFTAR_ASSERT_OK(ledger().Erase(Caller(), id, evidence::ErasureGround::kRequest, "asked for it"));
  Tick();
  Tick();
  EXPECT_THAT(Kinds(), ElementsAre(EntryKind::kReport, EntryKind::kErasure));
  EXPECT_EQ(Entries().back().ground, evidence::ErasureGround::kRequest);
  EXPECT_FALSE(HasBody(2));
  EXPECT_EQ(StateOf(id), IncidentState::kErased);
  for (const auto& refused :
       {ledger().Settle(Caller(), id, {}, "x"), ledger().Dispute(Caller(), id, {}, "x"),
        ledger().Withdraw(Caller(), id, evidence::WithdrawalGround::kMistake, "x"),
        ledger().Erase(Caller(), id, evidence::ErasureGround::kMistake, "x")}) {
    EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition));
  }
  const auto erased = ledger().Get(id);
  DAFTAR_ASSERT_OK(erased);
  for (const IncidentEvent& event : erased->incident.events) EXPECT_EQ(event.because, "");
}

TEST_F(PublishedTest, WhatIsErasedGoesWithTheTickThatTellsPartners) {
  const IncidentId id = Published();
  DAFTAR_ASSERT_OK(ledger().Erase(Caller(), id, evidence::ErasureGround::kRequest, "asked for it"));
  EXPECT_TRUE(HasBody(2));
  EXPECT_EQ(*node_->Tick(), 1u);
  EXPECT_FALSE(HasBody(2));
  EXPECT_TRUE(ledger().Get(id)->incident.IsScrubbed());
}

TEST_F(PublishedTest, WhoErasedAnIncidentAndWhyIsOnTheRecord) {
  const IncidentId draft = Filed();
  const IncidentId published = Published();
  for (const IncidentId& id : {draft, published}) {
    storage::Caller caller = Caller();
    caller.actor = "user:budi";
    for (int i = 0; i < 2; ++i) {  // asked for again, it is done once
      DAFTAR_ASSERT_OK(
          ledger().Erase(caller, id, evidence::ErasureGround::kMistake, "the wrong buyer"));
    }
    Tick();
    const auto page = storage::ReadAudit(node_->store(), node_->vault(), {.limit = 100});
    DAFTAR_ASSERT_OK(page);
    size_t found = 0;
    for (const storage::AuditRow& row : page->rows) {
      if (row.object != id.hex()) continue;
      ++found;
      EXPECT_EQ(row.action, "incident.erase");
      EXPECT_EQ(row.actor, "user:budi");
      EXPECT_EQ(row.because, "the wrong buyer");
    }
    EXPECT_EQ(found, 1u);
  }
}

TEST_F(PublishedTest, ErasingWhatWasNeverPublishedLeavesNothing) {
  const IncidentId id = Filed();
  DAFTAR_ASSERT_OK(ledger().Erase(Caller(), id, evidence::ErasureGround::kMistake, "a test"));
  Tick();
  EXPECT_THAT(ledger().Get(id), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Kinds(), IsEmpty());
}

TEST_F(PublishedTest, AClockInDoubtHoldsBackNoRemovalOfWhatWasErased) {
  const IncidentId settled = Published();
  DAFTAR_ASSERT_OK(ledger().Settle(Caller(), settled, {}, "paid"));
  Tick();
  const IncidentId erased = Published();
  const uint64_t index = ledger().Get(erased)->report->index;
  const IncidentId draft = Filed();
  circle_.clock().Advance(49 * kHour);
  for (const IncidentId& id : {erased, draft}) {
    DAFTAR_ASSERT_OK(ledger().Erase(Caller(), id, evidence::ErasureGround::kRequest, "asked"));
  }
  DAFTAR_ASSERT_OK(node_->publisher().Tick(circle_.clock().Now()));
  ASSERT_EQ(Kinds().back(), EntryKind::kErasure);
  circle_.clock().Set(-kHour);
  const evidence::UnixMillis now = circle_.clock().Now();
  EXPECT_EQ(*ledger().RunDeadlines(now, /*clock_in_doubt=*/true), 2u);
  EXPECT_FALSE(HasBody(index));
  EXPECT_TRUE(ledger().Get(erased)->incident.IsScrubbed());
  EXPECT_THAT(ledger().Get(draft), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(StateOf(settled), IncidentState::kSettled);
  EXPECT_EQ(*ledger().RunDeadlines(now), 1u);
  EXPECT_EQ(StateOf(settled), IncidentState::kWithdrawn);
}

// As versions without deadlines have left it.
TEST_F(PublishedTest, WhatAnEarlierVersionPublishedGetsItsDeadline) {
  const IncidentId id = Published();
  storage::Store& store = node_->store();
  const crypto::Bytes key = rows::IncidentKey(id);
  const auto incident_now = [&] {
    auto row = node_->store().Get(storage::Column::kIncidents, key);
    auto plain = node_->vault().Open(storage::Column::kIncidents, key, **row);
    return *Incident::Decode(plain->Expose());
  };
  Incident old = incident_now();
  const int64_t deadline = old.deadline;
  ASSERT_NE(deadline, 0);
  storage::Batch batch;
  batch.Delete(storage::Column::kIncidents, rows::DeadlineKey(deadline, id));
  batch.Delete(storage::Column::kIncidents, rows::AllHaveDeadlinesKey());
  old.deadline = 0;
  batch.Put(storage::Column::kIncidents, key,
            node_->vault().Seal(storage::Column::kIncidents, key, old.Encode()));
  DAFTAR_ASSERT_OK(store.Write(std::move(batch)));
  const IncidentId draft = Filed();
  node_.Stop();
  node_.Start();
  EXPECT_EQ(incident_now().deadline, deadline);
  EXPECT_TRUE(
      node_->store().Get(storage::Column::kIncidents, rows::AllHaveDeadlinesKey())->has_value());
  After(25 * 31 * kDay);
  EXPECT_EQ(StateOf(id), IncidentState::kExpired);
  EXPECT_EQ(StateOf(draft), IncidentState::kDraft);  // nothing happens to it by itself
}

TEST_F(PublishedTest, ARowThatCannotBeReadIsToldAndKeepsNoNodeFromStarting) {
  const IncidentId broken = Published();
  const IncidentId other = Published();
  const crypto::Bytes key = rows::IncidentKey(other);
  const auto other_now = [&] {
    auto row = node_->store().Get(storage::Column::kIncidents, key);
    auto plain = node_->vault().Open(storage::Column::kIncidents, key, **row);
    return *Incident::Decode(plain->Expose());
  };
  Incident old = other_now();
  const int64_t deadline = old.deadline;
  ASSERT_NE(deadline, 0);
  storage::Batch batch;
  batch.Delete(storage::Column::kIncidents, rows::DeadlineKey(deadline, other));
  batch.Delete(storage::Column::kIncidents, rows::AllHaveDeadlinesKey());
  old.deadline = 0;
  batch.Put(storage::Column::kIncidents, key,
            node_->vault().Seal(storage::Column::kIncidents, key, old.Encode()));
  batch.Put(storage::Column::kIncidents, rows::IncidentKey(broken), crypto::ToBytes("damaged"));
  batch.Put(storage::Column::kIncidents, rows::DeadlineKey(circle_.clock().Now().seconds(), broken),
            {});
  DAFTAR_ASSERT_OK(node_->store().Write(std::move(batch)));
  node_.Stop();
  DAFTAR_ASSERT_OK(node_.TryStart());
  EXPECT_EQ(other_now().deadline, deadline);
  EXPECT_TRUE(
      node_->store().Get(storage::Column::kIncidents, rows::AllHaveDeadlinesKey())->has_value());
  EXPECT_THAT(node_->Tick(), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(PublishedTest, ADeadlineThatCannotBeKeptKeepsNoOther) {
  const IncidentId broken = Published();
  const IncidentId other = Published();
  DAFTAR_ASSERT_OK(ledger().Settle(Caller(), other, {}, "paid"));
  Tick();
  storage::Batch batch;
  batch.Put(storage::Column::kIncidents, rows::IncidentKey(broken), crypto::ToBytes("damaged"));
  batch.Put(storage::Column::kIncidents, rows::DeadlineKey(circle_.clock().Now().seconds(), broken),
            {});
  DAFTAR_ASSERT_OK(node_->store().Write(std::move(batch)));
  circle_.clock().Advance(48 * kHour);
  EXPECT_THAT(node_->Tick(), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_EQ(StateOf(other), IncidentState::kWithdrawn);
}

TEST_F(PublishedTest, DeadlinesSurviveARestart) {
  const IncidentId id = Published();
  DAFTAR_ASSERT_OK(ledger().Settle(Caller(), id, {}, "paid"));
  Tick();
  node_.Stop();
  circle_.clock().Advance(10 * kDay);
  node_.Start();
  Tick();
  EXPECT_EQ(StateOf(id), IncidentState::kWithdrawn);
  // The period to erase runs from the withdrawal.
  After(48 * kHour);
  EXPECT_EQ(StateOf(id), IncidentState::kErased);
}

TEST_F(PublishedTest, DatesThatCannotBeAreRefused) {
  const IncidentId id = Published();
  const auto dispute = [&](const std::string& on) {
    return ledger().Dispute(Caller(), id, {evidence::DisputedBy::kShop, Day(on)}, "x").status();
  };
  EXPECT_THAT(dispute("2026-11-03"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("future")));
  EXPECT_THAT(dispute("2026-09-30"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("before it occurred")));
  EXPECT_EQ(StateOf(id), IncidentState::kPublished);
}

}  // namespace
}  // namespace daftar::ledger
