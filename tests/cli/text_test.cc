#include "cli/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace daftar::cli {
namespace {

v1::Money Amount(uint64_t minor, const std::string& currency) {
  v1::Money money;
  money.set_minor(minor);
  money.set_currency(currency);
  return money;
}

TEST(ShellWordTest, IsOneWordOfAShell) {
  EXPECT_EQ(ShellWord("invoice-17.pdf"), "invoice-17.pdf");
  EXPECT_EQ(ShellWord("an invoice.pdf"), "\"an invoice.pdf\"");
  EXPECT_EQ(ShellWord("it's.pdf"), "\"it's.pdf\"");
  EXPECT_EQ(ShellWord(""), "\"\"");
  EXPECT_EQ(ShellWord("$(rm x)"), "'$(rm x)'");
  EXPECT_EQ(ShellWord("it's $5"), "'it'\\''s $5'");
  EXPECT_EQ(ShellWord("two\nlines"), "\"two?lines\"");
}

TEST(PrintableTest, PlainAndForeignTextIsKept) {
  EXPECT_EQ(Printable("Toko A, 5 % – Kedai 店"), "Toko A, 5 % – Kedai 店");
}

TEST(PrintableTest, ControlCharactersBecomeQuestionMarks) {
  EXPECT_EQ(Printable("a\x1b[31mb\r\nc\x7f"), "a?[31mb??c?");
  EXPECT_EQ(Printable("a\xc2\x9b"
                      "31mb"),
            "a?31mb");  // the one-byte form of ESC [
}

TEST(PrintableTest, DirectionOverridesAndInvisibleMarksBecomeQuestionMarks) {
  EXPECT_EQ(Printable("\xe2\x80\xae"
                      "abc"),
            "?abc");  // U+202E
  EXPECT_EQ(Printable("a\xe2\x80\x8b"
                      "b"),
            "a?b");  // U+200B
  EXPECT_EQ(Printable("\xe2\x81\xa6"
                      "a"),
            "?a");  // U+2066
  EXPECT_EQ(Printable("\xef\xbb\xbf"
                      "a"),
            "?a");  // U+FEFF
}

TEST(PrintableTest, BrokenUtf8BecomesQuestionMarksAndTheRestStays) {
  EXPECT_EQ(Printable("a\xff"
                      "b"),
            "a?b");
  EXPECT_EQ(Printable("a\xe2\x80"), "a??");
}

TEST(PrintableTest, LinesAreKeptWhereLinesAreMeant) {
  EXPECT_EQ(PrintableLines("one\n- two\x1b"), "one\n- two?");
}

TEST(ShowMoneyTest, GroupsThousandsAndKeepsDecimals) {
  EXPECT_EQ(ShowMoney(Amount(450000000, "IDR")), "IDR 4,500,000");
  EXPECT_EQ(ShowMoney(Amount(5594, "USD")), "USD 55.94");
  EXPECT_EQ(ShowMoney(Amount(123456789, "USD")), "USD 1,234,567.89");
  EXPECT_EQ(ShowMoney(Amount(500, "VND")), "VND 500");
  EXPECT_EQ(ShowMoney(Amount(0, "IDR")), "IDR 0");
}

TEST(ShowMoneyTest, NoCurrencyIsNoText) { EXPECT_EQ(ShowMoney(v1::Money()), ""); }

TEST(ShowMoneyTest, UnknownCurrencySaysThatItIsMinorUnits) {
  EXPECT_EQ(ShowMoney(Amount(12, "ZZZ")), "ZZZ 12 (minor units)");
}

TEST(ShowAgeTest, UsesOneUnit) {
  EXPECT_EQ(ShowAge(0), "0 s");
  EXPECT_EQ(ShowAge(119), "119 s");
  EXPECT_EQ(ShowAge(120), "2 min");
  EXPECT_EQ(ShowAge(7199), "119 min");
  EXPECT_EQ(ShowAge(7200), "2 h");
  EXPECT_EQ(ShowAge(172799), "47 h");
  EXPECT_EQ(ShowAge(40 * 86400), "40 days");
}

TEST(CountTest, OneIsSingular) {
  EXPECT_EQ(Count(1, "record"), "1 record");
  EXPECT_EQ(Count(0, "record"), "0 records");
  EXPECT_EQ(Count(2, "entry", "entries"), "2 entries");
}

TEST(ShowPercentTest, TwoDecimalsAtMost) {
  EXPECT_EQ(ShowPercent(1'000'000), "100 %");
  EXPECT_EQ(ShowPercent(25'000), "2.5 %");
  EXPECT_EQ(ShowPercent(50'300), "5.03 %");
  EXPECT_EQ(ShowPercent(99), "0 %");
  EXPECT_EQ(ShowPercent(0), "0 %");
}

TEST(FieldsTest, ValuesStandInOneColumnAndEmptyOnesAreLeftOut) {
  Fields fields;
  fields.Add("ID", "7");
  fields.Add("Note", "");
  fields.Add("Reason", "no-show");
  std::ostringstream out;
  fields.Print(out, 2);
  EXPECT_EQ(out.str(), "  ID      7\n  Reason  no-show\n");
}

TEST(FieldsTest, ValuesCannotSteerTheTerminal) {
  Fields fields;
  fields.Add("Name", "A\x1b[2J\nB");
  std::ostringstream out;
  fields.Print(out);
  EXPECT_EQ(out.str(), "Name  A?[2J?B\n");
}

TEST(ShortenedTest, KeepsWhatFitsAndCutsBetweenCodePoints) {
  EXPECT_EQ(Shortened("Kafé Abadi", 10), "Kafé Abadi");
  EXPECT_EQ(Shortened("Kafé Abadi", 9), "Kafé A...");
  EXPECT_EQ(Shortened("Kafé Abadi", 7), "Kafé...");
  EXPECT_EQ(Shortened("Kafé Abadi", 6), "Kaf...");
}

TEST(WrapLinesTest, BreaksAtSpacesAndNeverAWord) {
  using ::testing::ElementsAre;
  EXPECT_THAT(WrapLines("", 5), ElementsAre());
  EXPECT_THAT(WrapLines("ab cd ef", 5), ElementsAre("ab cd", "ef"));
  EXPECT_THAT(WrapLines("ab cd ef", 4), ElementsAre("ab", "cd", "ef"));
  EXPECT_THAT(WrapLines(" a  0123456789 b ", 5), ElementsAre("a", "0123456789", "b"));
  EXPECT_THAT(WrapLines("é é é", 3), ElementsAre("é é", "é"));
}

TEST(TableTest, ColumnsAreAlignedByCodePoints) {
  Table table({"NAME", "N"});
  table.Row({"Kafé", "1"});
  table.Row({"Toko Abc", "22"});
  std::ostringstream out;
  table.Print(out);
  EXPECT_EQ(out.str(), "NAME      N\nKafé      1\nToko Abc  22\n");
}

TEST(TableTest, EmptyCellsAtTheEndLeaveNoSpaces) {
  Table table({"A", "B", "C"});
  table.Row({"x", "", ""});
  table.Row({"y"});
  std::ostringstream out;
  table.Print(out, 2, false);
  EXPECT_EQ(out.str(), "  x\n  y\n");
}

TEST(PaintedTest, WithoutColorTheTextIsUnchanged) {
  EXPECT_EQ(Painted("ACCEPT", Paint::kGreen, false), "ACCEPT");
  EXPECT_EQ(Painted("ACCEPT", Paint::kGreen, true), "\x1b[1;32mACCEPT\x1b[0m");
}

}  // namespace
}  // namespace daftar::cli
