// How well a number ranks bad outcomes above good ones. A measurement, so doubles are allowed.
#ifndef DAFTAR_NODE_DECISION_ROC_H_
#define DAFTAR_NODE_DECISION_ROC_H_

#include <cstdint>
#include <vector>

namespace daftar::decision {

struct Ranked {
  uint32_t r_ppm = 0;
  bool bad = false;
};

// A threshold that splits a tie: of the orders at `r_ppm` the share `of_tie` is hindered, and every
// order above.
struct RocThreshold {
  uint32_t r_ppm = 0;
  double of_tie = 0;
};

// The ROC curve of a set of orders. Orders of equal r are one straight piece of it, so that a tie
// counts as if it were broken at random. A value; any thread.
class RocCurve {
 public:
  explicit RocCurve(const std::vector<Ranked>& orders);

  uint64_t good() const { return good_; }
  uint64_t bad() const { return bad_; }
  // The chance that a bad order ranks above a good one, ties half; 0.5 when either is missing.
  double Auc() const;
  // Share of bad orders caught where `hindered` (0 to 1) of the good ones are hindered.
  double CaughtAt(double hindered) const;
  // Where `hindered` of the good orders are hindered. Without good orders: above everything.
  RocThreshold ThresholdAt(double hindered) const;
  // Share of good orders that a threshold of another curve hinders here.
  double HinderedAt(const RocThreshold& threshold) const;

 private:
  struct Step {
    uint32_t r_ppm = 0;
    uint64_t good = 0;  // at this r
    uint64_t bad = 0;
  };
  std::vector<Step> steps_;  // descending by r
  uint64_t good_ = 0;
  uint64_t bad_ = 0;
};

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_ROC_H_
