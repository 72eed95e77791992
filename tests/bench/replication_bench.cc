// Copying a partner's log: batches exactly as a publisher's feed gives them, verified in memory,
// and taken by a Mirror into a new database. The second argument says that every so manieth entry
// is a settlement, whose signature is verified on arrival (0: reports only, which are verified when
// used).
#include <benchmark/benchmark.h>

#include <map>

#include "crypto/note.h"
#include "node/ledger/feed.h"
#include "node/partners/apply.h"
#include "node/partners/mirror.h"
#include "tests/bench/bench_support.h"

namespace daftar::bench {
namespace {

using partners::Mirror;

struct Log {
  partners::Partner partner;
  crypto::NoteKey head_key;
  crypto::NoteKey self_key;
  crypto::PublicKey entry_key;
  std::vector<evidence::FeedBatch> batches;
  int64_t entries = 0;
  int64_t bytes = 0;
};

Log MakeLog(size_t entries, size_t updates_every) {
  Shop shop;
  while (shop.publisher->tree_size() < entries) {
    const size_t left = entries - shop.publisher->tree_size();
    shop.Queue(std::min(left, ledger::kMaxEntriesPerTick), updates_every);
    Must(shop.publisher->Tick(evidence::SystemClock().Now()).status());
  }
  Log log;
  while (log.entries < static_cast<int64_t>(entries)) {
    auto batch =
        Must(ledger::ReadFeed(*shop.store, *shop.publisher, static_cast<uint64_t>(log.entries)));
    for (const evidence::FeedEntry& entry : batch.entries) {
      log.bytes += static_cast<int64_t>(entry.leaf.size() + entry.body->size());
    }
    log.entries += static_cast<int64_t>(batch.entries.size());
    log.batches.push_back(std::move(batch));
  }
  log.partner.origin = Shop::kOrigin;
  log.partner.first_leaf = crypto::MerkleLeafHash(log.batches.front().entries.front().leaf);
  log.partner.log = storage::kFirstPartnerLog;
  const ledger::LogIdentity identity{Shop::kOrigin, shop.charter.circle, shop.keys.entry,
                                     shop.keys.head, shop.keys.self};
  log.head_key = identity.HeadNoteKey();
  log.self_key = identity.SelfNoteKey();
  log.entry_key = shop.keys.entry.public_key();
  return log;
}

const Log& TheLog(const benchmark::State& state) {
  static std::map<std::pair<int64_t, int64_t>, Log> logs;
  const std::pair key(state.range(0), state.range(1));
  if (logs.count(key) == 0) {
    logs[key] = MakeLog(static_cast<size_t>(key.first), static_cast<size_t>(key.second));
  }
  return logs[key];
}

void Count(benchmark::State& state, const Log& log) {
  state.SetItemsProcessed(state.iterations() * log.entries);
  state.SetBytesProcessed(state.iterations() * log.bytes);
}

// Everything that makes a copied entry believable, and nothing else: header and commitment of each
// entry, tree, consistency with the head, the head's signatures, and the signatures of updates.
void BM_VerifyInMemory(benchmark::State& state) {
  const Log& log = TheLog(state);
  const std::vector<crypto::NoteKey> keys{log.head_key, log.self_key};
  for (auto _ : state) {
    crypto::CompactTree tree;
    for (const evidence::FeedBatch& batch : log.batches) {
      const auto note = Must(crypto::ParseNote(batch.head));
      if (Must(crypto::VerifyNote(note, keys)).size() != keys.size()) std::abort();
      const auto head = Must(crypto::ParseCheckpoint(note.text));
      for (const evidence::FeedEntry& entry : batch.entries) {
        const auto leaf = Must(evidence::SignedHeader::DecodeLeaf(entry.leaf));
        if (evidence::CommitTo(*entry.body) != leaf.header.commitment) std::abort();
        if (leaf.header.kind != evidence::EntryKind::kReport && !leaf.VerifiedBy(log.entry_key)) {
          std::abort();
        }
        tree.Append(crypto::MerkleLeafHash(entry.leaf));
      }
      Must(crypto::VerifyMerkleConsistency(tree.size(), tree.Root(), head.size, head.root,
                                           batch.consistency));
    }
  }
  Count(state, log);
}
BENCHMARK(BM_VerifyInMemory)
    ->Args({20'000, 0})
    ->Args({20'000, 10})
    ->Args({100'000, 0})
    ->Unit(benchmark::kMillisecond);

// The same, and what it does to the searchable copy collected in memory, as Mirror::Apply does it
// up to its write.
void BM_CollectInMemory(benchmark::State& state) {
  const Log& log = TheLog(state);
  const testing::TempDir temp;
  const auto store =
      Must(storage::RocksStore::Open({.path = temp / "db", .create_if_missing = true}));
  for (auto _ : state) {
    std::vector<partners::KeysEntry> keys;
    std::vector<partners::CharterEntry> charters;
    uint64_t reports = 0;
    int64_t last_issued_at = 0;
    uint64_t gaps = 0;
    partners::Conduct conduct;
    partners::VoidEntries voids;
    uint64_t index = 0;
    for (const evidence::FeedBatch& batch : log.batches) {
      partners::Applier applier(*store, log.partner, evidence::SystemClock().Now().seconds(),
                                /*clock_in_doubt=*/false, 0, keys, charters, reports,
                                last_issued_at, gaps, conduct, voids);
      for (const evidence::FeedEntry& entry : batch.entries) Must(applier.Add(index++, entry));
      storage::Batch writes;
      Must(applier.Finish(writes));
      benchmark::DoNotOptimize(writes);
    }
  }
  Count(state, log);
}
BENCHMARK(BM_CollectInMemory)->Args({20'000, 0})->Unit(benchmark::kMillisecond);

// Durable and searchable: every batch through Mirror::Apply into a new database.
void BM_MirrorApply(benchmark::State& state) {
  const Log& log = TheLog(state);
  double cpu = 0;
  for (auto _ : state) {
    const testing::TempDir temp;
    const auto store =
        Must(storage::RocksStore::Open({.path = temp / "db", .create_if_missing = true}));
    const auto mirror = Must(Mirror::Open(*store, evidence::SystemClock(), log.partner));
    const double cpu_before = ProcessCpuSeconds();
    const auto start = std::chrono::steady_clock::now();
    for (const evidence::FeedBatch& batch : log.batches) Must(mirror->Apply(batch));
    state.SetIterationTime(SecondsSince(start));
    cpu += ProcessCpuSeconds() - cpu_before;
    if (mirror->View().size != static_cast<uint64_t>(log.entries)) std::abort();
  }
  Count(state, log);
  state.counters["batches"] = static_cast<double>(log.batches.size());
  state.counters["cpu_us_per_entry"] =
      cpu * 1e6 / static_cast<double>(state.iterations() * log.entries);
}
BENCHMARK(BM_MirrorApply)
    ->Args({20'000, 0})
    ->Args({20'000, 10})
    ->Args({100'000, 0})
    ->UseManualTime()
    ->Iterations(3)
    ->Unit(benchmark::kMillisecond);

// The issuer's side: reading its log as batches.
void BM_ReadFeed(benchmark::State& state) {
  Shop shop;
  shop.Queue(static_cast<size_t>(state.range(0)), 0);
  while (Must(shop.publisher->Tick(evidence::SystemClock().Now())) > 0) {
  }
  const uint64_t size = shop.publisher->tree_size();
  for (auto _ : state) {
    for (uint64_t from = 0; from < size;) {
      from += Must(ledger::ReadFeed(*shop.store, *shop.publisher, from)).entries.size();
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(size));
}
BENCHMARK(BM_ReadFeed)->Arg(20'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace daftar::bench
