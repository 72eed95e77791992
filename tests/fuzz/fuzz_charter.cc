// A charter file: whatever it holds, it is read within its bounds or refused.
#include <cstdlib>
#include <string>

#include "node/evidence/charter.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using daftar::evidence::Charter;
  const auto charter = Charter::Parse(std::string(reinterpret_cast<const char*>(data), size));
  if (!charter.ok()) return 0;
  if (charter->reasons.empty() || charter->circle.IsZero()) std::abort();
  for (const auto& [reason, profile] : charter->reasons) {
    if (!daftar::evidence::IsShareable(reason) || profile.retention_months < 1 ||
        profile.retention_months > daftar::evidence::kMaxRetentionMonths ||
        profile.legal_basis.empty()) {
      std::abort();
    }
  }
  return 0;
}
