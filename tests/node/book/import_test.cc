#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/node/book/book_fixture.h"

namespace daftar::book {
namespace {

using daftar::testing::IsOk;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Added, updated, unchanged, refused.
std::vector<uint64_t> Counts(const absl::StatusOr<ImportReport>& report) {
  EXPECT_THAT(report, IsOk());
  if (!report.ok()) return {};
  return {report->added, report->updated, report->unchanged, report->refused};
}

class ImportTest : public BookTest {
 protected:
  std::vector<uint64_t> Import(const std::vector<decision::OrderRow>& rows) {
    return Counts(book_->ImportOrders(rows));
  }
};

TEST_F(ImportTest, ImportingTwiceChangesNothing) {
  const std::vector<decision::OrderRow> rows = {
      Row({Handle("shop/a")}, "1", "2024-01-01", "2024-02-01"),
      Row({Handle("shop/a")}, "2", "2024-01-01", "2024-02-01", "2024-01-15"),
      Row({Handle("shop/b")}, "1", "2024-01-01", "2024-02-01"),
  };
  EXPECT_EQ(Import(rows), (std::vector<uint64_t>{3, 0, 0, 0}));
  EXPECT_EQ(Import(rows), (std::vector<uint64_t>{0, 0, 3, 0}));
  EXPECT_EQ(OrdersOf(IdOf(Handle("shop/a"))).size(), 2u);
  EXPECT_EQ(OrdersOf(IdOf(Handle("shop/b"))).size(), 1u);
}

TEST_F(ImportTest, ChangedPaidDateUpdatesTheOrder) {
  EXPECT_EQ(Import({Row({Handle("shop/a")}, "1", "2024-01-01", "2024-02-01")}),
            (std::vector<uint64_t>{1, 0, 0, 0}));
  EXPECT_EQ(Import({Row({Handle("shop/a")}, "1", "2024-01-01", "2024-02-01", "2024-03-01")}),
            (std::vector<uint64_t>{0, 1, 0, 0}));
  const auto orders = OrdersOf(IdOf(Handle("shop/a")));
  ASSERT_EQ(orders.size(), 1u);
  EXPECT_EQ(orders[0].paid, Day("2024-03-01"));
}

// An export of yesterday knows nothing of what was paid at the counter today.
TEST_F(ImportTest, AnOlderExportDoesNotUndoAPayment) {
  const decision::OrderRow open = Row({Handle("shop/a")}, "1", "2024-01-01", "2024-02-01");
  Import({open});
  const auto paid = book_->SetOutcome(By(), "1", {OutcomeKind::kPaid, Day("2024-02-01")}, {}, "x");
  ASSERT_THAT(paid, IsOk());
  EXPECT_EQ(Import({open}), (std::vector<uint64_t>{0, 0, 1, 0}));
  EXPECT_EQ(OrdersOf(IdOf(Handle("shop/a")))[0].paid, Day("2024-02-01"));
  ASSERT_THAT(book_->SetOutcome(By(), "1", {OutcomeKind::kReopened, {}}, {}, "x"), IsOk());
  EXPECT_EQ(Import({open}), (std::vector<uint64_t>{0, 0, 1, 0}));
  EXPECT_FALSE(OrdersOf(IdOf(Handle("shop/a")))[0].paid.has_value());
}

TEST_F(ImportTest, ImpossibleDatesAreRefusedByTheirLine) {
  EXPECT_EQ(Import({Row({Handle("shop/a")}, "1", "2024-01-02", "2024-01-01"),
                    Row({Handle("shop/a")}, "2", "2024-01-01", "2024-01-01", "2022-12-30"),
                    Row({Handle("shop/a")}, "3", "2024-01-01", "2024-01-01", "2022-12-31")}),
            (std::vector<uint64_t>{1, 0, 0, 2}));
}

// Today is 2024-10-04; a shop's morning may be a day ahead of UTC.
TEST_F(ImportTest, WhatIsStillToComeIsRefusedAsAtTheCounterAndTheRestIsTaken) {
  const std::vector<decision::OrderRow> rows = {
      Row({Handle("shop/a")}, "1", "2024-10-05", "2024-10-20", "2024-10-05"),
      Row({Handle("shop/a")}, "2", "2024-10-06", "2024-10-20"),
      Row({Handle("shop/a")}, "3", "2024-10-01", "2024-10-20", "2024-10-06"),
      Row({Handle("shop/a")}, "4", "2024-10-01", "2034-09-29"),  // 3,650 days
      Row({Handle("shop/a")}, "5", "2024-10-01", "2034-09-30")};
  const auto report = book_->ImportOrders(rows);
  EXPECT_EQ(Counts(report), (std::vector<uint64_t>{2, 0, 0, 3}));
  ASSERT_EQ(report->refusals.size(), 3u);
  EXPECT_THAT(report->refusals[0].reason,
              AllOf(HasSubstr("invoice date, 2024-10-06"), HasSubstr("still to come")));
  EXPECT_THAT(report->refusals[1].reason,
              AllOf(HasSubstr("payment, 2024-10-06"), HasSubstr("still to come")));
  EXPECT_THAT(report->refusals[2].reason, HasSubstr("more than 3650 days after the invoice"));
}

TEST_F(ImportTest, AnOrderOfNothingSaysNothingAboutPaying) {
  decision::OrderRow row = Row({Handle("shop/a")}, "1", "2024-01-01", "2024-02-01", "2024-01-05");
  row.amount.minor = 0;
  const auto report = book_->ImportOrders({&row, 1});
  EXPECT_EQ(Counts(report), (std::vector<uint64_t>{0, 0, 0, 1}));
  EXPECT_THAT(report->refusals[0].reason, HasSubstr("nothing was to be paid"));
  row.amount.minor = 1;
  EXPECT_EQ(Import({row}), (std::vector<uint64_t>{1, 0, 0, 0}));
}

TEST_F(ImportTest, EveryFieldOfAnOrderIsKeptAndCompared) {
  decision::OrderRow row = Row({Handle("shop/a")}, "1", "2024-01-01", "2024-02-01", "2024-03-01");
  row.disputed = true;
  Import({row});
  const auto orders = OrdersOf(IdOf(Handle("shop/a")));
  ASSERT_EQ(orders.size(), 1u);
  Order expected;
  expected.invoiced = row.invoiced;
  expected.due = row.due;
  expected.paid = row.paid;
  expected.amount = row.amount;
  expected.disputed = true;
  expected.invoice = "1";
  expected.identifiers = row.identifiers;
  EXPECT_EQ(orders[0], expected);
  row.disputed = false;
  EXPECT_EQ(Import({row}), (std::vector<uint64_t>{0, 1, 0, 0}));
  row.amount.minor += 1;
  EXPECT_EQ(Import({row}), (std::vector<uint64_t>{0, 1, 0, 0}));
  row.due = row.due.PlusDays(1);
  EXPECT_EQ(Import({row}), (std::vector<uint64_t>{0, 1, 0, 0}));
  row.invoiced = row.invoiced.PlusDays(1);
  EXPECT_EQ(Import({row}), (std::vector<uint64_t>{0, 1, 0, 0}));
}

TEST_F(ImportTest, IdentifiersJoinTheCustomerFoundWithinAndAcrossImports) {
  Import({Row({Handle("shop/a"), Phone("081234567890")}, "1", "2024-01-01", "2024-02-01"),
          Row({Phone("081234567890"), Handle("shop/b")}, "2", "2024-01-01", "2024-02-01")});
  Import({Row({Handle("shop/b"), Handle("shop/c")}, "3", "2024-01-01", "2024-02-01")});
  const CustomerId id = IdOf(Handle("shop/c"));
  EXPECT_EQ(id, IdOf(Phone("081234567890")));
  EXPECT_EQ(id, IdOf(Handle("shop/a")));
  EXPECT_EQ(OrdersOf(id).size(), 3u);
  EXPECT_EQ(book_->ShowCustomer(id)->identifiers.size(), 4u);
}

TEST_F(ImportTest, IdentifiersOfTwoCustomersAreRefusedByLine) {
  Import({Row({Handle("shop/a")}, "1", "2024-01-01", "2024-02-01"),
          Row({Handle("shop/b")}, "2", "2024-01-01", "2024-02-01")});
  decision::OrderRow both =
      Row({Handle("shop/a"), Handle("shop/b")}, "3", "2024-01-01", "2024-02-01");
  both.line = 77;
  const std::vector<decision::OrderRow> rows = {
      both, Row({Handle("shop/a")}, "4", "2024-01-01", "2024-02-01")};
  const auto report = book_->ImportOrders(rows);
  EXPECT_EQ(Counts(report), (std::vector<uint64_t>{1, 0, 0, 1}));
  ASSERT_EQ(report->refusals.size(), 1u);
  EXPECT_EQ(report->refusals[0].line, 77u);
  const CustomerId a = IdOf(Handle("shop/a"));
  const CustomerId b = IdOf(Handle("shop/b"));
  EXPECT_THAT(
      report->refusals[0].reason,
      AllOf(HasSubstr("belong to 2 customers"), Not(HasSubstr("shop/")),
            HasSubstr("customer merge " + std::min(a, b).hex() + " " + std::max(a, b).hex())));
  EXPECT_EQ(OrdersOf(IdOf(Handle("shop/a"))).size(), 2u);
  EXPECT_EQ(OrdersOf(IdOf(Handle("shop/b"))).size(), 1u);
}

TEST_F(ImportTest, IdentifiersOfNobodyInParticularMakeNoCustomerOfStrangers) {
  own_.held.insert(Phone("0811-2233-4455"));  // the shop's own, typed where the buyer's was missing
  std::vector<decision::OrderRow> rows;
  for (int i = 0; i < 5; ++i) {
    rows.push_back(Row({Email("noreply@mail.id"), Phone("0811-2233-4455"),
                        Handle("shop/buyer" + std::to_string(i))},
                       std::to_string(i), "2024-01-01", "2024-02-01"));
  }
  const auto report = book_->ImportOrders(rows);
  EXPECT_EQ(Counts(report), (std::vector<uint64_t>{5, 0, 0, 0}));
  EXPECT_EQ(report->customers_added, 5u);
  for (int i = 0; i < 5; ++i) {
    const std::vector<identity::Identifier> own = {Handle("shop/buyer" + std::to_string(i))};
    const CustomerId id = IdOf(own[0]);
    EXPECT_EQ(book_->ShowCustomer(id)->identifiers, own);
    ASSERT_EQ(OrdersOf(id).size(), 1u);
    EXPECT_EQ(OrdersOf(id)[0].identifiers, own);
  }
  EXPECT_EQ(*book_->FindByIdentifier(Email("noreply@mail.id")), std::nullopt);
  EXPECT_EQ(*book_->FindByIdentifier(Phone("0811-2233-4455")), std::nullopt);
  EXPECT_EQ(Import(rows), (std::vector<uint64_t>{0, 0, 5, 0}));
}

TEST_F(ImportTest, AnIdentifierOfNobodyThatACustomerHasJoinsNoRowToIt) {
  ASSERT_THAT(book_->AddCustomer(Request("r"), {"", {Email("kasir@mail.id"), Handle("shop/a")}}),
              IsOk());
  own_.held.insert(Email("kasir@mail.id"));  // the shop's own, as it turns out
  EXPECT_EQ(
      Import({Row({Email("kasir@mail.id"), Handle("shop/b")}, "1", "2024-01-01", "2024-02-01")}),
      (std::vector<uint64_t>{1, 0, 0, 0}));
  EXPECT_NE(IdOf(Handle("shop/a")), IdOf(Handle("shop/b")));
}

TEST_F(ImportTest, ARowOfWarnedIdentifiersAloneIsRefusedWithTheReasonAndWithoutTheValue) {
  const std::vector<decision::OrderRow> rows = {
      Row({Email("noreply@mail.id"), Phone("0812-0000-0000")}, "1", "2024-01-01", "2024-02-01")};
  const std::vector<decision::CustomerRow> customers = {{7, rows[0].identifiers, "Siti"}};
  for (const auto& report : {book_->ImportOrders(rows), book_->ImportCustomers(customers)}) {
    EXPECT_EQ(Counts(report), (std::vector<uint64_t>{0, 0, 0, 1}));
    ASSERT_EQ(report->refusals.size(), 1u);
    EXPECT_THAT(report->refusals[0].reason,
                AllOf(HasSubstr("email: it is a sender's address that nobody reads"),
                      HasSubstr("phone: its digits repeat"), Not(HasSubstr("noreply")),
                      Not(HasSubstr("0000"))));
  }
  EXPECT_EQ(*book_->FindByIdentifiers(rows[0].identifiers), std::vector<CustomerId>());
}

TEST_F(ImportTest, ARowWithoutIdentifiersOrWithMoreThanALineMayHaveIsRefused) {
  std::vector<identity::Identifier> many;
  for (size_t i = 0; i <= decision::kMaxRowIdentifiers; ++i) {
    many.push_back(Handle("shop/u" + std::to_string(i)));
  }
  EXPECT_EQ(Import({Row({}, "1", "2024-01-01", "2024-02-01"),
                    Row(many, "2", "2024-01-01", "2024-02-01")}),
            (std::vector<uint64_t>{0, 0, 0, 2}));
  EXPECT_EQ(*book_->FindByIdentifiers(many), std::vector<CustomerId>());
}

TEST_F(ImportTest, AnOrderKeepsItsOwnLinesIdentifiersAndALaterImportReplacesThem) {
  // Unsorted and one twice, as no reader of files gives them.
  Import({Row({Handle("shop/a"), Phone("081234567890"), Handle("shop/a")}, "1", "2024-01-01",
              "2024-02-01"),
          Row({Phone("081234567890"), Handle("shop/b")}, "2", "2024-01-01", "2024-02-01")});
  const CustomerId id = IdOf(Phone("081234567890"));
  EXPECT_EQ(book_->ShowCustomer(id)->identifiers.size(), 3u);
  const auto identifiers_of = [this, &id](const std::string& invoice) {
    for (const Order& order : OrdersOf(id)) {
      if (order.invoice == invoice) return order.identifiers;
    }
    return std::vector<identity::Identifier>();
  };
  using Identifiers = std::vector<identity::Identifier>;
  EXPECT_EQ(identifiers_of("1"), (Identifiers{Phone("081234567890"), Handle("shop/a")}));
  EXPECT_EQ(identifiers_of("2"), (Identifiers{Phone("081234567890"), Handle("shop/b")}));
  const std::vector<decision::OrderRow> later = {
      Row({Phone("081234567890"), Phone("081234567891")}, "1", "2024-01-01", "2024-02-01")};
  EXPECT_EQ(Import(later), (std::vector<uint64_t>{0, 1, 0, 0}));
  EXPECT_EQ(Import(later), (std::vector<uint64_t>{0, 0, 1, 0}));
  EXPECT_EQ(identifiers_of("1"), (Identifiers{Phone("081234567890"), Phone("081234567891")}));
  EXPECT_EQ(identifiers_of("2"), (Identifiers{Phone("081234567890"), Handle("shop/b")}));
}

TEST_F(ImportTest, SameInvoiceNumberOfTwoCustomersIsTwoOrders) {
  EXPECT_EQ(Import({Row({Handle("shop/a")}, "1", "2024-01-01", "2024-02-01"),
                    Row({Handle("shop/b")}, "1", "2024-01-01", "2024-02-01")}),
            (std::vector<uint64_t>{2, 0, 0, 0}));
}

TEST_F(ImportTest, RepeatedInvoiceInOneBatchLeavesTheLast) {
  EXPECT_EQ(Import({Row({Handle("shop/a")}, "1", "2024-01-01", "2024-02-01"),
                    Row({Handle("shop/a")}, "1", "2024-01-01", "2024-02-01"),
                    Row({Handle("shop/a")}, "1", "2024-01-01", "2024-02-01", "2024-02-02")}),
            (std::vector<uint64_t>{1, 1, 1, 0}));
  const auto orders = OrdersOf(IdOf(Handle("shop/a")));
  ASSERT_EQ(orders.size(), 1u);
  EXPECT_EQ(orders[0].paid, Day("2024-02-02"));
}

TEST_F(ImportTest, TooManyIdentifiersAreRefusedAndTheCustomerStays) {
  for (size_t i = 0; i < kMaxIdentifiersPerCustomer - 1; ++i) {
    Import({Row({Handle("shop/a"), Handle("x/" + std::to_string(i))}, "1", "2024-01-01",
                "2024-02-01")});
  }
  EXPECT_EQ(book_->ShowCustomer(IdOf(Handle("shop/a")))->identifiers.size(),
            kMaxIdentifiersPerCustomer);
  EXPECT_EQ(Import({Row({Handle("shop/a"), Handle("x/more")}, "2", "2024-01-01", "2024-02-01")}),
            (std::vector<uint64_t>{0, 0, 0, 1}));
  EXPECT_EQ(*book_->FindByIdentifier(Handle("x/more")), std::nullopt);
}

TEST_F(ImportTest, CustomersAreAddedUpdatedAndLeft) {
  const std::vector<decision::CustomerRow> first = {{2, {Handle("shop/a")}, ""},
                                                    {3, {Handle("shop/b")}, "Siti"}};
  EXPECT_EQ(Counts(book_->ImportCustomers(first)), (std::vector<uint64_t>{2, 0, 0, 0}));
  EXPECT_EQ(Counts(book_->ImportCustomers(first)), (std::vector<uint64_t>{0, 0, 2, 0}));
  const std::vector<decision::CustomerRow> second = {
      {2, {Handle("shop/a")}, "Budi"}, {3, {Handle("shop/b"), Phone("081234567890")}, "Other"}};
  const auto updated = book_->ImportCustomers(second);
  EXPECT_EQ(Counts(updated), (std::vector<uint64_t>{0, 2, 0, 0}));
  EXPECT_EQ(updated->names_kept, 1u);  // "Other"
  EXPECT_EQ(book_->ShowCustomer(IdOf(Handle("shop/a")))->name, "Budi");
  EXPECT_EQ(book_->ShowCustomer(IdOf(Phone("081234567890")))->name, "Siti");
}

TEST_F(ImportTest, ConcurrentImportsOfTheSameRowsMakeOneCustomerEach) {
  std::vector<decision::OrderRow> rows;
  for (int i = 0; i < 300; ++i) {
    rows.push_back(Row({Handle("shop/" + std::to_string(i % 50))}, std::to_string(i), "2024-01-01",
                       "2024-02-01"));
  }
  std::vector<std::thread> threads;
  std::atomic<uint64_t> added = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (size_t at = 0; at < rows.size(); at += 20) {
        const auto report =
            book_->ImportOrders(std::span<const decision::OrderRow>(rows).subspan(at, 20));
        EXPECT_THAT(report, IsOk());
        if (report.ok()) added += report->added;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(added, 300u);
  int customers = 0;
  ASSERT_THAT(book_->ScanCustomers([&customers](const Customer&) {
    ++customers;
    return true;
  }),
              IsOk());
  EXPECT_EQ(customers, 50);
}

TEST_F(ImportTest, MoreRowsThanABatchAllArrive) {
  std::vector<decision::OrderRow> rows;
  for (size_t i = 0; i < 2 * kMaxImportBatch + 7; ++i) {
    rows.push_back(Row({Handle("shop/" + std::to_string(i % 100))}, std::to_string(i), "2024-01-01",
                       "2024-02-01"));
  }
  const auto report = book_->ImportOrders(rows);
  EXPECT_EQ(Counts(report), (std::vector<uint64_t>{rows.size(), 0, 0, 0}));
  EXPECT_EQ(report->customers_added, 100u);
  // And they are still there in a database opened again.
  book_.reset();
  store_.reset();
  Open();
  book_ = std::make_unique<Book>(*store_, vault_, entropy_, clock_, warnings_);
  EXPECT_EQ(Import(rows), (std::vector<uint64_t>{0, 0, rows.size(), 0}));
}

// The public accounts-receivable sample, where it is there: what the import and the track records
// say against what its own columns say.
TEST_F(ImportTest, SampleLedgerGivesTheLateInvoicesItsColumnsSay) {
  const std::filesystem::path data =
      std::filesystem::path(DAFTAR_SOURCE_DIR).parent_path() / "shared/data/ibm_ar.csv";
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "skipped: no data";
  std::ifstream mapping_file(std::string(DAFTAR_SOURCE_DIR) + "/deploy/mappings/ibm-ar.toml");
  const std::string toml{std::istreambuf_iterator<char>(mapping_file), {}};
  const auto mapping = decision::LedgerMapping::Parse(toml, decision::MappingKind::kOrders,
                                                      identity::Region::kIndonesia);
  ASSERT_THAT(mapping, IsOk());
  std::vector<decision::OrderRow> rows;
  const decision::OrderSink sink{[&rows](decision::OrderRow row) {
                                   rows.push_back(std::move(row));
                                   return true;
                                 },
                                 [](decision::LedgerRefusal refusal) {
                                   ADD_FAILURE() << refusal.line << ": " << refusal.reason;
                                   return true;
                                 }};
  std::ifstream csv(data);
  ASSERT_THAT(decision::ReadOrders(csv, *mapping, sink), IsOk());
  EXPECT_EQ(Import(rows), (std::vector<uint64_t>{2466, 0, 0, 0}));
  EXPECT_EQ(Import(rows), (std::vector<uint64_t>{0, 0, 2466, 0}));

  // DaysLate is the file's last column; the mapping does not use it.
  std::ifstream again(data);
  std::string line;
  std::getline(again, line);
  uint64_t late_in_file = 0;
  while (std::getline(again, line)) {
    late_in_file += std::stoi(line.substr(line.rfind(',') + 1)) > 10 ? 1 : 0;
  }
  EXPECT_EQ(late_in_file, 338u);
  uint64_t supported = 0;
  std::vector<CustomerId> customers;
  ASSERT_THAT(book_->ScanOrders([&](const Customer& customer, const Order& order) {
    supported += SupportsIncident(order, Day("2014-01-01"), 10) ? 1 : 0;
    if (customers.empty() || customers.back() != customer.id) customers.push_back(customer.id);
    return true;
  }),
              IsOk());
  EXPECT_EQ(supported, late_in_file);
  EXPECT_EQ(customers.size(), 100u);
  // By the end of January everything is paid.
  const auto record = TrackRecordFor(*book_, customers, Day("2014-01-31"));
  EXPECT_EQ(record.orders, 2466u);
  EXPECT_EQ(record.orders_settled, 2466u);
  EXPECT_EQ(record.late, late_in_file);
}

}  // namespace
}  // namespace daftar::book
