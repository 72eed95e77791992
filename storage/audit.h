// Who changed what, when and why: sealed rows that only this node reads.
#ifndef DAFTAR_STORAGE_AUDIT_H_
#define DAFTAR_STORAGE_AUDIT_H_

#include <string>
#include <vector>

#include "crypto/entropy.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::storage {

inline constexpr size_t kMaxAuditText = 2000;  // bytes of a reason

struct AuditRow {
  int64_t at_ms = 0;  // Unix milliseconds
  std::string actor;
  std::string action;  // "partner.suspended", "user.add"
  std::string object;  // what it was done to
  std::string because;
};

// Adds the row to `batch`, so that it stands exactly when the change does.
// Row: kAudit, ~at (u64, counted down) || random (8) -> sealed row.
void RecordAudit(Batch& batch, const Vault& vault, crypto::Entropy& entropy, const AuditRow& row);

// The newest rows first, at most `limit`. DataLoss when one does not open.
absl::StatusOr<std::vector<AuditRow>> ReadAudit(const StoreReader& store, const Vault& vault,
                                                size_t limit);

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_AUDIT_H_
