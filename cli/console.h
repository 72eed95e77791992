// Where a command reads and writes. Tests pass strings; main passes the process's own streams.
#ifndef DAFTAR_CLI_CONSOLE_H_
#define DAFTAR_CLI_CONSOLE_H_

#include <istream>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace daftar::cli {

// Borrowed streams and what is known about them. One thread.
struct Console {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool json = false;  // --output json
  // Only on a terminal and without NO_COLOR; colour never carries meaning alone.
  bool color = false;
  bool in_is_terminal = false;
  bool err_is_terminal = false;
};

// Exit codes besides the five of a check (docs/cli.md). Scripts rely on them: never renumber.
inline constexpr int kExitOk = 0;
inline constexpr int kExitDeposit = 10;
inline constexpr int kExitPrepay = 11;
inline constexpr int kExitReview = 20;
inline constexpr int kExitDecline = 21;
inline constexpr int kExitUsage = 64;
inline constexpr int kExitData = 65;
inline constexpr int kExitNotFound = 66;
inline constexpr int kExitUnavailable = 69;
inline constexpr int kExitInternal = 70;
inline constexpr int kExitExists = 73;
inline constexpr int kExitTryAgain = 75;
inline constexpr int kExitDenied = 77;
inline constexpr int kExitPrecondition = 78;
inline constexpr int kExitInterrupted = 130;

// 0 for OK.
int ExitCodeOf(absl::StatusCode code);
// "not_found": the `code` of an error in JSON.
std::string ErrorName(absl::StatusCode code);

// The message as a string of ours.
std::string MessageOf(const absl::Status& status);

// Writes the error to console.err, as a sentence or as {"error": {...}}, and returns the exit code.
// REQUIRES: !status.ok().
int Report(Console& console, const absl::Status& status);

// A pairing code from standard input, with whatever white space the mail program added.
// InvalidArgument when it is longer than any code can be.
absl::StatusOr<std::string> ReadPairingCode(Console& console);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_CONSOLE_H_
