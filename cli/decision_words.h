// The words for what stands in a decision, in the reader's language. What this program does not
// know, because the node is newer, stands as the node names it.
#ifndef DAFTAR_CLI_DECISION_WORDS_H_
#define DAFTAR_CLI_DECISION_WORDS_H_

#include <cstdint>
#include <string>

#include "daftar/v1/shop.pb.h"
#include "node/decision/language.h"

namespace daftar::cli {

bool IsKnown(v1::Effect effect);
// "full prepayment": within a sentence; "unknown".
std::string EffectIn(v1::Effect effect, decision::Language language);
// "IDR 4,500,000", in Indonesian "Rp4.500.000"; "" without a currency.
std::string MoneyIn(const v1::Money& money, decision::Language language);
// "deposit paid, balance never settled" for "deposit-unsettled".
std::string ReasonIn(const std::string& name, decision::Language language);
// "not confirmed yet" for "pending".
std::string StatusIn(const std::string& name, decision::Language language);
// "the customer told the shop in time" for "told-in-time".
std::string MitigationIn(const std::string& name, decision::Language language);
// "92.7 %", in Indonesian "92,7%", in Malay "92.7%".
std::string PercentIn(uint64_t ppm, decision::Language language);
// "not checked (no answer in time)" for PARTNER_STATE_NOT_CHECKED and "deadline".
std::string StateIn(v1::PartnerState state, const std::string& reason, decision::Language language);
// "cash on delivery".
std::string TermsIn(v1::Terms terms, decision::Language language);
// The sentence, with the cap's name in brackets.
std::string CapIn(const std::string& id, decision::Language language);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_DECISION_WORDS_H_
