// The call that hands the decision log to an auditor.
#include "node/check/decision_export.h"
#include "node/service/export_stream.h"
#include "node/service/node_handlers.h"

namespace daftar::service {

absl::Status NodeHandlers::ExportDecisions(const Actor& actor,
                                           const v1::ExportDecisionsRequest& request,
                                           const SendExport& send) {
  if (absl::Status s = Authorise(actor, "NodeService/ExportDecisions"); !s.ok()) return s;
  auto slot = exports_.Take();
  if (!slot.ok()) return slot.status();
  const storage::NodeKeys& keys = node_.keys();
  const ledger::LogIdentity identity{node_.config().origin, node_.charter().circle, keys.entry,
                                     keys.head, keys.self};
  ExportStream stream(send);
  return check::ExportDecisions(node_.receipts(), identity, {request.from(), request.to()},
                                node_.clock().Now(), stream);
}

}  // namespace daftar::service
