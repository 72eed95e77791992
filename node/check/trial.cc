#include "node/check/trial.h"

#include <algorithm>
#include <map>
#include <utility>

#include "storage/audit.h"
#include "storage/requests.h"

namespace daftar::check {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using crypto::Reader;
using crypto::Writer;
using storage::Column;

constexpr uint8_t kVersion = 1;
constexpr std::string_view kTrialKey = "trial";
constexpr std::string_view kTrialKind = "policy.trial";

Bytes Encode(const TrialPolicy& trial) {
  return Writer()
      .U8(kVersion)
      .Raw(trial.hash.view())
      .U64(static_cast<uint64_t>(trial.since.value))
      .U64(trial.first_receipt)
      .Raw(trial.policy.Encode())
      .Take();
}

absl::Status Malformed() {
  return absl::DataLossError(
      "the row of the policy on trial is malformed; run `daftar doctor` and restore a backup");
}

// Null: another program made the policy.
absl::StatusOr<std::shared_ptr<const TrialPolicy>> Decode(ByteView row) {
  Reader reader(row);
  if (reader.U8() != kVersion) reader.Fail();
  auto trial = std::make_shared<TrialPolicy>();
  trial->hash = reader.Take<crypto::Digest>();
  trial->since.value = static_cast<int64_t>(reader.U64());
  trial->first_receipt = reader.U64();
  const ByteView encoded = reader.Raw(reader.remaining());
  if (!reader.ok() || crypto::Sha256(encoded) != trial->hash) return Malformed();
  auto policy = decision::Policy::Decode(encoded);
  if (!policy.ok()) return std::shared_ptr<const TrialPolicy>();
  trial->policy = *std::move(policy);
  return std::shared_ptr<const TrialPolicy>(std::move(trial));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Trial>> Trial::Open(storage::Store& store,
                                                   const storage::Vault& vault,
                                                   const evidence::Clock& clock,
                                                   crypto::Entropy& entropy,
                                                   const ReceiptLog& receipts) {
  std::unique_ptr<Trial> trial(new Trial(store, vault, clock, entropy, receipts));
  const auto row = store.Get(Column::kPolicies, crypto::AsBytes(kTrialKey));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return trial;
  auto decoded = Decode(**row);
  if (!decoded.ok()) return decoded.status();
  storage::MutexLock lock(trial->mutex_);
  trial->current_ = *std::move(decoded);
  return trial;
}

std::shared_ptr<const TrialPolicy> Trial::Current() const {
  storage::MutexLock lock(mutex_);
  return current_;
}

absl::StatusOr<bool> Trial::Repeats(ByteView request, ByteView object) const {
  auto earlier = storage::RequestLog::Find(store_, request, kTrialKind);
  if (!earlier.ok()) return earlier.status();
  if (!earlier->has_value()) return false;
  if (**earlier == crypto::ToBytes(object)) return true;
  return absl::FailedPreconditionError(
      "this request_id was used for another policy's trial; use a new one for each request");
}

absl::Status Trial::Write(const storage::Caller& caller, Bytes request,
                          std::shared_ptr<const TrialPolicy> next, const std::string& because) {
  const crypto::ByteView object = next == nullptr ? ByteView() : next->hash.view();
  storage::Batch batch;
  if (next == nullptr) {
    batch.Delete(Column::kPolicies, crypto::ToBytes(kTrialKey));
  } else {
    batch.Put(Column::kPolicies, crypto::ToBytes(kTrialKey), Encode(*next));
  }
  const auto before = Current();
  const crypto::Digest hash = next != nullptr     ? next->hash
                              : before != nullptr ? before->hash
                                                  : crypto::Digest();
  const bool names_one = next != nullptr || before != nullptr;
  storage::RequestLog::Record(batch, std::move(request), kTrialKind, object);
  storage::RecordAudit(batch, vault_, entropy_,
                       {clock_.Now().value, caller.actor,
                        next == nullptr ? "policy.trial-end" : std::string(kTrialKind),
                        names_one ? hash.hex() : "", because});
  if (absl::Status written = store_.Write(std::move(batch)); !written.ok()) return written;
  storage::MutexLock lock(mutex_);
  current_ = std::move(next);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const TrialPolicy>> Trial::Begin(const storage::Caller& caller,
                                                                const decision::Policy& policy,
                                                                const std::string& because) {
  if (absl::Status status = storage::CheckBecause(because); !status.ok()) return status;
  auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  auto next = std::make_shared<TrialPolicy>();
  next->hash = policy.Hash();
  next->policy = policy;
  storage::MutexLock lock(writing_);
  auto repeats = Repeats(*request, next->hash.view());
  if (!repeats.ok()) return repeats.status();
  const auto current = Current();
  if (*repeats) return current;
  if (current != nullptr && current->hash == next->hash) {
    // So that a repetition which comes when the trial has ended does not begin it anew.
    storage::Batch batch;
    storage::RequestLog::Record(batch, *std::move(request), kTrialKind, next->hash.view());
    if (absl::Status written = store_.Write(std::move(batch)); !written.ok()) return written;
    return current;
  }
  next->since = clock_.Now();
  next->first_receipt = receipts_.Head().size;
  absl::Status written = Write(caller, *std::move(request), next, because);
  if (!written.ok()) return written;
  return std::shared_ptr<const TrialPolicy>(std::move(next));
}

absl::Status Trial::End(const storage::Caller& caller, const std::string& because) {
  if (absl::Status status = storage::CheckBecause(because); !status.ok()) return status;
  auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  storage::MutexLock lock(writing_);
  auto repeats = Repeats(*request, {});
  if (!repeats.ok()) return repeats.status();
  if (*repeats) return absl::OkStatus();
  return Write(caller, *std::move(request), nullptr, because);
}

absl::StatusOr<std::vector<TrialRow>> ReportTrial(const TrialPolicy& trial,
                                                  const ReceiptLog& receipts,
                                                  const Outcomes& outcomes,
                                                  const std::function<bool()>& stopped) {
  const auto view = receipts.View();
  if (!view.ok()) return view.status();
  const uint64_t size = view->size();
  ReceiptSpan span;
  span.first = trial.first_receipt;
  if (size > kMaxTrialReceipts) span.first = std::max(span.first, size - kMaxTrialReceipts);
  using Effects = std::pair<decision::Effect, std::optional<decision::Effect>>;
  std::map<Effects, TrialRow> rows;
  absl::Status failed;
  const auto visit = [&](const StoredReceipt& receipt) {
    const std::optional<TrialEffect>& tried = receipt.record.trial;
    // Another's, or none yet: the check was under way when this trial began.
    if (tried.has_value() && tried->policy != trial.hash) return true;
    if (!tried.has_value() && receipt.record.body.time < trial.since) return true;
    const auto followed = outcomes.Of(receipt.id);
    failed = followed.status();
    if (!followed.ok()) return false;
    Effects effects{receipt.record.body.verdict.effect, std::nullopt};
    if (tried.has_value()) effects.second = tried->effect;
    TrialRow& row = rows[effects];
    row.answered = effects.first;
    row.trial = effects.second;
    ++row.checks;
    if (followed->has_value()) row.Add((*followed)->outcome);
    return true;
  };
  const auto scanned = view->ReadNewestFirst(span, visit, stopped);
  if (!failed.ok()) return failed;
  if (!scanned.ok()) return scanned.status();
  std::vector<TrialRow> all;
  all.reserve(rows.size());
  for (const auto& [key, row] : rows) all.push_back(row);
  return all;
}

}  // namespace daftar::check
