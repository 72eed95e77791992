// The Merkle tree of RFC 6962 section 2.1 (the same in RFC 9162) over SHA-256: append, root,
// inclusion and consistency, and the verifiers, which trust nothing they are given.
//
// Stored hashes are addressed as C2SP tlog-tiles does: (level, index) is the root of the complete
// subtree over leaves [index * 2^level, (index + 1) * 2^level).
#ifndef DAFTAR_CRYPTO_MERKLE_H_
#define DAFTAR_CRYPTO_MERKLE_H_

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "crypto/bytes.h"

namespace daftar::crypto {

// Sizes and indexes stay below 2^63, as C2SP asks.
inline constexpr uint64_t kMaxTreeSize = (uint64_t{1} << 63) - 1;
// The longest proof taken from outside (C2SP tlog-witness). No honest one is longer while trees
// have at most 2^62 leaves.
inline constexpr size_t kMaxProofHashes = 63;

Digest MerkleLeafHash(ByteView data);
Digest MerkleLeafHash(ByteView first, ByteView second);  // of the two concatenated
Digest MerkleNodeHash(const Digest& left, const Digest& right);
const Digest& EmptyMerkleRoot();

// The right edge of a tree: enough to append and to give the root, O(log n) memory and time.
// A value; not thread-safe.
class CompactTree {
 public:
  CompactTree() = default;
  // From the roots of the complete subtrees, largest first, as `frontier()` gives them.
  // InvalidArgument when their number does not fit `size`.
  static absl::StatusOr<CompactTree> Create(uint64_t size, std::vector<Digest> frontier);
  // REQUIRES size() < kMaxTreeSize; aborts otherwise.
  void Append(const Digest& leaf_hash);
  uint64_t size() const { return size_; }
  Digest Root() const;
  const std::vector<Digest>& frontier() const { return frontier_; }
  friend bool operator==(const CompactTree&, const CompactTree&) = default;

 private:
  uint64_t size_ = 0;
  std::vector<Digest> frontier_;
};

// Reads the hash of the complete subtree (level, index); the provers below ask for O(log n).
using SubtreeReader = std::function<absl::StatusOr<Digest>(uint32_t level, uint64_t index)>;

// The root of the first `size` leaves.
absl::StatusOr<Digest> MerkleRootAt(uint64_t size, const SubtreeReader& read);
// RFC 6962 section 2.1.1. REQUIRES index < size, else InvalidArgument.
absl::StatusOr<std::vector<Digest>> MerkleInclusionProof(uint64_t index, uint64_t size,
                                                         const SubtreeReader& read);
// RFC 6962 section 2.1.2. Empty for old_size == 0 or old_size == new_size.
absl::StatusOr<std::vector<Digest>> MerkleConsistencyProof(uint64_t old_size, uint64_t new_size,
                                                           const SubtreeReader& read);

// Keeps the roots of a few complete subtrees out of leaf hashes that come in order, so that a proof
// can be made of a log that is read once and not stored. A value of one thread; O(log n) memory for
// each proof.
class SubtreeCollector {
 public:
  // What MerkleConsistencyProof(old_size, new_size) and MerkleRootAt(old_size) read. REQUIRES
  // old_size <= new_size <= kMaxTreeSize.
  static SubtreeCollector ForConsistency(uint64_t old_size, uint64_t new_size);
  void Append(const Digest& leaf_hash);
  uint64_t size() const { return size_; }  // leaves so far
  // For the provers above. InvalidArgument for a subtree that was not asked for, or is not complete
  // yet. Good while the collector lives and nothing is appended.
  SubtreeReader Reader() const;

 private:
  struct Subtree {
    uint32_t level = 0;
    uint64_t index = 0;
    std::optional<Digest> root;
  };
  std::vector<Subtree> wanted_;  // in the order of their leaves, none within another
  size_t next_ = 0;              // the first that is not complete
  CompactTree tree_;             // of that one
  uint64_t size_ = 0;
};

// Ok only when the leaf is in the tree of `size` and `root` at `index`.
absl::Status VerifyMerkleInclusion(const Digest& leaf_hash, uint64_t index, uint64_t size,
                                   const Digest& root, std::span<const Digest> proof);
// Ok only when the tree (new_size, new_root) begins with (old_size, old_root). From size 0 the
// proof must be empty and old_root the empty root (C2SP tlog-witness); for equal sizes the proof
// must be empty and the roots equal.
absl::Status VerifyMerkleConsistency(uint64_t old_size, const Digest& old_root, uint64_t new_size,
                                     const Digest& new_root, std::span<const Digest> proof);

}  // namespace daftar::crypto

#endif  // DAFTAR_CRYPTO_MERKLE_H_
