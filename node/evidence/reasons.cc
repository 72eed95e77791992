#include "node/evidence/reasons.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace daftar::evidence {
namespace {

constexpr std::array kReasons = {
    ReasonInfo{Reason::kDepositUnsettled, "deposit-unsettled",
               "deposit paid, balance never settled"},
    ReasonInfo{Reason::kInvoiceOverdue, "invoice-overdue", "invoice overdue"},
    ReasonInfo{Reason::kInvoiceUnpaidReminded, "invoice-unpaid-reminded",
               "invoice unpaid after reminders"},
    ReasonInfo{Reason::kCancelledAfterWork, "cancelled-after-work",
               "order cancelled after work began"},
    ReasonInfo{Reason::kNoShow, "no-show", "no-show or refused delivery"},
    ReasonInfo{Reason::kPaymentReversed, "payment-reversed", "payment reversed"},
    ReasonInfo{Reason::kAgreementBroken, "agreement-broken", "agreement broken"},
    ReasonInfo{Reason::kStaffAbuse, "staff-abuse", "abuse or threats to staff"},
    ReasonInfo{Reason::kComplaintHarassment, "complaint-harassment", "harassment by complaint"},
    ReasonInfo{Reason::kDishonestClaims, "dishonest-claims", "dishonest claims"},
    ReasonInfo{Reason::kPublicSmearing, "public-smearing", "public smearing"},
    ReasonInfo{Reason::kShiftingDemands, "shifting-demands", "unreasonable or shifting demands"},
    ReasonInfo{Reason::kUndueDiscount, "undue-discount", "demands for undue discount"},
    ReasonInfo{Reason::kKickback, "kickback", "demands for a kickback"},
    ReasonInfo{Reason::kCompetitorSecrets, "competitor-secrets",
               "demands for a competitor's secrets"},
    ReasonInfo{Reason::kUnethicalConduct, "unethical-conduct", "unethical conduct"},
    ReasonInfo{Reason::kUnreachable, "unreachable", "unreachable"},
    ReasonInfo{Reason::kTakesAllAttention, "takes-all-attention", "takes all the attention"},
    ReasonInfo{Reason::kIgnoresAdvice, "ignores-advice", "ignores advice"},
    ReasonInfo{Reason::kUnprofitable, "unprofitable", "unprofitable"},
    ReasonInfo{Reason::kNoLongerFits, "no-longer-fits", "no longer fits the shop's values"},
};

const ReasonInfo* Find(uint16_t number) {
  for (const ReasonInfo& info : kReasons) {
    if (static_cast<uint16_t>(info.reason) == number) return &info;
  }
  return nullptr;
}

}  // namespace

std::span<const ReasonInfo> AllReasons() { return kReasons; }

const ReasonInfo& Info(Reason reason) {
  const ReasonInfo* info = Find(static_cast<uint16_t>(reason));
  if (info == nullptr) {
    std::fprintf(stderr, "no reason has the number %u\n", static_cast<unsigned>(reason));
    std::abort();
  }
  return *info;
}

absl::StatusOr<Reason> ReasonFromName(std::string_view name) {
  std::string names;
  for (const ReasonInfo& info : kReasons) {
    if (info.name == name) return info.reason;
    if (!names.empty()) names += ", ";
    names += info.name;
  }
  return absl::InvalidArgumentError("unknown reason; the reasons are " + names);
}

absl::StatusOr<Reason> ReasonFromNumber(uint16_t number) {
  const ReasonInfo* info = Find(number);
  if (info != nullptr) return info->reason;
  return absl::InvalidArgumentError("no reason has the number " + std::to_string(number));
}

}  // namespace daftar::evidence
