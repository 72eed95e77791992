// One byte of entry kind, then a block of facts: what decodes encodes to the same block.
#include <algorithm>
#include <cstdlib>

#include "node/evidence/facts.h"

namespace {

using namespace daftar::evidence;  // NOLINT(google-build-using-namespace)

template <class T>
void RoundTrip(const absl::StatusOr<T>& decoded, const FactsBlock& block) {
  if (decoded.ok() && EncodeFacts(*decoded) != block) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size != kFactsBytes + 1) return 0;
  FactsBlock block;
  std::copy_n(data + 1, kFactsBytes, block.begin());
  switch (data[0]) {
    case 1:
      RoundTrip(DecodeReportFacts(block), block);
      break;
    case 2:
      RoundTrip(DecodeSettlementFacts(block), block);
      break;
    case 3:
      RoundTrip(DecodeDisputeFacts(block), block);
      break;
    case 4:
      RoundTrip(DecodeResolutionFacts(block), block);
      break;
    case 5:
      RoundTrip(DecodeCorrectionFacts(block), block);
      break;
    case 6:
      RoundTrip(DecodeWithdrawalFacts(block), block);
      break;
    default:
      break;
  }
  return 0;
}
