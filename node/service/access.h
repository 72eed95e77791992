// Who may do what: actors, users and the table of roles and methods.
#ifndef DAFTAR_NODE_SERVICE_ACCESS_H_
#define DAFTAR_NODE_SERVICE_ACCESS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/entropy.h"
#include "node/evidence/clock.h"
#include "storage/caller.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::service {

// Numbers are on disk: never renumber.
enum class Role : uint8_t { kStaff = 1, kManager = 2, kOperator = 3, kAuditor = 4, kOwner = 5 };
std::string_view RoleName(Role role);

// A set of roles.
class Roles {
 public:
  constexpr Roles() = default;
  constexpr Roles(std::initializer_list<Role> roles) {
    for (Role role : roles) bits_ |= Bit(role);
  }
  static constexpr Roles All() {
    return {Role::kStaff, Role::kManager, Role::kOperator, Role::kAuditor};
  }
  constexpr bool Has(Role role) const { return (bits_ & Bit(role)) != 0; }
  constexpr bool Meets(Roles other) const { return (bits_ & other.bits_) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  friend constexpr bool operator==(Roles, Roles) = default;

 private:
  static constexpr uint32_t Bit(Role role) { return 1U << static_cast<uint32_t>(role); }
  uint32_t bits_ = 0;
};

// What a user with the role may do: the owner holds the four others.
Roles RolesOf(Role role);

inline constexpr std::string_view kUserPrefix = "user:";  // of the actor's name, by token

struct Actor {
  std::string name;  // "uid:1000" or "user:POS"
  Roles roles;
};
// Whether the kernel said who it is; else a token did, which may be used from elsewhere.
bool IsKnownByUid(const Actor& actor);

// One row for each method of the local API; a method without a row is refused to everyone. Staff
// checks and files, managers change records, operators keep partners and users, auditors read.
struct MethodRule {
  std::string_view method;  // "ShopService/Check"
  Roles roles;
  bool anybody = false;  // also without a token, a session or a known uid
};
std::span<const MethodRule> MethodRules();
// PermissionDenied naming the roles that may call the method, and those that the caller has. What
// is open to anybody needs no role.
absl::Status Authorise(const Actor& actor, std::string_view method);

// Staff see how many partners say what, everybody else also which: whoever sees how each partner
// stands can match that with the answer to a check, and learn which of them holds a record.
bool MaySeePartners(const Actor& actor);

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
// PermissionDenied unless `actor` holds every role. For what is done to owners.
absl::Status MustBeOwner(const Actor& actor);

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

#endif  // DAFTAR_NODE_SERVICE_ACCESS_H_
