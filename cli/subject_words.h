// The names of the API that stand in a person's report, in the person's language. Pure; any thread.
#ifndef DAFTAR_CLI_SUBJECT_WORDS_H_
#define DAFTAR_CLI_SUBJECT_WORDS_H_

#include <cstdint>
#include <string>

#include "node/decision/language.h"

namespace daftar::cli {

// A name that this program does not know stays as it is, with spaces for dashes.
std::string OutcomeIn(const std::string& name, decision::Language language);        // of an order
std::string IncidentStateIn(const std::string& name, decision::Language language);  // "held"
std::string ActionIn(const std::string& name, decision::Language language);  // "publish asked"
// The entry that the action made: "the report" for those that share it.
std::string EntryIn(const std::string& action, decision::Language language);
// Why the node acted by itself; "" for what it has only in English, in the other languages.
std::string NodeRemarkIn(const std::string& remark, decision::Language language);
std::string ProofKindIn(const std::string& name, decision::Language language);
std::string AskedProofStateIn(const std::string& name, decision::Language language);  // "fetched"
// Of an objection that was passed on; `told`: the partner has taken it.
std::string PassedOnStateIn(const std::string& name, bool told, decision::Language language);

// "28 November 2026" of "2026-11-28" and of "2026-11-28T08:15:30.123Z"; "" for "".
std::string DayIn(const std::string& iso, decision::Language language);
// With the time: "28 November 2026, 08:15 UTC".
std::string MomentIn(const std::string& iso, decision::Language language);
std::string SizeText(uint64_t bytes);  // "812 B", "14 KiB", "3 MiB", rounded up

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_SUBJECT_WORDS_H_
