#include "node/decision/partner_weights.h"

#include <algorithm>

namespace daftar::decision {
namespace {

// The largest root whose square is at most `value`.
uint64_t RootOf(uint64_t value) {
  uint64_t root = 0;
  for (uint64_t bit = uint64_t{1} << 31; bit > 0; bit >>= 1) {
    const uint64_t tried = root | bit;
    if (tried * tried <= value) root = tried;
  }
  return root;
}

uint64_t StrongestPpm(const WeighedPartner& partner) {
  uint32_t strongest = 0;
  for (const WeighedEntry& entry : partner.entries) strongest = std::max(strongest, entry.bad_ppm);
  return strongest;
}

uint32_t PolicyWeight(const Policy& policy) {
  return std::min(policy.partner_weight_ppm, policy.max_partner_weight_ppm);
}

}  // namespace

std::vector<ExpectedGain> ExpectedGains(const Weighed& weighed, const Policy& policy) {
  const RateSums all = SumRate(weighed, policy);
  std::vector<ExpectedGain> gains;
  for (uint32_t i = 0; i < weighed.partners.size(); ++i) {
    const WeighedPartner& partner = weighed.partners[i];
    const uint64_t strongest = StrongestPpm(partner);
    if (strongest == 0) continue;
    const uint64_t counted = partner.weight_ppm * strongest / kPpm;
    const uint64_t wanted = PolicyWeight(policy) * strongest / kPpm;
    const RateSums without{all.bad - counted, all.all - counted};
    const RateSums with{without.bad + wanted, without.all + wanted};
    const uint32_t r = std::max(with.r_ppm(), without.r_ppm());
    gains.push_back({i, without.r_ppm(), r - without.r_ppm()});
  }
  return gains;
}

void PartnerOutcomes::Add(const ExpectedGain& expected, uint32_t bad) {
  if (orders >= kLearnWindow) {
    orders /= 2;
    bad_ppm /= 2;
    without_ppm /= 2;
    gain_ppm /= 2;
  }
  ++orders;
  bad_ppm += std::min<uint64_t>(bad, kPpm);
  without_ppm += expected.without_ppm;
  gain_ppm += expected.gain_ppm;
}

// All sums are below 10^9, so that products with weights and squares fit 64 bits.
uint32_t LearntWeight(const PartnerOutcomes& outcomes, const Policy& policy) {
  const uint64_t standing = PolicyWeight(policy);
  if (outcomes.orders == 0 || outcomes.gain_ppm == 0) return static_cast<uint32_t>(standing);
  const auto should = static_cast<int64_t>(outcomes.gain_ppm);
  const int64_t did =
      static_cast<int64_t>(outcomes.bad_ppm) - static_cast<int64_t>(outcomes.without_ppm);
  const uint64_t rate =
      std::min((outcomes.without_ppm + outcomes.gain_ppm) / outcomes.orders, kPpm);
  const auto margin =
      static_cast<int64_t>(kLearnErrors * RootOf(outcomes.orders * rate * (kPpm - rate)));
  const int64_t believed = std::clamp(should, did - margin, did + margin);
  if (believed <= 0) return 0;
  const uint64_t weight = standing * static_cast<uint64_t>(believed) / outcomes.gain_ppm;
  return static_cast<uint32_t>(std::min<uint64_t>(weight, policy.max_partner_weight_ppm));
}

}  // namespace daftar::decision
