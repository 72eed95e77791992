#include "node/decision/backtest.h"

#include <random>

#include "node/decision/backtest_plot.h"
#include "tests/support/status_matchers.h"

namespace daftar::decision {
namespace {

using Random = std::independent_bits_engine<std::mt19937, 32, uint32_t>;

using daftar::testing::IsOk;
using daftar::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kDay = 86'400;

// A third of the customers pay badly, at every shop alike.
History SomeHistory(size_t orders = 3000) {
  Random random(3);
  History history;
  history.customers = 150;
  for (size_t i = 0; i < orders; ++i) {
    PastOrder order;
    order.customer = random() % history.customers;
    order.at = 15'000 * kDay + static_cast<int64_t>(i) * 3600;
    order.known_at = order.at + 5 * kDay;
    order.bad = random() % 10 < (order.customer % 3 == 0 ? 7u : 1u);
    order.amount =
        evidence::Money{1000 + i % 7, *evidence::Currency::FromCode(i % 2 == 0 ? "USD" : "IDR")};
    history.orders.push_back(order);
  }
  return history;
}

BacktestOptions Small() {
  BacktestOptions options;
  options.shops = 5;
  options.rounds = 3;
  return options;
}

TEST(BacktestTest, TheLaterHalfIsScoredAndPartnersHelp) {
  const auto report = Backtest(SomeHistory(), DefaultPolicy(), Small());
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->orders, 3000u);
  EXPECT_EQ(report->judged, 3000u);
  EXPECT_EQ(report->scored_good + report->scored_bad, 1500u);
  EXPECT_GT(report->own.auc.mean, 0.6);
  EXPECT_GT(report->partners.auc.mean, report->own.auc.mean + 0.02);
  EXPECT_GT(report->partners.auc.deviation, 0);
  EXPECT_LE(report->partners.caught[0].mean, report->partners.caught[3].mean);
  EXPECT_DOUBLE_EQ(report->partners.roc[20], report->partners.caught[2].mean);
}

TEST(BacktestTest, TheSameSeedGivesTheSameAndAnotherDoesNot) {
  const History history = SomeHistory();
  BacktestOptions options = Small();
  const auto first = Backtest(history, DefaultPolicy(), options);
  const auto again = Backtest(history, DefaultPolicy(), options);
  options.seed = 2;
  const auto other = Backtest(history, DefaultPolicy(), options);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(again, IsOk());
  ASSERT_THAT(other, IsOk());
  EXPECT_EQ(first->partners.auc.mean, again->partners.auc.mean);
  EXPECT_EQ(first->partners.roc, again->partners.roc);
  EXPECT_NE(first->partners.auc.mean, other->partners.auc.mean);
}

TEST(BacktestTest, UnjudgedOrdersAreKnownButNotScored) {
  History history = SomeHistory();
  for (size_t i = 0; i < 2000; ++i) history.orders[i].judged = false;
  const auto report = Backtest(history, DefaultPolicy(), Small());
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->judged, 1000u);
  EXPECT_EQ(report->scored_good + report->scored_bad, 500u);
  EXPECT_GT(report->own.auc.mean, 0.6);
}

TEST(BacktestTest, MoneyStaysInItsCurrencyAndAddsUp) {
  const History history = SomeHistory();
  const auto report = Backtest(history, DefaultPolicy(), Small());
  ASSERT_THAT(report, IsOk());
  const auto& money = report->partners.money[2];
  ASSERT_EQ(money.size(), 2u);
  EXPECT_EQ(money[0].currency.code(), "IDR");
  EXPECT_EQ(money[1].currency.code(), "USD");
  for (const MoneyShare& share : money) {
    double loss = 0;
    for (size_t i = 1500; i < 3000; ++i) {
      const PastOrder& order = history.orders[i];
      if (order.bad && order.amount->currency == share.currency) {
        loss += static_cast<double>(order.amount->minor);
      }
    }
    EXPECT_NEAR(share.loss, loss, 1e-6);
    EXPECT_GT(share.loss_avoided, 0);
    EXPECT_LT(share.loss_avoided, share.loss);
    EXPECT_NEAR(share.sales_hindered / share.sales, 0.02, 0.01);
  }
  double by_effect = 0;
  for (const EffectReport& effect : report->effects) {
    for (const MoneyShare& share : effect.money) by_effect += share.loss;
  }
  EXPECT_NEAR(by_effect, money[0].loss + money[1].loss, 1e-6);
}

TEST(BacktestTest, EveryOrderIsDecidedByOneRule) {
  const auto report = Backtest(SomeHistory(), DefaultPolicy(), Small());
  ASSERT_THAT(report, IsOk());
  uint64_t good = 0;
  uint64_t bad = 0;
  for (const RuleReport& rule : report->rules) {
    good += rule.decided_good;
    bad += rule.decided_bad;
    EXPECT_LE(rule.raised_bad, rule.decided_bad);
    if (rule.rule == Rule::kNothingKnown) {
      EXPECT_EQ(rule.raised_bad + rule.raised_good, 0u);
    }
  }
  EXPECT_EQ(good, 3 * report->scored_good);
  EXPECT_EQ(bad, 3 * report->scored_bad);
}

TEST(BacktestTest, NoPartnersAreTheOwnRecordAndAllAreAll) {
  BacktestOptions options = Small();
  options.partner_curve = true;
  const auto report = Backtest(SomeHistory(), DefaultPolicy(), options);
  ASSERT_THAT(report, IsOk());
  ASSERT_EQ(report->by_partners.size(), 5u);
  EXPECT_EQ(report->by_partners.front().roc, report->own.roc);
  EXPECT_EQ(report->by_partners.back().roc, report->partners.roc);
  EXPECT_GT(report->by_partners[3].auc.mean, report->by_partners[1].auc.mean);
}

TEST(BacktestTest, ALiarHindersLessWhereWeightsAreLearnt) {
  BacktestOptions options = Small();
  options.liar = true;
  const auto believed = Backtest(SomeHistory(), DefaultPolicy(), options);
  options.learnt_weights = true;
  const auto learnt = Backtest(SomeHistory(), DefaultPolicy(), options);
  ASSERT_THAT(believed, IsOk());
  ASSERT_THAT(learnt, IsOk());
  EXPECT_GT(believed->liar->hindered.mean, kLiarBaseline);
  EXPECT_LT(learnt->liar->hindered.mean, believed->liar->hindered.mean);
}

TEST(BacktestTest, PartiesStayTogether) {
  History history = SomeHistory();
  history.parties = 2;
  for (PastOrder& order : history.orders) order.party = order.customer % 2;
  BacktestOptions options = Small();
  options.shops = 2;
  options.parties_are_shops = true;
  // No customer goes to two shops, so partners know nothing about anybody.
  const auto report = Backtest(history, DefaultPolicy(), options);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->partners.roc, report->own.roc);
  EXPECT_EQ(report->partners.auc.deviation, 0);
  options.shops = 1;
  EXPECT_THAT(Backtest(history, DefaultPolicy(), options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("more parties")));
}

TEST(BacktestTest, RefusesWhatItCannotRun) {
  BacktestOptions options = Small();
  const auto refused = [&] {
    return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1 to 64 shops"));
  };
  options.shops = 0;
  EXPECT_THAT(Backtest(SomeHistory(), DefaultPolicy(), options), refused());
  options.shops = 65;
  EXPECT_THAT(Backtest(SomeHistory(), DefaultPolicy(), options), refused());
  options = Small();
  options.rounds = 0;
  EXPECT_THAT(Backtest(SomeHistory(), DefaultPolicy(), options), refused());
  History good = SomeHistory();
  for (PastOrder& order : good.orders) order.bad = false;
  EXPECT_THAT(Backtest(good, DefaultPolicy(), Small()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("good and bad outcomes")));
  EXPECT_THAT(Backtest({}, DefaultPolicy(), Small()), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(BacktestTest, StopsAtOnceWhenCancelledAndTellsHowFarItIs) {
  int asked = 0;
  const auto cancelled = [&asked] { return ++asked > 1; };
  EXPECT_THAT(Backtest(SomeHistory(), DefaultPolicy(), Small(), nullptr, cancelled),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(asked, 2);
  uint64_t last = 0;
  uint64_t of = 0;
  const auto progress = [&](uint64_t done, uint64_t all) {
    EXPECT_GT(done, last);
    last = done;
    of = all;
  };
  ASSERT_THAT(Backtest(SomeHistory(), DefaultPolicy(), Small(), progress), IsOk());
  EXPECT_EQ(of, 3u * 6000u);
  EXPECT_LE(last, of);
  EXPECT_GT(last, of / 2);
}

TEST(BacktestPlotTest, DataHasTheCurveAndThePartners) {
  BacktestOptions options = Small();
  options.partner_curve = true;
  const auto report = Backtest(SomeHistory(), DefaultPolicy(), options);
  ASSERT_THAT(report, IsOk());
  const std::string data = PlotData(*report);
  EXPECT_THAT(data, HasSubstr("\n10.0000 "));
  EXPECT_THAT(data, HasSubstr("\n\n\n# partners"));
  const auto script = PlotScript(*report, "it's.dat", "a.svg");
  ASSERT_THAT(script, IsOk());
  EXPECT_THAT(*script, HasSubstr("set output 'a.svg'"));
  EXPECT_THAT(*script, HasSubstr("'it''s.dat' index 0"));
  EXPECT_THAT(*script, HasSubstr("index 1 using 1:3 with linespoints"));
  EXPECT_THAT(*script, HasSubstr("title 'orders in USD'"));
  EXPECT_THAT(PlotScript(*report, "a.dat", "a.gif"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(".svg or .png")));
  EXPECT_THAT(PlotScript(*report, "a.dat\nsystem 'x'", "a.png"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("control characters")));
}

TEST(BacktestPlotTest, OrdersAreCountedOnlyWhereNoAmountIsKnown) {
  BacktestOptions options = Small();
  options.partner_curve = true;
  History history = SomeHistory();
  for (size_t i = 2900; i < history.orders.size(); ++i) history.orders[i].amount.reset();
  auto report = Backtest(history, DefaultPolicy(), options);
  ASSERT_THAT(report, IsOk());
  auto script = PlotScript(*report, "a.dat", "a.png");
  ASSERT_THAT(script, IsOk());
  EXPECT_THAT(*script, Not(HasSubstr("amounts are not known")));
  EXPECT_THAT(*script, HasSubstr("plot 'a.dat' index 1 using 1:3 with linespoints"));
  for (PastOrder& order : history.orders) order.amount.reset();
  report = Backtest(history, DefaultPolicy(), options);
  ASSERT_THAT(report, IsOk());
  script = PlotScript(*report, "a.dat", "a.png");
  ASSERT_THAT(script, IsOk());
  EXPECT_THAT(*script, HasSubstr("index 1 using 1:2 with linespoints"));
  EXPECT_THAT(*script, HasSubstr("amounts are not known"));
}

}  // namespace
}  // namespace daftar::decision
