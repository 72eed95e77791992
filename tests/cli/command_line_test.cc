#include "cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/json.h"
#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::vector<std::string>> kCommands{
    {"init"},
    {"status"},
    {"demo"},
    {"check"},
    {"why"},
    {"incident", "add"},
    {"incident", "show"},
    {"incident", "list"},
    {"incident", "publish"},
    {"incident", "settle"},
    {"incident", "withdraw"},
    {"customer", "add"},
    {"customer", "show"},
    {"customer", "import"},
    {"ledger", "import"},
    {"ledger", "suggest"},
    {"partner", "invite"},
    {"partner", "join"},
    {"partner", "list"},
    {"partner", "show"},
    {"partner", "suspend"},
    {"partner", "resume"},
    {"partner", "accept"},
    {"partner", "remove"},
    {"log", "head"},
    {"log", "show"},
    {"log", "export"},
    {"log", "policy"},
    {"user", "add"},
    {"user", "list"},
    {"user", "remove"},
};

TEST(CommandLineTest, EveryCommandHasHelpWithAnExample) {
  for (std::vector<std::string> command : kCommands) {
    std::string name = "daftar";
    for (const std::string& word : command) name += " " + word;
    command.push_back("--help");
    const Ran ran = RunCli(command);
    EXPECT_EQ(ran.code, 0) << name;
    EXPECT_EQ(ran.err, "") << name;
    EXPECT_THAT(ran.out, AllOf(HasSubstr("Examples:\n"), HasSubstr("--dir"),
                               HasSubstr("--output text|json")))
        << name;
  }
}

TEST(CommandLineTest, HelpOfTheProgramNamesEveryNoun) {
  const Ran ran = RunCli({"--help"});
  EXPECT_EQ(ran.code, 0);
  for (const auto& command : kCommands) EXPECT_THAT(ran.out, HasSubstr("  " + command[0]));
}

TEST(CommandLineTest, HelpTellsOfTheDash) {
  EXPECT_THAT(RunCli({"check", "--help"}).out, HasSubstr("'-' reads a line of standard input"));
}

TEST(CommandLineTest, HelpTellsWhatAWarningAndACodeDo) {
  EXPECT_THAT(RunCli({"warning", "add", "--help"}).out,
              HasSubstr("what it alone finds does not count"));
  EXPECT_THAT(RunCli({"subject", "code", "--help"}).out, HasSubstr("again for 10 minutes"));
  EXPECT_THAT(RunCli({"subject", "report", "--help"}).out, HasSubstr("again for 10 minutes"));
}

TEST(CommandLineTest, VersionIsOneLine) {
  const Ran ran = RunCli({"--version"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.out, ::testing::MatchesRegex("daftar [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST(CommandLineTest, MissingCommandIsAskedFor) {
  EXPECT_EQ(RunCli({}).code, kExitUsage);
  EXPECT_EQ(RunCli({}).err, "daftar: daftar needs a command after it; see daftar --help\n");
  EXPECT_EQ(RunCli({"incident"}).err,
            "daftar: daftar incident needs a command after it; see daftar incident --help\n");
}

TEST(CommandLineTest, UnknownCommandsAndOptionsAreNamed) {
  EXPECT_EQ(RunCli({"chekc"}).code, kExitUsage);
  EXPECT_EQ(RunCli({"chekc"}).err,
            "daftar: there is no command 'daftar chekc'; see daftar --help\n");
  EXPECT_EQ(RunCli({"incident", "ad"}).err,
            "daftar: there is no command 'daftar incident ad'; see daftar incident --help\n");
  EXPECT_EQ(RunCli({"check", "--fone", "1"}).err,
            "daftar: daftar check has no option --fone; see daftar check --help\n");
}

TEST(CommandLineTest, IdentifierInTheWrongPlaceIsNotRepeated) {
  const std::vector<std::vector<std::string>> wrong{
      {"check", "081234567890"},
      {"081234567890"},
      {"incident", "081234567890"},
      {"check", "--phone", "0812", "081234567890"},
      {"check", "--phone=0812", "budi@toko.test"},
      {"check", "--081234567890"},
      {"check", "--fone=081234567890"},
      {"check", "-081234567890"},
      {"check", "--amount", "081234567890", "--currency", "IDR", "--terms", "081234567890"},
      {"why", "a", "081234567890"},
      {"check", "--national-id", "081234567890"},
      {"check", "--phone", "0812", "--amount", "081234567890x", "--currency", "IDR"},
      {"incident", "add", "--reason", "x", "--phone", "0812", "--occurred", "081234567890"}};
  for (const auto& arguments : wrong) {
    for (const char* form : {"text", "json"}) {
      std::vector<std::string> all = arguments;
      all.insert(all.end(), {"--output", form});
      const Ran ran = RunCli(all, {"/nonexistent", ""});
      EXPECT_EQ(ran.code, kExitUsage) << arguments.back();
      EXPECT_THAT(ran.err, AllOf(Not(HasSubstr("081234567890")), Not(HasSubstr("budi"))));
    }
  }
}

TEST(CommandLineTest, OptionWithoutValueIsNamed) {
  const Ran ran = RunCli({"check", "--phone"});
  EXPECT_EQ(ran.code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr("--phone"));
}

TEST(CommandLineTest, MissingPositionalIsNamed) {
  const Ran ran = RunCli({"why"});
  EXPECT_EQ(ran.code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr("receipt is required"));
}

TEST(CommandLineTest, ErrorsAreJsonWhenAskedEvenIfNothingElseCouldBeRead) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--output", "json", "chekc"},
        std::vector<std::string>{"check", "--fone", "--output=json"}}) {
    const Ran ran = RunCli(arguments);
    EXPECT_EQ(ran.code, kExitUsage);
    const Json document = Json::parse(ran.err, nullptr, false);
    ASSERT_TRUE(document.is_object()) << ran.err;
    EXPECT_EQ(document["error"]["code"], "invalid_argument");
  }
}

TEST(CommandLineTest, OutputAndTimeoutAreChecked) {
  EXPECT_THAT(RunCli({"status", "--output", "xml"}).err,
              HasSubstr("--output must be text or json"));
  EXPECT_THAT(RunCli({"status", "--timeout", "0"}).err, HasSubstr("--timeout must be"));
  EXPECT_THAT(RunCli({"status", "--timeout", "x"}).err, HasSubstr("--timeout must be"));
}

TEST(CommandLineTest, ReasonForAChangeIsRequired) {
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"incident", "settle", "i9"},
        std::vector<std::string>{"incident", "withdraw", "i9"},
        std::vector<std::string>{"partner", "suspend", "o"},
        std::vector<std::string>{"partner", "resume", "o"},
        std::vector<std::string>{"partner", "remove", "o"},
        std::vector<std::string>{"user", "remove", "sari"}}) {
    const Ran ran = RunCli(command, {"/nonexistent", ""});
    EXPECT_EQ(ran.code, kExitUsage) << command[1];
    EXPECT_THAT(ran.err, HasSubstr("--because is needed"));
  }
}

TEST(CommandLineTest, InitListsEverythingThatIsMissing) {
  const Ran ran = RunCli({"init", "--name", "Toko A"});
  EXPECT_EQ(ran.code, kExitUsage);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("- --dir"), HasSubstr("- --origin"),
                             HasSubstr("- --charter"), HasSubstr("- --peer-listen"),
                             HasSubstr("- --http-listen"), Not(HasSubstr("- --name"))));
}

}  // namespace
}  // namespace daftar::cli
