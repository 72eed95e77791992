// The node's private decision log: a second RFC 6962 log whose leaves commit to receipts for ever,
// while the sealed bodies have their own retention.
#ifndef DAFTAR_NODE_CHECK_RECEIPT_LOG_H_
#define DAFTAR_NODE_CHECK_RECEIPT_LOG_H_

#include <chrono>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/entropy.h"
#include "crypto/merkle.h"
#include "node/decision/explain.h"
#include "node/decision/receipt.h"
#include "node/evidence/clock.h"
#include "storage/log_store.h"
#include "storage/mutex.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::check {

inline constexpr size_t kMaxWaitingReceipts = 4096;
inline constexpr size_t kMaxReceiptsPerWrite = 512;
inline constexpr size_t kMaxReceiptsAbout = 64;      // newest kept
inline constexpr size_t kReceiptsReadTogether = 32;  // rows in memory at once while all are read

using ReceiptId = crypto::FixedBytes<struct ReceiptIdTag, 16>;

// What a policy on trial would have answered; nothing followed from it.
struct TrialEffect {
  crypto::Digest policy;
  decision::Effect effect = decision::Effect::kAccept;
  friend bool operator==(const TrialEffect&, const TrialEffect&) = default;
};

// What the shop sees beside the receipt's body; sealed with it.
struct ReceiptRecord {
  decision::ReceiptBody body;
  decision::Sentences because;       // as it was given, in every language
  std::string actor;                 // who checked
  std::optional<TrialEffect> trial;  // none: nothing was on trial, or it could not decide
};

struct StoredReceipt {
  ReceiptId id;
  uint64_t index = 0;  // in the decision log
  crypto::Digest commitment;
  crypto::Bytes salt;  // of the commitment
  ReceiptRecord record;
};

// A receipt as auditors get it: its canonical body, and nothing that was sealed beside it.
struct CommittedReceipt {
  uint64_t index = 0;
  crypto::ByteView salt;  // of the commitment
  crypto::ByteView body;  // as ReceiptBody::Encode wrote it
};

// Which receipts to read: by where they stand in the decision log and when they were made.
struct ReceiptSpan {
  uint64_t first = 0;                                      // none before it
  uint64_t before = std::numeric_limits<uint64_t>::max();  // nor from it on
  evidence::UnixMillis from{std::numeric_limits<int64_t>::min()};
  evidence::UnixMillis to{std::numeric_limits<int64_t>::max()};  // included
};
// How much one reading may do; kReceiptsReadTogether leaves are looked at together.
struct ReceiptLimits {
  uint64_t leaves = std::numeric_limits<uint64_t>::max();  // looked at
  uint64_t bodies = std::numeric_limits<uint64_t>::max();  // opened
};
// Checks that are under way together, and a clock that is set back, leave receipts out of order: so
// far before a span's beginning reading still looks for some that belong to it.
inline constexpr std::chrono::milliseconds kReceiptOrderSlack{24 * 3'600'000};

// The decision log at one moment: what is appended or deleted afterwards changes nothing in it.
// Any thread; must not outlive the log it is of.
class ReceiptView {
 public:
  ReceiptView(std::unique_ptr<storage::StoreReader> rows, const storage::Vault& vault,
              crypto::CompactTree tree)
      : rows_(std::move(rows)), vault_(vault), tree_(std::move(tree)) {}
  uint64_t size() const { return tree_.size(); }
  crypto::Digest root() const { return tree_.Root(); }

  // The leaves of [from, to) in order, until `visit` returns false. REQUIRES to <= size().
  absl::Status ReadLeaves(uint64_t from, uint64_t to,
                          const std::function<bool(crypto::ByteView leaf)>& visit) const;
  // The receipts of [from, to) whose bodies were not deleted, in order, until `visit` returns
  // false. What `visit` gets is good during its call. DataLoss when a row does not open, or does
  // not fit its leaf. REQUIRES to <= size().
  absl::Status ReadKept(uint64_t from, uint64_t to,
                        const std::function<bool(const CommittedReceipt&)>& visit) const;
  // The receipts of the span whose bodies were not deleted, with what was sealed beside them, by
  // their places in the log, the newest first, until `visit` returns false or a limit is reached.
  // Times outside the span cost no opening. Gives the index before which the next reading goes on;
  // 0: there is nothing more. `stopped` is asked every kReceiptsReadTogether leaves and may be
  // empty; Cancelled when it says so. DataLoss as ReadKept.
  absl::StatusOr<uint64_t> ReadNewestFirst(const ReceiptSpan& span,
                                           const std::function<bool(const StoredReceipt&)>& visit,
                                           const std::function<bool()>& stopped = {},
                                           const ReceiptLimits& limits = {}) const;

 private:
  std::unique_ptr<storage::StoreReader> rows_;
  const storage::Vault& vault_;
  crypto::CompactTree tree_;
};

// Leaf: "DFR1", time (u64, Unix milliseconds), commitment = SHA-256("daftar/receipt/v1" || salt ||
// body). Rows in Column::kReceipts: 'r' || id -> index (u64), salt (32), sealed record; the id is
// the first 16 bytes of the commitment (docs/storage.md has the record's bytes); 's' || subject
// (32) || time (u64) || id -> nothing, by which an order finds the checks about its buyer.
//
// Any thread may call. Callers that append at the same time share one write: the first in line
// writes for all who wait.
class ReceiptLog {
 public:
  static absl::StatusOr<std::unique_ptr<ReceiptLog>> Open(storage::Store& store,
                                                          const storage::Vault& vault,
                                                          crypto::Entropy& entropy);

  struct Appended {
    ReceiptId id;
    bool is_new = true;  // false: an earlier request with the same key made it
  };
  // Durable on OK. `request_key` (may be empty) makes a repetition find the first receipt; nothing
  // is appended then. ResourceExhausted when too many wait; errors of the store otherwise, and then
  // nothing was appended.
  absl::StatusOr<Appended> Append(const ReceiptRecord& record, const crypto::Bytes& request_key);

  // The receipt that an earlier check with this request key made, if any.
  absl::StatusOr<std::optional<ReceiptId>> OfRequest(const crypto::Bytes& request_key) const;

  // NotFound for an unknown id or a deleted body; DataLoss when it does not open.
  absl::StatusOr<StoredReceipt> Get(const ReceiptId& id) const;

  struct Made {
    evidence::UnixMillis at;
    ReceiptId id;
    friend auto operator<=>(const Made&, const Made&) = default;
  };
  // The receipts about the subject made from `from` to `to`, both included, newest first; at most
  // kMaxReceiptsAbout.
  absl::StatusOr<std::vector<Made>> About(const decision::Subject& subject,
                                          evidence::UnixMillis from, evidence::UnixMillis to) const;

  // Adds to `batch` that no subject of these leads to a receipt any more; gives how many receipts
  // that were. The receipts stay. A check made at the same time may be found afterwards.
  absl::StatusOr<uint64_t> Unlink(std::span<const decision::Subject> subjects,
                                  storage::Batch& batch) const;

  struct Size {
    uint64_t size = 0;
    crypto::Digest root;
  };
  Size Head() const;

  // The log as it is now. DataLoss when its tree and its leaves do not agree.
  absl::StatusOr<ReceiptView> View() const;

 private:
  struct Waiting {
    crypto::Bytes leaf;
    crypto::Bytes row_key;
    std::vector<crypto::Bytes> subject_keys;
    crypto::Bytes salt;
    crypto::Bytes sealed;
    crypto::Bytes request_key;
    ReceiptId id;
    bool is_new = true;
    absl::Status status;
    bool done = false;
  };
  ReceiptLog(storage::Store& store, const storage::Vault& vault, crypto::Entropy& entropy)
      : store_(store), log_(store), vault_(vault), entropy_(entropy) {}
  std::vector<Waiting*> NextGroup() DAFTAR_REQUIRES(mutex_);
  // Writes for all in `group`; called without the lock by the one writer.
  void WriteGroup(const std::vector<Waiting*>& group);

  storage::Store& store_;
  storage::LogStore log_;
  const storage::Vault& vault_;
  crypto::Entropy& entropy_;

  crypto::CompactTree tree_;  // the writer's
  mutable storage::Mutex mutex_;
  storage::CondVar changed_;
  std::deque<Waiting*> queue_ DAFTAR_GUARDED_BY(mutex_);
  bool writing_ DAFTAR_GUARDED_BY(mutex_) = false;
  Size head_ DAFTAR_GUARDED_BY(mutex_);
};

}  // namespace daftar::check

#endif  // DAFTAR_NODE_CHECK_RECEIPT_LOG_H_
