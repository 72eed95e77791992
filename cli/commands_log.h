// What an auditor is handed of the node's log, and the keys to check it with.
#ifndef DAFTAR_CLI_COMMANDS_LOG_H_
#define DAFTAR_CLI_COMMANDS_LOG_H_

#include <string>

#include "absl/status/statusor.h"

namespace daftar::cli {

class Session;

struct LogExportOptions {
  std::string out;  // a file, or a folder
  std::string from;
  std::string to;
  std::string entries;  // "12,40"
  std::string open;
  std::string case_id;
  std::string fork;        // a partner's origin: its fork evidence alone
  bool decisions = false;  // the decision log instead
  bool force = false;      // replaces a file
};
absl::StatusOr<int> RunLogExport(Session& session, const LogExportOptions& options);
absl::StatusOr<int> RunLogPolicy(Session& session);
absl::StatusOr<int> RunLogHead(Session& session);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_COMMANDS_LOG_H_
