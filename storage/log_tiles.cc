#include "storage/log_tiles.h"

#include <string>
#include <utility>

namespace daftar::storage {
namespace {

constexpr uint8_t kStateVersion = 1;

Bytes TileKey(LogNumber log, uint32_t level, uint64_t tile) {
  return LogTileKey(static_cast<uint32_t>(log), static_cast<uint8_t>(level), tile);
}

std::string TileName(LogNumber log, uint32_t level, uint64_t tile) {
  return "tile " + std::to_string(level) + "/" + std::to_string(tile) + " of log " +
         std::to_string(static_cast<uint32_t>(log));
}

std::vector<crypto::Digest> HashPairs(const std::vector<crypto::Digest>& hashes) {
  std::vector<crypto::Digest> parents;
  parents.reserve(hashes.size() / 2);
  for (size_t i = 0; i + 1 < hashes.size(); i += 2) {
    parents.push_back(crypto::MerkleNodeHash(hashes[i], hashes[i + 1]));
  }
  return parents;
}

}  // namespace

Bytes LogState::Encode() const {
  return crypto::Writer().U8(kStateVersion).U64(size).Raw(root.view()).Take();
}

Bytes LogStateKey(LogNumber log) { return TileKey(log, kStateLevel, 0); }

absl::StatusOr<std::optional<LogState>> ReadLogState(const StoreReader& store, LogNumber log) {
  const auto row = store.Get(Column::kLogTiles, LogStateKey(log));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  crypto::Reader reader(**row);
  const uint8_t version = reader.U8();
  LogState state;
  state.size = reader.U64();
  state.root = reader.Take<crypto::Digest>();
  if (!reader.Finish("log state").ok() || version != kStateVersion || state.size == 0 ||
      state.size > crypto::kMaxTreeSize) {
    return absl::DataLossError("the size row of log " + std::to_string(static_cast<uint32_t>(log)) +
                               " is malformed");
  }
  return state;
}

absl::StatusOr<std::vector<crypto::Digest>> ReadTile(const StoreReader& store, LogNumber log,
                                                     uint32_t level, uint64_t tile, size_t width) {
  const auto row = store.Get(Column::kLogTiles, TileKey(log, level, tile));
  if (!row.ok()) return row.status();
  if (!row->has_value()) {
    return absl::DataLossError(TileName(log, level, tile) + " is missing");
  }
  const size_t bytes = (*row)->size();
  if (bytes % crypto::Digest::kSize != 0 || bytes > kTileWidth * crypto::Digest::kSize ||
      bytes < width * crypto::Digest::kSize) {
    return absl::DataLossError(TileName(log, level, tile) + " has " + std::to_string(bytes) +
                               " bytes, at least " + std::to_string(width) +
                               " hashes were expected");
  }
  std::vector<crypto::Digest> hashes(bytes / crypto::Digest::kSize);
  crypto::Reader reader(**row);
  for (crypto::Digest& hash : hashes) hash = reader.Take<crypto::Digest>();
  return hashes;
}

Bytes EncodeTile(std::span<const crypto::Digest> hashes) {
  Bytes row;
  row.reserve(hashes.size() * crypto::Digest::kSize);
  for (const crypto::Digest& hash : hashes) {
    row.insert(row.end(), hash.array().begin(), hash.array().end());
  }
  return row;
}

crypto::Digest TileRoot(std::vector<crypto::Digest> hashes) {
  while (hashes.size() > 1) hashes = HashPairs(hashes);
  return hashes.front();
}

absl::StatusOr<crypto::Digest> TileReader::Read(uint32_t level, uint64_t index) {
  if (level >= 64 || index >= (size_ >> level)) {
    return absl::InvalidArgumentError("a tree of " + std::to_string(size_) +
                                      " leaves has no complete subtree " + std::to_string(index) +
                                      " at level " + std::to_string(level));
  }
  const uint32_t height = level % kTileHeight;
  const uint64_t first = index << height;  // among the hashes of the tile's own level
  auto tile = Find(level / kTileHeight, first / kTileWidth);
  if (!tile.ok()) return tile.status();
  for (uint32_t h = 1; h <= height; ++h) {
    if ((*tile)->heights.at(h).empty()) {
      (*tile)->heights.at(h) = HashPairs((*tile)->heights.at(h - 1));
    }
  }
  return (*tile)->heights.at(height).at((first % kTileWidth) >> height);
}

absl::StatusOr<TileReader::Tile*> TileReader::Find(uint32_t level, uint64_t number) {
  for (Tile& tile : tiles_) {
    if (tile.level == level && tile.number == number) return &tile;
  }
  const uint64_t at_level = size_ >> (kTileHeight * level);
  const uint64_t width = std::min(kTileWidth, at_level - number * kTileWidth);
  auto hashes = ReadTile(store_, log_, level, number, width);
  if (!hashes.ok()) return hashes.status();
  Tile loaded;
  loaded.level = level;
  loaded.number = number;
  loaded.heights.front() = *std::move(hashes);
  if (tiles_.size() < kCachedTiles) {
    tiles_.push_back(std::move(loaded));
    return &tiles_.back();
  }
  Tile& victim = tiles_[next_victim_];
  next_victim_ = (next_victim_ + 1) % kCachedTiles;
  victim = std::move(loaded);
  return &victim;
}

absl::Status TileAppender::Load(uint32_t level) {
  Edge& edge = edges_.at(level);
  const uint64_t at_level = size_ >> (kTileHeight * level);
  const size_t width = at_level % kTileWidth;
  edge.tile = at_level / kTileWidth;
  edge.hashes.reserve(kTileWidth);
  if (width > 0) {
    auto hashes = ReadTile(store_, log_, level, edge.tile, width);
    if (!hashes.ok()) return hashes.status();
    if (hashes->size() != width) {
      return absl::DataLossError(TileName(log_, level, edge.tile) + " has " +
                                 std::to_string(hashes->size()) + " hashes, the log has only " +
                                 std::to_string(width));
    }
    edge.hashes.assign(hashes->begin(), hashes->end());
  }
  edge.loaded = true;
  return absl::OkStatus();
}

absl::Status TileAppender::Add(const crypto::Digest& leaf_hash, Batch& batch) {
  crypto::Digest hash = leaf_hash;
  for (uint32_t level = 0; level < kTileLevels; ++level) {
    Edge& edge = edges_.at(level);
    if (!edge.loaded) {
      absl::Status loaded = Load(level);
      if (!loaded.ok()) return loaded;
    }
    edge.hashes.push_back(hash);
    if (edge.hashes.size() < kTileWidth) break;
    batch.Put(Column::kLogTiles, TileKey(log_, level, edge.tile), EncodeTile(edge.hashes));
    hash = TileRoot(std::exchange(edge.hashes, {}));
    edge.hashes.reserve(kTileWidth);
    ++edge.tile;
  }
  return absl::OkStatus();
}

void TileAppender::Finish(Batch& batch) {
  for (uint32_t level = 0; level < kTileLevels; ++level) {
    const Edge& edge = edges_.at(level);
    if (edge.hashes.empty()) continue;
    batch.Put(Column::kLogTiles, TileKey(log_, level, edge.tile), EncodeTile(edge.hashes));
  }
}

}  // namespace daftar::storage
