#include <gtest/gtest.h>

#include <string>

#include "tests/node/identity/identity_support.h"

namespace daftar::identity {
namespace {

using enum IdentifierType;

std::string Mask(IdentifierType type, std::string_view typed) { return Masked(Must(type, typed)); }

TEST(MaskedTest, PhoneShowsCountryAndLastFourDigits) {
  EXPECT_EQ(Mask(kPhone, "0812-3456-7890"), "+62*******7890");
  EXPECT_EQ(Mask(kPhone, "+673 712 3456"), "+673****456");
  EXPECT_EQ(Mask(kPhone, "+1 415 555 2671"), "+*******2671");
}

TEST(MaskedTest, EmailShowsFirstLettersAndTopLevelDomain) {
  EXPECT_EQ(Mask(kEmail, "siti.batik@toko-siti.co.id"), "s***@t***.id");
  EXPECT_EQ(Mask(kEmail, "s@t.id"), "s***@t***.id");
}

TEST(MaskedTest, HandleShowsPlatformAndFirstLetter) {
  EXPECT_EQ(Mask(kHandle, "tokopedia/siti.batik"), "tokopedia/s***");
  EXPECT_EQ(Mask(kHandle, "x/y/z"), "x/y***");
  // Names a report whose customer is lost, and nobody.
  EXPECT_EQ(Mask(kHandle, "lost-database/entry-12"), "lost-database/entry-12");
  EXPECT_EQ(Mask(kHandle, "lost-database/entry-"), "lost-database/e***");
  EXPECT_EQ(Mask(kHandle, "lost-database/entry-12a"), "lost-database/e***");
  EXPECT_EQ(Mask(kHandle, "lost-database/siti"), "lost-database/s***");
}

TEST(MaskedTest, BankAccountShowsBankAndLastDigitsButNeverMoreThanHalf) {
  EXPECT_EQ(Mask(kBankAccount, "CENAIDJA/1234567890"), "CENAIDJA/******7890");
  EXPECT_EQ(Mask(kBankAccount, "CENAIDJA/1234"), "CENAIDJA/**34");
  EXPECT_EQ(Mask(kBankAccount, "CENAIDJA/12345"), "CENAIDJA/***45");
}

TEST(MaskedTest, NumbersShowTheLastFour) {
  EXPECT_EQ(Mask(kNationalIdIndonesia, "3273011708900001"), "************0001");
  EXPECT_EQ(Mask(kNationalIdMalaysia, "900817-14-5678"), "********5678");
  EXPECT_EQ(Mask(kNationalIdSingapore, "S1234567D"), "*****567D");
  EXPECT_EQ(Mask(kTaxIdIndonesia, "01.234.567.8-901.000"), "************1000");
  EXPECT_EQ(Mask(kBusinessIdIndonesia, "9120001234567"), "*********4567");
  EXPECT_EQ(Mask(kBusinessIdMalaysia, "201901234567"), "********4567");
}

}  // namespace
}  // namespace daftar::identity
