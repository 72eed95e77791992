// `daftar log recover --new-log`: a new log in the place of one that cannot go on. daftar links no
// storage, so it checks the options, asks, and becomes `daftard new-log`.
#ifndef DAFTAR_CLI_NEW_LOG_H_
#define DAFTAR_CLI_NEW_LOG_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/console.h"

namespace daftar::cli {

class Session;

struct NewLogOptions {
  std::string origin = {};  // of the new log
  std::string because = {};
  std::string passphrase_file = {};
  bool even_if_whole = false;
  bool database_lost = false;
  bool yes = false;
};

// The arguments of daftard. InvalidArgument names what is missing or wrong; NotFound a file that is
// not there.
absl::StatusOr<std::vector<std::string>> NewLogArguments(const NewLogOptions& options,
                                                         const std::string& dir, bool json);
// Says what will happen and asks, unless `yes`. Errors of Confirm.
absl::Status ConfirmNewLog(Console& console, const NewLogOptions& options);
// Replaces this process; returns only when that cannot be.
absl::StatusOr<int> RunNewLog(Session& session, const NewLogOptions& options);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_NEW_LOG_H_
