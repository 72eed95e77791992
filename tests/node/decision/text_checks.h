// What holds for every table of texts.
#ifndef DAFTAR_TESTS_NODE_DECISION_TEXT_CHECKS_H_
#define DAFTAR_TESTS_NODE_DECISION_TEXT_CHECKS_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "node/decision/language.h"
#include "tests/node/decision/language_words.h"

namespace daftar::decision {

template <class Key>
std::vector<Key> TextsUpTo(Key last) {
  std::vector<Key> all;
  for (int i = 0; i <= static_cast<int>(last); ++i) all.push_back(static_cast<Key>(i));
  return all;
}

// The places of a text; 0 for a brace that is not a whole place.
inline std::multiset<int> Places(std::string_view words) {
  std::multiset<int> places;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == '}') places.insert(0);
    if (words[i] != '{') continue;
    const bool whole =
        i + 2 < words.size() && words[i + 1] >= '1' && words[i + 1] <= '9' && words[i + 2] == '}';
    places.insert(whole ? words[i + 1] - '0' : 0);
    if (whole) i += 2;
  }
  return places;
}

template <class Key>
void ExpectSamePlacesInEveryLanguage(Key last) {
  for (const Key text : TextsUpTo(last)) {
    const std::multiset<int> english = Places(Words(Language::kEnglish, text));
    int next = 1;  // each place once, and none left out
    for (const int place : english) EXPECT_EQ(place, next++) << Words(Language::kEnglish, text);
    for (const Language language : kLanguages) {
      const std::string_view words = Words(language, text);
      EXPECT_FALSE(words.empty());
      EXPECT_EQ(Places(words), english) << words;
    }
  }
}

// A text that two languages share word for word is either right in both or left untranslated; the
// former are listed.
template <class Key>
void ExpectSharedByNoTwoLanguagesBut(const std::set<Key>& shared, Key last) {
  for (const Key text : TextsUpTo(last)) {
    const std::set<std::string_view> different = {Words(Language::kEnglish, text),
                                                  Words(Language::kIndonesian, text),
                                                  Words(Language::kMalay, text)};
    EXPECT_EQ(different.size() < 3, shared.count(text) == 1) << Words(Language::kEnglish, text);
  }
}

template <class Key>
void ExpectNoForeignWords(Key last) {
  for (const Language language : kLanguages) {
    for (const Key text : TextsUpTo(last)) {
      EXPECT_THAT(ForeignWords(language, Words(language, text)), ::testing::IsEmpty())
          << Words(language, text);
    }
  }
}

template <class Key>
void ExpectTidy(Key last) {
  for (const Language language : kLanguages) {
    for (const Key text : TextsUpTo(last)) {
      const std::string words(Words(language, text));
      EXPECT_EQ(words.find("  "), std::string::npos) << words;
      EXPECT_EQ(words.find(" ."), std::string::npos) << words;
      EXPECT_NE(words.front(), ' ') << words;
      EXPECT_NE(words.back(), ' ') << words;
      const bool sentence = Words(Language::kEnglish, text).back() == '.';
      EXPECT_EQ(words.back() == '.', sentence) << words;
      if (sentence && words.front() != '{') {
        EXPECT_TRUE(words.front() >= 'A' && words.front() <= 'Z') << words;
      }
    }
  }
}

}  // namespace daftar::decision

#endif  // DAFTAR_TESTS_NODE_DECISION_TEXT_CHECKS_H_
