#include "node/ledger/ledger.h"

#include <algorithm>
#include <limits>
#include <set>

#include "node/evidence/admissibility.h"
#include "node/ledger/incident_rows.h"
#include "storage/log_store.h"

namespace daftar::ledger {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using storage::Batch;
using storage::Column;

constexpr int kWriteAttempts = 8;
constexpr size_t kMaxListed = 1000;
constexpr int64_t kSecondsPerHour = 3600;

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

absl::Status UsedForAnother() {
  return absl::FailedPreconditionError(
      "this request_id was used for another request; use a new one for each");
}

// On the first day of 1970, and before, the clock was never set: no entry can carry such a date.
absl::StatusOr<evidence::Date> DayOf(evidence::UnixMillis now) {
  const evidence::Date day = evidence::Date::Of(now);
  if (day.has_value()) return day;
  return absl::FailedPreconditionError(
      "the clock of this machine is not set; set it and try again");
}

std::string WrongState(std::string_view action, IncidentState state) {
  return "an incident that is " + std::string(StateName(state)) + " cannot be " +
         std::string(action);
}

}  // namespace

Ledger::Ledger(storage::Store& store, const storage::Vault& vault, const evidence::Clock& clock,
               crypto::Entropy& entropy, LedgerOptions options)
    : store_(store),
      vault_(vault),
      clock_(clock),
      entropy_(entropy),
      options_(std::move(options)) {}

// ---- reading

absl::StatusOr<Ledger::Stored> Ledger::Load(const IncidentId& id) const {
  const Bytes key = rows::IncidentKey(id);
  auto row = store_.Get(Column::kIncidents, key);
  if (!row.ok()) return row.status();
  if (!row->has_value()) {
    return absl::NotFoundError("no incident has the id " + id.hex() +
                               "; `daftar incident list` shows those there are");
  }
  auto plain = vault_.Open(Column::kIncidents, key, **row);
  if (!plain.ok()) return plain.status();
  auto incident = Incident::Decode(plain->Expose());
  if (!incident.ok()) return incident.status();
  return Stored{*std::move(incident), **std::move(row)};
}

absl::StatusOr<IncidentView> Ledger::View(Incident incident,
                                          std::optional<SubmissionId> just_queued) const {
  IncidentView view;
  view.state = incident.state;
  const auto find = [&](const SubmissionId& id) -> absl::StatusOr<std::optional<Publication>> {
    if (just_queued == id) return std::nullopt;
    return FindPublication(store_, id);
  };
  if (incident.report.has_value()) {
    auto report = find(*incident.report);
    if (!report.ok()) return report.status();
    view.report = *report;
    const bool waiting =
        incident.state == IncidentState::kApproved || incident.state == IncidentState::kHeld;
    if (waiting && view.report.has_value()) {
      view.state = IncidentState::kPublished;
    } else if (incident.state == IncidentState::kHeld &&
               clock_.Now().seconds() >= incident.held_until) {
      view.state = IncidentState::kApproved;
    }
  }
  for (const IncidentEvent& event : incident.events) {
    if (!event.submission.has_value() || event.submission == incident.report) {
      view.events.push_back(event.submission.has_value() ? view.report : std::nullopt);
      continue;
    }
    auto found = find(*event.submission);
    if (!found.ok()) return found.status();
    view.events.push_back(*found);
  }
  // For a reason that is private by design nothing is missing.
  if (view.state == IncidentState::kDraft && evidence::IsShareable(incident.account.reason)) {
    view.missing = Missing(incident.Standing());
  }
  view.incident = std::move(incident);
  return view;
}

absl::StatusOr<IncidentView> Ledger::Get(const IncidentId& id) const {
  auto stored = Load(id);
  if (!stored.ok()) return stored.status();
  return View(std::move(stored->incident));
}

absl::StatusOr<Ledger::Page> Ledger::List(std::optional<IncidentState> state, size_t limit,
                                          const std::optional<IncidentId>& after) const {
  limit = std::clamp<size_t>(limit, 1, kMaxListed);
  Bytes start = rows::TimePrefix();
  if (after.has_value()) {
    auto last = Load(*after);
    if (!last.ok()) return last.status();
    start = rows::TimeKey(last->incident.added_at, *after);
    start.push_back(0);  // just past it
  }
  Page page;
  absl::Status failed;
  absl::Status scanned =
      store_.Scan(Column::kIncidents, rows::TimePrefix(), start, [&](ByteView key, ByteView) {
        auto view = Get(rows::IdAtEnd(key));
        if (!view.ok()) {
          failed = view.status();
          return false;
        }
        if (state.has_value() && view->state != *state) return true;
        if (page.incidents.size() == limit) {
          page.next = page.incidents.back().incident.id;
          return false;
        }
        page.incidents.push_back(*std::move(view));
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (!failed.ok()) return failed;
  return page;
}

absl::Status Ledger::IdsAbout(const identity::Identifier& identifier, size_t limit,
                              std::set<IncidentId>& ids) const {
  const Bytes prefix = rows::SubjectPrefix(vault_, identifier);
  return store_.Scan(Column::kIncidents, prefix, prefix, [&](ByteView key, ByteView) {
    ids.insert(rows::IdAtEnd(key));
    return ids.size() < limit;
  });
}

absl::StatusOr<std::vector<IncidentView>> Ledger::About(
    std::span<const identity::Identifier> identifiers) const {
  std::set<IncidentId> ids;
  for (const identity::Identifier& identifier : identifiers) {
    if (auto status = IdsAbout(identifier, kMaxListed, ids); !status.ok()) return status;
  }
  std::vector<IncidentView> incidents;
  for (const IncidentId& id : ids) {
    auto view = Get(id);
    if (!view.ok()) return view.status();
    incidents.push_back(*std::move(view));
  }
  std::sort(incidents.begin(), incidents.end(),
            [](const auto& a, const auto& b) { return a.incident.added_at > b.incident.added_at; });
  return incidents;
}

bool IsShared(const IncidentView& view) {
  return view.report.has_value() || view.state == IncidentState::kApproved ||
         view.state == IncidentState::kHeld;
}

absl::StatusOr<UnsharedErased> Ledger::EraseUnshared(std::span<const identity::Identifier> gone,
                                                     std::span<const identity::Identifier> kept,
                                                     Batch& batch) const {
  std::set<IncidentId> ids;
  for (const auto& identifiers : {gone, kept}) {
    for (const identity::Identifier& identifier : identifiers) {
      auto status = IdsAbout(identifier, std::numeric_limits<size_t>::max(), ids);
      if (!status.ok()) return status;
    }
  }
  UnsharedErased counts;
  for (const IncidentId& id : ids) {
    auto stored = Load(id);
    if (!stored.ok()) return stored.status();
    auto view = View(stored->incident);
    if (!view.ok()) return view.status();
    if (IsShared(*view)) continue;
    const Incident& incident = stored->incident;
    const auto& named = incident.account.identifiers;
    const bool stays = std::any_of(named.begin(), named.end(), [&](const auto& identifier) {
      return std::find(kept.begin(), kept.end(), identifier) != kept.end();
    });
    ++(stays ? counts.kept : counts.erased);
    if (stays) continue;
    batch.ExpectValue(Column::kIncidents, rows::IncidentKey(id), stored->row);
    batch.Delete(Column::kIncidents, rows::IncidentKey(id));
    batch.Delete(Column::kIncidents, rows::TimeKey(incident.added_at, id));
    for (const identity::Identifier& identifier : named) {
      batch.Delete(Column::kIncidents, rows::SubjectKey(vault_, identifier, id));
    }
    if (incident.account.order.empty()) continue;
    auto newest = ForOrder(incident.account.order);
    if (!newest.ok()) return newest.status();
    if (*newest == id) {
      batch.Delete(Column::kIncidents, rows::OrderKey(incident.account.order));
    }
  }
  return counts;
}

absl::StatusOr<std::optional<IncidentId>> Ledger::ForOrder(std::string_view order) const {
  auto row = store_.Get(Column::kIncidents, rows::OrderKey(order));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  auto id = IncidentId::Create(**row);
  if (!id.ok()) return absl::DataLossError("an order's incident row is malformed");
  return *id;
}

absl::Status Ledger::ScanOfOrders(const std::function<bool(const IncidentView&)>& visit) const {
  absl::Status failed;
  const Bytes prefix = rows::OrderKey({});
  const absl::Status scanned =
      store_.Scan(Column::kIncidents, prefix, prefix, [&](ByteView, ByteView value) {
        const auto id = IncidentId::Create(value);
        if (!id.ok()) {
          failed = absl::DataLossError("an order's incident row is malformed");
          return false;
        }
        const auto view = Get(*id);
        if (absl::IsNotFound(view.status())) return true;  // erased a moment ago
        failed = view.status();
        return view.ok() && visit(*view);
      });
  return scanned.ok() ? failed : scanned;
}

absl::StatusOr<uint64_t> Ledger::QueueLength() const {
  uint64_t length = 0;
  const Bytes prefix = Submission::QueuePrefix();
  absl::Status scanned = store_.Scan(Column::kSubmissions, prefix, prefix,
                                     [&](ByteView, ByteView) { return ++length > 0; });
  if (!scanned.ok()) return scanned;
  return length;
}

std::vector<std::string> Ledger::Missing(const NewIncident& account) const {
  return MissingUnder(*options_.charters.InForce(), account);
}

std::vector<std::string> Ledger::MissingUnder(const evidence::Charter& charter,
                                              const NewIncident& account) const {
  evidence::IncidentCase incident;
  incident.facts.reason = account.reason;
  incident.facts.amount = account.amount;
  incident.facts.occurred = account.occurred;
  incident.facts.due = account.due;
  incident.facts.reminders = account.reminders;
  incident.identifiers = account.identifiers.size();
  incident.today = evidence::Date::Of(clock_.Now());
  return evidence::MissingForSharing(incident, charter);
}

// ---- writing

void Ledger::PutIncident(Batch& batch, const Incident& incident) const {
  Bytes key = rows::IncidentKey(incident.id);
  Bytes sealed = vault_.Seal(Column::kIncidents, key, incident.Encode());
  batch.Put(Column::kIncidents, std::move(key), std::move(sealed));
}

void Ledger::Tell(const absl::StatusOr<IncidentView>& changed) const {
  if (!changed.ok() || !options_.order_changed) return;
  const std::string& order = changed->incident.account.order;
  if (!order.empty()) options_.order_changed(order);
}

absl::StatusOr<IncidentView> Ledger::Add(const storage::Caller& caller,
                                         const NewIncident& account) {
  auto added = AddOnly(caller, account);
  Tell(added);
  return added;
}

absl::StatusOr<IncidentView> Ledger::AddOnly(const storage::Caller& caller,
                                             const NewIncident& account) {
  if (absl::Status status = CheckAccount(account); !status.ok()) return status;
  constexpr std::string_view kRequestKind = "incident.add";
  auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  for (int attempt = 0; attempt < kWriteAttempts; ++attempt) {
    auto earlier = storage::RequestLog::Find(store_, *request, kRequestKind);
    if (!earlier.ok()) return earlier.status();
    if (earlier->has_value()) {
      auto id = IncidentId::Create(**earlier);
      if (!id.ok()) return absl::DataLossError("a request's row is malformed");
      auto view = Get(*id);
      if (view.ok() && !(view->incident.account == account)) return UsedForAnother();
      return view;
    }
    std::optional<IncidentId> withdrawn;  // the order's one so far
    if (!account.order.empty()) {
      auto existing = ForOrder(account.order);
      if (!existing.ok()) return existing.status();
      if (existing->has_value()) {
        auto before = Get(**existing);
        if (!before.ok()) return before.status();
        if (before->state != IncidentState::kWithdrawn) {
          return absl::AlreadyExistsError("this order has an incident already: " +
                                          (*existing)->hex());
        }
        withdrawn = *existing;
      }
    }
    Incident incident;
    incident.id = entropy_.Public<IncidentId>();
    incident.account = account;
    incident.mitigations = account.mitigations;
    incident.added_at = clock_.Now();
    incident.added_by = caller.actor;
    incident.events.push_back(
        {incident.added_at, caller.actor, IncidentAction::kAdded, {}, std::nullopt});
    Batch batch;
    PutIncident(batch, incident);
    batch.Put(Column::kIncidents, rows::TimeKey(incident.added_at, incident.id), {});
    for (const identity::Identifier& identifier : account.identifiers) {
      batch.Put(Column::kIncidents, rows::SubjectKey(vault_, identifier, incident.id), {});
    }
    if (!account.order.empty()) {
      if (withdrawn.has_value()) {
        batch.ExpectValue(Column::kIncidents, rows::OrderKey(account.order),
                          crypto::ToBytes(withdrawn->view()));
      } else {
        batch.ExpectAbsent(Column::kIncidents, rows::OrderKey(account.order));
      }
      batch.Put(Column::kIncidents, rows::OrderKey(account.order),
                crypto::ToBytes(incident.id.view()));
    }
    storage::RequestLog::Record(batch, *request, kRequestKind, incident.id.view());
    const absl::Status written = store_.Write(std::move(batch));
    if (absl::IsAborted(written)) continue;
    if (!written.ok()) return written;
    return View(std::move(incident));
  }
  return absl::AbortedError("others kept changing the same records; try again");
}

absl::StatusOr<IncidentView> Ledger::Apply(const storage::Caller& caller, std::string_view kind,
                                           const IncidentId& id, const Change& change) {
  auto changed = ApplyOnly(caller, kind, id, change);
  Tell(changed);
  return changed;
}

absl::StatusOr<IncidentView> Ledger::ApplyOnly(const storage::Caller& caller, std::string_view kind,
                                               const IncidentId& id, const Change& change) {
  auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  for (int attempt = 0; attempt < kWriteAttempts; ++attempt) {
    auto earlier = storage::RequestLog::Find(store_, *request, kind);
    if (!earlier.ok()) return earlier.status();
    if (earlier->has_value()) {
      if (crypto::AsText(**earlier) != crypto::AsText(id.view())) return UsedForAnother();
      return Get(id);
    }
    auto stored = Load(id);
    if (!stored.ok()) return stored.status();
    if (stored->incident.events.size() >= kMaxIncidentEvents) {
      return absl::FailedPreconditionError("the incident has " +
                                           std::to_string(kMaxIncidentEvents) +
                                           " events, the most it can have");
    }
    Batch batch;
    batch.ExpectValue(Column::kIncidents, rows::IncidentKey(id), stored->row);
    const absl::Status changed = change(*stored, batch);
    if (absl::IsAborted(changed)) continue;  // published between two reads
    if (!changed.ok()) return changed;
    PutIncident(batch, stored->incident);
    storage::RequestLog::Record(batch, *request, kind, id.view());
    const absl::Status written = store_.Write(std::move(batch));
    if (absl::IsAborted(written)) continue;
    if (!written.ok()) return written;
    const std::optional<SubmissionId> queued = stored->incident.events.back().submission;
    return View(std::move(stored->incident), queued);
  }
  return absl::AbortedError("others kept changing the same incident; try again");
}

absl::StatusOr<IncidentView> Ledger::Publish(const storage::Caller& caller, const IncidentId& id) {
  return Apply(caller, "incident.publish", id, [&](Stored& stored, Batch& batch) -> absl::Status {
    Incident& incident = stored.incident;
    auto view = View(incident);
    if (!view.ok()) return view.status();
    if (view->state == IncidentState::kHeld) {
      return absl::FailedPreconditionError(
          "the hold runs until " + evidence::Date::Of({incident.held_until * 1000}).ToString() +
          " (UTC) and is not shortened; the report is published by itself afterwards");
    }
    if (view->state != IncidentState::kDraft && view->state != IncidentState::kReady) {
      if (view->state == IncidentState::kApproved) {
        return absl::FailedPreconditionError(
            "the incident is queued already; its report goes out with the next tick");
      }
      return absl::FailedPreconditionError(WrongState("published again", view->state));
    }
    const std::shared_ptr<const evidence::Charter> charter = options_.charters.InForce();
    const std::vector<std::string> missing = MissingUnder(*charter, incident.Standing());
    if (!missing.empty()) {
      std::string list =
          "the incident cannot be shared yet. A reminder is added with `daftar incident remind " +
          id.hex() +
          " --on DATE`. To correct other facts, withdraw it (`daftar incident withdraw " +
          id.hex() +
          " --ground mistake --because TEXT`) and file it again (`daftar incident add`). Missing:";
      for (const std::string& sentence : missing) list += "\n- " + sentence;
      return absl::FailedPreconditionError(list);
    }
    const evidence::UnixMillis now = clock_.Now();
    if (absl::Status status = QueueReport(*charter, incident, now, batch); !status.ok())
      return status;
    incident.events.push_back(
        {now, caller.actor, IncidentAction::kPublishAsked, {}, incident.report});
    return absl::OkStatus();
  });
}

absl::StatusOr<evidence::Label> Ledger::ReserveLabel(const identity::Identifier& identifier,
                                                     Batch& batch) const {
  const Bytes key = rows::CounterKey(vault_, options_.label_key.epoch, identifier);
  auto row = store_.Get(Column::kCounters, key);
  if (!row.ok()) return row.status();
  uint8_t next = 0;
  if (row->has_value()) {
    if ((*row)->size() != 1) return absl::DataLossError("a label counter row is malformed");
    next = (*row)->front();
    batch.ExpectValue(Column::kCounters, key, **row);
  } else {
    batch.ExpectAbsent(Column::kCounters, key);
  }
  if (next >= evidence::kLabelsPerIdentifier) {
    return absl::ResourceExhaustedError(
        "one of the identifiers (" + std::string(identity::TypeName(identifier.type())) +
        ") has all " + std::to_string(evidence::kLabelsPerIdentifier) +
        " reports of this epoch; settle or withdraw does not free one, a new epoch does");
  }
  batch.Put(Column::kCounters, key, {static_cast<uint8_t>(next + 1)});
  auto f = crypto::VoprfEvaluateDirect(
      options_.label_key.key,
      evidence::VoprfInput(options_.charters.InForce()->circle, options_.origin,
                           options_.label_key.epoch, identifier));
  if (!f.ok()) return f.status();
  return evidence::Label{*std::move(f), next};
}

absl::Status Ledger::QueueReport(const evidence::Charter& charter, Incident& incident,
                                 evidence::UnixMillis now, Batch& batch) {
  const NewIncident account = incident.Standing();
  auto settled = options_.settled_orders(account.identifiers, account.occurred, account.order);
  if (!settled.ok()) return settled.status();
  std::vector<evidence::Label> labels;
  for (const identity::Identifier& identifier : account.identifiers) {
    auto label = ReserveLabel(identifier, batch);
    if (!label.ok()) return label.status();
    labels.push_back(*std::move(label));
  }
  evidence::ReportFacts facts;
  facts.reason = account.reason;
  facts.amount = account.amount;
  facts.occurred = account.occurred;
  facts.due = account.due;
  facts.reminders = account.reminders;
  facts.settled_before = evidence::BucketOf(*settled);

  const evidence::ReasonProfile& profile = charter.reasons.at(account.reason);
  Submission submission;
  submission.id = entropy_.Public<SubmissionId>();
  submission.not_before = now.seconds() + int64_t{profile.hold_hours} * kSecondsPerHour;
  submission.kind = evidence::EntryKind::kReport;
  submission.body =
      evidence::SealReport(facts, labels, options_.origin, options_.record_key, entropy_).Encode();
  submission.commitment = evidence::CommitTo(submission.body);
  batch.Put(Column::kSubmissions, submission.Key(), submission.Encode());

  incident.report = submission.id;
  incident.report_not_before = submission.not_before;
  incident.held_until = profile.hold_hours > 0 ? submission.not_before : 0;
  incident.state = profile.hold_hours > 0 ? IncidentState::kHeld : IncidentState::kApproved;
  return absl::OkStatus();
}

absl::Status Ledger::Retract(Incident& incident, evidence::EntryKind kind,
                             const evidence::Facts& facts, IncidentEvent& event,
                             Batch& batch) const {
  if (!incident.report.has_value()) return absl::OkStatus();  // nothing was ever queued
  auto published = FindPublication(store_, *incident.report);
  if (!published.ok()) return published.status();
  if (!published->has_value()) {
    const Bytes key = Submission::QueueKey(incident.report_not_before, *incident.report);
    auto row = store_.Get(Column::kSubmissions, key);
    if (!row.ok()) return row.status();
    if (!row->has_value()) {
      // Published between the two reads; or taken back before, by an earlier settlement.
      auto again = FindPublication(store_, *incident.report);
      if (!again.ok()) return again.status();
      if (again->has_value()) return absl::AbortedError("published meanwhile");
      return absl::OkStatus();
    }
    batch.ExpectValue(Column::kSubmissions, key, **row);
    batch.Delete(Column::kSubmissions, key);
    return absl::OkStatus();
  }
  const uint64_t index = (*published)->index;
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
  submission.id = entropy_.Public<SubmissionId>();
  submission.not_before = event.at.seconds();
  submission.kind = kind;
  submission.about = index;
  submission.body = evidence::SealUpdate(kind, facts, options_.origin, key, entropy_).Encode();
  submission.commitment = evidence::CommitTo(submission.body);
  batch.Put(Column::kSubmissions, submission.Key(), submission.Encode());
  event.submission = submission.id;
  return absl::OkStatus();
}

absl::StatusOr<IncidentView> Ledger::Settle(const storage::Caller& caller, const IncidentId& id,
                                            evidence::Date settled_on, const std::string& because) {
  if (absl::Status status = RequireBecause(because); !status.ok()) return status;
  return Apply(caller, "incident.settle", id, [&](Stored& stored, Batch& batch) -> absl::Status {
    Incident& incident = stored.incident;
    if (incident.state == IncidentState::kSettled || incident.state == IncidentState::kWithdrawn) {
      return absl::FailedPreconditionError(WrongState("settled", incident.state));
    }
    const evidence::UnixMillis now = clock_.Now();
    auto today = DayOf(now);
    if (!today.ok()) return today.status();
    const evidence::Date day = settled_on.has_value() ? settled_on : *today;
    if (day > today->PlusDays(1)) {
      return absl::InvalidArgumentError("it cannot have been settled in the future (" +
                                        day.ToString() + ")");
    }
    if (day < incident.account.occurred) {
      return absl::InvalidArgumentError("it cannot have been settled (" + day.ToString() +
                                        ") before it occurred (" +
                                        incident.account.occurred.ToString() + ")");
    }
    IncidentEvent event{now, caller.actor, IncidentAction::kSettled, because, std::nullopt};
    absl::Status retracted = Retract(incident, evidence::EntryKind::kSettlement,
                                     evidence::SettlementFacts{day}, event, batch);
    if (!retracted.ok()) return retracted;
    incident.state = IncidentState::kSettled;
    incident.settled_on = day;
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

absl::StatusOr<IncidentView> Ledger::Withdraw(const storage::Caller& caller, const IncidentId& id,
                                              evidence::WithdrawalGround ground,
                                              const std::string& because) {
  if (absl::Status status = RequireBecause(because); !status.ok()) return status;
  return Apply(caller, "incident.withdraw", id, [&](Stored& stored, Batch& batch) -> absl::Status {
    Incident& incident = stored.incident;
    if (incident.state == IncidentState::kWithdrawn) {
      return absl::FailedPreconditionError(WrongState("withdrawn", incident.state));
    }
    const evidence::UnixMillis now = clock_.Now();
    auto today = DayOf(now);
    if (!today.ok()) return today.status();
    IncidentEvent event{now, caller.actor, IncidentAction::kWithdrawn, because, std::nullopt};
    absl::Status retracted = Retract(incident, evidence::EntryKind::kWithdrawal,
                                     evidence::WithdrawalFacts{ground, *today}, event, batch);
    if (!retracted.ok()) return retracted;
    incident.state = IncidentState::kWithdrawn;
    incident.withdrawn_for = ground;
    if (ground == evidence::WithdrawalGround::kPaid && !incident.settled_on.has_value()) {
      incident.settled_on = *today;
    }
    incident.events.push_back(std::move(event));
    return absl::OkStatus();
  });
}

}  // namespace daftar::ledger
