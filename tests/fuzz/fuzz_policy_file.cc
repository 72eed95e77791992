// A policy file is written by hand: whatever stands in it, there is a policy that its own file
// gives back, or faults that can be shown as they are.
#include <algorithm>
#include <cstdlib>

#include "node/decision/policy.h"

namespace decision = daftar::decision;

namespace {

bool IsShowable(const daftar::evidence::TomlFault& fault) {
  constexpr size_t kMaxMessageBytes = 4096;
  return !fault.message.empty() && fault.message.size() <= kMaxMessageBytes &&
         std::ranges::all_of(fault.message, [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<daftar::evidence::TomlFault> faults;
  const auto policy = decision::Policy::Parse(text, faults);
  const auto first = decision::Policy::Parse(text);
  if (policy.has_value() != faults.empty() || policy.has_value() != first.ok()) std::abort();
  if (faults.size() > daftar::evidence::kMaxTomlFaults) std::abort();
  if (!std::ranges::all_of(faults, IsShowable)) std::abort();
  if (!policy.has_value()) return 0;
  if (!policy->Check().ok()) std::abort();
  const auto again = decision::Policy::Parse(policy->ToToml());
  if (!again.ok() || *again != *policy) std::abort();
  const auto decoded = decision::Policy::Decode(policy->Encode());
  if (!decoded.ok() || *decoded != *policy) std::abort();
  return 0;
}
