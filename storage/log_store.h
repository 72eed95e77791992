// Append-only logs in a Store: leaf data by index and the Merkle tree as tiles of 256 hashes
// (C2SP tlog-tiles with the own tree's levels 0, 8, 16, ...), so that appending is O(log n), a
// million entries need no memory, and proofs read a handful of rows. Several logs share one store:
// the node's own, its decision log, and one copy for each partner.
//
// Rows: kLogEntries (log, index) -> leaf data; kLogTiles (log, level, tile) -> up to 256 hashes;
// and kLogTiles (log, level 0xff, 0) -> size and root of the tree, written with every append.
#ifndef DAFTAR_STORAGE_LOG_STORE_H_
#define DAFTAR_STORAGE_LOG_STORE_H_

#include <functional>
#include <span>
#include <vector>

#include "crypto/merkle.h"
#include "storage/store.h"

namespace daftar::storage {

// The number by which this database knows a log. Never shown outside.
enum class LogNumber : uint32_t {};
inline constexpr LogNumber kOwnLog{1};
inline constexpr LogNumber kDecisionLog{2};
inline constexpr LogNumber kFirstPartnerLog{16};

// Largest leaf data (C2SP bundles prefix entries with u16).
inline constexpr size_t kMaxLeafBytes = 65535;

// Stateless apart from the store; any thread may read, one thread at a time may append to a log.
class LogStore {
 public:
  explicit LogStore(const StoreReader& store) : store_(store) {}

  // The tree as the tiles have it; size 0 when the log is new.
  // DataLoss when tiles and entries disagree in size or a row is malformed.
  absl::StatusOr<crypto::CompactTree> Load(LogNumber log) const;

  // Adds `leaves` (the data, not hashes) to `tree`, and to `batch` the rows that make them durable.
  // Nothing is durable before the batch is written; if that fails, discard the tree. The batch
  // expects the log as it is now: of two appends to one log, the second to be written is Aborted.
  //   InvalidArgument     a leaf above kMaxLeafBytes
  //   FailedPrecondition  `tree` is not the stored one (a batch not written yet counts as not
  //   stored) DataLoss            a row that is to be continued is damaged
  // On an error tree and batch are unchanged.
  absl::Status Append(LogNumber log, std::span<const Bytes> leaves, crypto::CompactTree& tree,
                      Batch& batch) const;

  // Visits the leaf data of [from, to) in order until `visit` returns false. DataLoss for a gap,
  // and when the log ends before `to`.
  absl::Status ReadLeaves(LogNumber log, uint64_t from, uint64_t to,
                          const std::function<bool(uint64_t index, ByteView leaf)>& visit) const;
  absl::StatusOr<Bytes> ReadLeaf(LogNumber log, uint64_t index) const;  // NotFound when absent

  // Hashes out of tiles, for crypto/merkle.h. `size` is the tree's size, at most the stored one.
  // Keeps the last tiles it read: for one thread, and not beyond the store. InvalidArgument for a
  // subtree outside the tree, DataLoss for a missing or malformed row.
  crypto::SubtreeReader Reader(LogNumber log, uint64_t size) const;
  // These three: InvalidArgument for what the stored log does not have.
  absl::StatusOr<crypto::Digest> RootAt(LogNumber log, uint64_t size) const;
  absl::StatusOr<std::vector<crypto::Digest>> InclusionProof(LogNumber log, uint64_t index,
                                                             uint64_t size) const;
  absl::StatusOr<std::vector<crypto::Digest>> ConsistencyProof(LogNumber log, uint64_t old_size,
                                                               uint64_t new_size) const;

  // The first `width` hashes of a tile row, `level` being the tile's own (C2SP tlog-tiles).
  // REQUIRES the tree to have as many there (crypto::TileWidthAt); DataLoss when the row does not.
  absl::StatusOr<std::vector<crypto::Digest>> TileHashes(LogNumber log, uint32_t level,
                                                         uint64_t tile, size_t width) const;

  // Recomputes every hash from the entries: what `doctor` runs. DataLoss naming the first index
  // that does not fit. `progress` is called now and then with the entries done; false stops
  // (Cancelled).
  absl::Status Verify(LogNumber log, uint64_t size,
                      const std::function<bool(uint64_t done)>& progress) const;

 private:
  const StoreReader& store_;
};

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_LOG_STORE_H_
