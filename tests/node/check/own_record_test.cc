// Orders and the incidents made from them, as one record.
#include "node/check/own_record.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "node/check/checker.h"
#include "node/ledger/suggest.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::check {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::Phone;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using decision::Effect;
using decision::OrderOutcome;
using evidence::Reason;
using evidence::WithdrawalGround;

constexpr char kPhone[] = "0812-3456-7890";
const evidence::Currency kRupiah = *evidence::Currency::FromCode("IDR");
constexpr uint32_t kLateAfterDays = 10;

class OwnRecordTest : public ::testing::Test {
 protected:
  OwnRecordTest() { circle_.PairAll(); }
  evidence::Date DaysAgo(int64_t days) {
    return evidence::Date::Of(circle_.clock().Now()).PlusDays(-days);
  }
  // The name of an order due so many days ago; `paid_ago` < 0: it is not paid.
  std::string Order(int64_t due_ago, int64_t paid_ago) {
    book::NewOrder order;
    order.identifiers = {Phone(kPhone)};
    order.amount = {450'000'000, kRupiah};
    order.invoiced = DaysAgo(due_ago + 5);
    order.due = DaysAgo(due_ago);
    if (paid_ago >= 0) order.paid = DaysAgo(paid_ago);
    auto added = node_->book().AddOrder(node_.Caller(), order);
    EXPECT_THAT(added, IsOk());
    return added->name;
  }
  ledger::IncidentId File(const std::string& order, Reason reason = Reason::kInvoiceOverdue) {
    auto account = ledger::AccountOfOrder(node_->book(), order, DaysAgo(0), reason);
    EXPECT_THAT(account, IsOk());
    auto view = node_->ledger().Add(node_.Caller(), *account);
    EXPECT_THAT(view, IsOk());
    return view->incident.id;
  }
  void Withdraw(const ledger::IncidentId& id, WithdrawalGround ground) {
    DAFTAR_ASSERT_OK(node_->ledger().Withdraw(node_.Caller(), id, ground, "looked into it"));
  }
  OwnRecord Record() {
    const std::vector<identity::Identifier> ids = {Phone(kPhone)};
    auto profiles = node_->book().FindProfiles(ids);
    auto incidents = node_->ledger().About(ids);
    EXPECT_THAT(profiles, IsOk());
    auto record = ReadOwnRecord(node_->book(), *profiles, *incidents, DaysAgo(0), kLateAfterDays);
    EXPECT_THAT(record, IsOk());
    return *std::move(record);
  }
  Answer Ask() {
    Question question;
    question.identifiers = {Phone(kPhone)};
    question.order.amount = evidence::Money{450'000'000, kRupiah};
    auto answer = node_->checker().Check({"uid:0", ""}, question);
    EXPECT_THAT(answer, IsOk());
    return *std::move(answer);
  }

  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
  SimNode& partner_ = circle_.Add("toko-b.test");  // without it nobody could be asked
};

TEST_F(OwnRecordTest, AnIncidentKnowsWhatItsOrderCameTo) {
  const std::string unpaid = Order(40, -1);
  File(unpaid);
  OwnRecord record = Record();
  ASSERT_TRUE(record.incidents[0].order.has_value());
  EXPECT_EQ(record.incidents[0].order->outcome, OrderOutcome::kUnpaid);
  EXPECT_EQ(record.incidents[0].order->bad_since, DaysAgo(29));
  DAFTAR_ASSERT_OK(node_->book().SetOutcome(
      node_.Caller(), unpaid, {book::OutcomeKind::kPaid, DaysAgo(3)}, {}, "paid in the shop"));
  record = Record();
  EXPECT_EQ(record.incidents[0].order->outcome, OrderOutcome::kPaidLate);
  EXPECT_EQ(record.incidents[0].status, decision::EntryStatus::kLive);
  EXPECT_EQ(record.orders.late, 1u);
}

TEST_F(OwnRecordTest, AnIncidentOfAnOrderInItsGraceIsOfAnOpenOne) {
  File(Order(4, -1));
  EXPECT_EQ(Record().incidents[0].order->outcome, OrderOutcome::kOverdue);
  EXPECT_EQ(Record().orders.overdue, 1u);
}

TEST_F(OwnRecordTest, WithoutItsOrderAnIncidentStandsAlone) {
  ledger::NewIncident account = testing::DepositUnsettled(kPhone);
  DAFTAR_ASSERT_OK(node_->ledger().Add(node_.Caller(), account));
  account.order = "of-a-customer-erased-since";
  DAFTAR_ASSERT_OK(node_->ledger().Add(node_.Caller(), account));
  const OwnRecord record = Record();
  EXPECT_FALSE(record.incidents[0].order.has_value());
  EXPECT_FALSE(record.incidents[1].order.has_value());
}

TEST_F(OwnRecordTest, ADisputeLostPutsTheOrderInQuestion) {
  for (const WithdrawalGround ground :
       {WithdrawalGround::kDisputeUpheld, WithdrawalGround::kDisputeUnanswered}) {
    const OwnRecord before = Record();
    Withdraw(File(Order(40, -1)), ground);
    const OwnRecord after = Record();
    EXPECT_EQ(after.orders.orders, before.orders.orders + 1);
    EXPECT_EQ(after.orders.disputed, before.orders.disputed + 1);
    EXPECT_TRUE(after.orders.unpaid.empty());
    EXPECT_EQ(after.orders.overdue, 0u);
  }
  EXPECT_EQ(Ask().decision.verdict.rule, decision::Rule::kNothingKnown);
  // What was paid on time is good, whatever was disputed about it.
  Withdraw(File(Order(40, 41), Reason::kAgreementBroken), WithdrawalGround::kDisputeUpheld);
  EXPECT_EQ(Record().orders.paid_on_time, 1u);
}

TEST_F(OwnRecordTest, AMistakeIsAsIfNothingHadBeenFiledAndCanBeFiledRightly) {
  const std::string unpaid = Order(40, -1);
  const std::string paid = Order(40, 41);
  const OwnRecord before = Record();
  Withdraw(File(unpaid, Reason::kNoShow), WithdrawalGround::kMistake);
  Withdraw(File(paid, Reason::kAgreementBroken), WithdrawalGround::kMistake);
  EXPECT_EQ(Record().orders, before.orders);
  const ledger::IncidentId id = File(unpaid);
  const OwnRecord record = Record();
  EXPECT_EQ(record.orders, before.orders);
  ASSERT_EQ(record.incidents.size(), 3u);
  const auto standing = std::find_if(record.incidents.begin(), record.incidents.end(),
                                     [&](const auto& one) { return one.id == id.hex(); });
  ASSERT_TRUE(standing != record.incidents.end() && standing->order.has_value());
  EXPECT_EQ(standing->order->outcome, OrderOutcome::kUnpaid);
  EXPECT_EQ(*node_->ledger().ForOrder(unpaid), id);
  // One that stands is enough.
  auto account = ledger::AccountOfOrder(node_->book(), unpaid, DaysAgo(0));
  EXPECT_THAT(node_->ledger().Add(node_.Caller(), *account),
              testing::StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_F(OwnRecordTest, WhatTheBookHasInDisputeIsNotOwedForItsIncidentEither) {
  decision::OrderRow row;
  row.identifiers = {Phone(kPhone)};
  row.invoice = "A-1";
  row.invoiced = DaysAgo(60);
  row.due = DaysAgo(40);
  row.amount = {450'000'000, kRupiah};
  DAFTAR_ASSERT_OK(node_->book().ImportOrders({&row, 1}));
  auto order = node_->book().FindOrder("A-1");
  DAFTAR_ASSERT_OK(order);
  File(order->name);
  EXPECT_EQ(Ask().decision.verdict.rule, decision::Rule::kOpenDebt);
  row.disputed = true;
  DAFTAR_ASSERT_OK(node_->book().ImportOrders({&row, 1}));
  EXPECT_EQ(Record().incidents[0].status, decision::EntryStatus::kDisputed);
  EXPECT_EQ(Ask().decision.verdict.effect, Effect::kAccept);
}

TEST_F(OwnRecordTest, WithdrawnForAnotherGroundLeavesTheOrderAsItIs) {
  Withdraw(File(Order(40, -1)), WithdrawalGround::kRequest);
  EXPECT_EQ(Record().orders.overdue, 1u);
  EXPECT_EQ(Record().orders.disputed, 0u);
  EXPECT_EQ(Record().incidents[0].order->outcome, OrderOutcome::kUnpaid);
}

TEST_F(OwnRecordTest, ASettledIncidentSaysThatItsOrderWasPaidThatDay) {
  const ledger::IncidentId id = File(Order(40, -1));
  DAFTAR_ASSERT_OK(node_->ledger().Settle(node_.Caller(), id, DaysAgo(7), "paid in cash"));
  const OwnRecord record = Record();
  EXPECT_EQ(record.orders.late, 1u);
  EXPECT_EQ(record.orders.worst_days_late, 33u);
  EXPECT_EQ(record.orders.overdue, 0u);
  EXPECT_EQ(record.incidents[0].order->outcome, OrderOutcome::kPaidLate);
  // Paid is paid, even if the report goes.
  Withdraw(id, WithdrawalGround::kRequest);
  EXPECT_EQ(Record().orders.late, 1u);
  // Filed too early, settled within the grace.
  const ledger::IncidentId early = File(Order(8, -1));
  DAFTAR_ASSERT_OK(node_->ledger().Settle(node_.Caller(), early, DaysAgo(1), "paid in cash"));
  EXPECT_EQ(Record().orders.paid_on_time, 1u);
}

TEST_F(OwnRecordTest, ALatePaymentIsBadSinceItCountedAsUnpaidOrElseSinceThatDay) {
  const ledger::IncidentId id = File(Order(40, -1));
  DAFTAR_ASSERT_OK(node_->ledger().Settle(node_.Caller(), id, DaysAgo(7), "paid in cash"));
  EXPECT_EQ(Record().incidents[0].order->bad_since, DaysAgo(29));
  EXPECT_EQ(Record().orders.late_paid, (std::vector<decision::DatedCount>{{DaysAgo(29), 1}}));
  Withdraw(id, WithdrawalGround::kMistake);
  // The shop called it late, however few the days.
  const std::string early = Order(8, -1);
  DAFTAR_ASSERT_OK(node_->book().SetOutcome(
      node_.Caller(), early, {book::OutcomeKind::kLate, DaysAgo(5)}, {}, "too late for us"));
  circle_.clock().Advance(1);  // the newest comes first
  File(early);
  EXPECT_EQ(Record().incidents[0].order->outcome, OrderOutcome::kPaidLate);
  EXPECT_EQ(Record().incidents[0].order->bad_since, DaysAgo(5));
}

TEST_F(OwnRecordTest, AnOrderThatIsNotBadIsOpenOrGood) {
  const ledger::IncidentId early = File(Order(8, -1));
  DAFTAR_ASSERT_OK(node_->ledger().Settle(node_.Caller(), early, DaysAgo(1), "paid in cash"));
  ASSERT_TRUE(Record().incidents[0].order.has_value());
  EXPECT_EQ(Record().incidents[0].order->outcome, OrderOutcome::kPaidOnTime);
  circle_.clock().Advance(1);
  File(Order(-4, -1), Reason::kNoShow);
  ASSERT_TRUE(Record().incidents[0].order.has_value());
  EXPECT_EQ(Record().incidents[0].order->outcome, OrderOutcome::kOpen);
}

TEST_F(OwnRecordTest, WithdrawnAsPaidSaysSoToo) {
  const ledger::IncidentId id = File(Order(8, -1));
  Withdraw(id, WithdrawalGround::kPaid);
  EXPECT_EQ(Record().orders.paid_on_time, 1u);
  EXPECT_EQ(Record().orders.overdue, 0u);
  // The day does not move with what is noted later.
  circle_.clock().Advance(60 * 86'400);
  DAFTAR_ASSERT_OK(node_->ledger().Mitigate(node_.Caller(), id, decision::Mitigation::kKeptPlan,
                                            "in two parts"));
  EXPECT_EQ(Record().orders.paid_on_time, 1u);
}

TEST_F(OwnRecordTest, APaymentTakenBackSpoilsAnOrderThatWasPaid) {
  const std::string paid = Order(40, 41);
  EXPECT_EQ(Record().orders.paid_on_time, 1u);
  EXPECT_EQ(Ask().decision.verdict.effect, Effect::kAccept);
  const ledger::IncidentId id = File(paid, Reason::kPaymentReversed);
  EXPECT_EQ(Record().orders.paid_on_time, 0u);
  EXPECT_EQ(Record().orders.broken, 1u);
  EXPECT_FALSE(Record().incidents[0].order.has_value());
  EXPECT_EQ(Ask().decision.verdict.rule, decision::Rule::kOpenDebt);
  EXPECT_EQ(Ask().decision.verdict.effect, Effect::kPrepay);
  // Withdrawn at the buyer's request: what is known of the order stands.
  Withdraw(id, WithdrawalGround::kRequest);
  EXPECT_EQ(Record().orders.paid_on_time, 1u);
}

TEST_F(OwnRecordTest, AnActOfConductIsNoMatterOfTheOrder) {
  const std::string unpaid = Order(40, -1);
  Withdraw(File(unpaid, Reason::kStaffAbuse), WithdrawalGround::kMistake);
  EXPECT_EQ(Record().orders.overdue, 1u);
  EXPECT_EQ(Record().orders.disputed, 0u);
}

TEST_F(OwnRecordTest, WhatSpeaksForTheCustomerChangesTheAnswer) {
  const ledger::IncidentId id = File(Order(40, -1));
  const Answer before = Ask();
  DAFTAR_ASSERT_OK(node_->ledger().Mitigate(node_.Caller(), id, decision::Mitigation::kShopAtFault,
                                            "sent to the wrong address"));
  const Answer after = Ask();
  EXPECT_LT(after.decision.verdict.r_ppm, before.decision.verdict.r_ppm);
  EXPECT_EQ(after.decision.weighed.own.bad_ppm, before.decision.weighed.own.bad_ppm / 4);
}

TEST_F(OwnRecordTest, OrdersPaidInAdvanceDoNotMakeARegular) {
  for (int i = 0; i < 6; ++i) {
    book::NewOrder order;
    order.identifiers = {Phone(kPhone)};
    order.amount = {450'000'000, kRupiah};
    order.invoiced = order.due = order.paid = DaysAgo(200 - i);
    order.terms = decision::Terms::kPrepaid;
    DAFTAR_ASSERT_OK(node_->book().AddOrder(node_.Caller(), order));
  }
  EXPECT_EQ(Record().orders.paid_on_time, 6u);
  EXPECT_EQ(Record().orders.prepaid_on_time, 6u);
  EXPECT_FALSE(Ask().decision.weighed.group.has_value());
  EXPECT_EQ(Ask().decision.weighed.own.good, 0u);
}

}  // namespace
}  // namespace daftar::check
