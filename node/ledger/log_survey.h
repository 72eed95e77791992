// One look at all headers of the own log, before a bundle of it is written: what is erased, and
// what makes a log readable to somebody who begins in its middle.
#ifndef DAFTAR_NODE_LEDGER_LOG_SURVEY_H_
#define DAFTAR_NODE_LEDGER_LOG_SURVEY_H_

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "absl/status/statusor.h"
#include "node/evidence/header.h"
#include "storage/log_store.h"

namespace daftar::ledger {

// The REPORT that the entry is, or is about; none for KEYS, CHARTER and ADOPTION.
std::optional<uint64_t> ReportOf(const evidence::Header& header);
// KEYS, CHARTER, ADOPTION: what every reader needs of the entries before its own.
bool IsSetUp(evidence::EntryKind kind);

struct LogSurvey {
  std::vector<bool> erased;  // by index: a REPORT that an ERASURE below the end is about
  std::map<uint64_t, uint64_t> erasures;  // of the reports that were asked for: which ERASURE
  std::vector<uint64_t> set_up;           // indexes of KEYS, CHARTER and ADOPTION, ascending
  // Of the leaves from `from` on, and of bodies as if none of them was erased.
  uint64_t bytes = 0;

  // Whether the entry's body is to be there.
  bool HasBody(const evidence::Header& header) const;
};

// Entries between two questions whether it is still wanted.
inline constexpr uint64_t kAskSurveyEvery = 1 << 16;

// Reads entries 0 to `to` - 1. DataLoss for a leaf that is no entry; Cancelled once `wanted` says
// no; errors of the store.
absl::StatusOr<LogSurvey> SurveyLog(const storage::LogStore& log, uint64_t from, uint64_t to,
                                    const std::set<uint64_t>& reports,
                                    const std::function<bool()>& wanted);

}  // namespace daftar::ledger

#endif  // DAFTAR_NODE_LEDGER_LOG_SURVEY_H_
