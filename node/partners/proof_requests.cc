#include "node/partners/proof_requests.h"

#include <algorithm>
#include <utility>

#include "node/decision/text.h"
#include "node/evidence/body.h"
#include "storage/audit.h"
#include "storage/purge.h"
#include "storage/requests.h"

namespace daftar::partners {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using storage::Batch;
using storage::Column;

constexpr std::string_view kAskKind = "proof.ask";
constexpr const char* kAskAction = "proof.ask";
constexpr const char* kReadAction = "proof.read";

absl::Status NoSuchRequest(const AskedProofId& id) {
  return absl::NotFoundError("nothing was asked under the id " + id.hex() +
                             ", or its report was erased since; `daftar proof asked` lists what "
                             "there is");
}

}  // namespace

// ---- rows

absl::StatusOr<ProofRequests::Stored> ProofRequests::Load(const AskedProofId& id) const {
  auto row = store_.Get(Column::kAskedProof, id.view());
  if (!row.ok()) return row.status();
  if (!row->has_value()) return NoSuchRequest(id);
  auto plain = vault_.Open(Column::kAskedProof, id.view(), **row);
  if (!plain.ok()) return plain.status();
  auto asked = AskedProof::Decode(plain->Expose());
  if (!asked.ok()) return asked.status();
  return Stored{*std::move(asked), **std::move(row)};
}

absl::StatusOr<std::vector<ProofRequests::Stored>> ProofRequests::LoadAll(
    absl::Status* unreadable) const {
  std::vector<Stored> all;
  absl::Status failed;
  const absl::Status scanned =
      store_.Scan(Column::kAskedProof, {}, {}, [&](ByteView key, ByteView value) {
        auto plain = vault_.Open(Column::kAskedProof, key, value);
        auto asked = plain.ok() ? AskedProof::Decode(plain->Expose())
                                : absl::StatusOr<AskedProof>(plain.status());
        if (!asked.ok()) {
          if (failed.ok()) failed = asked.status();
          return unreadable != nullptr;
        }
        all.push_back({*std::move(asked), crypto::ToBytes(value)});
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (!failed.ok() && unreadable == nullptr) return failed;
  if (unreadable != nullptr) *unreadable = failed;
  std::sort(all.begin(), all.end(),
            [](const Stored& a, const Stored& b) { return a.asked.asked_at > b.asked.asked_at; });
  return all;
}

void ProofRequests::Record(const std::string& actor, const char* action, const AskedProof& asked,
                           const std::string& because, Batch& batch) const {
  storage::RecordAudit(batch, vault_, entropy_,
                       {clock_.Now().value, actor, action,
                        asked.issuer + " entry " + std::to_string(asked.report), because});
}

absl::Status ProofRequests::Replace(Stored& stored, Batch batch) {
  batch.ExpectValue(Column::kAskedProof, stored.asked.Key(), stored.row);
  Bytes sealed = vault_.Seal(Column::kAskedProof, stored.asked.Key(), stored.asked.Encode());
  batch.Put(Column::kAskedProof, stored.asked.Key(), sealed);
  const absl::Status written = store_.Write(std::move(batch));
  if (written.ok()) stored.row = std::move(sealed);
  return written;
}

absl::Status ProofRequests::Delete(Stored& stored, Batch batch) {
  batch.ExpectValue(Column::kAskedProof, stored.asked.Key(), stored.row);
  batch.Delete(Column::kAskedProof, stored.asked.Key());
  std::vector<storage::SealedFileId> files;
  for (const KeptProof& kept : stored.asked.files) files.push_back(kept.file);
  if (absl::Status status = files_.Release(files, batch); !status.ok()) return status;
  storage::AskForPurge(batch, stored.asked.id.view());
  const absl::Status written = store_.Write(std::move(batch));
  if (written.ok()) files_.Sweep().IgnoreError();  // what fails is tried again in the background
  return written;
}

absl::Status ProofRequests::Forget(Stored& stored, const Bytes& request) {
  Batch batch;
  batch.Delete(Column::kRequests, request);
  return Delete(stored, std::move(batch));
}

// ---- asking

absl::StatusOr<Partner> ProofRequests::ActivePartner(const std::string& origin) const {
  auto partner = registry_.Find(origin);
  if (!partner.ok()) return partner.status();
  if (partner->status != PartnerStatus::kActive) {
    return absl::FailedPreconditionError("the partner " + origin + " is " +
                                         std::string(StatusName(partner->status)) +
                                         "; it is neither asked nor answered");
  }
  return partner;
}

absl::StatusOr<bool> ProofRequests::IsThere(const AskedProof& asked) const {
  auto partner = registry_.Find(asked.issuer);
  if (!partner.ok()) return partner.status();
  auto body = store_.Get(Column::kLogBodies,
                         storage::LogIndexKey(static_cast<uint32_t>(partner->log), asked.report));
  if (!body.ok()) return body.status();
  return body->has_value();
}

absl::StatusOr<crypto::Digest> ProofRequests::RootOf(const Partner& issuer, uint64_t report,
                                                     const crypto::Secret32& key) const {
  auto row = store_.Get(Column::kLogBodies,
                        storage::LogIndexKey(static_cast<uint32_t>(issuer.log), report));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return absl::NotFoundError("the report was erased");
  const auto body = evidence::ReportBody::Decode(**row);
  if (!body.ok()) return absl::DataLossError("the copy of the report is malformed");
  const auto facts = evidence::OpenReport(*body, issuer.origin, key);
  if (!facts.ok()) return absl::DataLossError("the copy of the report does not open");
  return facts->proofs_root;
}

absl::StatusOr<AskedProof> ProofRequests::Ask(const storage::Caller& caller,
                                              const std::string& issuer, uint64_t report,
                                              std::span<const identity::Identifier> identifiers,
                                              const std::string& because) {
  if (because.empty() || because.size() > evidence::kMaxProofWhyBytes ||
      !decision::IsOneLine(because)) {
    return absl::InvalidArgumentError(
        "say why in one line of 1 to " + std::to_string(evidence::kMaxProofWhyBytes) +
        " bytes, which the partner's manager reads too (--because TEXT)");
  }
  auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  auto earlier = storage::RequestLog::Find(store_, *request, kAskKind);
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value()) {
    auto id = AskedProofId::Create(**earlier);
    if (!id.ok()) return absl::DataLossError("a request's row is malformed");
    auto made = Load(*id);
    if (absl::IsNotFound(made.status())) {
      return absl::FailedPreconditionError(
          "what this request_id began did not reach the partner; use a new one to ask again");
    }
    if (!made.ok()) return made.status();
    if (made->asked.issuer != issuer || made->asked.report != report) {
      return absl::FailedPreconditionError(
          "this request_id was used for another request; use a new one for each");
    }
    if (made->asked.state != AskedProofState::kAsking) return std::move(made->asked);
    // Only who holds it may know whether it reached the partner. One that nobody holds was left by
    // a crash or a failed write, and is begun anew.
    if (IsBusy(*id) || !Forget(*made, *request).ok()) {
      return absl::UnavailableError(
          "it is under way, or did not reach the partner; look at `daftar proof asked`");
    }
  }
  auto partner = ActivePartner(issuer);
  if (!partner.ok()) return partner.status();
  auto key = lookup_.RecordKey(issuer, report, identifiers);
  if (absl::IsNotFound(key.status())) {
    return absl::NotFoundError("entry " + std::to_string(report) + " of " + issuer +
                               " is not about this buyer, as far as a check has found; check the "
                               "buyer first, `daftar check` names entry and partner");
  }
  if (!key.ok()) return key.status();
  auto root = RootOf(*partner, report, *key);
  if (!root.ok()) return root.status();
  if (root->IsZero()) {
    return absl::FailedPreconditionError("entry " + std::to_string(report) + " of " + issuer +
                                         " was filed without proof; there is none to ask for");
  }
  Stored stored;
  stored.asked.id = entropy_.Public<AskedProofId>();
  stored.asked.issuer = issuer;
  stored.asked.report = report;
  stored.asked.root = *root;
  stored.asked.because = because;
  stored.asked.asked_by = caller.actor;
  stored.asked.asked_at = stored.asked.since = clock_.Now();
  Busy busy(*this, stored.asked.id);
  if (!busy.status().ok()) return busy.status();
  {
    storage::MutexLock lock(asking_);
    auto all = LoadAll();
    if (!all.ok()) return all.status();
    for (const Stored& other : *all) {
      const bool counts = other.asked.state == AskedProofState::kAsking ||
                          other.asked.state == AskedProofState::kWaiting ||
                          other.asked.state == AskedProofState::kFetched;
      if (counts && other.asked.issuer == issuer && other.asked.report == report) {
        return absl::AlreadyExistsError("this proof was asked for already: " +
                                        other.asked.id.hex());
      }
    }
    if (all->size() >= kMaxAskedProof) {
      return absl::ResourceExhaustedError(
          "at most " + std::to_string(kMaxAskedProof) +
          " requests for proof are on record at once; those that have ended go after " +
          std::to_string(kEndedProofMillis / 86'400'000) + " days");
    }
    // On the record before the partner hears of it.
    Batch batch;
    batch.ExpectAbsent(Column::kAskedProof, stored.asked.Key());
    stored.row = vault_.Seal(Column::kAskedProof, stored.asked.Key(), stored.asked.Encode());
    batch.Put(Column::kAskedProof, stored.asked.Key(), stored.row);
    storage::RequestLog::Record(batch, *request, kAskKind, stored.asked.id.view());
    Record(caller.actor, kAskAction, stored.asked, because, batch);
    if (absl::Status written = store_.Write(std::move(batch)); !written.ok()) return written;
  }
  auto sent = Send(*partner, stored.asked, *key);
  if (!sent.ok()) {
    // So that the same request may be made again; what fails is left to the next Sweep.
    Forget(stored, *request).IgnoreError();
    return sent.status();
  }
  stored.asked.request = *sent;
  stored.asked.state = AskedProofState::kWaiting;
  if (absl::Status status = Replace(stored, {}); !status.ok()) return status;
  return stored.asked;
}

absl::StatusOr<evidence::ProofRequestId> ProofRequests::Send(const Partner& issuer,
                                                             const AskedProof& asked,
                                                             const crypto::Secret32& key) {
  auto nonce = network_.OpenProofRequest(issuer, asked.report, options_.ask_deadline);
  if (!nonce.ok()) return nonce.status();
  return network_.RequestProof(
      issuer,
      {asked.report, *nonce, evidence::ProofRequestMac(key, own_origin_, *nonce), asked.because},
      options_.ask_deadline);
}

// ---- what was asked

absl::StatusOr<std::vector<AskedProof>> ProofRequests::List() const {
  auto all = LoadAll();
  if (!all.ok()) return all.status();
  std::vector<AskedProof> list;
  list.reserve(all->size());
  for (Stored& stored : *all) list.push_back(std::move(stored.asked));
  return list;
}

absl::StatusOr<AskedProof> ProofRequests::Get(const AskedProofId& id) const {
  auto stored = Load(id);
  if (!stored.ok()) return stored.status();
  return std::move(stored->asked);
}

absl::Status ProofRequests::Read(const std::string& actor, const AskedProofId& id, uint32_t number,
                                 const std::function<bool(const KeptProof&)>& about,
                                 const std::function<bool(ByteView)>& visit) {
  auto asked = Get(id);
  if (!asked.ok()) return asked.status();
  auto there = IsThere(*asked);
  if (!there.ok()) return there.status();
  if (!*there) return NoSuchRequest(id);
  if (asked->state != AskedProofState::kFetched) {
    return absl::FailedPreconditionError("the request is " +
                                         std::string(AskedProofStateName(asked->state)) +
                                         ": none of its files are here");
  }
  if (number == 0 || number > asked->files.size()) {
    return absl::NotFoundError("the request has no file number " + std::to_string(number) +
                               "; it has 1 to " + std::to_string(asked->files.size()));
  }
  const KeptProof& kept = asked->files[number - 1];
  Batch batch;
  Record(actor, kReadAction, *asked, "#" + std::to_string(number), batch);
  if (absl::Status recorded = store_.Write(std::move(batch)); !recorded.ok()) return recorded;
  if (!about(kept)) return absl::CancelledError("stopped by the reader");
  const absl::Status read = files_.Read(kept.file, visit);
  return absl::IsNotFound(read) ? NoSuchRequest(id) : read;
}

}  // namespace daftar::partners
