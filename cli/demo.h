// The stage on which the demonstration is played: three nodes as real processes, and the account of
// what was expected and what came.
#ifndef DAFTAR_CLI_DEMO_H_
#define DAFTAR_CLI_DEMO_H_

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/console.h"
#include "cli/process.h"
#include "cli/workspace.h"

namespace daftar::cli {

struct DemoStep {
  std::string title;
  std::vector<std::string> commands;
  std::string expected;
  std::string came;
  bool ok = false;
};

struct DemoNode {
  std::string letter;  // its folder, like "A"
  std::string name;
  std::string origin;
  std::unique_ptr<Background> daemon;
};

// Owns the folder and the processes; its end stops and removes them. One thread.
class Demo {
 public:
  Demo(Console& console, TemporaryFolder folder, std::string daftar, std::string daftard)
      : console_(console),
        folder_(std::move(folder)),
        daftar_(std::move(daftar)),
        daftard_(std::move(daftard)) {}
  ~Demo();
  Demo(const Demo&) = delete;
  Demo& operator=(const Demo&) = delete;

  // Plays every step. The first that does not come out as told ends it with an error.
  absl::Status Play();
  const std::vector<DemoStep>& steps() const { return steps_; }
  const std::string& folder() const { return folder_.path(); }
  void Keep() { folder_.Keep(); }

 private:
  using Wanted = std::function<bool(const RunResult&)>;

  // The story.
  absl::Status SetUp();
  absl::Status Pair();
  absl::Status NothingKnown();
  absl::Status Publish();
  absl::Status PartnersAnswer();
  absl::Status PartnerStopped();
  absl::Status Settle();
  absl::Status Withdraw();
  absl::Status NothingLeaked();

  void Begin(const std::string& title);
  // Ends the step; FailedPrecondition unless `ok`.
  absl::Status End(const std::string& expected, const std::string& came, bool ok);

  absl::Status MakeNode(const std::string& letter, uint16_t peer_port, uint16_t http_port);
  absl::Status StartNode(const std::string& letter);
  absl::Status PairNodes(const std::string& inviter, const std::string& joiner);

  // Shows the command, runs it, shows the first part of what it printed.
  absl::StatusOr<RunResult> Daftar(const std::vector<std::string>& arguments, bool show_output);
  absl::StatusOr<RunResult> Quietly(const std::vector<std::string>& arguments);
  // The same, again and again until the answer is wanted or the time is up; shows the last.
  absl::StatusOr<RunResult> Until(const std::vector<std::string>& arguments, const Wanted& wanted);
  absl::StatusOr<RunResult> Check(const std::string& letter, const std::string& phone,
                                  const Wanted& wanted);
  void ShowCommand(const std::vector<std::string>& arguments);
  void ShowOutput(const RunResult& result);
  // What a failed command said, with the end of the nodes' logs.
  std::string Trouble(const RunResult& result) const;

  Console& console_;
  TemporaryFolder folder_;
  std::string daftar_;
  std::string daftard_;
  std::map<std::string, DemoNode> nodes_;
  std::vector<DemoStep> steps_;
  std::string incident_;
  int effect_ = 0;  // exit code of B's last check of the buyer
};

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_DEMO_H_
