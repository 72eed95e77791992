// What became of a partner's report, as this node may take it: pure (DESIGN section 6, "What counts
// when", and section 7).
#ifndef DAFTAR_NODE_PARTNERS_STANDING_H_
#define DAFTAR_NODE_PARTNERS_STANDING_H_

#include <optional>
#include <span>

#include "node/decision/decision.h"
#include "node/evidence/charter.h"
#include "node/evidence/facts.h"
#include "node/partners/entry_state.h"

namespace daftar::partners {

// What is dated further ahead of the reader's clock does not count until its time has come. Good
// news never waits.
inline constexpr int64_t kMaxIssuedAheadSeconds = 300;

// An update with what its sealed facts say, where they opened.
struct OpenedUpdate {
  EntryState::Update update;
  std::optional<evidence::Facts> facts;
};

// A dispute that a node has passed on, and which it was right to (its mac fits).
struct RelayedDispute {
  int64_t at = 0;     // Unix seconds, as stated
  int64_t since = 0;  // the time that counts for this reader
  int64_t seen = 0;   // when this reader had it
  friend bool operator==(const RelayedDispute&, const RelayedDispute&) = default;
};

// How the reader reads.
struct Reading {
  int64_t issued_at = 0;  // of the report, Unix seconds: nothing that it tells of came later
  // The charter that the issuer's log stated before the report, as this node has adopted it;
  // nullptr when it has not: then the longest periods that a charter may have hold.
  const evidence::Charter* charter = nullptr;
  // Entries below it count that must be witnessed: CORRECTION and RESOLUTION here.
  uint64_t counted_size = 0;
  int64_t now = 0;            // Unix seconds of the reader's own clock
  bool deadlines_act = true;  // false while that clock is in doubt
  std::span<const RelayedDispute> relayed = {};
};

struct Standing {
  decision::EntryStatus status = decision::EntryStatus::kLive;
  evidence::ReportFacts facts;  // as corrected
  friend bool operator==(const Standing&, const Standing&) = default;
};

// Erased beats withdrawn beats expired beats an open dispute beats settled beats live. A dispute
// ends with a RESOLUTION that counts and opens: upheld, the report is live again; not upheld, it is
// as withdrawn, even if the issuer never withdraws it. A relayed dispute is one whether or not the
// issuer's DISPUTE follows, and ends with a RESOLUTION that was issued at or after it. A RESOLUTION
// that came when the charter's period was over does not bring the report back (CameLate). Facts
// dated later than the entry that states them count from its day. What must be
// witnessed and is not yet leaves the milder reading: the dispute open; of two amounts the smaller,
// of two days the older. The charter's periods end it by the reader's own clock, whether or not the
// issuer says so: settled, and disputed without an answer, it is withdrawn when the period is over.
Standing StandingOf(const evidence::ReportFacts& reported, std::span<const OpenedUpdate> updates,
                    const Reading& reading);

// How long a dispute may go without an answer before the report is as withdrawn, in seconds: the
// charter's period, or the longest that a charter may have.
int64_t AnswerPeriod(const evidence::Charter* charter);

// Whether a RESOLUTION came when the period to answer was over: by its own date, which its issuer
// may make up, counted from `since`; or by when this node had it, counted from `seen`, when it had
// the dispute. A node that has both at once, as with a first copy, has its date alone. All in
// seconds.
bool CameLate(const EntryState::Update& resolution, int64_t since, int64_t seen, int64_t period);

// The longest that the body of a report may be kept by whoever cannot open it, in seconds after it
// was issued: the longest retention of the charter, or of any.
int64_t LongestRetention(const evidence::Charter* charter);

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_STANDING_H_
