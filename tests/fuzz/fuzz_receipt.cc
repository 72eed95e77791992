// Receipts and policies come out of files that an auditor is given: what decodes must encode to the
// same bytes, and replaying it must not go out of any bound.
#include <cstdlib>

#include "node/decision/explain.h"
#include "node/decision/receipt.h"

namespace decision = daftar::decision;
using daftar::crypto::ByteView;
using daftar::crypto::ToBytes;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteView bytes(data, size);
  const auto receipt = decision::ReceiptBody::Decode(bytes);
  if (receipt.ok()) {
    if (receipt->Encode() != ToBytes(bytes)) std::abort();
    const decision::Decision again = decision::Replay(*receipt, decision::DefaultPolicy());
    if (again.verdict.r_ppm > decision::kPpm) std::abort();
    if (decision::Because(again).empty()) std::abort();
    (void)decision::CheckReplay(*receipt, decision::DefaultPolicy());
  }
  const auto policy = decision::Policy::Decode(bytes);
  if (policy.ok() && policy->Encode() != ToBytes(bytes)) std::abort();
  return 0;
}
