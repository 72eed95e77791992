// Paths of tiles: what parses is written back to the byte, and lies in no tree's way.
#include <cstdlib>

#include "crypto/bytes.h"
#include "crypto/tile_path.h"

using daftar::crypto::ParseTilePath;
using daftar::crypto::TileWidthAt;

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view path = daftar::crypto::AsText({data, size});
  const auto tile = ParseTilePath(path);
  if (!tile.ok()) return 0;
  Require(tile->ToString() == path);
  Require(path.size() <= daftar::crypto::kMaxTilePathBytes);
  Require(tile->width >= 1 && tile->width <= daftar::crypto::kTilePathHashes);
  Require(!tile->entries || tile->level == 0);
  for (const uint64_t leaves : {uint64_t{0}, uint64_t{70'000}, (uint64_t{1} << 63) - 1}) {
    Require(TileWidthAt(leaves, tile->level, tile->number) <= daftar::crypto::kTilePathHashes);
  }
  return 0;
}
