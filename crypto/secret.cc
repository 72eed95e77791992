#include "crypto/secret.h"

#include <sodium.h>

namespace daftar::crypto {

void Wipe(void* data, size_t size) {
  if (size > 0) sodium_memzero(data, size);
}

}  // namespace daftar::crypto
