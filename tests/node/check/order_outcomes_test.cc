// Which check an order is the outcome of, and what an order says of its check.
#include "node/check/order_outcomes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::check {
namespace {

using ::daftar::testing::Phone;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using decision::Effect;
using ::testing::HasSubstr;

constexpr char kBudi[] = "0812-3456-7890";
const evidence::Currency kRupiah = *evidence::Currency::FromCode("IDR");
const evidence::Currency kDollar = *evidence::Currency::FromCode("USD");

class OrderOutcomesTest : public ::testing::Test {
 protected:
  evidence::Date Today() { return evidence::Date::Of(circle_.clock().Now()); }
  ReceiptId Ask(std::optional<evidence::Money> amount) {
    Question question;
    question.identifiers = {Phone(kBudi)};
    question.order.amount = amount;
    auto answer = node_->checker().Check({"uid:0", ""}, question);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer->receipt;
  }
  static book::NamedOrder OrderOf(evidence::Date invoiced, evidence::Money amount) {
    book::NamedOrder named;
    named.name = "order";
    named.order.identifiers = {Phone(kBudi)};
    named.order.amount = amount;
    named.order.invoiced = named.order.due = invoiced;
    return named;
  }
  std::optional<ReceiptId> Found(const book::NamedOrder& order) {
    auto found = ReceiptOf(order, node_->checker(), node_->receipts(), node_->outcomes());
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? *found : std::nullopt;
  }
  absl::Status Named(const ReceiptId& receipt, const std::string& phone, evidence::Money amount) {
    const identity::Identifier identifier = Phone(phone);
    return CheckNamedReceipt(receipt, {&identifier, 1}, amount, Today(), node_->checker(),
                             node_->receipts());
  }
  OrderOutcome Became(const book::NamedOrder& order) {
    auto became = OutcomeFor(order, {node_->ledger(), node_->checker(), node_->receipts()},
                             node_->outcomes(), policy_, Today());
    EXPECT_TRUE(became.ok()) << became.status();
    return *became;
  }

  SimCircle circle_;  // at midnight
  SimNode& node_ = circle_.Add("toko-a.test");
  const decision::Policy policy_ = decision::DefaultPolicy();
  const evidence::Money amount_{450'000'000, kRupiah};
};

TEST_F(OrderOutcomesTest, ACheckIsOfOrdersInvoicedThatDayOrInTheDaysAfter) {
  const ReceiptId receipt = Ask(amount_);
  EXPECT_EQ(Found(OrderOf(Today(), amount_)), receipt);
  EXPECT_EQ(Found(OrderOf(Today().PlusDays(kMatchDays), amount_)), receipt);
  EXPECT_EQ(Found(OrderOf(Today().PlusDays(kMatchDays + 1), amount_)), std::nullopt);
  EXPECT_EQ(Found(OrderOf(Today().PlusDays(-1), amount_)), std::nullopt);
}

TEST_F(OrderOutcomesTest, AnOrderNamesNoCheckThatWasMadeLongAfterIt) {
  const ReceiptId receipt = Ask(amount_);
  const identity::Identifier budi = Phone(kBudi);
  const auto of = [&](int64_t days_before) {
    return CheckNamedReceipt(receipt, {&budi, 1}, amount_, Today().PlusDays(-days_before),
                             node_->checker(), node_->receipts());
  };
  DAFTAR_EXPECT_OK(of(kMatchDays));
  EXPECT_THAT(of(kMatchDays + 1),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("more than 14 days after the order was invoiced")));
}

TEST_F(OrderOutcomesTest, WhatWasKnownBeforeTheCheckIsLearntFromByNobody) {
  const auto at_risk = [&](int64_t paid_days_before) {
    book::NamedOrder order = OrderOf(Today().PlusDays(-5), amount_);
    order.name = "order " + std::to_string(paid_days_before);
    const ReceiptId receipt = Ask(amount_);
    circle_.clock().Advance(1);
    order.order.receipt = book::ReceiptRef(receipt.array());
    order.order.terms_told = true;
    order.order.paid = Today().PlusDays(-paid_days_before);
    EXPECT_TRUE(RecordOutcome(order, {node_->ledger(), node_->checker(), node_->receipts()},
                              node_->outcomes(), policy_, Today())
                    .ok());
    const auto followed = node_->outcomes().Of(receipt);
    EXPECT_TRUE(followed.ok() && followed->has_value() && (*followed)->outcome == Outcome::kPaid);
    return (*followed)->at_risk;
  };
  EXPECT_TRUE(at_risk(0));
  EXPECT_TRUE(at_risk(1));  // the same day, where the shop is
  EXPECT_FALSE(at_risk(2));
}

// What was paid or given up late was known to be bad long before.
TEST_F(OrderOutcomesTest, ABadEndIsKnownFromItsFirstDay) {
  book::NamedOrder order = OrderOf(Today().PlusDays(-14), amount_);
  EXPECT_EQ(Became(order).known, Today().PlusDays(-3));
  order.order.written_off = Today();
  EXPECT_EQ(Became(order).on, Today());
  EXPECT_EQ(Became(order).known, Today().PlusDays(-3));
  order.order.written_off = evidence::Date();
  order.order.paid = Today();
  EXPECT_EQ(Became(order).outcome, Outcome::kLate);
  EXPECT_EQ(Became(order).known, Today().PlusDays(-3));
  order.order.due = Today();
  EXPECT_EQ(Became(order).known, Today());
}

TEST_F(OrderOutcomesTest, ACheckWithoutAnAmountIsOfAnyAmount) {
  const ReceiptId receipt = Ask(std::nullopt);
  EXPECT_EQ(Found(OrderOf(Today(), amount_)), receipt);
  EXPECT_EQ(Found(OrderOf(Today(), {1, kDollar})), receipt);
  DAFTAR_EXPECT_OK(Named(receipt, kBudi, {1, kDollar}));
}

TEST_F(OrderOutcomesTest, AReceiptWhoseBodyWasDeletedIsNoOrdersAnyMore) {
  const ReceiptId first = Ask(amount_);
  circle_.clock().Advance(1);
  const ReceiptId second = Ask(amount_);
  storage::Batch batch;
  batch.Delete(storage::Column::kReceipts, crypto::Writer().U8('r').Raw(second.view()).Take());
  DAFTAR_ASSERT_OK(node_->store().Write(std::move(batch)));
  EXPECT_EQ(Found(OrderOf(Today(), amount_)), first);
}

TEST_F(OrderOutcomesTest, AReceiptIsNamedByItsBuyerAndAmountOnly) {
  const ReceiptId receipt = Ask(amount_);
  DAFTAR_EXPECT_OK(Named(receipt, kBudi, amount_));
  const auto another_amount =
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("a check over"));
  EXPECT_THAT(Named(receipt, kBudi, {amount_.minor, kDollar}), another_amount);
  EXPECT_THAT(Named(receipt, kBudi, {amount_.minor + 1, kRupiah}), another_amount);
  EXPECT_THAT(Named(receipt, kBudi, {amount_.minor - 1, kRupiah}), another_amount);
  EXPECT_THAT(Named(receipt, "0812-9999-7001", amount_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another buyer")));
  EXPECT_THAT(Named(ReceiptId(), kBudi, amount_), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(OrderOutcomesTest, AnOutcomeIsOfTheDayOnWhichItWasSo) {
  const evidence::Date invoiced = Today().PlusDays(-400);
  book::NamedOrder order = OrderOf(invoiced, amount_);
  OrderOutcome became = Became(order);
  EXPECT_EQ(became.outcome, Outcome::kUnpaid);
  EXPECT_EQ(became.on, invoiced.PlusDays(int64_t{policy_.late_after_days} + 1));
  order.order.written_off = Today().PlusDays(-10);
  became = Became(order);
  EXPECT_EQ(became.outcome, Outcome::kUnpaid);
  EXPECT_EQ(became.on, Today().PlusDays(-10));
  order.order.paid = Today().PlusDays(-5);
  became = Became(order);
  EXPECT_EQ(became.outcome, Outcome::kLate);
  EXPECT_EQ(became.on, Today().PlusDays(-5));
  order.order.written_off = {};
  order.order.due = Today();
  became = Became(order);
  EXPECT_EQ(became.outcome, Outcome::kPaid);
}

TEST_F(OrderOutcomesTest, TermsThatWereToldDecideAloneWhetherAnOrderWasAtRisk) {
  using decision::Terms;
  OrderOutcome became;
  for (const Outcome outcome : {Outcome::kPaid, Outcome::kLate, Outcome::kUnpaid}) {
    became.outcome = outcome;
    for (const Effect answered : {Effect::kAccept, Effect::kDeposit, Effect::kPrepay}) {
      for (const Terms terms : {Terms::kCredit, Terms::kCod, Terms::kDeposit}) {
        became.terms = terms;
        EXPECT_TRUE(WasAtRisk(became, answered));
      }
      became.terms = Terms::kPrepaid;
      EXPECT_FALSE(WasAtRisk(became, answered));
    }
    // Nobody knows which of them were prepaid: none is learnt from, good or bad.
    became.terms = std::nullopt;
    EXPECT_TRUE(WasAtRisk(became, Effect::kDeposit));
    EXPECT_FALSE(WasAtRisk(became, Effect::kPrepay));
    EXPECT_FALSE(WasAtRisk(became, Effect::kDecline));
  }
}

TEST_F(OrderOutcomesTest, TermsAreToldByWhoeverTakesAnOrderAndNotByALedger) {
  book::NamedOrder order = OrderOf(Today(), amount_);
  EXPECT_FALSE(Became(order).terms.has_value());
  order.order.terms_told = true;
  EXPECT_EQ(Became(order).terms, decision::Terms::kCredit);
}

TEST_F(OrderOutcomesTest, AnIncidentSaysHowItsOrderEnded) {
  const uint32_t late = policy_.late_after_days;
  const evidence::Date due = Today().PlusDays(-30);
  const auto ends = [&](const decision::RemarkedOrder& order) {
    return OutcomeOf(order, Today(), late);
  };
  decision::RemarkedOrder order{OrderOf(due, amount_).order};
  EXPECT_EQ(ends(order), Outcome::kUnpaid);
  order.remark = decision::OrderRemark::kInQuestion;
  EXPECT_EQ(ends(order), Outcome::kUnknown);
  order.facts.paid = due;
  EXPECT_EQ(ends(order), Outcome::kPaid);
  order.remark = decision::OrderRemark::kBroken;
  EXPECT_EQ(ends(order), Outcome::kUnpaid);
  order.made_good = Today();
  EXPECT_EQ(ends(order), Outcome::kLate);
  order.made_good = {};
  order.facts.paid = Today();  // late, and taken back
  EXPECT_EQ(ends(order), Outcome::kUnpaid);
  order.facts.paid = {};
  order.facts.due = Today().PlusDays(9);  // did not turn up
  EXPECT_EQ(ends(order), Outcome::kUnpaid);
  order.made_good = Today();
  EXPECT_EQ(ends(order), Outcome::kUnknown);
}

}  // namespace
}  // namespace daftar::check
