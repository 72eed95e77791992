// What a partner's reports have been worth to this shop, learnt from how its own orders turned out.
//
// For each own order at whose decision a partner held a report that counted, three numbers are kept
// once the outcome is known: how bad it was, r without this partner, and how much its reports
// should have added to r at the policy's weight. A partner whose reports add what they should keeps
// that weight. It is the addition that is measured, so a partner that only repeats what others
// report earns nothing by it, and neither does one that reports everybody.
//
// A few dozen outcomes say little: the error of a rate is as large as what a report adds. So the
// policy's weight stands until the shop's own orders contradict it by two standard errors, and then
// it moves only as far as they do. Most honest partners keep it; one that reports everybody has
// many outcomes soon. What was long ago fades, since partners change (kLearnWindow).
//
// An order that was hindered turned out as it did because it was: such outcomes understate a
// report, the more so the more it hindered. One that was, or may have been, paid in advance is not
// counted at all (check::WasAtRisk); for deposits the two standard errors and the floor of 0 bound
// that.
#ifndef DAFTAR_NODE_DECISION_PARTNER_WEIGHTS_H_
#define DAFTAR_NODE_DECISION_PARTNER_WEIGHTS_H_

#include <cstdint>
#include <vector>

#include "node/decision/decide.h"
#include "node/decision/policy.h"

namespace daftar::decision {

inline constexpr uint64_t kLearnWindow = 1000;  // orders; then all counters are halved
inline constexpr uint64_t kLearnErrors = 2;     // standard errors that the policy's weight has

// One order's part, before its outcome is known.
struct ExpectedGain {
  uint32_t partner = 0;      // its place in Weighed::partners
  uint32_t without_ppm = 0;  // r without this partner
  uint32_t gain_ppm = 0;     // what its report adds to that at the policy's weight
  friend bool operator==(const ExpectedGain&, const ExpectedGain&) = default;
};
// One for each partner with a report that counted; both numbers together at most 10^6. Works on a
// receipt's Weighed as well.
std::vector<ExpectedGain> ExpectedGains(const Weighed& weighed, const Policy& policy);

// Counters of one partner. A value; at most kLearnWindow orders.
struct PartnerOutcomes {
  uint64_t orders = 0;
  uint64_t bad_ppm = 0;  // sums over these orders
  uint64_t without_ppm = 0;
  uint64_t gain_ppm = 0;
  // `bad_ppm` of one order: 1,000,000 for a bad one, less for one that was half bad; 0 for good.
  void Add(const ExpectedGain& expected, uint32_t bad_ppm);
  friend bool operator==(const PartnerOutcomes&, const PartnerOutcomes&) = default;
};

// The weight in ppm, from 0 to the policy's max_partner_weight_ppm. Exactly the policy's weight
// when nothing was learnt; never falls when more of the same orders are bad. Integers only.
// REQUIRES counters that Add made.
uint32_t LearntWeight(const PartnerOutcomes& outcomes, const Policy& policy);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_PARTNER_WEIGHTS_H_
