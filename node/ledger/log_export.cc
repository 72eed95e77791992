#include "node/ledger/log_export.h"

#include "node/evidence/labels.h"
#include "node/ledger/case_file.h"
#include "node/ledger/kept_heads.h"
#include "node/ledger/log_bundle.h"

namespace daftar::ledger {
namespace {

using crypto::Bytes;
using evidence::EntryKind;
using storage::Column;
using storage::kOwnLog;

// Reports opened in one bundle.
constexpr size_t kMaxOpenings = 10'000;
// Between fixing the head and the view of the store another head may be signed.
constexpr int kFixAttempts = 5;

std::string Entry(uint64_t index) { return "entry " + std::to_string(index); }

}  // namespace

absl::Status LogBundle::Run() {
  for (absl::Status (LogBundle::*step)() :
       {&LogBundle::FixView, &LogBundle::FixSizes, &LogBundle::Choose, &LogBundle::Look,
        &LogBundle::Open, &LogBundle::Write}) {
    if (absl::Status status = (this->*step)(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// A body is deleted after the head that covers its ERASURE: with a head that is still the newest
// once the view is taken, the view misses no body that the head says is there.
absl::Status LogBundle::FixView() {
  for (int attempt = 0; attempt < kFixAttempts; ++attempt) {
    newest_ = source_.publisher.Head();
    if (!newest_.has_value()) {
      return absl::UnavailableError("there is no signed head to export: " +
                                    source_.publisher.trouble());
    }
    store_ = source_.store.Snapshot();
    const auto after = source_.publisher.Head();
    if (after.has_value() && after->checkpoint == newest_->checkpoint) break;
  }
  log_.emplace(*store_);
  return absl::OkStatus();
}

absl::Status LogBundle::FixSizes() {
  to_ = request_.to == 0 ? newest_->checkpoint.size : request_.to;
  if (to_ == newest_->checkpoint.size) {
    head_ = newest_->note;
  } else {
    auto kept = ReadKeptHead(*store_, source_.identity, to_);
    if (!kept.ok()) return kept.status();
    head_ = *std::move(kept);
  }
  if (request_.from == 0) return absl::OkStatus();
  if (excerpt()) {
    return absl::InvalidArgumentError("an excerpt begins at 0: leave out --from, or --entries");
  }
  if (request_.from >= to_) {
    return absl::InvalidArgumentError("there is nothing from " + std::to_string(request_.from) +
                                      " on: " + WhatEnds() + " at " + std::to_string(to_));
  }
  auto kept = ReadKeptHead(*store_, source_.identity, request_.from);
  if (!kept.ok()) return kept.status();
  head_from_ = *std::move(kept);
  return absl::OkStatus();
}

std::string LogBundle::WhatEnds() const {
  return to_ < newest_->checkpoint.size ? "--to ends the bundle" : "the log ends";
}

absl::StatusOr<evidence::SignedHeader> LogBundle::ReadEntry(uint64_t index) const {
  auto leaf = log_->ReadLeaf(kOwnLog, index);
  if (!leaf.ok()) return leaf.status();
  auto entry = evidence::SignedHeader::DecodeLeaf(*leaf);
  if (!entry.ok()) return absl::DataLossError(Entry(index) + " of this node's log is no entry");
  return entry;
}

absl::Status LogBundle::CheckIndex(uint64_t index) const {
  if (index >= to_) {
    return absl::InvalidArgumentError(Entry(index) + " is not there: " + WhatEnds() + " at " +
                                      std::to_string(to_) + ", and the last is entry " +
                                      std::to_string(to_ - 1));
  }
  if (index < request_.from) {
    return absl::InvalidArgumentError(
        Entry(index) + " is before --from " + std::to_string(request_.from) +
        ": leave that out, or export an excerpt with --entries " + std::to_string(index));
  }
  return absl::OkStatus();
}

absl::Status LogBundle::Choose() {
  open_.insert(request_.open.begin(), request_.open.end());
  if (request_.incident.has_value()) {
    auto incident = source_.ledger.Get(*request_.incident);
    if (!incident.ok()) return incident.status();
    incident_ = *std::move(incident);
    if (!incident_->report.has_value() || incident_->report->index >= to_) {
      return absl::FailedPreconditionError(
          "the incident " + request_.incident->hex() + " is " +
          std::string(StateName(incident_->state)) +
          ", and the log has no report of it: only a published one has a case to show");
    }
    open_.insert(incident_->report->index);
  }
  if (open_.size() > kMaxOpenings) {
    return absl::InvalidArgumentError("one bundle opens at most " + std::to_string(kMaxOpenings) +
                                      " reports");
  }
  for (const uint64_t index : open_) {
    if (absl::Status status = CheckIndex(index); !status.ok()) return status;
    auto entry = ReadEntry(index);
    if (!entry.ok()) return entry.status();
    if (entry->header.kind != EntryKind::kReport) {
      return absl::FailedPreconditionError(
          Entry(index) + " is no REPORT but a " + std::string(KindName(entry->header.kind)) +
          ": reports are opened, and what is about them with them");
    }
  }
  if (!excerpt()) return absl::OkStatus();
  entries_.insert(request_.entries.begin(), request_.entries.end());
  entries_.insert(open_.begin(), open_.end());
  for (const uint64_t index : entries_) {
    if (absl::Status status = CheckIndex(index); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status LogBundle::Look() {
  std::set<uint64_t> reports;
  for (const uint64_t index : entries_) {
    auto entry = ReadEntry(index);
    if (!entry.ok()) return entry.status();
    if (const auto report = ReportOf(entry->header)) reports.insert(*report);
  }
  auto survey =
      SurveyLog(*log_, request_.from, to_, reports, [this] { return sink_.StillWanted(); });
  if (!survey.ok()) return survey.status();
  survey_ = *std::move(survey);
  for (const auto& [report, erasure] : survey_.erasures) entries_.insert(erasure);
  if (entries_.size() > audit::kMaxExcerptEntries) {
    return absl::InvalidArgumentError(
        "an excerpt has at most " + std::to_string(audit::kMaxExcerptEntries) +
        " entries, with those that are opened and the erasures of those that are gone; this one "
        "would have " +
        std::to_string(entries_.size()));
  }
  return absl::OkStatus();
}

absl::Status LogBundle::BodyIsMissing(uint64_t index) const {
  if (to_ < newest_->checkpoint.size) {
    return absl::FailedPreconditionError(
        "the body of " + Entry(index) + " was erased after the head of " + std::to_string(to_) +
        " entries, which cannot show why: leave out --to, so that the bundle ends with the newest "
        "head");
  }
  return absl::DataLossError("the body of " + Entry(index) +
                             " is missing, and no ERASURE says why");
}

absl::StatusOr<Bytes> LogBundle::ReadBody(uint64_t index) const {
  auto body =
      store_->Get(Column::kLogBodies, storage::LogIndexKey(static_cast<uint32_t>(kOwnLog), index));
  if (!body.ok()) return body.status();
  if (!body->has_value()) return BodyIsMissing(index);
  return **std::move(body);
}

absl::Status LogBundle::Open() {
  for (const uint64_t index : open_) {
    if (survey_.erased[index]) {
      return absl::FailedPreconditionError("the report at " + Entry(index) +
                                           " was erased: nobody can open it any more");
    }
    auto body = ReadBody(index);
    if (!body.ok()) return body.status();
    auto report = evidence::ReportBody::Decode(*body);
    if (!report.ok()) return absl::DataLossError("the body of " + Entry(index) + " is no REPORT's");
    crypto::Secret32 key = evidence::ReportKey(source_.record_key, report->salt);
    auto facts = evidence::OpenReport(*report, source_.identity.origin, key);
    if (!facts.ok()) {
      return absl::DataLossError("the report at " + Entry(index) +
                                 " does not open with this node's record key");
    }
    if (incident_.has_value() && incident_->report->index == index) {
      if (absl::Status status = MakeCase(*facts); !status.ok()) return status;
    }
    keys_.emplace(index, std::move(key));
  }
  return absl::OkStatus();
}

// A case that lacks what the charter asks for accuses the shop. Where the database that had it is
// lost, nobody can be accused; where it never was there, the auditor is to see that.
absl::Status LogBundle::MakeCase(const evidence::ReportFacts& facts) {
  const auto charter = source_.charters.Find(incident_->incident.charter);
  std::string lost;
  for (const std::string& part : LostOfCase(*incident_, facts, charter.get())) {
    lost += (lost.empty() ? "" : ", ") + part;
  }
  if (!lost.empty()) {
    const std::string index = std::to_string(incident_->report->index);
    return absl::FailedPreconditionError(
        "the incident " + request_.incident->hex() + " has no case to show: its report, entry " +
        index +
        ", was found again in a partner's copy of the log, and with the database before it went " +
        lost + ". Leave out --case; --open " + index + " shows what the report says");
  }
  auto text = CaseFile(*incident_, facts);
  if (!text.ok()) return text.status();
  case_ = *std::move(text);
  return absl::OkStatus();
}

absl::Status ExportLog(const LogExportSource& source, const LogExportRequest& request,
                       evidence::UnixMillis now, audit::BundleSink& sink) {
  return LogBundle(source, request, now, sink).Run();
}

}  // namespace daftar::ledger
