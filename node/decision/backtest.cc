#include "node/decision/backtest.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "node/decision/backtest_replay.h"
#include "node/decision/roc.h"

namespace daftar::decision {
namespace {

constexpr uint64_t kAskEvery = 4096;  // events between two questions whether to stop

// splitmix64: small, and the same everywhere.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  uint32_t Below(uint32_t bound) { return static_cast<uint32_t>((Next() >> 32) * bound >> 32); }

 private:
  uint64_t state_;
};

Spread SpreadOf(const std::vector<double>& values) {
  Spread spread;
  for (const double value : values) spread.mean += value / static_cast<double>(values.size());
  if (values.size() < 2) return spread;
  double squares = 0;
  for (const double value : values) squares += (value - spread.mean) * (value - spread.mean);
  spread.deviation = std::sqrt(squares / static_cast<double>(values.size() - 1));
  return spread;
}

// Sums of amounts by currency, split at a threshold.
class MoneySums {
 public:
  void Add(const PastOrder& order, double hindered) {
    const evidence::Currency currency =
        order.amount.has_value() ? order.amount->currency : evidence::Currency();
    const double amount = order.amount.has_value() ? static_cast<double>(order.amount->minor) : 1.0;
    MoneyShare& share = sums_[currency];
    share.currency = currency;
    (order.bad ? share.loss : share.sales) += amount;
    (order.bad ? share.loss_avoided : share.sales_hindered) += amount * hindered;
  }
  std::vector<MoneyShare> Over(double rounds) const {
    std::vector<MoneyShare> shares;
    for (auto [currency, share] : sums_) {
      share.loss /= rounds;
      share.loss_avoided /= rounds;
      share.sales /= rounds;
      share.sales_hindered /= rounds;
      shares.push_back(share);
    }
    return shares;
  }

 private:
  std::map<evidence::Currency, MoneyShare> sums_;
};

// Collects what one way of ranking gave in each round.
class RankSums {
 public:
  void AddRound(const History& history, const std::vector<uint32_t>& scored,
                const std::vector<uint32_t>& r) {
    std::vector<Ranked> ranked;
    ranked.reserve(scored.size());
    for (size_t i = 0; i < scored.size(); ++i) {
      ranked.push_back({r[i], history.orders[scored[i]].bad});
    }
    const RocCurve curve(ranked);
    auc_.push_back(curve.Auc());
    for (size_t s = 0; s < kHinderedShares.size(); ++s) {
      caught_[s].push_back(curve.CaughtAt(kHinderedShares[s]));
      const RocThreshold at = curve.ThresholdAt(kHinderedShares[s]);
      for (size_t i = 0; i < scored.size(); ++i) {
        const double share = r[i] > at.r_ppm ? 1 : r[i] == at.r_ppm ? at.of_tie : 0;
        money_[s].Add(history.orders[scored[i]], share);
      }
    }
    for (size_t i = 0; i < kRocPoints; ++i) {
      roc_[i] += curve.CaughtAt(static_cast<double>(i) / 1000);
    }
  }
  RankReport Report() const {
    RankReport report;
    const auto rounds = static_cast<double>(auc_.size());
    report.auc = SpreadOf(auc_);
    for (size_t s = 0; s < kHinderedShares.size(); ++s) {
      report.caught[s] = SpreadOf(caught_[s]);
      report.money[s] = money_[s].Over(rounds);
    }
    for (size_t i = 0; i < kRocPoints; ++i) report.roc[i] = roc_[i] / rounds;
    return report;
  }

 private:
  std::vector<double> auc_;
  std::array<std::vector<double>, kHinderedShares.size()> caught_;
  std::array<MoneySums, kHinderedShares.size()> money_;
  std::array<double, kRocPoints> roc_{};
};

class RuleSums {
 public:
  void Add(const Verdict& verdict, const PastOrder& order) {
    RuleReport& decided = rules_[verdict.rule];
    ++(order.bad ? decided.decided_bad : decided.decided_good);
    ++(order.bad ? effects_[verdict.effect].bad : effects_[verdict.effect].good);
    money_[verdict.effect].Add(order, 1);
    Effect others = Effect::kAccept;
    for (const RuleOutcome& outcome : verdict.rules) {
      if (outcome.fired && outcome.rule != verdict.rule) others = std::max(others, outcome.effect);
    }
    if (verdict.effect > others) ++(order.bad ? decided.raised_bad : decided.raised_good);
  }
  void Report(double rounds, BacktestReport& report) const {
    for (auto [rule, sums] : rules_) {
      sums.rule = rule;
      report.rules.push_back(sums);
    }
    for (auto [effect, sums] : effects_) {
      sums.effect = effect;
      sums.money = money_.at(effect).Over(rounds);
      report.effects.push_back(sums);
    }
  }

 private:
  std::map<Rule, RuleReport> rules_;
  std::map<Effect, EffectReport> effects_;
  std::map<Effect, MoneySums> money_;
};

// r of each scored order, in their order.
struct RoundRanks {
  std::vector<uint32_t> own;
  std::vector<uint32_t> partners;
  std::vector<std::vector<uint32_t>> by_partners;
};

class Run {
 public:
  Run(const History& history, const Policy& policy, const BacktestOptions& options,
      const std::function<void(uint64_t, uint64_t)>& progress,
      const std::function<bool()>& cancelled)
      : history_(history),
        policy_(policy),
        options_(options),
        progress_(progress),
        cancelled_(cancelled),
        timeline_(Timeline(history)),
        place_(history.orders.size(), kNotScored) {}

  absl::StatusOr<BacktestReport> Go();

 private:
  static constexpr uint32_t kNotScored = std::numeric_limits<uint32_t>::max();

  absl::Status Stopped() const;
  uint64_t AllEvents() const;
  absl::Status ChooseScored(BacktestReport& report);
  std::vector<uint32_t> Assign(uint32_t round) const;
  ReplayOptions OptionsOf(std::optional<uint32_t> liar) const;
  absl::StatusOr<RoundRanks> PlayRound(const std::vector<uint32_t>& shop_of,
                                       std::optional<uint32_t> liar, RuleSums* rules);
  void Rank(Weighed& weighed, uint32_t place, RoundRanks& ranks);
  void AddLiar(const std::vector<uint32_t>& shop_of, uint32_t liar,
               const std::vector<uint32_t>& honest, const std::vector<uint32_t>& lied);

  const History& history_;
  const Policy& policy_;
  const BacktestOptions& options_;
  const std::function<void(uint64_t, uint64_t)>& progress_;
  const std::function<bool()>& cancelled_;
  const std::vector<HistoryEvent> timeline_;
  std::vector<uint32_t> scored_;  // orders, by time
  std::vector<uint32_t> place_;   // in scored_, by order
  uint32_t earlier_rate_ppm_ = 0;
  uint64_t done_ = 0;
  std::vector<double> liar_hindered_;
  std::vector<double> liar_caught_;
};

absl::Status Run::Stopped() const {
  const uint64_t all = AllEvents();
  return absl::CancelledError("the back-test was stopped after " +
                              std::to_string(all == 0 ? 0 : std::min(done_, all) * 100 / all) +
                              " %");
}

uint64_t Run::AllEvents() const {
  return timeline_.size() * uint64_t{options_.rounds} * (options_.liar ? 2 : 1);
}

absl::Status Run::ChooseScored(BacktestReport& report) {
  std::vector<uint32_t> judged;
  for (const HistoryEvent& event : timeline_) {
    if (event.kind == EventKind::kDecision && history_.orders[event.order].judged) {
      judged.push_back(event.order);
    }
  }
  const size_t half = judged.size() / 2;
  uint64_t bad = 0;
  for (size_t i = 0; i < half; ++i) bad += history_.orders[judged[i]].bad ? 1 : 0;
  if (half > 0) earlier_rate_ppm_ = static_cast<uint32_t>(bad * kPpm / half);
  scored_.assign(judged.begin() + static_cast<ptrdiff_t>(half), judged.end());
  for (uint32_t i = 0; i < scored_.size(); ++i) {
    place_[scored_[i]] = i;
    ++(history_.orders[scored_[i]].bad ? report.scored_bad : report.scored_good);
  }
  report.orders = history_.orders.size();
  report.judged = judged.size();
  if (report.scored_bad > 0 && report.scored_good > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "the later half of the judged orders must have good and bad outcomes; it has " +
      std::to_string(report.scored_good) + " good and " + std::to_string(report.scored_bad) +
      " bad ones");
}

std::vector<uint32_t> Run::Assign(uint32_t round) const {
  Random random(options_.seed * 0x100000001b3 + round);
  std::vector<uint32_t> shop_of(history_.orders.size());
  std::vector<uint32_t> shop_of_party(history_.parties);
  for (uint32_t& shop : shop_of_party) shop = random.Below(options_.shops);
  for (size_t i = 0; i < shop_of.size(); ++i) {
    const uint32_t party = history_.orders[i].party;
    if (party == kNoParty) {
      shop_of[i] = random.Below(options_.shops);
    } else {
      shop_of[i] = options_.parties_are_shops ? party : shop_of_party[party];
    }
  }
  return shop_of;
}

ReplayOptions Run::OptionsOf(std::optional<uint32_t> liar) const {
  ReplayOptions replay;
  replay.shops = options_.shops;
  replay.learnt_weights = options_.learnt_weights;
  replay.use_buckets = options_.use_buckets;
  replay.settle = options_.settle;
  replay.liar = liar;
  if (options_.prior == PriorSource::kEarlierHalf) replay.fixed_prior_ppm = earlier_rate_ppm_;
  if (options_.prior == PriorSource::kPolicy) replay.fixed_prior_ppm = policy_.prior_ppm;
  return replay;
}

// r with ever fewer partners, down to none. Uses up `weighed`.
void Run::Rank(Weighed& weighed, uint32_t place, RoundRanks& ranks) {
  for (size_t i = weighed.partners.size(); options_.partner_curve && i > 0; --i) {
    ranks.by_partners[i][place] = SumRate(weighed, policy_).r_ppm();
    for (WeighedEntry& entry : weighed.partners[i - 1].entries) entry.bad_ppm = 0;
  }
  for (WeighedPartner& partner : weighed.partners) {
    for (WeighedEntry& entry : partner.entries) entry.bad_ppm = 0;
  }
  ranks.own[place] = SumRate(weighed, policy_).r_ppm();
  if (options_.partner_curve) ranks.by_partners[0][place] = ranks.own[place];
}

absl::StatusOr<RoundRanks> Run::PlayRound(const std::vector<uint32_t>& shop_of,
                                          std::optional<uint32_t> liar, RuleSums* rules) {
  RoundRanks ranks;
  ranks.own.resize(scored_.size());
  ranks.partners.resize(scored_.size());
  if (options_.partner_curve) {
    ranks.by_partners.assign(options_.shops, std::vector<uint32_t>(scored_.size()));
  }
  Replay replay(history_, shop_of, policy_, OptionsOf(liar));
  const uint64_t all = AllEvents();
  for (const HistoryEvent& event : timeline_) {
    if (done_++ % kAskEvery == 0) {
      if (progress_) progress_(done_, all);
      if (cancelled_ && cancelled_()) return Stopped();
    }
    Weighed* weighed = replay.Take(event);
    if (weighed == nullptr || place_[event.order] == kNotScored) continue;
    const uint32_t place = place_[event.order];
    const Verdict verdict = Judge(*weighed, policy_);
    ranks.partners[place] = verdict.r_ppm;
    if (rules == nullptr) continue;
    rules->Add(verdict, history_.orders[event.order]);
    Rank(*weighed, place, ranks);
  }
  return ranks;
}

void Run::AddLiar(const std::vector<uint32_t>& shop_of, uint32_t liar,
                  const std::vector<uint32_t>& honest, const std::vector<uint32_t>& lied) {
  std::vector<Ranked> before;
  std::vector<Ranked> after;
  for (size_t i = 0; i < scored_.size(); ++i) {
    if (shop_of[scored_[i]] == liar) continue;
    const bool bad = history_.orders[scored_[i]].bad;
    before.push_back({honest[i], bad});
    after.push_back({lied[i], bad});
  }
  const RocThreshold threshold = RocCurve(before).ThresholdAt(kLiarBaseline);
  const RocCurve curve(after);
  liar_hindered_.push_back(curve.HinderedAt(threshold));
  liar_caught_.push_back(curve.CaughtAt(kLiarBaseline));
}

absl::StatusOr<BacktestReport> Run::Go() {
  BacktestReport report;
  if (auto status = ChooseScored(report); !status.ok()) return status;
  RankSums own;
  RankSums partners;
  std::vector<RankSums> by_partners(options_.partner_curve ? options_.shops : 0);
  RuleSums rules;
  for (uint32_t round = 0; round < options_.rounds; ++round) {
    const std::vector<uint32_t> shop_of = Assign(round);
    const auto ranks = PlayRound(shop_of, std::nullopt, &rules);
    if (!ranks.ok()) return ranks.status();
    own.AddRound(history_, scored_, ranks->own);
    partners.AddRound(history_, scored_, ranks->partners);
    for (size_t i = 0; i < by_partners.size(); ++i) {
      if (cancelled_ && cancelled_()) return Stopped();  // each ranks all orders
      by_partners[i].AddRound(history_, scored_, ranks->by_partners[i]);
    }
    if (!options_.liar) continue;
    const uint32_t liar = round % options_.shops;
    const auto lied = PlayRound(shop_of, liar, nullptr);
    if (!lied.ok()) return lied.status();
    AddLiar(shop_of, liar, ranks->partners, lied->partners);
  }
  report.own = own.Report();
  report.partners = partners.Report();
  for (const RankSums& sums : by_partners) report.by_partners.push_back(sums.Report());
  rules.Report(options_.rounds, report);
  if (options_.liar) report.liar = LiarReport{SpreadOf(liar_hindered_), SpreadOf(liar_caught_)};
  return report;
}

}  // namespace

absl::StatusOr<BacktestReport> Backtest(const History& history, const Policy& policy,
                                        const BacktestOptions& options,
                                        const std::function<void(uint64_t, uint64_t)>& progress,
                                        const std::function<bool()>& cancelled) {
  if (options.shops < 1 || options.shops > kMaxBacktestShops || options.rounds < 1 ||
      options.rounds > kMaxBacktestRounds) {
    return absl::InvalidArgumentError("a back-test has 1 to " + std::to_string(kMaxBacktestShops) +
                                      " shops and 1 to " + std::to_string(kMaxBacktestRounds) +
                                      " rounds");
  }
  if (options.parties_are_shops && history.parties > options.shops) {
    return absl::InvalidArgumentError("the history has more parties than there are shops");
  }
  if (auto status = policy.Check(); !status.ok()) return status;
  return Run(history, policy, options, progress, cancelled).Go();
}

}  // namespace daftar::decision
