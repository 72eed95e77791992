// The closed catalogue of reasons (docs/protocol.md, "Reasons"), with stable numbers.
#ifndef DAFTAR_NODE_EVIDENCE_REASONS_H_
#define DAFTAR_NODE_EVIDENCE_REASONS_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"

namespace daftar::evidence {

// Numbers are in entries and on disk: never renumber, never reuse. Below 1000 a reason may be
// shared; from 1000 on it steers this shop only and never leaves it.
enum class Reason : uint16_t {
  kDepositUnsettled = 1,  // deposit paid, balance never settled
  kInvoiceOverdue = 2,
  kInvoiceUnpaidReminded = 3,  // unpaid after reminders
  kCancelledAfterWork = 4,     // order cancelled after work began
  kNoShow = 5,                 // no-show or refused delivery
  kPaymentReversed = 6,
  kAgreementBroken = 7,
  kStaffAbuse = 1001,
  kComplaintHarassment = 1002,
  kDishonestClaims = 1003,
  kPublicSmearing = 1004,
  kShiftingDemands = 1005,
  kUndueDiscount = 1006,
  kKickback = 1007,
  kCompetitorSecrets = 1008,
  kUnethicalConduct = 1009,
  kUnreachable = 1010,
  kTakesAllAttention = 1011,
  kIgnoresAdvice = 1012,
  kUnprofitable = 1013,
  kNoLongerFits = 1014,
};

struct ReasonInfo {
  Reason reason;
  std::string_view name;      // "deposit-unsettled"
  std::string_view sentence;  // "deposit paid, balance never settled"
};

// Every reason, in order of number.
std::span<const ReasonInfo> AllReasons();
// Aborts on a number that no reason has: whoever reads numbers uses ReasonFromNumber.
const ReasonInfo& Info(Reason reason);
inline bool IsShareable(Reason reason) { return static_cast<uint16_t>(reason) < 1000; }
// InvalidArgument listing the names that there are.
absl::StatusOr<Reason> ReasonFromName(std::string_view name);
// InvalidArgument for a number that no reason has.
absl::StatusOr<Reason> ReasonFromNumber(uint16_t number);

}  // namespace daftar::evidence

#endif  // DAFTAR_NODE_EVIDENCE_REASONS_H_
