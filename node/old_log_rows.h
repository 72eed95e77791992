// What a database holds of the node's own log, and what refers to places in it.
#ifndef DAFTAR_NODE_OLD_LOG_ROWS_H_
#define DAFTAR_NODE_OLD_LOG_ROWS_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "storage/store.h"

namespace daftar {

// Rows that one write deletes at most.
inline constexpr size_t kMaxRowsPerRemoval = 2000;

// Deletes entries, bodies, tree, heads, cosignatures and arrivals of the own log, what was queued
// for it but CHARTER, what was published, labels and their counters of every epoch but `epoch`, and
// disputes that partners have passed on about it; and what this node has cosigned as `origin`. In
// bounded writes; may be repeated. `go_on` is asked before each; false: Cancelled. Errors of the
// store. REQUIRES: no incident refers to the log (Ledger::LeaveLog).
absl::Status RemoveOldLog(storage::Store& store, const std::string& origin, uint32_t epoch,
                          const std::function<bool()>& go_on);
// Entries, bodies, tree and heads alone.
absl::Status RemoveEntries(storage::Store& store, const std::function<bool()>& go_on);

}  // namespace daftar

#endif  // DAFTAR_NODE_OLD_LOG_ROWS_H_
