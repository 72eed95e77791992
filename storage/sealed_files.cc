#include "storage/sealed_files.h"

#include <sys/stat.h>

#include <cassert>
#include <cerrno>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "storage/posix.h"

namespace daftar::storage {
namespace {

constexpr uint8_t kVersion = 1;
constexpr uint8_t kFilePrefix = 'f';
constexpr uint8_t kContentPrefix = 'c';
constexpr uint8_t kDoomedPrefix = 'd';

Bytes KeyOf(uint8_t prefix, const SealedFileId& id) {
  return crypto::Writer().U8(prefix).Raw(id.view()).Take();
}

}  // namespace

// ---- uploads

SealedUpload::SealedUpload(SealedFiles& files, const SealedFileId& id, crypto::Secret32 key,
                           std::unique_ptr<SealedFileWriter> writer)
    : files_(files), id_(id), key_(std::move(key)), writer_(std::move(writer)) {}

SealedUpload::~SealedUpload() {
  writer_.reset();
  files_.End(*this);
}

absl::Status SealedUpload::Append(ByteView content) { return writer_->Append(content); }

absl::Status SealedUpload::Finish() {
  auto content = writer_->Finish();
  if (!content.ok()) return content.status();
  content_ = *content;
  return absl::OkStatus();
}

absl::StatusOr<SealedFileId> SealedUpload::Refer(Batch& batch) {
  Bytes content_key = files_.ContentKey(content_);
  auto other = files_.store_.Get(Column::kSealedFiles, content_key);
  if (!other.ok()) return other.status();
  if (other->has_value()) {
    auto id = SealedFileId::Create(**other);
    if (!id.ok()) return absl::DataLossError("a row of sealed_files is malformed");
    auto stored = files_.Load(*id);
    if (!stored.ok()) return stored.status();
    if (!stored->has_value()) return absl::AbortedError("the file of that content has just gone");
    SealedFiles::File& file = (*stored)->file;
    absl::Status whole =
        ReadSealedFile(files_.PathOf(*id), file.key, file.content, [](ByteView) { return true; });
    // This one is whole: whoever has the damaged one keeps it, and the content is found here.
    if (absl::IsDataLoss(whole)) {
      batch.ExpectValue(Column::kSealedFiles, content_key, **std::move(other));
      ReferToOwn(std::move(content_key), batch);
      return id_;
    }
    if (!whole.ok()) return whole;
    if (file.references == std::numeric_limits<uint32_t>::max()) {
      return absl::ResourceExhaustedError("this content has as many references as can be counted");
    }
    ++file.references;
    batch.ExpectValue(Column::kSealedFiles, KeyOf(kFilePrefix, *id), std::move((*stored)->row));
    files_.Put(*id, file, batch);
    own_ = false;
    return *id;
  }
  batch.ExpectAbsent(Column::kSealedFiles, content_key);
  ReferToOwn(std::move(content_key), batch);
  return id_;
}

void SealedUpload::ReferToOwn(Bytes content_key, Batch& batch) {
  batch.Put(Column::kSealedFiles, std::move(content_key), crypto::ToBytes(id_.view()));
  batch.Delete(Column::kSealedFiles, KeyOf(kDoomedPrefix, id_));
  files_.Put(id_, {1, key_.Duplicate(), content_}, batch);
  own_ = true;
}

void SealedUpload::Written(const absl::Status& status) {
  if (!own_) return;
  const bool nothing_written = absl::IsAborted(status) || absl::IsResourceExhausted(status) ||
                               absl::IsInvalidArgument(status);
  fate_ = status.ok() ? Fate::kKeep : nothing_written ? Fate::kRemove : Fate::kUnknown;
}

// ---- files

SealedFiles::SealedFiles(Store& store, const Vault& vault, crypto::Entropy& entropy,
                         SealedFileOptions options)
    : store_(store), vault_(vault), entropy_(entropy), options_(std::move(options)) {}

absl::StatusOr<std::unique_ptr<SealedFiles>> SealedFiles::Open(Store& store, const Vault& vault,
                                                               crypto::Entropy& entropy,
                                                               SealedFileOptions options) {
  const std::filesystem::path directory = options.directory;
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return FromErrno(errno, "cannot make the folder", directory);
  }
  std::error_code error;
  if (!std::filesystem::is_directory(directory, error)) {
    return absl::InvalidArgumentError(directory.string() +
                                      " is no folder; move it away and start the node again");
  }
  std::unique_ptr<SealedFiles> files(new SealedFiles(store, vault, entropy, std::move(options)));
  // Until nothing is left, or something cannot be scrubbed.
  auto swept = files->Sweep();
  while (swept.ok() && *swept == kMaxSweptFiles) swept = files->Sweep();
  return files;
}

std::filesystem::path SealedFiles::PathOf(const SealedFileId& id) const {
  return options_.directory / id.hex();
}

Bytes SealedFiles::ContentKey(const SealedContent& content) const {
  const BlindTag tag =
      vault_.Tag("sealed-file/content", "sha256", crypto::AsText(content.sha256.view()));
  return crypto::Writer().U8(kContentPrefix).Raw(tag.view()).Take();
}

void SealedFiles::Put(const SealedFileId& id, const File& file, Batch& batch) const {
  Bytes key = KeyOf(kFilePrefix, id);
  const crypto::SecretBytes plain(crypto::Writer()
                                      .U8(kVersion)
                                      .U32(file.references)
                                      .Raw(file.key.Expose())
                                      .U64(file.content.bytes)
                                      .Raw(file.content.sha256.view())
                                      .Take());
  Bytes sealed = vault_.Seal(Column::kSealedFiles, key, plain.Expose());
  batch.Put(Column::kSealedFiles, std::move(key), std::move(sealed));
}

absl::StatusOr<std::optional<SealedFiles::Stored>> SealedFiles::Load(const SealedFileId& id) const {
  const Bytes key = KeyOf(kFilePrefix, id);
  auto row = store_.Get(Column::kSealedFiles, key);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<Stored>();
  auto plain = vault_.Open(Column::kSealedFiles, key, **row);
  if (!plain.ok()) return plain.status();
  crypto::Reader reader(plain->Expose());
  if (reader.U8() != kVersion) reader.Fail();
  Stored stored;
  stored.file.references = reader.U32();
  auto file_key = crypto::Secret32::Create(reader.Raw(crypto::Secret32::kSize));
  stored.file.content.bytes = reader.U64();
  stored.file.content.sha256 = reader.Take<crypto::Digest>();
  if (!reader.Finish("sealed file row").ok() || !file_key.ok() || stored.file.references == 0) {
    return absl::DataLossError("a row of sealed_files is malformed, or of a newer version");
  }
  stored.file.key = *std::move(file_key);
  stored.row = **std::move(row);
  return std::optional<Stored>(std::move(stored));
}

absl::StatusOr<std::unique_ptr<SealedUpload>> SealedFiles::Begin() {
  const auto id = entropy_.Public<SealedFileId>();
  {
    MutexLock lock(mutex_);
    if (uploading_.size() >= kMaxSealedUploads) {
      return absl::ResourceExhaustedError(std::to_string(kMaxSealedUploads) +
                                          " files are being taken already; try again in a moment");
    }
    uploading_.insert(id);
  }
  std::unique_ptr<SealedUpload> upload(
      new SealedUpload(*this, id, entropy_.Secret(), nullptr));  // from here on it cleans up
  Batch batch;
  batch.Put(Column::kSealedFiles, KeyOf(kDoomedPrefix, id), {});
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  auto writer = SealedFileWriter::Create(PathOf(id), upload->key_,
                                         {options_.max_file_bytes, options_.min_free_bytes},
                                         entropy_, options_.hook);
  if (!writer.ok()) return writer.status();
  upload->writer_ = *std::move(writer);
  return upload;
}

void SealedFiles::End(const SealedUpload& upload) {
  if (upload.fate_ == SealedUpload::Fate::kUnknown) return;  // the next process sees what it is
  // What fails is made up for by Sweep.
  if (upload.fate_ == SealedUpload::Fate::kRemove) Scrub(upload.id_).IgnoreError();
  MutexLock lock(mutex_);
  uploading_.erase(upload.id_);
}

absl::Status SealedFiles::Release(const std::vector<SealedFileId>& ids, Batch& batch) const {
  std::map<SealedFileId, uint32_t> released;
  for (const SealedFileId& id : ids) ++released[id];
  for (const auto& [id, count] : released) {
    auto stored = Load(id);
    if (!stored.ok()) return stored.status();
    if (!stored->has_value()) continue;
    File& file = (*stored)->file;
    batch.ExpectValue(Column::kSealedFiles, KeyOf(kFilePrefix, id), std::move((*stored)->row));
    if (file.references > count) {
      file.references -= count;
      Put(id, file, batch);
      continue;
    }
    batch.Delete(Column::kSealedFiles, KeyOf(kFilePrefix, id));
    Bytes content_key = ContentKey(file.content);
    auto named = store_.Get(Column::kSealedFiles, content_key);
    if (!named.ok()) return named.status();
    // Not when it names another, which took the place of this one when it was damaged.
    if (*named == crypto::ToBytes(id.view())) {
      batch.ExpectValue(Column::kSealedFiles, content_key, **std::move(named));
      batch.Delete(Column::kSealedFiles, std::move(content_key));
    }
    batch.Put(Column::kSealedFiles, KeyOf(kDoomedPrefix, id), {});
  }
  return absl::OkStatus();
}

absl::Status SealedFiles::Read(const SealedFileId& id,
                               const std::function<bool(ByteView)>& visit) const {
  const absl::Status gone = absl::NotFoundError("the file was removed");
  auto stored = Load(id);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return gone;
  const File& file = (*stored)->file;
  absl::Status read = ReadSealedFile(PathOf(id), file.key, file.content, visit);
  if (!absl::IsDataLoss(read)) return read;
  // Not damaged, if it is being scrubbed.
  auto again = Load(id);
  return again.ok() && !again->has_value() ? gone : read;
}

bool SealedFiles::IsUploading(const SealedFileId& id) const {
  MutexLock lock(mutex_);
  return uploading_.count(id) != 0;
}

absl::Status SealedFiles::Scrub(const SealedFileId& id) {
  absl::Status status = ScrubFile(PathOf(id), options_.hook);
  if (status.ok()) {
    status = Step(options_.hook, FileStep::kSyncDirectory,
                  [&] { return SyncDirectory(options_.directory); });
  }
  if (!status.ok()) return status;
  Batch batch;
  batch.Delete(Column::kSealedFiles, KeyOf(kDoomedPrefix, id));
  return store_.Write(std::move(batch));
}

absl::StatusOr<size_t> SealedFiles::Sweep() {
  std::vector<SealedFileId> doomed;
  const Bytes prefix{kDoomedPrefix};
  absl::Status status =
      store_.Scan(Column::kSealedFiles, prefix, prefix, [&](ByteView key, ByteView) {
        auto id = SealedFileId::Create(key.subspan(1));
        if (id.ok() && !IsUploading(*id)) doomed.push_back(*id);
        return doomed.size() < kMaxSweptFiles;
      });
  size_t scrubbed = 0;
  for (const SealedFileId& id : doomed) {
    // The scan may have seen what stood before an upload that has ended well meanwhile.
    auto row = store_.Get(Column::kSealedFiles, KeyOf(kDoomedPrefix, id));
    if (row.ok() && !row->has_value()) continue;
    absl::Status done = row.ok() ? Scrub(id) : row.status();
    if (done.ok()) ++scrubbed;
    if (status.ok()) status = std::move(done);
  }
  if (!status.ok()) return status;
  return scrubbed;
}

}  // namespace daftar::storage
