#include "node/decision/advice.h"

#include <algorithm>

#include "node/decision/texts.h"
#include "node/decision/wording.h"

namespace daftar::decision {
namespace {

using Steps = std::vector<NextStep>;

bool Has(const Verdict& verdict, Cap cap) {
  return std::find(verdict.caps.begin(), verdict.caps.end(), cap) != verdict.caps.end();
}

bool Fired(const Verdict& verdict, Rule rule) {
  return std::any_of(verdict.rules.begin(), verdict.rules.end(),
                     [rule](const RuleOutcome& o) { return o.rule == rule && o.fired; });
}

// A payment to this shop, made good since or not.
bool EverReversed(const Weighed& weighed) {
  return HasReversed(weighed) ||
         std::any_of(weighed.incidents.begin(), weighed.incidents.end(),
                     [](const WeighedIncident& incident) {
                       return incident.trouble == Trouble::kReversal && incident.bad_ppm > 0;
                     });
}

void AskForMoney(const Weighed& weighed, const Verdict& verdict, const Policy& policy,
                 Steps& steps) {
  if (verdict.effect == Effect::kDeposit) {
    NextStep step{.step = Step::kDeposit, .share_ppm = DepositShare(weighed, policy)};
    if (const auto& amount = weighed.order.amount; amount.has_value()) {
      step.money = evidence::Money{PartOf(amount->minor, step.share_ppm), amount->currency};
    }
    steps.push_back(std::move(step));
  }
  if (IsRestOnDelivery(weighed, verdict)) steps.push_back({.step = Step::kRestOnDelivery});
  const bool prepaid = weighed.order.terms == Terms::kPrepaid;
  if (verdict.effect == Effect::kPrepay && !prepaid) steps.push_back({.step = Step::kPrepay});
  const bool paid_before =
      prepaid || verdict.effect == Effect::kDeposit || verdict.effect == Effect::kPrepay;
  if (paid_before && verdict.rule != Rule::kAllowlist && EverReversed(weighed)) {
    steps.push_back({.step = Step::kCheckPayment});
  }
  if (verdict.effect == Effect::kReview) steps.push_back({.step = Step::kReview});
}

// A good customer who owes and had a good reason is helped to pay: something speaks for the
// customer in an incident about money, and no plan was made for it yet.
bool IsOfferedPlan(const Weighed& weighed, const Policy& policy) {
  if (!IsGoodCustomer(weighed.own, policy.plan_orders)) return false;
  return std::any_of(
      weighed.incidents.begin(), weighed.incidents.end(), [](const WeighedIncident& incident) {
        return IsOfMoney(incident.trouble) && incident.status == EntryStatus::kLive &&
               !incident.mitigations.empty() && !incident.mitigations.Has(Mitigation::kKeptPlan);
      });
}

void HelpToSettle(const Weighed& weighed, const Verdict& verdict, const Policy& policy,
                  evidence::Date today, Steps& steps) {
  const WeighedOwn& own = weighed.own;
  const bool slip = Has(verdict, Cap::kFirstSlip);
  const bool plan_offered = IsOfferedPlan(weighed, policy);
  // One way to speak of the debt at a time, the kindest that fits.
  if (plan_offered) {
    NextStep plan{.step = Step::kPlan};
    for (uint32_t i = 1; i <= policy.plan_instalments; ++i) {
      plan.dates.push_back(today.PlusDays(int64_t{i} * policy.plan_interval_days));
    }
    steps.push_back(std::move(plan));
  } else if (slip) {
    steps.push_back({.step = Step::kCaution});
  } else if (own.overdue > own.given_up) {
    steps.push_back({.step = Step::kRemind, .days = own.overdue_days});
  }
  // A limit counts all that is open. Of a debt, what is past due is owed in whichever currency,
  // and what is open beside it may be due later: no sum of one of them is the right one.
  const bool limited = Fired(verdict, Rule::kCreditLimit);
  if (plan_offered) return;
  if (limited && own.open_minor > 0 && own.open_minor <= evidence::kMaxMinorUnits) {
    steps.push_back({.step = Step::kSettleOpen,
                     .money = evidence::Money{own.open_minor, weighed.order.amount->currency}});
  } else if (Fired(verdict, Rule::kOpenDebt) && verdict.effect > Effect::kAccept) {
    steps.push_back({.step = Step::kSettleOpen});
  }
}

// Before a customer is blamed, the shop looks at its own side.
void LookAtOwnSide(const Weighed& weighed, const Verdict& verdict, Steps& steps) {
  if (verdict.effect == Effect::kAccept) return;
  const auto any = [&weighed](auto holds) {
    return std::any_of(weighed.incidents.begin(), weighed.incidents.end(),
                       [&](const WeighedIncident& i) { return i.bad_ppm > 0 && holds(i.trouble); });
  };
  const bool owes =
      weighed.own.overdue > 0 || weighed.own.bad > 0 || any([](Trouble t) { return IsOfMoney(t); });
  if (any([](Trouble t) { return t == Trouble::kAgreement; })) {
    steps.push_back({.step = Step::kCheckDelivery});
  }
  if (owes) {
    steps.push_back({.step = Step::kCheckTerms});
    steps.push_back({.step = Step::kCheckInvoice});
  }
  if (any([](Trouble t) { return IsLocal(t); })) steps.push_back({.step = Step::kCheckQuality});
}

void AddGroupTerms(const Weighed& weighed, const Verdict& verdict, const Policy& policy,
                   Steps& steps) {
  if (!weighed.group.has_value()) return;
  const GroupTerms& group = *weighed.group;
  const bool credit = verdict.effect <= Effect::kDeposit && weighed.order.terms == Terms::kCredit;
  if (credit && (group.credit_days.has_value() || !group.credit_limits.empty())) {
    NextStep step{.step = Step::kCreditTerms, .days = group.credit_days.value_or(0)};
    if (!group.credit_limits.empty()) step.money = group.credit_limits.front();
    if (verdict.effect == Effect::kDeposit) step.share_ppm = DepositShare(weighed, policy);
    steps.push_back(std::move(step));
  }
  if (!group.price_list.empty()) {
    steps.push_back({.step = Step::kPriceList, .name = group.price_list});
  }
  if (group.bonus_card) steps.push_back({.step = Step::kBonusCard});
}

bool IsPartedFrom(const Weighed& weighed, const Verdict& verdict, const Policy& policy) {
  if (verdict.effect == Effect::kDecline) return true;
  uint64_t local = 0;
  for (const WeighedIncident& incident : weighed.incidents) {
    if (IsLocal(incident.trouble)) local += incident.bad_ppm;
  }
  return verdict.effect == Effect::kReview && local >= policy.local_part_well_ppm;
}

// "50", "33.3": of parts per million, at most one decimal, as the language writes it.
std::string Percent(uint32_t ppm, Language language) {
  const uint32_t tenths = (ppm + 500) / 1000;
  std::string text = std::to_string(tenths / 10);
  if (tenths % 10 != 0) {
    text += (language == Language::kIndonesian ? "," : ".") + std::to_string(tenths % 10);
  }
  return text;
}

std::string InBrackets(const std::optional<evidence::Money>& money, Language language) {
  return money.has_value() ? " (" + MoneyText(language, *money) + ")" : "";
}

std::string CreditTermsSentence(const NextStep& step, Language language) {
  const std::string limit = step.money.has_value() ? Fill(language, Text::kNextCreditLimit,
                                                          {MoneyText(language, *step.money)})
                                                   : "";
  if (step.days == 0) {
    return Fill(language, Text::kNextLimitOnly,
                {MoneyText(language, step.money.value_or(evidence::Money()))});
  }
  return Fill(language, step.share_ppm > 0 ? Text::kNextCreditRest : Text::kNextCreditTerms,
              {DaysText(step.days, language), limit});
}

}  // namespace

std::string_view StepName(Step step) {
  switch (step) {
    case Step::kDeposit:
      return "deposit";
    case Step::kPrepay:
      return "prepay";
    case Step::kReview:
      return "second-look";
    case Step::kPlan:
      return "payment-plan";
    case Step::kSettleOpen:
      return "settle-open";
    case Step::kRemind:
      return "remind";
    case Step::kCaution:
      return "caution";
    case Step::kCheckDelivery:
      return "check-delivery";
    case Step::kCheckTerms:
      return "check-terms";
    case Step::kCheckInvoice:
      return "check-invoice";
    case Step::kCheckQuality:
      return "check-quality";
    case Step::kCreditTerms:
      return "credit-terms";
    case Step::kPriceList:
      return "price-list";
    case Step::kBonusCard:
      return "bonus-card";
    case Step::kAskAgain:
      return "ask-again";
    case Step::kPartWell:
      return "part-well";
    case Step::kRestOnDelivery:
      return "rest-on-delivery";
    case Step::kCheckPayment:
      return "check-payment";
  }
  return "unknown";
}

std::string StepSentence(const NextStep& step, Language language) {
  const auto words = [language](Text text) { return std::string(Words(language, text)); };
  switch (step.step) {
    case Step::kDeposit:
      return Fill(language, Text::kNextDeposit,
                  {Percent(step.share_ppm, language), InBrackets(step.money, language)});
    case Step::kPrepay:
      return words(Text::kNextPrepay);
    case Step::kReview:
      return words(Text::kNextReview);
    case Step::kPlan: {
      std::string dates;
      for (const evidence::Date date : step.dates) {
        dates += (dates.empty() ? "" : ", ") + DateText(language, date);
      }
      return Fill(language, Text::kNextPlan, {std::to_string(step.dates.size()), dates});
    }
    case Step::kSettleOpen:
      if (!step.money.has_value()) return words(Text::kNextSettleDue);
      return Fill(language, Text::kNextSettleOpen, {MoneyText(language, *step.money)});
    case Step::kRemind:
      return Fill(language, Text::kNextRemind, {DaysText(step.days, language)});
    case Step::kCaution:
      return words(Text::kNextCaution);
    case Step::kCheckDelivery:
      return words(Text::kNextCheckDelivery);
    case Step::kCheckTerms:
      return words(Text::kNextCheckTerms);
    case Step::kCheckInvoice:
      return words(Text::kNextCheckInvoice);
    case Step::kCheckQuality:
      return words(Text::kNextCheckQuality);
    case Step::kCreditTerms:
      return CreditTermsSentence(step, language);
    case Step::kPriceList:
      return Fill(language, Text::kNextPriceList, {step.name});
    case Step::kBonusCard:
      return words(Text::kNextBonusCard);
    case Step::kAskAgain:
      return words(Text::kNextAskAgain);
    case Step::kPartWell:
      return words(Text::kNextPartWell);
    case Step::kRestOnDelivery:
      return words(Text::kNextRestOnDelivery);
    case Step::kCheckPayment:
      return words(Text::kNextCheckPayment);
  }
  return "";
}

std::vector<NextStep> NextSteps(const Weighed& weighed, const Verdict& verdict,
                                const Policy& policy, evidence::Date today) {
  Steps steps;
  AskForMoney(weighed, verdict, policy, steps);
  // Without partners there is nobody to ask, now or later.
  if (verdict.rule == Rule::kNobodyAsked && !weighed.partners.empty()) {
    steps.push_back({.step = Step::kAskAgain});
  }
  if (verdict.rule != Rule::kAllowlist) HelpToSettle(weighed, verdict, policy, today, steps);
  LookAtOwnSide(weighed, verdict, steps);
  AddGroupTerms(weighed, verdict, policy, steps);
  if (IsPartedFrom(weighed, verdict, policy)) steps.push_back({.step = Step::kPartWell});
  return steps;
}

std::vector<NextStep> NextStepsOfOverride(const Weighed& weighed, const Verdict& overridden,
                                          Effect effect, const Policy& policy,
                                          evidence::Date today) {
  Verdict chosen;
  chosen.effect = effect;
  // Who takes the order on the terms asked for has looked at what is open; with any other effect
  // the debts that it was about come first as before.
  if (effect > Effect::kAccept) chosen.rules = overridden.rules;
  Steps steps = NextSteps(weighed, chosen, policy, today);
  // Whether the rest is to be paid on delivery was the verdict's condition, not the person's.
  std::erase_if(steps, [](const NextStep& step) { return step.step == Step::kRestOnDelivery; });
  return steps;
}

}  // namespace daftar::decision
