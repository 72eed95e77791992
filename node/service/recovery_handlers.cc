// Bringing the node's own log back, and the proof of a partner's fork.
#include "node/service/node_handlers.h"
#include "node/service/test_mode.h"

namespace daftar::service {
namespace {

// Between two messages while incidents are looked after, one by one.
constexpr uint64_t kEntriesAMessage = 256;

}  // namespace

absl::StatusOr<v1::ExportForkResponse> NodeHandlers::ExportFork(
    const Actor& actor, const v1::ExportForkRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/ExportFork"); !s.ok()) return s;
  auto partner = node_.registry().Find(request.origin());
  if (!partner.ok()) return partner.status();
  const auto mirror = node_.followers().MirrorOf(partner->origin);
  if (mirror == nullptr) {
    return absl::FailedPreconditionError("nothing of the log of " + partner->origin +
                                         " was copied yet");
  }
  auto evidence = mirror->ForkProof();
  if (!evidence.ok()) return evidence.status();
  v1::ExportForkResponse response;
  response.set_evidence(evidence->ToText());
  return response;
}

absl::Status NodeHandlers::RecoverLog(const Actor& actor, const v1::RecoverLogRequest& request,
                                      const SendRecovery& send) {
  if (absl::Status s = Authorise(actor, "NodeService/RecoverLog"); !s.ok()) return s;
  // A code pairs.
  if (!request.code().empty()) {
    if (absl::Status s = CheckMayPair(node_.config()); !s.ok()) return s;
  }
  if (request.because().empty()) {
    return absl::InvalidArgumentError("`because` is empty; say in a few words why, for the record");
  }
  uint64_t total = 0;
  const auto progress = [&](const std::string& partner, uint64_t entries) {
    total = std::max(total, entries);
    if (partner.empty() && entries % kEntriesAMessage != 0) return true;
    v1::RecoverLogResponse message;
    message.set_partner(partner);
    message.set_entries(entries);
    message.set_total(total);
    return send(message);
  };
  auto recovered = node_.RecoverLog({actor.name, request.request_id()},
                                    {request.code(), request.because()}, progress);
  if (!recovered.ok()) return recovered.status();
  v1::RecoverLogResponse last;
  last.set_finished(true);
  last.set_entries(recovered->log_size);
  last.set_total(recovered->log_size);
  last.set_log_size(recovered->log_size);
  last.set_origin(recovered->origin);
  for (std::string& sentence : recovered->said) last.add_said(std::move(sentence));
  send(last);
  return absl::OkStatus();
}

}  // namespace daftar::service
