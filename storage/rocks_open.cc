#include "storage/rocks_open.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>
#include <sys/stat.h>

#include <system_error>
#include <utility>

namespace daftar::storage {
namespace {

bool EndsWith(const std::string& text, std::string_view ending) {
  return text.size() >= ending.size() &&
         text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}
bool Contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Notes a failed sync of the write-ahead log, which RocksDB's status does not tell from a failed
// append: after an append that failed, the record is torn and never replayed; after a sync that
// failed, it may be.
class WalWatch final : public rocksdb::EventListener {
 public:
  explicit WalWatch(std::shared_ptr<std::atomic<bool>> failed) : failed_(std::move(failed)) {}
  bool ShouldBeNotifiedOnFileIO() override { return true; }
  void OnIOError(const rocksdb::IOErrorInfo& info) override {
    using Operation = rocksdb::FileOperationType;
    const bool sync = info.operation == Operation::kSync || info.operation == Operation::kFsync ||
                      info.operation == Operation::kRangeSync;
    if (sync && EndsWith(info.file_path, ".log")) failed_->store(true);
  }
  // The writing thread resumes the engine when it next has something to write; a background thread
  // that polls the disk would keep it out for seconds after there is room again.
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status error,
                            bool* auto_recovery) override {
    error.PermitUncheckedError();
    *auto_recovery = false;
  }

 private:
  const std::shared_ptr<std::atomic<bool>> failed_;
};

rocksdb::BlockBasedTableOptions TableOptions(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  // Index and filters live in the bounded cache, in parts: a whole-file filter of a large table
  // would not fit a cache shard and be read anew for every key.
  table.cache_index_and_filter_blocks = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.pin_top_level_index_and_filter = true;
  return table;
}

rocksdb::ColumnFamilyOptions ColumnOptions(
    const std::shared_ptr<rocksdb::TableFactory>& tables,
    const std::shared_ptr<rocksdb::TablePropertiesCollectorFactory>& deletions) {
  rocksdb::ColumnFamilyOptions options;
  options.table_factory = tables;
  options.compression = rocksdb::kLZ4Compression;
  options.write_buffer_size = 8 << 20;
  options.arena_block_size = 256 << 10;  // twenty columns, most of them small
  options.target_file_size_base = 64 << 20;
  options.table_properties_collector_factories.push_back(deletions);
  return options;
}

rocksdb::DBOptions DatabaseOptions(const RocksOptions& options,
                                   const std::shared_ptr<std::atomic<bool>>& wal_sync_failed) {
  rocksdb::DBOptions db;
  if (options.env_for_tests != nullptr) db.env = options.env_for_tests;
  db.create_if_missing = true;  // whether it may be was decided before
  // The default mode drops acknowledged, synced writes in silence after one flipped bit;
  // kAbsoluteConsistency refuses what a plain crash leaves. See docs/storage.md.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  db.track_and_verify_wals_in_manifest = true;
  db.paranoid_checks = true;
  db.max_open_files = 256;
  db.max_background_jobs = 2;
  db.db_write_buffer_size = 48 << 20;
  db.max_total_wal_size = 64 << 20;
  // A manifest names the first and the last key of each file that ever was: it is begun anew with
  // each change of the files, of which there are few, so that no erased key stays in it.
  db.max_manifest_file_size = 1;
  db.manifest_preallocation_size = 64 << 10;
  db.bytes_per_sync = 1 << 20;
  db.avoid_unnecessary_blocking_io = true;
  // After an I/O error this project decides what happens next, not a background retry.
  db.max_bgerror_resume_count = 0;
  db.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  db.max_log_file_size = 1 << 20;
  db.keep_log_file_num = 3;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.listeners.push_back(std::make_shared<WalWatch>(wal_sync_failed));
  return db;
}

enum class Presence { kAbsent, kPresent };

// Whether there is a database at `path`, before RocksDB is asked: it would begin an empty one
// beside the remains of a damaged one.
absl::StatusOr<Presence> Look(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return Presence::kAbsent;
  if (error == std::errc::permission_denied) {
    return absl::PermissionDeniedError("the database directory " + path.string() +
                                       " may not be read by this user");
  }
  if (error) {
    return absl::UnavailableError("cannot examine " + path.string() + ": " + error.message());
  }
  if (status.type() != std::filesystem::file_type::directory) {
    return absl::InvalidArgumentError(path.string() + " is not a directory");
  }
  bool current = false;
  std::string remains;
  std::filesystem::directory_iterator files(path, error);
  for (; !error && files != std::filesystem::directory_iterator(); files.increment(error)) {
    const std::string name = files->path().filename().string();
    if (name == "CURRENT") current = true;
    if (EndsWith(name, ".sst") || EndsWith(name, ".log")) remains = name;
  }
  if (error == std::errc::permission_denied) {
    return absl::PermissionDeniedError("the database directory " + path.string() +
                                       " may not be read by this user");
  }
  if (error) {
    return absl::UnavailableError("cannot list " + path.string() + ": " + error.message());
  }
  if (current) return Presence::kPresent;
  if (remains.empty()) return Presence::kAbsent;
  return DamagedDatabase(path, "the file CURRENT is missing although " + remains + " is there");
}

// RocksDB names the file where it knows it; while opening, a checksum without a file name comes
// from the write-ahead log.
std::string Culprit(const std::string& detail) {
  if (Contains(detail, ".sst") || Contains(detail, "Sst")) return "a table file is damaged";
  if (Contains(detail, "MANIFEST")) return "the list of its files (MANIFEST) is damaged";
  if (Contains(detail, "CURRENT")) return "the file CURRENT is damaged";
  if (Contains(detail, "WAL") || Contains(detail, ".log")) {
    return "the write-ahead log is damaged or a part of it is missing";
  }
  return "the write-ahead log or the list of files is damaged";
}

absl::Status OpenFailed(const rocksdb::Status& status, const std::filesystem::path& path) {
  const std::string detail = status.ToString();
  if (Contains(detail, "Permission denied") || Contains(detail, "Read-only file system")) {
    return absl::PermissionDeniedError("the database in " + path.string() +
                                       " may not be read and written by this user (" + detail +
                                       "); check the owner and mode of the directory");
  }
  if (Contains(detail, "lock file") || Contains(detail, "lock hold by current process")) {
    return absl::FailedPreconditionError("the database in " + path.string() +
                                         " is open in another process; stop it first (" + detail +
                                         ")");
  }
  if (status.IsNoSpace()) {
    return absl::ResourceExhaustedError("the disk that holds " + path.string() +
                                        " is full; free some space and try again");
  }
  if (status.IsCorruption()) return DamagedDatabase(path, Culprit(detail) + " (" + detail + ")");
  if (status.IsPathNotFound() || Contains(detail, "No such file")) {
    return DamagedDatabase(path, "a file of it is missing (" + detail + ")");
  }
  return absl::UnavailableError("the database in " + path.string() + " does not open: " + detail);
}

bool IsKnownColumn(const std::string& name) {
  if (name == rocksdb::kDefaultColumnFamilyName) return true;
  for (size_t i = 0; i < kColumnCount; ++i) {
    if (name == ColumnName(static_cast<Column>(i))) return true;
  }
  return false;
}

// The columns that the database has; FailedPrecondition when it has one this program does not know.
absl::StatusOr<std::vector<std::string>> ListColumns(const rocksdb::DBOptions& options,
                                                     const std::filesystem::path& path) {
  std::vector<std::string> names;
  const rocksdb::Status listed = rocksdb::DB::ListColumnFamilies(options, path.string(), &names);
  if (!listed.ok()) return OpenFailed(listed, path);
  for (const std::string& name : names) {
    if (IsKnownColumn(name)) continue;
    return absl::FailedPreconditionError(
        "the database in " + path.string() + " was written by a newer version (it has a column " +
        name + " that this one does not know); install that version again");
  }
  return names;
}

void Adopt(rocksdb::ColumnFamilyHandle* handle, RocksHandles& handles) {
  for (size_t i = 0; i < kColumnCount; ++i) {
    if (handle->GetName() == ColumnName(static_cast<Column>(i))) handles.columns.at(i) = handle;
  }
  if (handle->GetName() == rocksdb::kDefaultColumnFamilyName) handles.default_column = handle;
}

// Adds the columns that a new or older database lacks. All at once: one by one, RocksDB writes its
// options file twenty times.
rocksdb::Status AddMissingColumns(const rocksdb::ColumnFamilyOptions& options,
                                  RocksHandles& handles) {
  std::vector<std::string> missing;
  for (size_t i = 0; i < kColumnCount; ++i) {
    if (handles.columns.at(i) == nullptr) missing.emplace_back(ColumnName(static_cast<Column>(i)));
  }
  if (missing.empty()) return rocksdb::Status::OK();
  std::vector<rocksdb::ColumnFamilyHandle*> created;
  rocksdb::Status status = handles.db->CreateColumnFamilies(options, missing, &created);
  for (rocksdb::ColumnFamilyHandle* handle : created) Adopt(handle, handles);
  return status;
}

absl::Status CreateDirectory(const std::filesystem::path& path) {
  std::error_code error;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  if (!error && (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST)) return absl::OkStatus();
  if (!error) error = std::error_code(errno, std::generic_category());
  const std::string message =
      "cannot create the database directory " + path.string() + ": " + error.message();
  if (error == std::errc::permission_denied || error == std::errc::read_only_file_system) {
    return absl::PermissionDeniedError(message);
  }
  if (error == std::errc::no_space_on_device) return absl::ResourceExhaustedError(message);
  return absl::UnavailableError(message);
}

}  // namespace

RocksHandles::~RocksHandles() {
  if (db == nullptr) return;
  {
    MutexLock lock(mutex);
    for (const rocksdb::Snapshot* snapshot : snapshots) db->ReleaseSnapshot(snapshot);
  }
  for (rocksdb::ColumnFamilyHandle* handle : columns) {
    if (handle != nullptr) db->DestroyColumnFamilyHandle(handle);
  }
  if (default_column != nullptr) db->DestroyColumnFamilyHandle(default_column);
  db->Close().PermitUncheckedError();  // everything acknowledged is in the synced log already
  delete db;
}

const rocksdb::Snapshot* RocksHandles::TakeSnapshot() {
  const rocksdb::Snapshot* snapshot = db->GetSnapshot();
  MutexLock lock(mutex);
  snapshots.insert(snapshot);
  return snapshot;
}

void RocksHandles::ReleaseSnapshot(const rocksdb::Snapshot* snapshot) {
  {
    MutexLock lock(mutex);
    snapshots.erase(snapshot);
  }
  db->ReleaseSnapshot(snapshot);
}

absl::StatusOr<std::unique_ptr<RocksHandles>> OpenRocks(const RocksOptions& options) {
  const auto presence = Look(options.path);
  if (!presence.ok()) return presence.status();
  if (*presence == Presence::kAbsent && !options.create_if_missing) {
    return absl::NotFoundError(
        "there is no database in " + options.path.string() +
        ". Put it back: from where it was moved to, or from the newest backup (only db/; leave "
        "keystore and high-water as they are); docs/storage.md, 'A damaged database', has the "
        "steps");
  }
  auto handles = std::make_unique<RocksHandles>();
  handles->wal_sync_failed = std::make_shared<std::atomic<bool>>(false);
  const rocksdb::DBOptions db_options = DatabaseOptions(options, handles->wal_sync_failed);
  std::vector<std::string> names = {rocksdb::kDefaultColumnFamilyName};
  if (*presence == Presence::kPresent) {
    auto listed = ListColumns(db_options, options.path);
    if (!listed.ok()) return listed.status();
    names = *std::move(listed);
  } else {
    absl::Status created = CreateDirectory(options.path);
    if (!created.ok()) return created;
  }

  const std::shared_ptr<rocksdb::TableFactory> tables(rocksdb::NewBlockBasedTableFactory(
      TableOptions(rocksdb::NewLRUCache(options.block_cache_bytes))));
  // Bodies, queue rows and tokens are deleted in runs; compact where tombstones gather.
  const auto deletions = rocksdb::NewCompactOnDeletionCollectorFactory(1000, 250, 0.5);
  const rocksdb::ColumnFamilyOptions column_options = ColumnOptions(tables, deletions);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  descriptors.reserve(names.size());
  for (const std::string& name : names) descriptors.emplace_back(name, column_options);
  std::vector<rocksdb::ColumnFamilyHandle*> opened;
  rocksdb::Status status =
      rocksdb::DB::Open(db_options, options.path.string(), descriptors, &opened, &handles->db);
  if (!status.ok()) return OpenFailed(status, options.path);
  for (rocksdb::ColumnFamilyHandle* handle : opened) Adopt(handle, *handles);
  status = AddMissingColumns(column_options, *handles);
  if (!status.ok()) return OpenFailed(status, options.path);
  return handles;
}

absl::Status FromRocks(const rocksdb::Status& status, const std::string& doing) {
  if (status.ok()) return absl::OkStatus();
  const std::string detail = status.ToString();
  if (status.IsCorruption()) {
    return absl::DataLossError("the database is damaged, found while " + doing + " (" + detail +
                               "); stop the node and see docs/storage.md, 'A damaged database'");
  }
  if (status.IsNoSpace()) {
    return absl::ResourceExhaustedError("the disk that holds the database is full, found while " +
                                        doing + "; free some space, nothing else needs doing");
  }
  return absl::UnavailableError("the database failed while " + doing + ": " + detail);
}

absl::Status DamagedDatabase(const std::filesystem::path& path, const std::string& what) {
  return absl::DataLossError(
      "the database in " + path.string() + " is damaged: " + what +
      ". Nothing was changed and nothing will be signed. Restore db/, and only db/, from the "
      "newest backup there is, and leave keystore and high-water as they are; docs/storage.md, 'A "
      "damaged database', has the steps");
}

}  // namespace daftar::storage
