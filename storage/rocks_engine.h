// Internal to storage/: the database that is open now, and how a group of batches becomes durable
// in it. Include only from storage/*.cc.
#ifndef DAFTAR_STORAGE_ROCKS_ENGINE_H_
#define DAFTAR_STORAGE_ROCKS_ENGINE_H_

#include <chrono>
#include <optional>

#include "storage/mutex.h"
#include "storage/rocks_open.h"

namespace rocksdb {
class WriteBatch;
}  // namespace rocksdb

namespace daftar::storage {

// After a full disk the database is closed and opened again, for RocksDB's own Resume() does not
// get out of every state that a full disk leaves (a new write-ahead log that could not be begun, a
// torn record with nothing in memory to flush). So the handles are lent, never kept. Only the
// writing thread closes; whoever next wants a closed database opens it, one thread at a time.
//
// Lend() and Purge() may be called by any thread, the rest by one at a time.
class RocksEngine {
 public:
  explicit RocksEngine(const RocksOptions& options) : options_(options) {}

  // As RocksStore::Open.
  absl::Status Open();
  // The database for one read; a closed one is opened. Unavailable while it cannot be: try again.
  // Does not wait for other reads, so that it may be called from within one.
  absl::StatusOr<std::shared_ptr<RocksHandles>> Lend() DAFTAR_EXCLUDES(mutex_);
  // As CommitQueue::Prepare: closes a database that has met a full disk, once there is room again,
  // and opens a closed one. Waits a bounded time for reads that are under way.
  absl::Status Prepare() DAFTAR_EXCLUDES(mutex_);
  // As CommitQueue::Apply.
  absl::Status Apply(std::span<const Batch* const> batches);
  // As Store::Purge. Any thread.
  absl::Status Purge(std::span<const Column> columns) DAFTAR_EXCLUDES(mutex_);

 private:
  // The database, opened if it is closed. ResourceExhausted: not now, try again; any other error
  // is what this and every later call answers.
  absl::StatusOr<std::shared_ptr<RocksHandles>> OpenOnce() DAFTAR_EXCLUDES(mutex_);
  void Close() DAFTAR_EXCLUDES(mutex_);
  absl::Status CheckFormat();
  absl::Status BeginFormat(const RocksHandles& handles);
  absl::Status CheckReserve() const;
  absl::Status Probe() const;
  absl::Status Sync(const RocksHandles& handles, rocksdb::WriteBatch& merged);
  absl::Status Full() const;

  const RocksOptions options_;
  // The open handles have met a full disk. Only the writing thread.
  bool disk_was_full_ = false;

  Mutex mutex_;
  CondVar changed_;
  // Some handles exist, lent ones included, or a thread is making them.
  bool in_use_ DAFTAR_GUARDED_BY(mutex_) = false;
  // Not opened before this; set while the last attempt failed for want of space.
  std::optional<std::chrono::steady_clock::time_point> next_try_ DAFTAR_GUARDED_BY(mutex_);
  // Why it never opens again; OK while it may.
  absl::Status failure_ DAFTAR_GUARDED_BY(mutex_);
  std::shared_ptr<RocksHandles> handles_ DAFTAR_GUARDED_BY(mutex_);  // null while closed
};

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_ROCKS_ENGINE_H_
