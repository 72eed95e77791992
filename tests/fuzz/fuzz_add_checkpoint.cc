// Bodies of add-checkpoint: what parses is written back to the byte, within its bounds.
#include <cstdlib>

#include "crypto/add_checkpoint.h"
#include "crypto/merkle.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view body = daftar::crypto::AsText({data, size});
  const auto request = daftar::crypto::ParseAddCheckpoint(body);
  if (!request.ok()) return 0;
  Require(request->ToString() == body);
  Require(request->proof.size() <= daftar::crypto::kMaxProofHashes);
  Require(request->old_size <= daftar::crypto::kMaxTreeSize);
  Require(request->note.text.starts_with(request->checkpoint.ToText()));
  return 0;
}
