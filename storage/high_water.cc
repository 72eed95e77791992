#include "storage/high_water.h"

#include <unistd.h>

#include <cerrno>

#include "crypto/hash.h"
#include "crypto/note.h"
#include "storage/files.h"
#include "storage/posix.h"

namespace daftar::storage {
namespace {

// First line, 64 hexadecimal digits of SHA-256 over the note, LF, the note.
constexpr std::string_view kFirstLine = "daftar high-water v1\n";
constexpr size_t kHeaderBytes = kFirstLine.size() + 2 * crypto::Digest::kSize + 1;

absl::Status Damaged(const std::filesystem::path& path, const std::string& how) {
  return absl::DataLossError(
      "the high-water file " + path.string() + " is damaged (" + how +
      "): without it a database that was rolled back cannot be told from the newest one, so "
      "nothing is signed. Restore the file from a backup made after the last publication; "
      "docs/storage.md, 'A damaged high-water file', has the steps");
}

}  // namespace

absl::StatusOr<std::optional<std::string>> HighWaterFile::Read() const {
  const auto bytes = ReadFile(path_, kHeaderBytes + crypto::kMaxNoteBytes);
  if (absl::IsNotFound(bytes.status())) return std::nullopt;
  if (absl::IsResourceExhausted(bytes.status()) || absl::IsInvalidArgument(bytes.status())) {
    return Damaged(path_,
                   std::string(bytes.status().message().data(), bytes.status().message().size()));
  }
  if (!bytes.ok()) return bytes.status();
  const std::string_view text = crypto::AsText(*bytes);
  if (text.substr(0, kFirstLine.size()) != kFirstLine) {
    return Damaged(path_, "its first line is not that of a high-water file");
  }
  if (text.size() <= kHeaderBytes || text[kHeaderBytes - 1] != '\n') {
    return Damaged(path_, "it is cut short");
  }
  const std::string_view note = text.substr(kHeaderBytes);
  const std::string_view checksum =
      text.substr(kFirstLine.size(), kHeaderBytes - 1 - kFirstLine.size());
  if (crypto::Sha256(crypto::AsBytes(note)).hex() != checksum) {
    return Damaged(path_, "its checksum does not fit");
  }
  return std::string(note);
}

absl::Status HighWaterFile::Write(const std::string& signed_note) {
  if (signed_note.empty() || signed_note.size() > crypto::kMaxNoteBytes) {
    return absl::InvalidArgumentError("a note of " + std::to_string(signed_note.size()) +
                                      " bytes cannot be a high-water mark (1 to " +
                                      std::to_string(crypto::kMaxNoteBytes) + ")");
  }
  const std::string text = std::string(kFirstLine) +
                           crypto::Sha256(crypto::AsBytes(signed_note)).hex() + "\n" + signed_note;
  return AtomicWriteFile(path_, crypto::AsBytes(text), 0600, hook_);
}

absl::Status HighWaterFile::Remove() {
  absl::Status removed = Step(hook_, FileStep::kRemove, [&] {
    if (::unlink(path_.c_str()) == 0 || errno == ENOENT) return absl::OkStatus();
    return FromErrno(errno, "cannot remove", path_);
  });
  if (!removed.ok()) return removed;
  return Step(hook_, FileStep::kSyncDirectory, [&] { return SyncDirectory(path_.parent_path()); });
}

}  // namespace daftar::storage
