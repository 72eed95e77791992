// Labels that no row and no body shows to be used: those of reports that were filed and erased
// after the database was copied, which a log that is taken back from partners has without their
// bodies. Nothing tells whose they were, so that each identifier passes over as many labels as
// there may be of them (docs/storage.md). Rows in Column::kCounters.
#ifndef DAFTAR_NODE_LEDGER_LOST_LABELS_H_
#define DAFTAR_NODE_LEDGER_LOST_LABELS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "storage/store.h"

namespace daftar::ledger {

// An identifier passes over at most so many at once, so that one with fewer than four labels in use
// can still be reported. One with four or more comes to the end of its labels where so many were
// lost: it is refused (ResourceExhausted) until the epoch ends, since any that is left may be used.
inline constexpr uint32_t kMaxLabelsPassedOver = 12;
// Between labels that were published lie those of reports that were stopped before their tick,
// which no log shows.
inline constexpr uint32_t kLabelsInBetween = 2;

// The row of an identifier in an epoch.
struct LabelCounter {
  uint8_t next = 0;
  uint32_t passed_over = 0;  // of the epoch's lost labels
  crypto::Bytes Encode() const;
  // One byte, `next`, or that and `passed_over` (u32). DataLoss for anything else.
  static absl::StatusOr<LabelCounter> Decode(crypto::ByteView row);
};

// How many labels of the epoch may be used without a trace, by any identifier; 0: none. Errors of
// the store; DataLoss for a row that is malformed.
absl::StatusOr<uint32_t> LostLabels(const storage::StoreReader& store, uint32_t epoch);

// Notes in `batch` that the part of the log from entry `from` on has `reports` reports without a
// body. The same part again counts once. Errors as LostLabels.
absl::Status NoteLostLabels(const storage::StoreReader& store, uint32_t epoch, uint64_t from,
                            uint64_t reports, storage::Batch& batch);

}  // namespace daftar::ledger

#endif  // DAFTAR_NODE_LEDGER_LOST_LABELS_H_
