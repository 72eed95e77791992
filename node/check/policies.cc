#include "node/check/policies.h"

#include <algorithm>
#include <system_error>

#include "storage/files.h"

namespace daftar::check {
namespace {

using crypto::Bytes;
using crypto::Reader;
using crypto::Writer;
using storage::Column;

constexpr uint8_t kVersion = 1;
constexpr std::string_view kInForceKey = "in-force";

absl::Status Malformed() {
  return absl::DataLossError(
      "a row of the policy versions is malformed; run `daftar doctor` and restore a backup");
}

struct VersionRow {
  evidence::UnixMillis since;
  crypto::ByteView encoded;
};

absl::StatusOr<VersionRow> DecodeRow(crypto::ByteView row) {
  Reader reader(row);
  if (reader.U8() != kVersion) reader.Fail();
  VersionRow version;
  version.since.value = static_cast<int64_t>(reader.U64());
  version.encoded = reader.Raw(reader.remaining());
  if (!reader.ok()) return Malformed();
  return version;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Policies>> Policies::Open(storage::Store& store,
                                                         const evidence::Clock& clock,
                                                         std::filesystem::path file) {
  std::unique_ptr<Policies> policies(new Policies(store, clock, std::move(file)));
  storage::MutexLock lock(policies->mutex_);
  decision::Policy last = decision::DefaultPolicy();
  const auto row = store.Get(Column::kPolicies, crypto::AsBytes(kInForceKey));
  if (!row.ok()) return row.status();
  if (row->has_value()) {
    Reader reader(**row);
    if (reader.U8() != kVersion) reader.Fail();
    const auto hash = reader.Take<crypto::Digest>();
    if (!reader.Finish("policy in force").ok()) return Malformed();
    auto stored = policies->ByHash(hash);
    if (!stored.ok()) return stored.status();
    last = *std::move(stored);
  }
  // What was in force stays so until the file is read, and beyond when it cannot be.
  if (absl::Status put = policies->PutInForce(std::move(last)); !put.ok()) return put;
  policies->seen_ = policies->StampOfFile();
  policies->Take();
  return policies;
}

std::shared_ptr<const decision::Policy> Policies::InForce() const {
  storage::MutexLock lock(mutex_);
  return in_force_;
}

std::string Policies::problem() const {
  storage::MutexLock lock(mutex_);
  return problem_;
}

std::optional<Policies::Stamp> Policies::StampOfFile() const {
  if (file_.empty()) return std::nullopt;
  std::error_code error;
  Stamp stamp;
  stamp.time = std::filesystem::last_write_time(file_, error);
  if (error) return std::nullopt;
  stamp.size = std::filesystem::file_size(file_, error);
  if (error) stamp.size = 0;  // a folder: reading it says so
  return stamp;
}

absl::StatusOr<decision::Policy> Policies::Read() const {
  auto bytes = storage::ReadFile(file_, decision::kMaxPolicyBytes);
  if (absl::IsNotFound(bytes.status())) return decision::DefaultPolicy();
  if (!bytes.ok()) return bytes.status();
  return decision::Policy::Parse(crypto::AsText(*bytes));
}

void Policies::Look() {
  if (file_.empty()) return;
  const std::optional<Stamp> stamp = StampOfFile();
  storage::MutexLock lock(mutex_);
  const bool settled = stamp == seen_;
  seen_ = stamp;
  if (settled && stamp != taken_) Take();
}

void Policies::Take() {
  taken_ = seen_;
  if (file_.empty()) return;
  auto policy = Read();
  absl::Status status = policy.status();
  if (status.ok()) status = PutInForce(*std::move(policy));
  problem_ = status.ok() ? ""
                         : "policy.toml is not in force: " + std::string(status.message()) +
                               " (the policy before it still is; `daftar policy check` tells more)";
}

absl::Status Policies::PutInForce(decision::Policy policy) {
  const crypto::Digest hash = policy.Hash();
  if (in_force_ != nullptr && in_force_->Hash() == hash) return absl::OkStatus();
  const Bytes key = crypto::ToBytes(hash.view());
  auto known = store_.Get(Column::kPolicies, key);
  if (!known.ok()) return known.status();
  storage::Batch batch;
  if (!known->has_value()) {
    batch.Put(Column::kPolicies, key,
              Writer()
                  .U8(kVersion)
                  .U64(static_cast<uint64_t>(clock_.Now().value))
                  .Raw(policy.Encode())
                  .Take());
  }
  batch.Put(Column::kPolicies, crypto::ToBytes(kInForceKey),
            Writer().U8(kVersion).Raw(hash.view()).Take());
  if (absl::Status written = store_.Write(std::move(batch)); !written.ok()) return written;
  in_force_ = std::make_shared<const decision::Policy>(std::move(policy));
  return absl::OkStatus();
}

absl::StatusOr<decision::Policy> Policies::ByHash(const crypto::Digest& hash) const {
  auto row = store_.Get(Column::kPolicies, hash.view());
  if (!row.ok()) return row.status();
  if (!row->has_value()) {
    return absl::NotFoundError(
        "no policy with the hash " + hash.hex() +
        " was ever in force here; `daftar policy show` lists those that were");
  }
  const auto version = DecodeRow(**row);
  if (!version.ok()) return version.status();
  auto policy = decision::Policy::Decode(version->encoded);
  if (!policy.ok() || policy->Hash() != hash) return Malformed();
  return policy;
}

absl::StatusOr<std::vector<PolicyVersion>> Policies::Versions() const {
  std::vector<PolicyVersion> versions;
  absl::Status malformed;
  const auto scanned =
      store_.Scan(Column::kPolicies, {}, {}, [&](crypto::ByteView key, crypto::ByteView value) {
        const auto hash = crypto::Digest::Create(key);
        if (!hash.ok()) return true;  // "in-force"
        const auto version = DecodeRow(value);
        malformed = version.status();
        if (!version.ok()) return false;
        versions.push_back({*hash, version->since});
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (!malformed.ok()) return malformed;
  std::sort(versions.begin(), versions.end(), [](const PolicyVersion& a, const PolicyVersion& b) {
    return a.since.value != b.since.value ? a.since.value > b.since.value : a.hash < b.hash;
  });
  return versions;
}

}  // namespace daftar::check
