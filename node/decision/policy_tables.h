// Where each value of a policy stands in its file and its bounds: what policy.cc (checking and
// encoding) and policy_file.cc (reading and writing files) share. Theirs alone.
#ifndef DAFTAR_NODE_DECISION_POLICY_TABLES_H_
#define DAFTAR_NODE_DECISION_POLICY_TABLES_H_

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "node/decision/policy.h"

namespace daftar::decision {

// Every number of a policy: where it stands in a file, its bounds, and what it does. The canonical
// encoding has them in this order: append, never reorder.
enum class PolicyUnit : uint8_t {
  kPlain,      // as the comment says
  kShare,      // parts per million of a whole
  kOrders,     // parts per million of one order
  kBadOrders,  // parts per million of one bad order
};
struct PolicyNumber {
  std::string_view section;
  std::string_view key;
  uint32_t Policy::*member;
  uint32_t low;
  uint32_t high;
  std::string_view comment;
  PolicyUnit unit = PolicyUnit::kPlain;
};
inline constexpr uint32_t kWhole = kPpm;
inline constexpr uint32_t kMaxDays = 36'500;
inline constexpr uint32_t kMaxDebtDays = 3650;
inline constexpr uint32_t kMost = 1000 * kWhole;
inline constexpr std::array kPolicyNumbers = {
    PolicyNumber{"rate", "prior_ppm", &Policy::prior_ppm, 1, kWhole,
                 "bad orders expected of a shop that has no record of its own yet",
                 PolicyUnit::kShare},
    PolicyNumber{"rate", "k_ppm", &Policy::k_ppm, 1, kMost, "the prior weighs as much as so many",
                 PolicyUnit::kOrders},
    PolicyNumber{"rate", "prior_orders", &Policy::prior_orders, 1, 1'000'000,
                 "own orders with an outcome that weigh as much as prior_ppm does"},
    PolicyNumber{"rate", "settled_share_ppm", &Policy::settled_share_ppm, 0, kWhole,
                 "what is left of a record once it is settled", PolicyUnit::kShare},
    PolicyNumber{
        "rate", "further_kind_ppm", &Policy::further_kind_ppm, 0, kWhole,
        "own records of several kinds of trouble count this much more for each further kind",
        PolicyUnit::kShare},
    PolicyNumber{"partners", "max_weight_ppm", &Policy::max_partner_weight_ppm, 0, 10 * kWhole,
                 "the most that one partner's record may weigh", PolicyUnit::kBadOrders},
    PolicyNumber{"partners", "weight_ppm", &Policy::partner_weight_ppm, 0, 10 * kWhole,
                 "what one record weighs of a partner about which nothing is learnt yet",
                 PolicyUnit::kBadOrders},
    PolicyNumber{"own_orders", "late_after_days", &Policy::late_after_days, 0, kMaxDebtDays,
                 "paid more than this many days after it was due is late"},
    PolicyNumber{"own_orders", "late_paid_ppm", &Policy::late_paid_ppm, 0, kWhole,
                 "what an order paid late counts", PolicyUnit::kBadOrders},
    PolicyNumber{"own_orders", "unpaid_ppm", &Policy::unpaid_ppm, 0, kWhole,
                 "what an unpaid order counts", PolicyUnit::kBadOrders},
    PolicyNumber{"own_orders", "half_life_days", &Policy::own_half_life_days, 1, kMaxDays,
                 "days in which that halves"},
    PolicyNumber{"thresholds", "deposit_ppm", &Policy::deposit_at_ppm, 1, kWhole,
                 "expected bad rate from which a deposit is asked", PolicyUnit::kShare},
    PolicyNumber{"thresholds", "prepay_ppm", &Policy::prepay_at_ppm, 1, kWhole,
                 "from which full payment is asked first", PolicyUnit::kShare},
    PolicyNumber{"thresholds", "review_ppm", &Policy::review_at_ppm, 1, kWhole,
                 "from which a person looks", PolicyUnit::kShare},
    PolicyNumber{"thresholds", "decline_ppm", &Policy::decline_at_ppm, 1, kWhole,
                 "from which the order is not taken", PolicyUnit::kShare},
    PolicyNumber{"debt", "deposit_days", &Policy::debt_deposit_days, 1, kMaxDebtDays,
                 "days an own order is past due from which a deposit is asked"},
    PolicyNumber{"debt", "prepay_days", &Policy::debt_prepay_days, 1, kMaxDebtDays,
                 "days from which full payment is asked first"},
    PolicyNumber{"local", "review_ppm", &Policy::local_review_ppm, 1, kMost,
                 "a person looks when what the shop noted for itself adds up to so much",
                 PolicyUnit::kBadOrders},
    PolicyNumber{"local", "part_well_ppm", &Policy::local_part_well_ppm, 1, kMost,
                 "and from here on parting well is proposed", PolicyUnit::kBadOrders},
    PolicyNumber{"mitigation", "shop_at_fault_ppm", &Policy::shop_at_fault_ppm, 0, kWhole,
                 "what is left of an incident in which the shop was at fault", PolicyUnit::kShare},
    PolicyNumber{"mitigation", "told_in_time_ppm", &Policy::told_in_time_ppm, 0, kWhole,
                 "what is left of one of which the customer told in time", PolicyUnit::kShare},
    PolicyNumber{"mitigation", "kept_plan_ppm", &Policy::kept_plan_ppm, 0, kWhole,
                 "what is left of one after which the customer kept a payment plan",
                 PolicyUnit::kShare},
    PolicyNumber{"order", "cod_share_ppm", &Policy::cod_share_ppm, 0, kWhole,
                 "cash on delivery, and the rest on delivery after a deposit: of the loss on "
                 "credit, what is still at stake",
                 PolicyUnit::kShare},
    PolicyNumber{"order", "unusual_times", &Policy::unusual_times, 0, 1'000'000,
                 "so many times the customer's usual order, with what is open, asks for a deposit; "
                 "0: never"},
    PolicyNumber{"order", "unusual_least_orders", &Policy::unusual_least_orders, 1, 1'000'000,
                 "orders paid before there is a usual one"},
    PolicyNumber{"order", "deposit_share_ppm", &Policy::deposit_share_ppm, 1, kWhole,
                 "of the price, as a deposit, unless the customer's group says another",
                 PolicyUnit::kShare},
    PolicyNumber{"good_customer", "first_slip_orders", &Policy::first_slip_orders, 0, 1'000'000,
                 "orders paid on time after which a first slip is a caution; 0: it never is"},
    PolicyNumber{"good_customer", "plan_orders", &Policy::plan_orders, 0, 1'000'000,
                 "orders paid on time after which a payment plan is offered; 0: it never is"},
    PolicyNumber{"good_customer", "plan_instalments", &Policy::plan_instalments, 2, kMaxInstalments,
                 "instalments of a payment plan"},
    PolicyNumber{"good_customer", "plan_interval_days", &Policy::plan_interval_days, 1, 365,
                 "days between two of them"},
};

// The most that partners' evidence alone, and stale evidence, may ask for.
inline constexpr Effect kMostOfPartners = Effect::kReview;

// Numbers of which each may not be more than the next.
inline constexpr std::array kPartnerWeights = {&Policy::partner_weight_ppm,
                                               &Policy::max_partner_weight_ppm};
inline constexpr std::array kThresholds = {&Policy::deposit_at_ppm, &Policy::prepay_at_ppm,
                                           &Policy::review_at_ppm, &Policy::decline_at_ppm};
inline constexpr std::array kDebtDays = {&Policy::debt_deposit_days, &Policy::debt_prepay_days};
using AscendingNumbers = std::span<uint32_t Policy::*const>;
inline constexpr std::array<AscendingNumbers, 3> kAscending = {kPartnerWeights, kThresholds,
                                                               kDebtDays};

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_POLICY_TABLES_H_
