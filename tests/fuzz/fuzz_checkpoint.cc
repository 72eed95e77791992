// Checkpoints: what parses and has no extension lines is written back to the byte, and what is
// written parses to the same value.
#include <algorithm>
#include <cstdlib>

#include "crypto/checkpoint.h"
#include "crypto/merkle.h"

using daftar::crypto::AsText;
using daftar::crypto::ParseCheckpoint;

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = AsText({data, size});
  auto checkpoint = ParseCheckpoint(text);
  if (!checkpoint.ok()) return 0;
  const std::string written = checkpoint->ToText();
  Require(text.starts_with(written));
  if (std::count(text.begin(), text.end(), '\n') == 3) Require(text == written);
  Require(checkpoint->size <= daftar::crypto::kMaxTreeSize);
  auto again = ParseCheckpoint(written);
  Require(again.ok() && *again == *checkpoint);
  return 0;
}
