#include "node/partners/mirror.h"

#include <algorithm>

#include "node/partners/apply.h"

namespace daftar::partners {
namespace {

using crypto::Bytes;
using crypto::Reader;
using crypto::Writer;
using storage::Batch;
using storage::Column;

constexpr uint8_t kVersion = 2;
constexpr uint8_t kFaultsVersion = 1;

void WriteHead(Writer& writer, const crypto::Checkpoint& head, const std::string& note) {
  writer.U64(head.size).Raw(head.root.view()).Prefixed32(crypto::AsBytes(note));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Mirror>> Mirror::Open(storage::Store& store,
                                                     const evidence::Clock& clock,
                                                     Partner partner) {
  std::unique_ptr<Mirror> mirror(new Mirror(store, clock, std::move(partner)));
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
  writer.U64(static_cast<uint64_t>(state.last_issued_at)).U64(state.reports);
  writer.U8(state.forked ? 1 : 0);
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
  if (reader.U8() != kVersion) reader.Fail();
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
  state.forked = reader.U8() != 0;
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
  auto faults = store_.Get(Column::kLogHeads, Key('n'));
  if (!faults.ok()) return faults.status();
  if (faults->has_value()) {
    Reader reader(**faults);
    if (reader.U8() != kFaultsVersion) reader.Fail();
    storage::MutexLock lock(mutex_);
    faults_.wrong_proofs = reader.U64();
    faults_.bad_labels = reader.U64();
    faults_.last = static_cast<int64_t>(reader.U64());
    if (!reader.Finish("faults row").ok()) {
      return absl::DataLossError("the row of a partner's faults is malformed");
    }
  }
  Publish();
  return absl::OkStatus();
}

void Mirror::Publish() {
  storage::MutexLock lock(mutex_);
  view_.size = state_.tree.size();
  view_.head =
      state_.covered.has_value() ? std::optional(state_.covered->checkpoint) : std::nullopt;
  view_.head_time = state_.head_time;
  view_.keys = state_.keys;
  view_.charters = state_.charters;
  view_.reports = state_.reports;
  view_.forked = state_.forked;
  if (state_.forked && view_.trouble.empty()) {
    view_.trouble =
        "two signed heads of this log contradict each other; both are kept as evidence, and its "
        "reports do not count. Talk to the partner's operator";
  }
}

MirrorView Mirror::View() const {
  storage::MutexLock lock(mutex_);
  MirrorView view = view_;
  if (const std::string faults = FaultWords(); !faults.empty()) {
    view.trouble += (view.trouble.empty() ? "" : "; ") + faults;
  }
  return view;
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
  return words + " (last on " + evidence::Date::Of({faults_.last * 1000}).ToString() +
         "). Talk to the partner's operator";
}

void Mirror::Note(Fault fault) {
  Bytes row;
  {
    storage::MutexLock lock(mutex_);
    ++(fault == Fault::kWrongProof ? faults_.wrong_proofs : faults_.bad_labels);
    const int64_t now = clock_.Now().seconds();
    faults_.last = now;
    if (faults_written_ != 0 && now - faults_written_ < kFaultWriteSeconds) return;
    faults_written_ = now;
    row = Writer()
              .U8(kFaultsVersion)
              .U64(faults_.wrong_proofs)
              .U64(faults_.bad_labels)
              .U64(static_cast<uint64_t>(now))
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
    if (keys.index <= index) valid = &keys;
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
  if (!signer.has_value() || !entry.VerifiedBy(*signer)) return false;
  storage::MutexLock lock(mutex_);
  if (verified_.size() >= kMaxVerifiedKept) verified_.clear();
  verified_.insert(hash);
  return true;
}

// The head's signature under the head key of the newest KEYS, and the issuer's timestamp.
absl::StatusOr<Mirror::Head> Mirror::VerifyHead(const State& state,
                                                const evidence::FeedBatch& batch) const {
  std::optional<evidence::KeysBody> keys;
  if (!state.keys.empty()) {
    keys = state.keys.back().keys;
  } else if (batch.from == 0 && !batch.entries.empty()) {
    // The first contact: entry 0 must be the one that the pairing agreed on.
    const evidence::FeedEntry& first = batch.entries.front();
    if (crypto::MerkleLeafHash(first.leaf) != partner_.first_leaf) {
      return absl::DataLossError("its log begins with another entry than the one at pairing");
    }
    auto header = evidence::SignedHeader::DecodeLeaf(first.leaf);
    if (!header.ok() || !first.body.has_value()) {
      return absl::InvalidArgumentError("entry 0 is malformed or lacks its body");
    }
    auto body = evidence::DecodeBody(header->header, *first.body);
    if (!body.ok()) return body.status();
    if (const auto* first_keys = std::get_if<evidence::KeysBody>(&*body)) keys = *first_keys;
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
  head.checkpoint = *std::move(checkpoint);
  return head;
}

absl::Status Mirror::CheckAgainstKnownHead(const Head& head, const std::string& note) {
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
  if (state_.covered.has_value() && head.checkpoint.size <= state_.tree.size()) {
    const auto root = head.checkpoint.size == state_.tree.size()
                          ? absl::StatusOr<crypto::Digest>(state_.tree.Root())
                          : log_.RootAt(partner_.log, head.checkpoint.size);
    if (!root.ok()) return root.status();
    if (*root != head.checkpoint.root) {
      return KeepForkEvidence(state_.covered->note, note,
                              "it signed a head of size " + shown_size +
                                  " that contradicts its earlier one of size " +
                                  std::to_string(state_.covered->checkpoint.size));
    }
  }
  return absl::DataLossError("its log became shorter: it showed " + known_size +
                             " entries before and shows " + shown_size +
                             " now (a restored backup?). What was copied stays in use");
}

// Heads that were seen while their entries were still on the way must come true now.
absl::Status Mirror::CheckPendingHeads(const std::vector<Bytes>& leaves, const State& next,
                                       const std::string& note) {
  crypto::CompactTree tree = state_.tree;
  size_t leaf = 0;
  for (const SeenHead& head : state_.pending) {
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

absl::Status Mirror::KeepForkEvidence(const std::string& first, const std::string& second,
                                      const std::string& words) {
  State marked = state_;
  marked.forked = true;
  Batch batch;
  batch.Put(Column::kLogHeads, Key('m'), EncodeState(marked));
  batch.Put(Column::kLogHeads, Key('1'), crypto::ToBytes(first));
  batch.Put(Column::kLogHeads, Key('2'), crypto::ToBytes(second));
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  state_.forked = true;
  Publish();
  return absl::DataLossError(words);
}

absl::Status Mirror::Apply(const evidence::FeedBatch& batch) {
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
  Applier applier(store_, partner_, now, next.keys, next.charters, next.reports,
                  next.last_issued_at);
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
  // A mere timestamp is kept in memory; it is renewed within the minute anyway.
  const SeenHead* known = state_.newest();
  if (!leaves.empty() || known == nullptr || known->checkpoint.size != head->checkpoint.size) {
    if (absl::Status status = applier.Finish(writes); !status.ok()) return status;
    writes.Put(Column::kLogHeads, Key('m'), EncodeState(next));
    if (absl::Status status = store_.Write(std::move(writes)); !status.ok()) return status;
  }
  state_ = std::move(next);
  Publish();
  const int64_t ahead = head->timestamp - now;
  SetTrouble(ahead <= kMaxClockAheadSeconds
                 ? std::string()
                 : "its clock is " + std::to_string(ahead) +
                       " s ahead of this node's; compare both with a time server");
  return absl::OkStatus();
}

absl::Status Mirror::Compare(const evidence::FeedBatch& batch, Comparison& comparison) {
  if (state_.forked || !state_.covered.has_value() || comparison.done) {
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
  const uint64_t held = state_.covered->checkpoint.size;
  for (const evidence::FeedEntry& entry : batch.entries) {
    if (comparison.tree.size() == comparison.head->size) break;
    comparison.tree.Append(crypto::MerkleLeafHash(entry.leaf));
    if (comparison.tree.size() == held) comparison.at_held = comparison.tree.Root();
  }
  if (comparison.tree.size() < comparison.head->size) return absl::OkStatus();
  comparison.done = true;
  if (comparison.tree.Root() != comparison.head->root) {
    return absl::InvalidArgumentError("the log does not give its own signed head");
  }
  if (!comparison.at_held.has_value() || *comparison.at_held == state_.covered->checkpoint.root) {
    return absl::OkStatus();
  }
  return KeepForkEvidence(state_.covered->note, comparison.note,
                          "the log that it shows now, of size " +
                              std::to_string(comparison.head->size) + ", does not begin with the " +
                              std::to_string(held) + " entries that it signed before");
}

}  // namespace daftar::partners
