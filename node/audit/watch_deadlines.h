// Whether a log's times were kept, as far as headers alone tell: docs/bundle.md, "Deadlines", with
// the watcher's clock in the place of made-at. Which charter stands in a CHARTER entry, and a
// report's reason, are in bodies that are not public: the auditor names the charter, and the
// longest retention of all reasons counts.
#ifndef DAFTAR_NODE_AUDIT_WATCH_DEADLINES_H_
#define DAFTAR_NODE_AUDIT_WATCH_DEADLINES_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/evidence/charter.h"
#include "node/evidence/header.h"

namespace daftar::audit {

inline constexpr int64_t kDeadlineGraceSeconds = 3600;
inline constexpr size_t kMaxOpenReports = 1'000'000;  // of one log

// A REPORT that no ERASURE has ended. Unix seconds; 0: not so.
struct OpenReport {
  int64_t issued_at = 0;
  int64_t settled_at = 0;   // until a WITHDRAWAL
  int64_t disputed_at = 0;  // until a RESOLUTION or WITHDRAWAL
  int64_t withdrawn_at = 0;
  friend bool operator==(const OpenReport&, const OpenReport&) = default;
};
using OpenReports = std::map<uint64_t, OpenReport>;  // by index

enum class Deadline { kSettlement, kDispute, kWithdrawal, kRetention };
// "settled and not withdrawn": what was left undone.
std::string_view DeadlineWords(Deadline deadline);
std::string_view DeadlineName(Deadline deadline);  // "settlement", "dispute", ...

struct MissedDeadline {
  uint64_t report = 0;
  Deadline deadline = Deadline::kSettlement;
  int64_t limit = 0;     // Unix seconds, without the grace
  int64_t ended_at = 0;  // when it was done, too late; 0: not yet
  friend bool operator==(const MissedDeadline&, const MissedDeadline&) = default;
};

// Takes one entry in, in the order of the log, and says what it ended too late. Without a charter
// nothing is late. What is about no open REPORT changes nothing: nodes call such entries void.
// ResourceExhausted, and nothing taken in, when there would be more than `most` open ones.
absl::StatusOr<std::vector<MissedDeadline>> TakeIn(const evidence::Header& header,
                                                   const evidence::Charter* charter,
                                                   OpenReports& open,
                                                   size_t most = kMaxOpenReports);

// What is overdue at `now`, ascending by report.
std::vector<MissedDeadline> Overdue(const OpenReports& open, const evidence::Charter& charter,
                                    int64_t now);

}  // namespace daftar::audit

#endif  // DAFTAR_NODE_AUDIT_WATCH_DEADLINES_H_
