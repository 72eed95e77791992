// Text for people: aligned, and safe to show, since names and reasons come from other nodes.
#ifndef DAFTAR_CLI_TEXT_H_
#define DAFTAR_CLI_TEXT_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daftar/v1/types.pb.h"

namespace daftar::cli {

// One line that cannot steer a terminal: control characters, direction overrides and broken UTF-8
// become '?'.
std::string Printable(std::string_view text);
// The same, with line feeds kept.
std::string PrintableLines(std::string_view text);

// As one word of a command that is shown to be copied: in quotes where a POSIX shell needs them.
std::string ShellWord(std::string_view text);

// "IDR 4,500,000"; "" without a currency.
std::string ShowMoney(const v1::Money& money);
// "14 s", "3 min", "5 h", "40 days": one unit, rounded down.
std::string ShowAge(uint64_t seconds);
// "1 partner", "2 partners".
std::string Count(uint64_t n, std::string_view singular, std::string_view plural = {});
// "100 %", "2.5 %", "0.03 %" of parts per million.
std::string ShowPercent(uint64_t ppm);
// Columns a terminal uses, taking every code point as one.
size_t Width(std::string_view text);

// `text`, or as much of it as leaves room for "..." in so many columns. REQUIRES columns > 3.
std::string Shortened(std::string_view text, size_t columns);
// Lines of at most so many columns, broken at spaces; a longer word has a line of its own.
std::vector<std::string> WrapLines(std::string_view text, size_t columns);

// Lines "label  value" with the values in one column; empty values are left out.
class Fields {
 public:
  void Add(std::string label, std::string_view value);
  void Print(std::ostream& out, size_t indent = 0) const;

 private:
  std::vector<std::pair<std::string, std::string>> rows_;
};

// A table with its columns aligned to the left and no lines around it. Missing cells are empty.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : header_(std::move(header)) {}
  void Row(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  // With `header` false, only the rows.
  void Print(std::ostream& out, size_t indent = 0, bool header = true) const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

enum class Paint { kNone, kGreen, kYellow, kRed, kMagenta, kDim };
// `text` in bold and the colour when `color`; the text itself otherwise.
std::string Painted(std::string_view text, Paint paint, bool color);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_TEXT_H_
