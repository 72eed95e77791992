// RocksDB behind the Store port: one column family per Column, every acknowledged write synced.
// RocksDB itself is seen only in the .cc files.
#ifndef DAFTAR_STORAGE_ROCKS_STORE_H_
#define DAFTAR_STORAGE_ROCKS_STORE_H_

#include <chrono>
#include <filesystem>
#include <memory>

#include "storage/commit_queue.h"
#include "storage/store.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace daftar::storage {

class RocksEngine;

// The format of the rows as a whole, in kMeta under kFormatKey (u32). A database with a higher one
// is refused.
inline constexpr uint32_t kDatabaseFormat = 1;
inline constexpr char kFormatKey[] = "format";

struct RocksOptions {
  std::filesystem::path path;
  bool create_if_missing = false;
  size_t block_cache_bytes = 64 << 20;
  size_t max_queued_batches = 4096;
  size_t max_queued_bytes = 64 << 20;
  // Writes are refused while the file system has less than this free, so that a full disk is met
  // before the engine meets it, and there is room to flush and to shut down. 0: no such reserve.
  uint64_t min_free_bytes = 16 << 20;
  // How long a database that did not open again for want of space is left alone before the next
  // read or write tries once more. Opening replays the write-ahead log.
  std::chrono::milliseconds reopen_interval{1000};
  // Faults for tests (rocks_testing.h); null is the real file system. Must outlive the store.
  rocksdb::Env* env_for_tests = nullptr;
};

// Owns the database and its threads. Any thread may call any method. Destroy it after every
// snapshot, when no call is running. A full disk refuses writes and leaves reads alone; when there
// is room again, the next Write closes and opens the database: reads in that moment, and snapshots
// taken before it, answer Unavailable. Should it not open because the space is gone again, any
// later call opens it, a read too; should it not open for another reason, every call says which.
class RocksStore final : public Store {
 public:
  // Opens, replays the write-ahead log, checks the format version. Errors are sentences for the
  // operator:
  //   NotFound            there is no database and create_if_missing is false
  //   DataLoss            something in it is damaged or missing; nothing was changed
  //   FailedPrecondition  another process has it open, or a newer version wrote it
  //   PermissionDenied, ResourceExhausted, Unavailable  as the file system says
  static absl::StatusOr<std::unique_ptr<RocksStore>> Open(const RocksOptions& options);
  ~RocksStore() override;
  RocksStore(const RocksStore&) = delete;
  RocksStore& operator=(const RocksStore&) = delete;

  absl::StatusOr<std::optional<Bytes>> Get(Column column, ByteView key) const override;
  absl::StatusOr<std::vector<std::optional<Bytes>>> MultiGet(
      Column column, const std::vector<Bytes>& keys) const override;
  absl::Status Scan(Column column, ByteView prefix, ByteView start,
                    const std::function<bool(ByteView key, ByteView value)>& visit) const override;
  std::unique_ptr<StoreReader> Snapshot() const override;
  // Besides the port's statuses: InvalidArgument for a batch larger than max_queued_bytes.
  absl::Status Write(Batch batch) override;
  absl::Status Purge(std::span<const Column> columns) override;

  // The error after which every Write fails until the database is opened again; OK while there was
  // none. A full disk is no such error.
  absl::Status Health() const;

 private:
  RocksStore(const RocksOptions& options, std::unique_ptr<RocksEngine> engine);

  std::unique_ptr<RocksEngine> engine_;
  CommitQueue queue_;
};

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_ROCKS_STORE_H_
