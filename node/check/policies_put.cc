// Putting a policy in force from within the node: its file first, which a restart reads, then the
// database.
#include <filesystem>
#include <system_error>

#include "node/check/policies.h"
#include "storage/audit.h"
#include "storage/files.h"
#include "storage/requests.h"

namespace daftar::check {
namespace {

constexpr std::string_view kPutKind = "policy.put";
constexpr mode_t kOwnerReadsAndWrites = 0600;

// As the file that is there has it; who runs the node may have let others read it.
mode_t ModeOf(const std::filesystem::path& file) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  if (error || !std::filesystem::is_regular_file(status)) return kOwnerReadsAndWrites;
  return static_cast<mode_t>(status.permissions() & std::filesystem::perms::all) |
         kOwnerReadsAndWrites;
}

}  // namespace

absl::Status Policies::MayPut(const std::optional<crypto::Digest>& instead_of) const {
  if (!instead_of.has_value()) return absl::OkStatus();
  if (in_force_->Hash() != *instead_of) {
    return absl::FailedPreconditionError("another policy has come into force meanwhile, " +
                                         in_force_->Hash().hex() +
                                         "; look at that one, and write yours anew from it");
  }
  if (StampOfFile() != taken_) {
    return absl::FailedPreconditionError(
        "policy.toml was changed by hand just now and is not in force yet; wait a few seconds, "
        "look at the policy again, and write yours anew from it");
  }
  return absl::OkStatus();
}

absl::StatusOr<PolicyVersion> Policies::NewestOf(const crypto::Digest& hash) const {
  auto versions = Versions();
  if (!versions.ok()) return versions.status();
  for (const PolicyVersion& version : *versions) {
    if (version.hash == hash) return version;
  }
  return absl::NotFoundError("the policy " + hash.hex() + " was never in force here");
}

absl::StatusOr<PolicyVersion> Policies::Put(const storage::Caller& caller, NewPolicy put,
                                            const storage::Vault& vault, crypto::Entropy& entropy) {
  if (file_.empty()) {
    return absl::FailedPreconditionError(
        "this node keeps its policy in no file, so that none can be put in force; start it from a "
        "directory (`daftard --dir DIR`)");
  }
  if (absl::Status status = storage::CheckBecause(put.because); !status.ok()) return status;
  auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  const crypto::Digest hash = put.policy.Hash();
  storage::MutexLock lock(mutex_);
  auto earlier = storage::RequestLog::Find(store_, *request, kPutKind);
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value()) {
    if (**earlier == crypto::ToBytes(hash.view())) return NewestOf(hash);
    return absl::FailedPreconditionError(
        "this request_id was used for another policy; use a new one for each request");
  }
  if (absl::Status may = MayPut(put.instead_of); !may.ok()) return may;

  const crypto::Digest before = in_force_->Hash();
  const auto old_file = storage::ReadFile(file_, decision::kMaxPolicyBytes);
  const mode_t mode = ModeOf(file_);
  absl::Status written = storage::AtomicWriteFile(file_, crypto::AsBytes(put.toml), mode);
  if (!written.ok()) return written;
  storage::Batch batch;
  storage::RequestLog::Record(batch, *request, kPutKind, hash.view());
  storage::RecordAudit(
      batch, vault, entropy,
      {clock_.Now().value, caller.actor, std::string(kPutKind), hash.hex(), put.because});
  written = PutInForce(std::move(put.policy), std::move(batch));
  if (!written.ok()) {
    // What could not be put in force must not come so by itself at the next start.
    absl::Status undone = absl::OkStatus();
    if (old_file.ok()) undone = storage::AtomicWriteFile(file_, *old_file, mode);
    std::error_code error;
    if (absl::IsNotFound(old_file.status())) std::filesystem::remove(file_, error);
    seen_ = taken_ = StampOfFile();
    if (undone.ok() && !error) return written;
    return absl::Status(written.code(), std::string(written.message()) +
                                            "; policy.toml holds the new policy all the same, and "
                                            "a restart will put it in force");
  }
  from_file_ = true;
  problem_.clear();
  seen_ = taken_ = StampOfFile();
  AddNews(before, problem_);
  return PolicyVersion{hash, since_};
}

}  // namespace daftar::check
