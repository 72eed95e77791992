#include "node/ledger/ledger.h"

#include <algorithm>
#include <limits>
#include <set>

#include "node/ledger/incident_rows.h"
#include "storage/log_store.h"
#include "storage/purge.h"

namespace daftar::ledger {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using storage::Batch;
using storage::Column;

constexpr int kWriteAttempts = 8;
constexpr size_t kMaxListed = 1000;

absl::Status UsedForAnother() {
  return absl::FailedPreconditionError(
      "this request_id was used for another request; use a new one for each");
}

// Each of them happens once: what was noted before may be as much as can be, and they still do.
bool EndsAnIncident(std::string_view kind) {
  return kind == "incident.withdraw" || kind == "incident.erase";
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
  auto proofs = LoadProofs(store_, vault_, incident.id);
  if (!proofs.ok()) return proofs.status();
  // For a reason that is private by design nothing is missing.
  if (view.state == IncidentState::kDraft && evidence::IsShareable(incident.account.reason)) {
    view.missing = MissingOf(incident, proofs->Kinds(), /*approved=*/true);
    if (view.missing.empty()) {
      view.state = IncidentState::kReady;
      view.missing = MissingOf(incident, proofs->Kinds(), /*approved=*/false);
    }
  }
  view.deadline = NextDeadline(incident, CharterOf(incident));
  if (incident.noticed_at != 0 && !incident.IsScrubbed()) {
    view.notice_code = NoticeCode(incident.id);
  }
  const int64_t flagged_at = DisputeFlaggedAt(incident, CharterOf(incident));
  view.flagged = flagged_at != 0 && clock_.Now().seconds() >= flagged_at;
  if (!incident.HasEndedForGood()) view.proofs = std::move(proofs->proofs);
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
        if (absl::IsNotFound(view.status())) return true;  // erased a moment ago
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

absl::StatusOr<Ledger::Page> Ledger::ListAbout(std::span<const identity::Identifier> identifiers,
                                               std::optional<IncidentState> state, size_t limit,
                                               const std::optional<IncidentId>& after) const {
  limit = std::clamp<size_t>(limit, 1, kMaxListed);
  const auto newer = [](const Incident& a, const Incident& b) {
    return a.added_at != b.added_at ? a.added_at > b.added_at : a.id < b.id;
  };
  std::optional<Stored> last;
  if (after.has_value()) {
    auto loaded = Load(*after);
    if (!loaded.ok()) return loaded.status();
    last = *std::move(loaded);
  }
  auto about = About(identifiers);
  if (!about.ok()) return about.status();
  std::sort(about->begin(), about->end(),
            [&](const auto& a, const auto& b) { return newer(a.incident, b.incident); });
  Page page;
  for (IncidentView& view : *about) {
    if (last.has_value() && !newer(last->incident, view.incident)) continue;
    if (state.has_value() && view.state != *state) continue;
    if (page.incidents.size() == limit) {
      page.next = page.incidents.back().incident.id;
      break;
    }
    page.incidents.push_back(std::move(view));
  }
  return page;
}

bool IsShared(const IncidentView& view) {
  return view.report.has_value() || view.state == IncidentState::kApproved ||
         view.state == IncidentState::kHeld;
}

absl::StatusOr<UnsharedErased> Ledger::EraseUnshared(std::span<const identity::Identifier> gone,
                                                     std::span<const identity::Identifier> kept,
                                                     const LeftOfAccount& left,
                                                     Batch& batch) const {
  std::set<IncidentId> ids;
  for (const auto& identifiers : {gone, kept}) {
    for (const identity::Identifier& identifier : identifiers) {
      auto status = IdsAbout(identifier, std::numeric_limits<size_t>::max(), ids);
      if (!status.ok()) return status;
    }
  }
  UnsharedErased counts;
  std::vector<IncidentId> erased;
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
    if (stays) {
      ++counts.kept;
      continue;
    }
    auto named_then = left(incident.account);
    if (!named_then.ok()) return named_then.status();
    storage::AskForPurge(batch, id.view());
    batch.ExpectValue(Column::kIncidents, rows::IncidentKey(id), stored->row);
    if (!named_then->empty()) {
      ++counts.left;
      Rename(batch, stored->incident, *std::move(named_then));
      continue;
    }
    ++counts.erased;
    erased.push_back(id);
    if (auto status = RemoveRows(batch, incident, /*whole=*/true); !status.ok()) return status;
  }
  if (auto status = EraseProofs(store_, vault_, options_.files, erased, batch); !status.ok()) {
    return status;
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

// ---- writing

void Ledger::PutIncident(Batch& batch, Incident& incident) const {
  const auto next = NextDeadline(incident, CharterOf(incident));
  const int64_t deadline = next.has_value() ? std::max<int64_t>(next->at, 1) : 0;
  if (incident.deadline != deadline) {
    if (incident.deadline != 0) {
      batch.Delete(Column::kIncidents, rows::DeadlineKey(incident.deadline, incident.id));
    }
    if (deadline != 0) batch.Put(Column::kIncidents, rows::DeadlineKey(deadline, incident.id), {});
    incident.deadline = deadline;
  }
  Bytes key = rows::IncidentKey(incident.id);
  Bytes sealed = vault_.Seal(Column::kIncidents, key, incident.Encode());
  batch.Put(Column::kIncidents, std::move(key), std::move(sealed));
}

void Ledger::Rename(Batch& batch, Incident& incident,
                    std::vector<identity::Identifier> identifiers) const {
  if (identifiers.size() > evidence::kMaxIdentifiersPerEntry) {
    identifiers.erase(identifiers.begin() + evidence::kMaxIdentifiersPerEntry, identifiers.end());
  }
  for (const identity::Identifier& identifier : incident.account.identifiers) {
    batch.Delete(Column::kIncidents, rows::SubjectKey(vault_, identifier, incident.id));
  }
  for (const identity::Identifier& identifier : identifiers) {
    batch.Put(Column::kIncidents, rows::SubjectKey(vault_, identifier, incident.id), {});
  }
  incident.account.identifiers = std::move(identifiers);
  PutIncident(batch, incident);
}

absl::Status Ledger::RemoveRows(Batch& batch, const Incident& incident, bool whole) const {
  for (const identity::Identifier& identifier : incident.account.identifiers) {
    batch.Delete(Column::kIncidents, rows::SubjectKey(vault_, identifier, incident.id));
  }
  // Also of a notice that a correction made void.
  batch.Delete(Column::kIncidents, rows::CodeKey(NoticeCode(incident.id)));
  if (!incident.account.order.empty()) {
    auto newest = ForOrder(incident.account.order);
    if (!newest.ok()) return newest.status();
    if (*newest == incident.id) {
      batch.Delete(Column::kIncidents, rows::OrderKey(incident.account.order));
    }
  }
  if (!whole) return absl::OkStatus();
  if (incident.deadline != 0) {
    batch.Delete(Column::kIncidents, rows::DeadlineKey(incident.deadline, incident.id));
  }
  batch.Delete(Column::kIncidents, rows::IncidentKey(incident.id));
  batch.Delete(Column::kIncidents, rows::TimeKey(incident.added_at, incident.id));
  return absl::OkStatus();
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

absl::StatusOr<std::optional<IncidentId>> Ledger::WithdrawnOf(const std::string& order) const {
  if (order.empty()) return std::optional<IncidentId>();
  auto existing = ForOrder(order);
  if (!existing.ok() || !existing->has_value()) return existing;
  auto before = Get(**existing);
  if (!before.ok()) return before.status();
  if (before->state == IncidentState::kWithdrawn) return existing;
  const std::string other = (*existing)->hex();
  return absl::AlreadyExistsError("this order has an incident already: " + other +
                                  ". Facts that changed belong there: daftar incident correct " +
                                  other +
                                  ". If it is wrong as a whole, withdraw it first: daftar incident "
                                  "withdraw " +
                                  other + " --ground mistake --because TEXT");
}

absl::Status Ledger::CheckNew(const NewIncident& account) const {
  if (absl::Status status = CheckAccount(account); !status.ok()) return status;
  return WithdrawnOf(account.order).status();
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
    // The order's one so far.
    auto withdrawn = WithdrawnOf(account.order);
    if (!withdrawn.ok()) return withdrawn.status();
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
      if (withdrawn->has_value()) {
        batch.ExpectValue(Column::kIncidents, rows::OrderKey(account.order),
                          crypto::ToBytes((*withdrawn)->view()));
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
    if (stored->incident.events.size() >= kMaxIncidentEvents && !EndsAnIncident(kind)) {
      return absl::FailedPreconditionError(
          "the incident has " + std::to_string(stored->incident.events.size()) +
          " events, as many as it can have; it can still be withdrawn or erased: `daftar incident "
          "withdraw " +
          id.hex() + " --ground paid --because TEXT`, if it was paid");
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

}  // namespace daftar::ledger
