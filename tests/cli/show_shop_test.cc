#include "cli/show_shop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/cli/cli_support.h"

namespace daftar::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kIncident[] = R"pb(
  id: "i9"
  state: "published"
  reason: "deposit-unsettled"
  identifiers: "+62*******7890"
  amount { minor: 450000000 currency: "IDR" }
  occurred: "2026-10-01"
  reminders: "2026-10-08"
  reminders: "2026-10-15"
  added_at: "2026-11-01T08:00:00Z"
  added_by: "uid:1000"
  missing: "the amount is too small"
  log_index: 3
  published_at: "2026-11-01T08:00:01Z"
  history { at: "2026-11-01T08:00:00Z" by: "uid:1000" what: "added" }
  history { at: "2026-11-02T08:00:00Z" by: "uid:1000" what: "settled" because: "paid" log_index: 4 }
)pb";

TEST(ShowIncidentTest, Text) {
  std::ostringstream out;
  Print(out, Proto<v1::Incident>(kIncident));
  EXPECT_EQ(out.str(),
            "Incident   i9\n"
            "State      published\n"
            "Reason     deposit-unsettled\n"
            "Customer   +62*******7890\n"
            "Amount     IDR 4,500,000\n"
            "Occurred   2026-10-01\n"
            "Reminders  2026-10-08, 2026-10-15\n"
            "Added      2026-11-01T08:00:00Z by uid:1000\n"
            "Published  2026-11-01T08:00:01Z\n"
            "Log entry  #3\n"
            "\n"
            "Missing before it can be shared\n"
            "  - the amount is too small\n"
            "Other facts are corrected with: daftar incident correct i9\n"
            "\n"
            "History\n"
            "  2026-11-01T08:00:00Z  uid:1000  added\n"
            "  2026-11-02T08:00:00Z  uid:1000  settled  entry #4  paid\n");
}

TEST(ShowIncidentTest, JsonHasTheIdOnTop) {
  EXPECT_EQ(
      ToJson(Proto<v1::Incident>(kIncident)).dump(),
      R"({"id":"i9","state":"published","reason":"deposit-unsettled",)"
      R"("identifiers":["+62*******7890"],"amount":{"minor":450000000,"currency":"IDR",)"
      R"("major":"4500000"},"occurred":"2026-10-01","due":null,"reminders":["2026-10-08",)"
      R"("2026-10-15"],"order":null,"order_paid":null,"note":null,"missing":["the amount is too small"],)"
      R"("added_at":"2026-11-01T08:00:00Z","added_by":"uid:1000",)"
      R"("published_at":"2026-11-01T08:00:01Z","held_until":null,"log_index":3,)"
      R"("history":[{"at":"2026-11-01T08:00:00Z","by":"uid:1000","what":"added","because":null,)"
      R"("log_index":null,"arrivals":[]},{"at":"2026-11-02T08:00:00Z","by":"uid:1000",)"
      R"("what":"settled",)"
      R"("because":"paid","log_index":4,"arrivals":[]}],"mitigations":[],"proofs":[],"proof_requests":[],)"
      R"("told_on":null,"approved_by":null,"noticed_at":null,"notice_code":null,)"
      R"("disputed_by":null,"disputed_on":null,"flagged":false,"next_action":null,"next_at":null,)"
      R"("erased_for":null})");
}

TEST(ShowIncidentTest, ListIsATableAndSaysWhenThereAreMore) {
  const std::vector<v1::Incident> incidents{Proto<v1::Incident>(kIncident),
                                            Proto<v1::Incident>("id: 'i10' state: 'draft'")};
  std::ostringstream out;
  PrintList(out, incidents, true);
  EXPECT_EQ(out.str(),
            "ID   STATE      REASON             AMOUNT         OCCURRED    CUSTOMER        "
            "MISSING\n"
            "i9   published  deposit-unsettled  IDR 4,500,000  2026-10-01  +62*******7890  1\n"
            "i10  draft\n"
            "There are more than these 2; --limit N shows more.\n");
  EXPECT_TRUE(ListJson(incidents, true)["more"].get<bool>());
  EXPECT_EQ(ListJson(incidents, true)["incidents"].size(), 2u);
  EXPECT_FALSE(ListJson(incidents, true)["incidents"][0].contains("proofs"));
}

TEST(ShowIncidentTest, EmptyListSaysSo) {
  std::ostringstream out;
  PrintList(out, std::vector<v1::Incident>(), false);
  EXPECT_EQ(out.str(), "No incidents.\n");
  EXPECT_EQ(ListJson(std::vector<v1::Incident>(), false).dump(),
            R"({"incidents":[],"more":false})");
}

TEST(ShowCustomerTest, TextAndJson) {
  const auto customer = Proto<v1::Customer>(R"pb(
    id: "c1"
    name: "Sari"
    identifiers: "+62*******7890"
    added_at: "2026-11-01T08:00:00Z"
    orders {
      settled: 4
      paid_on_time: 3
      late: 1
      open: 1
      overdue: 1
      days_late_worst: 12
      open_amounts { minor: 5594 currency: "USD" }
      open_amounts { minor: 100 currency: "IDR" }
    })pb");
  std::ostringstream out;
  Print(out, customer);
  EXPECT_EQ(out.str(),
            "Customer        c1\n"
            "Name            Sari\n"
            "Identifiers     +62*******7890\n"
            "Added           2026-11-01T08:00:00Z\n"
            "Orders settled  4\n"
            "Paid on time    3\n"
            "Paid late       1\n"
            "Worst           12 days\n"
            "Open            1\n"
            "Overdue         1\n"
            "Open amounts    USD 55.94, IDR 1\n");
  EXPECT_EQ(ToJson(customer)["orders"]["open_amounts"][1]["major"], "1");
  EXPECT_EQ(ToJson(customer)["name"], "Sari");
}

TEST(ShowCustomerTest, TiedGroupsAndUnpaidOrdersAreTold) {
  std::ostringstream out;
  Print(out, Proto<v1::Customer>("group: 'a' tied_groups: 'b' tied_groups: 'c' "
                                 "orders { open: 3 overdue: 2 unpaid: 1 }"));
  EXPECT_THAT(out.str(), HasSubstr("a, the first by name; of the same precedence: b, c\n"));
  EXPECT_THAT(out.str(), HasSubstr("Of those, unpaid    1\n"));
}

TEST(ShowIncidentTest, ADraftWhoseOrderWasPaidSaysBoth) {
  const auto state = [](const char* fields) {
    std::ostringstream out;
    Print(out, Proto<v1::Incident>(fields));
    return out.str();
  };
  EXPECT_THAT(
      state("state: 'draft' reason: 'invoice-overdue' order: 'o' order_paid: '2026-10-01'"),
      HasSubstr("draft; its order was paid on 2026-10-01, so checks count it as settled\n"));
  EXPECT_THAT(state("state: 'draft' reason: 'no-show' order: 'o' order_paid: '2026-10-01'"),
              HasSubstr("draft; its order was paid on 2026-10-01\n"));
  EXPECT_THAT(state("state: 'settled' reason: 'invoice-overdue' order: 'o' order_paid: 'D'"),
              HasSubstr("settled\n"));
}

TEST(ShowIncidentTest, WhoeverHasToDoSomethingNextIsToldTheCommand) {
  const auto text = [](const char* fields) {
    std::ostringstream out;
    Print(out, Proto<v1::Incident>(fields));
    return out.str();
  };
  EXPECT_THAT(text("id: 'i1' state: 'ready' reason: 'no-show'"),
              HasSubstr("daftar incident publish i1\n"));
  EXPECT_THAT(text("id: 'i1' state: 'ready' reason: 'no-show' missing: 'Attach a proof'"),
              Not(HasSubstr("incident publish")));
  EXPECT_THAT(text("id: 'i1' state: 'held' reason: 'no-show'"),
              HasSubstr("daftar incident notice i1 --pay TEXT --contact TEXT\n"));
  EXPECT_THAT(text("id: 'i1' state: 'held' reason: 'no-show' held_until: 'T'"),
              Not(HasSubstr("incident notice")));
  EXPECT_THAT(text("id: 'i1' state: 'disputed' reason: 'no-show'"),
              HasSubstr("daftar incident resolve i1 --outcome"));
  EXPECT_THAT(text("id: 'i1' state: 'draft' reason: 'no-show' missing: 'Attach a proof'"),
              Not(HasSubstr("incident withdraw")));
  EXPECT_THAT(text("id: 'i1' state: 'draft' reason: 'no-show' missing: 'Attach a proof' "
                   "order_paid: '2026-10-01'"),
              HasSubstr("Its order is paid. If nothing is left to report: daftar incident withdraw "
                        "i1 --ground mistake"));
}

constexpr char kSuggestion[] = R"pb(
  order: "o1"
  customer: "c1"
  invoice: "INV-7"
  reason: "invoice-overdue"
  amount { minor: 5594 currency: "USD" }
  invoiced: "2026-01-05"
  due: "2026-02-04"
  days_late: 30
  missing: "a reminder"
  customer_name: "Sari"
  identifiers: "+62*******7890"
)pb";

TEST(ShowSuggestionTest, TextNamesTheCommandThatFilesOne) {
  v1::Suggestion ready = Proto<v1::Suggestion>(kSuggestion);
  ready.clear_missing();
  ready.set_order("o2");
  ready.set_customer_name("");
  ready.add_identifiers("s***@example.com");
  std::ostringstream out;
  PrintList(out, {Proto<v1::Suggestion>(kSuggestion), ready}, false);
  EXPECT_EQ(out.str(),
            "CUSTOMER                          INVOICE  AMOUNT     DUE         PAID  DAYS LATE  "
            "REASON           NOTE       ORDER\n"
            "+62*******7890, s***@example.com  INV-7    USD 55.94  2026-02-04  open  30         "
            "invoice-overdue             o2\n"
            "Sari (+62*******7890)             INV-7    USD 55.94  2026-02-04  open  30         "
            "invoice-overdue  needs (1)  o1\n"
            "\nBefore partners can be told, it needs\n  (1) a reminder\n"
            "\nTo file one: daftar incident add --order ORDER --reason invoice-overdue\n");
}

TEST(ShowSuggestionTest, WhatTheCharterDoesNotShareIsNotToBeFiled) {
  v1::Suggestion suggestion = Proto<v1::Suggestion>(kSuggestion);
  const std::string another =
      "Choose another reason: the charter of the circle does not let this one be shared.";
  suggestion.set_missing(0, another);
  const auto text = [](const std::vector<v1::Suggestion>& suggestions) {
    std::ostringstream out;
    PrintList(out, suggestions, false);
    return out.str();
  };
  EXPECT_THAT(text({suggestion}), AllOf(HasSubstr(another),
                                        HasSubstr("charter shares no reason for money that comes "
                                                  "late, so partners cannot be told of these.\n"),
                                        Not(HasSubstr("daftar incident add"))));
  // Another charter came into force between two pages.
  v1::Suggestion shared = Proto<v1::Suggestion>(kSuggestion);
  shared.set_reason("deposit-unsettled");
  EXPECT_THAT(text({suggestion, shared}),
              AllOf(HasSubstr("add --order ORDER --reason deposit-unsettled\n"),
                    Not(HasSubstr("--reason invoice-overdue"))));
}

TEST(ShowSuggestionTest, Json) {
  EXPECT_EQ(ToJson(Proto<v1::Suggestion>(kSuggestion)).dump(),
            R"({"order":"o1","customer":"c1","customer_name":"Sari",)"
            R"("identifiers":["+62*******7890"],"invoice":"INV-7","reason":"invoice-overdue",)"
            R"("amount":{"minor":5594,"currency":"USD","major":"55.94"},"invoiced":"2026-01-05",)"
            R"("due":"2026-02-04","paid":null,"days_late":30,"disputed":false,)"
            R"("missing":["a reminder"]})");
}

ImportResult Imported() {
  ImportResult result;
  result.file = "a.csv";
  result.read = 5;
  result.added = 2;
  result.unchanged = 1;
  result.refused = 2;
  result.refusals = {{3, "no invoice date"}};
  result.last_line = 6;
  result.complete = true;
  return result;
}

TEST(ShowImportTest, TextTellsRefusedLinesAndCountsTheRest) {
  std::ostringstream out;
  Print(out, Imported());
  EXPECT_EQ(out.str(),
            "File        a.csv\n"
            "Lines read  5\n"
            "Added       2\n"
            "Updated     0\n"
            "Unchanged   1\n"
            "Refused     2\n"
            "\nRefused, with everything else taken\n"
            "  line 3: no invoice date\n"
            "  and 1 more\n");
}

TEST(ShowImportTest, NamesThatDifferAreToldOnce) {
  ImportResult result = Imported();
  result.refused = 0;
  result.names_kept = 3;
  std::ostringstream out;
  Print(out, result);
  EXPECT_THAT(out.str(), ::testing::EndsWith("\n3 lines have another name than the customer; names "
                                             "stay as they are in the book.\n"));
  EXPECT_EQ(ToJson(result)["names_kept"], 3);
}

TEST(ShowImportTest, Json) {
  EXPECT_EQ(ToJson(Imported()).dump(),
            R"({"file":"a.csv","read":5,"added":2,"updated":0,"unchanged":1,"refused_count":2,)"
            R"("refused":[{"line":3,"why":"no invoice date"}],"last_line":6,"complete":true,)"
            R"("names_kept":0})");
}

}  // namespace
}  // namespace daftar::cli
