#include "cli/new_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/cli/cli_support.h"
#include "tests/support/status_matchers.h"

namespace daftar::cli {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::IsOkAndHolds;
using ::daftar::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const NewLogOptions kOptions{.origin = "toko-a2.test", .because = "two histories"};

TEST(NewLogArgumentsTest, WhatIsGivenIsHandedOn) {
  EXPECT_THAT(NewLogArguments(kOptions, "A", false),
              IsOkAndHolds(ElementsAre("new-log", "--dir", "A", "--origin", "toko-a2.test",
                                       "--because", "two histories", "--output", "text")));
  TestFolder folder;
  NewLogOptions all = kOptions;
  all.even_if_whole = true;
  all.database_lost = true;
  all.yes = true;
  all.passphrase_file = folder.File("pass", "x");
  EXPECT_THAT(
      NewLogArguments(all, "A", true),
      IsOkAndHolds(ElementsAre("new-log", "--dir", "A", "--origin", "toko-a2.test", "--because",
                               "two histories", "--even-if-whole", "--database-lost",
                               "--passphrase-file", all.passphrase_file, "--output", "json")));
}

TEST(NewLogArgumentsTest, WhatIsMissingOrWrongIsNamed) {
  EXPECT_THAT(NewLogArguments(kOptions, "", false),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--dir")));
  NewLogOptions wrong = kOptions;
  wrong.origin = "Not A Name";
  EXPECT_THAT(NewLogArguments(wrong, "A", false),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--new-log")));
  wrong = kOptions;
  wrong.because = "";
  EXPECT_THAT(NewLogArguments(wrong, "A", false),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--because")));
  wrong = kOptions;
  wrong.passphrase_file = "none.txt";
  EXPECT_THAT(NewLogArguments(wrong, "A", false),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("none.txt")));
}

TEST(ConfirmNewLogTest, AsksAndTakesOnlyYes) {
  for (const auto& [answer, code] : {std::pair("yes\n", absl::StatusCode::kOk),
                                     std::pair("no\n", absl::StatusCode::kCancelled)}) {
    std::istringstream in(answer);
    std::ostringstream out;
    std::ostringstream err;
    Console console{.in = in, .out = out, .err = err};
    console.in_is_terminal = true;
    EXPECT_EQ(ConfirmNewLog(console, kOptions).code(), code);
    EXPECT_THAT(err.str(), HasSubstr("toko-a2.test"));
  }
}

TEST(ConfirmNewLogTest, SaysWhatToLookAtBeforeADatabaseIsGivenUp) {
  for (const bool lost : {false, true}) {
    std::istringstream in("no\n");
    std::ostringstream out;
    std::ostringstream err;
    Console console{.in = in, .out = out, .err = err};
    console.in_is_terminal = true;
    NewLogOptions options = kOptions;
    options.database_lost = lost;
    EXPECT_THAT(ConfirmNewLog(console, options), StatusIs(absl::StatusCode::kCancelled));
    EXPECT_EQ(err.str().find("mounted") != std::string::npos, lost) << err.str();
  }
}

TEST(ConfirmNewLogTest, SaysWhatIsDeletedAndWhatToKeepBefore) {
  std::istringstream in("no\n");
  std::ostringstream out;
  std::ostringstream err;
  Console console{.in = in, .out = out, .err = err};
  console.in_is_terminal = true;
  EXPECT_THAT(ConfirmNewLog(console, kOptions), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(err.str(), AllOf(HasSubstr("entries, heads and keys are deleted here"),
                               HasSubstr("copy the node's directory before"),
                               HasSubstr("nothing where they know of two histories")));
}

TEST(ConfirmNewLogTest, WithoutATerminalItTakesYesAsAnOption) {
  std::istringstream in;
  std::ostringstream out;
  Console console{.in = in, .out = out, .err = out};
  EXPECT_THAT(ConfirmNewLog(console, kOptions),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--yes")));
  NewLogOptions yes = kOptions;
  yes.yes = true;
  EXPECT_THAT(ConfirmNewLog(console, yes), IsOk());
}

}  // namespace
}  // namespace daftar::cli
