// The single writer of the node's own log: at each tick it turns queued submissions into signed
// entries, makes them durable, signs the head, and only then lets anyone see it (DESIGN section 6,
// "Publication").
#ifndef DAFTAR_NODE_LEDGER_PUBLISHER_H_
#define DAFTAR_NODE_LEDGER_PUBLISHER_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/checkpoint.h"
#include "crypto/merkle.h"
#include "node/evidence/clock.h"
#include "node/evidence/entry.h"
#include "node/evidence/feed.h"
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

// A head of this log that the own head key has signed, and its line.
struct OwnNote {
  crypto::Checkpoint checkpoint;
  crypto::NoteSignature head_line;
};
// Only notes that verify under the node's own head key say anything about its log. InvalidArgument
// or PermissionDenied otherwise.
absl::StatusOr<OwnNote> ReadOwnNote(const LogIdentity& identity, const std::string& text);

// A body that goes into the log without an incident: ADOPTION, KEYS and CHARTER.
struct NodeEntry {
  evidence::EntryKind kind;
  crypto::Bytes body;
};

// OK, or why the log must not grow now, in words for the operator.
using MayGrow = std::function<absl::Status()>;

// Tick and Heartbeat are called by one thread at a time; everything else by any.
class Publisher {
 public:
  // Opens the log and compares it with the high-water file, and with what StopSigning has kept.
  // Where they do not fit together, or TakeBack has begun and no Resume followed, the publisher
  // still opens, so that checks are answered, and signs nothing: see trouble().
  // `may_grow` is asked by Tick before a larger head is signed, and before anything is written for
  // one; without it there is nobody to ask.
  static absl::StatusOr<std::unique_ptr<Publisher>> Open(storage::Store& store,
                                                         LogIdentity identity,
                                                         storage::HighWaterFile high_water,
                                                         MayGrow may_grow = {});

  // Writes the first entries of a new log (KEYS, CHARTER) and signs its first head. Durable on OK.
  // FailedPrecondition when the log has entries already.
  absl::Status Bootstrap(const std::vector<NodeEntry>& entries, evidence::UnixMillis now);

  // Publishes what is due: reports in order of their commitment, then the rest in order of (about,
  // kind, commitment), of several about one report the oldest alone. Returns how many entries were
  // published; their head is durable in the high-water file and the database, and visible, on
  // return.
  //   FailedPrecondition  the log is in trouble: nothing is signed. A head that is being written
  //                       when StopSigning comes is shown to nobody
  //   of MayGrow          nothing is written; what is queued stays queued
  //   others              the write failed; what was queued stays queued, and the next tick tries
  absl::StatusOr<size_t> Tick(evidence::UnixMillis now);

  // Renews the node's own timestamp on the unchanged head. Needs no disk.
  absl::Status Heartbeat(evidence::UnixMillis now);

  // Recovery (take_back.cc); called by the thread that ticks, while nothing is signed.
  //
  // Appends what a partner has copied of this log, after checking it against its head, which the
  // own head key has signed; durable on OK. Returns how many entries that were. A batch that ends
  // within what is held is only compared.
  //   InvalidArgument     malformed, not the next one, not signed by this node, with a body that
  //   does
  //                       not fit its entry, or no continuation of what is held: whoever sent it
  //                       altered it, or its copy is of another history
  //   DataLoss            this node has signed another history of what the database holds
  //   FailedPrecondition  the log is whole, and signs
  absl::StatusOr<size_t> TakeBack(const evidence::FeedBatch& batch);
  // Adds the bodies that the batch has and the database lacks. Returns how many. Errors as
  // TakeBack.
  absl::StatusOr<size_t> TakeBodies(const evidence::FeedBatch& batch);
  // Goes on from the newest head that this node is known to have signed (high-water file, database,
  // TakeBack), which is written to both again: nothing stands in the way of signing any more.
  // REQUIRES that the incidents have been brought together with what TakenBackFrom says; that ends
  // with it, in the same write.
  //   DataLoss            the database does not hold all that it covers, or StopSigning has kept a
  //                       head of another history
  //   FailedPrecondition  StopSigning came meanwhile; trouble() says why
  //   Aborted             it came again and again: to be tried again
  // `one_source`: where no high-water file tells how far this node had signed, one partner's word
  // is not enough; then trouble() goes on until Resume is called again without it.
  absl::Status Resume(bool one_source);
  // The first entry that TakeBack has added since the last Resume; durable.
  absl::StatusOr<std::optional<uint64_t>> TakenBackFrom() const;

  // Shows these cosignatures with the head, in their order, as many as a served note has room for,
  // until another head takes its place. Changes nothing when `head` is not the newest. Any thread.
  void Attach(const crypto::Checkpoint& head, std::vector<crypto::NoteSignature> cosignatures);
  // Signs nothing any more, and says why; `note`, a head of this log that its own key has signed,
  // is remembered where the log here does not have it, so that neither a restart nor Resume goes on
  // from less, or beside it. A Resume that is under way goes on if the log has it. Any thread.
  void StopSigning(const std::string& why, const std::string& note);

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
  Publisher(storage::Store& store, LogIdentity identity, storage::HighWaterFile high_water,
            MayGrow may_grow);
  absl::Status Recover();
  // What StopSigning keeps, in shown_heads.cc. True when the log here has that head already.
  bool KeepShown(const std::string& note);
  bool Holds(const crypto::Checkpoint& head) const;
  // Whether the entries here are others than those under the head.
  bool Contradicts(const crypto::Checkpoint& head) const;
  // The row as it stands, and its note, if it is one of this log.
  absl::StatusOr<std::optional<crypto::Bytes>> ReadShown(std::optional<OwnNote>& shown) const;
  // DataLoss when the log here does not have that head.
  absl::Status CompareWith(const OwnNote& note) const;
  // The same, with what there is to do while the partners have not been asked.
  absl::Status CompareAtStart(const OwnNote& note) const;
  struct TakenBatch;
  // DataLoss while entries have been taken back and the incidents do not know of them.
  absl::Status CheckTakenBackDone() const;
  // Aborted when another head was shown meanwhile.
  absl::Status TryResume(bool one_source);
  // DataLoss while the log stands on one partner's word.
  absl::Status CheckSources() const;
  absl::StatusOr<TakenBatch> CheckTakenBack(const evidence::FeedBatch& batch) const;
  absl::StatusOr<std::vector<Submission>> Collect(evidence::UnixMillis now) const;
  absl::Status Commit(const std::vector<Submission>& submissions, int64_t issued_at);
  absl::Status WriteEntries(storage::Batch batch, const std::vector<Submission>& submissions,
                            int64_t issued_at);
  absl::Status SignHead(int64_t seconds);
  crypto::NoteSignature SelfLine(const crypto::Checkpoint& checkpoint, int64_t seconds) const;
  void Show(const crypto::Checkpoint& checkpoint, const crypto::NoteSignature& head_line,
            int64_t seconds);
  // FailedPrecondition while the log is in trouble; then what was shown last stays.
  absl::Status ShowUnlessStopped(const crypto::Checkpoint& checkpoint,
                                 const crypto::NoteSignature& head_line, int64_t seconds);
  void Set(const crypto::Checkpoint& checkpoint, const crypto::NoteSignature& head_line,
           crypto::NoteSignature self_line, int64_t seconds) DAFTAR_REQUIRES(mutex_);
  void Compose() DAFTAR_REQUIRES(mutex_);

  storage::Store& store_;
  storage::LogStore log_;
  const LogIdentity identity_;
  storage::HighWaterFile high_water_;
  const MayGrow may_grow_;

  // Owned by the thread that ticks.
  crypto::CompactTree tree_;
  int64_t last_issued_at_ = 0;
  uint64_t signed_size_ = 0;
  std::optional<OwnNote> taken_back_;  // the newest head of TakeBack

  mutable storage::Mutex mutex_;
  storage::CondVar changed_;
  std::optional<SignedHead> head_ DAFTAR_GUARDED_BY(mutex_);
  std::optional<crypto::NoteSignature> head_line_ DAFTAR_GUARDED_BY(mutex_);
  std::optional<crypto::NoteSignature> self_line_ DAFTAR_GUARDED_BY(mutex_);
  std::vector<crypto::NoteSignature> cosignatures_ DAFTAR_GUARDED_BY(mutex_);
  uint64_t news_ DAFTAR_GUARDED_BY(mutex_) = 0;
  uint64_t visible_tree_size_ DAFTAR_GUARDED_BY(mutex_) = 0;
  std::string trouble_ DAFTAR_GUARDED_BY(mutex_);
  // Why StopSigning came last, since the last Resume began.
  std::optional<std::string> stopped_ DAFTAR_GUARDED_BY(mutex_);
};

}  // namespace daftar::ledger

#endif  // DAFTAR_NODE_LEDGER_PUBLISHER_H_
