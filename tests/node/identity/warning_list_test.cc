#include "node/identity/warning_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/node/identity/identity_support.h"

namespace daftar::identity {
namespace {

using enum IdentifierType;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Optional;

std::optional<std::string> Why(IdentifierType type, std::string_view typed) {
  return WarningList().WhyRefused(Must(type, typed));
}

void ExpectRefused(IdentifierType type, std::initializer_list<std::string_view> typed,
                   const std::string& why) {
  for (const std::string_view text : typed) {
    EXPECT_THAT(Why(type, text), Optional(HasSubstr(why))) << text;
  }
}

void ExpectPasses(IdentifierType type, std::initializer_list<std::string_view> typed) {
  for (const std::string_view text : typed) EXPECT_EQ(Why(type, text), std::nullopt) << text;
}

TEST(WarningListTest, TestIdentifiersAreRefusedAsSuch) {
  ExpectRefused(kEmail, {"accept@test.daftar.invalid", "Slow@Test.Daftar.Invalid"},
                "test identifiers work in test mode only");
}

TEST(WarningListTest, OrdinaryPhonesPass) {
  ExpectPasses(kPhone, {"0812-3456-7890", "+62 812 3456 7890", "0812 3333 444", "+65 8123 4567",
                        "+673 712 3456", "+1 415 555 2671", "+44 20 7183 8750"});
}

TEST(WarningListTest, PhonesOfOneRepeatedDigitAreRefused) {
  ExpectRefused(kPhone,
                {"0812-0000-0000", "0888-8888-8888", "+62 811 1111111", "+65 8888 8888",
                 "+673 777 7777", "+1 222 222 2222"},
                "digits repeat");
  ExpectPasses(kPhone, {"0812-0100-0000", "0812-0000-0001", "+673 777 7778"});
}

TEST(WarningListTest, PhonesKeptForFictionAreRefusedAndTheirNeighboursPass) {
  ExpectRefused(kPhone,
                {"+44 7700 900000", "+44 7700 900461", "+44 7700 900999", "+44 1632 960123",
                 "+44 20 7946 0018", "+44 113 496 0999", "+1 415 555 0100", "+1 212 555 0199"},
                "films and examples");
  ExpectPasses(kPhone, {"+44 7700 901000", "+44 7700 899999", "+44 20 7946 1018", "+44 7700 90012",
                        "+1 415 555 0200", "+1 415 555 0099", "+1 415 554 0100"});
}

TEST(WarningListTest, ReservedDomainsAreRefused) {
  ExpectRefused(
      kEmail,
      {"siti@example.com", "siti@mail.example.com", "siti@example.org", "siti@example.net",
       "siti@toko.test", "siti@toko.invalid", "siti@toko.example", "siti@my.localhost"},
      "RFC 2606");
  ExpectPasses(kEmail, {"siti@example.co.id", "siti@myexample.com", "siti@test.com",
                        "siti@example.com.id", "siti@toko.id", "test@gmail.com"});
}

TEST(WarningListTest, ForwardingAddressesAreRefusedWithTheServicesName) {
  ExpectRefused(kEmail,
                {"a1b2c3@marketplace.amazon.com", "a1@marketplace.amazon.de",
                 "a1@marketplace.amazon.co.uk", "a1@marketplace.amazon.com.au"},
                "Amazon");
  ExpectRefused(kEmail, {"x@members.ebay.com", "x@members.ebay.co.uk"}, "eBay");
  ExpectRefused(kEmail, {"x@privaterelay.appleid.com"}, "Hide My Email");
  ExpectRefused(kEmail, {"x@mozmail.com", "shop@abc.mozmail.com", "x@relay.firefox.com"},
                "Firefox Relay");
  ExpectRefused(kEmail, {"x@duck.com"}, "DuckDuckGo");
  ExpectRefused(kEmail, {"x@siti.anonaddy.com"}, "addy.io");
}

TEST(WarningListTest, DomainsThatOnlyLookLikeAForwarderPass) {
  ExpectPasses(kEmail,
               {"x@amazon.com", "x@marketplace.amazon.evil.com", "x@marketplace.amazon.co.evil.com",
                "x@marketplace.amazon.evil", "x@marketplace.amazon.com.evil", "x@notduck.com",
                "x@duck.com.id", "x@ebay.com", "x@mozmail.co"});
}

TEST(WarningListTest, SendersThatNobodyReadsAreRefused) {
  ExpectRefused(kEmail, {"noreply@toko.id", "no-reply@toko.id", "donotreply@toko.id"},
                "nobody reads");
  ExpectPasses(kEmail, {"noreply.siti@toko.id", "reply@toko.id"});
}

TEST(WarningListTest, PlaceholderNumbersAreRefused) {
  ExpectRefused(kNationalIdIndonesia, {"0000000101900001"}, "zeros");
  ExpectRefused(kNationalIdIndonesia, {"1111111111111111"}, "repeat");
  ExpectRefused(kNationalIdMalaysia, {"900101010000"}, "zeros");
  ExpectRefused(kNationalIdMalaysia, {"111111111111"}, "repeat");
  ExpectRefused(kTaxIdIndonesia,
                {"00.000.000.0-000.000", "00.000.000.0-423.000", "0000000000000000"}, "zeros");
  ExpectRefused(kTaxIdIndonesia, {"99.999.999.9-999.999"}, "repeat");
  ExpectRefused(kBusinessIdIndonesia, {"0000000000000", "9120000000000"}, "zeros");
  ExpectRefused(kBusinessIdIndonesia, {"1111111111111"}, "repeat");
  ExpectRefused(kBusinessIdMalaysia, {"000000000000"}, "zeros");
  ExpectRefused(kBankAccount, {"CENAIDJA/0000000000"}, "zeros");
  ExpectRefused(kBankAccount, {"CENAIDJA/9999"}, "repeat");
}

TEST(WarningListTest, SpecimenNricsAreRefused) {
  ExpectRefused(kNationalIdSingapore,
                {"S1234567D", "T1234567J", "F1234567N", "G1234567X", "M1234567K"}, "specimen");
  ExpectRefused(kNationalIdSingapore, {"S1111111D"}, "repeat");
  ExpectRefused(kNationalIdSingapore, {"T0000000G"}, "zeros");
}

TEST(WarningListTest, OrdinaryNumbersPass) {
  ExpectPasses(kNationalIdIndonesia, {"3273011708900001", "3273010101000001"});
  ExpectPasses(kNationalIdMalaysia, {"900817145678", "000101010001"});
  ExpectPasses(kNationalIdSingapore, {"S0000001I", "G5825195Q"});
  ExpectPasses(kTaxIdIndonesia, {"01.234.567.8-901.000", "3273011708900001"});
  ExpectPasses(kBusinessIdIndonesia, {"9120001234567", "0220000000001"});
  ExpectPasses(kBusinessIdMalaysia, {"201901234567"});
  ExpectPasses(kBankAccount, {"CENAIDJA/1234567890", "CENAIDJA/0000000001"});
}

TEST(WarningListTest, HandlesOfNobodyAreRefused) {
  ExpectRefused(kHandle,
                {"tokopedia/admin", "Shopee/Support", "instagram/@official", "ibm/unknown",
                 "ibm/n/a", "ibm/-"},
                "platform's own");
  ExpectRefused(kHandle, {"ibm/0000", "ibm/999999"}, "repeat");
  ExpectPasses(kHandle, {"ibm/0379-NEVHP", "tokopedia/siti.batik", "instagram/@siti", "x/admins",
                         "x/aaaa", "x/000", "admin/siti"});
}

TEST(WarningListTest, ShopsOwnIdentifiersAreRefusedInAnySpelling) {
  struct Own final : OwnIdentifiers {
    bool Holds(const Identifier& identifier) const override {
      return identifier == Must(kPhone, "0812-3456-7890");
    }
  } own;
  const WarningList list(&own);
  EXPECT_THAT(list.WhyRefused(Must(kPhone, "+62 812 34567890", Region::kSingapore)),
              Optional(HasSubstr("own list")));
  EXPECT_EQ(list.WhyRefused(Must(kPhone, "0812-3456-7891")), std::nullopt);
  EXPECT_THAT(list.WhyRefused(Must(kPhone, "0812-0000-0000")), Optional(HasSubstr("repeat")));
}

TEST(WarningListTest, ReasonDoesNotRepeatTheIdentifier) {
  EXPECT_THAT(Why(kEmail, "siti@example.com"), Optional(Not(HasSubstr("siti"))));
  EXPECT_THAT(Why(kPhone, "0812-0000-0000"), Optional(Not(HasSubstr("812"))));
}

}  // namespace
}  // namespace daftar::identity
