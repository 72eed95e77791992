// What a mirror keeps, how its rows are written, and what readers see of it.
#include <algorithm>
#include <limits>

#include "node/partners/mirror.h"
#include "storage/audit.h"
#include "storage/requests.h"

namespace daftar::partners {
namespace {

using crypto::Bytes;
using crypto::Reader;
using crypto::Writer;
using storage::Batch;
using storage::Column;

constexpr uint8_t kVersion = 4;
constexpr uint8_t kVersionBeforeConduct = 3;
// Rows of version 1 are read too, which lack relays and files.
constexpr uint8_t kFaultsVersion = 2;
// Who the record names for what the node does by itself.
constexpr std::string_view kNodeItself = "node";
constexpr std::string_view kReleaseKind = "partner-release";

void WriteHead(Writer& writer, const crypto::Checkpoint& head, const std::string& note) {
  writer.U64(head.size).Raw(head.root.view()).Prefixed32(crypto::AsBytes(note));
}

// A row may lack reasons that were added later.
VoidEntries ReadVoids(Reader& reader) {
  VoidEntries voids;
  const uint8_t reasons = reader.U8();
  if (reasons > kVoidReasons) reader.Fail();
  for (size_t i = 0; i < reasons && reader.ok(); ++i) {
    voids.by_reason[i].entries = reader.U64();
    voids.by_reason[i].newest = reader.U64();
  }
  return voids;
}

Quarantine ReadQuarantine(Reader& reader) {
  Quarantine quarantine;
  const uint8_t suspicion = reader.U8();
  if (suspicion < static_cast<uint8_t>(Suspicion::kFlood) ||
      suspicion > static_cast<uint8_t>(Suspicion::kWithdrawn)) {
    reader.Fail();
  }
  quarantine.suspicion = static_cast<Suspicion>(suspicion);
  quarantine.since = static_cast<int64_t>(reader.U64());
  quarantine.seen = reader.U64();
  quarantine.of = reader.U64();
  return quarantine;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Mirror>> Mirror::Open(storage::Store& store,
                                                     const evidence::Clock& clock, Partner partner,
                                                     std::shared_ptr<CosignerKeys> cosigners) {
  std::unique_ptr<Mirror> mirror(
      new Mirror(store, clock, std::move(partner), std::move(cosigners)));
  if (absl::Status status = mirror->Load(); !status.ok()) return status;
  return mirror;
}

// 'm': the state; 'n': faults; '1' and '2': two notes that contradict each other.
Bytes Mirror::Key(char row) const {
  return Writer().U32(static_cast<uint32_t>(partner_.log)).U8(static_cast<uint8_t>(row)).Take();
}

Bytes Mirror::TokenKey(storage::LogNumber log, uint32_t epoch, const evidence::Token& token) {
  return Writer().U32(static_cast<uint32_t>(log)).U32(epoch).Raw(token.view()).Take();
}

absl::StatusOr<std::vector<uint64_t>> Mirror::DecodeTokenRow(crypto::ByteView row) {
  Reader reader(row);
  std::vector<uint64_t> reports;
  while (reader.ok() && reader.remaining() > 0) reports.push_back(reader.U64());
  if (!reader.Finish("token row").ok() || reports.size() > kMaxReportsPerToken) {
    return absl::DataLossError("a token's row is malformed");
  }
  return reports;
}

Bytes Mirror::EncodeState(const State& state) {
  Writer writer;
  writer.U8(kVersion);
  writer.U8(state.covered.has_value() ? 1 : 0);
  if (state.covered.has_value()) {
    WriteHead(writer, state.covered->checkpoint, state.covered->note);
  }
  writer.U8(static_cast<uint8_t>(state.pending.size()));
  for (const SeenHead& head : state.pending) WriteHead(writer, head.checkpoint, head.note);
  writer.U64(static_cast<uint64_t>(state.head_time));
  writer.U64(static_cast<uint64_t>(state.last_issued_at)).U64(state.reports).U64(state.gaps);
  writer.U8(state.forked ? 1 : 0);
  writer.U64(static_cast<uint64_t>(state.current_at));
  state.conduct.Encode(writer);
  writer.U8(static_cast<uint8_t>(kVoidReasons));
  for (const VoidEntries::Tally& tally : state.voids.by_reason) {
    writer.U64(tally.entries).U64(tally.newest);
  }
  writer.U8(state.quarantine.has_value() ? 1 : 0);
  if (state.quarantine.has_value()) {
    writer.U8(static_cast<uint8_t>(state.quarantine->suspicion));
    writer.U64(static_cast<uint64_t>(state.quarantine->since));
    writer.U64(state.quarantine->seen).U64(state.quarantine->of);
  }
  writer.U16(static_cast<uint16_t>(state.keys.size()));
  for (const KeysEntry& keys : state.keys) {
    writer.U64(keys.index).Prefixed16(keys.keys.Encode());
  }
  writer.U16(static_cast<uint16_t>(state.charters.size()));
  for (const CharterEntry& charter : state.charters) {
    writer.U64(charter.index).Raw(charter.charter.view());
  }
  return writer.Take();
}

absl::Status Mirror::DecodeState(crypto::ByteView bytes, State& state) {
  Reader reader(bytes);
  const uint8_t version = reader.U8();
  if (version != kVersion && version != kVersionBeforeConduct) reader.Fail();
  const auto read_head = [&reader] {
    SeenHead head;
    head.checkpoint.size = reader.U64();
    head.checkpoint.root = reader.Take<crypto::Digest>();
    head.note = reader.Text32();
    return head;
  };
  if (reader.U8() != 0) state.covered = read_head();
  const uint8_t pending = reader.U8();
  for (int i = 0; i < pending && reader.ok(); ++i) state.pending.push_back(read_head());
  state.head_time = static_cast<int64_t>(reader.U64());
  state.last_issued_at = static_cast<int64_t>(reader.U64());
  state.reports = reader.U64();
  state.gaps = reader.U64();
  state.forked = reader.U8() != 0;
  if (version == kVersionBeforeConduct) {
    state.conduct.recent = static_cast<uint32_t>(std::min<uint64_t>(state.reports, kRecentReports));
  } else {
    state.current_at = static_cast<int64_t>(reader.U64());
    state.conduct = Conduct::Decode(reader);
    state.voids = ReadVoids(reader);
    if (reader.U8() != 0) state.quarantine = ReadQuarantine(reader);
  }
  const uint16_t keys = reader.U16();
  for (int i = 0; i < keys && reader.ok(); ++i) {
    KeysEntry entry;
    entry.index = reader.U64();
    auto body = evidence::KeysBody::Decode(reader.Prefixed16());
    if (!body.ok()) {
      reader.Fail();
      break;
    }
    entry.keys = *std::move(body);
    state.keys.push_back(entry);
  }
  const uint16_t charters = reader.U16();
  for (int i = 0; i < charters && reader.ok(); ++i) {
    CharterEntry entry;
    entry.index = reader.U64();
    entry.charter = reader.Take<evidence::CharterHash>();
    state.charters.push_back(entry);
  }
  if (!reader.Finish("mirror row").ok()) {
    return absl::DataLossError("the state row of a partner's copied log is malformed");
  }
  return absl::OkStatus();
}

absl::Status Mirror::Load() {
  storage::MutexLock applying(applying_);
  auto cosignatures = Cosignatures::Open(store_, partner_.log);
  if (!cosignatures.ok()) return cosignatures.status();
  cosignatures_ = *std::move(cosignatures);
  auto tree = log_.Load(partner_.log);
  if (!tree.ok()) return tree.status();
  auto row = store_.Get(Column::kLogHeads, Key('m'));
  if (!row.ok()) return row.status();
  if (row->has_value()) {
    if (absl::Status status = DecodeState(**row, state_); !status.ok()) return status;
    if (state_.covered.has_value()) state_.covered->checkpoint.origin = partner_.origin;
    for (SeenHead& head : state_.pending) head.checkpoint.origin = partner_.origin;
    state_.head_time = std::min(state_.head_time, clock_.Now().seconds());
  }
  state_.tree = *std::move(tree);
  auto told = store_.Get(Column::kLogHeads, Key('4'));
  if (!told.ok()) return told.status();
  if (told->has_value()) {
    const std::string text(crypto::AsText(**told));
    auto note = crypto::ParseNote(text);
    auto checkpoint = note.ok() ? crypto::ParseCheckpoint(note->text)
                                : absl::StatusOr<crypto::Checkpoint>(note.status());
    if (!checkpoint.ok()) return absl::DataLossError("a head that was told of a log is malformed");
    if (checkpoint->size > state_.tree.size()) {
      told_ = SeenHead{*std::move(checkpoint), text};
      storage::MutexLock lock(mutex_);
      told_note_ = text;
    }
  }
  auto faults = store_.Get(Column::kLogHeads, Key('n'));
  if (!faults.ok()) return faults.status();
  if (faults->has_value()) {
    Reader reader(**faults);
    const uint8_t version = reader.U8();
    if (version < 1 || version > kFaultsVersion) reader.Fail();
    storage::MutexLock lock(mutex_);
    faults_.wrong_proofs = reader.U64();
    faults_.bad_labels = reader.U64();
    if (version == kFaultsVersion) faults_.wrong_relays = reader.U64();
    faults_.last = static_cast<int64_t>(reader.U64());
    if (version >= 2) faults_.wrong_files = reader.U64();
    if (!reader.Finish("faults row").ok()) {
      return absl::DataLossError("the row of a partner's faults is malformed");
    }
  }
  Publish();
  return absl::OkStatus();
}

void Mirror::Publish() {
  if (!state_.keys.empty()) cosigners_->Set(partner_.origin, state_.keys.back().keys.mirror);
  storage::MutexLock lock(mutex_);
  view_.size = state_.tree.size();
  view_.head =
      state_.covered.has_value() ? std::optional(state_.covered->checkpoint) : std::nullopt;
  view_.head_time = state_.head_time;
  view_.keys = state_.keys;
  view_.charters = state_.charters;
  view_.reports = state_.reports;
  view_.gaps = state_.gaps;
  view_.conduct = state_.conduct;
  view_.voids = state_.voids;
  view_.quarantine = state_.quarantine;
  head_note_ = state_.covered.has_value() ? state_.covered->note : std::string();
  view_.forked = state_.forked;
  // It says how the fork was come upon; TroubleWords has words for the fork itself.
  if (state_.forked) view_.trouble.clear();
}

MirrorView Mirror::View() const {
  storage::MutexLock lock(mutex_);
  MirrorView view = view_;
  view.cosigned = cosignatures_->Sizes();
  for (const uint64_t report : unsigned_) view.voids.Add(VoidReason::kSignature, report);
  // While the rest of the head's entries are on the way, the ERASURE may be among them.
  if (view.gaps > 0 && view.head.has_value() && view.head->size == view.size) {
    view.trouble += (view.trouble.empty() ? "" : "; ") + std::to_string(view.gaps) +
                    " bodies of its entries are missing without an erasure, so its newest entries "
                    "are not cosigned and do not count here. Talk to the partner's operator";
  }
  if (view.quarantine.has_value()) {
    view.trouble += (view.trouble.empty() ? "" : "; ") + Words(*view.quarantine) +
                    ": its reports are set aside since " +
                    evidence::Date::Of({view.quarantine->since * 1000}).ToString() +
                    " and do not count until you have looked. Talk to the partner's operator, then "
                    "`daftar partner release " +
                    partner_.origin + "` or `suspend`";
  }
  if (const std::string faults = FaultWords(); !faults.empty()) {
    view.trouble += (view.trouble.empty() ? "" : "; ") + faults;
  }
  return view;
}

void Mirror::NoteUnanswered(uint64_t reports) {
  storage::MutexLock applying(applying_);
  state_.conduct.CountUnanswered(reports);
  Publish();
}

absl::Status Mirror::QuarantineIfSuspicious(const evidence::Charter& charter,
                                            const storage::Vault& vault, crypto::Entropy& entropy) {
  storage::MutexLock applying(applying_);
  if (state_.quarantine.has_value()) return absl::OkStatus();
  const auto suspicion = SuspicionOf(state_.conduct, charter, clock_.Now().seconds());
  if (!suspicion.has_value()) return absl::OkStatus();
  State next = state_;
  next.quarantine = suspicion;
  Batch batch;
  batch.Put(Column::kLogHeads, Key('m'), EncodeState(next));
  storage::RecordAudit(batch, vault, entropy,
                       {clock_.Now().value, std::string(kNodeItself), "partner.quarantine",
                        partner_.origin, Words(*suspicion)});
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  state_ = std::move(next);
  Publish();
  return absl::OkStatus();
}

absl::Status Mirror::Release(const storage::Caller& caller, const std::string& because,
                             const storage::Vault& vault, crypto::Entropy& entropy) {
  auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  storage::MutexLock applying(applying_);
  const auto earlier = storage::RequestLog::Find(store_, *request, kReleaseKind);
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value()) {
    if (crypto::AsText(**earlier) == partner_.origin) return absl::OkStatus();
    return absl::FailedPreconditionError(
        "this request_id released another partner; use a new one for each");
  }
  if (!state_.quarantine.has_value()) {
    return absl::FailedPreconditionError("the reports of " + partner_.origin +
                                         " are not set aside; `daftar partner show " +
                                         partner_.origin + "` says what counts of it");
  }
  State next = state_;
  next.quarantine.reset();
  next.conduct.Look();
  Batch batch;
  batch.Put(Column::kLogHeads, Key('m'), EncodeState(next));
  storage::RequestLog::Record(batch, *std::move(request), kReleaseKind,
                              crypto::AsBytes(partner_.origin));
  storage::RecordAudit(
      batch, vault, entropy,
      {clock_.Now().value, caller.actor, "partner.release", partner_.origin, because});
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  state_ = std::move(next);
  Publish();
  return absl::OkStatus();
}

std::string Mirror::ToldNote() const {
  storage::MutexLock lock(mutex_);
  return told_note_;
}

std::string Mirror::HeadNote() const {
  storage::MutexLock lock(mutex_);
  return head_note_;
}

std::string Mirror::FaultWords() const {
  if (faults_.last == 0 || clock_.Now().seconds() - faults_.last > kFaultShownSeconds) return {};
  std::string words;
  if (faults_.wrong_proofs > 0) {
    words =
        "it answered lookups with a wrong proof (" + std::to_string(faults_.wrong_proofs) +
        " times): its evaluation does not fit the key in its log, and it counted as not checked";
  }
  if (faults_.bad_labels > 0) {
    words += (words.empty() ? "" : "; ") +
             ("its log has labels or facts that do not fit their commitments (met " +
              std::to_string(faults_.bad_labels) + " times); they did not count");
  }
  if (faults_.wrong_relays > 0) {
    words += (words.empty() ? "" : "; ") +
             ("it passed on disputes of reports that it could not open (" +
              std::to_string(faults_.wrong_relays) + " times); they had no effect");
  }
  if (faults_.wrong_files > 0) {
    words += (words.empty() ? "" : "; ") +
             ("it handed out proof to which its reports do not commit (" +
              std::to_string(faults_.wrong_files) + " times); nothing of it was kept");
  }
  return words + " (last on " + evidence::Date::Of({faults_.last * 1000}).ToString() +
         "). Talk to the partner's operator";
}

void Mirror::Note(Fault fault) {
  Bytes row;
  {
    storage::MutexLock lock(mutex_);
    switch (fault) {
      case Fault::kWrongProof:
        ++faults_.wrong_proofs;
        break;
      case Fault::kBadLabel:
        ++faults_.bad_labels;
        break;
      case Fault::kWrongRelay:
        ++faults_.wrong_relays;
        break;
      case Fault::kWrongFile:
        ++faults_.wrong_files;
        break;
    }
    const int64_t now = clock_.Now().seconds();
    faults_.last = now;
    if (faults_written_ != 0 && now - faults_written_ < kFaultWriteSeconds) return;
    faults_written_ = now;
    row = Writer()
              .U8(kFaultsVersion)
              .U64(faults_.wrong_proofs)
              .U64(faults_.bad_labels)
              .U64(faults_.wrong_relays)
              .U64(static_cast<uint64_t>(now))
              .U64(faults_.wrong_files)
              .Take();
  }
  Batch batch;
  batch.Put(Column::kLogHeads, Key('n'), std::move(row));
  if (!store_.Write(std::move(batch)).ok()) {
    storage::MutexLock lock(mutex_);
    faults_written_ = 0;  // the next one tries again
  }
}

void Mirror::SetTrouble(std::string trouble) {
  storage::MutexLock lock(mutex_);
  if (!view_.forked) view_.trouble = std::move(trouble);
}

std::optional<crypto::PublicKey> Mirror::EntryKeyAt(const crypto::KeyId& signer,
                                                    uint64_t index) const {
  storage::MutexLock lock(mutex_);
  const KeysEntry* valid = nullptr;
  for (const KeysEntry& keys : view_.keys) {
    // The first also signs the ADOPTION before it.
    if (keys.index <= index || valid == nullptr) valid = &keys;
  }
  if (valid == nullptr || evidence::EntryKeyId(partner_.origin, valid->keys.entry) != signer) {
    return std::nullopt;
  }
  return valid->keys.entry;
}

bool Mirror::VerifiedReport(uint64_t index, crypto::ByteView leaf,
                            const evidence::SignedHeader& entry) {
  const crypto::Digest hash = crypto::MerkleLeafHash(leaf);
  {
    storage::MutexLock lock(mutex_);
    if (verified_.count(hash) > 0) return true;
  }
  const auto signer = EntryKeyAt(entry.header.signer, index);
  const bool is_signed = signer.has_value() && entry.VerifiedBy(*signer);
  storage::MutexLock lock(mutex_);
  if (!is_signed) {
    if (unsigned_.size() < kMaxUnsignedKept) unsigned_.insert(index);
    return false;
  }
  if (verified_.size() >= kMaxVerifiedKept) verified_.clear();
  verified_.insert(hash);
  return true;
}

}  // namespace daftar::partners
