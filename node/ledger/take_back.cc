// The own log after its database was lost or is older than what was signed: taken back from a
// partner's copy, and signed on from there (DESIGN section 6, "Never two believable histories").
#include <algorithm>
#include <map>

#include "node/ledger/kept_heads.h"
#include "node/ledger/own_log_rows.h"
#include "node/ledger/publisher.h"

namespace daftar::ledger {
namespace {

using crypto::Bytes;
using storage::Batch;
using storage::Column;
using storage::kOwnLog;

Bytes BodyKey(uint64_t index) {
  return storage::LogIndexKey(static_cast<uint32_t>(kOwnLog), index);
}

constexpr char kOneSource[] =
    "the log was fetched back on the word of one partner, and no high-water file tells whether "
    "that is "
    "all of it. Pair again with every partner (`daftar partner join CODE`), then run `daftar log "
    "recover --because TEXT` once more, which asks them all; nothing is signed before";

constexpr char kBeingTakenBack[] =
    "the log is being taken back from partners; `daftar log recover --because TEXT` goes on with "
    "that";

absl::Status OtherHistory(uint64_t held, uint64_t theirs) {
  return absl::DataLossError(
      "the partner's copy of this log (" + std::to_string(theirs) +
      " entries) and this database (" + std::to_string(held) +
      ") are two histories: both were signed by this node, which ran twice, or was restored and "
      "went on. Neither can go on; `daftar log recover --new-log ORIGIN` begins a new one");
}

}  // namespace

struct Publisher::TakenBatch {
  OwnNote head;
  std::vector<Bytes> leaves;
  std::map<uint64_t, const Bytes*> bodies;  // by index
  int64_t last_issued_at = 0;
};

// The note, and each entry by itself; not yet the tree over them.
absl::StatusOr<Publisher::TakenBatch> Publisher::CheckTakenBack(
    const evidence::FeedBatch& batch) const {
  if (batch.entries.size() > evidence::kMaxFeedEntries) {
    return absl::InvalidArgumentError("the batch has more than " +
                                      std::to_string(evidence::kMaxFeedEntries) + " entries");
  }
  auto head = ReadOwnNote(identity_, batch.head);
  if (!head.ok()) {
    return absl::InvalidArgumentError("the head that came along is not this node's: " +
                                      std::string(head.status().message()));
  }
  TakenBatch taken;
  taken.head = *std::move(head);
  for (const evidence::FeedEntry& entry : batch.entries) {
    const uint64_t index = batch.from + taken.leaves.size();
    auto leaf = evidence::SignedHeader::DecodeLeaf(entry.leaf);
    if (!leaf.ok() || leaf->header.index != index || leaf->header.origin != identity_.origin) {
      return absl::InvalidArgumentError("what came as entry " + std::to_string(index) +
                                        " is no entry of this log");
    }
    if (entry.body.has_value()) {
      if (entry.body->size() > evidence::kMaxEntryBodyBytes ||
          evidence::CommitTo(*entry.body) != leaf->header.commitment) {
        return absl::InvalidArgumentError("the body of entry " + std::to_string(index) +
                                          " does not fit its commitment");
      }
      taken.bodies[index] = &*entry.body;
    }
    taken.last_issued_at = static_cast<int64_t>(leaf->header.issued_at);
    taken.leaves.push_back(entry.leaf);
  }
  return taken;
}

absl::StatusOr<size_t> Publisher::TakeBack(const evidence::FeedBatch& batch) {
  if (trouble().empty() && Head().has_value()) {
    return absl::FailedPreconditionError("the log is whole; there is nothing to take back");
  }
  auto taken = CheckTakenBack(batch);
  if (!taken.ok()) return taken.status();
  const crypto::Checkpoint& head = taken->head.checkpoint;
  if (head.size <= tree_.size()) {
    auto root = head.size == tree_.size() ? tree_.Root() : log_.RootAt(kOwnLog, head.size);
    if (!root.ok()) return root.status();
    if (*root != head.root) return OtherHistory(tree_.size(), head.size);
    if (!taken_back_.has_value() || taken_back_->checkpoint.size < head.size) {
      taken_back_ = taken->head;
    }
    return size_t{0};
  }
  if (batch.from != tree_.size()) {
    return absl::InvalidArgumentError("the batch begins at entry " + std::to_string(batch.from) +
                                      ", expected was " + std::to_string(tree_.size()));
  }
  Batch writes;
  crypto::CompactTree grown = tree_;
  absl::Status appended = log_.Append(kOwnLog, taken->leaves, grown, writes);
  if (!appended.ok()) return appended;
  absl::Status fits = crypto::VerifyMerkleConsistency(grown.size(), grown.Root(), head.size,
                                                      head.root, batch.consistency);
  // Altered on the way, or another history: which of them, only a head of a size that is held
  // tells.
  if (!fits.ok()) {
    return absl::InvalidArgumentError("its copy (" + std::to_string(head.size) +
                                      " entries) does not continue the " +
                                      std::to_string(tree_.size()) + " entries that are here");
  }
  if (taken->leaves.empty()) return size_t{0};
  for (const auto& [index, body] : taken->bodies)
    writes.Put(Column::kLogBodies, BodyKey(index), *body);
  writes.Put(Column::kLogHeads, rows::IssuedAtKey(),
             crypto::Writer().U64(static_cast<uint64_t>(taken->last_issued_at)).Take());
  auto marked = TakenBackFrom();
  if (!marked.ok()) return marked.status();
  if (!marked->has_value()) {
    writes.Put(Column::kLogHeads, rows::TakenBackKey(), crypto::Writer().U64(tree_.size()).Take());
  }
  if (absl::Status status = store_.Write(std::move(writes)); !status.ok()) return status;
  tree_ = std::move(grown);
  last_issued_at_ = std::max(last_issued_at_, taken->last_issued_at);
  if (tree_.size() == head.size) taken_back_ = taken->head;
  storage::MutexLock lock(mutex_);
  visible_tree_size_ = tree_.size();
  // Half a log is none to go on from.
  if (trouble_.empty()) trouble_ = kBeingTakenBack;
  return taken->leaves.size();
}

absl::StatusOr<size_t> Publisher::TakeBodies(const evidence::FeedBatch& batch) {
  auto taken = CheckTakenBack(batch);
  if (!taken.ok()) return taken.status();
  Batch writes;
  size_t added = 0;
  for (const auto& [index, body] : taken->bodies) {
    // What is of this log is known here; a leaf of another history is passed over.
    auto leaf = log_.ReadLeaf(kOwnLog, index);
    if (!leaf.ok() || *leaf != taken->leaves[index - batch.from]) continue;
    auto held = store_.Get(Column::kLogBodies, BodyKey(index));
    if (!held.ok()) return held.status();
    if (held->has_value()) continue;
    writes.Put(Column::kLogBodies, BodyKey(index), *body);
    ++added;
  }
  if (added == 0) return added;
  if (absl::Status status = store_.Write(std::move(writes)); !status.ok()) return status;
  return added;
}

absl::StatusOr<std::optional<uint64_t>> Publisher::TakenBackFrom() const {
  auto row = store_.Get(Column::kLogHeads, rows::TakenBackKey());
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  crypto::Reader reader(**row);
  const uint64_t from = reader.U64();
  if (!reader.Finish("taken-back row").ok()) {
    return absl::DataLossError("the row that says what was taken back is malformed");
  }
  return from;
}

absl::Status Publisher::CheckTakenBackDone() const {
  auto from = TakenBackFrom();
  if (!from.ok()) return from.status();
  return from->has_value() ? absl::DataLossError(kBeingTakenBack) : absl::OkStatus();
}

absl::Status Publisher::CheckSources() const {
  auto row = store_.Get(Column::kLogHeads, rows::OneSourceKey());
  if (!row.ok()) return row.status();
  return row->has_value() ? absl::DataLossError(kOneSource) : absl::OkStatus();
}

absl::Status Publisher::Resume(bool one_source) {
  constexpr int kAttempts = 5;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const absl::Status resumed = TryResume(one_source);
    // A head was shown between reading and writing: read again.
    if (!absl::IsAborted(resumed)) return resumed;
  }
  return absl::AbortedError(
      "partners showed other heads of this log again and again; run `daftar log recover --because "
      "TEXT` once more");
}

absl::Status Publisher::TryResume(bool one_source) {
  {
    storage::MutexLock lock(mutex_);
    stopped_.reset();
  }
  std::optional<OwnNote> newest = taken_back_;
  const auto consider = [&](const std::string& text) {
    auto note = ReadOwnNote(identity_, text);
    if (note.ok() && (!newest.has_value() || note->checkpoint.size > newest->checkpoint.size)) {
      newest = *std::move(note);
    }
  };
  auto marked = high_water_.Read();
  // A damaged file says nothing; it is written anew below.
  if (!marked.ok() && !absl::IsDataLoss(marked.status())) return marked.status();
  const bool has_file = marked.ok() && marked->has_value();
  if (has_file) consider(**marked);
  std::optional<OwnNote> shown;
  auto kept = ReadShown(shown);
  if (!kept.ok()) return kept.status();
  auto row = store_.Get(Column::kLogHeads, rows::HeadKey());
  if (!row.ok()) return row.status();
  if (row->has_value()) consider(std::string(crypto::AsText(**row)));
  if (shown.has_value() &&
      (!newest.has_value() || shown->checkpoint.size > newest->checkpoint.size)) {
    newest = shown;
  }
  if (!newest.has_value()) {
    return absl::DataLossError(
        "no head of this log is known, neither here nor at the partners that answered");
  }
  const crypto::Checkpoint& head = newest->checkpoint;
  if (absl::Status fits = CompareWith(*newest); !fits.ok()) return fits;
  // One that is not larger may be of another history.
  if (shown.has_value()) {
    if (absl::Status fits = CompareWith(*shown); !fits.ok()) return fits;
  }
  crypto::Note note;
  note.text = head.ToText();
  note.signatures = {newest->head_line};
  const std::string text = note.ToString();
  if (absl::Status status = high_water_.Write(text); !status.ok()) return status;
  Batch batch;
  batch.Put(Column::kLogHeads, rows::HeadKey(), crypto::ToBytes(text));
  KeepHead(head.size, newest->head_line, batch);
  if (kept->has_value()) {
    batch.ExpectValue(Column::kLogHeads, rows::ShownHeadKey(), **kept);
    batch.Delete(Column::kLogHeads, rows::ShownHeadKey());
  } else {
    batch.ExpectAbsent(Column::kLogHeads, rows::ShownHeadKey());
  }
  batch.Delete(Column::kLogHeads, rows::TakenBackKey());
  const bool bars = one_source && !has_file;
  if (bars) {
    batch.Put(Column::kLogHeads, rows::OneSourceKey(), {});
  } else if (!one_source) {
    batch.Delete(Column::kLogHeads, rows::OneSourceKey());
  }
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  signed_size_ = head.size;
  taken_back_.reset();
  absl::Status sources = CheckSources();
  if (!sources.ok() && !absl::IsDataLoss(sources)) return sources;
  const int64_t seconds = std::max<int64_t>(last_issued_at_, 1);
  crypto::NoteSignature self_line = SelfLine(head, seconds);
  storage::MutexLock lock(mutex_);
  if (stopped_.has_value()) {
    trouble_ = *stopped_;
    return absl::FailedPreconditionError(trouble_);
  }
  trouble_ = std::string(sources.message());
  Set(head, newest->head_line, std::move(self_line), seconds);
  return absl::OkStatus();
}

}  // namespace daftar::ledger
