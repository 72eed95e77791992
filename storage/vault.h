// Personal data at rest: sealed values, and keyed tags in place of identifiers in keys.
#ifndef DAFTAR_STORAGE_VAULT_H_
#define DAFTAR_STORAGE_VAULT_H_

#include <string_view>

#include "crypto/bytes.h"
#include "crypto/entropy.h"
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "storage/keys.h"

namespace daftar::storage {

// What stands for an identifier in a database key: BLAKE2b-256 under a key derived from the data
// key. Tags of different purposes do not match each other.
using BlindTag = crypto::FixedBytes<struct BlindTagTag, 32>;

// Derives its keys from the keystore's data key. Any thread may call.
class Vault {
 public:
  Vault(const crypto::Secret32& data_key, crypto::Entropy& entropy);
  // Sealed for exactly this row: moving it to another key or column makes it unreadable.
  crypto::Bytes Seal(Column column, crypto::ByteView key, crypto::ByteView plaintext) const;
  // DataLoss when the row does not open (damaged, moved, or another node's).
  absl::StatusOr<crypto::SecretBytes> Open(Column column, crypto::ByteView key,
                                           crypto::ByteView sealed) const;
  BlindTag Tag(std::string_view purpose, std::string_view type, std::string_view value) const;

 private:
  crypto::Secret32 seal_key_;
  crypto::Secret32 tag_key_;
  crypto::Entropy& entropy_;
};

}  // namespace daftar::storage

#endif  // DAFTAR_STORAGE_VAULT_H_
