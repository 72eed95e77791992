// The rows of relayed disputes, their bounds, and what a log says became of one (docs/storage.md,
// "Relayed disputes"). Pure but for the vault.
//
//   'o' || issuer's log || index                  -> sealed: one that this node passes on
//   'k' || issuer's log || index || relayer's log -> sealed: one that a partner passed on to it
//   'd' || relayer's log                          -> how many were new on which day
//   'h' || relayer's log                          -> when it was heard from
//
// The own log stands for this node as issuer and as relayer.
#ifndef DAFTAR_NODE_PARTNERS_RELAY_ROWS_H_
#define DAFTAR_NODE_PARTNERS_RELAY_ROWS_H_

#include <set>
#include <string>
#include <vector>

#include "node/evidence/relay.h"
#include "node/partners/entry_state.h"
#include "node/partners/partner.h"
#include "node/partners/relay_answer.h"
#include "storage/log_store.h"

namespace daftar::partners {

// Of one relayer, this node included: new ones in a day (UTC), and those that are open, whose
// period for an answer is not over.
inline constexpr uint32_t kMaxRelaysADay = 20;
inline constexpr size_t kMaxOpenRelays = 200;
// About other partners' reports, kept here of all partners together, and of one of them: whoever
// lies takes nobody else's room. The former also of this node's own, whatever became of them.
inline constexpr size_t kMaxRelaysKept = 10'000;
inline constexpr size_t kMaxRelaysKeptOfOne = 500;
// A statement may be so far ahead of the receiver's clock.
inline constexpr int64_t kMaxRelayAheadSeconds = 300;
// A relayer that was heard from has so long to deliver what it had.
inline constexpr int64_t kRelayGraceSeconds = 3600;
// Of the times at which a relayer was heard from, one in so long is kept.
inline constexpr int64_t kHeardEverySeconds = 900;

// One that this node passes on.
struct OwnRelay {
  evidence::RelayStatement statement;
  std::string by;  // the actor
  // Unix seconds: from when its period runs here, which is that of the first statement; 0: not yet,
  // since the clock was in doubt.
  int64_t since = 0;
  RelayRefusal refusal = RelayRefusal::kNone;  // the issuer's
  bool issuer_told = false;                    // it has taken it
  std::set<std::string, std::less<>> told;     // other partners that have answered, at most
                                               // kMaxPartners

  crypto::Bytes Encode() const;
  static absl::StatusOr<OwnRelay> Decode(crypto::ByteView bytes);  // DataLoss
};

// One that a partner passed on.
struct KeptRelay {
  evidence::RelayStatement statement;
  int64_t taken_at = 0;    // Unix seconds
  int64_t since = 0;       // the time that counts; 0: not yet, since the clock was in doubt
  crypto::Bytes incident;  // of an own report: by the name that the ledger gives it

  crypto::Bytes Encode() const;
  static absl::StatusOr<KeptRelay> Decode(crypto::ByteView bytes);  // DataLoss
};

// How many were new on a day.
struct RelayDay {
  int64_t day = 0;  // since 1970
  uint32_t count = 0;

  // Whether one more may follow at `now` (Unix seconds), of at most `bound`; then it is counted.
  bool Take(int64_t now, uint32_t bound = kMaxRelaysADay);
  crypto::Bytes Encode() const;
  static absl::StatusOr<RelayDay> Decode(crypto::ByteView bytes);  // DataLoss
};

// How many may be new today of a relayer that was last in touch at `heard`, both Unix seconds:
// kMaxRelaysADay for each day since, or the time of what it could not deliver would be lost.
uint32_t NewRelaysBound(int64_t heard, int64_t now);

// When a partner was heard from, as far as a late statement of its needs it.
class HeardTimes {
 public:
  // Whether it is to be written: one time in kHeardEverySeconds is kept.
  bool Add(int64_t now);
  // The newest that lies kRelayGraceSeconds before `now` or earlier; 0: none.
  int64_t Before(int64_t now) const;
  crypto::Bytes Encode() const;
  static absl::StatusOr<HeardTimes> Decode(crypto::ByteView bytes);  // DataLoss

 private:
  std::vector<int64_t> times_;  // Unix seconds, ascending
};

namespace relay_rows {
crypto::Bytes OwnPrefix();
crypto::Bytes OwnPrefix(storage::LogNumber issuer);
crypto::Bytes OwnKey(storage::LogNumber issuer, uint64_t index);
crypto::Bytes KeptPrefix();
crypto::Bytes KeptPrefix(storage::LogNumber issuer);
crypto::Bytes KeptPrefix(storage::LogNumber issuer, uint64_t index);
crypto::Bytes KeptKey(storage::LogNumber issuer, uint64_t index, storage::LogNumber relayer);
crypto::Bytes DayKey(storage::LogNumber relayer);
crypto::Bytes HeardKey(storage::LogNumber relayer);
// What stands in a key of either kind.
struct Place {
  storage::LogNumber issuer{0};
  uint64_t index = 0;
  storage::LogNumber relayer = storage::kOwnLog;
  friend auto operator<=>(const Place&, const Place&) = default;
};
Place PlaceOf(crypto::ByteView key);
}  // namespace relay_rows

// What became of a dispute that was stated at `at` (Unix seconds), as far as the headers of the
// issuer's log tell.
enum class RelayFate : uint8_t {
  kWaiting,   // the issuer has not spoken
  kDisputed,  // its DISPUTE is open
  kResolved,  // a RESOLUTION at or after `at`
  kEnded,     // withdrawn, erased, or deleted here by age; or the REPORT was void all along
};
struct FateView {
  RelayFate fate = RelayFate::kWaiting;
  int64_t disputed_at = 0;  // of the issuer's DISPUTE, when it issued it (Unix seconds); 0: none
  // With kResolved: the first RESOLUTION at or after `at`.
  std::optional<EntryState::Update> answer;
};
FateView FateOf(const EntryState& state, int64_t at);

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_RELAY_ROWS_H_
