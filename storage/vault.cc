#include "storage/vault.h"

#include <string>

#include "crypto/hash.h"

namespace daftar::storage {
namespace {

// Bound to its row: a sealed value copied to another key or column does not open.
crypto::Bytes RowName(Column column, crypto::ByteView key) {
  return crypto::Writer()
      .Raw("daftar/vault/row/v1")
      .U8(static_cast<uint8_t>(column))
      .Raw(key)
      .Take();
}

}  // namespace

Vault::Vault(const crypto::Secret32& data_key, crypto::Entropy& entropy)
    : seal_key_(
          crypto::Blake2b256Secret(data_key.Expose(), {crypto::AsBytes("daftar/vault/seal/v1")})),
      tag_key_(
          crypto::Blake2b256Secret(data_key.Expose(), {crypto::AsBytes("daftar/vault/tag/v1")})),
      entropy_(entropy) {}

crypto::Bytes Vault::Seal(Column column, crypto::ByteView key, crypto::ByteView plaintext) const {
  return crypto::SealWithNonce(seal_key_, plaintext, RowName(column, key), entropy_);
}

absl::StatusOr<crypto::SecretBytes> Vault::Open(Column column, crypto::ByteView key,
                                                crypto::ByteView sealed) const {
  auto opened = crypto::OpenWithNonce(seal_key_, sealed, RowName(column, key));
  if (opened.ok()) return opened;
  return absl::DataLossError("a row of " + std::string(ColumnName(column)) +
                             " does not open: it is damaged, was moved, or was sealed by another "
                             "node's data key");
}

BlindTag Vault::Tag(std::string_view purpose, std::string_view type, std::string_view value) const {
  crypto::Writer writer;
  writer.Prefixed16(crypto::AsBytes(purpose))
      .Prefixed16(crypto::AsBytes(type))
      .Prefixed32(crypto::AsBytes(value));
  const crypto::Bytes input = writer.Take();
  return BlindTag(crypto::Blake2b256(tag_key_.Expose(), {input}).array());
}

}  // namespace daftar::storage
