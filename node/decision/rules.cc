// Names and kinds of what decide.h declares; the rules are in decide.cc.
#include "node/decision/decide.h"

namespace daftar::decision {

std::string_view RuleId(Rule rule) {
  switch (rule) {
    case Rule::kOpenDebt:
      return "open-debt";
    case Rule::kLocalReasons:
      return "local-reasons";
    case Rule::kExpectedRate:
      return "expected-rate";
    case Rule::kNobodyAsked:
      return "nobody-asked";
    case Rule::kNothingKnown:
      return "nothing-known";
    case Rule::kPrepaidTerms:
      return "prepaid-terms";
    case Rule::kAllowlist:
      return "allowlist";
    case Rule::kGroup:
      return "group";
    case Rule::kUnusualAmount:
      return "unusual-amount";
    case Rule::kCreditLimit:
      return "credit-limit";
  }
  return "unknown";
}

std::string_view CapId(Cap cap) {
  switch (cap) {
    case Cap::kPartners:
      return "cap-partners";
    case Cap::kStale:
      return "cap-stale";
    case Cap::kFirstSlip:
      return "cap-first-slip";
    case Cap::kGroup:
      return "cap-group";
    case Cap::kTerms:
      return "cap-terms";
  }
  return "unknown";
}

Trouble TroubleOf(evidence::Reason reason) {
  using evidence::Reason;
  switch (reason) {
    case Reason::kDepositUnsettled:
    case Reason::kInvoiceOverdue:
    case Reason::kInvoiceUnpaidReminded:
      return Trouble::kPayment;
    case Reason::kPaymentReversed:
      return Trouble::kReversal;
    case Reason::kCancelledAfterWork:
    case Reason::kNoShow:
    case Reason::kAgreementBroken:
      return Trouble::kAgreement;
    case Reason::kStaffAbuse:
    case Reason::kComplaintHarassment:
    case Reason::kPublicSmearing:
      return Trouble::kConduct;
    case Reason::kDishonestClaims:
    case Reason::kKickback:
    case Reason::kCompetitorSecrets:
    case Reason::kUnethicalConduct:
      return Trouble::kHonesty;
    case Reason::kShiftingDemands:
    case Reason::kUndueDiscount:
    case Reason::kUnreachable:
    case Reason::kTakesAllAttention:
    case Reason::kIgnoresAdvice:
    case Reason::kUnprofitable:
    case Reason::kNoLongerFits:
      return Trouble::kBurden;
  }
  return Trouble::kBurden;
}

}  // namespace daftar::decision
