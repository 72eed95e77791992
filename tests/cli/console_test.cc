#include "cli/console.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "cli/interrupt.h"

namespace daftar::cli {
namespace {

struct Reported {
  int code;
  std::string err;
};

Reported ReportTo(const absl::Status& status, bool json) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  Console console{in, out, err, json};
  const int code = Report(console, status);
  EXPECT_EQ(out.str(), "");
  return {code, err.str()};
}

TEST(ReportTest, EveryKindOfErrorHasItsExitCode) {
  EXPECT_EQ(ExitCodeOf(absl::StatusCode::kOk), 0);
  EXPECT_EQ(ExitCodeOf(absl::StatusCode::kInvalidArgument), 64);
  EXPECT_EQ(ExitCodeOf(absl::StatusCode::kOutOfRange), 64);
  EXPECT_EQ(ExitCodeOf(absl::StatusCode::kDataLoss), 65);
  EXPECT_EQ(ExitCodeOf(absl::StatusCode::kNotFound), 66);
  EXPECT_EQ(ExitCodeOf(absl::StatusCode::kUnavailable), 69);
  EXPECT_EQ(ExitCodeOf(absl::StatusCode::kInternal), 70);
  EXPECT_EQ(ExitCodeOf(absl::StatusCode::kUnknown), 70);
  EXPECT_EQ(ExitCodeOf(absl::StatusCode::kUnimplemented), 70);
  EXPECT_EQ(ExitCodeOf(absl::StatusCode::kAlreadyExists), 73);
  EXPECT_EQ(ExitCodeOf(absl::StatusCode::kResourceExhausted), 75);
  EXPECT_EQ(ExitCodeOf(absl::StatusCode::kAborted), 75);
  EXPECT_EQ(ExitCodeOf(absl::StatusCode::kDeadlineExceeded), 75);
  EXPECT_EQ(ExitCodeOf(absl::StatusCode::kPermissionDenied), 77);
  EXPECT_EQ(ExitCodeOf(absl::StatusCode::kUnauthenticated), 77);
  EXPECT_EQ(ExitCodeOf(absl::StatusCode::kFailedPrecondition), 78);
  EXPECT_EQ(ExitCodeOf(absl::StatusCode::kCancelled), 130);
}

TEST(ReportTest, TextIsOneSentenceOnStandardError) {
  const Reported reported = ReportTo(absl::NotFoundError("no such incident"), false);
  EXPECT_EQ(reported.code, 66);
  EXPECT_EQ(reported.err, "daftar: no such incident\n");
}

TEST(ReportTest, TextCannotSteerTheTerminal) {
  EXPECT_EQ(ReportTo(absl::NotFoundError("bad \x1b[2J"), false).err, "daftar: bad ?[2J\n");
}

TEST(ReportTest, JsonHasCodeAndMessage) {
  const Reported reported = ReportTo(absl::UnavailableError("it said \"no\""), true);
  EXPECT_EQ(reported.code, 69);
  EXPECT_EQ(reported.err,
            "{\n  \"error\": {\n    \"code\": \"unavailable\",\n"
            "    \"message\": \"it said \\\"no\\\"\"\n  }\n}\n");
}

TEST(ReportTest, ListOfWhatIsMissingStandsLineByLineAndAsArray) {
  const auto status = absl::FailedPreconditionError("not yet:\n- an amount\n- a date");
  EXPECT_EQ(ReportTo(status, false).err, "daftar: not yet:\n- an amount\n- a date\n");
  EXPECT_THAT(ReportTo(status, true).err,
              ::testing::HasSubstr("\"missing\": [\n      \"an amount\",\n      \"a date\"\n"));
}

TEST(InterruptDeathTest, CtrlCIsSaidBeforeItEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  Console console{in, out, err};
  const auto interrupted = [&console] {
    SayWhenInterrupted(console);
    { const InterruptScope scope; }  // puts back what was there
    (void)raise(SIGINT);
  };
  EXPECT_EXIT(interrupted(), ::testing::KilledBySignal(SIGINT), "daftar: stopped with Ctrl-C");
  console.json = true;
  EXPECT_EXIT(interrupted(), ::testing::KilledBySignal(SIGINT),
              R"(\{"error":\{"code":"cancelled","message":"stopped with Ctrl-C)");
}

}  // namespace
}  // namespace daftar::cli
