#include "node/book/warnings.h"

#include <algorithm>

#include "node/book/book.h"
#include "node/book/customer.h"
#include "node/book/values.h"
#include "storage/audit.h"
#include "storage/requests.h"

namespace daftar::book {
namespace {

using storage::Column;

constexpr uint8_t kRowVersion = 1;
constexpr uint8_t kWarningRow = 'w';
constexpr uint8_t kNamesRow = 'n';
constexpr std::string_view kAddKind = "warning-add";
constexpr std::string_view kClearKind = "warning-clear";
constexpr std::string_view kRemoveKind = "warning-remove";

crypto::Bytes KeyOf(const storage::Vault& vault, uint8_t row,
                    const identity::Identifier& identifier) {
  return crypto::Writer()
      .U8(row)
      .Raw(vault.Tag("book/warning", identity::TypeName(identifier.type()), identifier.value())
               .view())
      .Take();
}

absl::Status NotListed() {
  return absl::NotFoundError(
      "the list has no such identifier; `daftar warning list` shows those that there are, and "
      "what ships with the program cannot be taken off");
}

bool IsOver(uint32_t live_reports, size_t names, const evidence::Charter& charter) {
  return live_reports > charter.shared_live_reports || names > charter.shared_names;
}

}  // namespace

std::string_view WarningKindName(WarningKind kind) {
  switch (kind) {
    case WarningKind::kOwn:
      return "own";
    case WarningKind::kReview:
      return "review";
    case WarningKind::kCleared:
      return "cleared";
  }
  return "";
}

crypto::Bytes EncodeWarning(const Warning& warning) {
  crypto::Writer writer;
  writer.U8(kRowVersion).U8(static_cast<uint8_t>(warning.kind));
  writer.U64(static_cast<uint64_t>(warning.at.value));
  writer.Prefixed16(crypto::AsBytes(warning.by)).Prefixed16(crypto::AsBytes(warning.because));
  writer.U32(warning.live_reports).U32(warning.names);
  PutIdentifiers(writer, {warning.identifier});
  return writer.Take();
}

absl::StatusOr<Warning> DecodeWarning(crypto::ByteView bytes) {
  crypto::Reader reader(bytes);
  if (reader.U8() != kRowVersion) reader.Fail();
  const uint8_t kind = reader.U8();
  if (kind < static_cast<uint8_t>(WarningKind::kOwn) ||
      kind > static_cast<uint8_t>(WarningKind::kCleared)) {
    reader.Fail();
  }
  const evidence::UnixMillis at{static_cast<int64_t>(reader.U64())};
  std::string by = reader.Text16();
  std::string because = reader.Text16();
  const uint32_t live_reports = reader.U32();
  const uint32_t names = reader.U32();
  std::vector<identity::Identifier> identifiers = TakeIdentifiers(reader, 1);
  if (!reader.Finish("warning").ok() || identifiers.size() != 1) return MalformedRow("warnings");
  return Warning{std::move(identifiers.front()),
                 static_cast<WarningKind>(kind),
                 at,
                 std::move(by),
                 std::move(because),
                 live_reports,
                 names};
}

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
  if (absl::Status status = CheckBecause(because); !status.ok()) return status;
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

absl::Status Warnings::Write(const storage::Caller& caller, const Request& request,
                             std::string_view action, const Warning& warning) {
  storage::Batch batch;
  const crypto::Bytes key = KeyOf(vault_, kWarningRow, warning.identifier);
  batch.Put(Column::kWarnings, key, vault_.Seal(Column::kWarnings, key, EncodeWarning(warning)));
  RecordRequest(batch, request.key, request.kind, {}, request.content);
  storage::RecordAudit(batch, vault_, entropy_,
                       {warning.at.value, caller.actor, std::string(action),
                        IdOf(warning.identifier).hex(), warning.because});
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  warnings_.insert_or_assign(warning.identifier, warning);
  return absl::OkStatus();
}

absl::StatusOr<Warning> Warnings::Add(const storage::Caller& caller,
                                      const identity::Identifier& identifier,
                                      const std::string& because) {
  const auto request = RequestOf(caller, kAddKind, identifier, because);
  if (!request.ok()) return request.status();
  storage::MutexLock lock(mutex_);
  const auto earlier = CameBefore(*request);
  if (!earlier.ok()) return earlier.status();
  const auto found = warnings_.find(identifier);
  if (*earlier) {
    if (found == warnings_.end()) return NotListed();
    return found->second;
  }
  if (found != warnings_.end() && found->second.kind == WarningKind::kOwn) {
    return absl::AlreadyExistsError(
        "it stands on the list already; `daftar warning list` says since when and why");
  }
  if (CountOf(WarningKind::kOwn) >= kMaxOwnWarnings) {
    return absl::ResourceExhaustedError("the list has at most " + std::to_string(kMaxOwnWarnings) +
                                        " identifiers of the shop's own; remove one first");
  }
  Warning warning{identifier, WarningKind::kOwn, clock_.Now(), caller.actor, because};
  if (absl::Status status = Write(caller, *request, "warning.add", warning); !status.ok()) {
    return status;
  }
  return warning;
}

absl::StatusOr<Warning> Warnings::Clear(const storage::Caller& caller,
                                        const identity::Identifier& identifier,
                                        const std::string& because) {
  const auto request = RequestOf(caller, kClearKind, identifier, because);
  if (!request.ok()) return request.status();
  storage::MutexLock lock(mutex_);
  const auto earlier = CameBefore(*request);
  if (!earlier.ok()) return earlier.status();
  const auto found = warnings_.find(identifier);
  if (*earlier) {
    if (found == warnings_.end()) return NotListed();
    return found->second;
  }
  if (found != warnings_.end() && found->second.kind == WarningKind::kOwn) {
    return absl::FailedPreconditionError(
        "it stands on the list as one of the shop's own; `daftar warning remove` takes it off");
  }
  if (found != warnings_.end() && found->second.kind == WarningKind::kCleared) {
    return absl::FailedPreconditionError("somebody has cleared it before: it counts");
  }
  if (CountOf(WarningKind::kCleared) >= kMaxCleared) {
    return absl::ResourceExhaustedError("the list has at most " + std::to_string(kMaxCleared) +
                                        " identifiers that were cleared; remove one first");
  }
  Warning warning{identifier, WarningKind::kCleared, clock_.Now(), caller.actor, because};
  if (absl::Status status = Write(caller, *request, "warning.clear", warning); !status.ok()) {
    return status;
  }
  return warning;
}

absl::Status Warnings::Remove(const storage::Caller& caller, const identity::Identifier& identifier,
                              const std::string& because) {
  const auto request = RequestOf(caller, kRemoveKind, identifier, because);
  if (!request.ok()) return request.status();
  storage::MutexLock lock(mutex_);
  const auto earlier = CameBefore(*request);
  if (!earlier.ok()) return earlier.status();
  if (*earlier) return absl::OkStatus();
  const auto found = warnings_.find(identifier);
  if (found == warnings_.end()) return NotListed();
  storage::Batch batch;
  batch.Delete(Column::kWarnings, KeyOf(vault_, kWarningRow, identifier));
  RecordRequest(batch, request->key, request->kind, {}, request->content);
  storage::RecordAudit(
      batch, vault_, entropy_,
      {clock_.Now().value, caller.actor, "warning.remove", IdOf(identifier).hex(), because});
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  warnings_.erase(found);
  listed_.erase(identifier);
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

absl::StatusOr<bool> Warnings::IsShared(const identity::Identifier& identifier,
                                        uint32_t live_reports, const evidence::Charter& charter) {
  auto row = store_.Get(Column::kWarnings, NamesKey(vault_, identifier));
  if (!row.ok()) return row.status();
  size_t names = 0;
  if (row->has_value()) {
    const auto met = DecodeNames(**row);
    if (!met.ok()) return met.status();
    names = met->size();
  }
  if (!IsOver(live_reports, names, charter)) return false;
  storage::MutexLock lock(mutex_);
  const auto found = warnings_.find(identifier);
  if (found != warnings_.end() && found->second.kind == WarningKind::kCleared) return false;
  // A list that cannot be written keeps nobody from an answer; it is written the next time.
  (void)List(identifier, live_reports, static_cast<uint32_t>(names));
  return true;
}

absl::Status Warnings::List(const identity::Identifier& identifier, uint32_t live_reports,
                            uint32_t names) {
  const int64_t now = clock_.Now().seconds();
  const auto known = warnings_.find(identifier);
  if (known != warnings_.end() && known->second.kind != WarningKind::kReview) {
    return absl::OkStatus();
  }
  if (known != warnings_.end() && listed_.contains(identifier) &&
      now - listed_.at(identifier) < kReviewWriteSeconds) {
    return absl::OkStatus();
  }
  if (known == warnings_.end() && CountOf(WarningKind::kReview) >= kMaxReviews) {
    return absl::OkStatus();
  }
  Warning warning{identifier, WarningKind::kReview, clock_.Now(), {}, {}, live_reports, names};
  if (known != warnings_.end()) warning.at = known->second.at;
  storage::Batch batch;
  const crypto::Bytes key = KeyOf(vault_, kWarningRow, identifier);
  batch.Put(Column::kWarnings, key, vault_.Seal(Column::kWarnings, key, EncodeWarning(warning)));
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  warnings_.insert_or_assign(identifier, std::move(warning));
  listed_[identifier] = now;
  return absl::OkStatus();
}

void Warnings::Forget(std::span<const identity::Identifier> identifiers,
                      storage::Batch& batch) const {
  storage::MutexLock lock(mutex_);
  for (const identity::Identifier& identifier : identifiers) {
    batch.Delete(Column::kWarnings, NamesKey(vault_, identifier));
    const auto found = warnings_.find(identifier);
    if (found != warnings_.end() && found->second.kind == WarningKind::kOwn) continue;
    batch.Delete(Column::kWarnings, KeyOf(vault_, kWarningRow, identifier));
  }
}

void Warnings::Forgotten(std::span<const identity::Identifier> identifiers) {
  storage::MutexLock lock(mutex_);
  for (const identity::Identifier& identifier : identifiers) {
    const auto found = warnings_.find(identifier);
    if (found == warnings_.end() || found->second.kind == WarningKind::kOwn) continue;
    warnings_.erase(found);
    listed_.erase(identifier);
  }
}

crypto::Bytes NamesKey(const storage::Vault& vault, const identity::Identifier& identifier) {
  return KeyOf(vault, kNamesRow, identifier);
}

uint64_t NameTag(const storage::Vault& vault, std::string_view name) {
  std::string letters;
  for (const char c : name) {
    const bool is_sign = c == ' ' || c == '.' || c == ',' || c == '-' || c == '\'';
    if (!is_sign) letters += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  if (letters.empty()) return 0;
  return crypto::Reader(vault.Tag("book/name", "name", letters).view()).U64();
}

crypto::Bytes EncodeNames(const std::set<uint64_t>& names) {
  crypto::Writer writer;
  writer.U8(kRowVersion);
  for (const uint64_t name : names) writer.U64(name);
  return writer.Take();
}

absl::StatusOr<std::set<uint64_t>> DecodeNames(crypto::ByteView bytes) {
  crypto::Reader reader(bytes);
  if (reader.U8() != kRowVersion) reader.Fail();
  std::set<uint64_t> names;
  while (reader.ok() && reader.remaining() > 0) names.insert(reader.U64());
  if (!reader.Finish("names").ok() || names.size() > kMaxNamesKept) return MalformedRow("warnings");
  return names;
}

}  // namespace daftar::book
