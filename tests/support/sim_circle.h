// Several whole nodes in one process: the daemon's own classes on real RocksDB, with only clock,
// entropy and network under the test's hand.
#ifndef DAFTAR_TESTS_SUPPORT_SIM_CIRCLE_H_
#define DAFTAR_TESTS_SUPPORT_SIM_CIRCLE_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "node/new_log.h"
#include "node/node.h"
#include "storage/files.h"
#include "storage/mutex.h"
#include "storage/rocks_store.h"
#include "storage/rocks_testing.h"
#include "tests/storage/temp_dir.h"
#include "tests/support/fakes.h"

namespace daftar::testing {

class SimClock final : public evidence::Clock {
 public:
  explicit SimClock(int64_t seconds) : millis_(seconds * 1000) {}
  evidence::UnixMillis Now() const override { return {millis_.load()}; }
  // So much time passes.
  void Advance(int64_t seconds) { millis_ += seconds * 1000; }
  // The clock is set to so much later, and no time passes.
  void Set(int64_t seconds) {
    set_ += seconds * 1000;
    millis_ += seconds * 1000;
  }
  std::chrono::milliseconds Passed() const {
    return std::chrono::milliseconds(millis_.load() - set_.load());
  }

 private:
  std::atomic<int64_t> millis_;
  std::atomic<int64_t> set_{0};
};

class SimCircle;

// A fault that a test sets while other threads ask for it. Any thread.
template <typename Signature>
class SimFault {
 public:
  SimFault& operator=(std::function<Signature> fault) {
    storage::MutexLock lock(mutex_);
    fault_ = std::move(fault);
    return *this;
  }
  // What was set last; empty when there is no fault. It may run once more after another is set.
  std::function<Signature> Get() const {
    storage::MutexLock lock(mutex_);
    return fault_;
  }

 private:
  mutable storage::Mutex mutex_;
  std::function<Signature> fault_ DAFTAR_GUARDED_BY(mutex_);
};

// What lies between the nodes: who is down, and what is altered on the way. Any thread.
struct SimFaults {
  // Applied to every batch that `from` sends.
  SimFault<void(const std::string& from, evidence::FeedBatch&)> alter_feed;
  SimFault<void(const std::string& from, partners::EvaluateAnswer&)> alter_answer;
  // Applied to the notes that `from` sends to `to`, asked or answering. False: they are lost.
  SimFault<bool(const std::string& from, const std::string& to, std::vector<std::string>&)>
      alter_notes;
  // Applied to the relayed dispute that `from` sends to `to`. False: it is lost.
  SimFault<bool(const std::string& from, const std::string& to, crypto::Bytes&)> alter_relay;
  // Applied to every piece of proof that `from` hands out.
  SimFault<void(const std::string& from, evidence::HandoverPiece&)> alter_proof;
  // Whether nothing of the proof that `from` hands out comes through, until the caller gives up.
  SimFault<bool(const std::string& from)> stall_proof;
  // How long the proof that `from` hands out takes for each byte, if it comes a byte at a time.
  SimFault<std::chrono::milliseconds(const std::string& from)> drip_proof;
  // Applied to every request for proof that `from` makes.
  SimFault<void(const std::string& from, partners::ProofCall&)> alter_request;
  // Whether the line between two nodes is cut, whichever of them calls. Any thread asks.
  SimFault<bool(const std::string& caller, const std::string& called)> cut;
};

// What a test changes in the first entries of a log that takes the place of another; empty:
// nothing.
struct SuccessorFaults {
  std::function<void(evidence::AdoptionBody&)> before_signing = {};  // by the old entry key
  std::function<void(evidence::AdoptionBody&)> after_signing = {};
  std::function<void(evidence::KeysBody&)> keys = {};
  std::function<void(std::vector<ledger::NodeEntry>&)> entries = {};
};

// One node: its directory, and the running object while it is up.
class SimNode {
 public:
  SimNode(SimCircle& circle, std::string origin, std::string endpoint);
  ~SimNode();

  // The test's own thread only: starting and stopping are its business.
  Node& operator*() { return *node_; }
  Node* operator->() { return node_.get(); }
  bool up() const { return node_ != nullptr; }
  const std::string& origin() const { return origin_; }
  const std::string& endpoint() const { return endpoint_; }
  const std::filesystem::path& dir() const { return dir_; }

  // Stops the node, as a daemon is stopped; its files stay.
  void Stop();
  // Opens the files again and follows partners. Fails the test on an error.
  void Start();
  absl::Status TryStart();
  // As `daftar log recover --new-log`, while it is down. Its origin is the new one from the moment
  // at which its files say so.
  absl::StatusOr<NewLogDone> BeginNewLog(const std::string& origin, bool even_if_whole,
                                         const NewLogProgress& progress);
  // The same where the database may be gone: then with an empty one, as `daftard --recover`.
  void StartToRecover();

  // A caller with a new request id each time.
  storage::Caller Caller();

 private:
  friend class SimCircle;
  absl::StatusOr<std::unique_ptr<Node>> Open(bool create);

 public:
  // Faults of its disk, for starts from now on; outlive the running node.
  storage::FaultyDisk* disk = nullptr;
  storage::FileHook* high_water_hook = nullptr;
  bool test_mode = false;  // of its configuration, for starts from now on

 private:
  absl::Status Run(absl::StatusOr<std::unique_ptr<Node>> node);
  uint64_t seed_;  // of its keys
  SimCircle& circle_;
  std::string origin_;
  const std::string endpoint_;
  std::filesystem::path dir_;
  crypto::TlsIdentity tls_;
  uint64_t requests_ = 0;
  std::shared_ptr<Node> node_;  // changed under the circle's mutex: other nodes' threads call in
};

class SimCircle {
 public:
  // 2026-11-01, unless a test says otherwise. Nodes do not tick by themselves: Settle does.
  explicit SimCircle(int64_t start_seconds = 1'793'491'200, std::string charter = {});
  ~SimCircle();

  // Makes a node and starts it.
  SimNode& Add(const std::string& origin);
  // A copy of the node's directory as it is now, at an address of its own, not started. The node
  // must be down.
  SimNode& Clone(const SimNode& node);
  // The node begins another log under `origin`, at the same address and with the same certificate
  // and partners: entry 0 adopts the log of `old`, which stops for good.
  SimNode& AddSuccessor(SimNode& old, const std::string& origin,
                        const SuccessorFaults& changed = {});
  void PairAll();
  void Pair(SimNode& inviter, SimNode& joiner);

  // Lets every node that is up send its relayed disputes, ticks every node that is up until nothing
  // is queued that may go (at most kMostTicks times each), waits until every follower that can be
  // connected has what its partner shows and has cosigned it, and lets every node exchange notes
  // with its partners.
  void Settle();

  SimClock& clock() { return clock_; }
  crypto::Entropy& entropy() { return crypto::SystemEntropy(); }
  const evidence::Charter& charter() const { return charter_; }
  TempDir& temp() { return temp_; }
  SimNode& operator[](size_t index) { return *nodes_[index]; }
  size_t size() const { return nodes_.size(); }

  SimFaults faults;
  // Entries that a partner hands out at once of a log that is read back.
  size_t read_entries = evidence::kMaxFeedEntries;
  // FollowerOptions::first_word of nodes that start from now on. None unless a test says otherwise:
  // tests look at a node that they have started before it has heard of anybody.
  std::chrono::milliseconds first_word{0};

 private:
  friend class SimNode;
  friend class SimNetwork;
  // The running node at the endpoint, or nullptr; it stays alive as long as the pointer is held.
  std::shared_ptr<Node> At(const std::string& endpoint);
  bool CaughtUp();
  bool Cut(const std::string& caller, const std::string& called) const;
  static constexpr int kMostTicks = 8;

  TempDir temp_;
  SimClock clock_;
  evidence::Charter charter_;
  storage::Mutex mutex_;
  std::vector<std::unique_ptr<SimNode>> nodes_;
};

}  // namespace daftar::testing

#endif  // DAFTAR_TESTS_SUPPORT_SIM_CIRCLE_H_
