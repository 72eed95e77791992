// What a decision costs without storage and network: a check of 50 inputs, and its receipt.
#include <benchmark/benchmark.h>

#include "node/decision/explain.h"
#include "node/decision/receipt.h"

namespace daftar::decision {
namespace {

// `count` partners with one live report each.
Inputs ManyInputs(int64_t count) {
  Inputs inputs;
  inputs.now.value = int64_t{20'000} * 86'400'000;
  inputs.own.orders = inputs.own.orders_settled = inputs.own.paid_on_time = 30;
  for (int64_t i = 0; i < count; ++i) {
    PartnerAnswer answer;
    answer.origin = "partner-" + std::to_string(i) + ".test";
    answer.state = PartnerState::kAnswered;
    answer.head_age_s = 10;
    answer.head = HeadRef{1000, crypto::Digest()};
    inputs.partners.push_back(answer);
    PartnerRecord record;
    record.origin = answer.origin;
    record.index = static_cast<uint64_t>(i);
    record.occurred = *evidence::Date::FromDays(static_cast<uint32_t>(19'000 + i));
    inputs.records.push_back(record);
  }
  return inputs;
}

void BM_Decide(benchmark::State& state) {
  const Inputs inputs = ManyInputs(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(Decide(inputs, DefaultPolicy()));
}
BENCHMARK(BM_Decide)->Arg(0)->Arg(5)->Arg(50)->Unit(benchmark::kMicrosecond);

void BM_Because(benchmark::State& state) {
  const Decision decision = Decide(ManyInputs(state.range(0)), DefaultPolicy());
  for (auto _ : state) benchmark::DoNotOptimize(Because(decision));
}
BENCHMARK(BM_Because)->Arg(5)->Arg(50)->Unit(benchmark::kMicrosecond);

void BM_MakeAndEncodeReceipt(benchmark::State& state) {
  const Decision decision = Decide(ManyInputs(state.range(0)), DefaultPolicy());
  for (auto _ : state) {
    const ReceiptBody body = MakeReceipt(decision, DefaultPolicy(), {Subject()}, {1});
    benchmark::DoNotOptimize(body.Encode());
  }
}
BENCHMARK(BM_MakeAndEncodeReceipt)->Arg(5)->Arg(50)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace daftar::decision
