#include "storage/rocks_engine.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <chrono>
#include <string>
#include <utility>

#include "storage/rocks_read.h"

namespace daftar::storage {
namespace {

// How long a write waits for reads that are under way, before it asks the caller to come again.
constexpr std::chrono::milliseconds kCloseWait{2000};
// What must fit on the disk, besides the write-ahead logs once more, before it counts as having
// room again.
constexpr uint64_t kProbeMarginBytes = 4 << 20;
constexpr size_t kProbePieceBytes = 64 << 10;
constexpr char kProbeFile[] = "room.probe";

absl::Status Merge(const RocksHandles& handles, const Batch& batch, rocksdb::WriteBatch& merged) {
  for (const Batch::Operation& operation : batch.operations()) {
    rocksdb::ColumnFamilyHandle* column = handles.column(operation.address.column);
    const rocksdb::Slice key = AsSlice(operation.address.key);
    const rocksdb::Status status = operation.value.has_value()
                                       ? merged.Put(column, key, AsSlice(*operation.value))
                                       : merged.Delete(column, key);
    if (!status.ok()) return FromRocks(status, "collecting a write");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RocksEngine::Open() {
  absl::Status opened = OpenOnce().status();
  if (!opened.ok()) return opened;
  return CheckFormat();
}

absl::StatusOr<std::shared_ptr<RocksHandles>> RocksEngine::Lend() {
  auto handles = OpenOnce();
  if (!absl::IsResourceExhausted(handles.status())) return handles;
  return absl::UnavailableError("the database in " + options_.path.string() +
                                " is being opened again after the disk was full; try again");
}

absl::Status RocksEngine::Prepare() {
  if (disk_was_full_) {
    // Where there is no room the database stays open: it still answers reads, and Apply refuses.
    if (!CheckReserve().ok() || !Probe().ok()) return absl::OkStatus();
    Close();
  }
  {
    // For reads that still use the closed one, or for a read that is opening it.
    MutexLock lock(mutex_);
    if (handles_ == nullptr && in_use_) changed_.WaitFor(mutex_, kCloseWait);
  }
  return OpenOnce().status();
}

absl::Status RocksEngine::Apply(std::span<const Batch* const> batches) {
  absl::Status room = disk_was_full_ ? Full() : CheckReserve();
  if (!room.ok()) return room;
  const auto handles = OpenOnce();
  if (!handles.ok()) return handles.status();
  rocksdb::WriteBatch merged;
  for (const Batch* batch : batches) {
    absl::Status added = Merge(**handles, *batch, merged);
    if (!added.ok()) return added;
  }
  return Sync(**handles, merged);
}

absl::StatusOr<std::shared_ptr<RocksHandles>> RocksEngine::OpenOnce() {
  bool failed_before = false;
  {
    MutexLock lock(mutex_);
    if (handles_ != nullptr) return handles_;
    if (!failure_.ok()) return failure_;
    failed_before = next_try_.has_value();
    if (in_use_ || (failed_before && std::chrono::steady_clock::now() < *next_try_)) {
      return absl::ResourceExhaustedError(
          "the disk was full; the database in " + options_.path.string() +
          " is opened again as soon as the reads that are under way have ended and there is room: "
          "nothing was written, try again");
    }
    in_use_ = true;  // keeps every other thread from opening
  }
  // RocksDB leaves table files behind where it runs out of space half-way, and removes them when it
  // opens. Without the probe, one attempt after the other would use up what is being freed.
  const absl::Status room = failed_before ? Probe() : absl::OkStatus();
  auto opened = room.ok() ? OpenRocks(options_) : room;
  MutexLock lock(mutex_);
  changed_.NotifyAll();
  if (!opened.ok()) {
    in_use_ = false;
    next_try_ = std::chrono::steady_clock::now() + options_.reopen_interval;
    // Only space comes back by itself. A damaged database is not read again and again.
    if (!absl::IsResourceExhausted(opened.status())) failure_ = opened.status();
    return opened.status();
  }
  next_try_.reset();
  // Whoever returns the handles last closes the database.
  handles_ = std::shared_ptr<RocksHandles>(opened->release(), [this](RocksHandles* handles) {
    delete handles;
    MutexLock closing(mutex_);
    in_use_ = false;
    changed_.NotifyAll();
  });
  return handles_;
}

void RocksEngine::Close() {
  std::shared_ptr<RocksHandles> old;
  {
    MutexLock lock(mutex_);
    old.swap(handles_);
  }
  // Outside the mutex, which the last owner takes to say that it has closed.
  old.reset();
  disk_was_full_ = false;
}

absl::Status RocksEngine::CheckFormat() {
  const auto handles = Lend();
  if (!handles.ok()) return handles.status();
  const auto row = RocksGet(**handles, nullptr, Column::kMeta, crypto::AsBytes(kFormatKey));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return BeginFormat(**handles);
  crypto::Reader bytes(**row);
  const uint32_t format = bytes.U32();
  if (!bytes.Finish("format").ok() || format == 0) {
    return DamagedDatabase(options_.path, "its format version is unreadable");
  }
  if (format <= kDatabaseFormat) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "the database in " + options_.path.string() + " was written by a newer version (format " +
      std::to_string(format) + "; this one knows up to " + std::to_string(kDatabaseFormat) +
      "); install that version again");
}

absl::Status RocksEngine::BeginFormat(const RocksHandles& handles) {
  for (size_t i = 0; i < kColumnCount; ++i) {
    bool empty = true;
    absl::Status scanned =
        RocksScan(handles, nullptr, static_cast<Column>(i), {}, {}, [&](ByteView, ByteView) {
          empty = false;
          return false;
        });
    if (!scanned.ok()) return scanned;
    if (!empty) return DamagedDatabase(options_.path, "its format version is missing");
  }
  Batch batch;
  batch.Put(Column::kMeta, crypto::ToBytes(kFormatKey),
            crypto::Writer().U32(kDatabaseFormat).Take());
  const Batch* const only = &batch;
  absl::Status written = Apply({&only, 1});
  if (!written.ok()) return written;
  // Into a table file, so that a write-ahead log lost later does not make this look new.
  return FromRocks(handles.db->Flush(rocksdb::FlushOptions(), handles.column(Column::kMeta)),
                   "creating the database");
}

absl::Status RocksEngine::Purge(std::span<const Column> columns) {
  const auto lent = Lend();
  if (!lent.ok()) return lent.status();
  const RocksHandles& handles = **lent;
  // Better not begun than broken off: rewriting needs room.
  if (absl::Status reserve = CheckReserve(); !reserve.ok()) return reserve;
  // Of all columns: a write-ahead log goes when no column needs it any more.
  std::vector<rocksdb::ColumnFamilyHandle*> all;
  all.reserve(kColumnCount);
  for (size_t i = 0; i < kColumnCount; ++i) all.push_back(handles.column(static_cast<Column>(i)));
  rocksdb::Status status = handles.db->Flush(rocksdb::FlushOptions(), all);
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  for (const Column column : columns) {
    if (!status.ok()) break;
    status = handles.db->CompactRange(options, handles.column(column), nullptr, nullptr);
  }
  return FromRocks(status, "rewriting what was deleted");
}

absl::Status RocksEngine::CheckReserve() const {
  if (options_.min_free_bytes == 0) return absl::OkStatus();
  rocksdb::Env* env =
      options_.env_for_tests != nullptr ? options_.env_for_tests : rocksdb::Env::Default();
  uint64_t free = 0;
  // Where the file system cannot tell, the engine's own error has to do.
  if (!env->GetFreeSpace(options_.path.string(), &free).ok()) return absl::OkStatus();
  return free < options_.min_free_bytes ? Full() : absl::OkStatus();
}

// Whether data really goes onto the disk again, as much as opening may write. Free space as told
// does not know of quotas.
absl::Status RocksEngine::Probe() const {
  rocksdb::Env* env =
      options_.env_for_tests != nullptr ? options_.env_for_tests : rocksdb::Env::Default();
  uint64_t needed = kProbeMarginBytes;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(options_.path, ignored)) {
    if (entry.path().extension() == ".log") needed += entry.file_size(ignored);
  }
  const std::string name = (options_.path / kProbeFile).string();
  std::unique_ptr<rocksdb::WritableFile> file;
  rocksdb::Status status = env->NewWritableFile(name, &file, rocksdb::EnvOptions());
  const std::string piece(kProbePieceBytes, '\xa5');
  for (uint64_t written = 0; status.ok() && written < needed; written += piece.size()) {
    status = file->Append(piece);
  }
  if (status.ok()) status = file->Sync();
  if (file != nullptr) file->Close().PermitUncheckedError();
  env->DeleteFile(name).PermitUncheckedError();
  return status.ok() ? absl::OkStatus() : Full();
}

absl::Status RocksEngine::Sync(const RocksHandles& handles, rocksdb::WriteBatch& merged) {
  rocksdb::WriteOptions options;
  options.sync = true;
  const rocksdb::Status status = handles.db->Write(options, &merged);
  if (status.ok()) return absl::OkStatus();
  if (status.IsNoSpace() && !handles.wal_sync_failed->load()) {
    disk_was_full_ = true;
    return Full();
  }
  if (status.IsCorruption()) return FromRocks(status, "writing");
  return absl::UnavailableError(
      "the database in " + options_.path.string() + " failed while writing (" + status.ToString() +
      "); it is not known whether the last write took place. Nothing more is written until the "
      "node is restarted: check the disk, then restart it");
}

absl::Status RocksEngine::Full() const {
  return absl::ResourceExhaustedError(
      "the disk that holds " + options_.path.string() + " is full (the node leaves " +
      std::to_string(options_.min_free_bytes >> 20) +
      " MiB free); nothing was written: free some space and try again");
}

}  // namespace daftar::storage
