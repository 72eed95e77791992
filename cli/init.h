// What `daftar init` hands to `daftard init`.
#ifndef DAFTAR_CLI_INIT_H_
#define DAFTAR_CLI_INIT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/commands.h"

namespace daftar::cli {

// The arguments of daftard. InvalidArgument lists every option that is missing; NotFound names a
// file that is not there.
absl::StatusOr<std::vector<std::string>> InitArguments(const InitOptions& options,
                                                       const std::string& dir, bool json);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_INIT_H_
