// What one entry of a partner's log does to the searchable copy. Used by Mirror alone.
#ifndef DAFTAR_NODE_PARTNERS_APPLY_H_
#define DAFTAR_NODE_PARTNERS_APPLY_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "node/partners/conduct.h"
#include "node/partners/mirror.h"
#include "node/partners/void_entries.h"

namespace daftar::partners {

// Collects the effects of a batch's entries, in order, into one storage batch. Entries that fail
// signature, format or order are void: kept in the tree, without effect. A value of one thread.
class Applier {
 public:
  // `now` in Unix seconds, `clock_in_doubt` whether it may be wrong. `keys`, `charters`, `reports`,
  // `last_issued_at`, `gaps`, `conduct` and `voids` are advanced in place. Gaps are bodies that are
  // missing without an ERASURE. No entry was published before `not_before`: a head of that time
  // lacks them all; 0: not known.
  Applier(const storage::Store& store, const Partner& partner, int64_t now, bool clock_in_doubt,
          int64_t not_before, std::vector<KeysEntry>& keys, std::vector<CharterEntry>& charters,
          uint64_t& reports, int64_t& last_issued_at, uint64_t& gaps, Conduct& conduct,
          VoidEntries& voids)
      : store_(store),
        log_(store),
        partner_(partner),
        now_(now),
        clock_in_doubt_(clock_in_doubt),
        not_before_(not_before),
        keys_(keys),
        charters_(charters),
        reports_(reports),
        last_issued_at_(last_issued_at),
        gaps_(gaps),
        conduct_(conduct),
        voids_(voids) {}

  // InvalidArgument when a body does not fit its entry's commitment or is over its bound (whoever
  // sent the batch altered it); errors of the store are passed on. An ADOPTION at 0 is the caller's
  // to verify, with the KEYS after it (ReadBeginning).
  absl::Status Add(uint64_t index, const evidence::FeedEntry& entry);

  // Writes what was collected into `batch`.
  absl::Status Finish(storage::Batch& batch);

 private:
  // Counts the entry as void; OK, for void entries stop nobody.
  absl::Status Void(VoidReason reason, uint64_t index);
  // Of a REPORT it is kept that it is void.
  absl::Status VoidReport(VoidReason reason, uint64_t index, evidence::EntryKind kind);
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
  absl::StatusOr<uint8_t> MissingOf(uint64_t report, const EntryState& state);
  // When the REPORT at `index` was issued (Unix seconds); nullopt when there is none.
  absl::StatusOr<std::optional<int64_t>> ReportIssuedAt(uint64_t index);
  absl::StatusOr<std::optional<crypto::Bytes>> BodyOf(uint64_t index);
  void AddTokens(uint64_t report, const std::array<evidence::Slot, evidence::kSlots>& slots);

  const storage::Store& store_;
  storage::LogStore log_;
  const Partner& partner_;
  const int64_t now_;
  const bool clock_in_doubt_;
  const int64_t not_before_;
  std::vector<KeysEntry>& keys_;
  std::vector<CharterEntry>& charters_;
  uint64_t& reports_;
  int64_t& last_issued_at_;
  uint64_t& gaps_;
  Conduct& conduct_;
  VoidEntries& voids_;

  // What this batch's own entries are, not in the store yet: of REPORTs the time, of others none.
  std::map<uint64_t, std::optional<int64_t>> report_times_;
  std::map<uint64_t, std::optional<crypto::Bytes>> bodies_;  // nullopt deletes
  std::map<uint64_t, EntryState> states_;
  std::optional<uint64_t> erased_;  // a report that was erased
  bool adopts_ = false;             // entry 0 is an ADOPTION, and among this batch's
  struct TokenChange {
    std::vector<uint64_t> added;
    std::vector<uint64_t> removed;
  };
  std::map<crypto::Bytes, TokenChange> tokens_;
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_APPLY_H_
