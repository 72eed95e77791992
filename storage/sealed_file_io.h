// Internal to storage/: one sealed file on the disk. Include only from storage/*.cc, and tests.
#ifndef DAFTAR_STORAGE_SEALED_FILE_IO_H_
#define DAFTAR_STORAGE_SEALED_FILE_IO_H_

#include <filesystem>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/entropy.h"
#include "crypto/hash.h"
#include "crypto/stream_seal.h"
#include "storage/posix.h"

namespace daftar::storage {

// What a file holds: how much, and its plain SHA-256.
struct SealedContent {
  uint64_t bytes = 0;
  crypto::Digest sha256;
  friend bool operator==(const SealedContent&, const SealedContent&) = default;
};

// The bounds of one file.
struct SealedFileBounds {
  uint64_t max_bytes = 0;       // of content
  uint64_t min_free_bytes = 0;  // left on the file system
};

// Writes a new file: "DFTSEAL1", the stream's header, the sealed chunks. Holds at most two chunks
// in memory. One thread. The file stays where it is, however this ends.
class SealedFileWriter {
 public:
  // File errors as in storage/files.h. `entropy` and `hook` (or null) outlive it.
  static absl::StatusOr<std::unique_ptr<SealedFileWriter>> Create(const std::filesystem::path& path,
                                                                  const crypto::Secret32& key,
                                                                  const SealedFileBounds& bounds,
                                                                  crypto::Entropy& entropy,
                                                                  FileHook* hook);
  ~SealedFileWriter();
  SealedFileWriter(const SealedFileWriter&) = delete;
  SealedFileWriter& operator=(const SealedFileWriter&) = delete;

  // InvalidArgument past the most that a file may hold, ResourceExhausted on a full disk; after an
  // error every later call answers with it.
  absl::Status Append(crypto::ByteView content);
  // Durable under its name on OK, the directory synced. May be called once.
  absl::StatusOr<SealedContent> Finish();

 private:
  SealedFileWriter(std::filesystem::path path, const crypto::Secret32& key,
                   const SealedFileBounds& bounds, crypto::Entropy& entropy, FileHook* hook);
  absl::Status Begin();
  absl::Status WriteChunk(bool last);
  absl::Status Sync();

  const std::filesystem::path path_;
  const SealedFileBounds bounds_;
  FileHook* const hook_;
  Descriptor file_;
  crypto::StreamSealer sealer_;
  crypto::Sha256Stream hash_;
  crypto::Bytes
      pending_;  // less than a chunk, or a whole one of which it is not known if it is last
  uint64_t bytes_ = 0;
  absl::Status failed_;
};

// Gives the content in order, chunk by chunk, until `visit` returns false (Cancelled). The last
// chunk is given only when all of the file has proved to be `expected`. Holds two chunks in memory.
//   DataLoss     the file is missing, damaged, cut, longer, another one, or of a newer format
//   others       as in storage/files.h
absl::Status ReadSealedFile(const std::filesystem::path& path, const crypto::Secret32& key,
                            const SealedContent& expected,
                            const std::function<bool(crypto::ByteView)>& visit);

// Overwrites the file once, syncs it and removes its name; OK when there is none. Sync the
// directory afterwards.
absl::Status ScrubFile(const std::filesystem::path& path, FileHook* hook);

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_SEALED_FILE_IO_H_
