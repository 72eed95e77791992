// The languages in which people read about a decision, and how each writes dates and amounts.
// Values only; any thread.
#ifndef DAFTAR_NODE_DECISION_LANGUAGE_H_
#define DAFTAR_NODE_DECISION_LANGUAGE_H_

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "node/evidence/clock.h"
#include "node/evidence/money.h"

namespace daftar::decision {

enum class Language { kEnglish, kIndonesian, kMalay };
inline constexpr std::array kLanguages = {Language::kEnglish, Language::kIndonesian,
                                          Language::kMalay};

std::string_view LanguageName(Language language);  // "en", "id", "ms"
// InvalidArgument listing the languages that there are.
absl::StatusOr<Language> LanguageFromName(std::string_view name);
// Of a locale or a language tag: "id_ID.UTF-8", "ms-MY", "en". nullopt for any other, "C" included.
std::optional<Language> LanguageFromLocale(std::string_view locale);

// "28 November 2026", in Malay "28 Ogos 2026"; "" for no date.
std::string DateText(Language language, evidence::Date date);
// "IDR 4,500,000", in Indonesian "Rp4.500.000", in Malay "RM1,500.50"; "" without a currency.
std::string MoneyText(Language language, const evidence::Money& money);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_LANGUAGE_H_
