#include "node/partners/mirror.h"

#include <algorithm>

#include "node/partners/apply.h"
#include "node/partners/first_lines.h"
#include "node/partners/log_beginning.h"

namespace daftar::partners {

using crypto::Bytes;
using storage::Batch;
using storage::Column;

// The head's signature under the head key of the newest KEYS, and the issuer's timestamp.
absl::StatusOr<Mirror::Head> Mirror::VerifyHead(const State& state,
                                                const evidence::FeedBatch& batch) const {
  std::optional<evidence::KeysBody> keys;
  if (!state.keys.empty()) {
    keys = state.keys.back().keys;
  } else if (batch.from == 0 && !batch.entries.empty()) {
    // The first contact: entry 0 must be the one that the operators agreed on.
    const evidence::FeedEntry& first = batch.entries.front();
    if (crypto::MerkleLeafHash(first.leaf) != partner_.first_leaf) {
      return absl::DataLossError("its log begins with another entry than the one at pairing");
    }
    auto beginning = ReadBeginning(partner_.origin, batch.entries);
    if (!beginning.ok()) return beginning.status();
    keys = beginning->keys;
  }
  if (!keys.has_value()) {
    return absl::InvalidArgumentError("a head came before the log's first KEYS entry");
  }
  if (batch.head.size() > evidence::kMaxFeedHeadBytes) {
    return absl::InvalidArgumentError("the head is larger than any can be");
  }
  auto note = crypto::ParseNote(batch.head);
  if (!note.ok()) return note.status();
  const crypto::NoteKey known[] = {
      {partner_.origin, crypto::KeyType::kEd25519, keys->head},
      {evidence::SelfKeyName(partner_.origin), crypto::KeyType::kCosignature, keys->self}};
  // A note of the log's has one of each; a hundred would cost a hundred checks.
  if (HasTwoLinesOfOne(*note, known)) {
    return absl::InvalidArgumentError("the head has two lines of one of the log's keys");
  }
  auto signers = crypto::VerifyNote(*note, known);
  if (!signers.ok()) return signers.status();
  Head head;
  bool signed_by_head_key = false;
  for (const crypto::VerifiedSigner& signer : *signers) {
    if (signer.key == known[0]) signed_by_head_key = true;
    if (signer.key == known[1]) head.timestamp = static_cast<int64_t>(signer.timestamp);
  }
  if (!signed_by_head_key) {
    return absl::InvalidArgumentError("the head lacks the log's own signature");
  }
  auto checkpoint = crypto::ParseCheckpoint(note->text);
  if (!checkpoint.ok()) return checkpoint.status();
  if (checkpoint->origin != partner_.origin) {
    return absl::InvalidArgumentError("the head is of another log");
  }
  if (note->text != checkpoint->ToText()) {
    return absl::InvalidArgumentError("the head has extension lines");
  }
  head.checkpoint = *std::move(checkpoint);
  return head;
}

const Mirror::SeenHead* Mirror::OtherOfItsSize(const crypto::Checkpoint& head) const {
  const auto is_other = [&head](const SeenHead& seen) {
    return seen.checkpoint.size == head.size && seen.checkpoint.root != head.root;
  };
  const auto found = std::ranges::find_if(state_.pending, is_other);
  if (found != state_.pending.end()) return &*found;
  return told_.has_value() && is_other(*told_) ? &*told_ : nullptr;
}

absl::Status Mirror::CheckAgainstKnownHead(const Head& head, const std::string& note) {
  if (const SeenHead* other = OtherOfItsSize(head.checkpoint); other != nullptr) {
    return KeepForkEvidence(
        other->note, note,
        "it signed two different heads of the same size " + std::to_string(head.checkpoint.size));
  }
  const SeenHead* known = state_.newest();
  if (known == nullptr) return absl::OkStatus();
  if (head.checkpoint.size < known->checkpoint.size) return CheckShorterHead(head, note);
  if (head.checkpoint.size == known->checkpoint.size &&
      head.checkpoint.root != known->checkpoint.root) {
    return KeepForkEvidence(
        known->note, note,
        "it signed two different heads of the same size " + std::to_string(known->checkpoint.size));
  }
  return absl::OkStatus();
}

// A restored backup shows the beginning of the log that was copied. One that has been written to
// since is another history, which this copy proves as long as it reaches that far.
absl::Status Mirror::CheckShorterHead(const Head& head, const std::string& note) {
  const SeenHead& known = *state_.newest();
  const std::string shown_size = std::to_string(head.checkpoint.size);
  const std::string known_size = std::to_string(known.checkpoint.size);
  if (head.checkpoint.size <= state_.tree.size()) {
    const auto root = RootOfCopy(head.checkpoint.size);
    if (!root.ok()) return root.status();
    if (*root != head.checkpoint.root) {
      const bool covers =
          state_.covered.has_value() && head.checkpoint.size <= state_.covered->checkpoint.size;
      const SeenHead& held = covers ? *state_.covered : known;
      return KeepForkEvidence(held.note, note,
                              "it signed a head of size " + shown_size +
                                  " that contradicts its earlier one of size " +
                                  std::to_string(held.checkpoint.size));
    }
  } else {
    // The earlier head continues what is held; whether this one does, reading it tells.
    suspicious_ = true;
  }
  return absl::DataLossError("its log became shorter: it showed " + known_size +
                             " entries before and shows " + shown_size +
                             " now (a restored backup?). What was copied stays in use");
}

absl::StatusOr<crypto::Digest> Mirror::RootOfCopy(uint64_t size) const {
  return size == state_.tree.size() ? state_.tree.Root() : log_.RootAt(partner_.log, size);
}

absl::StatusOr<HeadFit> Mirror::CompareHead(const crypto::Checkpoint& head,
                                            const std::string& note) {
  storage::MutexLock applying(applying_);
  if (state_.forked) return absl::FailedPreconditionError("the log is forked");
  const SeenHead* known = state_.newest();
  if (known == nullptr) return HeadFit::kNotHeld;
  if (const SeenHead* other = OtherOfItsSize(head); other != nullptr) {
    return KeepForkEvidence(other->note, note,
                            "two heads of its log of one size have different roots");
  }
  if (head.size > state_.tree.size()) {
    if (absl::Status status = RememberTold(head, note); !status.ok()) return status;
    return HeadFit::kNotHeld;
  }
  const auto root = RootOfCopy(head.size);
  if (!root.ok()) return root.status();
  if (*root == head.root) return HeadFit::kFits;
  // What the copy holds as a whole proves it at once.
  if (state_.covered.has_value() && head.size <= state_.covered->checkpoint.size) {
    known = &*state_.covered;
  }
  return KeepForkEvidence(known->note, note,
                          "another partner has seen a head of its log of size " +
                              std::to_string(head.size) +
                              " that contradicts the one copied here, of size " +
                              std::to_string(known->checkpoint.size));
}

absl::Status Mirror::RememberTold(const crypto::Checkpoint& head, const std::string& note) {
  if (told_.has_value() && head.size <= told_->checkpoint.size) return absl::OkStatus();
  Batch batch;
  batch.Put(Column::kLogHeads, Key('4'), crypto::ToBytes(note));
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  told_ = SeenHead{head, note};
  storage::MutexLock lock(mutex_);
  told_note_ = note;
  return absl::OkStatus();
}

absl::Status Mirror::KeepFork(const std::string& first, const std::string& second) {
  storage::MutexLock applying(applying_);
  if (state_.forked) return absl::FailedPreconditionError("the log is forked");
  return KeepForkEvidence(first, second, "two heads of its log of one size have different roots");
}

// Heads that were seen while their entries were still on the way must come true now.
absl::Status Mirror::CheckPendingHeads(const std::vector<Bytes>& leaves, const State& next,
                                       const std::string& note) {
  std::vector<SeenHead> heads = state_.pending;
  if (told_.has_value()) heads.push_back(*told_);
  std::ranges::sort(heads, {}, [](const SeenHead& head) { return head.checkpoint.size; });
  crypto::CompactTree tree = state_.tree;
  size_t leaf = 0;
  for (const SeenHead& head : heads) {
    if (head.checkpoint.size > next.tree.size()) break;
    while (tree.size() < head.checkpoint.size) {
      tree.Append(crypto::MerkleLeafHash(leaves[leaf++]));
    }
    if (tree.Root() != head.checkpoint.root) {
      return KeepForkEvidence(head.note, note,
                              "an earlier head of size " + std::to_string(head.checkpoint.size) +
                                  " does not fit the entries that followed");
    }
  }
  return absl::OkStatus();
}

// Remembers the verified head; freshness is that of the newest head whose entries are all held.
void Mirror::TakeHead(const Head& head, const std::string& note, State& next) const {
  const uint64_t held = next.tree.size();
  std::erase_if(next.pending,
                [held](const SeenHead& seen) { return seen.checkpoint.size <= held; });
  if (head.checkpoint.size == held) {
    next.covered = SeenHead{head.checkpoint, note};
    next.head_time = std::max(next.head_time, std::min(head.timestamp, clock_.Now().seconds()));
    return;
  }
  if (!next.pending.empty() && (next.pending.back().checkpoint.size == head.checkpoint.size ||
                                next.pending.size() == kMaxPendingHeads)) {
    next.pending.pop_back();
  }
  next.pending.push_back({head.checkpoint, note});
}

absl::Status Mirror::Apply(const evidence::FeedBatch& batch, bool clock_in_doubt) {
  storage::MutexLock applying(applying_);
  suspicious_ = false;
  if (state_.forked) {
    return absl::DataLossError("the log is forked; nothing more of it is taken");
  }
  if (batch.from != state_.tree.size()) {
    return absl::InvalidArgumentError("the batch begins at entry " + std::to_string(batch.from) +
                                      ", expected was " + std::to_string(state_.tree.size()));
  }
  if (batch.entries.size() > evidence::kMaxFeedEntries) {
    return absl::InvalidArgumentError("the batch has more than " +
                                      std::to_string(evidence::kMaxFeedEntries) + " entries");
  }
  auto head = VerifyHead(state_, batch);
  if (!head.ok()) return head.status();
  if (absl::Status status = CheckAgainstKnownHead(*head, batch.head); !status.ok()) {
    return status;
  }

  State next = state_;
  const int64_t now = clock_.Now().seconds();
  Applier applier(store_, partner_, now, clock_in_doubt,
                  std::max(state_.head_time, state_.current_at), next.keys, next.charters,
                  next.reports, next.last_issued_at, next.gaps, next.conduct, next.voids);
  std::vector<Bytes> leaves;
  leaves.reserve(batch.entries.size());
  for (const evidence::FeedEntry& entry : batch.entries) {
    if (entry.leaf.size() > storage::kMaxLeafBytes) {
      return absl::InvalidArgumentError("an entry is larger than any can be");
    }
    absl::Status added = applier.Add(batch.from + leaves.size(), entry);
    if (!added.ok()) return added;
    leaves.push_back(entry.leaf);
  }
  Batch writes;
  if (absl::Status status = log_.Append(partner_.log, leaves, next.tree, writes); !status.ok()) {
    return status;
  }
  absl::Status consistent =
      crypto::VerifyMerkleConsistency(next.tree.size(), next.tree.Root(), head->checkpoint.size,
                                      head->checkpoint.root, batch.consistency);
  if (!consistent.ok()) {
    suspicious_ = true;
    return absl::DataLossError(
        "its entries do not give the tree that its signed head states (size " +
        std::to_string(head->checkpoint.size) + "); nothing of this batch was taken");
  }
  if (absl::Status status = CheckPendingHeads(leaves, next, batch.head); !status.ok()) {
    return status;
  }
  TakeHead(*head, batch.head, next);
  const bool reached = told_.has_value() && told_->checkpoint.size <= next.tree.size();
  if (reached) writes.Delete(Column::kLogHeads, Key('4'));
  if (head->checkpoint.size == next.tree.size()) next.current_at = now;
  // A mere timestamp is kept in memory; it is renewed within the minute anyway.
  const SeenHead* known = state_.newest();
  if (!leaves.empty() || known == nullptr || known->checkpoint.size != head->checkpoint.size ||
      now - written_at_ >= kStateWriteSeconds) {
    if (absl::Status status = applier.Finish(writes); !status.ok()) return status;
    writes.Put(Column::kLogHeads, Key('m'), EncodeState(next));
    if (absl::Status status = store_.Write(std::move(writes)); !status.ok()) return status;
    written_at_ = now;
  }
  state_ = std::move(next);
  if (reached) {
    told_.reset();
    storage::MutexLock lock(mutex_);
    told_note_.clear();
  }
  Publish();
  const int64_t ahead = head->timestamp - now;
  if (head->timestamp > 0) {
    storage::MutexLock lock(mutex_);
    view_.heard_at = now;
    view_.clock_ahead = ahead;
  }
  SetTrouble(ahead <= kMaxClockAheadSeconds
                 ? std::string()
                 : "its clock is " + std::to_string(ahead) +
                       " s ahead of this node's; compare both with a time server");
  return absl::OkStatus();
}

absl::Status Mirror::Compare(const evidence::FeedBatch& batch, Comparison& comparison) {
  storage::MutexLock applying(applying_);
  if (state_.forked || state_.newest() == nullptr || comparison.done) {
    return absl::InvalidArgumentError("there is nothing to compare");
  }
  if (batch.from != comparison.tree.size() || batch.entries.empty() ||
      batch.entries.size() > evidence::kMaxFeedEntries) {
    return absl::InvalidArgumentError("the batch is not the next one, or is empty or too large");
  }
  if (!comparison.head.has_value()) {
    auto head = VerifyHead(state_, batch);
    if (!head.ok()) return head.status();
    comparison.head = head->checkpoint;
    comparison.note = batch.head;
  }
  std::set<uint64_t> sizes{state_.tree.size()};
  if (state_.covered.has_value()) sizes.insert(state_.covered->checkpoint.size);
  for (const SeenHead& head : state_.pending) sizes.insert(head.checkpoint.size);
  if (told_.has_value()) sizes.insert(told_->checkpoint.size);
  for (const evidence::FeedEntry& entry : batch.entries) {
    if (comparison.tree.size() == comparison.head->size) break;
    comparison.tree.Append(crypto::MerkleLeafHash(entry.leaf));
    const uint64_t size = comparison.tree.size();
    if (sizes.count(size) > 0) comparison.roots[size] = comparison.tree.Root();
  }
  if (comparison.tree.size() < comparison.head->size) return absl::OkStatus();
  comparison.done = true;
  if (comparison.tree.Root() != comparison.head->root) {
    return absl::InvalidArgumentError("the log does not give its own signed head");
  }
  return CheckComparison(comparison);
}

// The log that was compared is what its head says. It begins with what is held, and each head that
// was shown before and is not beyond it is one of its own; or two heads contradict each other.
absl::Status Mirror::CheckComparison(const Comparison& comparison) {
  const auto differs = [&comparison](uint64_t size, const crypto::Digest& root) {
    const auto found = comparison.roots.find(size);
    return found != comparison.roots.end() && found->second != root;
  };
  const auto contradicts = [&differs](const SeenHead& head) {
    return differs(head.checkpoint.size, head.checkpoint.root);
  };
  const SeenHead* other = nullptr;
  if (state_.covered.has_value() && contradicts(*state_.covered)) {
    other = &*state_.covered;
  } else if (differs(state_.tree.size(), state_.tree.Root())) {
    other = state_.newest();  // each batch that was taken leads to it
  } else if (const auto found = std::ranges::find_if(state_.pending, contradicts);
             found != state_.pending.end()) {
    other = &*found;
  } else if (told_.has_value() && contradicts(*told_)) {
    other = &*told_;
  }
  if (other == nullptr) return absl::OkStatus();
  return KeepForkEvidence(other->note, comparison.note,
                          "the log that it shows now, of size " +
                              std::to_string(comparison.head->size) + ", does not begin with the " +
                              std::to_string(other->checkpoint.size) +
                              " entries that it signed before");
}

}  // namespace daftar::partners
