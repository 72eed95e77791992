// `daftar audit watch`: an auditor's monitor of other people's logs. Asks no node of its own.
#ifndef DAFTAR_CLI_COMMANDS_WATCH_H_
#define DAFTAR_CLI_COMMANDS_WATCH_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace daftar::cli {

class Session;

struct WatchCommandOptions {
  std::vector<std::string> nodes;  // base URLs
  std::string policy;              // a file
  std::string state;               // a folder
  std::string charter;             // a file; empty: no deadlines
  std::string every;
  std::string stale_after;
  std::string webhook;  // a URL; empty: none
  bool once = false;
};
// 0: nothing was found; 1: an alarm was raised, also when the folder fails after it; 2: what was
// typed, the policy, the charter or the folder cannot be used; 69: with --once, a node could not be
// reached; 130: --once was stopped.
absl::StatusOr<int> RunAuditWatch(Session& session, const WatchCommandOptions& options);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_COMMANDS_WATCH_H_
