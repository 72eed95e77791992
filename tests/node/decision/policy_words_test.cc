#include "node/decision/policy_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>

#include "tests/node/decision/language_words.h"

namespace daftar::decision {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// "thresholds.prepay_ppm" and so on, as they stand in the file.
std::vector<std::string> KeysOfFile(const Policy& policy) {
  std::istringstream lines(policy.ToToml());
  std::vector<std::string> keys;
  std::string section;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("[")) section = line.substr(1, line.find(']') - 1);
    if (section.empty() || line.starts_with("[") || line.starts_with("#")) continue;
    if (const size_t end = line.find(" = "); end != std::string::npos) {
      keys.push_back(section + "." + line.substr(0, end));
    }
  }
  return keys;
}

std::map<std::string, PolicyValue> ByKey(const Policy& policy, Language language) {
  std::map<std::string, PolicyValue> values;
  for (PolicyValue& value : PolicyInWords(policy, language)) values[value.key] = value;
  return values;
}

TEST(PolicyWordsTest, EveryKeyOfThePolicyHasASentenceInEveryLanguage) {
  const std::vector<std::string> keys = KeysOfFile(DefaultPolicy());
  ASSERT_GT(keys.size(), 60u);
  for (const Language language : kLanguages) {
    const std::vector<PolicyValue> values = PolicyInWords(DefaultPolicy(), language);
    ASSERT_EQ(values.size(), keys.size());
    std::set<std::string> sentences;
    for (size_t i = 0; i < values.size(); ++i) {
      const PolicyValue& value = values[i];
      EXPECT_EQ(value.key, keys[i]);
      EXPECT_EQ(value.value, value.default_value) << value.key;
      EXPECT_FALSE(value.value.empty()) << value.key;
      ASSERT_FALSE(value.sentence.empty()) << value.key;
      EXPECT_EQ(value.sentence.back(), '.') << value.sentence;
      EXPECT_THAT(value.sentence, Not(HasSubstr("{")));
      EXPECT_THAT(value.sentence, Not(HasSubstr("ppm")));
      EXPECT_THAT(value.sentence, Not(HasSubstr("  ")));
      EXPECT_THAT(ForeignWords(language, value.sentence), IsEmpty()) << value.sentence;
      sentences.insert(value.sentence);
    }
    EXPECT_EQ(sentences.size(), keys.size()) << LanguageName(language);
  }
}

TEST(PolicyWordsTest, NoSentenceIsTheSameInTwoLanguages) {
  const auto english = PolicyInWords(DefaultPolicy(), Language::kEnglish);
  const auto indonesian = PolicyInWords(DefaultPolicy(), Language::kIndonesian);
  const auto malay = PolicyInWords(DefaultPolicy(), Language::kMalay);
  for (size_t i = 0; i < english.size(); ++i) {
    EXPECT_NE(english[i].sentence, indonesian[i].sentence);
    EXPECT_NE(english[i].sentence, malay[i].sentence);
    EXPECT_NE(indonesian[i].sentence, malay[i].sentence);
  }
}

TEST(PolicyWordsTest, AValueIsToldAsPeopleSayItBesideTheDefault) {
  Policy policy = DefaultPolicy();
  policy.deposit_at_ppm = 125'000;
  policy.late_after_days = 1;
  policy.stale_cap = Effect::kAccept;
  auto values = ByKey(policy, Language::kEnglish);
  EXPECT_EQ(values["thresholds.deposit_ppm"].value, "125000");
  EXPECT_EQ(values["thresholds.deposit_ppm"].default_value, "100000");
  EXPECT_THAT(values["thresholds.deposit_ppm"].sentence, HasSubstr("12.5 % or more"));
  EXPECT_THAT(values["own_orders.late_after_days"].sentence, HasSubstr("more than 1 day after"));
  EXPECT_EQ(values["caps.stale"].value, "accept");
  EXPECT_EQ(values["caps.stale"].default_value, "deposit");
  EXPECT_THAT(values["reasons.no-show.weight_ppm"].sentence, HasSubstr("counts 0.5 against"));
  values = ByKey(policy, Language::kIndonesian);
  EXPECT_THAT(values["thresholds.deposit_ppm"].sentence, HasSubstr("12,5% atau lebih"));
  EXPECT_THAT(values["reasons.no-show.weight_ppm"].sentence, HasSubstr("dihitung 0,5"));
  values = ByKey(policy, Language::kMalay);
  EXPECT_THAT(values["thresholds.deposit_ppm"].sentence, HasSubstr("12.5% atau lebih"));
}

TEST(PolicyWordsTest, WhatIsSwitchedOffIsToldAsThat) {
  Policy policy = DefaultPolicy();
  policy.unusual_times = policy.first_slip_orders = policy.plan_orders = 0;
  for (const Language language : kLanguages) {
    auto off = ByKey(policy, language);
    auto on = ByKey(DefaultPolicy(), language);
    for (const char* key :
         {"order.unusual_times", "good_customer.first_slip_orders", "good_customer.plan_orders"}) {
      EXPECT_EQ(off[key].value, "0");
      EXPECT_NE(off[key].sentence, on[key].sentence);
      EXPECT_THAT(off[key].sentence, Not(HasSubstr("0")));
      EXPECT_THAT(ForeignWords(language, off[key].sentence), IsEmpty()) << off[key].sentence;
    }
  }
}

}  // namespace
}  // namespace daftar::decision
