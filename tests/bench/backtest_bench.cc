// What a back-test costs: a made-up history that is always there, and the largest real one.
#include <benchmark/benchmark.h>

#include <random>

#include "node/decision/backtest.h"
#include "tests/bench/real_histories.h"

namespace daftar::decision {
namespace {

constexpr int64_t kDaySeconds = 86'400;

// Orders of two years; each customer has five or so, one in five goes bad.
History MadeUp(size_t orders) {
  std::independent_bits_engine<std::mt19937, 32, uint32_t> random(1);
  History history;
  history.customers = static_cast<uint32_t>(orders / 5);
  for (size_t i = 0; i < orders; ++i) {
    PastOrder order;
    order.customer = random() % history.customers;
    order.at = 15'000 * kDaySeconds + random() % (730 * kDaySeconds);
    order.due_at = order.at + 14 * kDaySeconds;
    order.bad = random() % 5 == 0;
    order.known_at = order.at + (order.bad ? 25 : 10) * kDaySeconds;
    if (order.bad && random() % 2 == 0) order.settled_at = order.known_at + 30 * kDaySeconds;
    history.orders.push_back(order);
  }
  return history;
}

BacktestOptions OptionsOf(const benchmark::State& state) {
  BacktestOptions options;
  options.rounds = static_cast<uint32_t>(state.range(0));
  options.learnt_weights = state.range(1) != 0;
  return options;
}

void Run(benchmark::State& state, const History& history) {
  for (auto _ : state) {
    const auto report = Backtest(history, DefaultPolicy(), OptionsOf(state));
    if (!report.ok()) bench::Die(report.status().ToString());
    benchmark::DoNotOptimize(report->partners.auc.mean);
  }
  state.counters["orders"] = static_cast<double>(history.orders.size());
}

void BM_BacktestMadeUp(benchmark::State& state) { Run(state, MadeUp(100'000)); }
BENCHMARK(BM_BacktestMadeUp)
    ->ArgNames({"rounds", "learnt"})
    ->Args({1, 0})
    ->Args({20, 0})
    ->Args({20, 1})
    ->Unit(benchmark::kMillisecond);

void BM_BacktestNoShow(benchmark::State& state) {
  const bench::RealHistory real = bench::RealHistories()[3];
  if (!bench::IsThere(real)) {
    state.SkipWithError("skipped: no data (DAFTAR_DATA names their folder)");
    return;
  }
  uint64_t refused = 0;
  Run(state, bench::ReadReal(real, refused));
}
BENCHMARK(BM_BacktestNoShow)
    ->ArgNames({"rounds", "learnt"})
    ->Args({20, 0})
    ->Args({20, 1})
    ->Unit(benchmark::kMillisecond);

void BM_ReadNoShow(benchmark::State& state) {
  const bench::RealHistory real = bench::RealHistories()[3];
  if (!bench::IsThere(real)) {
    state.SkipWithError("skipped: no data (DAFTAR_DATA names their folder)");
    return;
  }
  for (auto _ : state) {
    uint64_t refused = 0;
    benchmark::DoNotOptimize(bench::ReadReal(real, refused).orders.size());
  }
}
BENCHMARK(BM_ReadNoShow)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace daftar::decision
