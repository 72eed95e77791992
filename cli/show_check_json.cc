#include <string>
#include <utility>

#include "cli/show_check.h"
#include "crypto/bytes.h"
#include "node/decision/receipt.h"

namespace daftar::cli {
namespace {

template <class Message>
Json AgeOrNull(const Message& message) {
  return message.has_head_age_s() ? Json(message.head_age_s()) : Json(nullptr);
}

template <class Repeated>
Json ListOf(const Repeated& texts) {
  Json out = Json::array();
  for (const auto& text : texts) out.push_back(text);
  return out;
}

Json EffectOrNull(v1::Effect effect) {
  return effect == v1::EFFECT_UNSPECIFIED ? Json(nullptr) : Json(EffectWord(effect));
}

// Lower-case hexadecimal; null for none.
Json HexOrNull(const std::string& bytes) {
  return bytes.empty() ? Json(nullptr) : Json(crypto::ToHex(crypto::AsBytes(bytes)));
}

Json RulesJson(const google::protobuf::RepeatedPtrField<v1::RuleOutcome>& rules) {
  Json out = Json::array();
  for (const auto& rule : rules) {
    out.push_back({{"rule", rule.rule()},
                   {"fired", rule.fired()},
                   {"effect", EffectOrNull(rule.effect())},
                   {"looks_at", TextOrNull(rule.looks_at())}});
  }
  return out;
}

Json NextJson(const google::protobuf::RepeatedPtrField<v1::NextStep>& next) {
  Json out = Json::array();
  for (const auto& step : next) {
    out.push_back({{"step", step.step()},
                   {"sentence", step.sentence()},
                   {"share_ppm", step.share_ppm() > 0 ? Json(step.share_ppm()) : Json(nullptr)},
                   {"days", step.days() > 0 ? Json(step.days()) : Json(nullptr)},
                   {"amount", ToJson(step.money())},
                   {"dates", ListOf(step.dates())},
                   {"name", TextOrNull(step.name())}});
  }
  return out;
}

// Of a partner that the node does not name, a weight or a size would name it.
template <class Message>
Json UnlessHidden(const Message& of_partner, uint64_t number) {
  return of_partner.origin().empty() ? Json(nullptr) : Json(number);
}

template <class Input>
Json WeightJson(const Input& input) {
  const bool of_partner = input.type() == "partner_record";
  return of_partner ? UnlessHidden(input, input.weight_ppm()) : Json(input.weight_ppm());
}

Json InputJson(const v1::DecisionInput& input) {
  return Json{{"type", input.type()},
              {"origin", TextOrNull(input.origin())},
              {"reference", TextOrNull(input.reference())},
              {"reason", TextOrNull(input.reason())},
              {"status", TextOrNull(input.status())},
              {"amount", ToJson(input.amount())},
              {"occurred", TextOrNull(input.occurred())},
              {"due", TextOrNull(input.due())},
              {"age_days", input.age_days()},
              {"bad_ppm", input.bad_ppm()},
              {"weight_ppm", WeightJson(input)},
              {"counted", input.counted()},
              {"with_order", input.with_order()},
              {"orders", input.has_orders() ? ToJson(input.orders()) : Json(nullptr)}};
}

Json InputJson(const v1::ReceiptInput& input) {
  const bool own_orders = input.type() == "own_orders";
  const auto of_orders = [&](uint64_t n) { return own_orders ? Json(n) : Json(nullptr); };
  return Json{{"type", input.type()},
              {"origin", TextOrNull(input.origin())},
              {"reference", TextOrNull(input.reference())},
              {"commitment", TextOrNull(input.commitment())},
              {"status", TextOrNull(input.status())},
              {"age_days", input.age_days()},
              {"bad_ppm", input.bad_ppm()},
              {"weight_ppm", WeightJson(input)},
              {"counted", input.counted()},
              {"with_order", input.with_order()},
              {"mitigations", ListOf(input.mitigations())},
              {"orders", of_orders(input.orders())},
              {"orders_on_time", of_orders(input.orders_on_time())},
              {"orders_bad", of_orders(input.orders_bad())}};
}

// Nothing is known of a partner that was not checked: 0 would read as clear.
Json RecordsOrNull(const v1::PartnerAnswer& partner) {
  const bool unknown = StateWord(partner.state()) == "not_checked" && partner.records() == 0;
  return unknown ? Json(nullptr) : Json(partner.records());
}

Json PartnerJson(const v1::PartnerAnswer& partner) {
  return Json{{"origin", TextOrNull(partner.origin())},
              {"state", StateWord(partner.state())},
              {"head_age_s", AgeOrNull(partner)},
              {"reason", TextOrNull(partner.reason())},
              {"records", RecordsOrNull(partner)}};
}

Json PartnerJson(const v1::ReceiptPartner& partner) {
  return Json{{"origin", TextOrNull(partner.origin())},
              {"state", StateWord(partner.state())},
              {"head_age_s", AgeOrNull(partner)},
              {"head_size", UnlessHidden(partner, partner.head_size())},
              {"head_root", TextOrNull(partner.head_root())},
              {"witnesses", ListOf(partner.witnesses())},
              {"reason", TextOrNull(partner.reason())},
              {"weight_ppm", UnlessHidden(partner, partner.weight_ppm())}};
}

Json OverrideJson(const v1::DecisionOverride& made) {
  return Json{{"effect", EffectWord(made.effect())},
              {"because", TextOrNull(made.because())},
              {"by", TextOrNull(made.by())},
              {"at", TextOrNull(made.at())}};
}

Json OverridesJson(const google::protobuf::RepeatedPtrField<v1::DecisionOverride>& overrides) {
  Json out = Json::array();
  for (const auto& made : overrides) out.push_back(OverrideJson(made));
  return out;
}

}  // namespace

Json ToJson(const v1::OrderSummary& orders) {
  Json amounts = Json::array();
  for (const auto& money : orders.open_amounts()) amounts.push_back(ToJson(money));
  return Json{{"settled", orders.settled()},
              {"paid_on_time", orders.paid_on_time()},
              {"prepaid_on_time", orders.prepaid_on_time()},
              {"late", orders.late()},
              {"open", orders.open()},
              {"overdue", orders.overdue()},
              {"unpaid", orders.unpaid()},
              {"disputed", orders.disputed()},
              {"broken", orders.broken()},
              {"days_late_total", orders.days_late_total()},
              {"days_late_worst", orders.days_late_worst()},
              {"open_amounts", std::move(amounts)}};
}

Json ToJson(const v1::CheckResponse& response) {
  Json inputs = Json::array();
  for (const auto& input : response.inputs()) inputs.push_back(InputJson(input));
  Json partners = Json::array();
  for (const auto& partner : response.partners()) partners.push_back(PartnerJson(partner));
  return Json{{"effect", EffectWord(response.effect())},
              {"test", response.test()},
              {"because", response.because()},
              {"notes", ListOf(response.notes())},
              {"receipt", response.receipt()},
              {"decided_by", response.decided_by()},
              {"risk_ppm", response.risk_ppm()},
              {"prior_ppm", response.prior_ppm()},
              {"checked_at", response.checked_at()},
              {"policy", response.policy()},
              {"group", TextOrNull(response.group())},
              {"allowed_by", TextOrNull(response.allowed_by())},
              {"caps", ListOf(response.caps())},
              {"next", NextJson(response.next())},
              {"inputs", std::move(inputs)},
              {"partners", std::move(partners)},
              {"rules", RulesJson(response.rules())}};
}

namespace {

// Whom it is about, as the decision log knows persons; null without a body, as staff get it.
Json SubjectsJson(const v1::GetReceiptResponse& response) {
  if (response.body().empty()) return nullptr;
  const auto body = decision::ReceiptBody::Decode(crypto::AsBytes(response.body()));
  if (!body.ok()) return nullptr;
  Json subjects = Json::array();
  for (const decision::Subject& subject : body->subjects) subjects.push_back(subject.hex());
  return subjects;
}

}  // namespace

Json ToJson(const v1::GetReceiptResponse& response) {
  Json inputs = Json::array();
  for (const auto& input : response.inputs()) inputs.push_back(InputJson(input));
  Json partners = Json::array();
  for (const auto& partner : response.partners()) partners.push_back(PartnerJson(partner));
  return Json{
      {"receipt", response.receipt()},
      {"checked_at", response.checked_at()},
      {"checked_by", TextOrNull(response.checked_by())},
      {"effect", EffectWord(response.effect())},
      {"effect_now", EffectWord(EffectNow(response))},
      {"because", response.because()},
      {"coverage", TextOrNull(response.coverage())},
      {"decided_by", response.decided_by()},
      {"risk_ppm", response.risk_ppm()},
      {"prior_ppm", response.prior_ppm()},
      {"amount", ToJson(response.amount())},
      {"terms", TermsWord(response.terms())},
      {"policy", response.policy()},
      {"group", TextOrNull(response.group())},
      {"allowed_by", TextOrNull(response.allowed_by())},
      {"caps", ListOf(response.caps())},
      {"log_index", response.log_index()},
      {"commitment", response.commitment()},
      {"next", NextJson(response.next())},
      {"next_now", NextJson(response.next_now())},
      {"override", response.has_override() ? OverrideJson(response.override()) : Json(nullptr)},
      {"earlier_overrides", OverridesJson(response.earlier_overrides())},
      {"outcome", TextOrNull(response.outcome())},
      {"outcome_at", TextOrNull(response.outcome_at())},
      {"inputs", std::move(inputs)},
      {"partners", std::move(partners)},
      {"rules", RulesJson(response.rules())},
      {"subjects", SubjectsJson(response)},
      {"body", HexOrNull(response.body())},
      {"salt", HexOrNull(response.salt())}};
}

}  // namespace daftar::cli
