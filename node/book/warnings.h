// The part of the warning list that grows: identifiers that the shop added as its own, and such as
// turned out to be many people's and wait for somebody to look.
#ifndef DAFTAR_NODE_BOOK_WARNINGS_H_
#define DAFTAR_NODE_BOOK_WARNINGS_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/book/request_content.h"
#include "node/book/write_gate.h"
#include "node/evidence/charter.h"
#include "node/evidence/clock.h"
#include "node/identity/identifier.h"
#include "node/identity/warning_list.h"
#include "storage/caller.h"
#include "storage/mutex.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::book {

inline constexpr size_t kMaxOwnWarnings = 500;
inline constexpr size_t kMaxReviews = 500;  // of more, none is listed; all are set aside
inline constexpr size_t kMaxCleared = 500;
inline constexpr size_t kMaxNamesKept = 16;             // of one identifier, as tags
inline constexpr int64_t kReviewWriteSeconds = 86'400;  // between two writes about one identifier
// Nobody has looked for so long since it was first seen: it is taken off, until it is seen again.
inline constexpr int64_t kReviewKeptDays = 90;

// Numbers are on disk: never renumber.
enum class WarningKind : uint8_t {
  kOwn = 1,      // the shop's or its staff's: refused in incidents, imports, the allowlist
  kReview = 2,   // seen to be many people's: does not count by itself until somebody has looked
  kCleared = 3,  // somebody has looked: it counts
};
std::string_view WarningKindName(WarningKind kind);  // "own", "review", "cleared"

// Names a row for people, who see identifiers masked; leads nobody back to the identifier.
using WarningId = storage::BlindTag;

struct Warning {
  identity::Identifier identifier;
  WarningKind kind = WarningKind::kOwn;
  evidence::UnixMillis at;    // of the addition or clearing; of a review, when it was first seen
  std::string by;             // actor; empty for a review
  std::string because;        // empty for a review
  uint32_t live_reports = 0;  // when it was last seen over a bound
  uint32_t names = 0;
  friend bool operator==(const Warning&, const Warning&) = default;
};

// Rows in Column::kWarnings (docs/storage.md has the bytes): 'w' || tag -> sealed Warning; 'n' ||
// tag -> tags of the names under which the book has met the identifier.
//
// Any thread may call. Changes are durable on OK and in force for the next call; writes need a
// request id, and a repetition changes nothing; `because` has 1 to storage::kMaxAuditText bytes and
// goes on the record, which does not hold the identifier. DataLoss for a row that does not open.
class Warnings final : public identity::OwnIdentifiers {
 public:
  // All must outlive it.
  static absl::StatusOr<std::unique_ptr<Warnings>> Open(storage::Store& store,
                                                        const storage::Vault& vault,
                                                        crypto::Entropy& entropy,
                                                        const evidence::Clock& clock);

  bool Holds(const identity::Identifier& identifier) const override;

  // Adds one of the shop's own. AlreadyExists when it is one; ResourceExhausted past
  // kMaxOwnWarnings.
  absl::StatusOr<Warning> Add(const storage::Caller& caller, const identity::Identifier& identifier,
                              const std::string& because);
  // One person's after all, whatever is seen: it counts. FailedPrecondition for one of the shop's
  // own (remove it first) and one that is cleared; ResourceExhausted past kMaxCleared.
  absl::StatusOr<Warning> Clear(const storage::Caller& caller,
                                const identity::Identifier& identifier, const std::string& because);
  // As if nothing had ever been said of it. NotFound.
  absl::Status Remove(const storage::Caller& caller, const identity::Identifier& identifier,
                      const std::string& because);
  // What the list says of it; nullopt: nothing.
  std::optional<Warning> Of(const identity::Identifier& identifier) const;
  WarningId IdOf(const identity::Identifier& identifier) const;
  // The identifier of the row. NotFound.
  absl::StatusOr<identity::Identifier> Find(const WarningId& id) const;
  // Those that wait first, then the newest.
  std::vector<Warning> List() const;
  size_t Waiting() const;  // for review

  // Whether the identifier is no one buyer's, so that what it alone finds must not count: the
  // shop's own, or many people's by the charter's bounds (more live reports, or more names in the
  // book) and not cleared. Many people's is listed for review, in memory: KeepReviews writes. Waits
  // for no write. Errors of reading.
  absl::StatusOr<bool> IsShared(const identity::Identifier& identifier, uint32_t live_reports,
                                const evidence::Charter& charter);
  // The same by what the shop itself knows, whatever others have published; lists nothing.
  absl::StatusOr<bool> IsSharedHere(const identity::Identifier& identifier,
                                    const evidence::Charter& charter) const;
  // Makes durable what is listed for review, and takes off what has waited for kReviewKeptDays.
  // What cannot be written stays in force and is for the next time. For the node's upkeep.
  absl::Status KeepReviews();

  // Adds to `batch` that nothing is kept about the identifiers of a person who is erased, but for
  // those that are the shop's own; Forgotten once the batch is durable. For Book::Erase, which may
  // make several batches. REQUIRES going alone through gate() from before Forget until after
  // Forgotten: else a review that is being written would outlive the erasure.
  void Forget(std::span<const identity::Identifier> identifiers, storage::Batch& batch) const;
  void Forgotten(std::span<const identity::Identifier> identifiers);
  // Adds to `batch` that the identifier, which is many people's, was not met under these names; the
  // others' stay. REQUIRES the gate as Forget. Errors of reading.
  absl::Status ForgetNames(const identity::Identifier& identifier,
                           std::span<const std::string> names, storage::Batch& batch) const;
  WriteGate& gate() { return gate_; }

 private:
  Warnings(storage::Store& store, const storage::Vault& vault, crypto::Entropy& entropy,
           const evidence::Clock& clock)
      : store_(store), vault_(vault), entropy_(entropy), clock_(clock) {}
  absl::Status Load();
  struct Request {
    crypto::Bytes key;
    std::string_view kind;
    RequestContent content;
  };
  absl::StatusOr<Request> RequestOf(const storage::Caller& caller, std::string_view kind,
                                    const identity::Identifier& identifier,
                                    const std::string& because) const;
  // Whether the write was made before. FailedPrecondition when its id was used for another.
  absl::StatusOr<bool> CameBefore(const Request& request) const;
  // Why it cannot become `kind`, kOwn or kCleared; OK when it can.
  absl::Status MayBecome(WarningKind kind, const identity::Identifier& identifier) const;
  // What Add and Clear share: once, that it is `kind`, on the record.
  absl::StatusOr<Warning> Set(const storage::Caller& caller, WarningKind kind,
                              const identity::Identifier& identifier, const std::string& because);
  absl::StatusOr<size_t> NamesOf(const identity::Identifier& identifier) const;
  void ListForReview(const identity::Identifier& identifier, uint32_t live_reports, uint32_t names)
      DAFTAR_REQUIRES(mutex_);
  size_t CountOf(WarningKind kind) const DAFTAR_REQUIRES(mutex_);

  storage::Store& store_;
  const storage::Vault& vault_;
  crypto::Entropy& entropy_;
  const evidence::Clock& clock_;
  WriteGate gate_;  // who writes rows goes alone, before mutex_; checks do not wait for it
  mutable storage::Mutex mutex_;  // never held across a write
  std::map<identity::Identifier, Warning> warnings_ DAFTAR_GUARDED_BY(mutex_);
  // When each was last listed for review, Unix seconds.
  std::map<identity::Identifier, int64_t> listed_ DAFTAR_GUARDED_BY(mutex_);
  std::set<identity::Identifier> unwritten_ DAFTAR_GUARDED_BY(mutex_);  // of those for review
  uint64_t erasures_ DAFTAR_GUARDED_BY(mutex_) = 0;
};

inline constexpr uint8_t kWarningRow = 'w';  // what a warning's key begins with
crypto::Bytes WarningKey(const storage::Vault& vault, const identity::Identifier& identifier);
// A warning's row before sealing (version 1). Decoding: DataLoss for anything else than encoding
// writes.
crypto::Bytes EncodeWarning(const Warning& warning);
absl::StatusOr<Warning> DecodeWarning(crypto::ByteView bytes);

// --- Names under which the book has met an identifier ---

crypto::Bytes NamesKey(const storage::Vault& vault, const identity::Identifier& identifier);
// Of a name, without case, signs and spaces; 0 for none. Keyed: tells nothing about the name.
uint64_t NameTag(const storage::Vault& vault, std::string_view name);
crypto::Bytes EncodeNames(const std::set<uint64_t>& names);
absl::StatusOr<std::set<uint64_t>> DecodeNames(crypto::ByteView bytes);

}  // namespace daftar::book

#endif  // DAFTAR_NODE_BOOK_WARNINGS_H_
