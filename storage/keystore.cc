#include "storage/keystore.h"

#include <cstdlib>
#include <system_error>

#include "crypto/hash.h"
#include "storage/files.h"

namespace daftar::storage {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using crypto::Secret32;
using crypto::SecretBytes;

constexpr std::string_view kMagic = "DFTKEYS1";
constexpr uint32_t kVersion = 1;
constexpr size_t kMaxKeystoreBytes = 256 << 10;
constexpr size_t kMaxCertificateBytes = 64 << 10;
constexpr size_t kMaxPrivateKeyBytes = 16 << 10;
constexpr uint16_t kMaxEpochKeys = 64;
constexpr int64_t kDaySeconds = 24 * 60 * 60;
// The pin, not the date, is what partners trust; a certificate that runs out stops the circle.
constexpr int64_t kTlsValidSeconds = 10 * 365 * kDaySeconds;
constexpr size_t kUnlockRandomBytes = 32;

std::string Message(const absl::Status& status) {
  return std::string(status.message().data(), status.message().size());
}

// Collects secrets without leaving copies behind: the buffer never grows.
class SecretWriter {
 public:
  explicit SecretWriter(size_t capacity) { bytes_.reserve(capacity); }
  ~SecretWriter() { crypto::Wipe(bytes_.data(), bytes_.size()); }
  SecretWriter(const SecretWriter&) = delete;
  SecretWriter& operator=(const SecretWriter&) = delete;
  void Raw(ByteView part) {
    if (part.size() > bytes_.capacity() - bytes_.size()) std::abort();  // Encode checked the sizes
    bytes_.insert(bytes_.end(), part.begin(), part.end());
  }
  void Raw(const Secret32& secret) { Raw(secret.Expose()); }
  void U16(uint16_t value) { Raw(crypto::Writer().U16(value).bytes()); }
  void U32(uint32_t value) { Raw(crypto::Writer().U32(value).bytes()); }
  void Prefixed32(ByteView part) {
    U32(static_cast<uint32_t>(part.size()));
    Raw(part);
  }
  SecretBytes Take() { return SecretBytes(std::move(bytes_)); }

 private:
  Bytes bytes_;
};

absl::StatusOr<SecretBytes> Encode(const NodeKeys& keys) {
  if (keys.epochs.size() > kMaxEpochKeys ||
      keys.tls.certificate_pem.size() > kMaxCertificateBytes ||
      keys.tls.private_key_pem.size() > kMaxPrivateKeyBytes) {
    return absl::InvalidArgumentError("the node's keys exceed the keystore's bounds");
  }
  SecretWriter writer(kMaxKeystoreBytes);
  for (const crypto::SigningKey* key : {&keys.entry, &keys.head, &keys.mirror, &keys.self}) {
    writer.Raw(key->ExposeSeed());
  }
  for (const Secret32* secret : {&keys.record, &keys.receipt, &keys.data}) writer.Raw(*secret);
  writer.U16(static_cast<uint16_t>(keys.epochs.size()));
  for (const EpochKey& epoch : keys.epochs) {
    writer.U32(epoch.epoch);
    writer.Raw(epoch.key.ExposeScalar());
  }
  writer.Prefixed32(crypto::AsBytes(keys.tls.certificate_pem));
  writer.Prefixed32(keys.tls.private_key_pem.Expose());
  return writer.Take();
}

Secret32 TakeSecret(crypto::Reader& reader) {
  auto secret = Secret32::Create(reader.Raw(Secret32::kSize));
  return secret.ok() ? *std::move(secret) : Secret32();
}

crypto::SigningKey TakeSigningKey(crypto::Reader& reader) {
  return crypto::SigningKey::FromSeed(TakeSecret(reader));
}

absl::StatusOr<std::vector<EpochKey>> TakeEpochs(crypto::Reader& reader) {
  const uint16_t count = reader.U16();
  if (count > kMaxEpochKeys) return absl::InvalidArgumentError("too many epochs");
  std::vector<EpochKey> epochs;
  for (uint16_t i = 0; i < count && reader.ok(); ++i) {
    const uint32_t epoch = reader.U32();
    auto key = crypto::VoprfKey::FromScalar(TakeSecret(reader));
    if (!key.ok()) return key.status();
    epochs.push_back({epoch, *std::move(key)});
  }
  return epochs;
}

absl::StatusOr<crypto::TlsIdentity> TakeTls(crypto::Reader& reader) {
  crypto::TlsIdentity tls;
  tls.certificate_pem = reader.Text32();
  tls.private_key_pem = SecretBytes(crypto::ToBytes(reader.Prefixed32()));
  absl::Status finished = reader.Finish("keystore");
  if (!finished.ok()) return finished;
  const auto info = crypto::InspectCertificate(tls.certificate_pem);
  if (!info.ok()) return info.status();
  tls.pin = info->pin;
  absl::Status fits = crypto::CheckTlsIdentity(tls);
  if (!fits.ok()) return fits;
  return tls;
}

absl::StatusOr<NodeKeys> Decode(const SecretBytes& plaintext) {
  crypto::Reader reader(plaintext.Expose());
  crypto::SigningKey entry = TakeSigningKey(reader);
  crypto::SigningKey head = TakeSigningKey(reader);
  crypto::SigningKey mirror = TakeSigningKey(reader);
  crypto::SigningKey self = TakeSigningKey(reader);
  Secret32 record = TakeSecret(reader);
  Secret32 receipt = TakeSecret(reader);
  Secret32 data = TakeSecret(reader);
  auto epochs = TakeEpochs(reader);
  if (!epochs.ok()) return epochs.status();
  auto tls = TakeTls(reader);
  if (!tls.ok()) return tls.status();
  return NodeKeys{std::move(entry),   std::move(head),    std::move(mirror),
                  std::move(self),    *std::move(epochs), std::move(record),
                  std::move(receipt), std::move(data),    *std::move(tls)};
}

absl::Status DamagedKeystore(const std::filesystem::path& path, const std::string& how) {
  return absl::DataLossError("the keystore " + path.string() + " is damaged (" + how +
                             "); restore it from a backup, there is no other copy of these keys");
}

absl::StatusOr<Unlock> ReadPassphrase(const std::filesystem::path& path, UnlockMethod method,
                                      FileAccess access) {
  auto bytes = ReadFile(path, kMaxPassphraseBytes, access);
  if (!bytes.ok()) return bytes.status();
  SecretBytes content(*std::move(bytes));
  std::string_view text = content.ExposeText();
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  if (text.empty()) {
    return absl::InvalidArgumentError("the passphrase file " + path.string() + " is empty");
  }
  return Unlock{SecretBytes(text), method};
}

std::filesystem::path CredentialPath() {
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (directory == nullptr || *directory == '\0') return {};
  return std::filesystem::path(directory) / kCredentialName;
}

const char* MethodName(UnlockMethod method) {
  switch (method) {
    case UnlockMethod::kPassphraseFile:
      return "the passphrase file";
    case UnlockMethod::kCredential:
      return "the systemd credential";
    case UnlockMethod::kUnlockFile:
      return "the unlock file";
  }
  return "the passphrase";
}

// What stands in front of the sealed keys, in the clear.
struct Header {
  uint32_t version = 0;
  crypto::PasswordCost cost{};
  crypto::PasswordSalt salt;

  Bytes Encode() const {
    return crypto::Writer()
        .Raw(kMagic)
        .U32(version)
        .U32(cost.operations)
        .U32(cost.memory_bytes)
        .Raw(salt.view())
        .Take();
  }
};

struct KeystoreFile {
  Header header;
  ByteView sealed;
};

// Checks the whole file's checksum before any field of it is believed.
absl::StatusOr<KeystoreFile> ParseKeystore(ByteView file, const std::filesystem::path& path) {
  if (file.size() <= crypto::Digest::kSize) return DamagedKeystore(path, "it is cut short");
  const ByteView content = file.first(file.size() - crypto::Digest::kSize);
  crypto::Reader reader(content);
  if (crypto::AsText(reader.Raw(kMagic.size())) != kMagic) {
    return DamagedKeystore(path, "it does not begin like a keystore");
  }
  if (!crypto::ConstantTimeEquals(crypto::Sha256(content).view(),
                                  file.last(crypto::Digest::kSize))) {
    return DamagedKeystore(path, "its checksum does not fit");
  }
  KeystoreFile parsed;
  parsed.header.version = reader.U32();
  if (reader.ok() && parsed.header.version > kVersion) {
    return absl::FailedPreconditionError(
        "the keystore " + path.string() + " was written by a newer version (" +
        std::to_string(parsed.header.version) + "; this one knows up to " +
        std::to_string(kVersion) + "); install that version again");
  }
  parsed.header.cost.operations = reader.U32();
  parsed.header.cost.memory_bytes = reader.U32();
  parsed.header.salt = reader.Take<crypto::PasswordSalt>();
  parsed.sealed = reader.Prefixed32();
  if (!reader.Finish("keystore").ok() || parsed.header.version != kVersion) {
    return DamagedKeystore(path, "its fields do not fit together");
  }
  return parsed;
}

}  // namespace

absl::StatusOr<NodeKeys> NodeKeys::Generate(std::string_view tls_name, int64_t now_unix_seconds,
                                            crypto::Entropy& entropy) {
  // A day back, for partners whose clock is behind.
  auto tls = crypto::GenerateTlsIdentity(tls_name, now_unix_seconds - kDaySeconds,
                                         now_unix_seconds + kTlsValidSeconds);
  if (!tls.ok()) return tls.status();
  std::vector<EpochKey> epochs;
  epochs.push_back({kFirstEpoch, crypto::VoprfKey::Generate(entropy)});
  crypto::SigningKey entry = crypto::SigningKey::Generate(entropy);
  crypto::SigningKey head = crypto::SigningKey::Generate(entropy);
  crypto::SigningKey mirror = crypto::SigningKey::Generate(entropy);
  crypto::SigningKey self = crypto::SigningKey::Generate(entropy);
  return NodeKeys{std::move(entry), std::move(head),   std::move(mirror),
                  std::move(self),  std::move(epochs), entropy.Secret(),
                  entropy.Secret(), entropy.Secret(),  *std::move(tls)};
}

absl::StatusOr<Unlock> FindUnlock(const std::filesystem::path& dir,
                                  const std::filesystem::path& passphrase_file) {
  if (!passphrase_file.empty()) {
    return ReadPassphrase(passphrase_file, UnlockMethod::kPassphraseFile, FileAccess::kOwnerOnly);
  }
  const std::filesystem::path credential = CredentialPath();
  if (!credential.empty()) {
    // systemd gives the service's group access to its copy in some set-ups.
    auto unlock = ReadPassphrase(credential, UnlockMethod::kCredential, FileAccess::kNotOthers);
    if (!absl::IsNotFound(unlock.status())) return unlock;
  }
  const std::filesystem::path unlock_file = dir / kUnlockFileName;
  auto unlock = ReadPassphrase(unlock_file, UnlockMethod::kUnlockFile, FileAccess::kOwnerOnly);
  if (!absl::IsNotFound(unlock.status())) return unlock;
  return absl::NotFoundError(
      "no passphrase for the keystore: no passphrase file was named (--passphrase-file FILE), " +
      (credential.empty() ? std::string("no systemd credential is passed (CREDENTIALS_DIRECTORY is "
                                        "not set)")
                          : "there is no credential " + credential.string()) +
      ", and there is no " + unlock_file.string());
}

absl::StatusOr<Unlock> CreateUnlockFile(const std::filesystem::path& dir,
                                        crypto::Entropy& entropy) {
  const std::filesystem::path path = dir / kUnlockFileName;
  std::error_code error;
  if (std::filesystem::exists(std::filesystem::symlink_status(path, error))) {
    return absl::AlreadyExistsError(path.string() + " exists; it is not replaced");
  }
  Bytes random(kUnlockRandomBytes);
  entropy.Fill(random);
  std::string text = crypto::ToBase64Url(random);
  crypto::Wipe(random.data(), random.size());
  Unlock unlock{SecretBytes(text), UnlockMethod::kUnlockFile};
  text += '\n';
  absl::Status written = AtomicWriteFile(path, crypto::AsBytes(text), 0600);
  crypto::Wipe(text.data(), text.size());
  if (!written.ok()) return written;
  return unlock;
}

absl::Status WriteKeystore(const std::filesystem::path& dir, const NodeKeys& keys,
                           const Unlock& unlock, crypto::Entropy& entropy,
                           crypto::PasswordCost cost) {
  if (unlock.passphrase.empty()) return absl::InvalidArgumentError("the passphrase is empty");
  const auto plaintext = Encode(keys);
  if (!plaintext.ok()) return plaintext.status();
  const Header header{kVersion, cost, entropy.Public<crypto::PasswordSalt>()};
  const auto key = crypto::KeyFromPassword(unlock.passphrase, header.salt, cost);
  if (!key.ok()) return key.status();
  const Bytes front = header.Encode();
  const Bytes sealed = crypto::SealWithNonce(*key, plaintext->Expose(), front, entropy);
  crypto::Writer file;
  file.Raw(front).Prefixed32(sealed);
  file.Raw(crypto::Sha256(file.bytes()).view());
  return AtomicWriteFile(dir / kKeystoreFileName, file.bytes(), 0600);
}

absl::StatusOr<NodeKeys> ReadKeystore(const std::filesystem::path& dir, const Unlock& unlock) {
  const std::filesystem::path path = dir / kKeystoreFileName;
  const auto file = ReadFile(path, kMaxKeystoreBytes, FileAccess::kOwnerOnly);
  if (absl::IsNotFound(file.status())) {
    return absl::NotFoundError("there is no keystore " + path.string());
  }
  if (absl::IsResourceExhausted(file.status()) || absl::IsInvalidArgument(file.status())) {
    return DamagedKeystore(path, Message(file.status()));
  }
  if (!file.ok()) return file.status();
  const auto parsed = ParseKeystore(*file, path);
  if (!parsed.ok()) return parsed.status();
  const auto key =
      crypto::KeyFromPassword(unlock.passphrase, parsed->header.salt, parsed->header.cost);
  if (absl::IsInvalidArgument(key.status())) return DamagedKeystore(path, Message(key.status()));
  if (!key.ok()) return key.status();
  const auto plaintext = crypto::OpenWithNonce(*key, parsed->sealed, parsed->header.Encode());
  if (!plaintext.ok()) {
    return absl::PermissionDeniedError(std::string(MethodName(unlock.method)) +
                                       " does not open the keystore " + path.string() +
                                       ": it is not the passphrase it was sealed with");
  }
  auto keys = Decode(*plaintext);
  if (!keys.ok()) return DamagedKeystore(path, Message(keys.status()));
  return keys;
}

}  // namespace daftar::storage
