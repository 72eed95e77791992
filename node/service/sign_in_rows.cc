#include "node/service/sign_in_rows.h"

#include <utility>

#include "crypto/hash.h"

namespace daftar::service {
namespace {

using crypto::Reader;
using crypto::Writer;
using storage::Batch;
using storage::Bytes;
using storage::ByteView;
using storage::Column;
using storage::Vault;

constexpr uint8_t kVersion = 2;  // of a sign-in row; 1 has no end of an unconfirmed secret
constexpr uint8_t kLinkVersion = 1;

// Of a sealed row; wiped when it goes, since the row has secrets.
crypto::SecretBytes Encode(const SignInRow& row) {
  Writer writer;
  writer.U8(kVersion).Prefixed16(crypto::AsBytes(row.password));
  writer.Prefixed8(row.second_factor.Expose()).Prefixed8(row.unconfirmed.Expose());
  writer.U64(static_cast<uint64_t>(row.unconfirmed_until.value));
  writer.U64(row.last_step).U8(static_cast<uint8_t>(row.recovery_codes.size()));
  for (const crypto::Digest& code : row.recovery_codes) writer.Raw(code.view());
  writer.U8(static_cast<uint8_t>(row.devices.size()));
  for (const crypto::Digest& device : row.devices) writer.Raw(device.view());
  writer.U8(static_cast<uint8_t>(row.sessions.size()));
  for (const SessionMark& session : row.sessions) {
    writer.Raw(session.secret.view()).Raw(session.id.view());
    writer.U64(static_cast<uint64_t>(session.signed_in_at.value));
    writer.U64(static_cast<uint64_t>(session.expires_at.value)).U8(session.by_token ? 1 : 0);
  }
  writer.U8(row.link.has_value() ? 1 : 0);
  if (row.link.has_value()) {
    writer.Raw(row.link->secret.view()).U64(static_cast<uint64_t>(row.link->expires_at.value));
  }
  return crypto::SecretBytes(writer.Take());
}

absl::StatusOr<SignInRow> Decode(ByteView bytes) {
  Reader reader(bytes);
  SignInRow row;
  const uint8_t version = reader.U8();
  if (version == 0 || version > kVersion) reader.Fail();
  row.password = reader.Text16();
  row.second_factor = crypto::SecretBytes(crypto::ToBytes(reader.Prefixed8()));
  row.unconfirmed = crypto::SecretBytes(crypto::ToBytes(reader.Prefixed8()));
  if (version > 1) row.unconfirmed_until.value = static_cast<int64_t>(reader.U64());
  row.last_step = reader.U64();
  for (uint8_t left = reader.U8(); left > 0; --left) {
    row.recovery_codes.push_back(reader.Take<crypto::Digest>());
  }
  for (uint8_t left = reader.U8(); left > 0; --left) {
    row.devices.push_back(reader.Take<crypto::Digest>());
  }
  for (uint8_t left = reader.U8(); left > 0; --left) {
    SessionMark session;
    session.secret = reader.Take<crypto::Digest>();
    session.id = reader.Take<SessionId>();
    session.signed_in_at.value = static_cast<int64_t>(reader.U64());
    session.expires_at.value = static_cast<int64_t>(reader.U64());
    session.by_token = reader.U8() != 0;
    row.sessions.push_back(session);
  }
  if (reader.U8() != 0) {
    LinkMark link;
    link.secret = reader.Take<crypto::Digest>();
    link.expires_at.value = static_cast<int64_t>(reader.U64());
    row.link = link;
  }
  if (!reader.Finish("sign-in row").ok()) {
    return absl::DataLossError("the row of a user's sign-in is malformed");
  }
  return row;
}

// A secret with 256 random bits, as text.
std::string NewSecret(crypto::Entropy& entropy) {
  return crypto::ToBase64Url(entropy.Secret().Expose());
}

LinkMark PutLinkRow(Batch& batch, const Vault& vault, std::string_view name,
                    const SignInLink& link) {
  const LinkMark mark{HashOfSecret("link", link.secret), link.expires_at};
  Bytes key = LinkKey(mark.secret);
  Bytes sealed = vault.Seal(Column::kUsers, key,
                            Writer()
                                .U8(kLinkVersion)
                                .Prefixed8(crypto::AsBytes(name))
                                .U64(static_cast<uint64_t>(link.expires_at.value))
                                .Take());
  batch.Put(Column::kUsers, std::move(key), std::move(sealed));
  return mark;
}

evidence::UnixMillis LinkEnd(evidence::UnixMillis now) {
  return {now.value + std::chrono::milliseconds(kLinkLife).count()};
}

}  // namespace

Bytes UserRowKey(std::string_view name) { return Writer().U8('u').Raw(name).Take(); }
Bytes SignInKey(std::string_view name) { return Writer().U8('s').Raw(name).Take(); }
Bytes SessionKey(const crypto::Digest& secret) {
  return Writer().U8('k').Raw(secret.view()).Take();
}
Bytes LinkKey(const crypto::Digest& secret) { return Writer().U8('l').Raw(secret.view()).Take(); }

crypto::Digest HashOfSecret(std::string_view purpose, std::string_view secret) {
  const Bytes input =
      Writer().Prefixed16(crypto::AsBytes(purpose)).Prefixed16(crypto::AsBytes(secret)).Take();
  return crypto::Sha256({crypto::AsBytes("daftar/sign-in/v1"), input});
}

Bytes SealSignIn(const Vault& vault, std::string_view name, const SignInRow& row) {
  return vault.Seal(Column::kUsers, SignInKey(name), Encode(row).Expose());
}

absl::StatusOr<SignInRow> OpenSignIn(const Vault& vault, ByteView key, ByteView sealed) {
  auto plain = vault.Open(Column::kUsers, key, sealed);
  if (!plain.ok()) return plain.status();
  return Decode(plain->Expose());
}

absl::StatusOr<StoredSignIn> ReadSignIn(const storage::StoreReader& store, const Vault& vault,
                                        std::string_view name) {
  const Bytes key = SignInKey(name);
  auto stored = store.Get(Column::kUsers, key);
  if (!stored.ok()) return stored.status();
  StoredSignIn read;
  if (!stored->has_value()) return read;
  auto row = OpenSignIn(vault, key, **stored);
  if (!row.ok()) return row.status();
  read.row = *std::move(row);
  read.stored = *std::move(stored);
  return read;
}

absl::StatusOr<std::optional<std::string>> ReadSession(const storage::StoreReader& store,
                                                       const Vault& vault,
                                                       const crypto::Digest& secret) {
  const Bytes key = SessionKey(secret);
  auto stored = store.Get(Column::kUsers, key);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return std::nullopt;
  auto plain = vault.Open(Column::kUsers, key, **stored);
  if (!plain.ok()) return plain.status();
  return std::string(plain->ExposeText());
}

absl::StatusOr<std::optional<LinkRow>> ReadLink(const storage::StoreReader& store,
                                                const Vault& vault, const crypto::Digest& secret) {
  const Bytes key = LinkKey(secret);
  auto stored = store.Get(Column::kUsers, key);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return std::nullopt;
  auto plain = vault.Open(Column::kUsers, key, **stored);
  if (!plain.ok()) return plain.status();
  Reader reader(plain->Expose());
  LinkRow row;
  if (reader.U8() != kLinkVersion) reader.Fail();
  row.user = std::string(crypto::AsText(reader.Prefixed8()));
  row.expires_at.value = static_cast<int64_t>(reader.U64());
  if (!reader.Finish("link row").ok()) return absl::DataLossError("a link's row is malformed");
  return row;
}

void PutSession(Batch& batch, const Vault& vault, std::string_view name,
                const SessionMark& session) {
  Bytes key = SessionKey(session.secret);
  Bytes sealed = vault.Seal(Column::kUsers, key, crypto::AsBytes(name));
  batch.Put(Column::kUsers, std::move(key), std::move(sealed));
}

void DeleteSession(Batch& batch, const SessionMark& session) {
  batch.Delete(Column::kUsers, SessionKey(session.secret));
}

SignInLink PutLink(Batch& batch, const Vault& vault, crypto::Entropy& entropy,
                   std::string_view name, evidence::UnixMillis now, SignInRow& row) {
  if (row.link.has_value()) batch.Delete(Column::kUsers, LinkKey(row.link->secret));
  SignInLink link{NewSecret(entropy), LinkEnd(now)};
  row.link = PutLinkRow(batch, vault, name, link);
  return link;
}

SignInLink PutFirstUserLink(Batch& batch, const Vault& vault, crypto::Entropy& entropy,
                            evidence::UnixMillis now) {
  SignInLink link{NewSecret(entropy), LinkEnd(now)};
  PutLinkRow(batch, vault, {}, link);
  return link;
}

void DeleteSignIn(Batch& batch, std::string_view name, const SignInRow& row) {
  for (const SessionMark& session : row.sessions) DeleteSession(batch, session);
  if (row.link.has_value()) batch.Delete(Column::kUsers, LinkKey(row.link->secret));
  batch.Delete(Column::kUsers, SignInKey(name));
}

}  // namespace daftar::service
