#include "node/evidence/toml_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/status_matchers.h"

namespace daftar::evidence {
namespace {

using daftar::testing::IsOk;
using daftar::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Optional;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr size_t kMaxBytes = 256 << 10;

std::unique_ptr<TomlDocument> Parsed(std::string_view source) {
  auto document = TomlDocument::Parse(source, "mapping", kMaxBytes);
  EXPECT_THAT(document, IsOk());
  return *std::move(document);
}

TEST(TomlReaderTest, ReadsEveryKindOfField) {
  const auto document = Parsed("n = 5\nf = true\nt = 'text'\nl = ['a', 'b']\n[s]\nx = 1\n");
  const TomlSection root = document->Root();
  EXPECT_THAT(root.Integer("n", 1, 5), Optional(5u));
  EXPECT_THAT(root.Flag("f"), Optional(true));
  EXPECT_THAT(root.Text("t", 4), Optional(std::string("text")));
  EXPECT_THAT(root.Texts("l", 2, 1), Optional(ElementsAre("a", "b")));
  const auto section = root.Section("s");
  ASSERT_TRUE(section.has_value());
  EXPECT_THAT(section->Keys(), ElementsAre("x"));
  EXPECT_THAT(section->Integer("x", 0, 9), Optional(1u));
  EXPECT_THAT(document->Finish(), IsOk());
}

TEST(TomlReaderTest, AbsentFieldsAreNoFault) {
  const auto document = Parsed("");
  const TomlSection root = document->Root();
  EXPECT_FALSE(root.Has("n"));
  EXPECT_EQ(root.Integer("n", 0, 1), std::nullopt);
  EXPECT_EQ(root.Flag("n"), std::nullopt);
  EXPECT_EQ(root.Text("n", 1), std::nullopt);
  EXPECT_EQ(root.Texts("n", 1, 1), std::nullopt);
  EXPECT_FALSE(root.Section("n").has_value());
  EXPECT_THAT(document->Finish(), IsOk());
}

TEST(TomlReaderTest, ARequiredFieldThatIsAbsentIsNamed) {
  const auto document = Parsed("[a]\nx = 1\n");
  const auto section = document->Root().Section("a");
  section->Integer("x", 0, 1);
  section->Require("x");
  section->Require("y");
  EXPECT_THAT(document->Finish(),
              StatusIs(kInvalid, HasSubstr("mapping line 1, column 1: 'a.y' is missing")));
}

TEST(TomlReaderTest, KeysThatNobodyAskedForAreRefusedWithTheKnownOnes) {
  const auto document = Parsed("good = 1\n[s]\nknown = 1\nunknow = 2\n");
  document->Root().Integer("good", 0, 9);
  document->Root().Section("s")->Integer("known", 0, 9);
  EXPECT_THAT(document->Finish(),
              StatusIs(kInvalid, HasSubstr("line 4, column 1: unknown key 'unknow'; known here: "
                                           "known")));
}

TEST(TomlReaderTest, TheFirstUnknownKeyOfTheFileIsNamed) {
  const auto document = Parsed("[b]\nx = 1\n[a]\ny = 1\n");
  document->Root().Section("a");
  document->Root().Section("b");
  EXPECT_THAT(document->Finish(), StatusIs(kInvalid, HasSubstr("'x'")));
}

TEST(TomlReaderTest, TheFirstFaultIsKept) {
  const auto document = Parsed("a = 'x'\nb = 'x'\n");
  document->Root().Integer("b", 0, 1);
  document->Root().Integer("a", 0, 1);
  EXPECT_THAT(document->Finish(), StatusIs(kInvalid, HasSubstr("line 2, column 5: 'b'")));
}

TEST(TomlReaderTest, WrongTypesAndBoundsAreFaults) {
  const char* integers[] = {
      "x = -1",  "x = 0", "x = 10", "x = 1.0", "x = '1'", "x = true", "x = 9223372036854775807",
      "x = [1]", "[x]"};
  for (const char* source : integers) {
    const auto document = Parsed(source);
    EXPECT_EQ(document->Root().Integer("x", 1, 9), std::nullopt) << source;
    EXPECT_THAT(document->Finish(), StatusIs(kInvalid, HasSubstr("from 1 to 9"))) << source;
  }
  for (const char* source : {"x = 1", "x = 'true'"}) {
    const auto document = Parsed(source);
    EXPECT_EQ(document->Root().Flag("x"), std::nullopt) << source;
    EXPECT_THAT(document->Finish(), StatusIs(kInvalid, HasSubstr("true or false"))) << source;
  }
  const char* texts[] = {"x = ''",           "x = 'abcd'",    "x = 1",
                         "x = \"a\\u0000\"", "x = \"a\\nb\"", "x = \"\\u007f\""};
  for (const char* source : texts) {
    const auto document = Parsed(source);
    EXPECT_EQ(document->Root().Text("x", 3), std::nullopt) << source;
    EXPECT_THAT(document->Finish(), StatusIs(kInvalid, HasSubstr("1 to 3 bytes"))) << source;
  }
  for (const char* source : {"x = ['a', 'b', 'c']", "x = 'a'", "x = [1]", "x = ['']"}) {
    const auto document = Parsed(source);
    EXPECT_EQ(document->Root().Texts("x", 2, 3), std::nullopt) << source;
    EXPECT_THAT(document->Finish(), StatusIs(kInvalid)) << source;
  }
  const auto document = Parsed("x = 1");
  EXPECT_FALSE(document->Root().Section("x").has_value());
  EXPECT_THAT(document->Finish(), StatusIs(kInvalid, HasSubstr("[x]")));
}

TEST(TomlReaderTest, LineFeedsAreAllowedWhereAsked) {
  const auto document = Parsed("x = \"a\\nb\"");
  EXPECT_THAT(document->Root().Text("x", 3, /*lines=*/true), Optional(std::string("a\nb")));
}

TEST(TomlReaderTest, WhatIsNotTomlIsRefusedWithLineAndColumn) {
  const char* sources[] = {"a = \n", "a = 1\na = 2\n", "[", "a = \"\xff\"", "a = \"\\uD800\""};
  for (const char* source : sources) {
    EXPECT_THAT(TomlDocument::Parse(source, "mapping", kMaxBytes),
                StatusIs(kInvalid, HasSubstr("mapping line ")))
        << source;
  }
}

TEST(TomlReaderTest, OversizeAndDeeplyNestedFilesAreRefusedBeforeTheyAreParsed) {
  EXPECT_THAT(TomlDocument::Parse(std::string(101, '#'), "mapping", 100),
              StatusIs(kInvalid, HasSubstr("at most 100")));
  std::string dotted;
  for (size_t i = 0; i < 100'000; ++i) dotted += "a.";
  EXPECT_THAT(TomlDocument::Parse(dotted + "a = 1", "mapping", kMaxBytes),
              StatusIs(kInvalid, HasSubstr("full stops")));
  EXPECT_THAT(TomlDocument::Parse("[" + dotted + "a]", "mapping", kMaxBytes),
              StatusIs(kInvalid, HasSubstr("full stops")));
  const std::string deepest = dotted.substr(0, 2 * kMaxTomlDots);
  EXPECT_THAT(TomlDocument::Parse(deepest + "a = 1", "mapping", kMaxBytes), IsOk());
  EXPECT_THAT(TomlDocument::Parse("a = " + std::string(100'000, '['), "mapping", kMaxBytes),
              StatusIs(kInvalid));
}

TEST(TomlReaderTest, KeysInErrorsAreCutAndPrintable) {
  const auto document = Parsed("\"\\u001b[2J" + std::string(200, 'k') + "\" = 1");
  const absl::Status status = document->Finish();
  ASSERT_THAT(status, StatusIs(kInvalid, HasSubstr("'?[2Jkkk")));
  EXPECT_LT(status.message().size(), 160u);
}

}  // namespace
}  // namespace daftar::evidence
