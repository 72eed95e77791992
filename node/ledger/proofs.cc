#include "node/ledger/proofs.h"

#include <limits>
#include <utility>

#include "node/decision/text.h"
#include "node/ledger/incident_rows.h"
#include "storage/audit.h"
#include "storage/purge.h"
#include "storage/requests.h"

namespace daftar::ledger {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using storage::Batch;
using storage::Column;

constexpr int kWriteAttempts = 8;
constexpr std::string_view kAddKind = "incident.proof.add";
constexpr std::string_view kRemoveKind = "incident.proof.remove";

// What a request made or removed.
Bytes ResultOf(const IncidentId& id, uint32_t number) {
  return crypto::Writer().Raw(id.view()).U32(number).Take();
}

absl::Status UsedForAnother() {
  return absl::FailedPreconditionError(
      "this request_id was used for another request; use a new one for each");
}

absl::Status NoSuchProof(const IncidentId& id, uint32_t number) {
  return absl::NotFoundError("the incident " + id.hex() + " has no proof number " +
                             std::to_string(number) + "; `daftar incident proof list " + id.hex() +
                             "` shows those there are");
}

std::string Numbered(uint32_t number) { return "#" + std::to_string(number); }

absl::Status CheckRoom(const ProofSet& set) {
  if (set.proofs.size() < evidence::kMaxProofFiles &&
      set.next < std::numeric_limits<uint16_t>::max()) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError("an incident has at most " +
                                      std::to_string(evidence::kMaxProofFiles) +
                                      " proof files; remove one that shows less");
}

}  // namespace

// ---- adding

ProofUpload::ProofUpload(Proofs& proofs, storage::Caller caller, NewProof proof, Bytes request)
    : proofs_(proofs),
      caller_(std::move(caller)),
      proof_(std::move(proof)),
      request_(std::move(request)),
      salt_(proofs.entropy_.Public<evidence::ProofSalt>()),
      hasher_(salt_) {}

absl::Status ProofUpload::Append(ByteView piece) {
  plain_hash_.Update(piece);
  if (file_ == nullptr) return absl::OkStatus();
  hasher_.Update(piece);
  detector_.Update(piece);
  return file_->Append(piece);
}

absl::StatusOr<Proof> ProofUpload::Finish() {
  if (file_ == nullptr) {
    auto earlier = proofs_.FindEarlier(request_, proof_);
    if (!earlier.ok()) return earlier.status();
    if (!earlier->has_value() || (*earlier)->sha256 != plain_hash_.Finish()) {
      return UsedForAnother();
    }
    return **std::move(earlier);
  }
  auto media = detector_.Finish();
  if (!media.ok()) return media.status();
  if (absl::Status status = file_->Finish(); !status.ok()) return status;
  const crypto::Digest digest = hasher_.Finish();
  for (int attempt = 0; attempt < kWriteAttempts; ++attempt) {
    auto added = TryAdd(*media, digest);
    if (!absl::IsAborted(added.status())) return added;
  }
  return absl::AbortedError("others kept changing the same incident; try again");
}

absl::StatusOr<Proof> ProofUpload::TryAdd(evidence::MediaType media, const crypto::Digest& digest) {
  const storage::SealedContent& content = file_->content();
  auto earlier = proofs_.FindEarlier(request_, proof_);
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value()) {
    if ((*earlier)->sha256 != content.sha256) return UsedForAnother();
    return **std::move(earlier);
  }
  const IncidentId& id = proof_.incident;
  auto incident = proofs_.OpenIncident(id);
  if (!incident.ok()) return incident.status();
  auto set = LoadProofs(proofs_.store_, proofs_.vault_, id);
  if (!set.ok()) return set.status();
  for (const Proof& other : set->proofs) {
    if (other.sha256 != content.sha256) continue;
    return absl::AlreadyExistsError("this very file is attached already, as proof number " +
                                    std::to_string(other.number));
  }
  if (absl::Status room = CheckRoom(*set); !room.ok()) return room;
  Batch batch;
  batch.ExpectValue(Column::kIncidents, rows::IncidentKey(id), *std::move(incident));
  set->ExpectUnchanged(id, batch);
  auto file = file_->Refer(batch);
  if (!file.ok()) return file.status();
  Proof proof{set->next++,    proof_.kind, media,       content.bytes,        salt_,        digest,
              content.sha256, *file,       proof_.name, proofs_.clock_.Now(), caller_.actor};
  set->proofs.push_back(proof);
  proofs_.Put(id, *set, batch);
  storage::RequestLog::Record(batch, request_, kAddKind, ResultOf(id, proof.number));
  proofs_.Record(caller_.actor, "incident.proof.add", id,
                 Numbered(proof.number) + " " + std::string(evidence::ProofKindName(proof.kind)),
                 batch);
  const absl::Status written = proofs_.store_.Write(std::move(batch));
  file_->Written(written);
  if (!written.ok()) return written;
  return proof;
}

absl::StatusOr<std::unique_ptr<ProofUpload>> Proofs::Begin(const storage::Caller& caller,
                                                           NewProof proof) {
  if (proof.name.size() > kMaxProofNameBytes || !decision::IsOneLine(proof.name)) {
    return absl::InvalidArgumentError("the name of a proof is one line of at most " +
                                      std::to_string(kMaxProofNameBytes) + " bytes");
  }
  auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  auto earlier = FindEarlier(*request, proof);
  if (!earlier.ok()) return earlier.status();
  const IncidentId id = proof.incident;
  std::unique_ptr<ProofUpload> upload(
      new ProofUpload(*this, caller, std::move(proof), *std::move(request)));
  if (earlier->has_value()) return upload;
  // Asked again when it is written; here so that nobody sends a file for nothing.
  if (auto incident = OpenIncident(id); !incident.ok()) return incident.status();
  auto set = LoadProofs(store_, vault_, id);
  if (!set.ok()) return set.status();
  if (absl::Status room = CheckRoom(*set); !room.ok()) return room;
  auto file = files_.Begin();
  if (!file.ok()) return file.status();
  upload->file_ = *std::move(file);
  return upload;
}

absl::StatusOr<std::optional<Proof>> Proofs::FindEarlier(const Bytes& request,
                                                         const NewProof& proof) const {
  auto earlier = storage::RequestLog::Find(store_, request, kAddKind);
  if (!earlier.ok()) return earlier.status();
  if (!earlier->has_value()) return std::optional<Proof>();
  crypto::Reader reader(**earlier);
  const auto id = reader.Take<IncidentId>();
  const uint32_t number = reader.U32();
  if (!reader.Finish("request").ok()) return absl::DataLossError("a request's row is malformed");
  if (id != proof.incident) return UsedForAnother();
  auto set = LoadProofs(store_, vault_, id);
  if (!set.ok()) return set.status();
  const Proof* made = set->Find(number);
  if (made == nullptr) {
    return absl::FailedPreconditionError(
        "what this request_id added was removed since; use a new one to add it again");
  }
  if (made->kind != proof.kind || made->name != proof.name) return UsedForAnother();
  return std::optional<Proof>(*made);
}

// ---- the rest

absl::StatusOr<std::pair<Incident, Bytes>> Proofs::Load(const IncidentId& id) const {
  const Bytes key = rows::IncidentKey(id);
  auto row = store_.Get(Column::kIncidents, key);
  if (!row.ok()) return row.status();
  if (!row->has_value()) {
    return absl::NotFoundError("no incident has the id " + id.hex() +
                               "; `daftar incident list` shows those there are");
  }
  auto plain = vault_.Open(Column::kIncidents, key, **row);
  if (!plain.ok()) return plain.status();
  auto incident = Incident::Decode(plain->Expose());
  if (!incident.ok()) return incident.status();
  return std::pair(*std::move(incident), **std::move(row));
}

absl::StatusOr<Bytes> Proofs::OpenIncident(const IncidentId& id) const {
  auto incident = Load(id);
  if (!incident.ok()) return incident.status();
  // What an approver has seen, and what a report commits to, does not change afterwards.
  const IncidentState state = incident->first.state;
  if (state != IncidentState::kDraft && state != IncidentState::kReady) {
    return absl::FailedPreconditionError(
        "the proof of an incident that is " + std::string(StateName(state)) +
        " is fixed: it changes only before the incident is approved. Where it is wrong, withdraw "
        "the incident and file it again");
  }
  return std::move(incident->second);
}

// What is erased is removed once partners are told, and read no more until then.
absl::Status Proofs::CheckNotErased(const IncidentId& id) const {
  auto incident = Load(id);
  if (!incident.ok()) return incident.status();
  if (!incident->first.HasEndedForGood()) return absl::OkStatus();
  return absl::NotFoundError("the incident " + id.hex() + " is " +
                             std::string(StateName(incident->first.state)) +
                             ", and its proof with it");
}

void Proofs::Record(const std::string& actor, const char* action, const IncidentId& id,
                    const std::string& because, Batch& batch) const {
  storage::RecordAudit(batch, vault_, entropy_,
                       {clock_.Now().value, actor, action, id.hex(), because});
}

absl::Status Proofs::Remove(const storage::Caller& caller, const IncidentId& id, uint32_t number,
                            const std::string& because) {
  if (because.empty() || because.size() > kMaxNoteBytes) {
    return absl::InvalidArgumentError("say why in 1 to " + std::to_string(kMaxNoteBytes) +
                                      " bytes, for the record (--because TEXT)");
  }
  auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  for (int attempt = 0; attempt < kWriteAttempts; ++attempt) {
    auto earlier = storage::RequestLog::Find(store_, *request, kRemoveKind);
    if (!earlier.ok()) return earlier.status();
    if (earlier->has_value()) {
      return **earlier == ResultOf(id, number) ? absl::OkStatus() : UsedForAnother();
    }
    auto incident = OpenIncident(id);
    if (!incident.ok()) return incident.status();
    auto set = LoadProofs(store_, vault_, id);
    if (!set.ok()) return set.status();
    const Proof* proof = set->Find(number);
    if (proof == nullptr) return NoSuchProof(id, number);
    Batch batch;
    batch.ExpectValue(Column::kIncidents, rows::IncidentKey(id), *std::move(incident));
    set->ExpectUnchanged(id, batch);
    if (auto status = files_.Release({proof->file}, batch); !status.ok()) return status;
    set->proofs.erase(set->proofs.begin() + (proof - set->proofs.data()));
    Put(id, *set, batch);
    storage::RequestLog::Record(batch, *request, kRemoveKind, ResultOf(id, number));
    storage::AskForPurge(batch, id.view());  // of the file's key
    Record(caller.actor, "incident.proof.remove", id, Numbered(number) + ": " + because, batch);
    const absl::Status written = store_.Write(std::move(batch));
    if (absl::IsAborted(written)) continue;
    if (!written.ok()) return written;
    files_.Sweep().IgnoreError();  // what fails is tried again in the background, and told there
    return absl::OkStatus();
  }
  return absl::AbortedError("others kept changing the same incident; try again");
}

absl::Status Proofs::Read(const std::string& actor, const IncidentId& id, uint32_t number,
                          const std::function<bool(const Proof&)>& about,
                          const std::function<bool(ByteView)>& visit) {
  if (absl::Status status = CheckNotErased(id); !status.ok()) return status;
  auto set = LoadProofs(store_, vault_, id);
  if (!set.ok()) return set.status();
  const Proof* proof = set->Find(number);
  if (proof == nullptr) return NoSuchProof(id, number);
  Batch batch;
  Record(actor, "incident.proof.read", id, Numbered(number), batch);
  if (absl::Status recorded = store_.Write(std::move(batch)); !recorded.ok()) return recorded;
  if (!about(*proof)) return absl::CancelledError("stopped by the reader");
  absl::Status read = files_.Read(proof->file, visit);
  return absl::IsNotFound(read) ? NoSuchProof(id, number) : read;
}

}  // namespace daftar::ledger
