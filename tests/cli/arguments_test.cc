#include "cli/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "tests/support/status_matchers.h"

namespace daftar::cli {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(MakeIdentifierTest, EachFlagFillsItsField) {
  EXPECT_EQ(MakeIdentifier("phone", "0812-3456-7890")->phone(), "0812-3456-7890");
  EXPECT_EQ(MakeIdentifier("email", "a@b.test")->email(), "a@b.test");
  EXPECT_EQ(MakeIdentifier("national-id", "ID:3171")->national_id_indonesia(), "3171");
  EXPECT_EQ(MakeIdentifier("national-id", "MY:8")->national_id_malaysia(), "8");
  EXPECT_EQ(MakeIdentifier("national-id", "SG:S1")->national_id_singapore(), "S1");
  EXPECT_EQ(MakeIdentifier("tax-id", "ID:01")->tax_id_indonesia(), "01");
  EXPECT_EQ(MakeIdentifier("business-id", "ID:91")->business_id_indonesia(), "91");
  EXPECT_EQ(MakeIdentifier("business-id", "MY:20")->business_id_malaysia(), "20");
  EXPECT_EQ(MakeIdentifier("bank-account", "CENAIDJA/1")->bank_account(), "CENAIDJA/1");
  EXPECT_EQ(MakeIdentifier("handle", "ibm/7")->handle(), "ibm/7");
  EXPECT_EQ(MakeIdentifier("any", "x")->any(), "x");
}

TEST(MakeIdentifierTest, EveryFlagOfTheHelpIsKnown) {
  for (const IdentifierFlag& entry : IdentifierFlags()) {
    EXPECT_THAT(MakeIdentifier(entry.flag, "ID:1"), IsOk()) << entry.flag;
  }
}

TEST(MakeIdentifierTest, RegionMayBeInLowerCaseAndTheTaxNumberAlone) {
  EXPECT_EQ(MakeIdentifier("national-id", "my:8")->national_id_malaysia(), "8");
  EXPECT_EQ(MakeIdentifier("tax-id", "01.234")->tax_id_indonesia(), "01.234");
}

TEST(MakeIdentifierTest, OfficialNumberWithoutRegionIsRefusedWithAnExampleAndUnrepeated) {
  EXPECT_THAT(MakeIdentifier("national-id", "3171017777777777"),
              StatusIs(kInvalid, AllOf(HasSubstr("ID:, MY:, SG:"), HasSubstr("--national-id"),
                                       Not(HasSubstr("7777")))));
  EXPECT_THAT(MakeIdentifier("business-id", "SG:123"),
              StatusIs(kInvalid, AllOf(HasSubstr("ID:, MY:"), Not(HasSubstr("123 ")))));
  EXPECT_THAT(MakeIdentifier("tax-id", "MY:123"), StatusIs(kInvalid, HasSubstr("ID:")));
}

TEST(MakeIdentifierTest, EmptyTooLongAndBrokenTextIsRefused) {
  EXPECT_THAT(MakeIdentifier("phone", "  "), StatusIs(kInvalid, HasSubstr("--phone is empty")));
  EXPECT_THAT(MakeIdentifier("phone", std::string(257, '1')),
              StatusIs(kInvalid, HasSubstr("256 bytes")));
  EXPECT_THAT(MakeIdentifier("handle", "a/\xff"), StatusIs(kInvalid, HasSubstr("UTF-8")));
  EXPECT_THAT(MakeIdentifier("colour", "x"), StatusIs(kInvalid));
}

class ReadIdentifiersTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::vector<v1::Identifier>> Read(const std::vector<TypedIdentifier>& typed,
                                                   const std::string& input,
                                                   bool terminal = false) {
    std::istringstream in(input);
    std::ostringstream out;
    std::ostringstream err;
    Console console{in, out, err};
    console.in_is_terminal = terminal;
    auto result = ReadIdentifiers(typed, console);
    asked_ = err.str();
    return result;
  }
  std::string asked_;
};

TEST_F(ReadIdentifiersTest, DashReadsOneLineEach) {
  const auto read = Read({{"phone", "-"}, {"email", "a@b.test"}, {"handle", "-"}},
                         "0812-3456-7890\r\nibm/7\nmore\n");
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ((*read)[0].phone(), "0812-3456-7890");
  EXPECT_EQ((*read)[1].email(), "a@b.test");
  EXPECT_EQ((*read)[2].handle(), "ibm/7");
  EXPECT_EQ(asked_, "");
}

TEST_F(ReadIdentifiersTest, LastLineNeedsNoLineBreak) {
  EXPECT_EQ(Read({{"phone", "-"}}, "0812")->at(0).phone(), "0812");
}

TEST_F(ReadIdentifiersTest, TerminalIsAsked) {
  ASSERT_THAT(Read({{"phone", "-"}}, "0812\n", true), IsOk());
  EXPECT_EQ(asked_, "phone: ");
}

TEST_F(ReadIdentifiersTest, InputThatEndsTooSoonIsRefused) {
  EXPECT_THAT(Read({{"phone", "-"}, {"email", "-"}}, "0812\n"),
              StatusIs(kInvalid, HasSubstr("--email -: standard input ended")));
}

TEST_F(ReadIdentifiersTest, LineWithoutEndIsNotReadForEver) {
  EXPECT_THAT(Read({{"phone", "-"}}, std::string(100'000, '1')),
              StatusIs(kInvalid, HasSubstr("longer than 256 bytes")));
}

TEST_F(ReadIdentifiersTest, FiveAreTooMany) {
  const std::vector<TypedIdentifier> five(5, {"phone", "0812"});
  EXPECT_THAT(Read(five, ""), StatusIs(kInvalid, HasSubstr("at most 4 identifiers; 5")));
}

TEST(MakeMoneyTest, MajorUnitsBecomeMinor) {
  EXPECT_EQ((*MakeMoney("4500000", "IDR"))->minor(), 450000000u);
  EXPECT_EQ((*MakeMoney("55.94", "usd"))->minor(), 5594u);
  EXPECT_EQ((*MakeMoney("55.94", "usd"))->currency(), "USD");
  EXPECT_FALSE(MakeMoney("", "")->has_value());
}

TEST(MakeMoneyTest, HalfAnAmountSaysWhatIsMissing) {
  EXPECT_THAT(MakeMoney("5", ""), StatusIs(kInvalid, HasSubstr("--amount needs --currency")));
  EXPECT_THAT(MakeMoney("", "IDR"), StatusIs(kInvalid, HasSubstr("--currency needs --amount")));
}

TEST(MakeMoneyTest, WhatIsNoAmountNamesTheOption) {
  for (const char* amount : {"4.500.000", "4,500", "-5", "1e6", "Rp 5", "5.001", "abc"}) {
    EXPECT_THAT(MakeMoney(amount, "USD"), StatusIs(kInvalid, HasSubstr("--amount: "))) << amount;
  }
  EXPECT_THAT(MakeMoney("5", "RUPIAH"), StatusIs(kInvalid, HasSubstr("--currency: ")));
}

TEST(MakeTermsTest, FourNamesAndNoOther) {
  EXPECT_EQ(*MakeTerms("credit"), v1::TERMS_CREDIT);
  EXPECT_EQ(*MakeTerms("cod"), v1::TERMS_COD);
  EXPECT_EQ(*MakeTerms("deposit"), v1::TERMS_DEPOSIT);
  EXPECT_EQ(*MakeTerms("prepaid"), v1::TERMS_PREPAID);
  EXPECT_THAT(MakeTerms("Credit"), StatusIs(kInvalid, HasSubstr("credit, cod, deposit, prepaid")));
}

TEST(MakeRoleTest, FourNamesAndNoOther) {
  EXPECT_EQ(*MakeRole("operator"), v1::ROLE_OPERATOR);
  EXPECT_THAT(MakeRole(""), StatusIs(kInvalid, HasSubstr("staff, manager, operator, auditor")));
}

TEST(CheckDateTest, OnlyIsoDates) {
  EXPECT_THAT(CheckDate("due", ""), IsOk());
  EXPECT_THAT(CheckDate("due", "2026-10-01"), IsOk());
  EXPECT_THAT(CheckDate("due", "01-10-2026"), StatusIs(kInvalid, HasSubstr("--due: ")));
  EXPECT_THAT(CheckDate("due", "2026-02-30"), StatusIs(kInvalid, HasSubstr("--due: ")));
}

TEST(CheckBecauseTest, BlankBrokenAndEndlessTextIsRefused) {
  EXPECT_THAT(CheckBecause("paid"), IsOk());
  EXPECT_THAT(CheckBecause(" \t"), StatusIs(kInvalid, HasSubstr("--because is needed")));
  EXPECT_THAT(CheckBecause("\xff"), StatusIs(kInvalid, HasSubstr("UTF-8")));
  EXPECT_THAT(CheckBecause(std::string(kMaxTypedText + 1, 'a')), StatusIs(kInvalid));
}

TEST(MakeNumberTest, OnlyWholeNumbersWithinBounds) {
  EXPECT_EQ(*MakeNumber("limit", "", 1, 10, 7), 7u);
  EXPECT_EQ(*MakeNumber("limit", "10", 1, 10, 7), 10u);
  for (const char* text : {"0", "11", "-1", "+1", "1.0", " 1", "1 ", "99999999999999999999", "x"}) {
    EXPECT_THAT(MakeNumber("limit", text, 1, 10, 7),
                StatusIs(kInvalid, HasSubstr("--limit must be a whole number from 1 to 10")))
        << text;
  }
}

TEST(MakeDurationTest, NumberAndUnit) {
  constexpr uint32_t kWeek = 7 * 86400;
  EXPECT_EQ(*MakeDuration("valid-for", "", kWeek), 0u);
  EXPECT_EQ(*MakeDuration("valid-for", "90s", kWeek), 90u);
  EXPECT_EQ(*MakeDuration("valid-for", "30m", kWeek), 1800u);
  EXPECT_EQ(*MakeDuration("valid-for", "24h", kWeek), 86400u);
  EXPECT_EQ(*MakeDuration("valid-for", "7d", kWeek), kWeek);
  for (const char* text : {"8d", "0h", "h", "24", "-1h", "1 h", "99999999999999999999s", "1w"}) {
    EXPECT_THAT(MakeDuration("valid-for", text, kWeek), StatusIs(kInvalid, HasSubstr("at most 7d")))
        << text;
  }
}

TEST(NewRequestIdTest, ThirtyTwoHexDigitsNewEachTime) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string id = NewRequestId();
    EXPECT_EQ(id.size(), 32u);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_TRUE(seen.insert(id).second);
  }
}

TEST(ToProtoTest, NormalisedIdentifiersKeepTheirTypes) {
  for (const identity::IdentifierType type : identity::AllIdentifierTypes()) {
    const char* value = nullptr;
    switch (type) {
      case identity::IdentifierType::kPhone:
        value = "+6281234567890";
        break;
      case identity::IdentifierType::kEmail:
        value = "a@b.test";
        break;
      case identity::IdentifierType::kHandle:
        value = "ibm/7";
        break;
      default:
        continue;
    }
    const auto identifier = identity::Identifier::FromNormalised(type, value);
    ASSERT_THAT(identifier, IsOk());
    const v1::Identifier proto = ToProto(*identifier);
    EXPECT_EQ(proto.phone() + proto.email() + proto.handle(), value);
  }
}

}  // namespace
}  // namespace daftar::cli
