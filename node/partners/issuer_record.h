// How an issuer's reports turned out, as its public log tells anybody who holds a copy.
#ifndef DAFTAR_NODE_PARTNERS_ISSUER_RECORD_H_
#define DAFTAR_NODE_PARTNERS_ISSUER_RECORD_H_

#include <cstdint>
#include <span>

#include "absl/status/statusor.h"
#include "node/evidence/charters.h"
#include "node/partners/entry_state.h"
#include "node/partners/mirror.h"
#include "storage/store.h"

namespace daftar::partners {

// Reports, each counted once in each line that fits it.
struct IssuerRecord {
  uint64_t reports = 0;    // all that were ever published
  uint64_t settled = 0;    // with a SETTLEMENT
  uint64_t corrected = 0;  // with a CORRECTION
  uint64_t disputed = 0;   // with a DISPUTE
  // Of those, by their last DISPUTE: resolved and not withdrawn since; withdrawn or erased since.
  // What a RESOLUTION says is sealed; that a WITHDRAWAL follows it is not.
  uint64_t upheld = 0;
  uint64_t given_up = 0;
  // Answered, by a RESOLUTION, a WITHDRAWAL or an ERASURE, within the charter's period, or later
  // (CameLate); and those that wait, within it or past it.
  uint64_t answered_in_time = 0;
  uint64_t answered_late = 0;
  uint64_t waiting = 0;
  uint64_t waiting_too_long = 0;
  uint64_t withdrawn = 0;  // with a WITHDRAWAL
  uint64_t erased = 0;     // with an ERASURE
  friend bool operator==(const IssuerRecord&, const IssuerRecord&) = default;
};

// Adds one report's updates. `answer_period` in seconds, `now` in Unix seconds.
void Count(const EntryState& state, int64_t answer_period, int64_t now, IssuerRecord& record);

// Of the copy of a partner's log. Reads what was ever updated. `charters`: the one in force sets
// the period to answer. Errors are the store's; any thread.
absl::StatusOr<IssuerRecord> RecordOf(const storage::StoreReader& store, storage::LogNumber log,
                                      const MirrorView& view, const evidence::Charters& charters,
                                      int64_t now);

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_ISSUER_RECORD_H_
