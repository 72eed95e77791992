// Internal to storage/: the database that is open now, and how a group of batches becomes durable
// in it. Include only from storage/*.cc.
#ifndef DAFTAR_STORAGE_ROCKS_ENGINE_H_
#define DAFTAR_STORAGE_ROCKS_ENGINE_H_

#include "storage/mutex.h"
#include "storage/rocks_open.h"

namespace rocksdb {
class WriteBatch;
}  // namespace rocksdb

namespace daftar::storage {

// After a full disk the database is closed and opened again, for RocksDB's own Resume() does not
// get out of every state that a full disk leaves (a new write-ahead log that could not be begun, a
// torn record with nothing in memory to flush). So the handles are lent, never kept.
//
// Lend() may be called by any thread, the rest by one at a time.
class RocksEngine {
 public:
  explicit RocksEngine(const RocksOptions& options) : options_(options) {}

  // As RocksStore::Open.
  absl::Status Open();
  // The open database for one read. Unavailable while it is closed: try again.
  absl::StatusOr<std::shared_ptr<RocksHandles>> Lend() const DAFTAR_EXCLUDES(mutex_);
  // As CommitQueue::Apply.
  absl::Status Apply(std::span<const Batch* const> batches);

 private:
  absl::Status Install();
  absl::Status CheckFormat();
  absl::Status BeginFormat(const RocksHandles& handles);
  absl::Status CheckReserve() const;
  absl::Status Probe() const;
  absl::Status Reopen();
  absl::Status Sync(const RocksHandles& handles, rocksdb::WriteBatch& merged);
  absl::Status Full() const;

  const RocksOptions options_;
  bool disk_was_full_ = false;  // only the writing thread

  mutable Mutex mutex_;
  CondVar closed_;
  bool in_use_ DAFTAR_GUARDED_BY(mutex_) = false;  // some handles exist, lent ones included
  std::shared_ptr<RocksHandles> handles_ DAFTAR_GUARDED_BY(mutex_);  // null while closed
};

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_ROCKS_ENGINE_H_
