// A book in a database of its own.
#ifndef DAFTAR_TESTS_NODE_BOOK_BOOK_FIXTURE_H_
#define DAFTAR_TESTS_NODE_BOOK_BOOK_FIXTURE_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "node/book/book.h"
#include "storage/audit.h"
#include "storage/rocks_store.h"
#include "tests/storage/temp_dir.h"
#include "tests/support/fakes.h"
#include "tests/support/status_matchers.h"

namespace daftar::book {

class FixedClock final : public evidence::Clock {
 public:
  evidence::UnixMillis Now() const override { return {int64_t{20'000} * 86'400'000}; }
};

inline identity::Identifier Phone(const std::string& typed) {
  return *identity::Normalise(identity::IdentifierType::kPhone, typed,
                              identity::Region::kIndonesia);
}
inline identity::Identifier Handle(const std::string& typed) {
  return *identity::Normalise(identity::IdentifierType::kHandle, typed,
                              identity::Region::kIndonesia);
}
inline identity::Identifier Email(const std::string& typed) {
  return *identity::Normalise(identity::IdentifierType::kEmail, typed,
                              identity::Region::kIndonesia);
}
inline evidence::Date Day(std::string_view iso) { return *evidence::Date::Parse(iso); }

// What is known of the wholes to which the customers belong.
inline decision::TrackRecord TrackRecordFor(const Book& book, std::span<const CustomerId> customers,
                                            evidence::Date today) {
  std::map<CustomerId, Profile> wholes;
  for (const CustomerId& customer : customers) {
    auto profile = book.ShowCustomer(customer);
    if (!profile.ok()) continue;
    const CustomerId whole = profile->id;
    wholes.insert_or_assign(whole, *std::move(profile));
  }
  std::vector<Profile> profiles;
  for (auto& [id, profile] : wholes) profiles.push_back(std::move(profile));
  decision::TrackRecordBuilder builder(today, /*late_after_days=*/10);
  EXPECT_TRUE(book.ScanOrdersOf(profiles,
                                [&](const CustomerId&, const Order& order) { builder.Add(order); })
                  .ok());
  return std::move(builder).Finish();
}

class BookTest : public ::testing::Test {
 protected:
  BookTest() : vault_(entropy_.Secret(), entropy_) {
    Open();
    book_ = std::make_unique<Book>(*store_, vault_, entropy_, clock_, warnings_);
  }
  void Open() {
    auto opened = storage::RocksStore::Open({.path = dir_ / "db", .create_if_missing = true});
    EXPECT_THAT(opened, daftar::testing::IsOk());
    store_ = *std::move(opened);
  }
  static crypto::Bytes Request(const std::string& id) {
    return *storage::RequestLog::Key("uid:1000", id);
  }
  // A new request of the shop's keeper.
  static storage::Caller By() { return By("request-" + std::to_string(++next_line)); }
  static storage::Caller By(const std::string& id) { return {"uid:1000", id}; }
  // An order of 100.00 USD.
  static decision::OrderRow Row(std::vector<identity::Identifier> identifiers,
                                const std::string& invoice, std::string_view invoiced,
                                std::string_view due, std::string_view paid = "") {
    decision::OrderRow row;
    row.line = ++next_line;
    row.identifiers = std::move(identifiers);
    row.invoice = invoice;
    row.invoiced = Day(invoiced);
    row.due = Day(due);
    if (!paid.empty()) row.paid = Day(paid);
    row.amount = {10'000, *evidence::Currency::FromCode("USD")};
    return row;
  }
  CustomerId IdOf(const identity::Identifier& identifier) {
    const auto found = book_->FindByIdentifier(identifier);
    EXPECT_TRUE(found.ok() && found->has_value());
    return found.ok() && found->has_value() ? **found : CustomerId();
  }
  std::vector<Order> OrdersOf(const CustomerId& id) {
    std::vector<Order> orders;
    EXPECT_THAT(book_->ScanOrdersOf(id,
                                    [&orders](const Order& order) {
                                      orders.push_back(order);
                                      return true;
                                    }),
                daftar::testing::IsOk());
    return orders;
  }

  // Imports one order and gives its customer's root.
  CustomerId Bought(const identity::Identifier& who, const std::string& invoice,
                    std::string_view paid = "") {
    const std::vector<decision::OrderRow> rows = {
        Row({who}, invoice, "2024-01-01", "2024-02-01", paid)};
    const auto report = book_->ImportOrders(rows);
    EXPECT_TRUE(report.ok() && report->refused == 0);
    return IdOf(who);
  }
  // Every customer row as it is stored.
  std::vector<Customer> AllRows() {
    std::vector<Customer> rows;
    EXPECT_THAT(book_->ScanCustomers([&rows](const Customer& row) {
      rows.push_back(row);
      return true;
    }),
                daftar::testing::IsOk());
    return rows;
  }
  size_t RowsIn(storage::Column column) {
    size_t rows = 0;
    EXPECT_THAT(store_->Scan(column, {}, {},
                             [&rows](crypto::ByteView, crypto::ByteView) {
                               ++rows;
                               return true;
                             }),
                daftar::testing::IsOk());
    return rows;
  }
  // All values of the column, opened.
  std::string Opened(storage::Column column) {
    std::string all;
    EXPECT_THAT(store_->Scan(column, {}, {},
                             [&](crypto::ByteView key, crypto::ByteView sealed) {
                               const auto opened = vault_.Open(column, key, sealed);
                               EXPECT_THAT(opened, daftar::testing::IsOk());
                               if (opened.ok()) all += crypto::AsText(opened->Expose());
                               all += "\n";
                               return true;
                             }),
                daftar::testing::IsOk());
    return all;
  }
  std::vector<storage::AuditRow> Record() {
    auto page = storage::ReadAudit(*store_, vault_, {.limit = 1000});
    EXPECT_THAT(page, daftar::testing::IsOk());
    return page.ok() ? page->rows : std::vector<storage::AuditRow>();
  }

  inline static uint64_t next_line = 1;
  daftar::testing::TempDir dir_;
  daftar::testing::FakeEntropy entropy_;
  FixedClock clock_;
  storage::Vault vault_;
  struct OwnList final : identity::OwnIdentifiers {
    bool Holds(const identity::Identifier& identifier) const override {
      return held.contains(identifier);
    }
    std::set<identity::Identifier> held;
  } own_;
  identity::WarningList warnings_{&own_};
  std::unique_ptr<storage::RocksStore> store_;
  std::unique_ptr<Book> book_;
};

}  // namespace daftar::book

#endif  // DAFTAR_TESTS_NODE_BOOK_BOOK_FIXTURE_H_
