// Which entry may follow which about one REPORT (docs/protocol.md, "Replication, in short"): what a
// reader of a log voids, and what an auditor complains of. A value; pure.
#ifndef DAFTAR_NODE_EVIDENCE_REPORT_ORDER_H_
#define DAFTAR_NODE_EVIDENCE_REPORT_ORDER_H_

#include "node/evidence/header.h"

namespace daftar::evidence {

// What the entries about one REPORT have said so far, in the order of the log.
struct ReportOrder {
  bool settled = false;
  bool disputed = false;  // a DISPUTE that no RESOLUTION has ended
  bool withdrawn = false;
  bool erased = false;

  // A RESOLUTION follows a DISPUTE that is open, a DISPUTE none; there is one SETTLEMENT; after a
  // WITHDRAWAL comes nothing but an ERASURE, and after an ERASURE nothing. False for kinds that are
  // about no REPORT.
  bool Accepts(EntryKind kind) const;
  // Takes note of one more entry, whether it was accepted or not.
  void Add(EntryKind kind);
  friend bool operator==(const ReportOrder&, const ReportOrder&) = default;
};

}  // namespace daftar::evidence

#endif  // DAFTAR_NODE_EVIDENCE_REPORT_ORDER_H_
