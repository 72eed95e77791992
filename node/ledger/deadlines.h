// When the node does something about an incident by itself: the periods of the charter, as a pure
// function (DESIGN section 7).
#ifndef DAFTAR_NODE_LEDGER_DEADLINES_H_
#define DAFTAR_NODE_LEDGER_DEADLINES_H_

#include <optional>

#include "node/evidence/charter.h"
#include "node/ledger/incident.h"

namespace daftar::ledger {

enum class DeadlineAction : uint8_t {
  kPublish = 1,             // the hold ends
  kWithdrawSettled = 2,     // settled, and the period to withdraw it is over
  kWithdrawUnanswered = 3,  // the dispute was not resolved in time
  kErase = 4,               // withdrawn, and the period to erase it is over
  kExpire = 5,              // its retention ends
  kScrub = 6,               // its erasure is published: what it said is removed here
};
std::string_view DeadlineName(DeadlineAction action);  // "publish", "withdraw-settled", ...

struct Deadline {
  int64_t at = 0;  // Unix seconds
  DeadlineAction action = DeadlineAction::kPublish;
  friend bool operator==(const Deadline&, const Deadline&) = default;
};

// The next one under `charter`, the one its report was made under, or is to be made under. nullopt:
// nothing happens by itself. Also for incidents whose report is still queued.
std::optional<Deadline> NextDeadline(const Incident& incident, const evidence::Charter& charter);

// When a dispute that nobody has resolved is flagged to the operator, in Unix seconds; 0: none is
// open.
int64_t DisputeFlaggedAt(const Incident& incident, const evidence::Charter& charter);

// The last whole day (UTC) on which a customer may answer a notice before the hold ends; the day of
// the notice where the hold leaves none. Both in Unix seconds.
evidence::Date LastDayToAnswer(int64_t noticed_at, int64_t held_until);

}  // namespace daftar::ledger

#endif  // DAFTAR_NODE_LEDGER_DEADLINES_H_
