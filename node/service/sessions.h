// People who sign in at the console: their passwords, second factors, one-time links and sessions.
#ifndef DAFTAR_NODE_SERVICE_SESSIONS_H_
#define DAFTAR_NODE_SERVICE_SESSIONS_H_

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "node/service/access.h"
#include "node/service/sign_in_limits.h"
#include "node/service/sign_in_rows.h"
#include "node/service/users.h"
#include "storage/mutex.h"

namespace daftar::service {

inline constexpr std::string_view kSessionPrefix = "dfs_";  // of a session's secret
inline constexpr std::string_view kDevicePrefix = "dfd_";   // of a device's mark
inline constexpr std::chrono::hours kSessionLife{12};       // at most, however much it is used
inline constexpr std::chrono::minutes kSessionIdle{60};     // without a call
inline constexpr size_t kMaxSecretBytes = 256;              // of a session, link or device, as sent
inline constexpr size_t kMaxCodeBytes = 64;                 // of a second factor, as sent
inline constexpr std::chrono::minutes kUnconfirmedLife{30};  // of a second factor not in force
inline constexpr std::chrono::seconds kPasswordRetry{1};     // while others hold Argon2id's places

struct PasswordSignIn {
  std::string user;
  std::string password;
  std::string code;     // of the second factor, or a recovery code; empty: none was given
  std::string address;  // of the peer
  std::string device;   // an earlier NewSession.device; may be empty
};

// What whoever signed in is told, once.
struct NewSession {
  std::string secret;
  std::string device;  // empty for a sign-in by token
};

struct SessionView {
  std::string user;
  Role role = Role::kStaff;
  SessionId id;
  evidence::UnixMillis signed_in_at;
  evidence::UnixMillis last_used_at;
  evidence::UnixMillis expires_at;
  bool current = false;  // the one that was asked with
  bool has_second_factor = false;
  bool second_factor_missing = false;  // nothing else may be done before it is set up
};

// Any thread may call. What is changed is durable on OK; when a session was last used, and how
// often somebody has tried, is in memory and counts anew from a restart. `session` stands for a
// session's secret in every call: Unauthenticated when there is none, or it has ended. Every call
// passes on the store's errors, and what takes a password ResourceExhausted of crypto/password.h.
// `request_id` makes a repetition safe, as in Users.
class Sessions {
 public:
  Sessions(storage::Store& store, const storage::Vault& vault, const evidence::Clock& clock,
           crypto::Entropy& entropy)
      : store_(store),
        vault_(vault),
        clock_(clock),
        entropy_(entropy),
        users_(store, vault, clock, entropy) {}

  // The actor of a session. Unauthenticated when there is none with this secret, or it has ended;
  // FailedPrecondition while the user has to set up a second factor, unless `may_be_without` (the
  // calls that set it up). Notes that the session was used.
  absl::StatusOr<Actor> BySecret(std::string_view secret, bool may_be_without = false);

  //   Unauthenticated     user, password and code do not fit, in the same words whichever was wrong
  //   FailedPrecondition  user and password fit, and a code is needed ("second factor needed")
  //   ResourceExhausted   too many attempts (sign_in_limits.h)
  absl::StatusOr<NewSession> SignIn(const PasswordSignIn& with);
  // A session with the role of the token's user. `address`: of the peer. Unauthenticated for an
  // unknown token; ResourceExhausted after too many of those from there.
  absl::StatusOr<NewSession> SignInByToken(std::string_view token, const std::string& address);
  // Sets the password of the link's user and signs in; the link can be used no more. `user`: the
  // name of the first user, who becomes owner; not looked at with other links.
  //   NotFound         no such link, or it was used, has ended, or another has taken its place
  //   InvalidArgument  CheckUserName and CheckPassword; the link stays
  //   AlreadyExists    the first user's name is another's; the link stays
  absl::StatusOr<NewSession> UseLink(std::string_view secret, const std::string& user,
                                     const std::string& password);
  // A link for the first user, while no user can sign in: takes the place of an earlier one.
  // nullopt: somebody can.
  absl::StatusOr<std::optional<SignInLink>> FirstUserLink();
  // Whether no user has a password or an open link.
  absl::StatusOr<bool> FirstUserMissing() const;

  absl::StatusOr<SessionView> View(std::string_view session);
  // All of the session's user, the newest first.
  absl::StatusOr<std::vector<SessionView>> List(std::string_view session);
  // Ends it. OK also when there is none.
  absl::Status SignOut(std::string_view session);
  // Ends one of the same user, by SessionView.id in hexadecimal. NotFound.
  absl::Status End(std::string_view session, const std::string& request_id, std::string_view id);

  // Ends all other sessions of the user. InvalidArgument when the old one does not fit, and as
  // CheckPassword; FailedPrecondition for a session by token, and for a repetition with another new
  // password, or after the password was changed again; ResourceExhausted after too many attempts.
  absl::Status SetPassword(std::string_view session, const std::string& request_id,
                           const std::string& old_password, const std::string& new_password);
  // A secret for a second factor, which is in force once it was confirmed, within
  // kUnconfirmedLife. `password`: needed where one is in force. Errors as SetPassword.
  absl::StatusOr<crypto::SecretBytes> BeginSecondFactor(std::string_view session,
                                                        const std::string& request_id,
                                                        const std::string& password);
  // The recovery codes, shown once: empty on a repetition. Earlier ones end.
  //   InvalidArgument     the code is none of the secret's
  //   FailedPrecondition  nothing was begun, or too long ago
  //   ResourceExhausted   too many attempts
  absl::StatusOr<std::vector<std::string>> ConfirmSecondFactor(std::string_view session,
                                                               const std::string& request_id,
                                                               std::string_view code);

 private:
  // A session that is there and has not ended.
  struct Found {
    User user;
    SignInRow row;
    SessionMark mark;
  };
  using ChangeRow = std::function<absl::Status(const User&, SignInRow&, storage::Batch&)>;

  absl::StatusOr<Found> Find(std::string_view session);
  // When the session was used before; nullopt when that is too long ago, and else notes that it is
  // used now.
  std::optional<evidence::UnixMillis> Use(const crypto::Digest& secret, evidence::UnixMillis now);
  SessionView ViewOf(const Found& found, const SessionMark& mark);
  // Reads the user's row, changes it and writes it with what `change` adds to the batch, once more
  // when another has changed it meanwhile. Unauthenticated when the user is gone.
  absl::Status Change(const std::string& name, const ChangeRow& change);
  absl::Status EndWhere(const std::string& name,
                        const std::function<bool(const SessionMark&)>& ends);
  // Adds a session to row and batch, with its line in the record.
  std::string Begin(const std::string& name, SignInRow& row, storage::Batch& batch, bool by_token);
  absl::StatusOr<NewSession> UseFirstLink(const crypto::Digest& link, const std::string& user,
                                          const std::string& password);
  // At the session's own password or code.
  Attempt AttemptOf(const Found& found) const;
  // Whether it is the password of the session's user; counts attempts.
  absl::Status CheckOwnPassword(const Found& found, const std::string& password);
  // The answer to a repetition of SetPassword. `set`: what the first one recorded.
  absl::Status RepeatPassword(const Found& found, storage::ByteView set,
                              const std::string& new_password);
  void Record(storage::Batch& batch, const std::string& name, std::string_view action,
              const std::string& object) const;

  storage::Store& store_;
  const storage::Vault& vault_;
  const evidence::Clock& clock_;
  crypto::Entropy& entropy_;
  const Users users_;
  SignInLimits limits_;
  storage::Mutex mutex_;
  // When each session was last used. What ended in another way goes when it can be used no more.
  std::unordered_map<crypto::Digest, evidence::UnixMillis, crypto::FixedBytesHash> used_
      DAFTAR_GUARDED_BY(mutex_);
};

// Whether such a user has to have a second factor.
bool NeedsSecondFactor(Role role);

// InvalidArgument unless `password` has crypto::kMinPasswordBytes to kMaxPasswordBytes of UTF-8, is
// not the user's name with digits around it, and none of those that are tried first.
absl::Status CheckPassword(std::string_view user, std::string_view password);

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_SESSIONS_H_
