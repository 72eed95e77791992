// The commands about what becomes of an incident, against a node that answers what the test says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/json.h"
#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kId[] = "000102030405060708090a0b0c0d0e0f";

v1::Incident Told(const std::string& state) {
  v1::Incident incident;
  incident.set_id(kId);
  incident.set_state(state);
  incident.set_reason("deposit-unsettled");
  return incident;
}

TEST(IncidentCommands, ApprovingTellsThatTheHoldBeginsWithTheNotice) {
  FakeNode node;
  node.approve_incident = [](const v1::ApproveIncidentRequest& request, auto& response) {
    EXPECT_EQ(request.id(), kId);
    EXPECT_FALSE(request.request_id().empty());
    *response.mutable_incident() = Told("held");
    return grpc::Status::OK;
  };
  const Ran ran = node.Run({"incident", "approve", kId});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("daftar incident notice " + std::string(kId) + " --pay"));
}

TEST(IncidentCommands, TheLetterAloneIsPrintedAndWhatFollowsIsSaidBesideIt) {
  FakeNode node;
  node.give_notice = [](const v1::GiveNoticeRequest& request, auto& response) {
    EXPECT_EQ(request.language(), "id");
    EXPECT_EQ(request.to(), "Ibu Sari");
    EXPECT_EQ(request.how_to_pay(), "Bank X 12");
    EXPECT_EQ(request.contact(), "0811");
    *response.mutable_incident() = Told("held");
    response.mutable_incident()->set_held_until("2026-12-01T00:00:00Z");
    response.set_letter("Dear Ibu Sari\n");
    response.set_code("K7F3-9Q2M");
    return grpc::Status::OK;
  };
  const Ran ran = node.Run({"incident", "notice", kId, "--lang", "id", "--to", "Ibu Sari", "--pay",
                            "Bank X 12", "--contact", "0811"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "Dear Ibu Sari\n");
  EXPECT_THAT(ran.err, HasSubstr("2026-12-01T00:00:00Z"));
  EXPECT_THAT(ran.err, HasSubstr("daftar incident dispute K7F3-9Q2M"));
  const Ran json = node.Run({"incident", "notice", kId, "--lang", "id", "--to", "Ibu Sari", "--pay",
                             "Bank X 12", "--contact", "0811", "--output", "json"});
  EXPECT_EQ(Json::parse(json.out)["code"], "K7F3-9Q2M");
  EXPECT_THAT(json.err, IsEmpty());
}

TEST(IncidentCommands, ANoticeNeedsHowToPayAndHowToObject) {
  FakeNode node;
  EXPECT_EQ(node.Run({"incident", "notice", kId, "--pay", "Bank X 12"}).code, 64);
  EXPECT_EQ(node.Run({"incident", "notice", kId, "--contact", "0811"}).code, 64);
}

TEST(IncidentCommands, ADisputeTakesTheCodeOfTheNoticeAndShowsWhoDisputes) {
  FakeNode node;
  node.dispute_incident = [](const v1::DisputeIncidentRequest& request, auto& response) {
    EXPECT_EQ(request.id(), "K7F3-9Q2M");
    EXPECT_EQ(request.because(), "paid in cash");
    EXPECT_EQ(request.on(), "2026-11-02");
    v1::Incident incident = Told("disputed");
    incident.set_disputed_by("person");
    incident.set_disputed_on("2026-11-02");
    incident.set_flagged(true);
    incident.set_next_action("withdraw-unanswered");
    incident.set_next_at("2026-12-02T00:00:00Z");
    *response.mutable_incident() = incident;
    return grpc::Status::OK;
  };
  const Ran ran = node.Run(
      {"incident", "dispute", "K7F3-9Q2M", "--on", "2026-11-02", "--because", "paid in cash"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("by the customer, on 2026-11-02; it has waited too long"));
  EXPECT_THAT(ran.out, HasSubstr("withdrawn at 2026-12-02T00:00:00Z, unless the dispute"));
  const Ran json = node.Run({"incident", "dispute", "K7F3-9Q2M", "--on", "2026-11-02", "--because",
                             "paid in cash", "--output", "json"});
  const Json told = Json::parse(json.out);
  EXPECT_EQ(told["disputed_by"], "person");
  EXPECT_EQ(told["flagged"], true);
  EXPECT_EQ(told["next_action"], "withdraw-unanswered");
  EXPECT_TRUE(told["erased_for"].is_null());
}

TEST(IncidentCommands, ResolvingNeedsAnOutcomeAndAReason) {
  FakeNode node;
  node.resolve_incident = [](const v1::ResolveIncidentRequest& request, auto& response) {
    EXPECT_EQ(request.outcome(), "upheld");
    *response.mutable_incident() = Told("published");
    return grpc::Status::OK;
  };
  EXPECT_EQ(node.Run({"incident", "resolve", kId, "--because", "x"}).code, 64);
  EXPECT_EQ(node.Run({"incident", "resolve", kId, "--outcome", "upheld"}).code, 64);
  EXPECT_EQ(node.Run({"incident", "resolve", kId, "--outcome", "upheld", "--because", "x"}).code,
            0);
}

TEST(IncidentCommands, ACorrectionCarriesOnlyWhatIsGiven) {
  FakeNode node;
  node.correct_incident = [](const v1::CorrectIncidentRequest& request, auto& response) {
    EXPECT_FALSE(request.has_amount());
    EXPECT_EQ(request.due(), "2026-10-15");
    EXPECT_EQ(request.reminders_size(), 2);
    *response.mutable_incident() = Told("corrected");
    return grpc::Status::OK;
  };
  const Ran ran = node.Run({"incident", "correct", kId, "--due", "2026-10-15", "--reminder",
                            "2026-10-16", "--reminder", "2026-10-20", "--because", "typed wrong"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(node.Run({"incident", "correct", kId, "--due", "15.10.", "--because", "x"}).code, 64);
}

TEST(IncidentCommands, ErasingNeedsItsGround) {
  FakeNode node;
  node.erase_incident = [](const v1::EraseIncidentRequest& request, auto& response) {
    EXPECT_EQ(request.ground(), "request");
    v1::Incident incident = Told("erased");
    incident.set_erased_for("request");
    *response.mutable_incident() = incident;
    return grpc::Status::OK;
  };
  EXPECT_EQ(node.Run({"incident", "erase", kId, "--because", "x"}).code, 64);
  const Ran ran = node.Run({"incident", "erase", kId, "--ground", "request", "--because", "x"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("request"));
}

TEST(IncidentCommands, FilingCarriesTheDayOnWhichTheCustomerWasTold) {
  FakeNode node;
  node.add_incident = [](const v1::AddIncidentRequest& request, auto& response) {
    EXPECT_EQ(request.told_on(), "2026-09-01");
    *response.mutable_incident() = Told("ready");
    return grpc::Status::OK;
  };
  const Ran ran = node.Run({"incident", "add", "--reason", "deposit-unsettled", "--phone",
                            "0812-3456-7890", "--occurred", "2026-10-01", "--told", "2026-09-01"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, Not(HasSubstr("Missing")));
}

}  // namespace
}  // namespace daftar::cli
