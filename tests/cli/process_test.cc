#include "cli/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <csignal>

#include "cli/interrupt.h"
#include "cli/workspace.h"
#include "tests/cli/cli_support.h"
#include "tests/support/status_matchers.h"

namespace daftar::cli {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::StatusIs;

constexpr std::chrono::seconds kLimit{30};

TEST(RunProgramTest, BothStreamsAndTheExitCodeAreCaught) {
  const TestFolder folder;
  const auto result =
      RunProgram("/bin/sh", {"-c", "echo out; echo err >&2; exit 11"}, folder.path(), kLimit);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->exit_code, 11);
  EXPECT_EQ(result->out, "out\n");
  EXPECT_EQ(result->err, "err\n");
}

TEST(RunProgramTest, RunsInTheFolderWithoutInputAndWithoutTheUsersNode) {
  const TestFolder folder;
  setenv("DAFTAR_DIR", "/somewhere", 1);
  setenv("DAFTAR_TOKEN", "secret", 1);
  const auto result = RunProgram("/bin/sh", {"-c", "pwd; cat; echo \"[$DAFTAR_DIR$DAFTAR_TOKEN]\""},
                                 folder.path(), kLimit);
  unsetenv("DAFTAR_DIR");
  unsetenv("DAFTAR_TOKEN");
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->out, std::filesystem::canonical(folder.path()).string() + "\n[]\n");
}

TEST(RunProgramTest, OutputBeyondTheBoundIsDroppedAndTheProgramStillEnds) {
  const TestFolder folder;
  const auto result = RunProgram("/bin/sh", {"-c", "head -c 6000000 /dev/zero; echo done >&2"},
                                 folder.path(), kLimit);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->out.size(), kMaxCapturedOutput);
  EXPECT_EQ(result->err, "done\n");
}

TEST(RunProgramTest, ProgramThatDoesNotEndIsEnded) {
  const TestFolder folder;
  EXPECT_THAT(RunProgram("/bin/sleep", {"1000"}, folder.path(), std::chrono::seconds(0)),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST(RunProgramTest, CtrlCEndsIt) {
  const TestFolder folder;
  const InterruptScope interrupts;
  raise(SIGINT);
  EXPECT_THAT(RunProgram("/bin/sleep", {"1000"}, folder.path(), kLimit),
              StatusIs(absl::StatusCode::kCancelled));
}

TEST(RunProgramTest, ProgramThatIsNotThereAnswersLikeAShell) {
  const TestFolder folder;
  const auto result = RunProgram("/nonexistent/daftar", {}, folder.path(), kLimit);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->exit_code, 127);
}

TEST(ExecTest, TheProgramSpeaksUnderTheNameOfTheCommand) {
  EXPECT_EXIT(Exec("/bin/sh", {"-c", "echo \"[$0]\" >&2"}).IgnoreError(),
              ::testing::ExitedWithCode(0), "\\[daftar\\]");
}

TEST(BackgroundTest, WritesItsLogAndStopsWhenTold) {
  const TestFolder folder;
  const std::string log = folder.path() + "/log";
  auto started = Background::Start(
      "/bin/sh", {"-c", "trap 'echo stopped; exit 0' TERM; echo up; while :; do sleep 0.01; done"},
      folder.path(), log);
  ASSERT_THAT(started, IsOk());
  while (TailOf(log, 100) != "up\n") ASSERT_TRUE((*started)->Running());
  (*started)->Stop();
  EXPECT_FALSE((*started)->Running());
  EXPECT_EQ(TailOf(log, 100), "up\nstopped\n");
}

TEST(BackgroundTest, ProgramThatEndsByItselfIsNoticed) {
  const TestFolder folder;
  auto started = Background::Start("/bin/true", {}, folder.path(), folder.path() + "/log");
  ASSERT_THAT(started, IsOk());
  while ((*started)->Running()) {
  }
  (*started)->Stop();
}

TEST(InterruptScopeTest, SignalIsNotedAndEachScopeBeginsAnew) {
  {
    const InterruptScope scope;
    EXPECT_FALSE(InterruptScope::Interrupted());
    raise(SIGTERM);
    EXPECT_TRUE(InterruptScope::Interrupted());
  }
  const InterruptScope scope;
  EXPECT_FALSE(InterruptScope::Interrupted());
}

}  // namespace
}  // namespace daftar::cli
