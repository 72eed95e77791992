#include "node/decision/policy_words.h"

#include "node/decision/policy_words_tables.h"
#include "node/decision/texts.h"
#include "node/decision/wording.h"

namespace daftar::decision {
namespace {

const PolicyTexts& TextsIn(Language language) {
  switch (language) {
    case Language::kIndonesian:
      return IndonesianPolicyTexts();
    case Language::kMalay:
      return MalayPolicyTexts();
    case Language::kEnglish:
      break;
  }
  return EnglishPolicyTexts();
}

// "2.5" of 25,000 where 10,000 are a whole, a power of ten; "2,5" in Indonesian.
std::string Decimal(uint32_t value, uint32_t whole, Language language) {
  std::string text = std::to_string(value / whole);
  if (const uint32_t rest = value % whole; rest != 0) {
    std::string digits = std::to_string(whole + rest).substr(1);
    while (digits.back() == '0') digits.pop_back();
    text += (language == Language::kIndonesian ? "," : ".") + digits;
  }
  return text;
}

// A value as the sentences have it: "5 %", "2.5", "10 days", "3".
std::string ValueText(const PolicyNumber& number, uint32_t value, Language language) {
  switch (number.unit) {
    case PolicyUnit::kShare:
      return Decimal(value, kPpm / 100, language) + (language == Language::kEnglish ? " %" : "%");
    case PolicyUnit::kOrders:
    case PolicyUnit::kBadOrders:
      return Decimal(value, kPpm, language);
    case PolicyUnit::kPlain:
      break;
  }
  if (number.key.ends_with("_days")) return DaysText(value, language);
  return std::to_string(value);
}

std::string NumberSentence(const PolicyNumber& number, const NumberWords& words, uint32_t value,
                           Language language) {
  if (value == 0 && !words.at_zero.empty()) return std::string(words.at_zero);
  return FillPlaces(words.words, {ValueText(number, value, language)});
}

}  // namespace

std::vector<PolicyValue> PolicyInWords(const Policy& policy, Language language) {
  const PolicyTexts& texts = TextsIn(language);
  const Policy& usual = DefaultPolicy();
  std::vector<PolicyValue> values;
  for (size_t i = 0; i < kPolicyNumbers.size(); ++i) {
    const PolicyNumber& number = kPolicyNumbers[i];
    const uint32_t value = policy.*number.member;
    values.push_back({std::string(number.section) + "." + std::string(number.key),
                      std::to_string(value), std::to_string(usual.*number.member),
                      NumberSentence(number, texts.numbers[i], value, language)});
  }
  const auto add_cap = [&](const char* key, Effect cap, Effect usual_cap, std::string_view words) {
    values.push_back({key, std::string(EffectName(cap)), std::string(EffectName(usual_cap)),
                      FillPlaces(words, {std::string(EffectWord(cap, language))})});
  };
  add_cap("caps.partners", policy.partners_cap, usual.partners_cap, texts.partners_cap);
  add_cap("caps.stale", policy.stale_cap, usual.stale_cap, texts.stale_cap);
  for (const auto& [reason, weight] : policy.reasons) {
    const std::string section = "reasons." + std::string(evidence::Info(reason).name);
    const std::string sentence(ReasonSentence(reason, language));
    const ReasonWeight& other = usual.reasons.at(reason);
    values.push_back({section + ".weight_ppm", std::to_string(weight.severity_ppm),
                      std::to_string(other.severity_ppm),
                      FillPlaces(texts.reason_weight,
                                 {Decimal(weight.severity_ppm, kPpm, language), sentence})});
    values.push_back({section + ".half_life_days", std::to_string(weight.half_life_days),
                      std::to_string(other.half_life_days),
                      FillPlaces(texts.reason_half_life,
                                 {DaysText(weight.half_life_days, language), sentence})});
  }
  return values;
}

}  // namespace daftar::decision
