// The words for single things (effects, reasons, states, terms, ages) in every language. Parts of
// sentences: no capital at the beginning, no full stop. Pure; any thread.
#ifndef DAFTAR_NODE_DECISION_WORDING_H_
#define DAFTAR_NODE_DECISION_WORDING_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "node/decision/decision.h"
#include "node/decision/language.h"
#include "node/evidence/reasons.h"

namespace daftar::decision {

// "FULL PREPAYMENT": the one line that staff see first.
std::string_view EffectHeadline(Effect effect, Language language);
// "full prepayment": within a sentence.
std::string_view EffectWord(Effect effect, Language language);
// "deposit paid, balance never settled".
std::string_view ReasonSentence(evidence::Reason reason, Language language);
std::string_view PartnerStateWord(PartnerState state, Language language);  // "not checked"
// "no answer in time", of PartnerAnswer::error; "" for a code that this program does not know.
std::string_view NotCheckedBecause(std::string_view code, Language language);
std::string_view EntryStatusWord(EntryStatus status, Language language);  // "settled"
// "the customer told the shop in time".
std::string_view MitigationWord(Mitigation mitigation, Language language);
std::string_view TermsWord(Terms terms, Language language);  // "cash on delivery"

std::string DaysText(uint64_t days, Language language);  // "1 day", "40 days"
std::string AgoText(uint64_t days, Language language);   // "today", "40 days ago"
// One unit, rounded down: "14 s", "3 min", "5 h", "40 days".
std::string AgeText(uint64_t seconds, Language language);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_WORDING_H_
