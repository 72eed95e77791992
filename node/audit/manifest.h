// What an audit bundle says it holds: the manifest of docs/bundle.md, signed with the node's entry
// key. Pure; any thread.
#ifndef DAFTAR_NODE_AUDIT_MANIFEST_H_
#define DAFTAR_NODE_AUDIT_MANIFEST_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/signing.h"
#include "node/evidence/body.h"

namespace daftar::audit {

inline constexpr size_t kMaxManifestBytes = 256 << 10;
inline constexpr size_t kMaxBundleFiles = 2048;
inline constexpr uint64_t kMaxBundleFileBytes = uint64_t{1} << 40;
inline constexpr size_t kMaxExcerptEntries = 256;
inline constexpr std::string_view kBundleSignatureType = "application/vnd.daftar.bundle.v1+text";
inline constexpr std::string_view kManifestFileName = "manifest";

// The name of the key that signs a log's entries and bundles, in its vkey.
inline std::string EntryKeyName(std::string_view origin) { return std::string(origin) + "/entry"; }

enum class BundleKind { kLog, kExcerpt, kDecisions };
std::string_view BundleKindName(BundleKind kind);  // "log", "excerpt", "decisions"

struct ManifestFile {
  std::string name;
  uint64_t bytes = 0;
  crypto::Digest sha256;
  friend bool operator==(const ManifestFile&, const ManifestFile&) = default;
};

struct Manifest {
  BundleKind kind = BundleKind::kLog;
  std::string origin;
  evidence::CircleId circle;
  int64_t made_at = 0;   // Unix seconds
  crypto::KeyId signer;  // of the entry key
  uint64_t from = 0;     // sizes of the log, or of the decision log
  uint64_t to = 0;
  std::vector<ManifestFile> files;

  // What is signed: all lines, without the empty one and the signature.
  std::string Text() const;
  // The manifest's bytes. REQUIRES: what Parse accepts, but for `signer`, which is `key`'s.
  std::string Sign(const crypto::SigningKey& key) const;
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

struct SignedManifest {
  Manifest manifest;
  std::string text;  // exactly the bytes that were signed
  crypto::Signature signature;
  uint64_t bytes = 0;     // of the whole manifest, where a single file's first file begins
  crypto::Digest sha256;  // of these bytes: it stands for the bundle, whose files they name

  // Whether `key` made the signature and has the signer's ID for this origin.
  bool VerifiedBy(const crypto::PublicKey& key) const;
};

// Reads the manifest at the beginning of `bytes`, of which what follows is left alone.
// InvalidArgument, naming line and rule, for everything that Sign would not have written: also a
// file that the kind does not have, one that it lacks, and one out of order.
absl::StatusOr<SignedManifest> ParseManifest(std::string_view bytes);

}  // namespace daftar::audit

#endif  // DAFTAR_NODE_AUDIT_MANIFEST_H_
