// What one request may hold, and what makes it the same request when it comes again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/node/book/book_fixture.h"

namespace daftar::book {
namespace {

using daftar::testing::IsOk;
using daftar::testing::StatusIs;
using ::testing::HasSubstr;

const auto kWrong = StatusIs(absl::StatusCode::kInvalidArgument);
const auto kReused = StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("request_id"));

class RequestBoundsTest : public BookTest {
 protected:
  static std::vector<identity::Identifier> Handles(size_t count) {
    std::vector<identity::Identifier> handles;
    for (size_t i = 0; i < count; ++i) handles.push_back(Handle("shop/" + std::to_string(i)));
    return handles;
  }
  static NewOrder Wanted() {
    NewOrder order;
    order.identifiers = {Handle("shop/a"), Phone("081234567890")};
    order.name = "Budi";
    order.invoice = "A-1";
    order.invoiced = Day("2024-09-01");
    order.due = Day("2024-09-15");
    order.amount = {450'000, *evidence::Currency::FromCode("IDR")};
    return order;
  }
  absl::Status Became(OutcomeKind kind, std::string_view day) {
    return book_->SetOutcome(By(), "A-1", {kind, Day(day)}, std::nullopt, "as it was").status();
  }
};

TEST_F(RequestBoundsTest, ACustomerHasAsManyIdentifiersAsFitAndAPlainName) {
  const auto add = [this](const NewCustomer& customer) {
    return book_->AddCustomer(Request(std::to_string(++next_line)), customer).status();
  };
  EXPECT_THAT(add({"", Handles(kMaxIdentifiersPerCustomer + 1)}), kWrong);
  EXPECT_THAT(add({"\xff", Handles(1)}), kWrong);
  EXPECT_THAT(add({"Bu\ndi", Handles(1)}), kWrong);
  EXPECT_THAT(add({" ", Handles(1)}), kWrong);
  EXPECT_THAT(add({"\xC2\xA0", Handles(1)}), kWrong);  // a space that does not break
  EXPECT_THAT(add({"Bu\xE2\x80\xAE"
                   "di",
                   Handles(1)}),
              kWrong);  // turns what follows around
  EXPECT_THAT(add({"Bu\xC2\x85"
                   "di",
                   Handles(1)}),
              kWrong);  // next line
  EXPECT_THAT(add({std::string(kMaxNameBytes + 1, 'B'), Handles(1)}), kWrong);
  EXPECT_THAT(AllRows(), ::testing::IsEmpty());
  EXPECT_THAT(add({std::string(kMaxNameBytes, 'B'), Handles(kMaxIdentifiersPerCustomer)}), IsOk());
}

TEST_F(RequestBoundsTest, ACustomerOfAnotherNameIsAnotherRequest) {
  ASSERT_THAT(book_->AddCustomer(Request("one"), {"Budi", Handles(2)}), IsOk());
  EXPECT_THAT(book_->AddCustomer(Request("one"), {"Budi", Handles(2)}), IsOk());
  EXPECT_THAT(book_->AddCustomer(Request("one"), {"Siti", Handles(2)}), kReused);
  EXPECT_THAT(book_->AddCustomer(Request("one"), {"Budi", Handles(1)}), kReused);
}

TEST_F(RequestBoundsTest, AnOrderIsTheSameRequestInWhateverOrderItsIdentifiersStand) {
  NewOrder order = Wanted();
  ASSERT_THAT(book_->AddOrder(By("one"), order), IsOk());
  std::swap(order.identifiers[0], order.identifiers[1]);
  EXPECT_THAT(book_->AddOrder(By("one"), order), IsOk());
  order.amount.currency = *evidence::Currency::FromCode("USD");
  EXPECT_THAT(book_->AddOrder(By("one"), order), kReused);
  order = Wanted();
  order.name = "Siti";
  EXPECT_THAT(book_->AddOrder(By("one"), order), kReused);
  order = Wanted();
  order.terms = decision::Terms::kCod;
  EXPECT_THAT(book_->AddOrder(By("one"), order), kReused);
  order = Wanted();
  order.receipt = ReceiptRef(std::array<uint8_t, 16>{7});
  EXPECT_THAT(book_->AddOrder(By("one"), order), kReused);
}

TEST_F(RequestBoundsTest, AnOutcomeWithAnotherReceiptIsAnotherRequest) {
  ASSERT_THAT(book_->AddOrder(By(), Wanted()), IsOk());
  const Outcome paid{OutcomeKind::kPaid, Day("2024-09-10")};
  const ReceiptRef first(std::array<uint8_t, 16>{7});
  const ReceiptRef second(std::array<uint8_t, 16>{8});
  ASSERT_THAT(book_->SetOutcome(By("one"), "A-1", paid, first, "as it was"), IsOk());
  EXPECT_THAT(book_->SetOutcome(By("one"), "A-1", paid, first, "as it was"), IsOk());
  EXPECT_THAT(book_->SetOutcome(By("one"), "A-1", paid, second, "as it was"), kReused);
}

TEST_F(RequestBoundsTest, NothingIsChangedWithoutSayingWhy) {
  ASSERT_THAT(book_->AddOrder(By(), Wanted()), IsOk());
  const CustomerId id = IdOf(Handle("shop/a"));
  auto groups = Groups::Open(*store_, vault_, entropy_, clock_);
  ASSERT_THAT(groups, IsOk());
  for (const std::string& because : {std::string(), std::string(storage::kMaxAuditText + 1, 'x')}) {
    EXPECT_THAT(book_->Unmerge(By(), id, because), kWrong);
    EXPECT_THAT(book_->SetGroups(By(), id, {{"vip"}, {}}, **groups, because), kWrong);
  }
  // What became of an order may speak for itself, within the bound.
  EXPECT_THAT(book_->SetOutcome(By(), "A-1", {OutcomeKind::kPaid, Day("2024-09-10")}, std::nullopt,
                                std::string(storage::kMaxAuditText + 1, 'x')),
              kWrong);
  EXPECT_THAT(
      book_->SetOutcome(By(), "A-1", {OutcomeKind::kPaid, Day("2024-09-10")}, std::nullopt, ""),
      IsOk());
  ASSERT_THAT(book_->SetGroups(By("one"), id, {{"vip"}, {}}, **groups, "agreed"), IsOk());
  EXPECT_THAT(book_->SetGroups(By("one"), id, {{"regular"}, {}}, **groups, "agreed"), kReused);
}

TEST_F(RequestBoundsTest, AnOrderOfAStrangeNameOrTermsIsRefused) {
  NewOrder order = Wanted();
  order.name = "Bu\ndi";
  EXPECT_THAT(book_->AddOrder(By(), order), kWrong);
  order = Wanted();
  order.terms = static_cast<decision::Terms>(0);
  EXPECT_THAT(book_->AddOrder(By(), order), kWrong);
  order.terms = static_cast<decision::Terms>(77);
  EXPECT_THAT(book_->AddOrder(By(), order), kWrong);
}

TEST_F(RequestBoundsTest, WhatWasPaidByTheDayItWasGivenUpWasNotGivenUp) {
  ASSERT_THAT(book_->AddOrder(By(), Wanted()), IsOk());
  ASSERT_THAT(Became(OutcomeKind::kUnpaid, "2024-10-01"), IsOk());
  ASSERT_THAT(Became(OutcomeKind::kPaid, "2024-10-01"), IsOk());
  EXPECT_FALSE(book_->FindOrder("A-1")->order.written_off.has_value());
}

TEST_F(RequestBoundsTest, AReopenedOrderIsAsItWasBeforeAnythingWasSaid) {
  const auto added = book_->AddOrder(By(), Wanted());
  ASSERT_THAT(added, IsOk());
  ASSERT_THAT(Became(OutcomeKind::kUnpaid, "2024-10-01"), IsOk());
  ASSERT_THAT(Became(OutcomeKind::kLate, "2024-10-02"), IsOk());
  ASSERT_THAT(
      book_->SetOutcome(By(), "A-1", {OutcomeKind::kReopened, {}}, std::nullopt, "a mistake"),
      IsOk());
  EXPECT_EQ(book_->FindOrder("A-1")->order, added->order);
}

TEST_F(RequestBoundsTest, WhoPaysInAdvanceIsNotCountedAmongThoseWhoCouldFail) {
  NewOrder order = Wanted();
  order.terms = decision::Terms::kPrepaid;
  order.paid = order.invoiced;
  ASSERT_THAT(book_->AddOrder(By(), order), IsOk());
  order = Wanted();
  order.invoice = "A-2";
  order.paid = Day("2024-09-10");
  ASSERT_THAT(book_->AddOrder(By(), order), IsOk());
  const auto totals = book_->CountOutcomes(Day("2024-10-04"), 10);
  ASSERT_THAT(totals, IsOk());
  EXPECT_EQ(totals->orders, 1u);
  EXPECT_EQ(totals->bad, 0u);
}

TEST_F(RequestBoundsTest, AnImportCountsAllItRefusesAndTellsTheFirst) {
  std::vector<decision::CustomerRow> nobody(kMaxReportedRefusals + 1);
  const auto report = book_->ImportCustomers(nobody);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->refused, kMaxReportedRefusals + 1);
  EXPECT_EQ(report->refusals.size(), kMaxReportedRefusals);
}

}  // namespace
}  // namespace daftar::book
