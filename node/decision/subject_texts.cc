#include "node/decision/subject_texts.h"

#include "node/decision/subject_texts_tables.h"
#include "node/decision/texts.h"

namespace daftar::decision {
namespace {

const SubjectTextTable& TableOf(Language language) {
  switch (language) {
    case Language::kIndonesian:
      return IndonesianSubjectTexts();
    case Language::kMalay:
      return MalaySubjectTexts();
    case Language::kEnglish:
      break;
  }
  return EnglishSubjectTexts();
}

}  // namespace

std::string_view Words(Language language, SubjectText text) {
  return TableOf(language).at(static_cast<size_t>(text)).words;
}

std::string Fill(Language language, SubjectText text, const std::vector<std::string>& arguments) {
  return FillPlaces(Words(language, text), arguments);
}

}  // namespace daftar::decision
