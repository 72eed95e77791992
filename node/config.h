// The node's configuration: DIR/config.toml, written by `daftar init` and edited by operators.
#ifndef DAFTAR_NODE_CONFIG_H_
#define DAFTAR_NODE_CONFIG_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "node/identity/identifier.h"

namespace daftar {

inline constexpr size_t kMaxConfigBytes = 64 << 10;
inline constexpr size_t kMaxHttpNames = 16;
inline constexpr size_t kMaxHttpProxies = 16;
inline constexpr size_t kMaxHttpNameBytes = 253;  // of one, with its port
inline constexpr size_t kMaxConfigPathBytes = 4096;
inline constexpr uint32_t kDefaultCallsPerSecond = 5'000;  // of one user, over HTTP
inline constexpr uint32_t kMaxCallsPerSecond = 100'000;

// Whether only programs on this machine reach host:port: localhost, 127.0.0.0/8 or [::1]. False for
// every other name, whatever it leads to, and for what is no endpoint.
bool IsLoopback(const std::string& endpoint);

struct Config {
  std::string name;    // what people call the business
  std::string origin;  // the log's name, unique in the circle
  identity::Region region = identity::Region::kIndonesia;
  std::string peer_listen;     // host:port partners connect to
  std::string peer_advertise;  // what invites offer; empty: peer_listen
  std::string http_listen;     // host:port of the console, the API, /readyz, ...
  // PEM files, by paths that begin with a slash; both or neither. Needed where http_listen is an
  // address that others reach.
  std::string http_tls_certificate;
  std::string http_tls_key;
  // Under which names, beside its own address and localhost, the HTTP listener may be spoken to:
  // host, for any port, or host:port.
  std::vector<std::string> http_names;
  // Numeric addresses of reverse proxies in front of the HTTP listener, whose X-Forwarded-For is
  // taken for the address of who asks.
  std::vector<std::string> http_proxies;
  uint32_t http_calls_per_second = kDefaultCallsPerSecond;  // of one user; 1 to kMaxCallsPerSecond
  std::string log_listen;                                   // host:port of /log/ alone; empty: none
  std::chrono::milliseconds partner_deadline{300};          // 10 to 10,000
  // Answers about test identifiers are made up, and the node has no partners
  // (service/test_mode.h).
  bool test_mode = false;

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
