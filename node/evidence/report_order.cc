#include "node/evidence/report_order.h"

namespace daftar::evidence {

bool ReportOrder::Accepts(EntryKind kind) const {
  if (erased) return false;
  switch (kind) {
    case EntryKind::kErasure:
      return true;
    case EntryKind::kSettlement:
      return !withdrawn && !settled;
    case EntryKind::kDispute:
      return !withdrawn && !disputed;
    case EntryKind::kResolution:
      return !withdrawn && disputed;
    case EntryKind::kCorrection:
    case EntryKind::kWithdrawal:
    case EntryKind::kRelabel:
      return !withdrawn;
    default:
      return false;
  }
}

void ReportOrder::Add(EntryKind kind) {
  erased = erased || kind == EntryKind::kErasure;
  settled = settled || kind == EntryKind::kSettlement;
  withdrawn = withdrawn || kind == EntryKind::kWithdrawal;
  if (kind == EntryKind::kDispute) disputed = true;
  if (kind == EntryKind::kResolution) disputed = false;
}

}  // namespace daftar::evidence
