// Bringing back the node's own log after its database was lost, or is older than what was signed.
#ifndef DAFTAR_CLI_COMMANDS_RECOVER_H_
#define DAFTAR_CLI_COMMANDS_RECOVER_H_

#include <string>

#include "absl/status/statusor.h"
#include "cli/new_log.h"

namespace daftar::cli {

class Session;

struct LogRecoverOptions {
  std::string code;  // of a partner; "-" reads standard input; empty: the partners that are known
  std::string because;
  NewLogOptions new_log;  // with an origin: nothing is fetched, another log takes its place
};
absl::StatusOr<int> RunLogRecover(Session& session, const LogRecoverOptions& options);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_COMMANDS_RECOVER_H_
