// What commands read themselves of a node's configuration, without asking the node.
#ifndef DAFTAR_CLI_NODE_CONFIG_H_
#define DAFTAR_CLI_NODE_CONFIG_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "node/evidence/toml_reader.h"

namespace daftar::cli {

// DIR/config.toml. NotFound when there is none, or this user cannot read it; InvalidArgument when
// it is no TOML.
absl::StatusOr<std::unique_ptr<evidence::TomlDocument>> ReadNodeConfig(const std::string& dir);

// "https" where the configuration of the node in `dir` has a certificate for its console, "http"
// where it has none, or cannot be read.
std::string_view ConsoleScheme(const std::string& dir);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_NODE_CONFIG_H_
