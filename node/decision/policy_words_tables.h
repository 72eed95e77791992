// The sentences behind policy_words.h, one table a language; only policy_words.cc needs them.
#ifndef DAFTAR_NODE_DECISION_POLICY_WORDS_TABLES_H_
#define DAFTAR_NODE_DECISION_POLICY_WORDS_TABLES_H_

#include <array>
#include <string_view>

#include "node/decision/policy_tables.h"

namespace daftar::decision {

// What a number does; {1} is its value in words.
struct NumberWords {
  std::string_view section;
  std::string_view key;
  std::string_view words;
  std::string_view at_zero = {};  // of a value of 0 that switches something off; empty: as words
};

struct PolicyTexts {
  std::array<NumberWords, kPolicyNumbers.size()> numbers;
  std::string_view partners_cap;      // {1} is the effect
  std::string_view stale_cap;         // {1} is the effect
  std::string_view reason_weight;     // {1} is the value, {2} the reason's sentence
  std::string_view reason_half_life;  // {1} is the value, {2} the reason's sentence
};

// Whether every number of a policy has its sentence, in the order of kPolicyNumbers.
constexpr bool IsComplete(const PolicyTexts& texts) {
  for (size_t i = 0; i < kPolicyNumbers.size(); ++i) {
    const NumberWords& words = texts.numbers[i];
    if (words.section != kPolicyNumbers[i].section || words.key != kPolicyNumbers[i].key ||
        words.words.empty()) {
      return false;
    }
  }
  return !texts.partners_cap.empty() && !texts.stale_cap.empty() && !texts.reason_weight.empty() &&
         !texts.reason_half_life.empty();
}

const PolicyTexts& EnglishPolicyTexts();
const PolicyTexts& IndonesianPolicyTexts();
const PolicyTexts& MalayPolicyTexts();

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_POLICY_WORDS_TABLES_H_
