// Heads of this log that its own key has signed and others have shown: from a second node with the
// same keys, or from before a backup was restored (DESIGN section 6, "Never two believable
// histories").
#include "node/ledger/own_log_rows.h"
#include "node/ledger/publisher.h"
#include "storage/head_check.h"

namespace daftar::ledger {

using storage::Batch;
using storage::Column;
using storage::kOwnLog;

void Publisher::StopSigning(const std::string& why, const std::string& note) {
  const bool held = KeepShown(note);
  storage::MutexLock lock(mutex_);
  if (!held) stopped_ = why;
  if (trouble_.empty()) trouble_ = why;
}

bool Publisher::KeepShown(const std::string& note) {
  const auto own = ReadOwnNote(identity_, note);
  if (!own.ok()) return false;
  const crypto::Checkpoint& head = own->checkpoint;
  if (Holds(head)) return true;
  // Meanwhile another one may be kept, or Resume may have gone on from it. What cannot be written
  // now is shown again within a minute.
  constexpr int kAttempts = 5;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto row = store_.Get(Column::kLogHeads, rows::ShownHeadKey());
    if (!row.ok()) return false;
    Batch batch;
    if (row->has_value()) {
      const auto kept = ReadOwnNote(identity_, std::string(crypto::AsText(**row)));
      // A contradiction is the last word; of what the log may still come to, the most counts.
      if (kept.ok() && (Contradicts(kept->checkpoint) ||
                        (!Contradicts(head) && kept->checkpoint.size >= head.size))) {
        return false;
      }
      batch.ExpectValue(Column::kLogHeads, rows::ShownHeadKey(), **row);
    } else {
      batch.ExpectAbsent(Column::kLogHeads, rows::ShownHeadKey());
    }
    batch.Put(Column::kLogHeads, rows::ShownHeadKey(), crypto::ToBytes(note));
    if (!absl::IsAborted(store_.Write(std::move(batch)))) return false;
  }
  return false;
}

bool Publisher::Holds(const crypto::Checkpoint& head) const {
  if (head.size > tree_size()) return false;
  const auto root = log_.RootAt(kOwnLog, head.size);
  return root.ok() && *root == head.root;
}

bool Publisher::Contradicts(const crypto::Checkpoint& head) const {
  return head.size <= tree_size() && !Holds(head);
}

absl::StatusOr<std::optional<crypto::Bytes>> Publisher::ReadShown(
    std::optional<OwnNote>& shown) const {
  auto row = store_.Get(Column::kLogHeads, rows::ShownHeadKey());
  if (!row.ok() || !row->has_value()) return row;
  auto note = ReadOwnNote(identity_, std::string(crypto::AsText(**row)));
  if (note.ok()) shown = *std::move(note);
  return row;
}

absl::Status Publisher::CompareWith(const OwnNote& note) const {
  return storage::CompareWithHighWater(log_, kOwnLog, tree_, note.checkpoint.size,
                                       note.checkpoint.root);
}

absl::Status Publisher::CompareAtStart(const OwnNote& note) const {
  const absl::Status fits = CompareWith(note);
  if (!absl::IsDataLoss(fits)) return fits;
  return absl::DataLossError(
      std::string(fits.message()) +
      " Nothing will be signed. `daftar log recover --because TEXT` fetches what is missing back "
      "from partners; a newer db/, if there is one, may be put back instead, with keystore and "
      "high-water left as they are. docs/storage.md, 'A database behind the high-water mark', has "
      "the steps");
}

}  // namespace daftar::ledger
