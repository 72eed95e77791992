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

absl::StatusOr<std::optional<IncidentView>> Ledger::ByReport(uint64_t index) const {
  auto leaf = storage::LogStore(store_).ReadLeaf(storage::kOwnLog, index);
  if (absl::IsNotFound(leaf.status())) return std::nullopt;
  if (!leaf.ok()) return leaf.status();
  const auto entry = evidence::SignedHeader::DecodeLeaf(*leaf);
  if (!entry.ok()) return absl::DataLossError("an entry of the own log is malformed");
  const crypto::Bytes key = rows::ReportKey(entry->header.commitment);
  auto row = store_.Get(storage::Column::kIncidents, key);
  if (!row.ok()) return row.status();
  auto id = row->has_value() ? IncidentId::Create(**row) : FindByReport(index, key);
  if (absl::IsNotFound(id.status())) return std::nullopt;
  if (!id.ok()) return id.status();
  auto view = Get(*id);
  if (absl::IsNotFound(view.status())) return std::nullopt;
  if (!view.ok()) return view.status();
  return *std::move(view);
}

// Of a report from before its row was kept: reads the incidents, once for each, since it writes the
// row.
absl::StatusOr<IncidentId> Ledger::FindByReport(uint64_t index, const crypto::Bytes& key) const {
  std::optional<IncidentId> found;
  absl::Status failed;
  const crypto::Bytes prefix = rows::TimePrefix();
  const absl::Status scanned = store_.Scan(
      storage::Column::kIncidents, prefix, prefix, [&](crypto::ByteView row, crypto::ByteView) {
        auto stored = Load(rows::IdAtEnd(row));
        if (absl::IsNotFound(stored.status())) return true;  // erased a moment ago
        failed = stored.status();
        if (!stored.ok()) return false;
        if (!stored->incident.report.has_value()) return true;
        auto published = FindPublication(store_, *stored->incident.report);
        failed = published.status();
        if (!published.ok()) return false;
        if (!published->has_value() || (*published)->index != index) return true;
        found = stored->incident.id;
        return false;
      });
  if (!scanned.ok()) return scanned;
  if (!failed.ok()) return failed;
  if (!found.has_value()) return absl::NotFoundError("no incident has its report there");
  storage::Batch batch;
  batch.Put(storage::Column::kIncidents, key, crypto::ToBytes(found->view()));
  if (absl::Status status = store_.Write(std::move(batch)); !status.ok()) return status;
  return *found;
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
  if (view.state == IncidentState::kDisputed || view.incident.HasOpenDisputeEntry() ||
      resolved_since) {
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
  // Of a statement that was noted before and is over, the incident comes as it is now.
  const bool open = noted->state == IncidentState::kDisputed;
  return RelayTaken{open ? Outcome::kDisputed : Outcome::kAlready, id};
}

}  // namespace daftar::ledger
