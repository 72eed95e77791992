#include "storage/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "storage/posix.h"

namespace daftar::storage {
namespace {

absl::Status CheckMode(const struct stat& info, const std::filesystem::path& path,
                       FileAccess access) {
  const mode_t forbidden = access == FileAccess::kOwnerOnly   ? 077
                           : access == FileAccess::kNotOthers ? 007
                                                              : 0;
  if ((info.st_mode & forbidden) == 0) return absl::OkStatus();
  return absl::PermissionDeniedError(path.string() +
                                     " can be read or written by other users; run `chmod 600 " +
                                     path.string() + "` and consider its content known to them");
}

std::filesystem::path ParentOf(const std::filesystem::path& path) {
  const std::filesystem::path parent = path.parent_path();
  return parent.empty() ? std::filesystem::path(".") : parent;
}

// Everything up to the rename, at `beside`.
absl::Status WriteBeside(const std::filesystem::path& beside, crypto::ByteView bytes, mode_t mode,
                         FileHook* hook) {
  int opened = -1;
  absl::Status status = Step(hook, FileStep::kCreate, [&] {
    // A left-over of an earlier crash may have another mode or owner: never write into it.
    if (::unlink(beside.c_str()) != 0 && errno != ENOENT) {
      return FromErrno(errno, "cannot remove", beside);
    }
    opened = OpenRetrying(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
    if (opened < 0) return FromErrno(errno, "cannot create", beside);
    return absl::OkStatus();
  });
  const Descriptor file(opened);
  if (!status.ok()) return status;
  status = Step(hook, FileStep::kWrite, [&] {
    // The umask may have taken bits away; nothing may add any.
    if (::fchmod(file.get(), mode) != 0) return FromErrno(errno, "cannot set the mode of", beside);
    return WriteAll(file.get(), bytes, beside);
  });
  if (!status.ok()) return status;
  return Step(hook, FileStep::kSyncFile, [&] {
    if (::fsync(file.get()) != 0) return FromErrno(errno, "cannot sync", beside);
    return absl::OkStatus();
  });
}

std::string ReadLockHolder(int descriptor) {
  char text[32] = {};
  const ssize_t count = ::pread(descriptor, text, sizeof(text) - 1, 0);
  std::string holder;
  for (ssize_t i = 0; i < count && text[i] >= '0' && text[i] <= '9'; ++i) holder += text[i];
  return holder.empty() ? "another process" : "process " + holder;
}

}  // namespace

absl::StatusOr<crypto::Bytes> ReadFile(const std::filesystem::path& path, size_t max_bytes,
                                       FileAccess access) {
  // Not blocking: a pipe in place of the file must not hang the start.
  const Descriptor file(OpenRetrying(path, O_RDONLY | O_NONBLOCK, 0));
  if (file.get() < 0) return FromErrno(errno, "cannot open", path);
  struct stat info = {};
  if (::fstat(file.get(), &info) != 0) return FromErrno(errno, "cannot examine", path);
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(path.string() + " is not a regular file");
  }
  absl::Status mode = CheckMode(info, path, access);
  if (!mode.ok()) return mode;
  if (info.st_size < 0 || static_cast<uint64_t>(info.st_size) > max_bytes) {
    return absl::ResourceExhaustedError(path.string() + " has " + std::to_string(info.st_size) +
                                        " bytes, more than the " + std::to_string(max_bytes) +
                                        " allowed here");
  }
  // One allocation of the right size, so that a secret leaves no copies behind by growing.
  crypto::Bytes bytes(static_cast<size_t>(info.st_size));
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::read(file.get(), bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return FromErrno(errno, "cannot read", path);
    if (count == 0) break;
    done += static_cast<size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

absl::Status AtomicWriteFile(const std::filesystem::path& path, crypto::ByteView bytes, mode_t mode,
                             FileHook* hook) {
  std::filesystem::path beside = path;
  beside += ".new";
  absl::Status status = WriteBeside(beside, bytes, mode, hook);
  if (status.ok()) {
    status = Step(hook, FileStep::kRename, [&] {
      if (::rename(beside.c_str(), path.c_str()) != 0) {
        return FromErrno(errno, "cannot replace", path);
      }
      return absl::OkStatus();
    });
  }
  if (!status.ok()) {
    ::unlink(beside.c_str());
    return status;
  }
  return Step(hook, FileStep::kSyncDirectory, [&] { return SyncDirectory(ParentOf(path)); });
}

absl::StatusOr<std::unique_ptr<DirectoryLock>> DirectoryLock::Acquire(
    const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / kLockFileName;
  Descriptor file(OpenRetrying(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600));
  if (file.get() < 0) return FromErrno(errno, "cannot open", path);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return FromErrno(errno, "cannot lock", path);
    return absl::FailedPreconditionError(
        directory.string() + " is in use by " + ReadLockHolder(file.get()) +
        "; one directory serves one daemon at a time: stop the other or choose another directory");
  }
  // The number only helps the message above; failing to note it does not weaken the lock.
  const std::string holder = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.get(), 0) == 0) {
    (void)WriteAll(file.get(), crypto::AsBytes(holder), path);
  }
  return std::unique_ptr<DirectoryLock>(new DirectoryLock(file.Release()));
}

DirectoryLock::~DirectoryLock() { ::close(descriptor_); }

}  // namespace daftar::storage
