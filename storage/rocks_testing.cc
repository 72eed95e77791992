#include "storage/rocks_testing.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include "storage/mutex.h"

namespace daftar::storage {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

IOStatus Error(DiskFault fault) {
  return fault == DiskFault::kNoSpace ? IOStatus::NoSpace("injected: no space left on device")
                                      : IOStatus::IOError("injected: input/output error");
}  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): a status frees its text

bool IsWal(const std::string& name) {
  return name.size() > 4 && name.compare(name.size() - 4, 4, ".log") == 0;
}

}  // namespace

struct FaultyDisk::State {
  mutable Mutex mutex;
  std::optional<DiskFault> appends DAFTAR_GUARDED_BY(mutex);
  uint64_t torn_bytes DAFTAR_GUARDED_BY(mutex) = 0;
  std::string fill_after DAFTAR_GUARDED_BY(mutex);  // name of a file; empty: no such fault
  uint64_t fill_torn_bytes DAFTAR_GUARDED_BY(mutex) = 0;
  std::optional<DiskFault> syncs DAFTAR_GUARDED_BY(mutex);
  bool reads DAFTAR_GUARDED_BY(mutex) = false;
  std::optional<uint64_t> free_bytes DAFTAR_GUARDED_BY(mutex);
  uint64_t wal_syncs DAFTAR_GUARDED_BY(mutex) = 0;
  std::map<std::string, uint64_t> synced_bytes DAFTAR_GUARDED_BY(mutex);
};

class FaultyDisk::File final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  File(std::unique_ptr<rocksdb::FSWritableFile> file, std::string name,
       std::shared_ptr<State> state)
      : FSWritableFileOwnerWrapper(std::move(file)),
        name_(std::move(name)),
        state_(std::move(state)) {}

  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  IODebugContext* debug) override {
    std::optional<DiskFault> fault;
    size_t allowed = data.size();
    {
      MutexLock lock(state_->mutex);
      if (state_->appends.has_value() && data.size() > state_->torn_bytes) {
        fault = state_->appends;
        allowed = static_cast<size_t>(state_->torn_bytes);
      }
      if (state_->appends.has_value()) state_->torn_bytes -= allowed;
    }
    IOStatus appended = target()->Append(rocksdb::Slice(data.data(), allowed), options, debug);
    if (!appended.ok()) return appended;
    size_ += allowed;
    return fault.has_value() ? Error(*fault) : IOStatus::OK();
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& /*verification*/,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    return Synced(target()->Sync(options, debug));
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Synced(target()->Fsync(options, debug));
  }

 private:
  IOStatus Synced(const IOStatus& status) {
    if (!status.ok()) return status;
    MutexLock lock(state_->mutex);
    if (state_->syncs.has_value()) return Error(*state_->syncs);
    state_->synced_bytes[name_] = size_;
    if (IsWal(name_)) ++state_->wal_syncs;
    return IOStatus::OK();
  }

  const std::string name_;
  const std::shared_ptr<State> state_;
  uint64_t size_ = 0;  // RocksDB gives a file to one thread at a time
};

class FaultyDisk::ReadFile final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  ReadFile(std::unique_ptr<rocksdb::FSRandomAccessFile> file, std::shared_ptr<State> state)
      : FSRandomAccessFileOwnerWrapper(std::move(file)), state_(std::move(state)) {}
  IOStatus Read(uint64_t offset, size_t size, const IOOptions& options, rocksdb::Slice* result,
                char* scratch, IODebugContext* debug) const override {
    {
      MutexLock lock(state_->mutex);
      if (state_->reads) return Error(DiskFault::kIoError);
    }
    return target()->Read(offset, size, options, result, scratch, debug);
  }
  IOStatus MultiRead(rocksdb::FSReadRequest* requests, size_t count, const IOOptions& options,
                     IODebugContext* debug) override {
    for (size_t i = 0; i < count; ++i) {
      rocksdb::FSReadRequest& request = requests[i];
      request.status =
          Read(request.offset, request.len, options, &request.result, request.scratch, debug);
    }
    return IOStatus::OK();
  }

 private:
  const std::shared_ptr<State> state_;
};

class FaultyDisk::Files final : public rocksdb::FileSystemWrapper {
 public:
  explicit Files(std::shared_ptr<State> state)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), state_(std::move(state)) {}
  const char* Name() const override { return "FaultyDisk"; }

  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext* debug) override {
    {
      MutexLock lock(state_->mutex);
      if (state_->appends.has_value() && state_->torn_bytes == 0) return Error(*state_->appends);
      state_->synced_bytes[name] = 0;
    }
    std::unique_ptr<rocksdb::FSWritableFile> file;
    IOStatus opened = target()->NewWritableFile(name, options, &file, debug);
    if (opened.ok()) *result = std::make_unique<File>(std::move(file), name, state_);
    return opened;
  }
  IOStatus NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& options,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                               IODebugContext* debug) override {
    std::unique_ptr<rocksdb::FSRandomAccessFile> file;
    IOStatus opened = target()->NewRandomAccessFile(name, options, &file, debug);
    if (opened.ok()) *result = std::make_unique<ReadFile>(std::move(file), state_);
    return opened;
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* debug) override {
    IOStatus renamed = target()->RenameFile(from, to, options, debug);
    MutexLock lock(state_->mutex);
    const auto found = state_->synced_bytes.find(from);
    if (renamed.ok() && found != state_->synced_bytes.end()) {
      state_->synced_bytes[to] = found->second;
      state_->synced_bytes.erase(from);
    }
    return renamed;
  }
  IOStatus DeleteFile(const std::string& name, const IOOptions& options,
                      IODebugContext* debug) override {
    {
      MutexLock lock(state_->mutex);
      state_->synced_bytes.erase(name);
      if (std::filesystem::path(name).filename() == state_->fill_after) {
        state_->fill_after.clear();
        state_->appends = DiskFault::kNoSpace;
        state_->torn_bytes = state_->fill_torn_bytes;
      }
    }
    return target()->DeleteFile(name, options, debug);
  }
  IOStatus GetFreeSpace(const std::string& path, const IOOptions& options, uint64_t* free,
                        IODebugContext* debug) override {
    {
      MutexLock lock(state_->mutex);
      if (state_->free_bytes.has_value()) {
        *free = *state_->free_bytes;
        return IOStatus::OK();
      }
    }
    return target()->GetFreeSpace(path, options, free, debug);
  }

 private:
  const std::shared_ptr<State> state_;
};

FaultyDisk::FaultyDisk()
    : state_(std::make_shared<State>()),
      env_(rocksdb::NewCompositeEnv(std::make_shared<Files>(state_))) {}

FaultyDisk::~FaultyDisk() = default;

rocksdb::Env* FaultyDisk::env() { return env_.get(); }

void FaultyDisk::FailAppends(DiskFault fault, uint64_t torn_bytes) {
  MutexLock lock(state_->mutex);
  state_->appends = fault;
  state_->torn_bytes = torn_bytes;
}

void FaultyDisk::FillAfterDeleting(std::string name, uint64_t torn_bytes) {
  MutexLock lock(state_->mutex);
  state_->appends.reset();
  state_->fill_after = std::move(name);
  state_->fill_torn_bytes = torn_bytes;
}

void FaultyDisk::FailSyncs(DiskFault fault) {
  MutexLock lock(state_->mutex);
  state_->syncs = fault;
}

void FaultyDisk::FailReads() {
  MutexLock lock(state_->mutex);
  state_->reads = true;
}

void FaultyDisk::Heal() {
  MutexLock lock(state_->mutex);
  state_->appends.reset();
  state_->fill_after.clear();
  state_->syncs.reset();
  state_->reads = false;
}

void FaultyDisk::SetFreeBytes(std::optional<uint64_t> bytes) {
  MutexLock lock(state_->mutex);
  state_->free_bytes = bytes;
}

uint64_t FaultyDisk::wal_syncs() const {
  MutexLock lock(state_->mutex);
  return state_->wal_syncs;
}

void FaultyDisk::LoseUnsynced() {
  MutexLock lock(state_->mutex);
  for (const auto& file : state_->synced_bytes) {
    std::error_code error;
    const uint64_t size = std::filesystem::file_size(file.first, error);
    if (!error && size > file.second) std::filesystem::resize_file(file.first, file.second, error);
  }
}

bool AddForeignColumn(const std::filesystem::path& path, const std::string& name) {
  std::vector<std::string> names;
  if (!rocksdb::DB::ListColumnFamilies({}, path.string(), &names).ok()) return false;
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  descriptors.reserve(names.size());
  for (const std::string& known : names)
    descriptors.emplace_back(known, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  if (!rocksdb::DB::Open({}, path.string(), descriptors, &handles, &db).ok()) return false;
  rocksdb::ColumnFamilyHandle* added = nullptr;
  const bool created = db->CreateColumnFamily({}, name, &added).ok();
  if (added != nullptr) handles.push_back(added);
  for (rocksdb::ColumnFamilyHandle* handle : handles) db->DestroyColumnFamilyHandle(handle);
  delete db;
  return created;
}

}  // namespace daftar::storage
