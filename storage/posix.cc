#include "storage/posix.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace daftar::storage {

Descriptor::~Descriptor() {
  if (value_ >= 0) ::close(value_);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (value_ >= 0) ::close(value_);
    value_ = other.Release();
  }
  return *this;
}

int Descriptor::Release() {
  const int value = value_;
  value_ = -1;
  return value;
}

absl::Status FromErrno(int error, const std::string& what, const std::filesystem::path& path) {
  const std::string message =
      what + " " + path.string() + ": " + std::generic_category().message(error);
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
    case EFBIG:
      return absl::ResourceExhaustedError(message + "; free some space and try again");
    default:
      return absl::UnavailableError(message);
  }
}

int OpenRetrying(const std::filesystem::path& path, int flags, mode_t mode) {
  int descriptor;
  do {
    descriptor = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (descriptor < 0 && errno == EINTR);
  return descriptor;
}

absl::Status WriteAll(int descriptor, crypto::ByteView bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return FromErrno(errno, "cannot write", path);
    }
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status SyncDirectory(const std::filesystem::path& directory) {
  const Descriptor descriptor(OpenRetrying(directory, O_RDONLY | O_DIRECTORY, 0));
  if (descriptor.get() < 0) return FromErrno(errno, "cannot open", directory);
  if (::fsync(descriptor.get()) != 0) return FromErrno(errno, "cannot sync", directory);
  return absl::OkStatus();
}

}  // namespace daftar::storage
