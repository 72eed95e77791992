#include <array>
#include <functional>
#include <set>
#include <utility>

#include "tests/node/book/book_fixture.h"

namespace daftar::book {
namespace {

using daftar::testing::IsOk;
using daftar::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

// Today is 2024-10-04.
class OrdersTest : public BookTest {
 protected:
  static NewOrder Wanted(const std::string& invoice = "A-1") {
    NewOrder order;
    order.identifiers = {Handle("shop/a"), Phone("081234567890")};
    order.name = "Budi";
    order.invoice = invoice;
    order.invoiced = Day("2024-09-01");
    order.due = Day("2024-09-15");
    order.amount = {450'000, *evidence::Currency::FromCode("IDR")};
    return order;
  }
  NamedOrder Added(const NewOrder& order) {
    const auto added = book_->AddOrder(By(), order);
    EXPECT_THAT(added, IsOk());
    return added.ok() ? *added : NamedOrder();
  }
  absl::StatusOr<NamedOrder> Set(std::string_view order, OutcomeKind kind,
                                 std::string_view day = "") {
    Outcome outcome;
    outcome.kind = kind;
    if (!day.empty()) outcome.day = Day(day);
    return book_->SetOutcome(By(), order, outcome, std::nullopt, "as it was");
  }
  static constexpr ReceiptRef kReceipt{std::array<uint8_t, 16>{7}};
};

TEST_F(OrdersTest, AnOrderMakesItsCustomerAndTheNextOneFindsIt) {
  NewOrder wanted = Wanted();
  wanted.receipt = kReceipt;
  wanted.terms = decision::Terms::kCod;
  const NamedOrder first = Added(wanted);
  EXPECT_EQ(first.customer, IdOf(Handle("shop/a")));
  EXPECT_EQ(first.name, OrderName(first.customer, "A-1"));
  EXPECT_EQ(first.order.receipt, kReceipt);
  EXPECT_EQ(first.order.terms, decision::Terms::kCod);
  EXPECT_EQ(first.order.identifiers.front(), Phone("081234567890"));
  EXPECT_EQ(book_->ShowCustomer(first.customer)->name, "Budi");
  NewOrder second = Wanted("A-2");
  second.identifiers = {Phone("081234567890"), Email("budi@mail.id")};
  EXPECT_EQ(Added(second).customer, first.customer);
  EXPECT_EQ(IdOf(Email("budi@mail.id")), first.customer);
  EXPECT_EQ(book_->FindOrder("A-1")->order, first.order);
  EXPECT_EQ(book_->FindOrder(first.name)->order, first.order);
}

TEST_F(OrdersTest, AnOrderWithoutInvoiceNumberGetsOne) {
  const NamedOrder made = Added(Wanted(""));
  EXPECT_THAT(made.order.invoice,
              MatchesRegex("O(-[0-9A-HJKMNP-TV-Z]{4}){3}"));  // 60 bits, and nothing to misread
  EXPECT_NE(Added(Wanted("")).order.invoice, made.order.invoice);
  EXPECT_EQ(book_->FindOrder(made.order.invoice)->name, made.name);
}

TEST_F(OrdersTest, ARepeatedRequestAddsNoSecondOrder) {
  const auto first = book_->AddOrder(By("r"), Wanted(""));
  ASSERT_THAT(first, IsOk());
  const auto again = book_->AddOrder(By("r"), Wanted(""));
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->name, first->name);
  EXPECT_EQ(OrdersOf(first->customer).size(), 1u);
}

TEST_F(OrdersTest, OneRequestIdForTwoOrdersIsRefusedAndNotTakenForDone) {
  const auto refused =
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another request"));
  const auto first = book_->AddOrder(By("r"), Wanted("A-1"));
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(book_->AddOrder(By("r"), Wanted("A-2")), refused);
  NewOrder dearer = Wanted("A-1");
  ++dearer.amount.minor;
  EXPECT_THAT(book_->AddOrder(By("r"), dearer), refused);
  const NamedOrder second = Added(Wanted("A-2"));
  const Outcome paid{OutcomeKind::kPaid, first->order.due};
  ASSERT_THAT(book_->SetOutcome(By("o"), first->name, paid, std::nullopt, "x"), IsOk());
  EXPECT_THAT(book_->SetOutcome(By("o"), second.name, paid, std::nullopt, "x"), refused);
  EXPECT_THAT(book_->SetOutcome(By("o"), first->name, {OutcomeKind::kReopened, {}}, {}, "x"),
              refused);
}

TEST_F(OrdersTest, AKnownInvoiceNumberOfTheCustomerIsNamedAndOfAnotherIsFine) {
  const NamedOrder first = Added(Wanted());
  EXPECT_THAT(book_->AddOrder(By(), Wanted()),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(first.name)));
  NewOrder other = Wanted();
  other.identifiers = {Handle("shop/b")};
  const NamedOrder second = Added(other);
  EXPECT_NE(second.customer, first.customer);
  // Of a whole: whichever row has it.
  ASSERT_THAT(book_->Merge(By(), first.customer, second.customer, "x"), IsOk());
  NewOrder third = Wanted("B-1");
  third.identifiers = {Handle("shop/b")};
  EXPECT_EQ(Added(third).customer, second.customer);
  third.identifiers = {Handle("shop/a")};
  EXPECT_THAT(book_->AddOrder(By(), third), StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_F(OrdersTest, OrdersOutOfBoundsAreRefusedAndMakeNoCustomer) {
  const auto refused = [this](const std::function<void(NewOrder&)>& change) {
    NewOrder order = Wanted();
    change(order);
    return book_->AddOrder(By(), order).status();
  };
  const auto invalid = StatusIs(absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(refused([](auto& o) { o.invoiced = Day("2024-10-06"); }), invalid);
  EXPECT_THAT(refused([](auto& o) { o.invoiced = {}; }), invalid);
  EXPECT_THAT(refused([](auto& o) { o.due = Day("2024-08-31"); }), invalid);
  EXPECT_THAT(refused([](auto& o) { o.due = {}; }), invalid);
  EXPECT_THAT(refused([](auto& o) { o.paid = Day("2024-10-06"); }), invalid);
  EXPECT_THAT(refused([](auto& o) { o.paid = Day("2024-08-31"); }), invalid);
  EXPECT_THAT(refused([](auto& o) { o.due = o.invoiced.PlusDays(decision::kMaxDueDays + 1); }),
              invalid);
  EXPECT_THAT(refused([](auto& o) { o.amount.currency = {}; }), invalid);
  EXPECT_THAT(refused([](auto& o) { o.amount.minor = 0; }),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("nothing was to be paid")));
  EXPECT_THAT(refused([](auto& o) { o.amount.minor = evidence::kMaxMinorUnits + 1; }), invalid);
  EXPECT_THAT(refused([](auto& o) { o.invoice = std::string(129, 'x'); }), invalid);
  EXPECT_THAT(refused([](auto& o) { o.invoice = "a\nb"; }), invalid);
  EXPECT_THAT(refused([](auto& o) { o.invoice = "A\xE2\x80\xAE-1"; }), invalid);  // turns it
  EXPECT_THAT(refused([](auto& o) { o.name = std::string(201, 'x'); }), invalid);
  EXPECT_THAT(refused([](auto& o) { o.name = " "; }), invalid);
  EXPECT_THAT(refused([](auto& o) { o.identifiers.clear(); }), invalid);
  EXPECT_THAT(refused([](auto& o) { o.identifiers = {Email("noreply@mail.id")}; }),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("one buyer"), Not(HasSubstr("noreply")))));
  EXPECT_TRUE(AllRows().empty());
  Bought(Handle("shop/a"), "1");
  Bought(Handle("shop/b"), "1");
  EXPECT_THAT(
      refused([](auto& o) {
        o.identifiers = {Handle("shop/a"), Handle("shop/b")};
      }),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               AllOf(HasSubstr(IdOf(Handle("shop/a")).hex()), HasSubstr("daftar customer merge"),
                     HasSubstr(IdOf(Handle("shop/b")).hex()), Not(HasSubstr("line")))));
}

TEST_F(OrdersTest, AnInvoiceNumberIsTheSameWithSpacesAroundIt) {
  const NamedOrder order = Added(Wanted(" A-1 "));
  EXPECT_EQ(order.order.invoice, "A-1");
  EXPECT_EQ(book_->FindOrder("A-1 ")->name, order.name);
  EXPECT_THAT(book_->AddOrder(By(), Wanted("A-1")), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(Added(Wanted("  ")).order.invoice, MatchesRegex("O-.*"));
}

TEST_F(OrdersTest, WhatIsSoAlreadyIsNotOnTheRecord) {
  const NamedOrder order = Added(Wanted());
  const auto open = Set("A-1", OutcomeKind::kReopened);
  ASSERT_THAT(open, IsOk());
  EXPECT_EQ(open->order, order.order);
  EXPECT_TRUE(Record().empty());
  ASSERT_THAT(Set("A-1", OutcomeKind::kPaid, "2024-09-20"), IsOk());
  ASSERT_THAT(Set("A-1", OutcomeKind::kPaid, "2024-09-20"), IsOk());
  ASSERT_EQ(Record().size(), 1u);
  EXPECT_EQ(Record()[0].action, "order.paid");
}

TEST_F(OrdersTest, AReceiptNamedAloneIsALinkOnTheRecord) {
  const NamedOrder order = Added(Wanted());
  const Outcome open{OutcomeKind::kReopened, {}};
  ASSERT_THAT(book_->SetOutcome(By(), "A-1", open, kReceipt, ""), IsOk());
  ASSERT_EQ(Record().size(), 1u);
  EXPECT_EQ(Record()[0].action, "order.linked");
  EXPECT_EQ(Record()[0].object, order.name + " " + kReceipt.hex());
  EXPECT_EQ(Record()[0].because, "");
}

TEST_F(OrdersTest, AnInvoiceNumberOfTwoOrdersNamesNeither) {
  const CustomerId a = Bought(Handle("shop/a"), "1");
  const CustomerId b = Bought(Handle("shop/b"), "1");
  EXPECT_THAT(book_->FindOrder("1"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr(OrderName(a, "1")), HasSubstr(OrderName(b, "1")))));
  EXPECT_EQ(book_->FindOrder(OrderName(b, "1"))->customer, b);
  for (const std::string& none :
       {std::string("2"), std::string(), std::string(500, 'x'), OrderName(a, "2"), a.hex()}) {
    EXPECT_THAT(book_->FindOrder(none), StatusIs(absl::StatusCode::kNotFound));
  }
}

TEST_F(OrdersTest, PaidIsPaidThatDay) {
  const NamedOrder order = Added(Wanted());
  const auto paid = Set("A-1", OutcomeKind::kPaid, "2024-09-20");
  ASSERT_THAT(paid, IsOk());
  EXPECT_EQ(paid->order.paid, Day("2024-09-20"));
  EXPECT_FALSE(paid->order.said_late);
  EXPECT_EQ(book_->FindOrder("A-1")->order, paid->order);
  const CustomerId ids[] = {order.customer};
  EXPECT_EQ(TrackRecordFor(*book_, ids, Day("2024-10-04")).paid_on_time, 1u);
}

TEST_F(OrdersTest, LateIsLateHoweverFewTheDaysButNotByTheDueDay) {
  const NamedOrder order = Added(Wanted());
  EXPECT_THAT(Set("A-1", OutcomeKind::kLate, "2024-09-15"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("2024-09-15")));
  ASSERT_THAT(Set("A-1", OutcomeKind::kLate, "2024-09-16"), IsOk());
  const CustomerId ids[] = {order.customer};
  EXPECT_EQ(TrackRecordFor(*book_, ids, Day("2024-10-04")).late, 1u);
  // What was said is not said otherwise in passing.
  EXPECT_THAT(Set("A-1", OutcomeKind::kPaid, "2024-09-16"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("reopen")));
  EXPECT_THAT(Set("A-1", OutcomeKind::kLate, "2024-09-17"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("reopen")));
  ASSERT_THAT(Set("A-1", OutcomeKind::kLate, "2024-09-16"), IsOk());
  ASSERT_THAT(Set("A-1", OutcomeKind::kReopened, ""), IsOk());
  ASSERT_THAT(Set("A-1", OutcomeKind::kPaid, "2024-09-16"), IsOk());
  EXPECT_EQ(TrackRecordFor(*book_, ids, Day("2024-10-04")).late, 0u);
}

TEST_F(OrdersTest, UnpaidIsGivenUpAndOwedAndCanBePaidOrReopened) {
  const NamedOrder order = Added(Wanted());
  ASSERT_THAT(Set("A-1", OutcomeKind::kUnpaid, "2024-09-20"), IsOk());
  const CustomerId ids[] = {order.customer};
  auto record = TrackRecordFor(*book_, ids, Day("2024-09-21"));
  EXPECT_EQ(record.open, 1u);
  EXPECT_EQ(record.unpaid.size(), 1u);
  // Paid all the same: it stays a bad outcome, known the day it was given up.
  ASSERT_THAT(Set("A-1", OutcomeKind::kPaid, "2024-09-22"), IsOk());
  record = TrackRecordFor(*book_, ids, Day("2024-10-04"));
  EXPECT_EQ(record.late, 1u);
  EXPECT_EQ(record.late_paid[0].date, Day("2024-09-20"));
  EXPECT_THAT(Set("A-1", OutcomeKind::kUnpaid, "2024-09-25"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("reopen")));
  ASSERT_THAT(Set("A-1", OutcomeKind::kReopened), IsOk());
  EXPECT_EQ(book_->FindOrder("A-1")->order, order.order);
  // Paid before it was given up: giving it up was a mistake.
  ASSERT_THAT(Set("A-1", OutcomeKind::kUnpaid, "2024-09-20"), IsOk());
  EXPECT_FALSE(Set("A-1", OutcomeKind::kPaid, "2024-09-10")->order.written_off.has_value());
}

TEST_F(OrdersTest, DaysThatCannotBeAreRefusedAndChangeNothing) {
  const NamedOrder order = Added(Wanted());
  const auto invalid = StatusIs(absl::StatusCode::kInvalidArgument);
  for (const OutcomeKind kind : {OutcomeKind::kPaid, OutcomeKind::kLate, OutcomeKind::kUnpaid}) {
    EXPECT_THAT(Set("A-1", kind, "2024-10-06"), invalid);
    EXPECT_THAT(Set("A-1", kind, "2024-08-31"), invalid);
  }
  EXPECT_THAT(Set("A-1", OutcomeKind::kReopened, "2024-09-20"), invalid);
  EXPECT_THAT(Set("A-1", static_cast<OutcomeKind>(0), "2024-09-20"), invalid);
  EXPECT_THAT(Set("A-1", static_cast<OutcomeKind>(5), "2024-09-20"), invalid);
  EXPECT_THAT(Set("A-9", OutcomeKind::kReopened), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(book_->FindOrder("A-1")->order, order.order);
  EXPECT_TRUE(Record().empty());
}

TEST_F(OrdersTest, AShopEastOfGreenwichIsADayAheadInTheMorning) {
  NewOrder wanted = Wanted();
  wanted.invoiced = wanted.due = Day("2024-10-05");
  Added(wanted);
  // Without a day it was today, but no order is paid before its invoice.
  const auto paid = Set("A-1", OutcomeKind::kPaid);
  ASSERT_THAT(paid, IsOk());
  EXPECT_EQ(paid->order.paid, Day("2024-10-05"));
  EXPECT_EQ(Record().front().object.substr(50), "2024-10-05");
  Added(Wanted("A-2"));
  EXPECT_EQ(Set("A-2", OutcomeKind::kPaid)->order.paid, Day("2024-10-04"));
  ASSERT_THAT(Set("A-2", OutcomeKind::kReopened), IsOk());
  EXPECT_EQ(Set("A-2", OutcomeKind::kLate, "2024-10-05")->order.paid, Day("2024-10-05"));
}

TEST_F(OrdersTest, AnOutcomeIsOnTheRecordOnceWithItsReceipt) {
  const NamedOrder order = Added(Wanted());
  const Outcome paid{OutcomeKind::kPaid, Day("2024-09-20")};
  ASSERT_THAT(book_->SetOutcome(By("o"), order.name, paid, kReceipt, "cash"), IsOk());
  ASSERT_THAT(Set("A-1", OutcomeKind::kReopened), IsOk());
  // The repetition answers with what is now and changes nothing.
  const auto again = book_->SetOutcome(By("o"), order.name, paid, kReceipt, "cash");
  ASSERT_THAT(again, IsOk());
  EXPECT_FALSE(again->order.paid.has_value());
  EXPECT_EQ(again->order.receipt, kReceipt);
  const auto record = Record();
  ASSERT_EQ(record.size(), 2u);
  std::set<std::string> actions;
  for (const storage::AuditRow& row : record) actions.insert(row.action + " " + row.object);
  EXPECT_EQ(actions, (std::set<std::string>{"order.paid " + order.name + " 2024-09-20",
                                            "order.reopened " + order.name}));
}

TEST_F(OrdersTest, ALaterImportUpdatesTheOrderAndKeepsTheShopsOwnWord) {
  NewOrder wanted = Wanted();
  wanted.receipt = kReceipt;
  wanted.terms = decision::Terms::kDeposit;
  const NamedOrder order = Added(wanted);
  ASSERT_THAT(Set("A-1", OutcomeKind::kUnpaid, "2024-09-20"), IsOk());
  decision::OrderRow row = Row({Handle("shop/a")}, "A-1", "2024-09-02", "2024-09-16", "2024-09-30");
  const std::vector<decision::OrderRow> rows = {row};
  EXPECT_EQ(book_->ImportOrders(rows)->updated, 1u);
  const Order after = book_->FindOrder("A-1")->order;
  EXPECT_EQ(after.invoiced, Day("2024-09-02"));
  EXPECT_EQ(after.paid, Day("2024-09-30"));
  EXPECT_EQ(after.amount, row.amount);
  EXPECT_EQ(after.receipt, kReceipt);
  EXPECT_EQ(after.terms, decision::Terms::kDeposit);
  EXPECT_EQ(after.written_off, Day("2024-09-20"));
  ASSERT_THAT(Set("A-1", OutcomeKind::kLate, "2024-09-30"), IsOk());
  EXPECT_TRUE(book_->FindOrder("A-1")->order.said_late);
  EXPECT_EQ(book_->ImportOrders(rows)->unchanged, 1u);
}

TEST_F(OrdersTest, TheObserverIsToldOfEachOutcomeWithItsRootAndOfNothingElse) {
  std::vector<std::pair<CustomerId, std::string>> told;
  book_->SetOrderObserver([&](const Customer& root, const NamedOrder& named) {
    const Order& order = named.order;
    EXPECT_EQ(book_->FindOrder(named.name)->order, order);  // it is there already
    EXPECT_EQ(named.name, OrderName(named.customer, order));
    told.emplace_back(root.id, order.invoice + " " + order.paid.ToString());
  });
  const auto take = [&told] { return std::exchange(told, {}); };
  using Told = std::vector<std::pair<CustomerId, std::string>>;
  const CustomerId a = Bought(Handle("shop/a"), "1");
  const CustomerId b = Bought(Handle("shop/b"), "2", "2024-01-15");
  EXPECT_EQ(take(), (Told{{b, "2 2024-01-15"}}));
  ASSERT_THAT(book_->Merge(By(), b, a, "x"), IsOk());
  Bought(Handle("shop/a"), "1");
  EXPECT_EQ(take(), Told());
  Bought(Handle("shop/a"), "1", "2024-01-16");
  EXPECT_EQ(take(), (Told{{b, "1 2024-01-16"}}));
  ASSERT_THAT(Set("1", OutcomeKind::kPaid, "2024-01-16"), IsOk());
  EXPECT_EQ(take(), Told());
  ASSERT_THAT(Set("1", OutcomeKind::kReopened), IsOk());
  EXPECT_EQ(take(), (Told{{b, "1 "}}));
  NewOrder paid = Wanted("3");
  paid.paid = paid.invoiced;
  EXPECT_EQ(Added(paid).customer, a);
  EXPECT_EQ(take(), (Told{{b, "3 2024-09-01"}}));
  Added(Wanted("4"));
  EXPECT_EQ(take(), Told());
  decision::OrderRow row = Row({Handle("shop/b")}, "2", "2024-01-01", "2024-02-01", "2024-01-15");
  row.amount.minor += 1;
  EXPECT_EQ(book_->ImportOrders({&row, 1})->updated, 1u);
  EXPECT_EQ(take(), Told());  // what became of it is the same
  // A receipt says on which decision: told when it is there at first, and when it is another.
  NewOrder taken = Wanted("5");
  taken.receipt = kReceipt;
  EXPECT_EQ(Added(taken).customer, a);
  EXPECT_EQ(take(), (Told{{b, "5 "}}));
  const Outcome open{OutcomeKind::kReopened, {}};
  ASSERT_THAT(book_->SetOutcome(By(), "4", open, kReceipt, "x"), IsOk());
  EXPECT_EQ(take(), (Told{{b, "4 "}}));
  ASSERT_THAT(book_->SetOutcome(By(), "4", open, kReceipt, "x"), IsOk());
  EXPECT_EQ(take(), Told());
}

TEST_F(OrdersTest, OutcomesAreCountedOverTheWholeBook) {
  Bought(Handle("shop/a"), "1", "2024-01-15");
  Bought(Handle("shop/a"), "2", "2024-03-15");
  Bought(Handle("shop/b"), "1");
  Added(Wanted());  // due 2024-09-15
  const auto by = [this](std::string_view day) {
    const auto totals = book_->CountOutcomes(Day(day), 10);
    EXPECT_THAT(totals, IsOk());
    return std::pair(totals->bad, totals->orders);
  };
  EXPECT_EQ(by("2024-01-02"), std::pair(uint64_t{0}, uint64_t{0}));
  EXPECT_EQ(by("2024-01-15"), std::pair(uint64_t{0}, uint64_t{1}));
  EXPECT_EQ(by("2024-09-25"), std::pair(uint64_t{2}, uint64_t{3}));
  EXPECT_EQ(by("2024-09-26"), std::pair(uint64_t{3}, uint64_t{4}));
}

TEST_F(OrdersTest, OutcomesAreCountedAsIncidentsLeaveTheirOrders) {
  Bought(Handle("shop/a"), "good", "2024-01-15");
  Bought(Handle("shop/a"), "broken", "2024-01-15");
  Bought(Handle("shop/a"), "unpaid");
  Bought(Handle("shop/b"), "no-show");
  const auto counted = [this](decision::OrderRemark remark, evidence::Date made_good) {
    const auto remarked = [&](const NamedOrder& named) {
      EXPECT_EQ(named.name, OrderName(named.customer, named.order));
      decision::RemarkedOrder order{named.order};
      if (named.order.invoice == "good") return order;
      order.remark = remark;
      order.made_good = made_good;
      return order;
    };
    // A day on which none is unpaid by its dates.
    const auto totals = book_->CountOutcomes(Day("2024-01-20"), 30, remarked);
    EXPECT_THAT(totals, IsOk());
    return std::pair(totals->bad, totals->orders);
  };
  using decision::OrderRemark;
  EXPECT_EQ(counted(OrderRemark::kNone, {}), std::pair(uint64_t{0}, uint64_t{2}));
  EXPECT_EQ(counted(OrderRemark::kBroken, {}), std::pair(uint64_t{3}, uint64_t{4}));
  EXPECT_EQ(counted(OrderRemark::kBroken, Day("2024-01-18")), std::pair(uint64_t{1}, uint64_t{2}));
  EXPECT_EQ(counted(OrderRemark::kInQuestion, {}), std::pair(uint64_t{0}, uint64_t{2}));
}

TEST_F(OrdersTest, CountingOutcomesIsAskedNowAndThenWhetherToStop) {
  std::vector<decision::OrderRow> rows;
  for (uint64_t i = 0; i <= 2 * kAskEveryOrders; ++i) {
    rows.push_back(
        Row({Handle("shop/a")}, std::to_string(i), "2024-01-01", "2024-01-15", "2024-01-15"));
  }
  ASSERT_THAT(book_->ImportOrders(rows), IsOk());
  int asked = 0;
  const auto counted = book_->CountOutcomes(Day("2024-09-26"), 10, {}, [&asked] {
    ++asked;
    return false;
  });
  ASSERT_THAT(counted, IsOk());
  EXPECT_EQ(counted->orders, rows.size());
  EXPECT_EQ(asked, 3);
  EXPECT_THAT(book_->CountOutcomes(Day("2024-09-26"), 10, {}, [] { return true; }),
              StatusIs(absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace daftar::book
