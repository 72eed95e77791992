#include "node/decision/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/status_matchers.h"

namespace daftar::decision {
namespace {

using daftar::testing::IsOk;
using daftar::testing::IsOkAndHolds;
using daftar::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

TEST(DecayedTest, FollowsTheCurveWithinSixInAHundredThousand) {
  for (const uint32_t half_life : {1u, 30u, 180u, 365u, 730u, 36500u}) {
    for (uint64_t age = 0; age < 3000; age += 7) {
      const double exact = 1e6 * std::exp2(-static_cast<double>(age) / half_life);
      EXPECT_NEAR(static_cast<double>(Decayed(kPpm, age, half_life)), exact, exact * 6e-5 + 1.0);
    }
  }
}

TEST(DecayedTest, NeverRisesWithAgeAndHalvesExactly) {
  for (const uint32_t half_life : {1u, 7u, 32u, 33u, 180u, 365u}) {
    uint64_t before = kPpm;
    for (uint64_t age = 0; age < 5 * half_life + 5; ++age) {
      const uint64_t now = Decayed(kPpm, age, half_life);
      ASSERT_LE(now, before);
      before = now;
    }
    EXPECT_EQ(Decayed(kPpm, 0, half_life), kPpm);
    EXPECT_EQ(Decayed(kPpm, half_life, half_life), kPpm / 2);
    EXPECT_EQ(Decayed(kPpm, 3ULL * half_life, half_life), kPpm / 8);
  }
  EXPECT_EQ(Decayed(kPpm, ~uint64_t{0}, 1), 0u);
}

TEST(PriorFromTest, IsDrawnTowardThePolicysPriorWhileOrdersAreFew) {
  const Policy& policy = DefaultPolicy();
  EXPECT_EQ(PriorFrom(0, 0, policy), 50'000u);
  EXPECT_EQ(PriorFrom(20, 100, policy), 125'000u);  // (20 + 5) / 200
  EXPECT_NEAR(PriorFrom(20'000, 100'000, policy), 200'000u, 200);
  EXPECT_EQ(PriorFrom(50, 10, policy), PriorFrom(10, 10, policy));
}

TEST(PolicyTest, DefaultsAreValidAndTheirHashStays) {
  EXPECT_THAT(DefaultPolicy().Check(), IsOk());
  // Receipts name this hash: a change of defaults or of the encoding is a change of policy.
  EXPECT_EQ(DefaultPolicy().Hash().hex(),
            "93bb046e4a933bdbb79f60d064a59ce4600c7174998da2c257a4cd714194aa66");
}

TEST(PolicyTest, EncodingRoundTrips) {
  Policy policy = DefaultPolicy();
  policy.prior_ppm = 123;
  policy.partners_cap = Effect::kReview;
  policy.reasons[evidence::Reason::kNoShow] = {1, 2};
  EXPECT_THAT(Policy::Decode(policy.Encode()), IsOkAndHolds(policy));
}

TEST(PolicyTest, EveryFieldIsInTheHash) {
  const auto differs = [](auto change) {
    Policy policy = DefaultPolicy();
    change(policy);
    EXPECT_NE(policy.Hash(), DefaultPolicy().Hash());
  };
  for (uint32_t Policy::*field : {&Policy::prior_ppm,
                                  &Policy::k_ppm,
                                  &Policy::prior_orders,
                                  &Policy::partner_weight_ppm,
                                  &Policy::max_partner_weight_ppm,

                                  &Policy::settled_share_ppm,
                                  &Policy::late_after_days,
                                  &Policy::late_paid_ppm,
                                  &Policy::unpaid_ppm,
                                  &Policy::own_half_life_days,
                                  &Policy::deposit_at_ppm,
                                  &Policy::prepay_at_ppm,
                                  &Policy::review_at_ppm,
                                  &Policy::decline_at_ppm,
                                  &Policy::debt_deposit_days,
                                  &Policy::debt_prepay_days,
                                  &Policy::local_review_ppm,
                                  &Policy::local_part_well_ppm,
                                  &Policy::further_kind_ppm,
                                  &Policy::shop_at_fault_ppm,
                                  &Policy::told_in_time_ppm,
                                  &Policy::kept_plan_ppm,
                                  &Policy::cod_share_ppm,
                                  &Policy::unusual_times,
                                  &Policy::unusual_least_orders,
                                  &Policy::deposit_share_ppm,
                                  &Policy::first_slip_orders,
                                  &Policy::plan_orders,
                                  &Policy::plan_instalments,
                                  &Policy::plan_interval_days}) {
    differs([field](Policy& policy) { policy.*field += 1; });
  }
  differs([](Policy& policy) { policy.partners_cap = Effect::kReview; });
  differs([](Policy& policy) { policy.stale_cap = Effect::kAccept; });
  differs([](Policy& policy) { policy.reasons[evidence::Reason::kKickback].severity_ppm = 7; });
}

TEST(PolicyTest, ValuesOutOfBoundsAreRefusedByName) {
  const auto refused = [](std::string_view name, auto change) {
    Policy policy = DefaultPolicy();
    change(policy);
    EXPECT_THAT(policy.Check(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(std::string(name))));
    EXPECT_THAT(Policy::Decode(policy.Encode()), Not(IsOk()));
  };
  refused("rate.prior_ppm", [](Policy& p) { p.prior_ppm = 1'000'001; });
  refused("rate.k_ppm", [](Policy& p) { p.k_ppm = 0; });
  refused("partners.weight_ppm", [](Policy& p) { p.partner_weight_ppm = 2'000'001; });
  refused("thresholds.prepay_ppm", [](Policy& p) { p.prepay_at_ppm = p.deposit_at_ppm - 1; });
  refused("thresholds.decline_ppm", [](Policy& p) { p.decline_at_ppm = p.review_at_ppm - 1; });
  refused("caps.partners", [](Policy& p) { p.partners_cap = Effect::kDecline; });
  refused("caps.stale", [](Policy& p) { p.stale_cap = Effect::kReview; });
  refused("debt.prepay_days", [](Policy& p) { p.debt_prepay_days = 0; });
  refused("no-show", [](Policy& p) { p.reasons.erase(evidence::Reason::kNoShow); });
  refused("no-show.half_life_days",
          [](Policy& p) { p.reasons[evidence::Reason::kNoShow].half_life_days = 0; });
}

TEST(PolicyTest, AlteredEncodingIsRefused) {
  const crypto::Bytes good = DefaultPolicy().Encode();
  for (size_t length = 0; length < good.size(); ++length) {
    EXPECT_THAT(Policy::Decode(crypto::ByteView(good).first(length)), Not(IsOk()));
  }
  crypto::Bytes longer = good;
  longer.push_back(0);
  EXPECT_THAT(Policy::Decode(longer), Not(IsOk()));
  crypto::Bytes version = good;
  version[4] = 1;
  EXPECT_THAT(Policy::Decode(version), Not(IsOk()));
}

TEST(PolicyFileTest, TheFileOfAPolicyGivesThePolicyBack) {
  EXPECT_THAT(Policy::Parse(DefaultPolicy().ToToml()), IsOkAndHolds(DefaultPolicy()));
  Policy own = DefaultPolicy();
  own.prior_ppm = 123;
  own.plan_instalments = 4;
  own.partners_cap = Effect::kReview;
  own.stale_cap = Effect::kAccept;
  own.reasons[evidence::Reason::kNoShow] = {1, 2};
  const std::string text = own.ToToml();
  EXPECT_THAT(Policy::Parse(text), IsOkAndHolds(own));
  EXPECT_THAT(text, HasSubstr("deposit_ppm = 100000  # 10 %: expected bad rate from which"));
  EXPECT_THAT(text, HasSubstr("prior_ppm = 123  # 0.0123 %"));
}

TEST(PolicyFileTest, WhatAFileLeavesOutIsTheDefault) {
  Policy own = DefaultPolicy();
  own.deposit_at_ppm = 90'000;
  EXPECT_THAT(Policy::Parse("version = 1\n[thresholds]\ndeposit_ppm = 90000\n"), IsOkAndHolds(own));
  EXPECT_THAT(Policy::Parse("version = 1\n"), IsOkAndHolds(DefaultPolicy()));
}

TEST(PolicyFileTest, FaultsAreNamedWithLineAndColumn) {
  const auto fault = [](const std::string& text, std::string_view words) {
    EXPECT_THAT(Policy::Parse(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(std::string(words))));
  };
  fault("", "'version' is missing");
  fault("version = 2\n", "line 1, column 11");
  fault("version = 1\n[thresholds]\ndeposit = 5\n", "line 3, column 1");
  fault("version = 1\n[threshold]\n", "threshold");
  fault("version = 1\n[thresholds]\n  deposit_ppm = 1000001\n", "line 3, column 17");
  fault("version = 1\n[thresholds]\ndeposit_ppm = \"10 %\"\n", "thresholds.deposit_ppm");
  fault("version = 1\n[thresholds]\nprepay_ppm = 5\n", "line 3, column 14");
  fault("version = 1\n[caps]\npartners = \"decline\"\n", "caps.partners");
  fault("version = 1\n[caps]\npartners = \"never\"\n", "must be \"accept\", \"deposit\"");
  fault("version = 1\n[reasons.rude]\nweight_ppm = 1\n", "rude");
  fault("version = 1\n[reasons.no-show]\nhalf_life_days = 0\n", "half_life_days");
  fault("version = 1\n[reasons.no-show]\nhalflife = 1\n", "halflife");
  fault("version = 1\nthis is not toml", "line 2");
}

// "LINE:COLUMN MESSAGE" of each fault.
std::vector<std::string> FaultsOf(const std::string& text) {
  std::vector<evidence::TomlFault> faults;
  const bool taken = Policy::Parse(text, faults).has_value();
  EXPECT_EQ(taken, faults.empty());
  std::vector<std::string> shown;
  for (const evidence::TomlFault& fault : faults) {
    shown.push_back(std::to_string(fault.line) + ":" + std::to_string(fault.column) + " " +
                    fault.message);
  }
  return shown;
}

TEST(PolicyFileTest, EveryFaultIsToldInTheOrderOfTheFile) {
  EXPECT_THAT(FaultsOf("version = 2\n"
                       "[thresholds]\n"
                       "prepay_ppm = 0.25\n"
                       "deposit = 5\n"
                       "[reasons.rude]\n"
                       "weight_ppm = 1\n"
                       "[caps]\n"
                       "partners = \"decline\"\n"
                       "[debt]\n"
                       "deposit_days = \"soon\"\n"),
              ElementsAre(AllOf(StartsWith("1:11 'version' is 2"), HasSubstr("write version = 1")),
                          AllOf(StartsWith("3:14 'thresholds.prepay_ppm' must be"),
                                HasSubstr("5 % is 50000")),
                          AllOf(StartsWith("4:1 unknown key 'deposit'"), HasSubstr("deposit_ppm")),
                          AllOf(StartsWith("5:"), HasSubstr("rude")),
                          AllOf(StartsWith("8:"), HasSubstr("\"review\"")),
                          AllOf(StartsWith("10:"), HasSubstr("not \"soon\""))));
  EXPECT_THAT(FaultsOf("version = 1\n"), IsEmpty());
  EXPECT_THAT(FaultsOf("version = 1\n\n[thresholds\n"), ElementsAre(StartsWith("3:")));
  EXPECT_THAT(FaultsOf("[rate]\nk_ppm = 1\n"),
              ElementsAre(AllOf(HasSubstr("'version' is missing"), HasSubstr("version = 1"))));
}

TEST(PolicyFileTest, WhatIsNoShareIsNotWrittenAsPercent) {
  Policy policy = DefaultPolicy();
  policy.k_ppm = 2'500'000;
  const std::string text = policy.ToToml();
  for (const char* line :
       {"k_ppm = 2500000  # 2.5 orders: the prior weighs as much as so many\n",
        "max_weight_ppm = 2000000  # 2 bad orders: ", "\nweight_ppm = 1000000  # 1 bad order: ",
        "late_paid_ppm = 500000  # 0.5 bad orders: ", "part_well_ppm = 1500000  # 1.5 bad orders: ",
        "deposit_ppm = 100000  # 10 %: ", "weight_ppm = 750000  # 0.75 bad orders: "}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  // No number past a whole is a share of one.
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const size_t percent = line.find(" %");
    if (percent == std::string::npos) continue;
    const size_t from = line.find("# ") + 2;
    EXPECT_LE(std::stod(line.substr(from, percent - from)), 100) << line;
  }
  EXPECT_THAT(FaultsOf("version = 1\n[rate]\nk_ppm = \"four\"\n"),
              ElementsAre(HasSubstr("one order is 1000000")));
}

TEST(PolicyFileTest, FaultsAreBounded) {
  std::string text = "version = 1\n";
  for (int i = 0; i < 100; ++i) text += "k" + std::to_string(i) + " = 1\n";
  EXPECT_EQ(FaultsOf(text).size(), evidence::kMaxTomlFaults);
}

// What stands in the file is blamed, never a default that nobody wrote.
TEST(PolicyFileTest, AValueThatADefaultContradictsIsBlamedWithTheDefault) {
  EXPECT_THAT(FaultsOf("version = 1\n[thresholds]\ndeposit_ppm = 300000\n"),
              ElementsAre("3:15 'thresholds.deposit_ppm' is 300000, and must not be more than "
                          "thresholds.prepay_ppm, which is 200000 by default; change it, or give "
                          "thresholds.prepay_ppm a value of its own too"));
  EXPECT_THAT(FaultsOf("version = 1\n[thresholds]\nprepay_ppm = 5\n"),
              ElementsAre(AllOf(StartsWith("3:14 'thresholds.prepay_ppm' is 5"),
                                HasSubstr("thresholds.deposit_ppm, which is 100000 by default"))));
  EXPECT_THAT(FaultsOf("version = 1\n[partners]\nmax_weight_ppm = 5\n"),
              ElementsAre(AllOf(StartsWith("3:18 'partners.max_weight_ppm' is 5"),
                                HasSubstr("partners.weight_ppm, which is 1000000 by default"))));
  EXPECT_THAT(FaultsOf("version = 1\n[caps]\npartners = \"accept\"\n"),
              ElementsAre(AllOf(StartsWith("3:12 'caps.partners' is accept"),
                                HasSubstr("caps.stale, which is deposit by default"))));
  EXPECT_THAT(FaultsOf("version = 1\n[debt]\ndeposit_days = 12\n"),
              ElementsAre(AllOf(StartsWith("3:16 'debt.deposit_days' is 12"),
                                HasSubstr("debt.prepay_days, which is 11 by default"))));
}

TEST(PolicyFileTest, OneContradictionIsToldOnce) {
  EXPECT_THAT(FaultsOf("version = 1\n[thresholds]\ndeposit_ppm = 400000\nprepay_ppm = 300000\n"),
              ElementsAre(AllOf(StartsWith("4:14 'thresholds.prepay_ppm' is 300000"),
                                HasSubstr("deposit_ppm, which is 400000; change one of the two"))));
  // A value that cannot be read is compared with nothing.
  EXPECT_THAT(FaultsOf("version = 1\n[thresholds]\ndeposit_ppm = 300000\nprepay_ppm = \"x\"\n"),
              ElementsAre(StartsWith("4:14")));
}

}  // namespace
}  // namespace daftar::decision
