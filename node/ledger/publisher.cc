#include "node/ledger/publisher.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "crypto/cosignature.h"
#include "crypto/note.h"
#include "node/evidence/feed.h"
#include "node/ledger/kept_heads.h"
#include "node/ledger/own_log_rows.h"

namespace daftar::ledger {
namespace {

using crypto::Bytes;
using crypto::Reader;
using crypto::Writer;
using storage::Batch;
using storage::Column;
using storage::kOwnLog;

bool PublicationOrder(const Submission& a, const Submission& b) {
  const auto rank = [](const Submission& s) {
    return s.kind == evidence::EntryKind::kReport ? 0 : 1;
  };
  if (rank(a) != rank(b)) return rank(a) < rank(b);
  if (rank(a) == 0) return a.commitment < b.commitment;
  return std::tie(a.about, a.kind, a.commitment) < std::tie(b.about, b.kind, b.commitment);
}

}  // namespace

absl::StatusOr<OwnNote> ReadOwnNote(const LogIdentity& identity, const std::string& text) {
  auto note = crypto::ParseNote(text);
  if (!note.ok()) return note.status();
  const crypto::NoteKey key = identity.HeadNoteKey();
  auto signers = crypto::VerifyNote(*note, std::span(&key, 1));
  if (!signers.ok()) return signers.status();
  auto checkpoint = crypto::ParseCheckpoint(note->text);
  if (!checkpoint.ok()) return checkpoint.status();
  if (checkpoint->origin != identity.origin) {
    return absl::InvalidArgumentError("the note is of another log");
  }
  for (const crypto::NoteSignature& line : note->signatures) {
    if (line.name == key.name && line.id == key.id()) return OwnNote{*checkpoint, line};
  }
  return absl::InvalidArgumentError("the note lacks the head's signature");
}

Publisher::Publisher(storage::Store& store, LogIdentity identity, storage::HighWaterFile high_water,
                     MayGrow may_grow)
    : store_(store),
      log_(store),
      identity_(std::move(identity)),
      high_water_(std::move(high_water)),
      may_grow_(std::move(may_grow)) {}

absl::StatusOr<std::unique_ptr<Publisher>> Publisher::Open(storage::Store& store,
                                                           LogIdentity identity,
                                                           storage::HighWaterFile high_water,
                                                           MayGrow may_grow) {
  std::unique_ptr<Publisher> publisher(
      new Publisher(store, std::move(identity), std::move(high_water), std::move(may_grow)));
  const absl::Status recovered = publisher->Recover();
  storage::MutexLock lock(publisher->mutex_);
  publisher->visible_tree_size_ = publisher->tree_.size();
  if (absl::IsDataLoss(recovered)) {
    publisher->trouble_ = std::string(recovered.message());
    return publisher;
  }
  if (!recovered.ok()) return recovered;
  return publisher;
}

// Brings memory in line with the disk and decides whether anything may be signed.
absl::Status Publisher::Recover() {
  auto tree = log_.Load(kOwnLog);
  if (!tree.ok()) return tree.status();
  tree_ = *std::move(tree);

  auto time_row = store_.Get(Column::kLogHeads, rows::IssuedAtKey());
  if (!time_row.ok()) return time_row.status();
  if (time_row->has_value()) {
    Reader reader(**time_row);
    last_issued_at_ = static_cast<int64_t>(reader.U64());
  }

  auto marked = high_water_.Read();
  if (!marked.ok()) return marked.status();
  auto row = store_.Get(Column::kLogHeads, rows::HeadKey());
  if (!row.ok()) return row.status();
  if (!marked->has_value()) {
    if (tree_.size() == 0) return absl::OkStatus();
    return absl::DataLossError(
        "the high-water file " + high_water_.path().string() +
        " is missing, but the database has " + std::to_string(tree_.size()) +
        " entries of the log. `daftar log recover --because TEXT` asks the partners and writes it "
        "anew. "
        "Without the file the node cannot tell whether the database is its "
        "newest, so nothing is signed. Put back the file that was written last, from where it was "
        "moved to or from a backup made after the last publication; an older one would let the "
        "node "
        "sign a second history. docs/storage.md, 'A damaged high-water file', has the steps.");
  }
  std::optional<OwnNote> shown;
  if (auto kept = ReadShown(shown); !kept.ok()) return kept.status();
  auto newest = ReadOwnNote(identity_, **marked);
  if (!newest.ok()) {
    return absl::DataLossError(
        "the high-water file " + high_water_.path().string() +
        " does not hold a head of this log (" + std::string(newest.status().message()) +
        "). Nothing is signed. Put back the file that belongs to this node.");
  }
  bool row_is_newest = false;
  if (row->has_value()) {
    auto stored = ReadOwnNote(identity_, std::string(crypto::AsText(**row)));
    if (!stored.ok()) {
      return absl::DataLossError(
          "the head in the database is not this node's (" + std::string(stored.status().message()) +
          "). Nothing is signed. Restore the database and the keystore that belong together.");
    }
    // The file is written first, so the row is newer only when an old file was put back.
    row_is_newest = stored->checkpoint.size >= newest->checkpoint.size;
    if (stored->checkpoint.size > newest->checkpoint.size) newest = std::move(stored);
  }
  if (shown.has_value() && shown->checkpoint.size > newest->checkpoint.size) {
    newest = *shown;
    row_is_newest = true;  // neither of the two is written from what others have shown
  }
  if (absl::Status fits = CompareAtStart(*newest); !fits.ok()) return fits;
  // One that is not larger may be of another history.
  if (shown.has_value()) {
    if (absl::Status fits = CompareAtStart(*shown); !fits.ok()) return fits;
  }
  if (absl::Status whole = CheckTakenBackDone(); !whole.ok()) return whole;
  if (!row_is_newest) {
    // A crash came between the file and the row.
    Batch batch;
    batch.Put(Column::kLogHeads, rows::HeadKey(), crypto::ToBytes(**marked));
    KeepHead(newest->checkpoint.size, newest->head_line, batch);
    if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  }
  signed_size_ = newest->checkpoint.size;
  Show(newest->checkpoint, newest->head_line, std::max<int64_t>(last_issued_at_, 1));
  return CheckSources();
}

absl::Status Publisher::Bootstrap(const std::vector<NodeEntry>& entries, evidence::UnixMillis now) {
  if (tree_.size() != 0 || signed_size_ != 0) {
    return absl::FailedPreconditionError("the log has entries already");
  }
  std::vector<Submission> first;
  for (const NodeEntry& entry : entries) {
    Submission submission;
    submission.kind = entry.kind;
    submission.commitment = evidence::CommitTo(entry.body);
    submission.body = entry.body;
    first.push_back(std::move(submission));
  }
  if (absl::Status status = WriteEntries(Batch(), first, now.seconds()); !status.ok()) {
    return status;
  }
  return SignHead(now.seconds());
}

absl::StatusOr<size_t> Publisher::Tick(evidence::UnixMillis now) {
  if (std::string why = trouble(); !why.empty()) return absl::FailedPreconditionError(why);
  if (tree_.size() == 0) return 0;  // before Bootstrap
  // Readers tell ticks apart by their time alone, so each has its own, whatever the clock does.
  const int64_t issued_at = std::max(now.seconds(), last_issued_at_ + 1);
  constexpr int kAttempts = 5;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    auto due = Collect(now);
    if (!due.ok()) return due.status();
    const bool grows = !due->empty() || tree_.size() > signed_size_;
    if (grows && attempt == 0 && may_grow_) {
      if (absl::Status status = may_grow_(); !status.ok()) return status;
    }
    // Partners that were asked may have shown a head that this log does not have, and others may at
    // any time.
    if (std::string why = trouble(); !why.empty()) return absl::FailedPreconditionError(why);
    if (!due->empty()) {
      const absl::Status written = Commit(*due, issued_at);
      // Somebody took a submission back between reading and writing: read again.
      if (absl::IsAborted(written)) continue;
      if (!written.ok()) return written;
    }
    // Also signs what an earlier tick wrote and could not sign.
    if (tree_.size() > signed_size_) {
      if (absl::Status status = SignHead(now.seconds()); !status.ok()) return status;
    }
    return due->size();
  }
  return absl::AbortedError("the publication queue kept changing; the next tick tries again");
}

absl::StatusOr<std::vector<Submission>> Publisher::Collect(evidence::UnixMillis now) const {
  std::vector<Submission> due;
  std::set<uint64_t> updated;
  absl::Status malformed;
  const Bytes prefix = Submission::QueuePrefix();
  absl::Status scanned = store_.Scan(Column::kSubmissions, prefix, prefix,
                                     [&](crypto::ByteView key, crypto::ByteView value) {
                                       auto submission = Submission::Decode(key, value);
                                       if (!submission.ok()) {
                                         malformed = submission.status();
                                         return false;
                                       }
                                       if (submission->not_before > now.seconds()) return false;
                                       // Within a tick entries stand in order of their kind,
                                       // which is not the order in which they came about.
                                       if (evidence::IsAboutReport(submission->kind) &&
                                           !updated.insert(submission->about).second) {
                                         return true;
                                       }
                                       due.push_back(*std::move(submission));
                                       return due.size() < kMaxEntriesPerTick;
                                     });
  if (!scanned.ok()) return scanned;
  if (!malformed.ok()) return malformed;
  std::sort(due.begin(), due.end(), PublicationOrder);
  return due;
}

absl::Status Publisher::Commit(const std::vector<Submission>& submissions, int64_t issued_at) {
  Batch batch;
  for (size_t i = 0; i < submissions.size(); ++i) {
    const Submission& submission = submissions[i];
    batch.ExpectValue(Column::kSubmissions, submission.Key(), submission.Encode());
    batch.Delete(Column::kSubmissions, submission.Key());
    batch.Put(Column::kSubmissions, Publication::Key(submission.id),
              Publication{tree_.size() + i, issued_at}.Encode());
  }
  return WriteEntries(std::move(batch), submissions, issued_at);
}

// Entries, bodies and tree in one synced write; memory follows only when it succeeded.
absl::Status Publisher::WriteEntries(Batch batch, const std::vector<Submission>& submissions,
                                     int64_t issued_at) {
  std::vector<Bytes> leaves;
  leaves.reserve(submissions.size());
  const crypto::KeyId signer =
      evidence::EntryKeyId(identity_.origin, identity_.entry_key.public_key());
  for (const Submission& submission : submissions) {
    evidence::Header header;
    header.kind = submission.kind;
    header.ground = submission.ground;
    header.index = tree_.size() + leaves.size();
    header.issued_at = static_cast<uint64_t>(issued_at);
    header.about = submission.about;
    header.signer = signer;
    header.commitment = submission.commitment;
    header.origin = identity_.origin;
    leaves.push_back(evidence::SignHeader(header, identity_.entry_key).Leaf());
    if (submission.kind == evidence::EntryKind::kErasure) continue;  // it has none
    batch.Put(Column::kLogBodies,
              storage::LogIndexKey(static_cast<uint32_t>(kOwnLog), header.index), submission.body);
  }
  crypto::CompactTree grown = tree_;
  if (absl::Status status = log_.Append(kOwnLog, leaves, grown, batch); !status.ok()) {
    return status;
  }
  batch.Put(Column::kLogHeads, rows::IssuedAtKey(),
            Writer().U64(static_cast<uint64_t>(issued_at)).Take());
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  tree_ = std::move(grown);
  last_issued_at_ = issued_at;
  storage::MutexLock lock(mutex_);
  visible_tree_size_ = tree_.size();
  return absl::OkStatus();
}

// The file outside the database first, then the database; the head is shown only after both.
absl::Status Publisher::SignHead(int64_t seconds) {
  // Who shows that a second node signs does so on another thread, also since the tick began.
  if (std::string why = trouble(); !why.empty()) return absl::FailedPreconditionError(why);
  const crypto::Checkpoint checkpoint{identity_.origin, tree_.size(), tree_.Root()};
  crypto::Note note;
  note.text = checkpoint.ToText();
  note.signatures.push_back(crypto::SignNote(note.text, identity_.origin, identity_.head_key));
  const std::string text = note.ToString();
  if (absl::Status status = high_water_.Write(text); !status.ok()) return status;
  signed_size_ = checkpoint.size;
  Batch batch;
  batch.Put(Column::kLogHeads, rows::HeadKey(), crypto::ToBytes(text));
  KeepHead(checkpoint.size, note.signatures.front(), batch);
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) {
    // Signed and marked, not shown: the next tick writes it again.
    signed_size_ = checkpoint.size - 1;
    return status;
  }
  return ShowUnlessStopped(checkpoint, note.signatures.front(), std::max<int64_t>(seconds, 1));
}

crypto::NoteSignature Publisher::SelfLine(const crypto::Checkpoint& checkpoint,
                                          int64_t seconds) const {
  return crypto::Cosign(checkpoint.ToText(), static_cast<uint64_t>(seconds),
                        evidence::SelfKeyName(identity_.origin), identity_.self_key);
}

void Publisher::Show(const crypto::Checkpoint& checkpoint, const crypto::NoteSignature& head_line,
                     int64_t seconds) {
  crypto::NoteSignature self_line = SelfLine(checkpoint, seconds);
  storage::MutexLock lock(mutex_);
  Set(checkpoint, head_line, std::move(self_line), seconds);
}

// The look and the showing are one step: once StopSigning has returned, nothing new is seen.
absl::Status Publisher::ShowUnlessStopped(const crypto::Checkpoint& checkpoint,
                                          const crypto::NoteSignature& head_line, int64_t seconds) {
  crypto::NoteSignature self_line = SelfLine(checkpoint, seconds);
  storage::MutexLock lock(mutex_);
  if (!trouble_.empty()) return absl::FailedPreconditionError(trouble_);
  Set(checkpoint, head_line, std::move(self_line), seconds);
  return absl::OkStatus();
}

void Publisher::Set(const crypto::Checkpoint& checkpoint, const crypto::NoteSignature& head_line,
                    crypto::NoteSignature self_line, int64_t seconds) {
  if (head_.has_value() && !(head_->checkpoint == checkpoint)) cosignatures_.clear();
  head_ = SignedHead{checkpoint, {}, seconds};
  head_line_ = head_line;
  self_line_ = std::move(self_line);
  Compose();
}

void Publisher::Compose() {
  crypto::Note note;
  note.text = head_->checkpoint.ToText();
  note.signatures = {*head_line_, *self_line_};
  note.signatures.insert(note.signatures.end(), cosignatures_.begin(), cosignatures_.end());
  if (note.signatures.size() > crypto::kMaxNoteSignatures) {
    note.signatures.resize(crypto::kMaxNoteSignatures);
  }
  head_->note = note.ToString();
  while (head_->note.size() > evidence::kMaxFeedHeadBytes && note.signatures.size() > 2) {
    note.signatures.pop_back();
    head_->note = note.ToString();
  }
  ++news_;
  changed_.NotifyAll();
}

void Publisher::Attach(const crypto::Checkpoint& head,
                       std::vector<crypto::NoteSignature> cosignatures) {
  storage::MutexLock lock(mutex_);
  if (!head_.has_value() || !(head_->checkpoint == head) || cosignatures == cosignatures_) return;
  cosignatures_ = std::move(cosignatures);
  Compose();
}

absl::Status Publisher::Heartbeat(evidence::UnixMillis now) {
  crypto::Checkpoint checkpoint;
  crypto::NoteSignature line;
  {
    storage::MutexLock lock(mutex_);
    if (!trouble_.empty()) return absl::FailedPreconditionError(trouble_);
    if (!head_.has_value() || !head_line_.has_value()) return absl::OkStatus();
    checkpoint = head_->checkpoint;
    line = *head_line_;
  }
  return ShowUnlessStopped(checkpoint, line, std::max<int64_t>(now.seconds(), 1));
}

std::optional<SignedHead> Publisher::Head() const {
  storage::MutexLock lock(mutex_);
  return head_;
}

uint64_t Publisher::News() const {
  storage::MutexLock lock(mutex_);
  return news_;
}

uint64_t Publisher::WaitForNews(uint64_t seen, std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  storage::MutexLock lock(mutex_);
  while (news_ == seen) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0 || !changed_.WaitFor(mutex_, left)) break;
  }
  return news_;
}

void Publisher::WakeAll() {
  storage::MutexLock lock(mutex_);
  ++news_;
  changed_.NotifyAll();
}

std::string Publisher::trouble() const {
  storage::MutexLock lock(mutex_);
  return trouble_;
}

uint64_t Publisher::tree_size() const {
  storage::MutexLock lock(mutex_);
  return visible_tree_size_;
}

}  // namespace daftar::ledger
