// Reading a log that is served as static tiles (C2SP tlog-tiles), through a port that fetches. What
// comes is only hashes and bytes that a server gave: nothing here vouches for it. Whoever asks
// binds it to a signed root.
#ifndef DAFTAR_NODE_AUDIT_TILES_H_
#define DAFTAR_NODE_AUDIT_TILES_H_

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/merkle.h"
#include "crypto/tile_path.h"
#include "node/evidence/header.h"

namespace daftar::audit {

// Hashes of a tile, entries of a bundle.
inline constexpr uint64_t kTileWidth = crypto::kTilePathHashes;
inline constexpr size_t kTileBytes = kTileWidth * crypto::Digest::kSize;
inline constexpr size_t kMaxBundleBytes = kTileWidth * (2 + evidence::kMaxLeafBytes);
inline constexpr size_t kMaxHeldTiles = 4096;  // of one reader: 32 MiB

struct FetchRequest {
  std::string url;
  size_t max_bytes = 0;
  int64_t within_ms = 0;  // for the whole answer, where that is shorter than the fetch's own bound
};
// Gets all of them, the answers in the order of the requests, within bounds of its own.
//   NotFound     the server says that there is none
//   Unavailable  it was not reached, took too long or had an error of its own
//   DataLoss     what came cannot be an answer: more than `max_bytes`, a redirect
//   Cancelled    the watch is to stop
using Fetch =
    std::function<std::vector<absl::StatusOr<std::string>>(const std::vector<FetchRequest>&)>;

// "tile/0/x001/067.p/12": below the log's base URL. `width` is 1 to kTileWidth.
std::string TilePath(uint32_t level, uint64_t index, uint64_t width);
// "tile/entries/x001/067.p/12".
std::string BundlePath(uint64_t index, uint64_t width);
// A tile below the log's base URL: at its width in a tree, and the full one that replaces it.
struct TileName {
  std::string part;
  std::string full;  // the same where it is full in that tree
  friend auto operator<=>(const TileName&, const TileName&) = default;
};
// Those that MerkleRootAt(old_size) and MerkleConsistencyProof(old_size, size) read in the tree of
// `size`. REQUIRES old_size <= size.
std::set<TileName> TilesToLeadBack(uint64_t old_size, uint64_t size);
// The root of complete subtrees side by side. REQUIRES a power of two of them.
crypto::Digest RootOf(const crypto::Digest* hashes, uint64_t count);

// The tiles of one tree at one server. Keeps what it has fetched. One thread.
class TileReader {
 public:
  // `base` is the log's URL without a slash at its end. `fetch` outlives the reader.
  TileReader(std::string base, uint64_t size, const Fetch& fetch)
      : base_(std::move(base)), size_(size), fetch_(fetch) {}

  uint64_t size() const { return size_; }
  // The root of a complete subtree, addressed as crypto/merkle.h does. Errors of the fetch;
  // DataLoss for a tile that is not as long as it must be.
  absl::StatusOr<crypto::Digest> Subtree(uint32_t level, uint64_t index);
  crypto::SubtreeReader AsSubtrees() {
    return [this](uint32_t level, uint64_t index) { return Subtree(level, index); };
  }
  // Fetches the tiles [first, first + count) of a level at once. What does not come as it should,
  // Tile asks for again, and says why.
  void FetchAhead(uint32_t level, uint64_t first, uint64_t count);
  // The hashes of one tile; valid until the next call.
  absl::StatusOr<const std::vector<crypto::Digest>*> Tile(uint32_t level, uint64_t index);
  // The leaves of the bundles [first, first + count), each split. DataLoss for one that is not in
  // its format.
  absl::StatusOr<std::vector<std::vector<crypto::Bytes>>> Bundles(uint64_t first, uint64_t count);

 private:
  // One after the other what `path` names for `width`, or where that is gone the full one.
  absl::StatusOr<std::string> FetchPart(const std::string& part, const std::string& full,
                                        size_t max_bytes);
  // Takes a tile in that is as long as it must be, else DataLoss.
  absl::Status Hold(uint32_t level, uint64_t index, const std::string& bytes);

  const std::string base_;
  const uint64_t size_;
  const Fetch& fetch_;
  std::map<std::pair<uint32_t, uint64_t>, std::vector<crypto::Digest>> tiles_;
};

}  // namespace daftar::audit

#endif  // DAFTAR_NODE_AUDIT_TILES_H_
