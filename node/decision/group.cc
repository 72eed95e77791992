#include "node/decision/group.h"

#include <algorithm>
#include <utility>

#include "crypto/utf8.h"

namespace daftar::decision {
namespace {

absl::Status Wrong(const GroupTerms& terms, const std::string& what) {
  return absl::InvalidArgumentError("group " + (terms.name.empty() ? "" : terms.name + ": ") +
                                    what);
}

bool IsGroupName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxGroupNameBytes &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

bool IsEffect(Effect effect) { return effect >= Effect::kAccept && effect <= Effect::kDecline; }

bool IsPlain(std::string_view text) {
  return crypto::IsUtf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

// By hand or by its rule.
bool Applies(const Group& group, const std::set<std::string>& members, const TrackRecord& record,
             evidence::Date today) {
  return members.count(group.terms.name) != 0 || group.rule.Holds(record, today);
}

std::vector<Group> MakeShipped() {
  std::vector<Group> groups(5);
  const auto named = [&groups](size_t at, std::string name, uint32_t precedence) -> GroupTerms& {
    groups[at].terms.name = std::move(name);
    groups[at].terms.precedence = precedence;
    return groups[at].terms;
  };
  // Staff buy on account and it comes off the pay, so nothing more is asked of them than a person
  // may ask. A problem customer pays first, whatever the record says. Who is watched closely pays a
  // third first. A VIP is never asked for more than a deposit; regulars come in by their record.
  named(0, "staff", 100).most = Effect::kAccept;
  named(1, "problem", 200).least = Effect::kPrepay;
  GroupTerms& watched = named(2, "watch-closely", 300);
  watched.least = Effect::kDeposit;
  watched.deposit_ppm = 333'333;
  GroupTerms& vip = named(3, "vip", 400);
  vip.most = Effect::kDeposit;
  vip.deposit_ppm = 250'000;
  vip.credit_days = 30;
  vip.bonus_card = true;
  GroupTerms& regular = named(4, "regular", 500);
  regular.credit_days = 14;
  regular.bonus_card = true;
  groups[4].rule.least_settled = 5;
  groups[4].rule.least_on_time_ppm = 900'000;
  groups[4].rule.least_days_known = 90;
  return groups;
}

}  // namespace

bool GroupRule::Holds(const TrackRecord& record, evidence::Date today) const {
  if (empty()) return false;
  uint64_t unpaid = 0;
  for (const DatedCount& outcome : record.unpaid) unpaid += outcome.count;
  // Who pays in advance earns no credit by it.
  const uint64_t settled = record.orders_settled - record.prepaid_on_time;
  if (least_settled.has_value() && settled < *least_settled) return false;
  if (least_on_time_ppm.has_value()) {
    const uint64_t all = std::min(settled + record.broken + unpaid, kMaxGroupOrders);
    const uint64_t good = std::min(record.paid_on_time - record.prepaid_on_time, all);
    if (all == 0 || good * kPpm < uint64_t{*least_on_time_ppm} * all) return false;
  }
  if (most_days_late.has_value() && record.worst_days_late > *most_days_late) return false;
  if (least_bad.has_value() && record.late + unpaid < *least_bad) return false;
  if (least_overdue_days.has_value() && record.longest_overdue_days < *least_overdue_days) {
    return false;
  }
  if (least_days_known.has_value()) {
    if (!record.first_order.has_value() || record.first_order > today) return false;
    if (today.DaysSince(record.first_order) < int64_t{*least_days_known}) return false;
  }
  if (least_turnover.has_value()) {
    const auto found = std::find_if(
        record.amounts.begin(), record.amounts.end(),
        [this](const OpenAmount& amount) { return amount.currency == least_turnover->currency; });
    if (found == record.amounts.end() || found->settled_minor < least_turnover->minor) return false;
  }
  return true;
}

absl::Status Group::Check() const {
  if (!IsGroupName(terms.name)) {
    return absl::InvalidArgumentError("a group's name has 1 to " +
                                      std::to_string(kMaxGroupNameBytes) +
                                      " of a-z 0-9 -, like wholesale");
  }
  if (terms.precedence == 0 || terms.precedence > kMaxPrecedence) {
    return Wrong(terms, "precedence is 1 to " + std::to_string(kMaxPrecedence) +
                            "; of a customer's groups the smallest applies");
  }
  if (!IsEffect(terms.least) || !IsEffect(terms.most) || terms.least > terms.most) {
    return Wrong(terms,
                 "at-least must not hinder more than at-most; the order is accept, deposit, "
                 "prepay, review, decline");
  }
  const auto share = [](const std::optional<uint32_t>& ppm) { return !ppm || *ppm <= kPpm; };
  if (!share(terms.deposit_ppm) || terms.deposit_ppm == 0u || !share(rule.least_on_time_ppm)) {
    return Wrong(terms, "a share is more than 0 and at most 100 %");
  }
  const auto days = [](const std::optional<uint32_t>& n) { return !n || *n <= kMaxGroupDays; };
  if (!days(terms.credit_days) || !days(rule.most_days_late) || !days(rule.least_overdue_days) ||
      !days(rule.least_days_known)) {
    return Wrong(terms, "days are at most " + std::to_string(kMaxGroupDays));
  }
  const auto orders = [](const std::optional<uint64_t>& n) { return !n || *n <= kMaxGroupOrders; };
  if (!orders(rule.least_settled) || !orders(rule.least_bad)) {
    return Wrong(terms, "orders are at most " + std::to_string(kMaxGroupOrders));
  }
  if (terms.price_list.size() > kMaxPriceListBytes || !IsPlain(terms.price_list)) {
    return Wrong(terms, "the price list's name is UTF-8 of at most " +
                            std::to_string(kMaxPriceListBytes) +
                            " bytes without control characters");
  }
  if (terms.credit_limits.size() > kMaxCreditLimits) {
    return Wrong(terms, "at most " + std::to_string(kMaxCreditLimits) + " credit limits");
  }
  const auto money = [](const evidence::Money& amount) {
    return amount.currency.has_value() && amount.minor <= evidence::kMaxMinorUnits;
  };
  if (!std::all_of(terms.credit_limits.begin(), terms.credit_limits.end(), money) ||
      (rule.least_turnover.has_value() && !money(*rule.least_turnover))) {
    return Wrong(terms, "an amount has a currency and at most " +
                            std::to_string(evidence::kMaxMinorUnits) + " minor units");
  }
  for (size_t i = 0; i < terms.credit_limits.size(); ++i) {
    if (i > 0 && !(terms.credit_limits[i - 1].currency < terms.credit_limits[i].currency)) {
      return Wrong(terms, "one credit limit a currency, in order of their codes");
    }
  }
  return absl::OkStatus();
}

std::span<const Group> ShippedGroups() {
  static const std::vector<Group> groups = MakeShipped();
  return groups;
}

const Group* ChooseGroup(std::span<const Group> groups, const std::set<std::string>& members,
                         const TrackRecord& record, evidence::Date today) {
  const Group* chosen = nullptr;
  for (const Group& group : groups) {
    if (!Applies(group, members, record, today)) continue;
    const auto rank = [](const Group& g) { return std::pair(g.terms.precedence, g.terms.name); };
    if (chosen == nullptr || rank(group) < rank(*chosen)) chosen = &group;
  }
  return chosen;
}

std::vector<std::string> TiedGroups(std::span<const Group> groups,
                                    const std::set<std::string>& members, const TrackRecord& record,
                                    evidence::Date today) {
  std::vector<std::string> tied;
  const Group* chosen = ChooseGroup(groups, members, record, today);
  if (chosen == nullptr) return tied;
  for (const Group& group : groups) {
    if (group.terms.name == chosen->terms.name ||
        group.terms.precedence != chosen->terms.precedence) {
      continue;
    }
    if (Applies(group, members, record, today)) tied.push_back(group.terms.name);
  }
  std::sort(tied.begin(), tied.end());
  return tied;
}

}  // namespace daftar::decision
