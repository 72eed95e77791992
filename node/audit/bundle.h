// A bundle as it lies on disk, a directory or a single file: its manifest, and its files to be read
// from the first byte to the last (docs/bundle.md, "The container").
#ifndef DAFTAR_NODE_AUDIT_BUNDLE_H_
#define DAFTAR_NODE_AUDIT_BUNDLE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/hash.h"
#include "node/audit/manifest.h"

namespace daftar::audit {

// Bytes that can be read at any place. Implementations may be read from one thread at a time.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual uint64_t size() const = 0;
  // Fills `out` from `offset` on. DataLoss when there are fewer bytes or they cannot be read.
  virtual absl::Status ReadAt(uint64_t offset, std::span<uint8_t> out) const = 0;
};

// A plain file. NotFound, PermissionDenied; InvalidArgument for what is no plain file.
absl::StatusOr<std::unique_ptr<ByteSource>> OpenFile(const std::string& path);
// Not copied: `bytes` must outlive the source.
std::unique_ptr<ByteSource> InMemory(std::string_view bytes);

// Told of bytes as they are read; false asks to stop.
using ReadProgress = std::function<bool(uint64_t bytes)>;

// Reads one file of a bundle once, in order, and hashes it. One thread.
class BundleFileReader {
 public:
  static constexpr size_t kBufferBytes = 512 << 10;

  // `source` and `progress` must outlive it.
  BundleFileReader(const ByteSource& source, uint64_t offset, uint64_t size,
                   const ReadProgress& progress)
      : source_(source), progress_(progress), offset_(offset), left_(size) {}

  bool AtEnd() const { return left_ == 0 && begin_ == end_; }
  // How many bytes were not taken yet.
  uint64_t remaining() const { return left_ + (end_ - begin_); }
  // The next `count` bytes, valid until the next call; none when there are fewer, or status() is an
  // error. REQUIRES count <= kBufferBytes.
  std::optional<crypto::ByteView> Take(size_t count);
  std::optional<uint64_t> TakeInteger(size_t bytes);
  // Reads what is left, and gives the SHA-256 of the whole file. May be called once.
  absl::StatusOr<crypto::Digest> Finish();
  // DataLoss when the file could not be read, Cancelled when `progress` asked to stop.
  const absl::Status& status() const { return status_; }

 private:
  bool Fill();

  const ByteSource& source_;
  const ReadProgress& progress_;
  uint64_t offset_;  // in the source, of what was not read yet
  uint64_t left_;
  std::vector<uint8_t> buffer_;
  size_t begin_ = 0;  // of what was read and not taken
  size_t end_ = 0;
  crypto::Sha256Stream hash_;
  absl::Status status_;
};

class Bundle {
 public:
  // A directory or a file. Whatever makes it unreadable in the sense of docs/bundle.md ("Verdict
  // and exit codes") is an error, with a sentence.
  static absl::StatusOr<Bundle> Open(const std::string& path);
  // A single file.
  static absl::StatusOr<Bundle> FromSource(std::unique_ptr<ByteSource> source);

  const SignedManifest& manifest() const { return manifest_; }
  // The place of a file in the manifest; none when the bundle has none of the name.
  std::optional<size_t> Find(std::string_view name) const;
  // REQUIRES: the bundle and `progress` outlive the reader.
  std::unique_ptr<BundleFileReader> Read(size_t file, const ReadProgress& progress) const;
  uint64_t total_bytes() const;

 private:
  struct Place {
    const ByteSource* source = nullptr;
    uint64_t offset = 0;
  };
  SignedManifest manifest_;
  std::vector<std::unique_ptr<ByteSource>> sources_;
  std::vector<Place> places_;  // as the manifest's files
};

}  // namespace daftar::audit

#endif  // DAFTAR_NODE_AUDIT_BUNDLE_H_
