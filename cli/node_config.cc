#include "cli/node_config.h"

#include <fstream>

namespace daftar::cli {
namespace {

constexpr size_t kMaxConfigBytes = 64 << 10;
constexpr size_t kMaxPathBytes = 4096;

}  // namespace

absl::StatusOr<std::unique_ptr<evidence::TomlDocument>> ReadNodeConfig(const std::string& dir) {
  std::ifstream file(dir + "/config.toml", std::ios::binary);
  if (dir.empty() || !file) {
    return absl::NotFoundError("there is no such file, or it cannot be read");
  }
  std::string text(kMaxConfigBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  return evidence::TomlDocument::Parse(text, "config.toml", kMaxConfigBytes);
}

std::string_view ConsoleScheme(const std::string& dir) {
  const auto config = ReadNodeConfig(dir);
  if (!config.ok()) return "http";
  const auto http = (*config)->Root().Section("http");
  return http.has_value() && http->Text("tls_certificate", kMaxPathBytes).has_value() ? "https"
                                                                                      : "http";
}

}  // namespace daftar::cli
