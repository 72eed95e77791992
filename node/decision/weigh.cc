#include <algorithm>
#include <limits>

#include "node/decision/decide.h"

namespace daftar::decision {
namespace {

using evidence::Date;
using evidence::Reason;
using evidence::SettledBucket;

// Days since `then`; a date to come, which only a mistaken or lying record has, is as fresh as
// today and no more. A missing date is treated alike.
uint32_t AgeDays(Date today, Date then) {
  if (!then.has_value() || then >= today) return 0;
  return static_cast<uint32_t>(today.DaysSince(then));
}

bool HasWeight(EntryStatus status) {
  return status == EntryStatus::kLive || status == EntryStatus::kSettled;
}

// A record's badness by reason, age and what became of it.
uint32_t BadPpm(Reason reason, EntryStatus status, uint32_t age_days, const Policy& policy) {
  if (!HasWeight(status)) return 0;
  const ReasonWeight& weight = policy.reasons.at(reason);
  uint64_t bad = Decayed(weight.severity_ppm, age_days, weight.half_life_days);
  if (status == EntryStatus::kSettled) bad = bad * policy.settled_share_ppm / kPpm;
  return static_cast<uint32_t>(bad);
}

// The least number of orders in the bucket.
uint64_t OrdersIn(SettledBucket bucket) {
  switch (bucket) {
    case SettledBucket::kNone:
      return 0;
    case SettledBucket::kOneOrTwo:
      return 1;
    case SettledBucket::kThreeToNine:
      return 3;
    case SettledBucket::kTenOrMore:
      return 10;
  }
  return 0;
}

// One bad order beside g good ones at the same partner: (k + 1) / (k + 1 + g) of its weight.
uint32_t BesideGoodOrders(uint32_t bad_ppm, SettledBucket bucket, const Policy& policy) {
  const uint64_t alone = uint64_t{policy.k_ppm} + kPpm;
  return static_cast<uint32_t>(bad_ppm * alone / (alone + OrdersIn(bucket) * kPpm));
}

// What speaks for the customer takes its share off, one after the other.
uint32_t Mitigated(uint64_t bad_ppm, Mitigations mitigations, const Policy& policy) {
  for (const auto& [mitigation, share] :
       {std::pair(Mitigation::kShopAtFault, policy.shop_at_fault_ppm),
        std::pair(Mitigation::kToldInTime, policy.told_in_time_ppm),
        std::pair(Mitigation::kKeptPlan, policy.kept_plan_ppm)}) {
    if (mitigations.Has(mitigation)) bad_ppm = bad_ppm * share / kPpm;
  }
  return static_cast<uint32_t>(bad_ppm);
}

uint64_t Sum(uint64_t a, uint64_t b) {
  return a > std::numeric_limits<uint64_t>::max() - b ? std::numeric_limits<uint64_t>::max()
                                                      : a + b;
}

bool IsPaid(const IncidentOrder& order) {
  return order.outcome == OrderOutcome::kPaidOnTime || order.outcome == OrderOutcome::kPaidLate;
}

// The order says whether what was owed has been paid, unless it was taken back.
EntryStatus StandingOf(const OwnIncident& incident) {
  const bool paid = incident.order.has_value() && IsPaid(*incident.order) &&
                    TroubleOf(incident.reason) == Trouble::kPayment;
  return paid && incident.status == EntryStatus::kLive ? EntryStatus::kSettled : incident.status;
}

// What the order of which the incident is an account adds to the bad orders by itself.
uint64_t OrderPpm(const IncidentOrder& order, Date today, const Policy& policy) {
  const bool late = order.outcome == OrderOutcome::kPaidLate;
  if (!late && order.outcome != OrderOutcome::kUnpaid) return 0;
  return Decayed(late ? policy.late_paid_ppm : policy.unpaid_ppm, AgeDays(today, order.bad_since),
                 policy.own_half_life_days);
}

// What the order at hand is measured against, in its own currency only.
void WeighAmounts(const Inputs& inputs, WeighedOwn& own) {
  if (!inputs.order.amount.has_value()) return;
  const evidence::Currency currency = inputs.order.amount->currency;
  for (const OpenAmount& amount : inputs.own.amounts) {
    if (amount.currency != currency) continue;
    own.usual_orders = amount.settled_orders;
    own.usual_minor = amount.settled_orders == 0 ? 0 : amount.settled_minor / amount.settled_orders;
  }
  for (const evidence::Money& open : OpenAmounts(inputs)) {
    if (open.currency == currency) own.open_minor = open.minor;
  }
}

std::optional<GroupTerms> WeighGroup(const Inputs& inputs) {
  if (!inputs.group.has_value()) return std::nullopt;
  GroupTerms group = *inputs.group;
  const auto& amount = inputs.order.amount;
  std::erase_if(group.credit_limits, [&amount](const evidence::Money& limit) {
    return !amount.has_value() || limit.currency != amount->currency;
  });
  if (group.credit_limits.size() > 1) group.credit_limits.resize(1);
  return group;
}

void AddOutcomes(const std::vector<DatedCount>& outcomes, uint32_t severity_ppm, Date today,
                 const Policy& policy, WeighedOwn& own) {
  for (const DatedCount& outcome : outcomes) {
    const uint32_t age = AgeDays(today, outcome.date);
    const uint64_t count = std::min<uint64_t>(outcome.count, kMaxCountedOrders);
    own.bad_ppm += count * Decayed(severity_ppm, age, policy.own_half_life_days);
    own.newest_bad_age_days = std::min(own.newest_bad_age_days, age);
  }
}

WeighedOwn WeighOwn(const TrackRecord& record, Date today, const Policy& policy) {
  WeighedOwn own;
  uint64_t unpaid = 0;
  for (const DatedCount& outcome : record.unpaid) unpaid += outcome.count;
  // Who pays in advance has nothing to fail at: such orders are neither here nor there.
  own.orders = std::min(record.orders_settled - record.prepaid_on_time + unpaid, kMaxCountedOrders);
  own.good = std::min(record.paid_on_time - record.prepaid_on_time, own.orders);
  own.bad = std::min(record.late + unpaid, own.orders);
  own.newest_bad_age_days = std::numeric_limits<uint32_t>::max();
  AddOutcomes(record.late_paid, policy.late_paid_ppm, today, policy, own);
  AddOutcomes(record.unpaid, policy.unpaid_ppm, today, policy, own);
  own.bad_ppm = std::min(own.bad_ppm, own.orders * kPpm);
  own.overdue = std::min(record.overdue, kMaxCountedOrders);
  own.given_up = std::min(record.given_up, own.overdue);
  own.overdue_days = record.longest_overdue_days;
  return own;
}

// A bad order and the incident made from it are one event: it counts by whichever of them weighs
// more, less what speaks for the customer, and among the orders.
WeighedIncident WeighIncident(const OwnIncident& incident, Date today, const Policy& policy,
                              WeighedOwn& own) {
  WeighedIncident weighed;
  weighed.id = incident.id.substr(0, kMaxIncidentIdBytes);
  weighed.trouble = TroubleOf(incident.reason);
  weighed.status = StandingOf(incident);
  weighed.age_days = AgeDays(today, incident.occurred);
  weighed.mitigations = incident.mitigations;
  const uint32_t alone = BadPpm(incident.reason, weighed.status, weighed.age_days, policy);
  weighed.bad_ppm = Mitigated(alone, incident.mitigations, policy);
  if (!incident.order.has_value() || IsLocal(weighed.trouble)) return weighed;
  const uint64_t order = OrderPpm(*incident.order, today, policy);
  const OrderOutcome outcome = incident.order->outcome;
  const bool bad = outcome == OrderOutcome::kPaidLate || outcome == OrderOutcome::kUnpaid;
  // That money is overdue the order says itself, and becomes a bad one in time.
  const bool overdue = outcome == OrderOutcome::kOverdue && weighed.trouble == Trouble::kPayment;
  weighed.in_track_record = bad || overdue;
  if (!bad) return weighed;
  // One that no longer counts leaves the order alone, and what speaks for the customer with it.
  if (!HasWeight(weighed.status)) return weighed;
  const uint64_t together =
      Mitigated(std::max<uint64_t>(order, alone), incident.mitigations, policy);
  own.bad_ppm = std::min(own.bad_ppm - std::min(own.bad_ppm, order) + together, own.orders * kPpm);
  return weighed;
}

WeighedEntry WeighEntry(const PartnerRecord& record, Date today, const Policy& policy) {
  WeighedEntry entry;
  entry.index = record.index;
  entry.commitment = record.commitment;
  entry.status = record.status;
  entry.age_days =
      AgeDays(today, record.occurred.has_value() ? record.occurred : Date::Of(record.published_at));
  entry.bad_ppm =
      WeighReport(record.reason, record.status, entry.age_days, record.settled_before, policy);
  return entry;
}

// A code of at most kMaxErrorBytes of [a-z0-9_-]; other characters become '-'.
std::string Code(std::string_view text) {
  std::string code(text.substr(0, kMaxErrorBytes));
  for (char& c : code) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (!plain) c = '-';
  }
  return code;
}

WeighedPartner WeighPartner(const PartnerAnswer& answer, const Policy& policy) {
  WeighedPartner partner;
  partner.origin = answer.origin;
  partner.state = answer.state;
  partner.head_age_s = answer.head_age_s;
  partner.witnessed = answer.witnessed;
  partner.head = answer.head;
  partner.witnesses = answer.witnesses;
  if (partner.witnesses.size() > kMaxWitnesses) partner.witnesses.resize(kMaxWitnesses);
  std::sort(partner.witnesses.begin(), partner.witnesses.end());
  partner.witnesses.erase(std::unique(partner.witnesses.begin(), partner.witnesses.end()),
                          partner.witnesses.end());
  partner.weight_ppm = std::min(answer.weight_ppm.value_or(policy.partner_weight_ppm),
                                policy.max_partner_weight_ppm);
  partner.error = Code(answer.error);
  return partner;
}

bool Stronger(const WeighedEntry& a, const WeighedEntry& b) {
  if (a.bad_ppm != b.bad_ppm) return a.bad_ppm > b.bad_ppm;
  return a.index < b.index;
}

void WeighPartners(const Inputs& inputs, Date today, const Policy& policy, Weighed& weighed) {
  for (const PartnerAnswer& answer : inputs.partners) {
    weighed.partners.push_back(WeighPartner(answer, policy));
  }
  const auto by_origin = [](const WeighedPartner& a, const WeighedPartner& b) {
    return a.origin < b.origin;
  };
  const auto same_origin = [](const WeighedPartner& a, const WeighedPartner& b) {
    return a.origin == b.origin;
  };
  auto& partners = weighed.partners;
  std::stable_sort(partners.begin(), partners.end(), by_origin);
  partners.erase(std::unique(partners.begin(), partners.end(), same_origin), partners.end());
  if (partners.size() > kMaxPartners) partners.resize(kMaxPartners);
  for (const PartnerRecord& record : inputs.records) {
    const auto partner = std::lower_bound(
        partners.begin(), partners.end(), record.origin,
        [](const WeighedPartner& a, const std::string& origin) { return a.origin < origin; });
    if (partner == partners.end() || partner->origin != record.origin) continue;
    partner->entries.push_back(WeighEntry(record, today, policy));
  }
  for (WeighedPartner& partner : partners) {
    auto& entries = partner.entries;
    std::sort(entries.begin(), entries.end(), [](const WeighedEntry& a, const WeighedEntry& b) {
      return a.index != b.index ? a.index < b.index : a.bad_ppm > b.bad_ppm;
    });
    entries.erase(std::unique(entries.begin(), entries.end(),
                              [](const WeighedEntry& a, const WeighedEntry& b) {
                                return a.index == b.index;
                              }),
                  entries.end());
    std::sort(entries.begin(), entries.end(), Stronger);
    if (entries.size() > kMaxRecordsPerPartner) entries.resize(kMaxRecordsPerPartner);
  }
}

}  // namespace

uint32_t WeighReport(Reason reason, EntryStatus status, uint32_t age_days, SettledBucket bucket,
                     const Policy& policy) {
  return BesideGoodOrders(BadPpm(reason, status, age_days, policy), bucket, policy);
}

std::vector<evidence::Money> OpenAmounts(const Inputs& inputs) {
  std::vector<evidence::Money> open;
  const auto add = [&open](evidence::Currency currency, uint64_t minor) {
    if (minor == 0) return;
    const auto at = std::lower_bound(open.begin(), open.end(), currency,
                                     [](const evidence::Money& money, evidence::Currency wanted) {
                                       return money.currency < wanted;
                                     });
    if (at != open.end() && at->currency == currency) {
      at->minor = Sum(at->minor, minor);
    } else {
      open.insert(at, evidence::Money{minor, currency});
    }
  };
  for (const OpenAmount& amount : inputs.own.amounts) add(amount.currency, amount.open_minor);
  for (const OwnIncident& incident : inputs.incidents) {
    // What is owed of an order that is not paid is among the open orders.
    const bool counted = incident.order.has_value() && !IsPaid(*incident.order);
    const bool owed = IsOfMoney(TroubleOf(incident.reason)) &&
                      StandingOf(incident) == EntryStatus::kLive && !counted;
    if (owed) add(incident.amount.currency, incident.amount.minor);
  }
  return open;
}

Weighed Weigh(const Inputs& inputs, const Policy& policy) {
  const Date today = Date::Of(inputs.now);
  Weighed weighed;
  weighed.order = inputs.order;
  weighed.small_amount = inputs.small_amount;
  weighed.prior_ppm = std::min<uint32_t>(inputs.prior_ppm.value_or(policy.prior_ppm), kPpm);
  weighed.allowed_by = inputs.allowed_by.substr(0, kMaxAllowIdBytes);
  weighed.group = WeighGroup(inputs);
  weighed.own = WeighOwn(inputs.own, today, policy);
  WeighAmounts(inputs, weighed.own);
  for (const OwnIncident& incident : inputs.incidents) {
    weighed.incidents.push_back(WeighIncident(incident, today, policy, weighed.own));
  }
  if (weighed.own.bad_ppm == 0) weighed.own.newest_bad_age_days = 0;
  std::stable_sort(
      weighed.incidents.begin(), weighed.incidents.end(),
      [](const WeighedIncident& a, const WeighedIncident& b) { return a.bad_ppm > b.bad_ppm; });
  if (weighed.incidents.size() > kMaxIncidents) weighed.incidents.resize(kMaxIncidents);
  WeighPartners(inputs, today, policy, weighed);
  return weighed;
}

}  // namespace daftar::decision
