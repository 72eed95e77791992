// Internal to storage/: the rows in which a log's Merkle tree stands. Tile (level L, number N) has
// the hashes of the complete subtrees of 256^L leaves, numbers 256 N to 256 N + 255, as far as they
// exist: so a tile is partial at the right edge only.
#ifndef DAFTAR_STORAGE_LOG_TILES_H_
#define DAFTAR_STORAGE_LOG_TILES_H_

#include <array>
#include <vector>

#include "crypto/merkle.h"
#include "storage/log_store.h"

namespace daftar::storage {

inline constexpr uint32_t kTileHeight = 8;                          // tree levels in a tile
inline constexpr uint64_t kTileWidth = uint64_t{1} << kTileHeight;  // hashes in a full tile
inline constexpr uint32_t kTileLevels = 8;                          // 256^8 > kMaxTreeSize
// The level under which LogState stands; no tile has it.
inline constexpr uint8_t kStateLevel = 0xff;

// How large the tree is that the rows hold, and its root, so that a tree that does not fit the rows
// is noticed. Row: version (1), size u64, root.
struct LogState {
  uint64_t size = 0;
  crypto::Digest root;
  Bytes Encode() const;
};
// nullopt for a log without entries. DataLoss when malformed.
absl::StatusOr<std::optional<LogState>> ReadLogState(const StoreReader& store, LogNumber log);
Bytes LogStateKey(LogNumber log);

// The hashes of a tile row, at least `width` of them. DataLoss when the row is absent, shorter or
// no multiple of a hash.
absl::StatusOr<std::vector<crypto::Digest>> ReadTile(const StoreReader& store, LogNumber log,
                                                     uint32_t level, uint64_t tile, size_t width);
Bytes EncodeTile(std::span<const crypto::Digest> hashes);
// The root above a full tile.
crypto::Digest TileRoot(std::vector<crypto::Digest> hashes);

// Hashes of any complete subtree out of tiles, keeping the last few tiles. One thread.
class TileReader {
 public:
  TileReader(const StoreReader& store, LogNumber log, uint64_t size)
      : store_(store), log_(log), size_(size) {}
  // InvalidArgument for a subtree that the tree of `size` leaves does not contain.
  absl::StatusOr<crypto::Digest> Read(uint32_t level, uint64_t index);

 private:
  struct Tile {
    uint32_t level = kTileLevels;  // none
    uint64_t number = 0;
    // heights[h][i]: root of 2^h neighbouring hashes; computed when first asked for.
    std::array<std::vector<crypto::Digest>, kTileHeight> heights;
  };
  static constexpr size_t kCachedTiles = 16;

  absl::StatusOr<Tile*> Find(uint32_t level, uint64_t number);

  const StoreReader& store_;
  const LogNumber log_;
  const uint64_t size_;
  std::vector<Tile> tiles_;
  size_t next_victim_ = 0;
};

// Adds hashes at the right edge and puts the touched tiles into a batch. One use, one thread.
class TileAppender {
 public:
  TileAppender(const StoreReader& store, LogNumber log, uint64_t size)
      : store_(store), log_(log), size_(size) {}
  // DataLoss when a tile that is to be continued is not as long as the tree is.
  absl::Status Add(const crypto::Digest& leaf_hash, Batch& batch);
  // Puts the partial tiles.
  void Finish(Batch& batch);

 private:
  struct Edge {
    bool loaded = false;
    uint64_t tile = 0;
    std::vector<crypto::Digest> hashes;
  };
  absl::Status Load(uint32_t level);

  const StoreReader& store_;
  const LogNumber log_;
  const uint64_t size_;  // before the first Add
  std::array<Edge, kTileLevels> edges_;
};

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_LOG_TILES_H_
