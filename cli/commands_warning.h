// Identifiers that belong to no one buyer.
#ifndef DAFTAR_CLI_COMMANDS_WARNING_H_
#define DAFTAR_CLI_COMMANDS_WARNING_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/arguments.h"
#include "cli/session.h"

namespace daftar::cli {

struct WarningOptions {
  std::string id;                            // of a row, or
  std::vector<TypedIdentifier> identifiers;  // one
  std::string because;
};

// Each gives the exit code, or why it could not be done.
absl::StatusOr<int> RunWarningAdd(Session& session, const WarningOptions& options);
absl::StatusOr<int> RunWarningClear(Session& session, const WarningOptions& options);
absl::StatusOr<int> RunWarningList(Session& session);
absl::StatusOr<int> RunWarningRemove(Session& session, const WarningOptions& options);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_COMMANDS_WARNING_H_
