// Disputes that a partner has passed on: noted without anybody's leave.
#include "node/evidence/labels.h"
#include "node/ledger/incident_rows.h"
#include "node/ledger/ledger.h"
#include "storage/log_store.h"

namespace daftar::ledger {
namespace {

constexpr std::string_view kBecause = "the person said so at a partner, which has passed it on";

bool HasEnded(IncidentState state) {
  return state == IncidentState::kWithdrawn || state == IncidentState::kExpired ||
         state == IncidentState::kErased;
}

// To the partner NotFound means that no report stands there, and nothing else.
absl::Status NotThatOne(const absl::Status& status) {
  if (!absl::IsNotFound(status)) return status;
  return absl::AbortedError("the incident was removed at the same time; try again");
}

}  // namespace

absl::StatusOr<crypto::Secret32> Ledger::RecordKey(uint64_t index) const {
  auto row = store_.Get(storage::Column::kLogBodies,
                        storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), index));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return absl::NotFoundError("the entry has no body (any more)");
  auto body = evidence::ReportBody::Decode(**row);
  if (!body.ok()) return absl::NotFoundError("the entry is no report");
  return evidence::ReportKey(options_.record_key, body->salt);
}

// Partners pass on few disputes, bounded per day, and only those that prove the report's key come
// so far: a scan is cheaper than an index that every report would have to keep.
absl::StatusOr<std::optional<IncidentView>> Ledger::ByReport(uint64_t index) const {
  std::optional<IncidentView> found;
  absl::Status failed;
  const crypto::Bytes prefix = rows::TimePrefix();
  const absl::Status scanned = store_.Scan(
      storage::Column::kIncidents, prefix, prefix, [&](crypto::ByteView key, crypto::ByteView) {
        auto view = Get(rows::IdAtEnd(key));
        if (absl::IsNotFound(view.status())) return true;  // erased a moment ago
        failed = view.status();
        if (!view.ok()) return false;
        if (!view->report.has_value() || view->report->index != index) return true;
        found = *std::move(view);
        return false;
      });
  if (!scanned.ok()) return scanned;
  if (!failed.ok()) return failed;
  return found;
}

absl::StatusOr<RelayTaken> Ledger::DisputeThroughPartner(const std::string& through,
                                                         const std::string& request, uint64_t index,
                                                         evidence::Date on, int64_t at,
                                                         int64_t since) {
  auto found = ByReport(index);
  if (!found.ok()) return found.status();
  if (!found->has_value()) return absl::NotFoundError("no report of this node stands there");
  using Outcome = RelayTaken::Outcome;
  const IncidentView& view = **found;
  const IncidentId& id = view.incident.id;
  if (HasEnded(view.state)) return RelayTaken{Outcome::kEnded, id};
  const bool resolved_since = view.incident.LastTime(IncidentAction::kUpheld) >= at;
  if (view.state == IncidentState::kDisputed || resolved_since) {
    return RelayTaken{Outcome::kAlready, id};
  }
  NewDispute dispute;
  dispute.by = evidence::DisputedBy::kPersonThroughPartner;
  dispute.on = on;
  dispute.through = through;
  dispute.since = evidence::UnixMillis::OfSeconds(since);
  const auto noted =
      Dispute({std::string(kNodeActor), request}, id, dispute, std::string(kBecause));
  if (absl::IsFailedPrecondition(noted.status())) {
    // Somebody was faster: it is disputed, or has ended.
    auto now = Get(id);
    if (!now.ok()) return NotThatOne(now.status());
    if (HasEnded(now->state)) return RelayTaken{Outcome::kEnded, id};
    if (now->state == IncidentState::kDisputed) return RelayTaken{Outcome::kAlready, id};
  }
  if (!noted.ok()) return NotThatOne(noted.status());
  return RelayTaken{Outcome::kDisputed, id};
}

}  // namespace daftar::ledger
