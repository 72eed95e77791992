// The reports that a bundle opens with their keys: the checks `openings` and `facts`
// (docs/bundle.md).
#ifndef DAFTAR_NODE_AUDIT_OPENED_H_
#define DAFTAR_NODE_AUDIT_OPENED_H_

#include <map>
#include <string>
#include <vector>

#include "crypto/secret.h"
#include "node/audit/charter_files.h"
#include "node/audit/report_marks.h"
#include "node/evidence/entry.h"

namespace daftar::audit {

// Reports that one bundle may open.
inline constexpr size_t kMaxOpenings = 1 << 20;

struct OpenedReport {
  crypto::Secret32 key;
  bool found = false;  // the REPORT is there with its body
  bool opens = false;  // and its facts open
  uint64_t issued_at = 0;
  uint32_t charter = kNoCharter;
  evidence::ReportFacts facts;
  // As the newest CORRECTION has them; dates later than the day of the entry count from that day.
  evidence::Reason standing_reason = evidence::Reason::kDepositUnsettled;
  evidence::Date standing_occurred;
  std::string became;  // the entries about it, in words
};

// One thread. Takes the entries in ascending order of index.
class Openings {
 public:
  Openings(Context& context, const CharterFiles& charters)
      : context_(context), charters_(charters) {}

  // Reads `openings`, if the bundle has it.
  void Read();
  // An entry with a body that fits.
  void Add(const evidence::Header& entry, const evidence::Body& body);
  // After the last entry: judges the facts, and tells `marks` when retention ends.
  void Finish(ReportMarks& marks);

  // Null when the bundle does not open it.
  const OpenedReport* Find(uint64_t report) const;
  // A line for each of the first kMaxCheckSentences, for a person to read.
  std::vector<std::string> Told() const;
  size_t size() const { return reports_.size(); }

 private:
  void CheckFacts(uint64_t index, const OpenedReport& report);
  static void Stand(OpenedReport& report, const evidence::ReportFacts& facts, uint64_t stated_at);
  void AddUpdate(const evidence::Header& entry, const evidence::UpdateBody& body);

  Context& context_;
  const CharterFiles& charters_;
  std::map<uint64_t, OpenedReport> reports_;
  uint64_t opened_ = 0;
  uint64_t facts_checked_ = 0;
  uint64_t without_charter_ = 0;
};

// The UTC day of a REPORT's `issued at`.
evidence::Date DayOfReport(uint64_t issued_at);

}  // namespace daftar::audit

#endif  // DAFTAR_NODE_AUDIT_OPENED_H_
