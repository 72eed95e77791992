// Inputs of a decision, built so that tests read like sentences.
#ifndef DAFTAR_TESTS_NODE_DECISION_INPUTS_H_
#define DAFTAR_TESTS_NODE_DECISION_INPUTS_H_

#include <random>
#include <string>

#include "crypto/hash.h"
#include "node/decision/decide.h"

namespace daftar::decision {

inline constexpr int64_t kTestDay = 20'000;  // 2024-10-04

inline evidence::Date DaysAgo(int64_t days) {
  return *evidence::Date::FromDays(static_cast<uint32_t>(kTestDay - days));
}

inline evidence::Currency Rupiah() { return *evidence::Currency::FromCode("IDR"); }
inline evidence::Money Rupiah(uint64_t major) { return {major * 100, Rupiah()}; }

class InputsBuilder {
 public:
  InputsBuilder() {
    inputs_.now.value = kTestDay * 86'400'000 + 3'600'000;
    inputs_.order.amount = Rupiah(4'500'000);
    inputs_.order.terms = Terms::kCredit;
    inputs_.small_amount = Rupiah(500'000);
  }
  InputsBuilder& Amount(std::optional<evidence::Money> amount) {
    inputs_.order.amount = amount;
    return *this;
  }
  InputsBuilder& Asks(Terms terms) {
    inputs_.order.terms = terms;
    return *this;
  }
  InputsBuilder& Partner(const std::string& origin, PartnerState state = PartnerState::kAnswered) {
    PartnerAnswer answer;
    answer.origin = origin;
    answer.state = state;
    answer.witnessed = true;
    answer.witnesses = {"toko-b.test"};
    if (state != PartnerState::kNotChecked) {
      answer.head_age_s = state == PartnerState::kStale ? 9000 : 14;
      answer.head = HeadRef{7, crypto::Sha256(crypto::AsBytes(origin))};
    } else {
      answer.error = "deadline";
    }
    inputs_.partners.push_back(answer);
    return *this;
  }
  InputsBuilder& Partners(int count, PartnerState state = PartnerState::kAnswered) {
    for (int i = 0; i < count; ++i) Partner(Origin(i), state);
    return *this;
  }
  static std::string Origin(int i) { return "partner-" + std::to_string(i) + ".test"; }
  InputsBuilder& Report(const std::string& origin, EntryStatus status = EntryStatus::kLive,
                        int64_t days_ago = 0,
                        evidence::Reason reason = evidence::Reason::kDepositUnsettled) {
    PartnerRecord record;
    record.origin = origin;
    record.index = next_index_++;
    record.reason = reason;
    record.amount = Rupiah(4'500'000);
    record.occurred = DaysAgo(days_ago);
    record.status = status;
    record.published_at = inputs_.now;
    inputs_.records.push_back(record);
    return *this;
  }
  InputsBuilder& Incident(evidence::Reason reason, EntryStatus status = EntryStatus::kLive,
                          int64_t days_ago = 0, std::optional<IncidentOrder> order = {}) {
    OwnIncident incident;
    incident.id = "incident-" + std::to_string(next_index_++);
    incident.reason = reason;
    incident.occurred = DaysAgo(days_ago);
    incident.status = status;
    incident.order = order;
    inputs_.incidents.push_back(incident);
    return *this;
  }
  InputsBuilder& Prepaid(uint32_t on_time) {
    Orders(on_time);
    inputs_.own.prepaid_on_time += on_time;
    return *this;
  }
  // Orders paid on time, orders paid late that became known `days_ago`.
  InputsBuilder& Orders(uint32_t on_time, uint32_t late = 0, int64_t days_ago = 30) {
    TrackRecord& own = inputs_.own;
    own.orders += on_time + late;
    own.orders_settled += on_time + late;
    own.paid_on_time += on_time;
    own.late += late;
    if (late > 0) own.late_paid.push_back({DaysAgo(days_ago), late});
    return *this;
  }
  InputsBuilder& Overdue(uint32_t orders, uint32_t days) {
    TrackRecord& own = inputs_.own;
    own.orders += orders;
    own.open += orders;
    own.overdue += orders;
    own.longest_overdue_days = std::max(own.longest_overdue_days, days);
    if (days > 10) own.unpaid.push_back({DaysAgo(days - 11), orders});
    return *this;
  }
  // One that was given up so many days ago and is past due by as many.
  InputsBuilder& GivenUp(uint32_t days) {
    TrackRecord& own = inputs_.own;
    ++own.orders;
    ++own.open;
    ++own.overdue;
    ++own.given_up;
    own.longest_overdue_days = std::max({own.longest_overdue_days, days, 1U});
    own.unpaid.push_back({DaysAgo(days), 1});
    return *this;
  }
  // What the customer's paid and open orders come to, in rupiah.
  InputsBuilder& Amounts(uint64_t usual, uint64_t orders, uint64_t open = 0) {
    OpenAmount amount;
    amount.currency = Rupiah();
    amount.open_minor = Rupiah(open).minor;
    amount.settled_minor = Rupiah(usual).minor * orders;
    amount.settled_orders = orders;
    inputs_.own.amounts.push_back(amount);
    return *this;
  }
  InputsBuilder& Group(Effect least, Effect most, std::optional<uint64_t> limit = {}) {
    GroupTerms group;
    group.name = "some-group";
    group.least = least;
    group.most = most;
    if (limit.has_value()) group.credit_limits = {Rupiah(*limit)};
    inputs_.group = group;
    return *this;
  }
  InputsBuilder& Allowed() {
    inputs_.allowed_by = "00112233445566778899aabbccddeeff";
    return *this;
  }
  InputsBuilder& Registered() {
    inputs_.in_book = true;
    return *this;
  }
  // Orders that are not paid yet and not past due.
  InputsBuilder& Open(uint32_t orders) {
    inputs_.own.orders += orders;
    inputs_.own.open += orders;
    return Registered();
  }
  InputsBuilder& Mitigated(Mitigation mitigation) {
    inputs_.incidents.back().mitigations.Add(mitigation);
    return *this;
  }
  Inputs Build() const { return inputs_; }
  Inputs& inputs() { return inputs_; }
  Decision Decide() const { return decision::Decide(inputs_, DefaultPolicy()); }
  Effect Answer() const { return Decide().verdict.effect; }

 private:
  Inputs inputs_;
  uint64_t next_index_ = 1;
};

// Anything that a node may meet; every field varies.
inline Inputs RandomInputs(std::mt19937_64& random) {
  const auto below = [&random](uint64_t bound) { return random() % bound; };
  InputsBuilder builder;
  Inputs& inputs = builder.inputs();
  if (below(4) == 0) inputs.order.amount.reset();
  if (below(4) == 0) inputs.small_amount.reset();
  if (below(3) == 0) inputs.order.amount = Rupiah(below(1'000'000));
  inputs.order.terms = static_cast<Terms>(1 + below(below(4) == 0 ? 4 : 3));
  if (below(4) == 0) inputs.prior_ppm = static_cast<uint32_t>(below(kPpm + 1));
  if (below(2) == 0) {
    builder.Orders(static_cast<uint32_t>(below(20)), static_cast<uint32_t>(below(6)),
                   static_cast<int64_t>(below(900)));
  }
  if (below(4) == 0) builder.Prepaid(static_cast<uint32_t>(below(9)));
  if (below(6) == 0)
    builder.Overdue(static_cast<uint32_t>(1 + below(3)), static_cast<uint32_t>(below(60)));
  if (below(8) == 0) builder.GivenUp(static_cast<uint32_t>(below(30)));
  const auto reasons = evidence::AllReasons();
  for (uint64_t i = below(4); i > 0; --i) {
    builder.Incident(reasons[below(reasons.size())].reason, static_cast<EntryStatus>(1 + below(7)),
                     static_cast<int64_t>(below(1500)));
    if (below(3) == 0) {
      inputs.incidents.back().order = {static_cast<OrderOutcome>(below(4)),
                                       DaysAgo(static_cast<int64_t>(below(1500)))};
    }
    for (const Mitigation mitigation : AllMitigations()) {
      if (below(6) == 0) builder.Mitigated(mitigation);
    }
  }
  if (below(3) == 0) builder.Amounts(below(3'000'000), below(8), below(9'000'000));
  if (below(4) == 0) {
    const auto least = static_cast<Effect>(1 + below(3));
    const auto most = static_cast<Effect>(static_cast<uint64_t>(least) + below(3));
    builder.Group(least, most, below(2) == 0 ? std::optional<uint64_t>() : below(9'000'000));
    if (below(2) == 0) inputs.group->deposit_ppm = static_cast<uint32_t>(1 + below(kPpm));
    if (below(2) == 0) inputs.group->credit_days = static_cast<uint32_t>(below(90));
    if (below(2) == 0) inputs.group->price_list = "wholesale";
    inputs.group->bonus_card = below(2) == 0;
  }
  if (below(20) == 0) builder.Allowed();
  if (below(5) == 0) builder.Open(static_cast<uint32_t>(1 + below(3)));
  if (below(3) == 0 || inputs.own.orders > 0) builder.Registered();
  const int partners = static_cast<int>(below(6));
  for (int i = 0; i < partners; ++i) {
    builder.Partner(InputsBuilder::Origin(i), static_cast<PartnerState>(1 + below(4)));
    inputs.partners.back().witnessed = below(2) == 0;
    if (below(3) == 0) inputs.partners.back().weight_ppm = static_cast<uint32_t>(below(3 * kPpm));
    if (below(5) == 0) inputs.partners.back().head_age_s.reset();
    for (uint64_t n = below(4); n > 0; --n) {
      builder.Report(InputsBuilder::Origin(i), static_cast<EntryStatus>(1 + below(7)),
                     static_cast<int64_t>(below(1200)), reasons[below(7)].reason);
      inputs.records.back().settled_before = static_cast<evidence::SettledBucket>(below(4));
    }
  }
  return inputs;
}

}  // namespace daftar::decision

#endif  // DAFTAR_TESTS_NODE_DECISION_INPUTS_H_
