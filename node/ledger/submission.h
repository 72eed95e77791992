// An entry that waits for its tick: complete but for index, time and signature.
#ifndef DAFTAR_NODE_LEDGER_SUBMISSION_H_
#define DAFTAR_NODE_LEDGER_SUBMISSION_H_

#include <optional>

#include "node/evidence/entry.h"
#include "node/ledger/incident.h"
#include "storage/store.h"

namespace daftar::ledger {

struct Submission {
  SubmissionId id;
  int64_t not_before = 0;  // Unix seconds
  evidence::EntryKind kind = evidence::EntryKind::kReport;
  uint64_t about = evidence::kAboutNothing;
  evidence::ErasureGround ground = evidence::ErasureGround::kNone;
  evidence::Commitment commitment;
  crypto::Bytes body;  // empty for an ERASURE

  // The row in Column::kSubmissions: queued entries in order of their time.
  crypto::Bytes Key() const { return QueueKey(not_before, id); }
  crypto::Bytes Encode() const;
  // DataLoss when key or value are malformed.
  static absl::StatusOr<Submission> Decode(crypto::ByteView key, crypto::ByteView value);

  static crypto::Bytes QueueKey(int64_t not_before, const SubmissionId& id);
  static crypto::Bytes QueuePrefix();
};

// Where a submission ended up in the log.
struct Publication {
  uint64_t index = 0;
  int64_t issued_at = 0;  // Unix seconds

  static crypto::Bytes Key(const SubmissionId& id);
  static crypto::Bytes Prefix();
  crypto::Bytes Encode() const;
  static absl::StatusOr<Publication> Decode(crypto::ByteView value);
};

// nullopt while it is queued (or was taken back).
absl::StatusOr<std::optional<Publication>> FindPublication(const storage::StoreReader& store,
                                                           const SubmissionId& id);

}  // namespace daftar::ledger

#endif  // DAFTAR_NODE_LEDGER_SUBMISSION_H_
