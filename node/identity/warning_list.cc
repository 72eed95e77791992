#include "node/identity/warning_list.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "node/identity/ascii.h"

namespace daftar::identity {
namespace {

using Reason = std::optional<std::string>;

Reason Repeated() {
  return "its digits repeat, so it is made up or a placeholder, and a report on it would hit "
         "strangers";
}

Reason Zeros() {
  return "it is filled up with zeros, as placeholders are, and a report on it would hit strangers";
}

bool AllSame(std::string_view text) {
  return !text.empty() && text.find_first_not_of(text[0]) == std::string_view::npos;
}

bool AllZeros(std::string_view text) { return AllSame(text) && text[0] == '0'; }

std::string_view Last(std::string_view text, size_t count) {
  return text.substr(text.size() - std::min(count, text.size()));
}

// Seven same digits at the end are no accident; the shortest numbers of the table have no more.
constexpr size_t kRepeatedPhoneDigits = 7;

// Ofcom, "Telephone numbers for use in TV and radio drama programmes": what precedes the last three
// digits, country code included.
constexpr std::array<std::string_view, 19> kOfcomDrama = {
    "441134960", "441144960", "441154960", "441164960", "441174960", "441214960", "441314960",
    "441414960", "441514960", "441614960", "441632960", "441914980", "442079460", "442896496",
    "442920180", "443069990", "447700900", "448081570", "449098790"};

// North American Numbering Plan: 555-0100 to 555-0199 of every area code are kept for fiction.
bool IsNorthAmericanFiction(std::string_view digits) {
  return digits.size() == 11 && digits[0] == '1' && digits.substr(4, 5) == "55501";
}

Reason WhyPhone(std::string_view value) {
  const std::string_view digits = value.substr(1);
  if (AllSame(Last(digits, kRepeatedPhoneDigits))) return Repeated();
  const bool ofcom = digits.size() == 12 && std::find(kOfcomDrama.begin(), kOfcomDrama.end(),
                                                      digits.substr(0, 9)) != kOfcomDrama.end();
  if (ofcom || IsNorthAmericanFiction(digits)) {
    return "it lies in a range that the regulator keeps free for films and examples: nobody has "
           "this number";
  }
  return std::nullopt;
}

struct RelayDomain {
  std::string_view domain;
  std::string_view service;
};

constexpr std::array kRelays = {
    RelayDomain{"privaterelay.appleid.com", "Apple's Hide My Email"},
    RelayDomain{"mozmail.com", "Firefox Relay"},
    RelayDomain{"relay.firefox.com", "Firefox Relay"},
    RelayDomain{"duck.com", "DuckDuckGo Email Protection"},
    RelayDomain{"simplelogin.com", "SimpleLogin"},
    RelayDomain{"aleeas.com", "SimpleLogin"},
    RelayDomain{"slmail.me", "SimpleLogin"},
    RelayDomain{"passmail.net", "Proton Pass"},
    RelayDomain{"anonaddy.com", "addy.io"},
    RelayDomain{"anonaddy.me", "addy.io"},
    RelayDomain{"guest.booking.com", "Booking.com"},
    RelayDomain{"guest.airbnb.com", "Airbnb"},
    RelayDomain{"reply.airbnb.com", "Airbnb"},
    RelayDomain{"scs.tiktokw.us", "TikTok Shop"},
};

// Services with a domain in each country: what stands before "com", "co.uk", "de", ...
constexpr std::array kCountryRelays = {
    RelayDomain{"marketplace.amazon.", "Amazon Marketplace"},
    RelayDomain{"members.ebay.", "eBay"},
};

// "com", "de", "co.uk", "com.sg": not "evil.example", under which anybody could hide.
bool IsCountrySuffix(std::string_view suffix) {
  if (suffix.starts_with("co.")) suffix.remove_prefix(3);
  if (suffix.starts_with("com.")) suffix.remove_prefix(4);
  return suffix == "com" || (suffix.size() == 2 && suffix.find('.') == std::string_view::npos);
}

bool IsWithin(std::string_view domain, std::string_view parent) {
  return domain == parent || (domain.size() > parent.size() && domain.ends_with(parent) &&
                              domain[domain.size() - parent.size() - 1] == '.');
}

// RFC 2606 sections 2 and 3, RFC 6761 section 6.
bool IsReservedDomain(std::string_view domain) {
  constexpr std::array<std::string_view, 7> kReserved = {
      "test", "example", "invalid", "localhost", "example.com", "example.net", "example.org"};
  return std::any_of(kReserved.begin(), kReserved.end(),
                     [&](std::string_view parent) { return IsWithin(domain, parent); });
}

Reason Relay(std::string_view service) {
  return "it is a forwarding address of " + std::string(service) +
         ": it does not identify the person behind it";
}

Reason WhyEmail(std::string_view value) {
  const size_t at = value.find('@');
  const std::string_view local = value.substr(0, at);
  const std::string_view domain = value.substr(at + 1);
  if (domain == kTestDomain) {
    return "it is a test identifier and belongs to nobody: test identifiers work in test mode "
           "only, and only in checks";
  }
  if (IsReservedDomain(domain)) {
    return "its domain is reserved for tests and examples (RFC 2606, RFC 6761): nobody has this "
           "address";
  }
  for (const RelayDomain& relay : kRelays) {
    if (IsWithin(domain, relay.domain)) return Relay(relay.service);
  }
  for (const RelayDomain& relay : kCountryRelays) {
    if (domain.starts_with(relay.domain) && IsCountrySuffix(domain.substr(relay.domain.size()))) {
      return Relay(relay.service);
    }
  }
  constexpr std::array<std::string_view, 5> kNobody = {"noreply", "no-reply", "no_reply",
                                                       "donotreply", "do-not-reply"};
  if (std::find(kNobody.begin(), kNobody.end(), local) != kNobody.end()) {
    return "it is a sender's address that nobody reads";
  }
  return std::nullopt;
}

// `placeholder` is the part of the number that a person fills with zeros when there is none.
Reason WhyNumber(std::string_view digits, std::string_view placeholder) {
  if (AllZeros(placeholder)) return Zeros();
  if (AllSame(digits)) return Repeated();
  return std::nullopt;
}

Reason WhyNric(std::string_view value) {
  const std::string_view digits = value.substr(1, 7);
  if (digits == "1234567") {
    return "it is the specimen number of countless examples, and a report on it would hit nobody "
           "or a stranger";
  }
  return WhyNumber(digits, digits);
}

Reason WhyHandle(std::string_view value) {
  constexpr std::array<std::string_view, 21> kNobody = {
      "-",       "admin",   "administrator", "anonymous",
      "buyer",   "cs",      "customer",      "customer-service",
      "deleted", "guest",   "help",          "n/a",
      "na",      "none",    "null",          "official",
      "seller",  "support", "unknown",       "user",
      "tamu"};
  std::string_view name = value.substr(value.find('/') + 1);
  if (name.starts_with('@')) name.remove_prefix(1);
  if (std::find(kNobody.begin(), kNobody.end(), name) != kNobody.end()) {
    return "it is a name of the platform's own, or stands for everybody without one";
  }
  if (name.size() >= 4 && AllDigits(name) && AllSame(name)) return Repeated();
  return std::nullopt;
}

Reason WhyShipped(const Identifier& identifier) {
  const std::string_view value = identifier.value();
  switch (identifier.type()) {
    case IdentifierType::kPhone:
      return WhyPhone(value);
    case IdentifierType::kEmail:
      return WhyEmail(value);
    case IdentifierType::kNationalIdIndonesia:
      return WhyNumber(value, value.substr(0, 6));  // the place of registration
    case IdentifierType::kNationalIdMalaysia:
      return WhyNumber(value, value.substr(8));  // the serial number
    case IdentifierType::kNationalIdSingapore:
      return WhyNric(value);
    case IdentifierType::kTaxIdIndonesia:
      // Invoices to buyers without an NPWP carry zeros. A number of the old form has a 0 in front.
      return WhyNumber(value.substr(1), value.substr(1, 9));
    case IdentifierType::kBusinessIdIndonesia:
    case IdentifierType::kBusinessIdMalaysia:
      return WhyNumber(value, Last(value, 7));
    case IdentifierType::kBankAccount: {
      const std::string_view number = value.substr(value.find('/') + 1);
      return WhyNumber(number, number);
    }
    case IdentifierType::kHandle:
      return WhyHandle(value);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> WarningList::WhyRefused(const Identifier& identifier) const {
  if (own_ != nullptr && own_->Holds(identifier)) {
    return "it stands on this shop's own list, as one of its own or its staff's";
  }
  return WhyShipped(identifier);
}

}  // namespace daftar::identity
