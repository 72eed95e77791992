// Two heads of one log that cannot both be true: keeping them, and the proof for others.
#include <algorithm>
#include <span>

#include "node/partners/mirror.h"

namespace daftar::partners {

using crypto::Bytes;
using storage::Batch;
using storage::Column;

namespace {

constexpr uint8_t kProofVersion = 1;

absl::StatusOr<crypto::Checkpoint> CheckpointOf(const std::string& text) {
  auto note = crypto::ParseNote(text);
  if (!note.ok()) return note.status();
  return crypto::ParseCheckpoint(note->text);
}

// Both kept notes were verified before; one that does not parse now is a damaged row.
absl::StatusOr<std::vector<crypto::Checkpoint>> CheckpointsOf(
    const std::vector<std::string>& notes) {
  std::vector<crypto::Checkpoint> checkpoints;
  for (const std::string& note : notes) {
    auto checkpoint = CheckpointOf(note);
    if (!checkpoint.ok()) return absl::DataLossError("a kept head of a forked log is malformed");
    checkpoints.push_back(*std::move(checkpoint));
  }
  return checkpoints;
}

bool HasLineOf(const crypto::Note& note, const std::string& name, const crypto::KeyId& id) {
  return std::ranges::any_of(note.signatures, [&](const crypto::NoteSignature& line) {
    return line.name == name && line.id == id;
  });
}

// Adds the line, while the note is none that is too large as evidence or to be told on.
void Add(const crypto::NoteSignature& line, crypto::Note& kept) {
  if (kept.signatures.size() == crypto::kMaxNoteSignatures) return;
  kept.signatures.push_back(line);
  if (kept.ToString().size() > evidence::kMaxFeedHeadBytes) kept.signatures.pop_back();
}

// Adds the first line of the key that verifies and is dated no later than `latest` (Unix seconds),
// where the note has one and `kept` has none. Whether it has one then.
bool KeepLineOf(const crypto::NoteKey& key, const crypto::Note& note, int64_t latest,
                crypto::Note& kept) {
  const crypto::KeyId id = key.id();
  if (HasLineOf(kept, key.name, id)) return true;
  for (const crypto::NoteSignature& line : note.signatures) {
    if (line.name != key.name || line.id != id) continue;
    const auto signers = crypto::VerifyNote({note.text, {line}}, std::span(&key, 1));
    if (!signers.ok() || signers->front().timestamp > static_cast<uint64_t>(latest)) continue;
    Add(line, kept);
    return true;
  }
  return false;
}

Bytes EncodeProof(const crypto::Digest& root, const std::vector<crypto::Digest>& proof) {
  crypto::Writer writer;
  writer.U8(kProofVersion).Raw(root.view()).U8(static_cast<uint8_t>(proof.size()));
  for (const crypto::Digest& hash : proof) writer.Raw(hash.view());
  return writer.Take();
}

absl::Status DecodeProof(crypto::ByteView row, audit::ForkEvidence& evidence) {
  crypto::Reader reader(row);
  if (reader.U8() != kProofVersion) reader.Fail();
  evidence.root = reader.Take<crypto::Digest>();
  const uint8_t hashes = reader.U8();
  for (int i = 0; i < hashes && reader.ok(); ++i) {
    evidence.proof.push_back(reader.Take<crypto::Digest>());
  }
  if (!reader.Finish("fork proof row").ok()) {
    return absl::DataLossError("the row of a fork's proof is malformed");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Mirror::KeepForkEvidence(const std::string& first, const std::string& second,
                                      const std::string& words) {
  State marked = state_;
  marked.forked = true;
  Batch batch;
  batch.Put(Column::kLogHeads, Key('m'), EncodeState(marked));
  batch.Put(Column::kLogHeads, Key('1'), crypto::ToBytes(NoteOfEvidence(first)));
  batch.Put(Column::kLogHeads, Key('2'), crypto::ToBytes(NoteOfEvidence(second)));
  // Without it the log is forked all the same; it is read later.
  (void)PutForkProof(first, second, batch);
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  state_.forked = true;
  Publish();
  return absl::DataLossError(words);
}

// Whatever else whoever wrote it put there must not make the evidence worthless for somebody who is
// stricter, nor large.
std::string Mirror::NoteOfEvidence(const std::string& text) const {
  const auto note = crypto::ParseNote(text);
  if (!note.ok()) return text;
  const int64_t latest = clock_.Now().seconds() + kMaxCosignatureAheadSeconds;
  const std::string& origin = partner_.origin;
  crypto::Note kept{note->text, {}};
  for (auto entry = state_.keys.rbegin(); entry != state_.keys.rend(); ++entry) {
    const crypto::NoteKey head{origin, crypto::KeyType::kEd25519, entry->keys.head};
    if (!KeepLineOf(head, *note, latest, kept)) continue;
    KeepLineOf({evidence::SelfKeyName(origin), crypto::KeyType::kCosignature, entry->keys.self},
               *note, latest, kept);
    break;
  }
  if (kept.signatures.empty()) return text;
  // What was verified when it came, this node's own among it.
  if (const auto head = crypto::ParseCheckpoint(note->text); head.ok()) {
    for (const Cosignature& cosignature : cosignatures_->Over(*head)) Add(cosignature.Line(), kept);
  }
  for (const crypto::NoteKey& key : cosigners_->AllBut(origin)) {
    KeepLineOf(key, *note, latest, kept);
  }
  return kept.ToString();
}

absl::Status Mirror::PutForkProof(const std::string& first, const std::string& second,
                                  Batch& batch) const {
  auto heads = CheckpointsOf({first, second});
  if (!heads.ok()) return heads.status();
  const auto [smaller, larger] = std::minmax(
      (*heads)[0], (*heads)[1], [](const auto& a, const auto& b) { return a.size < b.size; });
  if (smaller.size == larger.size || larger.size > state_.tree.size()) return absl::OkStatus();
  auto held = RootOfCopy(larger.size);
  if (!held.ok()) return held.status();
  // The other way round the larger tree is the one that this copy does not hold.
  if (*held != larger.root) return absl::OkStatus();
  auto root = RootOfCopy(smaller.size);
  if (!root.ok()) return root.status();
  auto proof = log_.ConsistencyProof(partner_.log, smaller.size, larger.size);
  if (!proof.ok()) return proof.status();
  batch.Put(Column::kLogHeads, Key('3'), EncodeProof(*root, *proof));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> Mirror::ForkEvidence() const {
  std::vector<std::string> notes;
  for (const char row : {'1', '2'}) {
    auto note = store_.Get(Column::kLogHeads, Key(row));
    if (!note.ok()) return note.status();
    if (note->has_value()) notes.emplace_back(crypto::AsText(**note));
  }
  return notes;
}

absl::StatusOr<audit::ForkEvidence> Mirror::ForkProof() const {
  auto notes = ForkEvidence();
  if (!notes.ok()) return notes.status();
  if (notes->size() != 2) {
    return absl::FailedPreconditionError("no two heads of " + partner_.origin +
                                         " are known that contradict each other");
  }
  auto heads = CheckpointsOf(*notes);
  if (!heads.ok()) return heads.status();
  const bool ordered = (*heads)[0].size <= (*heads)[1].size;
  audit::ForkEvidence evidence;
  evidence.origin = partner_.origin;
  evidence.first = (*notes)[ordered ? 0 : 1];
  evidence.second = (*notes)[ordered ? 1 : 0];
  if ((*heads)[0].size == (*heads)[1].size) return evidence;
  auto row = store_.Get(Column::kLogHeads, Key('3'));
  if (!row.ok()) return row.status();
  if (!row->has_value()) {
    return absl::FailedPreconditionError(
        "the two heads have different sizes, and what shows that they contradict each other has to "
        "be read from " +
        partner_.origin + " first; it is tried whenever that node can be reached");
  }
  if (absl::Status status = DecodeProof(**row, evidence); !status.ok()) return status;
  return evidence;
}

absl::StatusOr<std::optional<Mirror::ForkReading>> Mirror::BeginForkReading() const {
  if (!View().forked) return std::nullopt;
  auto row = store_.Get(Column::kLogHeads, Key('3'));
  if (!row.ok()) return row.status();
  auto notes = ForkEvidence();
  if (!notes.ok()) return notes.status();
  if (row->has_value() || notes->size() != 2) return std::nullopt;
  auto heads = CheckpointsOf(*notes);
  if (!heads.ok()) return heads.status();
  if ((*heads)[0].size == (*heads)[1].size) return std::nullopt;
  const bool ordered = (*heads)[0].size < (*heads)[1].size;
  ForkReading reading;
  reading.smaller = (*heads)[ordered ? 0 : 1];
  reading.larger = (*heads)[ordered ? 1 : 0];
  reading.subtrees =
      crypto::SubtreeCollector::ForConsistency(reading.smaller.size, reading.larger.size);
  return std::optional(std::move(reading));
}

absl::Status Mirror::ReadOfFork(const evidence::FeedBatch& batch, ForkReading& reading) {
  if (reading.done || batch.from != reading.subtrees.size() || batch.entries.empty() ||
      batch.entries.size() > evidence::kMaxFeedEntries) {
    return absl::InvalidArgumentError("the batch is not the next one, or is empty or too large");
  }
  for (const evidence::FeedEntry& entry : batch.entries) {
    if (reading.subtrees.size() == reading.larger.size) break;
    reading.subtrees.Append(crypto::MerkleLeafHash(entry.leaf));
  }
  if (reading.subtrees.size() < reading.larger.size) return absl::OkStatus();
  const crypto::SubtreeReader reader = reading.subtrees.Reader();
  auto root = crypto::MerkleRootAt(reading.smaller.size, reader);
  if (!root.ok()) return root.status();
  auto proof = crypto::MerkleConsistencyProof(reading.smaller.size, reading.larger.size, reader);
  if (!proof.ok()) return proof.status();
  absl::Status leads = crypto::VerifyMerkleConsistency(
      reading.smaller.size, *root, reading.larger.size, reading.larger.root, *proof);
  if (!leads.ok() || *root == reading.smaller.root) {
    return absl::InvalidArgumentError("what is shown now is not the tree of the larger head");
  }
  Batch writes;
  writes.Put(Column::kLogHeads, Key('3'), EncodeProof(*root, *proof));
  if (absl::Status status = store_.Write(std::move(writes)); !status.ok()) return status;
  reading.done = true;
  return absl::OkStatus();
}

}  // namespace daftar::partners
