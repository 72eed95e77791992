// From records to an answer (DESIGN section 8). Two steps, so that a receipt can be replayed
// without the facts that were opened: Weigh turns records into ppm, Judge applies the rules to
// them.
//
//   r = (own_bad + sum w_p b_p + k prior) / (own_orders + sum w_p b_p + k)
//
// The bucket of orders settled with a partner lowers that partner's own b_p, by (k+1)/(k+1+g), and
// nothing else: were it added to the divisor, one partner's claim of good orders would dilute
// everybody else's records. Used this way, the most a lying partner gains by overstating it is to
// weaken its own report, and by understating it the full weight that a report without it has.
//
// Overrides come in the order of DESIGN section 8 with one difference: of those between the
// allowlist and the group's bounds, the one that hinders most decides (the earlier one at a tie),
// because otherwise an additional bad record could make the answer milder.
#ifndef DAFTAR_NODE_DECISION_DECIDE_H_
#define DAFTAR_NODE_DECISION_DECIDE_H_

#include <algorithm>

#include "node/decision/decision.h"
#include "node/decision/group.h"
#include "node/decision/policy.h"

namespace daftar::decision {

// What goes into a decision. Facts as they are known; nothing weighed yet.
struct Inputs {
  evidence::UnixMillis now;
  OrderContext order;
  // The charter's small amount in the order's currency; absent: the charter names none.
  std::optional<evidence::Money> small_amount;
  TrackRecord own;
  std::vector<OwnIncident> incidents;
  std::vector<PartnerAnswer> partners;  // every accepted partner, asked or not
  std::vector<PartnerRecord> records;   // a record whose origin is not among them does not count
  std::optional<uint32_t> prior_ppm;    // the shop's own bad rate (PriorFrom); absent: the policy's
  std::optional<GroupTerms> group;      // of the customer; absent: none
  std::string allowed_by;  // the allowlist's entry about the customer, in hex; empty: none
  bool in_book = false;    // the shop's book has the customer, with orders or without; only told
  // Something of the shop's own is left out, because only identifiers of many people lead to it;
  // only told.
  bool own_set_aside = false;
};

// The rules, by stable number and ID. Numbers are in receipts: never renumber.
enum class Rule : uint8_t {
  kOpenDebt = 1,       // "open-debt": the customer owes this very shop
  kLocalReasons = 2,   // "local-reasons": what this shop keeps to itself
  kExpectedRate = 3,   // "expected-rate": r reached a threshold, or stayed below all
  kNobodyAsked = 4,    // "nobody-asked": unknown here, and no partner could be asked
  kNothingKnown = 5,   // "nothing-known": nothing counts against the buyer
  kPrepaidTerms = 6,   // "prepaid-terms": who prepays is no risk, unless payments were reversed
  kAllowlist = 7,      // "allowlist": the shop trusts the customer, whatever the records say
  kGroup = 8,          // "group": the customer's group asks for at least this
  kUnusualAmount = 9,  // "unusual-amount": far more than the customer's usual order
  kCreditLimit = 10,   // "credit-limit": more would be open than the group allows
};
inline constexpr Rule kLastRule = Rule::kCreditLimit;
std::string_view RuleId(Rule rule);

// What bounded an effect. Numbers are in receipts: never renumber.
enum class Cap : uint8_t {
  kPartners = 1,   // "cap-partners": partners' records alone
  kStale = 2,      // "cap-stale": old data alone
  kFirstSlip = 3,  // "cap-first-slip": the first slip of a good customer asks for one step less
  kGroup = 4,      // "cap-group": the customer's group asks for no more
  kTerms = 5,      // "cap-terms": the terms asked for cover it already
};
inline constexpr Cap kLastCap = Cap::kTerms;
std::string_view CapId(Cap cap);

struct WeighedOwn {
  uint64_t orders = 0;               // good and bad ones
  uint64_t good = 0;                 // paid on time, though not in advance
  uint64_t bad = 0;                  // paid late or unpaid
  uint64_t bad_ppm = 0;              // of the bad ones, decayed, with their incidents
  uint64_t overdue = 0;              // open orders past due or given up
  uint64_t given_up = 0;             // of those, given up: each is a bad one
  uint32_t overdue_days = 0;         // the longest
  uint32_t newest_bad_age_days = 0;  // meaningful when bad_ppm > 0
  // In the currency of the order at hand; 0 when it has no amount.
  uint64_t open_minor = 0;    // owed or about to be: orders not paid, incidents not settled
  uint64_t usual_minor = 0;   // an average order that was paid
  uint64_t usual_orders = 0;  // out of so many
  friend bool operator==(const WeighedOwn&, const WeighedOwn&) = default;
};

// Kinds of trouble. Money owed and agreements broken enter r; the others are this shop's own
// business. A reversed payment is money owed, told apart because paying in advance is no safeguard
// against another one. Numbers are in receipts: never renumber.
enum class Trouble : uint8_t {
  kPayment = 1,    // money owed, never paid
  kAgreement = 2,  // cancelled, not there, agreement broken
  kConduct = 3,    // abuse, harassment, smearing
  kHonesty = 4,    // dishonest claims, kickbacks, secrets, unethical conduct
  kBurden = 5,     // demands, unreachable, unprofitable, ...
  kReversal = 6,   // money owed, paid and taken back
};
inline constexpr Trouble kLastTrouble = Trouble::kReversal;
Trouble TroubleOf(evidence::Reason reason);
constexpr bool IsOfMoney(Trouble trouble) {
  return trouble == Trouble::kPayment || trouble == Trouble::kReversal;
}
constexpr bool IsLocal(Trouble trouble) {
  return !IsOfMoney(trouble) && trouble != Trouble::kAgreement;
}

struct WeighedIncident {
  std::string id;
  Trouble trouble = Trouble::kPayment;
  EntryStatus status = EntryStatus::kLive;
  // Made from a bad order, with which it counts as one: in WeighedOwn::bad_ppm. Or about the money
  // of an overdue one, of which it says no more than the order.
  bool in_track_record = false;
  Mitigations mitigations;
  uint32_t age_days = 0;
  uint32_t bad_ppm = 0;  // by itself, with mitigations taken off
  friend bool operator==(const WeighedIncident&, const WeighedIncident&) = default;
};

struct WeighedEntry {
  uint64_t index = 0;
  evidence::Commitment commitment;
  EntryStatus status = EntryStatus::kLive;
  uint32_t age_days = 0;
  uint32_t bad_ppm = 0;
  friend bool operator==(const WeighedEntry&, const WeighedEntry&) = default;
};

struct WeighedPartner {
  std::string origin;
  PartnerState state = PartnerState::kNotChecked;
  std::optional<uint64_t> head_age_s;
  bool witnessed = false;
  std::optional<HeadRef> head;
  std::vector<std::string> witnesses;
  uint32_t weight_ppm = 0;
  std::string error;
  std::vector<WeighedEntry> entries;  // strongest first; only the first one counts
  friend bool operator==(const WeighedPartner&, const WeighedPartner&) = default;
};

inline constexpr uint64_t kMaxCountedOrders = 1'000'000;  // more own orders count as so many
inline constexpr uint32_t kMaxWeightPpm = 10'000'000;     // of a partner
inline constexpr size_t kMaxAllowIdBytes = 64;            // of Inputs::allowed_by

// All that the rules look at; nothing that was opened. Partners ascend by origin.
struct Weighed {
  OrderContext order;
  std::optional<evidence::Money> small_amount;
  uint32_t prior_ppm = 0;
  std::string allowed_by;
  std::optional<GroupTerms> group;  // credit limits in the order's currency only
  WeighedOwn own;
  std::vector<WeighedIncident> incidents;
  std::vector<WeighedPartner> partners;
  friend bool operator==(const Weighed&, const Weighed&) = default;
};

struct RuleOutcome {
  Rule rule = Rule::kNothingKnown;
  bool fired = false;
  Effect effect = Effect::kAccept;  // what it asks for; kAccept when it did not fire
  friend bool operator==(const RuleOutcome&, const RuleOutcome&) = default;
};

// The numeric part of a decision: what a replay must give again.
struct Verdict {
  Effect effect = Effect::kAccept;
  Rule rule = Rule::kNothingKnown;  // that decided
  uint32_t r_ppm = 0;
  std::vector<RuleOutcome> rules;  // every rule, in order of number
  std::vector<Cap> caps;           // that lowered an effect, in order of number
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

enum class InputKind : uint8_t { kOwnOrders = 1, kOwnIncident = 2, kPartnerEntry = 3 };
// One input as people see it. `reason` is absent in a replay: receipts hold no opened facts.
struct DecisionInput {
  InputKind kind = InputKind::kOwnOrders;
  std::string id;      // incident ID; empty otherwise
  std::string origin;  // partner entries
  uint64_t index = 0;  // partner entries
  std::optional<evidence::Reason> reason;
  EntryStatus status = EntryStatus::kLive;
  uint32_t age_days = 0;
  uint64_t bad_ppm = 0;     // decayed; of own orders the sum
  uint32_t weight_ppm = 0;  // 1,000,000 for the shop's own
  bool counted = false;     // whether it entered a rule (a partner's strongest entry only)
  bool with_order = false;  // own incidents: it is not counted beside its order but with it
};

// An incident made from an order is owed as long as the order is, which the track record knows; a
// payment taken back is owed even though the order was paid.
bool IsOpenDebt(const WeighedIncident& incident);
// Whether the buyer has taken back a payment to this shop and not made it good.
bool HasReversed(const Weighed& weighed);
// Whether the deposit that the buyer offers does only if the rest is paid on delivery.
bool IsRestOnDelivery(const Weighed& weighed, const Verdict& verdict);
// The share of the price that is asked as a deposit, and that part of an amount, rounded up to a
// whole minor unit.
uint32_t DepositShare(const Weighed& weighed, const Policy& policy);
uint64_t PartOf(uint64_t minor, uint32_t share_ppm);
// How many kinds of trouble the shop's own records show that count.
uint32_t KindsOfTrouble(const Weighed& weighed);
// A customer to whom the shop may give something on account: paid on time at least `least` orders
// (> 0) and nine in ten of those that are not past due now.
bool IsGoodCustomer(const WeighedOwn& own, uint64_t least);

// What the shop's book has beside orders with an outcome, and what a credit limit did not count.
// Only told; no rule looks at it.
struct Standing {
  bool in_book = false;
  uint64_t open_orders = 0;     // not paid yet
  uint64_t prepaid_orders = 0;  // paid in advance, on time
  // Where the group has credit limits and the terms would leave something open:
  bool limit_elsewhere = false;                      // none of them is in the order's currency
  std::vector<evidence::Money> open_elsewhere = {};  // in other currencies than the order's
  bool own_set_aside = false;  // some of the shop's own records do not count (Inputs has it)
};

struct Decision {
  Verdict verdict;
  Weighed weighed;
  std::vector<DecisionInput> inputs;
  std::optional<Standing> standing = {};  // absent in a replay
};

// b of one partner's report (WeighedEntry::bad_ppm), in ppm.
uint32_t WeighReport(evidence::Reason reason, EntryStatus status, uint32_t age_days,
                     evidence::SettledBucket bucket, const Policy& policy);
// The two sides of r, in ppm of orders.
struct RateSums {
  uint64_t bad = 0;  // above `all` where trouble of several kinds is more than there are orders
  uint64_t all = 0;  // > 0
  uint32_t r_ppm() const { return static_cast<uint32_t>(std::min(bad, all) * kPpm / all); }
};
// r with everything, before caps: what Judge gives as Verdict::r_ppm. REQUIRES as Judge.
RateSums SumRate(const Weighed& weighed, const Policy& policy);
// What the customer owes or is about to owe, by currency, ascending by code: orders not paid and
// incidents about money not settled. Nothing is added across currencies.
std::vector<evidence::Money> OpenAmounts(const Inputs& inputs);
Weighed Weigh(const Inputs& inputs, const Policy& policy);
// REQUIRES values within the bounds of this header and decision.h (Weigh and the receipt's decoder
// see to it).
Verdict Judge(const Weighed& weighed, const Policy& policy);
// A decision out of what a receipt holds; the inputs' reasons stay absent.
Decision Assemble(Weighed weighed, Verdict verdict);
// Weigh, Judge and the inputs as people see them. Pure; any thread; under 50 us for 50 inputs.
Decision Decide(const Inputs& inputs, const Policy& policy);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_DECIDE_H_
