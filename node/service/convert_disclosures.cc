// Proof on its way between shops.
#include <algorithm>
#include <iterator>

#include "node/partners/proof_requests.h"
#include "node/service/convert.h"

namespace daftar::service {
namespace {

absl::StatusOr<evidence::HandoverStart> StartFromProto(const v1::HandoverStart& start) {
  evidence::HandoverStart out;
  if (start.state() < v1::HANDOVER_STATE_PENDING || start.state() > v1::HANDOVER_STATE_DISCLOSED) {
    return absl::InvalidArgumentError("what it handed out has a state that is not known here");
  }
  out.state = static_cast<evidence::HandoverState>(start.state());
  out.files = start.files();
  if (static_cast<size_t>(start.leaves_size()) > evidence::kMaxProofFiles) {
    return absl::InvalidArgumentError("it lists too many files");
  }
  for (const std::string& leaf : start.leaves()) {
    auto digest = crypto::Digest::Create(crypto::AsBytes(leaf));
    if (!digest.ok()) return digest.status();
    out.leaves.push_back(*digest);
  }
  return out;
}

absl::StatusOr<evidence::HandedFile> FileFromProto(const v1::HandedFile& file) {
  const auto kinds = evidence::AllProofKinds();
  const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](evidence::ProofKind known) {
    return static_cast<uint32_t>(known) == file.kind();
  });
  if (kind == kinds.end() || file.media() > UINT8_MAX ||
      !evidence::IsMediaType(static_cast<uint8_t>(file.media()))) {
    return absl::InvalidArgumentError("a file is of a kind or type that is not known here");
  }
  auto salt = evidence::ProofSalt::Create(crypto::AsBytes(file.salt()));
  if (!salt.ok()) return salt.status();
  auto digest = crypto::Digest::Create(crypto::AsBytes(file.digest()));
  if (!digest.ok()) return digest.status();
  return evidence::HandedFile{*kind, static_cast<evidence::MediaType>(file.media()), file.bytes(),
                              *salt, *digest};
}

}  // namespace

v1::FetchProofResponse ToProto(evidence::HandoverPiece piece) {
  v1::FetchProofResponse response;
  if (const auto* start = std::get_if<evidence::HandoverStart>(&piece)) {
    v1::HandoverStart* out = response.mutable_start();
    out->set_state(static_cast<v1::HandoverState>(start->state));
    out->set_files(start->files);
    for (const crypto::Digest& leaf : start->leaves) {
      out->add_leaves(leaf.data(), crypto::Digest::kSize);
    }
  } else if (const auto* file = std::get_if<evidence::HandedFile>(&piece)) {
    v1::HandedFile* out = response.mutable_file();
    out->set_kind(static_cast<uint32_t>(file->kind));
    out->set_media(static_cast<uint32_t>(file->media));
    out->set_bytes(file->bytes);
    out->set_salt(file->salt.data(), evidence::ProofSalt::kSize);
    out->set_digest(file->digest.data(), crypto::Digest::kSize);
  } else {
    const auto& chunk = std::get<crypto::Bytes>(piece);
    response.set_chunk(chunk.data(), chunk.size());
  }
  return response;
}

absl::StatusOr<evidence::HandoverPiece> FromProto(v1::FetchProofResponse response) {
  switch (response.piece_case()) {
    case v1::FetchProofResponse::kStart: {
      auto start = StartFromProto(response.start());
      if (!start.ok()) return start.status();
      return evidence::HandoverPiece(*std::move(start));
    }
    case v1::FetchProofResponse::kFile: {
      auto file = FileFromProto(response.file());
      if (!file.ok()) return file.status();
      return evidence::HandoverPiece(*file);
    }
    case v1::FetchProofResponse::kChunk:
      return evidence::HandoverPiece(crypto::ToBytes(crypto::AsBytes(response.chunk())));
    case v1::FetchProofResponse::PIECE_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("a message of what it handed out is empty");
}

v1::ProofRequest ToProto(const ledger::ProofRequest& request) {
  v1::ProofRequest out;
  out.set_id(request.id.hex());
  out.set_incident(request.incident.hex());
  out.set_partner(request.partner);
  out.set_why(request.why);
  out.set_asked_at(TimeText(request.asked_at));
  out.set_state(std::string(ledger::RequestStateName(request.state)));
  out.set_open(request.open);
  if (request.open) {
    const bool waits = request.state == ledger::ProofRequestState::kWaiting;
    out.set_open_until(TimeText({waits ? request.asked_at.value + ledger::kDecideMillis
                                       : request.decided_at.value + ledger::kFetchMillis}));
  }
  out.set_decided_at(TimeText(request.decided_at));
  out.set_decided_by(request.decided_by);
  out.set_because(request.because);
  for (const ledger::DisclosedFile& file : request.files) {
    v1::DisclosedProof* row = out.add_files();
    row->set_number(file.number);
    row->set_kind(std::string(evidence::ProofKindName(file.kind)));
    row->set_digest(file.digest.hex());
  }
  for (const evidence::UnixMillis at : request.fetched) out.add_fetched_at(TimeText(at));
  out.set_log_index(request.report);
  return out;
}

v1::PartnerProof ToProto(const partners::KeptProof& kept, size_t number) {
  v1::PartnerProof out;
  out.set_number(static_cast<uint32_t>(number));
  out.set_kind(std::string(evidence::ProofKindName(kept.what.kind)));
  out.set_media_type(std::string(evidence::MediaTypeName(kept.what.media)));
  out.set_bytes(kept.what.bytes);
  out.set_digest(kept.what.digest.hex());
  return out;
}

v1::AskedProof ToProto(const partners::AskedProof& asked) {
  v1::AskedProof out;
  out.set_id(asked.id.hex());
  out.set_partner(asked.issuer);
  out.set_log_index(asked.report);
  out.set_because(asked.because);
  out.set_asked_at(TimeText(asked.asked_at));
  out.set_asked_by(asked.asked_by);
  out.set_state(std::string(partners::AskedProofStateName(asked.state)));
  out.set_since(TimeText(asked.since));
  out.set_withheld(asked.withheld);
  if (asked.state != partners::AskedProofState::kFetched) return out;
  out.set_kept_until(TimeText({asked.since.value + partners::kKeptProofMillis}));
  for (size_t i = 0; i < asked.files.size(); ++i) *out.add_files() = ToProto(asked.files[i], i + 1);
  return out;
}

}  // namespace daftar::service
