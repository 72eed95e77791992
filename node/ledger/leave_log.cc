// Incidents and a log that is given up: their reports go with it, and those that are live are
// published anew in the log that takes its place (docs/storage.md, "A log that cannot go on").
#include <algorithm>

#include "node/evidence/admissibility.h"
#include "node/ledger/incident_rows.h"
#include "node/ledger/ledger.h"

namespace daftar::ledger {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using storage::Batch;
using storage::Column;

constexpr std::string_view kLost =
    "the log that its report stood in could not go on, and a new one takes its place";
constexpr std::string_view kAnew = "published anew, in the log that takes the old one's place";
constexpr std::string_view kNameless =
    "its customer was lost with the database, so that its report cannot be published anew";

absl::Status Stopped() {
  return absl::CancelledError("stopped; the same command goes on from there");
}

// Of one whose customer is not known any more it is all that it names.
bool IsNameless(const Incident& incident) {
  return std::ranges::all_of(incident.account.identifiers, identity::IsLostCustomer);
}

}  // namespace

absl::Status Ledger::VisitPages(
    const std::function<absl::Status(const std::vector<IncidentId>& ids)>& visit) const {
  Bytes start = rows::TimePrefix();
  std::vector<IncidentId> ids;
  do {
    ids.clear();
    absl::Status scanned =
        store_.Scan(Column::kIncidents, rows::TimePrefix(), start, [&](ByteView key, ByteView) {
          ids.push_back(rows::IdAtEnd(key));
          start = crypto::ToBytes(key);
          return ids.size() < kMaxLeftPerWrite;
        });
    if (!scanned.ok()) return scanned;
    start.push_back(0);  // just past the last one
    if (absl::Status status = visit(ids); !status.ok()) return status;
  } while (ids.size() == kMaxLeftPerWrite);
  return absl::OkStatus();
}

absl::StatusOr<Ledger::LeftLog> Ledger::LeaveLog(const std::function<bool()>& go_on) {
  LeftLog left;
  absl::Status done = VisitPages([&](const std::vector<IncidentId>& ids) -> absl::Status {
    if (!go_on()) return Stopped();
    Batch batch;
    for (const IncidentId& id : ids) {
      auto stored = Load(id);
      // One that cannot be read has nothing to take off; whoever opens it is told.
      if (absl::IsDataLoss(stored.status()) || absl::IsNotFound(stored.status())) continue;
      if (!stored.ok()) return stored.status();
      auto had = LeaveLog(stored->incident, batch, left);
      if (!had.ok()) return had.status();
      if (!*had) continue;
      batch.ExpectValue(Column::kIncidents, rows::IncidentKey(id), stored->row);
      PutIncident(batch, stored->incident);
    }
    return batch.empty() ? absl::OkStatus() : store_.Write(std::move(batch));
  });
  if (!done.ok()) return done;
  return left;
}

absl::StatusOr<bool> Ledger::LeaveLog(Incident& incident, Batch& batch, LeftLog& left) const {
  const bool queued_anything = std::any_of(incident.events.begin(), incident.events.end(),
                                           [](const auto& e) { return e.submission.has_value(); });
  if (!incident.report.has_value() && !queued_anything) return false;
  bool published = false;
  if (incident.report.has_value()) {
    auto found = FindPublication(store_, *incident.report);
    if (!found.ok()) return found.status();
    published = found->has_value();
  }
  incident.report.reset();
  incident.report_not_before = 0;
  for (IncidentEvent& event : incident.events) event.submission.reset();
  if (published) {
    incident.events.push_back({clock_.Now(), std::string(kNodeActor), IncidentAction::kLogLost,
                               std::string(kLost), std::nullopt});
  }
  switch (incident.state) {
    case IncidentState::kHeld:
      // Earlier versions queued the report when the hold began: it goes on.
      if (!published) return true;
      [[fallthrough]];
    case IncidentState::kApproved:
    case IncidentState::kPublished:
    case IncidentState::kCorrected:
      if (IsNameless(incident)) {
        ++left.nameless;
        absl::Status withdrawn =
            WithdrawNow(incident, std::string(kNodeActor), evidence::WithdrawalGround::kOther,
                        std::string(kNameless), batch);
        if (!withdrawn.ok()) return withdrawn;
        return true;
      }
      ++left.live;
      // By this and the report that it lacks PublishAnew knows it.
      incident.state = IncidentState::kApproved;
      return true;
    case IncidentState::kDisputed:
      ++left.disputed;
      // Who approved it did so before it was in question.
      incident.approved_by.clear();
      return true;
    case IncidentState::kSettled:
    case IncidentState::kWithdrawn:
    case IncidentState::kErased:
    case IncidentState::kExpired:
      ++left.ended;
      return true;
    case IncidentState::kDraft:
    case IncidentState::kReady:
      return true;
  }
  return true;
}

absl::StatusOr<Ledger::PublishedAnew> Ledger::PublishAnew(const std::function<bool()>& go_on) {
  PublishedAnew anew;
  absl::Status done = VisitPages([&](const std::vector<IncidentId>& ids) -> absl::Status {
    for (const IncidentId& id : ids) {
      auto stored = Load(id);
      if (absl::IsDataLoss(stored.status()) || absl::IsNotFound(stored.status())) continue;
      if (!stored.ok()) return stored.status();
      Incident& incident = stored->incident;
      if (incident.state != IncidentState::kApproved || incident.report.has_value()) continue;
      if (!go_on()) return Stopped();
      // One write for each: the next may name the same person, and takes the next label.
      Batch batch;
      batch.ExpectValue(Column::kIncidents, rows::IncidentKey(id), stored->row);
      if (absl::Status status = PublishAnew(incident, batch, anew); !status.ok()) return status;
      PutIncident(batch, incident);
      if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
    }
    return absl::OkStatus();
  });
  if (!done.ok()) return done;
  return anew;
}

absl::Status Ledger::PublishAnew(Incident& incident, Batch& batch, PublishedAnew& done) {
  const evidence::UnixMillis now = clock_.Now();
  const auto& reasons = options_.charters.InForce()->reasons;
  const auto profile = reasons.find(incident.account.reason);
  const evidence::Date today = evidence::Date::Of(now);
  if (profile != reasons.end() &&
      today >=
          evidence::RetentionEnd(incident.Standing().occurred, profile->second.retention_months)) {
    ++done.expired;
    return EraseNow(incident, std::string(kNodeActor), IncidentAction::kExpired,
                    evidence::ErasureGround::kExpired, "the charter's retention is over", batch);
  }
  absl::Status shared = ShareOrStop(incident, now, kAnew, batch);
  if (!shared.ok()) return shared;
  ++(incident.report.has_value() ? done.queued : done.stopped);
  return absl::OkStatus();
}

}  // namespace daftar::ledger
