// Groups of customers and the terms they bring (DESIGN section 8). A shop has as many as it wants;
// a customer is in a group because somebody put it there, or because its track record meets the
// group's rule. Of several, the one of the smallest precedence applies. Values only.
#ifndef DAFTAR_NODE_DECISION_GROUP_H_
#define DAFTAR_NODE_DECISION_GROUP_H_

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "node/decision/decision.h"

namespace daftar::decision {

inline constexpr size_t kMaxGroups = 200;           // a shop
inline constexpr size_t kMaxGroupsPerCustomer = 8;  // put there by hand
inline constexpr size_t kMaxGroupNameBytes = 40;    // of a-z 0-9 -
inline constexpr size_t kMaxPriceListBytes = 60;    // UTF-8
inline constexpr size_t kMaxCreditLimits = 8;       // currencies
inline constexpr uint32_t kMaxPrecedence = 1000;
// After the shipped groups that protect the shop (problem, watch-closely) and those that a person
// grants: a group that nobody ranked must not outrank them.
inline constexpr uint32_t kDefaultPrecedence = 450;
inline constexpr uint32_t kMaxGroupDays = 3650;
inline constexpr uint64_t kMaxGroupOrders = 1'000'000;

// What a customer's group asks of an order.
struct GroupTerms {
  std::string name;
  uint32_t precedence = kDefaultPrecedence;  // 1 to kMaxPrecedence; the smallest applies
  Effect least = Effect::kAccept;            // the answer hinders at least so much
  Effect most = Effect::kDecline;            // and at most so much; not below `least`
  std::optional<uint32_t> deposit_ppm = {};  // share of the price to ask as a deposit
  std::vector<evidence::Money> credit_limits =
      {};                                    // one a currency, ascending by code; what may be open
  std::optional<uint32_t> credit_days = {};  // to pay in
  std::string price_list = {};               // may be empty
  bool bonus_card = false;
  friend bool operator==(const GroupTerms&, const GroupTerms&) = default;
};

// Membership by track record: everything that is set must hold. None set: nobody by rule.
struct GroupRule {
  std::optional<uint64_t> least_settled = {};          // orders paid
  std::optional<uint32_t> least_on_time_ppm = {};      // of those, paid on time
  std::optional<uint32_t> most_days_late = {};         // the worst of those
  std::optional<uint64_t> least_bad = {};              // orders paid late or given up unpaid
  std::optional<uint32_t> least_overdue_days = {};     // the longest open one
  std::optional<uint32_t> least_days_known = {};       // since the first order
  std::optional<evidence::Money> least_turnover = {};  // paid in that currency
  bool empty() const { return *this == GroupRule(); }
  bool Holds(const TrackRecord& record, evidence::Date today) const;
  friend bool operator==(const GroupRule&, const GroupRule&) = default;
};

struct Group {
  GroupTerms terms;
  GroupRule rule;
  // InvalidArgument naming the value that is out of its bounds and what would do.
  absl::Status Check() const;
  friend bool operator==(const Group&, const Group&) = default;
};

// The groups a shop starts with: staff, problem, watch-closely, vip, regular, by precedence.
std::span<const Group> ShippedGroups();

// The one that applies to a customer who was put into the groups named `members` and has this
// record; nullptr when none does. At equal precedence the first by name.
const Group* ChooseGroup(std::span<const Group> groups, const std::set<std::string>& members,
                         const TrackRecord& record, evidence::Date today);
// The names of the others that apply to the customer and have the same precedence, sorted.
std::vector<std::string> TiedGroups(std::span<const Group> groups,
                                    const std::set<std::string>& members, const TrackRecord& record,
                                    evidence::Date today);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_GROUP_H_
