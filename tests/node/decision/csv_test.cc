#include "node/decision/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace daftar::decision {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Result = CsvReader::Result;
using Records = std::vector<std::vector<std::string>>;

Records ReadAll(const std::string& text, char separator = ',') {
  std::istringstream stream(text);
  CsvReader reader(stream, separator);
  Records records;
  while (true) {
    const Result result = reader.Next();
    if (result == Result::kEnd) return records;
    if (result == Result::kBad) {
      records.push_back({"BAD", reader.problem()});
    } else {
      records.push_back(reader.fields());
    }
  }
}

TEST(CsvTest, PlainRecordsWithEitherLineEnding) {
  const Records expected = {{"a", "b"}, {"1", "2"}};
  EXPECT_EQ(ReadAll("a,b\n1,2\n"), expected);
  EXPECT_EQ(ReadAll("a,b\r\n1,2\r\n"), expected);
  EXPECT_EQ(ReadAll("a,b\n1,2"), expected);
  EXPECT_EQ(ReadAll("\xEF\xBB\xBF"
                    "a,b\n\n\r\n1,2\n\n"),
            expected);
  EXPECT_EQ(ReadAll("a;b\n1;2", ';'), expected);
  EXPECT_EQ(ReadAll("a\tb\r\n1\t2", '\t'), expected);
}

TEST(CsvTest, QuotedFieldsHoldSeparatorsQuotesAndLineBreaks) {
  EXPECT_EQ(ReadAll("\"a,b\",\"say \"\"hi\"\"\"\r\n\"two\nlines\",x\n"),
            (Records{{"a,b", "say \"hi\""}, {"two\nlines", "x"}}));
  EXPECT_EQ(ReadAll("\"\",\"\"\n"), (Records{{"", ""}}));
  EXPECT_EQ(ReadAll("a\"b,c\n"), (Records{{"a\"b", "c"}}));
}

TEST(CsvTest, EmptyFieldsAreKept) {
  EXPECT_EQ(ReadAll(",,\n,x,\r\n"), (Records{{"", "", ""}, {"", "x", ""}}));
  EXPECT_EQ(ReadAll(""), Records{});
  EXPECT_EQ(ReadAll("\n\n"), Records{});
}

TEST(CsvTest, FieldsOfAnEarlierRecordDoNotShine) {
  EXPECT_EQ(ReadAll("a,b,c\n1\n2,3\n"), (Records{{"a", "b", "c"}, {"1"}, {"2", "3"}}));
}

TEST(CsvTest, LinesAreCountedThroughQuotedBreaks) {
  std::istringstream stream("h\n\"a\nb\"\n\nz\n");
  CsvReader reader(stream);
  std::vector<uint64_t> lines;
  while (reader.Next() == Result::kRecord) lines.push_back(reader.line());
  EXPECT_THAT(lines, ElementsAre(1, 2, 5));
}

TEST(CsvTest, TextAfterAClosingQuoteIsBadAndTheNextLineGoesOn) {
  const Records records = ReadAll("\"a\"b,c\nd,e\n");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0][0], "BAD");
  EXPECT_THAT(records[0][1], HasSubstr("closing quote"));
  EXPECT_THAT(records[1], ElementsAre("d", "e"));
}

TEST(CsvTest, QuoteThatIsNeverClosedIsBadAtItsLine) {
  std::istringstream stream("a\n\"b\nc\nd");
  CsvReader reader(stream);
  EXPECT_EQ(reader.Next(), Result::kRecord);
  EXPECT_EQ(reader.Next(), Result::kBad);
  EXPECT_EQ(reader.line(), 2u);
  EXPECT_THAT(reader.problem(), HasSubstr("never closed; not read up to line"));
  EXPECT_EQ(reader.Next(), Result::kEnd);
}

TEST(CsvTest, OverlongLinesAndTooManyColumnsAreBad) {
  const std::string longest(kMaxCsvLineBytes - 2, 'x');
  EXPECT_EQ(ReadAll(longest + "\nb\n").front().front().size(), longest.size());
  Records records = ReadAll(longest + "xxxxx\nb\n");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_THAT(records[0][1], HasSubstr("longer than 65536 bytes"));
  EXPECT_THAT(records[1], ElementsAre("b"));
  EXPECT_EQ(ReadAll(std::string(kMaxCsvColumns - 1, ',') + "\n").front().size(), kMaxCsvColumns);
  records = ReadAll(std::string(kMaxCsvColumns, ',') + "\nb\n");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_THAT(records[0][1], HasSubstr("more than 256 columns"));
}

TEST(CsvTest, EndlessQuotedFieldIsCutAtTheBound) {
  const Records records = ReadAll("\"" + std::string(200'000, 'x') + "\nb\nc\n");
  ASSERT_GE(records.size(), 2u);
  EXPECT_EQ(records[0][0], "BAD");
  EXPECT_THAT(records.back(), ElementsAre("c"));
}

}  // namespace
}  // namespace daftar::decision
