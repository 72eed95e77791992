// An incident from its filing to its erasure, as the issuer's node has it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "node/evidence/header.h"
#include "node/ledger/incident_rows.h"
#include "node/ledger/ledger.h"
#include "storage/audit.h"
#include "storage/log_store.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::ledger {
namespace {

using ::daftar::testing::Day;
using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using evidence::EntryKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kPhone[] = "0812-9999-7000";
constexpr int64_t kHour = 3600;
constexpr int64_t kDay = 24 * kHour;

// The demonstration's charter with these lines about unsettled deposits.
std::string CharterWith(const std::string& lines) {
  std::ifstream file(DAFTAR_SOURCE_DIR "/deploy/charters/demo.toml");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::string section = "[reasons.deposit-unsettled]\n";
  return text.insert(text.find(section) + section.size(), lines);
}

class LifeCycle : public ::testing::Test {
 protected:
  explicit LifeCycle(const std::string& lines)
      : circle_(1'793'491'200, CharterWith(lines)), node_(circle_.Add("toko-a.test")) {}

  Ledger& ledger() { return node_->ledger(); }
  storage::Caller Caller() { return node_.Caller(); }
  storage::Caller Another() { return {"user:another", node_.Caller().request_id}; }
  IncidentId Filed() {
    auto view = ledger().Add(Caller(), DepositUnsettled(kPhone));
    EXPECT_TRUE(view.ok()) << view.status();
    return view->incident.id;
  }
  IncidentId Published() {
    const IncidentId id = Filed();
    EXPECT_TRUE(ledger().Publish(Caller(), id).ok());
    Tick();
    EXPECT_EQ(StateOf(id), IncidentState::kPublished);
    return id;
  }
  void Tick() {
    auto published = node_->Tick();
    EXPECT_TRUE(published.ok()) << published.status();
  }
  void After(int64_t seconds) {
    circle_.clock().Advance(seconds);
    // What one tick queues goes out with it; what it removes, with the next.
    Tick();
    Tick();
  }
  IncidentState StateOf(const IncidentId& id) { return ledger().Get(id)->state; }
  std::vector<evidence::Header> Entries() {
    std::vector<evidence::Header> entries;
    for (uint64_t i = 2; i < node_->publisher().tree_size(); ++i) {
      auto leaf = storage::LogStore(node_->store()).ReadLeaf(storage::kOwnLog, i);
      entries.push_back(evidence::SignedHeader::DecodeLeaf(*leaf)->header);
    }
    return entries;
  }
  std::vector<EntryKind> Kinds() {
    std::vector<EntryKind> kinds;
    for (const evidence::Header& header : Entries()) kinds.push_back(header.kind);
    return kinds;
  }
  bool HasBody(uint64_t index) {
    return node_->store()
        .Get(storage::Column::kLogBodies,
             storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), index))
        ->has_value();
  }
  // The facts of the update at `index` about the report at 2.
  evidence::Facts FactsAt(uint64_t index) {
    const auto body = [&](uint64_t i) {
      return **node_->store().Get(storage::Column::kLogBodies,
                                  storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), i));
    };
    const auto key =
        evidence::ReportKey(node_->keys().record, evidence::ReportBody::Decode(body(2))->salt);
    auto facts = evidence::OpenUpdate(
        Entries()[index - 2].kind, *evidence::UpdateBody::Decode(body(index)), "toko-a.test", key);
    EXPECT_TRUE(facts.ok()) << facts.status();
    return *facts;
  }

  SimCircle circle_;
  SimNode& node_;
};

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
  book::NewOrder bought;
  bought.identifiers = {testing::Phone(kPhone)};
  bought.amount = {450'000'000, *evidence::Currency::FromCode("IDR")};
  bought.invoiced = Day("2026-09-01");
  bought.due = Day("2026-09-30");
  const auto order = node_->book().AddOrder(Caller(), bought);
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
  book::NewOrder bought;
  bought.identifiers = {testing::Phone(kPhone)};
  bought.amount = {450'000'000, *evidence::Currency::FromCode("IDR")};
  bought.invoiced = Day("2026-09-01");
  bought.due = Day("2026-09-30");
  const auto order = node_->book().AddOrder(Caller(), bought);
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
