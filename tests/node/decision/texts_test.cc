#include "node/decision/texts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "node/decision/wording.h"
#include "tests/node/decision/text_checks.h"

namespace daftar::decision {
namespace {

using ::testing::ElementsAre;

std::vector<Text> AllTexts() { return TextsUpTo(kLastText); }

TEST(TextsTest, EveryTextIsThereInEveryLanguageWithTheSamePlaces) {
  ExpectSamePlacesInEveryLanguage(kLastText);
}

TEST(TextsTest, NoTwoLanguagesShareATextButThoseListed) {
  const std::set<Text> shared = {Text::kDay,          Text::kDays,           Text::kToday,
                                 Text::kHours,        Text::kHeadAccept,     Text::kHeadDeposit,
                                 Text::kHeadDecline,  Text::kWordAccept,     Text::kWordDeposit,
                                 Text::kWordDecline,  Text::kUnreachable,    Text::kUnprofitable,
                                 Text::kPartnerStale, Text::kPlanInstalment, Text::kNoticeAmount,
                                 Text::kNoticePay,    Text::kNoticeContact};
  ExpectSharedByNoTwoLanguagesBut(shared, kLastText);
}

TEST(TextsTest, NoWordOfOneLanguageStandsInAnother) { ExpectNoForeignWords(kLastText); }

// The lists would find nothing if their words were not those of the tables.
TEST(TextsTest, EveryLanguageIsKnownByItsOwnWords) {
  EXPECT_THAT(ForeignWords(Language::kMalay, "Uang muka, karena itu"),
              ElementsAre("uang", "muka", "karena"));
  EXPECT_THAT(ForeignWords(Language::kIndonesian, "Boleh; sama ada rakan kongsi"),
              ElementsAre("boleh", "rakan", "kongsi", "sama ada"));
  EXPECT_THAT(ForeignWords(Language::kEnglish, "saat mitra"), ElementsAre("mitra", "saat"));
  for (const Language language : kLanguages) {
    int sentences = 0;
    int known = 0;
    for (const Text text : AllTexts()) {
      const std::string_view words = Words(language, text);
      if (words.size() < 40) continue;
      ++sentences;
      known += WordsFound(words, WordsOnlyIn(language)).empty() ? 0 : 1;
    }
    EXPECT_GT(sentences, 40);
    EXPECT_GE(known * 5, sentences * 4) << LanguageName(language);
  }
}

TEST(TextsTest, TextsAreTidy) { ExpectTidy(kLastText); }

TEST(TextsTest, AdviceIsWholeSentencesInEveryLanguage) {
  for (const Language language : kLanguages) {
    for (int i = static_cast<int>(Text::kNextDeposit); i <= static_cast<int>(Text::kNextSettleOpen);
         ++i) {
      const auto text = static_cast<Text>(i);
      if (text == Text::kNextCreditLimit) continue;  // the end of kNextCreditTerms
      const std::string said = Fill(language, text, {"7", ""});
      EXPECT_EQ(said.back(), '.') << said;
      EXPECT_EQ(said.find('{'), std::string::npos) << said;
    }
  }
}

TEST(FillTest, PutsEachArgumentInItsPlace) {
  EXPECT_EQ(Fill(Language::kEnglish, Text::kNextPlan, {"2", "2026-12-01, 2027-01-01"}),
            "Offer a payment plan of 2 instalments: 2026-12-01, 2027-01-01.");
  EXPECT_EQ(Fill(Language::kIndonesian, Text::kNextDeposit, {"30", ""}),
            "Mintalah uang muka sebesar 30% dari harga sebelum pengerjaan atau pengiriman.");
  EXPECT_EQ(Fill(Language::kMalay, Text::kGroupMost, {"vip"}),
            "Pelanggan kumpulan vip tidak diminta lebih daripada ini.");
}

TEST(FillTest, ReadsNoPlacesInArguments) {
  EXPECT_EQ(Fill(Language::kEnglish, Text::kPlanInstalment, {"{2}", "{1}{9}{"}), "{2}: {1}{9}{");
}

TEST(FillTest, CreditTermsReadWellWithAndWithoutALimit) {
  const auto say = [](Language language, const std::string& limit) {
    return Fill(language, Text::kNextCreditTerms,
                {DaysText(14, language),
                 limit.empty() ? "" : Fill(language, Text::kNextCreditLimit, {limit})});
  };
  EXPECT_EQ(say(Language::kEnglish, ""), "Agree on payment within 14 days.");
  EXPECT_EQ(say(Language::kEnglish, "IDR 5,000,000"),
            "Agree on payment within 14 days, with at most IDR 5,000,000 open.");
  EXPECT_EQ(say(Language::kIndonesian, "Rp5.000.000"),
            "Sepakati pembayaran dalam waktu 14 hari, dengan jumlah yang belum dibayar paling "
            "banyak Rp5.000.000.");
  EXPECT_EQ(say(Language::kMalay, ""), "Tetapkan bayaran dalam tempoh 14 hari.");
}

TEST(WordingTest, WhatSpeaksForACustomerHasItsWordsInEveryLanguage) {
  std::set<std::string_view> different;
  for (const Language language : kLanguages) {
    for (const Mitigation mitigation : AllMitigations()) {
      const std::string_view words = MitigationWord(mitigation, language);
      EXPECT_NE(words, MitigationName(mitigation));
      EXPECT_FALSE(words.empty());
      different.insert(words);
    }
  }
  EXPECT_EQ(different.size(), kLanguages.size() * AllMitigations().size());
}

TEST(WordingTest, ReasonsHaveTheirWordsInEveryLanguage) {
  for (const Language language : kLanguages) {
    std::set<std::string_view> different;
    for (const evidence::ReasonInfo& info : evidence::AllReasons()) {
      const std::string_view words = ReasonSentence(info.reason, language);
      EXPECT_FALSE(words.empty()) << info.name;
      different.insert(words);
      EXPECT_TRUE(language != Language::kEnglish || words == info.sentence) << words;
    }
    EXPECT_EQ(different.size(), evidence::AllReasons().size());
  }
  EXPECT_EQ(ReasonSentence(evidence::Reason::kDepositUnsettled, Language::kIndonesian),
            "uang muka dibayar, sisanya belum dilunasi");
}

TEST(WordingTest, EffectsStatesAndTermsHaveDifferentWords) {
  for (const Language language : kLanguages) {
    std::set<std::string_view> headlines;
    std::set<std::string_view> words;
    std::set<std::string_view> statuses;
    std::set<std::string_view> states;
    std::set<std::string_view> terms;
    std::set<std::string_view> unchecked;
    for (int i = 1; i <= 5; ++i) {
      headlines.insert(EffectHeadline(static_cast<Effect>(i), language));
      words.insert(EffectWord(static_cast<Effect>(i), language));
    }
    for (int i = 1; i <= 7; ++i) {
      statuses.insert(EntryStatusWord(static_cast<EntryStatus>(i), language));
    }
    for (int i = 1; i <= 4; ++i) {
      states.insert(PartnerStateWord(static_cast<PartnerState>(i), language));
      terms.insert(TermsWord(static_cast<Terms>(i), language));
    }
    for (const char* code : {"deadline", "unreachable", "refused", "quota", "wrong-proof", "forked",
                             "never-copied", "copying", "not-witnessed", "failed"}) {
      unchecked.insert(NotCheckedBecause(code, language));
    }
    EXPECT_EQ(unchecked.size(), 10u);
    EXPECT_EQ(unchecked.count(""), 0u);
    EXPECT_EQ(NotCheckedBecause("asleep", language), "");
    EXPECT_EQ(headlines.size(), 5u);
    EXPECT_EQ(words.size(), 5u);
    EXPECT_EQ(statuses.size(), 7u);
    EXPECT_EQ(states.size(), 4u);
    EXPECT_EQ(terms.size(), 4u);
  }
  EXPECT_EQ(EffectHeadline(Effect::kPrepay, Language::kIndonesian), "BAYAR PENUH DI MUKA");
  EXPECT_EQ(EffectWord(Effect::kPrepay, Language::kMalay), "bayaran penuh terlebih dahulu");
  EXPECT_EQ(PartnerStateWord(PartnerState::kNotChecked, Language::kMalay), "tidak disemak");
  EXPECT_EQ(EntryStatusWord(EntryStatus::kSettled, Language::kIndonesian), "selesai");
}

TEST(WordingTest, AgesAreRoundedDownToOneUnit) {
  EXPECT_EQ(AgeText(119, Language::kEnglish), "119 s");
  EXPECT_EQ(AgeText(120, Language::kEnglish), "2 min");
  EXPECT_EQ(AgeText(7199, Language::kIndonesian), "119 menit");
  EXPECT_EQ(AgeText(7200, Language::kMalay), "2 jam");
  EXPECT_EQ(AgeText(172'799, Language::kEnglish), "47 h");
  EXPECT_EQ(AgeText(172'800, Language::kIndonesian), "2 hari");
  EXPECT_EQ(AgeText(14, Language::kMalay), "14 saat");
  EXPECT_EQ(DaysText(1, Language::kEnglish), "1 day");
  EXPECT_EQ(DaysText(0, Language::kEnglish), "0 days");
  EXPECT_EQ(AgoText(0, Language::kIndonesian), "hari ini");
  EXPECT_EQ(AgoText(1, Language::kEnglish), "1 day ago");
  EXPECT_EQ(AgoText(40, Language::kMalay), "40 hari lalu");
}

}  // namespace
}  // namespace daftar::decision
