// What a back-test measured, as text and as JSON.
#ifndef DAFTAR_CLI_SHOW_BACKTEST_H_
#define DAFTAR_CLI_SHOW_BACKTEST_H_

#include <ostream>
#include <string>
#include <vector>

#include "cli/json.h"
#include "node/decision/backtest.h"

namespace daftar::cli {

// What a back-test ran over, beside its report.
struct BacktestRun {
  std::vector<std::string> files;
  std::string policy;  // its hash
  decision::BacktestOptions options;
  std::string as_of;            // the last day that counts
  uint64_t not_judged_yet = 0;  // orders without an outcome by then
  uint64_t later_orders = 0;    // left out
  uint64_t lines_refused = 0;
  std::vector<std::string> refusals;  // the first few, with file and line
  std::string picture;                // the file; empty: none was asked for
  bool drawn = false;                 // whether the picture is there
};

Json ToJson(const BacktestRun& run, const decision::BacktestReport& report);
void Print(std::ostream& out, const BacktestRun& run, const decision::BacktestReport& report);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_SHOW_BACKTEST_H_
