// What became of a decision, as a row holds it before sealing (docs/storage.md has the bytes).
#ifndef DAFTAR_NODE_CHECK_OUTCOME_ROWS_H_
#define DAFTAR_NODE_CHECK_OUTCOME_ROWS_H_

#include "node/check/outcomes.h"

namespace daftar::check {

crypto::Bytes EncodeFollowed(const Followed& followed);
// Takes version 1 too. DataLoss for anything else than encoding writes or wrote.
absl::StatusOr<Followed> DecodeFollowed(crypto::ByteView bytes);

// DataLoss: a row of Column::kOutcomes is not what this program writes.
absl::Status MalformedOutcome();

}  // namespace daftar::check

#endif  // DAFTAR_NODE_CHECK_OUTCOME_ROWS_H_
