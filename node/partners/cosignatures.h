// The newest cosignature of each witness of one log: who states that it durably holds and has
// applied how much of it (DESIGN section 6, "What counts when").
#ifndef DAFTAR_NODE_PARTNERS_COSIGNATURES_H_
#define DAFTAR_NODE_PARTNERS_COSIGNATURES_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/checkpoint.h"
#include "crypto/note.h"
#include "storage/log_store.h"
#include "storage/mutex.h"
#include "storage/store.h"

namespace daftar::partners {

// A cosignature whose time lies further ahead of this node's clock is not taken.
inline constexpr int64_t kMaxCosignatureAheadSeconds = 300;

// A verified statement by the mirror key of `witness` about a head of the log.
struct Cosignature {
  std::string witness;  // origin of the node that made it
  uint64_t size = 0;
  crypto::Digest root;
  int64_t time = 0;    // Unix seconds, by the witness's clock
  crypto::KeyId key;   // of its mirror key
  crypto::Bytes blob;  // timestamp and signature, as in the line
  crypto::NoteSignature Line() const;
  friend bool operator==(const Cosignature&, const Cosignature&) = default;
};

// Entries that each witness holds, by its own word.
using CosignedSizes = std::map<std::string, uint64_t, std::less<>>;

// Rows of Column::kCosignatures. Any thread may call any method.
class Cosignatures {
 public:
  // `store` outlives the object. Errors of the store; DataLoss when a row is malformed.
  static absl::StatusOr<std::unique_ptr<Cosignatures>> Open(storage::Store& store,
                                                            storage::LogNumber log);

  // Keeps those that cover more than what is kept of their witness, or the same head under another
  // key of it, in one durable write, into which `beside` (may be empty) may put more for each.
  // Returns those that were kept. On an error nothing has changed.
  using Beside = std::function<void(const Cosignature& kept, storage::Batch& batch)>;
  absl::StatusOr<std::vector<Cosignature>> Keep(std::vector<Cosignature> cosignatures,
                                                const Beside& beside = {});

  // Replaces the one that is kept of its witness by one over the same head and of a later time,
  // durably. FailedPrecondition when what is kept is not over that head under that key, or as new;
  // errors of the store. Then nothing has changed.
  absl::Status Renew(const Cosignature& renewed);

  std::optional<Cosignature> Of(std::string_view witness) const;
  // Those over exactly this head, by witness.
  std::vector<Cosignature> Over(const crypto::Checkpoint& head) const;
  CosignedSizes Sizes() const;

 private:
  Cosignatures(storage::Store& store, storage::LogNumber log) : store_(store), log_(log) {}
  absl::Status Load();
  bool IsNews(const Cosignature& cosignature) const DAFTAR_REQUIRES(mutex_);

  storage::Store& store_;
  const storage::LogNumber log_;
  storage::Mutex writing_;  // held across the write: an older one must not overtake a newer one
  mutable storage::Mutex mutex_;
  std::map<std::string, Cosignature, std::less<>> newest_ DAFTAR_GUARDED_BY(mutex_);
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_COSIGNATURES_H_
