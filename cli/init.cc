// `daftar init`: daftar links no storage, so it checks the options and becomes `daftard init`.
#include "cli/init.h"

#include <unistd.h>

#include "cli/commands.h"
#include "cli/process.h"
#include "cli/session.h"

namespace daftar::cli {
namespace {

struct Needed {
  const char* option;
  const std::string* value;
  const char* example;
};

absl::Status CheckAddress(const char* option, const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon != std::string::npos && colon > 0) {
    const auto port = MakeNumber(option, address.substr(colon + 1), 1, 65535, 0);
    if (port.ok() && *port != 0) return absl::OkStatus();
  }
  return absl::InvalidArgumentError("--" + std::string(option) +
                                    " must be HOST:PORT with a port from 1 to 65535, like "
                                    "127.0.0.1:18471");
}

absl::Status CheckNeeded(const InitOptions& options, const std::string& dir) {
  const Needed needed[] = {{"dir", &dir, "A"},
                           {"name", &options.name, "\"Toko A\""},
                           {"origin", &options.origin, "toko-a.example"},
                           {"charter", &options.charter, "circle.toml"},
                           {"peer-listen", &options.peer_listen, "0.0.0.0:18471"},
                           {"http-listen", &options.http_listen, "127.0.0.1:18481"}};
  std::string missing;
  for (const Needed& entry : needed) {
    if (entry.value->empty()) {
      missing +=
          "\n- --" + std::string(entry.option) + ", like --" + entry.option + " " + entry.example;
    }
  }
  if (missing.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("init also needs:" + missing);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> InitArguments(const InitOptions& options,
                                                       const std::string& dir, bool json) {
  if (auto status = CheckNeeded(options, dir); !status.ok()) return status;
  const std::pair<const char*, const std::string*> addresses[] = {
      {"peer-listen", &options.peer_listen},
      {"peer-advertise", &options.peer_advertise},
      {"http-listen", &options.http_listen},
      {"log-listen", &options.log_listen}};
  for (const auto& [option, address] : addresses) {
    if (address->empty()) continue;
    if (auto status = CheckAddress(option, *address); !status.ok()) return status;
  }
  if (options.http_tls_certificate.empty() != options.http_tls_key.empty()) {
    return absl::InvalidArgumentError(
        "--http-tls-certificate and --http-tls-key go together: give both, or neither");
  }
  for (const auto& [option, file] :
       {std::pair("charter", &options.charter),
        std::pair("http-tls-certificate", &options.http_tls_certificate),
        std::pair("http-tls-key", &options.http_tls_key),
        std::pair("passphrase-file", &options.passphrase_file)}) {
    if (!file->empty() && access(file->c_str(), R_OK) != 0) {
      return absl::NotFoundError("--" + std::string(option) + ": " + *file +
                                 " is not there or cannot be read");
    }
  }
  std::vector<std::string> arguments{"init"};
  const std::pair<const char*, const std::string*> all[] = {
      {"--dir", &dir},
      {"--name", &options.name},
      {"--origin", &options.origin},
      {"--charter", &options.charter},
      {"--region", &options.region},
      {"--peer-listen", &options.peer_listen},
      {"--peer-advertise", &options.peer_advertise},
      {"--http-listen", &options.http_listen},
      {"--http-tls-certificate", &options.http_tls_certificate},
      {"--http-tls-key", &options.http_tls_key},
      {"--log-listen", &options.log_listen},
      {"--passphrase-file", &options.passphrase_file}};
  for (const auto& [option, value] : all) {
    if (value->empty()) continue;
    arguments.emplace_back(option);
    arguments.push_back(*value);
  }
  if (options.test_mode) arguments.emplace_back("--test-mode");
  arguments.emplace_back("--output");
  arguments.emplace_back(json ? "json" : "text");
  return arguments;
}

absl::StatusOr<int> RunInit(Session& session, const InitOptions& options) {
  const auto arguments = InitArguments(options, session.options().dir, session.console().json);
  if (!arguments.ok()) return arguments.status();
  const auto daftard = FindDaftard();
  if (!daftard.ok()) return daftard.status();
  session.console().out.flush();
  return Exec(*daftard, *arguments);
}

}  // namespace daftar::cli
