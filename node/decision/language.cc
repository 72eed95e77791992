#include "node/decision/language.h"

#include <algorithm>

#include "node/decision/text.h"

namespace daftar::decision {
namespace {

using Months = std::array<std::string_view, 12>;
constexpr Months kEnglishMonths = {"January",   "February", "March",    "April",
                                   "May",       "June",     "July",     "August",
                                   "September", "October",  "November", "December"};
constexpr Months kIndonesianMonths = {"Januari",   "Februari", "Maret",    "April",
                                      "Mei",       "Juni",     "Juli",     "Agustus",
                                      "September", "Oktober",  "November", "Desember"};
constexpr Months kMalayMonths = {"Januari",   "Februari", "Mac",      "April",
                                 "Mei",       "Jun",      "Julai",    "Ogos",
                                 "September", "Oktober",  "November", "Disember"};

const Months& MonthsOf(Language language) {
  switch (language) {
    case Language::kIndonesian:
      return kIndonesianMonths;
    case Language::kMalay:
      return kMalayMonths;
    case Language::kEnglish:
      break;
  }
  return kEnglishMonths;
}

// At home an amount is written with its symbol; elsewhere the code says which currency is meant.
std::string CurrencyMark(Language language, const std::string& code) {
  if (language == Language::kIndonesian && code == "IDR") return "Rp";
  if (language == Language::kMalay && code == "MYR") return "RM";
  return code + " ";
}

}  // namespace

std::string_view LanguageName(Language language) {
  switch (language) {
    case Language::kIndonesian:
      return "id";
    case Language::kMalay:
      return "ms";
    case Language::kEnglish:
      break;
  }
  return "en";
}

absl::StatusOr<Language> LanguageFromName(std::string_view name) {
  std::string names;
  for (const Language language : kLanguages) {
    if (LanguageName(language) == name) return language;
    if (!names.empty()) names += ", ";
    names += LanguageName(language);
  }
  return absl::InvalidArgumentError("unknown language; the languages are " + names);
}

std::optional<Language> LanguageFromLocale(std::string_view locale) {
  const std::string name = LowerAscii(locale.substr(0, locale.find_first_of("_-.@")));
  const auto language = LanguageFromName(name);
  if (!language.ok()) return std::nullopt;
  return *language;
}

std::string DateText(Language language, evidence::Date date) {
  const std::string iso = date.ToString();  // YYYY-MM-DD
  if (iso.empty()) return "";
  const auto digit = [&iso](size_t i) { return static_cast<size_t>(iso[i] - '0'); };
  const size_t month = digit(5) * 10 + digit(6);
  const size_t day = digit(8) * 10 + digit(9);
  return std::to_string(day) + " " + std::string(MonthsOf(language).at(month - 1)) + " " +
         iso.substr(0, 4);
}

std::string MoneyText(Language language, const evidence::Money& money) {
  if (!money.currency.has_value()) return "";
  const bool comma_is_decimal = language == Language::kIndonesian;
  const std::string plain = evidence::FormatMoney(money);
  const size_t whole = std::min(plain.find('.'), plain.size());
  std::string out = CurrencyMark(language, money.currency.code());
  for (size_t i = 0; i < whole; ++i) {
    if (i > 0 && (whole - i) % 3 == 0) out += comma_is_decimal ? '.' : ',';
    out += plain[i];
  }
  if (whole == plain.size()) return out;
  return out + (comma_is_decimal ? ',' : '.') + plain.substr(whole + 1);
}

}  // namespace daftar::decision
