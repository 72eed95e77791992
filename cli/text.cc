#include "cli/text.h"

#include <algorithm>
#include <array>
#include <optional>

#include "crypto/utf8.h"
#include "node/evidence/money.h"

namespace daftar::cli {
namespace {

// Controls (C0, DEL, C1), line and paragraph separators, and marks that turn the writing direction.
bool IsUnsafe(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

std::string Cleaned(std::string_view text, bool keep_lines) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::string_view before = text;
    const std::optional<char32_t> c = crypto::TakeCodePoint(text);
    if (!c.has_value()) text.remove_prefix(1);
    if (c == U'\n' && keep_lines) {
      out += '\n';
    } else if (!c.has_value() || IsUnsafe(*c)) {
      out += '?';
    } else {
      out += before.substr(0, before.size() - text.size());
    }
  }
  return out;
}

std::string Grouped(std::string_view number) {
  const size_t whole = std::min(number.find('.'), number.size());
  std::string out;
  for (size_t i = 0; i < whole; ++i) {
    if (i > 0 && (whole - i) % 3 == 0) out += ',';
    out += number[i];
  }
  out += number.substr(whole);
  return out;
}

void Pad(std::ostream& out, size_t n) {
  for (size_t i = 0; i < n; ++i) out << ' ';
}

}  // namespace

std::string Printable(std::string_view text) { return Cleaned(text, false); }
std::string PrintableLines(std::string_view text) { return Cleaned(text, true); }

std::string ShellWord(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:+=,";
  const std::string printable = Printable(text);
  if (!printable.empty() && printable.find_first_not_of(kPlain) == std::string::npos) {
    return printable;
  }
  // What a shell reads between double quotes; `!` where it keeps a history.
  if (printable.find_first_of("\"$`\\!") == std::string::npos) return '"' + printable + '"';
  std::string quoted = "'";
  for (const char c : printable) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string ShowMoney(const v1::Money& money) {
  if (money.currency().empty()) return "";
  const auto currency = evidence::Currency::FromCode(money.currency());
  if (!currency.ok()) {
    return Printable(money.currency()) + " " + std::to_string(money.minor()) + " (minor units)";
  }
  return money.currency() + " " + Grouped(evidence::FormatMoney({money.minor(), *currency}));
}

std::string ShowAge(uint64_t seconds) {
  constexpr uint64_t kMinute = 60;
  constexpr uint64_t kHour = 60 * kMinute;
  constexpr uint64_t kDay = 24 * kHour;
  if (seconds < 2 * kMinute) return std::to_string(seconds) + " s";
  if (seconds < 2 * kHour) return std::to_string(seconds / kMinute) + " min";
  if (seconds < 2 * kDay) return std::to_string(seconds / kHour) + " h";
  return std::to_string(seconds / kDay) + " days";
}

std::string Count(uint64_t n, std::string_view singular, std::string_view plural) {
  std::string out = std::to_string(n) + " ";
  if (n == 1) return out + std::string(singular);
  return out + (plural.empty() ? std::string(singular) + "s" : std::string(plural));
}

std::string ShowPercent(uint64_t ppm) {
  constexpr uint64_t kPpmPerPercent = 10'000;
  std::string out = std::to_string(ppm / kPpmPerPercent);
  // Two decimals, without zeros at the end.
  const uint64_t hundredths = ppm % kPpmPerPercent / 100;
  if (hundredths > 0) {
    out += '.';
    out += static_cast<char>('0' + hundredths / 10);
    if (hundredths % 10 != 0) out += static_cast<char>('0' + hundredths % 10);
  }
  return out + " %";
}

size_t Width(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
  }));
}

std::string Shortened(std::string_view text, size_t columns) {
  if (Width(text) <= columns) return std::string(text);
  constexpr std::string_view kMore = "...";
  size_t end = 0;
  for (size_t left = columns - kMore.size(); left > 0; --left) {
    do {  // on to where the next code point begins
      ++end;
    } while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u);
  }
  return std::string(text.substr(0, end)) + std::string(kMore);
}

std::vector<std::string> WrapLines(std::string_view text, size_t columns) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (lines.empty() || Width(lines.back()) + 1 + Width(word) > columns) {
      lines.emplace_back(word);
    } else {
      lines.back() += ' ';
      lines.back() += word;
    }
  }
  return lines;
}

void Fields::Add(std::string label, std::string_view value) {
  if (!value.empty()) rows_.emplace_back(std::move(label), Printable(value));
}

void Fields::Print(std::ostream& out, size_t indent) const {
  size_t widest = 0;
  for (const auto& [label, value] : rows_) widest = std::max(widest, Width(label));
  for (const auto& [label, value] : rows_) {
    Pad(out, indent);
    out << label;
    Pad(out, widest - Width(label) + 2);
    out << value << "\n";
  }
}

void Table::Row(std::vector<std::string> cells) {
  cells.resize(header_.size());
  for (std::string& cell : cells) cell = Printable(cell);
  rows_.push_back(std::move(cells));
}

void Table::Print(std::ostream& out, size_t indent, bool header) const {
  std::vector<size_t> widest(header_.size(), 0);
  const auto measure = [&](const std::vector<std::string>& cells) {
    for (size_t i = 0; i < cells.size(); ++i) widest[i] = std::max(widest[i], Width(cells[i]));
  };
  if (header) measure(header_);
  for (const auto& row : rows_) measure(row);
  const auto print = [&](const std::vector<std::string>& cells) {
    size_t last = cells.size();
    while (last > 0 && cells[last - 1].empty()) --last;
    Pad(out, indent);
    for (size_t i = 0; i < last; ++i) {
      out << cells[i];
      // A column that is empty in every row takes no room.
      if (i + 1 < last && widest[i] > 0) Pad(out, widest[i] - Width(cells[i]) + 2);
    }
    out << "\n";
  };
  if (header) print(header_);
  for (const auto& row : rows_) print(row);
}

std::string Painted(std::string_view text, Paint paint, bool color) {
  static constexpr std::array<std::string_view, 6> kStart = {
      "\x1b[1m", "\x1b[1;32m", "\x1b[1;33m", "\x1b[1;31m", "\x1b[1;35m", "\x1b[2m"};
  if (!color) return std::string(text);
  return std::string(kStart[static_cast<size_t>(paint)]) + std::string(text) + "\x1b[0m";
}

}  // namespace daftar::cli
