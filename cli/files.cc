#include "cli/files.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace daftar::cli {
namespace {

constexpr size_t kPiece = 64 << 10;  // bytes read at once

absl::Status CannotOpen(const std::string& file, const char* what, int error) {
  const std::string message = std::string("cannot read the ") + what + " " + file + ": " +
                              std::error_code(error, std::generic_category()).message();
  if (error == EACCES) return absl::PermissionDeniedError(message);
  return absl::NotFoundError(message);
}

// At most one byte more than `max_bytes`, and no more memory than there is to read.
std::string ReadUpTo(std::istream& in, size_t max_bytes) {
  std::string text;
  while (in && text.size() <= max_bytes) {
    const size_t before = text.size();
    const size_t want = std::min(kPiece, max_bytes + 1 - before);
    text.resize(before + want);
    in.read(text.data() + before, static_cast<std::streamsize>(want));
    text.resize(before + static_cast<size_t>(in.gcount()));
  }
  return text;
}

// REQUIRES plain files of one size. Files that differ mostly do so in the first piece.
bool SameBytes(const std::string& a, const std::string& b) {
  std::ifstream first(a, std::ios::binary);
  std::ifstream second(b, std::ios::binary);
  std::string left(kPiece, '\0');
  std::string right(kPiece, '\0');
  while (first && second) {
    first.read(left.data(), static_cast<std::streamsize>(kPiece));
    second.read(right.data(), static_cast<std::streamsize>(kPiece));
    if (first.gcount() != second.gcount() ||
        !std::equal(left.begin(), left.begin() + first.gcount(), right.begin())) {
      return false;
    }
  }
  return first.eof() && second.eof();
}

}  // namespace

std::optional<AlikeFiles> FindAlike(const std::vector<std::string>& files) {
  namespace fs = std::filesystem;
  for (size_t i = 0; i < files.size(); ++i) {
    for (size_t j = i + 1; j < files.size(); ++j) {
      std::error_code error;
      if (fs::equivalent(files[i], files[j], error)) return AlikeFiles{files[i], files[j], true};
      if (!fs::is_regular_file(files[i], error) || !fs::is_regular_file(files[j], error)) continue;
      const uintmax_t size = fs::file_size(files[i], error);
      if (error || size == 0 || size != fs::file_size(files[j], error) || error) continue;
      if (SameBytes(files[i], files[j])) return AlikeFiles{files[i], files[j], false};
    }
  }
  return std::nullopt;
}

absl::StatusOr<std::string> ReadWhole(const std::string& file, const char* what, size_t max_bytes,
                                      Console& console) {
  std::string text;
  if (file == "-") {
    text = ReadUpTo(console.in, max_bytes);
  } else {
    std::error_code error;
    if (std::filesystem::is_directory(file, error)) {
      return absl::InvalidArgumentError(file + " is a folder; name the " + what);
    }
    errno = 0;
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return CannotOpen(file, what, errno);
    text = ReadUpTo(stream, max_bytes);
  }
  if (text.size() > max_bytes) {
    return absl::DataLossError(std::string("the ") + what + " is longer than " +
                               std::to_string(max_bytes) + " bytes, which is the most it can have");
  }
  return text;
}

namespace {

absl::Status CannotMake(const std::string& path, int error) {
  const std::string message =
      "cannot write " + path + ": " + std::error_code(error, std::generic_category()).message();
  switch (error) {
    case EEXIST:
      return absl::AlreadyExistsError(path + " is there already; name another file");
    case ENOENT:
    case ENOTDIR:
      return absl::NotFoundError(message + "; the folder must be there: make it with mkdir");
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(message);
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return absl::ResourceExhaustedError(message);
    default:
      return absl::UnavailableError(message);
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<NewFile>> NewFile::Create(const std::string& path, bool replace) {
  std::error_code error;
  // Asked again when it takes the name; here so that nothing is fetched for nothing.
  const auto there = std::filesystem::symlink_status(path, error).type();
  const bool may_go = replace && there == std::filesystem::file_type::regular;
  if (there != std::filesystem::file_type::not_found && !may_go) return CannotMake(path, EEXIST);
  std::string beside = path + ".part-XXXXXX";
  const int descriptor = ::mkostemp(beside.data(), O_CLOEXEC);
  if (descriptor < 0) return CannotMake(path, errno);
  return std::unique_ptr<NewFile>(new NewFile(path, std::move(beside), descriptor, replace));
}

NewFile::~NewFile() {
  ::close(descriptor_);
  if (!kept_) ::unlink(beside_.c_str());
}

absl::Status NewFile::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return CannotMake(path_, errno);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status NewFile::Keep() {
  if (::fsync(descriptor_) != 0) return CannotMake(path_, errno);
  if (replace_) {
    if (::rename(beside_.c_str(), path_.c_str()) != 0) return CannotMake(path_, errno);
    kept_ = true;
    return absl::OkStatus();
  }
  if (::renameat2(AT_FDCWD, beside_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) == 0) {
    kept_ = true;
    return absl::OkStatus();
  }
  // Not every file system can; a second name does the same there.
  if (errno != EINVAL || ::link(beside_.c_str(), path_.c_str()) != 0) {
    return CannotMake(path_, errno);
  }
  return absl::OkStatus();  // the first name goes with this
}

}  // namespace daftar::cli
