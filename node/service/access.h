// Who may do what: actors, and the table of roles and methods.
#ifndef DAFTAR_NODE_SERVICE_ACCESS_H_
#define DAFTAR_NODE_SERVICE_ACCESS_H_

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"

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

// Of an actor's name: known by a token or a session, or by the kernel.
inline constexpr std::string_view kUserPrefix = "user:";
inline constexpr std::string_view kUidPrefix = "uid:";

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

// PermissionDenied unless `actor` holds every role. For what is done to owners.
absl::Status MustBeOwner(const Actor& actor);

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_ACCESS_H_
