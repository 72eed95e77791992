#include "node/decision/backtest_plot.h"

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

std::string CurveCommands(const std::string& data) {
  return "set title 'Bad outcomes caught'\n"
         "set xlabel 'good orders hindered, %'\n"
         "set ylabel 'bad outcomes caught, %'\n"
         "set xrange [0:10]\n"
         "set yrange [0:*]\n"
         "plot " +
         data +
         " index 0 using 1:3 with lines lw 2 title 'with partners', \\\n"
         "     '' index 0 using 1:2 with lines lw 2 title 'own record only', \\\n"
         "     x with lines dt 2 lc rgb 'grey' title 'by chance'\n";
}

std::string PartnersCommands(const BacktestReport& report, const std::string& data) {
  std::string plot =
      "set title 'Loss avoided at 2 % of good orders hindered'\n"
      "set xlabel 'partners'\n"
      "set ylabel 'loss avoided, %'\n"
      "set xrange [0:*]\n"
      "set xtics 1\n"
      "set key bottom right\n"
      "plot ";
  const auto& money = MoneyOf(report.by_partners.front());
  bool first = true;
  for (size_t i = 0; i < money.size(); ++i) {
    const std::string code = money[i].currency.code();
    // A few orders without an amount beside many with one are no line worth drawing.
    if (code.empty() && money.size() > 1) continue;
    if (!first) plot += ", \\\n     ";
    plot += (std::exchange(first, false) ? data : "''") +
            " index 1 using 1:" + std::to_string(i + 2) + " with linespoints lw 2 title '" +
            (code.empty() ? "orders" : code) + "'";
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

absl::StatusOr<std::string> PlotScript(const BacktestReport& report, const std::string& data_path,
                                       const std::string& image_path) {
  for (const std::string* path : {&data_path, &image_path}) {
    if (auto status = CheckPath(*path); !status.ok()) return status;
  }
  const bool svg = EndsWith(image_path, ".svg");
  if (!svg && !EndsWith(image_path, ".png")) {
    return absl::InvalidArgumentError("a picture's name must end in .svg or .png");
  }
  const bool two = !report.by_partners.empty();
  const std::string data = Quoted(data_path);
  std::string script = "set terminal " + std::string(svg ? "svg" : "pngcairo") + " size " +
                       (two ? "1200" : "640") + ",480\n" + "set output " + Quoted(image_path) +
                       "\nset grid\nset key top left\n";
  if (two) script += "set multiplot layout 1,2\n";
  script += CurveCommands(data);
  if (two) script += PartnersCommands(report, data) + "unset multiplot\n";
  return script;
}

}  // namespace daftar::decision
