#include "node/service/convert.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

constexpr auto kHome = identity::Region::kIndonesia;

TEST(Convert, TimesAreIsoWithMilliseconds) {
  EXPECT_EQ(TimeText({0}), "");
  EXPECT_EQ(TimeText({1'793'491'200'007}), "2026-11-01T00:00:00.007Z");
}

TEST(Convert, StatusCodesPassUnchangedAndPartnersLearnNoInternals) {
  const absl::Status loss = absl::DataLossError("row 7 of column x is damaged");
  EXPECT_EQ(ToGrpc(loss).error_code(), grpc::StatusCode::DATA_LOSS);
  EXPECT_EQ(ToGrpcForPartner(loss).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ToGrpcForPartner(loss).error_message().find("row 7"), std::string::npos);
  EXPECT_EQ(ToGrpcForPartner(absl::ResourceExhaustedError("wait 5 s")).error_message(), "wait 5 s");
  EXPECT_TRUE(FromGrpc(ToGrpc(absl::OkStatus())).ok());
  EXPECT_EQ(FromGrpc(ToGrpc(loss)), loss);
}

TEST(Convert, EveryKindOfIdentifierIsTaken) {
  v1::Identifier identifier;
  EXPECT_THAT(FromProto(identifier, kHome), StatusIs(absl::StatusCode::kInvalidArgument));
  identifier.set_phone("0812-3456-7890");
  EXPECT_EQ(FromProto(identifier, kHome)->value(), "+6281234567890");
  identifier.set_any("buyer@mail.id");
  EXPECT_EQ(FromProto(identifier, kHome)->type(), identity::IdentifierType::kEmail);
  identifier.set_any("0812-3456-7890");
  EXPECT_EQ(FromProto(identifier, kHome)->value(), "+6281234567890");
  identifier.set_any("3273011708900001");
  EXPECT_THAT(FromProto(identifier, kHome),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("national-id/ID, tax-id/ID")));
  identifier.set_any("nothing of the kind");
  EXPECT_THAT(FromProto(identifier, kHome), StatusIs(absl::StatusCode::kInvalidArgument));
  identifier.set_handle("ibm/0379-NEVHP");
  EXPECT_EQ(FromProto(identifier, kHome)->value(), "ibm/0379-nevhp");
}

TEST(Convert, IdentifiersComeSortedAndOnceWhateverTheirSpelling) {
  v1::OrderRow row;
  row.add_identifiers()->set_handle("shop/a");
  row.add_identifiers()->set_phone("0812-3456-7890");
  row.add_identifiers()->set_phone("+62 812 3456 7890");
  auto identifiers = FromProto(row.identifiers(), kHome, 3);
  ASSERT_THAT(identifiers, IsOk());
  ASSERT_EQ(identifiers->size(), 2u);
  EXPECT_EQ((*identifiers)[0].value(), "+6281234567890");
  EXPECT_EQ((*identifiers)[1].value(), "shop/a");
  // The bound is on what was typed.
  EXPECT_THAT(FromProto(row.identifiers(), kHome, 2), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(Convert, MoneyAndDatesAreBounded) {
  v1::Money money;
  money.set_currency("IDR");
  money.set_minor(evidence::kMaxMinorUnits + 1);
  EXPECT_THAT(FromProto(money), StatusIs(absl::StatusCode::kInvalidArgument));
  money.set_minor(1);
  money.set_currency("idr");
  EXPECT_THAT(FromProto(money), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(DateFromProto("01/02/2026", "due"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("due")));
  EXPECT_FALSE(DateFromProto("", "due")->has_value());
}

TEST(Convert, FeedsOverTheirBoundsAreRefused) {
  v1::FollowResponse response;
  for (size_t i = 0; i <= crypto::kMaxProofHashes; ++i)
    response.add_consistency(std::string(32, 0));
  EXPECT_THAT(FromProto(response), StatusIs(absl::StatusCode::kInvalidArgument));
  response.clear_consistency();
  response.add_consistency("short");
  EXPECT_THAT(FromProto(response), StatusIs(absl::StatusCode::kInvalidArgument));
  response.Clear();
  for (size_t i = 0; i <= evidence::kMaxFeedEntries; ++i) response.add_entries();
  EXPECT_THAT(FromProto(response), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(Convert, UnknownEnumNumbersAreRefused) {
  EXPECT_THAT(FromProto(static_cast<v1::Terms>(77)), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(FromProto(static_cast<v1::Role>(77)), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(GroundFromProto("bored"), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace daftar::service
