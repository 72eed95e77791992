// The issuer's side of a private lookup: evaluates blinded elements for a partner.
#ifndef DAFTAR_NODE_PARTNERS_EVALUATOR_H_
#define DAFTAR_NODE_PARTNERS_EVALUATOR_H_

#include <atomic>
#include <span>

#include "crypto/entropy.h"
#include "crypto/voprf.h"
#include "node/partners/partner.h"
#include "node/partners/quota.h"
#include "node/partners/registry.h"

namespace daftar::partners {

// Any thread may call. References outlive the evaluator.
class Evaluator {
 public:
  Evaluator(const Registry& registry, Quota& quota, uint32_t epoch, const crypto::VoprfKey& key,
            crypto::Entropy& entropy)
      : registry_(registry), quota_(quota), epoch_(epoch), key_(key), entropy_(entropy) {}

  // `blinded` are the elements as they came, unchecked. The quota is taken before any curve work.
  //   PermissionDenied    the partner is suspended
  //   InvalidArgument     an unknown epoch, an empty or too large batch, an element that is not
  //                       canonical or is the identity
  //   ResourceExhausted   over the quota, with the time to wait
  absl::StatusOr<crypto::VoprfEvaluation> Evaluate(const Partner& partner, uint32_t epoch,
                                                   std::span<const crypto::ByteView> blinded,
                                                   bool warming);
  // Elements evaluated since the start.
  uint64_t evaluated() const { return evaluated_.load(); }

 private:
  const Registry& registry_;
  Quota& quota_;
  const uint32_t epoch_;
  const crypto::VoprfKey& key_;
  crypto::Entropy& entropy_;
  std::atomic<uint64_t> evaluated_{0};
};

}  // namespace daftar::partners

#endif  // DAFTAR_NODE_PARTNERS_EVALUATOR_H_
