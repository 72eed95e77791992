#include "node/book/warnings.h"

#include <algorithm>

#include "node/book/book.h"
#include "node/book/values.h"
#include "storage/audit.h"
#include "storage/purge.h"
#include "storage/requests.h"

namespace daftar::book {
namespace {

using storage::Column;

constexpr std::string_view kAddKind = "warning-add";
constexpr std::string_view kClearKind = "warning-clear";
constexpr std::string_view kRemoveKind = "warning-remove";
constexpr int64_t kSecondsPerDay = 86'400;

absl::Status NotListed() {
  return absl::NotFoundError(
      "the list has no such identifier; `daftar warning list` shows those that there are, and "
      "what ships with the program cannot be taken off");
}

bool IsOver(uint32_t live_reports, size_t names, const evidence::Charter& charter) {
  return live_reports > charter.shared_live_reports || names > charter.shared_names;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Warnings>> Warnings::Open(storage::Store& store,
                                                         const storage::Vault& vault,
                                                         crypto::Entropy& entropy,
                                                         const evidence::Clock& clock) {
  std::unique_ptr<Warnings> warnings(new Warnings(store, vault, entropy, clock));
  if (absl::Status status = warnings->Load(); !status.ok()) return status;
  return warnings;
}

absl::Status Warnings::Load() {
  std::map<identity::Identifier, Warning> loaded;
  absl::Status failed;
  const crypto::Bytes prefix{kWarningRow};
  const absl::Status scanned = store_.Scan(
      Column::kWarnings, prefix, prefix, [&](crypto::ByteView key, crypto::ByteView value) {
        const auto opened = vault_.Open(Column::kWarnings, key, value);
        auto warning = opened.ok() ? DecodeWarning(opened->Expose())
                                   : absl::StatusOr<Warning>(opened.status());
        if (!warning.ok()) {
          failed = warning.status();
          return false;
        }
        identity::Identifier identifier = warning->identifier;
        loaded.emplace(std::move(identifier), *std::move(warning));
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (!failed.ok()) return failed;
  storage::MutexLock lock(mutex_);
  warnings_ = std::move(loaded);
  return absl::OkStatus();
}

bool Warnings::Holds(const identity::Identifier& identifier) const {
  storage::MutexLock lock(mutex_);
  const auto found = warnings_.find(identifier);
  return found != warnings_.end() && found->second.kind == WarningKind::kOwn;
}

absl::StatusOr<Warnings::Request> Warnings::RequestOf(const storage::Caller& caller,
                                                      std::string_view kind,
                                                      const identity::Identifier& identifier,
                                                      const std::string& because) const {
  auto key = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!key.ok()) return key.status();
  if (absl::Status status = storage::CheckBecause(because); !status.ok()) return status;
  crypto::Writer arguments;
  WriteContent(arguments, {&identifier, 1});
  return Request{*std::move(key), kind, ContentOf(vault_, kind, arguments)};
}

absl::StatusOr<bool> Warnings::CameBefore(const Request& request) const {
  const auto earlier = FindEarlier(store_, request.key, request.kind, 0, request.content);
  if (!earlier.ok()) return earlier.status();
  return earlier->has_value();
}

size_t Warnings::CountOf(WarningKind kind) const {
  return static_cast<size_t>(std::ranges::count_if(
      warnings_, [kind](const auto& entry) { return entry.second.kind == kind; }));
}

absl::Status Warnings::MayBecome(WarningKind kind, const identity::Identifier& identifier) const {
  const bool own = kind == WarningKind::kOwn;
  storage::MutexLock lock(mutex_);
  const auto found = warnings_.find(identifier);
  if (found != warnings_.end() && found->second.kind == WarningKind::kOwn) {
    return own ? absl::AlreadyExistsError(
                     "it stands on the list already; `daftar warning list` says since when and why")
               : absl::FailedPreconditionError(
                     "it stands on the list as one of the shop's own; `daftar warning remove` "
                     "takes it off");
  }
  if (found != warnings_.end() && found->second.kind == kind) {
    return absl::FailedPreconditionError("somebody has cleared it before: it counts");
  }
  const size_t most = own ? kMaxOwnWarnings : kMaxCleared;
  if (CountOf(kind) < most) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      "the list has at most " + std::to_string(most) +
      (own ? " identifiers of the shop's own" : " identifiers that were cleared") +
      "; remove one first");
}

absl::StatusOr<Warning> Warnings::Set(const storage::Caller& caller, WarningKind kind,
                                      const identity::Identifier& identifier,
                                      const std::string& because) {
  const bool own = kind == WarningKind::kOwn;
  const auto request = RequestOf(caller, own ? kAddKind : kClearKind, identifier, because);
  if (!request.ok()) return request.status();
  const WriteGate::Alone alone(gate_);
  const auto earlier = CameBefore(*request);
  if (!earlier.ok()) return earlier.status();
  if (*earlier) {
    std::optional<Warning> standing = Of(identifier);
    if (!standing.has_value()) return NotListed();
    return *std::move(standing);
  }
  if (absl::Status status = MayBecome(kind, identifier); !status.ok()) return status;
  Warning warning{identifier, kind, clock_.Now(), caller.actor, because};
  storage::Batch batch;
  const crypto::Bytes key = WarningKey(vault_, identifier);
  batch.Put(Column::kWarnings, key, vault_.Seal(Column::kWarnings, key, EncodeWarning(warning)));
  RecordRequest(batch, request->key, request->kind, {}, request->content);
  storage::RecordAudit(batch, vault_, entropy_,
                       {warning.at.value, caller.actor, own ? "warning.add" : "warning.clear",
                        IdOf(identifier).hex(), because});
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  storage::MutexLock lock(mutex_);
  warnings_.insert_or_assign(identifier, warning);
  unwritten_.erase(identifier);
  return warning;
}

absl::StatusOr<Warning> Warnings::Add(const storage::Caller& caller,
                                      const identity::Identifier& identifier,
                                      const std::string& because) {
  return Set(caller, WarningKind::kOwn, identifier, because);
}

absl::StatusOr<Warning> Warnings::Clear(const storage::Caller& caller,
                                        const identity::Identifier& identifier,
                                        const std::string& because) {
  return Set(caller, WarningKind::kCleared, identifier, because);
}

absl::Status Warnings::Remove(const storage::Caller& caller, const identity::Identifier& identifier,
                              const std::string& because) {
  const auto request = RequestOf(caller, kRemoveKind, identifier, because);
  if (!request.ok()) return request.status();
  const WriteGate::Alone alone(gate_);
  const auto earlier = CameBefore(*request);
  if (!earlier.ok()) return earlier.status();
  if (*earlier) return absl::OkStatus();
  if (!Of(identifier).has_value()) return NotListed();
  storage::Batch batch;
  batch.Delete(Column::kWarnings, WarningKey(vault_, identifier));
  RecordRequest(batch, request->key, request->kind, {}, request->content);
  storage::RecordAudit(
      batch, vault_, entropy_,
      {clock_.Now().value, caller.actor, "warning.remove", IdOf(identifier).hex(), because});
  storage::AskForPurge(batch, request->key);
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  storage::MutexLock lock(mutex_);
  warnings_.erase(identifier);
  listed_.erase(identifier);
  unwritten_.erase(identifier);
  return absl::OkStatus();
}

std::optional<Warning> Warnings::Of(const identity::Identifier& identifier) const {
  storage::MutexLock lock(mutex_);
  const auto found = warnings_.find(identifier);
  return found == warnings_.end() ? std::nullopt : std::optional(found->second);
}

WarningId Warnings::IdOf(const identity::Identifier& identifier) const {
  return vault_.Tag("book/warning", identity::TypeName(identifier.type()), identifier.value());
}

absl::StatusOr<identity::Identifier> Warnings::Find(const WarningId& id) const {
  storage::MutexLock lock(mutex_);
  for (const auto& [identifier, warning] : warnings_) {
    if (IdOf(identifier) == id) return identifier;
  }
  return NotListed();
}

std::vector<Warning> Warnings::List() const {
  std::vector<Warning> all;
  {
    storage::MutexLock lock(mutex_);
    for (const auto& [identifier, warning] : warnings_) all.push_back(warning);
  }
  std::ranges::stable_sort(all, [](const Warning& a, const Warning& b) {
    const bool a_waits = a.kind == WarningKind::kReview;
    const bool b_waits = b.kind == WarningKind::kReview;
    return a_waits != b_waits ? a_waits : b.at < a.at;
  });
  return all;
}

size_t Warnings::Waiting() const {
  storage::MutexLock lock(mutex_);
  return CountOf(WarningKind::kReview);
}

absl::StatusOr<size_t> Warnings::NamesOf(const identity::Identifier& identifier) const {
  auto row = store_.Get(Column::kWarnings, NamesKey(vault_, identifier));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return 0;
  const auto met = DecodeNames(**row);
  if (!met.ok()) return met.status();
  return met->size();
}

absl::StatusOr<bool> Warnings::IsShared(const identity::Identifier& identifier,
                                        uint32_t live_reports, const evidence::Charter& charter) {
  uint64_t erasures = 0;
  {
    storage::MutexLock lock(mutex_);
    erasures = erasures_;
  }
  const auto names = NamesOf(identifier);
  if (!names.ok()) return names.status();
  storage::MutexLock lock(mutex_);
  const auto found = warnings_.find(identifier);
  if (found != warnings_.end() && found->second.kind != WarningKind::kReview) {
    return found->second.kind == WarningKind::kOwn;
  }
  if (!IsOver(live_reports, *names, charter)) return false;
  // Names read before an erasure may be those of who was erased: the next check reads them anew.
  if (erasures == erasures_) {
    ListForReview(identifier, live_reports, static_cast<uint32_t>(*names));
  }
  return true;
}

absl::StatusOr<bool> Warnings::IsSharedHere(const identity::Identifier& identifier,
                                            const evidence::Charter& charter) const {
  if (const auto warning = Of(identifier);
      warning.has_value() && warning->kind != WarningKind::kReview) {
    return warning->kind == WarningKind::kOwn;
  }
  const auto names = NamesOf(identifier);
  if (!names.ok()) return names.status();
  return IsOver(0, *names, charter);
}

void Warnings::ListForReview(const identity::Identifier& identifier, uint32_t live_reports,
                             uint32_t names) {
  const evidence::UnixMillis now = clock_.Now();
  const auto known = warnings_.find(identifier);
  if (known == warnings_.end() && CountOf(WarningKind::kReview) >= kMaxReviews) return;
  const auto listed = listed_.find(identifier);
  if (known != warnings_.end() && listed != listed_.end() &&
      now.seconds() - listed->second < kReviewWriteSeconds) {
    return;
  }
  const evidence::UnixMillis since = known == warnings_.end() ? now : known->second.at;
  warnings_.insert_or_assign(
      identifier, Warning{identifier, WarningKind::kReview, since, {}, {}, live_reports, names});
  listed_[identifier] = now.seconds();
  unwritten_.insert(identifier);
}

absl::Status Warnings::KeepReviews() {
  const WriteGate::Alone alone(gate_);
  const int64_t oldest = clock_.Now().seconds() - kReviewKeptDays * kSecondsPerDay;
  storage::Batch batch;
  std::vector<Warning> written;
  std::vector<identity::Identifier> over;
  {
    storage::MutexLock lock(mutex_);
    for (const auto& [identifier, warning] : warnings_) {
      if (warning.kind != WarningKind::kReview) continue;
      if (warning.at.seconds() < oldest) {
        over.push_back(identifier);
      } else if (unwritten_.contains(identifier)) {
        written.push_back(warning);
      }
    }
  }
  if (written.empty() && over.empty()) return absl::OkStatus();
  for (const Warning& warning : written) {
    const crypto::Bytes key = WarningKey(vault_, warning.identifier);
    batch.Put(Column::kWarnings, key, vault_.Seal(Column::kWarnings, key, EncodeWarning(warning)));
  }
  for (const identity::Identifier& identifier : over) {
    const crypto::Bytes key = WarningKey(vault_, identifier);
    batch.Delete(Column::kWarnings, key);
    storage::AskForPurge(batch, key);
  }
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  storage::MutexLock lock(mutex_);
  for (const Warning& warning : written) {
    const auto found = warnings_.find(warning.identifier);
    // One that was seen anew meanwhile is for the next time.
    if (found != warnings_.end() && found->second == warning) unwritten_.erase(warning.identifier);
  }
  for (const identity::Identifier& identifier : over) {
    warnings_.erase(identifier);
    listed_.erase(identifier);
    unwritten_.erase(identifier);
  }
  return absl::OkStatus();
}

void Warnings::Forget(std::span<const identity::Identifier> identifiers,
                      storage::Batch& batch) const {
  storage::MutexLock lock(mutex_);
  for (const identity::Identifier& identifier : identifiers) {
    batch.Delete(Column::kWarnings, NamesKey(vault_, identifier));
    const auto found = warnings_.find(identifier);
    if (found != warnings_.end() && found->second.kind == WarningKind::kOwn) continue;
    batch.Delete(Column::kWarnings, WarningKey(vault_, identifier));
  }
}

absl::Status Warnings::ForgetNames(const identity::Identifier& identifier,
                                   std::span<const std::string> names,
                                   storage::Batch& batch) const {
  crypto::Bytes key = NamesKey(vault_, identifier);
  auto row = store_.Get(Column::kWarnings, key);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return absl::OkStatus();
  auto met = DecodeNames(**row);
  if (!met.ok()) return met.status();
  size_t forgotten = 0;
  for (const std::string& name : names) forgotten += met->erase(NameTag(vault_, name));
  if (forgotten == 0) return absl::OkStatus();
  if (met->empty()) {
    batch.Delete(Column::kWarnings, std::move(key));
  } else {
    batch.Put(Column::kWarnings, std::move(key), EncodeNames(*met));
  }
  return absl::OkStatus();
}

void Warnings::Forgotten(std::span<const identity::Identifier> identifiers) {
  storage::MutexLock lock(mutex_);
  ++erasures_;
  for (const identity::Identifier& identifier : identifiers) {
    const auto found = warnings_.find(identifier);
    if (found == warnings_.end() || found->second.kind == WarningKind::kOwn) continue;
    warnings_.erase(found);
    listed_.erase(identifier);
    unwritten_.erase(identifier);
  }
}

}  // namespace daftar::book
