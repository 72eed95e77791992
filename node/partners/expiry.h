// The charter's periods, kept by the reader: a partner that falls silent keeps no report alive. The
// bodies go, here, when their time is over by this node's own clock, whether or not an ERASURE ever
// comes (DESIGN section 7).
#ifndef DAFTAR_NODE_PARTNERS_EXPIRY_H_
#define DAFTAR_NODE_PARTNERS_EXPIRY_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "node/evidence/charters.h"
#include "node/partners/entry_state.h"
#include "node/partners/mirror.h"
#include "node/partners/partner.h"
#include "storage/store.h"

namespace daftar::partners {

// Reports that one sweep of a log looks at, at most; the next goes on there.
inline constexpr size_t kMaxSweptReports = 10'000;

// The charter that the copied log states before its report at `report`, as this node has adopted
// it; null when it has not.
std::shared_ptr<const evidence::Charter> CharterBefore(const MirrorView& view, uint64_t report,
                                                       const evidence::Charters& charters);

// When the bodies of a report are to be gone, in Unix seconds, as far as its headers tell: the
// period to erase after it was withdrawn, or settled or disputed without an answer for so long that
// it counts as withdrawn; and in any case the charter's longest retention after it was issued.
// `charter`: as in Reading. `relayed`: since when a dispute of it that this node relayed counts.
int64_t EraseBy(int64_t issued_at, const EntryState& state, const evidence::Charter* charter,
                std::optional<int64_t> relayed = std::nullopt);

// Deletes what is over, with the tokens that lead to it, and marks it swept. Returns how many
// reports were. Durable on OK; errors are the store's, and leave the rest for the next sweep.
// Bodies of void entries about them, which earlier versions stored, go with them. Reports that
// nobody has updated are looked at in order of their age, so that a sweep costs what
// is due. `relayed`: of the log's reports that this node relayed a dispute of, since when it counts
// (Relays::OwnOf); they are looked at each time. Any thread, one sweep of a log at a time.
absl::StatusOr<size_t> SweepExpired(storage::Store& store, const Partner& partner,
                                    const MirrorView& view, const evidence::Charters& charters,
                                    const std::map<uint64_t, int64_t>& relayed, int64_t now);

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_EXPIRY_H_
