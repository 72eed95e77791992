#include "node/identity/identifier.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/node/identity/identity_support.h"
#include "tests/support/status_matchers.h"

namespace daftar::identity {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::IsOkAndHolds;
using ::daftar::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Written out once more on purpose: names are in VOPRF inputs, numbers on disk.
TEST(IdentifierTypeTest, NumbersAndNamesAreTheFrozenOnes) {
  const std::vector<std::pair<int, std::string>> expected = {
      {1, "phone"},          {2, "email"},     {3, "national-id/ID"}, {4, "national-id/MY"},
      {5, "national-id/SG"}, {6, "tax-id/ID"}, {7, "business-id/ID"}, {8, "business-id/MY"},
      {9, "bank-account"},   {10, "handle"}};
  std::vector<std::pair<int, std::string>> actual;
  for (const IdentifierType type : AllIdentifierTypes()) {
    actual.emplace_back(static_cast<int>(type), TypeName(type));
  }
  EXPECT_EQ(actual, expected);
}

TEST(IdentifierTypeTest, EveryTypeIsFoundByNameAndNumber) {
  for (const IdentifierType type : AllIdentifierTypes()) {
    EXPECT_THAT(TypeFromName(TypeName(type)), IsOkAndHolds(type));
    EXPECT_THAT(TypeFromNumber(static_cast<uint8_t>(type)), IsOkAndHolds(type));
  }
}

TEST(IdentifierTypeTest, UnknownNameIsRefusedWithTheNames) {
  for (const std::string_view name :
       {"", "Phone", "phone ", "national-id", "national-id/id", "1"}) {
    EXPECT_THAT(TypeFromName(name),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("phone, email, national-id/ID"), HasSubstr("handle"))))
        << name;
  }
}

TEST(IdentifierTypeTest, UnknownNumberIsRefused) {
  for (const uint8_t number : std::initializer_list<uint8_t>{0, 11, 255}) {
    EXPECT_THAT(TypeFromNumber(number), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST(RegionTest, EveryRegionIsFoundByItsCode) {
  std::string codes;
  for (const Region region : AllRegions()) {
    EXPECT_THAT(RegionFromCode(RegionCode(region)), IsOkAndHolds(region));
    codes += std::string(RegionCode(region)) + " ";
  }
  EXPECT_EQ(codes, "ID MY SG BN TH PH VN TL ");
}

TEST(RegionTest, UnknownCodeIsRefusedWithTheCodes) {
  for (const std::string_view code : {"", "id", "US", "IDN", "ID "}) {
    EXPECT_THAT(RegionFromCode(code), StatusIs(absl::StatusCode::kInvalidArgument,
                                               HasSubstr("ID, MY, SG, BN, TH, PH, VN, TL")))
        << code;
  }
}

TEST(IdentifierTest, EqualsByTypeAndValue) {
  const Identifier a = Must(IdentifierType::kPhone, "0812-3456-7890");
  EXPECT_EQ(a, Must(IdentifierType::kPhone, "+62 812 3456 7890", Region::kSingapore));
  EXPECT_NE(a, Must(IdentifierType::kPhone, "0812-3456-7891"));
  EXPECT_NE(Must(IdentifierType::kNationalIdIndonesia, "3273011708900001"),
            Must(IdentifierType::kTaxIdIndonesia, "3273011708900001"));
}

TEST(IdentifierTest, StoredValueInNormalFormComesBack) {
  const auto stored = Identifier::FromNormalised(IdentifierType::kPhone, "+6281234567890");
  ASSERT_THAT(stored, IsOk());
  EXPECT_EQ(*stored, Must(IdentifierType::kPhone, "081234567890"));
}

TEST(IdentifierTest, StoredValueInAnotherFormIsRefusedAndNotRepeated) {
  for (const std::string_view value : {"081234567890", "6281234567890", "+62 81234567890",
                                       "+62081234567890", "+6281234567890 ", ""}) {
    EXPECT_THAT(Identifier::FromNormalised(IdentifierType::kPhone, value),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("normal form"), Not(HasSubstr("8123456")))))
        << value;
  }
  EXPECT_FALSE(Identifier::FromNormalised(IdentifierType::kEmail, "Siti@toko.id").ok());
  EXPECT_FALSE(Identifier::FromNormalised(IdentifierType::kEmail, "si.ti@gmail.com").ok());
  EXPECT_FALSE(Identifier::FromNormalised(IdentifierType::kTaxIdIndonesia, "012345678901000").ok());
}

TEST(IdentifierTest, StoredTypeThatDoesNotExistIsRefused) {
  for (const int number : {0, 11, 255}) {
    EXPECT_THAT(Identifier::FromNormalised(static_cast<IdentifierType>(number), "+6281234567890"),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no type")));
  }
}

TEST(NormaliseTest, RefusalNamesTypeReasonAndAnExampleOfTheHomeRegion) {
  EXPECT_THAT(Normalise(IdentifierType::kPhone, "0812", Region::kIndonesia),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "phone not understood: a number of Indonesia has 8 to 12 digits after +62; "
                       "write it like 0812-3456-7890 or +62 81234567890"));
  EXPECT_THAT(Normalise(IdentifierType::kPhone, "0812", Region::kSingapore),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("8123 4567 or +65 81234567")));
  EXPECT_THAT(
      Normalise(IdentifierType::kNationalIdIndonesia, "1", Region::kIndonesia),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "national-id/ID not understood: it has 16 digits; write it like 3273011708900001"));
}

TEST(NormaliseTest, FullWidthDigitsAreRefusedWithTheWayOut) {
  EXPECT_THAT(Normalise(IdentifierType::kPhone,
                        "\xEF\xBC\x90\xEF\xBC\x98"
                        "1234567890",
                        Region::kIndonesia),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("full-width digit")));
}

// The example at the end of a refusal must itself be accepted.
TEST(NormaliseTest, EveryExampleThatARefusalGivesIsAccepted) {
  for (const IdentifierType type : AllIdentifierTypes()) {
    for (const Region home : AllRegions()) {
      const auto refused = Normalise(type, "", home);
      ASSERT_FALSE(refused.ok());
      const std::string message(refused.status().message().data(),
                                refused.status().message().size());
      const std::string marker = "write it like ";
      std::string example = message.substr(message.find(marker) + marker.size());
      const size_t either = example.find(" or +");
      if (either != std::string::npos) {
        EXPECT_EQ(Result(type, example.substr(either + 4), home),
                  Result(type, example.substr(0, either), home));
        example.resize(either);
      }
      EXPECT_THAT(Normalise(type, example, home), IsOk()) << TypeName(type) << RegionCode(home);
    }
  }
}

TEST(RefusalTest, IsAbsentExactlyWhenTheTextNormalises) {
  EXPECT_EQ(RefusalOf(IdentifierType::kPhone, "081234567890", Region::kIndonesia), std::nullopt);
  EXPECT_EQ(RefusalOf(IdentifierType::kPhone, "0812", Region::kIndonesia), Refusal::kLength);
}

// Random texts over the characters that the rules look at: whatever normalises is stable, and may
// be stored and read back.
TEST(NormalisePropertyTest, ANormalFormIsItsOwnNormalFormEverywhere) {
  constexpr std::string_view kMixed = "0000111222345667788999+-. ()/@.abcSTFGMD\t\x80";
  constexpr std::string_view kNumeric = "000001122334455666778899+-";
  std::mt19937 random(20261001);
  std::uniform_int_distribution<size_t> length(0, 20);
  std::uniform_int_distribution<size_t> region(0, AllRegions().size() - 1);
  std::map<IdentifierType, size_t> accepted;
  for (int round = 0; round < 50'000; ++round) {
    const std::string_view alphabet = round % 2 == 0 ? kMixed : kNumeric;
    std::uniform_int_distribution<size_t> letter(0, alphabet.size() - 1);
    std::string typed;
    for (size_t i = length(random); i > 0; --i) typed += alphabet[letter(random)];
    const Region home = AllRegions()[region(random)];
    for (const IdentifierType type : AllIdentifierTypes()) {
      const auto once = Normalise(type, typed, home);
      if (!once.ok()) continue;
      ++accepted[type];
      for (const Region other : AllRegions()) {
        ASSERT_EQ(Result(type, once->value(), other), once->value());
      }
      ASSERT_THAT(Identifier::FromNormalised(type, once->value()), IsOkAndHolds(*once));
    }
  }
  EXPECT_GT(accepted[IdentifierType::kPhone], 1000u);
  EXPECT_GT(accepted[IdentifierType::kHandle], 100u);
}

}  // namespace
}  // namespace daftar::identity
