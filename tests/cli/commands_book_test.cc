// What the commands about the book and the policy send, and what they make of the answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <future>
#include <thread>

#include "cli/commands.h"
#include "cli/json.h"
#include "node/decision/policy.h"
#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kOrderId[] = "00112233445566778899aabbccddeeff-0123456789abcdef";

// A method of the node that keeps what it was asked and answers `answer`.
template <class Request, class Response>
std::function<grpc::Status(const Request&, Response&)> Keep(Request& asked, Response answer = {}) {
  return [&asked, answer](const Request& request, Response& response) {
    asked = request;
    response = answer;
    return grpc::Status::OK;
  };
}

class BookCommandTest : public ::testing::Test {
 protected:
  FakeNode node_;
};

TEST_F(BookCommandTest, MergeAndUnmergeSendIdsAndTheReason) {
  v1::MergeCustomersRequest merged;
  node_.merge_customers =
      Keep(merged, Proto<v1::MergeCustomersResponse>("customer { id: 'c1' name: 'Ibu Sari' }"));
  const Ran ran =
      node_.Run({"customer", "merge", "c1", "c2", "--because", "new phone", "--output", "json"});
  ASSERT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(merged.into(), "c1");
  EXPECT_EQ(merged.from(), "c2");
  EXPECT_EQ(merged.because(), "new phone");
  EXPECT_EQ(merged.request_id().size(), 32u);
  EXPECT_EQ(Json::parse(ran.out, nullptr, false)["id"], "c1");

  v1::UnmergeCustomerRequest parted;
  node_.unmerge_customer = Keep<v1::UnmergeCustomerRequest, v1::UnmergeCustomerResponse>(parted);
  EXPECT_EQ(node_.Run({"customer", "unmerge", "c2", "--because", "brothers"}).code, kExitOk);
  EXPECT_EQ(parted.id() + parted.because(), "c2brothers");
}

TEST_F(BookCommandTest, ACustomerIsNotMergedIntoItself) {
  EXPECT_EQ(node_.Run({"customer", "merge", "c1", "c1", "--because", "x"}).code, kExitUsage);
}

TEST_F(BookCommandTest, ErasureNeedsAYesAndTellsWhatStays) {
  v1::EraseCustomerRequest erased;
  node_.erase_customer =
      Keep(erased, Proto<v1::EraseCustomerResponse>(
                       "orders_erased: 3 orders_kept: 1 kept_because: 'A debt is open.'"));
  const Ran unasked = node_.Run({"customer", "erase", "c1", "--because", "asked"}, "", "yes\n");
  EXPECT_EQ(unasked.code, kExitUsage);
  EXPECT_THAT(unasked.err, HasSubstr("--yes"));
  EXPECT_EQ(erased.id(), "");
  const Ran ran = node_.Run({"customer", "erase", "c1", "--yes", "--because", "asked"});
  ASSERT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(erased.id() + erased.because(), "c1asked");
  EXPECT_THAT(ran.out, HasSubstr("A debt is open."));
  EXPECT_THAT(RunCli({"customer", "erase", "--help"}).out, HasSubstr("leave its lines out"));
}

TEST_F(BookCommandTest, OnATerminalErasureAsksAndOnlyYesIsYes) {
  v1::EraseCustomerRequest erased;
  node_.erase_customer = Keep<v1::EraseCustomerRequest, v1::EraseCustomerResponse>(erased);
  const auto answered = [&](const std::string& answer) {
    std::istringstream in(answer);
    std::ostringstream out;
    std::ostringstream err;
    Console console{in, out, err};
    console.in_is_terminal = true;
    return RunDaftar({"customer", "erase", "c1", "--because", "asked"}, {node_.dir(), ""}, console);
  };
  for (const char* no : {"", "\n", "y\n", "no\n", "yes please\n", "YES\n", "yesyesyesyes\n"}) {
    EXPECT_EQ(answered(no), kExitInterrupted) << no;
    EXPECT_EQ(erased.id(), "") << no;
  }
  EXPECT_EQ(answered("yes\n"), kExitOk);
  EXPECT_EQ(erased.id(), "c1");
}

TEST_F(BookCommandTest, CustomerGroupSendsWhatIsAddedAndRemoved) {
  v1::SetCustomerGroupsRequest asked;
  node_.set_customer_groups =
      Keep<v1::SetCustomerGroupsRequest, v1::SetCustomerGroupsResponse>(asked);
  EXPECT_EQ(node_
                .Run({"customer", "group", "c1", "--add", "vip", "--add", "regular", "--remove",
                      "new", "--because", "years"})
                .code,
            kExitOk);
  EXPECT_EQ(asked.id(), "c1");
  EXPECT_THAT(asked.add(), ElementsAre("vip", "regular"));
  EXPECT_THAT(asked.remove(), ElementsAre("new"));
  EXPECT_EQ(node_.Run({"customer", "group", "c1", "--because", "x"}).code, kExitUsage);
  EXPECT_EQ(node_.Run({"customer", "group", "c1", "--add", "A B", "--because", "x"}).code,
            kExitUsage);
}

TEST_F(BookCommandTest, GroupAddSendsTermsAndRule) {
  v1::PutGroupRequest asked;
  node_.put_group = Keep<v1::PutGroupRequest, v1::PutGroupResponse>(asked);
  const Ran ran = node_.Run({"group",     "add",
                             "wholesale", "--precedence",
                             "50",        "--at-least",
                             "deposit",   "--at-most",
                             "review",    "--deposit",
                             "33.3333",   "--credit-limit",
                             "20000000",  "--currency",
                             "IDR",       "--credit-limit",
                             "100.50",    "--currency",
                             "EUR",       "--credit-days",
                             "30",        "--price-list",
                             "b",         "--bonus-card",
                             "on",        "--rule-settled",
                             "10",        "--rule-on-time",
                             "90",        "--rule-most-days-late",
                             "0",         "--rule-bad",
                             "1",         "--rule-overdue-days",
                             "2",         "--rule-days-known",
                             "365",       "--rule-turnover",
                             "5000000",   "--rule-currency",
                             "IDR",       "--because",
                             "agreed"});
  ASSERT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(asked.because(), "agreed");
  const auto expected = Proto<v1::Group>(
      "name: 'wholesale' precedence: 50 at_least: EFFECT_DEPOSIT at_most: EFFECT_REVIEW "
      "deposit_ppm: 333333 credit_limits { minor: 10050 currency: 'EUR' } "
      "credit_limits { minor: 2000000000 currency: 'IDR' } credit_days: 30 price_list: 'b' "
      "bonus_card: true rule { least_settled: 10 least_on_time_ppm: 900000 most_days_late: 0 "
      "least_bad: 1 least_overdue_days: 2 least_days_known: 365 "
      "least_turnover { minor: 500000000 currency: 'IDR' } }");
  EXPECT_EQ(asked.group().DebugString(), expected.DebugString());
}

TEST_F(BookCommandTest, GroupWithoutOptionsLetsEverythingThroughAndHasNoRule) {
  v1::PutGroupRequest asked;
  node_.put_group = Keep<v1::PutGroupRequest, v1::PutGroupResponse>(asked);
  ASSERT_EQ(node_.Run({"group", "add", "plain", "--because", "x"}).code, kExitOk);
  EXPECT_EQ(asked.group().at_least(), v1::EFFECT_ACCEPT);
  EXPECT_EQ(asked.group().at_most(), v1::EFFECT_DECLINE);
  EXPECT_FALSE(asked.group().has_rule());
  EXPECT_FALSE(asked.group().has_deposit_ppm());
  EXPECT_FALSE(asked.group().has_credit_days());
}

TEST_F(BookCommandTest, GroupsThatContradictThemselvesAreNotSent) {
  const std::vector<std::vector<std::string>> wrong = {
      {"--at-least", "review", "--at-most", "deposit"},
      {"--deposit", "0"},
      {"--deposit", "33.33333"},
      {"--deposit", "-1"},
      {"--precedence", "0"},
      {"--precedence", "1001"},
      {"--credit-limit", "5"},
      {"--currency", "IDR"},
      {"--credit-limit", "5", "--currency", "IDR", "--credit-limit", "6", "--currency", "IDR"},
      {"--bonus-card", "yes"},
      {"--rule-on-time", "101"},
      {"--rule-settled", "many"},
      {"--rule-turnover", "5"},
  };
  node_.put_group = [](const v1::PutGroupRequest& request, v1::PutGroupResponse&) {
    ADD_FAILURE() << request.DebugString();
    return grpc::Status::OK;
  };
  for (const auto& options : wrong) {
    std::vector<std::string> arguments{"group", "add", "g", "--because", "x"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    EXPECT_EQ(node_.Run(arguments).code, kExitUsage) << options[0] << " " << options[1];
  }
}

TEST_F(BookCommandTest, GroupListRemoveAndReport) {
  node_.list_groups = [](const v1::ListGroupsRequest&, v1::ListGroupsResponse& response) {
    response.add_groups()->set_name("vip");
    return grpc::Status::OK;
  };
  EXPECT_THAT(node_.Run({"group", "list"}).out, HasSubstr("vip"));
  v1::RemoveGroupRequest removed;
  node_.remove_group = Keep<v1::RemoveGroupRequest, v1::RemoveGroupResponse>(removed);
  const Ran ran = node_.Run({"group", "remove", "vip", "--because", "x", "--output", "json"});
  EXPECT_EQ(removed.name() + removed.because(), "vipx");
  EXPECT_EQ(Json::parse(ran.out, nullptr, false)["removed"], "vip");
  EXPECT_EQ(Json::parse(ran.out, nullptr, false)["customers"], 0);
  EXPECT_THAT(std::string(Json::parse(ran.out, nullptr, false)["restore"]),
              HasSubstr("daftar group add vip --precedence 400"));
  EXPECT_THAT(node_.Run({"group", "remove", "staff", "--because", "x"}).out,
              HasSubstr("\n  daftar group add staff --precedence 100 --at-most accept "
                        "--because TEXT\n"));
  node_.remove_group = [](const v1::RemoveGroupRequest&, v1::RemoveGroupResponse& response) {
    response.set_customers(12);
    return grpc::Status::OK;
  };
  EXPECT_EQ(node_.Run({"group", "remove", "mine", "--because", "x"}).out,
            "Removed the group mine.\n12 customers were in it by hand, and not any more.\n");
  const Ran own = node_.Run({"group", "remove", "mine", "--because", "x", "--output", "json"});
  EXPECT_TRUE(Json::parse(own.out, nullptr, false)["restore"].is_null());
  v1::ReportGroupsRequest report;
  node_.report_groups = Keep<v1::ReportGroupsRequest, v1::ReportGroupsResponse>(report);
  EXPECT_EQ(node_.Run({"group", "report", "--from", "2026-01-01", "--to", "2026-06-30"}).code,
            kExitOk);
  EXPECT_EQ(report.from() + report.to(), "2026-01-012026-06-30");
  EXPECT_EQ(node_.Run({"group", "report", "--from", "2026-01-02", "--to", "2026-01-01"}).code,
            kExitUsage);
}

TEST_F(BookCommandTest, AReportShowsHowFarItIsOnATerminal) {
  v1::ReportGroupsRequest request;
  node_.report_groups = Keep<v1::ReportGroupsRequest, v1::ReportGroupsResponse>(request);
  for (const uint64_t done : {1000, 2000}) {
    v1::ReportProgress& progress = *node_.report_progress.emplace_back().mutable_progress();
    progress.set_customers_done(done);
    progress.set_customers(2500);
  }
  const auto told = [this](bool terminal, const std::vector<std::string>& more) {
    std::vector<std::string> all = {"group", "report"};
    all.insert(all.end(), more.begin(), more.end());
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    Console console{in, out, err};
    console.err_is_terminal = terminal;
    EXPECT_EQ(RunDaftar(all, {node_.dir(), ""}, console), kExitOk);
    EXPECT_THAT(out.str(), Not(HasSubstr("customers")));  // the report alone
    return err.str();
  };
  EXPECT_THAT(told(true, {}), AllOf(HasSubstr("40 %  1000 customers"), HasSubstr("80 %")));
  EXPECT_EQ(told(false, {}), "");
  EXPECT_EQ(told(true, {"--output", "json"}), "");
}

TEST_F(BookCommandTest, CtrlCEndsAReportThatTellsMuch) {
  std::promise<bool> ended;
  node_.before_report = [&ended](const grpc::ServerContext&, FakeNode::ReportWriter& writer) {
    constexpr int kMany = 100'000;  // without a pause in which to ask whether to stop
    v1::ReportGroupsResponse message;
    message.mutable_progress()->set_customers(kMany);
    kill(getpid(), SIGINT);
    bool gone = false;
    for (int i = 0; i < kMany && !gone; ++i) gone = !writer.Write(message);
    ended.set_value(gone);
  };
  EXPECT_EQ(node_.Run({"group", "report"}).code, kExitInterrupted);
  EXPECT_TRUE(ended.get_future().get());
}

TEST_F(BookCommandTest, CtrlCEndsAReportHereAndAtTheNode) {
  node_.before_report = [](const grpc::ServerContext& call, auto&) {
    kill(getpid(), SIGINT);
    while (!call.IsCancelled()) std::this_thread::yield();
  };
  const Ran ran = node_.Run({"group", "report"});
  EXPECT_EQ(ran.code, kExitInterrupted);
  EXPECT_EQ(ran.out, "");
}

TEST_F(BookCommandTest, AReportThatFallsSilentIsGivenUp) {
  node_.before_report = [](const grpc::ServerContext& call, auto&) {
    while (!call.IsCancelled()) std::this_thread::yield();
  };
  const Ran ran = node_.Run({"group", "report", "--timeout", "1"});
  EXPECT_EQ(ran.code, kExitTryAgain);
  EXPECT_THAT(ran.err, HasSubstr("did not answer within 1 s"));
}

TEST_F(BookCommandTest, AReportThatTheNodeRefusesOrDoesNotKnowSaysSo) {
  EXPECT_THAT(node_.Run({"group", "report"}).err, HasSubstr("different versions"));
  node_.report_groups = [](const auto&, auto&) {
    return grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "for managers");
  };
  const Ran ran = node_.Run({"group", "report"});
  EXPECT_EQ(ran.code, kExitDenied);
  EXPECT_THAT(ran.err, HasSubstr("for managers"));
  EXPECT_THAT(RunCli({"group", "report"}, {node_.folder().path() + "/none", ""}).err,
              HasSubstr("daftar init"));
}

TEST_F(BookCommandTest, AllowlistNamesNobodyItRemoves) {
  v1::AddAllowedRequest added;
  node_.add_allowed = Keep<v1::AddAllowedRequest, v1::AddAllowedResponse>(added);
  EXPECT_EQ(
      node_.Run({"allow", "add", "--phone", "-", "--because", "my sister"}, "", "0812-77\n").code,
      kExitOk);
  ASSERT_EQ(added.identifiers_size(), 1);
  EXPECT_EQ(added.identifiers(0).phone(), "0812-77");
  EXPECT_EQ(added.because(), "my sister");

  v1::RemoveAllowedRequest removed;
  node_.remove_allowed = Keep<v1::RemoveAllowedRequest, v1::RemoveAllowedResponse>(removed);
  EXPECT_EQ(node_.Run({"allow", "remove", "a1", "--because", "x"}).code, kExitOk);
  EXPECT_EQ(removed.id(), "a1");
  const Ran ran =
      node_.Run({"allow", "remove", "--phone", "0812-77", "--because", "x", "--output", "json"});
  EXPECT_EQ(removed.identifier().phone(), "0812-77");
  EXPECT_TRUE(Json::parse(ran.out, nullptr, false)["removed"].is_null());
  EXPECT_THAT(ran.out + ran.err, Not(HasSubstr("0812")));
  for (const std::vector<std::string>& wrong :
       {std::vector<std::string>{"allow", "remove", "--because", "x"},
        {"allow", "remove", "a1", "--phone", "0812", "--because", "x"},
        {"allow", "remove", "--phone", "1", "--phone", "2", "--because", "x"}}) {
    EXPECT_EQ(node_.Run(wrong).code, kExitUsage);
  }
}

TEST_F(BookCommandTest, AllowListShowsItsEntries) {
  node_.list_allowed = [](const v1::ListAllowedRequest&, v1::ListAllowedResponse& response) {
    response.add_allowed()->set_id("a1");
    return grpc::Status::OK;
  };
  const Ran ran = node_.Run({"allow", "list", "--output", "json"});
  EXPECT_EQ(Json::parse(ran.out, nullptr, false)["allowed"][0]["id"], "a1");
}

TEST_F(BookCommandTest, AllowListFetchesEveryPage) {
  node_.list_allowed = [](const v1::ListAllowedRequest& request,
                          v1::ListAllowedResponse& response) {
    EXPECT_EQ(request.page_size(), 1000u);
    response.add_allowed()->set_id(request.page_token().empty() ? "a1" : request.page_token());
    if (request.page_token().empty()) response.set_next_page_token("a2");
    if (request.page_token() == "a2") response.set_next_page_token("a3");
    return grpc::Status::OK;
  };
  const Ran ran = node_.Run({"allow", "list", "--output", "json"});
  const Json shown = Json::parse(ran.out, nullptr, false)["allowed"];
  ASSERT_EQ(shown.size(), 3u);
  EXPECT_EQ(shown[2]["id"], "a3");
}

TEST_F(BookCommandTest, OrderAddSendsEverything) {
  v1::AddOrderRequest asked;
  node_.add_order = Keep<v1::AddOrderRequest, v1::AddOrderResponse>(asked);
  const Ran ran = node_.Run({"order",      "add",        "--phone",  "0812",       "--amount",
                             "4500000",    "--currency", "IDR",      "--invoice",  "INV-7",
                             "--invoiced", "2026-11-01", "--due",    "2026-12-01", "--terms",
                             "deposit",    "--name",     "Ibu Sari", "--receipt",  "r1"});
  ASSERT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(asked.request_id().size(), 32u);
  asked.clear_request_id();
  const auto expected = Proto<v1::AddOrderRequest>(
      "identifiers { phone: '0812' } name: 'Ibu Sari' invoice: 'INV-7' "
      "amount { minor: 450000000 currency: 'IDR' } invoiced: '2026-11-01' due: '2026-12-01' "
      "terms: TERMS_DEPOSIT receipt: 'r1'");
  EXPECT_EQ(asked.DebugString(), expected.DebugString());
  EXPECT_EQ(node_.Run({"order", "add", "--phone", "0812"}).code, kExitUsage);
  const Ran nothing =
      node_.Run({"order", "add", "--phone", "0812", "--amount", "0", "--currency", "IDR"});
  EXPECT_EQ(nothing.code, kExitUsage);
  EXPECT_THAT(nothing.err, HasSubstr("--amount 0 is no order"));
}

TEST_F(BookCommandTest, OrderAddTellsWhatWasLeftOut) {
  v1::AddOrderRequest asked;
  node_.add_order = Keep(
      asked, Proto<v1::AddOrderResponse>("order { id: 'o1' } left_out: 'email: nobody reads it'"));
  std::vector<std::string> command = {"order",    "add",  "--phone",    "0812",
                                      "--amount", "4500", "--currency", "IDR"};
  EXPECT_THAT(node_.Run(command).out, AllOf(HasSubstr("o1"), HasSubstr("Left out"),
                                            HasSubstr("  - email: nobody reads it\n")));
  command.insert(command.end(), {"--output", "json"});
  const Json shown = Json::parse(node_.Run(command).out, nullptr, false);
  EXPECT_EQ(shown["id"], "o1");
  EXPECT_EQ(shown["left_out"].dump(), R"(["email: nobody reads it"])");
  node_.add_order = Keep<v1::AddOrderRequest, v1::AddOrderResponse>(asked);
  EXPECT_THAT(Json::parse(node_.Run(command).out, nullptr, false)["left_out"].dump(), "[]");
}

TEST_F(BookCommandTest, ListsAskForPagesUpToTheLimit) {
  v1::ListOrdersRequest asked;
  int pages = 0;
  node_.list_orders = [&](const v1::ListOrdersRequest& request,
                          v1::ListOrdersResponse& response) -> grpc::Status {
    asked = request;
    for (uint32_t i = 0; i < request.page_size(); ++i) {
      response.add_orders()->set_invoice("INV-" + std::to_string(i));
    }
    response.set_next_page_token("page-" + std::to_string(++pages));
    return grpc::Status::OK;
  };
  const Ran ran = node_.Run({"order", "list", "--customer", "c1", "--state", "owed", "--limit",
                             "1001", "--output", "json"});
  ASSERT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(pages, 2);
  EXPECT_EQ(asked.page_token(), "page-1");
  EXPECT_EQ(asked.page_size(), 1u);
  EXPECT_EQ(asked.customer(), "c1");
  EXPECT_EQ(asked.state(), "owed");
  const Json list = Json::parse(ran.out);
  EXPECT_EQ(list["orders"].size(), 1001u);
  EXPECT_EQ(list["more"], true);
  EXPECT_EQ(node_.Run({"order", "list", "--limit", "0"}).code, kExitUsage);
}

TEST_F(BookCommandTest, OneOrderIsShownByIdInvoiceOrReceipt) {
  v1::GetOrderRequest asked;
  node_.get_order = Keep<v1::GetOrderRequest, v1::GetOrderResponse>(asked);
  ASSERT_EQ(node_.Run({"order", "show", kOrderId}).code, kExitOk);
  EXPECT_EQ(asked.order(), kOrderId);
  ASSERT_EQ(node_.Run({"order", "show", "INV-7"}).code, kExitOk);
  EXPECT_EQ(asked.invoice(), "INV-7");
  ASSERT_EQ(node_.Run({"order", "show", "--receipt", "r1"}).code, kExitOk);
  EXPECT_EQ(asked.receipt(), "r1");
  EXPECT_EQ(node_.Run({"order", "show"}).code, kExitUsage);
  EXPECT_EQ(node_.Run({"order", "show", "INV-7", "--receipt", "r1"}).code, kExitUsage);
}

TEST_F(BookCommandTest, CustomersAreListedInATable) {
  v1::ListCustomersRequest asked;
  node_.list_customers = [&](const v1::ListCustomersRequest& request,
                             v1::ListCustomersResponse& response) -> grpc::Status {
    asked = request;
    v1::Customer* customer = response.add_customers();
    customer->set_id("c1");
    customer->set_name("Ibu Sari");
    customer->set_group("vip");
    customer->mutable_orders()->set_open(7);
    return grpc::Status::OK;
  };
  const Ran ran = node_.Run({"customer", "list", "--group", "vip", "--name", "sari"});
  ASSERT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(asked.group(), "vip");
  EXPECT_EQ(asked.name(), "sari");
  EXPECT_EQ(asked.page_size(), 100u);
  for (const char* text : {"CUSTOMER", "c1", "Ibu Sari", "vip", "7"}) {
    EXPECT_THAT(ran.out, HasSubstr(text));
  }
}

TEST_F(BookCommandTest, ANameIsLookedForOnEveryPage) {
  std::vector<v1::ListCustomersRequest> asked;
  node_.list_customers = [&](const v1::ListCustomersRequest& request,
                             v1::ListCustomersResponse& response) -> grpc::Status {
    asked.push_back(request);
    response.add_customers()->set_id("c" + std::to_string(asked.size()));
    if (asked.size() == 1) response.set_next_page_token("next");
    return grpc::Status::OK;
  };
  const Ran ran = node_.Run({"customer", "list", "--name", "Ibu Sari", "--output", "json"});
  ASSERT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(Json::parse(ran.out, nullptr, false)["customers"].size(), 2u);
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[1].page_token(), "next");
  for (const v1::ListCustomersRequest& request : asked) {
    EXPECT_EQ(request.name(), "Ibu Sari");
    EXPECT_EQ(request.group(), "");
  }
  EXPECT_EQ(node_.Run({"customer", "list", "--name", "\xff"}).code, kExitUsage);
  EXPECT_EQ(asked.size(), 2u);
}

TEST_F(BookCommandTest, OutcomesNameTheOrderByIdInvoiceOrReceipt) {
  v1::SetOrderOutcomeRequest asked;
  node_.set_order_outcome = Keep<v1::SetOrderOutcomeRequest, v1::SetOrderOutcomeResponse>(asked);
  ASSERT_EQ(node_.Run({"order", "paid", kOrderId, "--on", "2026-11-02", "--because", "x"}).code,
            kExitOk);
  EXPECT_EQ(asked.order(), kOrderId);
  EXPECT_EQ(asked.outcome() + asked.on() + asked.because(), "paid2026-11-02x");
  ASSERT_EQ(node_.Run({"order", "late", "INV-7"}).code, kExitOk);
  EXPECT_EQ(asked.invoice(), "INV-7");
  EXPECT_EQ(asked.outcome(), "late");
  ASSERT_EQ(node_.Run({"order", "unpaid", "--receipt", "r1"}).code, kExitOk);
  EXPECT_EQ(asked.receipt(), "r1");
  EXPECT_EQ(asked.link_receipt(), "");
  EXPECT_EQ(asked.outcome(), "unpaid");
  ASSERT_EQ(node_.Run({"order", "reopen", "INV-7", "--receipt", "r1"}).code, kExitOk);
  EXPECT_EQ(asked.invoice(), "INV-7");
  EXPECT_EQ(asked.link_receipt(), "r1");
  EXPECT_EQ(asked.outcome(), "open");
  EXPECT_EQ(node_.Run({"order", "paid", "INV-7", "--on", "soon"}).code, kExitUsage);
}

TEST_F(BookCommandTest, MitigationsAreSent) {
  v1::MitigateIncidentRequest asked;
  node_.mitigate_incident = Keep<v1::MitigateIncidentRequest, v1::MitigateIncidentResponse>(asked);
  EXPECT_EQ(node_
                .Run({"incident", "mitigate", "i1", "--for-customer", "kept-plan", "--because",
                      "paid as agreed"})
                .code,
            kExitOk);
  EXPECT_EQ(asked.id() + asked.mitigation() + asked.because(), "i1kept-planpaid as agreed");
  v1::AddIncidentRequest added;
  node_.add_incident = Keep<v1::AddIncidentRequest, v1::AddIncidentResponse>(added);
  EXPECT_EQ(node_
                .Run({"incident", "add", "--order", "o1", "--for-customer", "told-in-time",
                      "--for-customer", "shop-at-fault"})
                .code,
            kExitOk);
  EXPECT_THAT(added.mitigations(), ElementsAre("told-in-time", "shop-at-fault"));
}

TEST_F(BookCommandTest, OverrideSendsTheEffectAndShowsBoth) {
  v1::OverrideDecisionRequest asked;
  node_.override_decision =
      Keep(asked, Proto<v1::OverrideDecisionResponse>(
                      "receipt: 'r1' decided: EFFECT_DECLINE override { effect: EFFECT_DEPOSIT }"));
  const Ran ran = node_.Run(
      {"override", "r1", "--effect", "deposit", "--because", "I know her", "--output", "json"});
  ASSERT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(asked.receipt() + asked.because(), "r1I know her");
  EXPECT_EQ(asked.effect(), v1::EFFECT_DEPOSIT);
  const Json document = Json::parse(ran.out, nullptr, false);
  EXPECT_EQ(document["decided"], "decline");
  EXPECT_EQ(document["effect"], "deposit");
}

TEST_F(BookCommandTest, PolicyShowPrintsTheFileAloneOnStandardOutput) {
  v1::GetPolicyRequest asked;
  auto answer = Proto<v1::GetPolicyResponse>(
      "hash: 'aa' toml: 'version = 1\\n' in_force: true prior_ppm: 20000 problem: 'line 3' "
      "versions { hash: 'aa' since: '2026-11-01' } versions { hash: 'bb' since: '2026-10-01' }");
  node_.get_policy = Keep(asked, answer);
  Ran ran = node_.Run({"policy", "show"});
  EXPECT_EQ(ran.code, kExitOk);
  EXPECT_EQ(ran.out, "version = 1\n");
  EXPECT_THAT(ran.err, HasSubstr("in force"));
  EXPECT_THAT(ran.err, HasSubstr("line 3"));
  const std::string hash(64, 'a');
  ran = node_.Run({"policy", "show", hash, "--output", "json"});
  EXPECT_EQ(asked.hash(), hash);
  EXPECT_EQ(Json::parse(ran.out, nullptr, false)["toml"], "version = 1\n");
  EXPECT_EQ(node_.Run({"policy", "show", "0123456789ab"}).code, kExitOk);
  EXPECT_EQ(asked.hash(), "0123456789ab");  // the node knows whether that is enough
  const Json versions =
      Json::parse(node_.Run({"policy", "versions", "--output", "json"}).out, nullptr, false);
  EXPECT_EQ(versions["in_force"], "aa");
  EXPECT_EQ(versions["versions"].size(), 2u);
}

TEST_F(BookCommandTest, APolicyIsPutWithItsTextUnlessItHasAFault) {
  const TestFolder folder;
  const std::string text = "# ours\nversion = 1\n";
  const std::string good = folder.File("good.toml", text);
  const std::string bad = folder.File("bad.toml", "version = 2\n");
  v1::PutPolicyRequest put;
  node_.put_policy = Keep(put, Proto<v1::PutPolicyResponse>("hash: 'aa' since: '2026-11-01'"));
  const Ran ran = node_.Run({"policy", "put", good, "--instead-of", "bb", "--because",
                             "fewer deposits", "--output", "json"});
  ASSERT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_EQ(put.toml(), text);
  EXPECT_EQ(put.because(), "fewer deposits");
  EXPECT_EQ(put.instead_of(), "bb");
  EXPECT_EQ(put.request_id().size(), 32u);
  EXPECT_EQ(Json::parse(ran.out, nullptr, false)["hash"], "aa");
  put.Clear();
  EXPECT_EQ(node_.Run({"policy", "put", bad, "--because", "x"}).code, kExitData);
  EXPECT_EQ(node_.Run({"policy", "put", good}).code, kExitUsage);
  EXPECT_EQ(put.toml(), "");
}

TEST_F(BookCommandTest, ATrialIsBegunShownAndEnded) {
  const TestFolder folder;
  const std::string file = folder.File("policy.toml", "version = 1\n");
  v1::SetTrialPolicyRequest set;
  node_.set_trial_policy = Keep(set, Proto<v1::SetTrialPolicyResponse>("hash: 'aa'"));
  EXPECT_EQ(node_.Run({"policy", "trial", file, "--because", "to see"}).code, kExitOk);
  EXPECT_EQ(set.toml(), "version = 1\n");
  EXPECT_EQ(set.because(), "to see");
  EXPECT_EQ(node_.Run({"policy", "trial", "--end", "--because", "seen"}).code, kExitOk);
  EXPECT_EQ(set.toml(), "");
  EXPECT_EQ(set.because(), "seen");
  v1::ReportTrialRequest asked;
  node_.report_trial = Keep(asked, Proto<v1::ReportTrialResponse>("hash: 'aa'"));
  const Ran shown = node_.Run({"policy", "trial", "--output", "json"});
  EXPECT_EQ(Json::parse(shown.out, nullptr, false)["hash"], "aa");
  set.Clear();
  EXPECT_EQ(node_.Run({"policy", "trial", file, "--end", "--because", "x"}).code, kExitUsage);
  EXPECT_EQ(node_.Run({"policy", "trial", "--because", "x"}).code, kExitUsage);
  EXPECT_EQ(node_.Run({"policy", "trial", file}).code, kExitUsage);
  EXPECT_EQ(set.because(), "");
}

TEST_F(BookCommandTest, WorthSendsThePeriod) {
  v1::ReportWorthRequest asked;
  node_.report_worth = Keep<v1::ReportWorthRequest, v1::ReportWorthResponse>(asked);
  EXPECT_EQ(node_.Run({"policy", "worth", "--from", "2026-01-01"}).code, kExitOk);
  EXPECT_EQ(asked.from(), "2026-01-01");
  EXPECT_EQ(node_.Run({"policy", "worth", "--from", "2026-02-01", "--to", "2026-01-01"}).code,
            kExitUsage);
}

TEST_F(BookCommandTest, OutcomesAndWeights) {
  v1::ReportOutcomesRequest asked;
  node_.report_outcomes = Keep<v1::ReportOutcomesRequest, v1::ReportOutcomesResponse>(asked);
  EXPECT_EQ(node_.Run({"policy", "outcomes", "--from", "2026-01-01"}).code, kExitOk);
  EXPECT_EQ(asked.from(), "2026-01-01");
  EXPECT_EQ(asked.to(), "");
  v1::ResetPartnerWeightRequest reset;
  node_.reset_partner_weight =
      Keep<v1::ResetPartnerWeightRequest, v1::ResetPartnerWeightResponse>(reset);
  const Ran ran = node_.Run(
      {"partner", "reset-weight", "toko-a.test", "--because", "new owner", "--output", "json"});
  EXPECT_EQ(reset.origin() + reset.because(), "toko-a.testnew owner");
  EXPECT_EQ(Json::parse(ran.out, nullptr, false)["reset"], "toko-a.test");
}

TEST_F(BookCommandTest, ReplayAsksANodeForAReceiptsIdAndRefusesOneWithoutItsBody) {
  std::string asked;
  node_.get_receipt = [&](const v1::GetReceiptRequest& request, v1::GetReceiptResponse& response) {
    asked = request.receipt();
    response.set_receipt(asked);
    return grpc::Status::OK;
  };
  const std::string id(32, 'a');
  const Ran ran = node_.Run({"audit", "replay", id, "--policy", "default"});
  EXPECT_EQ(asked, id);
  EXPECT_EQ(ran.code, kExitDenied);
  EXPECT_THAT(ran.err, HasSubstr("ask a manager or an auditor"));
}

// Staff may not; what the node says is passed on.
TEST_F(BookCommandTest, WhatTheNodeRefusesIsToldWithItsCode) {
  node_.put_group = [](const v1::PutGroupRequest&, v1::PutGroupResponse&) {
    return grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "managers only");
  };
  const Ran ran = node_.Run({"group", "add", "g", "--because", "x"});
  EXPECT_EQ(ran.code, kExitDenied);
  EXPECT_THAT(ran.err, HasSubstr("managers only"));
}

}  // namespace
}  // namespace daftar::cli
