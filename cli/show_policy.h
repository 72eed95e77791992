// Policies, overrides and outcomes, as text and as JSON.
#ifndef DAFTAR_CLI_SHOW_POLICY_H_
#define DAFTAR_CLI_SHOW_POLICY_H_

#include <ostream>
#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/json.h"
#include "daftar/v1/policy.pb.h"
#include "node/decision/policy.h"

namespace daftar::cli {

// The policy alone; the versions have a list of their own.
Json ToJson(const v1::GetPolicyResponse& policy);
Json ToJson(const v1::OverrideDecisionResponse& made);
Json ToJson(const v1::ReportOutcomesResponse& report);
void Print(std::ostream& out, const v1::OverrideDecisionResponse& made);
void Print(std::ostream& out, const v1::ReportOutcomesResponse& report);
Json ToJson(const v1::PutPolicyResponse& put);
void Print(std::ostream& out, const v1::PutPolicyResponse& put);
Json ToJson(const v1::SetTrialPolicyResponse& set);
void Print(std::ostream& out, const v1::SetTrialPolicyResponse& set);
Json ToJson(const v1::ReportTrialResponse& report);
void Print(std::ostream& out, const v1::ReportTrialResponse& report);
Json ToJson(const v1::ReportWorthResponse& report);
void Print(std::ostream& out, const v1::ReportWorthResponse& report);

Json VersionsJson(const v1::GetPolicyResponse& in_force);
void PrintVersions(std::ostream& out, const v1::GetPolicyResponse& in_force);

// A value that a policy does not share with the default one.
struct PolicyDifference {
  std::string key;  // "thresholds.deposit_ppm"
  std::string value;
  std::string otherwise;  // the default's
};
std::vector<PolicyDifference> DifferencesFromDefault(const decision::Policy& policy);

struct CheckedPolicy {
  std::string file;
  std::string hash;
  std::vector<PolicyDifference> differences;
};
Json ToJson(const CheckedPolicy& checked);
void Print(std::ostream& out, const CheckedPolicy& checked);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_SHOW_POLICY_H_
