// The folder in which a watch remembers: one small file for each log, files of evidence, and a lock
// that keeps a second watch out.
#ifndef DAFTAR_CLI_WATCH_FOLDER_H_
#define DAFTAR_CLI_WATCH_FOLDER_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "node/audit/watch_record.h"

namespace daftar::cli {

inline constexpr size_t kMaxWatchRecords = 1024;

// One thread.
class WatchFolder {
 public:
  // Makes the folder, for its owner alone, when it is not there (its parent must be). NotFound,
  // PermissionDenied, Unavailable; FailedPrecondition while another watch uses it.
  static absl::StatusOr<std::unique_ptr<WatchFolder>> Open(const std::string& path);
  ~WatchFolder();
  WatchFolder(const WatchFolder&) = delete;
  WatchFolder& operator=(const WatchFolder&) = delete;

  // All records. DataLoss for one that is damaged, with its name and what to do.
  absl::StatusOr<std::vector<audit::WatchedLog>> Load() const;

  // Makes `name` hold exactly these bytes, mode 0600: the old file stays whole until the new one
  // is, also through a loss of power. ResourceExhausted, PermissionDenied, Unavailable.
  absl::Status Write(const std::string& name, std::string_view bytes) const;

  // How many files have a name with this beginning and end; those that could be listed.
  size_t Count(std::string_view begin, std::string_view end) const;

  std::string PathOf(const std::string& name) const { return path_ + "/" + name; }

 private:
  WatchFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  const std::string path_;
  const int lock_;
};

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_WATCH_FOLDER_H_
