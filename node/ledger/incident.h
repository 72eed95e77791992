// This shop's private account of what happened, and its state on the way into the log (DESIGN
// section 7). Everything here is personal data: sealed at rest, never in a log line or an error.
#ifndef DAFTAR_NODE_LEDGER_INCIDENT_H_
#define DAFTAR_NODE_LEDGER_INCIDENT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "node/decision/decision.h"
#include "node/evidence/body.h"
#include "node/evidence/clock.h"
#include "node/evidence/entry.h"
#include "node/evidence/facts.h"
#include "node/evidence/money.h"
#include "node/evidence/reasons.h"
#include "node/identity/identifier.h"

namespace daftar::ledger {

using IncidentId = crypto::FixedBytes<struct IncidentIdTag, 16>;
using SubmissionId = crypto::FixedBytes<struct SubmissionIdTag, 16>;

// Numbers are on disk: never renumber.
enum class IncidentState : uint8_t {
  kDraft = 1,
  kReady = 2,      // derived: a draft that lacks nothing but its approval
  kApproved = 3,   // queued for the next tick
  kHeld = 4,       // the notice period runs, once the customer has been given notice
  kPublished = 5,  // derived: approved or held, and its report has an index
  kSettled = 6,
  kDisputed = 7,
  kWithdrawn = 8,
  kCorrected = 9,
  kExpired = 10,
  kErased = 11,
};
std::string_view StateName(IncidentState state);
// InvalidArgument listing the names that there are.
absl::StatusOr<IncidentState> StateFromName(std::string_view name);

enum class IncidentAction : uint8_t {
  kAdded = 1,
  kPublishAsked = 2,
  kSettled = 3,
  kWithdrawn = 4,
  kMitigated = 5,
  kReminded = 6,
  kApproved = 7,
  kNoticed = 8,  // the letter of notice was made
  kDisputed = 9,
  kUpheld = 10,   // a dispute was resolved: the report stands
  kRefuted = 11,  // a dispute was resolved: the customer was right
  kCorrected = 12,
  kErased = 13,
  kExpired = 14,
  kStopped = 15,  // it could not be shared any more when its hold ended
  kLogLost = 16,  // its report went with a log that a new one replaces
};
std::string_view ActionName(IncidentAction action);

inline constexpr size_t kMaxNoteBytes = 2000;  // free text of the shop's own
// Beyond it nothing is noted but what ends an incident: its withdrawal, erasure and expiry, and
// what the log has of it already when that is taken back.
inline constexpr size_t kMaxIncidentEvents = 200;
// What stands in the log about one report is never left out of the events, by which an erasure
// finds the bodies that go with it. This node signs a good kMaxIncidentEvents at most.
inline constexpr size_t kMaxTakenBackEvents = 1000;

// Why the node itself says that an incident has a report, after `daftar log recover`.
inline constexpr std::string_view kFoundAgain =
    "found again in a partner's copy of this node's log";

struct IncidentEvent {
  evidence::UnixMillis at;
  std::string by;
  IncidentAction action = IncidentAction::kAdded;
  std::string because;
  // The entry that carries it to partners, when one does.
  std::optional<SubmissionId> submission;
};

// What a person or the shop's system files.
struct NewIncident {
  evidence::Reason reason = evidence::Reason::kDepositUnsettled;
  std::vector<identity::Identifier> identifiers;  // 1 to 4, each once
  evidence::Money amount;                         // none, or more than 0
  // Of an order's money that came late: the day after it was due.
  evidence::Date occurred;
  evidence::Date due;
  std::vector<evidence::Date> reminders;  // each later than the one before
  std::string order;  // the order's id in the book, or empty; an order has at most one that stands
  std::string note;
  decision::Mitigations mitigations;  // what speaks for the customer, as it was filed
  // The day on which the customer was told that it may be reported; none: not told.
  evidence::Date told_on;
  friend bool operator==(const NewIncident&, const NewIncident&) = default;
};

// What turned out to be otherwise than filed. What is absent stays as it is.
struct Correction {
  std::optional<evidence::Money> amount;
  std::optional<evidence::Date> occurred;
  std::optional<evidence::Date> due;
  std::optional<std::vector<evidence::Date>> reminders;
  std::optional<evidence::Date> told_on;  // before publication only
  bool empty() const { return !amount && !occurred && !due && !reminders && !told_on; }
  friend bool operator==(const Correction&, const Correction&) = default;
};

// A dispute that is not resolved.
struct OpenDispute {
  evidence::DisputedBy by = evidence::DisputedBy::kShop;
  evidence::Date on;
  evidence::UnixMillis noted_at;
};

struct Incident {
  IncidentId id;
  IncidentState state = IncidentState::kDraft;
  NewIncident account;
  decision::Mitigations mitigations;  // with what was noted since
  evidence::UnixMillis added_at;
  std::string added_by;
  // Unix seconds; 0 without a hold, and until the customer has been given notice.
  int64_t held_until = 0;
  std::optional<SubmissionId> report;  // its REPORT, once publishing was asked for
  int64_t report_not_before = 0;       // Unix seconds: the queue row's time
  std::vector<IncidentEvent> events;
  evidence::Date settled_on;  // of a settled one, or one that was withdrawn as paid
  std::optional<evidence::WithdrawalGround> withdrawn_for;  // of a withdrawn one
  std::vector<evidence::Date> later_reminders;  // noted since it was filed, in any order
  Correction corrected;
  std::string approved_by;  // who let it be shared, where the charter wants a second person
  int64_t noticed_at = 0;   // Unix seconds: when the notice of its hold was made; 0: not yet
  std::optional<OpenDispute> dispute;
  std::optional<evidence::ErasureGround> erased_for;
  // Under which its report was made, or notice given of a hold; zero: neither was.
  evidence::CharterHash charter;
  int64_t last_queued = 0;  // Unix seconds: the queue time of its newest entry
  int64_t deadline = 0;     // Unix seconds: its row among the deadlines; 0: none

  // The account with all reminders, as corrected.
  NewIncident Standing() const;
  // Whether partners have, or have had, a report of it: also one that went with a lost log.
  bool WasReported() const { return report.has_value() || LastTime(IncidentAction::kLogLost) != 0; }
  // Whether it was erased or has expired: nobody is shown its proof any more.
  bool HasEndedForGood() const {
    return state == IncidentState::kErased || state == IncidentState::kExpired;
  }
  // Whether all that it said was removed; id, state, reason and the times of its events remain.
  bool IsScrubbed() const { return account.identifiers.empty(); }
  // Whether the log has, or will have with what is queued, a DISPUTE that no RESOLUTION answers. A
  // settlement leaves it there.
  bool HasOpenDisputeEntry() const;
  // What was approved, held and given notice of has changed, or was in question: it is a draft, and
  // all three begin anew.
  void MakeDraft();
  // It is as it was before its dispute.
  void EndDispute();
  // When that last happened, in Unix seconds; 0: never.
  int64_t LastTime(IncidentAction action) const;
  // Rows of versions 1 to 4 are read too, which lack what later ones added: 2 mitigations, 3 the
  // day it was settled and the ground of its withdrawal, 4 the later reminders, 5 all from
  // `corrected` on and `told_on`.
  crypto::Bytes Encode() const;
  // DataLoss when the row is malformed or of a newer version.
  static absl::StatusOr<Incident> Decode(crypto::ByteView bytes);
};

}  // namespace daftar::ledger

#endif  // DAFTAR_NODE_LEDGER_INCIDENT_H_
