// The single writer of the node's own log: at each tick it turns queued submissions into signed
// entries, makes them durable, signs the head, and only then lets anyone see it (DESIGN section 6,
// "Publication").
#ifndef DAFTAR_NODE_LEDGER_PUBLISHER_H_
#define DAFTAR_NODE_LEDGER_PUBLISHER_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/checkpoint.h"
#include "crypto/merkle.h"
#include "node/evidence/clock.h"
#include "node/evidence/entry.h"
#include "node/ledger/log_identity.h"
#include "node/ledger/submission.h"
#include "storage/high_water.h"
#include "storage/log_store.h"
#include "storage/mutex.h"
#include "storage/store.h"

namespace daftar::ledger {

// Entries that one tick publishes at most; the rest waits for the next.
inline constexpr size_t kMaxEntriesPerTick = 10'000;

// A signed head as others see it.
struct SignedHead {
  crypto::Checkpoint checkpoint;
  // The head's signature, the node's own timestamp (`<origin>/self`), and partners' cosignatures.
  std::string note;
  int64_t timestamp = 0;  // Unix seconds of that timestamp
};

// A body that goes into the log without an incident: KEYS and CHARTER.
struct NodeEntry {
  evidence::EntryKind kind;
  crypto::Bytes body;
};

// Tick and Heartbeat are called by one thread at a time; everything else by any.
class Publisher {
 public:
  // Opens the log and compares it with the high-water file. Where they do not fit together the
  // publisher still opens, so that checks are answered, and signs nothing: see trouble().
  static absl::StatusOr<std::unique_ptr<Publisher>> Open(storage::Store& store,
                                                         LogIdentity identity,
                                                         storage::HighWaterFile high_water);

  // Writes the first entries of a new log (KEYS, CHARTER) and signs its first head. Durable on OK.
  // FailedPrecondition when the log has entries already.
  absl::Status Bootstrap(const std::vector<NodeEntry>& entries, evidence::UnixMillis now);

  // Publishes what is due: reports in order of their commitment, then the rest in order of (about,
  // kind, commitment), of several about one report the oldest alone. Returns how many entries were
  // published; their head is durable in the high-water file and the database, and visible, on
  // return.
  //   FailedPrecondition  the log does not fit the high-water file: nothing is signed
  //   others              the write failed; what was queued stays queued, and the next tick tries
  absl::StatusOr<size_t> Tick(evidence::UnixMillis now);

  // Renews the node's own timestamp on the unchanged head. Needs no disk.
  absl::Status Heartbeat(evidence::UnixMillis now);

  // Shows these cosignatures with the head, in their order, as many as a served note has room for,
  // until another head takes its place. Changes nothing when `head` is not the newest. Any thread.
  void Attach(const crypto::Checkpoint& head, std::vector<crypto::NoteSignature> cosignatures);
  // Signs nothing any more until the node is started again, and says why. Any thread.
  void StopSigning(const std::string& why);

  // The newest signed head; nullopt before Bootstrap, or while the log is in trouble.
  std::optional<SignedHead> Head() const;
  // Counts heads and timestamps; WaitForNews returns when it differs from `seen` or time is up.
  uint64_t News() const;
  uint64_t WaitForNews(uint64_t seen, std::chrono::milliseconds timeout);
  // Wakes all who wait, for shutdown.
  void WakeAll();

  // Why nothing is signed, in words for the operator; empty while all is well.
  std::string trouble() const;
  uint64_t tree_size() const;

 private:
  Publisher(storage::Store& store, LogIdentity identity, storage::HighWaterFile high_water);
  absl::Status Recover();
  absl::StatusOr<std::vector<Submission>> Collect(evidence::UnixMillis now) const;
  absl::Status Commit(const std::vector<Submission>& submissions, int64_t issued_at);
  absl::Status WriteEntries(storage::Batch batch, const std::vector<Submission>& submissions,
                            int64_t issued_at);
  absl::Status SignHead(int64_t seconds);
  void Show(const crypto::Checkpoint& checkpoint, const crypto::NoteSignature& head_line,
            int64_t seconds);
  void Compose() DAFTAR_REQUIRES(mutex_);

  storage::Store& store_;
  storage::LogStore log_;
  const LogIdentity identity_;
  storage::HighWaterFile high_water_;

  // Owned by the thread that ticks.
  crypto::CompactTree tree_;
  int64_t last_issued_at_ = 0;
  uint64_t signed_size_ = 0;

  mutable storage::Mutex mutex_;
  storage::CondVar changed_;
  std::optional<SignedHead> head_ DAFTAR_GUARDED_BY(mutex_);
  std::optional<crypto::NoteSignature> head_line_ DAFTAR_GUARDED_BY(mutex_);
  std::optional<crypto::NoteSignature> self_line_ DAFTAR_GUARDED_BY(mutex_);
  std::vector<crypto::NoteSignature> cosignatures_ DAFTAR_GUARDED_BY(mutex_);
  uint64_t news_ DAFTAR_GUARDED_BY(mutex_) = 0;
  uint64_t visible_tree_size_ DAFTAR_GUARDED_BY(mutex_) = 0;
  std::string trouble_ DAFTAR_GUARDED_BY(mutex_);
};

}  // namespace daftar::ledger

#endif  // DAFTAR_NODE_LEDGER_PUBLISHER_H_
