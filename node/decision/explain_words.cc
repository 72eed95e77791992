// What effects, rules and caps are called; the sentences are in explain.cc.
#include "node/decision/explain.h"
#include "node/decision/texts.h"

namespace daftar::decision {

std::string_view EffectSentence(Effect effect, Language language) {
  switch (effect) {
    case Effect::kAccept:
      return Words(language, Text::kDoAccept);
    case Effect::kDeposit:
      return Words(language, Text::kDoDeposit);
    case Effect::kPrepay:
      return Words(language, Text::kDoPrepay);
    case Effect::kReview:
      return Words(language, Text::kDoReview);
    case Effect::kDecline:
      return Words(language, Text::kDoDecline);
  }
  return "";
}

std::string_view RuleSentence(Rule rule, Language language) {
  switch (rule) {
    case Rule::kOpenDebt:
      return Words(language, Text::kAsksOpenDebt);
    case Rule::kLocalReasons:
      return Words(language, Text::kAsksLocal);
    case Rule::kExpectedRate:
      return Words(language, Text::kAsksRate);
    case Rule::kNobodyAsked:
      return Words(language, Text::kAsksNobody);
    case Rule::kNothingKnown:
      return Words(language, Text::kAsksNothing);
    case Rule::kPrepaidTerms:
      return Words(language, Text::kAsksPrepaid);
    case Rule::kAllowlist:
      return Words(language, Text::kAsksAllowlist);
    case Rule::kGroup:
      return Words(language, Text::kAsksGroup);
    case Rule::kUnusualAmount:
      return Words(language, Text::kAsksUnusual);
    case Rule::kCreditLimit:
      return Words(language, Text::kAsksCreditLimit);
  }
  return "";
}

std::string_view CapSentence(Cap cap, Language language) {
  switch (cap) {
    case Cap::kPartners:
      return Words(language, Text::kLimitPartners);
    case Cap::kStale:
      return Words(language, Text::kLimitStale);
    case Cap::kFirstSlip:
      return Words(language, Text::kLimitFirstSlip);
    case Cap::kGroup:
      return Words(language, Text::kLimitGroup);
    case Cap::kTerms:
      return Words(language, Text::kLimitTerms);
  }
  return "";
}

}  // namespace daftar::decision
