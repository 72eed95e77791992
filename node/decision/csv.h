// Comma-separated values (RFC 4180) as a stream, so that a million lines need no memory.
#ifndef DAFTAR_NODE_DECISION_CSV_H_
#define DAFTAR_NODE_DECISION_CSV_H_

#include <cstdint>
#include <istream>
#include <optional>
#include <streambuf>
#include <string>
#include <vector>

namespace daftar::decision {

inline constexpr size_t kMaxCsvLineBytes = 64 << 10;  // bytes a record, line breaks in quotes too
inline constexpr size_t kMaxCsvColumns = 256;         // fields a record

// Reads records one after another. Fields may be quoted; a quoted field may hold the separator,
// doubled quotes and line breaks. Lines end in LF or CR LF; a UTF-8 byte order mark is dropped;
// empty lines are skipped. Not thread-safe; the stream must outlive it.
class CsvReader {
 public:
  explicit CsvReader(std::istream& stream, char separator = ',');

  enum class Result {
    kRecord,  // fields() holds one
    kBad,     // this record cannot be read; problem() says why, and the next call goes on after it
    kEnd,
  };
  Result Next();

  const std::vector<std::string>& fields() const { return fields_; }
  // The line on which the record of the last call began, from 1.
  uint64_t line() const { return record_line_; }
  // Never holds a field's content.
  const std::string& problem() const { return problem_; }

 private:
  // Where the scan stands within a record.
  enum class At { kFieldStart, kPlain, kQuoted, kQuoteInQuoted };

  int Take();
  Result Bad(std::string problem, int last);
  std::string& Field() { return fields_[used_ - 1]; }
  bool AddField();
  // What one character does; nullopt to go on.
  std::optional<Result> Step(int c, At& at);

  std::streambuf& buffer_;
  char separator_;
  bool at_start_ = true;
  uint64_t line_ = 1;  // of the next character
  uint64_t record_line_ = 0;
  size_t record_bytes_ = 0;
  size_t used_ = 0;  // fields_[0, used_) belong to this record; the rest keeps its memory
  std::vector<std::string> fields_;
  std::string problem_;
};

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_CSV_H_
