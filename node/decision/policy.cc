#include "node/decision/policy.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <string>

namespace daftar::decision {
namespace {

using evidence::Reason;

constexpr uint8_t kPolicyVersion = 1;

// 2^(-i/32) in parts per 10^9.
constexpr std::array<uint64_t, 33> kHalving = {
    1000000000, 978572062, 957603281, 937083817, 917004043, 897354538, 878126080,
    859309649,  840896415, 822877739, 805245166, 787990423, 771105413, 754582214,
    738413073,  722590403, 707106781, 691954941, 677127773, 662618322, 648419777,
    634525479,  620928906, 607623680, 594603558, 581862429, 569394317, 557193371,
    545253866,  533570200, 522136891, 510948574, 500000000,
};
constexpr uint64_t kSteps = kHalving.size() - 1;
constexpr uint64_t kHalvingScale = kHalving[0];

struct DefaultReason {
  Reason reason;
  ReasonWeight weight;
};

// Money lost or work thrown away weighs whole. What is often put right (a late invoice, a delivery
// refused once) weighs half and fades in half the time. Of what a shop keeps to itself, threats and
// corruption call for a person at once (local_review_ppm is half of one), the rest only as a
// pattern: two or three within a year or so.
constexpr std::array kDefaultReasons = {
    DefaultReason{Reason::kDepositUnsettled, {1'000'000, 365}},
    DefaultReason{Reason::kInvoiceOverdue, {500'000, 180}},
    DefaultReason{Reason::kInvoiceUnpaidReminded, {1'000'000, 365}},
    DefaultReason{Reason::kCancelledAfterWork, {750'000, 365}},
    DefaultReason{Reason::kNoShow, {500'000, 180}},
    DefaultReason{Reason::kPaymentReversed, {1'000'000, 365}},
    DefaultReason{Reason::kAgreementBroken, {750'000, 365}},
    DefaultReason{Reason::kStaffAbuse, {1'000'000, 730}},
    DefaultReason{Reason::kComplaintHarassment, {350'000, 730}},
    DefaultReason{Reason::kDishonestClaims, {350'000, 730}},
    DefaultReason{Reason::kPublicSmearing, {350'000, 730}},
    DefaultReason{Reason::kShiftingDemands, {250'000, 365}},
    DefaultReason{Reason::kUndueDiscount, {250'000, 365}},
    DefaultReason{Reason::kKickback, {1'000'000, 730}},
    DefaultReason{Reason::kCompetitorSecrets, {1'000'000, 730}},
    DefaultReason{Reason::kUnethicalConduct, {350'000, 730}},
    DefaultReason{Reason::kUnreachable, {200'000, 365}},
    DefaultReason{Reason::kTakesAllAttention, {200'000, 365}},
    DefaultReason{Reason::kIgnoresAdvice, {200'000, 365}},
    DefaultReason{Reason::kUnprofitable, {200'000, 365}},
    DefaultReason{Reason::kNoLongerFits, {200'000, 365}},
};

absl::Status Between(std::string_view name, uint64_t value, uint64_t low, uint64_t high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return absl::InvalidArgumentError("policy: " + std::string(name) + " is " +
                                    std::to_string(value) + "; it must be from " +
                                    std::to_string(low) + " to " + std::to_string(high));
}

}  // namespace

uint64_t Decayed(uint64_t ppm, uint64_t age_days, uint32_t half_life_days) {
  assert(half_life_days > 0 && ppm <= kPpm);
  const uint64_t halvings = age_days / half_life_days;
  if (halvings >= 32) return 0;
  // Between two steps of the table the curve is taken as straight: at most 6 in 100,000 too high.
  const uint64_t position = (age_days % half_life_days) * kSteps;
  const uint64_t step = position / half_life_days;
  const uint64_t within = position % half_life_days;
  const uint64_t factor =
      kHalving[step] - (kHalving[step] - kHalving[step + 1]) * within / half_life_days;
  return (ppm * factor / kHalvingScale) >> halvings;
}

uint32_t PriorFrom(uint64_t bad_orders, uint64_t orders, const Policy& policy) {
  constexpr uint64_t kMaxOrders = 1'000'000'000;
  orders = std::min(orders, kMaxOrders);
  bad_orders = std::min(bad_orders, orders);
  const uint64_t pseudo = uint64_t{policy.prior_orders} * policy.prior_ppm;
  return static_cast<uint32_t>((bad_orders * kPpm + pseudo) / (orders + policy.prior_orders));
}

absl::Status Policy::Check() const {
  struct Bound {
    std::string_view name;
    uint64_t value, low, high;
  };
  const std::array bounds = {
      Bound{"prior_ppm", prior_ppm, 1, kPpm},
      Bound{"k_ppm", k_ppm, 1, 1000 * kPpm},
      Bound{"prior_orders", prior_orders, 1, 1'000'000},
      Bound{"max_partner_weight_ppm", max_partner_weight_ppm, 0, 10 * kPpm},
      Bound{"partner_weight_ppm", partner_weight_ppm, 0, max_partner_weight_ppm},
      Bound{"settled_share_ppm", settled_share_ppm, 0, kPpm},
      Bound{"late_after_days", late_after_days, 0, 3650},
      Bound{"late_paid_ppm", late_paid_ppm, 0, kPpm},
      Bound{"unpaid_ppm", unpaid_ppm, 0, kPpm},
      Bound{"own_half_life_days", own_half_life_days, 1, 36500},
      Bound{"deposit_at_ppm", deposit_at_ppm, 1, kPpm},
      Bound{"prepay_at_ppm", prepay_at_ppm, deposit_at_ppm, kPpm},
      Bound{"review_at_ppm", review_at_ppm, prepay_at_ppm, kPpm},
      Bound{"decline_at_ppm", decline_at_ppm, review_at_ppm, kPpm},
      // Neither partners alone nor stale data may decline: that takes the shop's own record.
      Bound{"partners_cap", static_cast<uint64_t>(partners_cap), 1, 4},
      Bound{"stale_cap", static_cast<uint64_t>(stale_cap), 1, static_cast<uint64_t>(partners_cap)},
      Bound{"debt_deposit_days", debt_deposit_days, 1, 3650},
      Bound{"debt_prepay_days", debt_prepay_days, debt_deposit_days, 3650},
      Bound{"local_review_ppm", local_review_ppm, 1, 1000 * kPpm},
  };
  for (const Bound& bound : bounds) {
    if (auto status = Between(bound.name, bound.value, bound.low, bound.high); !status.ok()) {
      return status;
    }
  }
  for (const evidence::ReasonInfo& info : evidence::AllReasons()) {
    const auto found = reasons.find(info.reason);
    if (found == reasons.end()) {
      return absl::InvalidArgumentError("policy: no weight for reason " + std::string(info.name));
    }
    const std::string name(info.name);
    auto status = Between(name + ".severity_ppm", found->second.severity_ppm, 0, kPpm);
    if (status.ok()) {
      status = Between(name + ".half_life_days", found->second.half_life_days, 1, 36500);
    }
    if (!status.ok()) return status;
  }
  if (reasons.size() != evidence::AllReasons().size()) {
    return absl::InvalidArgumentError("policy: a weight for a reason that there is not");
  }
  return absl::OkStatus();
}

crypto::Bytes Policy::Encode() const {
  crypto::Writer writer;
  writer.Raw("DFTP").U8(kPolicyVersion);
  writer.U32(prior_ppm).U32(k_ppm).U32(prior_orders);
  writer.U32(partner_weight_ppm).U32(max_partner_weight_ppm).U32(settled_share_ppm);
  writer.U32(late_after_days).U32(late_paid_ppm).U32(unpaid_ppm).U32(own_half_life_days);
  writer.U32(deposit_at_ppm).U32(prepay_at_ppm).U32(review_at_ppm).U32(decline_at_ppm);
  writer.U8(static_cast<uint8_t>(partners_cap)).U8(static_cast<uint8_t>(stale_cap));
  writer.U32(debt_deposit_days).U32(debt_prepay_days).U32(local_review_ppm);
  writer.U16(static_cast<uint16_t>(reasons.size()));
  for (const auto& [reason, weight] : reasons) {
    writer.U16(static_cast<uint16_t>(reason)).U32(weight.severity_ppm).U32(weight.half_life_days);
  }
  return writer.Take();
}

absl::StatusOr<Policy> Policy::Decode(crypto::ByteView bytes) {
  crypto::Reader reader(bytes);
  if (crypto::AsText(reader.Raw(4)) != "DFTP" || reader.U8() != kPolicyVersion) reader.Fail();
  Policy policy;
  for (uint32_t* field : {&policy.prior_ppm, &policy.k_ppm, &policy.prior_orders,
                          &policy.partner_weight_ppm, &policy.max_partner_weight_ppm,
                          &policy.settled_share_ppm, &policy.late_after_days, &policy.late_paid_ppm,
                          &policy.unpaid_ppm, &policy.own_half_life_days, &policy.deposit_at_ppm,
                          &policy.prepay_at_ppm, &policy.review_at_ppm, &policy.decline_at_ppm}) {
    *field = reader.U32();
  }
  policy.partners_cap = static_cast<Effect>(reader.U8());
  policy.stale_cap = static_cast<Effect>(reader.U8());
  policy.debt_deposit_days = reader.U32();
  policy.debt_prepay_days = reader.U32();
  policy.local_review_ppm = reader.U32();
  const uint16_t count = reader.U16();
  if (count != evidence::AllReasons().size()) reader.Fail();
  uint16_t previous = 0;
  for (uint16_t i = 0; i < count && reader.ok(); ++i) {
    const uint16_t number = reader.U16();
    const auto reason = evidence::ReasonFromNumber(number);
    if (!reason.ok() || number <= previous) reader.Fail();
    previous = number;
    const uint32_t severity_ppm = reader.U32();
    const uint32_t half_life_days = reader.U32();
    if (reader.ok()) policy.reasons[*reason] = {severity_ppm, half_life_days};
  }
  if (auto status = reader.Finish("policy"); !status.ok()) return status;
  if (auto status = policy.Check(); !status.ok()) return status;
  return policy;
}

const Policy& DefaultPolicy() {
  static const Policy policy = [] {
    Policy made;
    for (const DefaultReason& entry : kDefaultReasons) made.reasons[entry.reason] = entry.weight;
    assert(made.Check().ok());
    return made;
  }();
  return policy;
}

}  // namespace daftar::decision
