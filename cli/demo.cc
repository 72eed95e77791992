#include "cli/demo.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <thread>
#include <utility>

#include "cli/interrupt.h"
#include "cli/json.h"
#include "cli/text.h"

namespace daftar::cli {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kCommandLimit{60};
constexpr std::chrono::seconds kPatience{30};  // for what takes effect by itself
constexpr std::chrono::milliseconds kPause{100};

// The lines before the details: the effect, the sentence, the partners.
std::string FirstPart(const std::string& text) {
  const size_t end = std::min(text.find("\nRecords\n"), text.find("\nReceipt "));
  return text.substr(0, std::min(end, text.size()));
}

std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

void Indent(std::ostream& out, const std::string& text) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find('\n', at), text.size());
    if (end > at) out << "     " << Printable(text.substr(at, end - at)) << "\n";
    at = end + 1;
  }
}

}  // namespace

Demo::~Demo() {
  // All are told first, so that they end at the same time and not one after another.
  for (auto& [letter, node] : nodes_) {
    if (node.daemon != nullptr) node.daemon->Tell();
  }
}

void Demo::Begin(const std::string& title) {
  steps_.push_back({title, {}, "", "", false});
  if (console_.json) return;
  console_.out << "\n"
               << Painted(std::to_string(steps_.size()) + ". " + title, Paint::kNone,
                          console_.color)
               << "\n";
}

absl::Status Demo::End(const std::string& expected, const std::string& came, bool ok) {
  DemoStep& step = steps_.back();
  step.expected = expected;
  step.came = came;
  step.ok = ok;
  if (!console_.json) {
    console_.out << "   expected: " << Printable(expected)
                 << "\n   came:     " << PrintableLines(came) << "  "
                 << Painted(ok ? "[as told]" : "[NOT AS TOLD]", ok ? Paint::kGreen : Paint::kRed,
                            console_.color)
                 << std::endl;
  }
  if (ok) return absl::OkStatus();
  return absl::InternalError("step " + std::to_string(steps_.size()) +
                             " of the demonstration did not come out as told");
}

void Demo::ShowCommand(const std::vector<std::string>& arguments) {
  std::string line = "daftar";
  for (const std::string& argument : arguments) line += " " + ShellWord(argument);
  steps_.back().commands.push_back(line);
  if (!console_.json) console_.out << "   $ " << line << std::endl;
}

void Demo::ShowOutput(const RunResult& result) {
  if (!console_.json) Indent(console_.out, FirstPart(result.out) + result.err);
}

absl::StatusOr<RunResult> Demo::Quietly(const std::vector<std::string>& arguments) {
  return RunProgram(daftar_, arguments, folder_.path(), kCommandLimit);
}

absl::StatusOr<RunResult> Demo::Daftar(const std::vector<std::string>& arguments,
                                       bool show_output) {
  ShowCommand(arguments);
  auto result = Quietly(arguments);
  if (result.ok() && show_output) ShowOutput(*result);
  return result;
}

absl::StatusOr<RunResult> Demo::Until(const std::vector<std::string>& arguments,
                                      const Wanted& wanted) {
  const auto deadline = steady_clock::now() + kPatience;
  while (true) {
    auto result = Quietly(arguments);
    if (!result.ok() || wanted(*result) || steady_clock::now() > deadline) return result;
    std::this_thread::sleep_for(kPause);
  }
}

absl::StatusOr<RunResult> Demo::Check(const std::string& letter, const std::string& phone,
                                      const Wanted& wanted) {
  const std::vector<std::string> arguments{"--dir", letter,     "check",   "--phone",
                                           phone,   "--amount", "4500000", "--currency",
                                           "IDR",   "--terms",  "credit"};
  ShowCommand(arguments);
  auto result = Until(arguments, wanted);
  if (result.ok()) ShowOutput(*result);
  return result;
}

std::string Demo::Trouble(const RunResult& result) const {
  constexpr size_t kTail = 2000;
  std::string text =
      "exit code " + std::to_string(result.exit_code) + "\n" + result.out + result.err;
  for (const auto& [letter, node] : nodes_) {
    const std::string tail = TailOf(folder_.path() + "/" + letter + ".log", kTail);
    if (!tail.empty()) text += "--- end of the log of " + letter + "\n" + tail;
  }
  return text;
}

absl::Status Demo::MakeNode(const std::string& letter, uint16_t peer_port, uint16_t http_port) {
  const char low = static_cast<char>(letter[0] - 'A' + 'a');
  DemoNode node{letter, "Toko " + letter, std::string("toko-") + low + ".test", nullptr};
  const std::string peer = "127.0.0.1:" + std::to_string(peer_port);
  const auto made = Daftar({"--dir", letter, "init", "--name", node.name, "--origin", node.origin,
                            "--charter", "demo.toml", "--peer-listen", peer, "--http-listen",
                            "127.0.0.1:" + std::to_string(http_port)},
                           false);
  if (!made.ok()) return made.status();
  nodes_[letter] = std::move(node);
  if (made->exit_code == 0) return absl::OkStatus();
  return End("a new node in " + letter, Trouble(*made), false);
}

absl::Status Demo::StartNode(const std::string& letter) {
  if (!console_.json) console_.out << "   $ daftard --dir " << letter << " &" << std::endl;
  steps_.back().commands.push_back("daftard --dir " + letter + " &");
  DemoNode& node = nodes_[letter];
  auto started = Background::Start(daftard_, {"--dir", letter}, folder_.path(),
                                   folder_.path() + "/" + letter + ".log");
  if (!started.ok()) return started.status();
  node.daemon = *std::move(started);
  const auto up = Until({"--dir", letter, "status"}, [&](const RunResult& result) {
    return result.exit_code == 0 || !node.daemon->Running();
  });
  if (!up.ok()) return up.status();
  if (up->exit_code == 0) return absl::OkStatus();
  return End("a node that answers in " + letter, Trouble(*up), false);
}

absl::Status Demo::PairNodes(const std::string& inviter, const std::string& joiner) {
  const auto invite = Daftar({"--dir", inviter, "partner", "invite"}, false);
  if (!invite.ok()) return invite.status();
  const std::string code = FirstLine(invite->out);
  if (invite->exit_code != 0 || code.empty()) {
    return End("one code for a partner", Trouble(*invite), false);
  }
  constexpr size_t kShown = 24;
  if (!console_.json) Indent(console_.out, code.substr(0, kShown) + "...");
  steps_.back().commands.push_back("daftar --dir " + joiner + " partner join CODE");
  if (!console_.json) {
    console_.out << "   $ " << steps_.back().commands.back() << std::endl;
  }
  const auto joined = Quietly({"--dir", joiner, "partner", "join", code});
  if (!joined.ok()) return joined.status();
  if (joined->exit_code == 0) return absl::OkStatus();
  return End(joiner + " to become a partner of " + inviter, Trouble(*joined), false);
}

}  // namespace daftar::cli
