// An auditor's policy: whatever parses can be asked, and nobody alone is a quorum that asks for
// more.
#include <cstdlib>

#include "crypto/bytes.h"
#include "node/audit/policy.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto policy = daftar::audit::TlogPolicy::Parse(daftar::crypto::AsText({data, size}));
  if (!policy.ok()) return 0;
  // With every key there is, every quorum is reached; with none, only none.
  if (!policy->IsQuorum(policy->known())) std::abort();
  if (policy->IsQuorum({}) == policy->HasQuorum()) std::abort();
  return 0;
}
