#include "node/decision/advice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/decision/receipt.h"
#include "tests/node/decision/inputs.h"

namespace daftar::decision {
namespace {

using evidence::Reason;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using Case = InputsBuilder;

std::vector<NextStep> Steps(const Case& made) {
  const Decision decision = made.Decide();
  return NextSteps(decision.weighed, decision.verdict, DefaultPolicy(), DaysAgo(0));
}

std::vector<Step> Names(const Case& made) {
  std::vector<Step> names;
  for (const NextStep& step : Steps(made)) names.push_back(step.step);
  return names;
}

const NextStep* Find(const std::vector<NextStep>& steps, Step wanted) {
  for (const NextStep& step : steps) {
    if (step.step == wanted) return &step;
  }
  return nullptr;
}

TEST(NextStepsTest, NothingIsToDoForACustomerWithoutTrouble) {
  EXPECT_THAT(Names(Case().Partners(2)), IsEmpty());
  EXPECT_THAT(Names(Case().Partners(2).Orders(9)), IsEmpty());
}

TEST(NextStepsTest, ADepositIsAShareOfThePrice) {
  const Case settled = Case().Partners(1).Report(Case::Origin(0), EntryStatus::kSettled);
  const auto steps = Steps(settled);
  const NextStep* deposit = Find(steps, Step::kDeposit);
  ASSERT_NE(deposit, nullptr);
  EXPECT_EQ(deposit->share_ppm, 500'000u);
  EXPECT_EQ(deposit->money, Rupiah(2'250'000));
  Case group = settled;
  group.Group(Effect::kAccept, Effect::kDecline);
  group.inputs().group->deposit_ppm = 333'333;
  const auto of_group = Steps(group);
  EXPECT_EQ(Find(of_group, Step::kDeposit)->share_ppm, 333'333u);
  // A third of 4,500,000.00, rounded up.
  EXPECT_EQ(Find(of_group, Step::kDeposit)->money->minor, 149'999'850u);
}

TEST(NextStepsTest, AGoodCustomerWithAGoodReasonIsOfferedAPlanOnDates) {
  const auto behind = [](uint32_t good, uint32_t late, Mitigation mitigation) {
    Case made = Case().Partners(1).Orders(good, late).Overdue(2, 20);
    return made.Incident(Reason::kInvoiceOverdue).Mitigated(mitigation);
  };
  const auto steps = Steps(behind(9, 0, Mitigation::kToldInTime));
  const NextStep* plan = Find(steps, Step::kPlan);
  ASSERT_NE(plan, nullptr);
  EXPECT_THAT(plan->dates, ElementsAre(DaysAgo(-30), DaysAgo(-60), DaysAgo(-90)));
  // A plan is instead of asking for all of it now.
  EXPECT_THAT(Names(behind(9, 0, Mitigation::kToldInTime)),
              Not(AnyOf(Contains(Step::kRemind), Contains(Step::kSettleOpen))));
  EXPECT_THAT(Names(behind(9, 0, Mitigation::kKeptPlan)), Not(Contains(Step::kPlan)));
  // Nobody else is.
  EXPECT_THAT(Names(behind(2, 0, Mitigation::kToldInTime)), Not(Contains(Step::kPlan)));
  EXPECT_THAT(Names(behind(9, 3, Mitigation::kToldInTime)), Not(Contains(Step::kPlan)));
  // Nor is one who gave no reason, or whose reason is about something else.
  Case silent = Case().Partners(1).Orders(9).Overdue(2, 20);
  EXPECT_THAT(Names(silent), Not(Contains(Step::kPlan)));
  EXPECT_EQ(Find(Steps(silent), Step::kRemind)->days, 20u);
  EXPECT_THAT(Names(silent), Contains(Step::kSettleOpen));
  silent.Incident(Reason::kStaffAbuse).Mitigated(Mitigation::kShopAtFault);
  EXPECT_THAT(Names(silent), Not(Contains(Step::kPlan)));
  // Who told in time and owes is.
  Case told = Case().Partners(1).Orders(9).Incident(Reason::kDepositUnsettled);
  EXPECT_THAT(Names(told), Not(Contains(Step::kPlan)));
  EXPECT_THAT(Names(told.Mitigated(Mitigation::kToldInTime)), Contains(Step::kPlan));
}

TEST(NextStepsTest, AFirstSlipIsACaution) {
  EXPECT_THAT(Names(Case().Partners(1).Orders(5).Overdue(1, 3)), ElementsAre(Step::kCaution));
}

TEST(NextStepsTest, TheShopLooksAtItsOwnSideBeforeItBlames) {
  EXPECT_THAT(Names(Case().Partners(1).Orders(1, 3, 0)),
              ElementsAre(Step::kPrepay, Step::kCheckTerms, Step::kCheckInvoice));
  EXPECT_THAT(Names(Case().Partners(1).Incident(Reason::kNoShow).Incident(Reason::kNoShow)),
              Contains(Step::kCheckDelivery));
  EXPECT_THAT(Names(Case().Partners(1).Incident(Reason::kStaffAbuse).Incident(Reason::kStaffAbuse)),
              ElementsAre(Step::kReview, Step::kCheckQuality));
}

TEST(NextStepsTest, WhatIsOpenComesFirstPastTheLimit) {
  const auto steps = Steps(Case()
                               .Partners(1)
                               .Orders(9)
                               .Amounts(4'000'000, 9, 8'000'000)
                               .Group(Effect::kAccept, Effect::kDecline, 10'000'000));
  ASSERT_NE(Find(steps, Step::kSettleOpen), nullptr);
  EXPECT_EQ(Find(steps, Step::kSettleOpen)->money, Rupiah(8'000'000));
  EXPECT_EQ(Find(steps, Step::kCreditTerms), nullptr);  // no credit now
}

TEST(NextStepsTest, WhatIsPastDueIsNamedWithoutASumOfOneCurrency) {
  // Some of what is open in the order's currency may be due later, and more in another.
  const auto steps =
      Steps(Case().Partners(1).Orders(9).Overdue(2, 20).Amounts(4'000'000, 9, 8'000'000));
  ASSERT_NE(Find(steps, Step::kSettleOpen), nullptr);
  EXPECT_FALSE(Find(steps, Step::kSettleOpen)->money.has_value());
  EXPECT_EQ(StepSentence(*Find(steps, Step::kSettleOpen), Language::kEnglish),
            "Ask the customer to settle what is past due first.");
}

TEST(NextStepsTest, TheRestOfADepositPastTheLimitIsPaidOnDelivery) {
  const auto on = [](Terms terms, uint64_t open) {
    Case made = Case().Partners(1).Orders(9).Asks(terms).Amount(Rupiah(4'000'000));
    return Names(
        made.Amounts(4'000'000, 9, open).Group(Effect::kAccept, Effect::kDecline, 10'000'000));
  };
  EXPECT_THAT(on(Terms::kDeposit, 8'000'001), Contains(Step::kRestOnDelivery));
  EXPECT_THAT(on(Terms::kDeposit, 8'000'000), Not(Contains(Step::kRestOnDelivery)));
  EXPECT_THAT(on(Terms::kCod, 8'000'001), Not(Contains(Step::kRestOnDelivery)));
}

TEST(NextStepsTest, AGroupBringsItsTerms) {
  Case regular = Case().Partners(1).Orders(9).Group(Effect::kAccept, Effect::kDecline, 90'000'000);
  regular.inputs().group->credit_days = 14;
  regular.inputs().group->price_list = "wholesale";
  regular.inputs().group->bonus_card = true;
  const auto steps = Steps(regular);
  EXPECT_EQ(Find(steps, Step::kCreditTerms)->days, 14u);
  EXPECT_EQ(Find(steps, Step::kCreditTerms)->money, Rupiah(90'000'000));
  EXPECT_EQ(Find(steps, Step::kPriceList)->name, "wholesale");
  EXPECT_NE(Find(steps, Step::kBonusCard), nullptr);
  EXPECT_THAT(Names(regular.Asks(Terms::kPrepaid)), Not(Contains(Step::kCreditTerms)));
}

TEST(NextStepsTest, PartingWellNeedsADeclineOrMuchNoted) {
  Case decline = Case().Partners(1);
  decline.inputs().own.unpaid.push_back({DaysAgo(0), 9});
  decline.inputs().own.orders = 9;
  EXPECT_EQ(decline.Answer(), Effect::kDecline);
  EXPECT_THAT(Names(decline), Contains(Step::kPartWell));
  Case noted = Case().Partners(1);
  for (int i = 0; i < 3; ++i) noted.Incident(Reason::kStaffAbuse);
  EXPECT_THAT(Names(noted), Not(Contains(Step::kPartWell)));
  EXPECT_THAT(Names(noted.Incident(Reason::kKickback)), Contains(Step::kPartWell));
}

TEST(NextStepsTest, PartnersWhoCouldNotBeAskedAreAskedAgain) {
  EXPECT_THAT(Names(Case().Partners(2, PartnerState::kNotChecked)),
              ElementsAre(Step::kReview, Step::kAskAgain));
}

TEST(NextStepsTest, NobodyIsAskedAgainWhereThereIsNobody) {
  EXPECT_THAT(Names(Case()), ElementsAre(Step::kReview));
  EXPECT_THAT(Names(Case().Partner("a.test").Partner("b.test")), IsEmpty());
}

TEST(NextStepsTest, AnOfferedDepositThatIsTooLittleTakesTheRestOnDelivery) {
  const Case offered = Case().Asks(Terms::kDeposit).Partners(1).Report(Case::Origin(0));
  EXPECT_THAT(Names(offered), ElementsAre(Step::kDeposit, Step::kRestOnDelivery));
}

TEST(NextStepsTest, AfterAReversalPaymentIsChecked) {
  const auto on = [](Terms terms, EntryStatus status) {
    return Names(
        Case().Asks(terms).Partners(1).Orders(30).Incident(Reason::kPaymentReversed, status));
  };
  EXPECT_THAT(on(Terms::kPrepaid, EntryStatus::kLive), Contains(Step::kCheckPayment));
  EXPECT_THAT(on(Terms::kPrepaid, EntryStatus::kLive), Not(Contains(Step::kPrepay)));
  EXPECT_THAT(on(Terms::kCredit, EntryStatus::kLive), Contains(Step::kPrepay));
  EXPECT_THAT(on(Terms::kCredit, EntryStatus::kLive), Contains(Step::kCheckPayment));
  EXPECT_THAT(on(Terms::kPrepaid, EntryStatus::kSettled), ElementsAre(Step::kCheckPayment));
  EXPECT_THAT(on(Terms::kPrepaid, EntryStatus::kWithdrawn), IsEmpty());
  EXPECT_THAT(on(Terms::kCredit, EntryStatus::kSettled), IsEmpty());
}

TEST(NextStepsTest, BesideADepositCreditIsForTheRest) {
  Case regular = Case().Partners(1).Report(Case::Origin(0), EntryStatus::kSettled);
  regular.Group(Effect::kAccept, Effect::kDecline).inputs().group->credit_days = 14;
  const auto steps = Steps(regular);
  ASSERT_NE(Find(steps, Step::kDeposit), nullptr);
  ASSERT_NE(Find(steps, Step::kCreditTerms), nullptr);
  EXPECT_EQ(StepSentence(*Find(steps, Step::kCreditTerms), Language::kEnglish),
            "Agree on payment of the rest within 14 days.");
  regular.inputs().records.clear();
  EXPECT_EQ(StepSentence(*Find(Steps(regular), Step::kCreditTerms), Language::kEnglish),
            "Agree on payment within 14 days.");
}

TEST(NextStepsTest, AReplayGivesTheSameAdviceInWholeSentences) {
  std::mt19937_64 random(31);
  for (int round = 0; round < 5'000; ++round) {
    const Inputs inputs = RandomInputs(random);
    const Decision decision = Decide(inputs, DefaultPolicy());
    const auto steps = NextSteps(decision.weighed, decision.verdict, DefaultPolicy(), DaysAgo(0));
    auto body =
        ReceiptBody::Decode(MakeReceipt(decision, DefaultPolicy(), {}, inputs.now).Encode());
    ASSERT_TRUE(body.ok());
    ASSERT_EQ(
        NextSteps(body->weighed, body->verdict, DefaultPolicy(), evidence::Date::Of(body->time)),
        steps);
    for (const NextStep& step : steps) {
      for (const Language language : kLanguages) {
        const std::string sentence = StepSentence(step, language);
        ASSERT_FALSE(sentence.empty()) << StepName(step.step);
        ASSERT_EQ(sentence.back(), '.') << sentence;
        ASSERT_EQ(sentence.find('{'), std::string::npos) << sentence;
      }
    }
  }
}

std::vector<std::string> StepsNow(const InputsBuilder& made, Effect chosen) {
  const Decision decision = made.Decide();
  std::vector<std::string> names;
  for (const NextStep& step :
       NextStepsOfOverride(decision.weighed, decision.verdict, chosen, DefaultPolicy(),
                           evidence::Date::Of(made.Build().now))) {
    names.emplace_back(StepName(step.step));
  }
  return names;
}

TEST(NextStepsTest, AnOverrideHasTheStepsOfTheEffectThatWasChosen) {
  using Names = std::vector<std::string>;
  InputsBuilder partners;
  partners.Partners(2).Report(InputsBuilder::Origin(0)).Report(InputsBuilder::Origin(1));
  ASSERT_EQ(partners.Answer(), Effect::kPrepay);
  EXPECT_EQ(StepsNow(partners, Effect::kAccept), Names{});
  EXPECT_EQ(StepsNow(partners, Effect::kDeposit), Names{"deposit"});
  EXPECT_EQ(StepsNow(partners, Effect::kReview), Names{"second-look"});
  EXPECT_EQ(StepsNow(partners, Effect::kDecline), Names{"part-well"});
  // Nobody has to be asked again about what a person has decided.
  InputsBuilder nobody;
  nobody.Partners(1, PartnerState::kNotChecked);
  ASSERT_EQ(nobody.Decide().verdict.rule, Rule::kNobodyAsked);
  EXPECT_EQ(StepsNow(nobody, Effect::kAccept), Names{});
  // A debt stays one; whether it comes first is decided with the effect.
  InputsBuilder owes;
  owes.Partners(1).Overdue(1, 15);
  EXPECT_EQ(StepsNow(owes, Effect::kAccept), Names{"remind"});
  EXPECT_EQ(StepsNow(owes, Effect::kDeposit),
            (Names{"deposit", "remind", "settle-open", "check-terms", "check-invoice"}));
  // Past the limit beside a deposit the rest was to be paid on delivery.
  InputsBuilder limited;
  limited.Partners(1).Asks(Terms::kDeposit).Group(Effect::kAccept, Effect::kDecline, 1);
  ASSERT_TRUE(IsRestOnDelivery(limited.Decide().weighed, limited.Decide().verdict));
  for (const Effect chosen : {Effect::kAccept, Effect::kDeposit}) {
    for (const std::string& step : StepsNow(limited, chosen)) EXPECT_NE(step, "rest-on-delivery");
  }
  // An answer of the allowlist can be overridden as well.
  EXPECT_EQ(StepsNow(InputsBuilder().Partners(1).Overdue(1, 15).Allowed(), Effect::kPrepay),
            (Names{"prepay", "remind", "settle-open", "check-terms", "check-invoice"}));
}

TEST(StepSentenceTest, SaysSharesAmountsAndDates) {
  NextStep deposit{.step = Step::kDeposit, .share_ppm = 333'333, .money = Rupiah(1'500'000)};
  EXPECT_EQ(StepSentence(deposit, Language::kEnglish),
            "Ask for a deposit of 33.3 % of the price (IDR 1,500,000) before work or delivery.");
  EXPECT_EQ(StepSentence(deposit, Language::kIndonesian),
            "Mintalah uang muka sebesar 33,3% dari harga (Rp1.500.000) sebelum pengerjaan atau "
            "pengiriman.");
  NextStep plan{.step = Step::kPlan};
  plan.dates = {DaysAgo(0), DaysAgo(-30)};
  EXPECT_EQ(StepSentence(plan, Language::kEnglish),
            "Offer a payment plan of 2 instalments: 4 October 2024, 3 November 2024.");
}

}  // namespace
}  // namespace daftar::decision
