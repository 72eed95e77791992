// The calls that hand the log to an auditor: bundles, and the keys that it is checked with.
#include "node/service/export_stream.h"
#include "node/service/node_handlers.h"

namespace daftar::service {

absl::Status NodeHandlers::ExportLog(const Actor& actor, const v1::ExportLogRequest& request,
                                     const SendExport& send) {
  if (absl::Status s = Authorise(actor, "NodeService/ExportLog"); !s.ok()) return s;
  auto slot = exports_.Take();
  if (!slot.ok()) return slot.status();
  ExportStream stream(send);
  (void)request;
  return absl::UnimplementedError("not yet");
}

absl::StatusOr<v1::GetLogPolicyResponse> NodeHandlers::GetLogPolicy(
    const Actor& actor, const v1::GetLogPolicyRequest&) {
  if (absl::Status s = Authorise(actor, "NodeService/GetLogPolicy"); !s.ok()) return s;
  return absl::UnimplementedError("not yet");
}

}  // namespace daftar::service
