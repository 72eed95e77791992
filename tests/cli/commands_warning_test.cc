#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class WarningCommandTest : public ::testing::Test {
 protected:
  FakeNode node_;
};

TEST_F(WarningCommandTest, AddSendsTheIdentifierAndTheReason) {
  v1::AddWarningRequest asked;
  node_.add_warning = [&](const v1::AddWarningRequest& request, v1::AddWarningResponse& response) {
    asked = request;
    *response.mutable_warning() = Proto<v1::Warning>(
        "identifier: 'phone …90' kind: 'own' because: 'our counter' "
        "at: '2026-11-01T00:00:00.000Z' by: 'uid:1'");
    return grpc::Status::OK;
  };
  const Ran ran = node_.Run({"warning", "add", "--phone", "-", "--because", "our counter"}, "",
                            "0812-3456-7890\n");
  ASSERT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(asked.identifier().phone(), "0812-3456-7890");
  EXPECT_EQ(asked.because(), "our counter");
  EXPECT_FALSE(asked.request_id().empty());
  EXPECT_THAT(ran.out, AllOf(HasSubstr("phone …90"), HasSubstr("refused in incidents")));
}

TEST_F(WarningCommandTest, EachTakesOneIdentifierAndAReason) {
  for (const char* verb : {"add", "clear", "remove"}) {
    EXPECT_EQ(node_.Run({"warning", verb, "--phone", "0812-3456-7890"}).code, kExitUsage);
    const Ran none = node_.Run({"warning", verb, "--because", "x"});
    EXPECT_EQ(none.code, kExitUsage);
    EXPECT_THAT(none.err, HasSubstr("takes one identifier"));
    EXPECT_EQ(node_
                  .Run({"warning", verb, "--phone", "0812-3456-7890", "--phone", "0812-3456-7891",
                        "--because", "x"})
                  .code,
              kExitUsage);
  }
}

TEST_F(WarningCommandTest, ClearAndRemoveSayWhatFollows) {
  node_.clear_warning = [](const v1::ClearWarningRequest& request,
                           v1::ClearWarningResponse& response) {
    response.mutable_warning()->set_kind("cleared");
    response.mutable_warning()->set_because(request.because());
    return grpc::Status::OK;
  };
  std::string removed;
  node_.remove_warning = [&](const v1::RemoveWarningRequest& request, v1::RemoveWarningResponse&) {
    removed = request.identifier().phone() + " " + request.because();
    return grpc::Status::OK;
  };
  const Ran cleared =
      node_.Run({"warning", "clear", "--phone", "0812-3456-7890", "--because", "a family"});
  EXPECT_EQ(cleared.code, kExitOk) << cleared.err;
  EXPECT_THAT(cleared.out, AllOf(HasSubstr("a family"), HasSubstr("counts from the next check")));
  EXPECT_EQ(node_.Run({"warning", "remove", "--phone", "0812-3456-7890", "--because", "sold"}).code,
            kExitOk);
  EXPECT_EQ(removed, "0812-3456-7890 sold");
}

TEST_F(WarningCommandTest, ListShowsWhatWasSeenAndWhatToDo) {
  node_.list_warnings = [](const v1::ListWarningsRequest&, v1::ListWarningsResponse& response) {
    response = Proto<v1::ListWarningsResponse>(
        "warnings { identifier: 'phone …90' kind: 'review' at: '2026-11-01T00:00:00.000Z' "
        "live_reports: 17 names: 6 } "
        "warnings { identifier: 'phone …91' kind: 'own' because: 'our counter' by: 'uid:1' }");
    return grpc::Status::OK;
  };
  const Ran ran = node_.Run({"warning", "list"});
  ASSERT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("17 live reports, 6 names in your own book"),
                             HasSubstr("our counter"), HasSubstr("daftar warning clear ID")));
  const auto json =
      Json::parse(node_.Run({"warning", "list", "--output", "json"}).out, nullptr, false);
  ASSERT_EQ(json["warnings"].size(), 2u);
  EXPECT_EQ(json["warnings"][0]["live_reports"], 17);
  EXPECT_EQ(json["warnings"][0]["because"], nullptr);
  EXPECT_EQ(json["warnings"][1]["by"], "uid:1");
}

TEST_F(WarningCommandTest, AnEmptyListSaysSo) {
  node_.list_warnings = [](const v1::ListWarningsRequest&, v1::ListWarningsResponse&) {
    return grpc::Status::OK;
  };
  EXPECT_THAT(node_.Run({"warning", "list"}).out,
              AllOf(HasSubstr("nothing waits"), Not(HasSubstr("IDENTIFIER"))));
}

TEST_F(WarningCommandTest, AcceptSendsWhatWasComparedAndShowsTheNewPartner) {
  v1::AcceptPartnerRequest asked;
  node_.accept_partner = [&](const v1::AcceptPartnerRequest& request,
                             v1::AcceptPartnerResponse& response) {
    asked = request;
    response.mutable_partner()->set_origin("toko-b2.test");
    return grpc::Status::OK;
  };
  const Ran ran = node_.Run(
      {"partner", "accept", "toko-b.test", "--first-entry", "5f0c", "--because", "by phone"});
  ASSERT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(asked.origin() + " " + asked.first_entry() + " " + asked.because(),
            "toko-b.test 5f0c by phone");
  EXPECT_NE(asked.request_id(), "");
  EXPECT_THAT(ran.out, HasSubstr("toko-b2.test"));
  EXPECT_EQ(node_.Run({"partner", "accept", "toko-b.test", "--first-entry", "5f0c"}).code,
            kExitUsage);
  const Ran without = node_.Run({"partner", "accept", "toko-b.test", "--because", "by phone"});
  EXPECT_EQ(without.code, kExitUsage);
  EXPECT_THAT(without.err, AllOf(HasSubstr("--first-entry"), HasSubstr("by phone")));
}

TEST_F(WarningCommandTest, APartnerThatBeganANewLogIsShownWithWhatToCompare) {
  node_.release_partner = [](const v1::ReleasePartnerRequest& request,
                             v1::ReleasePartnerResponse& response) {
    response.mutable_partner()->set_origin(request.origin());
    response.mutable_partner()->set_adopted_origin("toko-b2.test");
    response.mutable_partner()->set_adopted_first_entry("5f0c");
    response.mutable_partner()->set_adopted_after(7);
    response.mutable_partner()->set_forked(true);
    return grpc::Status::OK;
  };
  EXPECT_THAT(node_.Run({"partner", "release", "toko-b.test", "--because", "x"}).out,
              AllOf(HasSubstr("toko-b2.test, not accepted yet"), HasSubstr("5f0c")));
  const Ran ran =
      node_.Run({"partner", "release", "toko-b.test", "--because", "x", "--output", "json"});
  const Json shown = Json::parse(ran.out);
  EXPECT_EQ(shown["adopted_origin"], "toko-b2.test");
  EXPECT_EQ(shown["adopted_first_entry"], "5f0c");
  EXPECT_EQ(shown["adopted_after"], 7);
  EXPECT_EQ(shown["forked"], true);
}

TEST_F(WarningCommandTest, ReleaseSendsTheReason) {
  v1::ReleasePartnerRequest asked;
  node_.release_partner = [&](const v1::ReleasePartnerRequest& request,
                              v1::ReleasePartnerResponse& response) {
    asked = request;
    response.mutable_partner()->set_origin(request.origin());
    return grpc::Status::OK;
  };
  const Ran ran = node_.Run({"partner", "release", "toko-b.test", "--because", "a backlog"});
  ASSERT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(asked.origin() + " " + asked.because(), "toko-b.test a backlog");
  EXPECT_THAT(ran.out, HasSubstr("toko-b.test"));
}

}  // namespace
}  // namespace daftar::cli
