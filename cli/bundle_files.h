// A bundle (docs/bundle.md) as a node sends it, on its way to the disk: into a folder, or into one
// file, of which nothing is left unless it is whole.
#ifndef DAFTAR_CLI_BUNDLE_FILES_H_
#define DAFTAR_CLI_BUNDLE_FILES_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/progress.h"
#include "crypto/hash.h"
#include "daftar/v1/node.pb.h"
#include "node/audit/manifest.h"

namespace daftar::cli {

// Where the files go. One thread. Destroyed without a Finish that was OK, it leaves nothing.
class BundlePlace {
 public:
  // A folder for a path that ends in '/' or is an empty folder, which it makes when it is not
  // there; else a file, which `replace` may replace. Only their owner may read what is made.
  //   AlreadyExists     something is there; a folder that is not empty
  //   NotFound, PermissionDenied, Unavailable, ResourceExhausted  as the system says
  static absl::StatusOr<std::unique_ptr<BundlePlace>> Create(const std::string& path, bool replace);
  virtual ~BundlePlace() = default;
  virtual absl::Status Begin(const std::string& name) = 0;
  virtual absl::Status Append(std::string_view bytes) = 0;
  // `stopped` is asked now and then; Cancelled when it says so.
  virtual absl::Status Finish(const std::string& manifest,
                              const std::function<bool()>& stopped) = 0;
};

// What was written.
struct WrittenBundle {
  audit::Manifest manifest;
  uint64_t bytes = 0;   // of all files and the manifest
  uint64_t bodies = 0;  // of entries, or of receipts
  uint64_t opened = 0;  // REPORTs
  bool has_case = false;
  // Of partners, on its head; none when it has no head, or one that is no note.
  std::optional<uint64_t> cosignatures;
};

// Takes a node's messages one by one, and compares what came with the manifest. One thread.
class BundleReceiver {
 public:
  // Both outlive it.
  BundleReceiver(BundlePlace& place, Progress& progress) : place_(place), progress_(progress) {}
  // After an error it takes nothing more, and Finish answers with it.
  void Take(const v1::ExportLogResponse& message);
  bool failed() const { return !failed_.ok(); }
  // After the last message. DataLoss when it is not the whole bundle that the manifest describes.
  absl::StatusOr<WrittenBundle> Finish(const std::function<bool()>& stopped);

 private:
  absl::Status TakePiece(const v1::ExportLogResponse& message);
  void EndFile();
  // Of records that begin with `head` bytes, the last `width` of which are the body's length.
  void CountBodies(std::string_view bytes, size_t head, size_t width);

  BundlePlace& place_;
  Progress& progress_;
  absl::Status failed_;
  std::vector<audit::ManifestFile> files_;  // as they came; the last one's digest is still to come
  bool open_ = false;
  crypto::Sha256Stream hash_;
  std::string head_;           // the file of that name
  std::string record_;         // the beginning of the record of a body that comes next
  uint64_t left_in_body_ = 0;  // bytes of the one that has begun
  WrittenBundle written_;
  std::optional<std::string> manifest_;
};

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_BUNDLE_FILES_H_
