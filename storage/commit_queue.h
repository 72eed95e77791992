// Group commit: any number of threads hand in batches, one of them at a time writes for all that
// wait, so that they share one sync. Knows nothing of the engine, which it reaches through Prepare
// and Apply.
#ifndef DAFTAR_STORAGE_COMMIT_QUEUE_H_
#define DAFTAR_STORAGE_COMMIT_QUEUE_H_

#include <deque>
#include <functional>
#include <span>

#include "absl/status/status.h"
#include "storage/mutex.h"
#include "storage/store.h"

namespace daftar::storage {

struct CommitLimits {
  size_t max_queued_batches = 4096;    // waiting and being written
  size_t max_queued_bytes = 64 << 20;  // likewise; also the largest single batch
  size_t max_group_batches = 1024;     // that share one sync
  size_t max_group_bytes = 8 << 20;    // likewise; a larger batch goes alone
};

// What one entry costs in the bounds above besides its key and value.
inline constexpr size_t kOperationOverheadBytes = 32;
size_t BatchBytes(const Batch& batch);

// Thread-safe. Batches take effect in the order in which they were queued.
class CommitQueue {
 public:
  // Called before the preconditions of a group are read: brings back an engine that a full disk has
  // closed, if it can. Statuses as of Apply, then for the whole group, of which nothing is written.
  using Prepare = std::function<absl::Status()>;
  // Makes the batches' operations durable, in order, all or none.
  //   ResourceExhausted  nothing was written, and trying again later makes sense
  //   any other error    unknown whether it was written; the queue then refuses all that follows
  using Apply = std::function<absl::Status(std::span<const Batch* const>)>;

  // `committed` must show exactly what Apply has made durable; it is read for preconditions by the
  // writing thread, which alone calls the two functions. All must outlive the queue.
  CommitQueue(const CommitLimits& limits, const StoreReader& committed, Prepare prepare,
              Apply apply)
      : limits_(limits),
        committed_(committed),
        prepare_(std::move(prepare)),
        apply_(std::move(apply)) {}

  // Returns when the batch is durable or refused; statuses as in Store::Write.
  absl::Status Commit(Batch batch) DAFTAR_EXCLUDES(mutex_);
  // The error after which nothing is written any more; OK while there was none.
  absl::Status Failure() const DAFTAR_EXCLUDES(mutex_);
  // Batches that wait or are being written.
  size_t queued() const DAFTAR_EXCLUDES(mutex_);

 private:
  struct Waiter {
    Batch batch;
    size_t bytes = 0;
    bool done = false;
    absl::Status status;
    CondVar wake;
  };
  using Group = std::vector<Waiter*>;

  absl::Status Enqueue(Waiter& waiter) DAFTAR_REQUIRES(mutex_);
  Group FrontGroup() const DAFTAR_REQUIRES(mutex_);
  void Finish(const Group& group) DAFTAR_REQUIRES(mutex_);
  // Gives all of `waiters` the error. Returns it only when the queue has to stop.
  static absl::Status Refuse(const Group& waiters, const absl::Status& error);
  // Sets every status of the group. Returns an error only when the queue has to stop.
  absl::Status Write(const Group& group) DAFTAR_EXCLUDES(mutex_);

  const CommitLimits limits_;
  const StoreReader& committed_;
  const Prepare prepare_;
  const Apply apply_;

  mutable Mutex mutex_;
  std::deque<Waiter*> queue_ DAFTAR_GUARDED_BY(mutex_);  // the front one writes
  size_t queued_bytes_ DAFTAR_GUARDED_BY(mutex_) = 0;
  absl::Status failure_ DAFTAR_GUARDED_BY(mutex_);
};

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_COMMIT_QUEUE_H_
