#include "cli/decision_words.h"

#include <algorithm>

#include "cli/show_check.h"
#include "cli/text.h"
#include "node/decision/explain.h"
#include "node/decision/wording.h"

namespace daftar::cli {

using decision::Language;

bool IsKnown(v1::Effect effect) {
  return effect >= v1::EFFECT_ACCEPT && effect <= v1::EFFECT_DECLINE;
}

std::string EffectIn(v1::Effect effect, Language language) {
  // The numbers are the same.
  return IsKnown(effect)
             ? std::string(decision::EffectWord(static_cast<decision::Effect>(effect), language))
             : "unknown";
}

std::string MoneyIn(const v1::Money& money, Language language) {
  const auto currency = evidence::Currency::FromCode(money.currency());
  if (language == Language::kEnglish || !currency.ok()) return ShowMoney(money);
  return decision::MoneyText(language, {money.minor(), *currency});
}

std::string ReasonIn(const std::string& name, Language language) {
  const auto reason = evidence::ReasonFromName(name);
  return reason.ok() ? std::string(decision::ReasonSentence(*reason, language)) : name;
}

std::string StatusIn(const std::string& name, Language language) {
  for (auto n = static_cast<uint8_t>(decision::EntryStatus::kLive);
       n <= static_cast<uint8_t>(decision::EntryStatus::kSetAside); ++n) {
    const auto status = static_cast<decision::EntryStatus>(n);
    if (decision::EntryStatusName(status) == name) {
      return std::string(decision::EntryStatusWord(status, language));
    }
  }
  return name;
}

std::string MitigationIn(const std::string& name, Language language) {
  const auto mitigation = decision::MitigationFromName(name);
  return mitigation.ok() ? std::string(decision::MitigationWord(*mitigation, language)) : name;
}

std::string PercentIn(uint64_t ppm, Language language) {
  std::string text = ShowPercent(ppm);
  if (language == Language::kEnglish) return text;
  std::erase(text, ' ');
  if (language == Language::kIndonesian) std::replace(text.begin(), text.end(), '.', ',');
  return text;
}

std::string StateIn(v1::PartnerState state, const std::string& reason, Language language) {
  const auto known = decision::PartnerStateFromName(StateWord(state));
  const std::string word(known.ok() ? decision::PartnerStateWord(*known, language)
                                    : StateWord(state));
  if (reason.empty()) return word;
  const std::string_view because = decision::NotCheckedBecause(reason, language);
  return word + " (" + (because.empty() ? reason : std::string(because)) + ")";
}

std::string TermsIn(v1::Terms terms, Language language) {
  const auto known = decision::TermsFromName(TermsWord(terms));
  return std::string(known.ok() ? decision::TermsWord(*known, language) : TermsWord(terms));
}

std::string CapIn(const std::string& id, Language language) {
  for (uint8_t n = 1; n <= static_cast<uint8_t>(decision::kLastCap); ++n) {
    const auto cap = static_cast<decision::Cap>(n);
    const std::string_view sentence = decision::CapSentence(cap, language);
    if (decision::CapId(cap) == id && !sentence.empty()) {
      return std::string(sentence) + " (" + id + ")";
    }
  }
  return id;
}

}  // namespace daftar::cli
