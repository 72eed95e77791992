// Checking what a node handed to an auditor. No node and no network.
#ifndef DAFTAR_CLI_COMMANDS_AUDIT_H_
#define DAFTAR_CLI_COMMANDS_AUDIT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace daftar::cli {

class Session;

// Exit codes of docs/bundle.md, in place of those that other commands have.
inline constexpr int kExitAuditFails = 1;
inline constexpr int kExitAuditUnreadable = 2;

struct AuditVerifyOptions {
  std::string bundle;  // a directory or a file
  std::string policy;  // a file, or "-": standard input
  std::vector<std::string> proofs;
  std::string report = "text";  // "text", "html" or "json"
};
absl::StatusOr<int> RunAuditVerify(Session& session, const AuditVerifyOptions& options);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_COMMANDS_AUDIT_H_
