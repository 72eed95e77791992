#include "cli/policy_file.h"

#include "cli/faults.h"
#include "cli/files.h"

namespace daftar::cli {

absl::StatusOr<PolicyFile> ReadPolicyFile(const std::string& file, Console& console) {
  auto toml = ReadWhole(file, "policy", decision::kMaxPolicyBytes, console);
  if (!toml.ok()) return toml.status();
  PolicyFile read;
  read.policy = decision::Policy::Parse(*toml, read.faults);
  return read;
}

absl::StatusOr<decision::Policy> LoadPolicy(const std::string& file, Console& console) {
  auto read = ReadPolicyFile(file, console);
  if (!read.ok()) return read.status();
  if (read->policy.has_value()) return *std::move(read->policy);
  std::string message = "the policy cannot be used";
  for (const evidence::TomlFault& fault : read->faults) message += "\n" + FaultLine(file, fault);
  return absl::DataLossError(message);
}

}  // namespace daftar::cli
