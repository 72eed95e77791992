// Files that people name on the command line.
#ifndef DAFTAR_CLI_FILES_H_
#define DAFTAR_CLI_FILES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/console.h"

namespace daftar::cli {

// The whole of a file, or of standard input for "-". `what` it is stands in errors. NotFound,
// PermissionDenied; InvalidArgument for a folder; DataLoss for more than `max_bytes`.
absl::StatusOr<std::string> ReadWhole(const std::string& file, const char* what, size_t max_bytes,
                                      Console& console);

// The first two of the files that are one and the same, by whatever path, or hold the same bytes;
// absent: no two do. What cannot be read, or is no plain file, is like no other.
struct AlikeFiles {
  std::string first;
  std::string second;
  bool one_file = false;  // false: a copy
};
std::optional<AlikeFiles> FindAlike(const std::vector<std::string>& files);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_FILES_H_
