// Users: who may use the node, by token, by uid, or by signing in at the console.
#ifndef DAFTAR_NODE_SERVICE_USERS_H_
#define DAFTAR_NODE_SERVICE_USERS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/entropy.h"
#include "node/evidence/clock.h"
#include "node/service/access.h"
#include "storage/caller.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::service {

inline constexpr size_t kMaxUsers = 1000;
inline constexpr size_t kMaxUserNameBytes = 64;
inline constexpr std::string_view kTokenPrefix = "dft_";

inline constexpr std::chrono::hours kLinkLife{24};  // until a link that nobody used ends

// With which a person sets a password, once. `secret` stands behind # in an address, so that no
// server's log has it.
struct SignInLink {
  std::string secret;
  evidence::UnixMillis expires_at;
};

struct User {
  std::string name;
  Role role = Role::kStaff;
  evidence::UnixMillis added_at;
  std::string added_by;
  std::optional<uint32_t> uid;
};

// A user with what there is of its signing in at the console.
struct ListedUser {
  User user;
  bool signs_in = false;  // has a password, or an open link to set one
  bool has_second_factor = false;
};

struct NewUser {
  User user;
  // Both are shown once: empty on a repetition.
  std::string token;  // of a user who neither has a uid nor signs in
  std::optional<SignInLink> link;
};

// InvalidArgument unless it is 1 to kMaxUserNameBytes of A-Z a-z 0-9 . _ -
absl::Status CheckUserName(const std::string& name);

// Users and their tokens (only a token's hash is stored). Any thread may call; changes are durable
// on OK and in force for the next call.
class Users {
 public:
  Users(storage::Store& store, const storage::Vault& vault, const evidence::Clock& clock,
        crypto::Entropy& entropy)
      : store_(store), vault_(vault), clock_(clock), entropy_(entropy) {}

  // With `signs_in` a link is made in the place of a token. AlreadyExists for a known name or uid;
  // InvalidArgument for a malformed name, a uid that holds every role anyway, or a reason of more
  // than storage::kMaxAuditText bytes.
  absl::StatusOr<NewUser> Add(const storage::Caller& caller, const std::string& name, Role role,
                              std::optional<uint32_t> uid, const std::string& because = {},
                              bool signs_in = false);
  // With its token, password, second factor, links and sessions, which end at once. NotFound.
  absl::Status Remove(const storage::Caller& caller, const std::string& name,
                      const std::string& because);
  // Forgets the user's password, second factor, devices and sessions, and makes a link to set a
  // password with; an earlier link ends. nullopt on a repetition: it is shown once. NotFound;
  // InvalidArgument without a reason.
  absl::StatusOr<std::optional<SignInLink>> ResetSignIn(const storage::Caller& caller,
                                                        const std::string& name,
                                                        const std::string& because);
  absl::StatusOr<std::vector<User>> List() const;
  absl::StatusOr<std::vector<ListedUser>> ListWithSignIn() const;
  // nullopt: nobody has that name.
  absl::StatusOr<std::optional<User>> Find(const std::string& name) const;
  // Adds to `batch` a user without token, known by name. REQUIRES a name that CheckUserName takes.
  static void Put(storage::Batch& batch, const User& user);

  // Unauthenticated when the token is unknown.
  absl::StatusOr<Actor> ByToken(std::string_view token) const;
  // The node's own user and root hold every role; others need a user with their uid.
  absl::StatusOr<Actor> ByUid(uint32_t uid) const;

 private:
  // Adds to `batch` that all of the user's sign-in goes, as it is now.
  absl::Status ForgetSignIn(storage::Batch& batch, const std::string& name) const;

  storage::Store& store_;
  const storage::Vault& vault_;
  const evidence::Clock& clock_;
  crypto::Entropy& entropy_;
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_USERS_H_
