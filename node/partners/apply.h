// What one entry of a partner's log does to the searchable copy. Used by Mirror alone.
#ifndef DAFTAR_NODE_PARTNERS_APPLY_H_
#define DAFTAR_NODE_PARTNERS_APPLY_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "node/partners/mirror.h"

namespace daftar::partners {

// Collects the effects of a batch's entries, in order, into one storage batch. Entries that fail
// signature, format or order are void: kept in the tree, without effect. A value of one thread.
class Applier {
 public:
  // `now` in Unix seconds. `keys`, `charters`, `reports`, `last_issued_at` and `gaps` are advanced
  // in place. Gaps are bodies that are missing without an ERASURE.
  Applier(const storage::Store& store, const Partner& partner, int64_t now,
          std::vector<KeysEntry>& keys, std::vector<CharterEntry>& charters, uint64_t& reports,
          int64_t& last_issued_at, uint64_t& gaps)
      : store_(store),
        log_(store),
        partner_(partner),
        now_(now),
        keys_(keys),
        charters_(charters),
        reports_(reports),
        last_issued_at_(last_issued_at),
        gaps_(gaps) {}

  // InvalidArgument when a body does not fit its entry's commitment or is over its bound (whoever
  // sent the batch altered it); errors of the store are passed on.
  absl::Status Add(uint64_t index, const evidence::FeedEntry& entry);

  // Writes what was collected into `batch`.
  absl::Status Finish(storage::Batch& batch);

 private:
  absl::Status AddReport(uint64_t index, const evidence::SignedHeader& signed_header,
                         const crypto::Bytes* body);
  bool SignedByNewestKey(const evidence::SignedHeader& signed_header) const;
  absl::Status AddRelabel(uint64_t index, const evidence::Header& header,
                          const evidence::RelabelBody& body);
  EntryState::Update UpdateOf(const evidence::Header& header, uint64_t index) const;
  absl::Status AddUpdate(uint64_t index, const evidence::Header& header, const evidence::Body& body,
                         bool missing);
  absl::Status Erase(uint64_t report);
  void AddKeys(uint64_t index, const evidence::SignedHeader& signed_header,
               const evidence::KeysBody& body);
  absl::StatusOr<EntryState*> StateOf(uint64_t report);
  // When the REPORT at `index` was issued (Unix seconds); nullopt when there is none.
  absl::StatusOr<std::optional<int64_t>> ReportIssuedAt(uint64_t index);
  absl::StatusOr<std::optional<crypto::Bytes>> BodyOf(uint64_t index);
  void AddTokens(uint64_t report, const std::array<evidence::Slot, evidence::kSlots>& slots);

  const storage::Store& store_;
  storage::LogStore log_;
  const Partner& partner_;
  const int64_t now_;
  std::vector<KeysEntry>& keys_;
  std::vector<CharterEntry>& charters_;
  uint64_t& reports_;
  int64_t& last_issued_at_;
  uint64_t& gaps_;

  // What this batch's own entries are, not in the store yet: of REPORTs the time, of others none.
  std::map<uint64_t, std::optional<int64_t>> report_times_;
  std::map<uint64_t, std::optional<crypto::Bytes>> bodies_;  // nullopt deletes
  std::map<uint64_t, EntryState> states_;
  std::optional<uint64_t> erased_;  // a report that was erased
  struct TokenChange {
    std::vector<uint64_t> added;
    std::vector<uint64_t> removed;
  };
  std::map<crypto::Bytes, TokenChange> tokens_;
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_APPLY_H_
