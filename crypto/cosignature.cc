#include "crypto/cosignature.h"

#include <cstdlib>

namespace daftar::crypto {

std::string CosignatureMessage(std::string_view checkpoint_text, uint64_t unix_seconds) {
  return "cosignature/v1\ntime " + std::to_string(unix_seconds) + "\n" +
         std::string(checkpoint_text);
}

NoteSignature Cosign(std::string_view checkpoint_text, uint64_t unix_seconds,
                     const std::string& key_name, const SigningKey& key) {
  if (unix_seconds == 0 || unix_seconds > kMaxCosignatureTime ||
      !CheckNoteText(checkpoint_text).ok() || !CheckKeyName(key_name).ok()) {
    std::abort();
  }
  const Signature signature = key.Sign(AsBytes(CosignatureMessage(checkpoint_text, unix_seconds)));
  Writer blob;
  blob.U64(unix_seconds).Raw(signature.view());
  return {key_name, NoteKeyId(key_name, KeyType::kCosignature, key.public_key()), blob.Take()};
}

}  // namespace daftar::crypto
