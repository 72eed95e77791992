#include "node/decision/policy.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>
#include <string>

#include "node/evidence/toml_reader.h"

namespace daftar::decision {
namespace {

using evidence::Reason;

constexpr uint8_t kPolicyVersion = 2;
constexpr uint64_t kPolicyFileVersion = 1;

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

// Every number of a policy: where it stands in a file, its bounds, and what it does. The canonical
// encoding has them in this order: append, never reorder.
struct Number {
  std::string_view section;
  std::string_view key;
  uint32_t Policy::*member;
  uint32_t low;
  uint32_t high;
  std::string_view comment;
};
constexpr uint32_t kWhole = kPpm;
constexpr uint32_t kMaxDays = 36'500;
constexpr uint32_t kMaxDebtDays = 3650;
constexpr uint32_t kMost = 1000 * kWhole;
constexpr std::array kNumbers = {
    Number{"rate", "prior_ppm", &Policy::prior_ppm, 1, kWhole,
           "bad orders expected of a shop that has no record of its own yet"},
    Number{"rate", "k_ppm", &Policy::k_ppm, 1, kMost,
           "the prior weighs as much as this many orders"},
    Number{"rate", "prior_orders", &Policy::prior_orders, 1, 1'000'000,
           "own orders with an outcome that weigh as much as prior_ppm does"},
    Number{"rate", "settled_share_ppm", &Policy::settled_share_ppm, 0, kWhole,
           "what is left of a record once it is settled"},
    Number{"rate", "further_kind_ppm", &Policy::further_kind_ppm, 0, kWhole,
           "own records of several kinds of trouble count this much more for each further kind"},
    Number{"partners", "max_weight_ppm", &Policy::max_partner_weight_ppm, 0, 10 * kWhole,
           "the most that one partner's record may weigh"},
    Number{"partners", "weight_ppm", &Policy::partner_weight_ppm, 0, 10 * kWhole,
           "of a partner about which nothing is learnt yet; 1000000 is one own bad order"},
    Number{"own_orders", "late_after_days", &Policy::late_after_days, 0, kMaxDebtDays,
           "paid more than this many days after it was due is late"},
    Number{"own_orders", "late_paid_ppm", &Policy::late_paid_ppm, 0, kWhole,
           "what an order paid late counts"},
    Number{"own_orders", "unpaid_ppm", &Policy::unpaid_ppm, 0, kWhole,
           "what an unpaid order counts"},
    Number{"own_orders", "half_life_days", &Policy::own_half_life_days, 1, kMaxDays,
           "in which that halves"},
    Number{"thresholds", "deposit_ppm", &Policy::deposit_at_ppm, 1, kWhole,
           "expected bad rate from which a deposit is asked"},
    Number{"thresholds", "prepay_ppm", &Policy::prepay_at_ppm, 1, kWhole, "full payment first"},
    Number{"thresholds", "review_ppm", &Policy::review_at_ppm, 1, kWhole, "a person looks"},
    Number{"thresholds", "decline_ppm", &Policy::decline_at_ppm, 1, kWhole,
           "the order is not taken"},
    Number{"debt", "deposit_days", &Policy::debt_deposit_days, 1, kMaxDebtDays,
           "days an own order is past due from which a deposit is asked"},
    Number{"debt", "prepay_days", &Policy::debt_prepay_days, 1, kMaxDebtDays,
           "and full payment first"},
    Number{"local", "review_ppm", &Policy::local_review_ppm, 1, kMost,
           "what the shop noted for itself adds up to this: a person looks"},
    Number{"local", "part_well_ppm", &Policy::local_part_well_ppm, 1, kMost,
           "and from here on parting well is proposed"},
    Number{"mitigation", "shop_at_fault_ppm", &Policy::shop_at_fault_ppm, 0, kWhole,
           "what is left of an incident in which the shop was at fault"},
    Number{"mitigation", "told_in_time_ppm", &Policy::told_in_time_ppm, 0, kWhole,
           "of which the customer told in time"},
    Number{"mitigation", "kept_plan_ppm", &Policy::kept_plan_ppm, 0, kWhole,
           "after which the customer kept a payment plan"},
    Number{"order", "cod_share_ppm", &Policy::cod_share_ppm, 0, kWhole,
           "cash on delivery: of the loss on credit, what is still at stake"},
    Number{"order", "unusual_times", &Policy::unusual_times, 0, 1'000'000,
           "so many times the customer's usual order, with what is open, asks for a deposit; "
           "0: never"},
    Number{"order", "unusual_least_orders", &Policy::unusual_least_orders, 1, 1'000'000,
           "orders paid before there is a usual one"},
    Number{"order", "deposit_share_ppm", &Policy::deposit_share_ppm, 1, kWhole,
           "of the price, as a deposit, unless the customer's group says another"},
    Number{"good_customer", "first_slip_orders", &Policy::first_slip_orders, 0, 1'000'000,
           "orders paid on time after which a first slip is a caution; 0: it never is"},
    Number{"good_customer", "plan_orders", &Policy::plan_orders, 0, 1'000'000,
           "orders paid on time after which a payment plan is offered; 0: it never is"},
    Number{"good_customer", "plan_instalments", &Policy::plan_instalments, 2, kMaxInstalments,
           "of a payment plan"},
    Number{"good_customer", "plan_interval_days", &Policy::plan_interval_days, 1, 365,
           "between them"},
};

absl::Status Between(std::string_view name, uint64_t value, uint64_t low, uint64_t high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return absl::InvalidArgumentError("policy: " + std::string(name) + " is " +
                                    std::to_string(value) + "; it must be from " +
                                    std::to_string(low) + " to " + std::to_string(high));
}

// Rules between values: the key to blame, and what it must not be.
struct Conflict {
  std::string_view section;
  std::string_view key;
  std::string rule;
};

std::optional<Conflict> FindConflict(const Policy& policy) {
  if (policy.partner_weight_ppm > policy.max_partner_weight_ppm) {
    return Conflict{"partners", "weight_ppm", "must not be more than partners.max_weight_ppm"};
  }
  if (policy.prepay_at_ppm < policy.deposit_at_ppm) {
    return Conflict{"thresholds", "prepay_ppm", "must not be less than thresholds.deposit_ppm"};
  }
  if (policy.review_at_ppm < policy.prepay_at_ppm) {
    return Conflict{"thresholds", "review_ppm", "must not be less than thresholds.prepay_ppm"};
  }
  if (policy.decline_at_ppm < policy.review_at_ppm) {
    return Conflict{"thresholds", "decline_ppm", "must not be less than thresholds.review_ppm"};
  }
  if (policy.debt_prepay_days < policy.debt_deposit_days) {
    return Conflict{"debt", "prepay_days", "must not be less than debt.deposit_days"};
  }
  // Neither partners alone nor stale data may decline: that takes the shop's own record.
  const auto capped = [](Effect effect, Effect most) {
    return effect >= Effect::kAccept && effect <= most;
  };
  if (!capped(policy.partners_cap, Effect::kReview)) {
    return Conflict{"caps", "partners", "must be accept, deposit, prepay or review"};
  }
  if (!capped(policy.stale_cap, policy.partners_cap)) {
    return Conflict{"caps", "stale", "must not hinder more than caps.partners"};
  }
  return std::nullopt;
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
  for (const Number& number : kNumbers) {
    const std::string name = std::string(number.section) + "." + std::string(number.key);
    auto status = Between(name, this->*number.member, number.low, number.high);
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
  if (const auto conflict = FindConflict(*this); conflict.has_value()) {
    return absl::InvalidArgumentError("policy: " + std::string(conflict->section) + "." +
                                      std::string(conflict->key) + " " + conflict->rule);
  }
  return absl::OkStatus();
}

crypto::Bytes Policy::Encode() const {
  crypto::Writer writer;
  writer.Raw("DFTP").U8(kPolicyVersion);
  for (const Number& number : kNumbers) writer.U32(this->*number.member);
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
  for (const Number& number : kNumbers) policy.*number.member = reader.U32();
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

namespace {

void ReadCap(const evidence::TomlSection& caps, std::string_view key, Effect& cap) {
  const auto text = caps.Text(key, 16);
  if (!text.has_value()) return;
  const auto effect = EffectFromName(*text);
  if (effect.ok()) {
    cap = *effect;
  } else {
    caps.Fail(key, "must be accept, deposit, prepay or review");
  }
}

void ReadReasonWeights(const evidence::TomlSection& root, Policy& policy) {
  const auto reasons = root.Section("reasons");
  if (!reasons.has_value()) return;
  for (const std::string& name : reasons->Keys()) {
    const auto reason = evidence::ReasonFromName(name);
    const auto section = reasons->Section(name);
    if (!reason.ok()) {
      reasons->Fail(name, "is not known: " + std::string(reason.status().message()));
    } else if (section.has_value()) {
      ReasonWeight& weight = policy.reasons[*reason];
      if (const auto ppm = section->Integer("weight_ppm", 0, kPpm)) {
        weight.severity_ppm = static_cast<uint32_t>(*ppm);
      }
      if (const auto days = section->Integer("half_life_days", 1, kMaxDays)) {
        weight.half_life_days = static_cast<uint32_t>(*days);
      }
    }
  }
}

// "5 %" beside the parts per million, for people.
std::string Percent(uint32_t ppm) {
  std::string text = std::to_string(ppm / 10'000);
  const uint32_t rest = ppm % 10'000;
  if (rest != 0) {
    std::string digits = std::to_string(10'000 + rest).substr(1);
    while (digits.back() == '0') digits.pop_back();
    text += "." + digits;
  }
  return text + " %";
}

void AddNumber(std::string& text, std::string_view key, uint32_t value, std::string_view comment) {
  text += std::string(key) + " = " + std::to_string(value);
  const bool share = key.size() > 4 && key.substr(key.size() - 4) == "_ppm";
  text += "  # " + (share ? Percent(value) + ": " : "") + std::string(comment) + "\n";
}

}  // namespace

absl::StatusOr<Policy> Policy::Parse(std::string_view toml) {
  auto document = evidence::TomlDocument::Parse(toml, "policy", kMaxPolicyBytes);
  if (!document.ok()) return document.status();
  const evidence::TomlSection root = (*document)->Root();
  root.Require("version");
  root.Integer("version", kPolicyFileVersion, kPolicyFileVersion);
  Policy policy = DefaultPolicy();
  std::map<std::string_view, std::optional<evidence::TomlSection>> sections;
  for (const Number& number : kNumbers) {
    const auto place = sections.try_emplace(number.section);
    if (place.second) place.first->second = root.Section(number.section);
    if (!place.first->second.has_value()) continue;
    const auto value = place.first->second->Integer(number.key, number.low, number.high);
    if (value.has_value()) policy.*number.member = static_cast<uint32_t>(*value);
  }
  const auto caps = root.Section("caps");
  if (caps.has_value()) {
    ReadCap(*caps, "partners", policy.partners_cap);
    ReadCap(*caps, "stale", policy.stale_cap);
  }
  ReadReasonWeights(root, policy);
  if (const auto conflict = FindConflict(policy); conflict.has_value()) {
    const auto section = root.Section(conflict->section);
    if (section.has_value()) {
      section->Fail(conflict->key, conflict->rule);
    } else {
      root.Fail(conflict->section, std::string(conflict->key) + " " + conflict->rule);
    }
  }
  if (auto status = (*document)->Finish(); !status.ok()) return status;
  if (auto status = policy.Check(); !status.ok()) return status;
  return policy;
}

std::string Policy::ToToml() const {
  std::string text =
      "# A policy of Daftar: how records become an answer (docs/decisions.md).\n"
      "# Shares and weights are parts per million; what is left out is as in the default policy.\n"
      "version = 1\n";
  std::string_view section;
  for (const Number& number : kNumbers) {
    if (number.section != section) {
      section = number.section;
      text += "\n[" + std::string(section) + "]\n";
    }
    AddNumber(text, number.key, this->*number.member, number.comment);
  }
  text += "\n[caps]\npartners = \"" + std::string(EffectName(partners_cap)) +
          "\"  # partners' records alone never ask for more\nstale = \"" +
          std::string(EffectName(stale_cap)) +
          "\"  # data older than the charter allows never ask for more\n";
  for (const auto& [reason, weight] : reasons) {
    const evidence::ReasonInfo& info = evidence::Info(reason);
    text += "\n[reasons." + std::string(info.name) + "]\n";
    AddNumber(text, "weight_ppm", weight.severity_ppm, info.sentence);
    AddNumber(text, "half_life_days", weight.half_life_days, "in which that halves");
  }
  return text;
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
