// A document for a person to keep: words in their order, without a form. Two forms are made of it,
// for a terminal and for a browser. Values; pure; any thread.
#ifndef DAFTAR_CLI_DOCUMENT_H_
#define DAFTAR_CLI_DOCUMENT_H_

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "node/decision/language.h"

namespace daftar::cli {

// Labels and what they stand for; those without a value are left out.
using DocumentFacts = std::vector<std::pair<std::string, std::string>>;

// Columns that are empty in every row are left out.
struct DocumentTable {
  std::string heading;
  std::vector<std::string> paragraphs;  // below the heading
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  // as many cells as the header has
};

// One thing that is told about, on paper not torn apart.
struct DocumentEntry {
  std::string heading;
  std::vector<std::string> paragraphs;
  DocumentFacts facts;
  std::vector<DocumentTable> tables;
};

struct DocumentSection {
  std::string heading;
  std::vector<std::string> paragraphs;
  std::vector<DocumentEntry> entries;
};

struct Document {
  decision::Language language = decision::Language::kEnglish;
  std::string title;
  DocumentFacts facts;
  std::vector<std::string> paragraphs;
  std::vector<DocumentSection> sections;
};

// For a terminal: lines, and tables with aligned columns. What steers a terminal becomes '?'.
void Print(std::ostream& out, const Document& document);

// One file for a browser: HTML 5 in UTF-8, without scripts and anything from elsewhere, for paper
// (A4), screens of any width, light and dark. No text can become markup, whatever is in it.
std::string ToHtml(const Document& document);

// The table without columns that are empty in every row.
DocumentTable WithoutEmptyColumns(const DocumentTable& table);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_DOCUMENT_H_
