#include "node/book/allowlist.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "node/book/book.h"
#include "node/book/retry.h"
#include "storage/audit.h"
#include "storage/purge.h"
#include "storage/requests.h"

namespace daftar::book {
namespace {

using storage::Column;

constexpr uint8_t kRowVersion = 1;
constexpr std::string_view kAddKind = "allow-add";
constexpr std::string_view kRemoveKind = "allow-remove";

crypto::Bytes KeyOf(const storage::Vault& vault, const identity::Identifier& identifier) {
  return crypto::ToBytes(
      vault.Tag("book/allowed", identity::TypeName(identifier.type()), identifier.value()).view());
}

absl::StatusOr<Allowed> OpenAllowed(const storage::Vault& vault, crypto::ByteView key,
                                    crypto::ByteView sealed) {
  const auto opened = vault.Open(Column::kAllowed, key, sealed);
  if (!opened.ok()) return opened.status();
  return DecodeAllowed(opened->Expose());
}

absl::Status NotListed() {
  return absl::NotFoundError(
      "the allowlist has no such entry; `daftar allow list` shows those that there are");
}

}  // namespace

bool ListedBefore(const Allowed& a, const Allowed& b) {
  return std::pair(b.added_at, a.id) < std::pair(a.added_at, b.id);
}

crypto::Bytes EncodeAllowed(const Allowed& allowed) {
  crypto::Writer writer;
  writer.U8(kRowVersion).Raw(allowed.id.view());
  writer.U64(static_cast<uint64_t>(allowed.added_at.value));
  writer.Prefixed16(crypto::AsBytes(allowed.added_by));
  writer.Prefixed16(crypto::AsBytes(allowed.because));
  PutIdentifiers(writer, allowed.identifiers);
  return writer.Take();
}

absl::StatusOr<Allowed> DecodeAllowed(crypto::ByteView bytes) {
  crypto::Reader reader(bytes);
  if (reader.U8() != kRowVersion) reader.Fail();
  Allowed allowed;
  allowed.id = reader.Take<AllowedId>();
  allowed.added_at.value = static_cast<int64_t>(reader.U64());
  allowed.added_by = reader.Text16();
  allowed.because = reader.Text16();
  allowed.identifiers = TakeIdentifiers(reader, kMaxIdentifiersPerAllowed);
  if (allowed.identifiers.empty()) reader.Fail();
  if (!reader.Finish("allowlist").ok()) return MalformedRow("allowlist");
  return allowed;
}

absl::Status Allowlist::CheckRoom(size_t more) const {
  size_t rows = 0;
  const auto scanned =
      store_.Scan(Column::kAllowed, {}, {}, [&rows](crypto::ByteView, crypto::ByteView) {
        ++rows;
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (rows + more <= kMaxAllowedIdentifiers) return absl::OkStatus();
  return absl::ResourceExhaustedError("the allowlist has at most " +
                                      std::to_string(kMaxAllowedIdentifiers) +
                                      " identifiers; remove an entry first");
}

absl::StatusOr<Allowed> Allowlist::AddOnce(const storage::Caller& caller, crypto::ByteView request,
                                           const std::vector<identity::Identifier>& identifiers,
                                           const std::string& because) {
  crypto::Writer arguments;
  WriteContent(arguments, identifiers);
  const RequestContent content = ContentOf(vault_, kAddKind, arguments);
  const auto earlier = FindEarlier(store_, request, kAddKind, AllowedId::kSize, content);
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value()) {
    const auto id = AllowedId::Create(**earlier);
    if (!id.ok()) return absl::DataLossError("a row of the request log is malformed");
    auto found = Find(*id);
    if (!found.ok()) return found.status();
    return found->has_value() ? absl::StatusOr<Allowed>(**std::move(found)) : NotListed();
  }
  const auto hit = Hit(identifiers);
  if (!hit.ok()) return hit.status();
  if (hit->has_value()) {
    return absl::AlreadyExistsError("entry " + (*hit)->id.hex() +
                                    " of the allowlist has one of these identifiers");
  }
  if (auto status = CheckRoom(identifiers.size()); !status.ok()) return status;
  Allowed allowed;
  allowed.id = entropy_.Public<AllowedId>();
  allowed.identifiers = identifiers;
  allowed.because = because;
  allowed.added_by = caller.actor;
  allowed.added_at = clock_.Now();
  storage::Batch batch;
  RecordRequest(batch, request, kAddKind, allowed.id.view(), content);
  for (const identity::Identifier& identifier : identifiers) {
    const crypto::Bytes key = KeyOf(vault_, identifier);
    batch.ExpectAbsent(Column::kAllowed, key);
    batch.Put(Column::kAllowed, key, vault_.Seal(Column::kAllowed, key, EncodeAllowed(allowed)));
  }
  storage::RecordAudit(
      batch, vault_, entropy_,
      {allowed.added_at.value, caller.actor, "allow.add", allowed.id.hex(), because});
  if (auto written = store_.Write(std::move(batch)); !written.ok()) return written;
  return allowed;
}

absl::StatusOr<Allowed> Allowlist::Add(const storage::Caller& caller,
                                       std::span<const identity::Identifier> identifiers,
                                       const std::string& because) {
  const auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  if (auto status = storage::CheckBecause(because); !status.ok()) return status;
  const std::set<identity::Identifier> distinct(identifiers.begin(), identifiers.end());
  if (distinct.empty() || distinct.size() > kMaxIdentifiersPerAllowed) {
    return absl::InvalidArgumentError("an entry of the allowlist has 1 to " +
                                      std::to_string(kMaxIdentifiersPerAllowed) +
                                      " identifiers of one buyer, like a phone number");
  }
  for (const identity::Identifier& identifier : distinct) {
    const auto why = warnings_.WhyRefused(identifier);
    if (!why.has_value()) continue;
    return absl::InvalidArgumentError("the " + std::string(identity::TypeName(identifier.type())) +
                                      " belongs to no one buyer: " + *why);
  }
  const std::vector<identity::Identifier> sorted(distinct.begin(), distinct.end());
  return Retry([&] { return AddOnce(caller, *request, sorted, because); });
}

absl::Status Allowlist::RemoveWhole(const storage::Caller& caller, crypto::ByteView request,
                                    const identity::Identifier& identifier,
                                    const RequestContent& content, const std::string& because) {
  const auto entry = Hit({&identifier, 1});
  if (!entry.ok()) return entry.status();
  if (!entry->has_value()) return NotListed();
  storage::Batch batch;
  const auto erased = EraseFrom(store_, vault_, {&identifier, 1}, batch);
  if (!erased.ok()) return erased.status();
  RecordRequest(batch, request, kRemoveKind, {}, content);
  storage::RecordAudit(
      batch, vault_, entropy_,
      {clock_.Now().value, caller.actor, "allow.remove", (*entry)->id.hex(), because});
  storage::AskForPurge(batch, request);
  return store_.Write(std::move(batch));
}

absl::Status Allowlist::RemoveNamed(const storage::Caller& caller, const Named& named,
                                    const std::string& because) {
  const auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  if (auto status = storage::CheckBecause(because); !status.ok()) return status;
  crypto::Writer arguments;
  const auto* identifier = std::get_if<identity::Identifier>(&named);
  if (identifier != nullptr) {
    WriteContent(arguments, {identifier, 1});
  } else {
    arguments.Raw(std::get<AllowedId>(named).view());
  }
  const RequestContent content = ContentOf(vault_, kRemoveKind, arguments);
  const auto removed = Retry([&]() -> absl::StatusOr<bool> {
    const auto earlier = FindEarlier(store_, *request, kRemoveKind, 0, content);
    if (!earlier.ok()) return earlier.status();
    if (earlier->has_value()) return true;
    std::optional<Allowed> entry;
    if (identifier == nullptr) {
      auto found = Find(std::get<AllowedId>(named));
      if (!found.ok()) return found.status();
      if (!found->has_value()) return NotListed();
      entry = **std::move(found);
    }
    const auto status =
        RemoveWhole(caller, *request, entry.has_value() ? entry->identifiers.front() : *identifier,
                    content, because);
    if (!status.ok()) return status;
    return true;
  });
  return removed.status();
}

absl::Status Allowlist::Remove(const storage::Caller& caller, const AllowedId& id,
                               const std::string& because) {
  return RemoveNamed(caller, id, because);
}

absl::Status Allowlist::Remove(const storage::Caller& caller,
                               const identity::Identifier& identifier, const std::string& because) {
  return RemoveNamed(caller, identifier, because);
}

absl::StatusOr<std::vector<Allowed>> Allowlist::List() const {
  std::map<AllowedId, Allowed> entries;
  absl::Status problem;
  const auto scanned =
      store_.Scan(Column::kAllowed, {}, {}, [&](crypto::ByteView key, crypto::ByteView sealed) {
        auto allowed = OpenAllowed(vault_, key, sealed);
        problem = allowed.status();
        if (allowed.ok()) entries.try_emplace(allowed->id, *std::move(allowed));
        return problem.ok();
      });
  if (!scanned.ok()) return scanned;
  if (!problem.ok()) return problem;
  std::vector<Allowed> list;
  for (auto& [id, allowed] : entries) list.push_back(std::move(allowed));
  std::sort(list.begin(), list.end(), ListedBefore);
  return list;
}

absl::StatusOr<std::optional<Allowed>> Allowlist::Find(const AllowedId& id) const {
  auto list = List();
  if (!list.ok()) return list.status();
  for (Allowed& allowed : *list) {
    if (allowed.id == id) return std::optional<Allowed>(std::move(allowed));
  }
  return std::optional<Allowed>();
}

absl::StatusOr<std::optional<Allowed>> Allowlist::Hit(
    std::span<const identity::Identifier> identifiers) const {
  std::vector<crypto::Bytes> keys;
  for (const identity::Identifier& identifier : identifiers) {
    keys.push_back(KeyOf(vault_, identifier));
  }
  const auto rows = store_.MultiGet(Column::kAllowed, keys);
  if (!rows.ok()) return rows.status();
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!(*rows)[i].has_value()) continue;
    auto allowed = OpenAllowed(vault_, keys[i], *(*rows)[i]);
    if (!allowed.ok()) return allowed.status();
    return std::optional<Allowed>(*std::move(allowed));
  }
  return std::optional<Allowed>();
}

absl::StatusOr<std::optional<Allowed>> Allowlist::Hit(std::span<const identity::Identifier> asked,
                                                      std::span<const Profile> customers) const {
  std::vector<identity::Identifier> all(asked.begin(), asked.end());
  for (const Profile& customer : customers) {
    all.insert(all.end(), customer.identifiers.begin(), customer.identifiers.end());
  }
  return Hit(all);
}

absl::StatusOr<uint64_t> Allowlist::EraseFrom(const storage::StoreReader& reader,
                                              const storage::Vault& vault,
                                              std::span<const identity::Identifier> identifiers,
                                              storage::Batch& batch) {
  std::set<crypto::Bytes> keys;
  for (const identity::Identifier& identifier : identifiers) keys.insert(KeyOf(vault, identifier));
  std::set<AllowedId> entries;
  std::set<crypto::Bytes> done;
  while (done.size() < keys.size()) {  // an entry's other identifiers join the keys
    std::set<crypto::Bytes> found;
    for (const crypto::Bytes& key : keys) {
      if (!done.insert(key).second) continue;
      auto row = reader.Get(Column::kAllowed, key);
      if (!row.ok()) return row.status();
      if (!row->has_value()) {
        batch.ExpectAbsent(Column::kAllowed, key);
        continue;
      }
      const auto allowed = OpenAllowed(vault, key, **row);
      if (!allowed.ok()) return allowed.status();
      entries.insert(allowed->id);
      for (const identity::Identifier& other : allowed->identifiers) {
        found.insert(KeyOf(vault, other));
      }
      batch.ExpectValue(Column::kAllowed, key, **std::move(row));
      batch.Delete(Column::kAllowed, key);
    }
    keys.insert(found.begin(), found.end());
  }
  return entries.size();
}

}  // namespace daftar::book
