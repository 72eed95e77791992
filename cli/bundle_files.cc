#include "cli/bundle_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "cli/console.h"
#include "cli/files.h"
#include "crypto/note.h"
#include "node/audit/heads.h"
#include "node/evidence/header.h"

namespace daftar::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kPiece = 1 << 20;                 // bytes copied at once
constexpr size_t kReceiptRecordHead = 8 + 32 + 4;  // of `receipts`: index, salt, length
constexpr size_t kBodyRecordHead = 8 + 2;          // of `bodies`: index, length
constexpr uint64_t kOpeningBytes = 8 + 32;         // of `openings`: index, key

// Lines that are neither the log's nor its node's timestamp. Who made them, a verifier sees.
std::optional<uint64_t> CosignaturesOn(std::string_view head, const std::string& origin) {
  const auto note = crypto::ParseNote(head);
  if (!note.ok()) return std::nullopt;
  return static_cast<uint64_t>(
      std::ranges::count_if(note->signatures, [&](const crypto::NoteSignature& line) {
        return line.name != origin && line.name != evidence::SelfKeyName(origin);
      }));
}

absl::Status Stopped() { return absl::CancelledError("stopped before the bundle was whole"); }

absl::Status CannotMake(const std::string& path, const std::error_code& error) {
  const std::string message = "cannot write " + path + ": " + error.message();
  if (error == std::errc::permission_denied || error == std::errc::read_only_file_system) {
    return absl::PermissionDeniedError(message);
  }
  if (error == std::errc::no_such_file_or_directory) return absl::NotFoundError(message);
  return absl::UnavailableError(message);
}

// One file for each of the bundle's.
class Folder final : public BundlePlace {
 public:
  // `made`: this program has made the folder.
  Folder(fs::path path, bool made) : path_(std::move(path)), made_(made) {}
  ~Folder() override {
    if (finished_) return;
    file_.reset();
    std::error_code ignored;
    for (const fs::path& file : kept_) fs::remove(file, ignored);
    if (made_) fs::remove(path_, ignored);
  }
  absl::Status Begin(const std::string& name) override {
    if (absl::Status status = Keep(); !status.ok()) return status;
    auto file = NewFile::Create((path_ / name).string());
    if (!file.ok()) return file.status();
    file_ = *std::move(file);
    name_ = name;
    return absl::OkStatus();
  }
  absl::Status Append(std::string_view bytes) override { return file_->Append(bytes); }
  // The manifest last: without it the folder is no bundle.
  absl::Status Finish(const std::string& manifest, const std::function<bool()>&) override {
    absl::Status status = Begin(std::string(audit::kManifestFileName));
    if (status.ok()) status = Append(manifest);
    if (status.ok()) status = Keep();
    finished_ = status.ok();
    return status;
  }

 private:
  absl::Status Keep() {
    if (file_ == nullptr) return absl::OkStatus();
    if (absl::Status status = file_->Keep(); !status.ok()) return status;
    kept_.push_back(path_ / name_);
    file_.reset();
    return absl::OkStatus();
  }
  const fs::path path_;
  const bool made_;
  std::unique_ptr<NewFile> file_;
  std::string name_;
  std::vector<fs::path> kept_;
  bool finished_ = false;
};

// One file, which begins with the manifest. That comes last, so that the rest waits for it in a
// second file beside.
class SingleFile final : public BundlePlace {
 public:
  SingleFile(std::unique_ptr<NewFile> whole, std::unique_ptr<NewFile> rest)
      : whole_(std::move(whole)), rest_(std::move(rest)) {}
  absl::Status Begin(const std::string&) override { return absl::OkStatus(); }
  absl::Status Append(std::string_view bytes) override { return rest_->Append(bytes); }
  absl::Status Finish(const std::string& manifest, const std::function<bool()>& stopped) override {
    absl::Status status = whole_->Append(manifest);
    std::ifstream in(rest_->beside(), std::ios::binary);
    std::string piece(kPiece, '\0');
    while (status.ok() && in) {
      if (stopped && stopped()) return Stopped();
      in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
      status = whole_->Append(std::string_view(piece).substr(0, static_cast<size_t>(in.gcount())));
    }
    if (status.ok() && !in.eof()) {
      return absl::UnavailableError("cannot read back " + rest_->beside());
    }
    rest_.reset();
    return status.ok() ? whole_->Keep() : status;
  }

 private:
  std::unique_ptr<NewFile> whole_;
  std::unique_ptr<NewFile> rest_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<BundlePlace>> BundlePlace::Create(const std::string& path,
                                                                 bool replace) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  const bool folder = status.type() == fs::file_type::directory;
  if (folder) {
    if (!fs::is_empty(path, error) || error) {
      if (error) return CannotMake(path, error);
      return absl::AlreadyExistsError(path +
                                      " is a folder with something in it; name an empty "
                                      "one, or a file");
    }
    return std::make_unique<Folder>(path, false);
  }
  if (path.ends_with('/')) {
    if (!fs::create_directory(path, error)) {
      if (!error) error = std::make_error_code(std::errc::file_exists);
      return CannotMake(path, error);
    }
    fs::permissions(path, fs::perms::owner_all, error);
    return std::make_unique<Folder>(path, true);
  }
  auto whole = NewFile::Create(path, replace);
  if (!whole.ok()) return whole.status();
  auto rest = NewFile::Create(path, replace);
  if (!rest.ok()) return rest.status();
  return std::make_unique<SingleFile>(*std::move(whole), *std::move(rest));
}

void BundleReceiver::Take(const v1::ExportLogResponse& message) {
  if (!failed_.ok()) return;
  failed_ = TakePiece(message);
  progress_.Update(message.done(), message.total(), message.done() / 1'000'000);
}

absl::Status BundleReceiver::TakePiece(const v1::ExportLogResponse& message) {
  switch (message.piece_case()) {
    case v1::ExportLogResponse::kFile: {
      EndFile();
      const std::string& name = message.file().name();
      // It becomes a name on this disk.
      if (name.empty() || name.find('/') != std::string::npos || name.starts_with('.') ||
          name.size() > 100 || files_.size() == audit::kMaxBundleFiles) {
        return absl::DataLossError("the node sent a file that no bundle has");
      }
      files_.push_back({name, 0, {}});
      open_ = true;
      hash_ = crypto::Sha256Stream();
      return place_.Begin(name);
    }
    case v1::ExportLogResponse::kChunk: {
      if (!open_) return absl::DataLossError("the node sent bytes of no file");
      audit::ManifestFile& file = files_.back();
      file.bytes += message.chunk().size();
      written_.bytes += message.chunk().size();
      hash_.Update(crypto::AsBytes(message.chunk()));
      if (file.name == "head" && file.bytes <= audit::kMaxHeadNoteBytes) head_ += message.chunk();
      if (file.name == "bodies") CountBodies(message.chunk(), kBodyRecordHead, 2);
      if (file.name == "receipts") CountBodies(message.chunk(), kReceiptRecordHead, 4);
      return place_.Append(message.chunk());
    }
    case v1::ExportLogResponse::kManifest:
      EndFile();
      manifest_ = message.manifest();
      return absl::OkStatus();
    case v1::ExportLogResponse::PIECE_NOT_SET:
      return absl::OkStatus();  // progress alone
  }
  return absl::OkStatus();
}

void BundleReceiver::EndFile() {
  if (!open_) return;
  open_ = false;
  audit::ManifestFile& file = files_.back();
  file.sha256 = hash_.Finish();
  if (file.name.ends_with(".body")) ++written_.bodies;
  if (file.name == "openings") written_.opened = file.bytes / kOpeningBytes;
  if (file.name == "case") written_.has_case = true;
}

void BundleReceiver::CountBodies(std::string_view bytes, size_t head, size_t width) {
  while (!bytes.empty()) {
    if (left_in_body_ == 0) {
      const size_t take = std::min(head - record_.size(), bytes.size());
      record_ += bytes.substr(0, take);
      bytes.remove_prefix(take);
      if (record_.size() < head) return;
      left_in_body_ = 0;
      for (const uint8_t byte : crypto::AsBytes(record_).last(width)) {
        left_in_body_ = left_in_body_ << 8 | byte;
      }
      record_.clear();
      ++written_.bodies;
    }
    const size_t take = std::min<size_t>(left_in_body_, bytes.size());
    left_in_body_ -= take;
    bytes.remove_prefix(take);
  }
}

absl::StatusOr<WrittenBundle> BundleReceiver::Finish(const std::function<bool()>& stopped) {
  if (!failed_.ok()) return failed_;
  if (!manifest_.has_value()) return absl::DataLossError("the node sent no manifest");
  auto parsed = audit::ParseManifest(*manifest_);
  if (!parsed.ok()) {
    return absl::DataLossError("the node sent a manifest that is none: " +
                               MessageOf(parsed.status()));
  }
  if (parsed->bytes != manifest_->size() || parsed->manifest.files != files_) {
    return absl::DataLossError("what the node sent is not what its manifest says; try again");
  }
  progress_.Clear();
  if (absl::Status status = place_.Finish(*manifest_, stopped); !status.ok()) return status;
  written_.bytes += manifest_->size();
  written_.manifest = std::move(parsed->manifest);
  written_.cosignatures = CosignaturesOn(head_, written_.manifest.origin);
  return written_;
}

}  // namespace daftar::cli
