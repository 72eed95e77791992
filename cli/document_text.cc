#include <algorithm>
#include <string_view>
#include <utility>

#include "cli/document.h"
#include "cli/text.h"

namespace daftar::cli {
namespace {

constexpr size_t kLineColumns = 80;

// Broken between words.
void PrintParagraph(std::ostream& out, const std::string& text, size_t indent) {
  const std::string margin(indent, ' ');
  std::string line;
  std::string_view rest = text;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(' '), rest.size());
    const std::string word = Printable(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!line.empty() && indent + Width(line) + 1 + Width(word) > kLineColumns) {
      out << margin << line << "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  if (!line.empty()) out << margin << line << "\n";
}

void PrintParagraphs(std::ostream& out, const std::vector<std::string>& paragraphs, size_t indent) {
  for (const std::string& paragraph : paragraphs) PrintParagraph(out, paragraph, indent);
}

// What somebody wrote in several lines, beside a label or in a column.
std::string InOneLine(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

void PrintFacts(std::ostream& out, const DocumentFacts& facts, size_t indent) {
  Fields fields;
  for (const auto& [label, value] : facts) fields.Add(label, InOneLine(value));
  fields.Print(out, indent);
}

void PrintTable(std::ostream& out, const DocumentTable& whole, size_t indent) {
  const DocumentTable table = WithoutEmptyColumns(whole);
  if (!table.heading.empty()) {
    out << "\n";
    PrintParagraph(out, table.heading, indent);
  }
  PrintParagraphs(out, table.paragraphs, indent);
  Table rows(table.header);
  for (std::vector<std::string> row : table.rows) {
    for (std::string& cell : row) cell = InOneLine(std::move(cell));
    rows.Row(std::move(row));
  }
  rows.Print(out, indent + 2);
}

}  // namespace

DocumentTable WithoutEmptyColumns(const DocumentTable& table) {
  DocumentTable kept{table.heading, table.paragraphs, {}, {}};
  kept.rows.resize(table.rows.size());
  for (size_t column = 0; column < table.header.size(); ++column) {
    bool used = false;
    for (const auto& row : table.rows) used = used || !row.at(column).empty();
    if (!used) continue;
    kept.header.push_back(table.header[column]);
    for (size_t i = 0; i < table.rows.size(); ++i) kept.rows[i].push_back(table.rows[i][column]);
  }
  return kept;
}

void Print(std::ostream& out, const Document& document) {
  PrintParagraph(out, document.title, 0);
  out << "\n";
  PrintFacts(out, document.facts, 0);
  out << "\n";
  PrintParagraphs(out, document.paragraphs, 0);
  for (const DocumentSection& section : document.sections) {
    out << "\n";
    PrintParagraph(out, section.heading, 0);
    out << std::string(Width(Printable(section.heading)), '-') << "\n";
    PrintParagraphs(out, section.paragraphs, 0);
    for (const DocumentEntry& entry : section.entries) {
      out << "\n";
      PrintParagraph(out, entry.heading, 0);
      PrintParagraphs(out, entry.paragraphs, 2);
      PrintFacts(out, entry.facts, 2);
      for (const DocumentTable& table : entry.tables) PrintTable(out, table, 2);
    }
  }
}

}  // namespace daftar::cli
