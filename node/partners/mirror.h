// This node's copy of one partner's log: verified against the partner's signed heads before a
// single entry counts, then searchable by token (DESIGN section 6, "Replication").
#ifndef DAFTAR_NODE_PARTNERS_MIRROR_H_
#define DAFTAR_NODE_PARTNERS_MIRROR_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/checkpoint.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "crypto/voprf.h"
#include "node/audit/fork_evidence.h"
#include "node/evidence/clock.h"
#include "node/evidence/entry.h"
#include "node/evidence/feed.h"
#include "node/evidence/header.h"
#include "node/partners/conduct.h"
#include "node/partners/cosignatures.h"
#include "node/partners/cosigner_keys.h"
#include "node/partners/entry_state.h"
#include "node/partners/partner.h"
#include "node/partners/void_entries.h"
#include "storage/caller.h"
#include "storage/log_store.h"
#include "storage/mutex.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::partners {

// A KEYS entry that counts, and from which index on.
struct KeysEntry {
  uint64_t index = 0;
  evidence::KeysBody keys;
};

// A charter that the issuer stated, and from which index on.
struct CharterEntry {
  uint64_t index = 0;
  evidence::CharterHash charter;
};

inline constexpr size_t kMaxKeysEntries = 1000;
inline constexpr size_t kMaxCharterEntries = 1000;
inline constexpr size_t kMaxReportsPerToken = 64;
// Heads that were seen before their entries; of more, the last is replaced.
inline constexpr size_t kMaxPendingHeads = 64;
inline constexpr size_t kMaxVerifiedKept = 10'000;  // hashes of leaves, 32 bytes each
inline constexpr size_t kMaxUnsignedKept = 1000;    // indexes of void REPORTs that were met
// A partner's clock that is further ahead of this node's is warned about.
inline constexpr int64_t kMaxClockAheadSeconds = 300;
// A partner's fault is shown to the operator for so long after the last one.
inline constexpr int64_t kFaultShownSeconds = 7 * 86'400;
// Between two writes of the count of faults; what a crash between them forgets is a count.
inline constexpr int64_t kFaultWriteSeconds = 60;
// Between two writes of the state of a log to which nothing is appended.
inline constexpr int64_t kStateWriteSeconds = 3600;

// What a partner did that its keys and its log contradict; noted against it, durably.
enum class Fault { kWrongProof, kBadLabel, kWrongRelay, kWrongFile };

// The mirror as a reader sees it; a value.
struct MirrorView {
  uint64_t size = 0;  // entries held
  // The newest head all of whose entries are held; none while the first copy is being made.
  std::optional<crypto::Checkpoint> head;
  // Unix seconds of the issuer's own timestamp on that head, or of its arrival when it lies in the
  // future (a clock that is ahead must not make a silent partner look fresh); 0: none.
  int64_t head_time = 0;
  std::vector<KeysEntry> keys;
  std::vector<CharterEntry> charters;
  uint64_t reports = 0;
  // Bodies that are missing without an ERASURE: no head over them is cosigned.
  uint64_t gaps = 0;
  // How much of the log each witness states to hold, this node included; durable.
  CosignedSizes cosigned;
  Conduct conduct;  // how it has published of late
  // What of it has no effect, and why; of REPORTs with a wrong signature those that were met.
  VoidEntries voids;
  // Its reports are set aside until an operator has decided.
  std::optional<Quarantine> quarantine;
  // Two signed heads that cannot both be true were seen: its reports no longer count.
  bool forked = false;
  // When the issuer's newest timestamp came (Unix seconds), and by how much its clock was ahead of
  // this node's then, in seconds; negative: behind. 0, 0: none came since the start.
  int64_t heard_at = 0;
  int64_t clock_ahead = 0;
  // What else is wrong, in words for the operator; empty when nothing is. TroubleWords says all.
  std::string trouble;
};

// What a head that somebody else showed is to the copy.
enum class HeadFit {
  kFits,     // the copy has the same entries
  kNotHeld,  // it covers entries that have not been copied yet
};

// Threads: Apply, Suspicious and Compare by one at a time (the follower's), the rest by any.
class Mirror {
 public:
  // `store` and `clock` outlive the mirror; `cosigners` are those of the node's mirrors. Errors of
  // the store; DataLoss when a row is malformed.
  static absl::StatusOr<std::unique_ptr<Mirror>> Open(
      storage::Store& store, const evidence::Clock& clock, Partner partner,
      std::shared_ptr<CosignerKeys> cosigners = std::make_shared<CosignerKeys>());

  // Takes a batch: verifies note, tree and, for kinds 2 to 11, signatures; stores entries, bodies,
  // tokens and states in one durable write. On an error nothing of the batch is kept.
  //   DataLoss            the batch contradicts its head or an earlier head; what it says is in
  //                       trouble(); two contradicting notes are kept as evidence
  //   InvalidArgument     the batch is malformed or not the next one
  //   others              the store failed
  // `clock_in_doubt`: then nothing is kept of when it came.
  absl::Status Apply(const evidence::FeedBatch& batch, bool clock_in_doubt = false);

  // Whether the last batch stated a tree that does not continue the one held, or one that is larger
  // than that and smaller than what was shown before. Either what came was altered on the way, or
  // the log was restored or has another history; only all of it can tell.
  bool Suspicious() const { return suspicious_; }

  // The log as the partner shows it now, hashed from its first entry on and not kept.
  struct Comparison {
    crypto::CompactTree tree;
    std::optional<crypto::Checkpoint> head;  // of the first batch; the comparison ends with it
    std::string note;
    // Its roots at the sizes of the copy and of the heads that are known; of those beyond its own
    // head there is none.
    std::map<uint64_t, crypto::Digest> roots;
    bool done = false;
  };
  // Takes the next batch from entry 0 on. At the end of a log that agrees with its own signed head
  // and not with what is held, or with a head that was shown before, both notes are kept as fork
  // evidence and the answer is DataLoss.
  // InvalidArgument for a batch that is malformed, not the next one, or does not give its head.
  absl::Status Compare(const evidence::FeedBatch& batch, Comparison& comparison);

  // Compares a head that another node has shown, `note` being signed by the log's head key, with
  // the copy, and with heads that are known and whose entries are on the way. DataLoss when both
  // cannot be true: both notes are kept as fork evidence, and the log's reports stop counting.
  // FailedPrecondition for a log that is forked already. The newest head beyond the copy is
  // remembered, durably: the entries that come must lead to it.
  absl::StatusOr<HeadFit> CompareHead(const crypto::Checkpoint& head, const std::string& note);
  // Keeps two notes, both signed by the log's head key, of one size and with different roots.
  // Always DataLoss, in words, or an error of the store.
  absl::Status KeepFork(const std::string& first, const std::string& second);
  // The two notes that cannot both be true, each with the lines that verified when it was kept, one
  // of a key: the log's head and self key, and the mirror keys of cosigners that were known. Empty
  // while the log is not forked.
  absl::StatusOr<std::vector<std::string>> ForkEvidence() const;
  // The same as evidence that anyone can check (docs/bundle.md, "Fork evidence"), with what shows
  // of two heads of different sizes that the larger does not begin with the smaller.
  // FailedPrecondition when the log is not forked, or that has not been read yet.
  absl::StatusOr<audit::ForkEvidence> ForkProof() const;
  // What is to be read once more of a forked log, from its first entry on, for that.
  struct ForkReading {
    crypto::Checkpoint smaller;
    crypto::Checkpoint larger;
    crypto::SubtreeCollector subtrees;
    bool done = false;
  };
  // nullopt when nothing is wanted: the log is not forked, or the proof is there.
  absl::StatusOr<std::optional<ForkReading>> BeginForkReading() const;
  // Takes the next batch. When the larger tree is read, `done`, and the proof is durable. An error
  // of the store, or InvalidArgument: what is shown is not that tree.
  absl::Status ReadOfFork(const evidence::FeedBatch& batch, ForkReading& reading);

  // The note of the head that the copy has reached, as it came; empty before the first.
  std::string HeadNote() const;
  // The note of the newest head beyond the copy that others have shown; empty: none.
  std::string ToldNote() const;
  // Who has cosigned how much. Lives as long as the mirror.
  Cosignatures& cosignatures() const { return *cosignatures_; }

  // How many of its reports are disputed and were not answered for in the charter's period, as
  // IssuerRecord counts them; kept with the next write.
  void NoteUnanswered(uint64_t reports);
  // Sets the log's reports aside, durably and on the record, when SuspicionOf says so by `charter`;
  // nothing when they are already. Entries go on being copied. Errors of the store.
  absl::Status QuarantineIfSuspicious(const evidence::Charter& charter, const storage::Vault& vault,
                                      crypto::Entropy& entropy);
  // An operator has looked: the reports count again, and what was seen so far is not held against
  // the log any more. A repetition changes nothing. FailedPrecondition when they are not set aside,
  // and for a request id that released another log; errors of the store. `because` is not empty.
  absl::Status Release(const storage::Caller& caller, const std::string& because,
                       const storage::Vault& vault, crypto::Entropy& entropy);

  // Counts the fault against the partner; durable within kFaultWriteSeconds.
  void Note(Fault fault);

  MirrorView View() const;
  // As it was when the mirror was opened: its origin, log and first entry never change, the rest
  // the registry knows.
  const Partner& partner() const { return partner_; }
  // The entry key with the signer ID that was valid at `index`.
  std::optional<crypto::PublicKey> EntryKeyAt(const crypto::KeyId& signer, uint64_t index) const;
  // Whether the REPORT at `index`, whose leaf this is, bears the signature of the key valid there.
  // A leaf that does is remembered until there are kMaxVerifiedKept: a signature costs more than
  // all the rest of opening a record. One that does not is counted among View().voids, up to
  // kMaxUnsignedKept of them and until the mirror is opened anew.
  bool VerifiedReport(uint64_t index, crypto::ByteView leaf, const evidence::SignedHeader& entry);
  void SetTrouble(std::string trouble);

  // Rows of Column::kTokens: (log, epoch, token) -> the reports that carry it, u64 each.
  static crypto::Bytes TokenKey(storage::LogNumber log, uint32_t epoch,
                                const evidence::Token& token);
  static absl::StatusOr<std::vector<uint64_t>> DecodeTokenRow(crypto::ByteView row);

 private:
  struct SeenHead {
    crypto::Checkpoint checkpoint;
    std::string note;
  };
  struct State {
    crypto::CompactTree tree;
    std::optional<SeenHead> covered;  // all of whose entries are held
    std::vector<SeenHead> pending;    // larger ones, in order of size: each must come true
    int64_t head_time = 0;            // of `covered`
    // This node's clock when the copy last was all that the log showed: what comes later is newer.
    int64_t current_at = 0;
    int64_t last_issued_at = 0;
    std::vector<KeysEntry> keys;
    std::vector<CharterEntry> charters;
    uint64_t reports = 0;
    uint64_t gaps = 0;
    Conduct conduct;
    VoidEntries voids;
    std::optional<Quarantine> quarantine;
    bool forked = false;
    const SeenHead* newest() const {
      if (!pending.empty()) return &pending.back();
      return covered.has_value() ? &*covered : nullptr;
    }
  };
  struct Head {
    crypto::Checkpoint checkpoint;
    int64_t timestamp = 0;
  };
  struct Faults {
    uint64_t wrong_proofs = 0;
    uint64_t bad_labels = 0;
    uint64_t wrong_relays = 0;
    uint64_t wrong_files = 0;
    int64_t last = 0;  // Unix seconds
  };

  Mirror(storage::Store& store, const evidence::Clock& clock, Partner partner,
         std::shared_ptr<CosignerKeys> cosigners)
      : store_(store),
        log_(store),
        clock_(clock),
        partner_(std::move(partner)),
        cosigners_(std::move(cosigners)) {}
  absl::Status Load();
  absl::StatusOr<Head> VerifyHead(const State& state, const evidence::FeedBatch& batch) const;
  // A head beyond the copy that is known, of this size and with another root; null: none.
  const SeenHead* OtherOfItsSize(const crypto::Checkpoint& head) const DAFTAR_REQUIRES(applying_);
  absl::Status CheckComparison(const Comparison& comparison) DAFTAR_REQUIRES(applying_);
  absl::Status CheckAgainstKnownHead(const Head& head, const std::string& note)
      DAFTAR_REQUIRES(applying_);
  absl::Status CheckShorterHead(const Head& head, const std::string& note)
      DAFTAR_REQUIRES(applying_);
  absl::StatusOr<crypto::Digest> RootOfCopy(uint64_t size) const DAFTAR_REQUIRES(applying_);
  absl::Status CheckPendingHeads(const std::vector<crypto::Bytes>& leaves, const State& next,
                                 const std::string& note) DAFTAR_REQUIRES(applying_);
  void TakeHead(const Head& head, const std::string& note, State& next) const;
  absl::Status KeepForkEvidence(const std::string& first, const std::string& second,
                                const std::string& words) DAFTAR_REQUIRES(applying_);
  // The note as evidence: with the lines that verify, one of a key.
  std::string NoteOfEvidence(const std::string& text) const DAFTAR_REQUIRES(applying_);
  // Adds to `batch` the proof that the larger of two heads, whose tree the copy holds, does not
  // begin with the smaller.
  absl::Status PutForkProof(const std::string& smaller, const std::string& larger,
                            storage::Batch& batch) const DAFTAR_REQUIRES(applying_);
  std::string FaultWords() const DAFTAR_REQUIRES(mutex_);
  absl::Status RememberTold(const crypto::Checkpoint& head, const std::string& note)
      DAFTAR_REQUIRES(applying_);
  crypto::Bytes Key(char row) const;
  static crypto::Bytes EncodeState(const State& state);
  static absl::Status DecodeState(crypto::ByteView bytes, State& state);

  storage::Store& store_;
  storage::LogStore log_;
  const evidence::Clock& clock_;
  const Partner partner_;
  const std::shared_ptr<CosignerKeys> cosigners_;
  std::unique_ptr<Cosignatures> cosignatures_;
  bool suspicious_ = false;  // the follower's
  storage::Mutex applying_;  // held across the write of a batch; before mutex_
  State state_ DAFTAR_GUARDED_BY(applying_);
  int64_t written_at_ DAFTAR_GUARDED_BY(applying_) = 0;  // the state, Unix seconds
  // The newest head beyond the copy that others have shown. Apart from `pending`: what the issuer
  // itself shows next may still be smaller, being on its way.
  std::optional<SeenHead> told_ DAFTAR_GUARDED_BY(applying_);

  mutable storage::Mutex mutex_;
  MirrorView view_ DAFTAR_GUARDED_BY(mutex_);
  std::string head_note_ DAFTAR_GUARDED_BY(mutex_);
  std::string told_note_ DAFTAR_GUARDED_BY(mutex_);
  Faults faults_ DAFTAR_GUARDED_BY(mutex_);
  std::set<crypto::Digest> verified_ DAFTAR_GUARDED_BY(mutex_);
  std::set<uint64_t> unsigned_ DAFTAR_GUARDED_BY(mutex_);  // REPORTs found void when they were met
  int64_t faults_written_ DAFTAR_GUARDED_BY(mutex_) = 0;   // Unix seconds
  void Publish() DAFTAR_REQUIRES(applying_);
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_MIRROR_H_
