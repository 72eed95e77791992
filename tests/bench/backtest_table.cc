// Prints the tables of docs/decisions.md, "Measured on real histories":
//
//   DAFTAR_DATA=FOLDER build/release/bin/backtest_table [rounds [k_ppm]]
#include <cstdio>
#include <cstdlib>
#include <string>

#include "node/decision/backtest.h"
#include "tests/bench/real_histories.h"

namespace daftar::decision {
namespace {

struct Settings {
  Policy policy = DefaultPolicy();
  uint32_t rounds = 20;
};

BacktestReport Measure(const History& history, const Settings& settings,
                       const BacktestOptions& changed) {
  BacktestOptions options = changed;
  options.rounds = settings.rounds;
  auto report = Backtest(history, settings.policy, options);
  if (!report.ok()) bench::Die(report.status().ToString());
  return *std::move(report);
}

void PrintRanks(const char* name, const BacktestReport& report) {
  const uint64_t scored = report.scored_good + report.scored_bad;
  std::printf("| %s | %llu | %llu | %.1f | %.3f -> %.3f |", name,
              static_cast<unsigned long long>(report.orders),
              static_cast<unsigned long long>(scored),
              100.0 * static_cast<double>(report.scored_bad) / static_cast<double>(scored),
              report.own.auc.mean, report.partners.auc.mean);
  for (size_t i = 0; i < kHinderedShares.size(); ++i) {
    std::printf(" %.1f -> %.1f |", 100 * report.own.caught[i].mean,
                100 * report.partners.caught[i].mean);
  }
  std::printf(" %.1f |\n", 100 * report.partners.caught[2].deviation);
}

void PrintLiar(const BacktestReport& report) {
  std::printf(" %.1f / %.2f |", 100 * report.partners.caught[2].mean,
              100 * report.liar->hindered.mean);
}

struct Measured {
  const char* name;
  bool settled_by_payment;
  History history;
};

std::vector<Measured> ReadAll() {
  std::vector<Measured> all;
  for (const bench::RealHistory& real : bench::RealHistories()) {
    if (!bench::IsThere(real)) {
      std::printf("%s: skipped: no data in %s\n", real.name, bench::DataFolder().c_str());
      continue;
    }
    uint64_t refused = 0;
    all.push_back({real.name, real.settled_by_payment, bench::ReadReal(real, refused)});
    if (refused > 0) {
      std::printf("%s: %llu lines could not be used\n", real.name,
                  static_cast<unsigned long long>(refused));
    }
  }
  return all;
}

void PrintOwnAndPartners(const std::vector<Measured>& all, const Settings& settings) {
  std::printf(
      "\nOwn record -> with partners; caught in %% at so many %% of good orders hindered\n\n"
      "| data | orders | scored | bad %% | AUC | 0.5 | 1 | 2 | 5 | spread at 2 |\n"
      "|---|---|---|---|---|---|---|---|---|---|\n");
  BacktestOptions options;
  options.settle = false;
  for (const Measured& data : all) PrintRanks(data.name, Measure(data.history, settings, options));
}

void PrintLiars(const std::vector<Measured>& all, const Settings& settings) {
  std::printf(
      "\nCaught at 2 %% / good orders hindered by a liar at that threshold, in %%\n\n"
      "| data | policy's weight | learnt | no buckets | no buckets, learnt |\n"
      "|---|---|---|---|---|\n");
  BacktestOptions options;
  options.settle = false;
  options.liar = true;
  for (const Measured& data : all) {
    std::printf("| %s |", data.name);
    for (const bool buckets : {true, false}) {
      for (const bool learnt : {false, true}) {
        options.use_buckets = buckets;
        options.learnt_weights = learnt;
        PrintLiar(Measure(data.history, settings, options));
      }
    }
    std::printf("\n");
  }
}

void PrintSettled(const std::vector<Measured>& all, const Settings& settings) {
  std::printf(
      "\nThe same where a report is settled once it is paid\n\n"
      "| data | AUC | policy's weight | learnt |\n"
      "|---|---|---|---|\n");
  BacktestOptions options;
  options.liar = true;
  for (const Measured& data : all) {
    if (!data.settled_by_payment) continue;
    options.learnt_weights = false;
    const BacktestReport unlearnt = Measure(data.history, settings, options);
    std::printf("| %s | %.3f |", data.name, unlearnt.partners.auc.mean);
    PrintLiar(unlearnt);
    options.learnt_weights = true;
    PrintLiar(Measure(data.history, settings, options));
    std::printf("\n");
  }
}

uint32_t NumberOf(const char* text, uint32_t least, uint32_t most) {
  char* end = nullptr;
  const unsigned long value = std::strtoul(text, &end, 10);
  if (end == text || *end != '\0' || value < least || value > most) {
    bench::Die("'" + std::string(text) + "' is not a number from " + std::to_string(least) +
               " to " + std::to_string(most));
  }
  return static_cast<uint32_t>(value);
}

int Main(int argc, char** argv) {
  Settings settings;
  if (argc > 1) settings.rounds = NumberOf(argv[1], 1, kMaxBacktestRounds);
  if (argc > 2) settings.policy.k_ppm = NumberOf(argv[2], 1, 100'000'000);
  const std::vector<Measured> all = ReadAll();
  std::printf("%u rounds, ten shops, k = %.2f\n", settings.rounds,
              static_cast<double>(settings.policy.k_ppm) / 1e6);
  PrintOwnAndPartners(all, settings);
  PrintLiars(all, settings);
  PrintSettled(all, settings);
  return 0;
}

}  // namespace
}  // namespace daftar::decision

int main(int argc, char** argv) { return daftar::decision::Main(argc, argv); }
