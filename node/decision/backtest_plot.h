// A back-test as a picture, for gnuplot, which Debian has. Pure: the caller writes the two texts
// into files and runs `gnuplot SCRIPT`.
#ifndef DAFTAR_NODE_DECISION_BACKTEST_PLOT_H_
#define DAFTAR_NODE_DECISION_BACKTEST_PLOT_H_

#include <string>

#include "absl/status/statusor.h"
#include "node/decision/backtest.h"

namespace daftar::decision {

inline constexpr size_t kMaxPlotPathBytes = 4096;  // bytes of a path in the script

// Numbers in blocks that gnuplot tells apart: the curve from 0 to 10 % of good orders hindered,
// and, when the report has it, loss avoided over the number of partners at 2 % hindered.
std::string PlotData(const BacktestReport& report);

// What PlotScript asks of a picture's path, so that it can be asked before the back-test.
absl::Status CheckPicturePath(const std::string& image_path);

// Draws `data_path` (PlotData of the same report) into `image_path`, by its ending .svg or .png.
// InvalidArgument for another ending, and for a path with control characters or too long.
absl::StatusOr<std::string> PlotScript(const BacktestReport& report, const std::string& data_path,
                                       const std::string& image_path);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_BACKTEST_PLOT_H_
