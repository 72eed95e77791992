#include "node/book/listing.h"

#include <algorithm>
#include <set>

#include "tests/node/book/book_fixture.h"

namespace daftar::book {
namespace {

using daftar::testing::IsOk;
using daftar::testing::StatusIs;

class ListingTest : public BookTest {
 protected:
  void Import(const std::string& who, const std::string& invoice, std::string_view invoiced,
              std::string_view paid = "") {
    const decision::OrderRow row =
        Row({Handle("shop/" + who)}, invoice, invoiced, "2024-12-31", paid);
    const auto report = book_->ImportOrders({&row, 1});
    ASSERT_THAT(report, IsOk());
    ASSERT_EQ(report->refused, 0u);
  }
  // The invoice numbers of all pages of `limit`.
  std::vector<std::string> Invoices(OrderFilter filter, size_t limit) {
    std::vector<std::string> invoices;
    do {
      const auto page = ListOrders(*book_, filter, limit);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) break;
      EXPECT_LE(page->orders.size(), limit);
      for (const NamedOrder& order : page->orders) invoices.push_back(order.order.invoice);
      filter.after = page->next;
    } while (filter.after.has_value());
    return invoices;
  }
};

TEST_F(ListingTest, OrdersComeNewestFirstEachOnceWhateverThePage) {
  for (int day = 1; day <= 9; ++day) {
    const std::string date = "2024-01-0" + std::to_string(day);
    Import("a", "A" + std::to_string(day), date);
    Import("b", "B" + std::to_string(day), date);
  }
  const std::vector<std::string> whole = Invoices({}, kMaxPage);
  ASSERT_EQ(whole.size(), 18u);
  EXPECT_EQ(whole.front()[1], '9');
  EXPECT_EQ(whole.back()[1], '1');
  EXPECT_TRUE(std::is_sorted(whole.begin(), whole.end(),
                             [](const auto& a, const auto& b) { return a[1] > b[1]; }));
  for (const size_t limit : {1, 2, 3, 17, 18, 19}) {
    EXPECT_EQ(Invoices({}, limit), whole) << limit;
  }
}

TEST_F(ListingTest, ACustomersOrdersAreThoseOfTheWhole) {
  Import("a", "A", "2024-01-01");
  Import("b", "B", "2024-01-02");
  Import("c", "C", "2024-01-03");
  const CustomerId into = IdOf(Handle("shop/a"));
  const CustomerId from = IdOf(Handle("shop/b"));
  ASSERT_THAT(book_->Merge(By(), into, from, "same"), IsOk());
  for (const CustomerId& id : {into, from}) {
    EXPECT_EQ(Invoices({.customer = id}, 1), (std::vector<std::string>{"B", "A"}));
  }
  EXPECT_THAT(ListOrders(*book_, {.customer = CustomerId()}, 1),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ListingTest, OnlyWhatIsWantedComesAndCounts) {
  Import("a", "A1", "2024-01-01", "2024-01-05");
  Import("a", "A2", "2024-01-02");
  Import("a", "A3", "2024-01-03", "2024-01-05");
  Import("a", "A4", "2024-01-04");
  const OrderFilter open{
      .wanted = [](const NamedOrder& named) { return !named.order.paid.has_value(); }};
  EXPECT_EQ(Invoices(open, 1), (std::vector<std::string>{"A4", "A2"}));
}

TEST_F(ListingTest, CustomersAreWholesEachOnce) {
  std::set<CustomerId> ids;
  for (const std::string who : {"a", "b", "c", "d", "e"}) {
    Import(who, who, "2024-01-01");
    ids.insert(IdOf(Handle("shop/" + who)));
  }
  const CustomerId from = IdOf(Handle("shop/b"));
  ASSERT_THAT(book_->Merge(By(), IdOf(Handle("shop/a")), from, "same"), IsOk());
  ids.erase(from);
  for (const size_t limit : {1, 2, 4, 5}) {
    for (const bool filtered : {false, true}) {
      CustomerFilter filter;
      if (filtered) {
        filter.wanted = [](const Profile&, const std::vector<NamedOrder>& orders) {
          return !orders.empty();
        };
      }
      std::vector<CustomerId> listed;
      do {
        const auto page = ListCustomers(*book_, filter, limit);
        ASSERT_THAT(page, IsOk());
        EXPECT_LE(page->customers.size(), limit);
        for (const Profile& customer : page->customers) listed.push_back(customer.id);
        filter.after = page->next;
      } while (filter.after.has_value());
      EXPECT_EQ(listed.size(), ids.size());
      EXPECT_EQ(std::set(listed.begin(), listed.end()), ids);
    }
  }
}

}  // namespace
}  // namespace daftar::book
