#include "cli/new_log.h"

#include <unistd.h>

#include "cli/confirm.h"
#include "cli/process.h"
#include "cli/session.h"
#include "node/evidence/header.h"

namespace daftar::cli {

absl::StatusOr<std::vector<std::string>> NewLogArguments(const NewLogOptions& options,
                                                         const std::string& dir, bool json) {
  if (dir.empty()) {
    return absl::InvalidArgumentError(
        "which node? A new log is begun in the node's directory: give --dir DIR, or set "
        "DAFTAR_DIR");
  }
  if (auto status = evidence::CheckOrigin(options.origin); !status.ok()) {
    return absl::InvalidArgumentError("--new-log: " + std::string(status.message()));
  }
  if (options.because.empty()) {
    return absl::InvalidArgumentError(
        "--because is needed: why, in a few words; it stays in this shop");
  }
  const std::string& file = options.passphrase_file;
  if (!file.empty() && access(file.c_str(), R_OK) != 0) {
    return absl::NotFoundError("--passphrase-file: " + file + " is not there or cannot be read");
  }
  std::vector<std::string> arguments{"new-log",   "--dir",        dir, "--origin", options.origin,
                                     "--because", options.because};
  if (options.even_if_whole) arguments.emplace_back("--even-if-whole");
  if (options.database_lost) arguments.emplace_back("--database-lost");
  if (!file.empty()) arguments.insert(arguments.end(), {"--passphrase-file", file});
  arguments.insert(arguments.end(), {"--output", json ? "json" : "text"});
  return arguments;
}

absl::Status ConfirmNewLog(Console& console, const NewLogOptions& options) {
  if (options.yes) return absl::OkStatus();
  return Confirm(
      console,
      {.says =
           "This gives the node's log up for good, for one that cannot go on and that `daftar log "
           "recover` does not bring back. A new log begins under the name " +
           options.origin +
           ", with new keys. The old log's entries, heads and keys are deleted here: if an auditor "
           "may ask about it, copy the node's directory before, and keep the copy as a backup is "
           "kept. Auditors keep the bundles that they were given, and partners its entries, of "
           "which those that accept the new log delete the contents. Reports that are live are "
           "queued for it; what is disputed waits until that is resolved, and what was settled, "
           "withdrawn or erased is not shared again. Partners count nothing of it until each "
           "partner's operator has confirmed it, and from then on nothing of the old one; in "
           "between, they find of the old one only what they had looked up before, and nothing "
           "where they know of two histories." +
           (options.database_lost
                ? " Where there is no database, it begins without customers, orders, incidents and "
                  "partners, and each partner has to remove the old log and pair anew: check first "
                  "that its disk is mounted, and that there is no backup."
                : ""),
       .asks = "Begin the new log?",
       .without_terminal =
           "a log is given up for good: at a terminal this asks first, elsewhere add --yes",
       .refused = "nothing was changed"});
}

absl::StatusOr<int> RunNewLog(Session& session, const NewLogOptions& options) {
  Console& console = session.console();
  const auto arguments = NewLogArguments(options, session.options().dir, console.json);
  if (!arguments.ok()) return arguments.status();
  const auto daftard = FindDaftard();
  if (!daftard.ok()) return daftard.status();
  if (auto status = ConfirmNewLog(console, options); !status.ok()) return status;
  console.out.flush();
  return Exec(*daftard, *arguments);
}

}  // namespace daftar::cli
