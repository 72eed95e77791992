#include "node/ledger/feed.h"

#include <algorithm>

namespace daftar::ledger {

using crypto::Bytes;
using crypto::ByteView;
using storage::Column;
using storage::kOwnLog;

namespace {

// Of the kind with the largest body, REPORT: salt, key commitment, four slots, nonce, sealed facts.
constexpr size_t kMostBodyBytes = 32 + 32 + 4 * 64 + 24 + 256 + 16;

}  // namespace

absl::StatusOr<evidence::FeedBatch> ReadFeed(const storage::Store& store,
                                             const Publisher& publisher, uint64_t from,
                                             size_t max_entries) {
  const std::optional<SignedHead> head = publisher.Head();
  if (!head.has_value()) {
    return absl::UnavailableError("this node has no signed head to serve now");
  }
  return ReadLog(store, kOwnLog, head->note, head->checkpoint.size, from, max_entries);
}

absl::StatusOr<evidence::FeedBatch> ReadLog(const storage::Store& store, storage::LogNumber number,
                                            std::string note, uint64_t size, uint64_t from,
                                            size_t max_entries) {
  evidence::FeedBatch batch;
  batch.from = from;
  batch.head = std::move(note);
  if (from > size) return batch;
  const storage::LogStore log(store);
  const uint64_t to =
      std::min<uint64_t>(size, from + std::min(max_entries, evidence::kMaxFeedEntries));
  size_t bytes = 0;
  absl::Status read = log.ReadLeaves(number, from, to, [&](uint64_t, ByteView leaf) {
    bytes += leaf.size();
    batch.entries.push_back({crypto::ToBytes(leaf), std::nullopt});
    // As many as fit with their bodies: what is read beyond that is read again for the next batch.
    return bytes + batch.entries.size() * kMostBodyBytes < evidence::kMaxFeedBytes;
  });
  if (!read.ok()) return read;
  // Bodies by one range read; gaps are erased ones.
  const Bytes prefix = storage::LogKey(static_cast<uint32_t>(number));
  const Bytes start = storage::LogIndexKey(static_cast<uint32_t>(number), from);
  uint64_t kept = batch.entries.size();
  absl::Status scanned =
      store.Scan(Column::kLogBodies, prefix, start, [&](ByteView key, ByteView value) {
        crypto::Reader reader(key);
        reader.U32();
        const uint64_t index = reader.U64();
        if (index >= from + batch.entries.size()) return false;
        bytes += value.size();
        if (bytes >= evidence::kMaxFeedBytes && index > from) {
          kept = index - from;  // this one and what follows come with the next batch
          return false;
        }
        batch.entries[index - from].body = crypto::ToBytes(value);
        return true;
      });
  if (!scanned.ok()) return scanned;
  batch.entries.resize(kept);
  auto proof = log.ConsistencyProof(number, from + kept, size);
  if (!proof.ok()) return proof.status();
  batch.consistency = *std::move(proof);
  return batch;
}

}  // namespace daftar::ledger
