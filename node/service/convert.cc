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
        "this is no identifier of a kind that is known here; say which it is, like a phone number");
  }
  std::string names;
  for (const identity::Identifier& reading : readings) {
    names += (names.empty() ? "" : ", ") + std::string(identity::TypeName(reading.type()));
  }
  return absl::InvalidArgumentError("this could be any of: " + names + "; say which of them it is");
}

absl::StatusOr<std::vector<identity::Identifier>> FromProto(
    const google::protobuf::RepeatedPtrField<v1::Identifier>& identifiers, identity::Region home,
    size_t most) {
  if (identifiers.empty() || static_cast<size_t>(identifiers.size()) > most) {
    return absl::InvalidArgumentError("1 to " + std::to_string(most) +
                                      " identifiers are needed, like a phone number");
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
  if (asked > kMaxPageRows) {
    return absl::InvalidArgumentError("page_size: at most " + std::to_string(kMaxPageRows));
  }
  return asked == 0 ? kDefaultPageRows : asked;
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
    case v1::ROLE_OWNER:
      return Role::kOwner;
    default:
      return absl::InvalidArgumentError("a role is staff, manager, operator, auditor or owner");
  }
}

}  // namespace daftar::service
