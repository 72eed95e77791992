// Signing in, as plain functions: convert, call, convert back.
#ifndef DAFTAR_NODE_SERVICE_SESSION_HANDLERS_H_
#define DAFTAR_NODE_SERVICE_SESSION_HANDLERS_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "daftar/v1/session.pb.h"
#include "node/node.h"
#include "node/service/access.h"
#include "node/service/credentials.h"

namespace daftar::service {

// Any thread may call. Authorisation comes first in every call; errors are the rooms' own. The
// calls take where they come from instead of an actor, since some are there to find out who it is.
class SessionHandlers {
 public:
  SessionHandlers(Node& node, Credentials credentials) : node_(node), credentials_(credentials) {}

  absl::StatusOr<v1::GetSessionResponse> GetSession(const CallOrigin& origin,
                                                    const v1::GetSessionRequest& request);
  absl::StatusOr<v1::SignInResponse> SignIn(const CallOrigin& origin,
                                            const v1::SignInRequest& request);
  absl::StatusOr<v1::SignOutResponse> SignOut(const CallOrigin& origin,
                                              const v1::SignOutRequest& request);
  absl::StatusOr<v1::SignInResponse> UseLink(const CallOrigin& origin,
                                             const v1::UseLinkRequest& request);
  absl::StatusOr<v1::SetPasswordResponse> SetPassword(const CallOrigin& origin,
                                                      const v1::SetPasswordRequest& request);
  absl::StatusOr<v1::BeginSecondFactorResponse> BeginSecondFactor(
      const CallOrigin& origin, const v1::BeginSecondFactorRequest& request);
  absl::StatusOr<v1::ConfirmSecondFactorResponse> ConfirmSecondFactor(
      const CallOrigin& origin, const v1::ConfirmSecondFactorRequest& request);
  absl::StatusOr<v1::ListSessionsResponse> ListSessions(const CallOrigin& origin,
                                                        const v1::ListSessionsRequest& request);
  absl::StatusOr<v1::EndSessionResponse> EndSession(const CallOrigin& origin,
                                                    const v1::EndSessionRequest& request);

 private:
  // The session's secret, of a caller who came by one and may make the call. Unauthenticated,
  // PermissionDenied; FailedPrecondition for whoever came in another way.
  absl::StatusOr<std::string> SessionOf(const CallOrigin& origin, std::string_view method) const;
  absl::StatusOr<v1::GetSessionResponse> Describe(const CallOrigin& origin);
  absl::StatusOr<v1::SignInResponse> SignedIn(const CallOrigin& origin,
                                              absl::StatusOr<NewSession> session);

  Node& node_;
  const Credentials credentials_;
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_SESSION_HANDLERS_H_
