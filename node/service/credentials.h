// How a call says who makes it.
#ifndef DAFTAR_NODE_SERVICE_CREDENTIALS_H_
#define DAFTAR_NODE_SERVICE_CREDENTIALS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "node/service/access.h"
#include "node/service/sessions.h"
#include "node/service/users.h"

namespace daftar::service {

// What came with the call, not checked yet.
struct CallOrigin {
  std::string secret;           // of `authorization: Bearer`: a token or a session's secret
  std::optional<uint32_t> uid;  // of the process at the other end of the local socket
  std::string address;          // of the peer, over HTTP
  std::string device;           // what an earlier sign-in left there (SignInResponse.device)
};

// Both outlive every server that asks them.
struct Credentials {
  const Users& users;
  Sessions& sessions;

  // The actor: of the secret where there is one, else of the uid. Unauthenticated without either,
  // or with an unknown one; errors of Sessions::BySecret.
  absl::StatusOr<Actor> ActorOf(const CallOrigin& origin, bool without_second_factor = false) const;
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_CREDENTIALS_H_
