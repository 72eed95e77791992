#include "node/check/worth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::check {
namespace {

using ::daftar::testing::Day;
using ::daftar::testing::Phone;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using decision::Effect;

constexpr int64_t kDaySeconds = 24 * 3600;

evidence::Currency Idr() { return *evidence::Currency::FromCode("IDR"); }

WorthCheck Hindered(uint64_t minor, uint32_t risk_ppm = 200'000) {
  WorthCheck check;
  check.time = {Day("2026-11-01").days() * kDaySeconds * 1000};
  check.answered = check.stood = Effect::kPrepay;
  check.risk_ppm = risk_ppm;
  check.amount = {minor, Idr()};
  return check;
}

WorthCheck Accepted(Outcome outcome, uint32_t risk_ppm = 100'000) {
  WorthCheck check = Hindered(1000, risk_ppm);
  check.answered = check.stood = Effect::kAccept;
  check.outcome = outcome;
  check.at_risk = true;
  return check;
}

TEST(CalibrationTest, WithoutOrdersNothingIsCorrectedAndNothingIsBounded) {
  const CalibrationFactor factor = FactorOf({});
  EXPECT_DOUBLE_EQ(factor.best, 1);
  EXPECT_DOUBLE_EQ(factor.least, 0);
  EXPECT_FALSE(factor.bounded);
}

TEST(CalibrationTest, TheBoundsAreWilsonsOfNineInTen) {
  const CalibrationFactor as_expected = FactorOf({100, 10, 10});
  EXPECT_DOUBLE_EQ(as_expected.best, 1);
  EXPECT_NEAR(as_expected.least, 0.607187, 1e-6);
  EXPECT_NEAR(as_expected.most, 1.603555, 1e-6);
  const CalibrationFactor worse = FactorOf({100, 20, 10});
  EXPECT_NEAR(worse.best, 1.909091, 1e-6);
  EXPECT_NEAR(worse.least, 1.425018, 1e-6);
  EXPECT_NEAR(worse.most, 2.733038, 1e-6);
  // A few good orders prove little.
  const CalibrationFactor few = FactorOf({4, 0, 0.4});
  EXPECT_NEAR(few.best, 0.714286, 1e-6);
  EXPECT_NEAR(few.least, 0, 1e-9);
  EXPECT_NEAR(few.most, 4.034786, 1e-6);
}

TEST(LossSumsTest, WithoutAnyAcceptedOrderTheBoundsAreNothingAndEverything) {
  LossSums sums;
  for (int i = 0; i < 10; ++i) sums.Add(200'000, 1000);
  const WorthMoney money = sums.Estimate(Idr(), FactorOf({}));
  EXPECT_EQ(money.hindered_minor, 10'000u);
  EXPECT_EQ(money.avoided_minor, 2000u);
  EXPECT_EQ(money.avoided_least_minor, 0u);
  EXPECT_EQ(money.avoided_most_minor, 10'000u);
}

TEST(LossSumsTest, ManyOrdersNarrowTheBoundsToWhatTheRateMayBe) {
  LossSums sums;
  for (int i = 0; i < 1000; ++i) sums.Add(200'000, 1000);
  const WorthMoney money = sums.Estimate(Idr(), FactorOf({100, 10, 10}));
  EXPECT_EQ(money.avoided_minor, 200'000u);
  EXPECT_EQ(money.avoided_least_minor, 104'447u);
  EXPECT_EQ(money.avoided_most_minor, 344'989u);
}

TEST(LossSumsTest, FewOrdersAreHardToTell) {
  LossSums sums;
  for (int i = 0; i < 10; ++i) sums.Add(200'000, 1000);
  const WorthMoney money = sums.Estimate(Idr(), FactorOf({100, 10, 10}));
  EXPECT_EQ(money.avoided_least_minor, 0u);
  EXPECT_EQ(money.avoided_most_minor, 5635u);
}

TEST(LossSumsTest, NoMoreIsAvoidedThanWasHindered) {
  LossSums sums;
  sums.Add(1'000'000, 1000);
  sums.AddKnown(500);
  const WorthMoney money = sums.Estimate(Idr(), FactorOf({10, 10, 1}));
  EXPECT_EQ(money.hindered_minor, 1500u);
  EXPECT_EQ(money.avoided_minor, 1000u);
  EXPECT_LE(money.avoided_most_minor, 1500u);
}

TEST(WorthBuilderTest, CountsWhatStoodInTheEndByMonthAndGroup) {
  WorthBuilder builder;
  for (int i = 0; i < 90; ++i) builder.Add(Accepted(i % 2 == 0 ? Outcome::kPaid : Outcome::kLate));
  for (int i = 0; i < 10; ++i) builder.Add(Accepted(Outcome::kUnpaid));
  for (int i = 0; i < 10; ++i) builder.Add(Hindered(1000));
  WorthCheck other = Hindered(5000);  // a person let the order through, and it was not paid
  other.stood = Effect::kAccept;
  other.outcome = Outcome::kUnpaid;
  other.time = {Day("2026-10-31").days() * kDaySeconds * 1000};
  other.group = "vip";
  builder.Add(other);
  WorthCheck paid = Hindered(7000);  // asked for a deposit, and paid
  paid.answered = Effect::kAccept;
  paid.stood = Effect::kDeposit;
  paid.outcome = Outcome::kPaid;
  builder.Add(paid);
  const WorthReport report = std::move(builder).Finish();

  ASSERT_EQ(report.months.size(), 2u);
  EXPECT_EQ(report.months[0].month, "2026-10");
  EXPECT_EQ(report.months[0].checks, 1u);
  EXPECT_EQ(report.months[0].hindered, 0u);
  EXPECT_EQ(report.months[0].accepted_unpaid, 1u);
  EXPECT_TRUE(report.months[0].money.empty());
  const WorthRow& november = report.months[1];
  EXPECT_EQ(november.month, "2026-11");
  EXPECT_EQ(november.checks, 111u);
  EXPECT_EQ(november.hindered, 11u);
  EXPECT_EQ(november.accepted_paid, 90u);
  EXPECT_EQ(november.accepted_unpaid, 10u);
  EXPECT_EQ(november.hindered_paid, 1u);
  EXPECT_EQ(november.hindered_unpaid, 0u);
  ASSERT_EQ(november.money.size(), 1u);
  EXPECT_EQ(november.money[0].hindered_minor, 17'000u);
  EXPECT_EQ(november.money[0].avoided_minor, 2000u);  // nothing by the one that was paid
  ASSERT_EQ(report.groups.size(), 2u);
  EXPECT_EQ(report.groups[0].group, "");
  EXPECT_EQ(report.groups[1].group, "vip");
  EXPECT_EQ(report.groups[1].checks, 1u);
  EXPECT_EQ(report.all.checks, 112u);
  // By what was answered.
  EXPECT_EQ(report.effects.at(Effect::kAccept), 101u);
  EXPECT_EQ(report.effects.at(Effect::kPrepay), 11u);
}

TEST(WorthBuilderTest, ACheckThatWasRepeatedIsCountedAndItsMoneyOnce) {
  WorthBuilder builder;
  builder.Add(Hindered(1000));
  WorthCheck again = Hindered(1000);
  again.repeats = true;
  builder.Add(again);
  const WorthReport report = std::move(builder).Finish();
  EXPECT_EQ(report.all.hindered, 2u);
  ASSERT_EQ(report.all.money.size(), 1u);
  EXPECT_EQ(report.all.money[0].hindered_minor, 1000u);
}

class WorthReportTest : public ::testing::Test {
 protected:
  // Nobody knows the buyer and no partner is there: a person looks.
  ReceiptId Ask(const std::string& phone, uint64_t minor) {
    Question question;
    question.identifiers = {Phone(phone)};
    question.order.amount = evidence::Money{minor, Idr()};
    auto answer = node_->checker().Check({"uid:0", ""}, question);
    EXPECT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->decision.verdict.effect, Effect::kReview);
    return answer->receipt;
  }
  absl::StatusOr<WorthReport> Report(const std::string& from, const std::string& to) {
    return ReportWorth(node_->receipts(), node_->outcomes(), Day(from), Day(to));
  }

  SimCircle circle_;  // 2026-11-01
  SimNode& node_ = circle_.Add("toko-a.test");
};

TEST_F(WorthReportTest, TheDecisionLogIsReadForThePeriodWithWhatBecameOfEachCheck) {
  Ask("0812-3456-7890", 400'000'000);
  Ask("0812-3456-7890", 400'000'000);  // again, the same order
  const ReceiptId let_through = Ask("0812-9999-7001", 500'000'000);
  DAFTAR_ASSERT_OK(node_->outcomes().OverrideDecision({"user:budi", "one"}, let_through,
                                                      Effect::kAccept, "an old friend"));
  OrderOutcome became;
  became.order = "order";
  became.receipt = let_through;
  became.named = true;
  became.outcome = Outcome::kUnpaid;
  became.on = became.known = Day("2026-11-01");
  DAFTAR_ASSERT_OK(node_->outcomes().Record(became, decision::DefaultPolicy()));
  circle_.clock().Advance(40 * kDaySeconds);  // 2026-12-11
  Ask("0812-3456-7890", 400'000'000);         // another order by now

  auto all = Report("2026-11-01", "2026-12-31");
  DAFTAR_ASSERT_OK(all);
  ASSERT_EQ(all->months.size(), 2u);
  EXPECT_EQ(all->months[0].checks, 3u);
  EXPECT_EQ(all->months[0].hindered, 2u);
  EXPECT_EQ(all->months[0].accepted_unpaid, 1u);
  ASSERT_EQ(all->months[0].money.size(), 1u);
  EXPECT_EQ(all->months[0].money[0].hindered_minor, 400'000'000u);
  EXPECT_EQ(all->all.money[0].hindered_minor, 800'000'000u);
  EXPECT_GT(all->all.money[0].avoided_minor, 0u);
  EXPECT_LE(all->all.money[0].avoided_least_minor, all->all.money[0].avoided_minor);
  EXPECT_LE(all->all.money[0].avoided_minor, all->all.money[0].avoided_most_minor);
  EXPECT_EQ(all->effects.at(Effect::kReview), 4u);
  // Both days are in it.
  EXPECT_EQ(Report("2026-12-11", "2026-12-11")->all.checks, 1u);
  EXPECT_EQ(Report("2026-12-12", "2026-12-31")->all.checks, 0u);
  EXPECT_EQ(Report("2026-11-01", "2026-12-10")->all.checks, 3u);
  EXPECT_THAT(Report("2026-12-02", "2026-12-01"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ReportWorth(node_->receipts(), node_->outcomes(), Day("2026-11-01"),
                          Day("2026-12-31"), [] { return true; }),
              StatusIs(absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace daftar::check
