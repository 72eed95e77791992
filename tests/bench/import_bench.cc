// Importing a ledger: reading the file, and taking it into the book with every batch durable.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <filesystem>
#include <sstream>

#include "crypto/entropy.h"
#include "node/book/book.h"
#include "storage/rocks_store.h"

namespace daftar::book {
namespace {

constexpr std::string_view kMapping = R"(version = 1
[identifiers]
handle = "shop/{user}"
[order]
invoice = "{no}"
invoice_date = "{date}"
due_days = 14
paid_date = "{paid}"
amount = "{total}"
currency = "IDR"
date_formats = ["%Y-%m-%d"]
)";

std::string MakeFile(int64_t lines) {
  std::string text = "user,no,date,paid,total\n";
  for (int64_t i = 0; i < lines; ++i) {
    text += "user" + std::to_string(i % 5000) + ",INV-" + std::to_string(i) +
            ",2024-01-15,2024-02-20,4500000\n";
  }
  return text;
}

std::vector<decision::OrderRow> ReadFile(const std::string& text) {
  const auto mapping = decision::LedgerMapping::Parse(kMapping, decision::MappingKind::kOrders,
                                                      identity::Region::kIndonesia);
  std::vector<decision::OrderRow> rows;
  std::istringstream stream(text);
  const decision::OrderSink sink{[&rows](decision::OrderRow row) {
                                   rows.push_back(std::move(row));
                                   return true;
                                 },
                                 [](decision::LedgerRefusal) { return false; }};
  if (!decision::ReadOrders(stream, *mapping, sink).ok()) std::abort();
  return rows;
}

void BM_ReadLedgerFile(benchmark::State& state) {
  const std::string text = MakeFile(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(ReadFile(text));
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(text.size()));
}
BENCHMARK(BM_ReadLedgerFile)->Arg(100'000)->Unit(benchmark::kMillisecond);

void BM_ImportOrders(benchmark::State& state) {
  const std::vector<decision::OrderRow> rows = ReadFile(MakeFile(state.range(0)));
  for (auto _ : state) {
    state.PauseTiming();
    std::string dir = (std::filesystem::temp_directory_path() / "daftar-bench-XXXXXX").string();
    if (::mkdtemp(dir.data()) == nullptr) std::abort();
    auto store = storage::RocksStore::Open(
        {.path = std::filesystem::path(dir) / "db", .create_if_missing = true});
    if (!store.ok()) std::abort();
    crypto::Entropy& entropy = crypto::SystemEntropy();
    const storage::Vault vault(entropy.Secret(), entropy);
    const identity::WarningList warnings;
    Book book(**store, vault, entropy, evidence::SystemClock(), warnings);
    state.ResumeTiming();
    if (!book.ImportOrders(rows).ok()) std::abort();
    state.PauseTiming();
    store->reset();
    std::filesystem::remove_all(dir);
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_ImportOrders)->Arg(100'000)->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace
}  // namespace daftar::book
