// Files with something worth stealing in them, kept beside the database: each sealed under a key of
// its own, which stands in a sealed row. Deleting the row makes the file unreadable, whatever the
// disk keeps of it; the file is overwritten and removed all the same.
#ifndef DAFTAR_STORAGE_SEALED_FILES_H_
#define DAFTAR_STORAGE_SEALED_FILES_H_

#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/entropy.h"
#include "storage/files.h"
#include "storage/mutex.h"
#include "storage/sealed_file_io.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::storage {

using SealedFileId = crypto::FixedBytes<struct SealedFileIdTag, 16>;

inline constexpr size_t kMaxSealedUploads = 16;  // files being written at once
inline constexpr size_t kMaxSweptFiles = 256;    // files that one Sweep scrubs

struct SealedFileOptions {
  std::filesystem::path directory;               // made, for its owner only, when it is not there
  uint64_t max_file_bytes = 16 << 20;            // content of one file
  uint64_t min_free_bytes = uint64_t{64} << 20;  // left free on the disk, more than the database's
  FileHook* hook = nullptr;                      // for tests; outlives the files
};

class SealedFiles;

// A file that is being taken. While it is not referred to by a row that was written, it counts for
// nothing, and it is removed when this goes. One thread; must not outlive its SealedFiles.
class SealedUpload {
 public:
  ~SealedUpload();
  SealedUpload(const SealedUpload&) = delete;
  SealedUpload& operator=(const SealedUpload&) = delete;

  // As SealedFileWriter.
  absl::Status Append(crypto::ByteView content);
  absl::Status Finish();
  // After Finish.
  const SealedContent& content() const { return content_; }

  // Adds to `batch` one reference to this content, and says under which id it is read: another file
  // that has the same content already and is whole, or this one. REQUIRES Finish. May be called
  // again after a batch that was refused. The batch is Aborted when the other file has come or gone
  // meanwhile.
  absl::StatusOr<SealedFileId> Refer(Batch& batch);
  // What Write answered to the batch.
  void Written(const absl::Status& status);

 private:
  friend class SealedFiles;
  enum class Fate { kRemove, kKeep, kUnknown };
  void ReferToOwn(crypto::Bytes content_key, Batch& batch);
  SealedUpload(SealedFiles& files, const SealedFileId& id, crypto::Secret32 key,
               std::unique_ptr<SealedFileWriter> writer);

  SealedFiles& files_;
  const SealedFileId id_;
  const crypto::Secret32 key_;
  std::unique_ptr<SealedFileWriter> writer_;
  SealedContent content_;
  bool own_ = false;  // the last batch refers to this file, and not to another of the same content
  Fate fate_ = Fate::kRemove;
};

// Rows of Column::kSealedFiles:
//   'f' || id      -> sealed: version (1), references u32, key (32), bytes u64, SHA-256 (32)
//   'c' || tag     -> id of the file with this content
//   'd' || id      -> empty: no row refers to the file, scrub it. Written before the file is, so
//                     that a crash leaves none behind.
// A file is DIRECTORY/hex of its id. Any thread may call.
class SealedFiles {
 public:
  // Makes the directory and scrubs what an earlier process left. References outlive it.
  // File errors as in storage/files.h; what cannot be scrubbed now is left to Sweep.
  static absl::StatusOr<std::unique_ptr<SealedFiles>> Open(Store& store, const Vault& vault,
                                                           crypto::Entropy& entropy,
                                                           SealedFileOptions options);

  // ResourceExhausted when kMaxSealedUploads are under way or the disk is full.
  absl::StatusOr<std::unique_ptr<SealedUpload>> Begin();

  // Adds to `batch` the removal of one reference for each id (which may repeat). A file without
  // references loses its key with the batch, and is scrubbed by the next Sweep. Ids without a row
  // are passed over. DataLoss when a row does not open; the batch is Aborted when a reference came
  // or went meanwhile.
  absl::Status Release(const std::vector<SealedFileId>& ids, Batch& batch) const;

  // As ReadSealedFile; NotFound when no row refers to it, also when that has changed meanwhile.
  absl::Status Read(const SealedFileId& id,
                    const std::function<bool(crypto::ByteView)>& visit) const;

  // Scrubs files that no row refers to, at most kMaxSweptFiles; returns how many. What fails stays
  // for the next time, and is the answer when nothing else went wrong.
  absl::StatusOr<size_t> Sweep();

 private:
  friend class SealedUpload;
  struct File {
    uint32_t references = 0;
    crypto::Secret32 key;
    SealedContent content;
  };
  struct Stored {
    File file;
    crypto::Bytes row;
  };
  SealedFiles(Store& store, const Vault& vault, crypto::Entropy& entropy,
              SealedFileOptions options);
  std::filesystem::path PathOf(const SealedFileId& id) const;
  absl::StatusOr<std::optional<Stored>> Load(const SealedFileId& id) const;
  void Put(const SealedFileId& id, const File& file, Batch& batch) const;
  crypto::Bytes ContentKey(const SealedContent& content) const;
  bool IsUploading(const SealedFileId& id) const DAFTAR_EXCLUDES(mutex_);
  absl::Status Scrub(const SealedFileId& id);
  void End(const SealedUpload& upload) DAFTAR_EXCLUDES(mutex_);

  Store& store_;
  const Vault& vault_;
  crypto::Entropy& entropy_;
  const SealedFileOptions options_;
  mutable Mutex mutex_;
  // Being written, or of a write of which nobody knows whether it took place: not to be scrubbed.
  std::set<SealedFileId> uploading_ DAFTAR_GUARDED_BY(mutex_);
};

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_SEALED_FILES_H_
