// Runs a policy over a history of orders as it would have decided then, over shops that share what
// they know as partners do, and measures what the answers were worth (docs/decisions.md).
#ifndef DAFTAR_NODE_DECISION_BACKTEST_H_
#define DAFTAR_NODE_DECISION_BACKTEST_H_

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "node/decision/decide.h"
#include "node/decision/history.h"
#include "node/decision/policy.h"

namespace daftar::decision {

inline constexpr uint32_t kMaxBacktestShops = 64;
inline constexpr uint32_t kMaxBacktestRounds = 1000;

// Whose bad rate is the prior of a decision.
enum class PriorSource : uint8_t {
  kOwnSoFar,     // the shop's own, of the outcomes it knows by then (PriorFrom)
  kEarlierHalf,  // of the earlier half of the judged orders, over all shops
  kPolicy,       // the policy's
};

struct BacktestOptions {
  uint32_t shops = 10;   // 1 to kMaxBacktestShops
  uint32_t rounds = 20;  // random assignments of orders to shops; 1 to kMaxBacktestRounds
  uint64_t seed = 1;
  // A history with parties has shops that are random groups of them; true: party i is shop i.
  bool parties_are_shops = false;
  bool learnt_weights = false;  // of partners, from each shop's own outcomes as they come
  bool use_buckets = true;      // reports say how many orders were settled before
  bool settle = true;           // a report about an order that was paid after all is settled
  PriorSource prior = PriorSource::kOwnSoFar;
  bool liar = false;           // also measure one shop that reports its good customers too
  bool partner_curve = false;  // also measure 0, 1, ... shops - 1 partners
};

inline constexpr std::array<double, 4> kHinderedShares = {0.005, 0.01, 0.02, 0.05};
inline constexpr size_t kRocPoints = 101;  // 0 to 10 % hindered in steps of 0.1 %

// Over the rounds.
struct Spread {
  double mean = 0;
  double deviation = 0;  // sample standard deviation; 0 for one round
};

// Amounts in minor units, means over the rounds; currency none: a number of orders whose amounts
// are not known.
struct MoneyShare {
  evidence::Currency currency;
  double loss = 0;            // of all bad orders scored
  double loss_avoided = 0;    // of those hindered
  double sales = 0;           // of all good orders scored
  double sales_hindered = 0;  // of those hindered
};

struct RankReport {
  Spread auc;
  std::array<Spread, kHinderedShares.size()> caught;  // at kHinderedShares
  std::array<std::vector<MoneyShare>, kHinderedShares.size()> money;
  std::array<double, kRocPoints> roc{};  // share caught at i / 1000 hindered
};

// Numbers of scored orders over all rounds.
struct RuleReport {
  Rule rule = Rule::kNothingKnown;
  uint64_t decided_good = 0;
  uint64_t decided_bad = 0;
  // Without this rule the effect had been milder.
  uint64_t raised_good = 0;
  uint64_t raised_bad = 0;
};
struct EffectReport {
  Effect effect = Effect::kAccept;
  uint64_t good = 0;
  uint64_t bad = 0;
  std::vector<MoneyShare> money;  // loss and sales of orders with this effect
};

// One of the shops also reports all its good customers. Shares of good orders of the other shops
// hindered at the threshold that hinders kLiarBaseline of them without it.
inline constexpr double kLiarBaseline = 0.02;
struct LiarReport {
  Spread hindered;
  Spread caught;
};

struct BacktestReport {
  uint64_t orders = 0;
  uint64_t judged = 0;
  uint64_t scored_good = 0;
  uint64_t scored_bad = 0;
  RankReport own;       // each shop alone
  RankReport partners;  // with all the others
  std::vector<RuleReport> rules;
  std::vector<EffectReport> effects;
  std::vector<RankReport> by_partners;  // 0 to shops - 1 partners; empty unless asked for
  std::optional<LiarReport> liar;
};

// InvalidArgument for options out of bounds and for a history without judged good or bad orders in
// its later half; Cancelled when `cancelled` says so, which is asked every few thousand orders.
// `progress` gets orders done and orders in all. Either may be empty. Pure otherwise; one thread.
absl::StatusOr<BacktestReport> Backtest(
    const History& history, const Policy& policy, const BacktestOptions& options,
    const std::function<void(uint64_t done, uint64_t all)>& progress = nullptr,
    const std::function<bool()>& cancelled = nullptr);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_BACKTEST_H_
