// The commands about the shop's policy and what became of its decisions. Each answers with an exit
// code, or with the error that Report prints.
#ifndef DAFTAR_CLI_COMMANDS_POLICY_H_
#define DAFTAR_CLI_COMMANDS_POLICY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/commands_book.h"

namespace daftar::cli {

class Session;

struct OverrideOptions {
  std::string receipt;
  std::string effect;
  std::string because;
};
absl::StatusOr<int> RunOverride(Session& session, const OverrideOptions& options);

struct PolicyShowOptions {
  std::string hash;  // empty: the one in force
};
absl::StatusOr<int> RunPolicyShow(Session& session, const PolicyShowOptions& options);
absl::StatusOr<int> RunPolicyVersions(Session& session);

struct PolicyCheckOptions {
  std::string file;  // empty: policy.toml of the node's folder; "-": standard input
};
// Asks no node. kExitData when the file is not a policy.
absl::StatusOr<int> RunPolicyCheck(Session& session, const PolicyCheckOptions& options);
absl::StatusOr<int> RunPolicyOutcomes(Session& session, const PeriodOptions& options);

struct PolicyPutOptions {
  std::string file;  // "-": standard input
  std::string because;
  std::string instead_of;  // hash of the one that was in force; empty: whichever is
};
absl::StatusOr<int> RunPolicyPut(Session& session, const PolicyPutOptions& options);

struct PolicyTrialOptions {
  std::string file;  // "-": standard input; empty: show the trial, or end it
  std::string because;
  bool end = false;
};
absl::StatusOr<int> RunPolicyTrial(Session& session, const PolicyTrialOptions& options);
absl::StatusOr<int> RunPolicyWorth(Session& session, const PeriodOptions& options);

struct ReplayOptions {
  std::string receipt;                // an id, a file, a bundle, or "-": standard input
  std::vector<std::string> policies;  // files, or "default"; of one receipt one at most
  // Of a bundle alone:
  std::vector<std::string> heads;  // SIZE:ROOT
  std::string entry_vkey;
  std::string subject;  // hex
};
// Asks no node unless `receipt` is an id. kExitData when it does not agree.
absl::StatusOr<int> RunAuditReplay(Session& session, const ReplayOptions& options);

// An exported decision log, as a directory or a file.
absl::StatusOr<int> RunBundleReplay(Session& session, const ReplayOptions& options);
// Whether the path leads to a bundle: a directory, or a plain file that begins like one.
bool IsBundle(const std::string& path);

struct ResetWeightOptions {
  std::string origin;
  std::string because;
};
absl::StatusOr<int> RunPartnerResetWeight(Session& session, const ResetWeightOptions& options);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_COMMANDS_POLICY_H_
