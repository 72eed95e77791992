// A log leaf: what decodes encodes to the same bytes.
#include <cstdlib>

#include "node/evidence/header.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using daftar::evidence::ByteView;
  const ByteView input(data, size);
  if (const auto leaf = daftar::evidence::SignedHeader::DecodeLeaf(input); leaf.ok()) {
    if (leaf->Leaf() != daftar::crypto::ToBytes(input)) std::abort();
    if (leaf->header.Encode() != leaf->header_bytes) std::abort();
  }
  if (const auto header = daftar::evidence::Header::Decode(input); header.ok()) {
    if (header->Encode() != daftar::crypto::ToBytes(input)) std::abort();
  }
  return 0;
}
