// The VOPRF operations beside the libsodium operations on elements that they cannot do without.
// BM_Evaluate/n over BM_EvaluateBareOperations/n is what hashing, copying and checking cost.
#include <benchmark/benchmark.h>
#include <sodium.h>

#include <array>
#include <string>
#include <vector>

#include "crypto/entropy.h"
#include "crypto/voprf.h"

namespace daftar::crypto {
namespace {

struct Exchange {
  explicit Exchange(size_t count) : key(VoprfKey::Generate(SystemEntropy())) {
    for (size_t i = 0; i < count; ++i) inputs.push_back(ToBytes("+62812" + std::to_string(i)));
    for (const Bytes& input : inputs) {
      views.emplace_back(input);
      blinded.push_back(*VoprfBlind(input, SystemEntropy()));
      sent.push_back(blinded.back().element);
    }
  }
  VoprfKey key;
  std::vector<Bytes> inputs;
  std::vector<ByteView> views;
  std::vector<BlindedInput> blinded;
  std::vector<GroupElement> sent;
};

void CountElements(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void BatchSizes(benchmark::internal::Benchmark* bench) {
  for (int64_t size : {1, 8, 64, 256}) bench->Arg(size);
  bench->Unit(benchmark::kMicrosecond);
}

void BM_Blind(benchmark::State& state) {
  const Bytes input = ToBytes("+6281234567890");
  for (auto _ : state) benchmark::DoNotOptimize(VoprfBlind(input, SystemEntropy()));
}
BENCHMARK(BM_Blind)->Unit(benchmark::kMicrosecond);

void BM_DecodeElement(benchmark::State& state) {
  const Exchange exchange(1);
  const Bytes encoded = ToBytes(exchange.sent[0].view());
  for (auto _ : state) benchmark::DoNotOptimize(GroupElement::Create(encoded));
}
BENCHMARK(BM_DecodeElement)->Unit(benchmark::kMicrosecond);

void BM_Evaluate(benchmark::State& state) {
  const Exchange exchange(static_cast<size_t>(state.range(0)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(VoprfEvaluate(exchange.key, exchange.sent, SystemEntropy()));
  }
  CountElements(state);
}
BENCHMARK(BM_Evaluate)->Apply(BatchSizes);

// n products by the key, n weighted ones and their sum, and three products for the proof.
void BM_EvaluateBareOperations(benchmark::State& state) {
  const Exchange exchange(static_cast<size_t>(state.range(0)));
  const uint8_t* key = exchange.key.ExposeScalar().Expose().data();
  std::array<uint8_t, 32> weight;
  crypto_core_ristretto255_scalar_random(weight.data());
  std::array<uint8_t, 32> product = {};
  std::array<uint8_t, 32> sum = {};
  int failed = 0;
  for (auto _ : state) {
    for (size_t i = 0; i < exchange.sent.size(); ++i) {
      const uint8_t* element = exchange.sent[i].view().data();
      failed |= crypto_scalarmult_ristretto255(product.data(), key, element);
      failed |= crypto_scalarmult_ristretto255(product.data(), weight.data(), element);
      if (i == 0) {
        sum = product;
      } else {
        failed |= crypto_core_ristretto255_add(sum.data(), sum.data(), product.data());
      }
    }
    failed |= crypto_scalarmult_ristretto255(product.data(), key, sum.data());
    failed |= crypto_scalarmult_ristretto255_base(product.data(), weight.data());
    failed |= crypto_scalarmult_ristretto255(product.data(), weight.data(), sum.data());
    benchmark::DoNotOptimize(product);
  }
  if (failed != 0) state.SkipWithError("an operation failed");
  CountElements(state);
}
BENCHMARK(BM_EvaluateBareOperations)->Apply(BatchSizes);

void BM_Verify(benchmark::State& state) {
  const Exchange exchange(static_cast<size_t>(state.range(0)));
  const VoprfEvaluation answer = *VoprfEvaluate(exchange.key, exchange.sent, SystemEntropy());
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        VoprfVerify(exchange.key.public_key(), exchange.sent, answer.elements, answer.proof));
  }
  CountElements(state);
}
BENCHMARK(BM_Verify)->Apply(BatchSizes);

void BM_Finalize(benchmark::State& state) {
  const Exchange exchange(static_cast<size_t>(state.range(0)));
  const VoprfEvaluation answer = *VoprfEvaluate(exchange.key, exchange.sent, SystemEntropy());
  for (auto _ : state) {
    benchmark::DoNotOptimize(VoprfFinalize(exchange.key.public_key(), exchange.views,
                                           exchange.blinded, answer.elements, answer.proof));
  }
  CountElements(state);
}
BENCHMARK(BM_Finalize)->Apply(BatchSizes);

void BM_EvaluateDirect(benchmark::State& state) {
  const VoprfKey key = VoprfKey::Generate(SystemEntropy());
  const Bytes input = ToBytes("+6281234567890");
  for (auto _ : state) benchmark::DoNotOptimize(VoprfEvaluateDirect(key, input));
}
BENCHMARK(BM_EvaluateDirect)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace daftar::crypto
