// A relayed dispute: what decodes encodes to the same bytes.
#include <cstdlib>

#include "node/evidence/relay.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const daftar::evidence::ByteView input(data, size);
  if (const auto statement = daftar::evidence::RelayStatement::Decode(input); statement.ok()) {
    if (statement->Encode() != daftar::crypto::ToBytes(input)) std::abort();
  }
  return 0;
}
