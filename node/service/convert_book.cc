// Groups, the allowlist and incidents.
#include <algorithm>

#include "node/service/convert.h"
#include "node/service/partner_privacy.h"

namespace daftar::service {

v1::Group ToProto(const decision::Group& group) {
  const decision::GroupTerms& terms = group.terms;
  v1::Group out;
  out.set_name(terms.name);
  out.set_precedence(terms.precedence);
  out.set_at_least(ToProto(terms.least));
  out.set_at_most(ToProto(terms.most));
  if (terms.deposit_ppm.has_value()) out.set_deposit_ppm(*terms.deposit_ppm);
  for (const evidence::Money& limit : terms.credit_limits) {
    *out.add_credit_limits() = ToProto(limit);
  }
  if (terms.credit_days.has_value()) out.set_credit_days(*terms.credit_days);
  out.set_price_list(terms.price_list);
  out.set_bonus_card(terms.bonus_card);
  if (group.rule.empty()) return out;
  const decision::GroupRule& rule = group.rule;
  v1::GroupRule* made = out.mutable_rule();
  if (rule.least_settled.has_value()) made->set_least_settled(*rule.least_settled);
  if (rule.least_on_time_ppm.has_value()) made->set_least_on_time_ppm(*rule.least_on_time_ppm);
  if (rule.most_days_late.has_value()) made->set_most_days_late(*rule.most_days_late);
  if (rule.least_bad.has_value()) made->set_least_bad(*rule.least_bad);
  if (rule.least_overdue_days.has_value()) made->set_least_overdue_days(*rule.least_overdue_days);
  if (rule.least_days_known.has_value()) made->set_least_days_known(*rule.least_days_known);
  if (rule.least_turnover.has_value()) {
    *made->mutable_least_turnover() = ToProto(*rule.least_turnover);
  }
  return out;
}

absl::StatusOr<decision::Group> FromProto(const v1::Group& group) {
  decision::Group out;
  decision::GroupTerms& terms = out.terms;
  terms.name = group.name();
  if (group.precedence() != 0) terms.precedence = group.precedence();
  if (group.at_least() != v1::EFFECT_UNSPECIFIED) {
    auto least = FromProto(group.at_least());
    if (!least.ok()) return least.status();
    terms.least = *least;
  }
  if (group.at_most() != v1::EFFECT_UNSPECIFIED) {
    auto most = FromProto(group.at_most());
    if (!most.ok()) return most.status();
    terms.most = *most;
  }
  if (group.has_deposit_ppm()) terms.deposit_ppm = group.deposit_ppm();
  for (const v1::Money& money : group.credit_limits()) {
    auto limit = FromProto(money);
    if (!limit.ok()) return limit.status();
    terms.credit_limits.push_back(*limit);
  }
  std::sort(terms.credit_limits.begin(), terms.credit_limits.end(),
            [](const auto& a, const auto& b) { return a.currency < b.currency; });
  if (group.has_credit_days()) terms.credit_days = group.credit_days();
  terms.price_list = group.price_list();
  terms.bonus_card = group.bonus_card();
  const v1::GroupRule& rule = group.rule();
  if (rule.has_least_settled()) out.rule.least_settled = rule.least_settled();
  if (rule.has_least_on_time_ppm()) out.rule.least_on_time_ppm = rule.least_on_time_ppm();
  if (rule.has_most_days_late()) out.rule.most_days_late = rule.most_days_late();
  if (rule.has_least_bad()) out.rule.least_bad = rule.least_bad();
  if (rule.has_least_overdue_days()) out.rule.least_overdue_days = rule.least_overdue_days();
  if (rule.has_least_days_known()) out.rule.least_days_known = rule.least_days_known();
  if (rule.has_least_turnover()) {
    auto turnover = FromProto(rule.least_turnover());
    if (!turnover.ok()) return turnover.status();
    out.rule.least_turnover = *turnover;
  }
  if (absl::Status checked = out.Check(); !checked.ok()) return checked;
  return out;
}

v1::DecisionOverride ToProto(const check::Override& override) {
  v1::DecisionOverride out;
  out.set_effect(ToProto(override.effect));
  out.set_because(override.because);
  out.set_by(override.by);
  out.set_at(TimeText(override.at));
  return out;
}

v1::Allowed ToProto(const book::Allowed& allowed) {
  v1::Allowed out;
  out.set_id(allowed.id.hex());
  for (const identity::Identifier& identifier : allowed.identifiers) {
    out.add_identifiers(identity::Masked(identifier));
  }
  out.set_because(allowed.because);
  out.set_added_by(allowed.added_by);
  out.set_added_at(TimeText(allowed.added_at));
  return out;
}

absl::StatusOr<ledger::IncidentId> IncidentIdFromProto(const std::string& id) {
  auto parsed = ledger::IncidentId::FromHexText(id);
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(
        "an incident's id has 32 hexadecimal digits; `daftar incident list` shows them");
  }
  return *parsed;
}

v1::Proof ToProto(const ledger::Proof& proof) {
  v1::Proof out;
  out.set_number(proof.number);
  out.set_kind(std::string(evidence::ProofKindName(proof.kind)));
  out.set_media_type(std::string(evidence::MediaTypeName(proof.media)));
  out.set_bytes(proof.bytes);
  out.set_sha256(proof.sha256.hex());
  out.set_digest(proof.digest.hex());
  out.set_added_at(TimeText(proof.added_at));
  out.set_added_by(proof.added_by);
  out.set_name(proof.name);
  return out;
}

namespace {

std::string_view DisputedByText(evidence::DisputedBy by) {
  switch (by) {
    case evidence::DisputedBy::kShop:
      return "shop";
    case evidence::DisputedBy::kPersonThroughShop:
      return "person";
    case evidence::DisputedBy::kPersonThroughPartner:
      return "partner";
  }
  return "";
}

// What became of it after it was filed, and what is to come.
void DescribeLife(const ledger::IncidentView& view, v1::Incident& out) {
  const ledger::Incident& incident = view.incident;
  out.set_told_on(incident.Standing().told_on.ToString());
  out.set_approved_by(incident.approved_by);
  if (!view.notice_code.empty()) {
    out.set_noticed_at(TimeText({incident.noticed_at * 1000}));
    out.set_notice_code(view.notice_code);
  }
  if (incident.dispute.has_value()) {
    out.set_disputed_by(std::string(DisputedByText(incident.dispute->by)));
    out.set_disputed_on(incident.dispute->on.ToString());
    out.set_flagged(view.flagged);
  }
  // Its removal here follows its erasure by itself and is nobody's business.
  if (view.deadline.has_value() && view.deadline->action != ledger::DeadlineAction::kScrub) {
    out.set_next_action(std::string(ledger::DeadlineName(view.deadline->action)));
    out.set_next_at(TimeText({view.deadline->at * 1000}));
  }
  if (incident.erased_for.has_value()) {
    out.set_erased_for(std::string(ErasedForText(*incident.erased_for)));
  }
}

}  // namespace

std::string_view ErasedForText(evidence::ErasureGround ground) {
  switch (ground) {
    case evidence::ErasureGround::kPaid:
      return "paid";
    case evidence::ErasureGround::kUpheld:
      return "upheld";
    case evidence::ErasureGround::kExpired:
      return "expired";
    case evidence::ErasureGround::kRequest:
      return "request";
    case evidence::ErasureGround::kMistake:
      return "mistake";
    case evidence::ErasureGround::kNone:
      return "";
  }
  return "";
}

v1::Incident ToProto(const ledger::IncidentView& view, const Actor& actor) {
  const ledger::Incident& incident = view.incident;
  const ledger::NewIncident account = incident.Standing();
  v1::Incident out;
  out.set_id(incident.id.hex());
  out.set_state(std::string(ledger::StateName(view.state)));
  out.set_reason(std::string(evidence::Info(account.reason).name));
  for (const identity::Identifier& identifier : account.identifiers) {
    out.add_identifiers(identity::Masked(identifier));
  }
  *out.mutable_amount() = ToProto(account.amount);
  out.set_occurred(account.occurred.ToString());
  out.set_due(account.due.ToString());
  for (evidence::Date reminder : account.reminders) out.add_reminders(reminder.ToString());
  out.set_added_at(TimeText(incident.added_at));
  out.set_added_by(incident.added_by);
  out.set_note(account.note);
  out.set_order(account.order);
  for (const std::string& sentence : view.missing) out.add_missing(sentence);
  for (const decision::Mitigation mitigation : decision::AllMitigations()) {
    if (!incident.mitigations.Has(mitigation)) continue;
    out.add_mitigations(std::string(decision::MitigationName(mitigation)));
  }
  if (view.report.has_value()) {
    out.set_log_index(view.report->index);
    out.set_published_at(TimeText({view.report->issued_at * 1000}));
  }
  if (view.state == ledger::IncidentState::kHeld && incident.held_until != 0) {
    out.set_held_until(TimeText({incident.held_until * 1000}));
  }
  DescribeLife(view, out);
  for (size_t i = 0; i < incident.events.size(); ++i) {
    const ledger::IncidentEvent& event = incident.events[i];
    v1::IncidentEvent* row = out.add_history();
    row->set_at(TimeText(event.at));
    row->set_by(event.by);
    row->set_what(std::string(ledger::ActionName(event.action)));
    row->set_because(event.because);
    if (view.events[i].has_value()) row->set_log_index(view.events[i]->index);
  }
  for (const ledger::Proof& proof : view.proofs) *out.add_proofs() = ToProto(proof);
  if (!MaySeePartners(actor)) HidePartners(out);
  return out;
}

absl::StatusOr<evidence::WithdrawalGround> GroundFromProto(const std::string& ground) {
  using evidence::WithdrawalGround;
  if (ground.empty() || ground == "other") return WithdrawalGround::kOther;
  if (ground == "paid") return WithdrawalGround::kPaid;
  if (ground == "dispute-upheld") return WithdrawalGround::kDisputeUpheld;
  if (ground == "mistake") return WithdrawalGround::kMistake;
  if (ground == "request") return WithdrawalGround::kRequest;
  return absl::InvalidArgumentError("ground: one of paid, dispute-upheld, mistake, request, other");
}

}  // namespace daftar::service
