// Whether the database still holds the log that this node has signed.
#ifndef DAFTAR_STORAGE_HEAD_CHECK_H_
#define DAFTAR_STORAGE_HEAD_CHECK_H_

#include "storage/log_store.h"

namespace daftar::storage {

// OK when the first `signed_size` entries of `tree` (from LogStore::Load) have `signed_root`, the
// high-water mark. The tree may be longer: entries that were written but not signed yet. DataLoss
// in sentences for the operator, who is told by the caller what to do about it, when it is shorter
// (an older backup, an emptied database, a deleted write-ahead log) or different: then nothing may
// be signed.
absl::Status CompareWithHighWater(const LogStore& store, LogNumber log,
                                  const crypto::CompactTree& tree, uint64_t signed_size,
                                  const crypto::Digest& signed_root);

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_HEAD_CHECK_H_
