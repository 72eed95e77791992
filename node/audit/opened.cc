#include "node/audit/opened.h"

#include <algorithm>
#include <utility>

#include "node/evidence/admissibility.h"
#include "node/evidence/labels.h"

namespace daftar::audit {
namespace {

using evidence::EntryKind;

std::string ReportText(uint64_t index) { return "REPORT " + std::to_string(index); }

// The charter without what is not in an entry: that is in the case.
evidence::Charter OnlyFacts(const evidence::Charter& charter, evidence::Reason reason) {
  evidence::Charter only;
  const auto found = charter.reasons.find(reason);
  if (found == charter.reasons.end()) return only;
  evidence::ReasonProfile profile = found->second;
  profile.told_beforehand = false;
  profile.proof.clear();
  profile.second_person = false;
  only.reasons.emplace(reason, std::move(profile));
  return only;
}

// "IDR 4,500,000".
std::string AmountText(const evidence::Money& amount) {
  constexpr size_t kGroup = 3;
  std::string text = evidence::FormatMoney(amount);
  for (size_t at = std::min(text.find('.'), text.size()); at > kGroup;) {
    at -= kGroup;
    text.insert(at, 1, ',');
  }
  return amount.currency.code() + " " + text;
}

std::string FactsText(const evidence::ReportFacts& facts) {
  std::string text(evidence::Info(facts.reason).name);
  if (facts.amount.currency.has_value()) {
    text += ", " + AmountText(facts.amount);
  }
  text += ", occurred " + facts.occurred.ToString();
  if (facts.due.has_value()) text += ", due " + facts.due.ToString();
  if (!facts.reminders.empty()) {
    text += ", reminded";
    for (const evidence::Date reminder : facts.reminders) text += " " + reminder.ToString();
  }
  if (!facts.proofs_root.IsZero()) text += ", with proof";
  return text;
}

std::string UpdateText(const evidence::Header& entry, const evidence::Facts& facts) {
  const auto on = [](evidence::Date day) { return " on " + day.ToString(); };
  if (const auto* settled = std::get_if<evidence::SettlementFacts>(&facts)) {
    return "settled" + on(settled->settled_on);
  }
  if (const auto* disputed = std::get_if<evidence::DisputeFacts>(&facts)) {
    return "disputed" + on(disputed->on);
  }
  if (const auto* resolved = std::get_if<evidence::ResolutionFacts>(&facts)) {
    return (resolved->upheld ? "found right" : "found wrong") + on(resolved->on);
  }
  if (const auto* corrected = std::get_if<evidence::CorrectionFacts>(&facts)) {
    return "corrected" + on(corrected->on) + " to: " + FactsText(corrected->corrected);
  }
  if (const auto* withdrawn = std::get_if<evidence::WithdrawalFacts>(&facts)) {
    return "withdrawn" + on(withdrawn->on);
  }
  return std::string(evidence::KindName(entry.kind));
}

}  // namespace

evidence::Date DayOfReport(uint64_t issued_at) {
  return evidence::Date::Of(evidence::UnixMillis::OfSeconds(static_cast<int64_t>(issued_at)));
}

void Openings::Read() {
  Findings& findings = context_.findings();
  if (!context_.Has("openings")) {
    findings.LeaveOut(Check::kOpenings,
                      "The bundle opens no report: what reports say stays sealed.");
    findings.LeaveOut(Check::kFacts, "The bundle opens no report.");
    return;
  }
  const auto reader = context_.Open("openings");
  uint64_t least = 0;
  while (!reader->AtEnd()) {
    const auto index = reader->TakeInteger(8);
    const auto bytes = index ? reader->Take(crypto::Secret32::kSize) : std::nullopt;
    if (!bytes || *index < least || *index > evidence::kMaxIndexOrTime ||
        reports_.size() == kMaxOpenings) {
      if (reader->status().ok()) {
        findings.Fail(Check::kOpenings, "The file 'openings' is not in its format.");
      }
      break;
    }
    least = *index + 1;
    OpenedReport report;
    report.key = *crypto::Secret32::Create(*bytes);
    reports_.emplace_hint(reports_.end(), *index, std::move(report));
  }
  context_.Close("openings", *reader);
}

void Openings::Add(const evidence::Header& entry, const evidence::Body& body) {
  if (reports_.empty()) return;
  if (const auto* update = std::get_if<evidence::UpdateBody>(&body))
    return AddUpdate(entry, *update);
  const auto* report_body = std::get_if<evidence::ReportBody>(&body);
  const auto found = report_body == nullptr ? reports_.end() : reports_.find(entry.index);
  if (found == reports_.end()) return;
  OpenedReport& report = found->second;
  report.found = true;
  report.issued_at = entry.issued_at;
  report.charter = charters_.newest();
  auto facts = evidence::OpenReport(*report_body, context_.manifest().origin, report.key);
  if (!facts.ok()) {
    context_.findings().Fail(Check::kOpenings, ReportText(entry.index) + " does not open: " +
                                                   std::string(facts.status().message()) + ".");
    return;
  }
  report.opens = true;
  ++opened_;
  report.facts = *std::move(facts);
  Stand(report, report.facts, entry.issued_at);
}

void Openings::Stand(OpenedReport& report, const evidence::ReportFacts& facts, uint64_t stated_at) {
  report.standing_reason = facts.reason;
  report.standing_occurred = std::min(facts.occurred, DayOfReport(stated_at));
}

void Openings::AddUpdate(const evidence::Header& entry, const evidence::UpdateBody& body) {
  const auto found = reports_.find(entry.about);
  if (found == reports_.end() || !found->second.opens) return;
  OpenedReport& report = found->second;
  auto facts = evidence::OpenUpdate(entry.kind, body, context_.manifest().origin, report.key);
  if (!facts.ok()) {
    context_.findings().Fail(Check::kOpenings, "Entry " + std::to_string(entry.index) + " about " +
                                                   ReportText(entry.about) + " does not open: " +
                                                   std::string(facts.status().message()) + ".");
    return;
  }
  if (const auto* corrected = std::get_if<evidence::CorrectionFacts>(&*facts)) {
    Stand(report, corrected->corrected, entry.issued_at);
  }
  constexpr size_t kMostWords = 2000;
  if (report.became.size() < kMostWords) report.became += "; " + UpdateText(entry, *facts);
}

void Openings::CheckFacts(uint64_t index, const OpenedReport& report) {
  const evidence::Charter* charter = charters_.At(report.charter);
  if (charter == nullptr) {
    ++without_charter_;
    return;
  }
  ++facts_checked_;
  evidence::IncidentCase incident;
  incident.facts = report.facts;
  incident.identifiers = 1;  // how many there are nobody can tell
  incident.today = DayOfReport(report.issued_at);
  if (!charter->reasons.contains(report.facts.reason)) {
    context_.findings().Fail(Check::kFacts,
                             ReportText(index) + ": the charter does not share its reason, " +
                                 std::string(evidence::Info(report.facts.reason).name) + ".");
    return;
  }
  for (const std::string& missing :
       evidence::MissingForSharing(incident, OnlyFacts(*charter, report.facts.reason))) {
    context_.findings().Fail(Check::kFacts, ReportText(index) + ", published on " +
                                                incident.today.ToString() +
                                                ", lacked something then: " + missing);
  }
}

void Openings::Finish(ReportMarks& marks) {
  Findings& findings = context_.findings();
  for (const auto& [index, report] : reports_) {
    if (!report.found) {
      findings.Fail(Check::kOpenings, "There is a key for " + ReportText(index) +
                                          ", which is no REPORT of this bundle with a body.");
    }
    if (!report.opens) continue;
    CheckFacts(index, report);
    const evidence::Charter* charter = charters_.At(report.charter);
    if (charter == nullptr) continue;
    const auto profile = charter->reasons.find(report.standing_reason);
    if (profile == charter->reasons.end()) continue;
    marks.SetRetentionEnd(
        index, evidence::RetentionEnd(report.standing_occurred, profile->second.retention_months));
  }
  if (opened_ > 0) findings.Found(Check::kOpenings, CountOf(opened_, "report.", "reports."));
  if (facts_checked_ > 0) {
    findings.Found(Check::kFacts, CountOf(facts_checked_, "report.", "reports."));
  }
  if (without_charter_ > 0) {
    findings.LeaveOut(Check::kFacts, CountOf(without_charter_, "report stands", "reports stand") +
                                         " under a charter that the bundle does not have.");
  }
}

const OpenedReport* Openings::Find(uint64_t report) const {
  const auto found = reports_.find(report);
  return found == reports_.end() ? nullptr : &found->second;
}

std::vector<std::string> Openings::Told() const {
  std::vector<std::string> told;
  for (const auto& [index, report] : reports_) {
    if (told.size() == kMaxCheckSentences) break;
    if (!report.opens) continue;
    told.push_back(ReportText(index) + ", published on " +
                   DayOfReport(report.issued_at).ToString() + ": " + FactsText(report.facts) +
                   report.became + ".");
  }
  return told;
}

}  // namespace daftar::audit
