#include "node/audit/tiles.h"

namespace daftar::audit {
namespace {

constexpr uint32_t kLevelsOfTile = 8;  // a tile's hashes are 8 levels of the tree

absl::StatusOr<std::vector<crypto::Bytes>> SplitBundle(std::string_view text, uint64_t width,
                                                       bool full) {
  crypto::Reader reader(crypto::AsBytes(text));
  std::vector<crypto::Bytes> leaves;
  const uint64_t there = full ? kTileWidth : width;
  for (uint64_t i = 0; i < there; ++i) {
    const crypto::ByteView leaf = reader.Prefixed16();
    if (i < width) leaves.push_back(crypto::ToBytes(leaf));
  }
  if (!reader.Finish("the bundle").ok()) {
    return absl::DataLossError(
        "a bundle of entries is not in its format, or has another number of "
        "entries than the head's size says");
  }
  return leaves;
}

}  // namespace

std::string TilePath(uint32_t level, uint64_t index, uint64_t width) {
  return crypto::TilePath{false, level, index, static_cast<uint32_t>(width)}.ToString();
}

std::string BundlePath(uint64_t index, uint64_t width) {
  return crypto::TilePath{true, 0, index, static_cast<uint32_t>(width)}.ToString();
}

std::set<TileName> TilesToLeadBack(uint64_t old_size, uint64_t size) {
  std::set<TileName> names;
  // Which subtrees are read does not hang on what they hold.
  const crypto::SubtreeReader note = [&](uint32_t level, uint64_t index) {
    const uint32_t tile_level = level / kLevelsOfTile;
    const uint64_t tile = index >> (kLevelsOfTile - level % kLevelsOfTile);
    const uint64_t width = crypto::TileWidthAt(size, tile_level, tile);
    if (width > 0) {
      names.insert({TilePath(tile_level, tile, width), TilePath(tile_level, tile, kTileWidth)});
    }
    return absl::StatusOr<crypto::Digest>(crypto::Digest());
  };
  for (const absl::Status& status :
       {crypto::MerkleRootAt(old_size, note).status(),
        crypto::MerkleConsistencyProof(old_size, size, note).status()}) {
    if (!status.ok()) return {};
  }
  return names;
}

crypto::Digest RootOf(const crypto::Digest* hashes, uint64_t count) {
  if (count == 1) return hashes[0];
  return crypto::MerkleNodeHash(RootOf(hashes, count / 2), RootOf(hashes + count / 2, count / 2));
}

absl::StatusOr<std::string> TileReader::FetchPart(const std::string& part, const std::string& full,
                                                  size_t max_bytes) {
  auto answers = fetch_({{base_ + "/" + part, max_bytes}});
  if (absl::IsNotFound(answers[0].status()) && part != full) {
    // A server may drop a partial tile once there is the full one.
    answers = fetch_({{base_ + "/" + full, max_bytes}});
  }
  return std::move(answers[0]);
}

absl::Status TileReader::Hold(uint32_t level, uint64_t index, const std::string& bytes) {
  const uint64_t width = crypto::TileWidthAt(size_, level, index);
  if (bytes.size() != width * crypto::Digest::kSize && bytes.size() != kTileBytes) {
    return absl::DataLossError("a tile has " + std::to_string(bytes.size()) +
                               " bytes where the head's size asks for " +
                               std::to_string(width * crypto::Digest::kSize));
  }
  crypto::Reader reader(crypto::AsBytes(bytes));
  std::vector<crypto::Digest> hashes(width);
  for (crypto::Digest& hash : hashes) hash = reader.Take<crypto::Digest>();
  if (tiles_.size() >= kMaxHeldTiles) tiles_.clear();
  tiles_.insert_or_assign(std::pair(level, index), std::move(hashes));
  return absl::OkStatus();
}

void TileReader::FetchAhead(uint32_t level, uint64_t first, uint64_t count) {
  std::vector<FetchRequest> requests;
  for (uint64_t index = first; index < first + count; ++index) {
    const uint64_t width = crypto::TileWidthAt(size_, level, index);
    requests.push_back({base_ + "/" + TilePath(level, index, width), kTileBytes});
  }
  const auto answers = fetch_(requests);
  for (uint64_t i = 0; i < count; ++i) {
    if (answers[i].ok()) Hold(level, first + i, *answers[i]).IgnoreError();
  }
}

absl::StatusOr<const std::vector<crypto::Digest>*> TileReader::Tile(uint32_t level,
                                                                    uint64_t index) {
  const auto held = tiles_.find({level, index});
  if (held != tiles_.end()) return &held->second;
  const uint64_t width = crypto::TileWidthAt(size_, level, index);
  if (width == 0) return absl::InternalError("there is no such tile in this tree");
  auto bytes =
      FetchPart(TilePath(level, index, width), TilePath(level, index, kTileWidth), kTileBytes);
  if (!bytes.ok()) return bytes.status();
  if (absl::Status status = Hold(level, index, *bytes); !status.ok()) return status;
  return &tiles_.at({level, index});
}

absl::StatusOr<crypto::Digest> TileReader::Subtree(uint32_t level, uint64_t index) {
  const uint32_t within = level % kLevelsOfTile;
  const uint64_t count = uint64_t{1} << within;
  const uint64_t per_tile = kTileWidth / count;
  auto tile = Tile(level / kLevelsOfTile, index / per_tile);
  if (!tile.ok()) return tile.status();
  const uint64_t first = (index % per_tile) * count;
  if (first + count > (*tile)->size()) {
    return absl::InternalError("there is no such subtree in this tree");
  }
  return RootOf((*tile)->data() + first, count);
}

absl::StatusOr<std::vector<std::vector<crypto::Bytes>>> TileReader::Bundles(uint64_t first,
                                                                            uint64_t count) {
  std::vector<FetchRequest> requests;
  for (uint64_t index = first; index < first + count; ++index) {
    requests.push_back(
        {base_ + "/" + BundlePath(index, crypto::TileWidthAt(size_, 0, index)), kMaxBundleBytes});
  }
  auto answers = fetch_(requests);
  std::vector<std::vector<crypto::Bytes>> bundles;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t width = crypto::TileWidthAt(size_, 0, first + i);
    bool full = width == kTileWidth;
    if (absl::IsNotFound(answers[i].status()) && !full) {
      answers[i] = std::move(
          fetch_({{base_ + "/" + BundlePath(first + i, kTileWidth), kMaxBundleBytes}})[0]);
      full = true;
    }
    if (!answers[i].ok()) return answers[i].status();
    auto leaves = SplitBundle(*answers[i], width, full);
    if (!leaves.ok()) return leaves.status();
    bundles.push_back(*std::move(leaves));
  }
  return bundles;
}

}  // namespace daftar::audit
