// `daftar subject`: what is asked of the node, what is written where, and what is refused before.
#include "cli/commands_subject.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <fstream>

#include "cli/json.h"
#include "tests/cli/subject_sample.h"

namespace daftar::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPhone[] = "0813-9876-5432";

class SubjectTest : public ::testing::Test {
 protected:
  SubjectTest() {
    node_.make_code = [this](const v1::MakeCodeRequest& request, v1::MakeCodeResponse& response) {
      code_ = request;
      response.set_code("K7F3-9Q2M");
      response.set_message("Toko A: your code is K7F3-9Q2M.");
      response.set_valid_until("2026-11-29T08:15:30.123Z");
      response.set_identifier("+62*******7890");
      return grpc::Status::OK;
    };
    node_.get_report = [this](const v1::GetReportRequest& request,
                              v1::GetReportResponse& response) {
      ++reports_;
      report_ = request;
      *response.mutable_report() = SampleReport();
      return grpc::Status::OK;
    };
  }
  FakeNode node_;
  v1::MakeCodeRequest code_;
  v1::GetReportRequest report_;
  int reports_ = 0;
};

TEST_F(SubjectTest, TheMessageAloneGoesToStandardOutput) {
  const Ran ran = node_.Run({"subject", "code", "--phone", "-", "--lang", "ms"}, "",
                            std::string(kPhone) + "\n");
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(code_.identifier().phone(), kPhone);
  EXPECT_EQ(code_.language(), "ms");
  EXPECT_NE(code_.request_id(), "");
  EXPECT_EQ(ran.out, "Toko A: your code is K7F3-9Q2M.\n");
  EXPECT_THAT(ran.err, HasSubstr("+62*******7890"));
  EXPECT_THAT(ran.err, Not(HasSubstr("9876")));
  EXPECT_THAT(ran.err, HasSubstr("daftar subject report --phone - --code K7F3-9Q2M\n"));
}

// What it says works as it stands.
TEST_F(SubjectTest, TheCommandThatACodeNamesIsTaken) {
  const Ran code = node_.Run({"subject", "code", "--any", kPhone});
  EXPECT_EQ(code.code, kExitOk) << code.err;
  EXPECT_THAT(code.err, HasSubstr("daftar subject report --any - --code K7F3-9Q2M\n"));
  const Ran report = node_.Run({"subject", "report", "--any", "-", "--code", "K7F3-9Q2M"}, "",
                               std::string(kPhone) + "\n");
  EXPECT_EQ(report.code, kExitOk) << report.err;
}

TEST_F(SubjectTest, TheCodeAsJson) {
  const Ran ran = node_.Run({"subject", "code", "--phone", kPhone, "--output", "json"});
  const Json document = Json::parse(ran.out);
  EXPECT_EQ(document["code"], "K7F3-9Q2M");
  EXPECT_EQ(document["valid_until"], "2026-11-29T08:15:30.123Z");
  EXPECT_EQ(document["identifier"], "+62*******7890");
}

TEST_F(SubjectTest, AReportWithACodeIsADocumentOnTheTerminal) {
  const Ran ran =
      node_.Run({"subject", "report", "--phone", kPhone, "--code", "k7f39q2m", "--language", "id"});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(report_.code(), "k7f39q2m");
  EXPECT_FALSE(report_.without_code());
  EXPECT_EQ(report_.language(), "id");
  EXPECT_THAT(ran.out, HasSubstr("Data tentang Anda yang disimpan"));
  EXPECT_THAT(ran.err, HasSubstr("Read it before you hand it over"));
}

TEST_F(SubjectTest, TheReportAsJsonHasEverything) {
  const Ran ran = node_.Run(
      {"subject", "report", "--phone", kPhone, "--code", "K7F3-9Q2M", "--output", "json"});
  const Json document = Json::parse(ran.out);
  EXPECT_EQ(document["identifier"], "+6281234567890");
  EXPECT_EQ(document["customers"][0]["trusted_because"], "ten good years");
  EXPECT_EQ(document["orders"][0]["amount"]["major"], "4500000");
  EXPECT_EQ(document["incidents"][0]["kept_until"], "2028-09-30");
  EXPECT_EQ(document["incidents"][0]["changes"][2]["copies"][1]["applied_at"], nullptr);
  EXPECT_TRUE(document["incidents"][0]["changes"][2]["copies"][1].contains("pairing"));
  EXPECT_EQ(document["incidents"][0]["proofs"][0]["bytes"], 81234);
  EXPECT_EQ(document["incidents"][2]["amount"], nullptr);
  EXPECT_EQ(document["decisions"][0]["overridden_to"], "accept");
  EXPECT_EQ(document["decisions"][1]["overridden_to"], nullptr);
  EXPECT_EQ(document["partners"][1]["state"], "not_checked");
  EXPECT_EQ(document["partners"][0]["entries"][0]["status"], "live");
  EXPECT_EQ(document["more_decisions"], true);
  EXPECT_EQ(document["partners"][3]["pairing"], "suspended");
  EXPECT_EQ(document["asked_proof"][0]["kinds"][1], "reminder");
  EXPECT_EQ(document["asked_proof"][1]["kept_until"], nullptr);
  EXPECT_EQ(document["more_asked_proof"], false);
  EXPECT_EQ(document["passed_on"][0]["partner_told"], true);
  EXPECT_EQ(document["passed_on"][1]["partner_disputed_at"], nullptr);
  EXPECT_EQ(document["more_passed_on"], false);
}

TEST_F(SubjectTest, HtmlGoesIntoANewFileThatOnlyItsOwnerReads) {
  const std::string file = node_.folder().path() + "/report.html";
  const Ran ran =
      node_.Run({"subject", "report", "--phone", kPhone, "--code", "K7F3-9Q2M", "--html", file});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(ran.out, "Written to " + file + ".\n");
  std::ifstream stream(file);
  const std::string html{std::istreambuf_iterator<char>(stream), {}};
  EXPECT_THAT(html, HasSubstr("<html lang=\"en\">"));
  struct stat info {};
  ASSERT_EQ(stat(file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  // The code would be used up for nothing.
  const Ran again =
      node_.Run({"subject", "report", "--phone", kPhone, "--code", "K7F3-9Q2M", "--html", file});
  EXPECT_EQ(again.code, kExitExists);
  EXPECT_EQ(reports_, 1);
}

// The code is used up by then; the node takes it again for a while.
TEST_F(SubjectTest, ADocumentThatDoesNotFitOnTheDiskIsNotLost) {
  struct rlimit before {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  struct rlimit full = before;
  full.rlim_cur = 10;
  auto* const ignored = signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &full), 0);
  const std::string file = node_.folder().path() + "/report.html";
  const Ran ran =
      node_.Run({"subject", "report", "--phone", kPhone, "--code", "K7F3-9Q2M", "--html", file});
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, ignored);
  EXPECT_NE(ran.code, kExitOk);
  EXPECT_THAT(ran.err, HasSubstr("ask again within 10 minutes"));
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(SubjectTest, WhatTheNodeRefusesLeavesNoFile) {
  node_.get_report = [](const auto&, auto&) {
    return grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "that is not the code");
  };
  const std::string file = node_.folder().path() + "/report.html";
  const Ran ran =
      node_.Run({"subject", "report", "--phone", kPhone, "--code", "K7F3-9Q2M", "--html", file});
  EXPECT_EQ(ran.code, kExitDenied);
  EXPECT_THAT(ran.err, HasSubstr("that is not the code"));
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(SubjectTest, WithoutACodeTheReasonGoesAlong) {
  const Ran ran = node_.Run({"subject", "report", "--phone", kPhone, "--without-code", "--because",
                             "came in, showed her card"});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_TRUE(report_.without_code());
  EXPECT_EQ(report_.because(), "came in, showed her card");
}

TEST_F(SubjectTest, WhatCannotBeMeantIsRefusedBeforeTheNodeIsAsked) {
  const std::vector<std::vector<std::string>> wrong = {
      {"subject", "report", "--phone", kPhone},
      {"subject", "report", "--phone", kPhone, "--code", "K7F3-9Q2M", "--without-code", "--because",
       "x"},
      {"subject", "report", "--phone", kPhone, "--without-code"},
      {"subject", "report", "--phone", kPhone, "--code", "K7F3-9Q2M", "--because", "x"},
      {"subject", "report", "--code", "K7F3-9Q2M"},
      {"subject", "report", "--phone", kPhone, "--email", "a@b.test", "--code", "K7F3-9Q2M"},
      {"subject", "report", "--phone", kPhone, "--code", "K7F3-9Q2M", "--lang", "xx"},
      {"subject", "code"},
      {"subject", "code", "--phone", kPhone, "--email", "a@b.test"}};
  for (const auto& arguments : wrong) {
    const Ran ran = node_.Run(arguments);
    EXPECT_EQ(ran.code, kExitUsage) << ran.out << ran.err;
    EXPECT_THAT(ran.err, Not(HasSubstr("9876")));
  }
  EXPECT_EQ(reports_, 0);
}

}  // namespace
}  // namespace daftar::cli
