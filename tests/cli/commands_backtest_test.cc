// `daftar policy backtest` from the files that it is given to its exit code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <thread>

#include "cli/json.h"
#include "cli/process.h"
#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kMapping[] = R"(version = 1
[identifiers]
handle = "shop/{who}"
[order]
invoice = "{no}"
invoice_date = "{day}"
due_date = "{due}"
paid_date = "{paid}"
amount = "{sum}"
currency = "IDR"
date_formats = ["%Y-%m-%d"]
)";

std::string Ledger(int orders) {
  std::string text = "who,no,day,due,paid,sum\n";
  for (int i = 0; i < orders; ++i) {
    const std::string day =
        "2026-0" + std::to_string(1 + i * 8 / orders) + "-1" + std::to_string(i % 10);
    // Every fifth buyer never pays.
    const std::string paid = i % 5 == 0 ? "" : day;
    text += "buyer-" + std::to_string(i % 25) + "-x," + std::to_string(i) + "," + day + "," + day +
            "," + paid + ",100000\n";
  }
  return text;
}

TEST(BacktestCommandTest, MeasuresALedgerAndNamesLinesItLeavesOut) {
  const TestFolder folder;
  const std::string map = folder.File("map.toml", kMapping);
  const std::string ledger = folder.File("ledger.csv", Ledger(400) + "bad,line\n");
  const Ran ran = RunCli({"policy", "backtest", ledger, "--map", map, "--shops", "3", "--rounds",
                          "2", "--liar", "--output", "json"});
  ASSERT_EQ(ran.code, kExitOk) << ran.err;
  const Json document = Json::parse(ran.out);
  EXPECT_EQ(document["orders"], 400);
  EXPECT_EQ(document["lines_refused"], 1);
  EXPECT_EQ(document["shops"], 3);
  // Who never pays is soon known.
  EXPECT_GT(document["own"]["auc"]["mean"], 0.9);
  EXPECT_FALSE(document["liar"].is_null());
  const Ran text = RunCli({"policy", "backtest", ledger, "--map", map, "--shops", "3"});
  EXPECT_THAT(text.out, HasSubstr("expected-rate"));
  EXPECT_THAT(text.out, HasSubstr("ledger.csv, line 402"));
  EXPECT_THAT(text.out, Not(HasSubstr("buyer-")));
}

TEST(BacktestCommandTest, TheDayOfTheFilesIsTheNewestOfThemAllOrTheOneNamed) {
  const TestFolder folder;
  const std::string map = folder.File("map.toml", kMapping);
  const std::string a = folder.File("a.csv", Ledger(400));
  // Alone this one ends in July, and its last orders would not be judged.
  const std::string whole = Ledger(399);
  const std::string b =
      folder.File("b.csv", whole.substr(0, whole.rfind('\n', whole.find(",350,2026")) + 1));
  const auto run = [&](std::vector<std::string> more) {
    std::vector<std::string> all = {"policy", "backtest", "--map", map, "--output", "json"};
    all.insert(all.end(), more.begin(), more.end());
    return RunCli(all);
  };
  const Json both = Json::parse(run({a, b}).out);
  EXPECT_EQ(both["as_of"], "2026-08-19");
  EXPECT_EQ(both["not_judged_yet"], 10);  // of a alone
  const Json early = Json::parse(run({a, "--as-of", "2026-07-31"}).out);
  EXPECT_EQ(early["as_of"], "2026-07-31");
  EXPECT_EQ(early["later_orders"], 50);
  EXPECT_EQ(early["orders"], 350);
  EXPECT_EQ(early["not_judged_yet"], 0);
  EXPECT_THAT(RunCli({"policy", "backtest", a, "--map", map}).out,
              HasSubstr("2026-08-19; 10 orders not judged, without an outcome by then"));
  const Ran none = run({a, "--as-of", "2026-01-09"});
  EXPECT_EQ(none.code, kExitUsage);
  EXPECT_THAT(none.err, HasSubstr("400 came later; see --as-of"));
  EXPECT_THAT(run({a, "--as-of", "tomorrow"}).err, HasSubstr("--as-of"));
}

TEST(BacktestCommandTest, SeveralFilesAreShopsOfTheirOwn) {
  const TestFolder folder;
  const std::string map = folder.File("map.toml", kMapping);
  const std::string a = folder.File("a.csv", Ledger(200));
  const std::string b = folder.File("b.csv", Ledger(300));
  const Ran ran =
      RunCli({"policy", "backtest", a, b, "--map", map, "--policy", "default", "--output", "json"});
  ASSERT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(Json::parse(ran.out)["shops"], 2);
  EXPECT_EQ(Json::parse(ran.out)["orders"], 500);
  EXPECT_EQ(RunCli({"policy", "backtest", a, b, "--map", map, "--shops", "5"}).code, kExitUsage);
  EXPECT_EQ(RunCli({"policy", "backtest", a, "--map", folder.path() + "/none"}).code,
            kExitNotFound);
  EXPECT_EQ(RunCli({"policy", "backtest", folder.path() + "/none", "--map", map}).code,
            kExitNotFound);
  EXPECT_EQ(RunCli({"policy", "backtest", a, "--map", map, "--rounds", "0"}).code, kExitUsage);
}

TEST(BacktestCommandTest, ALedgerOfWhichNoLineCanBeUsedIsAFailureThatNamesThem) {
  const TestFolder folder;
  const std::string map = folder.File("map.toml", kMapping);
  std::string lines = "who,no,day,due,paid,sum\n";
  for (int i = 0; i < 30; ++i) lines += "b" + std::to_string(i) + ",1,01/02/2026,,,5\n";
  const std::string wrong = folder.File("wrong.csv", lines);
  const Ran ran = RunCli({"policy", "backtest", wrong, "--map", map});
  EXPECT_EQ(ran.code, kExitData);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("no line of " + wrong + " could be used"));
  EXPECT_THAT(ran.err, HasSubstr("wrong.csv, line 2: invoice date"));
  EXPECT_THAT(ran.err, HasSubstr("wrong.csv, line 21: "));
  EXPECT_THAT(ran.err, Not(HasSubstr("line 22")));
  EXPECT_THAT(ran.err, HasSubstr("and 10 more"));
  // Beside a good one too: a shop of which nothing is known would say nothing of the network.
  const std::string good = folder.File("good.csv", Ledger(200));
  EXPECT_EQ(RunCli({"policy", "backtest", good, wrong, "--map", map}).code, kExitData);
  const std::string none = folder.File("none.csv", "who,no,day,due,paid,sum\n");
  const Ran empty = RunCli({"policy", "backtest", good, none, "--map", map});
  EXPECT_EQ(empty.code, kExitData);
  EXPECT_THAT(empty.err, HasSubstr("none.csv has no line after its first"));
  // Too few are left to be measured: the ones left out may be why.
  const Ran few = RunCli(
      {"policy", "backtest", folder.File("few.csv", Ledger(1) + "bad,line\n"), "--map", map});
  EXPECT_EQ(few.code, kExitUsage);
  EXPECT_THAT(few.err, HasSubstr("few.csv, line 3: has 2 fields"));
}

TEST(BacktestCommandTest, OneLedgerGivenTwiceIsRefused) {
  const TestFolder folder;
  const std::string map = folder.File("map.toml", kMapping);
  const std::string a = folder.File("a.csv", Ledger(200));
  const std::string other = folder.File("other.csv", Ledger(300));
  const std::string copy = folder.File("copy.csv", Ledger(200));
  const std::string link = folder.path() + "/link.csv";
  fs::create_symlink(a, link);
  const std::string hard = folder.path() + "/hard.csv";
  fs::create_hard_link(a, hard);
  for (const std::string& again : {a, folder.path() + "/./a.csv", link, hard}) {
    const Ran ran = RunCli({"policy", "backtest", a, other, again, "--map", map});
    EXPECT_EQ(ran.code, kExitUsage) << again;
    EXPECT_THAT(ran.err, HasSubstr(again + " are the same file")) << again;
  }
  const Ran ran = RunCli({"policy", "backtest", a, other, copy, "--map", map});
  EXPECT_EQ(ran.code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr("copy.csv hold the same bytes"));
}

// The PATH for one test.
class PathScope {
 public:
  explicit PathScope(const std::string& path) {
    if (const char* before = getenv("PATH"); before != nullptr) before_ = before;
    setenv("PATH", path.c_str(), 1);
  }
  ~PathScope() {
    if (before_.has_value()) {
      setenv("PATH", before_->c_str(), 1);
    } else {
      unsetenv("PATH");
    }
  }
  PathScope(const PathScope&) = delete;
  PathScope& operator=(const PathScope&) = delete;

 private:
  std::optional<std::string> before_;
};

class PictureTest : public ::testing::Test {
 protected:
  std::vector<std::string> Arguments(const std::string& picture) const {
    return {"policy", "backtest", ledger_, "--map",    map_,     "--rounds",
            "2",      "--plot",   picture, "--policy", "default"};
  }
  static std::string Content(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  const TestFolder folder_;
  const std::string map_ = folder_.File("map.toml", kMapping);
  const std::string ledger_ = folder_.File("ledger.csv", Ledger(400));
};

TEST_F(PictureTest, AFolderThatIsNotThereIsSaidBeforeTheWork) {
  const Ran ran = RunCli(Arguments(folder_.path() + "/nowhere/p.svg"));
  EXPECT_EQ(ran.code, kExitNotFound);
  EXPECT_THAT(ran.err, HasSubstr("there is no folder " + folder_.path() + "/nowhere"));
  EXPECT_EQ(ran.out, "");
}

TEST_F(PictureTest, WithoutGnuplotTheFiguresAreThereAndTheExitCodeSaysTheRest) {
  const std::string picture = folder_.path() + "/p.svg";
  const PathScope nowhere(folder_.path());
  const Ran ran = RunCli(Arguments(picture));
  EXPECT_EQ(ran.code, kExitUnavailable);
  EXPECT_THAT(ran.out, HasSubstr("expected-rate"));
  EXPECT_THAT(ran.out, Not(HasSubstr("Picture")));
  EXPECT_THAT(ran.err, HasSubstr("apt-get install gnuplot-nox"));
  EXPECT_THAT(ran.err, HasSubstr("gnuplot " + picture + ".gp"));
  EXPECT_TRUE(fs::exists(picture + ".dat"));
  EXPECT_TRUE(fs::exists(picture + ".gp"));
  auto json = Arguments(picture);
  json.insert(json.end(), {"--output", "json", "--force"});
  const Ran document = RunCli(json);
  EXPECT_EQ(document.code, kExitUnavailable);
  EXPECT_TRUE(Json::parse(document.out)["picture"].is_null());
}

TEST_F(PictureTest, WhatGnuplotSaysIsToldWhenItFails) {
  const std::string fake =
      folder_.File("gnuplot", "#!/bin/sh\necho 'no such terminal' >&2\nexit 3\n");
  fs::permissions(fake, fs::perms::owner_all);
  const PathScope path(folder_.path());
  const Ran ran = RunCli(Arguments(folder_.path() + "/p.png"));
  EXPECT_EQ(ran.code, kExitUnavailable);
  EXPECT_THAT(ran.err, HasSubstr("gnuplot ended with 3 and said:\nno such terminal"));
}

TEST_F(PictureTest, ANameThatIsNoPictureIsRefusedBeforeTheWork) {
  for (const std::string& picture : {folder_.path() + "/p.gif", folder_.path()}) {
    const Ran ran = RunCli(Arguments(picture));
    EXPECT_EQ(ran.code, kExitUsage) << picture;
    EXPECT_EQ(ran.out, "") << picture;
  }
}

TEST_F(PictureTest, NothingThatIsThereIsReplacedUnlessToldSo) {
  const std::string picture = folder_.path() + "/p.svg";
  const PathScope nowhere(folder_.path());
  for (const char* end : {"", ".dat", ".gp"}) {
    const std::string there = folder_.File(std::string("p.svg") + end, "mine");
    const Ran ran = RunCli(Arguments(picture));
    EXPECT_EQ(ran.code, kExitExists) << end;
    EXPECT_EQ(ran.out, "") << end;
    EXPECT_THAT(ran.err, HasSubstr(there + " is there already"));
    EXPECT_EQ(Content(there), "mine");
    fs::remove(there);
  }
  const std::string numbers = folder_.File("p.svg.dat", "mine");
  auto forced = Arguments(picture);
  forced.push_back("--force");
  EXPECT_EQ(RunCli(forced).code, kExitUnavailable);
  EXPECT_THAT(Content(numbers), Not(HasSubstr("mine")));
}

TEST_F(PictureTest, GnuplotDrawsAnSvgWithBothCurvesAndThePartners) {
  if (!FindOnPath("gnuplot").ok()) GTEST_SKIP() << "gnuplot is not installed (gnuplot-nox)";
  const std::string picture = folder_.path() + "/it's a picture.svg";
  const Ran ran = RunCli(Arguments(picture));
  ASSERT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("Picture: " + picture));
  const std::string svg = Content(picture);
  for (const char* text :
       {"<svg", "</svg>", "with partners", "own records alone", "by chance", "good orders hindered",
        "number of partners", "orders in IDR", "195 orders scored", "10 shops", "<path"}) {
    EXPECT_THAT(svg, HasSubstr(text));
  }
}

TEST_F(PictureTest, OneShopAloneHasNoPartnersInThePicture) {
  if (!FindOnPath("gnuplot").ok()) GTEST_SKIP() << "gnuplot is not installed (gnuplot-nox)";
  const std::string picture = folder_.path() + "/p.svg";
  const Ran ran = RunCli({"policy", "backtest", ledger_, "--map", map_, "--shops", "1", "--plot",
                          picture, "--policy", "default"});
  ASSERT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("1, without partners"));
  EXPECT_THAT(Content(picture), HasSubstr("own records alone"));
  EXPECT_THAT(Content(picture), Not(HasSubstr("partners")));
}

// Every chunk of a PNG in turn: length, type, data, check sum.
TEST_F(PictureTest, GnuplotDrawsAPngThatIsWholeAndNotEmpty) {
  if (!FindOnPath("gnuplot").ok()) GTEST_SKIP() << "gnuplot is not installed (gnuplot-nox)";
  const std::string picture = folder_.path() + "/p.png";
  const Ran ran = RunCli(Arguments(picture));
  ASSERT_EQ(ran.code, kExitOk) << ran.err;
  const std::string png = Content(picture);
  ASSERT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
  const auto number = [&png](size_t at) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<uint8_t>(png.at(at + i));
    return value;
  };
  EXPECT_EQ(number(16), 800u);
  EXPECT_EQ(number(20), 960u);
  size_t at = 8;
  size_t drawn = 0;
  std::string type;
  while (at + 12 <= png.size()) {
    type = png.substr(at + 4, 4);
    if (type == "IDAT") drawn += number(at);
    at += 12 + number(at);
  }
  EXPECT_EQ(type, "IEND");
  EXPECT_EQ(at, png.size());
  EXPECT_GT(drawn, 8'000u);  // a white page of this size has a few hundred bytes
}

// Ctrl-C again and again, as soon as `ready` says so; before that it does nothing. No result waits
// for the sleep: it leaves the processor to the command between two signals.
class Interrupter {
 public:
  explicit Interrupter(std::function<bool()> ready)
      : before_(std::signal(SIGINT, SIG_IGN)), thread_([this, ready = std::move(ready)] {
          while (!done_) {
            if (ready()) kill(getpid(), SIGINT);
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
          }
        }) {}
  ~Interrupter() {
    done_ = true;
    thread_.join();
    std::signal(SIGINT, before_);
  }
  Interrupter(const Interrupter&) = delete;
  Interrupter& operator=(const Interrupter&) = delete;

 private:
  std::atomic<bool> done_ = false;
  void (*before_)(int);
  std::thread thread_;
};

constexpr std::chrono::seconds kPrompt{10};  // on a busy machine, under a sanitizer

TEST_F(PictureTest, CtrlCStopsAtOnceAndLeavesNothing) {
  const std::string picture = folder_.path() + "/p.svg";
  const std::string ledger = folder_.File("many.csv", Ledger(20'000));
  const auto began = std::chrono::steady_clock::now();
  // Reading takes less than a second, a thousand rounds many.
  for (const auto wait : {std::chrono::milliseconds(0), std::chrono::milliseconds(1500)}) {
    const auto from = std::chrono::steady_clock::now() + wait;
    const Interrupter interrupter([from] { return std::chrono::steady_clock::now() >= from; });
    const Ran ran = RunCli(
        {"policy", "backtest", ledger, "--map", map_, "--rounds", "1000", "--plot", picture});
    EXPECT_EQ(ran.code, kExitInterrupted) << ran.err;
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(ran.err, HasSubstr("stopped "));
    EXPECT_THAT(ran.err, HasSubstr("; nothing was written"));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, kPrompt);
  for (const char* end : {"", ".dat", ".gp"}) EXPECT_FALSE(fs::exists(picture + end)) << end;
}

TEST_F(PictureTest, CtrlCWhileItIsDrawnLeavesTheFiguresAlone) {
  const std::string picture = folder_.path() + "/p.svg";
  const std::string fake =
      folder_.File("gnuplot", "#!/bin/sh\n: > '" + folder_.path() + "/runs'\nexec /bin/sleep 60\n");
  fs::permissions(fake, fs::perms::owner_all);
  const PathScope path(folder_.path());
  const auto began = std::chrono::steady_clock::now();
  const Interrupter interrupter([this] { return fs::exists(folder_.path() + "/runs"); });
  const Ran ran = RunCli(Arguments(picture));
  EXPECT_EQ(ran.code, kExitInterrupted) << ran.err;
  EXPECT_LT(std::chrono::steady_clock::now() - began, kPrompt);
  EXPECT_THAT(ran.out, HasSubstr("expected-rate"));
  EXPECT_THAT(ran.err, HasSubstr("stopped while drawing"));
  for (const char* end : {"", ".dat", ".gp"}) EXPECT_FALSE(fs::exists(picture + end)) << end;
}

}  // namespace
}  // namespace daftar::cli
