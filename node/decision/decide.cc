#include "node/decision/decide.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

namespace daftar::decision {
namespace {

Effect Milder(Effect a, Effect b) { return std::min(a, b); }
Effect Severer(Effect a, Effect b) { return std::max(a, b); }

// The two sides of r, in ppm of orders. Bounded: at most 10^6 own orders, 256 incidents, 256
// partners of weight 10 and k of 1000 keep `all` below 1.1 * 10^12, and five kinds of trouble `bad`
// below five times that, so that times 10^6 fits u64.
struct Rate {
  uint64_t bad = 0;
  uint64_t all = 0;
  bool evidence = false;  // something counts against the buyer

  void AddRecord(uint64_t ppm) {
    bad += ppm;
    all += ppm;
    evidence = evidence || ppm > 0;
  }
  uint32_t r_ppm() const { return static_cast<uint32_t>(std::min(bad, all) * kPpm / all); }
};

// Trouble of several kinds says more than as much of one kind.
uint64_t OfSeveralKinds(uint64_t bad_ppm, const Weighed& weighed, const Policy& policy) {
  const uint32_t kinds = KindsOfTrouble(weighed);
  if (kinds < 2) return bad_ppm;
  return bad_ppm + bad_ppm * policy.further_kind_ppm / kPpm * (kinds - 1);
}

Rate OwnRate(const Weighed& weighed, const Policy& policy) {
  Rate rate;
  rate.bad = weighed.own.bad_ppm;
  rate.all = weighed.own.orders * kPpm;
  rate.evidence = weighed.own.bad_ppm > 0;
  for (const WeighedIncident& incident : weighed.incidents) {
    if (IsLocal(incident.trouble) || incident.in_track_record) continue;
    rate.AddRecord(incident.bad_ppm);
  }
  rate.bad = OfSeveralKinds(rate.bad, weighed, policy);
  rate.bad += uint64_t{policy.k_ppm} * weighed.prior_ppm / kPpm;
  rate.all += policy.k_ppm;
  return rate;
}

// A partner counts once, by its strongest entry.
uint64_t PartnerPpm(const WeighedPartner& partner) {
  uint32_t strongest = 0;
  for (const WeighedEntry& entry : partner.entries) strongest = std::max(strongest, entry.bad_ppm);
  return uint64_t{partner.weight_ppm} * strongest / kPpm;
}

// `share_ppm`: how much of the loss on credit is at stake on the terms asked for.
Effect ThresholdEffect(const Rate& rate, uint32_t share_ppm, const Policy& policy) {
  if (!rate.evidence) return Effect::kAccept;
  const uint64_t r = uint64_t{rate.r_ppm()} * share_ppm / kPpm;
  if (r >= policy.decline_at_ppm) return Effect::kDecline;
  if (r >= policy.review_at_ppm) return Effect::kReview;
  if (r >= policy.prepay_at_ppm) return Effect::kPrepay;
  if (r >= policy.deposit_at_ppm) return Effect::kDeposit;
  return Effect::kAccept;
}

// r with everything, its effect, and the caps that lowered it.
struct RateEffect {
  Effect effect = Effect::kAccept;
  uint32_t r_ppm = 0;
  bool evidence = false;
  Effect own = Effect::kAccept;   // of the shop's own record alone
  bool partners = false;          // theirs is among the evidence
  bool rest_on_delivery = false;  // kDeposit on deposit terms, and not covered by them
  std::vector<Cap> caps;
};

// `share` as in ThresholdEffect.
RateEffect RateAt(const Weighed& weighed, uint32_t share, const Policy& policy) {
  const Rate own = OwnRate(weighed, policy);
  Rate fresh = own;
  Rate all = own;
  RateEffect result;
  for (const WeighedPartner& partner : weighed.partners) {
    const uint64_t ppm = PartnerPpm(partner);
    all.AddRecord(ppm);
    result.partners = result.partners || ppm > 0;
    // What is known of a partner that could not be asked comes from before, like a stale one's.
    const bool current =
        partner.state == PartnerState::kAnswered || partner.state == PartnerState::kCached;
    if (current) fresh.AddRecord(ppm);
  }
  // What is past the cap must be reached without partners, or without the stale ones.
  const Effect partners_bound = Severer(ThresholdEffect(own, share, policy), policy.partners_cap);
  const Effect fresh_effect = Milder(ThresholdEffect(fresh, share, policy), partners_bound);
  const Effect stale_bound = Severer(fresh_effect, policy.stale_cap);
  result.own = ThresholdEffect(own, share, policy);
  result.r_ppm = all.r_ppm();
  result.evidence = all.evidence;
  result.effect = ThresholdEffect(all, share, policy);
  if (result.effect > partners_bound) {
    result.effect = partners_bound;
    result.caps.push_back(Cap::kPartners);
  }
  if (result.effect > stale_bound) {
    result.effect = stale_bound;
    result.caps.push_back(Cap::kStale);
  }
  return result;
}

uint64_t Sum(uint64_t a, uint64_t b) {
  return a > std::numeric_limits<uint64_t>::max() - b ? std::numeric_limits<uint64_t>::max()
                                                      : a + b;
}

// What this shop keeps to itself about the customer.
uint64_t LocalPpm(const Weighed& weighed, const Policy& policy) {
  uint64_t sum = 0;
  for (const WeighedIncident& incident : weighed.incidents) {
    if (IsLocal(incident.trouble)) sum += incident.bad_ppm;
  }
  return OfSeveralKinds(sum, weighed, policy);
}

// For how long the customer has owed. An order that was given up asks from that day on for what one
// does that is past due for so long that it counts as not paid: the shop expects no more of it.
uint32_t DebtDays(const WeighedOwn& own, const Policy& policy) {
  return own.given_up == 0 ? own.overdue_days
                           : std::max(own.overdue_days, policy.late_after_days + 1);
}

// The first thing that went wrong with a good customer: one order past due, nothing else bad.
bool IsFirstSlip(const Weighed& weighed, const Policy& policy) {
  const WeighedOwn& own = weighed.own;
  if (!IsGoodCustomer(own, policy.first_slip_orders) || own.overdue != 1) return false;
  const uint64_t of_this_one = DebtDays(own, policy) > policy.late_after_days ? 1 : 0;
  return own.bad <= of_this_one &&
         std::none_of(
             weighed.incidents.begin(), weighed.incidents.end(), [](const WeighedIncident& i) {
               const bool is_the_slip = i.in_track_record && i.trouble == Trouble::kPayment;
               return i.bad_ppm > 0 && !is_the_slip;
             });
}

// A caution instead: one step less.
Effect OneStepLess(Effect effect) {
  return effect == Effect::kAccept ? effect : static_cast<Effect>(static_cast<int>(effect) - 1);
}

// Of a first slip: the shop's own record asks for one step less; partners' records are no part of
// it, and ask for what they may.
Effect SlippedEffect(const RateEffect& rate, const Policy& policy) {
  const Effect own = OneStepLess(rate.own);
  return rate.partners ? Severer(own, Milder(rate.effect, policy.partners_cap)) : own;
}

// Of a first slip, one step less. Who offers a deposit that would not do beside credit is asked for
// no more than who pays on delivery: the shop can hand over against the rest.
RateEffect JudgeRate(const Weighed& weighed, bool first_slip, const Policy& policy) {
  const auto at = [&](uint32_t share) {
    RateEffect rate = RateAt(weighed, share, policy);
    if (first_slip) rate.effect = SlippedEffect(rate, policy);
    return rate;
  };
  const Terms terms = weighed.order.terms;
  if (terms == Terms::kCod) return at(policy.cod_share_ppm);
  RateEffect whole = at(kPpm);
  if (terms != Terms::kDeposit || whole.effect <= Effect::kDeposit) return whole;
  RateEffect on_delivery = at(policy.cod_share_ppm);
  on_delivery.effect = Severer(on_delivery.effect, Effect::kDeposit);
  on_delivery.rest_on_delivery = on_delivery.effect == Effect::kDeposit;
  return on_delivery;
}

RuleOutcome OpenDebt(const Weighed& weighed, const Policy& policy, bool first_slip) {
  RuleOutcome outcome{Rule::kOpenDebt, false, Effect::kAccept};
  const uint32_t days = DebtDays(weighed.own, policy);
  if (days >= policy.debt_deposit_days) outcome.effect = Effect::kDeposit;
  if (days >= policy.debt_prepay_days) outcome.effect = Effect::kPrepay;
  outcome.fired = outcome.effect > Effect::kAccept;
  if (first_slip) outcome.effect = OneStepLess(outcome.effect);
  for (const WeighedIncident& incident : weighed.incidents) {
    if (!IsOpenDebt(incident)) continue;
    outcome.effect = Effect::kPrepay;
    outcome.fired = true;
  }
  return outcome;
}

RuleOutcome LocalReasons(const Weighed& weighed, const Policy& policy) {
  // However many kinds of trouble there are, one act is no pattern unless it is enough alone.
  uint64_t acts = 0;
  uint32_t worst = 0;
  for (const WeighedIncident& incident : weighed.incidents) {
    if (!IsLocal(incident.trouble) || incident.bad_ppm == 0) continue;
    ++acts;
    worst = std::max(worst, incident.bad_ppm);
  }
  const bool fired = LocalPpm(weighed, policy) >= policy.local_review_ppm &&
                     (acts > 1 || worst >= policy.local_review_ppm);
  return {Rule::kLocalReasons, fired, fired ? Effect::kReview : Effect::kAccept};
}

// With what is open already: a debt of many small orders is as unusual as one large order.
RuleOutcome UnusualAmount(const Weighed& weighed, const Policy& policy) {
  const WeighedOwn& own = weighed.own;
  const auto& amount = weighed.order.amount;
  const bool known = own.usual_orders >= policy.unusual_least_orders && own.usual_minor > 0;
  if (policy.unusual_times == 0 || !known || !amount.has_value()) {
    return {Rule::kUnusualAmount, false, Effect::kAccept};
  }
  const uint64_t total = Sum(amount->minor, own.open_minor);
  const bool fired = total / policy.unusual_times >= own.usual_minor;
  return {Rule::kUnusualAmount, fired, fired ? Effect::kDeposit : Effect::kAccept};
}

// What the order would leave open. Paid on delivery leaves nothing; beside a deposit it is the
// rest, which may be paid on delivery like the whole price, so it asks for no more than that.
RuleOutcome CreditLimit(const Weighed& weighed, const Policy& policy) {
  const auto& amount = weighed.order.amount;
  const Terms terms = weighed.order.terms;
  const bool limited = weighed.group.has_value() && !weighed.group->credit_limits.empty();
  if (!limited || !amount.has_value() || terms == Terms::kCod) {
    return {Rule::kCreditLimit, false, Effect::kAccept};
  }
  uint64_t left = amount->minor;
  if (terms == Terms::kDeposit) {
    // A group that is never asked for more than a deposit is not asked for the rest on delivery.
    if (weighed.group->most <= Effect::kDeposit)
      return {Rule::kCreditLimit, false, Effect::kAccept};
    left -= PartOf(amount->minor, DepositShare(weighed, policy));
  }
  const bool fired = Sum(left, weighed.own.open_minor) > weighed.group->credit_limits.front().minor;
  const bool asks = fired && terms == Terms::kCredit;
  return {Rule::kCreditLimit, fired, asks ? Effect::kPrepay : Effect::kAccept};
}

// A shop that has seen the buyer pay knows the buyer; one that has seen only trouble does not know
// enough to do without partners.
RuleOutcome NobodyAsked(const Weighed& weighed) {
  const bool asked = std::any_of(
      weighed.partners.begin(), weighed.partners.end(),
      [](const WeighedPartner& partner) { return partner.state != PartnerState::kNotChecked; });
  if (asked || weighed.own.good > 0) return {Rule::kNobodyAsked, false, Effect::kAccept};
  const auto& amount = weighed.order.amount;
  const auto& small = weighed.small_amount;
  const bool is_small = amount.has_value() && small.has_value() &&
                        amount->currency == small->currency && amount->minor <= small->minor;
  return {Rule::kNobodyAsked, true, is_small ? Effect::kAccept : Effect::kReview};
}

// The order in which rules are looked at; earlier ones decide at a tie.
constexpr Rule kOrder[] = {Rule::kOpenDebt,     Rule::kLocalReasons, Rule::kNobodyAsked,
                           Rule::kCreditLimit,  Rule::kExpectedRate, Rule::kUnusualAmount,
                           Rule::kPrepaidTerms, Rule::kNothingKnown};

// Every rule's outcome, by number.
using Outcomes = std::array<RuleOutcome, static_cast<size_t>(kLastRule)>;

RuleOutcome& Of(Outcomes& outcomes, Rule rule) { return outcomes[static_cast<size_t>(rule) - 1]; }

// The severest of the rules that fired.
void Conclude(Outcomes& outcomes, Verdict& verdict) {
  bool decided = false;
  for (const Rule rule : kOrder) {
    const RuleOutcome& outcome = Of(outcomes, rule);
    if (!outcome.fired) continue;
    if (!decided || outcome.effect > verdict.effect) {
      verdict.effect = outcome.effect;
      verdict.rule = rule;
      decided = true;
    }
  }
}

// The most that the terms asked for cover.
Effect CoveredBy(Terms terms) {
  if (terms == Terms::kPrepaid) return Effect::kPrepay;
  return terms == Terms::kDeposit ? Effect::kDeposit : Effect::kAccept;
}

// The group's bounds, then what the terms asked for cover already, then the allowlist over all.
// `safe`: the most that the terms cover of this buyer's order.
void Bound(const Weighed& weighed, Effect safe, Outcomes& outcomes, Verdict& verdict) {
  const Effect covered = CoveredBy(weighed.order.terms);
  if (weighed.group.has_value()) {
    RuleOutcome& group = Of(outcomes, Rule::kGroup);
    group.fired = weighed.group->least > Effect::kAccept && weighed.group->least > covered;
    if (group.fired) group.effect = weighed.group->least;
    if (group.fired && group.effect >= verdict.effect) {
      verdict.effect = group.effect;
      verdict.rule = Rule::kGroup;
    }
    if (verdict.effect > weighed.group->most) {
      verdict.effect = weighed.group->most;
      verdict.caps.push_back(Cap::kGroup);
    }
  }
  if (verdict.effect > Effect::kAccept && verdict.effect <= safe) {
    verdict.effect = Effect::kAccept;
    verdict.caps.push_back(Cap::kTerms);
  }
  if (weighed.allowed_by.empty()) return;
  Of(outcomes, Rule::kAllowlist).fired = true;
  verdict.effect = Effect::kAccept;
  verdict.rule = Rule::kAllowlist;
  verdict.caps.clear();
}

}  // namespace

RateSums SumRate(const Weighed& weighed, const Policy& policy) {
  Rate rate = OwnRate(weighed, policy);
  for (const WeighedPartner& partner : weighed.partners) rate.AddRecord(PartnerPpm(partner));
  return {rate.bad, rate.all};
}

bool IsOpenDebt(const WeighedIncident& incident) {
  return IsOfMoney(incident.trouble) && incident.status == EntryStatus::kLive &&
         (!incident.in_track_record || incident.trouble == Trouble::kReversal);
}

bool HasReversed(const Weighed& weighed) {
  return std::any_of(weighed.incidents.begin(), weighed.incidents.end(),
                     [](const WeighedIncident& incident) {
                       return incident.trouble == Trouble::kReversal && IsOpenDebt(incident);
                     });
}

bool IsRestOnDelivery(const Weighed& weighed, const Verdict& verdict) {
  if (weighed.order.terms != Terms::kDeposit) return false;
  // The terms cover a deposit asked for any other reason.
  if (verdict.effect == Effect::kDeposit) return true;
  const bool past_limit =
      std::any_of(verdict.rules.begin(), verdict.rules.end(), [](const RuleOutcome& outcome) {
        return outcome.rule == Rule::kCreditLimit && outcome.fired;
      });
  return past_limit && verdict.effect == Effect::kAccept && weighed.allowed_by.empty();
}

uint32_t DepositShare(const Weighed& weighed, const Policy& policy) {
  const bool own_share = weighed.group.has_value() && weighed.group->deposit_ppm.has_value();
  return own_share ? *weighed.group->deposit_ppm : policy.deposit_share_ppm;
}

uint64_t PartOf(uint64_t minor, uint32_t share_ppm) {
  return minor / kPpm * share_ppm + (minor % kPpm * share_ppm + kPpm - 1) / kPpm;
}

uint32_t KindsOfTrouble(const Weighed& weighed) {
  const auto bit = [](Trouble trouble) {
    return 1U << static_cast<uint32_t>(IsOfMoney(trouble) ? Trouble::kPayment : trouble);
  };
  uint32_t seen = weighed.own.bad_ppm > 0 ? bit(Trouble::kPayment) : 0;
  for (const WeighedIncident& incident : weighed.incidents) {
    if (incident.bad_ppm > 0) seen |= bit(incident.trouble);
  }
  return static_cast<uint32_t>(std::popcount(seen));
}

bool IsGoodCustomer(const WeighedOwn& own, uint64_t least) {
  const uint64_t open_bad = std::min(own.overdue, own.bad);
  return least > 0 && own.good >= least && own.good * 10 >= (own.orders - open_bad) * 9;
}

Verdict Judge(const Weighed& weighed, const Policy& policy) {
  const bool prepaid = weighed.order.terms == Terms::kPrepaid;
  const bool reversed = prepaid && HasReversed(weighed);
  const bool first_slip = IsFirstSlip(weighed, policy);
  RateEffect rate = JudgeRate(weighed, first_slip, policy);
  Verdict verdict;
  verdict.r_ppm = rate.r_ppm;
  Outcomes outcomes;
  for (size_t i = 0; i < outcomes.size(); ++i) outcomes[i].rule = static_cast<Rule>(i + 1);
  const auto add = [&outcomes](RuleOutcome outcome) { Of(outcomes, outcome.rule) = outcome; };
  add(LocalReasons(weighed, policy));
  // Rules about money do not apply to an order that is paid in advance.
  if (!prepaid) {
    add(OpenDebt(weighed, policy, first_slip));
    add(NobodyAsked(weighed));
    add(CreditLimit(weighed, policy));
    add(UnusualAmount(weighed, policy));
    add({Rule::kExpectedRate, rate.evidence, rate.effect});
    verdict.caps = std::move(rate.caps);
    if (first_slip && Of(outcomes, Rule::kOpenDebt).fired) verdict.caps.push_back(Cap::kFirstSlip);
  }
  add({Rule::kPrepaidTerms, prepaid, reversed ? Effect::kPrepay : Effect::kAccept});
  const bool any = std::any_of(outcomes.begin(), outcomes.end(),
                               [](const RuleOutcome& outcome) { return outcome.fired; });
  add({Rule::kNothingKnown, !any, Effect::kAccept});
  Conclude(outcomes, verdict);
  Effect safe = CoveredBy(weighed.order.terms);
  if (reversed) safe = Effect::kDeposit;
  // A group that is never asked for more than a deposit is not asked for the rest on delivery.
  const bool unbound = !weighed.group.has_value() || weighed.group->most > Effect::kDeposit;
  if (rate.rest_on_delivery && unbound) safe = Effect::kAccept;
  Bound(weighed, safe, outcomes, verdict);
  std::sort(verdict.caps.begin(), verdict.caps.end());
  verdict.rules.assign(outcomes.begin(), outcomes.end());
  return verdict;
}

}  // namespace daftar::decision
