// Commands that need no node: policy check, letters, replay; and what the others
// refuse before they look for one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/json.h"
#include "cli/labels.h"
#include "node/decision/policy.h"
#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(PolicyCheckTest, TellsWhatAFileChangesOrWhereItsFaultIs) {
  const TestFolder folder;
  const std::string good =
      folder.File("good.toml", "version = 1\n[thresholds]\ndeposit_ppm = 90000\n");
  const Ran checked = RunCli({"policy", "check", good, "--output", "json"});
  EXPECT_EQ(checked.code, kExitOk) << checked.err;
  const Json document = Json::parse(checked.out);
  ASSERT_EQ(document["differences"].size(), 1u);
  EXPECT_EQ(document["differences"][0]["key"], "thresholds.deposit_ppm");
  EXPECT_EQ(document["default_hash"], decision::DefaultPolicy().Hash().hex());
  const Ran bad = RunCli(
      {"policy", "check", folder.File("bad.toml", "version = 1\n[thresholds]\n  deposit = 1\n")});
  EXPECT_EQ(bad.code, kExitData);
  EXPECT_THAT(bad.err, HasSubstr("/bad.toml:3:3: unknown key 'deposit'"));
  EXPECT_EQ(RunCli({"policy", "check", folder.path() + "/none.toml"}).code, kExitNotFound);
}

TEST(PolicyCheckTest, TellsEveryFaultOfAFileWithItsPlace) {
  const TestFolder folder;
  const std::string file = folder.File("p.toml",
                                       "version = 3\n[thresholds]\ndeposit_ppm = 300000\n"
                                       "[rate]\nk = 1\n");
  const Ran text = RunCli({"policy", "check", file});
  EXPECT_EQ(text.code, kExitData);
  EXPECT_EQ(text.out, "");
  EXPECT_THAT(text.err, HasSubstr("3 faults\n"));
  EXPECT_THAT(text.err, HasSubstr("\n" + file + ":1:11: 'version'"));
  EXPECT_THAT(text.err, HasSubstr("\n" + file + ":3:15: 'thresholds.deposit_ppm'"));
  EXPECT_THAT(text.err, HasSubstr("\n" + file + ":5:1: unknown key 'k'"));
  const Ran json = RunCli({"policy", "check", file, "--output", "json"});
  EXPECT_EQ(json.code, kExitData);
  const Json error = Json::parse(json.err)["error"];
  EXPECT_EQ(error["code"], "data_loss");
  ASSERT_EQ(error["faults"].size(), 3u);
  EXPECT_EQ(error["faults"][1]["line"], 3);
  EXPECT_EQ(error["faults"][1]["column"], 15);
  // Whoever else reads a policy names them too.
  const Ran replayed = RunCli({"audit", "replay", file, "--policy", file});
  EXPECT_EQ(replayed.code, kExitData);
  EXPECT_THAT(replayed.err, HasSubstr(file + ":5:1: unknown key 'k'"));
}

TEST(LetterTest, ComesInTheLanguageAskedForWithTheNodesName) {
  const TestFolder folder;
  folder.File("config.toml", "name = \"Toko Melati\"\n");
  const Ran letter =
      RunCli({"--dir", folder.path(), "letter", "parting", "--lang", "id", "--to", "Ibu Sari"});
  EXPECT_EQ(letter.code, kExitOk) << letter.err;
  EXPECT_THAT(letter.out, StartsWith("Toko Melati\n"));
  EXPECT_THAT(letter.out, HasSubstr("Ibu Sari"));
  const Ran nobodys = RunCli({"letter", "parting"});
  EXPECT_EQ(nobodys.code, kExitUsage);
  EXPECT_THAT(nobodys.err, HasSubstr("--shop"));
  const Ran plan = RunCli({"letter", "plan", "--shop", "Kedai A", "--lang", "en", "--date",
                           "2026-11-28", "--currency", "IDR", "--instalment", "2026-12-01=500000",
                           "--instalment", "2027-01-01=500000"});
  EXPECT_EQ(plan.code, kExitOk) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("1 December 2026: IDR 500,000"));
  const auto refused = [](const std::string& instalment, const std::string& currency) {
    const Ran ran = RunCli({"letter", "plan", "--shop", "A", "--currency", currency, "--instalment",
                            instalment, "--instalment", "2030-01-01=1"});
    EXPECT_EQ(ran.code, kExitUsage) << instalment;
    return ran.err;
  };
  EXPECT_THAT(refused("2026-12-01", "IDR"), HasSubstr("is a day and an amount, like"));
  EXPECT_THAT(refused("2027-02-30=5", "IDR"),
              HasSubstr("--instalment 2027-02-30=5: a date is written"));
  EXPECT_THAT(refused("2026-12-01=x", "IDR"), HasSubstr("--instalment 2026-12-01=x: "));
  EXPECT_THAT(refused("2026-12-01=1.555", "usd"), HasSubstr("2026-12-01=1.555: "));
  EXPECT_THAT(refused("2026-12-01=5", "zzz"), HasSubstr("--currency: "));
  EXPECT_THAT(refused("2026-12-01=5", ""), HasSubstr("needs --currency, like --currency IDR"));
}

TEST(LetterTest, AFolderWithoutTheShopsNameIsNamedWithWhatItLacks) {
  const TestFolder folder;
  const auto said = [](const std::string& dir) {
    const Ran ran = RunCli({"--dir", dir, "letter", "parting"});
    EXPECT_EQ(ran.code, kExitUsage);
    EXPECT_THAT(ran.err, Not(HasSubstr("or --dir with the node's folder")));
    return ran.err;
  };
  EXPECT_THAT(said(folder.path() + "/none"),
              HasSubstr(folder.path() + "/none/config.toml: there is no such file"));
  folder.File("config.toml", "origin = \"a.test\"\n");
  EXPECT_THAT(said(folder.path()), HasSubstr("name"));
  folder.File("config.toml", "name = \n");
  EXPECT_THAT(said(folder.path()), HasSubstr("line 1"));
}

// What is wrong with a command line is told without a node.
TEST(WrongArgumentsTest, AreToldWithoutANode) {
  const std::vector<std::vector<std::string>> wrong = {
      {"override", "r", "--effect", "maybe", "--because", "x"},
      {"override", "r", "--effect", "accept"},
      {"allow", "add", "--because", "x"},
      {"allow", "add", "--phone", "0812"},
      {"group", "add", "Big Ones", "--because", "x"},
      {"group", "add", "big", "--deposit", "120", "--because", "x"},
      {"group", "add", "big", "--at-least", "soon", "--because", "x"},
      {"group", "report", "--from", "yesterday"},
      {"order", "paid"},
      {"order", "add", "--amount", "5", "--currency", "IDR"},
      {"customer", "merge", "a", "b"},
      {"policy", "show", "zz"},
      {"partner", "reset-weight", "toko-a.test"},
      {"incident", "mitigate", "x", "--for-customer", "nice", "--because", "x"},
      {"check", "--phone", "0812", "--lang", "fr"},
      {"why", "r", "--lang", "fr"},
      {"group", "remove", "Big Ones", "--because", "x"},
      {"group", "remove", "big"},
      {"customer", "unmerge", "a"},
      {"customer", "erase", "a", "--because", "x"},
      {"customer", "group", "a", "--because", "x"},
      {"order", "late", "INV-1", "--on", "2026-13-01"},
      {"policy", "outcomes", "--from", "2026-02-01", "--to", "2026-01-01"},
      {"policy", "check"},
      {"audit", "replay", "r"},
      {"audit", "replay", "-", "--policy", "-"},
      {"incident", "add", "--order", "o", "--for-customer", "nice"},
  };
  for (const auto& arguments : wrong) {
    const Ran ran = RunCli(arguments);
    EXPECT_EQ(ran.code, kExitUsage) << arguments[0] << " " << arguments[1] << ": " << ran.err;
    EXPECT_NE(ran.err, "");
  }
}

TEST(LabelsTest, EveryLabelIsThereInEveryLanguage) {
  for (const decision::Language language : decision::kLanguages) {
    const Labels& labels = LabelsIn(language);
    const auto* words = reinterpret_cast<const char* const*>(&labels);
    for (size_t i = 0; i < sizeof(Labels) / sizeof(const char*); ++i) {
      ASSERT_NE(words[i], nullptr) << i;
      EXPECT_STRNE(words[i], "") << i;
    }
  }
  EXPECT_EQ(Filled("{1} of {2}", "a", "b"), "a of b");
}

// Erasing cannot be undone: what merely begins with a yes is none.
TEST(EraseTest, OnlyYesIsAYes) {
  for (const char* answer : {"", "no\n", "y\n", "yesterday\n", "yes no\n", "yes      no\n"}) {
    std::istringstream in(answer);
    std::ostringstream out;
    std::ostringstream err;
    Console console{in, out, err};
    console.in_is_terminal = true;
    const int code =
        RunDaftar({"customer", "erase", "0123456789abcdef", "--because", "asked"}, {}, console);
    EXPECT_EQ(code, kExitInterrupted) << answer << err.str();
    EXPECT_THAT(err.str(), HasSubstr("nothing was erased")) << answer;
  }
}

}  // namespace
}  // namespace daftar::cli
