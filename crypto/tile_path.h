// C2SP tlog-tiles: the names under which a log's tree and its entries are served as static files.
#ifndef DAFTAR_CRYPTO_TILE_PATH_H_
#define DAFTAR_CRYPTO_TILE_PATH_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace daftar::crypto {

inline constexpr uint32_t kTilePathHashes = 256;   // in a full tile
inline constexpr uint32_t kMaxTilePathLevel = 63;  // by the specification; no tree has so many
inline constexpr size_t kMaxTilePathBytes = 64;    // the longest is shorter

// Which tile, or which bundle of entries. Tile `number` of level L has the hashes of the complete
// subtrees of 256^L leaves, numbers 256 * number and following; a bundle has the entries whose
// hashes stand in the tile of level 0 with its number.
struct TilePath {
  bool entries = false;
  uint32_t level = 0;  // 0 of entries
  uint64_t number = 0;
  uint32_t width = kTilePathHashes;  // hashes or entries in it; less than a full tile: partial
  // `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`, without a slash in front.
  std::string ToString() const;
  friend bool operator==(const TilePath&, const TilePath&) = default;
};

// Strict: what ToString writes and nothing else, number at most 2^55 (a tree of 2^63 leaves has no
// more). InvalidArgument otherwise. Pure.
absl::StatusOr<TilePath> ParseTilePath(std::string_view path);

// How many hashes (or entries) of that tile a tree of `size` leaves has, 0 to 256. Pure.
uint32_t TileWidthAt(uint64_t size, uint32_t level, uint64_t number);

}  // namespace daftar::crypto

#endif  // DAFTAR_CRYPTO_TILE_PATH_H_
