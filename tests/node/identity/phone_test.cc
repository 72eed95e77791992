#include "node/identity/phone.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <random>
#include <string>

#include "tests/node/identity/identity_support.h"

namespace daftar::identity {
namespace {

std::string Phone(std::string_view typed, Region home = Region::kIndonesia) {
  return Result(IdentifierType::kPhone, typed, home);
}

// A number of that many digits which begins with no country code of the table and no 0.
std::string Subscriber(size_t digits) { return std::string("9172534168027").substr(0, digits); }

TEST(PhoneRuleTest, TableIsTheFrozenOne) {
  std::string table;
  for (const Region region : AllRegions()) {
    const PhoneRule& rule = PhoneRuleOf(region);
    table += std::string(RegionCode(rule.region)) + " " + std::string(rule.code) +
             (rule.trunk_zero ? " 0 " : " - ") + std::to_string(rule.least) + "-" +
             std::to_string(rule.most) + "\n";
  }
  EXPECT_EQ(table,
            "ID 62 0 8-12\nMY 60 0 8-10\nSG 65 - 8-8\nBN 673 - 7-7\nTH 66 0 8-9\nPH 63 0 8-10\n"
            "VN 84 0 9-10\nTL 670 - 7-8\n");
}

TEST(PhoneRuleTest, CountryCodesOfTheTableAreNeverConfused) {
  EXPECT_EQ(PhoneRuleByCode("6737123456")->region, Region::kBrunei);
  EXPECT_EQ(PhoneRuleByCode("67077234567")->region, Region::kTimorLeste);
  EXPECT_EQ(PhoneRuleByCode("66812345678")->region, Region::kThailand);
  EXPECT_EQ(PhoneRuleByCode("6714721234"), nullptr);
  EXPECT_EQ(PhoneRuleByCode("67"), nullptr);
  EXPECT_EQ(PhoneRuleByCode(""), nullptr);
}

std::string Join(std::initializer_list<std::string_view> parts) {
  std::string joined;
  for (const std::string_view part : parts) joined += part;
  return joined;
}

// Every way of writing one number, for every region and every length that it has.
TEST(PhoneTest, AllSpellingsOfANumberHaveOneNormalForm) {
  for (const Region home : AllRegions()) {
    const PhoneRule& rule = PhoneRuleOf(home);
    for (size_t length = rule.least; length <= rule.most; ++length) {
      const std::string number = Subscriber(length);
      const std::string expected = Join({"+", rule.code, number});
      EXPECT_EQ(Phone(expected, home), expected);
      EXPECT_EQ(Phone(Join({"00", rule.code, number}), home), expected);
      EXPECT_EQ(Phone(Join({rule.code, number}), home), expected);
      EXPECT_EQ(Phone(number, home), expected);
      if (!rule.trunk_zero) continue;
      EXPECT_EQ(Phone(Join({"0", number}), home), expected);
      EXPECT_EQ(Phone(Join({rule.code, "0", number}), home), expected);
      EXPECT_EQ(Phone(Join({"+", rule.code, "(0)", number}), home), expected);
      EXPECT_EQ(Phone(Join({"00", rule.code, "0", number}), home), expected);
    }
  }
}

TEST(PhoneTest, OneDigitTooFewOrTooManyIsRefusedInEverySpelling) {
  for (const Region home : AllRegions()) {
    const PhoneRule& rule = PhoneRuleOf(home);
    for (const size_t length : {rule.least - 1, rule.most + 1}) {
      const std::string number = Subscriber(length);
      EXPECT_EQ(Phone(Join({"+", rule.code, number}), home), "!length") << RegionCode(home);
      EXPECT_EQ(Phone(number, home), "!length") << RegionCode(home);
      if (!rule.trunk_zero) continue;
      EXPECT_EQ(Phone(Join({"0", number}), home), "!length") << RegionCode(home);
      EXPECT_EQ(Phone(Join({"+", rule.code, "0", number}), home), "!length") << RegionCode(home);
    }
  }
}

TEST(PhoneTest, HomeDecidesHowANumberWithoutPlusIsRead) {
  EXPECT_EQ(Phone("0812345678", Region::kIndonesia), "+62812345678");
  EXPECT_EQ(Phone("0812345678", Region::kThailand), "+66812345678");
  EXPECT_EQ(Phone("0812345678", Region::kMalaysia), "+60812345678");
  EXPECT_EQ(Phone("0812345678", Region::kVietnam), "+84812345678");
  EXPECT_EQ(Phone("0812345678", Region::kSingapore), "!length");
}

TEST(PhoneTest, DigitsThatOnlyLookLikeTheHomeCodeAreNational) {
  EXPECT_EQ(Phone("65123456", Region::kSingapore), "+6565123456");
  EXPECT_EQ(Phone("6731234", Region::kBrunei), "+6736731234");
  EXPECT_EQ(Phone("62812345", Region::kIndonesia), "+6262812345");
}

TEST(PhoneTest, HomeCodeIsNotLookedForBehindATrunkZero) {
  EXPECT_EQ(Phone("062812345678"), "+6262812345678");
}

// The length that decides between country code and national number is that without the trunk 0.
TEST(PhoneTest, LengthAfterATypedCountryCodeIsCountedWithoutTheTrunkZero) {
  EXPECT_EQ(Phone("62 0 812345678901"), "+62812345678901");  // 13 digits with the 0, 12 without
  EXPECT_EQ(Phone("62 0 8123456"), "+626208123456");         // 8 with the 0, 7 without: national
}

TEST(PhoneTest, ASecondLeadingZeroIsRefusedRatherThanHavingTwoNormalForms) {
  EXPECT_EQ(Phone("+62 00812345678"), "!leading-zero");
  EXPECT_EQ(Phone("62 00812345678"), "!leading-zero");
  EXPECT_EQ(Phone("+65 0812 3456"), "+6508123456") << "Singapore has no trunk 0 to drop";
}

TEST(PhoneTest, SeparatorsNeverMatter) {
  constexpr std::string_view kSeparators = " .-()[]/";
  std::mt19937 random(7);
  std::uniform_int_distribution<size_t> separator(0, kSeparators.size() - 1);
  std::uniform_int_distribution<int> coin(0, 1);
  for (const std::string_view number :
       {"081234567890", "+6281234567890", "006281234567890", "6281234567890", "81234567890",
        "+62081234567890", "0812", "+", "00", "081+2345678", "62x", "+14155552671"}) {
    for (const Region home : AllRegions()) {
      const std::string plain = Phone(number, home);
      for (int round = 0; round < 50; ++round) {
        std::string typed;
        for (const char c : number) {
          while (coin(random) == 1) typed += kSeparators[separator(random)];
          typed += c;
        }
        while (coin(random) == 1) typed += kSeparators[separator(random)];
        ASSERT_EQ(Phone(typed, home), plain);
      }
    }
  }
}

TEST(PhoneTest, OtherCountriesHaveEightToFifteenDigitsInAll) {
  EXPECT_EQ(Phone("+1234567"), "!length");
  EXPECT_EQ(Phone("+12345678"), "+12345678");
  EXPECT_EQ(Phone("+123456789012345"), "+123456789012345");
  EXPECT_EQ(Phone("+1234567890123456"), "!length");
}

}  // namespace
}  // namespace daftar::identity
