#include "storage/sealed_file_io.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

namespace daftar::storage {
namespace {

using crypto::Bytes;
using crypto::ByteView;

constexpr std::string_view kMagic = "DFTSEAL1";
constexpr size_t kFrontBytes = kMagic.size() + crypto::StreamHeader::kSize;
constexpr size_t kOverwriteBytes = 64 << 10;  // at once

absl::Status CheckFree(const std::filesystem::path& path, uint64_t min_free_bytes) {
  if (min_free_bytes == 0) return absl::OkStatus();
  struct statvfs info = {};
  // Where the file system cannot tell, its own error has to do.
  if (::statvfs(path.parent_path().c_str(), &info) != 0) return absl::OkStatus();
  if (uint64_t{info.f_bavail} * info.f_frsize >= min_free_bytes) return absl::OkStatus();
  return absl::ResourceExhaustedError("the disk that holds " + path.parent_path().string() +
                                      " is full (" + std::to_string(min_free_bytes >> 20) +
                                      " MiB stay free for the database); the file was not taken: "
                                      "free some space and try again");
}

absl::Status Damaged(const std::filesystem::path& path, const std::string& what) {
  return absl::DataLossError("the sealed file " + path.string() + " " + what +
                             "; restore it from a backup of the node's directory");
}

// Exactly `size` bytes, unless the file ends before.
absl::StatusOr<Bytes> ReadExactly(int descriptor, size_t size, const std::filesystem::path& path) {
  Bytes bytes(size);
  size_t done = 0;
  while (done < size) {
    const ssize_t count = ::read(descriptor, bytes.data() + done, size - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return FromErrno(errno, "cannot read", path);
    if (count == 0) break;
    done += static_cast<size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

}  // namespace

SealedFileWriter::SealedFileWriter(std::filesystem::path path, const crypto::Secret32& key,
                                   const SealedFileBounds& bounds, crypto::Entropy& entropy,
                                   FileHook* hook)
    : path_(std::move(path)), bounds_(bounds), hook_(hook), sealer_(key, entropy) {
  pending_.reserve(crypto::kStreamChunkBytes);
}

SealedFileWriter::~SealedFileWriter() { crypto::Wipe(pending_.data(), pending_.capacity()); }

absl::StatusOr<std::unique_ptr<SealedFileWriter>> SealedFileWriter::Create(
    const std::filesystem::path& path, const crypto::Secret32& key, const SealedFileBounds& bounds,
    crypto::Entropy& entropy, FileHook* hook) {
  std::unique_ptr<SealedFileWriter> writer(new SealedFileWriter(path, key, bounds, entropy, hook));
  if (absl::Status status = writer->Begin(); !status.ok()) return status;
  return writer;
}

absl::Status SealedFileWriter::Begin() {
  if (absl::Status room = CheckFree(path_, bounds_.min_free_bytes); !room.ok()) return room;
  absl::Status status = Step(hook_, FileStep::kCreate, [&] {
    file_ = Descriptor(OpenRetrying(path_, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
    if (file_.get() < 0) return FromErrno(errno, "cannot create", path_);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return Step(hook_, FileStep::kWrite, [&] {
    const Bytes front = crypto::Writer().Raw(kMagic).Raw(sealer_.header().view()).Take();
    return WriteAll(file_.get(), front, path_);
  });
}

absl::Status SealedFileWriter::WriteChunk(bool last) {
  if (absl::Status room = CheckFree(path_, bounds_.min_free_bytes); !room.ok()) return room;
  hash_.Update(pending_);
  const Bytes sealed = sealer_.Seal(pending_, last);
  crypto::Wipe(pending_.data(), pending_.size());
  pending_.clear();
  return Step(hook_, FileStep::kWrite, [&] { return WriteAll(file_.get(), sealed, path_); });
}

absl::Status SealedFileWriter::Append(ByteView content) {
  if (!failed_.ok()) return failed_;
  if (content.size() > bounds_.max_bytes - bytes_) {
    return failed_ = absl::InvalidArgumentError(
               "the file is larger than " + std::to_string(bounds_.max_bytes >> 20) + " MiB (" +
               std::to_string(bounds_.max_bytes) +
               " bytes), the most that is taken; attach a smaller copy, or the part that matters");
  }
  bytes_ += content.size();
  while (!content.empty()) {
    // Only now is it known that a full chunk is not the last.
    if (pending_.size() == crypto::kStreamChunkBytes) {
      if (absl::Status status = WriteChunk(false); !status.ok()) return failed_ = status;
    }
    const size_t take = std::min(content.size(), crypto::kStreamChunkBytes - pending_.size());
    pending_.insert(pending_.end(), content.begin(),
                    content.begin() + static_cast<ptrdiff_t>(take));
    content = content.subspan(take);
  }
  return absl::OkStatus();
}

absl::Status SealedFileWriter::Sync() {
  absl::Status status = Step(hook_, FileStep::kSyncFile, [&] {
    if (::fsync(file_.get()) != 0) return FromErrno(errno, "cannot sync", path_);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return Step(hook_, FileStep::kSyncDirectory, [&] { return SyncDirectory(path_.parent_path()); });
}

absl::StatusOr<SealedContent> SealedFileWriter::Finish() {
  if (failed_.ok()) failed_ = WriteChunk(true);
  if (failed_.ok()) failed_ = Sync();
  if (!failed_.ok()) return failed_;
  failed_ = absl::InternalError("the sealed file is finished");
  return SealedContent{bytes_, hash_.Finish()};
}

absl::Status ReadSealedFile(const std::filesystem::path& path, const crypto::Secret32& key,
                            const SealedContent& expected,
                            const std::function<bool(ByteView)>& visit) {
  // Not blocking: a pipe in place of the file must not hang the reader.
  const Descriptor file(OpenRetrying(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW, 0));
  if (file.get() < 0 && errno == ENOENT) return Damaged(path, "is missing");
  if (file.get() < 0) return FromErrno(errno, "cannot open", path);
  struct stat info = {};
  if (::fstat(file.get(), &info) != 0) return FromErrno(errno, "cannot examine", path);
  uint64_t left = crypto::SealedStreamBytes(expected.bytes);
  if (!S_ISREG(info.st_mode) || static_cast<uint64_t>(info.st_size) != kFrontBytes + left) {
    return Damaged(path, "has another length than when it was written");
  }
  auto front = ReadExactly(file.get(), kFrontBytes, path);
  if (!front.ok()) return front.status();
  crypto::Reader reader(*front);
  if (crypto::AsText(reader.Raw(kMagic.size())) != kMagic) {
    return Damaged(path, "does not begin as this version writes it");
  }
  crypto::StreamOpener opener(key, reader.Take<crypto::StreamHeader>());
  crypto::Sha256Stream hash;
  while (left > 0) {
    const size_t size = static_cast<size_t>(
        std::min<uint64_t>(left, crypto::kStreamChunkBytes + crypto::kStreamChunkOverhead));
    left -= size;
    auto sealed = ReadExactly(file.get(), size, path);
    if (!sealed.ok()) return sealed.status();
    auto chunk = opener.Open(*sealed, left == 0);
    if (!chunk.ok()) return Damaged(path, "is damaged");
    hash.Update(chunk->Expose());
    if (left == 0 && hash.Finish() != expected.sha256) return Damaged(path, "is another one");
    if (!chunk->empty() && !visit(chunk->Expose())) {
      return absl::CancelledError("stopped by the reader");
    }
  }
  return absl::OkStatus();
}

absl::Status ScrubFile(const std::filesystem::path& path, FileHook* hook) {
  absl::Status status = Step(hook, FileStep::kOverwrite, [&] {
    const Descriptor file(OpenRetrying(path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW, 0));
    if (file.get() < 0 && errno == ENOENT) return absl::OkStatus();
    struct stat info = {};
    if (file.get() < 0) return FromErrno(errno, "cannot open", path);
    if (::fstat(file.get(), &info) != 0) return FromErrno(errno, "cannot examine", path);
    const Bytes zeros(kOverwriteBytes);
    for (int64_t left = info.st_size; left > 0; left -= static_cast<int64_t>(zeros.size())) {
      const size_t size = static_cast<size_t>(std::min<int64_t>(left, kOverwriteBytes));
      absl::Status written = WriteAll(file.get(), ByteView(zeros).first(size), path);
      if (!written.ok()) return written;
    }
    if (::fsync(file.get()) != 0) return FromErrno(errno, "cannot sync", path);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return Step(hook, FileStep::kRemove, [&] {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
      return FromErrno(errno, "cannot remove", path);
    }
    return absl::OkStatus();
  });
}

}  // namespace daftar::storage
