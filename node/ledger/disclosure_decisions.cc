// What the shop does about requests for proof: looks, decides, lets them end.
#include <algorithm>
#include <utility>

#include "node/ledger/disclosure_rows.h"
#include "node/ledger/disclosures.h"
#include "node/ledger/incident_rows.h"
#include "node/ledger/ledger.h"
#include "node/ledger/proofs.h"
#include "storage/requests.h"

namespace daftar::ledger {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using evidence::ProofRequestId;
using storage::Batch;
using storage::Column;

constexpr int kWriteAttempts = 8;
constexpr const char* kDiscloseAction = "proof.disclose";
constexpr const char* kRefuseAction = "proof.refuse";
constexpr const char* kLapseAction = "proof.lapse";

std::string FileWords(const DisclosedFile& file) {
  return "#" + std::to_string(file.number) + " " + std::string(evidence::ProofKindName(file.kind)) +
         " " + file.digest.hex();
}

}  // namespace

absl::StatusOr<ProofRequest> Disclosures::Get(const ProofRequestId& id) const {
  auto stored = Load(id);
  if (!stored.ok()) return stored.status();
  return std::move(stored->request);
}

absl::StatusOr<Disclosures::Page> Disclosures::List(
    bool open_only, size_t limit, const std::optional<ProofRequestId>& after) const {
  limit = std::clamp<size_t>(limit, 1, kMaxListedRequests);
  Bytes begin = rows::RequestTimePrefix();
  if (after.has_value()) {
    auto last = Load(*after);
    if (!last.ok()) return last.status();
    begin = rows::RequestTimeKey(last->request.asked_at, *after);
    begin.push_back(0);  // just past it
  }
  Page page;
  absl::Status failed;
  const absl::Status scanned = store_.Scan(Column::kProofRequests, rows::RequestTimePrefix(), begin,
                                           [&](ByteView key, ByteView) {
                                             auto stored = Load(rows::RequestIdAtEnd(key));
                                             if (absl::IsNotFound(stored.status())) return true;
                                             if (!stored.ok()) {
                                               failed = stored.status();
                                               return false;
                                             }
                                             if (open_only && !stored->request.open) return true;
                                             if (page.requests.size() == limit) {
                                               page.next = page.requests.back().id;
                                               return false;
                                             }
                                             page.requests.push_back(std::move(stored->request));
                                             return true;
                                           });
  if (!scanned.ok()) return scanned;
  if (!failed.ok()) return failed;
  return page;
}

absl::StatusOr<Disclosures::Undecided> Disclosures::Waiting() const {
  absl::Status unreadable;
  auto open = OpenOf(nullptr, unreadable);
  if (!open.ok()) return open.status();
  Undecided waiting;
  for (const Stored& stored : *open) {
    if (stored.request.state != ProofRequestState::kWaiting) continue;
    const bool older = waiting.count == 0 || stored.request.asked_at < waiting.oldest;
    if (older) waiting.oldest = stored.request.asked_at;
    ++waiting.count;
  }
  return waiting;
}

absl::StatusOr<std::string> Disclosures::WhyOver(const ProofRequest& request) const {
  if (!request.open) return std::string("it has ended");
  const int64_t now = clock_.Now().value;
  const bool time_acts = !options_.clock_in_doubt();
  const bool waits = request.state == ProofRequestState::kWaiting;
  if (time_acts && waits && now - request.asked_at.value >= kDecideMillis) {
    return "nobody decided within " + std::to_string(kDecideMillis / 86'400'000) + " days";
  }
  if (time_acts && !waits && now - request.decided_at.value >= kFetchMillis) {
    return "the " + std::to_string(kFetchMillis / 86'400'000) + " days to fetch it are over";
  }
  if (!options_.is_active_partner(request.partner)) {
    return std::string("the partner was suspended or removed");
  }
  auto incident = LoadIncident(request.incident);
  if (!incident.ok()) return incident.status();
  if (!incident->has_value() || HasNoReport((*incident)->state)) {
    return std::string("the report was withdrawn or erased");
  }
  return std::string();
}

absl::StatusOr<ProofRequest> Disclosures::Decide(const storage::Caller& caller,
                                                 std::string_view kind, const ProofRequestId& id,
                                                 const std::string& because,
                                                 const Decision& decide) {
  if (because.empty() || because.size() > kMaxNoteBytes) {
    return absl::InvalidArgumentError("say why in 1 to " + std::to_string(kMaxNoteBytes) +
                                      " bytes, for the record (--because TEXT)");
  }
  auto made_by = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!made_by.ok()) return made_by.status();
  for (int attempt = 0; attempt < kWriteAttempts; ++attempt) {
    auto earlier = storage::RequestLog::Find(store_, *made_by, kind);
    if (!earlier.ok()) return earlier.status();
    if (earlier->has_value()) {
      if (crypto::AsText(**earlier) != crypto::AsText(id.view())) {
        return absl::FailedPreconditionError(
            "this request_id was used for another request; use a new one for each");
      }
      return Get(id);
    }
    auto stored = Load(id);
    if (!stored.ok()) return stored.status();
    ProofRequest& request = stored->request;
    if (request.state != ProofRequestState::kWaiting) {
      return absl::FailedPreconditionError("the request is " +
                                           std::string(RequestStateName(request.state)) +
                                           " already; what was decided stays as it is");
    }
    auto over = WhyOver(request);
    if (!over.ok()) return over.status();
    if (!over->empty()) {
      return absl::FailedPreconditionError("the request waits no more: " + *over);
    }
    Batch batch;
    batch.ExpectValue(Column::kProofRequests, rows::RequestKey(request.incident, id),
                      std::move(stored->row));
    request.decided_at = clock_.Now();
    request.decided_by = caller.actor;
    request.because = because;
    if (absl::Status status = decide(request, batch); !status.ok()) return status;
    Put(request, batch);
    storage::RequestLog::Record(batch, *made_by, kind, id.view());
    const absl::Status written = store_.Write(std::move(batch));
    if (absl::IsAborted(written)) continue;
    if (!written.ok()) return written;
    return std::move(request);
  }
  return absl::AbortedError("others kept changing the same request; try again");
}

absl::StatusOr<ProofRequest> Disclosures::Disclose(const storage::Caller& caller,
                                                   const ProofRequestId& id,
                                                   const std::vector<uint32_t>& numbers,
                                                   const std::string& because) {
  return Decide(
      caller, kDiscloseAction, id, because,
      [&](ProofRequest& request, Batch& batch) -> absl::Status {
        auto set = LoadProofs(store_, vault_, request.incident);
        if (!set.ok()) return set.status();
        for (const uint32_t number : numbers) {
          if (set->Find(number) != nullptr) continue;
          return absl::NotFoundError("the incident " + request.incident.hex() +
                                     " has no proof number " + std::to_string(number) +
                                     "; `daftar incident proof list " + request.incident.hex() +
                                     "` shows those there are");
        }
        for (const Proof& proof : set->proofs) {
          const bool named =
              std::find(numbers.begin(), numbers.end(), proof.number) != numbers.end();
          if (!numbers.empty() && !named) continue;
          request.files.push_back({proof.number, proof.kind, proof.digest});
          Record(caller.actor, kDiscloseAction, request,
                 FileWords(request.files.back()) + ": " + because, batch);
        }
        if (request.files.empty()) {
          return absl::FailedPreconditionError(
              "the report has no proof to disclose; refuse the request: `daftar proof refuse " +
              id.hex() + " --because TEXT`");
        }
        request.state = ProofRequestState::kDisclosed;
        return absl::OkStatus();
      });
}

absl::StatusOr<ProofRequest> Disclosures::Refuse(const storage::Caller& caller,
                                                 const ProofRequestId& id,
                                                 const std::string& because) {
  return Decide(caller, kRefuseAction, id, because,
                [&](ProofRequest& request, Batch& batch) -> absl::Status {
                  request.state = ProofRequestState::kRefused;
                  request.open = false;
                  Record(caller.actor, kRefuseAction, request, because, batch);
                  return absl::OkStatus();
                });
}

absl::StatusOr<size_t> Disclosures::Sweep() {
  return End([this](const ProofRequest& request) { return WhyOver(request); });
}

absl::StatusOr<size_t> Disclosures::EndAll(const std::string& why) {
  return End([&](const ProofRequest&) { return why; });
}

absl::StatusOr<size_t> Disclosures::End(const Over& why_over) {
  size_t ended = 0;
  absl::Status failed;
  auto open = OpenOf(nullptr, failed);
  if (!open.ok()) return open.status();
  for (Stored& stored : *open) {
    ProofRequest& request = stored.request;
    auto over = why_over(request);
    if (!over.ok()) {
      if (failed.ok()) failed = over.status();
      continue;
    }
    if (over->empty()) continue;
    Batch batch;
    batch.ExpectValue(Column::kProofRequests, rows::RequestKey(request.incident, request.id),
                      std::move(stored.row));
    request.open = false;
    if (request.state == ProofRequestState::kWaiting) {
      request.state = ProofRequestState::kLapsed;
      request.decided_at = clock_.Now();
      request.because = *over;
      Record(std::string(kNodeActor), kLapseAction, request, *over, batch);
    }
    Put(request, batch);
    const absl::Status written = store_.Write(std::move(batch));
    if (written.ok()) {
      ++ended;
    } else if (failed.ok() && !absl::IsAborted(written)) {
      failed = written;
    }
  }
  if (!failed.ok()) return failed;
  return ended;
}

}  // namespace daftar::ledger
