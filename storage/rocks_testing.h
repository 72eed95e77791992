// A disk that fails on command, for tests of what stands on RocksStore. Not linked into programs.
#ifndef DAFTAR_STORAGE_ROCKS_TESTING_H_
#define DAFTAR_STORAGE_ROCKS_TESTING_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace daftar::storage {

enum class DiskFault { kNoSpace, kIoError };

// The real file system with faults put in front, for RocksOptions::env_for_tests. Any thread may
// call; a store that uses it must be closed before it goes. A fault stays until Heal().
class FaultyDisk {
 public:
  FaultyDisk();
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  rocksdb::Env* env();
  // Appends and new files fail once `torn_bytes` more bytes have been written, so that the record
  // that is being written is cut.
  void FailAppends(DiskFault fault, uint64_t torn_bytes = 0);
  // There is room until a file of this name is deleted; from then on as FailAppends with kNoSpace:
  // another program takes the space that this one has just given back.
  void FillAfterDeleting(std::string name, uint64_t torn_bytes = 0);
  // Syncs fail although the data was handed over ("failed but persisted").
  void FailSyncs(DiskFault fault);
  void FailReads();
  void Heal();
  // What the file system says is free; nullopt for the truth.
  void SetFreeBytes(std::optional<uint64_t> bytes);
  // Syncs of write-ahead logs that succeeded.
  uint64_t wal_syncs() const;
  // Cuts every file to what was synced of it, as a power failure may. REQUIRES the store closed.
  void LoseUnsynced();

 private:
  struct State;
  class File;
  class ReadFile;
  class Files;
  std::shared_ptr<State> state_;
  std::unique_ptr<rocksdb::Env> env_;
};

// Adds a column to the closed database in `path`, as a newer version might have. False on an error.
bool AddForeignColumn(const std::filesystem::path& path, const std::string& name);

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_ROCKS_TESTING_H_
