#include "cli/show_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

template <class Message>
std::string Printed(const std::string& text) {
  std::ostringstream out;
  Print(out, Proto<Message>(text));
  return out.str();
}

template <class Message>
Json Document(const std::string& text) {
  return ToJson(Proto<Message>(text));
}

TEST(ShowGroupTest, WhatIsNotSetIsSaidAsItApplies) {
  const Json document = Document<v1::Group>("name: 'plain'");
  EXPECT_EQ(document.dump(),
            R"({"name":"plain","precedence":450,"at_least":"accept","at_most":"decline",)"
            R"("deposit_ppm":null,"credit_limits":[],"credit_days":null,"price_list":null,)"
            R"("bonus_card":false,"rule":null})");
  const std::string text = Printed<v1::Group>("name: 'plain'");
  EXPECT_THAT(text, HasSubstr("any"));
  EXPECT_THAT(text, HasSubstr("nobody, by hand only"));
  EXPECT_THAT(text, Not(HasSubstr("Deposit")));
}

TEST(ShowGroupTest, OthersOfTheSamePrecedenceAreTold) {
  const std::string text =
      Printed<v1::PutGroupResponse>("group { name: 'b' } same_precedence: ['a', 'c']");
  EXPECT_THAT(text, HasSubstr("Of the same precedence: a, c. "));
  EXPECT_THAT(Printed<v1::PutGroupResponse>("group { name: 'b' }"),
              Not(HasSubstr("same precedence")));
  const Json document = Document<v1::PutGroupResponse>("group { name: 'b' } same_precedence: 'a'");
  EXPECT_EQ(document["same_precedence"].dump(), R"(["a"])");
  EXPECT_EQ(document["name"], "b");
}

TEST(ShowGroupTest, ZeroIsNotTheSameAsNotAskedFor) {
  const Json rule = Document<v1::Group>("name: 'g' rule { most_days_late: 0 }")["rule"];
  EXPECT_EQ(rule["most_days_late"], 0);
  for (const char* other :
       {"settled", "on_time_ppm", "bad", "overdue_days", "days_known", "turnover"}) {
    EXPECT_TRUE(rule.at(other).is_null()) << other;
  }
  EXPECT_EQ(Document<v1::Group>("name: 'g' credit_days: 0")["credit_days"], 0);
}

TEST(ShowGroupTest, EveryPartOfARuleIsPrinted) {
  const std::string text = Printed<v1::Group>(
      "name: 'loyal' at_least: EFFECT_DEPOSIT at_most: EFFECT_REVIEW deposit_ppm: 333333 "
      "credit_limits { minor: 2000000000 currency: 'IDR' } credit_days: 30 bonus_card: true "
      "rule { least_settled: 10 least_on_time_ppm: 900000 most_days_late: 1 least_bad: 1 "
      "least_overdue_days: 2 least_days_known: 365 "
      "least_turnover { minor: 500000000 currency: 'IDR' } }");
  for (const char* part :
       {"at least deposit, at most review", "up to IDR 20,000,000, 30 days", "10 orders paid",
        "90 % on time", "at most 1 day late", "at least 1 order late or unpaid", "2 days overdue",
        "365 days", "IDR 5,000,000"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(ShowGroupTest, OneAnswerIsSaidOnce) {
  EXPECT_THAT(Printed<v1::Group>("name: 'g' at_least: EFFECT_PREPAY at_most: EFFECT_PREPAY"),
              Not(HasSubstr("at least prepay")));
}

TEST(ShowGroupTest, ListsAreTablesOrSayHowToBegin) {
  EXPECT_THAT(Printed<v1::ListGroupsResponse>(""), HasSubstr("daftar group add"));
  EXPECT_THAT(Printed<v1::ListGroupsResponse>("groups { name: 'vip' }"), HasSubstr("vip"));
  EXPECT_EQ(Document<v1::ListGroupsResponse>("").dump(), R"({"groups":[]})");
}

TEST(ShowGroupReportTest, RowsAreByGroupAndCurrency) {
  const char* report =
      "from: '2026-01-01' rows { group: 'vip' currency: 'IDR' members: 9 customers: 4 orders: 8 "
      "turnover_minor: 450000000 paid_on_time: 2 late: 1 unpaid: 1 days_late_tenths: 25 "
      "loss_minor: 100000000 incidents: 3 open: 3 disputed: 7 broken: 4 } rows { group: 'vip' "
      "currency: 'USD' members: 9 incidents: 3 } rows { currency: 'USD' orders: 1 members: 6 } "
      "late_after_days: 10";
  const Json document = Document<v1::ReportGroupsResponse>(report);
  EXPECT_EQ(document["from"], "2026-01-01");
  EXPECT_TRUE(document["to"].is_null());
  const Json& row = document["rows"][0];
  EXPECT_EQ(row["on_time_ppm"], 250'000);  // of two on time, one late, one unpaid, four broken
  EXPECT_EQ(row["open"], 3);
  EXPECT_EQ(row["disputed"], 7);
  EXPECT_EQ(row["broken"], 4);
  EXPECT_EQ(document["late_after_days"], 10);
  EXPECT_EQ(row["turnover"]["major"], "4500000");
  EXPECT_EQ(row["loss"]["minor"], 100'000'000);
  EXPECT_EQ(row["members"], 9);
  EXPECT_EQ(row["days_late_tenths"], 25);
  // Of nothing known there is no share, and no group has no name.
  EXPECT_TRUE(document["rows"][2]["on_time_ppm"].is_null());
  EXPECT_TRUE(document["rows"][2]["group"].is_null());
  const std::string text = Printed<v1::ReportGroupsResponse>(report);
  EXPECT_THAT(text, HasSubstr("25 %"));
  // What is of all currencies is told once.
  EXPECT_THAT(text, ContainsRegex("\nvip +9 +3 +4 "));
  EXPECT_THAT(text, ContainsRegex("\n +0 +0 +USD 0"));
  EXPECT_THAT(text, ContainsRegex("\n\\(no group\\) +6 +0 "));
  EXPECT_THAT(text, HasSubstr("at most 10 days after the due day"));
  EXPECT_THAT(text, HasSubstr("2.5"));
  EXPECT_THAT(text, HasSubstr("(no group)"));
  EXPECT_THAT(text, HasSubstr("IDR 4,500,000"));
  EXPECT_THAT(Printed<v1::ReportGroupsResponse>(""), HasSubstr("None."));
}

TEST(ShowAllowedTest, EntriesWithWhoAndWhy) {
  const char* entry =
      "id: 'a1' identifiers: '+62*******7890' because: 'my sister' added_by: 'sari' "
      "added_at: '2026-11-01T08:00:00.000Z'";
  const Json document = Document<v1::Allowed>(entry);
  EXPECT_EQ(document["identifiers"][0], "+62*******7890");
  EXPECT_EQ(document["because"], "my sister");
  EXPECT_EQ(document["added_by"], "sari");
  EXPECT_THAT(Printed<v1::Allowed>(entry), HasSubstr("by sari"));
  EXPECT_THAT(Printed<v1::ListAllowedResponse>(std::string("allowed {") + entry + "}"),
              HasSubstr("my sister"));
  EXPECT_THAT(Printed<v1::ListAllowedResponse>(""), HasSubstr("empty"));
}

TEST(ShowOrderTest, OpenAndGivenUpOrders) {
  const Json open = Document<v1::Order>("id: 'o1' state: 'open'");
  EXPECT_TRUE(open["paid"].is_null());
  EXPECT_TRUE(open["given_up"].is_null());
  EXPECT_TRUE(open["amount"].is_null());
  EXPECT_EQ(open["disputed"], false);
  const std::string text = Printed<v1::Order>(
      "id: 'o1' state: 'unpaid' disputed: true given_up: '2026-11-02' days_late: 1 "
      "amount { minor: 450000000 currency: 'IDR' } terms: TERMS_COD");
  EXPECT_THAT(text, HasSubstr("unpaid, disputed"));
  EXPECT_THAT(Printed<v1::Order>("id: 'o1' state: 'disputed' disputed: true"),
              Not(HasSubstr("disputed, disputed")));
  EXPECT_THAT(text, HasSubstr("2026-11-02"));
  EXPECT_THAT(text, HasSubstr("IDR 4,500,000, cod"));
  EXPECT_THAT(text, HasSubstr("1 day\n"));
}

TEST(ShowOrderTest, APaidOrderAsksForItsIncidentToBeSettled) {
  const std::string published =
      "incident: 'abc' incident_state: 'published' incident_reason: 'invoice-overdue'";
  EXPECT_EQ(Document<v1::Order>(published)["incident_state"], "published");
  for (const char* state : {"paid", "late", "broken"}) {
    EXPECT_THAT(Printed<v1::Order>("days_late: 1 state: '" + std::string(state) + "' " + published),
                HasSubstr("daftar incident settle abc"));
  }
  // What came by its due day was no incident.
  EXPECT_THAT(Printed<v1::Order>("state: 'paid' " + published),
              HasSubstr("daftar incident withdraw abc --ground mistake"));
  EXPECT_THAT(Printed<v1::Order>("state: 'unpaid' " + published),
              AllOf(HasSubstr("abc, published"), Not(HasSubstr("settle"))));
  EXPECT_THAT(Printed<v1::Order>("state: 'paid' incident: 'abc' incident_state: 'settled'"),
              Not(HasSubstr("incident settle")));
  EXPECT_THAT(Printed<v1::Order>("state: 'paid'"), Not(HasSubstr("ncident")));
  // What was taken back is owed; a draft is nobody else's.
  EXPECT_THAT(Printed<v1::Order>("id: 'o1' state: 'broken' incident: 'abc' "
                                 "incident_state: 'draft' incident_reason: 'payment-reversed'"),
              AllOf(HasSubstr("taken back"), HasSubstr("settle abc")));
  EXPECT_THAT(Printed<v1::Order>("state: 'paid' incident: 'abc' incident_state: 'draft' "
                                 "incident_reason: 'no-show'"),
              AllOf(HasSubstr("settle abc"), Not(HasSubstr("partners"))));
}

TEST(ShowOrderTest, OnlyWhatPartnersHaveIsSettledForThemToo) {
  for (const auto& [state, shared] : {std::pair("draft", false),
                                      {"ready", false},
                                      {"held", false},
                                      {"approved", false},
                                      {"published", true},
                                      {"corrected", true}}) {
    const std::string text = Printed<v1::Order>(
        "state: 'late' days_late: 1 incident: 'abc' "
        "incident_state: '" +
        std::string(state) + "' incident_reason: 'invoice-overdue'");
    EXPECT_THAT(text, HasSubstr("settle it"));
    EXPECT_EQ(text.find("for partners too") != std::string::npos, shared) << state;
  }
}

TEST(ShowErasureTest, SaysWhatStaysAndWhyAndWhatBringsThePersonBack) {
  const std::string advice =
      "A file that still names the person brings it back when it is imported: leave its lines "
      "out.\n";
  EXPECT_EQ(Printed<v1::EraseCustomerResponse>(
                "orders_erased: 1 identifiers_erased: 1 customers_erased: 1"),
            "Erased the customer with 1 order and 1 identifier.\nNothing stays.\n" + advice);
  EXPECT_EQ(Printed<v1::EraseCustomerResponse>(
                "orders_erased: 2 identifiers_erased: 3 customers_erased: 2 allowed_erased: 1 "
                "incidents_erased: 2"),
            "Erased the customer with 2 orders, 3 identifiers, 1 allowlist entry and 2 incidents "
            "that were never shared.\n"
            "Customers had been merged: the 2 ids under which this one was kept are gone.\n"
            "Nothing stays.\n" +
                advice);
  EXPECT_THAT(Printed<v1::EraseCustomerResponse>("kept_because: 'A receipt stays.'"),
              HasSubstr("\nWhat stays:\n  - A receipt stays.\n"));
  const char* kept =
      "orders_erased: 2 orders_kept: 1 identifiers_kept: 1 kept_because: 'A debt is open.'";
  const std::string text = Printed<v1::EraseCustomerResponse>(kept);
  EXPECT_THAT(text, HasSubstr("2 orders"));
  EXPECT_THAT(text, HasSubstr("What stays: 1 order, 1 identifier"));
  EXPECT_THAT(text, HasSubstr("A debt is open.\n" + advice));
  EXPECT_THAT(text, Not(HasSubstr("Nothing stays.")));
  EXPECT_EQ(Document<v1::EraseCustomerResponse>(kept)["kept_because"][0], "A debt is open.");
}

// What a node sends may hold anything, like letters that move the cursor of a terminal.
TEST(ShowBookTest, ControlLettersDoNotReachTheTerminal) {
  const std::string hostile = R"('\033[2J')";
  for (const std::string& text :
       {Printed<v1::Group>("name: " + hostile + " price_list: " + hostile),
        Printed<v1::ListGroupsResponse>("groups { name: " + hostile + " }"),
        Printed<v1::ReportGroupsResponse>("from: " + hostile + " rows { group: " + hostile + " }"),
        Printed<v1::Allowed>("because: " + hostile + " identifiers: " + hostile),
        Printed<v1::ListAllowedResponse>("allowed { because: " + hostile + " }"),
        Printed<v1::Order>("invoice: " + hostile + " state: " + hostile),
        Printed<v1::EraseCustomerResponse>("orders_kept: 1 kept_because: " + hostile)}) {
    EXPECT_THAT(text, Not(HasSubstr("\033")));
  }
}

}  // namespace
}  // namespace daftar::cli
