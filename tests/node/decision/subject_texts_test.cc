#include "node/decision/subject_texts.h"

#include "tests/node/decision/text_checks.h"

namespace daftar::decision {
namespace {

TEST(SubjectTextsTest, EveryTextIsThereInEveryLanguageWithTheSamePlaces) {
  ExpectSamePlacesInEveryLanguage(kLastSubjectText);
}

TEST(SubjectTextsTest, NoTwoLanguagesShareATextButThoseListed) {
  ExpectSharedByNoTwoLanguagesBut({SubjectText::kSince}, kLastSubjectText);
}

TEST(SubjectTextsTest, NoWordOfOneLanguageStandsInAnother) {
  ExpectNoForeignWords(kLastSubjectText);
}

TEST(SubjectTextsTest, TextsAreTidy) { ExpectTidy(kLastSubjectText); }

TEST(SubjectTextsTest, FillPutsEachArgumentInItsPlace) {
  EXPECT_EQ(Fill(Language::kEnglish, SubjectText::kDecidedOtherwise, {"{2}", "prepay"}),
            "{2}; a person then decided: prepay");
}

}  // namespace
}  // namespace daftar::decision
