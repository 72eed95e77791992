#include "node/evidence/money.h"

#include <algorithm>

namespace daftar::evidence {
namespace {

// ISO 4217 list one: currencies in use, by their minor digits. Funds, metals and test codes are
// left out, as nobody invoices in them. A code is never removed: it may stand in an entry.
constexpr std::string_view kNoMinor =
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF "
    "XPF ";
constexpr std::string_view kThreeMinor = "BHD IQD JOD KWD LYD OMR TND ";
constexpr std::string_view kTwoMinor =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD "
    "CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD "
    "GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD "
    "MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP "
    "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS "
    "TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ";

// Whether `code`, which has three letters, stands in a list of codes each followed by a space.
bool Contains(std::string_view list, std::string_view code) {
  for (size_t at = 0; at + 3 < list.size(); at += 4) {
    if (list.substr(at, 3) == code) return true;
  }
  return false;
}

bool IsDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

uint64_t PowerOfTen(int exponent) {
  uint64_t value = 1;
  for (int i = 0; i < exponent; ++i) value *= 10;
  return value;
}

}  // namespace

absl::StatusOr<Currency> Currency::FromCode(std::string_view code) {
  if (code.size() == 3 &&
      (Contains(kTwoMinor, code) || Contains(kNoMinor, code) || Contains(kThreeMinor, code))) {
    Currency currency;
    std::copy_n(code.begin(), 3, currency.code_.begin());
    return currency;
  }
  return absl::InvalidArgumentError(
      "unknown currency; write the three capital letters of ISO 4217, like IDR, MYR, SGD or USD");
}

int Currency::minor_digits() const {
  const std::string_view code(code_.data(), code_.size());
  if (!has_value() || Contains(kNoMinor, code)) return 0;
  return Contains(kThreeMinor, code) ? 3 : 2;
}

absl::StatusOr<Money> ParseMoney(std::string_view major, Currency currency) {
  if (!currency.has_value()) {
    return absl::InvalidArgumentError("an amount needs a currency, like IDR");
  }
  const int decimals = currency.minor_digits();
  const size_t point = major.find('.');
  const std::string_view whole = major.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : major.substr(point + 1);
  if (major.size() > kMaxAmountText || !IsDigits(whole) ||
      (point != std::string_view::npos && !IsDigits(fraction))) {
    return absl::InvalidArgumentError(
        "an amount is digits with at most one point before the decimals, without sign, spaces or "
        "grouping, like 4500000 or 55.94");
  }
  if (fraction.size() > static_cast<size_t>(decimals)) {
    return absl::InvalidArgumentError(currency.code() + " amounts have " +
                                      (decimals == 0 ? "no" : std::to_string(decimals)) +
                                      " decimals; write thousands without grouping, like 4500000");
  }
  const absl::Status too_large =
      absl::InvalidArgumentError("the amount is larger than " +
                                 FormatMoney(Money{.minor = kMaxMinorUnits, .currency = currency}) +
                                 " " + currency.code() + ", the most that can be recorded");
  uint64_t minor = 0;
  for (const std::string_view part : {whole, fraction}) {
    for (const char c : part) {
      minor = minor * 10 + static_cast<uint64_t>(c - '0');
      if (minor > kMaxMinorUnits) return too_large;
    }
  }
  minor *= PowerOfTen(decimals - static_cast<int>(fraction.size()));
  if (minor > kMaxMinorUnits) return too_large;
  return Money{.minor = minor, .currency = currency};
}

std::string FormatMoney(const Money& money) {
  const int decimals = money.currency.minor_digits();
  const uint64_t unit = PowerOfTen(decimals);
  std::string text = std::to_string(money.minor / unit);
  if (money.minor % unit == 0) return text;
  std::string fraction = std::to_string(money.minor % unit);
  text += '.';
  text.append(static_cast<size_t>(decimals) - fraction.size(), '0');
  return text + fraction;
}

}  // namespace daftar::evidence
