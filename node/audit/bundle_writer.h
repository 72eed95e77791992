// Writes a bundle (docs/bundle.md) piece by piece, so that nobody holds a whole one in memory: its
// files in order, and after them the manifest that vouches for them.
#ifndef DAFTAR_NODE_AUDIT_BUNDLE_WRITER_H_
#define DAFTAR_NODE_AUDIT_BUNDLE_WRITER_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "crypto/bytes.h"
#include "crypto/hash.h"
#include "node/audit/manifest.h"

namespace daftar::audit {

inline constexpr size_t kMaxBundleChunkBytes = 1 << 20;

// How far a bundle is, in bytes of its files. `total` is a guess until the bundle is done: 0 says
// nothing, and it is never below `done`.
struct BundleProgress {
  uint64_t done = 0;
  uint64_t total = 0;
};

// Where the pieces go. Each answers false once nobody wants the rest.
class BundleSink {
 public:
  virtual ~BundleSink() = default;
  virtual bool BeginFile(const std::string& name, const BundleProgress& progress) = 0;
  // Of the file begun last; not empty, at most kMaxBundleChunkBytes.
  virtual bool Append(crypto::ByteView chunk, const BundleProgress& progress) = 0;
  // Last, once.
  virtual bool Finish(const std::string& manifest, const BundleProgress& progress) = 0;
  // Asked now and then while a bundle is prepared and nothing can be written.
  virtual bool StillWanted() { return true; }
};

// One bundle; one thread. After an error only the destructor may be called.
class BundleWriter {
 public:
  // `sink` outlives it. `expected`: bytes of all files, as far as known; 0 when not.
  explicit BundleWriter(BundleSink& sink, uint64_t expected = 0)
      : sink_(sink), progress_{0, expected} {}

  // Begins the next file; what was appended before is the file before.
  //   Cancelled           the sink wants no more
  //   ResourceExhausted   more files than a manifest may have
  absl::Status BeginFile(std::string name);
  // Cancelled; ResourceExhausted above kMaxBundleFileBytes. REQUIRES a file that was begun.
  absl::Status Append(crypto::ByteView bytes);
  absl::Status Append(std::string_view text) { return Append(crypto::AsBytes(text)); }
  // Ends the last file, and signs the manifest: `manifest` with the files that were written.
  // Cancelled; Internal when a reader would refuse it (a programmer's error).
  absl::Status Finish(Manifest manifest, const crypto::SigningKey& entry_key);

 private:
  absl::Status EndFile();
  absl::Status Flush();

  BundleSink& sink_;
  BundleProgress progress_;
  std::vector<ManifestFile> files_;
  bool open_ = false;          // a file is
  ManifestFile file_;          // that one
  crypto::Sha256Stream hash_;  // of it
  crypto::Bytes waiting_;      // of it, to be sent
};

}  // namespace daftar::audit

#endif  // DAFTAR_NODE_AUDIT_BUNDLE_WRITER_H_
