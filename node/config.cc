#include "node/config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "node/evidence/entry.h"
#include "node/partners/partner.h"

namespace daftar {
namespace {

// TOML's basic strings take JSON's escapes for what matters here.
std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c);
  }
  return quoted + "\"";
}

std::string QuotedList(const std::vector<std::string>& texts) {
  std::string list = "[";
  for (const std::string& text : texts) list += (list.size() > 1 ? ", " : "") + Quoted(text);
  return list + "]";
}

bool HasControls(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool IsNumericAddress(const std::string& text) {
  in_addr v4{};
  in6_addr v6{};
  return inet_pton(AF_INET, text.c_str(), &v4) == 1 || inet_pton(AF_INET6, text.c_str(), &v6) == 1;
}

class Table {
 public:
  Table(const toml::table& table, std::string name) : table_(table), name_(std::move(name)) {}

  void Text(std::string_view key, std::string& out) {
    Use(key, [&](const toml::node& node) {
      if (auto text = node.value_exact<std::string>()) {
        out = *text;
      } else {
        Fail(node, key, "is not a text in quotes");
      }
    });
  }
  void Whole(std::string_view key, int64_t& out) {
    Use(key, [&](const toml::node& node) {
      if (auto number = node.value_exact<int64_t>()) {
        out = *number;
      } else {
        Fail(node, key, "is not a whole number");
      }
    });
  }
  void Flag(std::string_view key, bool& out) {
    Use(key, [&](const toml::node& node) {
      if (auto flag = node.value_exact<bool>()) {
        out = *flag;
      } else {
        Fail(node, key, "is neither true nor false");
      }
    });
  }
  void Texts(std::string_view key, std::vector<std::string>& out) {
    Use(key, [&](const toml::node& node) {
      const toml::array* const list = node.as_array();
      if (list == nullptr) return Fail(node, key, "is not a list of texts in quotes");
      for (const toml::node& entry : *list) {
        if (auto text = entry.value_exact<std::string>()) {
          out.push_back(*text);
        } else {
          Fail(entry, key, "is not a list of texts in quotes");
        }
      }
    });
  }
  absl::Status Finish() {
    for (const auto& [key, node] : table_) {
      if (used_.count(std::string(key.str())) == 0) Fail(node, key.str(), "is unknown here");
    }
    return status_;
  }

 private:
  template <class F>
  void Use(std::string_view key, const F& f) {
    used_.insert(std::string(key));
    if (const toml::node* node = table_.get(key)) f(*node);
  }
  void Fail(const toml::node& node, std::string_view key, std::string_view why) {
    if (!status_.ok()) return;
    status_ =
        absl::InvalidArgumentError("config.toml, line " + std::to_string(node.source().begin.line) +
                                   ": " + name_ + std::string(key) + " " + std::string(why));
  }

  const toml::table& table_;
  const std::string name_;
  std::set<std::string> used_;
  absl::Status status_;
};

// Host, for any port, or host:port.
absl::Status CheckHttpName(const std::string& name) {
  const bool has_port = !name.ends_with(']') && name.find(':') != std::string::npos;
  if (name.size() <= kMaxHttpNameBytes &&
      partners::CheckEndpoint(has_port ? name : name + ":1").ok()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      "http.names: each is a host, or host:port, of at most " + std::to_string(kMaxHttpNameBytes) +
      " bytes, like daftar.toko-a.example or daftar.toko-a.example:18481");
}

absl::Status CheckHttp(const Config& config) {
  const std::pair<std::string_view, const std::string*> files[] = {
      {"http.tls_certificate", &config.http_tls_certificate},
      {"http.tls_key", &config.http_tls_key}};
  for (const auto& [key, file] : files) {
    if (file->empty()) continue;
    if (file->front() != '/' || file->size() > kMaxConfigPathBytes || HasControls(*file)) {
      return absl::InvalidArgumentError(std::string(key) +
                                        ": the whole path of a PEM file, beginning with /");
    }
  }
  if (config.http_tls_certificate.empty() != config.http_tls_key.empty()) {
    return absl::InvalidArgumentError(
        std::string(config.http_tls_key.empty() ? "http.tls_certificate" : "http.tls_key") +
        " is given alone; TLS needs both, the certificate and its key (http.tls_certificate and "
        "http.tls_key)");
  }
  if (config.http_tls_certificate.empty() && !IsLoopback(config.http_listen)) {
    return absl::InvalidArgumentError(
        "http.listen: on " + config.http_listen +
        " other machines reach it, and without TLS it would send passwords and customers' numbers "
        "in the clear; give http.tls_certificate and http.tls_key, or listen on 127.0.0.1 behind "
        "a proxy that ends TLS");
  }
  if (config.http_names.size() > kMaxHttpNames) {
    return absl::InvalidArgumentError("http.names: at most " + std::to_string(kMaxHttpNames));
  }
  for (const std::string& name : config.http_names) {
    if (absl::Status status = CheckHttpName(name); !status.ok()) return status;
  }
  if (config.http_proxies.size() > kMaxHttpProxies) {
    return absl::InvalidArgumentError("http.proxies: at most " + std::to_string(kMaxHttpProxies));
  }
  for (const std::string& proxy : config.http_proxies) {
    if (!IsNumericAddress(proxy)) {
      return absl::InvalidArgumentError(
          "http.proxies: numeric addresses without a port, like \"127.0.0.1\" or \"2001:db8::1\"");
    }
  }
  if (config.http_calls_per_second < 1 || config.http_calls_per_second > kMaxCallsPerSecond) {
    return absl::InvalidArgumentError("http.calls_per_second: 1 to " +
                                      std::to_string(kMaxCallsPerSecond));
  }
  return absl::OkStatus();
}

}  // namespace

bool IsLoopback(const std::string& endpoint) {
  if (!partners::CheckEndpoint(endpoint).ok()) return false;
  std::string host = endpoint.substr(0, endpoint.rfind(':'));
  if (host == "localhost") return true;
  if (host.front() != '[') {
    in_addr address{};
    if (inet_pton(AF_INET, host.c_str(), &address) != 1) return false;
    return ntohl(address.s_addr) >> 24 == 127;
  }
  host = host.substr(1, host.size() - 2);
  in6_addr address{};
  return inet_pton(AF_INET6, host.c_str(), &address) == 1 &&
         std::memcmp(&address, &in6addr_loopback, sizeof(address)) == 0;
}

std::string Config::ToToml() const {
  std::string text =
      "# Daftar node configuration. Changes take effect when daftard is started again.\n"
      "\n"
      "# What people call this business.\n"
      "name = " +
      Quoted(name) +
      "\n"
      "# The name of this node's log; part of every entry, so it cannot be changed later.\n"
      "origin = " +
      Quoted(origin) +
      "\n"
      "# How phone numbers without a country code are read: ID MY SG BN TH PH VN TL.\n"
      "region = " +
      Quoted(std::string(identity::RegionCode(region))) +
      "\n"
      "# For trying things out: answers about test identifiers are made up, and the node has no\n"
      "# partners. Never true where real customers are checked.\n"
      "test_mode = " +
      (test_mode ? "true" : "false") +
      "\n"
      "\n"
      "[peer]\n"
      "# Where partners' nodes connect (TLS 1.3, pinned certificates).\n"
      "listen = " +
      Quoted(peer_listen) +
      "\n"
      "# The address that pairing codes offer, when it differs from `listen`.\n" +
      (peer_advertise.empty() ? "# advertise = \"node.example:8471\"\n"
                              : "advertise = " + Quoted(peer_advertise) + "\n") +
      "\n"
      "[http]\n"
      "# Health and metrics, without a password: keep it on loopback. An address that other\n"
      "# machines reach needs a certificate and its key.\n"
      "listen = " +
      Quoted(http_listen) +
      "\n"
      "# PEM files; both or neither.\n" +
      (http_tls_certificate.empty() ? "# tls_certificate = \"/etc/daftar/http.pem\"\n"
                                    : "tls_certificate = " + Quoted(http_tls_certificate) + "\n") +
      (http_tls_key.empty() ? "# tls_key = \"/etc/daftar/http.key\"\n"
                            : "tls_key = " + Quoted(http_tls_key) + "\n") +
      "# Names under which a browser may open it, beside `listen` and localhost: host or "
      "host:port.\n" +
      (http_names.empty() ? "# names = [\"daftar.toko-a.example\"]\n"
                          : "names = " + QuotedList(http_names) + "\n") +
      "# Reverse proxies in front, by address: their X-Forwarded-For says who asks, so that\n"
      "# attempts to sign in are counted for each of those and not for all together.\n" +
      (http_proxies.empty() ? "# proxies = [\"127.0.0.1\"]\n"
                            : "proxies = " + QuotedList(http_proxies) + "\n") +
      "# Calls that one user may make in a second (1 to 100000).\n"
      "calls_per_second = " +
      std::to_string(http_calls_per_second) +
      "\n"
      "\n"
      "[log]\n"
      "# Where anybody may read the log as static tiles (C2SP tlog-tiles), without a password, "
      "and\n"
      "# nothing else. Not served there without an address.\n" +
      (log_listen.empty() ? "# listen = \"0.0.0.0:8491\"\n"
                          : "listen = " + Quoted(log_listen) + "\n") +
      "\n"
      "[check]\n"
      "# How long a check waits for partners, in milliseconds (10 to 10000).\n"
      "partner_deadline_ms = " +
      std::to_string(partner_deadline.count()) + "\n";
  return text;
}

absl::Status Config::Check() const {
  if (absl::Status status = evidence::CheckOrigin(origin); !status.ok()) return status;
  if (name.empty() || name.size() > partners::kMaxNodeNameBytes) {
    return absl::InvalidArgumentError("name: 1 to " + std::to_string(partners::kMaxNodeNameBytes) +
                                      " bytes");
  }
  if (HasControls(name)) return absl::InvalidArgumentError("name: no control characters");
  const std::pair<std::string_view, const std::string*> endpoints[] = {
      {"peer.listen", &peer_listen}, {"http.listen", &http_listen}};
  for (const auto& [key, endpoint] : endpoints) {
    if (absl::Status status = partners::CheckEndpoint(*endpoint); !status.ok()) {
      return absl::InvalidArgumentError(std::string(key) + ": " + std::string(status.message()));
    }
  }
  if (absl::Status status = CheckHttp(*this); !status.ok()) return status;
  if (!log_listen.empty()) {
    if (absl::Status status = partners::CheckEndpoint(log_listen); !status.ok()) {
      return absl::InvalidArgumentError("log.listen: " + std::string(status.message()));
    }
  }
  if (!peer_advertise.empty()) {
    if (absl::Status status = partners::CheckEndpoint(peer_advertise); !status.ok()) {
      return absl::InvalidArgumentError("peer.advertise: " + std::string(status.message()));
    }
    if (!partners::IsOffered(peer_advertise)) {
      return absl::InvalidArgumentError("peer.advertise: " + peer_advertise +
                                        " is no address that a partner can reach; name this "
                                        "machine, like node.toko-a.example:18471");
    }
  }
  if (partner_deadline.count() < 10 || partner_deadline.count() > 10'000) {
    return absl::InvalidArgumentError("check.partner_deadline_ms: 10 to 10000");
  }
  return absl::OkStatus();
}

absl::StatusOr<Config> Config::Parse(const std::string& toml) {
  if (toml.size() > kMaxConfigBytes) {
    return absl::InvalidArgumentError("config.toml is larger than " +
                                      std::to_string(kMaxConfigBytes) + " bytes");
  }
  toml::table root;
  try {
    root = toml::parse(toml);
  } catch (const toml::parse_error& error) {
    return absl::InvalidArgumentError("config.toml, line " +
                                      std::to_string(error.source().begin.line) + ": " +
                                      std::string(error.description()));
  }
  Config config;
  std::string region(identity::RegionCode(config.region));
  int64_t deadline = config.partner_deadline.count();
  int64_t calls = config.http_calls_per_second;
  const auto section = [&](std::string_view key, const auto& read) -> absl::Status {
    const toml::node* node = root.get(key);
    if (node == nullptr) return absl::OkStatus();
    if (!node->is_table()) {
      return absl::InvalidArgumentError("config.toml: " + std::string(key) + " is not a section");
    }
    Table table(*node->as_table(), std::string(key) + ".");
    read(table);
    return table.Finish();
  };
  absl::Status status = section("peer", [&](Table& table) {
    table.Text("listen", config.peer_listen);
    table.Text("advertise", config.peer_advertise);
  });
  if (!status.ok()) return status;
  status = section("http", [&](Table& table) {
    table.Text("listen", config.http_listen);
    table.Text("tls_certificate", config.http_tls_certificate);
    table.Text("tls_key", config.http_tls_key);
    table.Texts("names", config.http_names);
    table.Texts("proxies", config.http_proxies);
    table.Whole("calls_per_second", calls);
  });
  if (!status.ok()) return status;
  status = section("log", [&](Table& table) { table.Text("listen", config.log_listen); });
  if (!status.ok()) return status;
  status = section("check", [&](Table& table) { table.Whole("partner_deadline_ms", deadline); });
  if (!status.ok()) return status;
  for (std::string_view known : {"peer", "http", "log", "check"}) root.erase(known);
  Table top(root, "");
  top.Text("name", config.name);
  top.Text("origin", config.origin);
  top.Text("region", region);
  top.Flag("test_mode", config.test_mode);
  if (status = top.Finish(); !status.ok()) return status;
  auto known_region = identity::RegionFromCode(region);
  if (!known_region.ok()) {
    return absl::InvalidArgumentError("config.toml: region: " +
                                      std::string(known_region.status().message()));
  }
  config.region = *known_region;
  config.partner_deadline = std::chrono::milliseconds(deadline);
  // What does not fit is out of bounds for Check too.
  config.http_calls_per_second =
      static_cast<uint32_t>(std::clamp<int64_t>(calls, 0, int64_t{kMaxCallsPerSecond} + 1));
  if (status = config.Check(); !status.ok()) {
    return absl::InvalidArgumentError("config.toml: " + std::string(status.message()));
  }
  return config;
}

}  // namespace daftar
