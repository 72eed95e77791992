// This node's copy of one partner's log: verified against the partner's signed heads before a
// single entry counts, then searchable by token (DESIGN section 6, "Replication").
#ifndef DAFTAR_NODE_PARTNERS_MIRROR_H_
#define DAFTAR_NODE_PARTNERS_MIRROR_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/checkpoint.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "crypto/voprf.h"
#include "node/evidence/entry.h"
#include "node/evidence/feed.h"
#include "node/partners/entry_state.h"
#include "node/partners/partner.h"
#include "storage/log_store.h"
#include "storage/mutex.h"
#include "storage/store.h"

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

// The mirror as a reader sees it; a value.
struct MirrorView {
  uint64_t size = 0;  // entries held
  std::optional<crypto::Checkpoint> head;
  int64_t head_time = 0;  // Unix seconds of the issuer's own timestamp; 0: none
  std::vector<KeysEntry> keys;
  std::vector<CharterEntry> charters;
  uint64_t reports = 0;
  // Two signed heads that cannot both be true were seen: its reports no longer count.
  bool forked = false;
  std::string trouble;  // in words for the operator; empty when all is well
};

// Threads: Apply by one at a time (the follower's), View and the rest by any.
class Mirror {
 public:
  static absl::StatusOr<std::unique_ptr<Mirror>> Open(storage::Store& store, Partner partner);

  // Takes a batch: verifies note, tree and, for kinds 2 to 11, signatures; stores entries, bodies,
  // tokens and states in one durable write. On an error nothing of the batch is kept.
  //   DataLoss            the batch contradicts its head or an earlier head; what it says is in
  //                       trouble(); two contradicting notes are kept as evidence
  //   InvalidArgument     the batch is malformed or not the next one
  //   others              the store failed
  absl::Status Apply(const evidence::FeedBatch& batch);

  MirrorView View() const;
  const Partner& partner() const { return partner_; }
  // The entry key with the signer ID that was valid at `index`.
  std::optional<crypto::PublicKey> EntryKeyAt(const crypto::KeyId& signer, uint64_t index) const;
  void SetTrouble(std::string trouble);

  // Rows of Column::kTokens: (log, epoch, token) -> the reports that carry it, u64 each.
  static crypto::Bytes TokenKey(storage::LogNumber log, uint32_t epoch,
                                const evidence::Token& token);
  static absl::StatusOr<std::vector<uint64_t>> DecodeTokenRow(crypto::ByteView row);

 private:
  struct State {
    crypto::CompactTree tree;
    std::optional<crypto::Checkpoint> head;
    std::string note;
    int64_t head_time = 0;
    int64_t last_issued_at = 0;
    std::vector<KeysEntry> keys;
    std::vector<CharterEntry> charters;
    uint64_t reports = 0;
    bool forked = false;
  };
  struct Head {
    crypto::Checkpoint checkpoint;
    int64_t timestamp = 0;
  };

  Mirror(storage::Store& store, Partner partner)
      : store_(store), log_(store), partner_(std::move(partner)) {}
  absl::Status Load();
  absl::StatusOr<Head> VerifyHead(const State& state, const evidence::FeedBatch& batch) const;
  absl::Status CheckAgainstKnownHead(const State& state, const Head& head, const std::string& note);
  absl::Status KeepForkEvidence(const std::string& note, std::string words);
  crypto::Bytes StateKey() const;
  static crypto::Bytes EncodeState(const State& state);
  static absl::Status DecodeState(crypto::ByteView bytes, State& state);

  storage::Store& store_;
  storage::LogStore log_;
  const Partner partner_;
  State state_;  // the follower's; copied out under the mutex below

  mutable storage::Mutex mutex_;
  MirrorView view_ DAFTAR_GUARDED_BY(mutex_);
  void Publish();
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_MIRROR_H_
