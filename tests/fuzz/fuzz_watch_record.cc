// Records of a watch, without the sum at their end, so that the rules behind it are reached: what
// is read comes back from what is written, and of the newest version to the byte.
#include <cstdlib>

#include "crypto/bytes.h"
#include "crypto/hash.h"
#include "node/audit/watch_record.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using daftar::audit::WatchedLog;
  std::string text(daftar::crypto::AsText({data, size}));
  text += "sha256 " + daftar::crypto::Sha256(daftar::crypto::AsBytes(text)).hex() + "\n";
  const auto record = WatchedLog::Decode(text);
  if (!record.ok()) return 0;
  const std::string written = record->Encode();
  if (text.starts_with(written.substr(0, written.find('\n') + 1)) && written != text) std::abort();
  const auto again = WatchedLog::Decode(written);
  if (!again.ok() || *again != *record) std::abort();
  return 0;
}
