// What goes into a decision about a buyer: the shop's own record, what partners' entries say, and
// the order at hand. Values only, integers only: shares and weights are parts per million (ppm), so
// that the same inputs give the same answer on every machine and in every replay.
#ifndef DAFTAR_NODE_DECISION_DECISION_H_
#define DAFTAR_NODE_DECISION_DECISION_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "node/evidence/clock.h"
#include "node/evidence/entry.h"
#include "node/evidence/facts.h"
#include "node/evidence/money.h"
#include "node/evidence/reasons.h"

namespace daftar::decision {

inline constexpr uint64_t kPpm = 1'000'000;

// Ranked: a larger number hinders more. Numbers are in receipts: never renumber.
enum class Effect : uint8_t { kAccept = 1, kDeposit = 2, kPrepay = 3, kReview = 4, kDecline = 5 };
std::string_view EffectName(Effect effect);  // "accept", "deposit", "prepay", "review", "decline"
absl::StatusOr<Effect> EffectFromName(std::string_view name);

// How the buyer asks to pay. Numbers are in receipts: never renumber.
enum class Terms : uint8_t { kCredit = 1, kCod = 2, kDeposit = 3, kPrepaid = 4 };
std::string_view TermsName(Terms terms);  // "credit", "cod", "deposit", "prepaid"
absl::StatusOr<Terms> TermsFromName(std::string_view name);

// What could be learnt from a partner. Numbers are in receipts: never renumber.
enum class PartnerState : uint8_t {
  kAnswered = 1,    // evaluated now, its copied log is fresh
  kCached = 2,      // found with a kept F, its copied log is fresh
  kStale = 3,       // its newest head is older than the charter's bound
  kNotChecked = 4,  // could not be asked; never the same as "clear"
};
std::string_view PartnerStateName(PartnerState state);  // "answered", ..., "not_checked"
absl::StatusOr<PartnerState> PartnerStateFromName(std::string_view name);

// What has become of an entry or an own incident. Only kLive and kSettled carry any weight.
// Numbers are in receipts: never renumber.
enum class EntryStatus : uint8_t {
  kLive = 1,
  kSettled = 2,
  kDisputed = 3,
  kWithdrawn = 4,
  kErased = 5,
  kExpired = 6,
  kPending = 7,  // does not count yet: its head lacks cosignatures, or its charter is not adopted
  // Does not count until a person has looked: its issuer is quarantined, or it was found only by an
  // identifier that is many people's.
  kSetAside = 8,
};
std::string_view EntryStatusName(EntryStatus status);  // "live", "settled", ...

// What speaks for the customer in an incident; it lowers what the incident counts. Numbers are on
// disk and in receipts, as bits 1 << (number - 1): never renumber.
enum class Mitigation : uint8_t {
  kShopAtFault = 1,  // "shop-at-fault": the shop had its share in it
  kToldInTime = 2,   // "told-in-time": the customer said so before it was due
  kKeptPlan = 3,     // "kept-plan": the customer kept a payment plan
};
std::string_view MitigationName(Mitigation mitigation);
absl::StatusOr<Mitigation> MitigationFromName(std::string_view name);
std::span<const Mitigation> AllMitigations();

// A set of them. A value.
class Mitigations {
 public:
  constexpr Mitigations() = default;
  constexpr bool Has(Mitigation m) const { return (bits_ & Bit(m)) != 0; }
  constexpr void Add(Mitigation m) { bits_ |= Bit(m); }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr uint8_t bits() const { return bits_; }
  // InvalidArgument for a bit that no mitigation has.
  static absl::StatusOr<Mitigations> FromBits(uint8_t bits);
  friend constexpr bool operator==(Mitigations, Mitigations) = default;

 private:
  static constexpr uint8_t Bit(Mitigation m) {
    return static_cast<uint8_t>(1U << (static_cast<uint8_t>(m) - 1U));
  }
  uint8_t bits_ = 0;
};

// What an order has come to. The last two are no IncidentOrder's: TrackRecord counts such apart.
enum class OrderOutcome : uint8_t {
  kOpen,
  kOverdue,
  kPaidOnTime,
  kPaidLate,
  kUnpaid,
  kInQuestion,
  kBroken,
};
// The order of which an incident is an account, as TrackRecord counts it.
struct IncidentOrder {
  OrderOutcome outcome = OrderOutcome::kOpen;
  evidence::Date bad_since;  // the day it became known; of kPaidLate and kUnpaid
};

// This shop's own account of something that happened. A draft counts as live.
struct OwnIncident {
  std::string id;  // at most kMaxIncidentIdBytes
  evidence::Reason reason = evidence::Reason::kDepositUnsettled;
  evidence::Date occurred;
  evidence::Money amount;
  EntryStatus status = EntryStatus::kLive;
  // Absent: made from none, or from one that `TrackRecord` does not count as anything.
  std::optional<IncidentOrder> order = {};
  Mitigations mitigations;
};

struct DatedCount {
  evidence::Date date;
  uint32_t count = 0;
  friend bool operator==(const DatedCount&, const DatedCount&) = default;
};

struct OpenAmount {
  evidence::Currency currency;
  uint64_t open_minor = 0;      // everything not yet paid, overdue included
  uint64_t overdue_minor = 0;   // of that, past its due date and not disputed
  uint64_t settled_minor = 0;   // everything paid
  uint64_t settled_orders = 0;  // in so many orders
  friend bool operator==(const OpenAmount&, const OpenAmount&) = default;
};

// What this shop's own orders of the customer say; an open one in dispute is only in `orders` and
// `disputed`, one that an incident broke only in `orders` and `broken`.
struct TrackRecord {
  uint64_t orders = 0;          // all that are known
  uint64_t orders_settled = 0;  // paid, late or not
  uint64_t paid_on_time = 0;    // at most the mapping's or policy's days late
  // Of paid_on_time, those paid in advance: they show nothing of what the buyer does with credit.
  uint64_t prepaid_on_time = 0;
  uint64_t late = 0;                  // paid later than that
  uint64_t disputed = 0;              // or in question because the incident about it is
  uint64_t broken = 0;                // paid on time, but an incident says what else went wrong
  uint64_t open = 0;                  // not paid
  uint64_t overdue = 0;               // of those, past due or given up
  uint64_t given_up = 0;              // of those, given up
  uint32_t worst_days_late = 0;       // of paid ones
  uint64_t total_days_late = 0;       // over paid ones
  uint32_t longest_overdue_days = 0;  // of open ones; of one given up at least 1
  std::vector<OpenAmount> amounts;    // by currency, nothing added across currencies
  evidence::Date first_order;
  evidence::Date last_order;
  // Bad outcomes by the day they became known, ascending, at most kMaxDatedCounts rows each; older
  // days are added to the oldest row.
  std::vector<DatedCount> late_paid;
  std::vector<DatedCount> unpaid;
  friend bool operator==(const TrackRecord&, const TrackRecord&) = default;
};

// One entry of a partner's log that is about this buyer, opened.
struct PartnerRecord {
  std::string origin;
  uint64_t index = 0;
  evidence::Commitment commitment;
  evidence::Reason reason = evidence::Reason::kDepositUnsettled;
  evidence::Money amount;
  evidence::Date occurred;
  evidence::SettledBucket settled_before = evidence::SettledBucket::kNone;
  EntryStatus status = EntryStatus::kLive;
  evidence::UnixMillis published_at;
  uint32_t epoch = 0;
};

// The head of a partner's log on which the answer stands.
struct HeadRef {
  uint64_t size = 0;
  crypto::Digest root;
  friend bool operator==(const HeadRef&, const HeadRef&) = default;
};

struct PartnerAnswer {
  std::string origin;
  PartnerState state = PartnerState::kNotChecked;
  std::optional<uint64_t> head_age_s;  // of the newest head held; absent: none was ever seen
  bool witnessed = false;              // more than half of a witness set of three or more cosigned
  std::optional<HeadRef> head;
  std::vector<std::string> witnesses;  // the witness set; may be just this node
  std::optional<uint32_t> weight_ppm;  // absent: the policy's default
  std::string error;                   // why it was not checked, as a short code: "deadline", ...
};

struct OrderContext {
  std::optional<evidence::Money> amount;
  Terms terms = Terms::kCredit;
  friend bool operator==(const OrderContext&, const OrderContext&) = default;
};

inline constexpr size_t kMaxDatedCounts = 512;        // rows
inline constexpr size_t kMaxIncidentIdBytes = 64;     // bytes
inline constexpr size_t kMaxIncidents = 256;          // own incidents a decision; newest kept
inline constexpr size_t kMaxPartners = 256;           // partners a decision
inline constexpr size_t kMaxRecordsPerPartner = 128;  // entries a partner; strongest kept
inline constexpr size_t kMaxWitnesses = 256;          // origins a witness set
inline constexpr size_t kMaxErrorBytes = 64;          // bytes of PartnerAnswer::error

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_DECISION_H_
