#include "node/audit/watch_deadlines.h"

#include <algorithm>

#include "node/evidence/admissibility.h"

namespace daftar::audit {
namespace {

using evidence::EntryKind;

constexpr int64_t kHour = 3600;
constexpr int64_t kDay = 24 * kHour;
// No limit is computed from a later time; a header may hold any number below 2^63.
constexpr int64_t kLatestTime = int64_t{1} << 62;

int64_t Seconds(uint64_t issued_at) {
  return std::min(static_cast<int64_t>(issued_at), kLatestTime);
}

int64_t RetentionLimit(int64_t issued_at, const evidence::Charter& charter) {
  uint32_t longest = 0;
  for (const auto& [reason, profile] : charter.reasons) {
    longest = std::max(longest, profile.retention_months);
  }
  const auto day = evidence::Date::Of(evidence::UnixMillis::OfSeconds(issued_at));
  const evidence::Date end = evidence::RetentionEnd(day, longest);
  return end.has_value() ? int64_t{end.days()} * kDay : kLatestTime;
}

int64_t LimitOf(Deadline deadline, const OpenReport& report, const evidence::Charter& charter) {
  switch (deadline) {
    case Deadline::kSettlement:
      return report.settled_at + int64_t{charter.withdraw_after_settlement_hours} * kHour;
    case Deadline::kDispute:
      return report.disputed_at + int64_t{charter.dispute_withdraw_days} * kDay;
    case Deadline::kWithdrawal:
      return report.withdrawn_at + int64_t{charter.erase_after_withdrawal_hours} * kHour;
    case Deadline::kRetention:
      return RetentionLimit(report.issued_at, charter);
  }
  return kLatestTime;
}

std::vector<Deadline> Running(const OpenReport& report) {
  std::vector<Deadline> running;
  if (report.settled_at != 0) running.push_back(Deadline::kSettlement);
  if (report.disputed_at != 0) running.push_back(Deadline::kDispute);
  if (report.withdrawn_at != 0) running.push_back(Deadline::kWithdrawal);
  running.push_back(Deadline::kRetention);
  return running;
}

bool Ends(EntryKind kind, Deadline deadline) {
  switch (deadline) {
    case Deadline::kSettlement:
      return kind == EntryKind::kWithdrawal || kind == EntryKind::kErasure;
    case Deadline::kDispute:
      return kind == EntryKind::kResolution || kind == EntryKind::kWithdrawal ||
             kind == EntryKind::kErasure;
    case Deadline::kWithdrawal:
    case Deadline::kRetention:
      return kind == EntryKind::kErasure;
  }
  return false;
}

}  // namespace

std::string_view DeadlineName(Deadline deadline) {
  switch (deadline) {
    case Deadline::kSettlement:
      return "settlement";
    case Deadline::kDispute:
      return "dispute";
    case Deadline::kWithdrawal:
      return "withdrawal";
    case Deadline::kRetention:
      return "retention";
  }
  return "unknown";
}

std::string_view DeadlineWords(Deadline deadline) {
  switch (deadline) {
    case Deadline::kSettlement:
      return "settled and not withdrawn";
    case Deadline::kDispute:
      return "disputed and neither resolved nor withdrawn";
    case Deadline::kWithdrawal:
      return "withdrawn and not erased";
    case Deadline::kRetention:
      return "kept for longer than the charter's longest retention";
  }
  return "unknown";
}

absl::StatusOr<std::vector<MissedDeadline>> TakeIn(const evidence::Header& header,
                                                   const evidence::Charter* charter,
                                                   OpenReports& open, size_t most) {
  std::vector<MissedDeadline> late;
  const int64_t at = Seconds(header.issued_at);
  if (header.kind == EntryKind::kReport) {
    if (open.size() >= most) {
      return absl::ResourceExhaustedError("the log has more than " + std::to_string(most) +
                                          " reports that are not erased");
    }
    open[header.index].issued_at = at;
    return late;
  }
  if (!evidence::IsAboutReport(header.kind)) return late;
  const auto found = open.find(header.about);
  if (found == open.end()) return late;
  OpenReport& report = found->second;
  // After a WITHDRAWAL comes nothing but an ERASURE; anything else is void.
  if (report.withdrawn_at != 0 && header.kind != EntryKind::kErasure) return late;
  if (charter != nullptr) {
    for (const Deadline deadline : Running(report)) {
      const int64_t limit = LimitOf(deadline, report, *charter);
      if (Ends(header.kind, deadline) && at > limit + kDeadlineGraceSeconds) {
        late.push_back({header.about, deadline, limit, at});
      }
    }
  }
  switch (header.kind) {
    case EntryKind::kSettlement:
      if (report.settled_at == 0) report.settled_at = at;
      break;
    case EntryKind::kDispute:
      if (report.disputed_at == 0) report.disputed_at = at;
      break;
    case EntryKind::kResolution:
      report.disputed_at = 0;
      break;
    case EntryKind::kWithdrawal:
      report.settled_at = 0;
      report.disputed_at = 0;
      report.withdrawn_at = at;
      break;
    case EntryKind::kErasure:
      open.erase(found);
      break;
    default:
      break;
  }
  return late;
}

std::vector<MissedDeadline> Overdue(const OpenReports& open, const evidence::Charter& charter,
                                    int64_t now) {
  std::vector<MissedDeadline> overdue;
  for (const auto& [index, report] : open) {
    for (const Deadline deadline : Running(report)) {
      const int64_t limit = LimitOf(deadline, report, charter);
      if (limit + kDeadlineGraceSeconds < now) overdue.push_back({index, deadline, limit, 0});
    }
  }
  return overdue;
}

}  // namespace daftar::audit
