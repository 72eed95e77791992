#include "node/decision/decide.h"

#include <algorithm>
#include <map>

namespace daftar::decision {
namespace {

Effect Milder(Effect a, Effect b) { return std::min(a, b); }
Effect Severer(Effect a, Effect b) { return std::max(a, b); }

// The two sides of r, in ppm of orders. Bounded: at most 10^6 own orders, 256 incidents, 256
// partners of weight 10 and k of 1000 keep both below 1.1 * 10^12, so that times 10^6 fits u64.
struct Rate {
  uint64_t bad = 0;
  uint64_t all = 0;
  bool evidence = false;  // something counts against the buyer

  void AddRecord(uint64_t ppm) {
    bad += ppm;
    all += ppm;
    evidence = evidence || ppm > 0;
  }
  uint32_t r_ppm() const { return static_cast<uint32_t>(bad * kPpm / all); }
};

Rate OwnRate(const Weighed& weighed, const Policy& policy) {
  Rate rate;
  rate.bad = uint64_t{policy.k_ppm} * weighed.prior_ppm / kPpm;
  rate.all = policy.k_ppm;
  rate.bad += weighed.own.bad_ppm;
  rate.all += weighed.own.orders * kPpm;
  rate.evidence = weighed.own.bad_ppm > 0;
  for (const WeighedIncident& incident : weighed.incidents) {
    if (incident.kind == IncidentKind::kLocal || incident.in_track_record) continue;
    rate.AddRecord(incident.bad_ppm);
  }
  return rate;
}

// A partner counts once, by its strongest entry.
uint64_t PartnerPpm(const WeighedPartner& partner) {
  uint32_t strongest = 0;
  for (const WeighedEntry& entry : partner.entries) strongest = std::max(strongest, entry.bad_ppm);
  return uint64_t{partner.weight_ppm} * strongest / kPpm;
}

Effect ThresholdEffect(const Rate& rate, const Policy& policy) {
  if (!rate.evidence) return Effect::kAccept;
  const uint32_t r = rate.r_ppm();
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
  std::vector<Cap> caps;
};

RateEffect JudgeRate(const Weighed& weighed, const Policy& policy) {
  const Rate own = OwnRate(weighed, policy);
  Rate fresh = own;
  Rate all = own;
  for (const WeighedPartner& partner : weighed.partners) {
    const uint64_t ppm = PartnerPpm(partner);
    all.AddRecord(ppm);
    // What is known of a partner that could not be asked comes from before, like a stale one's.
    const bool current =
        partner.state == PartnerState::kAnswered || partner.state == PartnerState::kCached;
    if (current) fresh.AddRecord(ppm);
  }
  // What is past the cap must be reached without partners, or without the stale ones.
  const Effect partners_bound = Severer(ThresholdEffect(own, policy), policy.partners_cap);
  const Effect fresh_effect = Milder(ThresholdEffect(fresh, policy), partners_bound);
  const Effect stale_bound = Severer(fresh_effect, policy.stale_cap);
  RateEffect result;
  result.r_ppm = all.r_ppm();
  result.evidence = all.evidence;
  result.effect = ThresholdEffect(all, policy);
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

// An incident made from an order is owed as long as the order is, which the track record knows.
bool IsOpenDebt(const WeighedIncident& incident) {
  return incident.kind == IncidentKind::kDebt && incident.status == EntryStatus::kLive &&
         !incident.in_track_record;
}

RuleOutcome OpenDebt(const Weighed& weighed, const Policy& policy) {
  RuleOutcome outcome{Rule::kOpenDebt, false, Effect::kAccept};
  if (weighed.own.overdue_days >= policy.debt_deposit_days) outcome.effect = Effect::kDeposit;
  if (weighed.own.overdue_days >= policy.debt_prepay_days) outcome.effect = Effect::kPrepay;
  for (const WeighedIncident& incident : weighed.incidents) {
    if (IsOpenDebt(incident)) outcome.effect = Effect::kPrepay;
  }
  outcome.fired = outcome.effect > Effect::kAccept;
  return outcome;
}

RuleOutcome LocalReasons(const Weighed& weighed, const Policy& policy) {
  uint64_t sum = 0;
  for (const WeighedIncident& incident : weighed.incidents) {
    if (incident.kind == IncidentKind::kLocal) sum += incident.bad_ppm;
  }
  const bool fired = sum >= policy.local_review_ppm;
  return {Rule::kLocalReasons, fired, fired ? Effect::kReview : Effect::kAccept};
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
                           Rule::kExpectedRate, Rule::kPrepaidTerms, Rule::kNothingKnown};

void Conclude(std::map<Rule, RuleOutcome> outcomes, Verdict& verdict) {
  bool decided = false;
  for (const Rule rule : kOrder) {
    const RuleOutcome& outcome = outcomes.at(rule);
    if (!outcome.fired) continue;
    if (!decided || outcome.effect > verdict.effect) {
      verdict.effect = outcome.effect;
      verdict.rule = rule;
      decided = true;
    }
  }
  for (const auto& [rule, outcome] : outcomes) verdict.rules.push_back(outcome);
}

}  // namespace

std::string_view RuleId(Rule rule) {
  switch (rule) {
    case Rule::kOpenDebt:
      return "open-debt";
    case Rule::kLocalReasons:
      return "local-reasons";
    case Rule::kExpectedRate:
      return "expected-rate";
    case Rule::kNobodyAsked:
      return "nobody-asked";
    case Rule::kNothingKnown:
      return "nothing-known";
    case Rule::kPrepaidTerms:
      return "prepaid-terms";
  }
  return "unknown";
}

std::string_view CapId(Cap cap) {
  switch (cap) {
    case Cap::kPartners:
      return "cap-partners";
    case Cap::kStale:
      return "cap-stale";
  }
  return "unknown";
}

Verdict Judge(const Weighed& weighed, const Policy& policy) {
  RateEffect rate = JudgeRate(weighed, policy);
  Verdict verdict;
  verdict.r_ppm = rate.r_ppm;
  const bool prepaid = weighed.order.terms == Terms::kPrepaid;
  std::map<Rule, RuleOutcome> outcomes;
  const auto add = [&outcomes](RuleOutcome outcome) { outcomes[outcome.rule] = outcome; };
  // Rules about money do not apply to an order that is paid in advance.
  const auto add_money_rule = [&](RuleOutcome outcome) {
    add(prepaid ? RuleOutcome{outcome.rule, false, Effect::kAccept} : outcome);
  };
  add_money_rule(OpenDebt(weighed, policy));
  add(LocalReasons(weighed, policy));
  add_money_rule(NobodyAsked(weighed));
  add_money_rule({Rule::kExpectedRate, rate.evidence, rate.effect});
  add({Rule::kPrepaidTerms, prepaid, Effect::kAccept});
  const bool any = std::any_of(outcomes.begin(), outcomes.end(),
                               [](const auto& outcome) { return outcome.second.fired; });
  add({Rule::kNothingKnown, !any, Effect::kAccept});
  if (outcomes.at(Rule::kExpectedRate).fired) verdict.caps = std::move(rate.caps);
  Conclude(std::move(outcomes), verdict);
  return verdict;
}

}  // namespace daftar::decision
