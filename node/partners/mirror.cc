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

constexpr uint8_t kVersion = 1;

void WriteCheckpoint(Writer& writer, const std::optional<crypto::Checkpoint>& head) {
  writer.U8(head.has_value() ? 1 : 0);
  if (head.has_value()) writer.U64(head->size).Raw(head->root.view());
}

}  // namespace

absl::StatusOr<std::unique_ptr<Mirror>> Mirror::Open(storage::Store& store, Partner partner) {
  std::unique_ptr<Mirror> mirror(new Mirror(store, std::move(partner)));
  if (absl::Status status = mirror->Load(); !status.ok()) return status;
  return mirror;
}

Bytes Mirror::StateKey() const {
  return Writer().U32(static_cast<uint32_t>(partner_.log)).U8('m').Take();
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
  WriteCheckpoint(writer, state.head);
  writer.Prefixed32(crypto::AsBytes(state.note)).U64(static_cast<uint64_t>(state.head_time));
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
  if (reader.U8() != 0) {
    crypto::Checkpoint head;
    head.size = reader.U64();
    head.root = reader.Take<crypto::Digest>();
    state.head = head;
  }
  state.note = reader.Text32();
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
    state.keys.push_back(std::move(entry));
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
  auto row = store_.Get(Column::kLogHeads, StateKey());
  if (!row.ok()) return row.status();
  if (row->has_value()) {
    if (absl::Status status = DecodeState(**row, state_); !status.ok()) return status;
    if (state_.head.has_value()) state_.head->origin = partner_.origin;
  }
  state_.tree = *std::move(tree);
  Publish();
  return absl::OkStatus();
}

void Mirror::Publish() {
  storage::MutexLock lock(mutex_);
  view_.size = state_.tree.size();
  view_.head = state_.head;
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
  return view_;
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

absl::Status Mirror::CheckAgainstKnownHead(const State& state, const Head& head,
                                           const std::string& note) {
  if (!state.head.has_value()) return absl::OkStatus();
  const crypto::Checkpoint& known = *state.head;
  if (head.checkpoint.size < known.size) {
    return absl::DataLossError("its log became shorter: it showed " + std::to_string(known.size) +
                               " entries before and shows " + std::to_string(head.checkpoint.size) +
                               " now (a restored backup?). What was copied stays in use");
  }
  if (head.checkpoint.size == known.size && head.checkpoint.root != known.root) {
    return KeepForkEvidence(
        note, "it signed two different heads of the same size " + std::to_string(known.size));
  }
  return absl::OkStatus();
}

absl::Status Mirror::KeepForkEvidence(const std::string& note, std::string words) {
  State marked = state_;
  marked.forked = true;
  Batch batch;
  batch.Put(Column::kLogHeads, StateKey(), EncodeState(marked));
  batch.Put(Column::kLogHeads,
            Writer().U32(static_cast<uint32_t>(partner_.log)).U8('f').Raw("1").Take(),
            crypto::ToBytes(state_.note));
  batch.Put(Column::kLogHeads,
            Writer().U32(static_cast<uint32_t>(partner_.log)).U8('f').Raw("2").Take(),
            crypto::ToBytes(note));
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  state_.forked = true;
  Publish();
  return absl::DataLossError(std::move(words));
}

absl::Status Mirror::Apply(const evidence::FeedBatch& batch) {
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
  if (absl::Status status = CheckAgainstKnownHead(state_, *head, batch.head); !status.ok()) {
    return status;
  }

  State next = state_;
  Applier applier(store_, partner_, next.keys, next.charters, next.reports, next.last_issued_at);
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
    return absl::DataLossError(
        "its entries do not give the tree that its signed head states (size " +
        std::to_string(head->checkpoint.size) + "); nothing of this batch was taken");
  }
  // A head that was seen while its entries were still on the way must come true now.
  if (state_.head.has_value() && state_.head->size > state_.tree.size() &&
      state_.head->size <= next.tree.size()) {
    crypto::CompactTree at_known = state_.tree;
    for (size_t i = 0; at_known.size() < state_.head->size; ++i) {
      at_known.Append(crypto::MerkleLeafHash(leaves[i]));
    }
    if (at_known.Root() != state_.head->root) {
      return KeepForkEvidence(batch.head, "an earlier head of size " +
                                              std::to_string(state_.head->size) +
                                              " does not fit the entries that followed");
    }
  }
  next.head = head->checkpoint;
  next.note = batch.head;
  next.head_time = std::max(next.head_time, head->timestamp);
  // A mere timestamp is kept in memory; it is renewed within the minute anyway.
  if (!leaves.empty() || !state_.head.has_value() || state_.head->size != next.head->size) {
    if (absl::Status status = applier.Finish(writes); !status.ok()) return status;
    writes.Put(Column::kLogHeads, StateKey(), EncodeState(next));
    if (absl::Status status = store_.Write(std::move(writes)); !status.ok()) return status;
  }
  state_ = std::move(next);
  Publish();
  SetTrouble({});
  return absl::OkStatus();
}

}  // namespace daftar::partners
