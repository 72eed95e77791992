#include "node/partners/issuer_record.h"

#include <gtest/gtest.h>

#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::partners {
namespace {

using evidence::EntryKind;

constexpr int64_t kPeriod = 100;

IssuerRecord Of(std::vector<std::pair<EntryKind, int64_t>> updates, int64_t now = 1000) {
  EntryState state;
  for (const auto& [kind, at] : updates) state.updates.push_back({kind, 10, at, at});
  IssuerRecord record;
  Count(state, kPeriod, now, record);
  return record;
}

TEST(IssuerRecord, ADisputeIsUpheldWhenItWasResolvedAndNothingFollowed) {
  const IssuerRecord record = Of({{EntryKind::kDispute, 100}, {EntryKind::kResolution, 200}});
  EXPECT_EQ(record.disputed, 1u);
  EXPECT_EQ(record.upheld, 1u);
  EXPECT_EQ(record.given_up, 0u);
  EXPECT_EQ(record.answered_in_time, 1u);
}

TEST(IssuerRecord, AWithdrawalAfterADisputeGivesItUpHoweverItWasResolved) {
  for (const auto& updates :
       {std::vector<std::pair<EntryKind, int64_t>>{{EntryKind::kDispute, 100},
                                                   {EntryKind::kResolution, 150},
                                                   {EntryKind::kWithdrawal, 160}},
        std::vector<std::pair<EntryKind, int64_t>>{{EntryKind::kDispute, 100},
                                                   {EntryKind::kWithdrawal, 160}}}) {
    const IssuerRecord record = Of(updates);
    EXPECT_EQ(record.given_up, 1u);
    EXPECT_EQ(record.upheld, 0u);
    EXPECT_EQ(record.answered_in_time, 1u);
    EXPECT_EQ(record.withdrawn, 1u);
  }
}

TEST(IssuerRecord, ItIsTheFirstAnswerThatIsLateOrInTime) {
  const IssuerRecord record = Of(
      {{EntryKind::kDispute, 100}, {EntryKind::kResolution, 150}, {EntryKind::kWithdrawal, 900}});
  EXPECT_EQ(record.answered_in_time, 1u);
  EXPECT_EQ(record.answered_late, 0u);
}

TEST(IssuerRecord, LateAnswersAndThoseThatNeverCameAreTold) {
  EXPECT_EQ(Of({{EntryKind::kDispute, 100}, {EntryKind::kErasure, 201}}).answered_late, 1u);
  EXPECT_EQ(Of({{EntryKind::kDispute, 100}}, 200).waiting, 1u);
  EXPECT_EQ(Of({{EntryKind::kDispute, 100}}, 201).waiting_too_long, 1u);
}

TEST(IssuerRecord, AnAnswerIsAsLateAsItCame) {
  EntryState state;
  state.updates = {{EntryKind::kDispute, 10, 100, 100}, {EntryKind::kResolution, 11, 101, 200}};
  IssuerRecord record;
  Count(state, kPeriod, 1000, record);
  EXPECT_EQ(record.answered_in_time, 1u);
  state.updates.back().seen_at = 201;
  record = {};
  Count(state, kPeriod, 1000, record);
  EXPECT_EQ(record.answered_in_time, 0u);
  EXPECT_EQ(record.answered_late, 1u);
}

TEST(IssuerRecord, ASecondDisputeIsNotAnsweredByTheFirstOnesResolution) {
  const IssuerRecord record =
      Of({{EntryKind::kDispute, 100}, {EntryKind::kResolution, 120}, {EntryKind::kDispute, 950}});
  EXPECT_EQ(record.disputed, 1u);
  EXPECT_EQ(record.upheld, 0u);
  EXPECT_EQ(record.waiting, 1u);
  EXPECT_EQ(record.answered_in_time, 0u);
}

TEST(IssuerRecord, WithoutADisputeNothingIsAnswered) {
  const IssuerRecord record = Of(
      {{EntryKind::kSettlement, 100}, {EntryKind::kWithdrawal, 200}, {EntryKind::kErasure, 300}});
  IssuerRecord expected;
  expected.settled = expected.withdrawn = expected.erased = 1;
  EXPECT_EQ(record, expected);
}

TEST(IssuerRecord, IsReadFromTheCopyOfTheLog) {
  using ::daftar::testing::DepositUnsettled;
  ::daftar::testing::SimCircle circle;
  auto& a = circle.Add("toko-a.test");
  auto& b = circle.Add("toko-b.test");
  circle.PairAll();
  for (int i = 0; i < 3; ++i) {
    auto view = a->ledger().Add(a.Caller(), DepositUnsettled("0812-9999-700" + std::to_string(i)));
    DAFTAR_ASSERT_OK(view);
    const ledger::IncidentId id = view->incident.id;
    DAFTAR_ASSERT_OK(a->ledger().Publish(a.Caller(), id));
    circle.Settle();
    if (i == 0) {
      DAFTAR_ASSERT_OK(a->ledger().Settle(a.Caller(), id, {}, "paid"));
    }
    if (i == 1) {
      DAFTAR_ASSERT_OK(a->ledger().Dispute(a.Caller(), id, {}, "wrong"));
    }
    circle.Settle();
  }
  const Partner partner = b->registry().Active().front();
  const auto record =
      RecordOf(b->store(), partner.log, b->followers().MirrorOf(partner.origin)->View(),
               b->charters(), circle.clock().Now().seconds());
  DAFTAR_ASSERT_OK(record);
  IssuerRecord expected;
  expected.reports = 3;
  expected.settled = expected.disputed = expected.waiting = 1;
  EXPECT_EQ(*record, expected);
}

}  // namespace
}  // namespace daftar::partners
