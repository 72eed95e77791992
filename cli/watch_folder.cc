#include "cli/watch_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "cli/console.h"
#include "cli/files.h"

namespace daftar::cli {
namespace {

constexpr char kLock[] = "lock";
constexpr mode_t kOwnerOnly = 0600;
constexpr mode_t kFolderMode = 0700;

absl::Status Because(const std::string& what, int error) {
  const std::string message =
      what + ": " + std::error_code(error, std::generic_category()).message();
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return absl::NotFoundError(message);
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(message);
    case ENOSPC:
    case EDQUOT:
      return absl::ResourceExhaustedError(message);
    default:
      return absl::UnavailableError(message);
  }
}

// Closes what it holds.
class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return descriptor_; }
  int Release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<WatchFolder>> WatchFolder::Open(const std::string& path) {
  if (::mkdir(path.c_str(), kFolderMode) != 0 && errno != EEXIST) {
    return Because("cannot make the folder " + path, errno);
  }
  Descriptor lock(
      ::open((path + "/" + kLock).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kOwnerOnly));
  if (lock.get() < 0) return Because("cannot use the folder " + path, errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return Because("cannot lock the folder " + path, errno);
    return absl::FailedPreconditionError("another watch uses " + path +
                                         "; end it, or name another folder with --state");
  }
  return std::unique_ptr<WatchFolder>(new WatchFolder(path, lock.Release()));
}

WatchFolder::~WatchFolder() { ::close(lock_); }

absl::StatusOr<std::vector<audit::WatchedLog>> WatchFolder::Load() const {
  std::error_code error;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator it(path_, error), end; !error && it != end;
       it.increment(error)) {
    std::string name = it->path().filename().string();
    if (name.ends_with(audit::kRecordSuffix)) names.push_back(std::move(name));
  }
  if (error) return Because("cannot read the folder " + path_, error.value());
  if (names.size() > kMaxWatchRecords) {
    return absl::DataLossError(path_ + " has more than " + std::to_string(kMaxWatchRecords) +
                               " records; name another folder with --state");
  }
  std::ranges::sort(names);
  std::vector<audit::WatchedLog> logs;
  std::istream nothing(nullptr);
  std::ostream nowhere(nullptr);
  Console none{nothing, nowhere, nowhere};
  for (const std::string& name : names) {
    auto bytes = ReadWhole(PathOf(name), "record", audit::kMaxRecordBytes, none);
    if (!bytes.ok()) return bytes.status();
    auto log = audit::WatchedLog::Decode(*bytes);
    if (log.ok() && name == audit::FileStem(log->origin) + std::string(audit::kRecordSuffix)) {
      logs.push_back(*std::move(log));
      continue;
    }
    return absl::DataLossError(
        "the record " + PathOf(name) +
        " cannot be used: " + (log.ok() ? "it has another log's name" : MessageOf(log.status())) +
        "; put a good copy in its place, or move it away: the watch then begins anew with that "
        "log and no longer knows the heads that it saw");
  }
  return logs;
}

size_t WatchFolder::Count(std::string_view begin, std::string_view end) const {
  std::error_code error;
  size_t count = 0;
  for (std::filesystem::directory_iterator it(path_, error), last; !error && it != last;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with(begin) && name.ends_with(end)) ++count;
  }
  return count;
}

absl::Status WatchFolder::Write(const std::string& name, std::string_view bytes) const {
  const std::string path = PathOf(name);
  const std::string beside = path + ".new";
  {
    const Descriptor file(
        ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, kOwnerOnly));
    if (file.get() < 0) return Because("cannot write " + path, errno);
    while (!bytes.empty()) {
      const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return Because("cannot write " + path, errno);
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    if (::fchmod(file.get(), kOwnerOnly) != 0 || ::fsync(file.get()) != 0) {
      return Because("cannot write " + path, errno);
    }
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return Because("cannot write " + path, errno);
  const Descriptor folder(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) {
    return Because("cannot write " + path, errno);
  }
  return absl::OkStatus();
}

}  // namespace daftar::cli
