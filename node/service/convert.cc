#include "node/service/convert.h"

#include <algorithm>
#include <ctime>

namespace daftar::service {
namespace {

// After the shipped groups that protect the shop (problem, watch-closely) and those that a person
// grants: a group that nobody ranked must not outrank them.
constexpr uint32_t kDefaultPrecedence = 450;

using identity::IdentifierType;

struct TypedText {
  std::string_view text;
  std::optional<IdentifierType> type;  // nullopt: any
};

absl::StatusOr<TypedText> TextOf(const v1::Identifier& identifier) {
  switch (identifier.value_case()) {
    case v1::Identifier::kPhone:
      return TypedText{identifier.phone(), IdentifierType::kPhone};
    case v1::Identifier::kEmail:
      return TypedText{identifier.email(), IdentifierType::kEmail};
    case v1::Identifier::kNationalIdIndonesia:
      return TypedText{identifier.national_id_indonesia(), IdentifierType::kNationalIdIndonesia};
    case v1::Identifier::kNationalIdMalaysia:
      return TypedText{identifier.national_id_malaysia(), IdentifierType::kNationalIdMalaysia};
    case v1::Identifier::kNationalIdSingapore:
      return TypedText{identifier.national_id_singapore(), IdentifierType::kNationalIdSingapore};
    case v1::Identifier::kTaxIdIndonesia:
      return TypedText{identifier.tax_id_indonesia(), IdentifierType::kTaxIdIndonesia};
    case v1::Identifier::kBusinessIdIndonesia:
      return TypedText{identifier.business_id_indonesia(), IdentifierType::kBusinessIdIndonesia};
    case v1::Identifier::kBusinessIdMalaysia:
      return TypedText{identifier.business_id_malaysia(), IdentifierType::kBusinessIdMalaysia};
    case v1::Identifier::kBankAccount:
      return TypedText{identifier.bank_account(), IdentifierType::kBankAccount};
    case v1::Identifier::kHandle:
      return TypedText{identifier.handle(), IdentifierType::kHandle};
    case v1::Identifier::kAny:
      return TypedText{identifier.any(), std::nullopt};
    case v1::Identifier::VALUE_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("an identifier is empty; set one of its fields, like phone");
}

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

// The facts beside an input: opened entries and own incidents, which the decision has only as ppm.
void SetFacts(const check::Answer& answer, const decision::DecisionInput& input,
              v1::DecisionInput& out) {
  if (input.kind == decision::InputKind::kOwnOrders) {
    *out.mutable_orders() = ToProto(answer.own);
  } else if (input.kind == decision::InputKind::kOwnIncident) {
    for (const ledger::IncidentView& view : answer.incidents) {
      if (view.incident.id.hex() != input.id) continue;
      const ledger::NewIncident& account = view.incident.account;
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

}  // namespace

// ---- status

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  // Both follow the same numbering (google.rpc.Code).
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message())};
}

grpc::Status ToGrpcForPartner(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kAlreadyExists:
      return ToGrpc(status);
    default:
      return {grpc::StatusCode::UNAVAILABLE, "the node cannot answer now"};
  }
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return {static_cast<absl::StatusCode>(status.error_code()), status.error_message()};
}

// ---- values

std::string TimeText(evidence::UnixMillis time) {
  if (time.value == 0) return {};
  const std::time_t seconds = static_cast<std::time_t>(time.seconds());
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  const size_t length = std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
  std::string millis = std::to_string(1000 + time.value % 1000);
  return std::string(text, length) + "." + millis.substr(1) + "Z";
}

absl::StatusOr<identity::Identifier> FromProto(const v1::Identifier& identifier,
                                               identity::Region home) {
  auto typed = TextOf(identifier);
  if (!typed.ok()) return typed.status();
  if (typed->type.has_value()) return identity::Normalise(*typed->type, typed->text, home);
  const std::vector<identity::Identifier> readings = identity::RecogniseAny(typed->text, home);
  if (readings.size() == 1) return readings.front();
  if (readings.empty()) {
    return absl::InvalidArgumentError(
        "this is no identifier of a kind that is known here; say which it is, like --phone");
  }
  std::string names;
  for (const identity::Identifier& reading : readings) {
    names += (names.empty() ? "" : ", ") + std::string(identity::TypeName(reading.type()));
  }
  return absl::InvalidArgumentError("this could be any of: " + names +
                                    "; say which it is, like --phone");
}

absl::StatusOr<std::vector<identity::Identifier>> FromProto(
    const google::protobuf::RepeatedPtrField<v1::Identifier>& identifiers, identity::Region home,
    size_t most) {
  if (identifiers.empty() || static_cast<size_t>(identifiers.size()) > most) {
    return absl::InvalidArgumentError("1 to " + std::to_string(most) +
                                      " identifiers are needed, like --phone 0812-3456-7890");
  }
  std::vector<identity::Identifier> values;
  for (const v1::Identifier& identifier : identifiers) {
    auto value = FromProto(identifier, home);
    if (!value.ok()) return value.status();
    values.push_back(*std::move(value));
  }
  // One phone may have been typed in two spellings.
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

absl::StatusOr<evidence::Money> FromProto(const v1::Money& money) {
  auto currency = evidence::Currency::FromCode(money.currency());
  if (!currency.ok()) return currency.status();
  if (money.minor() > evidence::kMaxMinorUnits) {
    return absl::InvalidArgumentError("the amount is larger than any order can be");
  }
  return evidence::Money{money.minor(), *currency};
}

v1::Money ToProto(const evidence::Money& money) {
  v1::Money out;
  out.set_minor(money.minor);
  out.set_currency(money.currency.code());
  return out;
}

absl::StatusOr<evidence::Date> DateFromProto(const std::string& text, std::string_view field) {
  if (text.empty()) return evidence::Date();
  auto date = evidence::Date::Parse(text);
  if (!date.ok()) {
    return absl::InvalidArgumentError(std::string(field) + ": " +
                                      std::string(date.status().message()));
  }
  return date;
}

v1::Effect ToProto(decision::Effect effect) { return static_cast<v1::Effect>(effect); }

absl::StatusOr<decision::Effect> FromProto(v1::Effect effect) {
  if (effect < v1::EFFECT_ACCEPT || effect > v1::EFFECT_DECLINE) {
    return absl::InvalidArgumentError("effect: one of accept, deposit, prepay, review, decline");
  }
  return static_cast<decision::Effect>(effect);
}

absl::StatusOr<decision::Language> LanguageFromProto(const std::string& language) {
  if (language.empty()) return decision::Language::kEnglish;
  return decision::LanguageFromName(language);
}

absl::StatusOr<size_t> PageSizeFromProto(uint32_t asked) {
  constexpr size_t kDefault = 100;
  constexpr size_t kMost = 1000;
  if (asked > kMost) {
    return absl::InvalidArgumentError("page_size: at most " + std::to_string(kMost));
  }
  return asked == 0 ? kDefault : asked;
}

absl::StatusOr<check::ReceiptId> ReceiptFromProto(const std::string& receipt) {
  auto id = check::ReceiptId::FromHexText(receipt);
  if (!id.ok()) {
    return absl::InvalidArgumentError(
        "a receipt's id has 32 hexadecimal digits; `daftar check` prints it");
  }
  return *id;
}

absl::StatusOr<book::CustomerId> CustomerIdFromProto(const std::string& id) {
  auto parsed = book::CustomerId::FromHexText(id);
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(
        "a customer's id has 32 hexadecimal digits; `daftar customer show` prints it");
  }
  return *parsed;
}

absl::StatusOr<decision::Mitigations> FromProto(
    const google::protobuf::RepeatedPtrField<std::string>& mitigations) {
  decision::Mitigations set;
  for (const std::string& name : mitigations) {
    auto mitigation = decision::MitigationFromName(name);
    if (!mitigation.ok()) return mitigation.status();
    set.Add(*mitigation);
  }
  return set;
}

v1::PartnerState ToProto(decision::PartnerState state) {
  return static_cast<v1::PartnerState>(state);
}
v1::Terms ToProto(decision::Terms terms) { return static_cast<v1::Terms>(terms); }

absl::StatusOr<decision::Terms> FromProto(v1::Terms terms) {
  switch (terms) {
    case v1::TERMS_UNSPECIFIED:
    case v1::TERMS_CREDIT:
      return decision::Terms::kCredit;
    case v1::TERMS_COD:
      return decision::Terms::kCod;
    case v1::TERMS_DEPOSIT:
      return decision::Terms::kDeposit;
    case v1::TERMS_PREPAID:
      return decision::Terms::kPrepaid;
    default:
      return absl::InvalidArgumentError("terms are credit, cod, deposit or prepaid");
  }
}

v1::Role ToProto(Role role) { return static_cast<v1::Role>(role); }

absl::StatusOr<Role> FromProto(v1::Role role) {
  switch (role) {
    case v1::ROLE_STAFF:
      return Role::kStaff;
    case v1::ROLE_MANAGER:
      return Role::kManager;
    case v1::ROLE_OPERATOR:
      return Role::kOperator;
    case v1::ROLE_AUDITOR:
      return Role::kAuditor;
    default:
      return absl::InvalidArgumentError("a role is staff, manager, operator or auditor");
  }
}

// ---- answers

v1::OrderSummary ToProto(const decision::TrackRecord& record) {
  v1::OrderSummary out;
  out.set_settled(record.orders_settled);
  out.set_paid_on_time(record.paid_on_time);
  out.set_prepaid_on_time(record.prepaid_on_time);
  out.set_disputed(record.disputed);
  out.set_broken(record.broken);
  out.set_late(record.late);
  out.set_open(record.open);
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

namespace {

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
  terms.precedence = group.precedence() == 0 ? kDefaultPrecedence : group.precedence();
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

v1::Incident ToProto(const ledger::IncidentView& view) {
  const ledger::Incident& incident = view.incident;
  const ledger::NewIncident& account = incident.account;
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
  if (view.state == ledger::IncidentState::kHeld) {
    out.set_held_until(TimeText({incident.held_until * 1000}));
  }
  for (size_t i = 0; i < incident.events.size(); ++i) {
    const ledger::IncidentEvent& event = incident.events[i];
    v1::IncidentEvent* row = out.add_history();
    row->set_at(TimeText(event.at));
    row->set_by(event.by);
    row->set_what(std::string(ledger::ActionName(event.action)));
    row->set_because(event.because);
    if (view.events[i].has_value()) row->set_log_index(view.events[i]->index);
  }
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

// ---- partners

v1::NodeCard ToProto(const partners::NodeCard& card) {
  v1::NodeCard out;
  out.set_origin(card.origin);
  out.set_name(card.name);
  out.set_endpoint(card.endpoint);
  out.set_circle(card.circle.data(), evidence::CircleId::kSize);
  out.set_charter(card.charter.data(), evidence::CharterHash::kSize);
  out.set_first_leaf(card.first_leaf.data(), card.first_leaf.size());
  out.set_first_body(card.first_body.data(), card.first_body.size());
  out.set_certificate_pem(card.certificate_pem);
  return out;
}

absl::StatusOr<partners::NodeCard> FromProto(const v1::NodeCard& card) {
  partners::NodeCard out;
  out.origin = card.origin();
  out.name = card.name();
  out.endpoint = card.endpoint();
  auto circle = evidence::CircleId::Create(crypto::AsBytes(card.circle()));
  if (!circle.ok()) return absl::InvalidArgumentError("card: the circle has 16 bytes");
  out.circle = *circle;
  auto charter = evidence::CharterHash::Create(crypto::AsBytes(card.charter()));
  if (!charter.ok()) return absl::InvalidArgumentError("card: the charter hash has 32 bytes");
  out.charter = *charter;
  out.first_leaf = crypto::ToBytes(card.first_leaf());
  out.first_body = crypto::ToBytes(card.first_body());
  out.certificate_pem = card.certificate_pem();
  return out;
}

v1::FollowResponse ToProto(evidence::FeedBatch batch) {
  v1::FollowResponse out;
  out.set_from(batch.from);
  for (evidence::FeedEntry& entry : batch.entries) {
    v1::FeedEntry* row = out.add_entries();
    row->set_leaf(entry.leaf.data(), entry.leaf.size());
    if (entry.body.has_value()) row->set_body(entry.body->data(), entry.body->size());
  }
  out.set_head(batch.head);
  for (const crypto::Digest& hash : batch.consistency) {
    out.add_consistency(hash.data(), crypto::Digest::kSize);
  }
  return out;
}

absl::StatusOr<evidence::FeedBatch> FromProto(v1::FollowResponse response) {
  if (static_cast<size_t>(response.entries_size()) > evidence::kMaxFeedEntries) {
    return absl::InvalidArgumentError("a batch has too many entries");
  }
  if (static_cast<size_t>(response.consistency_size()) > crypto::kMaxProofHashes) {
    return absl::InvalidArgumentError("a consistency proof has too many hashes");
  }
  if (response.head().size() > evidence::kMaxFeedHeadBytes) {
    return absl::InvalidArgumentError("a signed head is too large");
  }
  evidence::FeedBatch batch;
  batch.from = response.from();
  batch.entries.reserve(static_cast<size_t>(response.entries_size()));
  for (const v1::FeedEntry& entry : response.entries()) {
    evidence::FeedEntry row;
    row.leaf = crypto::ToBytes(entry.leaf());
    if (entry.has_body()) row.body = crypto::ToBytes(entry.body());
    batch.entries.push_back(std::move(row));
  }
  batch.head = std::move(*response.mutable_head());
  for (const std::string& hash : response.consistency()) {
    auto digest = crypto::Digest::Create(crypto::AsBytes(hash));
    if (!digest.ok()) return absl::InvalidArgumentError("a consistency hash has 32 bytes");
    batch.consistency.push_back(*digest);
  }
  return batch;
}

}  // namespace daftar::service
