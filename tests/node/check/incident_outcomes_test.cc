// What is recorded and learnt of an order when its incident changes.
#include <gtest/gtest.h>

#include "node/check/order_outcomes.h"
#include "node/check/outcome_rows.h"
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
using evidence::Reason;
using evidence::WithdrawalGround;

constexpr char kPhone[] = "0812-3456-7890";
constexpr int64_t kDaySeconds = 24 * 3600;
const evidence::Currency kRupiah = *evidence::Currency::FromCode("IDR");

class IncidentOutcomesTest : public ::testing::Test {
 protected:
  evidence::Date Today() { return evidence::Date::Of(circle_.clock().Now()); }
  // A check, and an order taken on it today that is due in five days.
  std::string Taken(evidence::Date paid = {}) {
    Question question;
    question.identifiers = {Phone(kPhone)};
    auto answer = node_->checker().Check({"uid:0", ""}, question);
    EXPECT_THAT(answer, IsOk());
    receipt_ = answer->receipt;
    book::NewOrder order;
    order.identifiers = {Phone(kPhone)};
    order.amount = {450'000'000, kRupiah};
    order.invoiced = Today();
    order.due = Today().PlusDays(5);
    order.paid = paid;
    order.receipt = book::ReceiptRef(receipt_.array());
    auto added = node_->book().AddOrder(node_.Caller(), order);
    EXPECT_THAT(added, IsOk());
    return added->name;
  }
  ledger::IncidentId File(const std::string& order, Reason reason = Reason::kInvoiceOverdue) {
    auto account = ledger::AccountOfOrder(node_->book(), order, Today(), reason);
    EXPECT_THAT(account, IsOk());
    auto view = node_->ledger().Add(node_.Caller(), *account);
    EXPECT_THAT(view, IsOk());
    return view->incident.id;
  }
  void Settle(const ledger::IncidentId& id) {
    DAFTAR_ASSERT_OK(node_->ledger().Settle(node_.Caller(), id, Today(), "paid in cash"));
  }
  void Withdraw(const ledger::IncidentId& id, WithdrawalGround ground) {
    DAFTAR_ASSERT_OK(node_->ledger().Withdraw(node_.Caller(), id, ground, "looked into it"));
  }
  void Pass(int64_t days) { circle_.clock().Advance(days * kDaySeconds); }
  Followed Recorded() {
    auto followed = node_->outcomes().Of(receipt_);
    EXPECT_THAT(followed, IsOk());
    return followed->value_or(Followed());
  }
  uint32_t Prior() {
    circle_.clock().Advance(60);
    node_->Upkeep();
    return node_->own_rate().Prior(*node_->policies().InForce());
  }

  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
  ReceiptId receipt_;
};

TEST_F(IncidentOutcomesTest, ASettledIncidentIsRecordedAtOnceAsTheDayOfPayment) {
  const std::string order = Taken();
  Pass(8);
  const ledger::IncidentId id = File(order);
  EXPECT_EQ(Recorded().outcome, Outcome::kUnknown);
  Settle(id);
  EXPECT_EQ(Recorded().outcome, Outcome::kPaid);  // three days past due
  EXPECT_EQ(Recorded().outcome_on, Today());
}

TEST_F(IncidentOutcomesTest, OneSettledLongAfterTheDueDayWasPaidLate) {
  const std::string order = Taken();
  Pass(16);
  node_->Upkeep();
  EXPECT_EQ(Recorded().outcome, Outcome::kUnpaid);
  const ledger::IncidentId id = File(order);
  Pass(1);
  Settle(id);
  EXPECT_EQ(Recorded().outcome, Outcome::kLate);
  EXPECT_EQ(Recorded().outcome_on, Today());
}

TEST_F(IncidentOutcomesTest, AnOrderInQuestionIsUnknownAndAMistakeLeavesItAlone) {
  const std::string order = Taken();
  Pass(16);
  Withdraw(File(order), WithdrawalGround::kMistake);
  EXPECT_EQ(Recorded().outcome, Outcome::kUnpaid);
  Withdraw(File(order), WithdrawalGround::kDisputeUpheld);
  EXPECT_EQ(Recorded().outcome, Outcome::kUnknown);
}

TEST_F(IncidentOutcomesTest, ABrokenOrderIsUnpaidFromTheDayItIsFiledUntilItIsMadeGood) {
  const std::string order = Taken(Today());
  EXPECT_EQ(Recorded().outcome, Outcome::kPaid);
  Pass(3);
  const ledger::IncidentId id = File(order, Reason::kPaymentReversed);
  EXPECT_EQ(Recorded().outcome, Outcome::kUnpaid);
  EXPECT_EQ(Recorded().outcome_on, Today());
  Pass(1);
  Settle(id);
  EXPECT_EQ(Recorded().outcome, Outcome::kLate);
  EXPECT_EQ(Recorded().outcome_on, Today());
}

TEST_F(IncidentOutcomesTest, WhatWasUnpaidBeforeItBrokeStaysUnpaidSinceThen) {
  const std::string order = Taken();
  const evidence::Date due = Today().PlusDays(5);
  Pass(30);
  File(order, Reason::kAgreementBroken);
  EXPECT_EQ(Recorded().outcome, Outcome::kUnpaid);
  EXPECT_EQ(Recorded().outcome_on, due.PlusDays(11));
}

TEST_F(IncidentOutcomesTest, AnOutcomeMissedWhenTheIncidentChangedIsMadeUpFor) {
  const std::string order = Taken();
  Pass(8);
  const ledger::IncidentId id = File(order);
  const crypto::Bytes key = crypto::Writer().U8('o').Raw(receipt_.view()).Take();
  auto row = node_->store().Get(storage::Column::kOutcomes, key);
  ASSERT_TRUE(row.ok() && row->has_value());
  const auto put = [&](const crypto::Bytes& value) {
    storage::Batch batch;
    batch.Put(storage::Column::kOutcomes, key, value);
    DAFTAR_ASSERT_OK(node_->store().Write(std::move(batch)));
  };
  put(crypto::Bytes((*row)->size(), 0));
  Settle(id);  // it stands all the same
  EXPECT_NE(node_->trouble().outcomes, "");
  put(**row);
  EXPECT_EQ(Recorded().outcome, Outcome::kUnknown);
  circle_.clock().Advance(60);
  node_->Upkeep();
  EXPECT_EQ(Recorded().outcome, Outcome::kPaid);
  EXPECT_EQ(node_->trouble().outcomes, "");
}

TEST_F(IncidentOutcomesTest, ThePriorCountsOrdersAsTheirIncidentsLeaveThem) {
  const std::string paid = Taken(Today());
  const std::string unpaid = Taken();
  Pass(16);
  EXPECT_EQ(Prior(), 58'823u);  // (1 + 5) / 102
  File(paid, Reason::kPaymentReversed);
  EXPECT_EQ(Prior(), 68'627u);  // (2 + 5) / 102
  Withdraw(File(unpaid), WithdrawalGround::kDisputeUpheld);
  EXPECT_EQ(Prior(), 59'405u);  // (1 + 5) / 101
}

TEST_F(IncidentOutcomesTest, OnlyOrdersSettledAsTheirIncidentsSayAreSettledBefore) {
  const auto settled = [&] {
    const identity::Identifier buyer = Phone(kPhone);
    auto count = ledger::OrdersSettledBefore(node_->book(), node_->ledger(), {&buyer, 1},
                                             Today().PlusDays(1), "", 10);
    EXPECT_THAT(count, IsOk());
    return count.ok() ? *count : 99;
  };
  const std::string paid = Taken(Today());
  const std::string unpaid = Taken();
  Pass(8);
  EXPECT_EQ(settled(), 1u);
  Settle(File(unpaid));  // in time
  EXPECT_EQ(settled(), 2u);
  File(paid, Reason::kPaymentReversed);
  EXPECT_EQ(settled(), 1u);
  const std::string late = Taken();
  Pass(30);
  const ledger::IncidentId id = File(late);
  EXPECT_EQ(settled(), 1u);
  Settle(id);  // not in time
  EXPECT_EQ(settled(), 1u);
}

// A thousand outcomes and one: older ones fade then, so that it matters which came last.
TEST_F(IncidentOutcomesTest, OutcomesAreLearntAnewInTheOrderOfTheirDays) {
  storage::Batch batch;
  Followed followed;
  followed.checked_at = circle_.clock().Now();
  followed.at_risk = true;
  followed.held = {{"toko-b.test", 50'000, 100'000}};
  const auto put = [&](uint32_t i) {
    std::array<uint8_t, ReceiptId::kSize> id{};
    id[0] = static_cast<uint8_t>(i >> 8);
    id[1] = static_cast<uint8_t>(i);
    crypto::Bytes key = crypto::Writer().U8('o').Raw(ReceiptId(id).view()).Take();
    crypto::Bytes sealed =
        node_->vault().Seal(storage::Column::kOutcomes, key, EncodeFollowed(followed));
    batch.Put(storage::Column::kOutcomes, std::move(key), std::move(sealed));
  };
  followed.outcome = Outcome::kUnpaid;
  followed.outcome_on = Today();
  followed.bad_ppm = 1'000'000;
  put(0);  // the first that is read
  followed.outcome = Outcome::kPaid;
  followed.outcome_on = Today().PlusDays(-1);
  followed.bad_ppm = 0;
  for (uint32_t i = 1; i <= decision::kLearnWindow; ++i) put(i);
  DAFTAR_ASSERT_OK(node_->store().Write(std::move(batch)));
  node_.Stop();
  node_.Start();
  const decision::PartnerOutcomes learnt = node_->outcomes().LearntAbout("toko-b.test").outcomes;
  EXPECT_EQ(learnt.orders, decision::kLearnWindow / 2 + 1);
  EXPECT_EQ(learnt.bad_ppm, 1'000'000u);
}

}  // namespace
}  // namespace daftar::check
