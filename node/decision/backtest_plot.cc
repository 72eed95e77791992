#include "node/decision/backtest_plot.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "node/decision/text.h"

namespace daftar::decision {
namespace {

constexpr size_t kPictureShare = 2;  // of kHinderedShares: 2 %
static_assert(kHinderedShares[kPictureShare] == 0.02);

std::string Number(double value) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.4f", value);
  return text;
}

// Gnuplot's single-quoted strings know one escape: a quote is written twice.
std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

bool EndsWith(const std::string& text, std::string_view end) {
  return text.size() > end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

absl::Status CheckPath(const std::string& path) {
  if (!path.empty() && path.size() <= kMaxPlotPathBytes && IsShowable(path)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError("a picture's path must have 1 to " +
                                    std::to_string(kMaxPlotPathBytes) +
                                    " bytes of UTF-8 without control characters");
}

// Percent of the loss; nothing is added across currencies, so each has a column.
const std::vector<MoneyShare>& MoneyOf(const RankReport& report) {
  return report.money[kPictureShare];
}

// Colours that the colour-blind tell apart; dashes and points tell the lines apart without any.
std::string CurveCommands(const std::string& data, bool partners) {
  std::string commands =
      "set title 'Bad orders caught'\n"
      "set xlabel 'good orders hindered' offset 0,0.4\n"
      "set ylabel 'bad orders caught'\n"
      "set format x '%g %%'\n"
      "set xrange [0:10]\n"
      "set xtics 1\n"
      "plot ";
  if (partners) {
    commands += data +
                " index 0 using 1:3 with lines lw 3 lc rgb '#0072b2' title 'with partners', \\\n"
                "     ";
  }
  return commands + data +
         " index 0 using 1:2 with lines lw 3 dt 2 lc rgb '#d55e00' title 'own records alone', "
         "\\\n"
         "     x with lines lw 2 dt 3 lc rgb '#777777' title 'by chance'\n";
}

std::string PartnersCommands(const BacktestReport& report, const std::string& data) {
  constexpr size_t kMostTics = 16;
  const size_t most = report.by_partners.size() - 1;
  std::string plot =
      "set title 'Loss avoided, when 2 % of good orders are hindered'\n"
      "set xlabel 'number of partners' offset 0,0.4\n"
      "set ylabel 'share of the loss avoided'\n"
      "set format x '%g'\n"
      "set xrange [0:" +
      std::to_string(std::max<size_t>(most, 1)) + "]\nset xtics " +
      std::to_string(most / kMostTics + 1) + "\nplot ";
  const auto& money = MoneyOf(report.by_partners.front());
  bool first = true;
  for (size_t i = 0; i < money.size(); ++i) {
    const std::string code = money[i].currency.code();
    // A few orders without an amount beside many with one are no line worth drawing.
    if (code.empty() && money.size() > 1) continue;
    if (!first) plot += ", \\\n     ";
    plot += (std::exchange(first, false) ? data : "''") +
            " index 1 using 1:" + std::to_string(i + 2) + " with linespoints lw 3 pt 7 ps 0.8 lt " +
            std::to_string(i + 1) + " title '" +
            (code.empty() ? "bad orders (their amounts are not known)" : "orders in " + code) + "'";
  }
  return plot + "\n";
}

}  // namespace

std::string PlotData(const BacktestReport& report) {
  std::string data = "# hindered% own% partners%\n";
  for (size_t i = 0; i < kRocPoints; ++i) {
    data += Number(static_cast<double>(i) / 10) + ' ' + Number(100 * report.own.roc[i]) + ' ' +
            Number(100 * report.partners.roc[i]) + '\n';
  }
  if (report.by_partners.empty()) return data;
  data += "\n\n# partners loss-avoided% by currency\n";
  for (size_t i = 0; i < report.by_partners.size(); ++i) {
    data += std::to_string(i);
    for (const MoneyShare& share : MoneyOf(report.by_partners[i])) {
      data += ' ' + Number(share.loss > 0 ? 100 * share.loss_avoided / share.loss : 0);
    }
    data += '\n';
  }
  return data;
}

absl::Status CheckPicturePath(const std::string& image_path) {
  if (auto status = CheckPath(image_path); !status.ok()) return status;
  if (EndsWith(image_path, ".svg") || EndsWith(image_path, ".png")) return absl::OkStatus();
  return absl::InvalidArgumentError("a picture's name must end in .svg or .png");
}

absl::StatusOr<std::string> PlotScript(const BacktestReport& report, const std::string& data_path,
                                       const std::string& image_path) {
  if (auto status = CheckPath(data_path); !status.ok()) return status;
  if (auto status = CheckPicturePath(image_path); !status.ok()) return status;
  const bool svg = EndsWith(image_path, ".svg");
  const bool two = !report.by_partners.empty();
  const std::string data = Quoted(data_path);
  const uint64_t scored = report.scored_good + report.scored_bad;
  // One above the other, so that a page or a chat that is 800 wide shows the text at its size.
  std::string script =
      "set terminal " +
      std::string(svg ? "svg noenhanced background '#ffffff'" : "pngcairo noenhanced") +
      " size 800," + (two ? "960" : "520") + " dashlength 0.6 font 'sans,12'\nset output " +
      Quoted(image_path) +
      "\nset encoding utf8\n"
      "set grid lt 1 lw 1 lc rgb '#dddddd'\n"
      "set border 3\n"
      "set tics nomirror\n"
      "set key below samplen 3 height 0.6 spacing 1.2\n"
      "set format y '%g %%'\n"
      "set yrange [0:*]\n"
      "set linetype 1 lc rgb '#0072b2'\n"
      "set linetype 2 lc rgb '#d55e00' dt 2\n"
      "set linetype 3 lc rgb '#009e73' dt 4\n"
      "set multiplot layout " +
      (two ? "2" : "1") + ",1 title 'Back-test: " + std::to_string(scored) + " orders scored, " +
      std::to_string(report.scored_bad) + " of them bad" +
      (two ? "; " + std::to_string(report.by_partners.size()) + " shops" : "") + "'\n" +
      CurveCommands(data, two);
  if (two) script += PartnersCommands(report, data);
  return script + "unset multiplot\n";
}

}  // namespace daftar::decision
