// Parts of the sentences that explain.cc puts together: what partners' records come to, and who was
// asked. For explain.cc alone. Pure; any thread.
#ifndef DAFTAR_NODE_DECISION_EXPLAIN_PARTS_H_
#define DAFTAR_NODE_DECISION_EXPLAIN_PARTS_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "node/decision/decide.h"
#include "node/decision/language.h"
#include "node/decision/texts.h"
#include "node/decision/wording.h"

namespace daftar::decision {

inline std::string Number(uint64_t value) { return std::to_string(value); }
// "a, b".
std::string Joined(const std::vector<std::string>& parts);
// " (text)"; "" for "".
std::string InBrackets(const std::string& text);

// The reasons of inputs that `use` picks, the weightiest first; "" when they are not known.
template <class Use>
std::string Reasons(Language language, const Decision& decision, Use use) {
  const DecisionInput* first = nullptr;
  std::set<evidence::Reason> different;
  for (const DecisionInput& input : decision.inputs) {
    if (!use(input) || !input.reason.has_value()) continue;
    different.insert(*input.reason);
    if (first == nullptr || input.bad_ppm > first->bad_ppm) first = &input;
  }
  if (first == nullptr) return "";
  const std::string sentence(ReasonSentence(*first->reason, language));
  return different.size() == 1 ? sentence : Fill(language, Text::kMoreReasons, {sentence});
}

// What partners' entries about the buyer come to.
struct Holders {
  uint64_t counting = 0;   // partners with an entry that counts
  uint64_t uncounted = 0;  // partners with disputed, pending or set-aside entries only
  uint64_t live = 0;       // entries
  uint64_t settled = 0;    // entries
  uint64_t disputed = 0;   // entries
  uint64_t pending = 0;    // entries
  uint64_t set_aside = 0;  // entries
  uint32_t newest_days = 0;
  bool unwitnessed = false;
  bool fresh = false;  // a counting one's data are no older than the charter allows
};
Holders CountHolders(const Weighed& weighed);

// "1 disputed, 1 not confirmed yet": why records do not count.
std::string Uncounted(Language language, const Holders& holders);
// "2 of 5 partners hold a record".
std::string PartnersHold(Language language, uint64_t holders, uint64_t all);
// The same with reasons, age and what was disputed or settled.
std::string PartnerRecords(Language language, const Decision& decision, const Holders& holders);
// Who was asked, and how fresh it is.
std::string Coverage(Language language, const Weighed& weighed);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_EXPLAIN_PARTS_H_
