// Files that people name on the command line.
#ifndef DAFTAR_CLI_FILES_H_
#define DAFTAR_CLI_FILES_H_

#include <string>

#include "absl/status/statusor.h"
#include "cli/console.h"

namespace daftar::cli {

// The whole of a file, or of standard input for "-". `what` it is stands in errors. NotFound,
// PermissionDenied; InvalidArgument for a folder; DataLoss for more than `max_bytes`.
absl::StatusOr<std::string> ReadWhole(const std::string& file, const char* what, size_t max_bytes,
                                      Console& console);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_FILES_H_
