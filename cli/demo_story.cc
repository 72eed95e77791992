// The demonstration's story, step by step, and the command that plays it.
#include <algorithm>
#include <thread>
#include <utility>

#include "cli/commands.h"
#include "cli/demo.h"
#include "cli/demo_charter.h"
#include "cli/interrupt.h"
#include "cli/json.h"
#include "cli/session.h"
#include "cli/text.h"
#include "node/evidence/clock.h"

namespace daftar::cli {
namespace {

using std::chrono::steady_clock;

constexpr const char* kNodes[] = {"A", "B", "C"};
constexpr int64_t kDaysAgo = 40;

// One buyer, as two shops write the number down, and what both spellings have in common.
constexpr const char* kAsAWritesIt = "0812-3456-7890";
constexpr const char* kAsBWritesIt = "+62 812 3456 7890";
constexpr const char* kDigitsInIt = "81234567890";
constexpr const char* kAnother = "0813 9876 5432";
constexpr const char* kYetAnother = "0857 1122 3344";

std::string Headline(const RunResult& result) {
  return result.out.substr(0, result.out.find('\n'));
}

bool IsAnswer(const RunResult& result) { return result.exit_code < kExitUsage; }

bool AsksForMoneyFirst(const RunResult& result) {
  return result.exit_code == kExitDeposit || result.exit_code == kExitPrepay;
}

bool Accepts(const RunResult& result) { return result.exit_code == kExitOk; }

// The line about one partner in the text of a check.
std::string PartnerLine(const RunResult& result, const std::string& origin) {
  size_t at = result.out.find("\n  " + origin);
  if (at == std::string::npos) return "";
  at += 3;
  return result.out.substr(at, result.out.find('\n', at) - at);
}

Json StepJson(const DemoStep& step) {
  return Json{{"step", step.title},
              {"commands", step.commands},
              {"expected", step.expected},
              {"came", step.came},
              {"ok", step.ok}};
}

}  // namespace

absl::Status Demo::SetUp() {
  Begin("Three shops set up a node each");
  const auto ports = FreePorts(2 * std::size(kNodes));
  if (!ports.ok()) return ports.status();
  if (auto status = WriteFile(folder() + "/demo.toml", DemoCharter()); !status.ok()) return status;
  for (size_t i = 0; i < std::size(kNodes); ++i) {
    if (auto status = MakeNode(kNodes[i], (*ports)[2 * i], (*ports)[2 * i + 1]); !status.ok()) {
      return status;
    }
  }
  for (const char* letter : kNodes) {
    if (auto status = StartNode(letter); !status.ok()) return status;
  }
  return End("three nodes that answer", "three nodes that answer", true);
}

absl::Status Demo::Pair() {
  Begin("They pair: one shop makes a code, the other uses it");
  for (const auto& [inviter, joiner] : {std::pair("A", "B"), {"A", "C"}, {"B", "C"}}) {
    if (auto status = PairNodes(inviter, joiner); !status.ok()) return status;
  }
  const auto list = Daftar({"--dir", "A", "partner", "list"}, true);
  if (!list.ok()) return list.status();
  const bool both = list->out.find("toko-b.test") != std::string::npos &&
                    list->out.find("toko-c.test") != std::string::npos;
  return End("A has two partners", both ? "A has two partners" : Trouble(*list), both);
}

absl::Status Demo::NothingKnown() {
  Begin("B asks about a buyer whom nobody knows");
  const auto all_answered = [](const RunResult& result) {
    return Accepts(result) && result.out.find("not checked") == std::string::npos;
  };
  const auto check = Check("B", kAnother, all_answered);
  if (!check.ok()) return check.status();
  return End("ACCEPT, and both partners answered",
             IsAnswer(*check) ? Headline(*check) : Trouble(*check), all_answered(*check));
}

absl::Status Demo::Publish() {
  Begin("A's buyer paid a deposit and never the rest; A files it and publishes");
  const std::string day =
      evidence::Date::Of(evidence::SystemClock().Now()).PlusDays(-kDaysAgo).ToString();
  const auto added = Daftar(
      {"--dir", "A", "incident", "add", "--reason", "deposit-unsettled", "--phone", kAsAWritesIt,
       "--amount", "4500000", "--currency", "IDR", "--occurred", day, "--output", "json"},
      false);
  if (!added.ok()) return added.status();
  const Json document = Json::parse(added->out, nullptr, false);
  if (added->exit_code != 0 || !document.is_object() || !document.contains("id") ||
      !document["id"].is_string()) {
    return End("an incident with an id", Trouble(*added), false);
  }
  incident_ = document["id"].get<std::string>();
  if (!console_.json) console_.out << "     id " << Printable(incident_) << "\n";
  const auto published = Daftar({"--dir", "A", "incident", "publish", incident_}, false);
  if (!published.ok()) return published.status();
  const bool ok = published->exit_code == 0;
  return End("the report is queued for the next tick",
             ok ? "the report is queued" : Trouble(*published), ok);
}

absl::Status Demo::PartnersAnswer() {
  for (const auto& [letter, phone] : {std::pair("B", kAsBWritesIt), {"C", kAsAWritesIt}}) {
    Begin(std::string(letter) + " asks about the same buyer" +
          (phone == kAsBWritesIt ? ", written another way" : ""));
    const auto began = steady_clock::now();
    const auto check = Check(letter, phone, AsksForMoneyFirst);
    if (!check.ok()) return check.status();
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - began);
    effect_ = check->exit_code;
    const absl::Status status = End(
        "FULL PREPAYMENT or a deposit, within seconds",
        IsAnswer(*check) ? Headline(*check) + " (exit code " + std::to_string(check->exit_code) +
                               ", after " + std::to_string(took.count()) + " ms)"
                         : Trouble(*check),
        AsksForMoneyFirst(*check));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Demo::PartnerStopped() {
  Begin("A's node is stopped; B asks about the buyer again");
  nodes_["A"].daemon->Stop();
  if (!console_.json) console_.out << "   (A is stopped)\n";
  const auto known = Check("B", kAsBWritesIt, AsksForMoneyFirst);
  if (!known.ok()) return known.status();
  absl::Status status =
      End("B still answers, from the copy of A's log that it holds",
          IsAnswer(*known) ? Headline(*known) + "; " + PartnerLine(*known, "toko-a.test")
                           : Trouble(*known),
          AsksForMoneyFirst(*known));
  if (!status.ok()) return status;

  Begin("B asks about a buyer it has never asked about; A cannot be reached");
  const auto not_checked = [](const RunResult& result) {
    return IsAnswer(result) &&
           PartnerLine(result, "toko-a.test").find("not checked") != std::string::npos;
  };
  const auto unknown = Check("B", kYetAnother, not_checked);
  if (!unknown.ok()) return unknown.status();
  status = End("an answer at once, with A \"not checked\" (never \"clear\")",
               IsAnswer(*unknown) ? Headline(*unknown) + "; " + PartnerLine(*unknown, "toko-a.test")
                                  : Trouble(*unknown),
               not_checked(*unknown));
  if (!status.ok()) return status;

  Begin("A's node starts again");
  if (status = StartNode("A"); !status.ok()) return status;
  return End("a node that answers", "a node that answers", true);
}

absl::Status Demo::Settle() {
  Begin("The buyer pays; A says so, and B asks again");
  const auto settled = Daftar(
      {"--dir", "A", "incident", "settle", incident_, "--because", "paid the balance by transfer"},
      false);
  if (!settled.ok()) return settled.status();
  if (settled->exit_code != 0) return End("a settled incident", Trouble(*settled), false);
  const int before = effect_;
  const auto milder = [before](const RunResult& result) { return result.exit_code < before; };
  const auto check = Check("B", kAsBWritesIt, milder);
  if (!check.ok()) return check.status();
  effect_ = check->exit_code;
  return End("a milder answer than before, within seconds",
             IsAnswer(*check) ? Headline(*check) : Trouble(*check), milder(*check));
}

absl::Status Demo::Withdraw() {
  Begin("A withdraws the report, and B asks again");
  const auto withdrawn = Daftar({"--dir", "A", "incident", "withdraw", incident_, "--ground",
                                 "paid", "--because", "settled in full"},
                                false);
  if (!withdrawn.ok()) return withdrawn.status();
  if (withdrawn->exit_code != 0) return End("a withdrawn report", Trouble(*withdrawn), false);
  const auto check = Check("B", kAsBWritesIt, Accepts);
  if (!check.ok()) return check.status();
  return End("ACCEPT, within seconds", IsAnswer(*check) ? Headline(*check) : Trouble(*check),
             Accepts(*check));
}

absl::Status Demo::NothingLeaked() {
  Begin("The number is looked for in every file of the three nodes, logs included");
  const size_t found = FilesHolding(folder(), kDigitsInIt);
  return End("no file holds it in the clear",
             found == 0 ? "no file holds it" : std::to_string(found) + " files hold it",
             found == 0);
}

absl::Status Demo::Play() {
  constexpr absl::Status (Demo::*kStory[])() = {
      &Demo::SetUp,   &Demo::Pair,           &Demo::NothingKnown,
      &Demo::Publish, &Demo::PartnersAnswer, &Demo::PartnerStopped,
      &Demo::Settle,  &Demo::Withdraw,       &Demo::NothingLeaked};
  for (const auto part : kStory) {
    if (auto status = (this->*part)(); !status.ok()) return status;
    if (InterruptScope::Interrupted()) return absl::CancelledError("interrupted");
  }
  return absl::OkStatus();
}

absl::StatusOr<int> RunDemo(Session& session, const DemoOptions& options) {
  Console& console = session.console();
  const auto self = SelfPath();
  if (!self.ok()) return self.status();
  const auto daftard = FindDaftard();
  if (!daftard.ok()) return daftard.status();
  const InterruptScope interrupts;
  // Only a folder that was named: DAFTAR_DIR is somebody's real node.
  auto folder = TemporaryFolder::Create(session.options().dir_given ? session.options().dir : "");
  if (!folder.ok()) return folder.status();
  const auto began = steady_clock::now();
  absl::Status status;
  Json steps = Json::array();
  std::string path;
  {
    Demo demo(console, *std::move(folder), *self, *daftard);
    if (options.keep) demo.Keep();
    path = demo.folder();
    if (!console.json) {
      console.out << "Three shops and a buyer: real nodes on this machine, in " << path
                  << (options.keep ? " (kept)" : " (removed at the end)") << "\n";
    }
    status = demo.Play();
    for (const DemoStep& step : demo.steps()) steps.push_back(StepJson(step));
  }
  const auto took =
      std::chrono::duration_cast<std::chrono::seconds>(steady_clock::now() - began).count();
  if (console.json) {
    PrintJson(console.out, Json{{"ok", status.ok()},
                                {"seconds", took},
                                {"folder", options.keep ? Json(path) : Json(nullptr)},
                                {"steps", steps}});
  } else if (status.ok()) {
    console.out << "\nAll " << steps.size() << " steps came out as told, in " << took << " s.\n";
  } else {
    console.out << "\n";
  }
  if (!status.ok()) return status;
  return kExitOk;
}

}  // namespace daftar::cli
