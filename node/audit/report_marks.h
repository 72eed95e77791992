// What the entries of a log say about each of its REPORTs, kept small: the checks `order`,
// `deadlines`, `erasures`, and of `bodies` that what was erased is gone (docs/bundle.md).
#ifndef DAFTAR_NODE_AUDIT_REPORT_MARKS_H_
#define DAFTAR_NODE_AUDIT_REPORT_MARKS_H_

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "node/audit/charter_files.h"
#include "node/audit/context.h"
#include "node/evidence/entry.h"
#include "node/evidence/report_order.h"

namespace daftar::audit {

// One thread. Takes the entries in ascending order of index. Memory: about 80 bytes a REPORT, and
// for a log from `from` on some for each earlier REPORT that an entry is about.
class ReportMarks {
 public:
  ReportMarks(Context& context, const CharterFiles& charters)
      : context_(context), charters_(charters) {}

  // An entry of the log, or of the excerpt, that could be read. `has_body`: whether one came with
  // it, fitting or not.
  void Add(const evidence::Header& entry, bool has_body);
  // An entry below `from` that is known to be no REPORT.
  void AddNoReport(uint64_t index) { no_reports_.push_back(index); }
  // Of an opened REPORT the day on which its retention ends, before Finish.
  void SetRetentionEnd(uint64_t report, evidence::Date end);
  // After the last entry.
  void Finish();

  uint64_t reports() const { return reports_.size(); }

 private:
  // How many bodies came, of the REPORT and of what is about it, and whether an ERASURE did.
  struct Bodies {
    uint32_t missing = 0;
    uint32_t present = 0;
    bool erased = false;
  };
  struct Mark {
    uint64_t index = 0;
    uint64_t issued_at = 0;
    uint64_t last_about_at = 0;  // of the newest entry about it; 0: none
    // When what begins a time limit was issued; 0: it runs none.
    uint64_t settled_at = 0;
    uint64_t disputed_at = 0;
    uint64_t withdrawn_at = 0;
    uint32_t retention_day = 0;  // of an opened one
    uint32_t charter = kNoCharter;
    Bodies bodies;
    evidence::ReportOrder order;
  };

  Mark* FindReport(uint64_t index);
  void CountBody(Bodies& bodies, const evidence::Header& entry, bool has_body);
  void CheckNeighbours(const evidence::Header& entry);
  void CheckAboutEarlier(const evidence::Header& entry);
  void CheckOrder(Mark& report, const evidence::Header& entry);
  void CheckDeadlines(Mark& report, const evidence::Header& entry);
  // `ended_at` none: nothing has ended it.
  void CheckLimit(const Mark& report, uint64_t limit, std::optional<uint64_t> ended_at,
                  const char* what);
  uint64_t RetentionLimit(const Mark& report, const evidence::Charter& charter) const;
  void FinishDeadlines();
  void JudgeBodies(uint64_t index, const Bodies& bodies);

  Context& context_;
  const CharterFiles& charters_;
  std::deque<Mark> reports_;           // of the log, ascending
  std::map<uint64_t, Bodies> others_;  // below `from`, or of an excerpt
  std::vector<uint64_t> no_reports_;   // ascending
  std::optional<evidence::Header> last_;
  uint64_t ordered_ = 0;
  uint64_t limits_ = 0;
  uint64_t without_charter_ = 0;
  uint64_t about_earlier_ = 0;
  uint64_t bodies_ = 0;
};

}  // namespace daftar::audit

#endif  // DAFTAR_NODE_AUDIT_REPORT_MARKS_H_
