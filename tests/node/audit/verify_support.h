// What the tests of the verifier say of a verdict.
#ifndef DAFTAR_TESTS_NODE_AUDIT_VERIFY_SUPPORT_H_
#define DAFTAR_TESTS_NODE_AUDIT_VERIFY_SUPPORT_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "node/audit/verifier.h"
#include "tests/node/audit/bundle_fixture.h"

namespace daftar::audit::testing {

inline std::vector<std::string> Named(const Verdict& verdict, CheckState state) {
  std::vector<std::string> names;
  for (const CheckResult& result : verdict.checks) {
    if (result.state == state) names.emplace_back(CheckName(result.check));
  }
  return names;
}

inline std::string Text(const Verdict& verdict) {
  std::string text = std::to_string(verdict.code) + " " + verdict.unreadable + "\n";
  for (const CheckResult& result : verdict.checks) {
    text += std::string(CheckName(result.check)) + " " + std::string(CheckStateName(result.state)) +
            " " + result.found;
    for (const std::string& fault : result.faults.kept) text += "\n   FAULT " + fault;
    for (const std::string& left : result.left_out.kept) text += "\n   left out " + left;
    text += "\n";
  }
  return text;
}

inline Verdict VerifyWhole(const std::string& bytes, const std::string& policy,
                           std::vector<std::string> proofs = {}, uint64_t now = kStoryEnd + 60) {
  VerifyOptions options;
  options.now = static_cast<int64_t>(now);
  options.proof_files = std::move(proofs);
  auto verdict = VerifyBytes(bytes, policy, options);
  EXPECT_TRUE(verdict.ok()) << verdict.status();
  return verdict.ok() ? *std::move(verdict) : Verdict();
}

// The bundle signed as it is now.
inline Verdict Verify(TestLog& log, TestBundle& bundle, std::vector<std::string> proofs = {}) {
  return VerifyWhole(bundle.Whole(log.entry_key()), log.Policy(), std::move(proofs));
}

}  // namespace daftar::audit::testing

#endif  // DAFTAR_TESTS_NODE_AUDIT_VERIFY_SUPPORT_H_
