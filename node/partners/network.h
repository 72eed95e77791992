// The port through which a node speaks to its partners; gRPC implements it in service/, a simulated
// network in tests.
#ifndef DAFTAR_NODE_PARTNERS_NETWORK_H_
#define DAFTAR_NODE_PARTNERS_NETWORK_H_

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "crypto/voprf.h"
#include "node/evidence/feed.h"
#include "node/evidence/handover.h"
#include "node/partners/invite.h"
#include "node/partners/partner.h"
#include "node/partners/relay_answer.h"
#include "storage/mutex.h"

namespace daftar::partners {

struct EvaluateCall {
  uint32_t epoch = 0;
  std::vector<crypto::GroupElement> blinded;
  bool warming = false;
};

// What came back; elements and proof are well-formed, the proof is not verified yet.
struct EvaluateAnswer {
  std::vector<crypto::GroupElement> evaluated;
  crypto::VoprfProof proof;
};

// A request for the proof behind a report, with what shows that the asker could open it.
struct ProofCall {
  uint64_t report = 0;  // its index
  evidence::ProofNonce nonce;
  evidence::ProofMac mac;
  std::string why;
};

// Set by one thread to make another's Follow return. Any thread may call.
class Cancellation {
 public:
  void Cancel() {
    storage::MutexLock lock(mutex_);
    cancelled_ = true;
    if (on_cancel_) on_cancel_();
  }
  bool cancelled() const {
    storage::MutexLock lock(mutex_);
    return cancelled_;
  }
  // What breaks off the wait that the network is in; called at once when already cancelled. An
  // empty function takes it away: on return the earlier one does not run any more.
  void OnCancel(std::function<void()> on_cancel) {
    storage::MutexLock lock(mutex_);
    on_cancel_ = std::move(on_cancel);
    if (cancelled_ && on_cancel_) on_cancel_();
  }

 private:
  mutable storage::Mutex mutex_;
  bool cancelled_ DAFTAR_GUARDED_BY(mutex_) = false;
  std::function<void()> on_cancel_ DAFTAR_GUARDED_BY(mutex_);
};

// Any thread may call any method.
class Network {
 public:
  virtual ~Network() = default;

  // Asks `partner` to evaluate; `done` is called once, from another thread or from inside the call.
  // DeadlineExceeded, Unavailable (not reached, certificate refused), ResourceExhausted (its
  // quota), PermissionDenied (it does not know this node), InvalidArgument (it sent what is
  // malformed).
  virtual void Evaluate(const Partner& partner, const EvaluateCall& call,
                        std::chrono::milliseconds deadline,
                        std::function<void(absl::StatusOr<EvaluateAnswer>)> done) = 0;

  // Sends `partner` notes of the logs that both copy; `done` gets its notes of the same logs, not
  // verified yet. Errors and threads as with Evaluate; Unimplemented at a node that cannot yet.
  virtual void ExchangeNotes(
      const Partner& partner, std::vector<std::string> notes, std::chrono::milliseconds deadline,
      std::function<void(absl::StatusOr<std::vector<std::string>>)> done) = 0;

  // Passes the bytes of a relayed dispute on to `partner`. Errors and threads as with
  // ExchangeNotes; what the partner refuses is an answer.
  virtual void RelayDispute(const Partner& partner, const crypto::Bytes& statement,
                            std::chrono::milliseconds deadline,
                            std::function<void(absl::StatusOr<RelayAnswer>)> done) = 0;

  // Follows the partner's log from entry `from` on and hands over batches in order until
  // `on_batch` returns false, the connection ends, or `cancel` is set. Returns why it ended.
  virtual absl::Status Follow(const Partner& partner, uint64_t from,
                              const std::function<bool(evidence::FeedBatch)>& on_batch,
                              Cancellation& cancel) = 0;

  // What `partner` holds of the log of `origin` (this node's own, or the partner's) from entry
  // `from` on, in order, until all is sent, `on_batch` returns false, or `cancel` is set. OK when
  // the partner has ended it. Errors as with Evaluate; NotFound when it holds nothing of that log.
  virtual absl::Status ReadLog(const Partner& partner, const std::string& origin, uint64_t from,
                               const std::function<bool(evidence::FeedBatch)>& on_batch,
                               std::chrono::milliseconds deadline, Cancellation& cancel) = 0;

  // Introduces this node at an endpoint whose certificate must have `pin`.
  virtual absl::StatusOr<NodeCard> Pair(const std::string& endpoint, const crypto::SpkiPin& pin,
                                        const InviteSecret& secret, const NodeCard& own,
                                        std::chrono::milliseconds deadline) = 0;

  // Asking for proof (docs/protocol.md); each blocks until it is answered. Errors as with Evaluate,
  // and ResourceExhausted for the partner's bounds, PermissionDenied for what proves nothing.
  virtual absl::StatusOr<evidence::ProofNonce> OpenProofRequest(
      const Partner& partner, uint64_t report, std::chrono::milliseconds deadline) = 0;
  virtual absl::StatusOr<evidence::ProofRequestId> RequestProof(
      const Partner& partner, const ProofCall& call, std::chrono::milliseconds deadline) = 0;
  // Hands over what the partner sends, in order and not verified, until `on_piece` returns false,
  // or `cancel` is set. OK when the partner has ended it. A message that is no piece comes as its
  // error, InvalidArgument, and ends the call.
  virtual absl::Status FetchProof(
      const Partner& partner, const evidence::ProofRequestId& request,
      const std::function<bool(absl::StatusOr<evidence::HandoverPiece>)>& on_piece,
      std::chrono::milliseconds deadline, Cancellation& cancel) = 0;

  // Closes what is open to the partner (its certificate or endpoint changed, or it was removed).
  virtual void Forget(const std::string& origin) = 0;

  // Ends everything and refuses what comes after (Unavailable). On return no callback runs and none
  // will.
  virtual void Shutdown() = 0;
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_NETWORK_H_
