#include "node/partners/evaluator.h"

namespace daftar::partners {

absl::StatusOr<crypto::VoprfEvaluation> Evaluator::Evaluate(
    const Partner& partner, uint32_t epoch, std::span<const crypto::ByteView> blinded,
    bool warming) {
  if (partner.status != PartnerStatus::kActive) {
    return absl::PermissionDeniedError("it has suspended this node; ask its operator");
  }
  if (epoch != epoch_) {
    return absl::InvalidArgumentError("epoch " + std::to_string(epoch) +
                                      " is not served; the log's newest KEYS entry names epoch " +
                                      std::to_string(epoch_));
  }
  if (blinded.empty() || blinded.size() > crypto::kMaxVoprfBatch) {
    return absl::InvalidArgumentError("a batch has 1 to " + std::to_string(crypto::kMaxVoprfBatch) +
                                      " elements, not " + std::to_string(blinded.size()));
  }
  absl::Status taken =
      quota_.Take(partner.origin, blinded.size(), warming, registry_.Active().size());
  if (!taken.ok()) return taken;
  std::vector<crypto::GroupElement> elements;
  elements.reserve(blinded.size());
  for (crypto::ByteView bytes : blinded) {
    auto element = crypto::GroupElement::Create(bytes);
    if (!element.ok()) {
      return absl::InvalidArgumentError("element " + std::to_string(elements.size()) +
                                        " is not a canonical group element, or is the identity");
    }
    elements.push_back(*element);
  }
  auto evaluation = crypto::VoprfEvaluate(key_, elements, entropy_);
  if (evaluation.ok()) evaluated_ += elements.size();
  return evaluation;
}

}  // namespace daftar::partners
