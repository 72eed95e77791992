#include "node/audit/report_marks.h"

#include <algorithm>
#include <tuple>

#include "node/evidence/admissibility.h"

namespace daftar::audit {
namespace {

using evidence::EntryKind;
using evidence::Header;

constexpr uint64_t kSecondsPerHour = 3600;
constexpr uint64_t kSecondsPerDay = 86'400;
constexpr uint64_t kGraceSeconds = 3600;  // what a limit may be missed by
constexpr uint64_t kNoLimit = uint64_t{1} << 63;

std::string Named(const Header& entry) {
  return "Entry " + std::to_string(entry.index) + " (" +
         std::string(evidence::KindName(entry.kind)) + ")";
}

// The order within a tick: REPORTs by commitment, then the rest.
auto PlaceInTick(const Header& entry) {
  const bool report = entry.kind == EntryKind::kReport;
  return std::make_tuple(!report, report ? 0 : entry.about,
                         report ? uint8_t{0} : static_cast<uint8_t>(entry.kind), entry.commitment);
}

evidence::Date DayOf(uint64_t unix_seconds) {
  return evidence::Date::Of(evidence::UnixMillis::OfSeconds(static_cast<int64_t>(unix_seconds)));
}

uint32_t LongestRetention(const evidence::Charter& charter) {
  uint32_t months = 0;
  for (const auto& [reason, profile] : charter.reasons) {
    months = std::max(months, profile.retention_months);
  }
  return months;
}

}  // namespace

ReportMarks::Mark* ReportMarks::FindReport(uint64_t index) {
  const auto found = std::ranges::lower_bound(reports_, index, {}, &Mark::index);
  return found == reports_.end() || found->index != index ? nullptr : &*found;
}

void ReportMarks::CountBody(Bodies& bodies, const Header& entry, bool has_body) {
  if (entry.kind == EntryKind::kErasure) {
    bodies.erased = true;
  } else {
    ++(has_body ? bodies.present : bodies.missing);
  }
}

void ReportMarks::CheckNeighbours(const Header& entry) {
  // Entries 0 and 1 of a log are a tick of their own making.
  constexpr uint64_t kFirstSorted = 2;
  if (last_ && last_->index >= kFirstSorted && last_->issued_at == entry.issued_at &&
      PlaceInTick(entry) < PlaceInTick(*last_)) {
    context_.findings().Fail(Check::kOrder, Named(entry) + " should stand before entry " +
                                                std::to_string(last_->index) +
                                                ", which was published with it.");
  }
  last_ = entry;
}

void ReportMarks::Add(const Header& entry, bool has_body) {
  const bool log = context_.is_log();
  bodies_ += has_body ? 1 : 0;
  if (log) CheckNeighbours(entry);
  if (entry.kind == EntryKind::kReport && log) {
    Mark mark;
    mark.index = entry.index;
    mark.issued_at = entry.issued_at;
    mark.charter = charters_.newest();
    CountBody(mark.bodies, entry, has_body);
    // A place that was taken already is told of under `entries`.
    if (reports_.empty() || reports_.back().index < entry.index) reports_.push_back(mark);
    return;
  }
  if (entry.kind != EntryKind::kReport && !evidence::IsAboutReport(entry.kind)) return;
  const uint64_t report = entry.kind == EntryKind::kReport ? entry.index : entry.about;
  if (!log || report < context_.manifest().from) {
    if (log) CheckAboutEarlier(entry);
    CountBody(others_[report], entry, has_body);
    return;
  }
  Mark* mark = FindReport(report);
  if (mark == nullptr) {
    context_.findings().Fail(Check::kOrder, Named(entry) + " is about entry " +
                                                std::to_string(report) + ", which is no REPORT.");
    CountBody(others_[report], entry, has_body);
    return;
  }
  CountBody(mark->bodies, entry, has_body);
  CheckOrder(*mark, entry);
  CheckDeadlines(*mark, entry);
}

void ReportMarks::CheckAboutEarlier(const Header& entry) {
  ++about_earlier_;
  if (!std::ranges::binary_search(no_reports_, entry.about)) return;
  context_.findings().Fail(
      Check::kOrder,
      Named(entry) + " is about entry " + std::to_string(entry.about) + ", which is no REPORT.");
}

void ReportMarks::CheckOrder(Mark& report, const Header& entry) {
  ++ordered_;
  if (entry.issued_at <= report.issued_at) {
    context_.findings().Fail(Check::kOrder, Named(entry) +
                                                " is not issued later than the REPORT that it is "
                                                "about, " +
                                                std::to_string(report.index) + ".");
  }
  if (entry.issued_at == report.last_about_at) {
    context_.findings().Fail(Check::kOrder, Named(entry) + " is the second one about REPORT " +
                                                std::to_string(report.index) +
                                                " of one time; they are published one by one.");
  }
  report.last_about_at = entry.issued_at;
  if (!report.order.Accepts(entry.kind)) {
    context_.findings().Fail(Check::kOrder, Named(entry) +
                                                " may not follow what was said before about "
                                                "REPORT " +
                                                std::to_string(report.index) + ".");
  }
  report.order.Add(entry.kind);
}

void ReportMarks::CheckLimit(const Mark& report, uint64_t limit, std::optional<uint64_t> ended_at,
                             const char* what) {
  ++limits_;
  // `made-at` is the shop's own word: it excuses what has not come yet, never what came late.
  const uint64_t judged_at = ended_at.value_or(static_cast<uint64_t>(context_.manifest().made_at));
  if (judged_at <= limit + kGraceSeconds) return;
  context_.findings().Fail(
      Check::kDeadlines,
      "REPORT " + std::to_string(report.index) + ": " + what + " by " + TimeText(limit) +
          (ended_at ? "; that came at " + TimeText(*ended_at) + "." : "; that has not come."));
}

uint64_t ReportMarks::RetentionLimit(const Mark& report, const evidence::Charter& charter) const {
  if (report.retention_day != 0) return report.retention_day * kSecondsPerDay;
  if (charter.reasons.empty()) return kNoLimit;
  const evidence::Date end =
      evidence::RetentionEnd(DayOf(report.issued_at), LongestRetention(charter));
  return end.days() * kSecondsPerDay;
}

namespace {
constexpr const char* kWithdrawSettled = "settled, it was to be withdrawn";
constexpr const char* kAnswerDispute = "disputed, it was to be resolved or withdrawn";
constexpr const char* kEraseWithdrawn = "withdrawn, it was to be erased";
constexpr const char* kEraseExpired = "kept as long as the charter allows, it was to be erased";
}  // namespace

void ReportMarks::CheckDeadlines(Mark& report, const Header& entry) {
  const evidence::Charter* charter = charters_.At(report.charter);
  if (charter == nullptr) return;
  const bool erased = entry.kind == EntryKind::kErasure;
  const bool over = erased || entry.kind == EntryKind::kWithdrawal;
  if (report.disputed_at != 0 && (over || entry.kind == EntryKind::kResolution)) {
    CheckLimit(report, report.disputed_at + charter->dispute_withdraw_days * kSecondsPerDay,
               entry.issued_at, kAnswerDispute);
    report.disputed_at = 0;
  }
  if (report.settled_at != 0 && over) {
    CheckLimit(report,
               report.settled_at + charter->withdraw_after_settlement_hours * kSecondsPerHour,
               entry.issued_at, kWithdrawSettled);
    report.settled_at = 0;
  }
  if (report.withdrawn_at != 0 && erased) {
    CheckLimit(report,
               report.withdrawn_at + charter->erase_after_withdrawal_hours * kSecondsPerHour,
               entry.issued_at, kEraseWithdrawn);
    report.withdrawn_at = 0;
  }
  if (erased && report.bodies.erased) {
    CheckLimit(report, RetentionLimit(report, *charter), entry.issued_at, kEraseExpired);
  }
  if (entry.kind == EntryKind::kSettlement) report.settled_at = entry.issued_at;
  if (entry.kind == EntryKind::kDispute) report.disputed_at = entry.issued_at;
  if (entry.kind == EntryKind::kWithdrawal) report.withdrawn_at = entry.issued_at;
}

void ReportMarks::SetRetentionEnd(uint64_t report, evidence::Date end) {
  if (Mark* mark = FindReport(report)) mark->retention_day = end.days();
}

void ReportMarks::JudgeBodies(uint64_t index, const Bodies& bodies) {
  Findings& findings = context_.findings();
  if (bodies.erased && bodies.present > 0) {
    findings.Fail(Check::kBodies, "REPORT " + std::to_string(index) + " was erased, and " +
                                      CountOf(bodies.present, "body is", "bodies are") +
                                      " there of it or of what is about it.");
  }
  if (!bodies.erased && bodies.missing > 0) {
    findings.Fail(Check::kErasures,
                  "REPORT " + std::to_string(index) + ": " +
                      CountOf(bodies.missing, "body is", "bodies are") +
                      " missing of it or of what is about it, and no ERASURE says why.");
  }
}

void ReportMarks::FinishDeadlines() {
  for (const Mark& report : reports_) {
    const evidence::Charter* charter = charters_.At(report.charter);
    if (charter == nullptr) {
      ++without_charter_;
      continue;
    }
    if (report.disputed_at != 0) {
      CheckLimit(report, report.disputed_at + charter->dispute_withdraw_days * kSecondsPerDay, {},
                 kAnswerDispute);
    }
    if (report.settled_at != 0) {
      CheckLimit(report,
                 report.settled_at + charter->withdraw_after_settlement_hours * kSecondsPerHour, {},
                 kWithdrawSettled);
    }
    if (report.withdrawn_at != 0) {
      CheckLimit(report,
                 report.withdrawn_at + charter->erase_after_withdrawal_hours * kSecondsPerHour, {},
                 kEraseWithdrawn);
    }
    if (!report.bodies.erased) {
      CheckLimit(report, RetentionLimit(report, *charter), {}, kEraseExpired);
    }
  }
}

void ReportMarks::Finish() {
  Findings& findings = context_.findings();
  uint64_t erased = 0;
  for (const Mark& report : reports_) {
    JudgeBodies(report.index, report.bodies);
    erased += report.bodies.erased ? 1 : 0;
  }
  for (const auto& [index, bodies] : others_) {
    JudgeBodies(index, bodies);
    erased += bodies.erased ? 1 : 0;
  }
  findings.Found(Check::kBodies, CountOf(bodies_, "body.", "bodies."));
  findings.Found(Check::kErasures, CountOf(erased, "report was erased.", "reports were erased."));
  if (!context_.is_log()) {
    constexpr const char* kExcerpt = "An excerpt does not show what stands between its entries.";
    findings.LeaveOut(Check::kOrder, kExcerpt);
    findings.LeaveOut(Check::kDeadlines, kExcerpt);
    findings.LeaveOut(Check::kErasures, "Whether more was erased: the excerpt does not show it.");
    return;
  }
  FinishDeadlines();
  findings.Found(Check::kOrder,
                 CountOf(ordered_, "entry about a report.", "entries about reports."));
  if (limits_ > 0 || reports_.empty()) {
    findings.Found(Check::kDeadlines,
                   CountOf(limits_, "time limit of ", "time limits of ") +
                       CountOf(reports_.size() - without_charter_, "report.", "reports."));
  }
  if (without_charter_ > 0) {
    findings.LeaveOut(Check::kDeadlines,
                      CountOf(without_charter_, "report stands", "reports stand") +
                          " under a charter that the bundle does not have.");
  }
  if (about_earlier_ > 0) {
    const std::string earlier = CountOf(about_earlier_, "entry is", "entries are") +
                                " about reports from before the beginning of this bundle.";
    findings.LeaveOut(Check::kOrder, earlier);
    findings.LeaveOut(Check::kDeadlines, earlier);
  }
}

}  // namespace daftar::audit
