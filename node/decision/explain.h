// The sentence that goes with a decision, for staff: what decided it, then who could not be asked.
// It counts partners and never names them. In every language of language.h; the texts are in
// texts.h.
#ifndef DAFTAR_NODE_DECISION_EXPLAIN_H_
#define DAFTAR_NODE_DECISION_EXPLAIN_H_

#include <array>
#include <string>

#include "node/decision/decide.h"
#include "node/decision/language.h"

namespace daftar::decision {

// "2 of 5 partners hold a record: deposit paid, balance never settled (newest 40 days ago, none
// disputed). All 5 partners answered, newest data 14 s old." Always agrees with the verdict's
// deciding rule; of a replayed decision it leaves the reasons out.
std::string Because(const Decision& decision, Language language = Language::kEnglish);

// The same sentence in every language, in the order of kLanguages.
using Sentences = std::array<std::string, kLanguages.size()>;
Sentences BecauseInAll(const Decision& decision);
const std::string& In(const Sentences& sentences, Language language);
// Who was asked and who could not be: "not checked" is never "clear".
std::string CoverageSentence(const Weighed& weighed, Language language);

// "ask for a deposit before work or delivery": what each effect asks of staff, in few words.
std::string_view EffectSentence(Effect effect, Language language = Language::kEnglish);
// What a rule looks at, for `why`.
std::string_view RuleSentence(Rule rule, Language language = Language::kEnglish);
std::string_view CapSentence(Cap cap, Language language = Language::kEnglish);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_EXPLAIN_H_
