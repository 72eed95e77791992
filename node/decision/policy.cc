#include "node/decision/policy.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <string>

#include "node/decision/policy_tables.h"

namespace daftar::decision {
namespace {

using evidence::Reason;

constexpr uint8_t kPolicyVersion = 2;

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
// refused once) weighs half and fades in half the time. Of what a shop keeps to itself, one act is
// noted and a pattern counts (local_review_ppm is half of one): two of what is grave within two
// years or so, three of what is only a burden.
constexpr std::array kDefaultReasons = {
    DefaultReason{Reason::kDepositUnsettled, {1'000'000, 365}},
    DefaultReason{Reason::kInvoiceOverdue, {500'000, 180}},
    DefaultReason{Reason::kInvoiceUnpaidReminded, {1'000'000, 365}},
    DefaultReason{Reason::kCancelledAfterWork, {750'000, 365}},
    DefaultReason{Reason::kNoShow, {500'000, 180}},
    DefaultReason{Reason::kPaymentReversed, {1'000'000, 365}},
    DefaultReason{Reason::kAgreementBroken, {750'000, 365}},
    DefaultReason{Reason::kStaffAbuse, {400'000, 730}},
    DefaultReason{Reason::kComplaintHarassment, {350'000, 730}},
    DefaultReason{Reason::kDishonestClaims, {350'000, 730}},
    DefaultReason{Reason::kPublicSmearing, {350'000, 730}},
    DefaultReason{Reason::kShiftingDemands, {250'000, 365}},
    DefaultReason{Reason::kUndueDiscount, {250'000, 365}},
    DefaultReason{Reason::kKickback, {400'000, 730}},
    DefaultReason{Reason::kCompetitorSecrets, {400'000, 730}},
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

const PolicyNumber& NumberOf(uint32_t Policy::*member) {
  return *std::find_if(kPolicyNumbers.begin(), kPolicyNumbers.end(),
                       [member](const PolicyNumber& number) { return number.member == member; });
}

std::string NameOf(const PolicyNumber& number) {
  return std::string(number.section) + "." + std::string(number.key);
}

// Rules between values.
absl::Status CheckTogether(const Policy& policy) {
  for (const AscendingNumbers& numbers : kAscending) {
    for (size_t i = 1; i < numbers.size(); ++i) {
      if (policy.*numbers[i - 1] <= policy.*numbers[i]) continue;
      return absl::InvalidArgumentError("policy: " + NameOf(NumberOf(numbers[i])) +
                                        " must not be less than " +
                                        NameOf(NumberOf(numbers[i - 1])));
    }
  }
  // Neither partners alone nor stale data may decline: that takes the shop's own record.
  const auto capped = [](Effect effect, Effect most) {
    return effect >= Effect::kAccept && effect <= most;
  };
  if (!capped(policy.partners_cap, kMostOfPartners)) {
    return absl::InvalidArgumentError(
        "policy: caps.partners must be accept, deposit, prepay or review");
  }
  if (!capped(policy.stale_cap, policy.partners_cap)) {
    return absl::InvalidArgumentError("policy: caps.stale must not hinder more than caps.partners");
  }
  return absl::OkStatus();
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
  for (const PolicyNumber& number : kPolicyNumbers) {
    auto status = Between(NameOf(number), this->*number.member, number.low, number.high);
    if (!status.ok()) return status;
  }
  for (const evidence::ReasonInfo& info : evidence::AllReasons()) {
    const auto found = reasons.find(info.reason);
    if (found == reasons.end()) {
      return absl::InvalidArgumentError("policy: no weight for reason " + std::string(info.name));
    }
    const std::string name = "reasons." + std::string(info.name);
    auto status = Between(name + ".weight_ppm", found->second.severity_ppm, 0, kPpm);
    if (status.ok()) {
      status = Between(name + ".half_life_days", found->second.half_life_days, 1, kMaxDays);
    }
    if (!status.ok()) return status;
  }
  if (reasons.size() != evidence::AllReasons().size()) {
    return absl::InvalidArgumentError("policy: a weight for a reason that there is not");
  }
  return CheckTogether(*this);
}

crypto::Bytes Policy::Encode() const {
  crypto::Writer writer;
  writer.Raw("DFTP").U8(kPolicyVersion);
  for (const PolicyNumber& number : kPolicyNumbers) writer.U32(this->*number.member);
  writer.U8(static_cast<uint8_t>(partners_cap)).U8(static_cast<uint8_t>(stale_cap));
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
  for (const PolicyNumber& number : kPolicyNumbers) policy.*number.member = reader.U32();
  policy.partners_cap = static_cast<Effect>(reader.U8());
  policy.stale_cap = static_cast<Effect>(reader.U8());
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
