#include "node/book/book.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "tests/node/book/book_fixture.h"

namespace daftar::book {
namespace {

using daftar::testing::IsOk;
using daftar::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(BookTest, AddedCustomerIsShownAndFoundByEachIdentifier) {
  const auto made = book_->AddCustomer(
      Request("r1"),
      {"Budi", {Phone("0812-3456-7890"), Handle("shop/budi"), Phone("081234567890")}});
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->identifiers.size(), 2u);
  EXPECT_EQ(made->created_at, clock_.Now());
  EXPECT_EQ(*book_->ShowCustomer(made->id), *made);
  EXPECT_EQ(*book_->FindByIdentifier(Phone("+62 812 3456 7890")), made->id);
  EXPECT_EQ(*book_->FindByIdentifier(Handle("shop/budi")), made->id);
  EXPECT_EQ(*book_->FindByIdentifier(Phone("0812-3456-7891")), std::nullopt);
  const std::vector<identity::Identifier> both = {Handle("shop/budi"), Phone("081234567890")};
  EXPECT_EQ(*book_->FindByIdentifiers(both), std::vector<CustomerId>{made->id});
}

TEST_F(BookTest, WhatBelongsToNobodyIdentifiesNoCustomer) {
  const auto added = book_->AddCustomer(Request("r"), {"Budi", {Phone("081111111111")}});
  EXPECT_THAT(added, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("phone")));
  EXPECT_THAT(added.status().message(), Not(HasSubstr("1111")));
  EXPECT_EQ(*book_->FindByIdentifier(Phone("081111111111")), std::nullopt);
}

TEST_F(BookTest, OneRequestIdForTwoCustomersIsRefusedAndNotTakenForDone) {
  const NewCustomer budi{"Budi", {Phone("081234567890"), Handle("shop/budi")}};
  const NewCustomer turned{"Budi", {Handle("shop/budi"), Phone("081234567890")}};
  ASSERT_THAT(book_->AddCustomer(Request("r"), budi), IsOk());
  EXPECT_THAT(book_->AddCustomer(Request("r"), turned), IsOk());
  EXPECT_THAT(book_->AddCustomer(Request("r"), {"Siti", {Handle("shop/siti")}}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another request")));
  // Nothing in the log of requests says who it was.
  EXPECT_THAT(store_->Scan(storage::Column::kRequests, {}, {},
                           [](crypto::ByteView, crypto::ByteView row) {
                             EXPECT_THAT(std::string(crypto::AsText(row)),
                                         Not(HasSubstr("81234567890")));
                             return true;
                           }),
              IsOk());
}

TEST_F(BookTest, RepeatedRequestGivesTheFirstCustomer) {
  const auto first = book_->AddCustomer(Request("r1"), {"Budi", {Phone("081234567890")}});
  ASSERT_THAT(first, IsOk());
  const auto again = book_->AddCustomer(Request("r1"), {"Budi", {Phone("081234567890")}});
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(*again, *first);
  const auto other = book_->AddCustomer(Request("r2"), {"Budi", {Phone("081234567890")}});
  EXPECT_THAT(other, StatusIs(absl::StatusCode::kAlreadyExists,
                              AllOf(HasSubstr(first->id.hex()), Not(HasSubstr("81234567890")))));
}

TEST_F(BookTest, CustomerOutOfBoundsIsRefusedAndNothingIsStored) {
  EXPECT_THAT(book_->AddCustomer(Request("r"), {"Budi", {}}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(book_->AddCustomer(Request("r"), {std::string(201, 'x'), {Phone("081234567890")}}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(book_->AddCustomer(Request("r"), {"a\nb", {Phone("081234567890")}}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  std::vector<identity::Identifier> many;
  for (size_t i = 0; i <= kMaxIdentifiersPerCustomer; ++i) {
    many.push_back(Handle("shop/u" + std::to_string(i)));
  }
  EXPECT_THAT(book_->AddCustomer(Request("r"), {"Budi", many}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(*book_->FindByIdentifier(Phone("081234567890")), std::nullopt);
  // The request was not used up.
  EXPECT_THAT(book_->AddCustomer(Request("r"), {"", {Phone("081234567890")}}), IsOk());
}

TEST_F(BookTest, AKnownCustomerIsGivenMoreIdentifiers) {
  const auto budi = book_->AddCustomer(Request("r"), {"Budi", {Phone("081234567890")}});
  ASSERT_THAT(budi, IsOk());
  // What is refused says how.
  EXPECT_THAT(
      book_->AddCustomer(Request("s"), {"Budi", {Phone("081234567890"), Email("b@mail.id")}}),
      StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("add --to " + budi->id.hex())));
  const std::vector<identity::Identifier> more = {Phone("081234567890"), Email("b@mail.id")};
  const auto known = book_->AddIdentifiers(By("one"), budi->id, more);
  ASSERT_THAT(known, IsOk());
  EXPECT_EQ(known->identifiers, more);
  EXPECT_EQ(IdOf(Email("b@mail.id")), budi->id);
  EXPECT_EQ(*book_->ShowCustomer(budi->id), *known);
  ASSERT_EQ(Record().size(), 1u);
  EXPECT_EQ(Record()[0].action + " " + Record()[0].object, "customer.identify " + budi->id.hex());
  // A repetition, and what it has already, change nothing.
  EXPECT_THAT(book_->AddIdentifiers(By("one"), budi->id, more), IsOk());
  EXPECT_THAT(book_->AddIdentifiers(By("two"), budi->id, more), IsOk());
  EXPECT_EQ(Record().size(), 1u);
  EXPECT_THAT(book_->AddIdentifiers(By("one"), budi->id, std::vector{Handle("shop/b")}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another request")));
}

TEST_F(BookTest, AnIdentifierOfAnotherCustomerIsNotGivenAndTheOtherIsNamed) {
  const auto budi = book_->AddCustomer(Request("r"), {"Budi", {Phone("081234567890")}});
  const auto siti = book_->AddCustomer(Request("s"), {"Siti", {Handle("shop/siti")}});
  ASSERT_TRUE(budi.ok() && siti.ok());
  const std::vector<identity::Identifier> both = {Email("b@mail.id"), Handle("shop/siti")};
  EXPECT_THAT(book_->AddIdentifiers(By(), budi->id, both),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("customer merge " + budi->id.hex() + " " + siti->id.hex())));
  EXPECT_EQ(*book_->FindByIdentifier(Email("b@mail.id")), std::nullopt);
  // Of a whole they are its own; the row that is named takes what is new.
  ASSERT_THAT(book_->Merge(By(), siti->id, budi->id, "one person"), IsOk());
  const auto whole = book_->AddIdentifiers(By(), budi->id, both);
  ASSERT_THAT(whole, IsOk());
  EXPECT_EQ(whole->id, siti->id);
  EXPECT_EQ(whole->identifiers.size(), 3u);
  ASSERT_THAT(book_->Unmerge(By(), budi->id, "two after all"), IsOk());
  EXPECT_EQ(IdOf(Email("b@mail.id")), budi->id);
}

TEST_F(BookTest, IdentifiersPastTheBoundOrOfNobodyAreNotGiven) {
  std::vector<identity::Identifier> many;
  for (size_t i = 0; i < kMaxIdentifiersPerCustomer; ++i) {
    many.push_back(Handle("shop/u" + std::to_string(i)));
  }
  const auto full = book_->AddCustomer(Request("r"), {"", many});
  ASSERT_THAT(full, IsOk());
  EXPECT_THAT(book_->AddIdentifiers(By(), full->id, std::vector{Handle("shop/more")}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(book_->AddIdentifiers(By(), full->id, std::vector{Email("noreply@mail.id")}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(book_->AddIdentifiers(By(), full->id, {}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(book_->AddIdentifiers(By(), CustomerId(), std::vector{Handle("shop/more")}),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(*book_->FindByIdentifier(Handle("shop/more")), std::nullopt);
}

TEST_F(BookTest, UnknownCustomerIsNotFound) {
  EXPECT_THAT(book_->ShowCustomer(CustomerId()), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(BookTest, OneIdentifierIsNeverGivenToTwoCustomersByConcurrentWriters) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 25;
  std::vector<std::thread> threads;
  std::atomic<int> added = 0;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t, &added] {
      for (int i = 0; i < kRounds; ++i) {
        const auto made = book_->AddCustomer(Request(std::to_string(t) + "-" + std::to_string(i)),
                                             {"", {Handle("shop/u" + std::to_string(i))}});
        added += made.ok() ? 1 : 0;
        if (made.ok()) continue;
        EXPECT_THAT(made, StatusIs(absl::StatusCode::kAlreadyExists));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(added, kRounds);
  int customers = 0;
  EXPECT_THAT(book_->ScanCustomers([&customers](const Customer&) {
    ++customers;
    return true;
  }),
              IsOk());
  EXPECT_EQ(customers, kRounds);
}

TEST_F(BookTest, NothingPersonalIsOnDiskInTheClear) {
  ASSERT_THAT(book_->AddCustomer(Request("r"), {"Budi Santoso", {Phone("081234567890")}}), IsOk());
  const std::vector<decision::OrderRow> rows = {
      Row({Phone("081234567890")}, "INVOICE-4711", "2024-01-01", "2024-02-01")};
  ASSERT_THAT(book_->ImportOrders(rows), IsOk());
  store_.reset();
  size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir_.path())) {
    if (!entry.is_regular_file()) continue;
    ++files;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    for (const std::string_view secret : {"81234567890", "Budi", "Santoso", "INVOICE-4711"}) {
      EXPECT_EQ(bytes.find(secret), std::string::npos) << entry.path() << " holds " << secret;
    }
  }
  EXPECT_GT(files, 0u);
}

TEST_F(BookTest, DamagedOrMovedRowsAreDataLoss) {
  const auto a = book_->AddCustomer(Request("a"), {"", {Handle("shop/a")}});
  const auto b = book_->AddCustomer(Request("b"), {"", {Handle("shop/b")}});
  ASSERT_TRUE(a.ok() && b.ok());
  const crypto::Bytes key_a = crypto::ToBytes(a->id.view());
  const auto row_b = store_->Get(storage::Column::kCustomers, b->id.view());
  storage::Batch batch;
  batch.Put(storage::Column::kCustomers, key_a, **row_b);
  ASSERT_THAT(store_->Write(std::move(batch)), IsOk());
  EXPECT_THAT(book_->ShowCustomer(a->id), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(book_->ScanCustomers([](const Customer&) { return true; }),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(BookTest, TrackRecordIsOverAllCustomersNamedOnce) {
  const std::vector<decision::OrderRow> rows = {
      Row({Handle("shop/a")}, "1", "2024-01-01", "2024-02-01", "2024-01-20"),
      Row({Handle("shop/b")}, "1", "2024-01-01", "2024-02-01", "2024-03-01"),
      Row({Handle("shop/c")}, "1", "2024-01-01", "2024-02-01"),
  };
  ASSERT_THAT(book_->ImportOrders(rows), IsOk());
  const CustomerId a = IdOf(Handle("shop/a"));
  const CustomerId b = IdOf(Handle("shop/b"));
  const std::vector<CustomerId> both = {a, b, a};
  const auto record = TrackRecordFor(*book_, both, Day("2024-06-01"));
  EXPECT_EQ(record.orders, 2u);
  EXPECT_EQ(record.paid_on_time, 1u);
  EXPECT_EQ(record.late, 1u);
  EXPECT_EQ(TrackRecordFor(*book_, {}, Day("2024-06-01")).orders, 0u);
}

TEST_F(BookTest, ScanOrdersGivesEachCustomersOrdersTogether) {
  std::vector<decision::OrderRow> rows;
  for (int i = 0; i < 30; ++i) {
    rows.push_back(Row({Handle("shop/" + std::to_string(i % 3))}, std::to_string(i), "2024-01-01",
                       "2024-02-01"));
  }
  ASSERT_THAT(book_->ImportOrders(rows), IsOk());
  std::vector<CustomerId> seen;
  int orders = 0;
  ASSERT_THAT(book_->ScanOrders([&](const Customer& customer, const Order&) {
    if (seen.empty() || seen.back() != customer.id) seen.push_back(customer.id);
    ++orders;
    return true;
  }),
              IsOk());
  EXPECT_EQ(orders, 30);
  EXPECT_EQ(seen.size(), 3u);
  EXPECT_EQ(std::set<CustomerId>(seen.begin(), seen.end()).size(), 3u);
  int stopped_after = 0;
  ASSERT_THAT(book_->ScanOrders([&](const Customer&, const Order&) { return ++stopped_after < 5; }),
              IsOk());
  EXPECT_EQ(stopped_after, 5);
}

}  // namespace
}  // namespace daftar::book
