#include "node/book/eraser.h"

#include <atomic>
#include <set>
#include <thread>
#include <utility>

#include "node/book/allowlist.h"
#include "storage/purge.h"
#include "storage/requests.h"
#include "tests/node/book/book_fixture.h"

namespace daftar::book {
namespace {

using daftar::testing::IsOk;
using daftar::testing::IsOkAndHolds;
using daftar::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class EraserTest : public BookTest {
 protected:
  EraserTest()
      : groups_(*Groups::Open(*store_, vault_, entropy_, clock_)),
        allowlist_(*store_, vault_, entropy_, clock_, warnings_) {}
  absl::StatusOr<EraseReport> Erase(const CustomerId& id) {
    return book_->Erase(By(), id, IncidentsAbout(), "asked for it");
  }
  IncidentCount IncidentsAbout() {
    return [this](std::span<const identity::Identifier> identifiers) {
      uint64_t count = 0;
      for (const auto& identifier : identifiers) count += in_incidents_.count(identifier);
      return absl::StatusOr<uint64_t>(count);
    };
  }
  // All of the book that is personal, opened.
  std::string Everything() {
    return Opened(storage::Column::kCustomers) + Opened(storage::Column::kOrders) +
           Opened(storage::Column::kAllowed) + Opened(storage::Column::kGroups);
  }
  std::unique_ptr<Groups> groups_;
  Allowlist allowlist_;
  std::set<identity::Identifier> in_incidents_;
};

TEST_F(EraserTest, AnOrderIsPaidWhenItsIncidentSaysSo) {
  const decision::OrderRow row = Row({Handle("shop/budi")}, "B-1", "2024-01-01", "2024-02-01", "");
  ASSERT_THAT(book_->ImportOrders({&row, 1}), IsOk());
  const auto erase = [this](const std::string& paid) {
    const auto remarked = [&paid](const NamedOrder& named) {
      decision::RemarkedOrder order{named.order};
      EXPECT_EQ(named.name, OrderName(named.customer, named.order));
      order.facts.paid = Day(paid);
      return order;
    };
    return book_->Erase(By(), IdOf(Handle("shop/budi")), IncidentsAbout(), "asked", {}, remarked);
  };
  EXPECT_EQ(erase("2030-01-01")->orders_kept, 1u);  // a day to come
  EXPECT_EQ(erase("2024-03-01")->orders_erased, 1u);
}

TEST_F(EraserTest, ItAsksThatWhatGoesAlsoLeavesTheFiles) {
  const CustomerId id = Bought(Handle("shop/budi"), "B-1", "2024-01-15");
  EXPECT_THAT(storage::PurgeIfAsked(*store_, {}), IsOkAndHolds(false));
  ASSERT_THAT(Erase(id), IsOk());
  EXPECT_THAT(storage::PurgeIfAsked(*store_, {}), IsOkAndHolds(true));
}

TEST_F(EraserTest, AnOrderWhosePaymentWasTakenBackIsOwedAgain) {
  const decision::OrderRow row =
      Row({Handle("shop/budi")}, "B-1", "2024-01-01", "2024-02-01", "2024-01-15");
  ASSERT_THAT(book_->ImportOrders({&row, 1}), IsOk());
  const auto erase = [this](const std::string& made_good) {
    const auto remarked = [&made_good](const NamedOrder& named) {
      decision::RemarkedOrder order{named.order, decision::OrderRemark::kBroken};
      order.taken_back = true;
      order.made_good = made_good.empty() ? evidence::Date() : Day(made_good);
      return order;
    };
    return book_->Erase(By(), IdOf(Handle("shop/budi")), IncidentsAbout(), "asked", {}, remarked);
  };
  ASSERT_EQ(erase("")->orders_kept, 1u);
  EXPECT_EQ(erase("2024-03-01")->orders_erased, 1u);
}

TEST_F(EraserTest, NothingOfThePersonIsLeftAndNothingOfOthersGoes) {
  const std::vector<decision::OrderRow> rows = {
      Row({Handle("shop/budi"), Phone("081234567890")}, "BUDI-1", "2024-01-01", "2024-02-01",
          "2024-01-15"),
      Row({Handle("shop/siti")}, "SITI-1", "2024-01-01", "2024-02-01", "2024-01-15")};
  ASSERT_THAT(book_->ImportOrders(rows), IsOk());
  const std::vector<decision::CustomerRow> people = {{2, {Handle("shop/budi")}, "Budi Santoso"}};
  ASSERT_THAT(book_->ImportCustomers(people), IsOk());
  const CustomerId budi = IdOf(Handle("shop/budi"));
  ASSERT_THAT(book_->SetGroups(By(), budi, {{"vip"}, {}}, *groups_, "x"), IsOk());
  const std::vector<identity::Identifier> allowed = {Phone("081234567890"), Email("budi@mail.id")};
  ASSERT_THAT(allowlist_.Add(By(), allowed, "Budi is my brother"), IsOk());
  const std::vector<identity::Identifier> other = {Handle("shop/siti")};
  ASSERT_THAT(allowlist_.Add(By(), other, "known"), IsOk());

  const auto report = Erase(budi);
  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->complete());
  EXPECT_EQ(report->customers_erased, 1u);
  EXPECT_EQ(report->orders_erased, 1u);
  EXPECT_EQ(report->identifiers_erased, 2u);
  EXPECT_EQ(report->allowed_erased, 1u);
  EXPECT_TRUE(report->reasons.empty());
  const std::string left = Everything();
  for (const std::string_view gone : {"budi", "Budi", "81234567890", "BUDI-1", "vip"}) {
    EXPECT_THAT(left, Not(HasSubstr(std::string(gone))));
  }
  EXPECT_THAT(left, HasSubstr("shop/siti"));
  EXPECT_THAT(left, HasSubstr("SITI-1"));
  EXPECT_EQ(RowsIn(storage::Column::kIdentifiers), 1u);
  EXPECT_EQ(RowsIn(storage::Column::kCustomers), 1u);
  EXPECT_EQ(RowsIn(storage::Column::kOrders), 1u);
  EXPECT_EQ(RowsIn(storage::Column::kAllowed), 1u);
  EXPECT_EQ(*book_->FindByIdentifier(Phone("081234567890")), std::nullopt);
  EXPECT_THAT(book_->ShowCustomer(budi), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Erase(budi), StatusIs(absl::StatusCode::kNotFound));
  const auto record = Record();
  EXPECT_TRUE(std::any_of(record.begin(), record.end(), [&](const auto& row) {
    return row.action == "customer.erase" && row.object == budi.hex();
  }));
}

TEST_F(EraserTest, AnOpenDebtStaysWithItsIdentifiersAndGoesOnceItIsPaid) {
  const std::vector<decision::OrderRow> rows = {
      Row({Handle("shop/budi"), Phone("081234567890")}, "PAID", "2024-01-01", "2024-02-01",
          "2024-01-15"),
      Row({Handle("shop/budi")}, "OPEN", "2024-01-01", "2024-02-01"),
      Row({Handle("shop/budi")}, "GIVEN-UP", "2024-01-01", "2024-02-01")};
  ASSERT_THAT(book_->ImportOrders(rows), IsOk());
  const std::vector<decision::CustomerRow> people = {{2, {Handle("shop/budi")}, "Santoso"}};
  ASSERT_THAT(book_->ImportCustomers(people), IsOk());
  const CustomerId budi = IdOf(Handle("shop/budi"));
  ASSERT_THAT(book_->SetOutcome(By(), "GIVEN-UP", {OutcomeKind::kUnpaid, Day("2024-05-01")},
                                std::nullopt, "x"),
              IsOk());
  const auto first = book_->Erase(By("e"), budi, IncidentsAbout(), "asked");
  ASSERT_THAT(first, IsOk());
  EXPECT_FALSE(first->complete());
  EXPECT_EQ(first->orders_erased, 1u);
  EXPECT_EQ(first->orders_kept, 2u);
  EXPECT_EQ(first->identifiers_erased, 1u);
  EXPECT_EQ(first->identifiers_kept, 1u);
  ASSERT_EQ(first->reasons.size(), 1u);
  EXPECT_THAT(first->reasons[0], HasSubstr("2 of the orders are not paid"));
  EXPECT_THAT(Everything(), Not(HasSubstr("Santoso")));
  EXPECT_THAT(Everything(), Not(HasSubstr("81234567890")));
  EXPECT_EQ(IdOf(Handle("shop/budi")), budi);
  EXPECT_EQ(OrdersOf(budi).size(), 2u);
  for (const std::string invoice : {"OPEN", "GIVEN-UP"}) {
    ASSERT_THAT(book_->SetOutcome(By(), invoice, {OutcomeKind::kPaid, Day("2024-06-01")},
                                  std::nullopt, "x"),
                IsOk());
  }
  // The first request again tells what it did, and does nothing.
  EXPECT_THAT(book_->Erase(By("e"), budi, IncidentsAbout(), "asked"), IsOkAndHolds(*first));
  EXPECT_EQ(OrdersOf(budi).size(), 2u);
  const auto rest = Erase(budi);
  ASSERT_THAT(rest, IsOk());
  EXPECT_TRUE(rest->complete());
  EXPECT_EQ(rest->orders_erased, 2u);
  EXPECT_EQ(Everything(), "");
  EXPECT_EQ(RowsIn(storage::Column::kIdentifiers), 0u);
}

TEST_F(EraserTest, ARequestIdErasesOnePersonAndWhoIsGoneIsSaidKindly) {
  const CustomerId a = Bought(Handle("shop/a"), "1", "2024-01-15");
  const CustomerId b = Bought(Handle("shop/b"), "1", "2024-01-15");
  ASSERT_THAT(book_->Erase(By("e"), a, IncidentsAbout(), "x"), IsOk());
  EXPECT_THAT(book_->Erase(By("e"), b, IncidentsAbout(), "x"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another request")));
  EXPECT_EQ(OrdersOf(b).size(), 1u);
  EXPECT_THAT(Erase(a), StatusIs(absl::StatusCode::kNotFound,
                                 AllOf(HasSubstr("any more"), HasSubstr("left to erase"))));
}

TEST_F(EraserTest, APaymentStillToComeLeavesTheDebtOpen) {
  const CustomerId id = Bought(Handle("shop/a"), "1", "2024-10-05");  // tomorrow
  EXPECT_EQ(Erase(id)->orders_kept, 1u);
}

TEST_F(EraserTest, IdentifiersInIncidentsStayAndTheReportSaysSo) {
  const std::vector<decision::CustomerRow> people = {
      {2, {Handle("shop/budi"), Phone("081234567890")}, "Santoso"}};
  ASSERT_THAT(book_->ImportCustomers(people), IsOk());
  const CustomerId budi = IdOf(Handle("shop/budi"));
  in_incidents_.insert(Phone("081234567890"));
  const auto report = Erase(budi);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->incident_identifiers, 1u);
  EXPECT_EQ(report->identifiers_kept, 1u);
  EXPECT_EQ(report->identifiers_erased, 1u);
  EXPECT_THAT(report->reasons.at(0), HasSubstr("incidents"));
  EXPECT_THAT(Everything(), Not(HasSubstr("Santoso")));
  EXPECT_THAT(Everything(), Not(HasSubstr("shop/budi")));
  EXPECT_EQ(IdOf(Phone("081234567890")), budi);
  in_incidents_.clear();
  EXPECT_TRUE(Erase(budi)->complete());
  EXPECT_EQ(Everything(), "");
}

TEST_F(EraserTest, OtherRoomsEraseInTheSameWriteAndTheReportSaysWhat) {
  const std::vector<decision::CustomerRow> people = {
      {2, {Handle("shop/budi"), Phone("081234567890")}, "Santoso"}};
  ASSERT_THAT(book_->ImportCustomers(people), IsOk());
  in_incidents_.insert(Phone("081234567890"));
  const crypto::Bytes key = crypto::ToBytes(std::string("kept elsewhere"));
  storage::Batch before;
  before.Put(storage::Column::kLookups, key, {});
  ASSERT_THAT(store_->Write(std::move(before)), IsOk());
  const CustomerId budi = IdOf(Handle("shop/budi"));
  bool fails = true;
  const auto elsewhere = [&](const Leaving& leaving,
                             storage::Batch& batch) -> absl::StatusOr<ErasedElsewhere> {
    EXPECT_THAT(leaving.gone, ElementsAre(Handle("shop/budi")));
    EXPECT_THAT(leaving.kept, ElementsAre(Phone("081234567890")));
    EXPECT_THAT(leaving.names, ElementsAre("Santoso"));
    batch.Delete(storage::Column::kLookups, key);
    if (fails) return absl::UnavailableError("no");
    return ErasedElsewhere{2, 1, 2, 3};
  };
  EXPECT_THAT(book_->Erase(By("a"), budi, IncidentsAbout(), "x", elsewhere),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(RowsIn(storage::Column::kLookups), 1u);
  fails = false;
  const auto report = book_->Erase(By("a"), budi, IncidentsAbout(), "x", elsewhere);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(RowsIn(storage::Column::kLookups), 0u);
  EXPECT_EQ(report->incidents_erased, 2u);
  ASSERT_EQ(report->reasons.size(), 4u);
  EXPECT_THAT(report->reasons[1], HasSubstr("one incident that was never shared"));
  EXPECT_THAT(report->reasons[2], HasSubstr("2 incidents that were never shared are about others"));
  EXPECT_THAT(report->reasons[3], HasSubstr("3 receipts"));
  EXPECT_THAT(book_->Erase(By("a"), budi, IncidentsAbout(), "x"), IsOkAndHolds(*report));
}

TEST_F(EraserTest, OtherRoomsLearnWhichIncidentsAreAnothers) {
  const identity::Identifier budi = Handle("shop/budi");
  const identity::Identifier sari = Handle("shop/sari");
  const identity::Identifier counter = Phone("081234567890");
  const identity::Identifier unknown = Phone("081299990000");
  ASSERT_THAT(book_->ImportCustomers({{{2, {budi, counter}, "Budi"}, {3, {sari}, "Sari"}}}),
              IsOk());
  const std::string of_budi = OrderName(IdOf(budi), "1");
  const std::string of_sari = OrderName(IdOf(sari), "2");
  const std::string of_nobody = OrderName(entropy_.Public<CustomerId>(), "3");
  const auto erased = book_->Erase(
      By("a"), IdOf(budi), IncidentsAbout(), "x",
      [&](const Leaving& leaving, storage::Batch&) -> absl::StatusOr<ErasedElsewhere> {
        using Identifiers = std::vector<identity::Identifier>;
        const auto left = [&](const std::string& order, const Identifiers& named,
                              const Identifiers& shared = {}) {
          return *leaving.left(order, named, [&](const identity::Identifier& identifier) {
            return absl::StatusOr<bool>(std::count(shared.begin(), shared.end(), identifier) > 0);
          });
        };
        EXPECT_THAT(left(of_budi, {counter, sari}), IsEmpty());
        EXPECT_THAT(left(of_budi, {counter, sari}, {counter}), IsEmpty());
        EXPECT_THAT(left(of_sari, {counter, sari}), ElementsAre(sari));
        EXPECT_THAT(left(of_sari, {counter, unknown}), ElementsAre(unknown));
        EXPECT_THAT(left(of_sari, {counter}), ElementsAre(sari));
        EXPECT_THAT(left("", {counter}), IsEmpty());
        EXPECT_THAT(left("", {counter, sari}), ElementsAre(sari));
        EXPECT_THAT(left("", {counter, unknown}), IsEmpty());
        EXPECT_THAT(left("", {counter, unknown}, {counter}), ElementsAre(unknown));
        EXPECT_THAT(left("", {budi, counter, unknown}, {counter}), IsEmpty());
        EXPECT_THAT(left("", {counter}, {counter}), IsEmpty());
        // Of whoever has a number that is many people's it says nothing.
        EXPECT_THAT(left("", {budi, sari}, {sari}), IsEmpty());
        EXPECT_THAT(left(of_nobody, {counter, unknown}), IsEmpty());
        EXPECT_THAT(left(of_nobody, {counter, sari}), ElementsAre(sari));
        EXPECT_THAT(left("a receipt's", {counter, sari}), ElementsAre(sari));
        return ErasedElsewhere{};
      });
  ASSERT_THAT(erased, IsOk());
}

TEST_F(EraserTest, ARepetitionOfWhatAnOlderVersionErasedIsAnswered) {
  const CustomerId id = Bought(Handle("shop/budi"), "1", "2024-01-15");
  const auto erased = book_->Erase(By("a"), id, IncidentsAbout(), "x");
  ASSERT_THAT(erased, IsOk());
  const auto key = storage::RequestLog::Key(By("a").actor, By("a").request_id);
  ASSERT_THAT(key, IsOk());
  auto row = *storage::RequestLog::Find(*store_, *key, "customer-erase");
  ASSERT_TRUE(row.has_value());
  crypto::Bytes older = *row;
  constexpr size_t kBefore = 11 * sizeof(uint64_t);
  older.erase(older.begin() + kBefore, older.begin() + kBefore + sizeof(uint64_t));
  storage::Batch batch;
  storage::RequestLog::Replace(batch, *key, "customer-erase", *row, older);
  ASSERT_THAT(store_->Write(std::move(batch)), IsOk());
  EXPECT_THAT(book_->Erase(By("a"), id, IncidentsAbout(), "x"), IsOkAndHolds(*erased));
  EXPECT_THAT(book_->Erase(By("a"), entropy_.Public<CustomerId>(), IncidentsAbout(), "x"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(EraserTest, AFailingCountOfIncidentsErasesNothing) {
  const CustomerId id = Bought(Handle("shop/a"), "1", "2024-01-15");
  const auto erased = book_->Erase(
      By(), id,
      [](std::span<const identity::Identifier>) -> absl::StatusOr<uint64_t> {
        return absl::UnavailableError("no");
      },
      "x");
  EXPECT_THAT(erased, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(OrdersOf(id).size(), 1u);
}

TEST_F(EraserTest, AWholeIsErasedByAnyOfItsIdsAndKeepsTogetherWhatStays) {
  const CustomerId root = Bought(Handle("shop/root"), "1", "2024-01-15");
  const CustomerId between = Bought(Handle("shop/between"), "2", "2024-01-15");
  const CustomerId debtor = Bought(Handle("shop/debtor"), "3");
  ASSERT_THAT(book_->Merge(By(), between, debtor, "x"), IsOk());
  ASSERT_THAT(book_->Merge(By(), root, between, "x"), IsOk());
  const auto report = Erase(debtor);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->customers_erased, 1u);
  EXPECT_EQ(report->customers_kept, 2u);  // the debtor, and the root, bare
  EXPECT_EQ(report->orders_erased, 2u);
  EXPECT_EQ(IdOf(Handle("shop/debtor")), root);
  EXPECT_EQ(book_->ShowCustomer(root)->identifiers,
            std::vector<identity::Identifier>{Handle("shop/debtor")});
  EXPECT_THAT(Everything(), Not(HasSubstr("shop/root")));
  EXPECT_THAT(Everything(), Not(HasSubstr("shop/between")));
  ASSERT_THAT(
      book_->SetOutcome(By(), "3", {OutcomeKind::kPaid, Day("2024-06-01")}, std::nullopt, "x"),
      IsOk());
  EXPECT_TRUE(Erase(root)->complete());
  EXPECT_EQ(Everything(), "");
}

TEST_F(EraserTest, OrdersOfAnotherWhoWasTheSameOnceForgetThePersonToo) {
  const CustomerId a = Bought(Handle("shop/a"), "1", "2024-01-15");
  const CustomerId b = Bought(Handle("shop/b"), "2", "2024-01-15");
  ASSERT_THAT(book_->Merge(By(), a, b, "x"), IsOk());
  const std::vector<decision::OrderRow> rows = {
      Row({Handle("shop/a"), Handle("shop/b")}, "3", "2024-01-01", "2024-02-01"),
      Row({Handle("shop/b")}, "1", "2024-01-01", "2024-02-01", "2024-01-16")};
  ASSERT_THAT(book_->ImportOrders(rows), IsOk());
  ASSERT_THAT(book_->Unmerge(By(), b, "x"), IsOk());
  ASSERT_TRUE(Erase(b)->complete());
  EXPECT_THAT(Everything(), Not(HasSubstr("shop/b")));
  ASSERT_EQ(OrdersOf(a).size(), 2u);
  for (const Order& order : OrdersOf(a)) {
    EXPECT_EQ(order.identifiers, std::vector<identity::Identifier>{Handle("shop/a")});
  }
}

TEST_F(EraserTest, AnOrderThatGetsItsOwnersIdentifiersGetsNoMoreThanFit) {
  const CustomerId a = Bought(Handle("shop/a"), "1", "2024-01-15");
  std::vector<decision::OrderRow> rows;
  for (size_t i = 0; i < kMaxIdentifiersPerOrder; ++i) {
    const std::string number = std::to_string(i);
    rows.push_back(Row({Handle("shop/a"), Handle("shop/a" + number)}, "own-" + number, "2024-01-01",
                       "2024-02-01", "2024-01-15"));
  }
  ASSERT_THAT(book_->ImportOrders(rows), IsOk());
  const CustomerId b = Bought(Handle("shop/b"), "2", "2024-01-15");
  ASSERT_THAT(book_->Merge(By(), a, b, "x"), IsOk());
  const std::vector<decision::OrderRow> again = {
      Row({Handle("shop/b")}, "1", "2024-01-01", "2024-02-01", "2024-01-15")};
  ASSERT_THAT(book_->ImportOrders(again), IsOk());
  ASSERT_THAT(book_->Unmerge(By(), b, "x"), IsOk());
  ASSERT_TRUE(Erase(b)->complete());
  EXPECT_EQ(book_->ShowCustomer(a)->identifiers.size(), kMaxIdentifiersPerOrder + 1);
  const std::vector<Order> orders = OrdersOf(a);
  ASSERT_EQ(orders.size(), kMaxIdentifiersPerOrder + 1);
  EXPECT_TRUE(std::any_of(orders.begin(), orders.end(), [](const Order& order) {
    return order.invoice == "1" && order.identifiers.size() == kMaxIdentifiersPerOrder;
  }));
}

TEST_F(EraserTest, OtherRoomsLearnEachNameOfAWhole) {
  const std::vector<decision::CustomerRow> people = {{2, {Handle("shop/a")}, "Budi"},
                                                     {3, {Handle("shop/b")}, "Budi Santoso"}};
  ASSERT_THAT(book_->ImportCustomers(people), IsOk());
  const CustomerId root = IdOf(Handle("shop/a"));
  ASSERT_THAT(book_->Merge(By(), root, IdOf(Handle("shop/b")), "x"), IsOk());
  std::vector<std::string> names;
  const auto elsewhere = [&](const Leaving& leaving,
                             storage::Batch&) -> absl::StatusOr<ErasedElsewhere> {
    names.assign(leaving.names.begin(), leaving.names.end());
    return ErasedElsewhere{};
  };
  ASSERT_THAT(book_->Erase(By(), root, IncidentsAbout(), "x", elsewhere), IsOk());
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("Budi", "Budi Santoso"));
}

TEST_F(EraserTest, ADebtOfOneErasedBeforeIsKeptAsLongAsItNamesOnlyThePerson) {
  const CustomerId a = Bought(Handle("shop/a"), "1", "2024-01-15");
  const CustomerId b = Bought(Handle("shop/b"), "2", "2024-01-15");
  ASSERT_THAT(book_->Merge(By(), a, b, "x"), IsOk());
  // a's invoices, in lines that name them as b.
  const std::vector<decision::OrderRow> rows = {
      Row({Handle("shop/a")}, "debt", "2024-01-01", "2024-02-01"),
      Row({Handle("shop/a")}, "both", "2024-01-01", "2024-02-01")};
  ASSERT_THAT(book_->ImportOrders(rows), IsOk());
  const std::vector<decision::OrderRow> again = {
      Row({Handle("shop/b")}, "debt", "2024-01-01", "2024-02-01"),
      Row({Handle("shop/b")}, "both", "2024-01-01", "2024-02-01")};
  ASSERT_THAT(book_->ImportOrders(again), IsOk());
  ASSERT_THAT(book_->Unmerge(By(), b, "x"), IsOk());
  const auto first = Erase(a);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->orders_kept, 2u);
  EXPECT_EQ(first->identifiers_kept, 0u);
  EXPECT_EQ(first->identifiers_erased, 1u);

  const auto second = Erase(b);
  ASSERT_THAT(second, IsOk());
  EXPECT_FALSE(second->complete());
  EXPECT_EQ(second->orders_kept, 2u);
  EXPECT_EQ(second->orders_erased, 1u);
  EXPECT_EQ(second->identifiers_kept, 1u);
  EXPECT_THAT(second->reasons.at(0), HasSubstr("2 of the orders are not paid"));
  ASSERT_EQ(OrdersOf(a).size(), 2u);
  EXPECT_EQ(OrdersOf(a)[0].identifiers, std::vector<identity::Identifier>{Handle("shop/b")});
  for (const std::string invoice : {"debt", "both"}) {
    ASSERT_THAT(book_->SetOutcome(By(), invoice, {OutcomeKind::kPaid, Day("2024-06-01")},
                                  std::nullopt, "x"),
                IsOk());
  }
  const auto rest = Erase(b);
  ASSERT_THAT(rest, IsOk());
  EXPECT_TRUE(rest->complete());
  EXPECT_EQ(rest->orders_erased, 2u);  // of nobody else's any more
  EXPECT_TRUE(OrdersOf(a).empty());
  EXPECT_THAT(Everything(), Not(HasSubstr("shop/")));
}

TEST_F(EraserTest, AnOrderThatComesWhileItsCustomerIsErasedIsNeverLeftWithoutOne) {
  constexpr int kErasures = 60;
  std::atomic<bool> stop = false;
  std::vector<std::thread> importers;
  for (int t = 0; t < 2; ++t) {
    importers.emplace_back([&, t] {
      for (int n = 0; !stop; ++n) {
        decision::OrderRow row;
        row.line = 2;
        row.identifiers = {Handle("shop/a")};
        row.invoice = std::to_string(t) + "-" + std::to_string(n);
        row.invoiced = row.due = row.paid = Day("2024-01-01");
        row.amount = {1, *evidence::Currency::FromCode("USD")};
        // One who always comes second to the other, and is erased before coming again, gives up.
        const auto report = book_->ImportOrders({&row, 1});
        EXPECT_TRUE(report.ok() || absl::IsAborted(report.status())) << report.status();
      }
    });
  }
  for (int erased = 0; erased < kErasures && !HasFailure();) {
    const auto found = book_->FindByIdentifier(Handle("shop/a"));
    EXPECT_THAT(found, IsOk());
    if (!found.ok() || !found->has_value()) continue;
    const auto report =
        book_->Erase({"uid:1", "e" + std::to_string(erased)}, **found, IncidentsAbout(), "x");
    EXPECT_THAT(report, IsOk());
    EXPECT_TRUE(report.ok() && report->complete());
    ++erased;
  }
  stop = true;
  for (std::thread& thread : importers) thread.join();
  EXPECT_THAT(book_->ScanOrders([](const Customer&, const Order&) { return true; }), IsOk());
}

}  // namespace
}  // namespace daftar::book
