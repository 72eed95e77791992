#include "node/ledger/ledger.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <thread>

#include "node/evidence/sealing.h"
#include "node/ledger/incident_rows.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::ledger {
namespace {

using ::daftar::testing::Day;
using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::IsOk;
using ::daftar::testing::Phone;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPhone[] = "0812-3456-7890";

class LedgerTest : public ::testing::Test {
 protected:
  Ledger& ledger() { return node_->ledger(); }
  IncidentId Filed(const std::string& phone = kPhone) {
    auto view = ledger().Add(node_.Caller(), DepositUnsettled(phone));
    EXPECT_THAT(view, IsOk());
    return view.ok() ? view->incident.id : IncidentId();
  }
  IncidentId Published(const std::string& phone = kPhone) {
    const IncidentId id = Filed(phone);
    EXPECT_THAT(ledger().Publish(node_.Caller(), id), IsOk());
    EXPECT_THAT(node_->Tick(), IsOk());
    return id;
  }
  IncidentState StateOf(const IncidentId& id) { return ledger().Get(id)->state; }
  // The kinds of the log's entries, in order.
  std::vector<evidence::EntryKind> Kinds() {
    std::vector<evidence::EntryKind> kinds;
    EXPECT_THAT(
        storage::LogStore(node_->store())
            .ReadLeaves(storage::kOwnLog, 0, node_->publisher().tree_size(),
                        [&](uint64_t, crypto::ByteView leaf) {
                          kinds.push_back(evidence::SignedHeader::DecodeLeaf(leaf)->header.kind);
                          return true;
                        }),
        IsOk());
    return kinds;
  }

  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
};

TEST_F(LedgerTest, AnIncidentBecomesAReportAtTheNextTick) {
  const IncidentId id = Filed();
  EXPECT_EQ(StateOf(id), IncidentState::kReady);
  DAFTAR_ASSERT_OK(ledger().Publish(node_.Caller(), id));
  EXPECT_EQ(StateOf(id), IncidentState::kApproved);
  EXPECT_EQ(*ledger().QueueLength(), 1u);
  auto published = node_->Tick();
  DAFTAR_ASSERT_OK(published);
  EXPECT_EQ(*published, 1u);
  auto view = ledger().Get(id);
  DAFTAR_ASSERT_OK(view);
  EXPECT_EQ(view->state, IncidentState::kPublished);
  ASSERT_TRUE(view->report.has_value());
  EXPECT_EQ(view->report->index, 2u);  // after KEYS and CHARTER
  EXPECT_EQ(Kinds().back(), evidence::EntryKind::kReport);
  EXPECT_EQ(*ledger().QueueLength(), 0u);
}

TEST_F(LedgerTest, TheReportOpensUnderItsLabelAndSaysWhatWasFiled) {
  const IncidentId id = Published();
  const uint64_t index = ledger().Get(id)->report->index;
  auto row = node_->store().Get(storage::Column::kLogBodies, storage::LogIndexKey(1, index));
  auto body = evidence::ReportBody::Decode(**row);
  DAFTAR_ASSERT_OK(body);
  auto f = crypto::VoprfEvaluateDirect(
      node_->keys().epochs.back().key,
      evidence::VoprfInput(circle_.charter().circle, "toko-a.test", node_->epoch(), Phone(kPhone)));
  const evidence::Label label{f->Duplicate(), 0};
  auto key = evidence::UnwrapReportKey(*body, label);
  DAFTAR_ASSERT_OK(key);
  auto facts = evidence::OpenReport(*body, "toko-a.test", *key);
  DAFTAR_ASSERT_OK(facts);
  EXPECT_EQ(facts->amount.minor, 450'000'000u);
  EXPECT_EQ(facts->occurred, Day("2026-10-01"));
  EXPECT_EQ(facts->reason, evidence::Reason::kDepositUnsettled);
}

TEST_F(LedgerTest, RepeatingARequestAnswersAsTheFirstTimeAndAddsNothing) {
  const storage::Caller caller = node_.Caller();
  auto first = ledger().Add(caller, DepositUnsettled(kPhone));
  auto second = ledger().Add(caller, DepositUnsettled(kPhone));
  DAFTAR_ASSERT_OK(second);
  EXPECT_EQ(first->incident.id, second->incident.id);
  EXPECT_EQ(ledger().List(std::nullopt, 10, std::nullopt)->incidents.size(), 1u);
  const storage::Caller publish = node_.Caller();
  DAFTAR_ASSERT_OK(ledger().Publish(publish, first->incident.id));
  DAFTAR_ASSERT_OK(ledger().Publish(publish, first->incident.id));
  EXPECT_EQ(*ledger().QueueLength(), 1u);
}

TEST_F(LedgerTest, OneRequestIdForTwoPurposesIsRefused) {
  const storage::Caller caller = node_.Caller();
  auto view = ledger().Add(caller, DepositUnsettled(kPhone));
  EXPECT_THAT(ledger().Publish(caller, view->incident.id),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(LedgerTest, OneRequestIdForTwoIncidentsIsRefusedAndNotTakenForDone) {
  const IncidentId first = Published();
  const IncidentId second = Published("0812-9999-7001");
  const storage::Caller caller = node_.Caller();
  DAFTAR_ASSERT_OK(ledger().Settle(caller, first, {}, "paid"));
  EXPECT_THAT(ledger().Settle(caller, second, {}, "paid"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another request")));
  EXPECT_EQ(StateOf(second), IncidentState::kPublished);
  const storage::Caller filing = node_.Caller();
  DAFTAR_ASSERT_OK(ledger().Add(filing, DepositUnsettled("0812-9999-7002")));
  DAFTAR_EXPECT_OK(ledger().Add(filing, DepositUnsettled("0812-9999-7002")));
  EXPECT_THAT(ledger().Add(filing, DepositUnsettled("0812-9999-7003")),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(LedgerTest, NothingIsSettledBeforeItOccurred) {
  const IncidentId id = Published();
  EXPECT_THAT(ledger().Settle(node_.Caller(), id, Day("2026-09-30"), "paid"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("before it occurred")));
  EXPECT_EQ(StateOf(id), IncidentState::kPublished);
  DAFTAR_EXPECT_OK(ledger().Settle(node_.Caller(), id, Day("2026-10-01"), "paid"));
}

TEST_F(LedgerTest, AClockThatWasNeverSetSettlesNothing) {
  const IncidentId id = Published();
  circle_.clock().Advance(-circle_.clock().Now().seconds());
  EXPECT_THAT(ledger().Settle(node_.Caller(), id, {}, "paid"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("clock")));
  EXPECT_THAT(ledger().Withdraw(node_.Caller(), id, evidence::WithdrawalGround::kPaid, "paid"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("clock")));
  EXPECT_EQ(StateOf(id), IncidentState::kPublished);
}

TEST_F(LedgerTest, SettlementAndWithdrawalFollowTheReport) {
  const IncidentId id = Published();
  DAFTAR_ASSERT_OK(ledger().Settle(node_.Caller(), id, {}, "paid by transfer"));
  DAFTAR_ASSERT_OK(node_->Tick());
  DAFTAR_ASSERT_OK(
      ledger().Withdraw(node_.Caller(), id, evidence::WithdrawalGround::kPaid, "paid"));
  DAFTAR_ASSERT_OK(node_->Tick());
  using evidence::EntryKind;
  EXPECT_EQ(Kinds(),
            (std::vector<EntryKind>{EntryKind::kKeys, EntryKind::kCharter, EntryKind::kReport,
                                    EntryKind::kSettlement, EntryKind::kWithdrawal}));
  auto view = ledger().Get(id);
  EXPECT_EQ(view->state, IncidentState::kWithdrawn);
  EXPECT_EQ(view->events.back()->index, 4u);
}

TEST_F(LedgerTest, PaidBeforeTheTickIsNeverShared) {
  const IncidentId id = Filed();
  DAFTAR_ASSERT_OK(ledger().Publish(node_.Caller(), id));
  DAFTAR_ASSERT_OK(ledger().Settle(node_.Caller(), id, {}, "paid at the counter"));
  DAFTAR_ASSERT_OK(node_->Tick());
  EXPECT_EQ(Kinds().size(), 2u);
  EXPECT_EQ(StateOf(id), IncidentState::kSettled);
  // And its end is not published either.
  DAFTAR_ASSERT_OK(
      ledger().Withdraw(node_.Caller(), id, evidence::WithdrawalGround::kPaid, "done"));
  DAFTAR_ASSERT_OK(node_->Tick());
  EXPECT_EQ(Kinds().size(), 2u);
}

TEST_F(LedgerTest, ChangesNeedAReason) {
  const IncidentId id = Published();
  EXPECT_THAT(ledger().Settle(node_.Caller(), id, {}, ""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("because")));
  EXPECT_THAT(ledger().Withdraw(node_.Caller(), id, evidence::WithdrawalGround::kOther,
                                std::string(kMaxNoteBytes + 1, 'x')),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(StateOf(id), IncidentState::kPublished);
}

TEST_F(LedgerTest, ImpossibleStepsAreRefusedAndChangeNothing) {
  const IncidentId id = Published();
  EXPECT_THAT(ledger().Publish(node_.Caller(), id),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("published")));
  DAFTAR_ASSERT_OK(
      ledger().Withdraw(node_.Caller(), id, evidence::WithdrawalGround::kMistake, "wrong buyer"));
  EXPECT_THAT(ledger().Settle(node_.Caller(), id, {}, "x"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(ledger().Withdraw(node_.Caller(), id, evidence::WithdrawalGround::kMistake, "x"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(ledger().Get(IncidentId()), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(LedgerTest, WhatIsMissingIsListed) {
  NewIncident account = DepositUnsettled(kPhone);
  account.amount = evidence::Money();
  auto view = ledger().Add(node_.Caller(), account);
  DAFTAR_ASSERT_OK(view);
  EXPECT_FALSE(view->missing.empty());
  EXPECT_THAT(ledger().Publish(node_.Caller(), view->incident.id),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("\n- ")));
  EXPECT_EQ(*ledger().QueueLength(), 0u);
}

TEST_F(LedgerTest, WhatIsPrivateLacksNothingAndIsNotPublished) {
  NewIncident account = DepositUnsettled(kPhone);
  account.reason = evidence::Reason::kStaffAbuse;
  auto view = ledger().Add(node_.Caller(), account);
  DAFTAR_ASSERT_OK(view);
  EXPECT_TRUE(view->missing.empty());
  EXPECT_THAT(ledger().Publish(node_.Caller(), view->incident.id),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(*ledger().QueueLength(), 0u);
}

TEST_F(LedgerTest, BadAccountsAreRefusedWithTheField) {
  NewIncident account = DepositUnsettled(kPhone);
  account.identifiers.clear();
  EXPECT_THAT(ledger().Add(node_.Caller(), account), StatusIs(absl::StatusCode::kInvalidArgument));
  account = DepositUnsettled(kPhone);
  account.identifiers.push_back(account.identifiers.front());
  EXPECT_THAT(ledger().Add(node_.Caller(), account),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("twice")));
  account = DepositUnsettled(kPhone);
  account.occurred = Day("2027-01-01");
  EXPECT_THAT(ledger().Add(node_.Caller(), account),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("future")));
  // The words are for people without a command line too.
  const auto in_words = [](const char* what) {
    return StatusIs(absl::StatusCode::kInvalidArgument,
                    AllOf(HasSubstr(what), Not(HasSubstr("--"))));
  };
  account = DepositUnsettled(kPhone);
  account.occurred = evidence::Date();
  EXPECT_THAT(ledger().Add(node_.Caller(), account), in_words("like 2026-10-01"));
  account = DepositUnsettled(kPhone);
  account.amount.currency = {};
  EXPECT_THAT(ledger().Add(node_.Caller(), account), in_words("currency is missing"));
  account = DepositUnsettled(kPhone);
  account.amount.minor = 0;
  EXPECT_THAT(ledger().Add(node_.Caller(), account), in_words("leave the amount out"));
  account = DepositUnsettled("0812-0000-0000");  // belongs to nobody
  EXPECT_THAT(ledger().Add(node_.Caller(), account), StatusIs(absl::StatusCode::kInvalidArgument));
}

// Today is 2026-11-01.
TEST_F(LedgerTest, RemindersThatCannotHaveBeenAreRefusedWhenFiled) {
  const auto filed = [this](const std::vector<std::string>& days) {
    NewIncident account = DepositUnsettled(kPhone);  // occurred 2026-10-01
    for (const std::string& day : days) account.reminders.push_back(Day(day));
    return ledger().Add(node_.Caller(), account).status();
  };
  EXPECT_THAT(filed({"2026-11-03"}), StatusIs(absl::StatusCode::kInvalidArgument,
                                              HasSubstr("2026-11-03 is still to come")));
  EXPECT_THAT(filed({"2026-09-30"}), StatusIs(absl::StatusCode::kInvalidArgument,
                                              HasSubstr("before the day it occurred")));
  EXPECT_THAT(filed({"2026-10-08", "2026-10-08"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("one a day")));
  EXPECT_THAT(filed({"2026-10-01", "2026-11-02"}), IsOk());
}

TEST_F(LedgerTest, AnAmountOfNothingIsRefusedAndNoneIsFine) {
  NewIncident account = DepositUnsettled(kPhone);
  account.amount.minor = 0;
  EXPECT_THAT(ledger().Add(node_.Caller(), account),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("amount is 0")));
  account.reason = evidence::Reason::kNoShow;
  account.amount = {};
  DAFTAR_EXPECT_OK(ledger().Add(node_.Caller(), account));
}

TEST_F(LedgerTest, ADraftTakesRemindersAndItsHistoryTells) {
  NewIncident account = DepositUnsettled(kPhone);
  account.reminders = {Day("2026-10-09")};
  const storage::Caller filing = node_.Caller();
  const IncidentId id = ledger().Add(filing, account)->incident.id;
  const storage::Caller reminding = node_.Caller();
  DAFTAR_ASSERT_OK(ledger().Remind(reminding, id, Day("2026-10-05"), "by WhatsApp"));
  DAFTAR_ASSERT_OK(ledger().Remind(reminding, id, Day("2026-10-05"), "by WhatsApp"));
  auto view = ledger().Remind(node_.Caller(), id, {}, "");
  DAFTAR_ASSERT_OK(view);
  EXPECT_EQ(view->incident.Standing().reminders,
            (std::vector<evidence::Date>{Day("2026-10-05"), Day("2026-10-09"), Day("2026-11-01")}));
  ASSERT_EQ(view->incident.events.size(), 3u);
  EXPECT_EQ(view->incident.events[1].action, IncidentAction::kReminded);
  EXPECT_EQ(view->incident.events[1].because, "2026-10-05: by WhatsApp");
  EXPECT_EQ(view->incident.events[2].because, "2026-11-01");
  // Filing it again by the same request is the same request.
  DAFTAR_EXPECT_OK(ledger().Add(filing, account));
  const auto refused = [&](const std::string& day) {
    return ledger().Remind(node_.Caller(), id, Day(day), "").status();
  };
  EXPECT_THAT(refused("2026-10-09"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(refused("2026-11-03"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(refused("2026-09-30"), StatusIs(absl::StatusCode::kInvalidArgument));
  for (int i = 0; i < 5; ++i) {
    DAFTAR_ASSERT_OK(ledger().Remind(node_.Caller(), id, Day("2026-10-20").PlusDays(i), ""));
  }
  EXPECT_THAT(refused("2026-10-30"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("8 reminders")));
  EXPECT_THAT(ledger().Remind(node_.Caller(), id, {}, std::string(kMaxNoteBytes + 1, 'x')),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(LedgerTest, WhatIsPublishedTakesNoReminders) {
  const IncidentId id = Published();
  EXPECT_THAT(ledger().Remind(node_.Caller(), id, Day("2026-10-20"), ""),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("draft")));
  EXPECT_TRUE(ledger().Get(id)->incident.Standing().reminders.empty());
}

TEST_F(LedgerTest, WhatCannotBeSharedYetSaysHowToMendIt) {
  NewIncident account = DepositUnsettled(kPhone);
  account.amount = {};
  const IncidentId id = ledger().Add(node_.Caller(), account)->incident.id;
  const auto refused = ledger().Publish(node_.Caller(), id);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition,
                                HasSubstr("daftar incident correct " + id.hex())));
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition,
                                Not(HasSubstr("daftar incident remind"))));  // none is missing
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition,
                                HasSubstr("Missing:\n- State the amount")));
}

TEST_F(LedgerTest, ErrorsNeverHoldTheIdentifier) {
  NewIncident account = DepositUnsettled("0812-0000-0000");
  auto refused = ledger().Add(node_.Caller(), account);
  EXPECT_EQ(std::string(refused.status().message()).find("0000"), std::string::npos);
}

TEST_F(LedgerTest, AnIdentifierHasSixteenLabelsAnEpochAndNoMore) {
  for (uint32_t j = 0; j < evidence::kLabelsPerIdentifier; ++j) {
    DAFTAR_ASSERT_OK(ledger().Publish(node_.Caller(), Filed()));
  }
  const IncidentId id = Filed();
  EXPECT_THAT(ledger().Publish(node_.Caller(), id),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("16")));
  EXPECT_EQ(StateOf(id), IncidentState::kReady);
  // Another buyer is not affected.
  DAFTAR_EXPECT_OK(ledger().Publish(node_.Caller(), Filed("0812-9999-7001")));
}

TEST_F(LedgerTest, EveryReportOfOneBuyerHasAnotherToken) {
  for (int i = 0; i < 3; ++i) DAFTAR_ASSERT_OK(ledger().Publish(node_.Caller(), Filed()));
  DAFTAR_ASSERT_OK(node_->Tick());
  auto f = crypto::VoprfEvaluateDirect(
      node_->keys().epochs.back().key,
      evidence::VoprfInput(circle_.charter().circle, "toko-a.test", node_->epoch(), Phone(kPhone)));
  std::set<evidence::Token> found;
  for (uint64_t index = 2; index < 5; ++index) {
    auto row = node_->store().Get(storage::Column::kLogBodies, storage::LogIndexKey(1, index));
    auto body = evidence::ReportBody::Decode(**row);
    for (uint32_t j = 0; j < evidence::kLabelsPerIdentifier; ++j) {
      for (const evidence::Slot& slot : body->slots) {
        if (slot.token == evidence::TokenFor(*f, j)) found.insert(slot.token);
      }
    }
  }
  EXPECT_EQ(found.size(), 3u);
}

TEST_F(LedgerTest, PagesGoOnWhereTheyEnded) {
  std::set<IncidentId> filed;
  for (int i = 0; i < 7; ++i) {
    filed.insert(Filed());
    circle_.clock().Advance(i % 2);  // some at the same moment
  }
  std::set<IncidentId> listed;
  std::optional<IncidentId> after;
  do {
    auto page = ledger().List(std::nullopt, 3, after);
    DAFTAR_ASSERT_OK(page);
    for (const IncidentView& view : page->incidents) {
      EXPECT_TRUE(listed.insert(view.incident.id).second);
    }
    after = page->next;
  } while (after.has_value());
  EXPECT_EQ(listed, filed);
  EXPECT_TRUE(ledger().List(IncidentState::kSettled, 3, std::nullopt)->incidents.empty());
}

TEST_F(LedgerTest, WhatIsRemovedWhileAllAreReadIsPassedOver) {
  const IncidentId kept = Published();
  const IncidentId gone = Filed();
  storage::Batch batch;  // as a reader meets it that saw the other row before
  batch.Delete(storage::Column::kIncidents, rows::IncidentKey(gone));
  DAFTAR_ASSERT_OK(node_->store().Write(std::move(batch)));
  const auto page = ledger().List(std::nullopt, 10, std::nullopt);
  DAFTAR_ASSERT_OK(page);
  ASSERT_EQ(page->incidents.size(), 1u);
  EXPECT_EQ(page->incidents[0].incident.id, kept);
  const uint64_t index = ledger().Get(kept)->report->index;
  const int64_t now = circle_.clock().Now().seconds();
  EXPECT_THAT(ledger().DisputeThroughPartner("toko-b.test", "r-1", index + 1, {}, now, now),
              StatusIs(absl::StatusCode::kNotFound));
  const auto taken = ledger().DisputeThroughPartner("toko-b.test", "r-2", index, {}, now, now);
  DAFTAR_ASSERT_OK(taken);
  EXPECT_EQ(taken->outcome, RelayTaken::Outcome::kDisputed);
}

TEST_F(LedgerTest, ADisputeThroughAPartnerReadsNoOtherIncident) {
  const IncidentId id = Published();
  const auto view = ledger().Get(id);
  const uint64_t index = view->report->index;
  const int64_t now = circle_.clock().Now().seconds();
  const IncidentId damaged = Filed();
  storage::Batch batch;
  batch.Put(storage::Column::kIncidents, rows::IncidentKey(damaged), crypto::ToBytes("damaged"));
  DAFTAR_ASSERT_OK(node_->store().Write(std::move(batch)));
  const auto taken = ledger().DisputeThroughPartner("toko-b.test", "r-1", index, {}, now, now);
  DAFTAR_ASSERT_OK(taken);
  EXPECT_EQ(taken->incident, id);
  EXPECT_EQ(taken->outcome, RelayTaken::Outcome::kDisputed);
}

TEST_F(LedgerTest, TheReportsRowIsMadeWhereItIsMissingAndGoesWithAReportTakenBack) {
  const auto reports = [&] {
    std::vector<crypto::Bytes> keys;
    const crypto::Bytes prefix = crypto::ToBytes("r");
    EXPECT_TRUE(node_->store()
                    .Scan(storage::Column::kIncidents, prefix, prefix,
                          [&](crypto::ByteView key, crypto::ByteView) {
                            keys.push_back(crypto::ToBytes(key));
                            return true;
                          })
                    .ok());
    return keys;
  };
  const IncidentId id = Published();
  ASSERT_EQ(reports().size(), 1u);
  storage::Batch batch;
  batch.Delete(storage::Column::kIncidents, reports()[0]);
  DAFTAR_ASSERT_OK(node_->store().Write(std::move(batch)));
  const uint64_t index = ledger().Get(id)->report->index;
  const int64_t now = circle_.clock().Now().seconds();
  const auto taken = ledger().DisputeThroughPartner("toko-b.test", "r-1", index, {}, now, now);
  DAFTAR_ASSERT_OK(taken);
  EXPECT_EQ(taken->incident, id);
  EXPECT_EQ(reports().size(), 1u);
  const IncidentId other = Filed();
  DAFTAR_ASSERT_OK(ledger().Publish(node_.Caller(), other));
  EXPECT_EQ(reports().size(), 2u);
  DAFTAR_ASSERT_OK(
      ledger().Withdraw(node_.Caller(), other, evidence::WithdrawalGround::kMistake, "mixed up"));
  EXPECT_EQ(reports().size(), 1u);
}

TEST_F(LedgerTest, AboutFindsByEveryIdentifier) {
  NewIncident account = DepositUnsettled(kPhone);
  account.identifiers.push_back(*identity::Normalise(
      identity::IdentifierType::kEmail, "buyer@mail.example.id", identity::Region::kIndonesia));
  auto view = ledger().Add(node_.Caller(), account);
  DAFTAR_ASSERT_OK(view);
  for (const identity::Identifier& identifier : account.identifiers) {
    auto about = ledger().About(std::span(&identifier, 1));
    DAFTAR_ASSERT_OK(about);
    ASSERT_EQ(about->size(), 1u);
    EXPECT_EQ((*about)[0].incident.id, view->incident.id);
  }
  EXPECT_EQ(ledger().About(account.identifiers)->size(), 1u);
  const identity::Identifier other = Phone("0812-9999-7001");
  EXPECT_TRUE(ledger().About(std::span(&other, 1))->empty());
}

TEST_F(LedgerTest, AnOrderHasOneIncident) {
  NewIncident account = DepositUnsettled(kPhone);
  account.order = "order-1";
  DAFTAR_ASSERT_OK(ledger().Add(node_.Caller(), account));
  EXPECT_THAT(ledger().Add(node_.Caller(), account),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       HasSubstr("daftar incident withdraw " +
                                 ledger().ForOrder("order-1")->value().hex())));
  EXPECT_TRUE(ledger().ForOrder("order-1")->has_value());
  EXPECT_FALSE(ledger().ForOrder("order-2")->has_value());
}

TEST_F(LedgerTest, ManyWritersLoseNothingAndShareNoLabel) {
  constexpr int kThreads = 8;
  constexpr int kEach = 12;
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string suffix = std::to_string(t) + "-" + std::to_string(i);
        // Four buyers, so that writers meet on the same counters.
        auto view = ledger().Add({"uid:0", "add-" + suffix},
                                 DepositUnsettled("0812-3456-780" + std::to_string(t % 4)));
        if (!view.ok()) {
          ++failed;
          continue;
        }
        auto published = ledger().Publish({"uid:0", "publish-" + suffix}, view->incident.id);
        // Aborted and out of labels are honest answers; anything else is not.
        if (!published.ok() && !absl::IsAborted(published.status()) &&
            !absl::IsResourceExhausted(published.status())) {
          ++failed;
        }
      }
    });
  }
  std::thread ticker([&] {
    for (int i = 0; i < 20; ++i) (void)node_->Tick();
  });
  for (std::thread& thread : threads) thread.join();
  ticker.join();
  DAFTAR_ASSERT_OK(node_->Tick());
  EXPECT_EQ(failed.load(), 0);
  std::set<uint64_t> indexes;
  uint64_t published = 0;
  auto page = ledger().List(std::nullopt, 1000, std::nullopt);
  DAFTAR_ASSERT_OK(page);
  EXPECT_EQ(page->incidents.size(), size_t{kThreads * kEach});
  for (const IncidentView& view : page->incidents) {
    if (view.state != IncidentState::kPublished) continue;
    ++published;
    EXPECT_TRUE(indexes.insert(view.report->index).second);
  }
  EXPECT_EQ(published + 2, node_->publisher().tree_size());
  EXPECT_LE(published, 4u * evidence::kLabelsPerIdentifier);
}

// A charter that asks for reminders.
class RemindersTest : public ::testing::Test {
 protected:
  static std::string CharterWithReminders() {
    std::ifstream file(DAFTAR_SOURCE_DIR "/deploy/charters/demo.toml");
    std::string text{std::istreambuf_iterator<char>(file), {}};
    const std::string section = "[reasons.deposit-unsettled]\n";
    return text.insert(text.find(section) + section.size(), "reminders = 2\n");
  }
  SimCircle circle_{1'793'491'200, CharterWithReminders()};
  SimNode& node_ = circle_.Add("toko-a.test");
};

TEST_F(RemindersTest, ThoseNotedLaterCountTowardTheCharters) {
  NewIncident account = DepositUnsettled(kPhone);
  account.due = Day("2026-10-08");
  account.reminders = {Day("2026-10-08"), Day("2026-10-15")};
  auto view = node_->ledger().Add(node_.Caller(), account);
  DAFTAR_ASSERT_OK(view);
  ASSERT_EQ(view->missing.size(), 1u);
  EXPECT_THAT(view->missing[0], HasSubstr("A second reminder"));
  const IncidentId id = view->incident.id;
  view = node_->ledger().Remind(node_.Caller(), id, Day("2026-10-22"), "");
  DAFTAR_ASSERT_OK(view);
  EXPECT_TRUE(view->missing.empty());
  DAFTAR_ASSERT_OK(node_->ledger().Publish(node_.Caller(), id));
  EXPECT_EQ(*node_->Tick(), 1u);
  const uint64_t index = node_->ledger().Get(id)->report->index;
  auto row = node_->store().Get(storage::Column::kLogBodies, storage::LogIndexKey(1, index));
  auto body = evidence::ReportBody::Decode(**row);
  DAFTAR_ASSERT_OK(body);
  auto facts = evidence::OpenReport(*body, "toko-a.test",
                                    evidence::ReportKey(node_->keys().record, body->salt));
  DAFTAR_ASSERT_OK(facts);
  EXPECT_EQ(facts->reminders.size(), 3u);
}

}  // namespace
}  // namespace daftar::ledger
