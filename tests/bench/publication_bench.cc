// Reports on their way into the log: filed and queued durably by many threads, and published by the
// one that ticks. `cpu_us_per_report` counts all threads of this process; compare it with
// BM_CurveWorkOfOneReport, which nothing can save.
#include <benchmark/benchmark.h>

#include <thread>

#include "node/evidence/sealing.h"
#include "tests/bench/bench_support.h"

namespace daftar::bench {
namespace {

constexpr uint64_t kReportsPerRound = 3200;

storage::Caller NextCaller() {
  static std::atomic<uint64_t> next{0};
  return {"uid:1000", "bench-" + std::to_string(++next)};
}

// Runs `work(i)` for every i below `count` on `threads` threads, and adds how long each took.
template <class Work>
double RunOnThreads(size_t threads, uint64_t count, Latencies& latencies, const Work& work) {
  std::vector<Latencies> of_thread(threads);
  std::atomic<uint64_t> next{0};
  std::vector<std::thread> running;
  const auto start = std::chrono::steady_clock::now();
  for (size_t t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      for (uint64_t i = next++; i < count; i = next++) {
        const auto begin = std::chrono::steady_clock::now();
        work(i);
        of_thread[t].Add(SecondsSince(begin));
      }
    });
  }
  for (std::thread& thread : running) thread.join();
  const double seconds = SecondsSince(start);
  for (const Latencies& one : of_thread) latencies.Add(one);
  return seconds;
}

void Finish(benchmark::State& state, Latencies& latencies, double cpu_seconds) {
  const auto reports = static_cast<double>(state.iterations()) * double{kReportsPerRound};
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kReportsPerRound));
  state.counters["cpu_us_per_report"] = cpu_seconds * 1e6 / reports;
  latencies.Report(state);
}

// Add and Publish, both acknowledged: two durable writes a report.
void BM_SubmitReport(benchmark::State& state) {
  Shop shop;
  Latencies latencies;
  uint64_t numbers = 0;
  double cpu = 0;
  for (auto _ : state) {
    const double cpu_before = ProcessCpuSeconds();
    state.SetIterationTime(RunOnThreads(
        static_cast<size_t>(state.range(0)), kReportsPerRound, latencies, [&](uint64_t i) {
          const auto added = Must(shop.ledger.Add(NextCaller(), IncidentAbout(Phone(numbers + i))));
          Must(shop.ledger.Publish(NextCaller(), added.incident.id).status());
        }));
    cpu += ProcessCpuSeconds() - cpu_before;
    numbers += kReportsPerRound;
  }
  Finish(state, latencies, cpu);
}
BENCHMARK(BM_SubmitReport)->Arg(1)->Arg(8)->Arg(32)->UseManualTime()->Iterations(4);

// Publish alone, of incidents that were filed before: the label, the sealed body, one durable
// write.
void BM_PublishReport(benchmark::State& state) {
  Shop shop;
  Latencies latencies;
  uint64_t numbers = 0;
  double cpu = 0;
  for (auto _ : state) {
    std::vector<ledger::IncidentId> ids(kReportsPerRound);
    Latencies ignored;
    RunOnThreads(32, kReportsPerRound, ignored, [&](uint64_t i) {
      ids[i] = Must(shop.ledger.Add(NextCaller(), IncidentAbout(Phone(numbers + i)))).incident.id;
    });
    const double cpu_before = ProcessCpuSeconds();
    state.SetIterationTime(RunOnThreads(
        static_cast<size_t>(state.range(0)), kReportsPerRound, latencies,
        [&](uint64_t i) { Must(shop.ledger.Publish(NextCaller(), ids[i]).status()); }));
    cpu += ProcessCpuSeconds() - cpu_before;
    numbers += kReportsPerRound;
  }
  Finish(state, latencies, cpu);
}
BENCHMARK(BM_PublishReport)->Arg(1)->Arg(8)->Arg(32)->UseManualTime()->Iterations(4);

// What a report of one identifier cannot do without: its label's F.
void BM_CurveWorkOfOneReport(benchmark::State& state) {
  const crypto::VoprfKey key = crypto::VoprfKey::Generate(crypto::SystemEntropy());
  const crypto::Bytes input = crypto::ToBytes("+6281234567890");
  for (auto _ : state) benchmark::DoNotOptimize(crypto::VoprfEvaluateDirect(key, input));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_CurveWorkOfOneReport)->Unit(benchmark::kMicrosecond);

void BM_SealReport(benchmark::State& state) {
  crypto::Entropy& entropy = crypto::SystemEntropy();
  const crypto::Secret32 record_key = entropy.Secret();
  const evidence::ReportFacts facts = SomeFacts();
  std::vector<evidence::Label> labels(1);
  for (auto _ : state) {
    const auto body = evidence::SealReport(facts, labels, Shop::kOrigin, record_key, entropy);
    benchmark::DoNotOptimize(evidence::CommitTo(body.Encode()));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_SealReport)->Unit(benchmark::kMicrosecond);

// One tick with so many entries queued: signatures, tree, one durable write, and the head.
void BM_Tick(benchmark::State& state) {
  const auto entries = static_cast<size_t>(state.range(0));
  Shop shop;
  for (auto _ : state) {
    state.PauseTiming();
    shop.Queue(entries, 0);
    state.ResumeTiming();
    if (Must(shop.publisher->Tick(evidence::SystemClock().Now())) != entries) std::abort();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Tick)->Arg(1)->Arg(100)->Arg(10'000)->UseRealTime()->Iterations(5)->Unit(
    benchmark::kMillisecond);

}  // namespace
}  // namespace daftar::bench
