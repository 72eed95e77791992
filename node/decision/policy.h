// The shop's rules as integers. A policy is known by the SHA-256 of its canonical encoding, which
// stands in every receipt, so that a past decision can be recomputed from the same rules.
#ifndef DAFTAR_NODE_DECISION_POLICY_H_
#define DAFTAR_NODE_DECISION_POLICY_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/hash.h"
#include "node/decision/decision.h"
#include "node/evidence/toml_reader.h"

namespace daftar::decision {

inline constexpr size_t kMaxPolicyBytes = 64 << 10;  // of a policy file
inline constexpr uint32_t kMaxInstalments = 12;

// What a record for one reason weighs when it is fresh and live, and in how many days that halves.
struct ReasonWeight {
  uint32_t severity_ppm = 1'000'000;
  uint32_t half_life_days = 365;
  friend bool operator==(const ReasonWeight&, const ReasonWeight&) = default;
};

// docs/decisions.md has what each value does and why it is what it is.
struct Policy {
  // r = (own_bad + sum w_p b_p + k prior) / (own_orders + sum w_p b_p + k), see decide.h.
  uint32_t prior_ppm = 50'000;
  uint32_t k_ppm = 4'000'000;   // the prior counts as four orders
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

  uint32_t local_review_ppm = 500'000;       // sum of local-only incidents: a person looks
  uint32_t local_part_well_ppm = 1'500'000;  // and from here on the shop may part well
  // Own records of several kinds of trouble count so much more for each kind past the first.
  uint32_t further_kind_ppm = 250'000;

  // What is left of an incident for which something speaks.
  uint32_t shop_at_fault_ppm = 250'000;
  uint32_t told_in_time_ppm = 500'000;
  uint32_t kept_plan_ppm = 500'000;

  // The order at hand.
  uint32_t cod_share_ppm = 500'000;      // of the loss on credit, what is lost when goods come back
  uint32_t unusual_times = 5;            // so many times the usual order is unusual; 0: never
  uint32_t unusual_least_orders = 2;     // paid ones, before there is a usual order
  uint32_t deposit_share_ppm = 500'000;  // of the price, unless the group says another

  // Good customers: paid on time at least so many orders, and nine in ten.
  uint32_t first_slip_orders = 5;  // the first slip is a caution; 0: it is not
  uint32_t plan_orders = 3;        // is offered a payment plan; 0: nobody is
  uint32_t plan_instalments = 3;
  uint32_t plan_interval_days = 30;

  std::map<evidence::Reason, ReasonWeight> reasons;  // one for every reason of the catalogue

  // InvalidArgument naming the first value that is out of its bounds (every one is bounded, so
  // that arithmetic on decoded policies cannot overflow).
  absl::Status Check() const;
  crypto::Bytes Encode() const;
  // InvalidArgument for anything Encode does not write or Check refuses.
  static absl::StatusOr<Policy> Decode(crypto::ByteView bytes);
  crypto::Digest Hash() const { return crypto::Sha256(Encode()); }

  // A policy file (docs/decisions.md). What it leaves out is as in DefaultPolicy. Strict: unknown
  // keys, wrong types and values out of bounds are InvalidArgument with line and column.
  static absl::StatusOr<Policy> Parse(std::string_view toml);
  // The same; without a policy `faults` has all that is wrong with the file (at most
  // evidence::kMaxTomlFaults), else nothing.
  static std::optional<Policy> Parse(std::string_view toml,
                                     std::vector<evidence::TomlFault>& faults);
  // The whole policy as such a file, with a comment for each value; Parse gives the policy back.
  std::string ToToml() const;
  friend bool operator==(const Policy&, const Policy&) = default;
};

// The defaults for a small shop. A partner's report weighs as much as one own bad order: on payment
// histories a report means 1.2 to 2.3 times the base rate, 1.75 in the middle, and with k = 4 one
// order raises a base rate of 20 % by 1.8. Thresholds are break-even points: a shop with an 11 %
// margin loses money on credit from r = 0.10 on, and with half the price as a deposit from about
// twice that; from 0.35 on a person looks, and where half of the orders go bad the shop need not
// take another.
const Policy& DefaultPolicy();

// The shop's own bad rate, drawn toward the policy's prior while it has few orders.
uint32_t PriorFrom(uint64_t bad_orders, uint64_t orders, const Policy& policy);

// What is left of `ppm` after `age_days`, when it halves every `half_life_days` (> 0). Integers
// only; never rises with age.
uint64_t Decayed(uint64_t ppm, uint64_t age_days, uint32_t half_life_days);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_POLICY_H_
