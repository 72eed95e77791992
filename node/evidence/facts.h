// What an entry says about what happened: coded fields, padded with zeros to exactly 256 bytes, so
// that length tells nothing. Never free text, never a name.
#ifndef DAFTAR_NODE_EVIDENCE_FACTS_H_
#define DAFTAR_NODE_EVIDENCE_FACTS_H_

#include <array>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "node/evidence/clock.h"
#include "node/evidence/money.h"
#include "node/evidence/reasons.h"

namespace daftar::evidence {

inline constexpr size_t kFactsBytes = 256;
inline constexpr uint8_t kFactsVersion = 1;
inline constexpr size_t kMaxReminders = 8;

// How many orders the customer had settled with the shop before. Numbers are in entries.
enum class SettledBucket : uint8_t { kNone = 0, kOneOrTwo = 1, kThreeToNine = 2, kTenOrMore = 3 };
SettledBucket BucketOf(uint64_t settled_orders);

struct ReportFacts {
  Reason reason = Reason::kDepositUnsettled;
  Money amount;                 // may be absent: no currency, and then 0
  Date occurred;                // always there: age and retention count from it
  Date due;                     // may be absent
  std::vector<Date> reminders;  // each later than the one before, at most kMaxReminders
  SettledBucket settled_before = SettledBucket::kNone;
  crypto::Digest proofs_root;  // zero when there is no proof
  friend bool operator==(const ReportFacts&, const ReportFacts&) = default;
};

struct SettlementFacts {
  Date settled_on;
  friend bool operator==(const SettlementFacts&, const SettlementFacts&) = default;
};

enum class DisputedBy : uint8_t { kShop = 1, kPersonThroughShop = 2, kPersonThroughPartner = 3 };
struct DisputeFacts {
  DisputedBy by = DisputedBy::kShop;
  Date on;
  friend bool operator==(const DisputeFacts&, const DisputeFacts&) = default;
};

struct ResolutionFacts {
  bool upheld = false;  // true: the report was right
  Date on;
  friend bool operator==(const ResolutionFacts&, const ResolutionFacts&) = default;
};

// The facts as they are now; replaces the report's.
struct CorrectionFacts {
  ReportFacts corrected;
  Date on;
  friend bool operator==(const CorrectionFacts&, const CorrectionFacts&) = default;
};

// Numbers are in entries.
enum class WithdrawalGround : uint8_t {
  kPaid = 1,
  kDisputeUpheld = 2,
  kDisputeUnanswered = 3,
  kMistake = 4,
  kRequest = 5,
  kOther = 6,
};
struct WithdrawalFacts {
  WithdrawalGround ground = WithdrawalGround::kOther;
  Date on;
  friend bool operator==(const WithdrawalFacts&, const WithdrawalFacts&) = default;
};

using Facts = std::variant<ReportFacts, SettlementFacts, DisputeFacts, ResolutionFacts,
                           CorrectionFacts, WithdrawalFacts>;
using FactsBlock = std::array<uint8_t, kFactsBytes>;

// InvalidArgument naming the field that EncodeFacts would abort on.
absl::Status CheckFacts(const Facts& facts);

// The encoding of docs/protocol.md, "Facts"; which alternative is told by the entry's kind, so the
// block carries only the version. Aborts when CheckFacts refuses (a programmer's error).
FactsBlock EncodeFacts(const Facts& facts);

// InvalidArgument for another version, an unknown reason, currency or enum number, an impossible or
// missing date, reminders out of order, or padding that is not zero. A reason that may not be
// shared decodes: it is refused where an entry is sealed or opened (labels.h).
absl::StatusOr<ReportFacts> DecodeReportFacts(const FactsBlock& block);
absl::StatusOr<SettlementFacts> DecodeSettlementFacts(const FactsBlock& block);
absl::StatusOr<DisputeFacts> DecodeDisputeFacts(const FactsBlock& block);
absl::StatusOr<ResolutionFacts> DecodeResolutionFacts(const FactsBlock& block);
absl::StatusOr<CorrectionFacts> DecodeCorrectionFacts(const FactsBlock& block);
absl::StatusOr<WithdrawalFacts> DecodeWithdrawalFacts(const FactsBlock& block);

}  // namespace daftar::evidence

#endif  // DAFTAR_NODE_EVIDENCE_FACTS_H_
