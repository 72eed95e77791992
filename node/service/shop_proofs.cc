// Proof files: in and out by the piece, so that none is in memory at once.
#include "node/service/convert.h"
#include "node/service/limits.h"
#include "node/service/shop_handlers.h"

namespace daftar::service {
namespace {

absl::StatusOr<ledger::NewProof> FromProto(const v1::NewProof& proof) {
  auto incident = IncidentIdFromProto(proof.incident());
  if (!incident.ok()) return incident.status();
  auto kind = evidence::ProofKindFromName(proof.kind());
  if (!kind.ok()) return kind.status();
  if (proof.bytes() == 0 || proof.bytes() > evidence::kMaxProofFileBytes) {
    return absl::InvalidArgumentError(
        "a proof file has 1 to " + std::to_string(evidence::kMaxProofFileBytes) +
        " bytes (16 MiB), and this one " + std::to_string(proof.bytes()));
  }
  return ledger::NewProof{*incident, *kind, proof.name()};
}

// All that follow, which must be as many bytes as were announced.
absl::Status Receive(ledger::ProofUpload& upload, uint64_t announced,
                     const std::function<bool(v1::AddProofRequest&)>& next) {
  uint64_t received = 0;
  v1::AddProofRequest message;
  while (next(message)) {
    const std::string& chunk = message.chunk();
    if (chunk.empty() || chunk.size() > static_cast<size_t>(kMaxProofChunkBytes)) {
      return absl::InvalidArgumentError("after the first, each message carries a chunk of 1 to " +
                                        std::to_string(kMaxProofChunkBytes) + " bytes");
    }
    received += chunk.size();
    if (received > announced) break;
    if (absl::Status status = upload.Append(crypto::AsBytes(chunk)); !status.ok()) return status;
  }
  if (received == announced) return absl::OkStatus();
  return absl::InvalidArgumentError(
      (received > announced ? "more than " : std::to_string(received) + " of ") +
      std::to_string(announced) +
      " bytes came: the file changed while it was read, or the sending was broken off; send it "
      "again");
}

}  // namespace

absl::StatusOr<v1::AddProofResponse> ShopHandlers::AddProof(
    const Actor& actor, const std::function<bool(v1::AddProofRequest&)>& next) {
  if (absl::Status s = Authorise(actor, "ShopService/AddProof"); !s.ok()) return s;
  v1::AddProofRequest first;
  if (!next(first) || !first.has_proof()) {
    return absl::InvalidArgumentError("the first message says what the file is (proof)");
  }
  auto proof = FromProto(first.proof());
  if (!proof.ok()) return proof.status();
  auto upload = node_.proofs().Begin({actor.name, first.proof().request_id()}, *std::move(proof));
  if (!upload.ok()) return upload.status();
  absl::Status received = Receive(**upload, first.proof().bytes(), next);
  if (!received.ok()) return received;
  auto added = (*upload)->Finish();
  if (!added.ok()) return added.status();
  v1::AddProofResponse response;
  *response.mutable_proof() = ToProto(*added);
  return response;
}

absl::Status ShopHandlers::GetProof(const Actor& actor, const v1::GetProofRequest& request,
                                    const std::function<bool(const v1::GetProofResponse&)>& send) {
  if (absl::Status s = Authorise(actor, "ShopService/GetProof"); !s.ok()) return s;
  auto incident = IncidentIdFromProto(request.incident());
  if (!incident.ok()) return incident.status();
  v1::GetProofResponse message;
  return node_.proofs().Read(
      actor.name, *incident, request.number(),
      [&](const ledger::Proof& proof) {
        *message.mutable_proof() = ToProto(proof);
        return send(message);
      },
      [&](crypto::ByteView chunk) {
        message.set_chunk(chunk.data(), chunk.size());
        return send(message);
      });
}

absl::StatusOr<v1::RemoveProofResponse> ShopHandlers::RemoveProof(
    const Actor& actor, const v1::RemoveProofRequest& request) {
  if (absl::Status s = Authorise(actor, "ShopService/RemoveProof"); !s.ok()) return s;
  auto incident = IncidentIdFromProto(request.incident());
  if (!incident.ok()) return incident.status();
  absl::Status removed = node_.proofs().Remove({actor.name, request.request_id()}, *incident,
                                               request.number(), request.because());
  if (!removed.ok()) return removed;
  auto view = node_.ledger().Get(*incident);
  if (!view.ok()) return view.status();
  v1::RemoveProofResponse response;
  *response.mutable_incident() = ToProto(*view, actor);
  return response;
}

}  // namespace daftar::service
