#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class CheckCommandTest : public ::testing::Test {
 protected:
  CheckCommandTest() {
    node_.check = [this](const v1::CheckRequest& request, v1::CheckResponse& response) {
      asked_ = request;
      response.set_effect(answer_);
      response.set_because("because");
      response.set_receipt("r1");
      return grpc::Status::OK;
    };
  }
  FakeNode node_;
  v1::Effect answer_ = v1::EFFECT_ACCEPT;
  v1::CheckRequest asked_;
};

TEST_F(CheckCommandTest, ExitCodeIsTheEffect) {
  const std::pair<v1::Effect, int> cases[] = {{v1::EFFECT_ACCEPT, 0},
                                              {v1::EFFECT_DEPOSIT, 10},
                                              {v1::EFFECT_PREPAY, 11},
                                              {v1::EFFECT_REVIEW, 20},
                                              {v1::EFFECT_DECLINE, 21}};
  for (const auto& [effect, exit] : cases) {
    answer_ = effect;
    EXPECT_EQ(node_.Run({"check", "--phone", "0812"}).code, exit);
    EXPECT_EQ(node_.Run({"check", "--phone", "0812", "--output", "json"}).code, exit);
  }
}

TEST_F(CheckCommandTest, EffectFromANewerNodeIsAnErrorAndNoAnswer) {
  answer_ = static_cast<v1::Effect>(9);
  const Ran ran = node_.Run({"check", "--phone", "0812"});
  EXPECT_EQ(ran.code, kExitInternal);
  EXPECT_EQ(ran.out, "");
}

TEST_F(CheckCommandTest, AnOrderOfNothingIsNotAsked) {
  const Ran ran = node_.Run({"check", "--phone", "0812", "--amount", "0.00", "--currency", "IDR"});
  EXPECT_EQ(ran.code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr("leave out --amount"));
  EXPECT_EQ(asked_.identifiers_size(), 0);
}

TEST_F(CheckCommandTest, EverythingGivenIsAsked) {
  ASSERT_EQ(node_
                .Run({"check", "--phone", "+62 812 3456 7890", "--email", "a@b.test", "--phone",
                      "0813", "--amount", "4500000", "--currency", "IDR", "--terms", "cod"})
                .code,
            0);
  ASSERT_EQ(asked_.identifiers_size(), 3);
  EXPECT_EQ(asked_.identifiers(0).phone(), "+62 812 3456 7890");
  EXPECT_EQ(asked_.identifiers(1).phone(), "0813");
  EXPECT_EQ(asked_.identifiers(2).email(), "a@b.test");
  EXPECT_EQ(asked_.amount().minor(), 450000000u);
  EXPECT_EQ(asked_.terms(), v1::TERMS_COD);
  EXPECT_EQ(asked_.request_id().size(), 32u);
}

TEST_F(CheckCommandTest, TermsAreCreditUnlessSaid) {
  ASSERT_EQ(node_.Run({"check", "--handle", "ibm/7"}).code, 0);
  EXPECT_EQ(asked_.terms(), v1::TERMS_CREDIT);
  EXPECT_FALSE(asked_.has_amount());
}

TEST_F(CheckCommandTest, DashReadsStandardInput) {
  ASSERT_EQ(node_.Run({"check", "--phone", "-"}, "", "0812-3456-7890\n").code, 0);
  EXPECT_EQ(asked_.identifiers(0).phone(), "0812-3456-7890");
}

TEST_F(CheckCommandTest, NobodyToAskAboutIsRefused) {
  const Ran ran = node_.Run({"check"});
  EXPECT_EQ(ran.code, kExitUsage);
  EXPECT_THAT(ran.err, HasSubstr("--phone"));
}

TEST_F(CheckCommandTest, TextAndJson) {
  EXPECT_THAT(node_.Run({"check", "--phone", "0812"}).out, StartsWith("ACCEPT\nbecause\n"));
  const Json document =
      Json::parse(node_.Run({"--output", "json", "check", "--phone", "0812"}).out, nullptr, false);
  ASSERT_TRUE(document.is_object());
  EXPECT_EQ(document["effect"], "accept");
  EXPECT_EQ(document["receipt"], "r1");
}

TEST(WhyCommandTest, AsksForTheReceipt) {
  FakeNode node;
  std::string asked;
  node.get_receipt = [&](const v1::GetReceiptRequest& request, v1::GetReceiptResponse& response) {
    asked = request.receipt();
    response.set_effect(v1::EFFECT_DECLINE);
    return grpc::Status::OK;
  };
  // Asking why is no decision: its exit code says only that it could be told.
  EXPECT_EQ(node.Run({"why", "r1"}).code, 0);
  EXPECT_EQ(asked, "r1");
}

TEST(IncidentCommandTest, AddSendsEverythingAndPrintsTheId) {
  FakeNode node;
  v1::AddIncidentRequest asked;
  node.add_incident = [&](const v1::AddIncidentRequest& request,
                          v1::AddIncidentResponse& response) {
    asked = request;
    response.mutable_incident()->set_id("i9");
    return grpc::Status::OK;
  };
  const Ran ran = node.Run({"incident",   "add",
                            "--reason",   "deposit-unsettled",
                            "--phone",    "0812-3456-7890",
                            "--amount",   "4500000",
                            "--currency", "IDR",
                            "--occurred", "2026-10-01",
                            "--due",      "2026-10-08",
                            "--reminder", "2026-10-09",
                            "--reminder", "2026-10-16",
                            "--note",     "blue van",
                            "--output",   "json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(Json::parse(ran.out, nullptr, false)["id"], "i9");
  EXPECT_EQ(asked.reason(), "deposit-unsettled");
  EXPECT_EQ(asked.identifiers(0).phone(), "0812-3456-7890");
  EXPECT_EQ(asked.amount().minor(), 450000000u);
  EXPECT_EQ(asked.occurred(), "2026-10-01");
  EXPECT_EQ(asked.due(), "2026-10-08");
  EXPECT_EQ(asked.reminders_size(), 2);
  EXPECT_EQ(asked.note(), "blue van");
}

TEST(IncidentCommandTest, RemindSendsTheDayAndHow) {
  FakeNode node;
  v1::RemindIncidentRequest asked;
  node.remind_incident = [&](const v1::RemindIncidentRequest& request,
                             v1::RemindIncidentResponse& response) {
    asked = request;
    response.mutable_incident()->set_id("i9");
    return grpc::Status::OK;
  };
  const Ran ran = node.Run({"incident", "remind", "i9", "--on", "2026-10-16", "--because",
                            "by WhatsApp", "--output", "json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(asked.id() + asked.on() + asked.because(), "i92026-10-16by WhatsApp");
  EXPECT_EQ(asked.request_id().size(), 32u);
  EXPECT_EQ(Json::parse(ran.out, nullptr, false)["id"], "i9");
  EXPECT_EQ(node.Run({"incident", "remind", "i9"}).code, 0);
  EXPECT_EQ(asked.on() + asked.because(), "");
  EXPECT_EQ(node.Run({"incident", "remind", "i9", "--on", "soon"}).code, kExitUsage);
}

TEST(IncidentCommandTest, OrderBringsTheRest) {
  FakeNode node;
  v1::AddIncidentRequest asked;
  node.add_incident = [&](const v1::AddIncidentRequest& request, v1::AddIncidentResponse&) {
    asked = request;
    return grpc::Status::OK;
  };
  EXPECT_EQ(node.Run({"incident", "add", "--order", "o1"}).code, 0);
  EXPECT_EQ(asked.order(), "o1");
  EXPECT_EQ(asked.identifiers_size(), 0);
}

TEST(IncidentCommandTest, AddWithoutReasonOrCustomerIsRefusedBeforeTheNodeIsAsked) {
  EXPECT_THAT(RunCli({"incident", "add", "--phone", "0812"}).err, HasSubstr("--reason is needed"));
  EXPECT_THAT(RunCli({"incident", "add", "--reason", "no-show"}).err,
              HasSubstr("needs an identifier"));
  EXPECT_THAT(RunCli({"incident", "add", "--reason", "no-show", "--phone", "0812"}).err,
              HasSubstr("like --occurred 2026-10-01"));
}

TEST(IncidentCommandTest, RefusedPublicationListsWhatIsMissing) {
  FakeNode node;
  node.publish_incident = [](const v1::PublishIncidentRequest&, v1::PublishIncidentResponse&) {
    return grpc::Status(grpc::StatusCode::FAILED_PRECONDITION,
                        "the incident cannot be shared yet:\n- an amount\n- the due date");
  };
  const Ran text = node.Run({"incident", "publish", "i9"});
  EXPECT_EQ(text.code, kExitPrecondition);
  EXPECT_EQ(text.err, "daftar: the incident cannot be shared yet:\n- an amount\n- the due date\n");
  const Json document =
      Json::parse(node.Run({"incident", "publish", "i9", "--output", "json"}).err, nullptr, false);
  EXPECT_EQ(document["error"]["code"], "failed_precondition");
  EXPECT_EQ(document["error"]["missing"].dump(), R"(["an amount","the due date"])");
}

TEST(IncidentCommandTest, SettleAndWithdrawSendReasonDayAndGround) {
  FakeNode node;
  v1::SettleIncidentRequest settled;
  v1::WithdrawIncidentRequest withdrawn;
  node.settle_incident = [&](const v1::SettleIncidentRequest& request,
                             v1::SettleIncidentResponse&) {
    settled = request;
    return grpc::Status::OK;
  };
  node.withdraw_incident = [&](const v1::WithdrawIncidentRequest& request,
                               v1::WithdrawIncidentResponse&) {
    withdrawn = request;
    return grpc::Status::OK;
  };
  EXPECT_EQ(node.Run({"incident", "settle", "i9", "--because", "paid", "--on", "2026-11-02"}).code,
            0);
  EXPECT_EQ(settled.id() + settled.because() + settled.settled_on(), "i9paid2026-11-02");
  EXPECT_EQ(
      node.Run({"incident", "withdraw", "i9", "--because", "wrong", "--ground", "mistake"}).code,
      0);
  EXPECT_EQ(withdrawn.id() + withdrawn.because() + withdrawn.ground(), "i9wrongmistake");
}

// A node with `total` incidents in pages.
void ServeIncidents(FakeNode& node, int total, std::vector<uint32_t>& page_sizes) {
  node.list_incidents = [&page_sizes, total](const v1::ListIncidentsRequest& request,
                                             v1::ListIncidentsResponse& response) {
    page_sizes.push_back(request.page_size());
    const int from = request.page_token().empty() ? 0 : std::stoi(request.page_token());
    const int to = std::min(total, from + static_cast<int>(request.page_size()));
    for (int i = from; i < to; ++i) response.add_incidents()->set_id("i" + std::to_string(i));
    if (to < total) response.set_next_page_token(std::to_string(to));
    return grpc::Status::OK;
  };
}

TEST(IncidentCommandTest, ListFollowsPagesUpToItsLimit) {
  FakeNode node;
  std::vector<uint32_t> page_sizes;
  ServeIncidents(node, 2600, page_sizes);
  const auto listed = [&](std::vector<std::string> extra) {
    std::vector<std::string> arguments{"incident", "list", "--output", "json"};
    arguments.insert(arguments.end(), extra.begin(), extra.end());
    page_sizes.clear();
    return Json::parse(node.Run(arguments).out, nullptr, false);
  };
  Json document = listed({});
  EXPECT_EQ(document["incidents"].size(), 1000u);
  EXPECT_EQ(document["more"], true);
  document = listed({"--limit", "2500"});
  EXPECT_EQ(document["incidents"].size(), 2500u);
  EXPECT_THAT(page_sizes, ::testing::ElementsAre(1000, 1000, 500));
  document = listed({"--limit", "3000"});
  EXPECT_EQ(document["incidents"].size(), 2600u);
  EXPECT_EQ(document["more"], false);
}

TEST(CustomerCommandTest, ShowTakesAnIdOrOneIdentifier) {
  FakeNode node;
  v1::GetCustomerRequest asked;
  node.get_customer = [&](const v1::GetCustomerRequest& request, v1::GetCustomerResponse&) {
    asked = request;
    return grpc::Status::OK;
  };
  EXPECT_EQ(node.Run({"customer", "show", "c1"}).code, 0);
  EXPECT_EQ(asked.id(), "c1");
  EXPECT_EQ(node.Run({"customer", "show", "--phone", "0812"}).code, 0);
  EXPECT_EQ(asked.identifier().phone(), "0812");
  EXPECT_EQ(node.Run({"customer", "show"}).code, kExitUsage);
  EXPECT_EQ(node.Run({"customer", "show", "c1", "--phone", "0812"}).code, kExitUsage);
  EXPECT_EQ(node.Run({"customer", "show", "--phone", "1", "--phone", "2"}).code, kExitUsage);
}

TEST(CustomerCommandTest, AddSendsNameAndIdentifiers) {
  FakeNode node;
  v1::AddCustomerRequest asked;
  node.add_customer = [&](const v1::AddCustomerRequest& request, v1::AddCustomerResponse&) {
    asked = request;
    return grpc::Status::OK;
  };
  EXPECT_EQ(node.Run({"customer", "add", "--name", "Ibu Sari", "--phone", "0812"}).code, 0);
  EXPECT_EQ(asked.name(), "Ibu Sari");
  EXPECT_EQ(asked.identifiers(0).phone(), "0812");
}

TEST(CustomerCommandTest, AddToAKnownCustomerSendsItsIdAndTakesNoName) {
  FakeNode node;
  v1::AddCustomerRequest asked;
  node.add_customer = [&](const v1::AddCustomerRequest& request, v1::AddCustomerResponse&) {
    asked = request;
    return grpc::Status::OK;
  };
  EXPECT_EQ(node.Run({"customer", "add", "--to", "c1", "--email", "a@mail.id"}).code, 0);
  EXPECT_EQ(asked.to() + asked.name(), "c1");
  EXPECT_EQ(asked.identifiers(0).email(), "a@mail.id");
  for (const char* option : {"--name", "--group"}) {
    const Ran ran = node.Run({"customer", "add", "--to", "c1", "--phone", "0812", option, "x"});
    EXPECT_EQ(ran.code, kExitUsage);
    EXPECT_THAT(ran.err, HasSubstr("daftar customer group"));
  }
}

TEST(SuggestCommandTest, SendsTheDaysAndFollowsPages) {
  FakeNode node;
  std::vector<uint32_t> days;
  node.suggest_incidents = [&](const v1::SuggestIncidentsRequest& request,
                               v1::SuggestIncidentsResponse& response) {
    days.push_back(request.more_than_days_late());
    response.add_suggestions()->set_order("o" + std::to_string(days.size()));
    if (request.page_token().empty()) response.set_next_page_token("next");
    return grpc::Status::OK;
  };
  const Ran ran =
      node.Run({"ledger", "suggest", "--more-than-days-late", "30", "--output", "json"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(Json::parse(ran.out, nullptr, false)["suggestions"].size(), 2u);
  EXPECT_THAT(days, ::testing::ElementsAre(30, 30));
}

}  // namespace
}  // namespace daftar::cli
