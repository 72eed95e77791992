// Before publication: notice and hold, and the second person.
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

// ---- notice and hold

class HoldTest : public LifeCycle {
 protected:
  HoldTest() : LifeCycle("hold_hours = 24\n") {}
  IncidentId Held() {
    const IncidentId id = Filed();
    EXPECT_TRUE(ledger().Publish(Caller(), id).ok());
    EXPECT_TRUE(ledger().Notice(Caller(), id).ok());
    return id;
  }
};

TEST_F(HoldTest, NothingIsSharedBeforeTheHoldEnds) {
  const IncidentId id = Held();
  EXPECT_EQ(StateOf(id), IncidentState::kHeld);
  EXPECT_THAT(ledger().Publish(Caller(), id),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("hold runs until")));
  circle_.clock().Advance(kDay - 1);
  EXPECT_EQ(*node_->Tick(), 0u);
  EXPECT_EQ(StateOf(id), IncidentState::kHeld);
  circle_.clock().Advance(1);
  EXPECT_EQ(*node_->Tick(), 1u);
  EXPECT_EQ(StateOf(id), IncidentState::kPublished);
}

TEST_F(HoldTest, TheHoldRunsFromTheNotice) {
  const IncidentId id = Filed();
  DAFTAR_ASSERT_OK(ledger().Publish(Caller(), id));
  EXPECT_THAT(ledger().Publish(Caller(), id),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("incident notice")));
  After(30 * kDay);
  EXPECT_EQ(StateOf(id), IncidentState::kHeld);
  auto noticed = ledger().Notice(Caller(), id);
  DAFTAR_ASSERT_OK(noticed);
  const int64_t until = noticed->incident.held_until;
  EXPECT_EQ(until, circle_.clock().Now().seconds() + kDay);
  circle_.clock().Advance(kHour);
  DAFTAR_ASSERT_OK(ledger().Notice(Caller(), id));  // printing it again does not prolong it
  EXPECT_EQ(ledger().Get(id)->incident.held_until, until);
  After(kDay - kHour);
  EXPECT_EQ(StateOf(id), IncidentState::kPublished);
}

TEST_F(HoldTest, NoticeIsGivenOfWhatIsHeldAlone) {
  EXPECT_THAT(ledger().Notice(Caller(), Filed()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("held")));
}

TEST_F(HoldTest, TheCodeOfTheNoticeFindsTheIncidentHoweverItIsTyped) {
  const IncidentId id = Held();
  const std::string code = ledger().NoticeCode(id);
  EXPECT_EQ(*ledger().ByNoticeCode(code), id);
  std::string typed;
  for (const char c : code) typed += static_cast<char>(std::tolower(c));
  EXPECT_EQ(*ledger().ByNoticeCode(" " + typed.substr(0, 4) + typed.substr(5)), id);
  for (const std::string wrong : {"", "K7F3", "K7F3-9Q2", "K7F3-9Q2M-1", "K7F3-9Q2!"}) {
    const auto found = ledger().ByNoticeCode(wrong);
    EXPECT_THAT(found, StatusIs(absl::StatusCode::kNotFound));
  }
}

TEST_F(HoldTest, NoNoticeIsGivenOfWhatIsNotHeldAnyMore) {
  const auto refused = StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("held"));
  const IncidentId id = Held();
  Correction correction;
  correction.amount = evidence::Money{100'000'000, *evidence::Currency::FromCode("IDR")};
  DAFTAR_ASSERT_OK(ledger().Correct(Caller(), id, correction, "a part was paid"));
  EXPECT_THAT(ledger().Notice(Caller(), id), refused);
  EXPECT_EQ(ledger().Get(id)->notice_code, "");
  EXPECT_EQ(ledger().Get(id)->incident.held_until, 0);
  circle_.clock().Advance(kHour);
  DAFTAR_ASSERT_OK(ledger().Publish(Caller(), id));
  auto noticed = ledger().Notice(Caller(), id);
  DAFTAR_ASSERT_OK(noticed);
  EXPECT_EQ(noticed->incident.held_until, circle_.clock().Now().seconds() + kDay);
  DAFTAR_ASSERT_OK(ledger().Dispute(Caller(), id, {}, "it was paid"));
  EXPECT_THAT(ledger().Notice(Caller(), id), refused);
  // Whoever objects still names it by the code.
  EXPECT_EQ(ledger().Get(id)->notice_code, ledger().NoticeCode(id));
  DAFTAR_ASSERT_OK(ledger().Resolve(Caller(), id, /*upheld=*/true, "it was not"));
  EXPECT_THAT(ledger().Notice(Caller(), id), refused);
  const IncidentId settled = Held();
  DAFTAR_ASSERT_OK(ledger().Settle(Caller(), settled, {}, "paid"));
  EXPECT_THAT(ledger().Notice(Caller(), settled), refused);
  const IncidentId published = Held();
  After(kDay);
  ASSERT_EQ(StateOf(published), IncidentState::kPublished);
  EXPECT_THAT(ledger().Notice(Caller(), published), refused);
}

TEST_F(HoldTest, ACharterThatKeepsItForLongerThanTheLetterSaidEndsTheHold) {
  const auto adopt = [&](const std::string& what) {
    std::string charter = circle_.charter().source;
    const std::string hold = "hold_hours = 24\n";
    charter.replace(charter.find(hold), hold.size(), hold + what);
    DAFTAR_ASSERT_OK(node_->charters().Adopt(node_.Caller(), charter, "agreed in May"));
    Tick();
  };
  const IncidentId longer = Held();
  adopt("retention_months = 36\n");
  const IncidentId told_of_it = Held();
  After(kDay);
  EXPECT_EQ(StateOf(longer), IncidentState::kReady);
  EXPECT_THAT(ledger().Get(longer)->incident.events.back().because, HasSubstr("than the letter"));
  EXPECT_EQ(StateOf(told_of_it), IncidentState::kPublished);
  const IncidentId shorter = Held();
  adopt("retention_months = 12\n");
  After(kDay);
  EXPECT_EQ(StateOf(shorter), IncidentState::kPublished);
  DAFTAR_ASSERT_OK(ledger().Publish(Caller(), longer));
  DAFTAR_ASSERT_OK(ledger().Notice(Caller(), longer));
  After(kDay);
  EXPECT_EQ(StateOf(longer), IncidentState::kPublished);
}

TEST_F(HoldTest, PaymentDuringTheHoldStopsIt) {
  const IncidentId id = Held();
  DAFTAR_ASSERT_OK(ledger().Settle(Caller(), id, {}, "paid"));
  After(2 * kDay);
  EXPECT_EQ(StateOf(id), IncidentState::kSettled);
  EXPECT_THAT(Kinds(), IsEmpty());
}

TEST_F(HoldTest, WhatWasPaidAndErasedWithItsCustomerIsNotPublished) {
  const auto order = Bought();
  DAFTAR_ASSERT_OK(order);
  NewIncident account = DepositUnsettled(kPhone);
  account.order = order->name;
  const auto filed = ledger().Add(Caller(), account);
  DAFTAR_ASSERT_OK(filed);
  const IncidentId id = filed->incident.id;
  DAFTAR_ASSERT_OK(ledger().Publish(Caller(), id));
  DAFTAR_ASSERT_OK(ledger().Notice(Caller(), id));
  DAFTAR_ASSERT_OK(node_->book().SetOutcome(Caller(), order->name, {book::OutcomeKind::kPaid, {}},
                                            std::nullopt, "at the counter"));
  const auto named = [](auto) { return absl::StatusOr<uint64_t>(1); };
  const auto erased = node_->book().Erase(Caller(), order->customer, named, "asked for it");
  DAFTAR_ASSERT_OK(erased);
  ASSERT_EQ(erased->orders_erased, 1u);
  After(kDay);
  EXPECT_THAT(Kinds(), IsEmpty());
  const auto view = ledger().Get(id);
  EXPECT_EQ(view->state, IncidentState::kReady);
  EXPECT_EQ(view->incident.events.back().action, IncidentAction::kStopped);
  EXPECT_THAT(view->incident.events.back().because, HasSubstr("not in the book any more"));
  const auto refused =
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("not in the book any more"));
  EXPECT_THAT(ledger().Publish(Caller(), id), refused);
  EXPECT_THAT(ledger().Approve(Another(), id), refused);
}

TEST_F(HoldTest, WhatIsTheShopsOwnSinceIsNotPublished) {
  const IncidentId held = Held();
  const IncidentId draft = Filed();
  DAFTAR_ASSERT_OK(node_->warnings().Add(Caller(), testing::Phone(kPhone), "our own counter"));
  After(kDay);
  EXPECT_THAT(Kinds(), IsEmpty());
  const auto view = ledger().Get(held);
  EXPECT_EQ(view->state, IncidentState::kDraft);
  EXPECT_EQ(view->incident.events.back().action, IncidentAction::kStopped);
  EXPECT_THAT(view->incident.events.back().because, HasSubstr("own list"));
  const auto refused = StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("own list"));
  for (const IncidentId& id : {held, draft}) {
    EXPECT_THAT(ledger().Publish(Caller(), id), refused);
    EXPECT_THAT(ledger().Approve(Another(), id), refused);
  }
}

TEST_F(HoldTest, AHoldThatEndsWithoutALabelLeftStops) {
  for (uint32_t i = 0; i < evidence::kLabelsPerIdentifier; ++i) Held();
  After(kDay);
  ASSERT_EQ(Kinds().size(), evidence::kLabelsPerIdentifier);
  const identity::Identifier other = testing::Phone("0812-9999-7001");
  NewIncident account = DepositUnsettled(kPhone);
  account.identifiers.insert(account.identifiers.begin(), other);
  const auto filed = ledger().Add(Caller(), account);
  DAFTAR_ASSERT_OK(filed);
  const IncidentId id = filed->incident.id;
  DAFTAR_ASSERT_OK(ledger().Publish(Caller(), id));
  DAFTAR_ASSERT_OK(ledger().Notice(Caller(), id));
  After(kDay);
  const auto view = ledger().Get(id);
  EXPECT_EQ(view->state, IncidentState::kReady);
  EXPECT_FALSE(view->deadline.has_value());
  EXPECT_EQ(view->incident.events.back().action, IncidentAction::kStopped);
  EXPECT_THAT(view->incident.events.back().because, HasSubstr("16 reports of this epoch"));
  // The other identifier has lost none.
  EXPECT_FALSE(
      node_->store()
          .Get(storage::Column::kCounters, rows::CounterKey(node_->vault(), node_->epoch(), other))
          ->has_value());
}

TEST_F(HoldTest, ObjectionDuringTheHoldStopsItUntilItIsResolved) {
  const IncidentId id = Held();
  DAFTAR_ASSERT_OK(ledger().Dispute(Caller(), id, {}, "says it was delivered broken"));
  After(2 * kDay);
  EXPECT_EQ(StateOf(id), IncidentState::kDisputed);
  EXPECT_THAT(Kinds(), IsEmpty());
  DAFTAR_ASSERT_OK(ledger().Resolve(Caller(), id, /*upheld=*/true, "the photo shows it whole"));
  EXPECT_EQ(StateOf(id), IncidentState::kReady);
}

TEST_F(HoldTest, CorrectingWhatIsHeldNeedsANewNotice) {
  const IncidentId id = Held();
  Correction correction;
  correction.amount = evidence::Money{100'000'000, *evidence::Currency::FromCode("IDR")};
  DAFTAR_ASSERT_OK(ledger().Correct(Caller(), id, correction, "a part was paid"));
  EXPECT_EQ(StateOf(id), IncidentState::kReady);
  After(2 * kDay);
  EXPECT_THAT(Kinds(), IsEmpty());
  DAFTAR_ASSERT_OK(ledger().Publish(Caller(), id));
  After(2 * kDay);
  EXPECT_EQ(StateOf(id), IncidentState::kHeld);  // no notice of it was given
  DAFTAR_ASSERT_OK(ledger().Notice(Caller(), id));
  After(kDay);
  EXPECT_EQ(StateOf(id), IncidentState::kPublished);
}

class ExpiringHoldTest : public LifeCycle {
 protected:
  // It occurred a month ago.
  ExpiringHoldTest() : LifeCycle("hold_hours = 2160\nretention_months = 3\n") {}
};

TEST_F(ExpiringHoldTest, WhatMayNotBeSharedAnyMoreWhenTheHoldEndsIsNot) {
  const IncidentId id = Filed();
  DAFTAR_ASSERT_OK(ledger().Publish(Caller(), id));
  DAFTAR_ASSERT_OK(ledger().Notice(Caller(), id));
  After(90 * kDay);
  EXPECT_EQ(StateOf(id), IncidentState::kDraft);
  EXPECT_THAT(Kinds(), IsEmpty());
  const auto view = ledger().Get(id);
  EXPECT_EQ(view->incident.events.back().action, IncidentAction::kStopped);
  EXPECT_EQ(view->incident.events.back().by, kNodeActor);
  EXPECT_THAT(view->incident.events.back().because, HasSubstr("3 months"));
  EXPECT_THAT(ledger().Notice(Caller(), id), StatusIs(absl::StatusCode::kFailedPrecondition));
}

// ---- second person

class SecondPersonTest : public LifeCycle {
 protected:
  SecondPersonTest() : LifeCycle("second_person = true\n") {}
};

TEST_F(SecondPersonTest, AnotherThanTheFilerHasToApprove) {
  const IncidentId id = Filed();
  EXPECT_EQ(StateOf(id), IncidentState::kReady);
  EXPECT_EQ(ledger().Get(id)->missing.size(), 1u);
  EXPECT_THAT(ledger().Publish(Caller(), id), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(ledger().Approve(Caller(), id), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(StateOf(id), IncidentState::kReady);
  auto approved = ledger().Approve(Another(), id);
  DAFTAR_ASSERT_OK(approved);
  EXPECT_EQ(approved->incident.approved_by, "user:another");
  Tick();
  EXPECT_EQ(StateOf(id), IncidentState::kPublished);
}

TEST_F(SecondPersonTest, WhatWasPaidSinceItWasFiledIsNotApproved) {
  const auto order = Bought();
  DAFTAR_ASSERT_OK(order);
  NewIncident account = DepositUnsettled(kPhone);
  account.order = order->name;
  const auto filed = ledger().Add(Caller(), account);
  DAFTAR_ASSERT_OK(filed);
  DAFTAR_ASSERT_OK(node_->book().SetOutcome(Caller(), order->name, {book::OutcomeKind::kPaid, {}},
                                            std::nullopt, "at the counter"));
  EXPECT_THAT(ledger().Approve(Another(), filed->incident.id),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("paid on 2026-11-01")));
  After(kDay);
  EXPECT_THAT(Kinds(), IsEmpty());
}

TEST_F(SecondPersonTest, WhoeverChangedItCannotApproveItAndAChangeEndsAnApproval) {
  const IncidentId id = Filed();
  Correction correction;
  correction.amount = evidence::Money{100'000'000, *evidence::Currency::FromCode("IDR")};
  DAFTAR_ASSERT_OK(ledger().Correct(Another(), id, correction, "a part was paid"));
  EXPECT_THAT(ledger().Approve(Another(), id), StatusIs(absl::StatusCode::kPermissionDenied));
  DAFTAR_ASSERT_OK(ledger().Approve({"user:third", "1"}, id));
  correction.amount = evidence::Money{50'000'000, *evidence::Currency::FromCode("IDR")};
  DAFTAR_ASSERT_OK(ledger().Correct(Caller(), id, correction, "more was paid"));  // still queued
  Tick();
  EXPECT_EQ(StateOf(id), IncidentState::kReady);
  EXPECT_THAT(Kinds(), IsEmpty());
  EXPECT_THAT(ledger().Publish(Caller(), id), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(SecondPersonTest, ADisputeBeforePublicationEndsAnApproval) {
  const IncidentId id = Filed();
  DAFTAR_ASSERT_OK(ledger().Approve(Another(), id));  // queued
  auto disputed = ledger().Dispute(Caller(), id, {}, "says it was paid");
  DAFTAR_ASSERT_OK(disputed);
  EXPECT_EQ(disputed->incident.approved_by, "");
  DAFTAR_ASSERT_OK(ledger().Resolve(Caller(), id, /*upheld=*/true, "it was not"));
  DAFTAR_ASSERT_OK(ledger().Remind(Caller(), id, Day("2026-10-20"), ""));
  EXPECT_THAT(ledger().Publish(Caller(), id), StatusIs(absl::StatusCode::kFailedPrecondition));
  Tick();
  EXPECT_EQ(StateOf(id), IncidentState::kReady);
  EXPECT_THAT(Kinds(), IsEmpty());
  DAFTAR_ASSERT_OK(ledger().Approve({"user:third", "1"}, id));
  Tick();
  EXPECT_EQ(StateOf(id), IncidentState::kPublished);
}

TEST_F(SecondPersonTest, NobodyMakesAPublishedReportHeavierAlone) {
  const evidence::Currency rupiah = *evidence::Currency::FromCode("IDR");
  const IncidentId id = Filed();
  DAFTAR_ASSERT_OK(ledger().Approve(Another(), id));
  Tick();
  ASSERT_EQ(StateOf(id), IncidentState::kPublished);
  Correction lighter;
  lighter.amount = evidence::Money{100'000'000, rupiah};
  lighter.occurred = Day("2026-09-20");
  lighter.due = Day("2026-10-05");
  DAFTAR_ASSERT_OK(ledger().Correct(Caller(), id, lighter, "a part was paid"));
  std::vector<Correction> heavier(4);
  heavier[0].amount = evidence::Money{100'000'001, rupiah};
  heavier[1].amount = evidence::Money{1'000'000, *evidence::Currency::FromCode("USD")};
  heavier[2].occurred = Day("2026-09-21");
  heavier[3].due = Day("2026-10-04");
  for (const Correction& correction : heavier) {
    EXPECT_THAT(ledger().Correct(Caller(), id, correction, "typed wrong"),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr("daftar incident withdraw " + id.hex())));
  }
  Correction later;
  later.due = Day("2026-10-06");
  DAFTAR_ASSERT_OK(ledger().Correct(Caller(), id, later, "put off"));
  Tick();
  Tick();
  EXPECT_THAT(Kinds(),
              ElementsAre(EntryKind::kReport, EntryKind::kCorrection, EntryKind::kCorrection));
}

class ExpiringSecondPersonTest : public LifeCycle {
 protected:
  ExpiringSecondPersonTest()
      : LifeCycle("hold_hours = 2160\nretention_months = 3\nsecond_person = true\n") {}
};

TEST_F(ExpiringSecondPersonTest, WhatTheEndOfTheHoldHasStoppedIsApprovedNoMore) {
  const IncidentId id = Filed();
  DAFTAR_ASSERT_OK(ledger().Approve(Another(), id));
  EXPECT_EQ(StateOf(id), IncidentState::kHeld);
  DAFTAR_ASSERT_OK(ledger().Notice(Caller(), id));
  After(90 * kDay);
  EXPECT_EQ(StateOf(id), IncidentState::kDraft);
  EXPECT_EQ(ledger().Get(id)->incident.approved_by, "");
}

}  // namespace
}  // namespace daftar::ledger
