#include "node/evidence/money.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/status_matchers.h"

namespace daftar::evidence {
namespace {

using ::daftar::testing::IsOkAndHolds;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

Currency Of(std::string_view code) {
  auto currency = Currency::FromCode(code);
  EXPECT_THAT(currency, ::daftar::testing::IsOk()) << code;
  return currency.ok() ? *currency : Currency();
}

Money Minor(uint64_t minor, std::string_view code) {
  return Money{.minor = minor, .currency = Of(code)};
}

TEST(CurrencyTest, MinorDigitsAreThoseOfIso4217) {
  for (const std::string_view code : {"IDR", "MYR", "SGD", "BND", "THB", "PHP", "USD", "EUR"}) {
    EXPECT_EQ(Of(code).minor_digits(), 2) << code;
  }
  for (const std::string_view code : {"VND", "JPY", "KRW", "ISK", "XPF"}) {
    EXPECT_EQ(Of(code).minor_digits(), 0) << code;
  }
  for (const std::string_view code : {"BHD", "KWD", "TND"}) {
    EXPECT_EQ(Of(code).minor_digits(), 3) << code;
  }
}

TEST(CurrencyTest, CodeRoundTripsAndNoneIsEmpty) {
  EXPECT_EQ(Of("IDR").code(), "IDR");
  EXPECT_EQ(Currency().code(), "");
  EXPECT_FALSE(Currency().has_value());
  EXPECT_EQ(Currency().minor_digits(), 0);
  EXPECT_NE(Of("IDR"), Of("USD"));
}

TEST(CurrencyTest, AnythingElseIsRefusedWithAnExample) {
  using namespace std::string_view_literals;
  for (const std::string_view code :
       {""sv, "idr"sv, "Idr"sv, "IDRX"sv, "ID"sv, "XXX"sv, "XTS"sv, "XAU"sv, "RP "sv, " ID"sv,
        "DR "sv, "R U"sv, "D A"sv, "\0\0\0"sv, "IDR "sv}) {
    EXPECT_THAT(Currency::FromCode(code),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("like IDR")))
        << code;
  }
}

TEST(ParseMoneyTest, MajorUnitsBecomeMinorUnits) {
  EXPECT_THAT(ParseMoney("4500000", Of("IDR")), IsOkAndHolds(Minor(450'000'000, "IDR")));
  EXPECT_THAT(ParseMoney("55.94", Of("USD")), IsOkAndHolds(Minor(5'594, "USD")));
  EXPECT_THAT(ParseMoney("55.9", Of("USD")), IsOkAndHolds(Minor(5'590, "USD")));
  EXPECT_THAT(ParseMoney("0.01", Of("USD")), IsOkAndHolds(Minor(1, "USD")));
  EXPECT_THAT(ParseMoney("0", Of("USD")), IsOkAndHolds(Minor(0, "USD")));
  EXPECT_THAT(ParseMoney("007.50", Of("USD")), IsOkAndHolds(Minor(750, "USD")));
  EXPECT_THAT(ParseMoney("120000", Of("VND")), IsOkAndHolds(Minor(120'000, "VND")));
  EXPECT_THAT(ParseMoney("1.234", Of("KWD")), IsOkAndHolds(Minor(1'234, "KWD")));
}

TEST(ParseMoneyTest, WhatIsNoPlainNumberIsRefused) {
  for (const std::string_view text :
       {"", ".", "5.", ".5", "-5", "+5", " 5", "5 ", "1,000", "4.500.000", "4,5", "1e6", "0x10",
        "5.-1", "Rp5", "5USD", "\xEF\xBC\x95", "1'000", "1_000"}) {
    EXPECT_THAT(ParseMoney(text, Of("USD")),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("like 4500000")))
        << text;
  }
}

TEST(ParseMoneyTest, MoreDecimalsThanTheCurrencyHasAreRefused) {
  EXPECT_THAT(ParseMoney("4.500", Of("IDR")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("IDR amounts have 2")));
  EXPECT_THAT(ParseMoney("5.0", Of("VND")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("VND amounts have no")));
  EXPECT_THAT(ParseMoney("1.2345", Of("KWD")), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ParseMoneyTest, TheLargestAmountPassesAndOneMoreDoesNot) {
  EXPECT_THAT(ParseMoney("10000000000000", Of("IDR")), IsOkAndHolds(Minor(kMaxMinorUnits, "IDR")));
  EXPECT_THAT(ParseMoney("10000000000000.01", Of("IDR")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("10000000000000 IDR")));
  EXPECT_THAT(ParseMoney("10000000000001", Of("IDR")),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ParseMoney("1000000000000000", Of("VND")),
              IsOkAndHolds(Minor(kMaxMinorUnits, "VND")));
  EXPECT_THAT(ParseMoney("1000000000000001", Of("VND")),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ParseMoneyTest, DigitsThatWouldOverflowAreRefused) {
  EXPECT_THAT(ParseMoney("18446744073709551616", Of("VND")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("larger than")));
  EXPECT_THAT(ParseMoney(std::string(kMaxAmountText, '9'), Of("VND")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("larger than")));
}

TEST(ParseMoneyTest, TextBeyondTheBoundIsRefusedEvenWhenItMeansLittle) {
  EXPECT_THAT(ParseMoney(std::string(kMaxAmountText, '0'), Of("VND")),
              IsOkAndHolds(Minor(0, "VND")));
  EXPECT_THAT(ParseMoney(std::string(kMaxAmountText + 1, '0'), Of("VND")),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ParseMoneyTest, NoCurrencyIsRefused) {
  EXPECT_THAT(ParseMoney("5", Currency()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("needs a currency")));
}

TEST(ParseMoneyTest, ErrorsDoNotRepeatTheText) {
  EXPECT_THAT(ParseMoney("budi 31337", Of("IDR")),
              StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr("31337"))));
}

TEST(FormatMoneyTest, DecimalsAreAllThereOrNone) {
  EXPECT_EQ(FormatMoney(Minor(450'000'000, "IDR")), "4500000");
  EXPECT_EQ(FormatMoney(Minor(5'594, "USD")), "55.94");
  EXPECT_EQ(FormatMoney(Minor(5'590, "USD")), "55.90");
  EXPECT_EQ(FormatMoney(Minor(5'501, "USD")), "55.01");
  EXPECT_EQ(FormatMoney(Minor(1, "KWD")), "0.001");
  EXPECT_EQ(FormatMoney(Minor(0, "USD")), "0");
  EXPECT_EQ(FormatMoney(Minor(120'000, "VND")), "120000");
  EXPECT_EQ(FormatMoney(Money{.minor = 7, .currency = Currency()}), "7");
}

TEST(FormatMoneyTest, WhatIsFormattedParsesBack) {
  for (const std::string_view code : {"VND", "IDR", "KWD", "CLP", "USD"}) {
    for (uint64_t minor = 1; minor <= kMaxMinorUnits; minor = minor * 7 + 3) {
      const Money money = Minor(minor, code);
      ASSERT_THAT(ParseMoney(FormatMoney(money), money.currency), IsOkAndHolds(money))
          << minor << " " << code;
    }
  }
}

}  // namespace
}  // namespace daftar::evidence
