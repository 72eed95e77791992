// Bringing back the node's own log after its database was lost, or is older than what was signed.
#ifndef DAFTAR_CLI_COMMANDS_RECOVER_H_
#define DAFTAR_CLI_COMMANDS_RECOVER_H_

#include <string>

#include "absl/status/statusor.h"

namespace daftar::cli {

class Session;

struct LogRecoverOptions {
  std::string code;  // of a partner; "-" reads standard input; empty: the partners that are known
  std::string because;
};
absl::StatusOr<int> RunLogRecover(Session& session, const LogRecoverOptions& options);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_COMMANDS_RECOVER_H_
