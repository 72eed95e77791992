#include "node/ledger/suggest.h"

#include <gtest/gtest.h>

#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::ledger {
namespace {

using ::daftar::testing::Day;
using ::daftar::testing::IsOk;
using ::daftar::testing::Phone;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;

class SuggestTest : public ::testing::Test {
 protected:
  void Import(const std::string& phone, const std::string& invoice, const std::string& due,
              const std::string& paid, bool disputed = false) {
    decision::OrderRow row;
    row.line = 1;
    row.identifiers = {Phone(phone)};
    row.invoice = invoice;
    row.invoiced = Day(due).PlusDays(-30);
    row.due = Day(due);
    if (!paid.empty()) row.paid = Day(paid);
    row.amount = {1000, *evidence::Currency::FromCode("IDR")};
    row.disputed = disputed;
    auto report = node_->book().ImportOrders(std::span(&row, 1));
    DAFTAR_ASSERT_OK(report);
    ASSERT_EQ(report->added, 1u);
  }
  SuggestionPage Suggested(size_t limit = 100, const std::string& after = {}) {
    auto page = SuggestIncidents(node_->book(), node_->ledger(),
                                 evidence::Date::Of(circle_.clock().Now()), 0, limit, after);
    EXPECT_THAT(page, IsOk());
    return page.ok() ? *page : SuggestionPage();
  }

  SimCircle circle_;  // 2026-11-01
  SimNode& node_ = circle_.Add("toko-a.test");
};

TEST_F(SuggestTest, OnlyOrdersMoreThanTenDaysLateAreSuggested) {
  Import("0812-3456-7801", "a", "2026-10-01", "2026-10-11");        // ten days: not yet
  Import("0812-3456-7801", "b", "2026-10-01", "2026-10-12");        // eleven
  Import("0812-3456-7802", "c", "2026-10-21", "");                  // open, eleven days by today
  Import("0812-3456-7802", "d", "2026-10-22", "");                  // open, ten
  Import("0812-3456-7803", "e", "2026-09-01", "", true);            // disputed
  Import("0812-3456-7803", "f", "2026-10-01", "2026-10-12", true);  // paid: the dispute is over
  const SuggestionPage page = Suggested();
  std::set<std::string> invoices;
  for (const Suggestion& suggestion : page.suggestions) {
    invoices.insert(suggestion.invoice);
    EXPECT_EQ(suggestion.days_late, 11u);
    EXPECT_TRUE(suggestion.missing.empty());
  }
  EXPECT_EQ(invoices, (std::set<std::string>{"b", "c", "f"}));
}

TEST_F(SuggestTest, AnOrderWithAnIncidentIsNotSuggestedAgain) {
  Import("0812-3456-7801", "a", "2026-09-01", "");
  const SuggestionPage page = Suggested();
  ASSERT_EQ(page.suggestions.size(), 1u);
  auto account = AccountOfOrder(node_->book(), page.suggestions[0].order,
                                evidence::Date::Of(circle_.clock().Now()));
  DAFTAR_ASSERT_OK(account);
  EXPECT_EQ(account->identifiers, (std::vector<identity::Identifier>{Phone("0812-3456-7801")}));
  DAFTAR_ASSERT_OK(node_->ledger().Add(node_.Caller(), *account));
  EXPECT_TRUE(Suggested().suggestions.empty());
}

TEST_F(SuggestTest, PagesCoverEverythingOnce) {
  for (int buyer = 0; buyer < 4; ++buyer) {
    for (int order = 0; order < 3; ++order) {
      Import("0812-3456-780" + std::to_string(buyer), std::to_string(order), "2026-09-01", "");
    }
  }
  std::set<std::string> seen;
  std::string after;
  while (true) {
    const SuggestionPage page = Suggested(5, after);
    for (const Suggestion& suggestion : page.suggestions) {
      EXPECT_TRUE(seen.insert(suggestion.order).second);
    }
    if (!page.next.has_value()) break;
    after = *page.next;
  }
  EXPECT_EQ(seen.size(), 12u);
}

TEST_F(SuggestTest, UnknownAndMalformedOrderNamesAreNotFound) {
  const evidence::Date today = evidence::Date::Of(circle_.clock().Now());
  for (const std::string name : {"", "x", "00000000000000000000000000000000-0000000000000000"}) {
    EXPECT_THAT(AccountOfOrder(node_->book(), name, today), StatusIs(absl::StatusCode::kNotFound));
  }
}

}  // namespace
}  // namespace daftar::ledger
