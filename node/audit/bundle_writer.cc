#include "node/audit/bundle_writer.h"

#include <algorithm>
#include <utility>

namespace daftar::audit {
namespace {

absl::Status NobodyWantsIt() { return absl::CancelledError("the export was stopped"); }

}  // namespace

absl::Status BundleWriter::BeginFile(std::string name) {
  if (absl::Status status = EndFile(); !status.ok()) return status;
  if (files_.size() == kMaxBundleFiles) {
    return absl::ResourceExhaustedError("a bundle has at most " + std::to_string(kMaxBundleFiles) +
                                        " files");
  }
  open_ = true;
  file_ = ManifestFile{std::move(name), 0, {}};
  hash_ = crypto::Sha256Stream();
  if (!sink_.BeginFile(file_.name, progress_)) return NobodyWantsIt();
  return absl::OkStatus();
}

absl::Status BundleWriter::Append(crypto::ByteView bytes) {
  if (!open_) return absl::InternalError("no file of the bundle was begun");
  if (bytes.size() > kMaxBundleFileBytes - file_.bytes) {
    return absl::ResourceExhaustedError("the file " + file_.name +
                                        " would be larger than a bundle may have; export less");
  }
  file_.bytes += bytes.size();
  hash_.Update(bytes);
  while (!bytes.empty()) {
    const size_t room = std::min(kMaxBundleChunkBytes - waiting_.size(), bytes.size());
    waiting_.insert(waiting_.end(), bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(room));
    bytes = bytes.subspan(room);
    if (waiting_.size() < kMaxBundleChunkBytes) break;
    if (absl::Status status = Flush(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status BundleWriter::Flush() {
  if (waiting_.empty()) return absl::OkStatus();
  progress_.done += waiting_.size();
  if (progress_.total != 0) progress_.total = std::max(progress_.total, progress_.done);
  if (!sink_.Append(waiting_, progress_)) return NobodyWantsIt();
  waiting_.clear();
  return absl::OkStatus();
}

absl::Status BundleWriter::EndFile() {
  if (!open_) return absl::OkStatus();
  if (absl::Status status = Flush(); !status.ok()) return status;
  file_.sha256 = hash_.Finish();
  files_.push_back(std::move(file_));
  open_ = false;
  return absl::OkStatus();
}

absl::Status BundleWriter::Finish(Manifest manifest, const crypto::SigningKey& entry_key) {
  if (absl::Status status = EndFile(); !status.ok()) return status;
  manifest.files = std::move(files_);
  const std::string text = manifest.Sign(entry_key);
  if (absl::Status status = ParseManifest(text).status(); !status.ok()) {
    return absl::InternalError("the bundle is not in its format: " + std::string(status.message()));
  }
  progress_.total = progress_.done;
  if (!sink_.Finish(text, progress_)) return NobodyWantsIt();
  return absl::OkStatus();
}

}  // namespace daftar::audit
