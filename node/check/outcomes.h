// What became of decisions: people who decided otherwise, and how the orders turned out. What
// partners' reports weigh here is learnt from it.
#ifndef DAFTAR_NODE_CHECK_OUTCOMES_H_
#define DAFTAR_NODE_CHECK_OUTCOMES_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "node/check/pace.h"
#include "node/check/receipt_log.h"
#include "node/decision/partner_weights.h"
#include "node/decision/track_record.h"
#include "storage/caller.h"
#include "storage/mutex.h"

namespace daftar::check {

inline constexpr uint64_t kAskEveryRows = 1000;  // rows between two questions whether to stop

// How an order turned out. Numbers are on disk: never renumber.
enum class Outcome : uint8_t { kUnknown = 0, kPaid = 1, kLate = 2, kUnpaid = 3 };
std::string_view OutcomeName(Outcome outcome);  // "", "paid", "late", "unpaid"

// Of one order on `today`, as its incident leaves it: unknown while it is open and not long
// overdue, or in question. One that an incident broke counts as unpaid, and as late when that was
// made good.
Outcome OutcomeOf(const decision::RemarkedOrder& order, evidence::Date today,
                  uint32_t late_after_days);

struct Override {
  decision::Effect effect = decision::Effect::kReview;
  std::string because;
  std::string by;
  evidence::UnixMillis at;
  friend bool operator==(const Override&, const Override&) = default;
};

// What a partner's record added in one decision (decision::ExpectedGain).
struct HeldRecord {
  std::string origin;
  uint32_t without_ppm = 0;
  uint32_t gain_ppm = 0;
  friend bool operator==(const HeldRecord&, const HeldRecord&) = default;
};

// What is known about one decision since it was made.
struct Followed {
  decision::Effect decided = decision::Effect::kAccept;
  evidence::UnixMillis checked_at;
  std::optional<Override> override;
  Outcome outcome = Outcome::kUnknown;
  evidence::Date outcome_on;
  uint32_t bad_ppm = 0;  // what the outcome counted, by the policy of that day
  bool at_risk = false;  // as far as was told, the shop could lose by it (WasAtRisk), and it was
                         // not known yet how the order had ended
  std::vector<HeldRecord> held;
  std::string order;    // the one order whose outcome this is (book::OrderName); empty: none
  bool named = false;   // the order names the receipt; else the receipt was found for it
  bool shared = false;  // another order has named the receipt too
  friend bool operator==(const Followed&, const Followed&) = default;
};

// An order, and the decision on which it was taken.
struct OrderOutcome {
  std::string order;  // book::OrderName
  std::optional<ReceiptId> receipt;
  bool named = false;  // as Followed::named
  Outcome outcome = Outcome::kUnknown;
  evidence::Date on;
  evidence::Date known;  // the first day on which it was known to end so; of kUnknown none
  std::optional<decision::Terms> terms;  // none: nobody told them (book::Order::terms_told)
};

// Whether the order could go bad, so that its outcome says something about partners' reports.
//
// Terms that were told decide alone: on any but payment in advance the shop could lose, also by an
// order that was then paid at once. Where nobody told them, as for a ledger's orders, the answer
// says what may have been: one that asked for payment in advance or more (`answered` is the effect
// that stood in the end) was perhaps followed, and perhaps not. Such an order is left out however
// it ended. To leave out only those that were paid at once, as if these alone had been prepaid,
// would keep every bad order on credit and not every good one, and make reports look better than
// they are. What decides must be known before the end is.
bool WasAtRisk(const OrderOutcome& became, decision::Effect answered);

// How orders turned out, as far as it is known.
struct OutcomeCounts {
  uint64_t paid = 0;
  uint64_t late = 0;
  uint64_t unpaid = 0;
  void Add(Outcome outcome);
};

// Overridden decisions and those with an outcome, by what was decided and what a person made of it.
struct OutcomeRow : OutcomeCounts {
  decision::Effect decided = decision::Effect::kAccept;
  std::optional<decision::Effect> overridden_to;
  uint64_t decisions = 0;
};

// Rows in Column::kOutcomes (docs/storage.md has the bytes): 'o' || receipt id -> sealed Followed;
// 'n' || tag of the order's name -> sealed receipt id, so that an order has one receipt; 'w' ||
// origin -> sealed time of the last reset. What was learnt is kept in memory and counted anew at
// Open.
//
// Any thread may call; changes are durable on OK, go one after the other, and are in force for the
// next check. Errors of the store and of ReceiptLog::Get are passed on.
class Outcomes {
 public:
  // All must outlive it.
  static absl::StatusOr<std::unique_ptr<Outcomes>> Open(storage::Store& store,
                                                        const storage::Vault& vault,
                                                        const evidence::Clock& clock,
                                                        crypto::Entropy& entropy,
                                                        const ReceiptLog& receipts);

  // A person decides otherwise; a later one replaces an earlier one, and both are on the record.
  // InvalidArgument without a reason; FailedPrecondition when nothing would change; NotFound.
  absl::StatusOr<Override> OverrideDecision(const storage::Caller& caller, const ReceiptId& receipt,
                                            decision::Effect effect, const std::string& because);

  // How the order turned out; writes only what is not so already. An override that comes after it
  // counts for WasAtRisk once the order is recorded again. What another receipt said of it
  // before is taken back with the same write. A receipt has one order's outcome: one that names it
  // goes before one for which it was found, and of several that name it the worst outcome stands,
  // the first of equals. An order without a receipt, or whose receipt is another's or not here (any
  // more), leaves none.
  absl::Status Record(const OrderOutcome& became, const decision::Policy& policy);
  // Whether Record would write nothing.
  absl::StatusOr<bool> IsRecorded(const OrderOutcome& became, const decision::Policy& policy) const;

  // Nothing when nobody overrode it and no order has it.
  absl::StatusOr<std::optional<Followed>> Of(const ReceiptId& receipt) const;
  // The receipt that has the order, by its name.
  absl::StatusOr<std::optional<ReceiptId>> ReceiptOf(const std::string& order) const;

  // What has been learnt about a partner since it was last reset.
  struct Learnt {
    decision::PartnerOutcomes outcomes;
    evidence::UnixMillis since;  // 0: never reset
  };
  Learnt LearntAbout(const std::string& origin) const;
  // Learns anew from all rows, when an outcome that was known has changed since, or an older one
  // came after a newer: what has faded cannot be taken back one by one. Cheap when nothing has, and
  // at the pace of Pace. Until then the earlier outcome stands. Errors of the store, until it
  // succeeds. `stopped` is asked every kAskEveryRows rows and may be empty: what was learnt then
  // stands, and nothing has failed.
  absl::Status Relearn(const std::function<bool()>& stopped = {});
  // Forgets it. InvalidArgument without a reason.
  absl::Status Reset(const storage::Caller& caller, const std::string& origin,
                     const std::string& because);

  // Of checks made on days `from` to `to`, both included, that were overridden or whose outcome is
  // known; no date: no bound. Reads all rows once; Cancelled when `stopped` says so, as in Relearn.
  absl::StatusOr<std::vector<OutcomeRow>> Report(evidence::Date from, evidence::Date to,
                                                 const std::function<bool()>& stopped = {}) const;

 private:
  Outcomes(storage::Store& store, const storage::Vault& vault, const evidence::Clock& clock,
           crypto::Entropy& entropy, const ReceiptLog& receipts)
      : store_(store), vault_(vault), clock_(clock), entropy_(entropy), receipts_(receipts) {}
  using LearntByOrigin = std::map<std::string, Learnt, std::less<>>;
  absl::StatusOr<Followed> FollowedOrNew(const ReceiptId& receipt) const;
  void Put(const ReceiptId& receipt, const Followed& followed, storage::Batch& batch) const;
  // What one Record writes, and what is to be learnt from it then.
  struct Change {
    storage::Batch batch;
    std::optional<Followed> first;  // an outcome where none was known
    bool again = false;             // one that was known is another
  };
  absl::StatusOr<LearntByOrigin> LearnAll(evidence::Date& newest,
                                          const std::function<bool()>& stopped) const;
  absl::StatusOr<Change> Plan(const OrderOutcome& became, const decision::Policy& policy) const;
  crypto::Bytes OrderKey(const std::string& order) const;
  // Whether the order has its receipt then.
  absl::StatusOr<bool> Take(const OrderOutcome& became, const decision::Policy& policy,
                            Change& change) const;
  absl::Status LetGo(const ReceiptId& receipt, const std::string& order, Change& change) const;
  // Cancelled when `stopped` says so.
  absl::Status Scan(const std::function<bool()>& stopped,
                    const std::function<void(const Followed&)>& visit) const;
  absl::StatusOr<LearntByOrigin> Resets() const;
  static void Learn(const Followed& followed, LearntByOrigin& learnt);

  storage::Store& store_;
  const storage::Vault& vault_;
  const evidence::Clock& clock_;
  crypto::Entropy& entropy_;
  const ReceiptLog& receipts_;
  storage::Mutex writing_;  // held across a change, before mutex_
  Pace pace_ DAFTAR_GUARDED_BY(writing_);
  absl::Status relearnt_ DAFTAR_GUARDED_BY(writing_);
  mutable storage::Mutex mutex_;
  LearntByOrigin learnt_ DAFTAR_GUARDED_BY(mutex_);
  evidence::Date newest_ DAFTAR_GUARDED_BY(mutex_);  // day of the newest outcome learnt
  bool changed_ DAFTAR_GUARDED_BY(mutex_) = true;    // learnt_ is not what the rows say
};

}  // namespace daftar::check

#endif  // DAFTAR_NODE_CHECK_OUTCOMES_H_
