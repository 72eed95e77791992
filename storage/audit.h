// Who changed what, when and why: sealed rows that only this node reads.
#ifndef DAFTAR_STORAGE_AUDIT_H_
#define DAFTAR_STORAGE_AUDIT_H_

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "crypto/entropy.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::storage {

inline constexpr size_t kMaxAuditText = 2000;    // bytes of a reason
inline constexpr size_t kMaxAuditScan = 20'000;  // rows that one page reads

struct AuditRow {
  int64_t at_ms = 0;  // Unix milliseconds
  std::string actor;
  std::string action;  // "partner.suspended", "user.add"
  std::string object;  // what it was done to
  std::string because;
};

// OK for a reason of 1 to kMaxAuditText bytes; else InvalidArgument, in words.
absl::Status CheckBecause(const std::string& because);

// Adds the row to `batch`, so that it stands exactly when the change does.
// Row: kAudit, ~at (u64, counted down) || random (8) -> sealed row.
void RecordAudit(Batch& batch, const Vault& vault, crypto::Entropy& entropy, const AuditRow& row);

// Where a page of the record ended.
using AuditCursor = crypto::FixedBytes<struct AuditCursorTag, 16>;

struct AuditQuery {
  size_t limit = 0;                                        // rows; REQUIRES at least 1
  int64_t since_ms = std::numeric_limits<int64_t>::min();  // Unix milliseconds; none before it
  std::function<bool(const AuditRow&)> wanted = {};        // empty: all
  std::optional<AuditCursor> after = {};                   // the page goes on behind it
};

struct AuditPage {
  std::vector<AuditRow> rows;       // the newest first
  std::optional<AuditCursor> next;  // absent: there are no more
};

// The newest rows that the query takes. A page that has read kMaxAuditScan rows ends, full or not,
// and `next` goes on from there. DataLoss when a row does not open; errors of the store.
absl::StatusOr<AuditPage> ReadAudit(const StoreReader& store, const Vault& vault,
                                    const AuditQuery& query);

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_AUDIT_H_
