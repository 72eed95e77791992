#include "node/decision/csv.h"

#include <utility>

namespace daftar::decision {
namespace {

constexpr int kEof = std::char_traits<char>::eof();

}  // namespace

CsvReader::CsvReader(std::istream& stream, char separator)
    : buffer_(*stream.rdbuf()), separator_(separator) {}

int CsvReader::Take() {
  const int c = buffer_.sbumpc();
  if (c == '\n') ++line_;
  if (c != kEof) ++record_bytes_;
  return c;
}

// Goes to the end of the line on which it failed, so that the next record starts cleanly.
CsvReader::Result CsvReader::Bad(std::string problem, int last) {
  for (int c = last; c != '\n' && c != kEof;) c = Take();
  problem_ = std::move(problem);
  const uint64_t next = line_;
  if (next > record_line_ + 1) problem_ += "; not read up to line " + std::to_string(next - 1);
  fields_.clear();
  used_ = 0;
  return Result::kBad;
}

bool CsvReader::AddField() {
  if (used_ == kMaxCsvColumns) return false;
  ++used_;
  if (fields_.size() < used_) fields_.emplace_back();
  Field().clear();
  return true;
}

std::optional<CsvReader::Result> CsvReader::Step(int c, At& at) {
  const auto ch = static_cast<char>(c);
  if (at == At::kQuoted) {
    if (c == kEof) return Bad("a quote is opened and never closed", c);
    if (ch == '"') {
      at = At::kQuoteInQuoted;
    } else {
      Field() += ch;
    }
    return std::nullopt;
  }
  if (c == kEof || ch == '\n') {
    // CR LF; in a quoted field the CR after the quote never reached the field.
    if (at == At::kPlain && !Field().empty() && Field().back() == '\r') Field().pop_back();
    fields_.resize(used_);
    return Result::kRecord;
  }
  if (ch == separator_) {
    if (!AddField()) {
      return Bad("more than " + std::to_string(kMaxCsvColumns) + " columns", c);
    }
    at = At::kFieldStart;
    return std::nullopt;
  }
  if (at == At::kQuoteInQuoted) {
    if (ch == '"') {
      Field() += ch;
      at = At::kQuoted;
      return std::nullopt;
    }
    if (ch == '\r') return std::nullopt;
    return Bad("text after a closing quote; write quotes inside quotes twice", c);
  }
  if (at == At::kFieldStart && ch == '"') {
    at = At::kQuoted;
    return std::nullopt;
  }
  Field() += ch;
  at = At::kPlain;
  return std::nullopt;
}

CsvReader::Result CsvReader::Next() {
  if (std::exchange(at_start_, false) && buffer_.sgetc() == 0xEF) {
    // The byte order mark EF BB BF, which some programs write in front of UTF-8.
    buffer_.sbumpc();
    if (buffer_.sgetc() == 0xBB) buffer_.sbumpc();
    if (buffer_.sgetc() == 0xBF) buffer_.sbumpc();
  }
  int c = '\n';
  while (c == '\n' || c == '\r') {
    record_line_ = line_;
    record_bytes_ = 0;
    c = Take();
  }
  used_ = 0;
  if (c == kEof) return Result::kEnd;
  AddField();
  At at = At::kFieldStart;
  while (true) {
    if (const auto result = Step(c, at); result.has_value()) return *result;
    if (record_bytes_ >= kMaxCsvLineBytes) {
      return Bad("longer than " + std::to_string(kMaxCsvLineBytes) +
                     " bytes, or a quote is opened and never closed",
                 c);
    }
    c = Take();
  }
}

}  // namespace daftar::decision
