#include "node/partners/relays.h"

#include <gtest/gtest.h>

#include "storage/audit.h"
#include "storage/purge.h"
#include "tests/node/partners/relay_fixture.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::IsOkAndHolds;
using ::daftar::testing::StatusIs;
using ledger::IncidentState;
using ::testing::HasSubstr;
using testing::kDay;

const RelayAnswer kDisputedAnswer{RelayOutcome::kDisputed, RelayRefusal::kNone};
const RelayAnswer kAlreadyAnswer{RelayOutcome::kAlready, RelayRefusal::kNone};
const RelayAnswer kKeptAnswer{RelayOutcome::kKept, RelayRefusal::kNone};
RelayAnswer Refused(RelayRefusal refusal) { return {RelayOutcome::kRefused, refusal}; }

class RelaysTest : public testing::RelayTest {
 protected:
  static crypto::Bytes BodyKey(daftar::testing::SimNode& node, uint64_t index) {
    const auto issuer = node->registry().Find("toko-a.test");
    return storage::LogIndexKey(static_cast<uint32_t>(issuer->log), index);
  }
  // The node has this many of that relayer about other reports of that issuer, all over unless
  // their periods run from later.
  void KeepRelays(daftar::testing::SimNode& node, storage::LogNumber relayer, const Partner& issuer,
                  size_t number, int64_t days_ago = 40) {
    constexpr size_t kRowsAWrite = 500;
    KeptRelay kept;
    kept.statement = Statement();
    kept.statement.issuer = issuer.origin;
    kept.taken_at = kept.since = circle_.clock().Now().seconds() - days_ago * kDay;
    storage::Batch batch;
    for (size_t i = 0; i < number; ++i) {
      kept.statement.index = 1000 + i;
      const crypto::Bytes key = relay_rows::KeptKey(issuer.log, kept.statement.index, relayer);
      batch.Put(storage::Column::kRelays, key,
                node->vault().Seal(storage::Column::kRelays, key, kept.Encode()));
      if (batch.operations().size() < kRowsAWrite && i + 1 < number) continue;
      DAFTAR_ASSERT_OK(node->store().Write(std::exchange(batch, {})));
    }
  }
  static constexpr storage::LogNumber kAnotherLog{99};
};

TEST_F(RelaysTest, TheIssuerWritesADisputeWithoutAnybodysLeave) {
  EXPECT_EQ(Sent(a_, Signed(Statement())), kDisputedAnswer);
  const ledger::IncidentView view = Incident();
  EXPECT_EQ(view.state, IncidentState::kDisputed);
  EXPECT_EQ(view.incident.dispute->by, evidence::DisputedBy::kPersonThroughPartner);
  EXPECT_EQ(view.incident.events.back().by, "partner:toko-b.test");
  circle_.Settle();
  EXPECT_EQ(Sees(b_), "disputed");
  EXPECT_EQ(Sees(c_), "disputed");
  const auto record = storage::ReadAudit(a_->store(), a_->vault(), {.limit = 1});
  DAFTAR_ASSERT_OK(record);
  ASSERT_EQ(record->rows.size(), 1u);
  EXPECT_EQ(record->rows[0].actor, "partner:toko-b.test");
  EXPECT_EQ(record->rows[0].action, "incident.dispute");
  EXPECT_EQ(record->rows[0].object, incident_.hex());
}

TEST_F(RelaysTest, ARepeatedStatementIsNotedOnce) {
  const crypto::Bytes statement = Signed(Statement());
  EXPECT_EQ(Sent(a_, statement), kDisputedAnswer);
  circle_.Settle();
  const uint64_t size = a_->publisher().tree_size();
  EXPECT_EQ(Sent(a_, statement), kAlreadyAnswer);
  circle_.Settle();
  EXPECT_EQ(a_->publisher().tree_size(), size);
  EXPECT_EQ(Sent(c_, statement), kKeptAnswer);
  EXPECT_EQ(Sent(c_, statement), kAlreadyAnswer);
  EXPECT_EQ(c_->relays().NumbersOf(PartnerOf(c_, b_))->open, 1u);
  // Nor does one from before the dispute was resolved open it again.
  circle_.clock().Advance(60);
  DAFTAR_ASSERT_OK(a_->ledger().Resolve(a_.Caller(), incident_, true, "looked into"));
  circle_.Settle();
  EXPECT_EQ(Sent(a_, statement), kAlreadyAnswer);
  EXPECT_EQ(Incident().state, IncidentState::kPublished);
}

TEST_F(RelaysTest, AStatementThatIsOverOpensNothingHoweverItIsDated) {
  evidence::RelayStatement ahead = Statement();
  ahead.at += 290;  // the relayer's clock is ahead
  const crypto::Bytes statement = Signed(ahead);
  EXPECT_EQ(Sent(a_, statement), kDisputedAnswer);
  circle_.Settle();
  DAFTAR_ASSERT_OK(a_->ledger().Resolve(a_.Caller(), incident_, true, "looked into"));
  circle_.Settle();
  EXPECT_EQ(Sent(a_, statement), kAlreadyAnswer);
  EXPECT_EQ(Incident().state, IncidentState::kPublished);
}

TEST_F(RelaysTest, ADisputeThatASettlementLeftOpenIsThereAlready) {
  DAFTAR_ASSERT_OK(a_->ledger().Dispute(a_.Caller(), incident_, {}, "said so here"));
  circle_.Settle();
  DAFTAR_ASSERT_OK(a_->ledger().Settle(a_.Caller(), incident_, {}, "paid"));
  EXPECT_EQ(Sent(a_, Signed(Statement())), kAlreadyAnswer);
  EXPECT_EQ(Incident().state, IncidentState::kSettled);
  circle_.Settle();
  EXPECT_EQ(c_->followers().MirrorOf(a_.origin())->View().trouble, "");
}

TEST_F(RelaysTest, WhatIsWrongIsRefusedByTheIssuerAndChangesNothing) {
  const evidence::RelayStatement right = Statement();
  const auto with = [&](auto change) {
    evidence::RelayStatement wrong = right;
    change(wrong);
    return Sent(a_, Signed(wrong));
  };
  EXPECT_EQ(Sent(a_, crypto::ToBytes("DFR1")), Refused(RelayRefusal::kMalformed));
  EXPECT_EQ(with([](auto& s) { s.relayer = "toko-c.test"; }), Refused(RelayRefusal::kNotTheCaller));
  EXPECT_EQ(Sent(a_, evidence::SignRelay(right, Key(), c_->keys().entry).Encode()),
            Refused(RelayRefusal::kWrongSignature));
  EXPECT_EQ(with([](auto& s) { s.at += 301; }), Refused(RelayRefusal::kFromTheFuture));
  EXPECT_EQ(with([](auto& s) { s.issuer = "toko-x.test"; }), Refused(RelayRefusal::kUnknownLog));
  EXPECT_EQ(with([](auto& s) { s.leaf = crypto::Digest(); }),
            Refused(RelayRefusal::kUnknownReport));
  EXPECT_EQ(with([](auto& s) { s.at -= 2 * kDay; }), Refused(RelayRefusal::kBeforeTheReport));
  EXPECT_EQ(with([](auto& s) { s.on = daftar::testing::Day("2020-01-01"); }),
            Refused(RelayRefusal::kWrongDay));
  EXPECT_EQ(with([](auto& s) { s.on = s.on.PlusDays(2); }), Refused(RelayRefusal::kWrongDay));
  EXPECT_EQ(Sent(a_, Forged(right)), Refused(RelayRefusal::kNotOpened));
  const storage::LogStore log(a_->store());
  evidence::RelayStatement keys = right;
  keys.index = 0;
  keys.leaf = crypto::MerkleLeafHash(*log.ReadLeaf(storage::kOwnLog, 0));
  EXPECT_EQ(Sent(a_, Signed(keys)), Refused(RelayRefusal::kNotAReport));
  keys.index = 1000;
  EXPECT_EQ(Sent(a_, Signed(keys)), Refused(RelayRefusal::kUnknownReport));
  EXPECT_EQ(Incident().state, IncidentState::kPublished);
  EXPECT_EQ(*a_->ledger().QueueLength(), 0u);
  EXPECT_EQ(a_->relays().NumbersOf(PartnerOf(a_, b_))->open, 0u);
}

TEST_F(RelaysTest, AReportThatHasEndedIsNotDisputed) {
  const crypto::Bytes statement = Signed(Statement());
  const crypto::Bytes forged = Forged(Statement());
  DAFTAR_ASSERT_OK(a_->ledger().Withdraw(a_.Caller(), incident_,
                                         evidence::WithdrawalGround::kMistake, "mixed up"));
  EXPECT_EQ(Sent(a_, statement), Refused(RelayRefusal::kEnded));
  EXPECT_EQ(Sent(a_, forged), Refused(RelayRefusal::kNotOpened));
  circle_.Settle();
  EXPECT_EQ(Sent(c_, statement), Refused(RelayRefusal::kEnded));
  DAFTAR_ASSERT_OK(
      a_->ledger().Erase(a_.Caller(), incident_, evidence::ErasureGround::kRequest, "asked for"));
  circle_.Settle();
  circle_.Settle();
  // In the word of a wrong proof: nothing is learnt by trying.
  EXPECT_EQ(Sent(a_, statement), Refused(RelayRefusal::kNotOpened));
  EXPECT_EQ(Sent(c_, statement), Refused(RelayRefusal::kEnded));
}

TEST_F(RelaysTest, AnotherPartnerStopsCountingOnReceipt) {
  EXPECT_EQ(Sees(c_), "live");
  EXPECT_EQ(Sent(c_, Signed(Statement())), kKeptAnswer);
  EXPECT_EQ(Sees(c_), "disputed");
  c_.Stop();
  c_.Start();
  EXPECT_EQ(Sees(c_), "disputed");
  EXPECT_EQ(c_->relays().NumbersOf(PartnerOf(c_, b_))->open, 1u);
}

TEST_F(RelaysTest, AForgedOneHasNoEffectAndIsNotedAgainstItsRelayer) {
  EXPECT_EQ(Sent(c_, Forged(Statement())), kKeptAnswer);  // it cannot tell yet
  EXPECT_EQ(Sees(c_), "live");
  EXPECT_EQ(c_->relays().NumbersOf(PartnerOf(c_, b_))->open, 0u);
  const std::string trouble = c_->followers().MirrorOf(b_.origin())->View().trouble;
  EXPECT_NE(trouble.find("disputes of reports that it could not open (1 times)"), std::string::npos)
      << trouble;
  EXPECT_EQ(Sees(c_), "live");
}

TEST_F(RelaysTest, ASuspendedRelayersDoesNotCount) {
  EXPECT_EQ(Sent(c_, Signed(Statement())), kKeptAnswer);
  DAFTAR_ASSERT_OK(
      c_->registry().SetStatus(c_.Caller(), b_.origin(), PartnerStatus::kSuspended, "it lies"));
  EXPECT_EQ(Sees(c_), "live");
  DAFTAR_ASSERT_OK(
      c_->registry().SetStatus(c_.Caller(), b_.origin(), PartnerStatus::kActive, "a mistake"));
  EXPECT_EQ(Sees(c_), "disputed");
}

TEST_F(RelaysTest, ARelayerThatWasInTouchCannotBackdate) {
  const crypto::Bytes statement = Signed(Statement());
  for (int day = 0; day < 31; ++day) {
    circle_.clock().Advance(kDay);
    circle_.Settle();  // B is heard from each day
  }
  c_.Stop();
  c_.Start();  // and that is not forgotten
  EXPECT_EQ(Sent(c_, statement), kKeptAnswer);
  EXPECT_EQ(Sees(c_), "disputed");  // since yesterday, when it was last heard from
  EXPECT_EQ(Sent(a_, statement), kDisputedAnswer);
  circle_.Settle();
  EXPECT_EQ(Incident().state, IncidentState::kDisputed);
  circle_.clock().Advance(28 * kDay);
  circle_.Settle();
  EXPECT_EQ(Incident().state, IncidentState::kDisputed);
  circle_.clock().Advance(2 * kDay);
  circle_.Settle();
  EXPECT_EQ(Incident().state, IncidentState::kWithdrawn);
}

TEST_F(RelaysTest, APartnerCannotBackdateToBeforeItWasPaired) {
  evidence::RelayStatement statement = Statement();
  circle_.clock().Advance(31 * kDay);
  daftar::testing::SimNode& d = circle_.Add("toko-d.test");
  circle_.Pair(c_, d);
  circle_.Settle();
  statement.relayer = d.origin();
  const auto answer = c_->relays().Take(
      PartnerOf(c_, d), evidence::SignRelay(statement, Key(), d->keys().entry).Encode());
  DAFTAR_ASSERT_OK(answer);
  EXPECT_EQ(*answer, kKeptAnswer);
  EXPECT_EQ(Sees(c_), "disputed");
}

TEST_F(RelaysTest, ADateAheadPutsNoPeriodOff) {
  evidence::RelayStatement ahead = Statement();
  ahead.at += 290;
  EXPECT_EQ(Sent(c_, Signed(ahead)), kKeptAnswer);
  circle_.clock().Advance(30 * kDay - 1);
  EXPECT_EQ(Sees(c_), "disputed");
  circle_.clock().Advance(1);
  EXPECT_EQ(Sees(c_), "withdrawn");
}

TEST_F(RelaysTest, ANodeThatWasDownTakesTheStatementsTime) {
  c_.Stop();
  const crypto::Bytes statement = Signed(Statement());
  circle_.clock().Advance(31 * kDay);
  c_.Start();
  circle_.Settle();  // it hears from B before the statement comes
  EXPECT_EQ(Sent(c_, statement), kKeptAnswer);
  EXPECT_EQ(Sees(c_), "withdrawn");
}

TEST_F(RelaysTest, AStatementIsDroppedWhenItServesNoMore) {
  EXPECT_EQ(Sent(c_, Signed(Statement())), kKeptAnswer);
  EXPECT_EQ(*c_->relays().Sweep(), 0u);
  EXPECT_EQ(Sent(a_, Signed(Statement())), kDisputedAnswer);
  circle_.Settle();
  EXPECT_EQ(*c_->relays().Sweep(), 0u);
  circle_.clock().Advance(60);
  DAFTAR_ASSERT_OK(a_->ledger().Resolve(a_.Caller(), incident_, true, "looked into"));
  circle_.Settle();
  EXPECT_EQ(*a_->relays().Sweep(), 1u);
  DAFTAR_ASSERT_OK(storage::PurgeIfAsked(c_->store(), {}));
  EXPECT_EQ(*c_->relays().Sweep(), 1u);
  EXPECT_THAT(storage::PurgeIfAsked(c_->store(), {}), IsOkAndHolds(true));
  EXPECT_EQ(c_->relays().NumbersOf(PartnerOf(c_, b_))->open, 0u);
  EXPECT_EQ(Sees(c_), "live");
}

TEST_F(RelaysTest, OneWhosePeriodIsOverIsKeptAndTakesNobodysRoom) {
  const crypto::Bytes statement = Signed(Statement());
  EXPECT_EQ(Sees(c_), "live");
  a_.Stop();
  EXPECT_EQ(Sent(c_, statement), kKeptAnswer);
  circle_.clock().Advance(29 * kDay);
  EXPECT_EQ(c_->relays().NumbersOf(PartnerOf(c_, b_))->open, 1u);
  circle_.clock().Advance(2 * kDay);
  EXPECT_EQ(c_->relays().NumbersOf(PartnerOf(c_, b_))->open, 0u);
  EXPECT_EQ(*c_->relays().Sweep(), 0u);  // without it the report would count again
  EXPECT_EQ(c_->relays().NumbersOf(PartnerOf(c_, b_))->kept, 1u);
  EXPECT_EQ(Sees(c_), "withdrawn");
}

TEST_F(RelaysTest, AnAnswerThatCameTooLateDropsNothingHoweverItIsDated) {
  const crypto::Bytes statement = Signed(Statement());
  EXPECT_EQ(Sent(c_, statement), kKeptAnswer);
  circle_.faults.cut = [](const std::string& caller, const std::string& called) {
    return caller == "toko-c.test" && called == "toko-a.test";
  };
  EXPECT_EQ(Sent(a_, statement), kDisputedAnswer);
  circle_.clock().Advance(60);
  DAFTAR_ASSERT_OK(a_->ledger().Resolve(a_.Caller(), incident_, true, "looked into"));
  circle_.Settle();
  circle_.clock().Advance(31 * kDay);
  circle_.faults.cut = nullptr;
  circle_.Settle();
  EXPECT_EQ(*c_->relays().Sweep(), 0u);
  EXPECT_EQ(Sees(c_), "withdrawn");
}

TEST_F(RelaysTest, ABodyThatIsMissingEndsNothing) {
  const crypto::Bytes key = BodyKey(c_, Index());
  const auto body = c_->store().Get(storage::Column::kLogBodies, key);
  storage::Batch lost;
  lost.Delete(storage::Column::kLogBodies, key);
  DAFTAR_ASSERT_OK(c_->store().Write(std::move(lost)));
  EXPECT_EQ(Sent(c_, Signed(Statement())), kKeptAnswer);
  EXPECT_EQ(*c_->relays().Sweep(), 0u);
  storage::Batch came;
  came.Put(storage::Column::kLogBodies, key, **body);
  DAFTAR_ASSERT_OK(c_->store().Write(std::move(came)));
  EXPECT_EQ(Sees(c_), "disputed");
}

TEST_F(RelaysTest, WhatComesWhileTheClockIsInDoubtHasNoDeadlineYet) {
  const crypto::Bytes statement = Signed(Statement());
  PutClockInDoubt(c_);
  EXPECT_EQ(Sent(c_, statement), kKeptAnswer);
  EXPECT_EQ(*c_->relays().Sweep(), 0u);
  circle_.clock().Advance(31 * kDay);
  EXPECT_FALSE(c_->followers().ClockInDoubt());
  EXPECT_EQ(Sees(c_), "disputed");
  EXPECT_EQ(*c_->relays().Sweep(), 0u);  // from now on it runs
  circle_.clock().Advance(29 * kDay);
  EXPECT_EQ(Sees(c_), "disputed");
  circle_.clock().Advance(kDay);
  EXPECT_EQ(Sees(c_), "withdrawn");
}

TEST_F(RelaysTest, ABacklogOfDaysKeepsItsTime) {
  const ledger::IncidentId first = incident_;
  std::vector<crypto::Bytes> backlog;
  for (uint32_t i = 0; i < kMaxRelaysADay + 3; ++i) {
    auto view = a_->ledger().Add(
        a_.Caller(), daftar::testing::DepositUnsettled("0812-9999-8" + std::to_string(100 + i)));
    DAFTAR_ASSERT_OK(view);
    DAFTAR_ASSERT_OK(a_->ledger().Publish(a_.Caller(), view->incident.id));
    circle_.Settle();
    circle_.clock().Advance(60);
    incident_ = view->incident.id;
    backlog.push_back(Signed(Statement()));
  }
  incident_ = first;
  backlog.push_back(Signed(Statement()));
  circle_.Settle();
  c_.Stop();
  circle_.clock().Advance(5 * kDay);
  c_.Start();
  circle_.Settle();
  for (const crypto::Bytes& statement : backlog) EXPECT_EQ(Sent(c_, statement), kKeptAnswer);
  circle_.clock().Advance(25 * kDay);
  EXPECT_EQ(Sees(c_), "withdrawn");  // 30 days after the statement
}

TEST_F(RelaysTest, ARelayerHasItsShareOfWhatIsKept) {
  const crypto::Bytes statement = Signed(Statement());
  // Those of another take none of it.
  KeepRelays(c_, kAnotherLog, PartnerOf(c_, a_), kMaxRelaysKeptOfOne);
  const Partner relayer = PartnerOf(c_, b_);
  KeepRelays(c_, relayer.log, PartnerOf(c_, a_), kMaxRelaysKeptOfOne);
  const auto full = c_->relays().Take(relayer, statement);
  EXPECT_THAT(full, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_NE(std::string(full.status().message()).find("keeps 500 relayed disputes of a partner"),
            std::string::npos)
      << full.status();
  storage::Batch one_less;
  one_less.Delete(storage::Column::kRelays,
                  relay_rows::KeptKey(PartnerOf(c_, a_).log, 1000, relayer.log));
  DAFTAR_ASSERT_OK(c_->store().Write(std::move(one_less)));
  EXPECT_EQ(Sent(c_, statement), kKeptAnswer);
}

TEST_F(RelaysTest, ARelayerHasItsNumberOfOpenOnes) {
  const crypto::Bytes statement = Signed(Statement());
  const Partner relayer = PartnerOf(c_, b_);
  KeepRelays(c_, kAnotherLog, PartnerOf(c_, a_), kMaxOpenRelays, 1);
  KeepRelays(c_, relayer.log, PartnerOf(c_, a_), kMaxOpenRelays, 1);
  EXPECT_THAT(
      c_->relays().Take(relayer, statement),
      StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("200 relayed disputes open")));
  // While the clock is in doubt no period is over.
  KeepRelays(c_, relayer.log, PartnerOf(c_, a_), kMaxOpenRelays);
  PutClockInDoubt(c_);
  EXPECT_EQ(c_->relays().NumbersOf(relayer)->open, kMaxOpenRelays);
  circle_.clock().Advance(601);
  EXPECT_EQ(c_->relays().NumbersOf(relayer)->open, 0u);
  EXPECT_EQ(Sent(c_, statement), kKeptAnswer);
}

TEST_F(RelaysTest, WhatTheCopyDoesNotHaveYetIsNotSaidToBeUnknown) {
  circle_.faults.cut = [](const std::string& caller, const std::string& called) {
    return caller == "toko-c.test" && called == "toko-a.test";
  };
  incident_ = Publish();
  EXPECT_THAT(c_->relays().Take(PartnerOf(c_, b_), Signed(Statement())),
              StatusIs(absl::StatusCode::kUnavailable));
  circle_.faults.cut = nullptr;
}

TEST_F(RelaysTest, WhatIsProvenOfAnOwnReportIsTakenHoweverMuchIsKept) {
  const crypto::Bytes statement = Signed(Statement());
  KeepRelays(c_, kAnotherLog, PartnerOf(c_, a_), kMaxRelaysKept);
  EXPECT_THAT(c_->relays().Take(PartnerOf(c_, b_), statement),
              StatusIs(absl::StatusCode::kResourceExhausted));
  KeepRelays(a_, kAnotherLog, PartnerOf(a_, c_), kMaxRelaysKept);
  KeepRelays(a_, PartnerOf(a_, b_).log, PartnerOf(a_, c_), kMaxRelaysKeptOfOne);
  EXPECT_EQ(Sent(a_, statement), kDisputedAnswer);
  EXPECT_EQ(Incident().state, IncidentState::kDisputed);
}

TEST_F(RelaysTest, OfAVoidReportNoneIsTakenAndNoneIsKept) {
  const crypto::Bytes statement = Signed(Statement());
  EXPECT_EQ(Sent(c_, statement), kKeptAnswer);
  EntryState state;
  state.is_void = true;
  storage::Batch batch;
  batch.Put(storage::Column::kEntryStates, EntryState::Key(PartnerOf(c_, a_).log, Index()),
            state.Encode());
  DAFTAR_ASSERT_OK(c_->store().Write(std::move(batch)));
  EXPECT_EQ(Sent(c_, statement), Refused(RelayRefusal::kNotAReport));
  EXPECT_EQ(*c_->relays().Sweep(), 1u);
  EXPECT_EQ(c_->relays().NumbersOf(PartnerOf(c_, b_))->kept, 0u);
}

TEST_F(RelaysTest, MoreThanADaysIsRefusedWithTheTimeToWait) {
  std::vector<ledger::IncidentId> incidents{incident_};
  std::vector<crypto::Bytes> statements;
  for (uint32_t i = 0; i < kMaxRelaysADay + 1; ++i) {
    // Of many buyers: an identifier has 16 labels of an epoch.
    auto view = a_->ledger().Add(
        a_.Caller(), daftar::testing::DepositUnsettled("0812-9999-8" + std::to_string(100 + i)));
    DAFTAR_ASSERT_OK(view);
    DAFTAR_ASSERT_OK(a_->ledger().Publish(a_.Caller(), view->incident.id));
    incidents.push_back(view->incident.id);
  }
  circle_.Settle();
  circle_.clock().Advance(60);
  absl::Status last;
  for (size_t i = 1; i < incidents.size(); ++i) {
    incident_ = incidents[i];
    const auto answer = a_->relays().Take(PartnerOf(a_, b_), Signed(Statement()));
    last = answer.status();
    if (i <= kMaxRelaysADay) {
      DAFTAR_ASSERT_OK(answer);
      EXPECT_EQ(*answer, kDisputedAnswer);
    }
  }
  EXPECT_THAT(last, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_NE(std::string(last.message()).find("try again in "), std::string::npos) << last;
  EXPECT_EQ(Incident().state, IncidentState::kPublished);
  circle_.clock().Advance(kDay);
  EXPECT_EQ(Sent(a_, Signed(Statement())), kDisputedAnswer);
}

}  // namespace
}  // namespace daftar::partners
