// The shop's rules as integers. A policy is known by the SHA-256 of its canonical encoding, which
// stands in every receipt, so that a past decision can be recomputed from the same rules.
#ifndef DAFTAR_NODE_DECISION_POLICY_H_
#define DAFTAR_NODE_DECISION_POLICY_H_

#include <map>

#include "absl/status/statusor.h"
#include "crypto/hash.h"
#include "node/decision/decision.h"

namespace daftar::decision {

// What a record for one reason weighs when it is fresh and live, and in how many days that halves.
struct ReasonWeight {
  uint32_t severity_ppm = 1'000'000;
  uint32_t half_life_days = 365;
  friend bool operator==(const ReasonWeight&, const ReasonWeight&) = default;
};

struct Policy {
  // r = (own_bad + sum w_p b_p + k prior) / (own_orders + sum w_p b_p + k), see decide.h.
  uint32_t prior_ppm = 50'000;
  uint32_t k_ppm = 3'000'000;   // the prior counts as three orders
  uint32_t prior_orders = 100;  // of the shop's own rate, the prior counts as so many orders
  uint32_t partner_weight_ppm = 1'000'000;
  uint32_t max_partner_weight_ppm = 2'000'000;
  uint32_t settled_share_ppm = 250'000;  // what is left of a record once it is settled

  // Own orders: how late is bad, what a late and an unpaid one weigh, and how that fades.
  uint32_t late_after_days = 10;
  uint32_t late_paid_ppm = 500'000;
  uint32_t unpaid_ppm = 1'000'000;
  uint32_t own_half_life_days = 365;

  // r at or above which the effect applies; ascending.
  uint32_t deposit_at_ppm = 100'000;
  uint32_t prepay_at_ppm = 200'000;
  uint32_t review_at_ppm = 350'000;
  uint32_t decline_at_ppm = 500'000;

  Effect partners_cap = Effect::kPrepay;  // partners' evidence alone never goes past it
  Effect stale_cap = Effect::kDeposit;    // stale partners' evidence never goes past it

  // Open debt to this very shop: days past due from which a deposit or prepayment is asked.
  uint32_t debt_deposit_days = 1;
  uint32_t debt_prepay_days = 11;

  uint32_t local_review_ppm = 500'000;  // sum of local-only incidents from which a person looks

  std::map<evidence::Reason, ReasonWeight> reasons;  // one for every reason of the catalogue

  // InvalidArgument naming the first value that is out of its bounds (every one is bounded, so
  // that arithmetic on decoded policies cannot overflow).
  absl::Status Check() const;
  crypto::Bytes Encode() const;
  // InvalidArgument for anything Encode does not write or Check refuses.
  static absl::StatusOr<Policy> Decode(crypto::ByteView bytes);
  crypto::Digest Hash() const { return crypto::Sha256(Encode()); }
  friend bool operator==(const Policy&, const Policy&) = default;
};

// The defaults for a small shop. A partner's report weighs as much as one own bad order: measured
// on payment histories with base rates near 20 %, a report raises the bad rate about twofold, and
// with k = 3 so does one order. Thresholds are break-even points: a shop with an 11 % margin loses
// money on credit from r = 0.10 on, and with half the price as a deposit from about twice that;
// from 0.35 on a person looks, and where half of the orders go bad the shop need not take another.
const Policy& DefaultPolicy();

// The shop's own bad rate, drawn toward the policy's prior while it has few orders.
uint32_t PriorFrom(uint64_t bad_orders, uint64_t orders, const Policy& policy);

// What is left of `ppm` after `age_days`, when it halves every `half_life_days` (> 0). Integers
// only; never rises with age.
uint64_t Decayed(uint64_t ppm, uint64_t age_days, uint32_t half_life_days);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_POLICY_H_
