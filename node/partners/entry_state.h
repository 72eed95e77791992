// What a partner's entries say about one of its reports, as the copied log has it.
#ifndef DAFTAR_NODE_PARTNERS_ENTRY_STATE_H_
#define DAFTAR_NODE_PARTNERS_ENTRY_STATE_H_

#include <optional>
#include <vector>

#include "crypto/bytes.h"
#include "node/decision/decision.h"
#include "node/evidence/entry.h"
#include "storage/log_store.h"

namespace daftar::partners {

// Updates kept for one report; an honest issuer needs a handful. Later ones are void, but for one
// each of SETTLEMENT, DISPUTE, WITHDRAWAL and ERASURE.
inline constexpr size_t kMaxUpdates = 64;

struct EntryState {
  struct Update {
    evidence::EntryKind kind;
    uint64_t index = 0;
    int64_t issued_at = 0;  // Unix seconds, as its header says
    int64_t seen_at = 0;    // when this node first had it; issued_at, when its clock was in doubt
    friend bool operator==(const Update&, const Update&) = default;
  };
  std::vector<Update> updates;  // in the order of the log
  // The bodies were deleted by this node's own clock, before any ERASURE (expiry.h).
  bool swept = false;
  // How many of the bodies, of the REPORT and of what is about it, were missing when they came and
  // are a gap until its ERASURE. Not known of rows of version 2 and below.
  std::optional<uint8_t> missing;
  // The REPORT itself is void: there is nothing that an update could be about.
  bool is_void = false;

  // Whether an update of this kind may follow those there are (evidence::ReportOrder). What may not
  // is void.
  bool Accepts(evidence::EntryKind kind) const;

  // As far as the headers tell. Erased beats withdrawn beats an open dispute beats settled beats
  // live. A RESOLUTION ends the dispute before it; whether it was upheld is in its sealed facts,
  // and until those count the milder reading holds: disputed.
  decision::EntryStatus Status() const;

  static crypto::Bytes Key(storage::LogNumber log, uint64_t report);
  // Rows of version 1 are read too, which lack the times: they count as 0, long ago; and of version
  // 2, which tell neither void REPORTs nor what was missing.
  crypto::Bytes Encode() const;
  static absl::StatusOr<EntryState> Decode(crypto::ByteView bytes);  // DataLoss
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_ENTRY_STATE_H_
