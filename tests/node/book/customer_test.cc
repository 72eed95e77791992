#include "node/book/customer.h"

#include "tests/node/book/book_fixture.h"

namespace daftar::book {
namespace {

using daftar::testing::IsOkAndHolds;
using daftar::testing::StatusIs;

Customer SampleCustomer() {
  return {CustomerId(), "Budi", {Phone("081234567890"), Handle("shop/budi")}, {123'456}};
}
Order SampleOrder() {
  return {"INV-1",
          Day("2024-01-01"),
          Day("2024-02-01"),
          evidence::Date(),
          {100, *evidence::Currency::FromCode("IDR")},
          true,
          {Phone("081234567890"), Handle("shop/budi")}};
}

TEST(CustomerRowTest, RoundTrips) {
  const Customer customer = SampleCustomer();
  EXPECT_THAT(DecodeCustomer(customer.id, EncodeCustomer(customer)), IsOkAndHolds(customer));
  EXPECT_THAT(DecodeOrder(EncodeOrder(SampleOrder())), IsOkAndHolds(SampleOrder()));
}

TEST(CustomerRowTest, TruncatedExtendedOrNewerRowsAreDataLoss) {
  for (const crypto::Bytes& good : {EncodeCustomer(SampleCustomer()), EncodeOrder(SampleOrder())}) {
    const bool is_order = good == EncodeOrder(SampleOrder());
    const auto status = [is_order](crypto::ByteView bytes) {
      return is_order ? DecodeOrder(bytes).status() : DecodeCustomer(CustomerId(), bytes).status();
    };
    for (size_t length = 0; length < good.size(); ++length) {
      EXPECT_THAT(status(crypto::ByteView(good).first(length)),
                  StatusIs(absl::StatusCode::kDataLoss));
    }
    crypto::Bytes longer = good;
    longer.push_back(0);
    EXPECT_THAT(status(longer), StatusIs(absl::StatusCode::kDataLoss));
    for (const int other : {-1, 1}) {
      crypto::Bytes row = good;
      row[0] = static_cast<uint8_t>(row[0] + other);
      EXPECT_THAT(status(row), StatusIs(absl::StatusCode::kDataLoss));
    }
  }
}

TEST(CustomerRowTest, AnOrdersIdentifiersAreOneToEightSortedAndOnce) {
  const identity::Identifier a = Handle("shop/a");
  const identity::Identifier b = Handle("shop/b");
  Order order = SampleOrder();
  order.identifiers = {a, b};
  EXPECT_THAT(DecodeOrder(EncodeOrder(order)), IsOkAndHolds(order));
  std::vector<identity::Identifier> most;
  for (size_t i = 0; i < kMaxIdentifiersPerOrder; ++i) {
    most.push_back(Handle("shop/" + std::to_string(i)));
  }
  order.identifiers = most;
  EXPECT_THAT(DecodeOrder(EncodeOrder(order)), IsOkAndHolds(order));
  most.push_back(b);
  for (const std::vector<identity::Identifier>& wrong :
       {std::vector<identity::Identifier>{}, {b, a}, {a, a}, most}) {
    order.identifiers = wrong;
    EXPECT_THAT(DecodeOrder(EncodeOrder(order)), StatusIs(absl::StatusCode::kDataLoss));
  }
}

}  // namespace
}  // namespace daftar::book
