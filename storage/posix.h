// Internal to storage/: the system's calls for files, with this project's words for what goes
// wrong. Include only from storage/*.cc.
#ifndef DAFTAR_STORAGE_POSIX_H_
#define DAFTAR_STORAGE_POSIX_H_

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "crypto/bytes.h"
#include "storage/files.h"

namespace daftar::storage {

// A descriptor that is closed when it goes; negative: none.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&& other) noexcept : value_(other.Release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  int get() const { return value_; }
  int Release();

 private:
  int value_ = -1;
};

// "WHAT PATH: the system's words", with the status that storage/files.h documents for it.
absl::Status FromErrno(int error, const std::string& what, const std::filesystem::path& path);
// open(2) with O_CLOEXEC, again when a signal came between.
int OpenRetrying(const std::filesystem::path& path, int flags, mode_t mode);
absl::Status WriteAll(int descriptor, crypto::ByteView bytes, const std::filesystem::path& path);
absl::Status SyncDirectory(const std::filesystem::path& directory);

// Runs `action` between the hook's two questions.
template <class Action>
absl::Status Step(FileHook* hook, FileStep step, const Action& action) {
  if (hook != nullptr) {
    absl::Status status = hook->Before(step);
    if (!status.ok()) return status;
  }
  absl::Status status = action();
  if (!status.ok() || hook == nullptr) return status;
  return hook->After(step);
}

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_POSIX_H_
