// All that people made of one decision, out of the record of changes.
#ifndef DAFTAR_NODE_CHECK_OVERRIDES_H_
#define DAFTAR_NODE_CHECK_OVERRIDES_H_

#include <vector>

#include "node/check/outcomes.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::check {

inline constexpr size_t kMaxOverridesTold = 20;  // of one decision

// The newest first: the first one is in force. Those of the last kMaxOverridesTold that stand among
// the newest storage::kMaxAuditScan changes; `since` is when the decision was made. Any thread.
// Errors of storage::ReadAudit.
absl::StatusOr<std::vector<Override>> OverridesOf(const storage::StoreReader& store,
                                                  const storage::Vault& vault,
                                                  const ReceiptId& receipt,
                                                  evidence::UnixMillis since);

}  // namespace daftar::check

#endif  // DAFTAR_NODE_CHECK_OVERRIDES_H_
