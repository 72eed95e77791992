// The tables behind subject_texts.h, one a language; only subject_texts.cc needs them.
#ifndef DAFTAR_NODE_DECISION_SUBJECT_TEXTS_TABLES_H_
#define DAFTAR_NODE_DECISION_SUBJECT_TEXTS_TABLES_H_

#include <array>
#include <cstddef>

#include "node/decision/subject_texts.h"
#include "node/decision/texts_tables.h"

namespace daftar::decision {

inline constexpr size_t kSubjectTextCount = static_cast<size_t>(kLastSubjectText) + 1;
using SubjectTextTable = std::array<KeyedText<SubjectText>, kSubjectTextCount>;

const SubjectTextTable& EnglishSubjectTexts();
const SubjectTextTable& IndonesianSubjectTexts();
const SubjectTextTable& MalaySubjectTexts();

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_SUBJECT_TEXTS_TABLES_H_
