// Signing in: by password and second factor, by token, and by one-time link.
#include <algorithm>
#include <utility>

#include "crypto/password.h"
#include "crypto/totp.h"
#include "node/service/retry_after.h"
#include "node/service/sessions.h"

namespace daftar::service {
namespace {

using storage::Batch;
using storage::Column;

absl::Status DoNotFit() {
  return absl::UnauthenticatedError(
      "user and password, or the code, do not fit; a forgotten password is set anew with a link "
      "that an operator makes (`daftar user reset`)");
}

absl::Status NoSuchLink() {
  return absl::NotFoundError(
      "there is no such link any more: it was used, has ended, or a newer one took its place; "
      "`daftar user reset` makes another, and for the first user the daemon prints one when it "
      "starts");
}

// As people type it: without what parts its groups, in capitals.
std::string RecoveryCodeOf(std::string_view typed) {
  std::string code;
  for (const char c : typed) {
    if (c == '-' || c == ' ') continue;
    code += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return code;
}

// Uses the code up, whichever kind it is. Each is as good as the other, so both are looked at.
bool UseCode(SignInRow& row, std::string_view code, evidence::UnixMillis now) {
  if (code.size() > kMaxCodeBytes) return false;
  const auto step =
      crypto::TotpStep(row.second_factor.Expose(), code, now.seconds(), row.last_step);
  if (step.has_value()) {
    row.last_step = *step;
    return true;
  }
  const crypto::Digest hash = HashOfSecret("recovery-code", RecoveryCodeOf(code));
  const auto found = std::ranges::find_if(row.recovery_codes, [&](const crypto::Digest& each) {
    return crypto::ConstantTimeEquals(each.view(), hash.view());
  });
  if (found == row.recovery_codes.end()) return false;
  row.recovery_codes.erase(found);
  return true;
}

bool Knows(const SignInRow& row, const crypto::Digest& device) {
  return std::ranges::find(row.devices, device) != row.devices.end();
}

// As MarkDevice makes them.
bool IsMark(std::string_view text) {
  constexpr size_t kLetters = 43;  // of 32 bytes in base64url
  return text.starts_with(kDevicePrefix) && text.size() == kDevicePrefix.size() + kLetters;
}

// Puts the device's mark last, as the one last used; a new one where it is not known.
std::string MarkDevice(SignInRow& row, const std::string& device, crypto::Entropy& entropy) {
  std::string mark = device;
  crypto::Digest hash = HashOfSecret("device", mark.substr(0, kMaxSecretBytes));
  // A mark of another user of the same browser does for this one too: they share its cookie.
  if (!Knows(row, hash) && !IsMark(device)) {
    mark = std::string(kDevicePrefix) + crypto::ToBase64Url(entropy.Secret().Expose());
    hash = HashOfSecret("device", mark);
  }
  std::erase(row.devices, hash);
  while (row.devices.size() >= kMaxDevicesPerUser) row.devices.erase(row.devices.begin());
  row.devices.push_back(hash);
  return mark;
}

bool MayBeAPassword(std::string_view text) {
  return text.size() >= crypto::kMinPasswordBytes && text.size() <= crypto::kMaxPasswordBytes;
}

}  // namespace

absl::StatusOr<NewSession> Sessions::SignIn(const PasswordSignIn& with) {
  Attempt attempt;
  attempt.user = with.user.substr(0, kMaxUserNameBytes + 1);
  attempt.address = with.address;
  attempt.at = clock_.Now();
  StoredSignIn read;
  if (CheckUserName(with.user).ok()) {
    auto user = users_.Find(with.user);
    if (!user.ok()) return user.status();
    attempt.there_is = user->has_value();
    auto stored = ReadSignIn(store_, vault_, with.user);
    if (!stored.ok()) return stored.status();
    read = *std::move(stored);
  }
  const crypto::Digest device =
      HashOfSecret("device", std::string_view(with.device).substr(0, kMaxSecretBytes));
  if (Knows(read.row, device)) attempt.device = device.hex();
  if (absl::Status status = limits_.Begin(attempt); !status.ok()) return status;

  const std::string hash = attempt.there_is ? read.row.password : std::string();
  // What can be nobody's password needs no work, whoever the user is.
  if (!MayBeAPassword(with.password)) return DoNotFit();
  auto fits = crypto::PasswordFits(hash, with.password);
  if (!fits.ok()) {
    limits_.TakeBack(attempt);
    return WithRetryAfter(fits.status(), kPasswordRetry);
  }
  if (!*fits) return DoNotFit();
  if (!read.row.second_factor.empty() && with.code.empty()) {
    limits_.Halfway(attempt);
    return absl::FailedPreconditionError(
        "second factor needed: give the six digits that the phone shows, or a recovery code");
  }
  NewSession session;
  absl::Status changed =
      Change(with.user, [&](const User&, SignInRow& row, Batch& batch) -> absl::Status {
        if (row.password != hash) return DoNotFit();  // it was set or reset meanwhile
        if (!row.second_factor.empty() && !UseCode(row, with.code, clock_.Now())) {
          return DoNotFit();
        }
        session.secret = Begin(with.user, row, batch, false);
        session.device = MarkDevice(row, with.device, entropy_);
        return absl::OkStatus();
      });
  if (absl::IsUnauthenticated(changed)) return DoNotFit();
  if (!changed.ok()) {
    limits_.TakeBack(attempt);
    return changed;
  }
  limits_.Succeeded(attempt);
  return session;
}

absl::StatusOr<NewSession> Sessions::SignInByToken(std::string_view token,
                                                   const std::string& address) {
  auto actor = users_.ByToken(token);
  if (absl::IsUnauthenticated(actor.status())) {
    absl::Status many = limits_.UnknownToken(address, clock_.Now());
    if (!many.ok()) return many;
  }
  if (!actor.ok()) return actor.status();
  const std::string name = actor->name.substr(kUserPrefix.size());
  NewSession session;
  absl::Status changed = Change(name, [&](const User&, SignInRow& row, Batch& batch) {
    session.secret = Begin(name, row, batch, true);
    return absl::OkStatus();
  });
  if (!changed.ok()) return changed;
  return session;
}

absl::StatusOr<NewSession> Sessions::UseLink(std::string_view secret, const std::string& user,
                                             const std::string& password) {
  if (secret.size() > kMaxSecretBytes) return NoSuchLink();
  const crypto::Digest hash = HashOfSecret("link", secret);
  auto link = ReadLink(store_, vault_, hash);
  if (!link.ok()) return link.status();
  if (!link->has_value() || (*link)->expires_at <= clock_.Now()) return NoSuchLink();
  if ((*link)->user.empty()) return UseFirstLink(hash, user, password);
  const std::string& name = (*link)->user;
  if (absl::Status status = CheckPassword(name, password); !status.ok()) return status;
  auto hashed = crypto::HashPassword(password);
  if (!hashed.ok()) return WithRetryAfter(hashed.status(), kPasswordRetry);
  NewSession session;
  absl::Status changed =
      Change(name, [&](const User&, SignInRow& row, Batch& batch) -> absl::Status {
        if (!row.link.has_value() || row.link->secret != hash ||
            row.link->expires_at <= clock_.Now()) {
          return NoSuchLink();
        }
        batch.Delete(Column::kUsers, LinkKey(hash));
        row.link.reset();
        row.password = *hashed;
        Record(batch, name, "user.password", name);
        session.secret = Begin(name, row, batch, false);
        session.device = MarkDevice(row, {}, entropy_);
        return absl::OkStatus();
      });
  if (absl::IsUnauthenticated(changed)) return NoSuchLink();  // the user has gone
  if (!changed.ok()) return changed;
  return session;
}

absl::StatusOr<NewSession> Sessions::UseFirstLink(const crypto::Digest& link,
                                                  const std::string& user,
                                                  const std::string& password) {
  auto missing = FirstUserMissing();
  if (!missing.ok()) return missing.status();
  if (!*missing) return NoSuchLink();
  if (absl::Status status = CheckUserName(user); !status.ok()) return status;
  if (absl::Status status = CheckPassword(user, password); !status.ok()) return status;
  auto users = users_.List();
  if (!users.ok()) return users.status();
  if (users->size() >= kMaxUsers) {
    return absl::ResourceExhaustedError("a node has at most " + std::to_string(kMaxUsers) +
                                        " users; remove one first (`daftar user remove`)");
  }
  const absl::Status taken =
      absl::AlreadyExistsError("a user with this name exists; choose another");
  if (std::ranges::find(*users, user, &User::name) != users->end()) return taken;
  auto stored = store_.Get(Column::kUsers, LinkKey(link));
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return NoSuchLink();
  auto hashed = crypto::HashPassword(password);
  if (!hashed.ok()) return WithRetryAfter(hashed.status(), kPasswordRetry);

  Batch batch;
  batch.ExpectValue(Column::kUsers, LinkKey(link), **stored);
  batch.Delete(Column::kUsers, LinkKey(link));
  batch.ExpectAbsent(Column::kUsers, SignInKey(user));
  Users::Put(batch,
             {user, Role::kOwner, clock_.Now(), std::string(kUserPrefix) + user, std::nullopt});
  Record(batch, user, "user.add", user + " as " + std::string(RoleName(Role::kOwner)));
  Record(batch, user, "user.password", user);
  SignInRow row;
  row.password = *hashed;
  NewSession session;
  session.secret = Begin(user, row, batch, false);
  session.device = MarkDevice(row, {}, entropy_);
  batch.Put(Column::kUsers, SignInKey(user), SealSignIn(vault_, user, row));
  const absl::Status written = store_.Write(std::move(batch));
  if (absl::IsAborted(written)) return NoSuchLink();  // another has used it in the same moment
  if (!written.ok()) return written;
  return session;
}

absl::StatusOr<bool> Sessions::FirstUserMissing() const {
  const evidence::UnixMillis now = clock_.Now();
  const storage::Bytes prefix{'s'};
  bool missing = true;
  absl::Status malformed;
  absl::Status scanned = store_.Scan(Column::kUsers, prefix, prefix,
                                     [&](storage::ByteView key, storage::ByteView value) {
                                       auto row = OpenSignIn(vault_, key, value);
                                       if (!row.ok()) {
                                         malformed = row.status();
                                         return false;
                                       }
                                       missing = !row->SignsIn(now);
                                       return missing;
                                     });
  if (!scanned.ok()) return scanned;
  if (!malformed.ok()) return malformed;
  return missing;
}

absl::StatusOr<std::optional<SignInLink>> Sessions::FirstUserLink() {
  auto missing = FirstUserMissing();
  if (!missing.ok()) return missing.status();
  if (!*missing) return std::nullopt;
  // Nobody has an open link, so whatever links there are have ended or are earlier ones of these.
  Batch batch;
  const storage::Bytes prefix{'l'};
  absl::Status scanned =
      store_.Scan(Column::kUsers, prefix, prefix, [&](storage::ByteView key, storage::ByteView) {
        batch.Delete(Column::kUsers, crypto::ToBytes(key));
        return true;
      });
  if (!scanned.ok()) return scanned;
  SignInLink link = PutFirstUserLink(batch, vault_, entropy_, clock_.Now());
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  return link;
}

}  // namespace daftar::service
