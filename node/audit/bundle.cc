#include "node/audit/bundle.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace daftar::audit {
namespace {

class FileSource final : public ByteSource {
 public:
  FileSource(int descriptor, uint64_t size) : descriptor_(descriptor), size_(size) {}
  ~FileSource() override { close(descriptor_); }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  uint64_t size() const override { return size_; }
  absl::Status ReadAt(uint64_t offset, std::span<uint8_t> out) const override {
    while (!out.empty()) {
      const ssize_t got = pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        return absl::DataLossError("a file cannot be read: " + std::string(std::strerror(errno)));
      }
      if (got == 0) return absl::DataLossError("a file became shorter while it was read");
      out = out.subspan(static_cast<size_t>(got));
      offset += static_cast<uint64_t>(got);
    }
    return absl::OkStatus();
  }

 private:
  int descriptor_;
  uint64_t size_;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : bytes_(bytes) {}
  uint64_t size() const override { return bytes_.size(); }
  absl::Status ReadAt(uint64_t offset, std::span<uint8_t> out) const override {
    if (offset > bytes_.size() || out.size() > bytes_.size() - offset) {
      return absl::DataLossError("fewer bytes than were asked for");
    }
    std::memcpy(out.data(), bytes_.data() + offset, out.size());
    return absl::OkStatus();
  }

 private:
  std::string_view bytes_;
};

// The beginning of a source: as much as a manifest may have.
absl::StatusOr<std::string> ReadBeginning(const ByteSource& source) {
  std::string bytes(static_cast<size_t>(std::min<uint64_t>(source.size(), kMaxManifestBytes)), 0);
  absl::Status status = source.ReadAt(0, {reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()});
  if (!status.ok()) return status;
  return bytes;
}

absl::Status WrongSize(const ManifestFile& file, uint64_t size) {
  return absl::InvalidArgumentError("the file '" + file.name + "' has " + std::to_string(size) +
                                    " bytes; the manifest says " + std::to_string(file.bytes));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> OpenFile(const std::string& path) {
  // Not to wait for what is no plain file, like a pipe that nobody writes to.
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    const std::string why = path + ": " + std::strerror(errno);
    return errno == ENOENT ? absl::NotFoundError(why) : absl::PermissionDeniedError(why);
  }
  struct stat info {};
  if (fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
    close(descriptor);
    return absl::InvalidArgumentError(path + ": is no plain file");
  }
  return std::unique_ptr<ByteSource>(
      std::make_unique<FileSource>(descriptor, static_cast<uint64_t>(info.st_size)));
}

std::unique_ptr<ByteSource> InMemory(std::string_view bytes) {
  return std::make_unique<MemorySource>(bytes);
}

bool BundleFileReader::Fill() {
  if (buffer_.empty()) {
    buffer_.resize(static_cast<size_t>(std::min<uint64_t>(left_, kBufferBytes)));
  }
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  const auto more = static_cast<size_t>(std::min<uint64_t>(left_, buffer_.size() - end_));
  const std::span<uint8_t> room = std::span(buffer_).subspan(end_, more);
  status_ = source_.ReadAt(offset_, room);
  if (!status_.ok()) return false;
  hash_.Update(room);
  offset_ += more;
  left_ -= more;
  end_ += more;
  if (progress_ && !progress_(more)) {
    status_ = absl::CancelledError("stopped before the bundle was read to its end");
    return false;
  }
  return true;
}

std::optional<crypto::ByteView> BundleFileReader::Take(size_t count) {
  if (!status_.ok() || count > remaining()) return std::nullopt;
  if (count > end_ - begin_ && !Fill()) return std::nullopt;
  const crypto::ByteView taken = crypto::ByteView(buffer_).subspan(begin_, count);
  begin_ += count;
  return taken;
}

std::optional<uint64_t> BundleFileReader::TakeInteger(size_t bytes) {
  const auto taken = Take(bytes);
  if (!taken) return std::nullopt;
  uint64_t value = 0;
  for (const uint8_t byte : *taken) value = value << 8 | byte;
  return value;
}

absl::StatusOr<crypto::Digest> BundleFileReader::Finish() {
  while (status_.ok() && left_ > 0) {
    begin_ = end_;
    Fill();
  }
  begin_ = end_;
  if (!status_.ok()) return status_;
  return hash_.Finish();
}

absl::StatusOr<Bundle> Bundle::FromSource(std::unique_ptr<ByteSource> source) {
  auto beginning = ReadBeginning(*source);
  if (!beginning.ok()) return beginning.status();
  auto manifest = ParseManifest(*beginning);
  if (!manifest.ok()) return manifest.status();
  Bundle bundle;
  bundle.manifest_ = *std::move(manifest);
  uint64_t offset = bundle.manifest_.bytes;
  for (const ManifestFile& file : bundle.manifest_.manifest.files) {
    if (file.bytes > source->size() - offset) return WrongSize(file, source->size() - offset);
    bundle.places_.push_back({source.get(), offset});
    offset += file.bytes;
  }
  if (offset != source->size()) {
    return absl::InvalidArgumentError("the bundle has " + std::to_string(source->size() - offset) +
                                      " bytes more than its manifest says");
  }
  bundle.sources_.push_back(std::move(source));
  return bundle;
}

absl::StatusOr<Bundle> Bundle::Open(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    auto source = OpenFile(path);
    if (!source.ok()) return source.status();
    return FromSource(*std::move(source));
  }
  auto source = OpenFile(path + "/" + std::string(kManifestFileName));
  if (!source.ok()) return source.status();
  auto text = ReadBeginning(**source);
  if (!text.ok()) return text.status();
  auto manifest = ParseManifest(*text);
  if (!manifest.ok()) return manifest.status();
  if (manifest->bytes != (*source)->size()) {
    return absl::InvalidArgumentError("the manifest has bytes after its signature");
  }
  Bundle bundle;
  bundle.manifest_ = *std::move(manifest);
  for (const ManifestFile& file : bundle.manifest_.manifest.files) {
    // The names are those of docs/bundle.md: none leads out of the directory.
    auto opened = OpenFile(path + "/" + file.name);
    if (!opened.ok()) return opened.status();
    if ((*opened)->size() != file.bytes) return WrongSize(file, (*opened)->size());
    bundle.places_.push_back({opened->get(), 0});
    bundle.sources_.push_back(*std::move(opened));
  }
  return bundle;
}

std::optional<size_t> Bundle::Find(std::string_view name) const {
  const std::vector<ManifestFile>& files = manifest_.manifest.files;
  const auto found = std::ranges::find(files, name, &ManifestFile::name);
  if (found == files.end()) return std::nullopt;
  return static_cast<size_t>(found - files.begin());
}

std::unique_ptr<BundleFileReader> Bundle::Read(size_t file, const ReadProgress& progress) const {
  return std::make_unique<BundleFileReader>(*places_[file].source, places_[file].offset,
                                            manifest_.manifest.files[file].bytes, progress);
}

uint64_t Bundle::total_bytes() const {
  uint64_t total = 0;
  for (const ManifestFile& file : manifest_.manifest.files) total += file.bytes;
  return total;
}

}  // namespace daftar::audit
