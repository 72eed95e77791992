#include "node/service/convert_subject.h"

#include <string>

#include "node/service/convert.h"
#include "node/service/subject_handlers.h"

namespace daftar::service {
namespace {

std::string SecondsText(int64_t seconds) {
  return TimeText(evidence::UnixMillis::OfSeconds(seconds));
}

std::string_view OutcomeName(decision::OrderOutcome outcome) {
  switch (outcome) {
    case decision::OrderOutcome::kOverdue:
      return "overdue";
    case decision::OrderOutcome::kPaidOnTime:
      return "paid-on-time";
    case decision::OrderOutcome::kPaidLate:
      return "paid-late";
    case decision::OrderOutcome::kUnpaid:
      return "unpaid";
    case decision::OrderOutcome::kInQuestion:
      return "in-question";
    case decision::OrderOutcome::kBroken:
      return "broken";
    case decision::OrderOutcome::kOpen:
      break;
  }
  return "open";
}

void AddCustomer(const book::Profile& customer, const subject::Report& report,
                 v1::SubjectReport& out) {
  v1::SubjectCustomer& row = *out.add_customers();
  row.set_name(customer.name);
  row.set_added_at(TimeText(customer.created_at));
  for (const identity::Identifier& identifier : customer.identifiers) {
    if (identifier != report.identifier) row.add_other_identifiers(identity::Masked(identifier));
  }
  for (const std::string& group : customer.groups) row.add_groups(group);
  if (!report.allowed.has_value()) return;
  row.set_trusted_since(TimeText(report.allowed->added_at));
  row.set_trusted_because(report.allowed->because);
}

v1::SubjectOrder OrderOf(const subject::OwnOrder& own) {
  const book::Order& order = own.order.order;
  v1::SubjectOrder row;
  row.set_invoice(order.invoice);
  row.set_invoiced(order.invoiced.ToString());
  row.set_due(order.due.ToString());
  row.set_paid(order.paid.ToString());
  *row.mutable_amount() = ToProto(order.amount);
  row.set_outcome(std::string(OutcomeName(own.outcome)));
  return row;
}

v1::SubjectChange ChangeOf(const subject::OwnIncident& own, size_t i, bool with_remark) {
  const ledger::IncidentEvent& event = own.view.incident.events[i];
  v1::SubjectChange row;
  row.set_at(TimeText(event.at));
  row.set_action(std::string(ledger::ActionName(event.action)));
  row.set_by_node(event.by == ledger::kNodeActor);
  row.set_through_partner(event.by.starts_with(ledger::kPartnerActor));
  if (with_remark) row.set_because(event.because);
  if (!own.view.events[i].has_value()) return row;
  row.set_log_index(own.view.events[i]->index);
  for (const partners::Arrival& arrival : own.arrivals[i]) {
    v1::SubjectCopy& copy = *row.add_copies();
    copy.set_partner(arrival.origin);
    copy.set_pairing(std::string(partners::StatusName(arrival.status)));
    if (arrival.applied_at.has_value()) copy.set_applied_at(SecondsText(*arrival.applied_at));
  }
  return row;
}

std::string_view DisputedByName(evidence::DisputedBy by) {
  switch (by) {
    case evidence::DisputedBy::kShop:
      return "shop";
    case evidence::DisputedBy::kPersonThroughPartner:
      return "partner";
    case evidence::DisputedBy::kPersonThroughShop:
      break;
  }
  return "person";
}

void AddAccount(const subject::OwnIncident& own, v1::SubjectIncident& row) {
  const ledger::Incident& incident = own.view.incident;
  const ledger::NewIncident account = incident.Standing();
  if (account.amount.currency.has_value()) *row.mutable_amount() = ToProto(account.amount);
  row.set_occurred(account.occurred.ToString());
  row.set_due(account.due.ToString());
  for (const evidence::Date reminder : account.reminders) row.add_reminders(reminder.ToString());
  row.set_told_on(account.told_on.ToString());
  row.set_note(account.note);
  for (const decision::Mitigation mitigation : decision::AllMitigations()) {
    if (!incident.mitigations.Has(mitigation)) continue;
    row.add_mitigations(std::string(decision::MitigationName(mitigation)));
  }
  row.set_notice_code(own.view.notice_code);
  if (incident.dispute.has_value()) {
    row.set_disputed_by(std::string(DisputedByName(incident.dispute->by)));
    row.set_disputed_on(incident.dispute->on.ToString());
  }
  for (const ledger::Proof& proof : own.view.proofs) {
    v1::SubjectProof& file = *row.add_proofs();
    file.set_kind(std::string(evidence::ProofKindName(proof.kind)));
    file.set_media_type(std::string(evidence::MediaTypeName(proof.media)));
    file.set_bytes(proof.bytes);
    file.set_added_at(TimeText(proof.added_at));
  }
  for (const ledger::ProofRequest& request : own.handed_out) {
    v1::SubjectHandover& handover = *row.add_handed_out();
    handover.set_partner(request.partner);
    handover.set_disclosed_at(TimeText(request.decided_at));
    for (const ledger::DisclosedFile& file : request.files) {
      handover.add_kinds(std::string(evidence::ProofKindName(file.kind)));
    }
    if (!request.fetched.empty()) {
      handover.set_fetched_at(TimeText(request.fetched.front()));
    }
  }
}

v1::SubjectIncident IncidentOf(const subject::OwnIncident& own) {
  const ledger::Incident& incident = own.view.incident;
  v1::SubjectIncident row;
  row.set_id(incident.id.hex());
  row.set_state(std::string(ledger::StateName(own.view.state)));
  row.set_reason(std::string(evidence::Info(incident.account.reason).name));
  row.set_filed_at(TimeText(incident.added_at));
  row.set_shareable(evidence::IsShareable(incident.account.reason));
  if (own.view.report.has_value()) {
    row.set_shared_since(SecondsText(own.view.report->issued_at));
  }
  row.set_kept_until(own.kept_until.ToString());
  // What it said goes as soon as partners have its ERASURE; it is not said any more.
  const bool erased = incident.IsScrubbed() || own.view.state == ledger::IncidentState::kErased ||
                      own.view.state == ledger::IncidentState::kExpired;
  row.set_erased(erased);
  if (!erased) AddAccount(own, row);
  const size_t count = incident.events.size();
  const size_t first = count > kMaxSubjectChanges ? count - kMaxSubjectChanges : 0;
  row.set_more_changes(first > 0);
  for (size_t i = first; i < count; ++i) *row.add_changes() = ChangeOf(own, i, !erased);
  return row;
}

v1::SubjectDecision DecisionOf(const subject::OwnDecision& own, decision::Language language) {
  v1::SubjectDecision row;
  row.set_receipt(own.receipt.hex());
  row.set_at(TimeText(own.at));
  row.set_effect(ToProto(own.effect));
  row.set_because(decision::In(own.because, language));
  if (own.overridden_to.has_value()) row.set_overridden_to(ToProto(*own.overridden_to));
  return row;
}

v1::SubjectPartner PartnerOf(const subject::PartnerLog& log) {
  v1::SubjectPartner row;
  row.set_origin(log.answer.origin);
  row.set_name(log.name);
  row.set_state(ToProto(log.answer.state));
  row.set_error(log.answer.error);
  row.set_pairing(std::string(partners::StatusName(log.pairing)));
  if (log.answer.head_age_s.has_value()) row.set_data_age_s(*log.answer.head_age_s);
  for (const auto& [record, kept_until] : log.entries) {
    v1::SubjectEntry& entry = *row.add_entries();
    entry.set_index(record.index);
    entry.set_reason(std::string(evidence::Info(record.reason).name));
    entry.set_status(std::string(decision::EntryStatusName(record.status)));
    entry.set_reported_at(TimeText(record.published_at));
    if (record.status == decision::EntryStatus::kErased) continue;
    entry.set_kept_until(kept_until.ToString());
    if (record.amount.currency.has_value()) *entry.mutable_amount() = ToProto(record.amount);
    entry.set_occurred(record.occurred.ToString());
  }
  return row;
}

v1::SubjectAskedProof AskedOf(const partners::AskedProof& asked) {
  const v1::AskedProof whole = ToProto(asked);
  v1::SubjectAskedProof row;
  row.set_partner(whole.partner());
  row.set_log_index(whole.log_index());
  row.set_asked_at(whole.asked_at());
  row.set_state(whole.state());
  row.set_since(whole.since());
  for (const v1::PartnerProof& file : whole.files()) row.add_kinds(file.kind());
  row.set_kept_until(whole.kept_until());
  return row;
}

v1::SubjectRelay RelayOf(const partners::RelayView& view) {
  const evidence::RelayStatement& statement = view.relay.statement;
  v1::SubjectRelay row;
  row.set_partner(statement.issuer);
  row.set_log_index(statement.index);
  row.set_disputed_on(statement.on.ToString());
  row.set_passed_on_at(SecondsText(static_cast<int64_t>(statement.at)));
  row.set_state(std::string(view.state()));
  row.set_partner_told(view.relay.issuer_told);
  row.set_partner_disputed_at(SecondsText(view.fate.disputed_at));
  return row;
}

}  // namespace

v1::SubjectReport ToProto(const subject::Report& report, decision::Language language) {
  v1::SubjectReport out;
  out.set_made_at(TimeText(report.made_at));
  out.set_identifier(report.identifier.value());
  out.set_identifier_type(std::string(identity::TypeName(report.identifier.type())));
  out.set_circle(report.charter->name);
  out.set_purpose(report.charter->purpose);
  out.set_answer_within_days(report.charter->dispute_withdraw_days);
  for (const book::Profile& customer : report.customers) AddCustomer(customer, report, out);
  if (report.customers.empty() && report.allowed.has_value()) {
    v1::SubjectCustomer& trusted = *out.add_customers();
    trusted.set_trusted_since(TimeText(report.allowed->added_at));
    trusted.set_trusted_because(report.allowed->because);
  }
  if (report.warning.has_value()) {
    v1::SubjectWarning& warning = *out.mutable_warning();
    warning.set_kind(std::string(book::WarningKindName(report.warning->kind)));
    warning.set_at(TimeText(report.warning->at));
    warning.set_because(report.warning->because);
  }
  for (const subject::OwnOrder& own : report.orders.items) *out.add_orders() = OrderOf(own);
  out.set_more_orders(report.orders.more);
  for (const subject::OwnIncident& own : report.incidents.items) {
    *out.add_incidents() = IncidentOf(own);
  }
  out.set_more_incidents(report.incidents.more);
  for (const subject::OwnDecision& own : report.decisions.items) {
    *out.add_decisions() = DecisionOf(own, language);
  }
  out.set_more_decisions(report.decisions.more);
  for (const subject::PartnerLog& log : report.partners) *out.add_partners() = PartnerOf(log);
  out.set_more_entries(report.more_entries);
  for (const partners::AskedProof& asked : report.asked_proof.items) {
    *out.add_asked_proof() = AskedOf(asked);
  }
  out.set_more_asked_proof(report.asked_proof.more);
  for (const partners::RelayView& view : report.passed_on.items) {
    *out.add_passed_on() = RelayOf(view);
  }
  out.set_more_passed_on(report.passed_on.more);
  return out;
}

void KeepWithin(size_t max_bytes, v1::SubjectReport& report) {
  while (report.ByteSizeLong() > max_bytes && !report.incidents().empty()) {
    report.mutable_incidents()->RemoveLast();
    report.set_more_incidents(true);
  }
}

}  // namespace daftar::service
