#include "node/service/convert.h"

#include <algorithm>
#include <ctime>

namespace daftar::service {
namespace {

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

void SetRules(const decision::Verdict& verdict,
              google::protobuf::RepeatedPtrField<v1::RuleOutcome>* rules) {
  for (const decision::RuleOutcome& outcome : verdict.rules) {
    v1::RuleOutcome* rule = rules->Add();
    rule->set_rule(std::string(decision::RuleId(outcome.rule)));
    rule->set_fired(outcome.fired);
  }
  for (decision::Cap cap : verdict.caps) {
    v1::RuleOutcome* rule = rules->Add();
    rule->set_rule(std::string(decision::CapId(cap)));
    rule->set_fired(true);
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

v1::CheckResponse ToProto(const check::Answer& answer) {
  v1::CheckResponse out;
  const decision::Verdict& verdict = answer.decision.verdict;
  out.set_effect(ToProto(verdict.effect));
  out.set_because(answer.because);
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
    SetFacts(answer, input, *row);
  }
  for (const decision::WeighedPartner& partner : answer.decision.weighed.partners) {
    v1::PartnerAnswer* row = out.add_partners();
    row->set_origin(partner.origin);
    row->set_state(ToProto(partner.state));
    if (partner.head_age_s.has_value()) row->set_head_age_s(*partner.head_age_s);
    row->set_reason(partner.error);
    row->set_records(static_cast<uint32_t>(partner.entries.size()));
  }
  SetRules(verdict, out.mutable_rules());
  out.set_decided_by(std::string(decision::RuleId(verdict.rule)));
  out.set_risk_ppm(verdict.r_ppm);
  out.set_checked_at(TimeText(answer.time));
  out.set_policy(answer.policy.hex());
  return out;
}

v1::GetReceiptResponse ToProto(const check::StoredReceipt& receipt,
                               const decision::Policy& policy) {
  const decision::ReceiptBody& body = receipt.record.body;
  const decision::Decision decision = decision::Replay(body, policy);
  v1::GetReceiptResponse out;
  out.set_receipt(receipt.id.hex());
  out.set_checked_at(TimeText(body.time));
  out.set_checked_by(receipt.record.actor);
  out.set_effect(ToProto(body.verdict.effect));
  out.set_because(receipt.record.because);
  out.set_decided_by(std::string(decision::RuleId(body.verdict.rule)));
  out.set_risk_ppm(body.verdict.r_ppm);
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
    for (const decision::WeighedPartner& partner : body.weighed.partners) {
      if (partner.origin != input.origin) continue;
      for (const decision::WeighedEntry& entry : partner.entries) {
        if (entry.index == input.index) row->set_commitment(entry.commitment.hex());
      }
    }
  }
  for (const decision::WeighedPartner& partner : body.weighed.partners) {
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
  }
  SetRules(body.verdict, out.mutable_rules());
  out.set_policy(body.policy.hex());
  if (body.weighed.order.amount.has_value()) {
    *out.mutable_amount() = ToProto(*body.weighed.order.amount);
  }
  out.set_terms(ToProto(body.weighed.order.terms));
  out.set_log_index(receipt.index);
  out.set_commitment(receipt.commitment.hex());
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
