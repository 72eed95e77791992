// Sessions: finding, using, listing and ending them.
#include "node/service/sessions.h"

#include <algorithm>
#include <utility>

#include "storage/audit.h"
#include "storage/requests.h"

namespace daftar::service {
namespace {

using storage::Batch;
using storage::Column;

constexpr int kMaxTries = 4;             // of a change that others are in the way of
constexpr size_t kMaxUsedKept = 40'000;  // before sessions that have ended are forgotten
constexpr std::string_view kEndKind = "session.end";

absl::Status Ended() { return absl::UnauthenticatedError("this session has ended; sign in again"); }

int64_t Millis(std::chrono::milliseconds length) { return length.count(); }

}  // namespace

bool NeedsSecondFactor(Role role) {
  return role == Role::kManager || role == Role::kOperator || role == Role::kOwner;
}

void Sessions::Record(Batch& batch, const std::string& name, std::string_view action,
                      const std::string& object) const {
  storage::RecordAudit(
      batch, vault_, entropy_,
      {clock_.Now().value, std::string(kUserPrefix) + name, std::string(action), object, {}});
}

absl::Status Sessions::Change(const std::string& name, const ChangeRow& change) {
  for (int tries = 0; tries < kMaxTries; ++tries) {
    auto stored_user = store_.Get(Column::kUsers, UserRowKey(name));
    if (!stored_user.ok()) return stored_user.status();
    auto user = users_.Find(name);
    if (!user.ok()) return user.status();
    if (!stored_user->has_value() || !user->has_value()) return Ended();
    auto read = ReadSignIn(store_, vault_, name);
    if (!read.ok()) return read.status();
    Batch batch;
    batch.ExpectValue(Column::kUsers, UserRowKey(name), **stored_user);
    if (read->stored.has_value()) {
      batch.ExpectValue(Column::kUsers, SignInKey(name), *read->stored);
    } else {
      batch.ExpectAbsent(Column::kUsers, SignInKey(name));
    }
    if (absl::Status status = change(**user, read->row, batch); !status.ok()) return status;
    batch.Put(Column::kUsers, SignInKey(name), SealSignIn(vault_, name, read->row));
    absl::Status written = store_.Write(std::move(batch));
    if (!absl::IsAborted(written)) return written;
  }
  return absl::UnavailableError("others changed the same user in the same moment; try again");
}

std::string Sessions::Begin(const std::string& name, SignInRow& row, Batch& batch, bool by_token) {
  const evidence::UnixMillis now = clock_.Now();
  std::erase_if(row.sessions, [&](const SessionMark& session) {
    const bool ended = session.expires_at <= now;
    if (ended) DeleteSession(batch, session);
    return ended;
  });
  while (row.sessions.size() >= kMaxSessionsPerUser) {
    DeleteSession(batch, row.sessions.front());
    {
      storage::MutexLock lock(mutex_);
      used_.erase(row.sessions.front().secret);
    }
    row.sessions.erase(row.sessions.begin());
  }
  std::string secret =
      std::string(kSessionPrefix) + crypto::ToBase64Url(entropy_.Secret().Expose());
  const SessionMark session{HashOfSecret("session", secret),
                            entropy_.Public<SessionId>(),
                            now,
                            {now.value + Millis(kSessionLife)},
                            by_token};
  PutSession(batch, vault_, name, session);
  row.sessions.push_back(session);
  Record(batch, name, "session.sign-in", name);
  return secret;
}

std::optional<evidence::UnixMillis> Sessions::Use(const crypto::Digest& secret,
                                                  evidence::UnixMillis now) {
  storage::MutexLock lock(mutex_);
  const auto found = used_.find(secret);
  if (found != used_.end()) {
    if (now.value - found->second.value > Millis(kSessionIdle)) return std::nullopt;
    return std::exchange(found->second, now);
  }
  if (used_.size() >= kMaxUsedKept) {
    std::erase_if(used_, [&](const auto& entry) {
      return now.value - entry.second.value > Millis(kSessionLife);
    });
  }
  used_.emplace(secret, now);
  return now;
}

absl::StatusOr<Sessions::Found> Sessions::Find(std::string_view session) {
  if (session.size() > kMaxSecretBytes) return Ended();
  const crypto::Digest secret = HashOfSecret("session", session);
  auto name = ReadSession(store_, vault_, secret);
  if (!name.ok()) return name.status();
  if (!name->has_value()) {
    storage::MutexLock lock(mutex_);
    used_.erase(secret);
    return Ended();
  }
  auto user = users_.Find(**name);
  if (!user.ok()) return user.status();
  auto read = ReadSignIn(store_, vault_, **name);
  if (!read.ok()) return read.status();
  const auto mark = std::ranges::find(read->row.sessions, secret, &SessionMark::secret);
  // Between the reads the user may have gone.
  if (!user->has_value() || mark == read->row.sessions.end()) return Ended();
  const evidence::UnixMillis now = clock_.Now();
  if (mark->expires_at <= now || !Use(secret, now).has_value()) {
    // Where this fails, it is refused the next time as well.
    EndWhere(**name, [&](const SessionMark& each) { return each.secret == secret; }).IgnoreError();
    return Ended();
  }
  const SessionMark copy = *mark;
  return Found{**std::move(user), std::move(read->row), copy};
}

absl::StatusOr<Actor> Sessions::BySecret(std::string_view secret, bool may_be_without) {
  auto found = Find(secret);
  if (!found.ok()) return found.status();
  if (!may_be_without && ViewOf(*found, found->mark).second_factor_missing) {
    return absl::FailedPreconditionError("set up a second factor first: the role " +
                                         std::string(RoleName(found->user.role)) +
                                         " needs one to sign in at the console");
  }
  return Actor{std::string(kUserPrefix) + found->user.name, RolesOf(found->user.role)};
}

SessionView Sessions::ViewOf(const Found& found, const SessionMark& mark) {
  SessionView view;
  view.user = found.user.name;
  view.role = found.user.role;
  view.id = mark.id;
  view.signed_in_at = mark.signed_in_at;
  view.expires_at = mark.expires_at;
  view.current = mark.secret == found.mark.secret;
  view.has_second_factor = !found.row.second_factor.empty();
  view.second_factor_missing =
      !mark.by_token && !view.has_second_factor && NeedsSecondFactor(found.user.role);
  storage::MutexLock lock(mutex_);
  const auto used = used_.find(mark.secret);
  view.last_used_at = used == used_.end() ? mark.signed_in_at : used->second;
  return view;
}

absl::StatusOr<SessionView> Sessions::View(std::string_view session) {
  auto found = Find(session);
  if (!found.ok()) return found.status();
  return ViewOf(*found, found->mark);
}

absl::StatusOr<std::vector<SessionView>> Sessions::List(std::string_view session) {
  auto found = Find(session);
  if (!found.ok()) return found.status();
  std::vector<SessionView> views;
  const evidence::UnixMillis now = clock_.Now();
  for (const SessionMark& mark : found->row.sessions) {
    if (now < mark.expires_at) views.push_back(ViewOf(*found, mark));
  }
  std::ranges::reverse(views);
  return views;
}

absl::Status Sessions::EndWhere(const std::string& name,
                                const std::function<bool(const SessionMark&)>& ends) {
  std::vector<crypto::Digest> ended;
  absl::Status changed = Change(name, [&](const User&, SignInRow& row, Batch& batch) {
    ended.clear();
    std::erase_if(row.sessions, [&](const SessionMark& session) {
      if (!ends(session)) return false;
      DeleteSession(batch, session);
      ended.push_back(session.secret);
      return true;
    });
    return absl::OkStatus();
  });
  if (!changed.ok()) return changed;
  storage::MutexLock lock(mutex_);
  for (const crypto::Digest& secret : ended) used_.erase(secret);
  return absl::OkStatus();
}

absl::Status Sessions::SignOut(std::string_view session) {
  auto found = Find(session);
  if (absl::IsUnauthenticated(found.status())) return absl::OkStatus();
  if (!found.ok()) return found.status();
  return EndWhere(found->user.name,
                  [&](const SessionMark& each) { return each.secret == found->mark.secret; });
}

absl::Status Sessions::End(std::string_view session, const std::string& request_id,
                           std::string_view id) {
  auto found = Find(session);
  if (!found.ok()) return found.status();
  auto request = storage::RequestLog::Key(std::string(kUserPrefix) + found->user.name, request_id);
  if (!request.ok()) return request.status();
  auto earlier = storage::RequestLog::Find(store_, *request, kEndKind);
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value()) {
    if (crypto::AsText(**earlier) == id) return absl::OkStatus();
    return absl::FailedPreconditionError(
        "this request_id was used for another session; use a new one for each request");
  }
  auto wanted = SessionId::FromHexText(id);
  if (!wanted.ok()) return absl::NotFoundError("no session of yours has that id");
  crypto::Digest ended;
  absl::Status changed =
      Change(found->user.name, [&](const User&, SignInRow& row, Batch& batch) -> absl::Status {
        const auto mark = std::ranges::find(row.sessions, *wanted, &SessionMark::id);
        if (mark == row.sessions.end()) {
          return absl::NotFoundError("no session of yours has that id; it may have ended");
        }
        ended = mark->secret;
        DeleteSession(batch, *mark);
        row.sessions.erase(mark);
        storage::RequestLog::Record(batch, *request, kEndKind, crypto::AsBytes(id));
        return absl::OkStatus();
      });
  if (!changed.ok()) return changed;
  storage::MutexLock lock(mutex_);
  used_.erase(ended);
  return absl::OkStatus();
}

}  // namespace daftar::service
