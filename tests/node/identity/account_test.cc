#include "node/identity/account.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/node/identity/identity_support.h"
#include "tests/support/status_matchers.h"

namespace daftar::identity {
namespace {

using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

std::string Account(std::string_view typed) { return Result(IdentifierType::kBankAccount, typed); }
std::string Handle(std::string_view typed) { return Result(IdentifierType::kHandle, typed); }

TEST(BankAccountTest, BicIsUpperCasedAndLeadingZerosStay) {
  EXPECT_EQ(Account("cenaidja/0012345678"), "CENAIDJA/0012345678");
  EXPECT_NE(Account("CENAIDJA/0012345678"), Account("CENAIDJA/12345678"));
}

TEST(BankAccountTest, BicOfABranchIsRefusedWithAdvice) {
  EXPECT_EQ(Account("CENAIDJAXXX/1234567890"), "!bic");
  EXPECT_THAT(Normalise(IdentifierType::kBankAccount, "CENAIDJAXXX/1234567890", Region::kIndonesia),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("its first 8 characters")));
  EXPECT_THAT(Normalise(IdentifierType::kBankAccount, "BCA/1234567890", Region::kIndonesia),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("has 8 characters")));
}

TEST(BankAccountTest, NumberHasFourToThirtyFourDigits) {
  const std::string digits(kMaxAccountDigits + 1, '7');
  EXPECT_EQ(Account("CENAIDJA/" + digits.substr(0, kMinAccountDigits - 1)), "!length");
  EXPECT_EQ(Account("CENAIDJA/" + digits.substr(0, kMinAccountDigits)), "CENAIDJA/7777");
  EXPECT_EQ(Account("CENAIDJA/" + digits.substr(1)), "CENAIDJA/" + digits.substr(1));
  EXPECT_EQ(Account("CENAIDJA/" + digits), "!length");
}

TEST(HandleTest, CustomerNumbersOfALedgerAreAccepted) {
  EXPECT_EQ(Handle("ibm/0379-NEVHP"), "ibm/0379-nevhp");
  EXPECT_EQ(Handle("ibm/8976-AMJEO"), "ibm/8976-amjeo");
}

TEST(HandleTest, NameIsKeptAsItIsButForCase) {
  EXPECT_EQ(Handle("instagram/@Siti"), "instagram/@siti");
  EXPECT_EQ(Handle("erp/C/2020/12"), "erp/c/2020/12");
  EXPECT_EQ(Handle("x/a.b-c_d"), "x/a.b-c_d");
}

TEST(HandleTest, PartsHaveTheirBounds) {
  const std::string platform(kMaxPlatform, 'p');
  const std::string name(kMaxHandleName, 'n');
  EXPECT_EQ(Handle(platform + "/" + name), platform + "/" + name);
  EXPECT_EQ(Handle("p" + platform + "/" + name), "!platform");
  EXPECT_EQ(Handle(platform + "/n" + name), "!name");
  EXPECT_EQ(Handle("/n"), "!platform");
  EXPECT_EQ(Handle("p/"), "!name");
  EXPECT_EQ(Handle("p"), "!form");
}

TEST(HandleTest, PlatformIsLettersDigitsDotsAndDashes) {
  EXPECT_EQ(Handle("Toko-9.id/x"), "toko-9.id/x");
  for (const char c : std::string_view("_@:+#&*")) {
    EXPECT_EQ(Handle("to" + std::string(1, c) + "ko/x"), "!platform") << c;
  }
}

}  // namespace
}  // namespace daftar::identity
