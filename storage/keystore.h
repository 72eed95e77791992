// The node's secrets in one sealed file. The seal is a passphrase (Argon2id) that comes from a
// systemd credential, a file the operator names, or, failing both, an unlock file beside it.
#ifndef DAFTAR_STORAGE_KEYSTORE_H_
#define DAFTAR_STORAGE_KEYSTORE_H_

#include <filesystem>
#include <string>
#include <vector>

#include "crypto/certificate.h"
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "crypto/signing.h"
#include "crypto/voprf.h"

namespace daftar::storage {

inline constexpr uint32_t kFirstEpoch = 1;
inline constexpr size_t kMaxPassphraseBytes = 4096;

struct EpochKey {
  uint32_t epoch;
  crypto::VoprfKey key;
};

// Every secret a node has, each for one use (DESIGN section 6 and 9). Move-only.
struct NodeKeys {
  crypto::SigningKey entry;   // entries of the log
  crypto::SigningKey head;    // heads; key name: the origin
  crypto::SigningKey mirror;  // `<origin>/mirror`
  crypto::SigningKey self;    // `<origin>/self`
  std::vector<EpochKey> epochs;
  crypto::Secret32 record;   // K of reports
  crypto::Secret32 receipt;  // subjects in receipts
  crypto::Secret32 data;     // data at rest
  crypto::TlsIdentity tls;

  // Fresh keys, with one epoch (kFirstEpoch) and a TLS certificate for `tls_name` that is valid for
  // ten years.
  static absl::StatusOr<NodeKeys> Generate(std::string_view tls_name, int64_t now_unix_seconds,
                                           crypto::Entropy& entropy);
};

// Where the passphrase came from; `status` keeps telling when it is the unlock file.
enum class UnlockMethod { kPassphraseFile, kCredential, kUnlockFile };

struct Unlock {
  crypto::SecretBytes passphrase;
  UnlockMethod method;
};

inline constexpr char kKeystoreFileName[] = "keystore";
inline constexpr char kUnlockFileName[] = "unlock";
inline constexpr char kCredentialName[] = "daftar-passphrase";

// Finds the passphrase: `passphrase_file` if given, else $CREDENTIALS_DIRECTORY/daftar-passphrase,
// else `dir`/unlock. NotFound saying where it looked; PermissionDenied when the file can be read by
// others; InvalidArgument when it is empty. A trailing newline is not part of the passphrase.
absl::StatusOr<Unlock> FindUnlock(const std::filesystem::path& dir,
                                  const std::filesystem::path& passphrase_file);
// Writes `dir`/unlock (0600) with a random passphrase. AlreadyExists if there is one.
absl::StatusOr<Unlock> CreateUnlockFile(const std::filesystem::path& dir, crypto::Entropy& entropy);

// Seals into `dir`/keystore: written beside, fsynced, renamed, 0600. Durable on OK. InvalidArgument
// for an empty passphrase or a cost out of bounds; file errors as in storage/files.h.
absl::Status WriteKeystore(const std::filesystem::path& dir, const NodeKeys& keys,
                           const Unlock& unlock, crypto::Entropy& entropy,
                           crypto::PasswordCost cost = crypto::kKeystorePassword);
// NotFound when there is none; PermissionDenied for a wrong passphrase or a file that others may
// read; DataLoss when damaged; FailedPrecondition when a newer version wrote it; ResourceExhausted
// when there is not enough memory to derive the key.
absl::StatusOr<NodeKeys> ReadKeystore(const std::filesystem::path& dir, const Unlock& unlock);

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_KEYSTORE_H_
