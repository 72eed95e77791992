#include "node/ledger/disclosures.h"

#include <algorithm>
#include <utility>

#include "node/decision/text.h"
#include "node/evidence/body.h"
#include "node/evidence/labels.h"
#include "node/ledger/disclosure_rows.h"
#include "node/ledger/incident_rows.h"
#include "node/ledger/ledger.h"
#include "node/ledger/proofs.h"
#include "node/ledger/submission.h"
#include "storage/audit.h"
#include "storage/log_store.h"

namespace daftar::ledger {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using evidence::HandoverState;
using evidence::ProofRequestId;
using storage::Batch;
using storage::Column;

constexpr int kWriteAttempts = 8;
constexpr const char* kAskedAction = "proof.request";
constexpr const char* kFetchAction = "proof.fetch";

// One text whatever the reason: a partner learns nothing by trying.
absl::Status NotProved() {
  return absl::PermissionDeniedError(
      "the request does not prove that the report could be opened, its nonce is used or late, or "
      "the report is no more");
}

absl::Status NotYours() {
  return absl::PermissionDeniedError("there is no such request of this partner's");
}

absl::Status NoSuchRequest(const ProofRequestId& id) {
  return absl::NotFoundError("no request for proof has the id " + id.hex() +
                             "; `daftar proof requests` lists those there are");
}

absl::Status WentAway() { return absl::CancelledError("the partner went away"); }

absl::Status KeptChanging() {
  return absl::AbortedError("others kept changing the same request; try again");
}

}  // namespace

// ---- rows

void Disclosures::Put(const ProofRequest& request, Batch& batch) const {
  Bytes key = rows::RequestKey(request.incident, request.id);
  Bytes sealed = vault_.Seal(Column::kProofRequests, key, rows::Encode(request));
  batch.Put(Column::kProofRequests, std::move(key), std::move(sealed));
  Bytes open = rows::OpenRequestKey(request.partner, request.id);
  if (request.open) {
    batch.Put(Column::kProofRequests, std::move(open), crypto::ToBytes(request.incident.view()));
  } else {
    batch.Delete(Column::kProofRequests, std::move(open));
  }
}

void Disclosures::Record(const std::string& actor, const char* action, const ProofRequest& request,
                         const std::string& because, Batch& batch) const {
  storage::RecordAudit(batch, vault_, entropy_,
                       {clock_.Now().value, actor, action, request.incident.hex(),
                        "request " + request.id.hex() + " of " + request.partner + ": " + because});
}

absl::StatusOr<Disclosures::Stored> Disclosures::Load(const ProofRequestId& id) const {
  auto incident = store_.Get(Column::kProofRequests, rows::RequestIdKey(id));
  if (!incident.ok()) return incident.status();
  if (!incident->has_value()) return NoSuchRequest(id);
  const auto incident_id = IncidentId::Create(**incident);
  if (!incident_id.ok()) return absl::DataLossError("the row of a request's incident is malformed");
  const Bytes key = rows::RequestKey(*incident_id, id);
  auto row = store_.Get(Column::kProofRequests, key);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return NoSuchRequest(id);  // erased a moment ago
  auto plain = vault_.Open(Column::kProofRequests, key, **row);
  if (!plain.ok()) return plain.status();
  auto request = rows::DecodeRequest(plain->Expose());
  if (!request.ok()) return request.status();
  return Stored{*std::move(request), **std::move(row)};
}

absl::StatusOr<std::vector<Disclosures::Stored>> Disclosures::OpenOf(
    const std::string* partner, absl::Status& unreadable) const {
  std::vector<ProofRequestId> ids;
  const Bytes prefix =
      partner == nullptr ? rows::OpenRequestPrefix() : rows::OpenRequestPrefix(*partner);
  absl::Status scanned =
      store_.Scan(Column::kProofRequests, prefix, prefix, [&](ByteView key, ByteView) {
        ids.push_back(rows::RequestIdAtEnd(key));
        return true;
      });
  if (!scanned.ok()) return scanned;
  std::vector<Stored> open;
  for (const ProofRequestId& id : ids) {
    auto stored = Load(id);
    if (absl::IsNotFound(stored.status())) continue;
    if (absl::IsDataLoss(stored.status())) {
      if (unreadable.ok()) unreadable = stored.status();
      continue;
    }
    if (!stored.ok()) return stored.status();
    open.push_back(*std::move(stored));
  }
  return open;
}

absl::StatusOr<std::optional<Incident>> Disclosures::LoadIncident(const IncidentId& id) const {
  const Bytes key = rows::IncidentKey(id);
  auto row = store_.Get(Column::kIncidents, key);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  auto plain = vault_.Open(Column::kIncidents, key, **row);
  if (!plain.ok()) return plain.status();
  auto incident = Incident::Decode(plain->Expose());
  if (!incident.ok()) return incident.status();
  return *std::move(incident);
}

// Reads the incidents, the newest first: only a partner that has proved the record key gets so far,
// once for each report.
absl::StatusOr<std::optional<Disclosures::OfReport>> Disclosures::FindIncident(
    uint64_t report) const {
  std::optional<OfReport> found;
  absl::Status failed;
  const Bytes prefix = rows::TimePrefix();
  const auto look = [&](const IncidentId& id) -> absl::Status {
    auto incident = LoadIncident(id);
    if (!incident.ok()) return incident.status();
    if (!incident->has_value() || !(*incident)->report.has_value()) return absl::OkStatus();
    auto publication = FindPublication(store_, *(*incident)->report);
    if (!publication.ok()) return publication.status();
    if (!publication->has_value() || (*publication)->index != report) return absl::OkStatus();
    auto row = store_.Get(Column::kIncidents, rows::IncidentKey(id));
    if (!row.ok()) return row.status();
    if (row->has_value()) found = OfReport{**std::move(incident), **std::move(row)};
    return absl::OkStatus();
  };
  absl::Status scanned =
      store_.Scan(Column::kIncidents, prefix, prefix, [&](ByteView key, ByteView) {
        failed = look(rows::IdAtEnd(key));
        return failed.ok() && !found.has_value();
      });
  if (!scanned.ok()) return scanned;
  if (!failed.ok()) return failed;
  return found;
}

// ---- for partners

absl::StatusOr<evidence::ProofNonce> Disclosures::Open(const std::string& partner, uint64_t index) {
  const evidence::UnixMillis now = clock_.Now();
  storage::MutexLock lock(mutex_);
  std::deque<Nonce>& open = nonces_[partner];
  std::erase_if(open, [&](const Nonce& nonce) {
    return now.value - nonce.made_at.value >= kNonceMillis || now < nonce.made_at;
  });
  if (open.size() >= kMaxOpenNonces) {
    return absl::ResourceExhaustedError("a partner has at most " + std::to_string(kMaxOpenNonces) +
                                        " requests for proof begun; try again in " +
                                        std::to_string(kNonceMillis / 60'000) + " minutes");
  }
  open.push_back({entropy_.Public<evidence::ProofNonce>(), index, now});
  return open.back().nonce;
}

bool Disclosures::TakeNonce(const std::string& partner, uint64_t index,
                            const evidence::ProofNonce& nonce) {
  const evidence::UnixMillis now = clock_.Now();
  storage::MutexLock lock(mutex_);
  std::deque<Nonce>& open = nonces_[partner];
  const auto found = std::find_if(open.begin(), open.end(),
                                  [&](const Nonce& other) { return other.nonce == nonce; });
  if (found == open.end()) return false;
  const Nonce taken = *found;
  open.erase(found);
  const bool fresh = now >= taken.made_at && now.value - taken.made_at.value < kNonceMillis;
  return fresh && taken.report == index;
}

absl::StatusOr<bool> Disclosures::Proves(const std::string& partner, uint64_t index,
                                         const evidence::ProofNonce& nonce,
                                         const evidence::ProofMac& mac) const {
  auto leaf = storage::LogStore(store_).ReadLeaf(storage::kOwnLog, index);
  if (absl::IsNotFound(leaf.status())) return false;
  if (!leaf.ok()) return leaf.status();
  const auto entry = evidence::SignedHeader::DecodeLeaf(*leaf);
  if (!entry.ok() || entry->header.kind != evidence::EntryKind::kReport) return false;
  auto row = store_.Get(Column::kLogBodies,
                        storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), index));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return false;
  const auto body = evidence::ReportBody::Decode(**row);
  if (!body.ok()) return absl::DataLossError("a report's body in the database is malformed");
  const evidence::ProofMac expected = evidence::ProofRequestMac(
      evidence::ReportKey(options_.record_key, body->salt), partner, nonce);
  return crypto::ConstantTimeEquals(expected.view(), mac.view());
}

absl::StatusOr<ProofRequestId> Disclosures::Request(const std::string& partner, uint64_t index,
                                                    const evidence::ProofNonce& nonce,
                                                    const evidence::ProofMac& mac,
                                                    const std::string& why) {
  const bool nonce_good = TakeNonce(partner, index, nonce);
  if (why.size() > evidence::kMaxProofWhyBytes || !decision::IsOneLine(why)) {
    return absl::InvalidArgumentError("why proof is asked for is one line of at most " +
                                      std::to_string(evidence::kMaxProofWhyBytes) + " bytes");
  }
  if (!nonce_good) return NotProved();
  auto proves = Proves(partner, index, nonce, mac);
  if (!proves.ok()) return proves.status();
  if (!*proves) return NotProved();
  storage::MutexLock one_at_a_time(asking_);
  for (int attempt = 0; attempt < kWriteAttempts; ++attempt) {
    absl::Status unreadable;  // Sweep tells it
    auto open = OpenOf(&partner, unreadable);
    if (!open.ok()) return open.status();
    size_t waiting = 0;
    for (const Stored& stored : *open) {
      auto over = WhyOver(stored.request);
      // One whose incident cannot be read counts as waiting.
      if (!over.ok() && !absl::IsDataLoss(over.status())) return over.status();
      if (over.ok() && !over->empty()) continue;
      if (stored.request.report == index) return stored.request.id;
      if (stored.request.state == ProofRequestState::kWaiting) ++waiting;
    }
    if (waiting >= kMaxWaitingRequests) {
      return absl::ResourceExhaustedError("a partner has at most " +
                                          std::to_string(kMaxWaitingRequests) +
                                          " requests for proof waiting");
    }
    auto found = FindIncident(index);
    if (!found.ok()) return found.status();
    if (!found->has_value() || HasNoReport((*found)->incident.state)) return NotProved();
    ProofRequest request;
    request.id = entropy_.Public<ProofRequestId>();
    request.incident = (*found)->incident.id;
    request.report = index;
    request.partner = partner;
    request.why = why;
    request.asked_at = clock_.Now();
    Batch batch;
    // Whoever erases the incident meanwhile erases what is known of it then.
    batch.ExpectValue(Column::kIncidents, rows::IncidentKey(request.incident), (*found)->row);
    Put(request, batch);
    batch.Put(Column::kProofRequests, rows::RequestIdKey(request.id),
              crypto::ToBytes(request.incident.view()));
    batch.Put(Column::kProofRequests, rows::RequestTimeKey(request.asked_at, request.id),
              crypto::ToBytes(request.incident.view()));
    Record(std::string(kPartnerActor) + partner, kAskedAction, request, why, batch);
    const absl::Status written = store_.Write(std::move(batch));
    if (absl::IsAborted(written)) continue;
    if (!written.ok()) return written;
    return request.id;
  }
  return KeptChanging();
}

absl::Status Disclosures::Fetch(const std::string& partner, const ProofRequestId& id,
                                const std::function<bool(evidence::HandoverPiece)>& send) {
  auto stored = Load(id);
  if (absl::IsNotFound(stored.status())) return NotYours();
  if (!stored.ok()) return stored.status();
  if (stored->request.partner != partner) return NotYours();
  auto over = WhyOver(stored->request);
  if (!over.ok()) return over.status();
  HandoverState state = HandoverState::kOver;
  if (stored->request.state == ProofRequestState::kRefused) {
    state = HandoverState::kRefused;
  } else if (stored->request.open && over->empty()) {
    state = stored->request.state == ProofRequestState::kWaiting ? HandoverState::kPending
                                                                 : HandoverState::kDisclosed;
  }
  if (state != HandoverState::kDisclosed) {
    // A stream that ends well without its start would be held against this node.
    return send(evidence::HandoverStart{state, 0, {}}) ? absl::OkStatus() : WentAway();
  }
  {
    storage::MutexLock lock(mutex_);
    if (!fetching_.insert(partner).second) {
      return absl::ResourceExhaustedError("a partner fetches the proof of one request at a time");
    }
  }
  auto noted = NoteFetch(stored->request);
  const absl::Status sent = noted.ok() ? SendFiles(*noted, send) : noted.status();
  storage::MutexLock lock(mutex_);
  fetching_.erase(partner);
  return sent;
}

absl::StatusOr<ProofRequest> Disclosures::NoteFetch(const ProofRequest& seen) {
  for (int attempt = 0; attempt < kWriteAttempts; ++attempt) {
    auto stored = Load(seen.id);
    if (absl::IsNotFound(stored.status())) return NotYours();
    if (!stored.ok()) return stored.status();
    ProofRequest& request = stored->request;
    if (!request.open) return NotYours();  // ended a moment ago
    if (request.fetched.size() >= kMaxFetches) {
      return absl::ResourceExhaustedError("the proof of a request can be fetched " +
                                          std::to_string(kMaxFetches) + " times");
    }
    request.fetched.push_back(clock_.Now());
    Batch batch;
    batch.ExpectValue(Column::kProofRequests, rows::RequestKey(request.incident, request.id),
                      std::move(stored->row));
    Put(request, batch);
    Record(std::string(kPartnerActor) + request.partner, kFetchAction, request,
           std::to_string(request.files.size()) + " files", batch);
    const absl::Status written = store_.Write(std::move(batch));
    if (absl::IsAborted(written)) continue;
    if (!written.ok()) return written;
    return std::move(request);
  }
  return KeptChanging();
}

absl::Status Disclosures::SendFiles(const ProofRequest& request,
                                    const std::function<bool(evidence::HandoverPiece)>& send) {
  auto set = LoadProofs(store_, vault_, request.incident);
  if (!set.ok()) return set.status();
  // All of them before the start: the leaves of what is being erased do not give the root, and the
  // asker would hold that against this node.
  std::vector<const Proof*> files;
  for (const DisclosedFile& file : request.files) {
    files.push_back(set->Find(file.number));
    if (files.back() == nullptr) return NotYours();  // erased a moment ago
  }
  evidence::HandoverStart start{
      HandoverState::kDisclosed, static_cast<uint32_t>(request.files.size()), {}};
  for (const Proof& proof : set->proofs) start.leaves.push_back(proof.digest);
  std::sort(start.leaves.begin(), start.leaves.end());
  if (!send(std::move(start))) return WentAway();
  for (const Proof* proof : files) {
    auto over = WhyOver(request);  // each file may take minutes
    if (!over.ok()) return over.status();
    if (!over->empty()) return NotYours();
    if (!send(evidence::HandedFile{proof->kind, proof->media, proof->bytes, proof->salt,
                                   proof->digest})) {
      return WentAway();
    }
    absl::Status read = options_.files.Read(
        proof->file, [&](ByteView chunk) { return send(crypto::ToBytes(chunk)); });
    if (absl::IsNotFound(read)) return NotYours();  // as above
    if (!read.ok()) return read;
  }
  return absl::OkStatus();
}

}  // namespace daftar::ledger
