// What the node does about incidents by itself, when their deadlines have come.
#include <algorithm>

#include "node/ledger/disclosures.h"
#include "node/ledger/incident_rows.h"
#include "node/ledger/ledger.h"
#include "storage/log_store.h"
#include "storage/purge.h"

namespace daftar::ledger {
namespace {

using crypto::Bytes;
using storage::Batch;
using storage::Column;

// A charter lets a dispute wait for 180 days at most (docs/charter.md).
constexpr int64_t kLongestDispute = int64_t{180} * 86'400;

evidence::ErasureGround ErasureGroundOf(evidence::WithdrawalGround ground) {
  switch (ground) {
    case evidence::WithdrawalGround::kPaid:
      return evidence::ErasureGround::kPaid;
    case evidence::WithdrawalGround::kDisputeUpheld:
    case evidence::WithdrawalGround::kDisputeUnanswered:
      return evidence::ErasureGround::kUpheld;
    case evidence::WithdrawalGround::kRequest:
      return evidence::ErasureGround::kRequest;
    case evidence::WithdrawalGround::kMistake:
    case evidence::WithdrawalGround::kOther:
      return evidence::ErasureGround::kMistake;
  }
  return evidence::ErasureGround::kMistake;
}

bool IsErased(IncidentAction action) {
  return action == IncidentAction::kErased || action == IncidentAction::kExpired;
}

// Whether a report of the reason stands for longer under `now` than under `told`, of which the
// customer's letter speaks.
bool IsKeptLonger(evidence::Reason reason, const evidence::Charter& now,
                  const evidence::Charter& told) {
  const auto profile = now.reasons.find(reason);
  const auto profile_told = told.reasons.find(reason);
  if (profile == now.reasons.end() || profile_told == told.reasons.end()) return false;
  return profile->second.retention_months > profile_told->second.retention_months ||
         now.withdraw_after_settlement_hours > told.withdraw_after_settlement_hours;
}

}  // namespace

absl::StatusOr<size_t> Ledger::RunDeadlines(evidence::UnixMillis now, bool clock_in_doubt) {
  std::vector<IncidentId> due;
  const Bytes prefix = rows::DeadlinePrefix();
  absl::Status failed =
      store_.Scan(Column::kIncidents, prefix, prefix, [&](crypto::ByteView key, crypto::ByteView) {
        if (rows::TimeOfDeadline(key) > now.seconds()) return false;
        due.push_back(rows::IdAtEnd(key));
        return due.size() < kMaxDeadlinesPerRun;
      });
  if (!failed.ok()) return failed;
  size_t changed = 0;
  for (const IncidentId& id : due) {
    auto done = RunDeadline(id, now, clock_in_doubt);
    if (!done.ok()) {
      // Somebody was faster: the next run looks again.
      if (failed.ok() && !absl::IsAborted(done.status())) failed = done.status();
    } else if (*done) {
      ++changed;
    }
  }
  if (!failed.ok()) return failed;
  return changed;
}

absl::StatusOr<FlaggedDisputes> Ledger::CountFlagged() const {
  const int64_t now = clock_.Now().seconds();
  std::vector<IncidentId> ids;
  const Bytes prefix = rows::DeadlinePrefix();
  absl::Status scanned =
      store_.Scan(Column::kIncidents, prefix, prefix, [&](crypto::ByteView key, crypto::ByteView) {
        if (rows::TimeOfDeadline(key) > now + kLongestDispute) return false;
        ids.push_back(rows::IdAtEnd(key));
        return ids.size() < kMaxDeadlinesPerRun;
      });
  if (!scanned.ok()) return scanned;
  FlaggedDisputes flagged;
  for (const IncidentId& id : ids) {
    auto stored = Load(id);
    // Whoever opens one that cannot be read is told.
    if (absl::IsDataLoss(stored.status()) || absl::IsNotFound(stored.status())) continue;
    if (!stored.ok()) return stored.status();
    const Incident& incident = stored->incident;
    const int64_t flagged_at = DisputeFlaggedAt(incident, CharterOf(incident));
    if (flagged_at == 0 || now < flagged_at) continue;
    const int64_t since = incident.dispute->noted_at.seconds();
    flagged.oldest = flagged.count == 0 ? since : std::min(flagged.oldest, since);
    ++flagged.count;
  }
  return flagged;
}

absl::Status Ledger::AddMissingDeadlines() {
  auto done = store_.Get(Column::kIncidents, rows::AllHaveDeadlinesKey());
  if (!done.ok() || done->has_value()) return done.status();
  Bytes start = rows::TimePrefix();
  std::vector<IncidentId> ids;
  do {
    ids.clear();
    absl::Status scanned = store_.Scan(Column::kIncidents, rows::TimePrefix(), start,
                                       [&](crypto::ByteView key, crypto::ByteView) {
                                         ids.push_back(rows::IdAtEnd(key));
                                         start = crypto::ToBytes(key);
                                         return ids.size() < kMaxDeadlinesPerWrite;
                                       });
    if (!scanned.ok()) return scanned;
    start.push_back(0);  // just past the last one
    Batch batch;
    for (const IncidentId& id : ids) {
      auto stored = Load(id);
      // One that cannot be read has no deadline to add, and must not keep the node from starting:
      // whoever opens it is told.
      if (absl::IsDataLoss(stored.status()) || absl::IsNotFound(stored.status())) continue;
      if (!stored.ok()) return stored.status();
      Incident& incident = stored->incident;
      if (incident.deadline == 0 && NextDeadline(incident, CharterOf(incident)).has_value()) {
        PutIncident(batch, incident);
      }
    }
    if (ids.size() < kMaxDeadlinesPerWrite) {
      batch.Put(Column::kIncidents, rows::AllHaveDeadlinesKey(), {});
    }
    if (batch.empty()) continue;
    if (absl::Status written = store_.Write(std::move(batch)); !written.ok()) return written;
  } while (ids.size() == kMaxDeadlinesPerWrite);
  return absl::OkStatus();
}

absl::StatusOr<bool> Ledger::RunDeadline(const IncidentId& id, evidence::UnixMillis now,
                                         bool clock_in_doubt) {
  auto stored = Load(id);
  if (!stored.ok()) return stored.status();
  Incident& incident = stored->incident;
  const auto deadline = NextDeadline(incident, CharterOf(incident));
  if (!deadline.has_value() || deadline->at > now.seconds()) return false;
  if (clock_in_doubt && deadline->action != DeadlineAction::kScrub) return false;
  const std::string node(kNodeActor);
  const std::string order = incident.account.order;
  Batch batch;
  batch.ExpectValue(Column::kIncidents, rows::IncidentKey(id), stored->row);
  absl::Status status;
  switch (deadline->action) {
    case DeadlineAction::kPublish:
      status = ShareOrStop(incident, now, "the hold is over", batch);
      break;
    case DeadlineAction::kWithdrawSettled:
      status = WithdrawNow(incident, node, evidence::WithdrawalGround::kPaid,
                           "settled; the charter's period to withdraw it is over", batch);
      break;
    case DeadlineAction::kWithdrawUnanswered:
      status = WithdrawNow(incident, node, evidence::WithdrawalGround::kDisputeUnanswered,
                           "the dispute was not resolved in the charter's period", batch);
      break;
    case DeadlineAction::kErase:
      status = EraseNow(
          incident, node, IncidentAction::kErased,
          ErasureGroundOf(incident.withdrawn_for.value_or(evidence::WithdrawalGround::kOther)),
          "withdrawn; the charter's period to erase it is over", batch);
      break;
    case DeadlineAction::kExpire:
      status = EraseNow(incident, node, IncidentAction::kExpired, evidence::ErasureGround::kExpired,
                        "the charter's retention is over", batch);
      break;
    case DeadlineAction::kScrub: {
      auto scrubbed = Scrub(incident, batch);
      if (!scrubbed.ok() || !*scrubbed) return scrubbed;
      if (!incident.report.has_value()) {
        if (absl::Status written = store_.Write(std::move(batch)); !written.ok()) return written;
        if (options_.order_changed && !order.empty()) options_.order_changed(order);
        return true;
      }
      break;
    }
  }
  if (!status.ok()) return status;
  PutIncident(batch, incident);
  if (absl::Status written = store_.Write(std::move(batch)); !written.ok()) return written;
  if (options_.order_changed && !order.empty()) options_.order_changed(order);
  return true;
}

absl::Status Ledger::ShareOrStop(Incident& incident, evidence::UnixMillis now,
                                 std::string_view because, Batch& batch) {
  std::string why;
  auto proofs = LoadProofs(store_, vault_, incident.id);
  if (!proofs.ok()) return proofs.status();
  for (const std::string& sentence : MissingOf(incident, proofs->Kinds(), /*approved=*/false)) {
    why += (why.empty() ? "" : " ") + sentence;
  }
  if (why.empty() && options_.still_supported) {
    const absl::Status supported =
        options_.still_supported(incident.Standing(), evidence::Date::Of(incident.added_at),
                                 /*after_hold=*/true);
    if (absl::IsFailedPrecondition(supported)) {
      why = std::string(supported.message());
    } else if (!supported.ok()) {
      return supported;
    }
  }
  if (why.empty() &&
      IsKeptLonger(incident.account.reason, *options_.charters.InForce(), CharterOf(incident))) {
    why =
        "the charter that was adopted since notice was given keeps it for longer than the letter "
        "said: let it be shared anew, and give notice again";
  }
  if (why.empty()) {
    Batch queued = batch;  // one that stops takes no label
    const absl::Status status = QueueReport(incident, *proofs, now, queued);
    if (status.ok()) {
      batch = std::move(queued);
    } else if (absl::IsResourceExhausted(status)) {
      why = std::string(status.message());
    } else {
      return status;
    }
  }
  if (!why.empty()) {
    why.resize(std::min(why.size(), kMaxNoteBytes));
    incident.MakeDraft();
    incident.events.push_back(
        {now, std::string(kNodeActor), IncidentAction::kStopped, why, std::nullopt});
    return absl::OkStatus();
  }
  incident.events.push_back({now, std::string(kNodeActor), IncidentAction::kPublishAsked,
                             std::string(because), incident.report});
  return absl::OkStatus();
}

absl::StatusOr<bool> Ledger::Scrub(Incident& incident, Batch& batch) const {
  storage::AskForPurge(batch, incident.id.view());
  if (!incident.report.has_value()) {
    if (absl::Status status = RemoveRows(batch, incident, /*whole=*/true); !status.ok()) {
      return status;
    }
    absl::Status erased =
        EraseProofs(store_, vault_, options_.files, std::span(&incident.id, 1), batch);
    if (!erased.ok()) return erased;
    return true;
  }
  auto view = View(incident);
  if (!view.ok()) return view.status();
  bool erased = false;
  std::vector<uint64_t> indexes;
  for (size_t i = 0; i < incident.events.size(); ++i) {
    if (!view->events[i].has_value()) continue;
    if (IsErased(incident.events[i].action)) {
      erased = true;
    } else {
      indexes.push_back(view->events[i]->index);
    }
  }
  if (!erased) return false;
  for (const uint64_t index : indexes) {
    batch.Delete(Column::kLogBodies,
                 storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), index));
  }
  if (absl::Status status = RemoveRows(batch, incident, /*whole=*/false); !status.ok()) {
    return status;
  }
  if (absl::Status status =
          EraseProofs(store_, vault_, options_.files, std::span(&incident.id, 1), batch);
      !status.ok()) {
    return status;
  }
  if (absl::Status status = EraseRequests(store_, vault_, incident.id, batch); !status.ok()) {
    return status;
  }
  const evidence::Reason reason = incident.account.reason;
  incident.account = {};
  incident.account.reason = reason;
  incident.corrected = {};
  incident.later_reminders.clear();
  incident.settled_on = {};
  incident.mitigations = {};
  for (IncidentEvent& event : incident.events) event.because.clear();
  return true;
}

}  // namespace daftar::ledger
