#include "node/new_log_intent.h"

#include <utility>

namespace daftar {
namespace {

using crypto::Bytes;
using crypto::Reader;
using crypto::Secret32;
using crypto::Writer;
using storage::Column;

constexpr uint8_t kVersion = 1;
constexpr std::string_view kKey = "new-log";

Bytes Key() { return crypto::ToBytes(kKey); }

Secret32 TakeSecret(Reader& reader) {
  auto secret = Secret32::Create(reader.Raw(Secret32::kSize));
  return secret.ok() ? *std::move(secret) : Secret32();
}

}  // namespace

storage::NodeKeys NewLogIntent::KeysBeside(const storage::NodeKeys& keys) const {
  std::vector<storage::EpochKey> epochs;
  auto voprf = crypto::VoprfKey::FromScalar(epoch.key.ExposeScalar());
  if (voprf.ok()) epochs.push_back({epoch.epoch, *std::move(voprf)});
  return storage::NodeKeys{
      crypto::SigningKey::FromSeed(entry.ExposeSeed()),
      crypto::SigningKey::FromSeed(head.ExposeSeed()),
      crypto::SigningKey::FromSeed(mirror.ExposeSeed()),
      crypto::SigningKey::FromSeed(self.ExposeSeed()),
      std::move(epochs),
      keys.record.Duplicate(),
      keys.receipt.Duplicate(),
      keys.data.Duplicate(),
      {keys.tls.certificate_pem, keys.tls.private_key_pem.Duplicate(), keys.tls.pin}};
}

void PutNewLogIntent(const NewLogIntent& intent, const storage::Vault& vault,
                     storage::Batch& batch) {
  Writer writer;
  writer.U8(kVersion).U8(static_cast<uint8_t>(intent.stage));
  writer.U64(static_cast<uint64_t>(intent.begun_at_ms));
  for (const std::string* text :
       {&intent.actor, &intent.because, &intent.origin, &intent.old.origin}) {
    writer.Prefixed16(crypto::AsBytes(*text));
  }
  writer.U64(intent.old.size).Raw(intent.old.root.view()).Prefixed16(intent.adoption);
  for (const crypto::SigningKey* key :
       {&intent.entry, &intent.head, &intent.mirror, &intent.self}) {
    writer.Raw(key->ExposeSeed().Expose());
  }
  writer.U32(intent.epoch.epoch).Raw(intent.epoch.key.ExposeScalar().Expose());
  const crypto::SecretBytes plain(writer.Take());
  batch.Put(Column::kMeta, Key(), vault.Seal(Column::kMeta, Key(), plain.Expose()));
}

void DeleteNewLogIntent(storage::Batch& batch) { batch.Delete(Column::kMeta, Key()); }

absl::StatusOr<std::optional<NewLogIntent>> FindNewLogIntent(const storage::StoreReader& store,
                                                             const storage::Vault& vault) {
  auto row = store.Get(Column::kMeta, Key());
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  auto plain = vault.Open(Column::kMeta, Key(), **row);
  if (!plain.ok()) return plain.status();
  Reader reader(plain->Expose());
  if (reader.U8() != kVersion) reader.Fail();
  const auto stage = static_cast<NewLogStage>(reader.U8());
  if (stage < NewLogStage::kLeaving || stage > NewLogStage::kPublishing) reader.Fail();
  const auto begun_at = static_cast<int64_t>(reader.U64());
  std::string actor = reader.Text16();
  std::string because = reader.Text16();
  std::string origin = reader.Text16();
  crypto::Checkpoint old{reader.Text16(), reader.U64(), {}};
  old.root = reader.Take<crypto::Digest>();
  Bytes adoption = crypto::ToBytes(reader.Prefixed16());
  auto entry = crypto::SigningKey::FromSeed(TakeSecret(reader));
  auto head = crypto::SigningKey::FromSeed(TakeSecret(reader));
  auto mirror = crypto::SigningKey::FromSeed(TakeSecret(reader));
  auto self = crypto::SigningKey::FromSeed(TakeSecret(reader));
  const uint32_t number = reader.U32();
  auto voprf = crypto::VoprfKey::FromScalar(TakeSecret(reader));
  if (!reader.Finish("new log row").ok() || !voprf.ok()) {
    return absl::DataLossError("the row of the new log that was begun is malformed");
  }
  return NewLogIntent{stage,
                      begun_at,
                      std::move(actor),
                      std::move(because),
                      std::move(origin),
                      std::move(old),
                      std::move(adoption),
                      std::move(entry),
                      std::move(head),
                      std::move(mirror),
                      std::move(self),
                      {number, *std::move(voprf)}};
}

}  // namespace daftar
