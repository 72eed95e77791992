// What becomes of a partner that lost its log and began another in its place (DESIGN section 6,
// "Never two believable histories"): it is noticed, an operator accepts it (Registry), and then
// what is kept of the old log is deleted.
#ifndef DAFTAR_NODE_PARTNERS_ADOPTIONS_H_
#define DAFTAR_NODE_PARTNERS_ADOPTIONS_H_

#include <chrono>
#include <functional>
#include <map>
#include <string>

#include "node/partners/mirror.h"
#include "node/partners/network.h"
#include "node/partners/registry.h"
#include "storage/mutex.h"

namespace daftar::partners {

// Reading the beginning of the new log.
inline constexpr std::chrono::milliseconds kBeginningDeadline{10'000};
// Between two looks at the beginning of a log that one partner shows: whichever it is, and the one
// that waits to be accepted.
inline constexpr std::chrono::minutes kRefusedPause{1};
inline constexpr std::chrono::hours kWaitsPause{1};
// Rows that are deleted in one write.
inline constexpr size_t kMaxClearedAtOnce = 10'000;

// What is to be told to the operator of a partner that waits to be accepted; empty when it does
// not. `forked`: its old log is, so that none of its reports counts.
std::string SuccessionWords(const Partner& partner, bool forked = false);

// Any thread may call; Clear by one at a time. References outlive the object.
class Adoptions {
 public:
  Adoptions(storage::Store& store, Registry& registry, Network& network, std::string own_origin)
      : store_(store), registry_(registry), network_(network), own_origin_(std::move(own_origin)) {}

  // The active partner, whose copied log is `view`, has shown `note` in the place of a head of its
  // log. When the note names another log, its beginning is read, and where that is an ADOPTION of
  // the copied one, it is noted for the operator. Returns what there is to tell; empty when the
  // note names no other log. Nothing else of the new log is taken.
  std::string Look(const Partner& partner, const MirrorView& view, const std::string& note,
                   Cancellation& cancel);

  // Deletes what is kept of logs that were replaced, in bounded writes: bodies, tokens, states,
  // kept lookups, relayed disputes and, by `erase_proof`, proof that was got. Leaves and heads
  // stay. Goes on where an earlier call, or process, ended. Errors of the store.
  absl::Status Clear(const std::function<absl::Status(const std::string& origin)>& erase_proof);

 private:
  struct Looked {
    std::string origin;
    std::chrono::steady_clock::time_point at;
    std::string words;
    bool waits = false;
  };
  absl::StatusOr<Succession> Read(const Partner& partner, const MirrorView& view,
                                  const std::string& origin, Cancellation& cancel);
  absl::StatusOr<size_t> Delete(storage::Column column, const crypto::Bytes& prefix,
                                storage::LogNumber log);

  storage::Store& store_;
  Registry& registry_;
  Network& network_;
  const std::string own_origin_;
  storage::Mutex mutex_;
  std::map<std::string, Looked> looked_ DAFTAR_GUARDED_BY(mutex_);  // by partner
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_ADOPTIONS_H_
