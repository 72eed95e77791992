// What lets an incident be shared: admissibility, the second person, notice and hold, and the
// report that goes into the queue.
#include <algorithm>

#include "crypto/short_code.h"
#include "node/evidence/admissibility.h"
#include "node/ledger/incident_rows.h"
#include "node/ledger/ledger.h"
#include "node/ledger/lost_labels.h"

namespace daftar::ledger {
namespace {

using crypto::Bytes;
using storage::Batch;
using storage::Column;

constexpr int64_t kSecondsPerHour = 3600;

// Whether the person has had a hand in what the incident says.
bool ChangedBy(const Incident& incident, std::string_view actor) {
  return std::any_of(incident.events.begin(), incident.events.end(), [&](const auto& event) {
    return event.by == actor &&
           (event.action == IncidentAction::kAdded || event.action == IncidentAction::kReminded ||
            event.action == IncidentAction::kCorrected);
  });
}

std::string MissingList(const IncidentId& id, const std::vector<std::string>& missing) {
  std::string list = "the incident cannot be shared yet. Missing:";
  for (const std::string& sentence : missing) list += "\n- " + sentence;
  for (const std::string& way : evidence::HowToMend(missing, id.hex())) list += "\n" + way;
  return list;
}

evidence::ReportFacts FactsOf(const NewIncident& account) {
  evidence::ReportFacts facts;
  facts.reason = account.reason;
  facts.amount = account.amount;
  facts.occurred = account.occurred;
  facts.due = account.due;
  facts.reminders = account.reminders;
  return facts;
}

}  // namespace

// What was adopted once stays, so that a reference to it does.
const evidence::Charter& Ledger::CharterOf(const Incident& incident) const {
  if (!incident.charter.IsZero()) {
    if (const auto adopted = options_.charters.Find(incident.charter)) return *adopted;
  }
  return *options_.charters.InForce();
}

std::vector<std::string> Ledger::Missing(const NewIncident& account) const {
  Incident incident;
  incident.account = account;
  return MissingOf(incident, {}, /*approved=*/false);
}

std::vector<std::string> Ledger::MissingWith(const Incident& incident,
                                             std::span<const evidence::ProofKind> proofs) const {
  std::vector<std::string> missing = MissingOf(incident, proofs, /*approved=*/true);
  return missing.empty() ? MissingOf(incident, proofs, /*approved=*/false) : missing;
}

absl::StatusOr<evidence::ReportFacts> Ledger::FactsToShare(const NewIncident& account) const {
  auto settled = options_.settled_orders(account.identifiers, account.occurred, account.order);
  if (!settled.ok()) return settled.status();
  evidence::ReportFacts facts = FactsOf(account);
  facts.settled_before = evidence::BucketOf(*settled);
  return facts;
}

std::vector<std::string> Ledger::MissingOf(const Incident& incident,
                                           std::span<const evidence::ProofKind> proofs,
                                           bool approved) const {
  const NewIncident standing = incident.Standing();
  evidence::IncidentCase facts;
  facts.facts = FactsOf(standing);
  facts.identifiers = standing.identifiers.size();
  facts.proofs.assign(proofs.begin(), proofs.end());
  facts.told_on = standing.told_on;
  facts.disputed = incident.dispute.has_value();
  facts.second_person_approved = approved || !incident.approved_by.empty();
  facts.today = evidence::Date::Of(clock_.Now());
  std::vector<std::string> missing =
      evidence::MissingForSharing(facts, *options_.charters.InForce());
  // The list may have grown since it was filed.
  for (const identity::Identifier& identifier : standing.identifiers) {
    const auto why = options_.warnings.WhyRefused(identifier);
    if (!why.has_value()) continue;
    missing.push_back(evidence::NobodysIdentifier(identity::TypeName(identifier.type()), *why));
  }
  return missing;
}

absl::StatusOr<IncidentView> Ledger::Publish(const storage::Caller& caller, const IncidentId& id) {
  return Apply(caller, "incident.publish", id, [&](Stored& stored, Batch& batch) -> absl::Status {
    return BeginSharing(stored, caller.actor, IncidentAction::kPublishAsked, batch);
  });
}

absl::StatusOr<IncidentView> Ledger::Approve(const storage::Caller& caller, const IncidentId& id) {
  return Apply(caller, "incident.approve", id, [&](Stored& stored, Batch& batch) -> absl::Status {
    if (ChangedBy(stored.incident, caller.actor)) {
      return absl::PermissionDeniedError(
          "whoever filed an incident, or changed what it says, cannot approve it; somebody else "
          "has to");
    }
    stored.incident.approved_by = caller.actor;
    return BeginSharing(stored, caller.actor, IncidentAction::kApproved, batch);
  });
}

absl::Status Ledger::BeginSharing(Stored& stored, const std::string& actor, IncidentAction action,
                                  Batch& batch) {
  Incident& incident = stored.incident;
  auto view = View(incident);
  if (!view.ok()) return view.status();
  switch (view->state) {
    case IncidentState::kDraft:
    case IncidentState::kReady:
      break;
    case IncidentState::kHeld:
      if (incident.held_until == 0) {
        return absl::FailedPreconditionError(
            "the hold begins with the notice to the customer: `daftar incident notice " +
            incident.id.hex() +
            " --pay TEXT --contact TEXT` makes the letter; the report is published by itself "
            "afterwards");
      }
      return absl::FailedPreconditionError(
          "the hold runs until " + evidence::Date::Of({incident.held_until * 1000}).ToString() +
          " (UTC) and is not shortened; the report is published by itself afterwards");
    case IncidentState::kApproved:
      return absl::FailedPreconditionError(
          "the incident is queued already; its report goes out with the next tick");
    default:
      return absl::FailedPreconditionError("an incident that is " +
                                           std::string(StateName(view->state)) +
                                           " cannot be published again");
  }
  auto proofs = LoadProofs(store_, vault_, incident.id);
  if (!proofs.ok()) return proofs.status();
  const auto missing = MissingOf(incident, proofs->Kinds(), /*approved=*/false);
  if (!missing.empty()) {
    return absl::FailedPreconditionError(MissingList(incident.id, missing));
  }
  if (options_.still_supported) {
    absl::Status supported =
        options_.still_supported(incident.Standing(), evidence::Date::Of(incident.added_at),
                                 /*after_hold=*/false);
    if (!supported.ok()) {
      return absl::Status(supported.code(), std::string(supported.message()) +
                                                ". Or withdraw the draft: daftar incident "
                                                "withdraw " +
                                                incident.id.hex() +
                                                " --ground mistake --because TEXT");
    }
  }
  const evidence::UnixMillis now = clock_.Now();
  IncidentEvent event{now, actor, action, {}, std::nullopt};
  if (options_.charters.InForce()->reasons.at(incident.account.reason).hold_hours > 0) {
    incident.state = IncidentState::kHeld;
    incident.held_until = 0;
    incident.noticed_at = 0;
  } else {
    if (absl::Status status = QueueReport(incident, *proofs, now, batch); !status.ok()) {
      return status;
    }
    event.submission = incident.report;
  }
  incident.events.push_back(std::move(event));
  return absl::OkStatus();
}

absl::StatusOr<IncidentView> Ledger::Notice(const storage::Caller& caller, const IncidentId& id) {
  auto seen = Get(id);
  if (!seen.ok()) return seen.status();
  if (seen->state == IncidentState::kHeld && seen->incident.noticed_at != 0) return seen;
  return Apply(caller, "incident.notice", id, [&](Stored& stored, Batch& batch) -> absl::Status {
    Incident& incident = stored.incident;
    auto view = View(incident);
    if (!view.ok()) return view.status();
    if (view->state != IncidentState::kHeld) {
      return absl::FailedPreconditionError(
          "notice is given of an incident that is held, before it is shared; this one is " +
          std::string(StateName(view->state)));
    }
    if (incident.noticed_at != 0) return absl::OkStatus();
    const evidence::UnixMillis now = clock_.Now();
    const auto charter = options_.charters.InForce();
    const auto profile = charter->reasons.find(incident.account.reason);
    if (profile == charter->reasons.end()) {
      return absl::FailedPreconditionError(
          "the charter does not let this reason be shared any more; there is nothing to give "
          "notice "
          "of");
    }
    incident.noticed_at = now.seconds();
    incident.charter = charter->hash;
    incident.held_until = now.seconds() + int64_t{profile->second.hold_hours} * kSecondsPerHour;
    batch.Put(Column::kIncidents, rows::CodeKey(NoticeCode(id)), crypto::ToBytes(id.view()));
    incident.events.push_back({now, caller.actor, IncidentAction::kNoticed, {}, std::nullopt});
    return absl::OkStatus();
  });
}

std::string Ledger::NoticeCode(const IncidentId& id) const {
  return crypto::ShortCode(vault_.Tag("notice", "incident", id.hex()).view());
}

absl::StatusOr<IncidentId> Ledger::ByNoticeCode(std::string_view typed) const {
  const absl::Status unknown = absl::NotFoundError(
      "no notice has this code; it has eight letters and digits, like K7F3-9Q2M");
  const std::optional<std::string> code = crypto::ReadShortCode(typed);
  if (!code.has_value()) return unknown;
  auto row = store_.Get(Column::kIncidents, rows::CodeKey(*code));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return unknown;
  auto id = IncidentId::Create(**row);
  if (!id.ok()) return absl::DataLossError("the row of a notice's code is malformed");
  return *id;
}

absl::StatusOr<evidence::Label> Ledger::ReserveLabel(const identity::Identifier& identifier,
                                                     Batch& batch) const {
  // A database that is older than the log does not know which labels are used.
  if (options_.may_publish) {
    if (absl::Status status = options_.may_publish(); !status.ok()) return status;
  }
  const Bytes key = rows::CounterKey(vault_, options_.label_key.epoch, identifier);
  auto row = store_.Get(Column::kCounters, key);
  if (!row.ok()) return row.status();
  LabelCounter counter;
  if (row->has_value()) {
    auto decoded = LabelCounter::Decode(**row);
    if (!decoded.ok()) return decoded.status();
    counter = *decoded;
    batch.ExpectValue(Column::kCounters, key, **row);
  } else {
    batch.ExpectAbsent(Column::kCounters, key);
  }
  auto f = crypto::VoprfEvaluateDirect(
      options_.label_key.key,
      evidence::VoprfInput(options_.charters.InForce()->circle, options_.origin,
                           options_.label_key.epoch, identifier));
  if (!f.ok()) return f.status();
  auto lost = LostLabels(store_, options_.label_key.epoch);
  if (!lost.ok()) return lost.status();
  // What was taken back from partners has used labels that no counter knows of, and those of what
  // was erased meanwhile are in nothing that is left.
  uint32_t pass_over = std::min(*lost - std::min(*lost, counter.passed_over), kMaxLabelsPassedOver);
  uint8_t next = counter.next;
  for (; next < evidence::kLabelsPerIdentifier; ++next) {
    auto used = store_.Get(Column::kTokens, rows::UsedTokenKey(options_.label_key.epoch,
                                                               evidence::TokenFor(*f, next)));
    if (!used.ok()) return used.status();
    if (used->has_value()) continue;
    if (pass_over == 0) break;
    --pass_over;
  }
  if (next >= evidence::kLabelsPerIdentifier) {
    return absl::ResourceExhaustedError(
        "one of the identifiers (" + std::string(identity::TypeName(identifier.type())) +
        ") has had all " + std::to_string(evidence::kLabelsPerIdentifier) +
        " reports of this epoch, or may have had them in a database that was lost; settle or "
        "withdraw does not free one, a new epoch does");
  }
  batch.Put(Column::kCounters, key, LabelCounter{static_cast<uint8_t>(next + 1), *lost}.Encode());
  return evidence::Label{*std::move(f), next};
}

absl::Status Ledger::QueueReport(Incident& incident, const ProofSet& proofs,
                                 evidence::UnixMillis now, Batch& batch) {
  // The root that goes into the report is that of what is attached when it is written.
  proofs.ExpectUnchanged(incident.id, batch);
  const NewIncident account = incident.Standing();
  auto facts = FactsToShare(account);
  if (!facts.ok()) return facts.status();
  std::vector<evidence::Label> labels;
  for (const identity::Identifier& identifier : account.identifiers) {
    auto label = ReserveLabel(identifier, batch);
    if (!label.ok()) return label.status();
    labels.push_back(*std::move(label));
  }
  facts->proofs_root = proofs.Root();
  Submission submission;
  submission.kind = evidence::EntryKind::kReport;
  submission.body =
      evidence::SealReport(*facts, labels, options_.origin, options_.record_key, entropy_).Encode();
  submission.commitment = evidence::CommitTo(submission.body);
  Enqueue(incident, submission, now, batch);
  batch.Put(Column::kIncidents, rows::ReportKey(submission.commitment),
            crypto::ToBytes(incident.id.view()));
  incident.charter = options_.charters.InForce()->hash;
  incident.report = submission.id;
  incident.report_not_before = submission.not_before;
  incident.state = IncidentState::kApproved;
  return absl::OkStatus();
}

// Entries about one report go out one a tick, in the order in which they were queued: by time, and
// within a second by the number of events before, with which their ids begin.
void Ledger::Enqueue(Incident& incident, Submission& submission, evidence::UnixMillis now,
                     Batch& batch) const {
  auto id = entropy_.Public<SubmissionId>().array();
  id[0] = static_cast<uint8_t>(incident.events.size() >> 8);
  id[1] = static_cast<uint8_t>(incident.events.size());
  submission.id = SubmissionId(id);
  submission.not_before = std::max(now.seconds(), incident.last_queued);
  incident.last_queued = submission.not_before;
  batch.Put(Column::kSubmissions, submission.Key(), submission.Encode());
}

}  // namespace daftar::ledger
