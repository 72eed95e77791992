#include "node/decision/wording.h"

#include <utility>

#include "node/decision/texts.h"

namespace daftar::decision {

std::string_view EffectHeadline(Effect effect, Language language) {
  switch (effect) {
    case Effect::kAccept:
      return Words(language, Text::kHeadAccept);
    case Effect::kDeposit:
      return Words(language, Text::kHeadDeposit);
    case Effect::kPrepay:
      return Words(language, Text::kHeadPrepay);
    case Effect::kReview:
      return Words(language, Text::kHeadReview);
    case Effect::kDecline:
      return Words(language, Text::kHeadDecline);
  }
  return "";
}

std::string_view EffectWord(Effect effect, Language language) {
  switch (effect) {
    case Effect::kAccept:
      return Words(language, Text::kWordAccept);
    case Effect::kDeposit:
      return Words(language, Text::kWordDeposit);
    case Effect::kPrepay:
      return Words(language, Text::kWordPrepay);
    case Effect::kReview:
      return Words(language, Text::kWordReview);
    case Effect::kDecline:
      return Words(language, Text::kWordDecline);
  }
  return "";
}

std::string_view ReasonSentence(evidence::Reason reason, Language language) {
  switch (reason) {
    case evidence::Reason::kDepositUnsettled:
      return Words(language, Text::kDepositUnsettled);
    case evidence::Reason::kInvoiceOverdue:
      return Words(language, Text::kInvoiceOverdue);
    case evidence::Reason::kInvoiceUnpaidReminded:
      return Words(language, Text::kInvoiceUnpaidReminded);
    case evidence::Reason::kCancelledAfterWork:
      return Words(language, Text::kCancelledAfterWork);
    case evidence::Reason::kNoShow:
      return Words(language, Text::kNoShow);
    case evidence::Reason::kPaymentReversed:
      return Words(language, Text::kPaymentReversed);
    case evidence::Reason::kAgreementBroken:
      return Words(language, Text::kAgreementBroken);
    case evidence::Reason::kStaffAbuse:
      return Words(language, Text::kStaffAbuse);
    case evidence::Reason::kComplaintHarassment:
      return Words(language, Text::kComplaintHarassment);
    case evidence::Reason::kDishonestClaims:
      return Words(language, Text::kDishonestClaims);
    case evidence::Reason::kPublicSmearing:
      return Words(language, Text::kPublicSmearing);
    case evidence::Reason::kShiftingDemands:
      return Words(language, Text::kShiftingDemands);
    case evidence::Reason::kUndueDiscount:
      return Words(language, Text::kUndueDiscount);
    case evidence::Reason::kKickback:
      return Words(language, Text::kKickback);
    case evidence::Reason::kCompetitorSecrets:
      return Words(language, Text::kCompetitorSecrets);
    case evidence::Reason::kUnethicalConduct:
      return Words(language, Text::kUnethicalConduct);
    case evidence::Reason::kUnreachable:
      return Words(language, Text::kUnreachable);
    case evidence::Reason::kTakesAllAttention:
      return Words(language, Text::kTakesAllAttention);
    case evidence::Reason::kIgnoresAdvice:
      return Words(language, Text::kIgnoresAdvice);
    case evidence::Reason::kUnprofitable:
      return Words(language, Text::kUnprofitable);
    case evidence::Reason::kNoLongerFits:
      return Words(language, Text::kNoLongerFits);
  }
  return "";
}

std::string_view PartnerStateWord(PartnerState state, Language language) {
  switch (state) {
    case PartnerState::kAnswered:
      return Words(language, Text::kPartnerAnswered);
    case PartnerState::kCached:
      return Words(language, Text::kPartnerCached);
    case PartnerState::kStale:
      return Words(language, Text::kPartnerStale);
    case PartnerState::kNotChecked:
      return Words(language, Text::kPartnerNotChecked);
  }
  return "";
}

std::string_view NotCheckedBecause(std::string_view code, Language language) {
  constexpr std::pair<std::string_view, Text> kCodes[] = {{"deadline", Text::kWhyDeadline},
                                                          {"unreachable", Text::kWhyUnreachable},
                                                          {"refused", Text::kWhyRefused},
                                                          {"quota", Text::kWhyQuota},
                                                          {"wrong-proof", Text::kWhyWrongProof},
                                                          {"forked", Text::kWhyForked},
                                                          {"never-copied", Text::kWhyNeverCopied},
                                                          {"copying", Text::kWhyCopying},
                                                          {"not-witnessed", Text::kWhyNotWitnessed},
                                                          {"quarantined", Text::kWhyQuarantined},
                                                          {"failed", Text::kWhyFailed}};
  for (const auto& [known, text] : kCodes) {
    if (known == code) return Words(language, text);
  }
  return "";
}

std::string_view EntryStatusWord(EntryStatus status, Language language) {
  switch (status) {
    case EntryStatus::kLive:
      return Words(language, Text::kStatusLive);
    case EntryStatus::kSettled:
      return Words(language, Text::kStatusSettled);
    case EntryStatus::kDisputed:
      return Words(language, Text::kStatusDisputed);
    case EntryStatus::kWithdrawn:
      return Words(language, Text::kStatusWithdrawn);
    case EntryStatus::kErased:
      return Words(language, Text::kStatusErased);
    case EntryStatus::kExpired:
      return Words(language, Text::kStatusExpired);
    case EntryStatus::kPending:
      return Words(language, Text::kStatusPending);
    case EntryStatus::kSetAside:
      return Words(language, Text::kStatusSetAside);
  }
  return "";
}

std::string_view MitigationWord(Mitigation mitigation, Language language) {
  switch (mitigation) {
    case Mitigation::kShopAtFault:
      return Words(language, Text::kShopAtFault);
    case Mitigation::kToldInTime:
      return Words(language, Text::kToldInTime);
    case Mitigation::kKeptPlan:
      return Words(language, Text::kKeptPlan);
  }
  return "";
}

std::string_view TermsWord(Terms terms, Language language) {
  switch (terms) {
    case Terms::kCredit:
      return Words(language, Text::kTermsCredit);
    case Terms::kCod:
      return Words(language, Text::kTermsCod);
    case Terms::kDeposit:
      return Words(language, Text::kTermsDeposit);
    case Terms::kPrepaid:
      return Words(language, Text::kTermsPrepaid);
  }
  return "";
}

std::string DaysText(uint64_t days, Language language) {
  return Fill(language, days == 1 ? Text::kDay : Text::kDays, {std::to_string(days)});
}

std::string AgoText(uint64_t days, Language language) {
  if (days == 0) return std::string(Words(language, Text::kToday));
  return Fill(language, Text::kAgo, {DaysText(days, language)});
}

std::string AgeText(uint64_t seconds, Language language) {
  constexpr uint64_t kMinute = 60;
  constexpr uint64_t kHour = 3600;
  constexpr uint64_t kWholeDay = 86400;
  const auto say = [language](Text unit, uint64_t count) {
    return Fill(language, unit, {std::to_string(count)});
  };
  if (seconds < 2 * kMinute) return say(Text::kSeconds, seconds);
  if (seconds < 2 * kHour) return say(Text::kMinutes, seconds / kMinute);
  if (seconds < 2 * kWholeDay) return say(Text::kHours, seconds / kHour);
  return say(Text::kDays, seconds / kWholeDay);
}

}  // namespace daftar::decision
