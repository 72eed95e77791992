#include "node/decision/texts.h"

#include "node/decision/texts_tables.h"

namespace daftar::decision {
namespace {

const TextTable& TableOf(Language language) {
  switch (language) {
    case Language::kIndonesian:
      return IndonesianTexts();
    case Language::kMalay:
      return MalayTexts();
    case Language::kEnglish:
      break;
  }
  return EnglishTexts();
}

}  // namespace

std::string_view Words(Language language, Text text) {
  return TableOf(language).at(static_cast<size_t>(text)).words;
}

std::string Fill(Language language, Text text, const std::vector<std::string>& arguments) {
  return FillPlaces(Words(language, text), arguments);
}

std::string FillPlaces(std::string_view pattern, const std::vector<std::string>& arguments) {
  std::string out;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '{') {
      out += pattern[i];
      continue;
    }
    const auto number = static_cast<size_t>(pattern[i + 1] - '1');
    out += arguments.at(number);
    i += 2;
  }
  return out;
}

}  // namespace daftar::decision
