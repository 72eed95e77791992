// What forms say beside what people type: the titles of what partners will be able to read, and
// what to do with a text that is no identifier. Pure; any thread.
#ifndef DAFTAR_NODE_DECISION_FORM_TEXTS_H_
#define DAFTAR_NODE_DECISION_FORM_TEXTS_H_

#include <string_view>

#include "node/decision/language.h"
#include "node/evidence/facts.h"

namespace daftar::decision {

enum class FormText {
  kNoIdentifier,  // an example of a phone number follows
  // Titles: no full stop.
  kShop,
  kPublished,
  kReason,
  kAmount,
  kOccurred,
  kDue,
  kReminders,
  kSettledBefore,
  kProof,
  kIdentifiers,
  // Values.
  kPublishedAt,
  kProofAttached,
  kNoProof,
  kIdentifiersHidden,
  kSettledNone,
  kSettledOneOrTwo,
  kSettledThreeToNine,
  kSettledTenOrMore,
};
inline constexpr FormText kLastFormText = FormText::kSettledTenOrMore;

// Never empty.
std::string_view Words(Language language, FormText text);
// "1 or 2": how many orders the customer had settled before.
std::string_view SettledBucketWords(Language language, evidence::SettledBucket bucket);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_FORM_TEXTS_H_
