#include "crypto/tile_path.h"

#include <algorithm>
#include <charconv>

namespace daftar::crypto {
namespace {

constexpr uint32_t kHashBits = 8;  // 256 hashes in a tile
constexpr uint64_t kMostTiles = uint64_t{1} << (63 - kHashBits);
constexpr uint64_t kGroup = 1000;  // three digits of a path element

absl::Status Malformed() { return absl::InvalidArgumentError("no path of a tile"); }

std::string ThreeDigits(uint64_t group) {
  const std::string digits = std::to_string(group);
  return std::string(3 - digits.size(), '0') + digits;
}

// 1234067 is x001/x234/067.
std::string NumberPath(uint64_t number) {
  std::string path = ThreeDigits(number % kGroup);
  for (number /= kGroup; number > 0; number /= kGroup) {
    path = "x" + ThreeDigits(number % kGroup) + "/" + path;
  }
  return path;
}

bool TakeNumber(std::string_view& text, uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

// One path element of N: three digits, which the caller adds to what came before.
bool TakeGroup(std::string_view& text, uint64_t& number) {
  if (text.size() < 3 || number > kMostTiles / kGroup) return false;
  std::string_view digits = text.substr(0, 3);
  uint64_t group = 0;
  if (!TakeNumber(digits, group) || !digits.empty()) return false;
  text.remove_prefix(3);
  number = number * kGroup + group;
  return number <= kMostTiles;
}

}  // namespace

std::string TilePath::ToString() const {
  std::string path = "tile/" + (entries ? std::string("entries") : std::to_string(level)) + "/" +
                     NumberPath(number);
  if (width < kTilePathHashes) path += ".p/" + std::to_string(width);
  return path;
}

absl::StatusOr<TilePath> ParseTilePath(std::string_view path) {
  constexpr std::string_view kTile = "tile/";
  constexpr std::string_view kEntries = "entries/";
  constexpr std::string_view kPartial = ".p/";
  if (path.size() > kMaxTilePathBytes || !path.starts_with(kTile)) return Malformed();
  std::string_view rest = path.substr(kTile.size());
  TilePath tile;
  if (rest.starts_with(kEntries)) {
    tile.entries = true;
    rest.remove_prefix(kEntries.size());
  } else {
    uint64_t level = 0;
    if (!TakeNumber(rest, level) || level > kMaxTilePathLevel || !rest.starts_with('/')) {
      return Malformed();
    }
    tile.level = static_cast<uint32_t>(level);
    rest.remove_prefix(1);
  }
  while (rest.starts_with('x')) {
    rest.remove_prefix(1);
    if (!TakeGroup(rest, tile.number) || !rest.starts_with('/')) return Malformed();
    rest.remove_prefix(1);
  }
  if (!TakeGroup(rest, tile.number)) return Malformed();
  if (rest.starts_with(kPartial)) {
    rest.remove_prefix(kPartial.size());
    uint64_t width = 0;
    if (!TakeNumber(rest, width) || width == 0 || width >= kTilePathHashes) return Malformed();
    tile.width = static_cast<uint32_t>(width);
  }
  // Leading zeros, empty groups in front and whatever follows are not what ToString writes.
  if (!rest.empty() || tile.ToString() != path) return Malformed();
  return tile;
}

uint32_t TileWidthAt(uint64_t size, uint32_t level, uint64_t number) {
  if (level >= 64 / kHashBits || number > kMostTiles) return 0;
  const uint64_t at_level = size >> (kHashBits * level);
  const uint64_t first = number * kTilePathHashes;
  if (at_level <= first) return 0;
  return static_cast<uint32_t>(std::min<uint64_t>(kTilePathHashes, at_level - first));
}

}  // namespace daftar::crypto
