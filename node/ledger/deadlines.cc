#include "node/ledger/deadlines.h"

#include <algorithm>

#include "node/evidence/admissibility.h"

namespace daftar::ledger {
namespace {

constexpr int64_t kSecondsPerHour = 3600;
constexpr int64_t kSecondsPerDay = 86'400;

// The start of the UTC day on which the report must no longer be shared.
std::optional<Deadline> Expiry(const Incident& incident, const evidence::Charter& charter) {
  const auto profile = charter.reasons.find(incident.account.reason);
  const uint32_t months = profile == charter.reasons.end() ? evidence::kMaxRetentionMonths
                                                           : profile->second.retention_months;
  const evidence::Date end = evidence::RetentionEnd(incident.Standing().occurred, months);
  if (!end.has_value()) return std::nullopt;
  return Deadline{int64_t{end.days()} * kSecondsPerDay, DeadlineAction::kExpire};
}

// When a settled one is to be withdrawn; none for what was not settled.
std::optional<Deadline> SettledEnd(const Incident& incident, const evidence::Charter& charter) {
  const int64_t settled_at = incident.LastTime(IncidentAction::kSettled);
  if (!incident.settled_on.has_value() || settled_at == 0) return std::nullopt;
  return Deadline{settled_at + int64_t{charter.withdraw_after_settlement_hours} * kSecondsPerHour,
                  DeadlineAction::kWithdrawSettled};
}

std::optional<Deadline> Earlier(std::optional<Deadline> a, std::optional<Deadline> b) {
  if (!a.has_value()) return b;
  return b.has_value() && b->at < a->at ? b : a;
}

}  // namespace

std::string_view DeadlineName(DeadlineAction action) {
  switch (action) {
    case DeadlineAction::kPublish:
      return "publish";
    case DeadlineAction::kWithdrawSettled:
      return "withdraw-settled";
    case DeadlineAction::kWithdrawUnanswered:
      return "withdraw-unanswered";
    case DeadlineAction::kErase:
      return "erase";
    case DeadlineAction::kExpire:
      return "expire";
    case DeadlineAction::kScrub:
      return "scrub";
  }
  return "unknown";
}

std::optional<Deadline> NextDeadline(const Incident& incident, const evidence::Charter& charter) {
  if (incident.IsScrubbed()) return std::nullopt;
  const bool has_report = incident.report.has_value();
  switch (incident.state) {
    case IncidentState::kHeld:
      // Earlier versions queued the report when the hold began.
      if (has_report) return Expiry(incident, charter);
      if (incident.held_until == 0) return std::nullopt;
      return Deadline{incident.held_until, DeadlineAction::kPublish};
    case IncidentState::kErased:
    case IncidentState::kExpired:
      return Deadline{0, DeadlineAction::kScrub};  // whatever the time
    // What was promised about a report stays promised when its log was lost.
    case IncidentState::kWithdrawn:
      if (!incident.WasReported()) return std::nullopt;
      return Deadline{incident.LastTime(IncidentAction::kWithdrawn) +
                          int64_t{charter.erase_after_withdrawal_hours} * kSecondsPerHour,
                      DeadlineAction::kErase};
    case IncidentState::kSettled:
      if (!incident.WasReported()) return std::nullopt;
      return Earlier(
          Deadline{incident.LastTime(IncidentAction::kSettled) +
                       int64_t{charter.withdraw_after_settlement_hours} * kSecondsPerHour,
                   DeadlineAction::kWithdrawSettled},
          Expiry(incident, charter));
    case IncidentState::kDisputed:
      if (!incident.WasReported() || !incident.dispute.has_value()) return std::nullopt;
      // A dispute takes away nothing that a settlement has promised.
      return Earlier(Earlier(Deadline{incident.dispute->noted_at.seconds() +
                                          int64_t{charter.dispute_withdraw_days} * kSecondsPerDay,
                                      DeadlineAction::kWithdrawUnanswered},
                             SettledEnd(incident, charter)),
                     Expiry(incident, charter));
    case IncidentState::kApproved:
    case IncidentState::kPublished:
    case IncidentState::kCorrected:
      return has_report ? Expiry(incident, charter) : std::nullopt;
    case IncidentState::kDraft:
    case IncidentState::kReady:
      return std::nullopt;
  }
  return std::nullopt;
}

evidence::Date LastDayToAnswer(int64_t noticed_at, int64_t held_until) {
  // The hold ends within a UTC day, on which the report goes out. The day before is over by then,
  // for every customer east of Greenwich too.
  return std::max(evidence::Date::Of(evidence::UnixMillis::OfSeconds(held_until)).PlusDays(-1),
                  evidence::Date::Of(evidence::UnixMillis::OfSeconds(noticed_at)));
}

int64_t DisputeFlaggedAt(const Incident& incident, const evidence::Charter& charter) {
  if (!incident.dispute.has_value() || incident.state != IncidentState::kDisputed) return 0;
  return incident.dispute->noted_at.seconds() + int64_t{charter.dispute_flag_days} * kSecondsPerDay;
}

}  // namespace daftar::ledger
