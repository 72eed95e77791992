// What is noted about an incident after it was filed: settled, disputed, resolved, corrected,
// withdrawn, erased. Before publication it changes what is to be shared; after, it queues an entry.
#include <algorithm>

#include "node/evidence/admissibility.h"
#include "node/ledger/incident_rows.h"
#include "node/ledger/ledger.h"
#include "storage/audit.h"
#include "storage/log_store.h"

namespace daftar::ledger {
namespace {

using crypto::Bytes;
using storage::Batch;
using storage::Column;

absl::Status RequireBecause(const std::string& because) {
  if (because.empty()) {
    return absl::InvalidArgumentError("`because` is empty; say in a few words why, for the record");
  }
  if (because.size() > kMaxNoteBytes) {
    return absl::InvalidArgumentError("`because` has more than " + std::to_string(kMaxNoteBytes) +
                                      " bytes; say it shorter");
  }
  return absl::OkStatus();
}

// On the first day of 1970, and before, the clock was never set: no entry can carry such a date.
absl::StatusOr<evidence::Date> DayOf(evidence::UnixMillis now) {
  const evidence::Date day = evidence::Date::Of(now);
  if (day.has_value()) return day;
  return absl::FailedPreconditionError(
      "the clock of this machine is not set; set it and try again");
}

std::string WrongState(std::string_view action, IncidentState state) {
  // It is so from its approval to the tick that publishes it, and is shown as published then.
  const std::string is = state == IncidentState::kApproved ? "published or about to be"
                                                           : std::string(StateName(state));
  if (is == action) return "this incident is " + is + " already";
  return "an incident that is " + is + " cannot be " + std::string(action);
}

// The first day of which the statement can be true, and today at the latest.
absl::StatusOr<evidence::Date> DayBetween(std::string_view what, evidence::Date day,
                                          evidence::Date first, evidence::UnixMillis now) {
  auto today = DayOf(now);
  if (!today.ok()) return today.status();
  if (!day.has_value()) return *today;
  if (evidence::IsStillToCome(day, *today)) {
    return absl::InvalidArgumentError("it cannot have been " + std::string(what) +
                                      " in the future (" + day.ToString() + ")");
  }
  if (day < first) {
    return absl::InvalidArgumentError("it cannot have been " + std::string(what) + " (" +
                                      day.ToString() + ") before it occurred (" + first.ToString() +
                                      ")");
  }
  return day;
}

bool HasEnded(IncidentState state) {
  return state == IncidentState::kWithdrawn || state == IncidentState::kExpired ||
         state == IncidentState::kErased;
}

// What was to be paid by then; where no day is named, when it occurred.
evidence::Date DueOf(const NewIncident& account) {
  return account.due.has_value() ? account.due : account.occurred;
}

// Whether any fact weighs more than before: more money, or money of another currency; a later day,
// which puts off the end; or waiting for it since an earlier one.
bool IsHeavier(const NewIncident& account, const NewIncident& before) {
  const bool more = account.amount.minor > before.amount.minor ||
                    (account.amount.minor > 0 && account.amount.currency != before.amount.currency);
  const bool longer_overdue = account.due != before.due && DueOf(account) < DueOf(before);
  return more || account.occurred > before.occurred || longer_overdue;
}

}  // namespace

absl::StatusOr<std::optional<Publication>> Ledger::PublishedOrTakenBack(Incident& incident,
                                                                        Batch& batch) const {
  if (!incident.report.has_value()) return std::nullopt;  // nothing was ever queued
  auto published = FindPublication(store_, *incident.report);
  if (!published.ok() || published->has_value()) return published;
  const Bytes key = Submission::QueueKey(incident.report_not_before, *incident.report);
  auto row = store_.Get(Column::kSubmissions, key);
  if (!row.ok()) return row.status();
  if (!row->has_value()) {
    auto again = FindPublication(store_, *incident.report);
    if (!again.ok()) return again.status();
    if (again->has_value()) return absl::AbortedError("published between the two reads");
    incident.report.reset();  // taken back before
    return std::nullopt;
  }
  auto queued = Submission::Decode(key, **row);
  if (!queued.ok()) return queued.status();
  batch.ExpectValue(Column::kSubmissions, key, **row);
  batch.Delete(Column::kSubmissions, key);
  batch.Delete(Column::kIncidents, rows::ReportKey(queued->commitment));
  incident.report.reset();
  return std::nullopt;
}

absl::Status Ledger::QueueUpdate(Incident& incident, uint64_t index, evidence::EntryKind kind,
                                 const evidence::Facts& facts, IncidentEvent& event,
                                 Batch& batch) const {
  auto body_row = store_.Get(Column::kLogBodies,
                             storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), index));
  if (!body_row.ok()) return body_row.status();
  if (!body_row->has_value()) {
    return absl::FailedPreconditionError("the report's body was erased; nothing is left to update");
  }
  auto report = evidence::ReportBody::Decode(**body_row);
  if (!report.ok()) return absl::DataLossError("a report's body in the database is malformed");
  const crypto::Secret32 key = evidence::ReportKey(options_.record_key, report->salt);
  Submission submission;
  submission.kind = kind;
  submission.about = index;
  submission.body = evidence::SealUpdate(kind, facts, options_.origin, key, entropy_).Encode();
  submission.commitment = evidence::CommitTo(submission.body);
  Enqueue(incident, submission, event.at, batch);
  event.submission = submission.id;
  return absl::OkStatus();
}

absl::Status Ledger::Retract(Incident& incident, evidence::EntryKind kind,
                             const evidence::Facts& facts, IncidentEvent& event,
                             Batch& batch) const {
  auto published = PublishedOrTakenBack(incident, batch);
  if (!published.ok()) return published.status();
  if (!published->has_value()) return absl::OkStatus();
  return QueueUpdate(incident, (*published)->index, kind, facts, event, batch);
}

absl::StatusOr<IncidentView> Ledger::Settle(const storage::Caller& caller, const IncidentId& id,
                                            evidence::Date settled_on, const std::string& because) {
  if (absl::Status status = RequireBecause(because); !status.ok()) return status;
  return Apply(caller, "incident.settle", id, [&](Stored& stored, Batch& batch) -> absl::Status {
    Incident& incident = stored.incident;
    // One that is disputed since stays settled: a second SETTLEMENT would be void.
    const bool settled =
        incident.state == IncidentState::kSettled || incident.settled_on.has_value();
    if (settled || HasEnded(incident.state)) {
      return absl::FailedPreconditionError(WrongState(
          "settled", HasEnded(incident.state) ? incident.state : IncidentState::kSettled));
    }
    const evidence::UnixMillis now = clock_.Now();
    auto day = DayBetween("settled", settled_on, incident.Standing().occurred, now);
    if (!day.ok()) return day.status();
    IncidentEvent event{now, caller.actor, IncidentAction::kSettled, because, std::nullopt};
    absl::Status retracted = Retract(incident, evidence::EntryKind::kSettlement,
                                     evidence::SettlementFacts{*day}, event, batch);
    if (!retracted.ok()) return retracted;
    incident.state = IncidentState::kSettled;
    incident.settled_on = *day;
    incident.dispute.reset();
    incident.events.push_back(std::move(event));
    return absl::OkStatus();
  });
}

absl::StatusOr<IncidentView> Ledger::Mitigate(const storage::Caller& caller, const IncidentId& id,
                                              decision::Mitigation mitigation,
                                              const std::string& because) {
  if (absl::Status status = RequireBecause(because); !status.ok()) return status;
  return Apply(caller, "incident.mitigate", id, [&](Stored& stored, Batch&) -> absl::Status {
    Incident& incident = stored.incident;
    if (incident.mitigations.Has(mitigation)) {
      return absl::FailedPreconditionError("this speaks for the customer already: " +
                                           std::string(decision::MitigationName(mitigation)));
    }
    incident.mitigations.Add(mitigation);
    incident.events.push_back({clock_.Now(), caller.actor, IncidentAction::kMitigated,
                               std::string(decision::MitigationName(mitigation)) + ": " + because,
                               std::nullopt});
    return absl::OkStatus();
  });
}

absl::StatusOr<IncidentView> Ledger::Dispute(const storage::Caller& caller, const IncidentId& id,
                                             const NewDispute& dispute,
                                             const std::string& because) {
  if (absl::Status status = RequireBecause(because); !status.ok()) return status;
  auto disputed =
      Apply(caller, "incident.dispute", id, [&](Stored& stored, Batch& batch) -> absl::Status {
        Incident& incident = stored.incident;
        if (incident.state == IncidentState::kDisputed || HasEnded(incident.state)) {
          return absl::FailedPreconditionError(WrongState("disputed", incident.state));
        }
        const evidence::UnixMillis now = clock_.Now();
        auto day = DayBetween("disputed", dispute.on, incident.Standing().occurred, now);
        if (!day.ok()) return day.status();
        const std::string by =
            dispute.through.empty() ? caller.actor : std::string(kPartnerActor) + dispute.through;
        IncidentEvent event{now, by, IncidentAction::kDisputed, because, std::nullopt};
        // A second one would be void, and partners have the first.
        if (!incident.HasOpenDisputeEntry()) {
          absl::Status retracted = Retract(incident, evidence::EntryKind::kDispute,
                                           evidence::DisputeFacts{dispute.by, *day}, event, batch);
          if (!retracted.ok()) return retracted;
        }
        incident.state = IncidentState::kDisputed;
        if (!incident.report.has_value()) incident.approved_by.clear();
        incident.dispute =
            OpenDispute{dispute.by, *day, dispute.through.empty() ? now : dispute.since};
        if (!dispute.through.empty()) {
          storage::RecordAudit(batch, vault_, entropy_,
                               {now.value, by, "incident.dispute", id.hex(), because});
        }
        incident.events.push_back(std::move(event));
        return absl::OkStatus();
      });
  if (disputed.ok() && options_.urgent) options_.urgent();
  return disputed;
}

absl::StatusOr<IncidentView> Ledger::Resolve(const storage::Caller& caller, const IncidentId& id,
                                             bool upheld, const std::string& because) {
  if (absl::Status status = RequireBecause(because); !status.ok()) return status;
  return Apply(caller, "incident.resolve", id, [&](Stored& stored, Batch& batch) -> absl::Status {
    Incident& incident = stored.incident;
    if (incident.state != IncidentState::kDisputed) {
      return absl::FailedPreconditionError(
          "only a dispute that is open is resolved; none of this incident is");
    }
    const evidence::UnixMillis now = clock_.Now();
    auto today = DayOf(now);
    if (!today.ok()) return today.status();
    const auto action = upheld ? IncidentAction::kUpheld : IncidentAction::kRefuted;
    IncidentEvent event{now, caller.actor, action, because, std::nullopt};
    absl::Status queued = Retract(incident, evidence::EntryKind::kResolution,
                                  evidence::ResolutionFacts{upheld, *today}, event, batch);
    if (!queued.ok()) return queued;
    incident.dispute.reset();
    incident.events.push_back(std::move(event));
    if (!upheld) {
      return WithdrawNow(incident, caller.actor, evidence::WithdrawalGround::kDisputeUpheld,
                         because, batch);
    }
    incident.EndDispute();
    return absl::OkStatus();
  });
}

absl::StatusOr<IncidentView> Ledger::Correct(const storage::Caller& caller, const IncidentId& id,
                                             const Correction& correction,
                                             const std::string& because) {
  if (absl::Status status = RequireBecause(because); !status.ok()) return status;
  if (correction.empty()) {
    return absl::InvalidArgumentError(
        "nothing to correct was given: an amount, the day it occurred or was due, reminders, or "
        "the day on which the customer was told");
  }
  return Apply(caller, "incident.correct", id, [&](Stored& stored, Batch& batch) -> absl::Status {
    Incident& incident = stored.incident;
    if (HasEnded(incident.state) || incident.state == IncidentState::kSettled) {
      return absl::FailedPreconditionError(WrongState("corrected", incident.state));
    }
    const NewIncident before = incident.Standing();
    if (correction.told_on) incident.corrected.told_on = correction.told_on;
    if (correction.amount) incident.corrected.amount = correction.amount;
    if (correction.occurred) incident.corrected.occurred = correction.occurred;
    if (correction.due) incident.corrected.due = correction.due;
    if (correction.reminders) incident.corrected.reminders = correction.reminders;
    const NewIncident standing = incident.Standing();
    if (standing == before) {
      return absl::FailedPreconditionError("it says so already; nothing was corrected");
    }
    if (absl::Status status = CheckAccount(standing); !status.ok()) return status;
    const evidence::UnixMillis now = clock_.Now();
    IncidentEvent event{now, caller.actor, IncidentAction::kCorrected, because, std::nullopt};
    auto published = PublishedOrTakenBack(incident, batch);
    if (!published.ok()) return published.status();
    if (published->has_value() && correction.told_on) {
      return absl::FailedPreconditionError(
          "when the customer was told is part of no report; it is corrected before publication "
          "only");
    }
    const auto& reasons = options_.charters.InForce()->reasons;
    const auto profile = reasons.find(standing.reason);
    if (published->has_value() && profile != reasons.end() && profile->second.second_person &&
        IsHeavier(standing, before)) {
      return absl::FailedPreconditionError(
          "the charter wants a second person for this reason, so a published report is not made "
          "heavier by a correction: no higher amount, no later day on which it occurred, no "
          "earlier due day. Withdraw it (`daftar incident withdraw " +
          incident.id.hex() +
          " --ground mistake --because TEXT`) and file it anew, which a second person approves");
    }
    if (published->has_value()) {
      auto facts = CorrectedFacts(incident, (*published)->index);
      if (!facts.ok()) return facts.status();
      absl::Status queued = QueueUpdate(incident, (*published)->index,
                                        evidence::EntryKind::kCorrection, *facts, event, batch);
      if (!queued.ok()) return queued;
      if (incident.state != IncidentState::kDisputed) incident.state = IncidentState::kCorrected;
    } else if (incident.state != IncidentState::kDisputed) {
      // Who approved it, and who was given notice, saw something else.
      incident.MakeDraft();
    }
    incident.events.push_back(std::move(event));
    return absl::OkStatus();
  });
}

absl::StatusOr<evidence::CorrectionFacts> Ledger::CorrectedFacts(const Incident& incident,
                                                                 uint64_t index) const {
  Incident undisputed = incident;
  undisputed.dispute.reset();
  auto proofs = LoadProofs(store_, vault_, incident.id);
  if (!proofs.ok()) return proofs.status();
  const auto missing = MissingOf(undisputed, proofs->Kinds(), /*approved=*/true);
  if (!missing.empty()) {
    std::string list =
        "what it would say then cannot be shared; withdraw it instead: `daftar incident withdraw " +
        incident.id.hex() + " --ground mistake --because TEXT`. Missing:";
    for (const std::string& sentence : missing) list += "\n- " + sentence;
    return absl::FailedPreconditionError(list);
  }
  auto row = store_.Get(Column::kLogBodies,
                        storage::LogIndexKey(static_cast<uint32_t>(storage::kOwnLog), index));
  if (!row.ok()) return row.status();
  if (!row->has_value()) {
    return absl::FailedPreconditionError(
        "the report's body was erased; nothing is left to correct");
  }
  auto body = evidence::ReportBody::Decode(**row);
  if (!body.ok()) return absl::DataLossError("a report's body in the database is malformed");
  // What it commits to beside the account stays: the proof, and the orders settled before.
  auto reported = evidence::OpenReport(*body, options_.origin,
                                       evidence::ReportKey(options_.record_key, body->salt));
  if (!reported.ok()) return absl::DataLossError("a report's body in the database does not open");
  auto today = DayOf(clock_.Now());
  if (!today.ok()) return today.status();
  const NewIncident standing = incident.Standing();
  evidence::CorrectionFacts facts{*reported, *today};
  facts.corrected.amount = standing.amount;
  facts.corrected.occurred = standing.occurred;
  facts.corrected.due = standing.due;
  facts.corrected.reminders = standing.reminders;
  return facts;
}

absl::Status Ledger::WithdrawNow(Incident& incident, const std::string& actor,
                                 evidence::WithdrawalGround ground, const std::string& because,
                                 Batch& batch) const {
  const evidence::UnixMillis now = clock_.Now();
  auto today = DayOf(now);
  if (!today.ok()) return today.status();
  IncidentEvent event{now, actor, IncidentAction::kWithdrawn, because, std::nullopt};
  absl::Status retracted = Retract(incident, evidence::EntryKind::kWithdrawal,
                                   evidence::WithdrawalFacts{ground, *today}, event, batch);
  if (!retracted.ok()) return retracted;
  incident.state = IncidentState::kWithdrawn;
  incident.withdrawn_for = ground;
  incident.dispute.reset();
  if (ground == evidence::WithdrawalGround::kPaid && !incident.settled_on.has_value()) {
    incident.settled_on = *today;
  }
  incident.events.push_back(std::move(event));
  return absl::OkStatus();
}

// By the SETTLEMENT partners tell what was paid from what its issuer gave up.
absl::Status Ledger::SettlePublished(Incident& incident, const std::string& actor,
                                     const std::string& because, Batch& batch) const {
  if (incident.state == IncidentState::kSettled || incident.settled_on.has_value()) {
    return absl::OkStatus();
  }
  auto published = PublishedOrTakenBack(incident, batch);
  if (!published.ok() || !published->has_value()) return published.status();
  const evidence::UnixMillis now = clock_.Now();
  auto today = DayOf(now);
  if (!today.ok()) return today.status();
  IncidentEvent event{now, actor, IncidentAction::kSettled, because, std::nullopt};
  absl::Status queued = QueueUpdate(incident, (*published)->index, evidence::EntryKind::kSettlement,
                                    evidence::SettlementFacts{*today}, event, batch);
  if (!queued.ok()) return queued;
  incident.settled_on = *today;
  incident.events.push_back(std::move(event));
  return absl::OkStatus();
}

absl::StatusOr<IncidentView> Ledger::Withdraw(const storage::Caller& caller, const IncidentId& id,
                                              evidence::WithdrawalGround ground,
                                              const std::string& because) {
  if (absl::Status status = RequireBecause(because); !status.ok()) return status;
  return Apply(caller, "incident.withdraw", id, [&](Stored& stored, Batch& batch) -> absl::Status {
    if (HasEnded(stored.incident.state)) {
      return absl::FailedPreconditionError(WrongState("withdrawn", stored.incident.state));
    }
    if (ground == evidence::WithdrawalGround::kPaid) {
      absl::Status settled = SettlePublished(stored.incident, caller.actor, because, batch);
      if (!settled.ok()) return settled;
    }
    return WithdrawNow(stored.incident, caller.actor, ground, because, batch);
  });
}

absl::Status Ledger::EraseNow(Incident& incident, const std::string& actor, IncidentAction action,
                              evidence::ErasureGround ground, const std::string& because,
                              Batch& batch) const {
  const evidence::UnixMillis now = clock_.Now();
  IncidentEvent event{now, actor, action, because, std::nullopt};
  auto published = PublishedOrTakenBack(incident, batch);
  if (!published.ok()) return published.status();
  if (published->has_value()) {
    Submission submission;
    submission.kind = evidence::EntryKind::kErasure;
    submission.ground = ground;
    submission.about = (*published)->index;
    Enqueue(incident, submission, now, batch);
    event.submission = submission.id;
  }
  incident.state =
      action == IncidentAction::kExpired ? IncidentState::kExpired : IncidentState::kErased;
  incident.erased_for = ground;
  incident.dispute.reset();
  incident.events.push_back(std::move(event));
  return absl::OkStatus();
}

absl::StatusOr<IncidentView> Ledger::Erase(const storage::Caller& caller, const IncidentId& id,
                                           evidence::ErasureGround ground,
                                           const std::string& because) {
  if (absl::Status status = RequireBecause(because); !status.ok()) return status;
  return Apply(caller, "incident.erase", id, [&](Stored& stored, Batch& batch) -> absl::Status {
    const IncidentState state = stored.incident.state;
    if (state == IncidentState::kErased || state == IncidentState::kExpired) {
      return absl::FailedPreconditionError(WrongState("erased", state));
    }
    // The incident's own history goes with it.
    storage::RecordAudit(batch, vault_, entropy_,
                         {clock_.Now().value, caller.actor, "incident.erase", id.hex(), because});
    return EraseNow(stored.incident, caller.actor, IncidentAction::kErased, ground, because, batch);
  });
}

}  // namespace daftar::ledger
