// Internal to storage/: opening RocksDB with this project's settings and saying in words what is
// wrong when it does not open. Include only from storage/*.cc.
#ifndef DAFTAR_STORAGE_ROCKS_OPEN_H_
#define DAFTAR_STORAGE_ROCKS_OPEN_H_

#include <array>
#include <atomic>
#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "storage/mutex.h"
#include "storage/rocks_store.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
class Snapshot;
class Status;
}  // namespace rocksdb

namespace daftar::storage {

// An open database. Closes on destruction, and releases the snapshots that are left.
struct RocksHandles {
  RocksHandles() = default;
  ~RocksHandles();
  RocksHandles(const RocksHandles&) = delete;
  RocksHandles& operator=(const RocksHandles&) = delete;
  rocksdb::ColumnFamilyHandle* column(Column column) const {
    return columns.at(static_cast<size_t>(column));
  }
  const rocksdb::Snapshot* TakeSnapshot() DAFTAR_EXCLUDES(mutex);
  void ReleaseSnapshot(const rocksdb::Snapshot* snapshot) DAFTAR_EXCLUDES(mutex);

  rocksdb::DB* db = nullptr;
  std::array<rocksdb::ColumnFamilyHandle*, kColumnCount> columns{};
  rocksdb::ColumnFamilyHandle* default_column = nullptr;  // RocksDB insists on one; unused
  // Set once a sync of the write-ahead log failed: then nobody knows what is on the disk.
  std::shared_ptr<std::atomic<bool>> wal_sync_failed;

  Mutex mutex;
  std::set<const rocksdb::Snapshot*> snapshots DAFTAR_GUARDED_BY(mutex);
};

// Everything RocksStore::Open promises except the format version.
absl::StatusOr<std::unique_ptr<RocksHandles>> OpenRocks(const RocksOptions& options);

// What went wrong while the database was open. `doing` completes "while ...".
absl::Status FromRocks(const rocksdb::Status& status, const std::string& doing);

// DataLoss: `what` is damaged, in `path`; nothing is signed; the choices.
absl::Status DamagedDatabase(const std::filesystem::path& path, const std::string& what);

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_ROCKS_OPEN_H_
