#include "node/decision/roc.h"

#include <algorithm>
#include <limits>

namespace daftar::decision {

RocCurve::RocCurve(const std::vector<Ranked>& orders) {
  std::vector<Ranked> sorted = orders;
  std::sort(sorted.begin(), sorted.end(),
            [](const Ranked& a, const Ranked& b) { return a.r_ppm > b.r_ppm; });
  for (const Ranked& order : sorted) {
    if (steps_.empty() || steps_.back().r_ppm != order.r_ppm) steps_.push_back({order.r_ppm, 0, 0});
    ++(order.bad ? steps_.back().bad : steps_.back().good);
    ++(order.bad ? bad_ : good_);
  }
}

double RocCurve::Auc() const {
  if (good_ == 0 || bad_ == 0) return 0.5;
  double pairs = 0;
  uint64_t bad_above = 0;
  for (const Step& step : steps_) {
    pairs += static_cast<double>(step.good) *
             (static_cast<double>(bad_above) + static_cast<double>(step.bad) / 2);
    bad_above += step.bad;
  }
  return pairs / (static_cast<double>(good_) * static_cast<double>(bad_));
}

RocThreshold RocCurve::ThresholdAt(double hindered) const {
  double left = hindered * static_cast<double>(good_);
  for (const Step& step : steps_) {
    const auto good = static_cast<double>(step.good);
    if (good > left) return {step.r_ppm, left / good};
    left -= good;
  }
  // Nothing is left out; without good orders nothing says where to stop, so nothing is taken.
  return good_ == 0 ? RocThreshold{std::numeric_limits<uint32_t>::max(), 0} : RocThreshold{0, 1};
}

double RocCurve::CaughtAt(double hindered) const {
  if (bad_ == 0) return 0;
  const RocThreshold at = ThresholdAt(hindered);
  double caught = 0;
  for (const Step& step : steps_) {
    if (step.r_ppm < at.r_ppm) break;
    caught += static_cast<double>(step.bad) * (step.r_ppm == at.r_ppm ? at.of_tie : 1);
  }
  return caught / static_cast<double>(bad_);
}

double RocCurve::HinderedAt(const RocThreshold& threshold) const {
  if (good_ == 0) return 0;
  double hindered = 0;
  for (const Step& step : steps_) {
    if (step.r_ppm < threshold.r_ppm) break;
    hindered +=
        static_cast<double>(step.good) * (step.r_ppm == threshold.r_ppm ? threshold.of_tie : 1);
  }
  return hindered / static_cast<double>(good_);
}

}  // namespace daftar::decision
