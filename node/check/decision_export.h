// Writes the decision log as a bundle for an auditor (docs/bundle.md, "Files of `decisions`"):
// commitments of all receipts from the first on, and the canonical bodies of a part. Who checked,
// and the sentences that were shown, stay here; who was checked stands in it as keyed hashes alone.
#ifndef DAFTAR_NODE_CHECK_DECISION_EXPORT_H_
#define DAFTAR_NODE_CHECK_DECISION_EXPORT_H_

#include "absl/status/status.h"
#include "node/audit/bundle_writer.h"
#include "node/check/receipt_log.h"
#include "node/ledger/log_identity.h"

namespace daftar::check {

struct DecisionRange {
  uint64_t from = 0;  // bodies from here on
  uint64_t to = 0;    // the size of the decision log that is exported; 0: as it is
};

// Streams; little of it is in memory at a time. Any thread.
//   InvalidArgument     `from` is not below `to`, or the log has not `to` receipts
//   FailedPrecondition  nothing has been decided yet
//   Cancelled           the sink wants no more
//   DataLoss            the log or a receipt is damaged: no manifest is written
absl::Status ExportDecisions(const ReceiptLog& log, const ledger::LogIdentity& identity,
                             const DecisionRange& range, evidence::UnixMillis now,
                             audit::BundleSink& sink);

}  // namespace daftar::check

#endif  // DAFTAR_NODE_CHECK_DECISION_EXPORT_H_
