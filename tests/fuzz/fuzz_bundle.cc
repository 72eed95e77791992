// A whole audit bundle, or fork evidence, as a single file, under a policy that names one log: no
// input makes the verifier fail in another way than by its verdict. The first line that begins with
// "policy " and is ended by LF, if the input begins with one, gives the policy's log line.
#include <algorithm>
#include <cstdlib>

#include "crypto/bytes.h"
#include "node/audit/verifier.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr std::string_view kPolicy = "policy ";
  std::string_view bytes = daftar::crypto::AsText({data, size});
  std::string policy = "quorum none\n";
  if (bytes.starts_with(kPolicy)) {
    const size_t end = std::min(bytes.find('\n'), bytes.size());
    policy =
        "log " + std::string(bytes.substr(kPolicy.size(), end - kPolicy.size())) + "\n" + policy;
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
  daftar::audit::VerifyOptions options;
  options.now = 1'800'000'000;
  const auto verdict = daftar::audit::VerifyBytes(bytes, policy, options);
  if (!verdict.ok() || verdict->code < 0 || verdict->code > 2) std::abort();
  if ((verdict->code == 2) == verdict->unreadable.empty()) std::abort();
  return 0;
}
