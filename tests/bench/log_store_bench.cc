// The log store over RocksDB on the real disk: appending in one synced batch, loading, proofs, and
// verifying everything. One synced write bounds BM_Append/1; hashing and RocksDB bound the rest.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "crypto/merkle.h"
#include "storage/log_store.h"
#include "storage/rocks_store.h"

namespace daftar::storage {
namespace {

constexpr size_t kLeafBytes = 200;  // header and signature of an entry
constexpr uint64_t kProofTreeSize = 100000;

class Database {
 public:
  Database() {
    std::string pattern = (std::filesystem::temp_directory_path() / "daftar-bench-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    directory_ = pattern;
    RocksOptions options;
    options.path = directory_ / "db";
    options.create_if_missing = true;
    auto opened = RocksStore::Open(options);
    if (!opened.ok()) std::abort();
    store = *std::move(opened);
    log = std::make_unique<LogStore>(*store);
  }
  ~Database() {
    store.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void Append(const std::vector<Bytes>& leaves, crypto::CompactTree& tree) const {
    Batch batch;
    if (!log->Append(kOwnLog, leaves, tree, batch).ok()) std::abort();
    if (!store->Write(std::move(batch)).ok()) std::abort();
  }

  std::unique_ptr<RocksStore> store;
  std::unique_ptr<LogStore> log;

 private:
  std::filesystem::path directory_;
};

std::vector<Bytes> MakeLeaves(size_t count) {
  std::vector<Bytes> leaves;
  for (size_t i = 0; i < count; ++i) {
    Bytes leaf(kLeafBytes);
    for (size_t j = 0; j < leaf.size(); ++j) leaf[j] = static_cast<uint8_t>(i * 31 + j * 7);
    leaves.push_back(std::move(leaf));
  }
  return leaves;
}

void BM_Append(benchmark::State& state) {
  const Database database;
  const std::vector<Bytes> leaves = MakeLeaves(static_cast<size_t>(state.range(0)));
  crypto::CompactTree tree;
  for (auto _ : state) database.Append(leaves, tree);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Append)->Arg(1)->Arg(100)->Arg(10000)->UseRealTime()->Unit(benchmark::kMicrosecond);

// Without the database: what hashing and collecting the rows costs.
void BM_AppendRowsOnly(benchmark::State& state) {
  const Database database;
  const std::vector<Bytes> leaves = MakeLeaves(static_cast<size_t>(state.range(0)));
  for (auto _ : state) {
    crypto::CompactTree tree;
    Batch batch;
    if (!database.log->Append(kOwnLog, leaves, tree, batch).ok()) std::abort();
    benchmark::DoNotOptimize(batch);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_AppendRowsOnly)->Arg(100)->Arg(10000)->Unit(benchmark::kMicrosecond);

const Database& LargeLog() {
  static const std::unique_ptr<const Database> database = [] {
    auto made = std::make_unique<Database>();
    crypto::CompactTree tree;
    const std::vector<Bytes> leaves = MakeLeaves(10000);
    while (tree.size() < kProofTreeSize) made->Append(leaves, tree);
    return made;
  }();
  return *database;
}

void BM_Load(benchmark::State& state) {
  const Database& database = LargeLog();
  for (auto _ : state) benchmark::DoNotOptimize(database.log->Load(kOwnLog));
}
BENCHMARK(BM_Load)->Unit(benchmark::kMicrosecond);

void BM_InclusionProof(benchmark::State& state) {
  const Database& database = LargeLog();
  uint64_t index = 0;
  for (auto _ : state) {
    index = (index * 25214903917 + 11) % kProofTreeSize;
    benchmark::DoNotOptimize(database.log->InclusionProof(kOwnLog, index, kProofTreeSize));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_InclusionProof)->Unit(benchmark::kMicrosecond);

void BM_ConsistencyProof(benchmark::State& state) {
  const Database& database = LargeLog();
  uint64_t old_size = 1;
  for (auto _ : state) {
    old_size = 1 + (old_size * 25214903917 + 11) % (kProofTreeSize - 1);
    benchmark::DoNotOptimize(database.log->ConsistencyProof(kOwnLog, old_size, kProofTreeSize));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_ConsistencyProof)->Unit(benchmark::kMicrosecond);

void BM_Verify(benchmark::State& state) {
  const Database& database = LargeLog();
  for (auto _ : state) {
    if (!database.log->Verify(kOwnLog, kProofTreeSize, nullptr).ok()) std::abort();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kProofTreeSize));
}
BENCHMARK(BM_Verify)->Unit(benchmark::kMillisecond);

// Small batches from several threads, each with a precondition: what group commit gives.
void BM_ConcurrentWrites(benchmark::State& state) {
  const Database database;
  const auto writers = static_cast<size_t>(state.range(0));
  constexpr size_t kEach = 50;
  uint64_t round = 0;
  for (auto _ : state) {
    std::vector<std::thread> threads;
    for (size_t writer = 0; writer < writers; ++writer) {
      threads.emplace_back([&database, writer, round] {
        for (uint64_t i = 0; i < kEach; ++i) {
          Bytes key = crypto::Writer().U64(round).U64(writer).U64(i).Take();
          Batch batch;
          batch.ExpectAbsent(Column::kSubmissions, key);
          batch.Put(Column::kSubmissions, std::move(key), Bytes(500, 'x'));
          if (!database.store->Write(std::move(batch)).ok()) std::abort();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    ++round;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(writers * kEach));
}
BENCHMARK(BM_ConcurrentWrites)
    ->Arg(1)
    ->Arg(8)
    ->Arg(32)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace daftar::storage
