#include "storage/head_check.h"

#include <string>

namespace daftar::storage {

absl::Status CompareWithHighWater(const LogStore& store, LogNumber log,
                                  const crypto::CompactTree& tree, uint64_t signed_size,
                                  const crypto::Digest& signed_root) {
  if (tree.size() < signed_size) {
    return absl::DataLossError(
        "the database holds " + std::to_string(tree.size()) + " entries of this node's log, but " +
        std::to_string(signed_size) +
        " have been signed: the database is an older copy, was emptied, or has lost its "
        "write-ahead log.");
  }
  if (signed_size > crypto::kMaxTreeSize) {
    return absl::DataLossError("the high-water mark names an impossible size, " +
                               std::to_string(signed_size) + ".");
  }
  const auto root = signed_size == tree.size() ? absl::StatusOr<crypto::Digest>(tree.Root())
                                               : store.RootAt(log, signed_size);
  if (!root.ok()) {
    if (!absl::IsDataLoss(root.status())) return root.status();
    return absl::DataLossError(
        std::string(root.status().message().data(), root.status().message().size()) + ".");
  }
  if (*root == signed_root) return absl::OkStatus();
  return absl::DataLossError(
      "the first " + std::to_string(signed_size) + " entries in the database (which holds " +
      std::to_string(tree.size()) +
      ") are not those that were signed: the database belongs to another history of this log.");
}

}  // namespace daftar::storage
