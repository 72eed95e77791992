// The commands about the circle's charter. Each answers with an exit code, or with the error that
// Report prints.
#ifndef DAFTAR_CLI_COMMANDS_CHARTER_H_
#define DAFTAR_CLI_COMMANDS_CHARTER_H_

#include <string>

#include "absl/status/statusor.h"

namespace daftar::cli {

class Session;

struct CharterCheckOptions {
  std::string file;  // "-": standard input
};
// Asks no node. kExitData when the file is not a charter.
absl::StatusOr<int> RunCharterCheck(Session& session, const CharterCheckOptions& options);

struct CharterShowOptions {
  std::string hash;   // empty: the one in force
  bool toml = false;  // the file alone
};
absl::StatusOr<int> RunCharterShow(Session& session, const CharterShowOptions& options);

struct CharterAdoptOptions {
  std::string file;  // "-": standard input
  std::string because;
};
// Reads the file before it asks the node. kExitData when it is not a charter.
absl::StatusOr<int> RunCharterAdopt(Session& session, const CharterAdoptOptions& options);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_COMMANDS_CHARTER_H_
