#include <string_view>

#include "cli/document.h"
#include "cli/text.h"

namespace daftar::cli {
namespace {

// System colours follow the reader's light or dark; paper is always dark on light. A heading stays
// with what follows it, and an entry is not torn apart where a page can hold it.
constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; }
body { margin: 0 auto; padding: 1.5rem 1.25rem 3rem; max-width: 46rem; background: Canvas;
  color: CanvasText; font: 1rem/1.5 system-ui, "Segoe UI", "Noto Sans", Arial, sans-serif;
  overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 1rem; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2.25rem 0 .75rem; padding-bottom: .25rem;
  border-bottom: 2px solid; }
h3 { font-size: 1.05rem; line-height: 1.35; margin: 0 0 .5rem; }
h4 { font-size: .95rem; margin: 1rem 0 .25rem; }
p { margin: .5rem 0; }
article { border: 1px solid GrayText; border-radius: .4rem; padding: .8rem 1rem; margin: .9rem 0; }
dl { display: grid; grid-template-columns: minmax(8rem, 13rem) 1fr; gap: .15rem 1rem; margin: .5rem 0; }
dt { font-weight: 600; }
dd { margin: 0; white-space: pre-line; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: start; vertical-align: top; padding: .3rem .8rem .3rem 0;
  border-bottom: 1px solid GrayText; white-space: pre-line; overflow-wrap: break-word; }
@media (max-width: 34rem) {
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .4rem; }
}
@page { size: A4; margin: 18mm 16mm; }
@media print {
  :root { color-scheme: light; font-size: 10pt; }
  body { padding: 0; max-width: none; line-height: 1.4; }
  h1, h2, h3, h4 { break-after: avoid; }
  tr, dt, dd { break-inside: avoid; }
  dt { break-after: avoid; }
  thead { display: table-header-group; }
  p { orphans: 3; widows: 3; }
  .wide { overflow-x: visible; }
}
)";

// Marks that turn the writing direction and controls go first: they would hide what is there.
std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : PrintableLines(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// `name` may carry attributes, of ours alone.
std::string Element(std::string_view name, std::string_view text) {
  const std::string_view tag = name.substr(0, name.find(' '));
  std::string out = "<";
  out.append(name).append(">").append(Escaped(text)).append("</").append(tag).append(">");
  return out;
}

void AddParagraphs(const std::vector<std::string>& paragraphs, std::string& out) {
  for (const std::string& paragraph : paragraphs) out += Element("p", paragraph) + "\n";
}

void AddFacts(const DocumentFacts& facts, std::string& out) {
  std::string rows;
  for (const auto& [label, value] : facts) {
    // Each value stands for itself in its own writing direction.
    if (!value.empty()) rows += Element("dt", label) + Element("dd dir=\"auto\"", value) + "\n";
  }
  if (!rows.empty()) out += "<dl>\n" + rows + "</dl>\n";
}

void AddTable(const DocumentTable& whole, std::string& out) {
  const DocumentTable table = WithoutEmptyColumns(whole);
  if (!table.heading.empty()) out += Element("h4", table.heading) + "\n";
  AddParagraphs(table.paragraphs, out);
  // Whoever uses a keyboard can reach what is beside a narrow screen.
  out += "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"" +
         Escaped(table.heading) + "\">\n<table>\n<thead><tr>";
  for (const std::string& cell : table.header) out += Element("th scope=\"col\"", cell);
  out += "</tr></thead>\n<tbody>\n";
  for (const std::vector<std::string>& row : table.rows) {
    out += "<tr>";
    for (const std::string& cell : row) out += Element("td dir=\"auto\"", cell);
    out += "</tr>\n";
  }
  out += "</tbody>\n</table>\n</div>\n";
}

void AddEntry(const DocumentEntry& entry, std::string& out) {
  out += "<article>\n" + Element("h3", entry.heading) + "\n";
  AddParagraphs(entry.paragraphs, out);
  AddFacts(entry.facts, out);
  for (const DocumentTable& table : entry.tables) AddTable(table, out);
  out += "</article>\n";
}

}  // namespace

std::string ToHtml(const Document& document) {
  std::string out = "<!DOCTYPE html>\n<html lang=\"" +
                    std::string(decision::LanguageName(document.language)) +
                    "\">\n<head>\n<meta charset=\"utf-8\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                    "style-src 'unsafe-inline'\">\n"
                    "<meta name=\"referrer\" content=\"no-referrer\">\n" +
                    Element("title", document.title) + "\n<style>" + std::string(kStyle) +
                    "</style>\n</head>\n<body>\n<main>\n" + Element("h1", document.title) + "\n";
  AddFacts(document.facts, out);
  AddParagraphs(document.paragraphs, out);
  for (const DocumentSection& section : document.sections) {
    out += "<section>\n" + Element("h2", section.heading) + "\n";
    AddParagraphs(section.paragraphs, out);
    for (const DocumentEntry& entry : section.entries) AddEntry(entry, out);
    out += "</section>\n";
  }
  out += "</main>\n</body>\n</html>\n";
  return out;
}

}  // namespace daftar::cli
