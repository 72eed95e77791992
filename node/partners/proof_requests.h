// Asking a partner for the proof behind one of its reports, and keeping what it hands out
// (docs/protocol.md, "Asking for proof"). The asker's side.
#ifndef DAFTAR_NODE_PARTNERS_PROOF_REQUESTS_H_
#define DAFTAR_NODE_PARTNERS_PROOF_REQUESTS_H_

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "node/evidence/clock.h"
#include "node/partners/asked_proof.h"
#include "node/partners/followers.h"
#include "node/partners/lookup.h"
#include "node/partners/network.h"
#include "node/partners/registry.h"
#include "storage/caller.h"
#include "storage/mutex.h"
#include "storage/sealed_files.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::partners {

inline constexpr size_t kMaxAskedProof = 1000;  // requests on record at once
inline constexpr int64_t kKeptProofMillis = 30 * 86'400'000LL;
// The issuer has 14 days to decide and this node 7 to fetch; then it is over without its word.
inline constexpr int64_t kAskedProofMillis = 21 * 86'400'000LL;
// A request that came to nothing, or whose files are kept no more, stays listed for so long.
inline constexpr int64_t kEndedProofMillis = 90 * 86'400'000LL;
// After a failed fetch; each further failure doubles it. An issuer allows 20 fetches in seven days,
// which this node's own trouble must not use up.
inline constexpr int64_t kFirstFetchRetryMillis = 10 * 60'000LL;
inline constexpr int64_t kLastFetchRetryMillis = 12 * 3'600'000LL;
inline constexpr size_t kFetchWorkers = 4;  // partners that are fetched from at once

struct ProofRequestOptions {
  std::chrono::milliseconds ask_deadline{10'000};  // of a call
  // Of a call that carries files, however well it goes on; and without a piece of them.
  std::chrono::milliseconds fetch_deadline{6 * 3'600'000};
  std::chrono::milliseconds stall{60'000};
  // Bytes of files in a second, from when `stall` has passed: one that drips holds a worker.
  uint64_t least_rate = 16'384;
  std::chrono::milliseconds pace{600'000};  // between two looks whether a waiting one was decided
};

// Any thread may call any method but Start and Stop, which are the owner's. Changes are durable on
// OK and have their row in the record of changes.
class ProofRequests {
 public:
  // References outlive the object; the network must have answered all calls before it goes.
  ProofRequests(storage::Store& store, const storage::Vault& vault, const evidence::Clock& clock,
                crypto::Entropy& entropy, storage::SealedFiles& files, std::string own_origin,
                const Registry& registry, const Followers& followers, Lookup& lookup,
                Network& network, ProofRequestOptions options = {})
      : store_(store),
        vault_(vault),
        clock_(clock),
        entropy_(entropy),
        files_(files),
        own_origin_(std::move(own_origin)),
        registry_(registry),
        followers_(followers),
        lookup_(lookup),
        network_(network),
        options_(options) {}
  ~ProofRequests() { Stop(); }

  // Looks after waiting requests at the options' pace, and breaks off fetches that stall.
  void Start();
  void Stop();

  // Tells the issuer that this shop asks about the report, and asks for its proof. That it asked is
  // on the record before the issuer hears of it, and stays there when the call fails.
  //   NotFound            no such partner, or the identifiers do not open the report: check first
  //   FailedPrecondition  the report has no proof
  //   AlreadyExists       it was asked for already, and that is not over
  //   InvalidArgument     `because` is no single line of 1 to evidence::kMaxProofWhyBytes bytes
  //   ResourceExhausted   kMaxAskedProof are on record; or the issuer's bounds
  //   Unavailable         the same request is under way
  //   others              as the issuer answered, or as Network
  // Happens once for one (actor, request id); one that did not reach the issuer may be repeated.
  absl::StatusOr<AskedProof> Ask(const storage::Caller& caller, const std::string& issuer,
                                 uint64_t report, std::span<const identity::Identifier> identifiers,
                                 const std::string& because);

  absl::StatusOr<std::vector<AskedProof>> List() const;          // the newest first
  absl::StatusOr<AskedProof> Get(const AskedProofId& id) const;  // NotFound

  // Asks the issuer what became of a waiting request, and takes the files if they were disclosed;
  // answers at once for one that does not wait. DataLoss when what came is not what the report
  // commits to: all of it is refused, and noted against the issuer. FailedPrecondition while
  // another thread does the same; DeadlineExceeded when it stalled; others as Network, and of the
  // store.
  absl::StatusOr<AskedProof> Fetch(const AskedProofId& id);
  // Fetch for all that wait for an active partner, but for those that are at it. Partners take
  // turns, a request at a time. After one that fails, the partner's others wait for the next look,
  // and it rests before it is tried again.
  void FetchAll();

  // Records who reads it, tells `about` what it is, then gives the content as SealedFiles::Read.
  // NotFound for the number and when the report was erased; FailedPrecondition for a request whose
  // files are not here.
  absl::Status Read(const std::string& actor, const AskedProofId& id, uint32_t number,
                    const std::function<bool(const KeptProof&)>& about,
                    const std::function<bool(crypto::ByteView)>& visit);

  // Erases what its report's erasure, or the time, has ended; returns how many requests changed.
  // One that fails does not keep the others. While the clock is in doubt no time has ended.
  absl::StatusOr<size_t> Sweep(bool clock_in_doubt = false);
  // Erases, durably, what is here of proof of the partner's reports whose bodies are gone; a fetch
  // of one that is under way fails. For whoever states that their erasure is applied here. A row
  // that cannot be read is passed over, and told by Sweep.
  absl::Status EraseGone(const std::string& issuer);

 private:
  struct Stored {
    AskedProof asked;
    crypto::Bytes row;  // as it is in the store, for the precondition
  };
  struct InHand {
    Cancellation* cancel = nullptr;                 // breaks off its call
    std::chrono::steady_clock::time_point begun{};  // the call
    std::chrono::steady_clock::time_point news{};   // when a piece last came
    uint64_t bytes = 0;                             // of files, that came
    bool stalled = false;
  };
  // Holds one request, so that no two threads fetch the same files.
  class Busy {
   public:
    Busy(ProofRequests& requests, const AskedProofId& id) : requests_(requests), id_(id) {
      const auto now = std::chrono::steady_clock::now();
      storage::MutexLock lock(requests_.mutex_);
      if (requests_.stopping_) {
        status_ = absl::UnavailableError("the node is stopping");
      } else if (!requests_.busy_.emplace(id, InHand{&cancel_, now, now}).second) {
        status_ = absl::FailedPreconditionError(
            "this request is being looked after just now; try again in a moment");
      }
    }
    ~Busy() {
      storage::MutexLock lock(requests_.mutex_);
      if (status_.ok()) requests_.busy_.erase(id_);
    }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;
    const absl::Status& status() const { return status_; }
    Cancellation& cancel() { return cancel_; }
    void GoesOn(size_t bytes) {
      storage::MutexLock lock(requests_.mutex_);
      InHand& in_hand = requests_.busy_[id_];
      in_hand.news = std::chrono::steady_clock::now();
      in_hand.bytes += bytes;
    }
    bool stalled() {
      storage::MutexLock lock(requests_.mutex_);
      return requests_.busy_[id_].stalled;
    }

   private:
    ProofRequests& requests_;
    const AskedProofId id_;
    absl::Status status_;
    Cancellation cancel_;
  };
  absl::StatusOr<Stored> Load(const AskedProofId& id) const;
  // The newest first. A row that cannot be read is left out, and noted in `unreadable`, or is the
  // error when that is null.
  absl::StatusOr<std::vector<Stored>> LoadAll(absl::Status* unreadable = nullptr) const;
  absl::StatusOr<Partner> ActivePartner(const std::string& origin) const;
  // Whether the copy still has the report's body; nothing of it is kept longer.
  absl::StatusOr<bool> IsThere(const AskedProof& asked) const;
  absl::StatusOr<crypto::Digest> RootOf(const Partner& issuer, uint64_t report,
                                        const crypto::Secret32& key) const;
  absl::StatusOr<evidence::ProofRequestId> Send(const Partner& issuer, const AskedProof& asked,
                                                const crypto::Secret32& key);
  // Replaces the row, and keeps `stored` as it is then.
  absl::Status Replace(Stored& stored, storage::Batch batch);
  absl::Status Delete(Stored& stored, storage::Batch batch = {});
  // Undoes a request that the issuer knows nothing of, so that the same may be made again.
  absl::Status Forget(Stored& stored, const crypto::Bytes& request);
  absl::Status DropFiles(Stored& stored, AskedProofState state);
  absl::StatusOr<AskedProof> Settle(Stored& stored, AskedProofState state, const char* action,
                                    const std::string& because);
  absl::StatusOr<AskedProof> FetchHeld(const AskedProofId& id, Busy& busy);
  absl::Status EraseOne(Stored stored);
  // Queues what FetchAll is to look after.
  void QueueWaiting();
  // Does the next request of the partner whose turn it is; false when there is none to do.
  bool TakeTurn();
  void EndStalled() DAFTAR_REQUIRES(mutex_);
  void Work();
  bool IsBusy(const AskedProofId& id);
  bool Rests(const AskedProofId& id);
  void NoteTried(const AskedProofId& id, bool worked);
  absl::StatusOr<bool> SweepOne(Stored& stored, bool clock_in_doubt);
  void Record(const std::string& actor, const char* action, const AskedProof& asked,
              const std::string& because, storage::Batch& batch) const;
  void Run();

  storage::Store& store_;
  const storage::Vault& vault_;
  const evidence::Clock& clock_;
  crypto::Entropy& entropy_;
  storage::SealedFiles& files_;
  const std::string own_origin_;
  const Registry& registry_;
  const Followers& followers_;
  Lookup& lookup_;
  Network& network_;
  const ProofRequestOptions options_;
  std::thread thread_;
  std::vector<std::thread> workers_;
  storage::Mutex asking_;  // held while a request is put on record; before mutex_
  storage::Mutex mutex_;
  storage::CondVar changed_;
  bool stopping_ DAFTAR_GUARDED_BY(mutex_) = false;
  std::map<AskedProofId, InHand> busy_ DAFTAR_GUARDED_BY(mutex_);  // that a thread is at
  struct Turn {
    std::string issuer;
    std::deque<AskedProofId> left;
  };
  std::deque<Turn> turns_ DAFTAR_GUARDED_BY(mutex_);
  std::set<std::string> attended_ DAFTAR_GUARDED_BY(mutex_);  // issuers with a turn, begun or not
  struct Retry {
    evidence::UnixMillis failed_at;
    int64_t wait_millis = 0;
  };
  std::map<AskedProofId, Retry> retries_ DAFTAR_GUARDED_BY(mutex_);  // of FetchAll
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_PROOF_REQUESTS_H_
