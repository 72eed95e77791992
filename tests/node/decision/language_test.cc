#include "node/decision/language.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/support/status_matchers.h"

namespace daftar::decision {
namespace {

using ::daftar::testing::StatusIs;
using daftar::testing::StatusIs;
using ::testing::HasSubstr;

evidence::Money Of(uint64_t minor, std::string_view code) {
  return {minor, *evidence::Currency::FromCode(code)};
}

TEST(LanguageTest, NamesAreReadBack) {
  for (const Language language : kLanguages) {
    EXPECT_EQ(*LanguageFromName(LanguageName(language)), language);
  }
  EXPECT_EQ(*LanguageFromName("ms"), Language::kMalay);
}

TEST(LanguageTest, AnUnknownNameIsToldTheLanguages) {
  for (const char* name : {"", "EN", "id_ID", "fr", "english"}) {
    EXPECT_THAT(LanguageFromName(name).status(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("en, id, ms")));
  }
}

TEST(LanguageTest, LocalesGiveTheirLanguage) {
  EXPECT_EQ(LanguageFromLocale("id_ID.UTF-8"), Language::kIndonesian);
  EXPECT_EQ(LanguageFromLocale("ms-MY"), Language::kMalay);
  EXPECT_EQ(LanguageFromLocale("MS"), Language::kMalay);
  EXPECT_EQ(LanguageFromLocale("en_GB@euro"), Language::kEnglish);
  EXPECT_EQ(LanguageFromLocale("en.UTF-8"), Language::kEnglish);
  for (const char* other : {"", "C", "C.UTF-8", "POSIX", "idn_ID", "fr_FR", "_ID", "i"}) {
    EXPECT_EQ(LanguageFromLocale(other), std::nullopt) << other;
  }
}

TEST(LanguageTest, DatesHaveTheMonthsOfTheLanguage) {
  const evidence::Date august = *evidence::Date::FromCivil(2026, 8, 7);
  EXPECT_EQ(DateText(Language::kEnglish, august), "7 August 2026");
  EXPECT_EQ(DateText(Language::kIndonesian, august), "7 Agustus 2026");
  EXPECT_EQ(DateText(Language::kMalay, august), "7 Ogos 2026");
  EXPECT_EQ(DateText(Language::kMalay, evidence::Date()), "");
  for (const Language language : kLanguages) {
    std::set<std::string> different;
    for (int month = 1; month <= 12; ++month) {
      const std::string text = DateText(language, *evidence::Date::FromCivil(2027, month, 28));
      EXPECT_EQ(text.substr(0, 3) + text.substr(text.size() - 5), "28  2027");
      different.insert(text.substr(text.find(' ')));
    }
    EXPECT_EQ(different.size(), 12u);
  }
}

TEST(LanguageTest, AmountsAreGroupedAsInTheLanguage) {
  EXPECT_EQ(MoneyText(Language::kEnglish, Of(450'000'000, "IDR")), "IDR 4,500,000");
  EXPECT_EQ(MoneyText(Language::kIndonesian, Of(450'000'000, "IDR")), "Rp4.500.000");
  EXPECT_EQ(MoneyText(Language::kMalay, Of(450'000'000, "IDR")), "IDR 4,500,000");
  EXPECT_EQ(MoneyText(Language::kMalay, Of(150'050, "MYR")), "RM1,500.50");
  EXPECT_EQ(MoneyText(Language::kIndonesian, Of(150'050, "MYR")), "MYR 1.500,50");
  EXPECT_EQ(MoneyText(Language::kEnglish, Of(999, "JPY")), "JPY 999");
  EXPECT_EQ(MoneyText(Language::kEnglish, Of(5, "USD")), "USD 0.05");
  EXPECT_EQ(MoneyText(Language::kEnglish, evidence::Money()), "");
}

}  // namespace
}  // namespace daftar::decision
