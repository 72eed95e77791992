// The high-water file: the newest head this node has signed, outside the database, so that a
// database that was restored, emptied or rolled back is noticed before anything is signed again.
#ifndef DAFTAR_STORAGE_HIGH_WATER_H_
#define DAFTAR_STORAGE_HIGH_WATER_H_

#include <filesystem>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace daftar::storage {

class FileHook;
inline constexpr char kHighWaterFileName[] = "high-water";

// One small file holding a signed note and its checksum. One thread at a time may write; a reader
// meanwhile sees the old or the new content.
class HighWaterFile {
 public:
  // `hook` (storage/files.h) is for tests and must outlive this.
  explicit HighWaterFile(std::filesystem::path path, FileHook* hook = nullptr)
      : path_(std::move(path)), hook_(hook) {}
  // nullopt when there is no file (a new node). DataLoss when it is there but damaged;
  // PermissionDenied or Unavailable when it cannot be read.
  absl::StatusOr<std::optional<std::string>> Read() const;
  // Replaces the content: written beside, fsynced, renamed, directory fsynced. Durable on OK. On an
  // error the old content stands, except that after a failed sync of the directory, or a crash at
  // the wrong moment, either of the two may; so show nothing that the new content covers.
  // InvalidArgument for an empty note or one above kMaxNoteBytes.
  absl::Status Write(const std::string& signed_note);
  // Takes it away, for a log that nothing is signed in any more. Durable on OK, also when there was
  // none. PermissionDenied or Unavailable when it stays.
  absl::Status Remove();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  FileHook* hook_;
};

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_HIGH_WATER_H_
