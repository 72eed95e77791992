// What the demonstration borrows from the machine: a folder and some ports.
#ifndef DAFTAR_CLI_WORKSPACE_H_
#define DAFTAR_CLI_WORKSPACE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace daftar::cli {

// A new folder that only this user may enter, removed with all that is in it unless kept.
class TemporaryFolder {
 public:
  // Under `parent`; empty: TMPDIR or /tmp. NotFound when that cannot be written.
  static absl::StatusOr<TemporaryFolder> Create(const std::string& parent);
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();

  const std::string& path() const { return path_; }
  void Keep() { keep_ = true; }

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
  bool keep_ = false;
};

// Different ports of 127.0.0.1 that nobody listens on at this moment.
absl::StatusOr<std::vector<uint16_t>> FreePorts(size_t count);

absl::Status WriteFile(const std::string& path, std::string_view text);
// The last `bytes` of a file; empty when it cannot be read.
std::string TailOf(const std::string& path, size_t bytes);
// How many files under `folder` hold `needle`. Files that cannot be read count too: they were not
// found clean.
size_t FilesHolding(const std::string& folder, std::string_view needle);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_WORKSPACE_H_
