#include "node/identity/official_number.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/node/identity/identity_support.h"

namespace daftar::identity {
namespace {

using enum IdentifierType;

std::string Nik(const std::string& day_month_year) {
  return Result(kNationalIdIndonesia, "327301" + day_month_year + "0001");
}

TEST(NikTest, DayOfBirthIsPlusFortyForWomen) {
  EXPECT_EQ(Nik("170890"), "3273011708900001");
  EXPECT_EQ(Nik("570890"), "3273015708900001");
  EXPECT_NE(Nik("170890"), Nik("570890"));
}

TEST(NikTest, OnlyPossibleDatesPass) {
  for (const std::string good :
       {"010100", "311299", "290200", "290296", "300490", "410100", "711299", "690200", "280201"}) {
    EXPECT_EQ(Nik(good).size(), 16u) << good;
  }
  for (const std::string bad : {"000190", "320190", "400190", "720190", "010090", "011390",
                                "290201", "690201", "300200", "310490", "710490", "990190"}) {
    EXPECT_EQ(Nik(bad), "!date") << bad;
  }
}

TEST(NikTest, SerialNumberZeroIsRefused) {
  EXPECT_EQ(Result(kNationalIdIndonesia, "3273011708900000"), "!serial");
  EXPECT_EQ(Result(kNationalIdIndonesia, "3273011708901000"), "3273011708901000");
}

TEST(MyKadTest, BeginsWithAPossibleDate) {
  EXPECT_EQ(Result(kNationalIdMalaysia, "900817-14-5678"), "900817145678");
  EXPECT_EQ(Result(kNationalIdMalaysia, "040229-14-5678"), "040229145678");
  EXPECT_EQ(Result(kNationalIdMalaysia, "030229-14-5678"), "!date");
  EXPECT_EQ(Result(kNationalIdMalaysia, "900857-14-5678"), "!date") << "plus 40 is Indonesian";
}

// Specimen numbers that public validators of the five series share.
TEST(NricTest, PublicSpecimensCarryTheRightLetter) {
  for (const std::string_view specimen :
       {"S1234567D", "S1111111D", "S0000001I", "S9999999C", "T1234567J", "T8017681Z", "T0000000G",
        "F1234567N", "F4769209K", "F0000000X", "G1234567X", "G5825195Q", "G0000000R", "M1234567K",
        "M5012345J", "M0000002N", "M0000003L", "M0000004X", "M0000000T"}) {
    EXPECT_EQ(NricCheckLetter(specimen[0], specimen.substr(1, 7)), specimen[8]) << specimen;
    EXPECT_EQ(Result(kNationalIdSingapore, specimen), specimen);
  }
}

TEST(NricTest, EveryOtherLetterIsRefused) {
  for (const char prefix : std::string_view("STFGM")) {
    size_t accepted = 0;
    for (char letter = 'A'; letter <= 'Z'; ++letter) {
      const std::string number = prefix + std::string("7654321") + letter;
      const std::string result = Result(kNationalIdSingapore, number);
      EXPECT_TRUE(result == number || result == "!check-letter") << number;
      if (result == number) ++accepted;
    }
    EXPECT_EQ(accepted, 1u) << prefix;
  }
}

TEST(NricTest, ALetterCatchesEveryMistypedDigitAndEverySwapOfNeighbours) {
  const std::string right = "S7654321";
  const char letter = NricCheckLetter('S', "7654321");
  for (size_t at = 1; at <= 7; ++at) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string typed = right + letter;
      if (typed[at] == digit) continue;
      typed[at] = digit;
      EXPECT_EQ(Result(kNationalIdSingapore, typed), "!check-letter") << typed;
    }
    if (at == 7) continue;
    std::string typed = right + letter;
    std::swap(typed[at], typed[at + 1]);
    EXPECT_EQ(Result(kNationalIdSingapore, typed), "!check-letter") << typed;
  }
}

TEST(NpwpTest, OldFormGetsAZeroInFront) {
  EXPECT_EQ(Result(kTaxIdIndonesia, "01.234.567.8-901.000"), "0012345678901000");
  EXPECT_EQ(Result(kTaxIdIndonesia, "012345678901000"),
            Result(kTaxIdIndonesia, "0012345678901000"));
  EXPECT_EQ(Result(kTaxIdIndonesia, "12345678901000"), "!length");
  EXPECT_EQ(Result(kTaxIdIndonesia, "12345678901000x"), "!character");
}

TEST(OfficialNumberTest, SpacesDotsAndDashesNeverMatter) {
  struct Case {
    IdentifierType type;
    std::string plain;
  };
  for (const Case& c :
       {Case{kNationalIdIndonesia, "3273011708900001"}, Case{kNationalIdMalaysia, "900817145678"},
        Case{kNationalIdSingapore, "S1234567D"}, Case{kTaxIdIndonesia, "0012345678901000"},
        Case{kBusinessIdIndonesia, "9120001234567"}, Case{kBusinessIdMalaysia, "201901234567"},
        Case{kBankAccount, "CENAIDJA/1234567890"}}) {
    for (const std::string separator : {" ", ".", "-", " - ", "..."}) {
      std::string typed = separator;
      for (const char letter : c.plain) typed += letter + separator;
      EXPECT_EQ(Result(c.type, typed), c.plain) << TypeName(c.type);
    }
    for (const std::string other : {"_", "+", "(", ",", "'"}) {
      EXPECT_TRUE(Result(c.type, c.plain + other).starts_with('!')) << TypeName(c.type) << other;
    }
  }
}

TEST(OfficialNumberTest, OneDigitMoreOrLessIsRefused) {
  for (const auto& [type, length] : {std::pair<IdentifierType, size_t>{kNationalIdIndonesia, 16},
                                     {kNationalIdMalaysia, 12},
                                     {kBusinessIdIndonesia, 13},
                                     {kBusinessIdMalaysia, 12}}) {
    const std::string digits(length + 1, '1');
    EXPECT_EQ(Result(type, digits), "!length") << TypeName(type);
    EXPECT_EQ(Result(type, digits.substr(1)), digits.substr(1)) << TypeName(type);
    EXPECT_EQ(Result(type, digits.substr(2)), "!length") << TypeName(type);
  }
}

}  // namespace
}  // namespace daftar::identity
