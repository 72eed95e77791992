// Proof that partners ask for: their requests, a manager's decision about each, and the handing out
// of the files that were disclosed (docs/protocol.md, "Asking for proof"). The issuer's side.
#ifndef DAFTAR_NODE_LEDGER_DISCLOSURES_H_
#define DAFTAR_NODE_LEDGER_DISCLOSURES_H_

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/entropy.h"
#include "crypto/secret.h"
#include "node/evidence/clock.h"
#include "node/evidence/handover.h"
#include "node/ledger/incident.h"
#include "storage/caller.h"
#include "storage/mutex.h"
#include "storage/sealed_files.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::ledger {

inline constexpr size_t kMaxOpenNonces = 8;                  // of a partner
inline constexpr int64_t kNonceMillis = 5 * 60'000;          // a nonce is good for
inline constexpr size_t kMaxWaitingRequests = 32;            // of a partner
inline constexpr int64_t kDecideMillis = 14 * 86'400'000LL;  // a request waits for
inline constexpr int64_t kFetchMillis = 7 * 86'400'000LL;  // what was disclosed may be fetched for
inline constexpr size_t kMaxFetches = 20;                  // of one request
inline constexpr size_t kMaxListedRequests = 1000;         // a page

// Numbers are on disk: never renumber.
enum class ProofRequestState : uint8_t {
  kWaiting = 1,
  kDisclosed = 2,
  kRefused = 3,
  kLapsed = 4,  // ended before anybody decided
};
std::string_view RequestStateName(ProofRequestState state);

struct DisclosedFile {
  uint16_t number = 0;  // of the incident's proof
  evidence::ProofKind kind = evidence::ProofKind::kOrder;
  crypto::Digest digest;
};

// One partner's request, and what became of it. Personal data: it says that a partner's shop knows
// the person of the incident.
struct ProofRequest {
  evidence::ProofRequestId id;
  IncidentId incident;
  uint64_t report = 0;  // its index in the log
  std::string partner;  // origin
  std::string why;      // in the partner's words
  evidence::UnixMillis asked_at;
  ProofRequestState state = ProofRequestState::kWaiting;
  bool open = true;                 // it waits, or what was disclosed may be fetched
  evidence::UnixMillis decided_at;  // or lapsed
  std::string decided_by;
  std::string because;
  std::vector<DisclosedFile> files;
  std::vector<evidence::UnixMillis> fetched;  // each time, from the first on
};

// All requests about the incident, the newest first: what was disclosed of it to whom, and when.
// Gone once the incident is erased. DataLoss when a row does not open; errors of the store.
absl::StatusOr<std::vector<ProofRequest>> RequestsAbout(const storage::StoreReader& store,
                                                        const storage::Vault& vault,
                                                        const IncidentId& incident);

// Adds to `batch` the removal of all requests about the incident. What was decided stays in the
// record of changes. A request that is written at the same time must expect the incident's row.
absl::Status EraseRequests(const storage::StoreReader& store, const storage::Vault& vault,
                           const IncidentId& incident, storage::Batch& batch);

// Whether an incident in this state has no report any more that a partner is to count.
bool HasNoReport(IncidentState state);

// References outlive the object.
struct DisclosureOptions {
  const crypto::Secret32& record_key;
  storage::SealedFiles& files;  // of the proofs
  std::function<bool(const std::string& origin)> is_active_partner;
  // Whether this node's clock and its partners' disagree: then no time is over.
  std::function<bool()> clock_in_doubt;
};

// Rows of Column::kProofRequests:
//   'i' || incident id || request id          -> sealed: the request
//   'r' || request id                         -> incident id
//   's' || ~asked at (u64) || request id      -> incident id: all, newest first
//   'o' || u8-prefixed origin || request id   -> incident id: those that are open
// Any thread may call. Every change is durable on OK, has its row in the record of changes, and on
// an error has changed nothing. Nonces are in memory only: a restart forgets them, and the partner
// asks for another one.
class Disclosures {
 public:
  Disclosures(storage::Store& store, const storage::Vault& vault, const evidence::Clock& clock,
              crypto::Entropy& entropy, DisclosureOptions options)
      : store_(store), vault_(vault), clock_(clock), entropy_(entropy), options_(options) {}

  // ---- for an active partner; `partner` is the origin that its certificate proved

  // A nonce for one request about the report at `index`, whatever there is. ResourceExhausted when
  // the partner has kMaxOpenNonces.
  absl::StatusOr<evidence::ProofNonce> Open(const std::string& partner, uint64_t index);

  // The id of the request, which is the earlier one while that is open. PermissionDenied, in the
  // same words, for a nonce that is not open, a mac that does not prove the record key, and a
  // report that was withdrawn or erased; InvalidArgument for `why`; ResourceExhausted past
  // kMaxWaitingRequests. The nonce is used up however this ends.
  absl::StatusOr<evidence::ProofRequestId> Request(const std::string& partner, uint64_t index,
                                                   const evidence::ProofNonce& nonce,
                                                   const evidence::ProofMac& mac,
                                                   const std::string& why);

  // Gives the pieces in order until `send` returns false (Cancelled); what is handed out is on the
  // record before the first byte. PermissionDenied for a request that is not this partner's, or
  // that ends before all is handed out; ResourceExhausted while another fetch of the partner's
  // runs, and after kMaxFetches; DataLoss for a damaged file.
  absl::Status Fetch(const std::string& partner, const evidence::ProofRequestId& id,
                     const std::function<bool(evidence::HandoverPiece)>& send);

  // ---- for the shop

  absl::StatusOr<ProofRequest> Get(const evidence::ProofRequestId& id) const;  // NotFound
  struct Page {
    std::vector<ProofRequest> requests;
    std::optional<evidence::ProofRequestId> next;
  };
  // The newest first; `after` as an earlier page's `next`.
  absl::StatusOr<Page> List(bool open_only, size_t limit,
                            const std::optional<evidence::ProofRequestId>& after) const;

  // Those that nobody has decided yet.
  struct Undecided {
    size_t count = 0;
    evidence::UnixMillis oldest;  // when it was asked; of none 0
  };
  // A row that cannot be read is left out; Sweep tells it.
  absl::StatusOr<Undecided> Waiting() const;

  // Lets the partner fetch these files of the incident (by number; none: all) for kFetchMillis.
  // FailedPrecondition for a request that does not wait any more; NotFound for a number;
  // InvalidArgument without a reason. Happens once for one (actor, request id of the caller).
  absl::StatusOr<ProofRequest> Disclose(const storage::Caller& caller,
                                        const evidence::ProofRequestId& id,
                                        const std::vector<uint32_t>& numbers,
                                        const std::string& because);
  absl::StatusOr<ProofRequest> Refuse(const storage::Caller& caller,
                                      const evidence::ProofRequestId& id,
                                      const std::string& because);

  // Ends the open requests whose time is over, whose partner is not active any more, or whose
  // report was withdrawn or erased; returns how many. One that cannot be read or written keeps no
  // other, and is the answer.
  absl::StatusOr<size_t> Sweep();
  // Ends all that are open, since the log goes whose reports they are about; `why` is for the
  // record. Answers as Sweep.
  absl::StatusOr<size_t> EndAll(const std::string& why);

 private:
  struct Nonce {
    evidence::ProofNonce nonce;
    uint64_t report = 0;
    evidence::UnixMillis made_at;
  };
  struct Stored {
    ProofRequest request;
    crypto::Bytes row;  // as it is in the store, for the precondition
  };
  struct OfReport {
    Incident incident;
    crypto::Bytes row;
  };
  bool TakeNonce(const std::string& partner, uint64_t index, const evidence::ProofNonce& nonce);
  // Whether the mac proves the record key of the report at `index`.
  absl::StatusOr<bool> Proves(const std::string& partner, uint64_t index,
                              const evidence::ProofNonce& nonce,
                              const evidence::ProofMac& mac) const;
  absl::StatusOr<std::optional<OfReport>> FindIncident(uint64_t report) const;
  absl::StatusOr<std::optional<Incident>> LoadIncident(const IncidentId& id) const;
  // Of one partner, or of all for null. A row that cannot be read is left out, and the first one's
  // error is in `unreadable`.
  absl::StatusOr<std::vector<Stored>> OpenOf(const std::string* partner,
                                             absl::Status& unreadable) const;
  absl::StatusOr<Stored> Load(const evidence::ProofRequestId& id) const;
  // Why an open request is to end, in words for the record; empty while it goes on.
  absl::StatusOr<std::string> WhyOver(const ProofRequest& request) const;
  using Over = std::function<absl::StatusOr<std::string>(const ProofRequest& request)>;
  // Ends the open requests of which `over` says why.
  absl::StatusOr<size_t> End(const Over& over);
  void Put(const ProofRequest& request, storage::Batch& batch) const;
  void Record(const std::string& actor, const char* action, const ProofRequest& request,
              const std::string& because, storage::Batch& batch) const;
  using Decision = std::function<absl::Status(ProofRequest& request, storage::Batch& batch)>;
  absl::StatusOr<ProofRequest> Decide(const storage::Caller& caller, std::string_view kind,
                                      const evidence::ProofRequestId& id,
                                      const std::string& because, const Decision& decide);
  absl::Status SendFiles(const ProofRequest& request,
                         const std::function<bool(evidence::HandoverPiece)>& send);
  absl::StatusOr<ProofRequest> NoteFetch(const ProofRequest& seen);

  storage::Store& store_;
  const storage::Vault& vault_;
  const evidence::Clock& clock_;
  crypto::Entropy& entropy_;
  const DisclosureOptions options_;
  storage::Mutex asking_;  // held through Request, so that a partner's bounds hold; before mutex_
  storage::Mutex mutex_;
  std::map<std::string, std::deque<Nonce>> nonces_ DAFTAR_GUARDED_BY(mutex_);
  std::set<std::string> fetching_ DAFTAR_GUARDED_BY(mutex_);  // partners
};

}  // namespace daftar::ledger

#endif  // DAFTAR_NODE_LEDGER_DISCLOSURES_H_
