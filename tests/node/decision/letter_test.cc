#include "node/decision/letter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <sstream>

#include "crypto/utf8.h"
#include "node/decision/text.h"
#include "tests/node/decision/language_words.h"
#include "tests/support/status_matchers.h"

namespace daftar::decision {
namespace {

using daftar::testing::IsOk;
using ::daftar::testing::IsOk;
using daftar::testing::StatusIs;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

evidence::Date Day(int month, int day) { return *evidence::Date::FromCivil(2026, month, day); }

evidence::Money Rupiah(uint64_t major) {
  return {major * 100, *evidence::Currency::FromCode("IDR")};
}

// A shop and a customer whose names are of no language.
LetterFields Bare() {
  LetterFields fields;
  fields.shop = "Anggrek 88";
  fields.date = Day(8, 28);
  return fields;
}

LetterFields Full() {
  LetterFields fields = Bare();
  fields.customer = "Rina Wijaya";
  fields.alternatives = {
      "Melati Jaya, Jl. Kenanga 12, Bandung, 022-1234567, melati-jaya.example, 08.00-17.00 (WIB)",
      "Kenari Maju, kenari.example"};
  fields.signature = "Budi Santoso";
  return fields;
}

std::vector<Instalment> Plan() {
  return {{Day(10, 1), Rupiah(1'500'000)},
          {Day(11, 1), Rupiah(1'500'000)},
          {Day(12, 1), {123'456'750, *evidence::Currency::FromCode("IDR")}}};
}

std::string Snapshot(const std::string& name) {
  std::ifstream file(std::string(DAFTAR_SOURCE_DIR "/tests/node/decision/letters/") + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Every letter in `language`, with all fields and with none that may be left out.
std::vector<std::string> Letters(Language language) {
  LetterFields plan = Full();
  plan.alternatives.clear();
  return {*PartingLetter(language, Full()), *PartingLetter(language, Bare()),
          *PaymentPlanLetter(language, plan, Plan()), *PaymentPlanLetter(language, Bare(), Plan())};
}

NoticeFacts Notice() {
  NoticeFacts facts;
  facts.amount = Rupiah(4'500'000);
  facts.occurred = Day(8, 1);
  facts.due = Day(8, 15);
  facts.answer_by = Day(9, 4);
  facts.erased_by = *evidence::Date::FromCivil(2028, 7, 31);
  facts.withdrawn_hours = 48;
  facts.circle = "Kenanga";
  facts.members = 5;
  facts.how_to_pay = "BCA 123-456-789";
  facts.contact = "022-1234567";
  facts.code = "K7F3-9Q2M";
  return facts;
}

std::string NoticeIn(Language language) {
  LetterFields fields = Full();
  fields.alternatives.clear();
  return *NoticeLetter(language, fields, Notice());
}

TEST(LetterTest, TheNoticeSaysAllThatTheCustomerNeeds) {
  for (const Language language : kLanguages) {
    const std::string letter = NoticeIn(language);
    EXPECT_EQ(letter, Snapshot(std::string(LanguageName(language)) + "_notice.txt"));
    EXPECT_THAT(ForeignWords(language, letter), IsEmpty()) << letter;
    EXPECT_THAT(letter, Not(HasSubstr("{")));
    for (const std::string& part :
         {MoneyText(language, Notice().amount), DateText(language, Notice().occurred),
          DateText(language, Notice().due), std::string("Kenanga"), std::string("BCA 123-456-789"),
          std::string("022-1234567"), std::string("K7F3-9Q2M"), std::string("48")}) {
      EXPECT_THAT(letter, HasSubstr(part));
    }
  }
}

TEST(LetterTest, ANoticeWithoutAnAmountOrADueDayHasNoLineForThem) {
  NoticeFacts facts = Notice();
  facts.amount = {};
  facts.due = {};
  const std::string letter = *NoticeLetter(Language::kEnglish, Bare(), facts);
  EXPECT_THAT(letter, Not(HasSubstr("Amount")));
  EXPECT_THAT(letter, Not(HasSubstr("due on")));
  EXPECT_THAT(letter, HasSubstr("It happened on"));
}

TEST(LetterTest, ANoticeCountsTheOtherMembersInItsLanguage) {
  const auto letter = [](Language language, size_t members) {
    NoticeFacts facts = Notice();
    facts.members = members;
    std::string text = *NoticeLetter(language, Bare(), facts);
    std::replace(text.begin(), text.end(), '\n', ' ');  // as it is wrapped
    return text;
  };
  EXPECT_THAT(letter(Language::kEnglish, 0), HasSubstr("has no other members at present."));
  EXPECT_THAT(letter(Language::kEnglish, 1), HasSubstr("has one other member at present."));
  EXPECT_THAT(letter(Language::kEnglish, 2), HasSubstr("has 2 other members at present."));
  EXPECT_THAT(letter(Language::kIndonesian, 0), HasSubstr("belum memiliki anggota lain."));
  EXPECT_THAT(letter(Language::kIndonesian, 1), HasSubstr("memiliki satu anggota lain."));
  EXPECT_THAT(letter(Language::kMalay, 0), HasSubstr("belum mempunyai ahli lain."));
  EXPECT_THAT(letter(Language::kMalay, 1), HasSubstr("mempunyai satu ahli lain."));
}

TEST(LetterTest, ANoticeNeedsHowToPayAndHowToObjectInOneLineEach) {
  NoticeFacts facts = Notice();
  facts.how_to_pay = " ";
  EXPECT_THAT(NoticeLetter(Language::kEnglish, Bare(), facts),
              StatusIs(kInvalid, HasSubstr("how to pay is empty")));
  facts = Notice();
  facts.contact = "022\n033";
  EXPECT_THAT(NoticeLetter(Language::kEnglish, Bare(), facts),
              StatusIs(kInvalid, HasSubstr("one line")));
  facts = Notice();
  facts.contact = std::string(kMaxNoticeLineBytes + 1, 'x');
  EXPECT_THAT(NoticeLetter(Language::kEnglish, Bare(), facts),
              StatusIs(kInvalid, HasSubstr("301 bytes")));
  EXPECT_THAT(NoticeLetter(Language::kEnglish, Full(), Notice()),
              StatusIs(kInvalid, HasSubstr("alternatives do not belong")));
}

TEST(LetterTest, LettersAreTheSnapshots) {
  for (const Language language : kLanguages) {
    const std::string name(LanguageName(language));
    const std::vector<std::string> letters = Letters(language);
    EXPECT_EQ(letters[0], Snapshot(name + ".txt"));
    EXPECT_EQ(letters[1], Snapshot(name + "_bare.txt"));
    EXPECT_EQ(letters[2], Snapshot(name + "_plan.txt"));
    EXPECT_EQ(letters[3], Snapshot(name + "_plan_bare.txt"));
  }
}

TEST(LetterTest, NoLetterSpeaksOfWhatItMustNot) {
  for (const Language language : kLanguages) {
    for (const std::string& letter : Letters(language)) {
      EXPECT_THAT(WordsFound(letter, kNotInLetters), IsEmpty()) << letter;
    }
  }
}

TEST(LetterTest, NoLetterHasARemnantOfAnotherLanguage) {
  for (const Language language : kLanguages) {
    for (const std::string& letter : Letters(language)) {
      EXPECT_THAT(ForeignWords(language, letter), IsEmpty()) << letter;
      EXPECT_GT(WordsFound(letter, WordsOnlyIn(language)).size(), 5u) << letter;
      EXPECT_THAT(letter, Not(HasSubstr("{")));
    }
  }
}

// What a letter to part well has to say, sought by a word of each.
TEST(LetterTest, PartingThanksApologisesAndWishesWell) {
  const std::vector<std::pair<Language, std::vector<std::string>>> words = {
      {Language::kEnglish, {"Thank you", "apologise", "best"}},
      {Language::kIndonesian, {"Terima kasih", "maaf", "terbaik"}},
      {Language::kMalay, {"Terima kasih", "maaf", "terbaik"}}};
  for (const auto& [language, needed] : words) {
    for (const LetterFields& fields : {Full(), Bare()}) {
      const std::string letter = *PartingLetter(language, fields);
      for (const std::string& word : needed) EXPECT_THAT(letter, HasSubstr(word));
    }
  }
}

// A console fills the shop's name in where nobody has said who signs.
TEST(LetterTest, AShopThatSignsWithItsOwnNameIsNamedOnce) {
  for (const Language language : kLanguages) {
    LetterFields fields = Bare();
    const auto unsigned_letter = PartingLetter(language, fields);
    fields.signature = " " + fields.shop + " ";
    EXPECT_EQ(*PartingLetter(language, fields), *unsigned_letter);
  }
}

TEST(LetterTest, LinesAreAtMostSeventyTwoColumns) {
  LetterFields fields = Full();
  fields.shop = "Ĉ Ĝĝ Ĥĥĥ Ĵĵĵĵ Ŝŝŝŝŝ Ŭŭŭŭŭŭ Ĉĉĉĉĉĉĉ Ĝĝĝĝĝĝĝ";  // two bytes a column
  for (const Language language : kLanguages) {
    std::istringstream lines(*PartingLetter(language, fields));
    for (std::string line; std::getline(lines, line);) {
      size_t columns = 0;
      for (std::string_view rest = line; crypto::TakeCodePoint(rest).has_value();) ++columns;
      EXPECT_LE(columns, kLetterColumns) << line;
      EXPECT_TRUE(line.empty() || line.back() != ' ') << line;
    }
  }
}

TEST(LetterTest, AWordLongerThanALineStandsAloneAndWhole) {
  LetterFields fields = Bare();
  const std::string address(150, 'x');
  fields.alternatives = {"Kenari " + address + " Maju"};
  const std::string letter = *PartingLetter(Language::kEnglish, fields);
  EXPECT_THAT(letter, HasSubstr("\n  - Kenari\n    " + address + "\n    Maju\n"));
}

TEST(LetterTest, PlacesInFieldsStayAsTheyAre) {
  LetterFields fields = Bare();
  fields.shop = "{1} {9}";
  fields.customer = "{2}";
  EXPECT_THAT(*PartingLetter(Language::kEnglish, fields), HasSubstr("Dear {2},"));
  EXPECT_THAT(*PartingLetter(Language::kEnglish, fields), HasSubstr("trust in {1} {9} and"));
}

// Puts `text` into one field and expects that field to be named.
void Refused(const std::string& text, const std::string& why) {
  const std::vector<std::pair<std::string, std::function<void(LetterFields&)>>> puts = {
      {"shop's name", [&](LetterFields& f) { f.shop = text; }},
      {"customer's name", [&](LetterFields& f) { f.customer = text; }},
      {"signature", [&](LetterFields& f) { f.signature = text; }},
      {"alternative 2", [&](LetterFields& f) { f.alternatives[1] = text; }}};
  for (const auto& [name, put] : puts) {
    LetterFields fields = Full();
    put(fields);
    const absl::Status status = PartingLetter(Language::kMalay, fields).status();
    EXPECT_THAT(status, StatusIs(kInvalid, HasSubstr(name + " "))) << text;
    EXPECT_THAT(status, StatusIs(kInvalid, HasSubstr(why))) << text;
    EXPECT_EQ(std::string(status.message()).find("SECRET"), std::string::npos);
  }
}

TEST(LetterTest, FieldsThatAreNotOneLineAreRefusedByName) {
  for (const std::string bad :
       {"\n", "\r", "\t", "\x1b[2J", "\x7f", "\xc2\x85", "\xc2\x9b", "\xe2\x80\xa8", "\xe2\x80\xa9",
        "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x80\x8b", "\xef\xbb\xbf", "\xff", "\xc0\xaf"}) {
    Refused("SECRET" + bad + "SECRET", "one line of UTF-8");
  }
  Refused(std::string("SECRET\0", 7), "one line of UTF-8");
}

TEST(LetterTest, FieldsAreBounded) {
  Refused(std::string(kMaxLetterAlternativeBytes + 1, 'a'), "at most");
  LetterFields fields = Full();
  fields.customer.assign(kMaxLetterNameBytes, 'a');
  fields.alternatives.assign(kMaxLetterAlternatives, std::string(kMaxLetterAlternativeBytes, 'a'));
  EXPECT_THAT(PartingLetter(Language::kEnglish, fields), IsOk());
  fields.alternatives.push_back("a");
  EXPECT_THAT(PartingLetter(Language::kEnglish, fields),
              StatusIs(kInvalid, HasSubstr("alternatives are 6; at most 5")));
  fields.alternatives.clear();
  fields.customer += 'a';
  EXPECT_THAT(PartingLetter(Language::kEnglish, fields),
              StatusIs(kInvalid, HasSubstr("customer's name has 121 bytes; at most 120")));
}

TEST(LetterTest, WhatIsNeededIsAskedFor) {
  LetterFields fields = Full();
  fields.date = evidence::Date();
  EXPECT_THAT(PartingLetter(Language::kEnglish, fields), StatusIs(kInvalid, HasSubstr("date")));
  fields = Full();
  fields.shop = " \xc2\xa0";
  EXPECT_THAT(PartingLetter(Language::kEnglish, fields),
              StatusIs(kInvalid, HasSubstr("shop's name is empty")));
  fields = Full();
  fields.alternatives.push_back("");
  EXPECT_THAT(PartingLetter(Language::kEnglish, fields),
              StatusIs(kInvalid, HasSubstr("alternative 3 is empty")));
  fields = Full();
  fields.customer = "  ";
  EXPECT_THAT(*PartingLetter(Language::kEnglish, fields), HasSubstr("Dear customer,"));
}

absl::Status PlanStatus(const std::function<void(std::vector<Instalment>&)>& change) {
  std::vector<Instalment> plan = Plan();
  change(plan);
  return PaymentPlanLetter(Language::kEnglish, Bare(), plan).status();
}

TEST(LetterTest, APlanThatIsNoneIsRefused) {
  const auto dollars = *evidence::Currency::FromCode("USD");
  EXPECT_THAT(PlanStatus([](auto& p) { p.clear(); }), StatusIs(kInvalid, HasSubstr("2 to 36")));
  EXPECT_THAT(PlanStatus([](auto& p) { p.resize(1); }), StatusIs(kInvalid, HasSubstr("are 1")));
  EXPECT_THAT(PlanStatus([](auto& p) {
                while (p.size() <= kMaxLetterInstalments) {
                  p.push_back({p.back().first.PlusDays(1), Rupiah(1)});
                }
              }),
              StatusIs(kInvalid, HasSubstr("are 37")));
  EXPECT_THAT(PlanStatus([](auto& p) { p[0].first = Day(8, 27); }),
              StatusIs(kInvalid, HasSubstr("instalment 1 needs a date")));
  EXPECT_THAT(PlanStatus([](auto& p) { p[2].first = evidence::Date(); }),
              StatusIs(kInvalid, HasSubstr("instalment 3 needs a date")));
  EXPECT_THAT(PlanStatus([](auto& p) { p[1].first = p[0].first; }),
              StatusIs(kInvalid, HasSubstr("instalment 2 must be later")));
  EXPECT_THAT(PlanStatus([&](auto& p) { p[1].second.currency = dollars; }),
              StatusIs(kInvalid, HasSubstr("instalment 2 needs the same currency")));
  EXPECT_THAT(PlanStatus([](auto& p) { p[0].second = evidence::Money(); }),
              StatusIs(kInvalid, HasSubstr("instalment 1 needs the same currency")));
  EXPECT_THAT(PlanStatus([](auto& p) { p[1].second.minor = 0; }),
              StatusIs(kInvalid, HasSubstr("above zero")));
  EXPECT_THAT(PlanStatus([](auto& p) { p[1].second.minor = evidence::kMaxMinorUnits + 1; }),
              StatusIs(kInvalid, HasSubstr("instalment 2 needs an amount")));
  EXPECT_THAT(PlanStatus([](auto& p) { p[0].first = Day(8, 28); }), IsOk());
  EXPECT_THAT(PaymentPlanLetter(Language::kEnglish, Full(), Plan()),
              StatusIs(kInvalid, HasSubstr("alternatives do not belong")));
}

}  // namespace
}  // namespace daftar::decision
