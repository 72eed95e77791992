// The few things this project does with files outside the database: reading a bounded file,
// replacing one so that a crash leaves the old or the new content and never a mixture, and holding
// a directory for one process.
#ifndef DAFTAR_STORAGE_FILES_H_
#define DAFTAR_STORAGE_FILES_H_

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"

namespace daftar::storage {

// Who may read a file that holds something worth stealing.
enum class FileAccess {
  kAnyone,     // no check
  kNotOthers,  // PermissionDenied when others may read or write it
  kOwnerOnly,  // PermissionDenied when the group or others may read or write it
};

// The whole file. NotFound when there is none; ResourceExhausted when it is larger than
// `max_bytes`; PermissionDenied when it may not be read or `access` forbids its mode;
// InvalidArgument when it is not a regular file; Unavailable on an I/O error. Any thread.
absl::StatusOr<crypto::Bytes> ReadFile(const std::filesystem::path& path, size_t max_bytes,
                                       FileAccess access = FileAccess::kAnyone);

// The steps of AtomicWriteFile, in order, and those of scrubbing a sealed file (sealed_files.h).
// Numbered for tables in tests, not stored.
enum class FileStep { kCreate, kWrite, kSyncFile, kRename, kSyncDirectory, kOverwrite, kRemove };

// Lets a test fail a step before it happens ("failed and lost") or after ("failed but persisted").
// Production passes none.
class FileHook {
 public:
  virtual ~FileHook() = default;
  virtual absl::Status Before(FileStep step) = 0;
  virtual absl::Status After(FileStep step) = 0;
};

// Replaces `path` by a file with exactly these bytes and `mode`: written beside as `path`.new,
// fsynced, renamed, directory fsynced. Durable on OK. On an error the old content stands, except
// that after a failed sync of the directory either content may be there.
//   ResourceExhausted  the disk is full
//   PermissionDenied   the directory may not be written
//   NotFound           the directory does not exist
//   Unavailable        any other I/O error
// One thread at a time for one path.
absl::Status AtomicWriteFile(const std::filesystem::path& path, crypto::ByteView bytes,
                             mode_t mode = 0600, FileHook* hook = nullptr);

// Holds `directory`/lock with flock, so that a second daemon on one directory is refused. Released
// on destruction, and by the kernel when the process ends however it ends. The file stays.
class DirectoryLock {
 public:
  // FailedPrecondition naming the other process when it is held; NotFound, PermissionDenied or
  // Unavailable when the lock file cannot be opened.
  static absl::StatusOr<std::unique_ptr<DirectoryLock>> Acquire(
      const std::filesystem::path& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
  const int descriptor_;
};

inline constexpr char kLockFileName[] = "lock";

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_FILES_H_
