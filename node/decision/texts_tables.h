// The tables behind texts.h, one a language; only texts.cc needs them.
#ifndef DAFTAR_NODE_DECISION_TEXTS_TABLES_H_
#define DAFTAR_NODE_DECISION_TEXTS_TABLES_H_

#include <array>
#include <cstddef>
#include <string_view>

#include "node/decision/texts.h"

namespace daftar::decision {

template <class Key>
struct KeyedText {
  Key text;
  std::string_view words;
};

inline constexpr size_t kTextCount = static_cast<size_t>(kLastText) + 1;
using TextTable = std::array<KeyedText<Text>, kTextCount>;

// Whether each row stands at its text's place with words in it, so that a table is complete.
template <class Key, size_t kCount>
constexpr bool IsInOrder(const std::array<KeyedText<Key>, kCount>& table) {
  for (size_t i = 0; i < table.size(); ++i) {
    if (table[i].text != static_cast<Key>(i) || table[i].words.empty()) return false;
  }
  return true;
}

const TextTable& EnglishTexts();
const TextTable& IndonesianTexts();
const TextTable& MalayTexts();

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_TEXTS_TABLES_H_
