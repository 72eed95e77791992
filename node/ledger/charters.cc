#include "node/ledger/charters.h"

#include <algorithm>
#include <utility>

#include "node/evidence/body.h"
#include "storage/audit.h"
#include "storage/log_store.h"
#include "storage/requests.h"

namespace daftar::ledger {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using crypto::Reader;
using crypto::Writer;
using evidence::Charter;
using storage::Column;

constexpr uint8_t kVersion = 1;
constexpr std::string_view kPrefix = "charter/";
constexpr std::string_view kRequestKind = "charter.adopt";

Bytes RowKey(size_t number) {
  return Writer().Raw(crypto::AsBytes(kPrefix)).U32(static_cast<uint32_t>(number)).Take();
}

Bytes EncodeRow(const Adoption& adoption) {
  Writer writer;
  writer.U8(kVersion).U64(static_cast<uint64_t>(adoption.at.value));
  writer.U8(adoption.submission.has_value() ? 1 : 0);
  writer.Raw(adoption.submission.value_or(SubmissionId()).view());
  return writer.Raw(crypto::AsBytes(adoption.charter->source)).Take();
}

absl::StatusOr<Adoption> DecodeRow(ByteView row) {
  Reader reader(row);
  Adoption adoption;
  if (reader.U8() != kVersion) reader.Fail();
  adoption.at.value = static_cast<int64_t>(reader.U64());
  const bool submitted = reader.U8() == 1;
  const SubmissionId id = reader.Take<SubmissionId>();
  if (submitted) adoption.submission = id;
  const ByteView file = reader.Raw(reader.remaining());
  if (!reader.ok()) {
    return absl::DataLossError("a row of the adopted charters is malformed; restore a backup");
  }
  auto charter = Charter::Parse(std::string(crypto::AsText(file)));
  if (!charter.ok()) {
    return absl::FailedPreconditionError(
        "a charter that this node has adopted cannot be read by this version of Daftar (" +
        std::string(charter.status().message()) + "); run the version that adopted it");
  }
  adoption.charter = std::make_shared<const Charter>(*std::move(charter));
  return adoption;
}

absl::StatusOr<uint64_t> FirstEntry(const storage::Store& store) {
  auto leaf = storage::LogStore(store).ReadLeaf(storage::kOwnLog, 0);
  if (absl::IsNotFound(leaf.status())) return kFirstCharterIndex;
  if (!leaf.ok()) return leaf.status();
  const auto first = evidence::SignedHeader::DecodeLeaf(*leaf);
  const bool adopts = first.ok() && first->header.kind == evidence::EntryKind::kAdoption;
  return adopts ? kAdoptedCharterIndex : kFirstCharterIndex;
}

// The one that Bootstrap wrote; none: the log is new, or the database in trouble.
absl::StatusOr<std::optional<evidence::CharterHash>> FirstStated(const storage::Store& store,
                                                                 uint64_t entry) {
  auto body = store.Get(Column::kLogBodies,
                        storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), entry));
  if (!body.ok()) return body.status();
  if (!body->has_value()) return std::nullopt;
  auto stated = evidence::CharterBody::Decode(**body);
  if (!stated.ok()) return absl::DataLossError("the log's CHARTER entry does not decode");
  return stated->charter;
}

// Partners count this log's reports under the charter that it states. Another file in its place
// would ask for other proof than they believe.
absl::Status WrongFile(const evidence::CharterHash& file, const evidence::CharterHash& in_force) {
  return absl::FailedPreconditionError(
      "charter.toml is no charter that this node's log states: the file's SHA-256 is " +
      file.hex() + ", the log says " + in_force.hex() +
      ". Put the file back as it was (any partner has the same bytes); to change the charter, keep "
      "the new file elsewhere, start the node, and run `daftar charter adopt FILE --because TEXT`");
}

}  // namespace

absl::StatusOr<std::unique_ptr<AdoptedCharters>> AdoptedCharters::Open(storage::Store& store,
                                                                       const storage::Vault& vault,
                                                                       const evidence::Clock& clock,
                                                                       crypto::Entropy& entropy,
                                                                       Charter first) {
  std::unique_ptr<AdoptedCharters> charters(new AdoptedCharters(store, vault, clock, entropy));
  const evidence::CharterHash file = first.hash;
  {
    storage::MutexLock lock(charters->mutex_);
    auto entry = FirstEntry(store);
    absl::Status status = entry.ok() ? charters->Load() : entry.status();
    if (entry.ok()) charters->first_entry_ = *entry;
    if (status.ok() && charters->adoptions_.empty()) status = charters->TakeFirst(std::move(first));
    if (status.ok()) status = charters->Settle();
    if (!status.ok()) return status;
  }
  if (charters->Find(file) == nullptr) return WrongFile(file, charters->InForce()->hash);
  return charters;
}

absl::Status AdoptedCharters::Load() {
  absl::Status failed;
  std::vector<Adoption> adoptions;
  const ByteView prefix = crypto::AsBytes(kPrefix);
  const absl::Status scanned =
      store_.Scan(Column::kMeta, prefix, prefix, [&](ByteView, ByteView value) {
        auto adoption = DecodeRow(value);
        failed = adoption.status();
        if (adoption.ok()) adoptions.push_back(*std::move(adoption));
        return failed.ok();
      });
  adoptions_ = std::move(adoptions);
  return scanned.ok() ? failed : scanned;
}

absl::Status AdoptedCharters::TakeFirst(Charter first) {
  const auto stated = FirstStated(store_, first_entry_);
  if (!stated.ok()) return stated.status();
  if (stated->has_value() && **stated != first.hash) return WrongFile(first.hash, **stated);
  Adoption adoption;
  adoption.charter = std::make_shared<const Charter>(std::move(first));
  adoption.at = clock_.Now();
  storage::Batch batch;
  batch.Put(Column::kMeta, RowKey(0), EncodeRow(adoption));
  if (absl::Status written = store_.Write(std::move(batch)); !written.ok()) return written;
  adoptions_.push_back(std::move(adoption));
  return absl::OkStatus();
}

absl::Status AdoptedCharters::Settle() const {
  // Those of a log before this one come first.
  while (Waits() && !adoptions_[in_force_ + 1].submission.has_value()) ++in_force_;
  if (!adoptions_[in_force_].submission.has_value()) adoptions_[in_force_].entry = first_entry_;
  while (Waits()) {
    Adoption& next = adoptions_[in_force_ + 1];
    const auto published = FindPublication(store_, *next.submission);
    if (!published.ok()) return published.status();
    if (!published->has_value()) return absl::OkStatus();
    next.entry = (*published)->index;
    ++in_force_;
  }
  return absl::OkStatus();
}

std::shared_ptr<const Charter> AdoptedCharters::InForce() const {
  storage::MutexLock lock(mutex_);
  (void)Settle();
  return adoptions_[in_force_].charter;
}

std::shared_ptr<const Charter> AdoptedCharters::Find(const evidence::CharterHash& hash) const {
  storage::MutexLock lock(mutex_);
  for (const Adoption& adoption : adoptions_) {
    if (adoption.charter->hash == hash) return adoption.charter;
  }
  return nullptr;
}

Adoption AdoptedCharters::View(size_t number) const {
  Adoption view = adoptions_[number];
  view.in_force = number == in_force_;
  return view;
}

std::vector<Adoption> AdoptedCharters::List() const {
  storage::MutexLock lock(mutex_);
  (void)Settle();
  std::vector<Adoption> views;
  for (size_t number = adoptions_.size(); number > 0; --number) views.push_back(View(number - 1));
  return views;
}

absl::Status AdoptedCharters::CheckAdoptable(const Charter& charter) const {
  const Charter& in_force = *adoptions_[in_force_].charter;
  if (charter.circle != in_force.circle) {
    return absl::FailedPreconditionError(
        "the charter is of the circle " + charter.circle.hex() + ", this node is in " +
        in_force.circle.hex() +
        "; a node stays in its circle, and another circle needs a node of "
        "its own (daftar init)");
  }
  if (Waits()) {
    return absl::FailedPreconditionError(
        "another charter, " + adoptions_.back().charter->hash.hex() +
        ", waits for the next tick; try again after it (daftar charter show)");
  }
  if (charter.hash == in_force.hash) {
    return absl::AlreadyExistsError("this charter is in force already: " + charter.hash.hex());
  }
  if (adoptions_.size() >= kMaxAdoptions) {
    return absl::ResourceExhaustedError("this node has adopted " + std::to_string(kMaxAdoptions) +
                                        " charters, which is all that it keeps");
  }
  return absl::OkStatus();
}

absl::StatusOr<Adoption> AdoptedCharters::Adopt(const storage::Caller& caller, std::string toml,
                                                const std::string& because) {
  if (absl::Status status = storage::CheckBecause(because); !status.ok()) return status;
  auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  auto charter = Charter::Parse(std::move(toml));
  if (!charter.ok()) return charter.status();
  storage::MutexLock lock(mutex_);
  if (absl::Status settled = Settle(); !settled.ok()) return settled;
  auto made = storage::RequestLog::Find(store_, *request, kRequestKind);
  if (!made.ok()) return made.status();
  if (made->has_value()) {
    const size_t number = Reader(**made).U32();
    if (number < adoptions_.size()) return View(number);
    return absl::DataLossError("a request's row names a charter that was not adopted");
  }
  if (absl::Status status = CheckAdoptable(*charter); !status.ok()) return status;
  const evidence::UnixMillis now = clock_.Now();
  Submission submission;
  submission.id = entropy_.Public<SubmissionId>();
  submission.not_before = now.seconds();
  submission.kind = evidence::EntryKind::kCharter;
  submission.body =
      evidence::CharterBody{entropy_.Public<evidence::Salt>(), charter->hash}.Encode();
  submission.commitment = evidence::CommitTo(submission.body);
  Adoption adoption;
  adoption.charter = std::make_shared<const Charter>(*std::move(charter));
  adoption.at = now;
  adoption.submission = submission.id;
  const size_t number = adoptions_.size();
  storage::Batch batch;
  batch.ExpectAbsent(Column::kMeta, RowKey(number));
  batch.Put(Column::kMeta, RowKey(number), EncodeRow(adoption));
  batch.Put(Column::kSubmissions, submission.Key(), submission.Encode());
  storage::RequestLog::Record(batch, *request, kRequestKind,
                              Writer().U32(static_cast<uint32_t>(number)).Take());
  storage::RecordAudit(
      batch, vault_, entropy_,
      {now.value, caller.actor, std::string(kRequestKind), adoption.charter->hash.hex(), because});
  if (absl::Status written = store_.Write(std::move(batch)); !written.ok()) return written;
  adoptions_.push_back(std::move(adoption));
  return View(number);
}

absl::Status AdoptedCharters::LeaveLog() {
  storage::MutexLock lock(mutex_);
  if (absl::Status settled = Settle(); !settled.ok()) return settled;
  storage::Batch batch;
  for (size_t number = 1; number <= in_force_; ++number) {
    Adoption left = adoptions_[number];
    if (!left.submission.has_value()) continue;
    left.submission.reset();
    batch.Put(Column::kMeta, RowKey(number), EncodeRow(left));
  }
  if (batch.empty()) return absl::OkStatus();
  if (absl::Status written = store_.Write(std::move(batch)); !written.ok()) return written;
  for (size_t number = 0; number <= in_force_; ++number) {
    adoptions_[number].submission.reset();
    if (number < in_force_) adoptions_[number].entry.reset();
  }
  return absl::OkStatus();
}

}  // namespace daftar::ledger
