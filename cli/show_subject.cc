#include "cli/show_subject.h"

#include <string>
#include <vector>

#include "cli/show_check.h"

namespace daftar::cli {
namespace {

using cli::ToJson;  // of money, beside those here

template <class Texts>
Json TextsOf(const Texts& texts) {
  return Json(std::vector<std::string>(texts.begin(), texts.end()));
}

Json ToJson(const v1::SubjectCustomer& customer) {
  return Json{{"name", TextOrNull(customer.name())},
              {"added_at", customer.added_at()},
              {"other_identifiers", TextsOf(customer.other_identifiers())},
              {"groups", TextsOf(customer.groups())},
              {"trusted_since", TextOrNull(customer.trusted_since())},
              {"trusted_because", TextOrNull(customer.trusted_because())}};
}

Json ToJson(const v1::SubjectOrder& order) {
  return Json{{"invoice", order.invoice()},       {"invoiced", order.invoiced()},
              {"due", TextOrNull(order.due())},   {"paid", TextOrNull(order.paid())},
              {"amount", ToJson(order.amount())}, {"outcome", order.outcome()}};
}

Json ToJson(const v1::SubjectChange& change) {
  Json copies = Json::array();
  for (const auto& copy : change.copies()) {
    copies.push_back(Json{{"partner", copy.partner()},
                          {"applied_at", TextOrNull(copy.applied_at())},
                          {"pairing", TextOrNull(copy.pairing())}});
  }
  return Json{{"at", change.at()},
              {"action", change.action()},
              {"by_node", change.by_node()},
              {"through_partner", change.through_partner()},
              {"because", TextOrNull(change.because())},
              {"log_index", change.has_log_index() ? Json(change.log_index()) : Json(nullptr)},
              {"copies", std::move(copies)}};
}

Json ToJson(const v1::SubjectWarning& warning) {
  return Json{
      {"kind", warning.kind()}, {"at", warning.at()}, {"because", TextOrNull(warning.because())}};
}

Json ToJson(const v1::SubjectIncident& incident) {
  Json proofs = Json::array();
  for (const auto& proof : incident.proofs()) {
    proofs.push_back(Json{{"kind", proof.kind()},
                          {"media_type", proof.media_type()},
                          {"bytes", proof.bytes()},
                          {"added_at", proof.added_at()}});
  }
  Json handed_out = Json::array();
  for (const auto& handover : incident.handed_out()) {
    handed_out.push_back(Json{{"partner", handover.partner()},
                              {"disclosed_at", handover.disclosed_at()},
                              {"kinds", TextsOf(handover.kinds())},
                              {"fetched_at", TextOrNull(handover.fetched_at())}});
  }
  Json changes = Json::array();
  for (const auto& change : incident.changes()) changes.push_back(ToJson(change));
  return Json{{"id", incident.id()},
              {"state", incident.state()},
              {"reason", incident.reason()},
              {"filed_at", incident.filed_at()},
              {"shareable", incident.shareable()},
              {"shared_since", TextOrNull(incident.shared_since())},
              {"kept_until", TextOrNull(incident.kept_until())},
              {"erased", incident.erased()},
              {"amount", ToJson(incident.amount())},
              {"occurred", TextOrNull(incident.occurred())},
              {"due", TextOrNull(incident.due())},
              {"reminders", TextsOf(incident.reminders())},
              {"told_on", TextOrNull(incident.told_on())},
              {"note", TextOrNull(incident.note())},
              {"mitigations", TextsOf(incident.mitigations())},
              {"notice_code", TextOrNull(incident.notice_code())},
              {"disputed_by", TextOrNull(incident.disputed_by())},
              {"disputed_on", TextOrNull(incident.disputed_on())},
              {"proofs", std::move(proofs)},
              {"handed_out", std::move(handed_out)},
              {"changes", std::move(changes)},
              {"more_changes", incident.more_changes()}};
}

Json ToJson(const v1::SubjectDecision& decision) {
  return Json{{"receipt", decision.receipt()},
              {"at", decision.at()},
              {"effect", EffectWord(decision.effect())},
              {"because", decision.because()},
              {"overridden_to", decision.overridden_to() == v1::EFFECT_UNSPECIFIED
                                    ? Json(nullptr)
                                    : Json(EffectWord(decision.overridden_to()))}};
}

Json ToJson(const v1::SubjectPartner& partner) {
  Json entries = Json::array();
  for (const auto& entry : partner.entries()) {
    entries.push_back(Json{{"index", entry.index()},
                           {"reason", entry.reason()},
                           {"status", entry.status()},
                           {"reported_at", entry.reported_at()},
                           {"kept_until", TextOrNull(entry.kept_until())},
                           {"amount", ToJson(entry.amount())},
                           {"occurred", TextOrNull(entry.occurred())}});
  }
  return Json{{"origin", partner.origin()},
              {"pairing", TextOrNull(partner.pairing())},
              {"name", partner.name()},
              {"state", StateWord(partner.state())},
              {"error", TextOrNull(partner.error())},
              {"data_age_s", partner.has_data_age_s() ? Json(partner.data_age_s()) : Json(nullptr)},
              {"entries", std::move(entries)}};
}

Json ToJson(const v1::SubjectAskedProof& asked) {
  return Json{{"partner", asked.partner()},
              {"log_index", asked.log_index()},
              {"asked_at", asked.asked_at()},
              {"state", asked.state()},
              {"since", asked.since()},
              {"kinds", TextsOf(asked.kinds())},
              {"kept_until", TextOrNull(asked.kept_until())}};
}

Json ToJson(const v1::SubjectRelay& relay) {
  return Json{{"partner", relay.partner()},
              {"log_index", relay.log_index()},
              {"disputed_on", relay.disputed_on()},
              {"passed_on_at", relay.passed_on_at()},
              {"state", relay.state()},
              {"partner_told", relay.partner_told()},
              {"partner_disputed_at", TextOrNull(relay.partner_disputed_at())}};
}

template <class Rows>
Json List(const Rows& rows) {
  Json list = Json::array();
  for (const auto& row : rows) list.push_back(ToJson(row));
  return list;
}

}  // namespace

Json ToJson(const v1::MakeCodeResponse& made) {
  return Json{{"code", made.code()},
              {"valid_until", made.valid_until()},
              {"identifier", made.identifier()},
              {"message", made.message()}};
}

Json ToJson(const v1::SubjectReport& report) {
  return Json{{"made_at", report.made_at()},
              {"identifier", report.identifier()},
              {"identifier_type", report.identifier_type()},
              {"shop", report.shop()},
              {"origin", report.origin()},
              {"circle", report.circle()},
              {"purpose", report.purpose()},
              {"answer_within_days", report.answer_within_days()},
              {"customers", List(report.customers())},
              {"orders", List(report.orders())},
              {"more_orders", report.more_orders()},
              {"incidents", List(report.incidents())},
              {"more_incidents", report.more_incidents()},
              {"decisions", List(report.decisions())},
              {"more_decisions", report.more_decisions()},
              {"partners", List(report.partners())},
              {"more_entries", report.more_entries()},
              {"asked_proof", List(report.asked_proof())},
              {"more_asked_proof", report.more_asked_proof()},
              {"passed_on", List(report.passed_on())},
              {"more_passed_on", report.more_passed_on()},
              {"warning", report.has_warning() ? ToJson(report.warning()) : Json(nullptr)}};
}

}  // namespace daftar::cli
