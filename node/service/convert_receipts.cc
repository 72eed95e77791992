// Decisions: the answer to a check, and its receipt.
#include <algorithm>

#include "node/service/convert.h"

namespace daftar::service {
namespace {

void SetRules(const decision::Verdict& verdict, decision::Language language,
              google::protobuf::RepeatedPtrField<v1::RuleOutcome>* rules) {
  for (const decision::RuleOutcome& outcome : verdict.rules) {
    v1::RuleOutcome* rule = rules->Add();
    rule->set_rule(std::string(decision::RuleId(outcome.rule)));
    rule->set_fired(outcome.fired);
    rule->set_effect(ToProto(outcome.effect));
    rule->set_looks_at(std::string(decision::RuleSentence(outcome.rule, language)));
  }
  for (decision::Cap cap : verdict.caps) {
    v1::RuleOutcome* rule = rules->Add();
    rule->set_rule(std::string(decision::CapId(cap)));
    rule->set_fired(true);
    rule->set_effect(ToProto(verdict.effect));
    rule->set_looks_at(std::string(decision::CapSentence(cap, language)));
  }
}

void SetNext(const std::vector<decision::NextStep>& steps, decision::Language language,
             google::protobuf::RepeatedPtrField<v1::NextStep>* rows) {
  for (const decision::NextStep& step : steps) {
    v1::NextStep* row = rows->Add();
    row->set_step(std::string(decision::StepName(step.step)));
    row->set_sentence(decision::StepSentence(step, language));
    row->set_share_ppm(step.share_ppm);
    row->set_days(step.days);
    if (step.money.has_value()) *row->mutable_money() = ToProto(*step.money);
    for (const evidence::Date date : step.dates) row->add_dates(date.ToString());
    row->set_name(step.name);
  }
}

std::string_view InputType(decision::InputKind kind) {
  switch (kind) {
    case decision::InputKind::kOwnOrders:
      return "own_orders";
    case decision::InputKind::kOwnIncident:
      return "own_incident";
    case decision::InputKind::kPartnerEntry:
      return "partner_record";
  }
  return "unknown";
}

std::string ReferenceOf(const decision::DecisionInput& input) {
  if (input.kind == decision::InputKind::kPartnerEntry) return std::to_string(input.index);
  return input.id;
}

// Orders of which none has an outcome are no input of the decision, and are told all the same.
void AddUncountedOrders(const check::Answer& answer, v1::CheckResponse& out) {
  const auto& inputs = answer.decision.inputs;
  const bool listed = std::any_of(inputs.begin(), inputs.end(), [](const auto& input) {
    return input.kind == decision::InputKind::kOwnOrders;
  });
  if (listed || answer.own.orders == 0) return;
  v1::DecisionInput* row = out.add_inputs();
  row->set_type(std::string(InputType(decision::InputKind::kOwnOrders)));
  row->set_status(std::string(decision::EntryStatusName(decision::EntryStatus::kLive)));
  row->set_weight_ppm(decision::kPpm);
  *row->mutable_orders() = ToProto(answer.own);
}

// The facts beside an input: opened entries and own incidents, which the decision has only as ppm.
void SetFacts(const check::Answer& answer, const decision::DecisionInput& input,
              v1::DecisionInput& out) {
  if (input.kind == decision::InputKind::kOwnOrders) {
    // A check that is repeated is answered out of its receipt, which has no more than it counted.
    if (answer.own.orders > 0) *out.mutable_orders() = ToProto(answer.own);
  } else if (input.kind == decision::InputKind::kOwnIncident) {
    for (const ledger::IncidentView& view : answer.incidents) {
      if (view.incident.id.hex() != input.id) continue;
      const ledger::NewIncident account = view.incident.Standing();
      *out.mutable_amount() = ToProto(account.amount);
      out.set_occurred(account.occurred.ToString());
      out.set_due(account.due.ToString());
    }
  } else {
    for (const decision::PartnerRecord& record : answer.records) {
      if (record.origin != input.origin || record.index != input.index) continue;
      *out.mutable_amount() = ToProto(record.amount);
      out.set_occurred(record.occurred.ToString());
    }
  }
}

void SetInputs(const decision::Decision& decision, v1::GetReceiptResponse& out) {
  for (const decision::DecisionInput& input : decision.inputs) {
    v1::ReceiptInput* row = out.add_inputs();
    row->set_type(std::string(InputType(input.kind)));
    row->set_origin(input.origin);
    row->set_reference(ReferenceOf(input));
    row->set_status(std::string(decision::EntryStatusName(input.status)));
    row->set_age_days(input.age_days);
    row->set_bad_ppm(input.bad_ppm);
    row->set_weight_ppm(input.weight_ppm);
    row->set_counted(input.counted);
    row->set_with_order(input.with_order);
    if (input.kind == decision::InputKind::kOwnOrders) {
      row->set_orders(decision.weighed.own.orders);
      row->set_orders_on_time(decision.weighed.own.good);
      row->set_orders_bad(decision.weighed.own.bad);
    }
    for (const decision::WeighedIncident& incident : decision.weighed.incidents) {
      if (input.kind != decision::InputKind::kOwnIncident || incident.id != input.id) continue;
      for (const decision::Mitigation mitigation : decision::AllMitigations()) {
        if (!incident.mitigations.Has(mitigation)) continue;
        row->add_mitigations(std::string(decision::MitigationName(mitigation)));
      }
    }
    for (const decision::WeighedPartner& partner : decision.weighed.partners) {
      if (partner.origin != input.origin) continue;
      for (const decision::WeighedEntry& entry : partner.entries) {
        if (entry.index == input.index) row->set_commitment(entry.commitment.hex());
      }
    }
  }
}

void SetPartners(const decision::Weighed& weighed, v1::GetReceiptResponse& out) {
  for (const decision::WeighedPartner& partner : weighed.partners) {
    v1::ReceiptPartner* row = out.add_partners();
    row->set_origin(partner.origin);
    row->set_state(ToProto(partner.state));
    if (partner.head_age_s.has_value()) row->set_head_age_s(*partner.head_age_s);
    if (partner.head.has_value()) {
      row->set_head_size(partner.head->size);
      row->set_head_root(partner.head->root.hex());
    }
    for (const std::string& witness : partner.witnesses) row->add_witnesses(witness);
    row->set_reason(partner.error);
    row->set_weight_ppm(partner.weight_ppm);
  }
}

}  // namespace

v1::OrderSummary ToProto(const decision::TrackRecord& record) {
  v1::OrderSummary out;
  out.set_settled(record.orders_settled);
  out.set_paid_on_time(record.paid_on_time);
  out.set_prepaid_on_time(record.prepaid_on_time);
  out.set_disputed(record.disputed);
  out.set_broken(record.broken);
  out.set_late(record.late);
  out.set_open(record.open);
  for (const decision::DatedCount& unpaid : record.unpaid) {
    out.set_unpaid(out.unpaid() + unpaid.count);
  }
  out.set_overdue(record.overdue);
  out.set_days_late_total(record.total_days_late);
  out.set_days_late_worst(record.worst_days_late);
  for (const decision::OpenAmount& amount : record.amounts) {
    if (amount.open_minor == 0) continue;
    *out.add_open_amounts() = ToProto(evidence::Money{amount.open_minor, amount.currency});
  }
  return out;
}

v1::CheckResponse ToProto(const check::Answer& answer, decision::Language language) {
  v1::CheckResponse out;
  const decision::Verdict& verdict = answer.decision.verdict;
  const decision::Weighed& weighed = answer.decision.weighed;
  out.set_effect(ToProto(verdict.effect));
  out.set_because(decision::In(answer.because, language));
  out.set_receipt(answer.receipt.hex());
  AddUncountedOrders(answer, out);
  for (const decision::DecisionInput& input : answer.decision.inputs) {
    v1::DecisionInput* row = out.add_inputs();
    row->set_type(std::string(InputType(input.kind)));
    row->set_origin(input.origin);
    row->set_reference(ReferenceOf(input));
    if (input.reason.has_value()) {
      row->set_reason(std::string(evidence::Info(*input.reason).name));
    }
    row->set_status(std::string(decision::EntryStatusName(input.status)));
    row->set_age_days(input.age_days);
    row->set_bad_ppm(input.bad_ppm);
    row->set_weight_ppm(input.weight_ppm);
    row->set_counted(input.counted);
    row->set_with_order(input.with_order);
    SetFacts(answer, input, *row);
  }
  for (const decision::WeighedPartner& partner : weighed.partners) {
    v1::PartnerAnswer* row = out.add_partners();
    row->set_origin(partner.origin);
    row->set_state(ToProto(partner.state));
    if (partner.head_age_s.has_value()) row->set_head_age_s(*partner.head_age_s);
    row->set_reason(partner.error);
    row->set_records(static_cast<uint32_t>(partner.entries.size()));
  }
  SetRules(verdict, language, out.mutable_rules());
  SetNext(answer.next, language, out.mutable_next());
  for (const decision::Cap cap : verdict.caps) out.add_caps(std::string(decision::CapId(cap)));
  out.set_decided_by(std::string(decision::RuleId(verdict.rule)));
  out.set_risk_ppm(verdict.r_ppm);
  out.set_checked_at(TimeText(answer.time));
  out.set_policy(answer.policy.hex());
  if (weighed.group.has_value()) out.set_group(weighed.group->name);
  out.set_allowed_by(weighed.allowed_by);
  out.set_prior_ppm(weighed.prior_ppm);
  return out;
}

v1::GetReceiptResponse ToProto(const check::StoredReceipt& receipt, const decision::Policy& policy,
                               decision::Language language) {
  const decision::ReceiptBody& body = receipt.record.body;
  const decision::Weighed& weighed = body.weighed;
  v1::GetReceiptResponse out;
  out.set_receipt(receipt.id.hex());
  out.set_checked_at(TimeText(body.time));
  out.set_checked_by(receipt.record.actor);
  out.set_effect(ToProto(body.verdict.effect));
  out.set_because(decision::In(receipt.record.because, language));
  out.set_decided_by(std::string(decision::RuleId(body.verdict.rule)));
  out.set_risk_ppm(body.verdict.r_ppm);
  SetInputs(decision::Assemble(weighed, body.verdict), out);
  SetPartners(weighed, out);
  SetRules(body.verdict, language, out.mutable_rules());
  SetNext(decision::NextSteps(weighed, body.verdict, policy, evidence::Date::Of(body.time)),
          language, out.mutable_next());
  *out.mutable_next_now() = out.next();
  for (const decision::Cap cap : body.verdict.caps) {
    out.add_caps(std::string(decision::CapId(cap)));
  }
  out.set_policy(body.policy.hex());
  if (weighed.order.amount.has_value()) *out.mutable_amount() = ToProto(*weighed.order.amount);
  out.set_terms(ToProto(weighed.order.terms));
  out.set_log_index(receipt.index);
  out.set_commitment(receipt.commitment.hex());
  if (weighed.group.has_value()) out.set_group(weighed.group->name);
  out.set_allowed_by(weighed.allowed_by);
  out.set_prior_ppm(weighed.prior_ppm);
  const crypto::Bytes encoded = body.Encode();
  out.set_body(encoded.data(), encoded.size());
  out.set_salt(receipt.salt.data(), receipt.salt.size());
  out.set_coverage(decision::CoverageSentence(weighed, language));
  return out;
}

void SetOverride(const check::Override& override, const decision::ReceiptBody& body,
                 const decision::Policy& policy, decision::Language language,
                 v1::GetReceiptResponse& out) {
  *out.mutable_override() = ToProto(override);
  out.clear_next_now();
  SetNext(decision::NextStepsOfOverride(body.weighed, body.verdict, override.effect, policy,
                                        evidence::Date::Of(body.time)),
          language, out.mutable_next_now());
}

}  // namespace daftar::service
