// Which charters this node has adopted, and which one is in force: the newest whose CHARTER entry
// stands in its log. Adopting another queues that entry, so that a change takes effect for this
// shop and for its partners at one place of the log.
#ifndef DAFTAR_NODE_LEDGER_CHARTERS_H_
#define DAFTAR_NODE_LEDGER_CHARTERS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/entropy.h"
#include "node/evidence/charters.h"
#include "node/evidence/clock.h"
#include "node/ledger/submission.h"
#include "storage/caller.h"
#include "storage/mutex.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::ledger {

// Adoptions that a node keeps, each with its file (evidence::kMaxCharterBytes).
inline constexpr size_t kMaxAdoptions = 100;
// Where Bootstrap writes the CHARTER entry of a new log: KEYS, then CHARTER; before both the
// ADOPTION of a log that takes the place of another.
inline constexpr uint64_t kFirstCharterIndex = 1;
inline constexpr uint64_t kAdoptedCharterIndex = 2;

// One adoption. A charter that is left and comes back has two.
struct Adoption {
  std::shared_ptr<const evidence::Charter> charter;
  evidence::UnixMillis at;
  // None: the charter that the node, or its log, was made with, and what was in force before it.
  std::optional<SubmissionId> submission;
  // Of the own log; none: waits for its tick, or was in force in a log before this one.
  std::optional<uint64_t> entry;
  bool in_force = false;
};

// Rows in Column::kMeta: "charter/" || u32 number -> version u8, adopted at (u64, Unix ms), whether
// it was submitted u8, submission id, the file. All of them are in memory. Any thread may call; an
// adoption is durable on return.
class AdoptedCharters final : public evidence::Charters {
 public:
  // `first` is the charter.toml that lies beside the database. A database without adoptions takes
  // it as the first, unless its log states another: FailedPrecondition. In one with adoptions the
  // rows are the truth, and a file that is none of them FailedPrecondition, with both hashes.
  static absl::StatusOr<std::unique_ptr<AdoptedCharters>> Open(storage::Store& store,
                                                               const storage::Vault& vault,
                                                               const evidence::Clock& clock,
                                                               crypto::Entropy& entropy,
                                                               evidence::Charter first);

  // Reads the store while an adoption waits for its tick; when that fails, what was in force is.
  std::shared_ptr<const evidence::Charter> InForce() const override;
  std::shared_ptr<const evidence::Charter> Find(const evidence::CharterHash& hash) const override;

  // Queues the CHARTER entry of the charter in `toml`, once for one (actor, request id).
  //   InvalidArgument     it is no charter, or `because` is empty or too long
  //   FailedPrecondition  of another circle, or another adoption waits for its tick
  //   AlreadyExists       it is in force
  //   ResourceExhausted   past kMaxAdoptions
  absl::StatusOr<Adoption> Adopt(const storage::Caller& caller, std::string toml,
                                 const std::string& because);

  std::vector<Adoption> List() const;  // newest first

  // The log that states them goes, and the one that takes its place begins with what is in force.
  // What waits for its tick waits for one of the new log. Durable on OK; may be repeated.
  absl::Status LeaveLog();

 private:
  AdoptedCharters(storage::Store& store, const storage::Vault& vault, const evidence::Clock& clock,
                  crypto::Entropy& entropy)
      : store_(store), vault_(vault), clock_(clock), entropy_(entropy) {}

  absl::Status Load() DAFTAR_REQUIRES(mutex_);
  absl::Status TakeFirst(evidence::Charter first) DAFTAR_REQUIRES(mutex_);
  // Moves on to an adoption that waited and has had its tick.
  absl::Status Settle() const DAFTAR_REQUIRES(mutex_);
  bool Waits() const DAFTAR_REQUIRES(mutex_) { return in_force_ + 1 < adoptions_.size(); }
  absl::Status CheckAdoptable(const evidence::Charter& charter) const DAFTAR_REQUIRES(mutex_);
  Adoption View(size_t number) const DAFTAR_REQUIRES(mutex_);

  storage::Store& store_;
  const storage::Vault& vault_;
  const evidence::Clock& clock_;
  crypto::Entropy& entropy_;
  // Held across the durable write of an adoption, which happens a few times in a node's life.
  mutable storage::Mutex mutex_;
  mutable std::vector<Adoption> adoptions_ DAFTAR_GUARDED_BY(mutex_);  // oldest first
  mutable size_t in_force_ DAFTAR_GUARDED_BY(mutex_) = 0;
  // Where the log states the one that it began with.
  uint64_t first_entry_ DAFTAR_GUARDED_BY(mutex_) = kFirstCharterIndex;
};

}  // namespace daftar::ledger

#endif  // DAFTAR_NODE_LEDGER_CHARTERS_H_
