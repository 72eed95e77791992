// People who sign in at the console: their passwords, second factors, one-time links and sessions.
#ifndef DAFTAR_NODE_SERVICE_SESSIONS_H_
#define DAFTAR_NODE_SERVICE_SESSIONS_H_

#include <chrono>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "node/service/access.h"

namespace daftar::service {

inline constexpr std::string_view kSessionPrefix = "dfs_";  // of a session's secret

inline constexpr std::chrono::hours kSessionLife{12};

class Sessions {
 public:
  Sessions(storage::Store& store, const storage::Vault& vault, const evidence::Clock& clock,
           crypto::Entropy& entropy);
  // The actor of a session. Unauthenticated when there is none with this secret, or it has ended;
  // FailedPrecondition while the user has to set up a second factor, unless `may_be_without` (the
  // calls that set it up). Notes that the session was used.
  absl::StatusOr<Actor> BySecret(std::string_view secret, bool may_be_without = false);
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_SESSIONS_H_
