// Reading a history for a back-test from a CSV file and a mapping. A ledger's mapping will do:
// an order is bad when it was paid, or is still open, more than `late_after_days` after it was due.
// A mapping with a section [outcome] reads anything else that has a moment and an outcome.
// docs/decisions.md is the manual ("Histories for a back-test").
#ifndef DAFTAR_NODE_DECISION_HISTORY_FILE_H_
#define DAFTAR_NODE_DECISION_HISTORY_FILE_H_

#include <functional>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/decision/history.h"
#include "node/decision/ledger_file.h"

namespace daftar::decision {

inline constexpr uint32_t kMaxOutcomeDays = 3650;  // days
inline constexpr int64_t kMaxRating = 1'000'000'000;
inline constexpr size_t kMaxPartyBytes = 256;  // bytes of a party's name

// Moments as files write them: a date of one of the formats and, after a space or a T, a time of
// day (08:22, 08:22:56, 08:22:56.000000, all with or without Z); or Unix seconds ("unix").
struct MomentFormats {
  bool unix_seconds = false;
  std::vector<DateFormat> dates;
  // Seconds of 1970-01-01 UTC. InvalidArgument naming the formats, never the text.
  absl::StatusOr<int64_t> Parse(std::string_view text) const;
};

// The section [outcome].
struct OutcomeMapping {
  MomentFormats moments;
  std::optional<Template> at;
  // When the outcome is known: this moment and so many days; absent: never. With `paid`: so many
  // days after it was due, or when it was paid if that is earlier.
  std::optional<Template> known;
  uint32_t known_after_days = 0;
  // Bad is what this says: one of the texts (in any case), or a whole number below.
  std::optional<Template> bad;
  std::vector<std::string> bad_yes;
  std::optional<int64_t> bad_below;
  // Or: paid so many days after it was due or later, or not at all.
  std::optional<Template> due;
  std::optional<Template> paid;
  uint32_t bad_after_days = 1;
  std::optional<Template> party;  // a real party; shops are then groups of these
  int64_t judge_from = 0;         // only orders from then on are scored
  evidence::Reason reason = evidence::Reason::kInvoiceOverdue;
};

struct HistoryMapping {
  LedgerMapping ledger;                   // of [outcome] only identifiers, amount and currency
  std::optional<OutcomeMapping> outcome;  // absent: a ledger

  // Strict like LedgerMapping::Parse, and with its errors.
  static absl::StatusOr<HistoryMapping> Parse(std::string_view toml, identity::Region home);
};

struct HistoryFileOptions {
  uint32_t late_after_days = 10;  // of a ledger: the policy's
  bool judged = true;             // false: the file's orders are known, but none is scored
  uint32_t party = kNoParty;      // whose file it is, where the mapping does not say
  evidence::Date today = {};  // what is dated more than a day later is refused; none: nothing is
};

// Adds every record to `into`; what cannot be used goes to `refused`, which returns false to stop
// (the read then is Cancelled), and the rest goes on. `progress` is called with the line now and
// then and stops likewise. InvalidArgument as ReadOrders; ResourceExhausted beyond the bounds of
// history.h.
absl::Status ReadHistory(std::istream& csv, HistoryMapping mapping,
                         const HistoryFileOptions& options, HistoryBuilder& into,
                         const std::function<bool(LedgerRefusal refusal)>& refused,
                         const std::function<bool(uint64_t line)>& progress = nullptr);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_HISTORY_FILE_H_
