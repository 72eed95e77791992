// Policy files that people name on the command line.
#ifndef DAFTAR_CLI_POLICY_FILE_H_
#define DAFTAR_CLI_POLICY_FILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/console.h"
#include "node/decision/policy.h"

namespace daftar::cli {

struct PolicyFile {
  std::optional<decision::Policy> policy;
  std::vector<evidence::TomlFault> faults;  // why there is none
};

// Errors of ReadWhole only: a file with faults is an answer.
absl::StatusOr<PolicyFile> ReadPolicyFile(const std::string& file, Console& console);
// The policy, or DataLoss with every fault, a line each. A wrong file is data, not a wrong
// argument.
absl::StatusOr<decision::Policy> LoadPolicy(const std::string& file, Console& console);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_POLICY_FILE_H_
