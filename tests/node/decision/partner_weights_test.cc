#include "node/decision/partner_weights.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/node/decision/inputs.h"

namespace daftar::decision {
namespace {

using Random = std::independent_bits_engine<std::mt19937, 32, uint32_t>;

constexpr ExpectedGain kFresh{0, 100'000, 200'000};  // 10 % without the report, 30 % with it

PartnerOutcomes After(uint64_t orders, uint64_t bad, const ExpectedGain& expected = kFresh) {
  PartnerOutcomes outcomes;
  for (uint64_t i = 0; i < orders; ++i) outcomes.Add(expected, i < bad ? kPpm : 0);
  return outcomes;
}

uint32_t Weight(uint64_t orders, uint64_t bad) {
  return LearntWeight(After(orders, bad), DefaultPolicy());
}

TEST(PartnerWeightsTest, NothingLearntIsThePolicysWeight) {
  EXPECT_EQ(LearntWeight({}, DefaultPolicy()), DefaultPolicy().partner_weight_ppm);
  Policy policy = DefaultPolicy();
  policy.partner_weight_ppm = 700'000;
  EXPECT_EQ(LearntWeight({}, policy), 700'000u);
}

TEST(PartnerWeightsTest, WhatWasExpectedKeepsThePolicysWeight) {
  for (const uint64_t orders : {10u, 100u, 1000u}) {
    EXPECT_EQ(Weight(orders, orders * 3 / 10), DefaultPolicy().partner_weight_ppm) << orders;
  }
}

TEST(PartnerWeightsTest, FewOutcomesContradictNothing) {
  EXPECT_EQ(Weight(1, 0), 1'000'000u);
  EXPECT_EQ(Weight(1, 1), 1'000'000u);
  EXPECT_EQ(Weight(5, 0), 1'000'000u);
}

// 100 orders at 30 %: two standard errors are 2 * sqrt(100 * 0.3 * 0.7) = 9.165 orders, and the
// report should have added 20. Without it there had been 10.
TEST(PartnerWeightsTest, BeyondTwoStandardErrorsTheWeightFollowsByTheRest) {
  EXPECT_EQ(Weight(100, 21), 1'000'000u);  // 9 short
  EXPECT_EQ(Weight(100, 20), 958'257u);    // added 10 + 9.165 of 20
  EXPECT_EQ(Weight(100, 10), 458'257u);    // added nothing
  EXPECT_EQ(Weight(100, 0), 0u);           // 10 fewer than without it
  EXPECT_EQ(Weight(100, 40), 1'041'742u);
  EXPECT_EQ(Weight(100, 100), 2'000'000u);  // the policy's most
}

TEST(PartnerWeightsTest, AReporterOfEverybodyTendsToNothing) {
  uint32_t last = 1'000'001;
  for (const uint64_t orders : {30u, 100u, 300u, 1000u}) {
    const uint32_t weight = Weight(orders, orders / 10);  // like those whom nobody reports
    EXPECT_LT(weight, last);
    last = weight;
  }
  EXPECT_LT(last, 150'000u);
}

TEST(PartnerWeightsTest, ManyOutcomesStayBoundedAndOldOnesFade) {
  PartnerOutcomes outcomes = After(5000, 1500);
  EXPECT_LE(outcomes.orders, kLearnWindow);
  EXPECT_LT(outcomes.bad_ppm, kLearnWindow * kPpm);
  outcomes = After(1000, 300);
  for (int i = 0; i < 1000; ++i) outcomes.Add(kFresh, i % 10 == 0 ? kPpm : 0);
  EXPECT_LT(LearntWeight(outcomes, DefaultPolicy()), 600'000u);
}

TEST(PartnerWeightsTest, APartnerOfNoWeightGainsNoneAndTheBoundHolds) {
  Policy policy = DefaultPolicy();
  policy.partner_weight_ppm = 0;
  EXPECT_EQ(LearntWeight(After(100, 100, {0, 100'000, 0}), policy), 0u);
  policy.partner_weight_ppm = policy.max_partner_weight_ppm = 300'000;
  EXPECT_EQ(LearntWeight(After(100, 100), policy), 300'000u);
}

TEST(PartnerWeightsTest, NeverFallsWhenMoreOrdersAreBad) {
  Random random(7);
  for (int round = 0; round < 10'000; ++round) {
    PartnerOutcomes outcomes;
    const uint32_t orders = 1 + random() % 200;
    for (uint32_t i = 0; i < orders; ++i) {
      const uint32_t without = random() % kPpm;
      outcomes.Add({0, without, static_cast<uint32_t>(random() % (kPpm - without + 1))},
                   random() % (kPpm + 1));
    }
    PartnerOutcomes worse = outcomes;
    worse.bad_ppm += random() % (orders * kPpm - outcomes.bad_ppm + 1);
    const uint32_t weight = LearntWeight(outcomes, DefaultPolicy());
    EXPECT_LE(weight, LearntWeight(worse, DefaultPolicy()));
    EXPECT_LE(LearntWeight(worse, DefaultPolicy()), DefaultPolicy().max_partner_weight_ppm);
  }
}

// k = 4, prior 5 %: 0.2 of 4 alone. Half a bad order reported makes it 0.7 of 4.5, a whole one 1.2
// of 5, both 1.7 of 5.5.
TEST(PartnerWeightsTest, AGainIsWhatAPartnerAddsToTheOthers) {
  Weighed weighed;
  weighed.prior_ppm = 50'000;
  weighed.partners.resize(3);
  for (WeighedPartner& partner : weighed.partners) partner.weight_ppm = 1'000'000;
  weighed.partners[0].entries.resize(2);
  weighed.partners[0].entries[1].bad_ppm = 1'000'000;
  weighed.partners[2].entries.resize(1);
  weighed.partners[2].entries[0].bad_ppm = 500'000;
  EXPECT_EQ(ExpectedGains(weighed, DefaultPolicy()),
            (std::vector<ExpectedGain>{{0, 155'555, 309'090 - 155'555}, {2, 240'000, 69'090}}));
  // What is expected is expected of the policy's weight, whatever was learnt.
  weighed.partners[0].weight_ppm = 0;
  EXPECT_EQ(ExpectedGains(weighed, DefaultPolicy()).front(),
            (ExpectedGain{0, 155'555, 309'090 - 155'555}));
}

// Own trouble of two kinds in few orders is more than there are orders; r stops at 1, and so does
// what a partner adds to it.
TEST(PartnerWeightsTest, WhereNothingCanBeAddedAPartnerIsExpectedToAddNothing) {
  Policy policy = DefaultPolicy();
  policy.k_ppm = 100'000;
  InputsBuilder builder;
  builder.Orders(0, 6, 0).Incident(evidence::Reason::kCancelledAfterWork);
  for (int i = 0; i < 4; ++i) builder.Incident(evidence::Reason::kDepositUnsettled);
  builder.Incident(evidence::Reason::kKickback).Incident(evidence::Reason::kStaffAbuse);
  builder.Incident(evidence::Reason::kUnreachable).Partners(1).Report(InputsBuilder::Origin(0));
  const auto gains = ExpectedGains(Weigh(builder.Build(), policy), policy);
  EXPECT_EQ(gains, (std::vector<ExpectedGain>{{0, 1'000'000, 0}}));
}

TEST(PartnerWeightsTest, AGainIsNeverMoreThanAllOrders) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 10'000; ++round) {
    Policy policy = DefaultPolicy();
    policy.k_ppm = 1 + static_cast<uint32_t>(random() % 4'000'000);
    policy.further_kind_ppm = static_cast<uint32_t>(random() % (kPpm + 1));
    const Weighed weighed = Weigh(RandomInputs(random), policy);
    for (const ExpectedGain& gain : ExpectedGains(weighed, policy)) {
      EXPECT_LE(gain.without_ppm, kPpm);
      EXPECT_LE(gain.gain_ppm, kPpm - gain.without_ppm);
    }
  }
}

}  // namespace
}  // namespace daftar::decision
