// Starting other programs: `daftar init` becomes daftard, the demonstration runs both programs.
#ifndef DAFTAR_CLI_PROCESS_H_
#define DAFTAR_CLI_PROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace daftar::cli {

// This program's own file.
absl::StatusOr<std::string> SelfPath();
// daftard beside this program, or on the PATH; NotFound otherwise.
absl::StatusOr<std::string> FindDaftard();

// The program of that name in a folder of the PATH; NotFound otherwise.
absl::StatusOr<std::string> FindOnPath(const std::string& name);

// Replaces this process by the program, which speaks as `daftar` to whoever called that. Returns
// only when it fails.
absl::Status Exec(const std::string& program, const std::vector<std::string>& arguments);

inline constexpr size_t kMaxCapturedOutput = 4 << 20;  // bytes of a stream; the rest is dropped

struct RunResult {
  int exit_code = 0;  // 128 + signal when it was killed
  std::string out;
  std::string err;
};

// Runs a program in `folder` to its end without standard input, DAFTAR_DIR and DAFTAR_TOKEN.
// DeadlineExceeded and Cancelled (Ctrl-C, see interrupt.h) end it first.
absl::StatusOr<RunResult> RunProgram(const std::string& program,
                                     const std::vector<std::string>& arguments,
                                     const std::string& folder, std::chrono::seconds limit);

// A program in the background. Ends with this process, however that ends.
class Background {
 public:
  // Both its streams are appended to `log`.
  static absl::StatusOr<std::unique_ptr<Background>> Start(
      const std::string& program, const std::vector<std::string>& arguments,
      const std::string& folder, const std::string& log);
  // Stops it.
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  bool Running();
  // SIGTERM, without waiting.
  void Tell();
  // SIGTERM, and SIGKILL after ten seconds. Returns when it has ended.
  void Stop();

 private:
  explicit Background(pid_t pid) : pid_(pid) {}
  pid_t pid_;  // -1: ended
};

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_PROCESS_H_
