// A policy in words: one sentence for each of its values, for people who run a shop.
#ifndef DAFTAR_NODE_DECISION_POLICY_WORDS_H_
#define DAFTAR_NODE_DECISION_POLICY_WORDS_H_

#include <string>
#include <vector>

#include "node/decision/language.h"
#include "node/decision/policy.h"

namespace daftar::decision {

struct PolicyValue {
  std::string key;            // section and key as in the file: "thresholds.prepay_ppm"
  std::string value;          // as in the file, without quotes: "200000", "prepay"
  std::string default_value;  // of DefaultPolicy
  std::string sentence;       // what the value does
};

// Every value of the policy, in the order of its file (Policy::ToToml). Pure; any thread.
std::vector<PolicyValue> PolicyInWords(const Policy& policy, Language language);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_POLICY_WORDS_H_
