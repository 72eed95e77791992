// The call that hands the decision log to an auditor.
#include "node/check/decision_export.h"
#include "node/service/export_stream.h"
#include "node/service/node_handlers.h"
#include "storage/audit.h"

namespace daftar::service {
namespace {

constexpr const char* kExportAction = "log.decisions";

std::string WhichReceipts(const check::DecisionRange& range) {
  return "receipts from " + std::to_string(range.from) + " to " + std::to_string(range.to);
}

}  // namespace

absl::Status NodeHandlers::ExportDecisions(const Actor& actor,
                                           const v1::ExportDecisionsRequest& request,
                                           const SendExport& send) {
  if (absl::Status s = Authorise(actor, "NodeService/ExportDecisions"); !s.ok()) return s;
  auto slot = exports_.Take();
  if (!slot.ok()) return slot.status();
  const storage::NodeKeys& keys = node_.keys();
  const ledger::LogIdentity identity{node_.config().origin, node_.charter().circle, keys.entry,
                                     keys.head, keys.self};
  const uint64_t size = node_.receipts().Head().size;
  const check::DecisionRange range{request.from(), request.to() == 0 ? size : request.to()};
  // What the shop decided about whom, if only as keyed hashes: who took it stands on the record. A
  // range that is refused below hands out nothing.
  if (range.from < range.to && range.to <= size) {
    storage::Batch batch;
    storage::RecordAudit(
        batch, node_.vault(), node_.entropy(),
        {node_.clock().Now().value, actor.name, kExportAction, WhichReceipts(range), ""});
    if (absl::Status s = node_.store().Write(std::move(batch)); !s.ok()) return s;
  }
  ExportStream stream(send);
  return check::ExportDecisions(node_.receipts(), identity, range, node_.clock().Now(), stream);
}

}  // namespace daftar::service
