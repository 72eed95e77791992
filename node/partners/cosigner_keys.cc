#include "node/partners/cosigner_keys.h"

#include "node/evidence/header.h"

namespace daftar::partners {

void CosignerKeys::Set(const std::string& origin, const crypto::PublicKey& mirror) {
  storage::MutexLock lock(mutex_);
  keys_.insert_or_assign(origin, crypto::NoteKey{evidence::MirrorKeyName(origin),
                                                 crypto::KeyType::kCosignature, mirror});
}

std::vector<crypto::NoteKey> CosignerKeys::AllBut(const std::string& origin) const {
  storage::MutexLock lock(mutex_);
  std::vector<crypto::NoteKey> keys;
  for (const auto& [of, key] : keys_) {
    if (of != origin) keys.push_back(key);
  }
  return keys;
}

}  // namespace daftar::partners
