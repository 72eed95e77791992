#include "storage/log_store.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "storage/log_tiles.h"

namespace daftar::storage {
namespace {

constexpr uint64_t kProgressEntries = 4096;

uint32_t Number(LogNumber log) { return static_cast<uint32_t>(log); }
std::string Name(LogNumber log) { return "log " + std::to_string(Number(log)); }

absl::StatusOr<bool> HasRows(const StoreReader& store, Column column, LogNumber log) {
  bool any = false;
  const Bytes prefix = LogKey(Number(log));
  absl::Status scanned = store.Scan(column, prefix, prefix, [&](ByteView, ByteView) {
    any = true;
    return false;
  });
  if (!scanned.ok()) return scanned;
  return any;
}

// A log without a size row must have no other row.
absl::Status CheckEmpty(const StoreReader& store, LogNumber log) {
  for (const Column column : {Column::kLogEntries, Column::kLogTiles}) {
    const auto rows = HasRows(store, column, log);
    if (!rows.ok()) return rows.status();
    if (*rows) {
      return absl::DataLossError(Name(log) + " has rows in " + std::string(ColumnName(column)) +
                                 " but no size: the database is damaged");
    }
  }
  return absl::OkStatus();
}

// The entries must end where the tree does.
absl::Status CheckEnd(const StoreReader& store, LogNumber log, uint64_t size) {
  const auto around = store.MultiGet(
      Column::kLogEntries, {LogIndexKey(Number(log), size - 1), LogIndexKey(Number(log), size)});
  if (!around.ok()) return around.status();
  if ((*around)[0].has_value() && !(*around)[1].has_value()) return absl::OkStatus();
  return absl::DataLossError(Name(log) + " has a tree of " + std::to_string(size) +
                             " entries, but its entries end elsewhere: the database is damaged");
}

// InvalidArgument when the rows do not reach `size`.
absl::Status CheckReaches(const StoreReader& store, LogNumber log, uint64_t size) {
  const auto state = ReadLogState(store, log);
  if (!state.ok()) return state.status();
  const uint64_t stored = state->has_value() ? (*state)->size : 0;
  if (size <= stored) return absl::OkStatus();
  return absl::InvalidArgumentError(Name(log) + " has " + std::to_string(stored) + " entries, " +
                                    std::to_string(size) + " were asked for");
}

// Recomputes the tiles of a log from its leaf hashes and compares them with the rows.
class TileChecker {
 public:
  TileChecker(const StoreReader& store, LogNumber log) : store_(store), log_(log) {}

  absl::Status Add(const crypto::Digest& leaf_hash) {
    crypto::Digest hash = leaf_hash;
    for (uint32_t level = 0; level < kTileLevels; ++level) {
      Edge& edge = edges_.at(level);
      edge.hashes.push_back(hash);
      if (edge.hashes.size() < kTileWidth) break;
      absl::Status same = Compare(level);
      if (!same.ok()) return same;
      hash = TileRoot(std::exchange(edge.hashes, {}));
      ++edge.tile;
    }
    return absl::OkStatus();
  }

  absl::Status Finish() {
    for (uint32_t level = 0; level < kTileLevels; ++level) {
      if (edges_.at(level).hashes.empty()) continue;
      absl::Status same = Compare(level);
      if (!same.ok()) return same;
    }
    return absl::OkStatus();
  }

 private:
  struct Edge {
    uint64_t tile = 0;
    std::vector<crypto::Digest> hashes;
  };

  absl::Status Compare(uint32_t level) const {
    const Edge& edge = edges_.at(level);
    const auto stored = ReadTile(store_, log_, level, edge.tile, edge.hashes.size());
    if (!stored.ok()) return stored.status();
    const auto [own, row] = std::mismatch(edge.hashes.begin(), edge.hashes.end(), stored->begin());
    if (own == edge.hashes.end()) return absl::OkStatus();
    const uint64_t position =
        edge.tile * kTileWidth + static_cast<uint64_t>(own - edge.hashes.begin());
    const uint64_t index = position << (kTileHeight * level);
    if (level == 0) {
      return absl::DataLossError("entry " + std::to_string(index) + " of " + Name(log_) +
                                 " does not fit the tree: it, or its hash, was altered");
    }
    return absl::DataLossError(
        "the tree of " + Name(log_) + " above entry " + std::to_string(index) + " (level " +
        std::to_string(kTileHeight * level) + ") does not fit the entries: it was altered");
  }

  const StoreReader& store_;
  const LogNumber log_;
  std::array<Edge, kTileLevels> edges_;
};

}  // namespace

absl::StatusOr<crypto::CompactTree> LogStore::Load(LogNumber log) const {
  const auto state = ReadLogState(store_, log);
  if (!state.ok()) return state.status();
  if (!state->has_value()) {
    absl::Status empty = CheckEmpty(store_, log);
    if (!empty.ok()) return empty;
    return crypto::CompactTree();
  }
  const uint64_t size = (*state)->size;
  absl::Status end = CheckEnd(store_, log, size);
  if (!end.ok()) return end;
  TileReader tiles(store_, log, size);
  std::vector<crypto::Digest> frontier;
  for (uint32_t level = 64; level-- > 0;) {
    if (((size >> level) & 1) == 0) continue;
    // The complete subtree of this level that lies furthest right.
    const auto root = tiles.Read(level, (size >> level) - 1);
    if (!root.ok()) return root.status();
    frontier.push_back(*root);
  }
  auto tree = crypto::CompactTree::Create(size, std::move(frontier));
  if (!tree.ok()) return tree.status();
  if (tree->Root() != (*state)->root) {
    return absl::DataLossError("the tree of " + Name(log) + " (" + std::to_string(size) +
                               " entries) does not have the root that was stored with it: the "
                               "database is damaged");
  }
  return tree;
}

absl::Status LogStore::Append(LogNumber log, std::span<const Bytes> leaves,
                              crypto::CompactTree& tree, Batch& batch) const {
  if (leaves.empty()) return absl::OkStatus();
  if (leaves.size() > crypto::kMaxTreeSize - tree.size()) {
    return absl::InvalidArgumentError(Name(log) + " cannot grow by " +
                                      std::to_string(leaves.size()) + " entries");
  }
  const auto state = ReadLogState(store_, log);
  if (!state.ok()) return state.status();
  const LogState before{tree.size(), tree.Root()};
  const uint64_t stored = state->has_value() ? (*state)->size : 0;
  if (stored != before.size || (state->has_value() && (*state)->root != before.root)) {
    return absl::FailedPreconditionError(Name(log) + " has " + std::to_string(stored) +
                                         " entries in the database, the tree at hand " +
                                         std::to_string(before.size) +
                                         " or another root; load the tree again");
  }
  crypto::CompactTree grown = tree;
  TileAppender tiles(store_, log, before.size);
  Batch rows;
  for (const Bytes& leaf : leaves) {
    if (leaf.size() > kMaxLeafBytes) {
      return absl::InvalidArgumentError("an entry of " + std::to_string(leaf.size()) +
                                        " bytes is larger than " + std::to_string(kMaxLeafBytes));
    }
    const crypto::Digest hash = crypto::MerkleLeafHash(leaf);
    rows.Put(Column::kLogEntries, LogIndexKey(Number(log), grown.size()), leaf);
    absl::Status added = tiles.Add(hash, rows);
    if (!added.ok()) return added;
    grown.Append(hash);
  }
  tiles.Finish(rows);
  // Whatever went wrong above this, no index is used twice.
  if (before.size == 0) {
    rows.ExpectAbsent(Column::kLogTiles, LogStateKey(log));
  } else {
    rows.ExpectValue(Column::kLogTiles, LogStateKey(log), before.Encode());
  }
  rows.Put(Column::kLogTiles, LogStateKey(log), LogState{grown.size(), grown.Root()}.Encode());
  batch.Append(std::move(rows));
  tree = std::move(grown);
  return absl::OkStatus();
}

absl::Status LogStore::ReadLeaves(
    LogNumber log, uint64_t from, uint64_t to,
    const std::function<bool(uint64_t index, ByteView leaf)>& visit) const {
  if (from >= to) return absl::OkStatus();
  uint64_t next = from;
  bool gap = false;
  bool stopped = false;
  absl::Status scanned =
      store_.Scan(Column::kLogEntries, LogKey(Number(log)), LogIndexKey(Number(log), from),
                  [&](ByteView key, ByteView leaf) {
                    const Bytes expected = LogIndexKey(Number(log), next);
                    gap = !std::equal(key.begin(), key.end(), expected.begin(), expected.end());
                    if (gap) return false;
                    stopped = !visit(next, leaf);
                    ++next;
                    return !stopped && next < to;
                  });
  if (!scanned.ok()) return scanned;
  if (!gap && (stopped || next == to)) return absl::OkStatus();
  return absl::DataLossError("entry " + std::to_string(next) + " of " + Name(log) +
                             " is missing: the database is damaged");
}

absl::StatusOr<Bytes> LogStore::ReadLeaf(LogNumber log, uint64_t index) const {
  auto leaf = store_.Get(Column::kLogEntries, LogIndexKey(Number(log), index));
  if (!leaf.ok()) return leaf.status();
  if (!leaf->has_value()) {
    return absl::NotFoundError(Name(log) + " has no entry " + std::to_string(index));
  }
  return **std::move(leaf);
}

crypto::SubtreeReader LogStore::Reader(LogNumber log, uint64_t size) const {
  auto tiles = std::make_shared<TileReader>(store_, log, size);
  return [tiles](uint32_t level, uint64_t index) { return tiles->Read(level, index); };
}

absl::StatusOr<crypto::Digest> LogStore::RootAt(LogNumber log, uint64_t size) const {
  absl::Status reaches = CheckReaches(store_, log, size);
  if (!reaches.ok()) return reaches;
  return crypto::MerkleRootAt(size, Reader(log, size));
}

absl::StatusOr<std::vector<crypto::Digest>> LogStore::InclusionProof(LogNumber log, uint64_t index,
                                                                     uint64_t size) const {
  absl::Status reaches = CheckReaches(store_, log, size);
  if (!reaches.ok()) return reaches;
  return crypto::MerkleInclusionProof(index, size, Reader(log, size));
}

absl::StatusOr<std::vector<crypto::Digest>> LogStore::ConsistencyProof(LogNumber log,
                                                                       uint64_t old_size,
                                                                       uint64_t new_size) const {
  absl::Status reaches = CheckReaches(store_, log, new_size);
  if (!reaches.ok()) return reaches;
  return crypto::MerkleConsistencyProof(old_size, new_size, Reader(log, new_size));
}

absl::StatusOr<std::vector<crypto::Digest>> LogStore::TileHashes(LogNumber log, uint32_t level,
                                                                 uint64_t tile,
                                                                 size_t width) const {
  auto hashes = ReadTile(store_, log, level, tile, width);
  if (!hashes.ok()) return hashes.status();
  hashes->resize(width);
  return hashes;
}

absl::Status LogStore::Verify(LogNumber log, uint64_t size,
                              const std::function<bool(uint64_t done)>& progress) const {
  const auto state = ReadLogState(store_, log);
  if (!state.ok()) return state.status();
  const uint64_t stored = state->has_value() ? (*state)->size : 0;
  if (size > stored) {
    return absl::DataLossError(Name(log) + " has " + std::to_string(stored) +
                               " entries in the database, " + std::to_string(size) +
                               " were expected: entry " + std::to_string(stored) + " is missing");
  }
  TileChecker tiles(store_, log);
  crypto::CompactTree tree;
  absl::Status result;
  absl::Status read = ReadLeaves(log, 0, size, [&](uint64_t index, ByteView leaf) {
    const crypto::Digest hash = crypto::MerkleLeafHash(leaf);
    result = tiles.Add(hash);
    tree.Append(hash);
    if (result.ok() && progress && (index + 1) % kProgressEntries == 0 && !progress(index + 1)) {
      result = absl::CancelledError("stopped after " + std::to_string(index + 1) + " entries");
    }
    return result.ok();
  });
  if (!result.ok()) return result;
  if (!read.ok()) return read;
  result = tiles.Finish();
  if (!result.ok()) return result;
  if (size == stored && size > 0 && tree.Root() != (*state)->root) {
    return absl::DataLossError("the root stored with " + Name(log) + " (" + std::to_string(size) +
                               " entries) is not that of its entries");
  }
  return absl::OkStatus();
}

}  // namespace daftar::storage
