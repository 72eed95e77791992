#include "node/ledger/suggest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "node/evidence/sealing.h"
#include "storage/log_store.h"
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
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Identifiers = std::vector<identity::Identifier>;

identity::Identifier Email(const std::string& typed) {
  return *identity::Normalise(identity::IdentifierType::kEmail, typed,
                              identity::Region::kIndonesia);
}

class SuggestTest : public ::testing::Test {
 protected:
  void Import(const std::string& phone, const std::string& invoice, const std::string& due,
              const std::string& paid, bool disputed = false) {
    Import(Identifiers{Phone(phone)}, invoice, due, paid, disputed);
  }
  void Import(const Identifiers& identifiers, const std::string& invoice, const std::string& due,
              const std::string& paid, bool disputed = false) {
    decision::OrderRow row;
    row.line = 1;
    row.identifiers = identifiers;
    row.invoice = invoice;
    row.invoiced = Day(due).PlusDays(-30);
    row.due = Day(due);
    if (!paid.empty()) row.paid = Day(paid);
    row.amount = {1000, *evidence::Currency::FromCode("IDR")};
    row.disputed = disputed;
    auto report = node_->book().ImportOrders(std::span(&row, 1));
    DAFTAR_ASSERT_OK(report);
    ASSERT_EQ(report->added + report->updated, 1u);
  }
  // The name of the order, which is among those of the customer with this phone number.
  std::string NameOf(const std::string& phone, const std::string& invoice) {
    const auto customer = node_->book().FindByIdentifier(Phone(phone));
    EXPECT_TRUE(customer.ok() && customer->has_value());
    book::Order order;
    order.invoice = invoice;
    return customer.ok() && customer->has_value() ? OrderName(**customer, order) : "";
  }
  absl::StatusOr<NewIncident> AccountOf(
      const std::string& order, evidence::Reason reason = evidence::Reason::kInvoiceOverdue) {
    return AccountOfOrder(node_->book(), order, evidence::Date::Of(circle_.clock().Now()), reason);
  }
  // What the report about this account says of orders settled before.
  evidence::SettledBucket Reported(const NewIncident& account) {
    auto view = node_->ledger().Add(node_.Caller(), account);
    EXPECT_THAT(view, IsOk());
    EXPECT_THAT(node_->ledger().Publish(node_.Caller(), view->incident.id), IsOk());
    EXPECT_THAT(node_->Tick(), IsOk());
    const uint64_t index = node_->ledger().Get(view->incident.id)->report->index;
    auto row = node_->store().Get(storage::Column::kLogBodies, storage::LogIndexKey(1, index));
    auto body = evidence::ReportBody::Decode(**row);
    EXPECT_THAT(body, IsOk());
    auto facts = evidence::OpenReport(*body, "toko-a.test",
                                      evidence::ReportKey(node_->keys().record, body->salt));
    EXPECT_THAT(facts, IsOk());
    return facts->settled_before;
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

TEST_F(SuggestTest, MoneyIsLateFromTheDayAfterItWasDue) {
  Import("0812-3456-7801", "a", "2026-09-01", "");  // invoiced on 2026-08-02
  const SuggestionPage page = Suggested();
  ASSERT_EQ(page.suggestions.size(), 1u);
  EXPECT_EQ(page.suggestions[0].account.occurred, Day("2026-09-02"));
  EXPECT_EQ(page.suggestions[0].invoiced, Day("2026-08-02"));
  const std::string& order = page.suggestions[0].order;
  EXPECT_EQ(AccountOf(order)->occurred, Day("2026-09-02"));
  // As old as it is past due, give or take that day.
  EXPECT_EQ(AccountOf(order, evidence::Reason::kAgreementBroken)->occurred, Day("2026-08-02"));
}

// Some charters leave out what is merely late: what is suggested can be shared all the same.
TEST_F(SuggestTest, TheFirstReasonOfLatenessThatTheCharterInForceSharesIsSuggested) {
  Import("0812-3456-7801", "a", "2026-09-01", "");
  std::string charter = circle_.charter().source;
  const auto suggested_without = [&](const std::string& reason) {
    const size_t begin = charter.find("[reasons." + reason + "]\n");
    const size_t end = charter.find("\n[", begin) + 1;
    charter.erase(begin, end - begin);
    EXPECT_THAT(node_->charters().Adopt(node_.Caller(), charter, "agreed in May"), IsOk());
    EXPECT_THAT(node_->Tick(), IsOk());
    const SuggestionPage page = Suggested();
    EXPECT_EQ(page.suggestions.size(), 1u);
    return page.suggestions.empty() ? Suggestion() : page.suggestions[0];
  };
  EXPECT_EQ(Suggested().suggestions[0].account.reason, evidence::Reason::kInvoiceOverdue);
  Suggestion suggestion = suggested_without("deposit-unsettled");
  EXPECT_EQ(suggestion.account.reason, evidence::Reason::kInvoiceOverdue);
  suggestion = suggested_without("invoice-overdue");
  EXPECT_EQ(suggestion.account.reason, evidence::Reason::kInvoiceUnpaidReminded);
  EXPECT_THAT(suggestion.missing, ::testing::IsEmpty());
  EXPECT_EQ(suggestion.account.occurred, Day("2026-09-02"));
  DAFTAR_EXPECT_OK(AccountOf(suggestion.order, suggestion.account.reason));
  suggestion = suggested_without("invoice-unpaid-reminded");
  EXPECT_EQ(suggestion.account.reason, evidence::Reason::kInvoiceOverdue);
  EXPECT_THAT(suggestion.missing,
              ::testing::ElementsAre(HasSubstr("does not let this one be shared")));
}

TEST_F(SuggestTest, AnUnsettledDepositIsSuggestedWhereTheCharterSharesNoOtherLateness) {
  Import("0812-3456-7801", "a", "2026-09-01", "");
  std::string charter = circle_.charter().source;
  for (const std::string reason : {"invoice-overdue", "invoice-unpaid-reminded"}) {
    const size_t begin = charter.find("[reasons." + reason + "]\n");
    charter.erase(begin, charter.find("\n[", begin) + 1 - begin);
  }
  DAFTAR_ASSERT_OK(node_->charters().Adopt(node_.Caller(), charter, "agreed in May"));
  DAFTAR_ASSERT_OK(node_->Tick());
  const SuggestionPage page = Suggested();
  ASSERT_EQ(page.suggestions.size(), 1u);
  EXPECT_EQ(page.suggestions[0].account.reason, evidence::Reason::kDepositUnsettled);
  EXPECT_THAT(page.suggestions[0].missing, ::testing::IsEmpty());
  // Of one that was paid late, only that it was late is true, and partners are never told of that.
  Import("0812-3456-7802", "b", "2026-09-01", "2026-10-20");
  EXPECT_EQ(Suggested().suggestions.size(), 1u);
}

// An open debt stays among them where the charter shares no lateness at all: somebody looks at it.
TEST_F(SuggestTest, WhatWasPaidLateIsSuggestedOnlyWhereTheCharterSharesThat) {
  Import("0812-3456-7801", "open", "2026-09-01", "");
  Import("0812-3456-7802", "paid", "2026-09-01", "2026-10-20");
  const auto invoices = [this] {
    std::set<std::string> found;
    for (const Suggestion& suggestion : Suggested().suggestions) found.insert(suggestion.invoice);
    return found;
  };
  EXPECT_EQ(invoices(), (std::set<std::string>{"open", "paid"}));
  std::string charter = circle_.charter().source;
  for (const std::string reason :
       {"invoice-overdue", "invoice-unpaid-reminded", "deposit-unsettled"}) {
    const size_t begin = charter.find("[reasons." + reason + "]\n");
    charter.erase(begin, charter.find("\n[", begin) + 1 - begin);
    DAFTAR_ASSERT_OK(node_->charters().Adopt(node_.Caller(), charter, "agreed in May"));
    DAFTAR_ASSERT_OK(node_->Tick());
    EXPECT_EQ(invoices(), (std::set<std::string>{"open"})) << reason;
  }
}

TEST_F(SuggestTest, WhatElseGoesWrongDoesSoOnAnyDay) {
  Import("0812-3456-7801", "paid", "2026-09-01", "2026-08-20");
  const std::string order = NameOf("0812-3456-7801", "paid");
  for (const evidence::ReasonInfo& info : evidence::AllReasons()) {
    const bool lateness = info.reason == evidence::Reason::kDepositUnsettled ||
                          info.reason == evidence::Reason::kInvoiceOverdue ||
                          info.reason == evidence::Reason::kInvoiceUnpaidReminded;
    auto account = AccountOf(order, info.reason);
    if (lateness) {
      EXPECT_THAT(account, StatusIs(absl::StatusCode::kFailedPrecondition,
                                    AllOf(HasSubstr("another reason"), Not(HasSubstr("--")))))
          << info.name;
    } else {
      DAFTAR_ASSERT_OK(account);
      EXPECT_EQ(account->reason, info.reason);
    }
  }
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

TEST_F(SuggestTest, APlaceholderInEveryLineMakesNobodyAnswerForAStrangersOrder) {
  for (int buyer = 0; buyer < 4; ++buyer) {
    Import({Email("noreply@mail.id"), Phone("0812-3456-780" + std::to_string(buyer))},
           std::to_string(buyer), "2026-09-01", "");
  }
  const SuggestionPage page = Suggested();
  ASSERT_EQ(page.suggestions.size(), 4u);
  for (const Suggestion& suggestion : page.suggestions) {
    const Identifiers own = {Phone("0812-3456-780" + suggestion.invoice)};
    EXPECT_EQ(suggestion.account.identifiers, own);
    auto account = AccountOf(suggestion.order);
    DAFTAR_ASSERT_OK(account);
    EXPECT_EQ(account->identifiers, own);
    DAFTAR_EXPECT_OK(node_->ledger().Add(node_.Caller(), *account));
  }
}

TEST_F(SuggestTest, AnAccountNamesOnlyTheOrdersOwnIdentifiersAndAtMostFour) {
  // One customer, who once gave the neighbour's number.
  Import({Phone("0812-3456-7801"), Email("siti@mail.id")}, "a", "2026-09-01", "");
  Import({Phone("0812-3456-7802"), Email("siti@mail.id")}, "b", "2026-09-01", "");
  Identifiers many = {Phone("0812-3456-7801")};
  for (int i = 0; i < 6; ++i) many.push_back(Email("siti" + std::to_string(i) + "@mail.id"));
  Import(many, "c", "2026-09-01", "");
  EXPECT_EQ(AccountOf(NameOf("0812-3456-7801", "a"))->identifiers,
            (Identifiers{Phone("0812-3456-7801"), Email("siti@mail.id")}));
  EXPECT_EQ(AccountOf(NameOf("0812-3456-7801", "b"))->identifiers,
            (Identifiers{Phone("0812-3456-7802"), Email("siti@mail.id")}));
  EXPECT_EQ(AccountOf(NameOf("0812-3456-7801", "c"))->identifiers,
            Identifiers(many.begin(), many.begin() + evidence::kMaxIdentifiersPerEntry));
}

TEST_F(SuggestTest, WhatCameOntoTheWarningListAfterTheImportIsNotNamed) {
  Import({Phone("0812-3456-7801"), Email("staff@mail.id")}, "a", "2026-09-01", "");
  Import({Phone("0812-3456-7802")}, "b", "2026-09-01", "");
  struct OwnList final : identity::OwnIdentifiers {
    bool Holds(const identity::Identifier& identifier) const override {
      return held.contains(identifier);
    }
    std::set<identity::Identifier> held;
  } own;
  const identity::WarningList warnings(&own);
  own.held = {Email("staff@mail.id"), Phone("0812-3456-7802")};
  const book::Book later(node_->store(), node_->vault(), circle_.entropy(), circle_.clock(),
                         warnings);
  const evidence::Date today = evidence::Date::Of(circle_.clock().Now());
  EXPECT_EQ(AccountOfOrder(later, NameOf("0812-3456-7801", "a"), today)->identifiers,
            (Identifiers{Phone("0812-3456-7801")}));
  EXPECT_THAT(AccountOfOrder(later, NameOf("0812-3456-7802", "b"), today),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("warning list")));
  auto page = SuggestIncidents(later, node_->ledger(), today, 0, 100, "");
  DAFTAR_ASSERT_OK(page);
  ASSERT_EQ(page->suggestions.size(), 1u);
  EXPECT_EQ(page->suggestions[0].invoice, "a");
}

TEST_F(SuggestTest, AnOrderThatSupportsNoIncidentAnyMoreHasNoAccount) {
  const auto account_when_paid = [this](const std::string& paid) {
    Import("0812-3456-7801", "a", "2026-10-01", paid);
    return AccountOf(NameOf("0812-3456-7801", "a"));
  };
  DAFTAR_EXPECT_OK(account_when_paid(""));  // open past due
  EXPECT_THAT(account_when_paid("2026-10-01"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("paid by the day")));
  DAFTAR_EXPECT_OK(account_when_paid("2026-10-02"));  // a day late
  Import("0812-3456-7802", "b", "2026-11-01", "");    // due today
  EXPECT_THAT(AccountOf(NameOf("0812-3456-7802", "b")),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("not past its due day")));
  Import("0812-3456-7803", "c", "2026-10-01", "", true);
  EXPECT_THAT(AccountOf(NameOf("0812-3456-7803", "c")),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("disputed")));
}

TEST_F(SuggestTest, AReportCountsOtherOrdersSettledBeforeItOccurredAndNoOthers) {
  const std::string phone = "0812-3456-7801";
  Import(phone, "good", "2026-03-01", "2026-03-11");       // counts: ten days late
  Import(phone, "very late", "2026-03-01", "2026-03-12");  // eleven
  Import(phone, "reported", "2026-09-01", "2026-10-20");   // late from 2026-09-02 on
  Import(phone, "that day", "2026-08-25", "2026-09-02");   // paid on it
  Import(phone, "later", "2026-10-01", "2026-09-20");
  Import("0812-3456-7802", "stranger's", "2026-03-01", "2026-02-20");
  auto account = AccountOf(NameOf(phone, "reported"));
  DAFTAR_ASSERT_OK(account);
  EXPECT_EQ(Reported(*account), evidence::SettledBucket::kOneOrTwo);
}

TEST_F(SuggestTest, TheReportedOrderNeverCountsAsSettledBefore) {
  const std::string phone = "0812-3456-7801";
  Import(phone, "a", "2026-03-01", "2026-02-20");
  const Identifiers buyer = {Phone(phone)};
  const auto settled = [&](const std::string& day, const std::string& except) {
    return *OrdersSettledBefore(node_->book(), node_->ledger(), buyer, Day(day), except, 10);
  };
  EXPECT_EQ(settled("2026-02-21", ""), 1u);
  EXPECT_EQ(settled("2026-02-20", ""), 0u);
  EXPECT_EQ(settled("2026-10-01", "another"), 1u);
  EXPECT_EQ(settled("2026-10-01", NameOf(phone, "a")), 0u);
  // And through the ledger: the day it occurred may lie after the order was paid.
  NewIncident incident = ::daftar::testing::DepositUnsettled(phone);
  EXPECT_EQ(Reported(incident), evidence::SettledBucket::kOneOrTwo);
  incident.order = NameOf(phone, "a");
  incident.reason = evidence::Reason::kNoShow;  // which an order that was paid supports too
  EXPECT_EQ(Reported(incident), evidence::SettledBucket::kNone);
}

TEST_F(SuggestTest, UnknownAndMalformedOrderNamesAreNotFound) {
  const evidence::Date today = evidence::Date::Of(circle_.clock().Now());
  for (const std::string name : {"", "x", "00000000000000000000000000000000-0000000000000000"}) {
    EXPECT_THAT(AccountOfOrder(node_->book(), name, today), StatusIs(absl::StatusCode::kNotFound));
  }
}

}  // namespace
}  // namespace daftar::ledger
