#include "cli/arguments.h"

#include <algorithm>
#include <charconv>

#include "crypto/entropy.h"
#include "crypto/utf8.h"
#include "node/decision/decision.h"
#include "node/evidence/clock.h"
#include "node/evidence/money.h"
#include "node/identity/ascii.h"

namespace daftar::cli {
namespace {

using identity::IdentifierType;

absl::Status Invalid(std::string message) { return absl::InvalidArgumentError(message); }

void SetValue(IdentifierType type, std::string value, v1::Identifier& out) {
  switch (type) {
    case IdentifierType::kPhone:
      return out.set_phone(std::move(value));
    case IdentifierType::kEmail:
      return out.set_email(std::move(value));
    case IdentifierType::kNationalIdIndonesia:
      return out.set_national_id_indonesia(std::move(value));
    case IdentifierType::kNationalIdMalaysia:
      return out.set_national_id_malaysia(std::move(value));
    case IdentifierType::kNationalIdSingapore:
      return out.set_national_id_singapore(std::move(value));
    case IdentifierType::kTaxIdIndonesia:
      return out.set_tax_id_indonesia(std::move(value));
    case IdentifierType::kBusinessIdIndonesia:
      return out.set_business_id_indonesia(std::move(value));
    case IdentifierType::kBusinessIdMalaysia:
      return out.set_business_id_malaysia(std::move(value));
    case IdentifierType::kBankAccount:
      return out.set_bank_account(std::move(value));
    case IdentifierType::kHandle:
      return out.set_handle(std::move(value));
  }
}

// Numbers of an authority: the region stands in front, because the digits alone do not say it.
struct RegionalType {
  std::string_view flag;
  std::string_view region;
  IdentifierType type;
};
constexpr RegionalType kRegional[] = {
    {"national-id", "ID", IdentifierType::kNationalIdIndonesia},
    {"national-id", "MY", IdentifierType::kNationalIdMalaysia},
    {"national-id", "SG", IdentifierType::kNationalIdSingapore},
    {"tax-id", "ID", IdentifierType::kTaxIdIndonesia},
    {"business-id", "ID", IdentifierType::kBusinessIdIndonesia},
    {"business-id", "MY", IdentifierType::kBusinessIdMalaysia},
};

std::string RegionsOf(std::string_view flag) {
  std::string names;
  for (const RegionalType& entry : kRegional) {
    if (entry.flag == flag) names += (names.empty() ? "" : ", ") + std::string(entry.region) + ":";
  }
  return names;
}

absl::StatusOr<v1::Identifier> MakeRegional(std::string_view flag, std::string_view value) {
  v1::Identifier out;
  const size_t colon = value.find(':');
  // Only one country's tax number is known, so it may stand alone.
  if (colon == std::string_view::npos && flag == "tax-id") {
    out.set_tax_id_indonesia(std::string(value));
    return out;
  }
  if (colon != std::string_view::npos) {
    const std::string region = identity::ToUpper(identity::Trim(value.substr(0, colon)));
    for (const RegionalType& entry : kRegional) {
      if (entry.flag == flag && entry.region == region) {
        SetValue(entry.type, std::string(value.substr(colon + 1)), out);
        return out;
      }
    }
  }
  return Invalid("--" + std::string(flag) + ": say whose number it is with one of " +
                 RegionsOf(flag) + " in front, like --" + std::string(flag) +
                 " ID:" + (flag == "business-id" ? "9120001234567" : "3171011708450001"));
}

// One line without its end; InvalidArgument at the end of the input or past the bound.
absl::StatusOr<std::string> ReadLine(std::string_view flag, Console& console) {
  if (console.in_is_terminal) console.err << flag << ": " << std::flush;
  std::string line;
  for (int c = console.in.get(); c != std::istream::traits_type::eof(); c = console.in.get()) {
    if (c == '\n') return line;
    if (line.size() > identity::kMaxIdentifierInput) break;
    line += static_cast<char>(c);
  }
  if (line.empty()) {
    return Invalid("--" + std::string(flag) + " -: standard input ended before a line for it");
  }
  return line;
}

template <class Names>
std::string Listed(const Names& names) {
  std::string out;
  for (const auto& entry : names) out += (out.empty() ? "" : ", ") + std::string(entry.name);
  return out;
}

}  // namespace

const std::vector<IdentifierFlag>& IdentifierFlags() {
  static const auto& flags = *new std::vector<IdentifierFlag>{
      {"phone", "Phone number, as people write it"},
      {"email", "E-mail address"},
      {"national-id", "National ID with its country: ID:NIK, MY:MYKAD or SG:NRIC"},
      {"tax-id", "Indonesian NPWP, 15 or 16 digits"},
      {"business-id", "Business number with its country: ID:NIB or MY:SSM"},
      {"bank-account", "The bank's 8-character BIC, '/', the account's digits"},
      {"handle", "Marketplace account: platform/name"},
      {"any", "Any of these; refused when it could be several"},
  };
  return flags;
}

absl::StatusOr<v1::Identifier> MakeIdentifier(std::string_view flag, std::string_view value) {
  const std::string option = "--" + std::string(flag);
  const std::string_view trimmed = identity::Trim(value);
  if (trimmed.empty()) return Invalid(option + " is empty");
  if (value.size() > identity::kMaxIdentifierInput) {
    return Invalid(option + " is longer than " + std::to_string(identity::kMaxIdentifierInput) +
                   " bytes");
  }
  if (!crypto::IsUtf8(value)) return Invalid(option + " is not UTF-8 text");
  v1::Identifier out;
  std::string text(trimmed);
  if (flag == "phone") {
    out.set_phone(std::move(text));
  } else if (flag == "email") {
    out.set_email(std::move(text));
  } else if (flag == "bank-account") {
    out.set_bank_account(std::move(text));
  } else if (flag == "handle") {
    out.set_handle(std::move(text));
  } else if (flag == "any") {
    out.set_any(std::move(text));
  } else if (flag == "national-id" || flag == "tax-id" || flag == "business-id") {
    return MakeRegional(flag, trimmed);
  } else {
    return Invalid(option + " takes no identifier");
  }
  return out;
}

absl::StatusOr<std::vector<v1::Identifier>> ReadIdentifiers(
    const std::vector<TypedIdentifier>& typed, Console& console) {
  if (typed.size() > kMaxTypedIdentifiers) {
    return Invalid("at most " + std::to_string(kMaxTypedIdentifiers) + " identifiers; " +
                   std::to_string(typed.size()) + " were given");
  }
  std::vector<v1::Identifier> out;
  for (const TypedIdentifier& entry : typed) {
    std::string value = entry.value;
    if (value == "-") {
      auto line = ReadLine(entry.flag, console);
      if (!line.ok()) return line.status();
      value = *std::move(line);
    }
    auto identifier = MakeIdentifier(entry.flag, value);
    if (!identifier.ok()) return identifier.status();
    out.push_back(*std::move(identifier));
  }
  return out;
}

v1::Identifier ToProto(const identity::Identifier& identifier) {
  v1::Identifier out;
  SetValue(identifier.type(), identifier.value(), out);
  return out;
}

absl::StatusOr<std::optional<v1::Money>> MakeMoney(const std::string& amount,
                                                   const std::string& currency,
                                                   const MoneyFlags& flags) {
  const std::string amount_flag = std::string("--") + flags.amount;
  const std::string currency_flag = std::string("--") + flags.currency;
  if (amount.empty() && currency.empty()) return std::optional<v1::Money>();
  if (currency.empty()) {
    return Invalid(amount_flag + " needs " + currency_flag + ", like " + currency_flag + " IDR");
  }
  if (amount.empty()) {
    return Invalid(currency_flag + " needs " + amount_flag + ", like " + amount_flag + " 4500000");
  }
  const auto code = evidence::Currency::FromCode(identity::ToUpper(currency));
  if (!code.ok()) return Invalid(currency_flag + ": " + MessageOf(code.status()));
  const auto money = evidence::ParseMoney(amount, *code);
  if (!money.ok()) return Invalid(amount_flag + ": " + MessageOf(money.status()));
  v1::Money out;
  out.set_minor(money->minor);
  out.set_currency(code->code());
  return std::optional<v1::Money>(std::move(out));
}

absl::StatusOr<v1::Terms> MakeTerms(const std::string& name) {
  struct Named {
    std::string_view name;
    v1::Terms terms;
  };
  constexpr Named kTerms[] = {{"credit", v1::TERMS_CREDIT},
                              {"cod", v1::TERMS_COD},
                              {"deposit", v1::TERMS_DEPOSIT},
                              {"prepaid", v1::TERMS_PREPAID}};
  for (const Named& entry : kTerms) {
    if (entry.name == name) return entry.terms;
  }
  return Invalid("--terms must be one of " + Listed(kTerms));
}

absl::StatusOr<v1::Role> MakeRole(const std::string& name) {
  struct Named {
    std::string_view name;
    v1::Role role;
  };
  constexpr Named kRoles[] = {{"staff", v1::ROLE_STAFF},
                              {"manager", v1::ROLE_MANAGER},
                              {"operator", v1::ROLE_OPERATOR},
                              {"auditor", v1::ROLE_AUDITOR},
                              {"owner", v1::ROLE_OWNER}};
  for (const Named& entry : kRoles) {
    if (entry.name == name) return entry.role;
  }
  return Invalid("--role must be one of " + Listed(kRoles));
}

absl::StatusOr<v1::Effect> MakeEffect(std::string_view option, const std::string& name) {
  const auto effect = decision::EffectFromName(name);
  // The numbers are the same.
  if (effect.ok()) return static_cast<v1::Effect>(*effect);
  return Invalid("--" + std::string(option) +
                 " must be one of accept, deposit, prepay, review, decline");
}

absl::StatusOr<decision::Language> MakeLanguage(const std::string& name,
                                                decision::Language otherwise) {
  if (name.empty()) return otherwise;
  const auto language = decision::LanguageFromName(name);
  if (language.ok()) return *language;
  return Invalid("--lang must be en (English), id (Indonesian) or ms (Malay)");
}

absl::StatusOr<uint32_t> MakePercent(std::string_view option, const std::string& text) {
  constexpr size_t kMaxDecimals = 4;
  constexpr size_t kMaxWhole = 3;  // digits
  const size_t dot = std::min(text.find('.'), text.size());
  std::string digits = text.substr(0, dot);
  std::string decimals = dot < text.size() ? text.substr(dot + 1) : "0";
  const auto plain = [](const std::string& part, size_t most) {
    return !part.empty() && part.size() <= most &&
           std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (plain(digits, kMaxWhole) && plain(decimals, kMaxDecimals)) {
    decimals.resize(kMaxDecimals, '0');
    const unsigned long ppm = std::stoul(digits + decimals);
    if (ppm <= decision::kPpm) return static_cast<uint32_t>(ppm);
  }
  return Invalid("--" + std::string(option) +
                 " must be per cent, from 0 to 100 with at most 4 decimals, like 50 or 33.3333");
}

absl::Status CheckMitigation(std::string_view option, const std::string& name) {
  if (decision::MitigationFromName(name).ok()) return absl::OkStatus();
  std::string names;
  for (const decision::Mitigation mitigation : decision::AllMitigations()) {
    names += (names.empty() ? "" : ", ") + std::string(decision::MitigationName(mitigation));
  }
  return Invalid("--" + std::string(option) + " must be one of " + names);
}

bool IsOrderId(std::string_view text) {
  constexpr size_t kCustomerDigits = 32;
  constexpr size_t kOrderDigits = 16;
  if (text.size() != kCustomerDigits + 1 + kOrderDigits || text[kCustomerDigits] != '-') {
    return false;
  }
  return crypto::FromHex(text.substr(0, kCustomerDigits)).ok() &&
         crypto::FromHex(text.substr(kCustomerDigits + 1)).ok();
}

absl::Status NeedIdentifier(const char* what) {
  return absl::InvalidArgumentError(std::string(what) +
                                    " needs an identifier of the customer, like --phone "
                                    "0812-3456-7890 (or --phone - to type it unseen)");
}

absl::Status CheckDate(std::string_view option, const std::string& text) {
  if (text.empty()) return absl::OkStatus();
  const auto date = evidence::Date::Parse(text);
  if (date.ok()) return absl::OkStatus();
  return Invalid("--" + std::string(option) + ": " + MessageOf(date.status()));
}

absl::Status CheckText(std::string_view option, const std::string& text) {
  if (text.size() > kMaxTypedText) {
    return Invalid("--" + std::string(option) + " is longer than " + std::to_string(kMaxTypedText) +
                   " bytes");
  }
  if (!crypto::IsUtf8(text)) return Invalid("--" + std::string(option) + " is not UTF-8 text");
  return absl::OkStatus();
}

absl::Status CheckBecause(const std::string& text) {
  if (identity::Trim(text).empty()) {
    return Invalid(
        "--because is needed: say in a few words why the record changes "
        "(it stays in this shop)");
  }
  return CheckText("because", text);
}

absl::StatusOr<uint64_t> MakeNumber(std::string_view option, const std::string& text,
                                    uint64_t least, uint64_t most, uint64_t otherwise) {
  if (text.empty()) return otherwise;
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
    return Invalid("--" + std::string(option) + " must be a whole number from " +
                   std::to_string(least) + " to " + std::to_string(most));
  }
  return value;
}

absl::StatusOr<uint32_t> MakeDuration(std::string_view option, const std::string& text,
                                      uint32_t most_seconds) {
  if (text.empty()) return 0;
  struct Unit {
    char letter;
    uint64_t seconds;
  };
  constexpr Unit kUnits[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 24 * 3600}};
  for (const Unit& unit : kUnits) {
    if (text.back() != unit.letter) continue;
    uint64_t value = 0;
    const char* last = text.data() + text.size() - 1;
    const auto [end, error] = std::from_chars(text.data(), last, value);
    if (error != std::errc() || end != last || value == 0 || value > most_seconds / unit.seconds) {
      break;
    }
    return static_cast<uint32_t>(value * unit.seconds);
  }
  return Invalid("--" + std::string(option) +
                 " must be a length of time like 30m, 24h or 7d, at most " +
                 std::to_string(most_seconds / (24 * 3600)) + "d");
}

std::string NewRequestId() {
  struct RequestIdTag;
  return crypto::ToHex(
      crypto::SystemEntropy().Public<crypto::FixedBytes<RequestIdTag, 16>>().view());
}

}  // namespace daftar::cli
