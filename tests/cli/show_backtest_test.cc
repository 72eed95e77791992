#include "cli/show_backtest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Printed(const BacktestRun& run, const decision::BacktestReport& report) {
  std::ostringstream out;
  Print(out, run, report);
  return out.str();
}

decision::BacktestReport Report() {
  decision::BacktestReport report;
  report.orders = 100;
  report.judged = 90;
  report.scored_good = 30;
  report.scored_bad = 10;
  report.own.auc.mean = 0.8125;
  report.own.caught[2].mean = 0.25;
  report.own.money[2].push_back(
      {*evidence::Currency::FromCode("IDR"), 200'000'000, 50'000'000, 900'000'000, 100'000'000});
  report.effects.push_back({decision::Effect::kDecline, 1, 3, {}});
  return report;
}

TEST(ShowBacktestTest, FiguresAreToldForPeople) {
  BacktestRun run;
  run.policy = "aa";
  run.lines_refused = 2;
  run.refusals = {"ledger.csv, line 7: \033[2J"};
  const std::string text = Printed(run, Report());
  EXPECT_THAT(text, HasSubstr("100, 90 of them judged"));
  EXPECT_THAT(text, HasSubstr("25.0 %"));  // bad among those scored
  EXPECT_THAT(text, HasSubstr("25.0 % +- 0.0"));
  EXPECT_THAT(text, HasSubstr("0.81"));
  EXPECT_THAT(text, HasSubstr("IDR 500,000"));
  EXPECT_THAT(text, HasSubstr("75.0 %"));  // three of four that are declined
  EXPECT_THAT(text, HasSubstr("ledger.csv, line 7"));
  EXPECT_THAT(text, Not(HasSubstr("\033")));
  // Nothing of a liar or a picture that nobody asked for.
  EXPECT_THAT(text, Not(HasSubstr("One partner also reports")));
  EXPECT_THAT(text, Not(HasSubstr("Picture")));
}

TEST(ShowBacktestTest, FiguresAreOfOneRound) {
  decision::BacktestReport report = Report();
  report.effects = {{decision::Effect::kDecline, 10, 30, {}}};
  report.rules.push_back({decision::Rule::kExpectedRate, 10, 30, 2, 4});
  BacktestRun run;
  run.options.rounds = 20;
  std::string text = Printed(run, report);
  EXPECT_THAT(text, ContainsRegex("decline +2\\.0 +75\\.0 %"));
  EXPECT_THAT(text, ContainsRegex("expected-rate +2\\.0 +75\\.0 % +0\\.3 +66\\.7 %"));
  EXPECT_THAT(text, HasSubstr("contributed (mean of the rounds)"));
  EXPECT_THAT(text, HasSubstr("dealt at random 20 times"));
  run.options.rounds = 1;
  text = Printed(run, report);
  EXPECT_THAT(text, ContainsRegex("decline +40 +75\\.0 %"));
  EXPECT_THAT(text, ContainsRegex("expected-rate +40 +75\\.0 % +6 +66\\.7 %"));
  EXPECT_THAT(text, Not(HasSubstr("mean of the rounds")));
  EXPECT_THAT(text, Not(HasSubstr("+-")));
}

TEST(ShowBacktestTest, WhatHasNoAmountIsSaidToHaveNone) {
  decision::BacktestReport report = Report();
  BacktestRun run;
  EXPECT_THAT(Printed(run, report), Not(HasSubstr("without an amount")));
  EXPECT_THAT(Printed(run, report), Not(HasSubstr("learns")));
  report.own.money[2].push_back({{}, 5, 1, 0, 0});
  run.options.learnt_weights = true;
  EXPECT_THAT(Printed(run, report),
              ContainsRegex("own records alone, without an amount +1\\.0 orders +5\\.0 orders"));
  EXPECT_THAT(Printed(run, report), HasSubstr("as each shop learns them"));
}

TEST(ShowBacktestTest, OneShopHasNoPartners) {
  decision::BacktestReport report = Report();
  report.partners = report.own;
  BacktestRun run;
  EXPECT_THAT(Printed(run, report), HasSubstr("with partners"));
  run.options.shops = 1;
  const std::string text = Printed(run, report);
  EXPECT_THAT(text, Not(HasSubstr("with partners")));
  EXPECT_THAT(text, Not(HasSubstr("dealt at random")));
  EXPECT_THAT(text, HasSubstr("1, without partners"));
}

TEST(ShowBacktestTest, ALiarAndAPictureAreShownWhenThereAreAny) {
  BacktestRun run;
  run.picture = "p.svg";
  run.drawn = true;
  decision::BacktestReport report = Report();
  report.liar.emplace().hindered.mean = 0.07;
  EXPECT_THAT(Printed(run, report), HasSubstr("7.0 %"));
  EXPECT_THAT(Printed(run, report), HasSubstr("Picture: p.svg"));
  EXPECT_EQ(ToJson(run, report)["picture"], "p.svg");
  EXPECT_DOUBLE_EQ(ToJson(run, report)["liar"]["good_hindered"]["mean"].get<double>(), 0.07);
  run.drawn = false;
  EXPECT_THAT(Printed(run, report), Not(HasSubstr("Picture")));
  EXPECT_TRUE(ToJson(run, report)["picture"].is_null());
}

TEST(ShowBacktestTest, JsonHasEveryFieldOfTheReference) {
  const Json document = ToJson(BacktestRun(), Report());
  for (const char* field :
       {"files",          "policy",        "shops",       "rounds",         "seed",
        "learnt_weights", "lines_refused", "as_of",       "not_judged_yet", "later_orders",
        "orders",         "judged",        "scored_good", "scored_bad",     "own",
        "partners",       "by_partners",   "picture",     "liar",           "effects",
        "rules"}) {
    EXPECT_TRUE(document.contains(field)) << field;
  }
  EXPECT_TRUE(document["liar"].is_null());
  EXPECT_EQ(document["own"]["caught"].size(), decision::kHinderedShares.size());
  EXPECT_EQ(document["own"]["caught"][2]["money"][0]["currency"], "IDR");
  EXPECT_EQ(document["effects"][0]["effect"], "decline");
  EXPECT_EQ(document["effects"][0]["bad"], 3);
}

TEST(ShowBacktestTest, OfNothingScoredThereIsNoShare) {
  const std::string text = Printed(BacktestRun(), decision::BacktestReport());
  EXPECT_THAT(text, Not(HasSubstr("Bad among those")));
  EXPECT_THAT(text, Not(HasSubstr("nan")));
}

}  // namespace
}  // namespace daftar::cli
