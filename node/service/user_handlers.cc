// Users, as an operator sees and changes them. What is done to an owner takes an owner.
#include "node/service/convert.h"
#include "node/service/node_handlers.h"

namespace daftar::service {
namespace {

// What the console's address ends with, for whoever uses the link. Behind #, which browsers send to
// nobody.
std::string LinkText(const SignInLink& link) { return "/#/welcome/" + link.secret; }

void DescribeUser(const User& user, v1::User& out) {
  out.set_name(user.name);
  out.set_role(ToProto(user.role));
  out.set_added_at(TimeText(user.added_at));
  out.set_added_by(user.added_by);
  if (user.uid.has_value()) out.set_uid(*user.uid);
}

// PermissionDenied when `name` is an owner's and `actor` none.
absl::Status MayChange(const Users& users, const Actor& actor, const std::string& name) {
  auto user = users.Find(name);
  if (!user.ok()) return user.status();
  if (user->has_value() && (*user)->role == Role::kOwner) return MustBeOwner(actor);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::AddUserResponse> NodeHandlers::AddUser(const Actor& actor,
                                                          const v1::AddUserRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/AddUser"); !s.ok()) return s;
  auto role = FromProto(request.role());
  if (!role.ok()) return role.status();
  if (*role == Role::kOwner) {
    if (absl::Status s = MustBeOwner(actor); !s.ok()) return s;
  }
  std::optional<uint32_t> uid;
  if (request.has_uid()) uid = request.uid();
  auto made = users_.Add({actor.name, request.request_id()}, request.name(), *role, uid,
                         request.because(), request.signs_in());
  if (!made.ok()) return made.status();
  v1::AddUserResponse out;
  DescribeUser(made->user, *out.mutable_user());
  out.mutable_user()->set_signs_in(request.signs_in());
  out.set_token(made->token);
  if (made->link.has_value()) {
    out.set_link(LinkText(*made->link));
    out.set_link_expires_at(TimeText(made->link->expires_at));
  }
  return out;
}

absl::StatusOr<v1::ListUsersResponse> NodeHandlers::ListUsers(const Actor& actor,
                                                              const v1::ListUsersRequest&) {
  if (absl::Status s = Authorise(actor, "NodeService/ListUsers"); !s.ok()) return s;
  auto users = users_.ListWithSignIn();
  if (!users.ok()) return users.status();
  v1::ListUsersResponse out;
  for (const ListedUser& listed : *users) {
    v1::User& row = *out.add_users();
    DescribeUser(listed.user, row);
    row.set_signs_in(listed.signs_in);
    row.set_has_second_factor(listed.has_second_factor);
  }
  return out;
}

absl::StatusOr<v1::RemoveUserResponse> NodeHandlers::RemoveUser(
    const Actor& actor, const v1::RemoveUserRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/RemoveUser"); !s.ok()) return s;
  if (absl::Status s = MayChange(users_, actor, request.name()); !s.ok()) return s;
  absl::Status removed =
      users_.Remove({actor.name, request.request_id()}, request.name(), request.because());
  if (!removed.ok()) return removed;
  return v1::RemoveUserResponse();
}

absl::StatusOr<v1::ResetSignInResponse> NodeHandlers::ResetSignIn(
    const Actor& actor, const v1::ResetSignInRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/ResetSignIn"); !s.ok()) return s;
  if (absl::Status s = MayChange(users_, actor, request.name()); !s.ok()) return s;
  auto link =
      users_.ResetSignIn({actor.name, request.request_id()}, request.name(), request.because());
  if (!link.ok()) return link.status();
  v1::ResetSignInResponse out;
  if (link->has_value()) {
    out.set_link(LinkText(**link));
    out.set_link_expires_at(TimeText((*link)->expires_at));
  }
  return out;
}

}  // namespace daftar::service
