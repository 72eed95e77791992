#include "node/book/customer.h"

#include <array>

#include "tests/node/book/book_fixture.h"

namespace daftar::book {
namespace {

using daftar::testing::IsOkAndHolds;
using daftar::testing::StatusIs;

CustomerId Id(uint8_t last) {
  std::array<uint8_t, CustomerId::kSize> bytes{};
  bytes.back() = last;
  return CustomerId(bytes);
}
Customer SampleCustomer() {
  Customer customer;
  customer.id = Id(1);
  customer.name = "Budi";
  customer.identifiers = {Phone("081234567890"), Handle("shop/budi")};
  customer.created_at = {123'456};
  customer.groups = {"regular", "vip"};
  customer.members = {Id(2), Id(3)};
  return customer;
}
Customer SampleMember() {
  Customer customer = SampleCustomer();
  customer.members.clear();
  customer.merged_into = Id(7);
  customer.joined = Id(8);
  return customer;
}
Order SampleOrder() {
  Order order;
  order.invoice = "INV-1";
  order.invoiced = Day("2024-01-01");
  order.due = Day("2024-02-01");
  order.amount = {100, *evidence::Currency::FromCode("IDR")};
  order.disputed = true;
  order.identifiers = {Phone("081234567890"), Handle("shop/budi")};
  order.written_off = Day("2024-05-01");
  order.said_late = true;
  order.terms = decision::Terms::kCod;
  order.terms_told = true;
  order.receipt = ReceiptRef(std::array<uint8_t, ReceiptRef::kSize>{1, 2, 3});
  return order;
}

TEST(CustomerRowTest, RoundTrips) {
  for (const Customer& customer : {SampleCustomer(), SampleMember()}) {
    EXPECT_THAT(DecodeCustomer(customer.id, EncodeCustomer(customer)), IsOkAndHolds(customer));
  }
  Order order = SampleOrder();
  EXPECT_THAT(DecodeOrder(EncodeOrder(order)), IsOkAndHolds(order));
  order.receipt.reset();
  EXPECT_THAT(DecodeOrder(EncodeOrder(order)), IsOkAndHolds(order));
}

// As the versions before wrote them, byte by byte.
TEST(CustomerRowTest, RowsOfOlderVersionsDecode) {
  crypto::Writer customer;
  customer.U8(1).U64(123'456).Prefixed16(crypto::AsBytes("Budi"));
  customer.U8(1).U8(1).Prefixed16(crypto::AsBytes("+6281234567890"));
  Customer expected;
  expected.id = Id(1);
  expected.name = "Budi";
  expected.identifiers = {Phone("081234567890")};
  expected.created_at = {123'456};
  EXPECT_THAT(DecodeCustomer(Id(1), customer.bytes()), IsOkAndHolds(expected));

  crypto::Writer order;
  order.U8(2).Prefixed16(crypto::AsBytes("INV-1"));
  order.U32(Day("2024-01-01").days()).U32(Day("2024-02-01").days()).U32(0);
  order.U64(100).Raw("IDR").U8(1);
  order.U8(1).U8(1).Prefixed16(crypto::AsBytes("+6281234567890"));
  Order old = SampleOrder();
  old.identifiers = {Phone("081234567890")};
  old.written_off = {};
  old.said_late = false;
  old.terms = decision::Terms::kCredit;
  old.terms_told = false;
  old.receipt.reset();
  EXPECT_THAT(DecodeOrder(order.bytes()), IsOkAndHolds(old));
}

TEST(CustomerRowTest, WhetherTermsWereToldIsSaidSinceVersionFour) {
  Order order = SampleOrder();
  const auto as_version_3 = [&order] {
    crypto::Bytes row = EncodeOrder(order);
    row.front() = 3;
    row.pop_back();
    return DecodeOrder(row);
  };
  EXPECT_THAT(as_version_3(), IsOkAndHolds(order));  // other terms than credit somebody said
  order.terms = decision::Terms::kCredit;
  EXPECT_THAT(DecodeOrder(EncodeOrder(order)), IsOkAndHolds(order));
  order.terms_told = false;
  EXPECT_THAT(as_version_3(), IsOkAndHolds(order));
  EXPECT_THAT(DecodeOrder(EncodeOrder(order)), IsOkAndHolds(order));
  order.terms = decision::Terms::kPrepaid;
  EXPECT_THAT(DecodeOrder(EncodeOrder(order)), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(CustomerRowTest, TruncatedExtendedOrNewerRowsAreDataLoss) {
  for (const crypto::Bytes& good : {EncodeCustomer(SampleCustomer()),
                                    EncodeCustomer(SampleMember()), EncodeOrder(SampleOrder())}) {
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

TEST(CustomerRowTest, WhatNoEncoderWritesIsDataLoss) {
  const auto refused = [](const Customer& customer) {
    return absl::IsDataLoss(DecodeCustomer(customer.id, EncodeCustomer(customer)).status());
  };
  Customer customer = SampleCustomer();
  customer.groups = {"vip", "regular"};
  EXPECT_TRUE(refused(customer));
  customer.groups.assign(decision::kMaxGroupsPerCustomer + 1, "vip");
  EXPECT_TRUE(refused(customer));
  customer = SampleCustomer();
  customer.members = {Id(3), Id(2)};
  EXPECT_TRUE(refused(customer));
  customer = SampleMember();
  customer.members = {Id(2)};  // a member has none
  EXPECT_TRUE(refused(customer));
  Order order = SampleOrder();
  order.terms = static_cast<decision::Terms>(5);
  EXPECT_THAT(DecodeOrder(EncodeOrder(order)), StatusIs(absl::StatusCode::kDataLoss));
}

// The name stands in incidents: it must never change.
TEST(CustomerRowTest, AnOrdersNameIsItsRowsIdAndAHashOfTheInvoiceNumber) {
  EXPECT_EQ(OrderName(Id(1), "INV-1"), "00000000000000000000000000000001-526d31c28853e2e5");
  EXPECT_EQ(OrderName(Id(1), SampleOrder()), OrderName(Id(1), "INV-1"));
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
