#include "node/service/credentials.h"

namespace daftar::service {

absl::StatusOr<Actor> Credentials::ActorOf(const CallOrigin& origin,
                                           bool without_second_factor) const {
  if (origin.secret.starts_with(kSessionPrefix)) {
    return sessions.BySecret(origin.secret, without_second_factor);
  }
  if (!origin.secret.empty()) return users.ByToken(origin.secret);
  if (origin.uid.has_value()) return users.ByUid(*origin.uid);
  return absl::UnauthenticatedError(
      "who calls? Send \"Authorization: Bearer TOKEN\" (`daftar user add` makes one), or sign in "
      "at "
      "the console");
}

}  // namespace daftar::service
