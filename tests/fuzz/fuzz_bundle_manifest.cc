// Manifests of audit bundles: what parses is written again to the byte, but for the signature.
#include <cstdlib>

#include "crypto/bytes.h"
#include "node/audit/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = daftar::crypto::AsText({data, size});
  const auto parsed = daftar::audit::ParseManifest(text);
  if (!parsed.ok()) return 0;
  if (parsed->manifest.Text() != parsed->text || !text.starts_with(parsed->text)) std::abort();
  if (parsed->bytes > size) std::abort();
  return 0;
}
