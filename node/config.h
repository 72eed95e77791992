// The node's configuration: DIR/config.toml, written by `daftar init` and edited by operators.
#ifndef DAFTAR_NODE_CONFIG_H_
#define DAFTAR_NODE_CONFIG_H_

#include <chrono>
#include <filesystem>
#include <string>

#include "absl/status/statusor.h"
#include "node/identity/identifier.h"

namespace daftar {

inline constexpr size_t kMaxConfigBytes = 64 << 10;

struct Config {
  std::string name;    // what people call the business
  std::string origin;  // the log's name, unique in the circle
  identity::Region region = identity::Region::kIndonesia;
  std::string peer_listen;                          // host:port partners connect to
  std::string peer_advertise;                       // what invites offer; empty: peer_listen
  std::string http_listen;                          // host:port of /livez, /readyz, /metrics
  std::string log_listen;                           // host:port of /log/ alone; empty: none
  std::chrono::milliseconds partner_deadline{300};  // 10 to 10,000

  const std::string& advertised() const {
    return peer_advertise.empty() ? peer_listen : peer_advertise;
  }
  // The file's text, with a comment for each value.
  std::string ToToml() const;
  // Strict: unknown keys, wrong types and values out of bounds are InvalidArgument with the line.
  static absl::StatusOr<Config> Parse(const std::string& toml);
  // The checks of Parse, for values that came from a command line.
  absl::Status Check() const;
};

// Where things are in a node's directory.
struct NodePaths {
  explicit NodePaths(std::filesystem::path directory) : dir(std::move(directory)) {}
  std::filesystem::path dir;
  std::filesystem::path config() const { return dir / "config.toml"; }
  std::filesystem::path charter() const { return dir / "charter.toml"; }
  std::filesystem::path high_water() const { return dir / "high-water"; }
  std::filesystem::path database() const { return dir / "db"; }
  std::filesystem::path policy() const { return dir / "policy.toml"; }
  std::filesystem::path proofs() const { return dir / "proofs"; }
  std::filesystem::path socket() const { return dir / "daftar.sock"; }
};

}  // namespace daftar

#endif  // DAFTAR_NODE_CONFIG_H_
