// Appending to the Merkle tree alone, at sizes up to 10,000,000: what a batch of a thousand leaves
// costs must grow with the tree's height at most, and not with its size.
#include <benchmark/benchmark.h>

#include <bit>
#include <cstdlib>
#include <vector>

#include "crypto/merkle.h"

namespace daftar::crypto {
namespace {

constexpr int kLeaves = 1000;

// A tree of this size whose subtrees are made up: appending does not look into them.
CompactTree TreeOf(uint64_t size) {
  std::vector<Digest> frontier;
  for (int i = 0; i < std::popcount(size); ++i) frontier.push_back(MerkleLeafHash(ByteView()));
  auto tree = CompactTree::Create(size, std::move(frontier));
  if (!tree.ok()) std::abort();
  return *std::move(tree);
}

void BM_AppendThousandAndRoot(benchmark::State& state) {
  const CompactTree begun = TreeOf(static_cast<uint64_t>(state.range(0)));
  const Digest leaf = MerkleLeafHash(AsBytes("leaf"));
  for (auto _ : state) {
    CompactTree tree = begun;
    for (int i = 0; i < kLeaves; ++i) tree.Append(leaf);
    benchmark::DoNotOptimize(tree.Root());
  }
  state.SetItemsProcessed(state.iterations() * kLeaves);
}
BENCHMARK(BM_AppendThousandAndRoot)
    ->Arg(1'000)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Arg(10'000'000);

// One leaf, the worst case: all subtrees of the right edge merge.
void BM_AppendOneThatMergesAll(benchmark::State& state) {
  const CompactTree begun = TreeOf(static_cast<uint64_t>(state.range(0)));
  const Digest leaf = MerkleLeafHash(AsBytes("leaf"));
  for (auto _ : state) {
    CompactTree tree = begun;
    tree.Append(leaf);
    benchmark::DoNotOptimize(tree.Root());
  }
}
BENCHMARK(BM_AppendOneThatMergesAll)->Arg((1 << 10) - 1)->Arg((1 << 17) - 1)->Arg((1 << 23) - 1);

}  // namespace
}  // namespace daftar::crypto
