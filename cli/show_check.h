// A decision, as text and as JSON.
#ifndef DAFTAR_CLI_SHOW_CHECK_H_
#define DAFTAR_CLI_SHOW_CHECK_H_

#include <ostream>
#include <string_view>

#include "cli/json.h"
#include "daftar/v1/shop.pb.h"
#include "node/decision/language.h"

namespace daftar::cli {

// "accept", "deposit", "prepay", "review", "decline"; "unknown" for a number from a newer node.
// What holds: a person's answer where one overrode the node's.
v1::Effect EffectNow(const v1::GetReceiptResponse& response);
std::string_view EffectWord(v1::Effect effect);
// 0, 10, 11, 20, 21; kExitInternal for a number from a newer node.
int ExitOf(v1::Effect effect);
std::string_view TermsWord(v1::Terms terms);
std::string_view StateWord(v1::PartnerState state);

Json ToJson(const v1::CheckResponse& response);
Json ToJson(const v1::GetReceiptResponse& response);
Json ToJson(const v1::OrderSummary& orders);

// The effect in capitals on the first line, then the sentence, what staff do next, the partners,
// and what counted. The node's sentences are taken as they are: `language` is the one it was asked
// for.
void Print(std::ostream& out, const v1::CheckResponse& response, bool color,
           decision::Language language = decision::Language::kEnglish);
void Print(std::ostream& out, const v1::GetReceiptResponse& response, bool color,
           decision::Language language = decision::Language::kEnglish);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_SHOW_CHECK_H_
