// The sentence that goes with a decision, for staff: what decided it, then who could not be asked.
// It counts partners and never names them. English; every text stands in one table in the .cc.
#ifndef DAFTAR_NODE_DECISION_EXPLAIN_H_
#define DAFTAR_NODE_DECISION_EXPLAIN_H_

#include <string>

#include "node/decision/decide.h"

namespace daftar::decision {

// "2 of 5 partners hold a record: deposit paid, balance never settled (newest 40 days ago, none
// disputed). All 5 partners answered, newest data 14 s old." Always agrees with the verdict's
// deciding rule; of a replayed decision it leaves the reasons out.
std::string Because(const Decision& decision);

// "deposit of part of the price before delivery", what each effect asks of staff, in few words.
std::string_view EffectSentence(Effect effect);
// What a rule looks at, for `why`.
std::string_view RuleSentence(Rule rule);
std::string_view CapSentence(Cap cap);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_EXPLAIN_H_
