// What every command gets: where to write, which node, and how to reach it.
#ifndef DAFTAR_CLI_SESSION_H_
#define DAFTAR_CLI_SESSION_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "cli/client.h"
#include "cli/console.h"
#include "node/decision/language.h"

namespace daftar::cli {

// One command's. One thread.
class Session {
 public:
  Session(Console& console, ClientOptions options,
          decision::Language language = decision::Language::kEnglish)
      : console_(console), options_(std::move(options)), language_(language) {}

  Console& console() { return console_; }
  const ClientOptions& options() const { return options_; }
  // Of this user, as the environment says.
  decision::Language language() const { return language_; }
  // Opened at the first use, so that wrong arguments are told without a node.
  absl::StatusOr<Client*> client() {
    if (client_ == nullptr) {
      auto opened = Client::Open(options_);
      if (!opened.ok()) return opened.status();
      client_ = *std::move(opened);
    }
    return client_.get();
  }

 private:
  Console& console_;
  ClientOptions options_;
  decision::Language language_;
  std::unique_ptr<Client> client_;
};

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_SESSION_H_
