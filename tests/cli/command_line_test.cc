#include "cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

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
    {"log", "recover"},
    {"audit", "verify"},
    {"audit", "watch"},
    {"audit", "replay"},
    {"user", "add"},
    {"user", "list"},
    {"user", "reset"},
    {"user", "remove"},
};

// What stands where in a help text: CLI11 begins descriptions in this column, on a line of their
// own where the name is longer.
constexpr size_t kDescriptionColumn = 30;

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> VerbsIn(const std::vector<std::string>& help) {
  std::vector<std::string> verbs;
  const auto title = std::ranges::find(help, "Subcommands:");
  for (auto line = title; line != help.end() && !line->empty(); ++line) {
    if (!line->starts_with("  ") || line->at(2) == ' ')
      continue;  // the title; a longer description
    verbs.push_back(line->substr(2, line->find(' ', 2) - 2));
  }
  return verbs;
}

bool IsDescribed(const std::vector<std::string>& help, size_t at) {
  const auto tells = [](const std::string& line) {
    return line.size() > kDescriptionColumn && line[kDescriptionColumn - 1] == ' ' &&
           line[kDescriptionColumn] != ' ';
  };
  return tells(help[at]) || (at + 1 < help.size() && tells(help[at + 1]) &&
                             help[at + 1].find_first_not_of(' ') == kDescriptionColumn);
}

// Looks at the help of a command and of all below it; adds the commands that do something.
void LookAtHelp(const std::vector<std::string>& command, std::vector<std::string>& found) {
  std::string name;
  for (const std::string& word : command) name += (name.empty() ? "" : " ") + word;
  std::vector<std::string> asked = command;
  asked.push_back("--help");
  const Ran ran = RunCli(asked);
  EXPECT_EQ(ran.code, 0) << name;
  EXPECT_EQ(ran.err, "") << name;
  const size_t examples = ran.out.find("Examples:\n");
  ASSERT_NE(examples, std::string::npos) << name;
  const std::vector<std::string> lines = LinesOf(ran.out.substr(0, examples));
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].starts_with("  -")) continue;
    EXPECT_TRUE(IsDescribed(lines, i)) << name << " does not say what this is: " << lines[i];
  }
  const std::vector<std::string> verbs = VerbsIn(lines);
  if (verbs.empty()) {
    found.push_back(name);
    EXPECT_THAT(ran.out.substr(examples), HasSubstr(name));
    EXPECT_THAT(ran.out, AllOf(HasSubstr("--dir"), HasSubstr("--output text|json"))) << name;
  }
  for (const std::string& verb : verbs) {
    std::vector<std::string> below = command;
    below.push_back(verb);
    LookAtHelp(below, found);
  }
}

TEST(CommandLineTest, EveryCommandHasAnExampleOfItselfAndSaysWhatEachOptionIs) {
  std::vector<std::string> found;
  LookAtHelp({}, found);
  for (const auto& command : kCommands) {
    std::string name;
    for (const std::string& word : command) name += (name.empty() ? "" : " ") + word;
    EXPECT_THAT(found, ::testing::Contains(name));
  }
}

TEST(CommandLineTest, HelpOfTheProgramNamesEveryNoun) {
  const Ran ran = RunCli({"--help"});
  EXPECT_EQ(ran.code, 0);
  for (const auto& command : kCommands) EXPECT_THAT(ran.out, HasSubstr("  " + command[0]));
}

TEST(CommandLineTest, HelpTellsOfTheDash) {
  EXPECT_THAT(RunCli({"init", "--help"}).out,
              HasSubstr("Address of the console, the API and health"));
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
        std::vector<std::string>{"user", "reset", "sari"},
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
