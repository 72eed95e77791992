// Users: adding, listing and removing them, and knowing them by token or uid.
#include "node/service/users.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "crypto/hash.h"
#include "node/service/sign_in_rows.h"
#include "storage/audit.h"
#include "storage/requests.h"

namespace daftar::service {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using crypto::Reader;
using crypto::Writer;
using storage::Batch;
using storage::Column;

constexpr uint8_t kVersion = 1;
constexpr std::string_view kAddKind = "user.add";
constexpr std::string_view kRemoveKind = "user.remove";
constexpr std::string_view kResetKind = "user.reset";

Bytes UidKey(uint32_t uid) { return Writer().U8('i').U32(uid).Take(); }
Bytes TokenKey(std::string_view token) {
  const crypto::Digest hash =
      crypto::Sha256({crypto::AsBytes("daftar/user-token/v1"), crypto::AsBytes(token)});
  return Writer().U8('t').Raw(hash.view()).Take();
}

// The token's row key stands in the user's row, so that removing the user removes the token.
struct UserRow {
  User user;
  Bytes token_key;
};

Bytes Encode(const UserRow& row) {
  Writer writer;
  writer.U8(kVersion).Prefixed8(crypto::AsBytes(row.user.name));
  writer.U8(static_cast<uint8_t>(row.user.role));
  writer.U64(static_cast<uint64_t>(row.user.added_at.value));
  writer.Prefixed8(crypto::AsBytes(row.user.added_by));
  writer.U8(row.user.uid.has_value() ? 1 : 0).U32(row.user.uid.value_or(0));
  return writer.Prefixed8(row.token_key).Take();
}

absl::StatusOr<UserRow> Decode(ByteView bytes) {
  Reader reader(bytes);
  UserRow row;
  if (reader.U8() != kVersion) reader.Fail();
  row.user.name = std::string(crypto::AsText(reader.Prefixed8()));
  row.user.role = static_cast<Role>(reader.U8());
  row.user.added_at.value = static_cast<int64_t>(reader.U64());
  row.user.added_by = std::string(crypto::AsText(reader.Prefixed8()));
  const bool has_uid = reader.U8() != 0;
  const uint32_t uid = reader.U32();
  if (has_uid) row.user.uid = uid;
  row.token_key = crypto::ToBytes(reader.Prefixed8());
  if (!reader.Finish("user row").ok()) return absl::DataLossError("a user's row is malformed");
  return row;
}

absl::Status UsedForAnother() {
  return absl::FailedPreconditionError(
      "this request_id was used for another user; use a new one for each request");
}

absl::Status SayWhy() {
  return absl::InvalidArgumentError("say why in 1 to " + std::to_string(storage::kMaxAuditText) +
                                    " bytes, for the record (--because TEXT)");
}

absl::Status NobodyHasThatName() {
  return absl::NotFoundError("no user has that name; `daftar user list` shows those there are");
}

absl::Status ChangedMeanwhile() {
  return absl::UnavailableError("the user was changed in the same moment; try again");
}

bool HoldsEveryRole(uint32_t uid) { return uid == 0 || uid == static_cast<uint32_t>(geteuid()); }

}  // namespace

absl::Status CheckUserName(const std::string& name) {
  const bool allowed = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
  if (name.empty() || name.size() > kMaxUserNameBytes || !allowed) {
    return absl::InvalidArgumentError("a user's name has 1 to " +
                                      std::to_string(kMaxUserNameBytes) +
                                      " of A-Z a-z 0-9 . _ -, like POS or siti.r");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<User>> Users::Find(const std::string& name) const {
  auto row = store_.Get(Column::kUsers, UserRowKey(name));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  auto decoded = Decode(**row);
  if (!decoded.ok()) return decoded.status();
  return decoded->user;
}

absl::StatusOr<NewUser> Users::Add(const storage::Caller& caller, const std::string& name,
                                   Role role, std::optional<uint32_t> uid,
                                   const std::string& because, bool signs_in) {
  if (absl::Status status = CheckUserName(name); !status.ok()) return status;
  if (uid.has_value() && HoldsEveryRole(*uid)) {
    return absl::InvalidArgumentError(
        "uid " + std::to_string(*uid) +
        " is root's or the node's own, which hold every role and cannot be given less; name "
        "another, or leave out --uid for a token");
  }
  if (because.size() > storage::kMaxAuditText) {
    return absl::InvalidArgumentError("say why in at most " +
                                      std::to_string(storage::kMaxAuditText) + " bytes");
  }
  auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  auto earlier = storage::RequestLog::Find(store_, *request, kAddKind);
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value()) {
    if (crypto::AsText(**earlier) != name) return UsedForAnother();
    auto user = Find(std::string(crypto::AsText(**earlier)));
    if (!user.ok()) return user.status();
    if (user->has_value()) return NewUser{**user, {}, {}};
  }
  auto users = List();
  if (!users.ok()) return users.status();
  if (users->size() >= kMaxUsers) {
    return absl::ResourceExhaustedError("a node has at most " + std::to_string(kMaxUsers) +
                                        " users");
  }
  NewUser made;
  made.user = User{name, role, clock_.Now(), caller.actor, uid};
  UserRow row{made.user, {}};
  Batch batch;
  batch.ExpectAbsent(Column::kUsers, UserRowKey(name));
  if (uid.has_value()) {
    batch.ExpectAbsent(Column::kUsers, UidKey(*uid));
    batch.Put(Column::kUsers, UidKey(*uid), crypto::ToBytes(name));
  }
  if (signs_in) {
    SignInRow sign_in;
    made.link = PutLink(batch, vault_, entropy_, name, made.user.added_at, sign_in);
    batch.ExpectAbsent(Column::kUsers, SignInKey(name));
    batch.Put(Column::kUsers, SignInKey(name), SealSignIn(vault_, name, sign_in));
  } else if (!uid.has_value()) {
    const crypto::Secret32 secret = entropy_.Secret();
    made.token = std::string(kTokenPrefix) + crypto::ToBase64Url(secret.Expose());
    row.token_key = TokenKey(made.token);
    batch.Put(Column::kUsers, row.token_key, crypto::ToBytes(name));
  }
  batch.Put(Column::kUsers, UserRowKey(name), Encode(row));
  storage::RequestLog::Record(batch, *request, kAddKind, crypto::AsBytes(name));
  storage::RecordAudit(batch, vault_, entropy_,
                       {clock_.Now().value, caller.actor, "user.add",
                        name + " as " + std::string(RoleName(role)), because});
  const absl::Status written = store_.Write(std::move(batch));
  if (absl::IsAborted(written)) {
    return absl::AlreadyExistsError("a user with this name" +
                                    std::string(uid.has_value() ? " or uid" : "") +
                                    " exists; remove it first or choose another");
  }
  if (!written.ok()) return written;
  return made;
}

absl::Status Users::Remove(const storage::Caller& caller, const std::string& name,
                           const std::string& because) {
  if (because.empty() || because.size() > storage::kMaxAuditText) return SayWhy();
  auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  auto earlier = storage::RequestLog::Find(store_, *request, kRemoveKind);
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value()) {
    return crypto::AsText(**earlier) == name ? absl::OkStatus() : UsedForAnother();
  }
  auto row = store_.Get(Column::kUsers, UserRowKey(name));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return NobodyHasThatName();
  auto decoded = Decode(**row);
  if (!decoded.ok()) return decoded.status();
  Batch batch;
  batch.Delete(Column::kUsers, UserRowKey(name));
  if (decoded->user.uid.has_value()) batch.Delete(Column::kUsers, UidKey(*decoded->user.uid));
  if (!decoded->token_key.empty()) batch.Delete(Column::kUsers, decoded->token_key);
  if (absl::Status status = ForgetSignIn(batch, name); !status.ok()) return status;
  storage::RequestLog::Record(batch, *request, kRemoveKind, crypto::AsBytes(name));
  storage::RecordAudit(batch, vault_, entropy_,
                       {clock_.Now().value, caller.actor, "user.remove", name, because});
  const absl::Status written = store_.Write(std::move(batch));
  return absl::IsAborted(written) ? ChangedMeanwhile() : written;
}

absl::Status Users::ForgetSignIn(Batch& batch, const std::string& name) const {
  auto sign_in = ReadSignIn(store_, vault_, name);
  if (!sign_in.ok()) return sign_in.status();
  // A session that begins meanwhile would stay.
  if (!sign_in->stored.has_value()) {
    batch.ExpectAbsent(Column::kUsers, SignInKey(name));
    return absl::OkStatus();
  }
  batch.ExpectValue(Column::kUsers, SignInKey(name), *sign_in->stored);
  DeleteSignIn(batch, name, sign_in->row);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<SignInLink>> Users::ResetSignIn(const storage::Caller& caller,
                                                             const std::string& name,
                                                             const std::string& because) {
  if (because.empty() || because.size() > storage::kMaxAuditText) return SayWhy();
  auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  auto earlier = storage::RequestLog::Find(store_, *request, kResetKind);
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value()) {
    if (crypto::AsText(**earlier) != name) return UsedForAnother();
    return std::nullopt;
  }
  auto row = store_.Get(Column::kUsers, UserRowKey(name));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return NobodyHasThatName();
  Batch batch;
  batch.ExpectValue(Column::kUsers, UserRowKey(name), **row);
  if (absl::Status status = ForgetSignIn(batch, name); !status.ok()) return status;
  SignInRow sign_in;
  SignInLink link = PutLink(batch, vault_, entropy_, name, clock_.Now(), sign_in);
  batch.Put(Column::kUsers, SignInKey(name), SealSignIn(vault_, name, sign_in));
  storage::RequestLog::Record(batch, *request, kResetKind, crypto::AsBytes(name));
  storage::RecordAudit(batch, vault_, entropy_,
                       {clock_.Now().value, caller.actor, "user.reset", name, because});
  const absl::Status written = store_.Write(std::move(batch));
  if (absl::IsAborted(written)) return ChangedMeanwhile();
  if (!written.ok()) return written;
  return link;
}

void Users::Put(Batch& batch, const User& user) {
  batch.ExpectAbsent(Column::kUsers, UserRowKey(user.name));
  batch.Put(Column::kUsers, UserRowKey(user.name), Encode({user, {}}));
}

absl::StatusOr<std::vector<ListedUser>> Users::ListWithSignIn() const {
  auto users = List();
  if (!users.ok()) return users.status();
  std::vector<ListedUser> listed;
  const evidence::UnixMillis now = clock_.Now();
  for (User& user : *users) {
    auto sign_in = ReadSignIn(store_, vault_, user.name);
    if (!sign_in.ok()) return sign_in.status();
    listed.push_back(
        {std::move(user), sign_in->row.SignsIn(now), !sign_in->row.second_factor.empty()});
  }
  return listed;
}

absl::StatusOr<std::vector<User>> Users::List() const {
  std::vector<User> users;
  absl::Status malformed;
  const Bytes prefix{'u'};
  absl::Status scanned = store_.Scan(Column::kUsers, prefix, prefix, [&](ByteView, ByteView value) {
    auto row = Decode(value);
    if (!row.ok()) {
      malformed = row.status();
      return false;
    }
    users.push_back(row->user);
    return true;
  });
  if (!scanned.ok()) return scanned;
  if (!malformed.ok()) return malformed;
  return users;
}

absl::StatusOr<Actor> Users::ByToken(std::string_view token) const {
  const absl::Status unknown = absl::UnauthenticatedError(
      "the token is unknown or was removed; `daftar user add` makes one");
  if (token.size() > 256) return unknown;
  auto name = store_.Get(Column::kUsers, TokenKey(token));
  if (!name.ok()) return name.status();
  if (!name->has_value()) return unknown;
  auto user = Find(std::string(crypto::AsText(**name)));
  if (!user.ok()) return user.status();
  if (!user->has_value()) return unknown;
  return Actor{std::string(kUserPrefix) + (*user)->name, RolesOf((*user)->role)};
}

absl::StatusOr<Actor> Users::ByUid(uint32_t uid) const {
  const std::string name = std::string(kUidPrefix) + std::to_string(uid);
  if (HoldsEveryRole(uid)) return Actor{name, Roles::All()};
  auto row = store_.Get(Column::kUsers, UidKey(uid));
  if (!row.ok()) return row.status();
  if (row->has_value()) {
    auto user = Find(std::string(crypto::AsText(**row)));
    if (!user.ok()) return user.status();
    if (user->has_value()) return Actor{name, RolesOf((*user)->role)};
  }
  return absl::UnauthenticatedError("uid " + std::to_string(uid) +
                                    " is not a user of this node; `daftar user add --uid` makes "
                                    "it one");
}

}  // namespace daftar::service
