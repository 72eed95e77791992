#include "crypto/merkle.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <set>
#include <utility>

#include "crypto/hash.h"

namespace daftar::crypto {
namespace {

constexpr uint8_t kLeafPrefix[] = {0x00};
constexpr uint8_t kNodePrefix[] = {0x01};

absl::Status CheckTreeSize(uint64_t size) {
  if (size <= kMaxTreeSize) return absl::OkStatus();
  return absl::InvalidArgumentError("tree size " + std::to_string(size) +
                                    " is not below 2^63; no log is that large");
}

// The root of leaves [start, end). REQUIRES start < end, and start to be a multiple of the least
// power of two that is not below end - start: then every piece read is a complete subtree.
absl::StatusOr<Digest> RangeRoot(uint64_t start, uint64_t end, const SubtreeReader& read) {
  // From the right: the smallest piece first, so that each step hashes (left piece, sum so far).
  Digest root;
  bool first = true;
  for (uint64_t rest = end - start; rest != 0; rest &= rest - 1) {
    const auto level = static_cast<uint32_t>(std::countr_zero(rest));
    const uint64_t piece_start = start + (rest & (rest - 1));
    auto piece = read(level, piece_start >> level);
    if (!piece.ok()) return piece.status();
    root = first ? *piece : MerkleNodeHash(*piece, root);
    first = false;
  }
  return root;
}

// The largest power of two strictly below `size`. REQUIRES size > 1.
uint64_t SplitPoint(uint64_t size) { return std::bit_floor(size - 1); }

// Moves a node's index and the index of the last node of its level up, past every level on which
// the node has no sibling.
void SkipLoneLevels(uint64_t& node, uint64_t& last) {
  while ((node & 1) == 0 && node != 0) {
    node >>= 1;
    last >>= 1;
  }
}

absl::Status ProofError(std::string_view what) {
  return absl::InvalidArgumentError("Merkle proof: " + std::string(what));
}

}  // namespace

Digest MerkleLeafHash(ByteView data) { return Sha256({kLeafPrefix, data}); }

Digest MerkleLeafHash(ByteView first, ByteView second) {
  return Sha256({kLeafPrefix, first, second});
}

Digest MerkleNodeHash(const Digest& left, const Digest& right) {
  return Sha256({kNodePrefix, left.view(), right.view()});
}

const Digest& EmptyMerkleRoot() {
  static const Digest root = Sha256(ByteView());
  return root;
}

absl::StatusOr<CompactTree> CompactTree::Create(uint64_t size, std::vector<Digest> frontier) {
  if (auto status = CheckTreeSize(size); !status.ok()) return status;
  const auto expected = static_cast<size_t>(std::popcount(size));
  if (frontier.size() != expected) {
    return absl::InvalidArgumentError("a tree of " + std::to_string(size) + " leaves has " +
                                      std::to_string(expected) + " complete subtrees, got " +
                                      std::to_string(frontier.size()));
  }
  CompactTree tree;
  tree.size_ = size;
  tree.frontier_ = std::move(frontier);
  return tree;
}

void CompactTree::Append(const Digest& leaf_hash) {
  if (size_ >= kMaxTreeSize) std::abort();  // 2^63 appends do not happen; a corrupted size might
  Digest hash = leaf_hash;
  for (uint64_t rest = size_; (rest & 1) != 0; rest >>= 1) {
    hash = MerkleNodeHash(frontier_.back(), hash);
    frontier_.pop_back();
  }
  frontier_.push_back(hash);
  ++size_;
}

Digest CompactTree::Root() const {
  if (frontier_.empty()) return EmptyMerkleRoot();
  Digest root = frontier_.back();
  for (auto it = frontier_.rbegin() + 1; it != frontier_.rend(); ++it) {
    root = MerkleNodeHash(*it, root);
  }
  return root;
}

absl::StatusOr<Digest> MerkleRootAt(uint64_t size, const SubtreeReader& read) {
  if (auto status = CheckTreeSize(size); !status.ok()) return status;
  if (size == 0) return EmptyMerkleRoot();
  return RangeRoot(0, size, read);
}

absl::StatusOr<std::vector<Digest>> MerkleInclusionProof(uint64_t index, uint64_t size,
                                                         const SubtreeReader& read) {
  if (auto status = CheckTreeSize(size); !status.ok()) return status;
  if (index >= size) {
    return absl::InvalidArgumentError("index " + std::to_string(index) +
                                      " is not in a tree of size " + std::to_string(size));
  }
  std::vector<Digest> proof;
  uint64_t start = 0;
  uint64_t end = size;
  while (end - start > 1) {
    const uint64_t middle = start + SplitPoint(end - start);
    const bool left = index < middle;
    auto sibling = left ? RangeRoot(middle, end, read) : RangeRoot(start, middle, read);
    if (!sibling.ok()) return sibling.status();
    proof.push_back(*sibling);
    (left ? end : start) = middle;
  }
  std::reverse(proof.begin(), proof.end());  // the walk went down, a proof goes up
  return proof;
}

absl::StatusOr<std::vector<Digest>> MerkleConsistencyProof(uint64_t old_size, uint64_t new_size,
                                                           const SubtreeReader& read) {
  if (auto status = CheckTreeSize(new_size); !status.ok()) return status;
  if (old_size > new_size) {
    return absl::InvalidArgumentError("no consistency proof from size " + std::to_string(old_size) +
                                      " down to " + std::to_string(new_size));
  }
  std::vector<Digest> proof;
  if (old_size == 0 || old_size == new_size) return proof;
  // Down to the smallest range of the new tree whose end is the old tree's end.
  uint64_t start = 0;
  uint64_t end = new_size;
  while (end != old_size) {
    const uint64_t middle = start + SplitPoint(end - start);
    const bool left = old_size <= middle;
    auto sibling = left ? RangeRoot(middle, end, read) : RangeRoot(start, middle, read);
    if (!sibling.ok()) return sibling.status();
    proof.push_back(*sibling);
    (left ? end : start) = middle;
  }
  if (start != 0) {  // else that range is the old tree itself, whose root the verifier has
    auto shared = RangeRoot(start, end, read);
    if (!shared.ok()) return shared.status();
    proof.push_back(*shared);
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

SubtreeCollector SubtreeCollector::ForConsistency(uint64_t old_size, uint64_t new_size) {
  std::set<std::pair<uint64_t, uint32_t>> leaves_and_level;
  const SubtreeReader record = [&](uint32_t level, uint64_t index) -> absl::StatusOr<Digest> {
    leaves_and_level.emplace(index << level, level);
    return Digest();
  };
  (void)MerkleConsistencyProof(old_size, new_size, record);
  (void)MerkleRootAt(old_size, record);
  SubtreeCollector collector;
  for (const auto& [start, level] : leaves_and_level) {
    collector.wanted_.push_back({level, start >> level, std::nullopt});
  }
  return collector;
}

void SubtreeCollector::Append(const Digest& leaf_hash) {
  const uint64_t leaf = size_++;
  if (next_ == wanted_.size()) return;
  Subtree& subtree = wanted_[next_];
  if (leaf < subtree.index << subtree.level) return;
  tree_.Append(leaf_hash);
  if (tree_.size() < uint64_t{1} << subtree.level) return;
  subtree.root = tree_.Root();
  tree_ = CompactTree();
  ++next_;
}

SubtreeReader SubtreeCollector::Reader() const {
  return [this](uint32_t level, uint64_t index) -> absl::StatusOr<Digest> {
    for (const Subtree& subtree : wanted_) {
      if (subtree.level == level && subtree.index == index && subtree.root.has_value()) {
        return *subtree.root;
      }
    }
    return absl::InvalidArgumentError("this subtree was not collected");
  };
}

// The walk of RFC 9162 section 2.1.3.2.
absl::Status VerifyMerkleInclusion(const Digest& leaf_hash, uint64_t index, uint64_t size,
                                   const Digest& root, std::span<const Digest> proof) {
  if (auto status = CheckTreeSize(size); !status.ok()) return status;
  if (index >= size) return ProofError("the index is not below the tree size");
  uint64_t node = index;
  uint64_t last = size - 1;
  Digest hash = leaf_hash;
  for (const Digest& sibling : proof) {
    if (last == 0) return ProofError("too many hashes for this index and size");
    if ((node & 1) != 0 || node == last) {
      hash = MerkleNodeHash(sibling, hash);
      SkipLoneLevels(node, last);
    } else {
      hash = MerkleNodeHash(hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  if (last != 0) return ProofError("too few hashes for this index and size");
  if (hash != root) return ProofError("the leaf is not under this root");
  return absl::OkStatus();
}

// The walk of RFC 9162 section 2.1.4.2.
absl::Status VerifyMerkleConsistency(uint64_t old_size, const Digest& old_root, uint64_t new_size,
                                     const Digest& new_root, std::span<const Digest> proof) {
  if (auto status = CheckTreeSize(new_size); !status.ok()) return status;
  if (old_size > new_size) return ProofError("the old size is above the new size");
  if (old_size == 0 && old_root != EmptyMerkleRoot()) {
    return ProofError("size 0 has a root other than the empty tree's");
  }
  if (old_size == 0 || old_size == new_size) {
    if (!proof.empty()) return ProofError("no hashes belong between these sizes");
    if (old_size == new_size && old_root != new_root) {
      return ProofError("one size has two different roots");
    }
    return absl::OkStatus();
  }
  uint64_t node = old_size - 1;
  uint64_t last = new_size - 1;
  while ((node & 1) != 0) {
    node >>= 1;
    last >>= 1;
  }
  // A complete old tree is itself the first hash, which the proof leaves out.
  Digest old_hash = old_root;
  if (!std::has_single_bit(old_size)) {
    if (proof.empty()) return ProofError("too few hashes for these sizes");
    old_hash = proof.front();
    proof = proof.subspan(1);
  }
  Digest new_hash = old_hash;
  for (const Digest& sibling : proof) {
    if (last == 0) return ProofError("too many hashes for these sizes");
    if ((node & 1) != 0 || node == last) {
      old_hash = MerkleNodeHash(sibling, old_hash);
      new_hash = MerkleNodeHash(sibling, new_hash);
      SkipLoneLevels(node, last);
    } else {
      new_hash = MerkleNodeHash(new_hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  if (last != 0) return ProofError("too few hashes for these sizes");
  if (old_hash != old_root) return ProofError("the hashes do not lead to the old root");
  if (new_hash != new_root) return ProofError("the hashes do not lead to the new root");
  return absl::OkStatus();
}

}  // namespace daftar::crypto
