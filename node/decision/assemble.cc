#include <algorithm>
#include <map>
#include <utility>

#include "node/decision/decide.h"

namespace daftar::decision {
namespace {

constexpr uint32_t kWholeWeight = kPpm;

DecisionInput OwnOrdersInput(const WeighedOwn& own) {
  DecisionInput input;
  input.kind = InputKind::kOwnOrders;
  input.age_days = own.newest_bad_age_days;
  input.bad_ppm = own.bad_ppm;
  input.weight_ppm = kWholeWeight;
  input.counted = true;
  return input;
}

DecisionInput IncidentInput(const WeighedIncident& incident) {
  DecisionInput input;
  input.kind = InputKind::kOwnIncident;
  input.id = incident.id;
  input.status = incident.status;
  input.age_days = incident.age_days;
  input.bad_ppm = incident.bad_ppm;
  input.weight_ppm = kWholeWeight;
  input.counted = incident.bad_ppm > 0 && !incident.in_track_record;
  input.with_order = incident.bad_ppm > 0 && incident.in_track_record;
  return input;
}

// Where a credit limit would be looked at: what it does not count.
void AddElsewhere(const Inputs& inputs, Standing& standing) {
  const auto& amount = inputs.order.amount;
  const Terms terms = inputs.order.terms;
  const bool leaves_open = terms == Terms::kCredit || terms == Terms::kDeposit;
  const bool limited = inputs.group.has_value() && !inputs.group->credit_limits.empty();
  if (!leaves_open || !limited || !amount.has_value()) return;
  const auto& limits = inputs.group->credit_limits;
  standing.limit_elsewhere = std::none_of(
      limits.begin(), limits.end(),
      [&amount](const evidence::Money& limit) { return limit.currency == amount->currency; });
  for (const evidence::Money& open : OpenAmounts(inputs)) {
    if (open.currency.has_value() && open.currency != amount->currency) {
      standing.open_elsewhere.push_back(open);
    }
  }
}

}  // namespace

Decision Assemble(Weighed weighed, Verdict verdict) {
  Decision decision;
  const WeighedOwn& own = weighed.own;
  if (own.orders > 0 || own.overdue > 0) decision.inputs.push_back(OwnOrdersInput(own));
  for (const WeighedIncident& incident : weighed.incidents) {
    decision.inputs.push_back(IncidentInput(incident));
  }
  for (const WeighedPartner& partner : weighed.partners) {
    for (size_t i = 0; i < partner.entries.size(); ++i) {
      const WeighedEntry& entry = partner.entries[i];
      DecisionInput input;
      input.kind = InputKind::kPartnerEntry;
      input.origin = partner.origin;
      input.index = entry.index;
      input.status = entry.status;
      input.age_days = entry.age_days;
      input.bad_ppm = entry.bad_ppm;
      input.weight_ppm = partner.weight_ppm;
      input.counted = i == 0 && entry.bad_ppm > 0;
      decision.inputs.push_back(std::move(input));
    }
  }
  decision.weighed = std::move(weighed);
  decision.verdict = std::move(verdict);
  return decision;
}

Decision Decide(const Inputs& inputs, const Policy& policy) {
  Weighed weighed = Weigh(inputs, policy);
  Verdict verdict = Judge(weighed, policy);
  Decision decision = Assemble(std::move(weighed), std::move(verdict));
  decision.standing = Standing{inputs.in_book, inputs.own.open, inputs.own.prepaid_on_time};
  decision.standing->own_set_aside = inputs.own_set_aside;
  AddElsewhere(inputs, *decision.standing);

  std::map<std::string_view, evidence::Reason> of_incidents;
  for (const OwnIncident& incident : inputs.incidents) {
    of_incidents[incident.id] = incident.reason;
  }
  std::map<std::pair<std::string_view, uint64_t>, evidence::Reason> of_entries;
  for (const PartnerRecord& record : inputs.records) {
    of_entries[{record.origin, record.index}] = record.reason;
  }
  for (DecisionInput& input : decision.inputs) {
    if (input.kind == InputKind::kOwnIncident) {
      if (const auto found = of_incidents.find(input.id); found != of_incidents.end()) {
        input.reason = found->second;
      }
    } else if (input.kind == InputKind::kPartnerEntry) {
      const auto found = of_entries.find({input.origin, input.index});
      if (found != of_entries.end()) input.reason = found->second;
    }
  }
  return decision;
}

}  // namespace daftar::decision
