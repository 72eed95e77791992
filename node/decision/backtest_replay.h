// One run of a back-test through time: what every shop and every partner of it knows at each order.
// For backtest.cc and its tests.
#ifndef DAFTAR_NODE_DECISION_BACKTEST_REPLAY_H_
#define DAFTAR_NODE_DECISION_BACKTEST_REPLAY_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "node/decision/backtest.h"
#include "node/decision/partner_weights.h"

namespace daftar::decision {

enum class EventKind : uint8_t { kDecision = 0, kOutcome = 1, kSettled = 2 };
struct HistoryEvent {
  int64_t time = 0;
  uint32_t order = 0;
  EventKind kind = EventKind::kDecision;
};
// All that happens, in the order in which it is seen: by time, at equal times by the order's place
// in the history. So a decision sees strictly earlier outcomes, and of the same moment only those
// of orders that stand before it.
std::vector<HistoryEvent> Timeline(const History& history);

struct ReplayOptions {
  uint32_t shops = 1;
  bool use_partners = true;
  bool learnt_weights = false;
  bool use_buckets = true;
  bool settle = true;
  std::optional<uint32_t> fixed_prior_ppm;  // absent: each shop's own rate so far
  std::optional<uint32_t> liar;             // the shop that lies
};

// Keeps a running state for each customer at each shop, so that an order costs what its customer's
// bad outcomes cost and no scan of the history. Gives Judge the same Weighed that Weigh makes of
// the full inputs, but of each partner only its strongest entry. Not thread-safe.
class Replay {
 public:
  // All references must outlive it. REQUIRES shop_of below options.shops for each order.
  Replay(const History& history, const std::vector<uint32_t>& shop_of, const Policy& policy,
         const ReplayOptions& options);

  // Takes the next event. For a decision what Judge is to be given, valid until the next
  // call; the caller may change it.
  Weighed* Take(const HistoryEvent& event);

 private:
  struct DayCount {
    uint32_t day = 0;
    uint32_t count = 0;
  };
  // Reports of one reason and bucket: days on which they occurred, ascending.
  struct Reports {
    evidence::Reason reason;
    evidence::SettledBucket bucket;
    std::vector<uint32_t> live;
    std::vector<uint32_t> settled;
  };
  // Of orders with an amount, in one currency.
  struct Amounts {
    evidence::Currency currency;
    uint64_t open_minor = 0;  // wraps, so that what was added can be taken off again
    uint64_t settled_minor = 0;
    uint64_t settled_orders = 0;
  };
  // A customer at a shop.
  struct Account {
    uint32_t shop = 0;
    uint32_t good = 0;
    uint32_t good_today = 0;  // of those, known on `today`
    uint32_t today = 0;
    std::vector<DayCount> unpaid;
    std::vector<DayCount> late_paid;
    std::vector<uint32_t> open_due;  // days, ascending; of given up ones the day before that
    std::vector<Reports> reports;
    std::vector<Amounts> amounts;
  };
  Account* Find(uint32_t customer, uint32_t shop);
  Account& Get(uint32_t customer, uint32_t shop);
  Weighed* Decide(uint32_t index);
  void Outcome(uint32_t index);
  void Settled(uint32_t index);
  void WeighOwn(const Account* account, uint32_t today);
  void WeighAmounts(const Account& account);
  static Amounts* AmountsOf(Account& account, const PastOrder& order);
  static void Open(Account& account, const PastOrder& order);
  static void Close(Account& account, const PastOrder& order);
  uint32_t Strongest(const Account& account, uint32_t today) const;
  void WeighPartners(uint32_t shop, uint32_t customer, uint32_t today);
  void Learn(uint32_t index, uint32_t shop);
  uint32_t Prior(uint32_t shop) const;
  uint32_t WeightOf(uint32_t shop, uint32_t partner) const;
  void AddReport(Account& account, const PastOrder& order, evidence::SettledBucket bucket);

  const History& history_;
  const std::vector<uint32_t>& shop_of_;
  const Policy& policy_;
  const ReplayOptions options_;
  std::vector<std::vector<Account>> accounts_;        // by customer
  std::vector<evidence::SettledBucket> bucket_of_;    // by order, when it was made
  std::vector<uint64_t> known_;                       // outcomes, by shop
  std::vector<uint64_t> known_bad_;                   // by shop
  std::vector<std::vector<PartnerOutcomes>> learnt_;  // by shop and partner
  // Of orders whose outcome is to come; partners by shop.
  std::unordered_map<uint32_t, std::vector<ExpectedGain>> expected_;
  Weighed weighed_;
};

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_BACKTEST_REPLAY_H_
