#include "node/config.h"

#include <toml++/toml.h>

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

}  // namespace

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
      "# Health and metrics, without a password: keep it on loopback.\n"
      "listen = " +
      Quoted(http_listen) +
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
  for (char c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      return absl::InvalidArgumentError("name: no control characters");
    }
  }
  const std::pair<std::string_view, const std::string*> endpoints[] = {
      {"peer.listen", &peer_listen}, {"http.listen", &http_listen}};
  for (const auto& [key, endpoint] : endpoints) {
    if (absl::Status status = partners::CheckEndpoint(*endpoint); !status.ok()) {
      return absl::InvalidArgumentError(std::string(key) + ": " + std::string(status.message()));
    }
  }
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
  status = section("http", [&](Table& table) { table.Text("listen", config.http_listen); });
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
  if (status = top.Finish(); !status.ok()) return status;
  auto known_region = identity::RegionFromCode(region);
  if (!known_region.ok()) {
    return absl::InvalidArgumentError("config.toml: region: " +
                                      std::string(known_region.status().message()));
  }
  config.region = *known_region;
  config.partner_deadline = std::chrono::milliseconds(deadline);
  if (status = config.Check(); !status.ok()) {
    return absl::InvalidArgumentError("config.toml: " + std::string(status.message()));
  }
  return config;
}

}  // namespace daftar
