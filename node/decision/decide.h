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
// Overrides come in the order of DESIGN section 8 with one difference: of those that apply, the one
// that hinders most decides (the earlier one at a tie), because otherwise an additional bad record
// could make the answer milder.
#ifndef DAFTAR_NODE_DECISION_DECIDE_H_
#define DAFTAR_NODE_DECISION_DECIDE_H_

#include "node/decision/decision.h"
#include "node/decision/policy.h"

namespace daftar::decision {

// The rules, by stable number and ID. Numbers are in receipts: never renumber.
enum class Rule : uint8_t {
  kOpenDebt = 1,      // "open-debt": the customer owes this very shop
  kLocalReasons = 2,  // "local-reasons": what this shop keeps to itself
  kExpectedRate = 3,  // "expected-rate": r reached a threshold, or stayed below all
  kNobodyAsked = 4,   // "nobody-asked": unknown here, and no partner could be asked
  kNothingKnown = 5,  // "nothing-known": nothing counts against the buyer
  kPrepaidTerms = 6,  // "prepaid-terms": who prepays is no risk
};
std::string_view RuleId(Rule rule);

// What bounded r's effect. Numbers are in receipts: never renumber.
enum class Cap : uint8_t {
  kPartners = 1,  // "cap-partners"
  kStale = 2,     // "cap-stale"
};
std::string_view CapId(Cap cap);

struct WeighedOwn {
  uint64_t orders = 0;               // with an outcome: settled or overdue
  uint64_t good = 0;                 // paid on time
  uint64_t bad_ppm = 0;              // late and unpaid ones, decayed
  uint64_t overdue = 0;              // open orders past due
  uint32_t overdue_days = 0;         // the longest
  uint32_t newest_bad_age_days = 0;  // meaningful when bad_ppm > 0
  friend bool operator==(const WeighedOwn&, const WeighedOwn&) = default;
};

enum class IncidentKind : uint8_t { kDebt = 1, kConduct = 2, kLocal = 3 };
struct WeighedIncident {
  std::string id;
  IncidentKind kind = IncidentKind::kDebt;  // owed money, another shareable reason, local only
  EntryStatus status = EntryStatus::kLive;
  bool in_track_record = false;
  uint32_t age_days = 0;
  uint32_t bad_ppm = 0;
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

// All that the rules look at; nothing that was opened. Partners ascend by origin.
struct Weighed {
  OrderContext order;
  std::optional<evidence::Money> small_amount;
  uint32_t prior_ppm = 0;
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
  std::vector<Cap> caps;           // that lowered the effect of r
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
};

struct Decision {
  Verdict verdict;
  Weighed weighed;
  std::vector<DecisionInput> inputs;
};

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
