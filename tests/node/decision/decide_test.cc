#include "node/decision/decide.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/node/decision/inputs.h"

namespace daftar::decision {
namespace {

using evidence::Reason;
using Case = InputsBuilder;

const RuleOutcome& Outcome(const Verdict& verdict, Rule rule) {
  for (const RuleOutcome& outcome : verdict.rules) {
    if (outcome.rule == rule) return outcome;
  }
  static const RuleOutcome none;
  ADD_FAILURE() << "the verdict lacks rule " << RuleId(rule);
  return none;
}

TEST(DecideTest, UnknownBuyerWithAllPartnersAnsweredIsAccepted) {
  const Decision decision = Case().Partners(5).Decide();
  EXPECT_EQ(decision.verdict.effect, Effect::kAccept);
  EXPECT_EQ(decision.verdict.rule, Rule::kNothingKnown);
  EXPECT_TRUE(decision.inputs.empty());
}

TEST(DecideTest, OneLiveReportAboutUnknownBuyerAsksForPrepaymentAndSettlementForLess) {
  const auto after = [](EntryStatus status) {
    return Case().Partners(2).Report(Case::Origin(0), status, 53).Decide().verdict;
  };
  EXPECT_EQ(after(EntryStatus::kLive).effect, Effect::kPrepay);
  EXPECT_EQ(after(EntryStatus::kLive).rule, Rule::kExpectedRate);
  EXPECT_EQ(after(EntryStatus::kSettled).effect, Effect::kDeposit);
  EXPECT_EQ(after(EntryStatus::kDisputed).effect, Effect::kAccept);
  EXPECT_EQ(after(EntryStatus::kWithdrawn).effect, Effect::kAccept);
  EXPECT_EQ(after(EntryStatus::kErased).effect, Effect::kAccept);
  EXPECT_EQ(after(EntryStatus::kExpired).effect, Effect::kAccept);
  EXPECT_EQ(after(EntryStatus::kPending).effect, Effect::kAccept);
}

TEST(DecideTest, RateIsTheFormulaToTheDigit) {
  // (1 * 1 + 4 * 0.05) / (1 * 1 + 4) = 1.2 / 5.
  EXPECT_EQ(Case().Partners(2).Report(Case::Origin(0)).Decide().verdict.r_ppm, 240'000u);
  // Two partners: 2.2 / 6.
  const auto two = Case().Partners(2).Report(Case::Origin(0)).Report(Case::Origin(1)).Decide();
  EXPECT_EQ(two.verdict.r_ppm, 366'666u);
  // Twelve own orders on time beside one report: 1.2 / 17.
  EXPECT_EQ(Case().Partners(2).Orders(12).Report(Case::Origin(0)).Decide().verdict.r_ppm, 70'588u);
  // Ten own orders, two of them late today: (2 * 0.5 + 0.2) / 14.
  EXPECT_EQ(Case().Partners(1).Orders(8, 2, 0).Decide().verdict.r_ppm, 85'714u);
  // A weight of a half: 0.7 / 4.5.
  Case half = Case().Partners(1).Report(Case::Origin(0));
  half.inputs().partners[0].weight_ppm = 500'000;
  EXPECT_EQ(half.Decide().verdict.r_ppm, 155'555u);
  // No evidence: the prior.
  EXPECT_EQ(Case().Partners(1).Decide().verdict.r_ppm, 50'000u);
}

TEST(DecideTest, PartnerCountsOnceByItsStrongestEntry) {
  Case several = Case().Partners(2);
  several.Report(Case::Origin(0), EntryStatus::kLive, 100)
      .Report(Case::Origin(0), EntryStatus::kLive, 5)
      .Report(Case::Origin(0), EntryStatus::kSettled, 0);
  const Decision decision = several.Decide();
  const Decision alone = Case().Partners(2).Report(Case::Origin(0), EntryStatus::kLive, 5).Decide();
  EXPECT_EQ(decision.verdict.r_ppm, alone.verdict.r_ppm);
  ASSERT_EQ(decision.inputs.size(), 3u);
  EXPECT_TRUE(decision.inputs[0].counted);
  EXPECT_EQ(decision.inputs[0].age_days, 5u);
  EXPECT_FALSE(decision.inputs[1].counted);
  EXPECT_FALSE(decision.inputs[2].counted);
}

TEST(DecideTest, PartnersAloneNeverGoPastPrepay) {
  Case all = Case().Partners(20);
  for (int i = 0; i < 20; ++i) all.Report(Case::Origin(i));
  const Verdict verdict = all.Decide().verdict;
  EXPECT_GT(verdict.r_ppm, DefaultPolicy().decline_at_ppm);
  EXPECT_EQ(verdict.effect, Effect::kPrepay);
  EXPECT_EQ(verdict.caps, std::vector<Cap>{Cap::kPartners});
}

TEST(DecideTest, OwnRecordMayGoPastTheCap) {
  Case both = Case().Partners(3);
  both.Orders(0, 4, 0);  // (4 * 0.5 + 0.2) / 8 = 0.275 alone
  for (int i = 0; i < 3; ++i) both.Report(Case::Origin(i));
  EXPECT_EQ(both.Answer(), Effect::kPrepay);
  Case worse = Case().Partners(3);
  worse.inputs().own.unpaid.push_back({DaysAgo(0), 4});  // 4.2 / 8 alone
  worse.inputs().own.orders = 4;
  EXPECT_EQ(worse.Answer(), Effect::kDecline);
  EXPECT_TRUE(worse.Decide().verdict.caps.empty());
}

TEST(DecideTest, StalePartnersNeverGoPastDeposit) {
  Case stale = Case().Partner("a.test", PartnerState::kStale).Partner("b.test");
  stale.Report("a.test");
  const Verdict verdict = stale.Decide().verdict;
  EXPECT_EQ(verdict.effect, Effect::kDeposit);
  EXPECT_EQ(verdict.caps, std::vector<Cap>{Cap::kStale});
  stale.Report("b.test");
  EXPECT_EQ(stale.Answer(), Effect::kPrepay);  // the fresh one alone asks for it
  EXPECT_TRUE(Outcome(stale.Decide().verdict, Rule::kExpectedRate).fired);
}

TEST(DecideTest, RecordsFromUnknownPartnersDoNotCount) {
  Case odd = Case().Partner("b.test");
  odd.Report("stranger.test");
  EXPECT_EQ(odd.Answer(), Effect::kAccept);
  EXPECT_TRUE(odd.Decide().inputs.empty());
}

TEST(DecideTest, WhatIsKnownOfAPartnerNotCheckedCountsLikeAStaleOnes) {
  Case odd = Case().Partner("a.test", PartnerState::kNotChecked).Partner("b.test");
  odd.Report("a.test");
  const Verdict verdict = odd.Decide().verdict;
  EXPECT_EQ(verdict.effect, Effect::kDeposit);
  EXPECT_EQ(verdict.caps, std::vector<Cap>{Cap::kStale});
}

TEST(DecideTest, UnknownBuyerWhileNobodyCouldBeAskedIsAcceptedOnlyForASmallAmount) {
  Case dark = Case().Partners(3, PartnerState::kNotChecked);
  EXPECT_EQ(dark.Answer(), Effect::kReview);
  EXPECT_EQ(dark.Decide().verdict.rule, Rule::kNobodyAsked);
  EXPECT_EQ(dark.Amount(Rupiah(500'000)).Answer(), Effect::kAccept);
  EXPECT_EQ(dark.Decide().verdict.rule, Rule::kNobodyAsked);
  EXPECT_EQ(dark.Amount(Rupiah(500'001)).Answer(), Effect::kReview);
  EXPECT_EQ(dark.Amount(std::nullopt).Answer(), Effect::kReview);
  const auto dollars = *evidence::Currency::FromCode("USD");
  EXPECT_EQ(dark.Amount(evidence::Money{100, dollars}).Answer(), Effect::kReview);
  dark.inputs().small_amount.reset();
  EXPECT_EQ(dark.Amount(Rupiah(1)).Answer(), Effect::kReview);
}

TEST(DecideTest, NodeWithoutPartnersHasNobodyToAsk) {
  EXPECT_EQ(Case().Answer(), Effect::kReview);
  EXPECT_EQ(Case().Orders(3).Answer(), Effect::kAccept);
}

TEST(DecideTest, KnownGoodCustomerIsAcceptedThoughNobodyCouldBeAsked) {
  const Case known = Case().Partners(3, PartnerState::kNotChecked).Orders(2);
  EXPECT_EQ(known.Answer(), Effect::kAccept);
  EXPECT_EQ(known.Decide().verdict.rule, Rule::kNothingKnown);
}

TEST(DecideTest, OnlyTroubleSeenHereAndNobodyAskedIsForAPerson) {
  Case dark = Case().Partners(3, PartnerState::kNotChecked).Orders(0, 1);
  EXPECT_EQ(dark.Answer(), Effect::kReview);
}

TEST(DecideTest, SomePartnersNotCheckedDecidesOnWhatIsKnown) {
  Case some = Case().Partner("a.test").Partner("b.test", PartnerState::kNotChecked);
  EXPECT_EQ(some.Answer(), Effect::kAccept);
  EXPECT_EQ(some.Report("a.test").Answer(), Effect::kPrepay);
}

TEST(DecideTest, OpenDebtToThisShopAsksForMoreTheOlderItIs) {
  const auto overdue = [](uint32_t days) {
    return Case().Partners(1).Orders(50, 1).Overdue(1, days).Decide().verdict;
  };
  EXPECT_EQ(overdue(1).effect, Effect::kDeposit);
  EXPECT_EQ(overdue(10).effect, Effect::kDeposit);
  EXPECT_EQ(overdue(11).effect, Effect::kPrepay);
  EXPECT_EQ(overdue(11).rule, Rule::kOpenDebt);
}

TEST(DecideTest, OwnUnsettledIncidentAboutMoneyIsOpenDebt) {
  Case owed = Case().Partners(1).Orders(50).Incident(Reason::kDepositUnsettled);
  EXPECT_EQ(owed.Decide().verdict.rule, Rule::kOpenDebt);
  EXPECT_EQ(owed.Answer(), Effect::kPrepay);
  Case conduct = Case().Partners(1).Orders(50).Incident(Reason::kNoShow);
  EXPECT_EQ(conduct.Answer(), Effect::kAccept);
  Case settled =
      Case().Partners(1).Orders(50).Incident(Reason::kDepositUnsettled, EntryStatus::kSettled);
  EXPECT_EQ(settled.Answer(), Effect::kAccept);
}

IncidentOrder PaidLate(int64_t days_ago) { return {OrderOutcome::kPaidLate, DaysAgo(days_ago)}; }
IncidentOrder Unpaid(int64_t days_ago) { return {OrderOutcome::kUnpaid, DaysAgo(days_ago)}; }

TEST(DecideTest, IncidentMadeFromAnOrderIsOwedOnlyWhileTheOrderIs) {
  Case paid = Case().Partners(1).Orders(50, 1);
  paid.Incident(Reason::kInvoiceOverdue, EntryStatus::kLive, 0, PaidLate(30));
  EXPECT_EQ(paid.Answer(), Effect::kAccept);
  EXPECT_EQ(paid.Overdue(1, 20).Answer(), Effect::kPrepay);
}

TEST(DecideTest, IncidentOfABadOrderCountsOnceByTheHeavierOfTheTwo) {
  Case order = Case().Partners(1).Orders(3, 1, 200);
  const uint64_t alone = order.Decide().weighed.own.bad_ppm;
  // A settled one weighs less than the order.
  Case settled = order;
  settled.Incident(Reason::kInvoiceOverdue, EntryStatus::kLive, 300, PaidLate(200));
  EXPECT_EQ(settled.Decide().weighed.own.bad_ppm, alone);
  EXPECT_EQ(settled.Decide().weighed.incidents[0].status, EntryStatus::kSettled);
  EXPECT_TRUE(settled.Decide().weighed.incidents[0].in_track_record);
  EXPECT_EQ(settled.Decide().verdict.r_ppm, order.Decide().verdict.r_ppm);
  // A broken agreement of today weighs more, and counts in its place.
  Case broken = order;
  broken.Incident(Reason::kAgreementBroken, EntryStatus::kLive, 0, PaidLate(200));
  const Weighed weighed = broken.Decide().weighed;
  EXPECT_EQ(weighed.own.bad_ppm, weighed.incidents[0].bad_ppm);
  EXPECT_GT(weighed.own.bad_ppm, alone);
  EXPECT_EQ(weighed.own.orders, 4u);
  EXPECT_EQ(KindsOfTrouble(weighed), 2u);
  // Beside an order of another kind both would count.
  Case apart = order;
  apart.Incident(Reason::kAgreementBroken);
  EXPECT_GT(apart.Decide().verdict.r_ppm, broken.Decide().verdict.r_ppm);
}

TEST(DecideTest, WhatSpeaksForTheCustomerLowersTheOrderToo) {
  Case order = Case().Partners(1).Overdue(1, 60);
  Case plain = order;
  plain.Incident(Reason::kInvoiceOverdue, EntryStatus::kLive, 90, Unpaid(49));
  EXPECT_EQ(plain.Decide().weighed.own.bad_ppm, order.Decide().weighed.own.bad_ppm);
  Case told = plain;
  told.Mitigated(Mitigation::kToldInTime);
  EXPECT_EQ(told.Decide().weighed.own.bad_ppm, order.Decide().weighed.own.bad_ppm / 2);
  EXPECT_LT(told.Decide().verdict.r_ppm, order.Decide().verdict.r_ppm);
}

TEST(DecideTest, IncidentThatNoLongerCountsLeavesItsOrderAlone) {
  Case order = Case().Partners(1).Orders(3, 1, 200);
  for (const EntryStatus gone :
       {EntryStatus::kWithdrawn, EntryStatus::kExpired, EntryStatus::kErased}) {
    Case with = order;
    with.Incident(Reason::kAgreementBroken, gone, 0, PaidLate(200));
    with.Mitigated(Mitigation::kShopAtFault);
    EXPECT_EQ(with.Decide().weighed.own, order.Decide().weighed.own);
  }
}

TEST(DecideTest, MoneyThatCameLateButInTimeIsASettledIncident) {
  Case case_ = Case().Partners(1).Orders(5);
  case_.Incident(Reason::kInvoiceOverdue, EntryStatus::kLive, 10,
                 IncidentOrder{OrderOutcome::kPaidOnTime, {}});
  const Decision decision = case_.Decide();
  EXPECT_EQ(decision.weighed.incidents[0].status, EntryStatus::kSettled);
  EXPECT_FALSE(decision.weighed.incidents[0].in_track_record);
  EXPECT_GT(decision.weighed.incidents[0].bad_ppm, 0u);
  EXPECT_EQ(decision.verdict.effect, Effect::kAccept);
  EXPECT_EQ(decision.weighed.own.open_minor, 0u);
}

TEST(DecideTest, PaymentTakenBackIsOwedThoughItsOrderWasPaid) {
  for (const OrderOutcome outcome : {OrderOutcome::kPaidOnTime, OrderOutcome::kPaidLate}) {
    Case case_ = Case().Partners(1).Orders(50, 1, 30);
    case_.Incident(Reason::kPaymentReversed, EntryStatus::kLive, 10,
                   IncidentOrder{outcome, DaysAgo(30)});
    case_.inputs().incidents[0].amount = Rupiah(700);
    EXPECT_EQ(case_.Decide().verdict.rule, Rule::kOpenDebt);
    EXPECT_EQ(case_.Answer(), Effect::kPrepay);
    EXPECT_EQ(case_.Decide().weighed.own.open_minor, Rupiah(700).minor);
    EXPECT_EQ(case_.Asks(Terms::kPrepaid).Answer(), Effect::kPrepay);
  }
}

TEST(DecideTest, PaymentTakenBackIsNoFirstSlip) {
  Case slip = Case().Partners(1).Orders(50).Overdue(1, 12);
  Case filed = slip;
  filed.Incident(Reason::kInvoiceOverdue, EntryStatus::kLive, 40, Unpaid(1));
  EXPECT_EQ(filed.Answer(), slip.Answer());
  Case reversed = slip;
  reversed.Incident(Reason::kPaymentReversed, EntryStatus::kLive, 40, Unpaid(1));
  EXPECT_GT(reversed.Answer(), slip.Answer());
}

TEST(DecideTest, WhatIsOwedOfAnOpenOrderIsOwedOnce) {
  Case case_ = Case().Partners(1).Amounts(500, 0, 700).Open(1);
  case_.Incident(Reason::kDepositUnsettled, EntryStatus::kLive, 0,
                 IncidentOrder{OrderOutcome::kOpen, {}});
  case_.inputs().incidents[0].amount = Rupiah(700);
  EXPECT_EQ(case_.Decide().weighed.own.open_minor, Rupiah(700).minor);
  EXPECT_EQ(case_.Decide().verdict.rule, Rule::kOpenDebt);
  case_.inputs().incidents[0].order.reset();
  EXPECT_EQ(case_.Decide().weighed.own.open_minor, Rupiah(1400).minor);
}

TEST(DecideTest, ThatMoneyIsOverdueTheOrderSaysItself) {
  const IncidentOrder overdue{OrderOutcome::kOverdue, {}};
  for (const uint32_t good : {0u, 50u}) {
    const Case order = Case().Partners(1).Orders(good).Overdue(1, 5);
    Case filed = order;
    filed.Incident(Reason::kInvoiceOverdue, EntryStatus::kLive, 20, overdue);
    EXPECT_EQ(filed.Answer(), order.Answer());
    EXPECT_EQ(filed.Decide().verdict.r_ppm, order.Decide().verdict.r_ppm);
    Case older = Case().Partners(1).Orders(good).Overdue(1, 12);
    older.Incident(Reason::kInvoiceOverdue, EntryStatus::kLive, 27, Unpaid(1));
    EXPECT_GE(older.Answer(), filed.Answer());
    Case broken = order;
    broken.Incident(Reason::kAgreementBroken, EntryStatus::kLive, 0, overdue);
    EXPECT_GT(broken.Decide().verdict.r_ppm, order.Decide().verdict.r_ppm);
  }
}

TEST(DecideTest, NotPayingIsNotMilderThanPayingOnTime) {
  const auto rate = [](uint32_t good, uint32_t overdue, std::optional<IncidentOrder> order) {
    Case made = Case().Partners(1).Orders(good).Overdue(overdue, 12);
    made.Incident(Reason::kAgreementBroken, EntryStatus::kLive, 0, order);
    return made.Decide().verdict.r_ppm;
  };
  for (const uint32_t good : {0u, 1u, 5u}) {
    EXPECT_GE(rate(good, 2, Unpaid(1)), rate(good, 1, IncidentOrder{OrderOutcome::kOpen, {}}));
    EXPECT_GE(rate(good, 2, Unpaid(1)), rate(good, 1, std::nullopt));
  }
}

TEST(DecideTest, ConductIsNoMatterOfTheOrder) {
  Case case_ = Case().Partners(1).Orders(30, 1, 30);
  const uint64_t before = case_.Decide().weighed.own.bad_ppm;
  case_.Incident(Reason::kStaffAbuse, EntryStatus::kLive, 0, PaidLate(30));
  case_.Mitigated(Mitigation::kShopAtFault);
  EXPECT_EQ(case_.Decide().weighed.own.bad_ppm, before);
  EXPECT_FALSE(case_.Decide().weighed.incidents[0].in_track_record);
}

TEST(DecideTest, OrdersPaidInAdvanceEarnNoCredit) {
  Case late = Case().Partners(1).Orders(0, 2, 0);
  Case prepaid = late;
  prepaid.Prepaid(40);
  EXPECT_EQ(prepaid.Decide().verdict.r_ppm, late.Decide().verdict.r_ppm);
  EXPECT_EQ(prepaid.Answer(), late.Answer());
  Case good = late;
  good.Orders(40);
  EXPECT_LT(good.Decide().verdict.r_ppm, late.Decide().verdict.r_ppm);
  // Nor do they make a buyer known to a shop that can ask nobody.
  Case unasked = Case().Partners(2, PartnerState::kNotChecked).Prepaid(9);
  EXPECT_EQ(unasked.Decide().verdict.rule, Rule::kNobodyAsked);
}

TEST(DecideTest, OneActIsNotedAndAPatternCallsAPerson) {
  const auto with = [](std::initializer_list<Reason> reasons) {
    Case made = Case().Partners(1).Orders(30);
    for (const Reason reason : reasons) made.Incident(reason, EntryStatus::kLive, 10);
    return made.Decide().verdict;
  };
  for (const evidence::ReasonInfo& info : evidence::AllReasons()) {
    if (evidence::IsShareable(info.reason)) continue;
    EXPECT_EQ(with({info.reason}).effect, Effect::kAccept) << info.name;
    EXPECT_EQ(with({info.reason, info.reason, info.reason}).effect, Effect::kReview) << info.name;
  }
  EXPECT_EQ(with({Reason::kStaffAbuse, Reason::kStaffAbuse}).effect, Effect::kReview);
  EXPECT_EQ(with({Reason::kDishonestClaims, Reason::kPublicSmearing}).effect, Effect::kReview);
  EXPECT_EQ(with({Reason::kUnreachable, Reason::kUnreachable}).effect, Effect::kAccept);
  EXPECT_EQ(with({Reason::kStaffAbuse, Reason::kKickback}).rule, Rule::kLocalReasons);
}

TEST(DecideTest, OneActIsNoPatternBesideOtherKindsOfTrouble) {
  const auto local = [](const Case& made) {
    return made.Decide().verdict.rules[static_cast<size_t>(Rule::kLocalReasons) - 1].fired;
  };
  Case one = Case().Partners(1).Orders(30, 1, 400).Incident(Reason::kNoShow, EntryStatus::kLive, 5);
  one.Incident(Reason::kStaffAbuse);
  EXPECT_FALSE(local(one));
  EXPECT_TRUE(local(one.Incident(Reason::kUnreachable)));
  // One that is enough alone needs no second.
  Policy strict = DefaultPolicy();
  strict.local_review_ppm = 400'000;
  const Inputs grave = Case().Partners(1).Orders(30).Incident(Reason::kStaffAbuse).Build();
  EXPECT_EQ(Decide(grave, strict).verdict.rule, Rule::kLocalReasons);
}

TEST(DecideTest, FirstSlipOfACustomerWithAGoodRecordIsAcceptedAndAPatternIsNot) {
  EXPECT_EQ(Case().Partners(1).Orders(9, 1, 0).Answer(), Effect::kAccept);
  EXPECT_EQ(Case().Partners(1).Orders(4, 1, 0).Answer(), Effect::kAccept);
  EXPECT_EQ(Case().Partners(1).Orders(7, 3, 0).Answer(), Effect::kDeposit);
  EXPECT_EQ(Case().Partners(1).Orders(2, 6, 0).Answer(), Effect::kPrepay);
}

TEST(DecideTest, PrepaidTermsAreNoRiskOfMoney) {
  Case prepaid = Case().Asks(Terms::kPrepaid).Partners(2).Report(Case::Origin(0)).Overdue(1, 40);
  EXPECT_EQ(prepaid.Answer(), Effect::kAccept);
  EXPECT_EQ(prepaid.Decide().verdict.rule, Rule::kPrepaidTerms);
  EXPECT_EQ(Case().Asks(Terms::kPrepaid).Answer(), Effect::kAccept);
  // But staff are not protected by money.
  prepaid.Incident(Reason::kStaffAbuse).Incident(Reason::kStaffAbuse);
  EXPECT_EQ(prepaid.Answer(), Effect::kReview);
}

TEST(DecideTest, OneOrderPastDueOfAGoodCustomerIsACautionAndTwoAreNot) {
  const auto verdict = [](uint32_t good, uint32_t late, uint32_t overdue, uint32_t days) {
    return Case().Partners(1).Orders(good, late).Overdue(overdue, days).Decide().verdict;
  };
  EXPECT_EQ(verdict(5, 0, 1, 3).effect, Effect::kAccept);
  EXPECT_EQ(verdict(5, 0, 1, 3).rule, Rule::kOpenDebt);
  EXPECT_EQ(verdict(5, 0, 1, 3).caps, std::vector<Cap>{Cap::kFirstSlip});
  EXPECT_EQ(verdict(9, 0, 1, 30).effect, Effect::kDeposit);  // one step less than prepayment
  EXPECT_EQ(verdict(4, 0, 1, 3).effect, Effect::kDeposit);   // not a good record yet
  EXPECT_EQ(verdict(9, 0, 2, 3).effect, Effect::kDeposit);   // two at once
  EXPECT_EQ(verdict(20, 1, 1, 3).effect, Effect::kDeposit);  // not the first
  // One that was given up is the same slip on each day, and asks for the same.
  for (uint32_t days = 0; days < 40; ++days) {
    const Verdict slip = Case().Partners(1).Orders(9).GivenUp(days).Decide().verdict;
    EXPECT_EQ(slip.rule, Rule::kOpenDebt) << days;
    EXPECT_EQ(slip.effect, Effect::kDeposit) << days;
    EXPECT_EQ(slip.caps, std::vector<Cap>{Cap::kFirstSlip}) << days;
    const Verdict other = Case().Partners(1).Orders(4).GivenUp(days).Decide().verdict;
    EXPECT_EQ(other.rule, Rule::kOpenDebt) << days;
    EXPECT_EQ(other.effect, Effect::kPrepay) << days;
    const Verdict second = Case().Partners(1).Orders(20, 1).GivenUp(days).Decide().verdict;
    EXPECT_EQ(second.effect, Effect::kPrepay) << days;
    EXPECT_TRUE(second.caps.empty()) << days;
  }
  // What partners have recorded is no part of a slip here.
  Case both = Case().Partners(1).Orders(5).Overdue(1, 3).Report(Case::Origin(0));
  EXPECT_EQ(both.Answer(), Effect::kDeposit);
  // Somebody who owes by an incident has not slipped but stumbled.
  Case owes = Case().Partners(1).Orders(9).Overdue(1, 3).Incident(Reason::kDepositUnsettled);
  EXPECT_EQ(owes.Answer(), Effect::kPrepay);
  EXPECT_TRUE(owes.Decide().verdict.caps.empty());
}

TEST(DecideTest, CashOnDeliveryPutsHalfAtStake) {
  const auto on = [](Terms terms) {
    return Case().Asks(terms).Partners(1).Report(Case::Origin(0)).Decide().verdict;
  };
  EXPECT_EQ(on(Terms::kCredit).effect, Effect::kPrepay);  // 24 %
  EXPECT_EQ(on(Terms::kCod).effect, Effect::kDeposit);    // half of that
  EXPECT_EQ(on(Terms::kCod).r_ppm, on(Terms::kCredit).r_ppm);
  EXPECT_EQ(on(Terms::kPrepaid).effect, Effect::kAccept);
}

TEST(DecideTest, ADepositThatIsOfferedCoversADepositThatWouldBeAskedAndNoMore) {
  const auto offered = [](EntryStatus status) {
    Case made = Case().Asks(Terms::kDeposit).Partners(1).Report(Case::Origin(0), status);
    return made.Decide().verdict;
  };
  EXPECT_EQ(offered(EntryStatus::kSettled).effect, Effect::kAccept);
  EXPECT_EQ(offered(EntryStatus::kSettled).rule, Rule::kExpectedRate);
  EXPECT_EQ(offered(EntryStatus::kSettled).caps, std::vector<Cap>{Cap::kTerms});
  // Credit would ask for prepayment: the rest on delivery is as safe.
  EXPECT_EQ(offered(EntryStatus::kLive).effect, Effect::kDeposit);
  EXPECT_TRUE(offered(EntryStatus::kLive).caps.empty());
  Case worse = Case().Asks(Terms::kDeposit).Partners(1).Orders(0, 9, 0).Report(Case::Origin(0));
  EXPECT_EQ(worse.Answer(), Effect::kPrepay);
  // A group that is never asked for more than the deposit which is offered.
  Case vip = Case().Asks(Terms::kDeposit).Partners(1).Report(Case::Origin(0));
  EXPECT_EQ(vip.Group(Effect::kAccept, Effect::kDeposit).Answer(), Effect::kAccept);
}

TEST(DecideTest, PayingInAdvanceIsNoSafeguardFromWhoTakesPaymentsBack) {
  const auto answer = [](EntryStatus status) {
    Case made = Case().Asks(Terms::kPrepaid).Partners(1).Orders(30);
    return made.Incident(Reason::kPaymentReversed, status).Decide().verdict;
  };
  EXPECT_EQ(answer(EntryStatus::kLive).effect, Effect::kPrepay);
  EXPECT_EQ(answer(EntryStatus::kLive).rule, Rule::kPrepaidTerms);
  EXPECT_TRUE(answer(EntryStatus::kLive).caps.empty());
  for (const EntryStatus status : {EntryStatus::kSettled, EntryStatus::kDisputed,
                                   EntryStatus::kWithdrawn, EntryStatus::kErased}) {
    EXPECT_EQ(answer(status).effect, Effect::kAccept);
  }
  // Money owed and never paid is no such thing.
  Case owes = Case().Asks(Terms::kPrepaid).Partners(1).Incident(Reason::kInvoiceUnpaidReminded);
  EXPECT_EQ(owes.Answer(), Effect::kAccept);
  // On other terms it is a debt like any, and one kind of trouble with it.
  Case credit = Case().Partners(1).Incident(Reason::kPaymentReversed);
  EXPECT_EQ(credit.Decide().verdict.rule, Rule::kOpenDebt);
  EXPECT_EQ(credit.Answer(), Effect::kPrepay);
  credit.Incident(Reason::kDepositUnsettled);
  EXPECT_EQ(KindsOfTrouble(credit.Decide().weighed), 1u);
}

TEST(DecideTest, AnOrderFarBeyondTheUsualAsksForADeposit) {
  const auto asks = [](uint64_t amount, uint64_t usual, uint64_t orders, uint64_t open = 0) {
    Case made = Case().Partners(1).Orders(4).Amount(Rupiah(amount)).Amounts(usual, orders, open);
    return made.Decide().verdict;
  };
  EXPECT_EQ(asks(4'999'999, 1'000'000, 4).effect, Effect::kAccept);
  EXPECT_EQ(asks(5'000'000, 1'000'000, 4).effect, Effect::kDeposit);
  EXPECT_EQ(asks(5'000'000, 1'000'000, 4).rule, Rule::kUnusualAmount);
  // With what is open already it is as much.
  EXPECT_EQ(asks(1'000'000, 1'000'000, 4, 4'000'000).effect, Effect::kDeposit);
  EXPECT_EQ(asks(1'000'000, 1'000'000, 4, 3'999'999).effect, Effect::kAccept);
  // One order is no habit, and no order no amount to compare with.
  EXPECT_EQ(asks(50'000'000, 1'000'000, 1).effect, Effect::kAccept);
  EXPECT_EQ(asks(50'000'000, 0, 0).effect, Effect::kAccept);
  // Nothing is compared across currencies.
  Case dollars = Case().Partners(1).Orders(4).Amounts(1'000'000, 4);
  dollars.Amount(evidence::Money{5'000'000'000, *evidence::Currency::FromCode("USD")});
  EXPECT_EQ(dollars.Answer(), Effect::kAccept);
}

TEST(DecideTest, AMoneyIncidentOfTheShopsOwnIsPartOfWhatIsOpen) {
  Case made = Case().Partners(1).Orders(4).Amounts(1'000'000, 4, 500'000);
  made.Incident(Reason::kDepositUnsettled).Incident(Reason::kNoShow);
  for (OwnIncident& incident : made.inputs().incidents) incident.amount = Rupiah(700'000);
  EXPECT_EQ(made.Decide().weighed.own.open_minor, Rupiah(1'200'000).minor);
}

TEST(DecideTest, MoreOpenThanTheGroupAllowsAsksForPrepayment) {
  const auto asks = [](uint64_t amount, uint64_t open) {
    Case made = Case().Partners(1).Orders(9).Amount(Rupiah(amount)).Amounts(amount, 9, open);
    return made.Group(Effect::kAccept, Effect::kDecline, 10'000'000).Decide().verdict;
  };
  EXPECT_EQ(asks(4'000'000, 6'000'000).effect, Effect::kAccept);
  EXPECT_EQ(asks(4'000'000, 6'000'001).effect, Effect::kPrepay);
  EXPECT_EQ(asks(4'000'000, 6'000'001).rule, Rule::kCreditLimit);
}

TEST(DecideTest, TheCreditLimitCountsOnlyWhatIsGivenOnCredit) {
  const auto asks = [](Terms terms, uint64_t open, Effect most = Effect::kDecline) {
    Case made = Case().Partners(1).Orders(9).Asks(terms).Amount(Rupiah(4'000'000));
    return made.Amounts(4'000'000, 9, open)
        .Group(Effect::kAccept, most, 10'000'000)
        .Decide()
        .verdict;
  };
  const auto fired = [](const Verdict& verdict) {
    return verdict.rules[static_cast<size_t>(Rule::kCreditLimit) - 1].fired;
  };
  EXPECT_EQ(asks(Terms::kCredit, 9'000'000).effect, Effect::kPrepay);
  EXPECT_FALSE(fired(asks(Terms::kCod, 90'000'000)));
  // Half is paid as a deposit; the rest is handed over against payment past the limit.
  EXPECT_FALSE(fired(asks(Terms::kDeposit, 8'000'000)));
  EXPECT_TRUE(fired(asks(Terms::kDeposit, 8'000'001)));
  EXPECT_EQ(asks(Terms::kDeposit, 8'000'001).effect, Effect::kAccept);
  EXPECT_FALSE(fired(asks(Terms::kDeposit, 8'000'001, Effect::kDeposit)));
}

TEST(DecideTest, AGroupsBoundsClampWhatFollows) {
  Case clean = Case().Partners(1).Orders(9).Group(Effect::kPrepay, Effect::kDecline);
  EXPECT_EQ(clean.Answer(), Effect::kPrepay);
  EXPECT_EQ(clean.Decide().verdict.rule, Rule::kGroup);
  // Full prepayment only: who prepays may order.
  EXPECT_EQ(clean.Asks(Terms::kPrepaid).Answer(), Effect::kAccept);
  EXPECT_EQ(clean.Asks(Terms::kDeposit).Answer(), Effect::kPrepay);
  // A person must look even at a prepaid order when the group says so.
  Case watched = Case().Partners(1).Group(Effect::kReview, Effect::kDecline).Asks(Terms::kPrepaid);
  EXPECT_EQ(watched.Answer(), Effect::kReview);
  // A group that is asked for a deposit at most, whatever it owes.
  Case vip = Case().Partners(1).Overdue(3, 60).Group(Effect::kAccept, Effect::kDeposit);
  EXPECT_EQ(vip.Answer(), Effect::kDeposit);
  EXPECT_EQ(vip.Decide().verdict.caps, std::vector<Cap>{Cap::kGroup});
  // The records ask for more than the group's least: they decide.
  Case worse = Case().Partners(1).Report(Case::Origin(0)).Group(Effect::kDeposit, Effect::kDecline);
  EXPECT_EQ(worse.Decide().verdict.rule, Rule::kExpectedRate);
  EXPECT_EQ(worse.Answer(), Effect::kPrepay);
}

TEST(DecideTest, TroubleOfSeveralKindsRanksAboveAsMuchOfOne) {
  const auto rate = [](std::initializer_list<Reason> reasons) {
    Case made = Case().Partners(1).Orders(3);
    for (const Reason reason : reasons) made.Incident(reason, EntryStatus::kSettled);
    return made.Decide().verdict.r_ppm;
  };
  // Both weigh a half, and both halves are settled.
  const uint32_t one = rate({Reason::kInvoiceOverdue, Reason::kInvoiceOverdue});
  EXPECT_GT(rate({Reason::kInvoiceOverdue, Reason::kNoShow}), one);
  // A kind that never enters r by itself counts as a kind.
  EXPECT_GT(rate({Reason::kInvoiceOverdue, Reason::kInvoiceOverdue, Reason::kDishonestClaims}),
            one);
  Case local = Case().Partners(1).Orders(9);
  local.Incident(Reason::kUnreachable).Incident(Reason::kUndueDiscount);  // 0.45 of one kind
  EXPECT_EQ(local.Answer(), Effect::kAccept);
  Case mixed = Case().Partners(1).Orders(9);
  mixed.Incident(Reason::kUnreachable).Incident(Reason::kUndueDiscount, EntryStatus::kLive, 200);
  mixed.Incident(Reason::kDishonestClaims, EntryStatus::kLive, 1400);
  EXPECT_EQ(mixed.Answer(), Effect::kReview);
}

TEST(DecideTest, WhatSpeaksForTheCustomerLowersAnIncident) {
  const auto bad = [](std::initializer_list<Mitigation> mitigations) {
    Case made = Case().Partners(1).Incident(Reason::kDepositUnsettled);
    for (const Mitigation mitigation : mitigations) made.Mitigated(mitigation);
    return made.Decide().weighed.incidents[0].bad_ppm;
  };
  EXPECT_EQ(bad({}), 1'000'000u);
  EXPECT_EQ(bad({Mitigation::kShopAtFault}), 250'000u);
  EXPECT_EQ(bad({Mitigation::kToldInTime}), 500'000u);
  EXPECT_EQ(bad({Mitigation::kKeptPlan}), 500'000u);
  EXPECT_EQ(bad({Mitigation::kKeptPlan, Mitigation::kToldInTime}), 250'000u);
  Case lowered = Case().Partners(1).Incident(Reason::kNoShow);
  const uint32_t before = lowered.Decide().verdict.r_ppm;
  EXPECT_LT(lowered.Mitigated(Mitigation::kShopAtFault).Decide().verdict.r_ppm, before);
}

TEST(DecideTest, SeverestRuleDecidesAndTheEarlierAtATie) {
  Case worse = Case().Partners(1).Overdue(4, 60);
  EXPECT_EQ(worse.Decide().verdict.rule, Rule::kExpectedRate);
  EXPECT_GT(worse.Answer(), Effect::kPrepay);
  EXPECT_TRUE(Outcome(worse.Decide().verdict, Rule::kOpenDebt).fired);
  // Own debt and partners' records both ask for prepayment.
  Case tie = Case().Partners(1).Orders(6).Incident(Reason::kDepositUnsettled);
  tie.Report(Case::Origin(0));
  EXPECT_EQ(tie.Decide().verdict.rule, Rule::kOpenDebt);
}

TEST(DecideTest, EveryRuleIsListedOnceWithStableIds) {
  const Verdict verdict = Case().Partners(1).Decide().verdict;
  std::set<std::string_view> ids;
  for (const RuleOutcome& outcome : verdict.rules) {
    ids.insert(RuleId(outcome.rule));
    EXPECT_EQ(outcome.fired, outcome.rule == Rule::kNothingKnown);
  }
  EXPECT_EQ(ids, (std::set<std::string_view>{
                     "open-debt", "local-reasons", "expected-rate", "nobody-asked", "nothing-known",
                     "prepaid-terms", "allowlist", "group", "unusual-amount", "credit-limit"}));
  EXPECT_EQ(CapId(Cap::kFirstSlip), "cap-first-slip");
  EXPECT_EQ(CapId(Cap::kGroup), "cap-group");
  EXPECT_EQ(CapId(Cap::kTerms), "cap-terms");
  EXPECT_EQ(CapId(Cap::kPartners), "cap-partners");
  EXPECT_EQ(CapId(Cap::kStale), "cap-stale");
}

TEST(DecideTest, InputsCarryReasonAgeAndWeight) {
  Case made = Case().Partners(1).Orders(3, 1, 30).Incident(Reason::kNoShow, EntryStatus::kLive, 8);
  made.Report(Case::Origin(0), EntryStatus::kSettled, 40, Reason::kPaymentReversed);
  const Decision decision = made.Decide();
  ASSERT_EQ(decision.inputs.size(), 3u);
  EXPECT_EQ(decision.inputs[0].kind, InputKind::kOwnOrders);
  EXPECT_EQ(decision.inputs[0].age_days, 30u);
  EXPECT_EQ(decision.inputs[1].reason, Reason::kNoShow);
  EXPECT_EQ(decision.inputs[1].age_days, 8u);
  EXPECT_EQ(decision.inputs[2].reason, Reason::kPaymentReversed);
  EXPECT_EQ(decision.inputs[2].status, EntryStatus::kSettled);
  EXPECT_EQ(decision.inputs[2].age_days, 40u);
  EXPECT_EQ(decision.inputs[2].weight_ppm, 1'000'000u);
  EXPECT_EQ(decision.inputs[2].origin, Case::Origin(0));
}

// An additional live record never makes the answer milder, whatever else is known.
TEST(DecidePropertyTest, MoreLiveRecordsNeverGiveAMilderEffect) {
  std::mt19937_64 random(1);
  const auto reasons = evidence::AllReasons();
  int hindered_more = 0;
  for (int round = 0; round < 10'000; ++round) {
    Inputs inputs = RandomInputs(random);
    const Effect before = Decide(inputs, DefaultPolicy()).verdict.effect;
    if (!inputs.partners.empty() && random() % 2 == 0) {
      PartnerRecord record;
      record.origin = inputs.partners[random() % inputs.partners.size()].origin;
      record.index = 1'000'000;
      record.reason = reasons[random() % 7].reason;
      record.occurred = DaysAgo(static_cast<int64_t>(random() % 1000));
      record.settled_before = static_cast<evidence::SettledBucket>(random() % 4);
      inputs.records.push_back(record);
    } else {
      OwnIncident incident;
      incident.id = "added";
      incident.reason = reasons[random() % reasons.size()].reason;
      incident.occurred = DaysAgo(static_cast<int64_t>(random() % 1000));
      inputs.incidents.push_back(incident);
    }
    const Effect after = Decide(inputs, DefaultPolicy()).verdict.effect;
    ASSERT_GE(after, before) << "round " << round;
    hindered_more += after > before ? 1 : 0;
  }
  EXPECT_GT(hindered_more, 500);
}

// Who offers more is never asked for more: credit, cash on delivery, a deposit, all in advance.
TEST(DecidePropertyTest, BetterTermsNeverGetASevererAnswer) {
  std::mt19937_64 random(9);
  int milder = 0;
  for (int round = 0; round < 10'000; ++round) {
    Inputs inputs = RandomInputs(random);
    Effect before = Effect::kDecline;
    for (const Terms terms : {Terms::kCredit, Terms::kCod, Terms::kDeposit, Terms::kPrepaid}) {
      inputs.order.terms = terms;
      const Effect after = Decide(inputs, DefaultPolicy()).verdict.effect;
      ASSERT_LE(after, before) << "round " << round << ", " << TermsName(terms);
      milder += after < before ? 1 : 0;
      before = after;
    }
  }
  EXPECT_GT(milder, 10'000);
}

// Whatever own and imported records, groups and partners say.
TEST(DecidePropertyTest, TheAllowlistBeatsEverything) {
  std::mt19937_64 random(7);
  int hindered = 0;
  for (int round = 0; round < 10'000; ++round) {
    Inputs inputs = RandomInputs(random);
    inputs.allowed_by.clear();
    hindered += Decide(inputs, DefaultPolicy()).verdict.effect > Effect::kAccept ? 1 : 0;
    inputs.allowed_by = "0f";
    const Verdict verdict = Decide(inputs, DefaultPolicy()).verdict;
    ASSERT_EQ(verdict.effect, Effect::kAccept) << "round " << round;
    ASSERT_EQ(verdict.rule, Rule::kAllowlist);
  }
  EXPECT_GT(hindered, 4'000);
}

TEST(DecidePropertyTest, AGroupsBoundsHoldUnlessTheTermsCoverThem) {
  std::mt19937_64 random(8);
  for (int round = 0; round < 10'000; ++round) {
    const Inputs inputs = RandomInputs(random);
    if (!inputs.group.has_value() || !inputs.allowed_by.empty()) continue;
    const Verdict verdict = Decide(inputs, DefaultPolicy()).verdict;
    ASSERT_LE(verdict.effect, inputs.group->most);
    const bool covered =
        verdict.effect == Effect::kAccept &&
        (inputs.order.terms == Terms::kDeposit || inputs.order.terms == Terms::kPrepaid);
    if (!covered) {
      ASSERT_GE(verdict.effect, inputs.group->least);
    }
  }
}

TEST(DecidePropertyTest, WithdrawnEntriesAreAsIfTheyWereNotThere) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 5'000; ++round) {
    Inputs with = RandomInputs(random);
    Inputs without = with;
    for (auto& record : with.records) {
      if (record.index % 2 == 0) record.status = EntryStatus::kWithdrawn;
    }
    std::erase_if(without.records, [](const auto& record) { return record.index % 2 == 0; });
    EXPECT_EQ(Decide(with, DefaultPolicy()).verdict, Decide(without, DefaultPolicy()).verdict);
  }
}

TEST(DecidePropertyTest, SettlementNeverHindersMore) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 5'000; ++round) {
    Inputs inputs = RandomInputs(random);
    const Effect before = Decide(inputs, DefaultPolicy()).verdict.effect;
    for (auto& record : inputs.records) {
      if (record.status == EntryStatus::kLive) record.status = EntryStatus::kSettled;
    }
    ASSERT_LE(Decide(inputs, DefaultPolicy()).verdict.effect, before);
  }
}

// Whatever a partner says about a buyer's good orders, it cannot clear what others have recorded.
TEST(DecidePropertyTest, APartnersBucketNeverOutweighsOthersRecords) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 5'000; ++round) {
    Inputs inputs = RandomInputs(random);
    if (inputs.partners.empty()) continue;
    const std::string liar = inputs.partners[0].origin;
    Inputs silent = inputs;
    std::erase_if(silent.records, [&liar](const auto& record) { return record.origin == liar; });
    const uint32_t r_silent = Decide(silent, DefaultPolicy()).verdict.r_ppm;
    for (auto& record : inputs.records) {
      if (record.origin == liar) record.settled_before = evidence::SettledBucket::kTenOrMore;
    }
    const uint32_t r_lying = Decide(inputs, DefaultPolicy()).verdict.r_ppm;
    ASSERT_GE(r_lying, r_silent);
    for (auto& record : inputs.records) {
      if (record.origin == liar) record.settled_before = evidence::SettledBucket::kNone;
    }
    ASSERT_LE(r_lying, Decide(inputs, DefaultPolicy()).verdict.r_ppm);
  }
}

TEST(DecidePropertyTest, OrderOfInputsDoesNotMatter) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 2'000; ++round) {
    Inputs inputs = RandomInputs(random);
    const Decision before = Decide(inputs, DefaultPolicy());
    std::shuffle(inputs.records.begin(), inputs.records.end(), random);
    std::shuffle(inputs.partners.begin(), inputs.partners.end(), random);
    const Decision after = Decide(inputs, DefaultPolicy());
    ASSERT_EQ(before.verdict, after.verdict);
    ASSERT_EQ(before.weighed.partners, after.weighed.partners);
  }
}

TEST(DecidePropertyTest, CapsAndOwnRecordBoundEveryDecision) {
  std::mt19937_64 random(6);
  for (int round = 0; round < 10'000; ++round) {
    Inputs inputs = RandomInputs(random);
    const Effect all = Decide(inputs, DefaultPolicy()).verdict.effect;
    Inputs own = inputs;
    own.records.clear();
    const Effect alone = Decide(own, DefaultPolicy()).verdict.effect;
    ASSERT_LE(all, std::max(alone, Effect::kPrepay));
    Inputs fresh = inputs;
    std::erase_if(fresh.records, [&inputs](const auto& record) {
      return std::any_of(inputs.partners.begin(), inputs.partners.end(), [&](const auto& partner) {
        return partner.origin == record.origin && partner.state == PartnerState::kStale;
      });
    });
    ASSERT_LE(all, std::max(Decide(fresh, DefaultPolicy()).verdict.effect, Effect::kDeposit));
    const bool asked_by_group = inputs.group.has_value() && inputs.group->least == Effect::kDecline;
    if (inputs.own.orders == 0 && inputs.incidents.empty() && !asked_by_group) {
      ASSERT_LT(all, Effect::kDecline);
    }
  }
}

TEST(DecideTest, ExtremeCountsDoNotOverflow) {
  Case huge;
  huge.inputs().own.orders_settled = ~uint64_t{0} / 2;
  huge.inputs().own.paid_on_time = ~uint64_t{0} / 2;
  for (int i = 0; i < 512; ++i) {
    huge.inputs().own.late_paid.push_back({DaysAgo(i), ~uint32_t{0}});
    huge.inputs().own.unpaid.push_back({DaysAgo(i), ~uint32_t{0}});
  }
  for (int i = 0; i < 300; ++i) {
    huge.Partner(Case::Origin(i));
    huge.inputs().partners.back().weight_ppm = ~uint32_t{0};
    for (int n = 0; n < 200; ++n) huge.Report(Case::Origin(i));
  }
  for (int i = 0; i < 300; ++i) huge.Incident(Reason::kNoShow);
  const Decision decision = huge.Decide();
  EXPECT_LE(decision.verdict.r_ppm, kPpm);
  EXPECT_EQ(decision.verdict.effect, Effect::kDecline);
  EXPECT_EQ(decision.weighed.partners.size(), kMaxPartners);
  EXPECT_EQ(decision.weighed.partners[0].entries.size(), kMaxRecordsPerPartner);
  EXPECT_EQ(decision.weighed.incidents.size(), kMaxIncidents);
}

}  // namespace
}  // namespace daftar::decision
