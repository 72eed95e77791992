// Bringing a database together with the part of its own log that it did not have: the incidents
// behind the reports, and what became of them.
#include <algorithm>
#include <map>
#include <set>

#include "node/evidence/report_order.h"
#include "node/ledger/found_incident.h"
#include "node/ledger/incident_rows.h"
#include "node/ledger/ledger.h"
#include "node/ledger/lost_labels.h"
#include "storage/log_store.h"

namespace daftar::ledger {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using evidence::EntryKind;
using storage::Batch;
using storage::Column;
using storage::kOwnLog;

}  // namespace

// One run. One thread.
class Restorer {
 public:
  Restorer(Ledger& ledger, uint64_t from, uint64_t to)
      : ledger_(ledger), log_(ledger.store_), from_(from), to_(to) {}

  absl::StatusOr<Ledger::TakenBack> Run(const std::function<bool(uint64_t done)>& progress) {
    if (absl::Status status = ReadQueue(); !status.ok()) return status;
    if (absl::Status status = ReadLog(); !status.ok()) return status;
    if (absl::Status status = ReadUnpublished(); !status.ok()) return status;
    absl::Status failed;
    absl::Status read = log_.ReadLeaves(kOwnLog, from_, to_, [&](uint64_t index, ByteView leaf) {
      auto entry = evidence::SignedHeader::DecodeLeaf(leaf);
      failed = entry.ok() ? Take(index, entry->header) : entry.status();
      if (failed.ok() && !progress(index + 1 - from_)) {
        failed = absl::CancelledError("stopped; it goes on from there when it is started again");
      }
      return failed.ok();
    });
    if (!failed.ok()) return failed;
    if (!read.ok()) return read;
    if (absl::Status status = NoteLost(); !status.ok()) return status;
    if (absl::Status status = TakeOffQueue(); !status.ok()) return status;
    if (!charters_.empty()) done_.charter = charters_.rbegin()->second;
    return done_;
  }

 private:
  struct Labelled {
    IncidentId incident;
    size_t identifier = 0;
    uint32_t j = 0;
  };

  // Where queued entries and those of this log that the database knows are.
  absl::Status ReadQueue() {
    absl::Status failed;
    const Bytes queue = Submission::QueuePrefix();
    absl::Status scanned =
        ledger_.store_.Scan(Column::kSubmissions, queue, queue, [&](ByteView key, ByteView value) {
          auto submission = Submission::Decode(key, value);
          failed = submission.status();
          if (submission.ok()) queue_.push_back(*std::move(submission));
          return failed.ok();
        });
    if (!scanned.ok()) return scanned;
    if (!failed.ok()) return failed;
    const Bytes published = Publication::Prefix();
    scanned = ledger_.store_.Scan(Column::kSubmissions, published, published,
                                  [&](ByteView, ByteView value) {
                                    auto publication = Publication::Decode(value);
                                    failed = publication.status();
                                    if (publication.ok()) known_.insert(publication->index);
                                    return failed.ok();
                                  });
    return scanned.ok() ? failed : scanned;
  }

  // Charters in force along the log, and what is said of each report.
  absl::Status ReadLog() {
    absl::Status failed;
    absl::Status read = log_.ReadLeaves(kOwnLog, 0, to_, [&](uint64_t index, ByteView leaf) {
      auto entry = evidence::SignedHeader::DecodeLeaf(leaf);
      failed = entry.status();
      if (!failed.ok()) return false;
      const evidence::Header& header = entry->header;
      if (evidence::IsAboutReport(header.kind)) updates_[header.about].push_back(header.kind);
      if (header.kind != EntryKind::kCharter) return true;
      auto body = BodyOf(index);
      failed = body.status();
      if (!failed.ok()) return false;
      if (!body->has_value()) return true;
      auto charter = evidence::CharterBody::Decode(**body);
      failed = charter.status();
      if (charter.ok()) charters_[index] = charter->charter;
      return failed.ok();
    });
    return read.ok() ? failed : read;
  }

  // The labels of incidents that have no published report: one of these reports may be theirs.
  absl::Status ReadUnpublished() {
    absl::Status failed;
    const Bytes prefix = rows::TimePrefix();
    absl::Status scanned =
        ledger_.store_.Scan(Column::kIncidents, prefix, prefix, [&](ByteView key, ByteView) {
          failed = AddUnpublished(rows::IdAtEnd(key));
          return failed.ok();
        });
    return scanned.ok() ? failed : scanned;
  }

  absl::Status AddUnpublished(const IncidentId& id) {
    auto stored = ledger_.Load(id);
    if (absl::IsNotFound(stored.status())) return absl::OkStatus();
    if (!stored.ok()) return stored.status();
    const Incident& incident = stored->incident;
    if (incident.IsScrubbed()) return absl::OkStatus();
    if (incident.report.has_value()) {
      auto published = FindPublication(ledger_.store_, *incident.report);
      if (!published.ok()) return published.status();
      if (published->has_value()) return absl::OkStatus();
    }
    const LedgerOptions& options = ledger_.options_;
    for (size_t i = 0; i < incident.account.identifiers.size(); ++i) {
      auto f = crypto::VoprfEvaluateDirect(
          options.label_key.key,
          evidence::VoprfInput(options.charters.InForce()->circle, options.origin,
                               options.label_key.epoch, incident.account.identifiers[i]));
      if (!f.ok()) return f.status();
      for (uint32_t j = 0; j < evidence::kLabelsPerIdentifier; ++j) {
        labels_.emplace(evidence::TokenFor(*f, j), Labelled{id, i, j});
      }
    }
    return absl::OkStatus();
  }

  absl::Status Take(uint64_t index, const evidence::Header& header) {
    if (known_.count(index) > 0) return absl::OkStatus();
    Batch batch;
    if (const Submission* queued = QueuedAs(header); queued != nullptr) {
      batch.ExpectValue(Column::kSubmissions, queued->Key(), queued->Encode());
      batch.Delete(Column::kSubmissions, queued->Key());
      PutPublication(queued->id, index, header, batch);
      if (header.kind == EntryKind::kReport) {
        if (absl::Status status = NoteLabels(index, batch); !status.ok()) return status;
      }
      absl::Status written = ledger_.store_.Write(std::move(batch));
      if (!written.ok()) return written;
      std::erase_if(queue_, [id = queued->id](const Submission& s) { return s.id == id; });
      ++done_.queued;
      return absl::OkStatus();
    }
    if (header.kind == EntryKind::kReport) return TakeReport(index, header);
    if (evidence::IsAboutReport(header.kind)) return TakeUpdate(index, header);
    return absl::OkStatus();
  }

  const Submission* QueuedAs(const evidence::Header& header) const {
    for (const Submission& queued : queue_) {
      // An ERASURE has no body of its own by which it could be told.
      if (queued.kind == header.kind && queued.about == header.about &&
          queued.ground == header.ground && queued.commitment == header.commitment) {
        return &queued;
      }
    }
    return nullptr;
  }

  void PutPublication(const SubmissionId& id, uint64_t index, const evidence::Header& header,
                      Batch& batch) {
    batch.Put(Column::kSubmissions, Publication::Key(id),
              Publication{index, static_cast<int64_t>(header.issued_at)}.Encode());
  }

  // What labels the report uses, so that none is used twice.
  absl::Status NoteLabels(uint64_t index, Batch& batch) {
    auto body = BodyOf(index);
    if (!body.ok()) return body.status();
    if (!body->has_value()) return absl::OkStatus();
    auto report = evidence::ReportBody::Decode(**body);
    if (!report.ok()) return absl::DataLossError("a report's body is malformed");
    for (const evidence::Slot& slot : report->slots) {
      batch.Put(Column::kTokens, rows::UsedTokenKey(ledger_.options_.label_key.epoch, slot.token),
                {});
    }
    return absl::OkStatus();
  }

  absl::Status NoteLost() {
    Batch batch;
    absl::Status noted =
        NoteLostLabels(ledger_.store_, ledger_.options_.label_key.epoch, from_, lost_, batch);
    if (!noted.ok() || lost_ == 0) return noted;
    return ledger_.store_.Write(std::move(batch));
  }

  absl::Status TakeReport(uint64_t index, const evidence::Header& header) {
    auto bytes = BodyOf(index);
    if (!bytes.ok()) return bytes.status();
    if (!bytes->has_value()) {  // erased since: nothing is left to tell
      ++lost_;
      return absl::OkStatus();
    }
    auto body = evidence::ReportBody::Decode(**bytes);
    if (!body.ok()) return absl::DataLossError("a report's body is malformed");
    auto facts = evidence::OpenReport(*body, ledger_.options_.origin,
                                      evidence::ReportKey(ledger_.options_.record_key, body->salt));
    if (!facts.ok()) {
      return absl::DataLossError("the report at " + std::to_string(index) +
                                 " does not open with this node's record key");
    }
    Batch batch;
    if (absl::Status status = NoteLabels(index, batch); !status.ok()) return status;
    auto incident = IncidentOf(*body, *facts, batch);
    if (!incident.ok()) return incident.status();
    const bool lost = !incident->has_value();
    Incident of = lost ? NewOne(index, header, *facts, batch) : **std::move(incident);
    const SubmissionId id = ledger_.entropy_.Public<SubmissionId>();
    PutPublication(id, index, header, batch);
    batch.Put(Column::kIncidents, rows::ReportKey(header.commitment),
              crypto::ToBytes(of.id.view()));
    of.report = id;
    of.report_not_before = static_cast<int64_t>(header.issued_at);
    of.last_queued = std::max(of.last_queued, of.report_not_before);
    of.charter = CharterAt(index);
    switch (of.state) {
      case IncidentState::kDraft:
      case IncidentState::kReady:
      case IncidentState::kHeld:
        of.state = IncidentState::kApproved;
        break;
      default:
        break;
    }
    of.events.push_back({TimeOf(header), std::string(kNodeActor), IncidentAction::kPublishAsked,
                         std::string(kFoundAgain), id});
    ledger_.PutIncident(batch, of);
    if (absl::Status status = ledger_.store_.Write(std::move(batch)); !status.ok()) return status;
    std::erase_if(labels_, [&](const auto& label) { return label.second.incident == of.id; });
    ++(lost ? done_.filed : done_.linked);
    return absl::OkStatus();
  }

  // The incident that was not published yet when the database was copied: one of the report's
  // customer, with its reason and its day.
  absl::StatusOr<std::optional<Incident>> IncidentOf(const evidence::ReportBody& body,
                                                     const evidence::ReportFacts& facts,
                                                     Batch& batch) {
    for (const evidence::Slot& slot : body.slots) {
      const auto [first, last] = labels_.equal_range(slot.token);
      for (auto found = first; found != last; ++found) {
        auto stored = ledger_.Load(found->second.incident);
        if (!stored.ok()) return stored.status();
        Incident& incident = stored->incident;
        const NewIncident standing = incident.Standing();
        if (standing.reason != facts.reason || standing.occurred != facts.occurred) continue;
        // What it had queued was another report of the same.
        auto published = ledger_.PublishedOrTakenBack(incident, batch);
        if (!published.ok()) return published.status();
        batch.ExpectValue(Column::kIncidents, rows::IncidentKey(incident.id), stored->row);
        return std::optional(std::move(incident));
      }
    }
    return std::nullopt;
  }

  Incident NewOne(uint64_t index, const evidence::Header& header,
                  const evidence::ReportFacts& facts, Batch& batch) {
    Incident incident = LostIncident(ledger_.entropy_.Public<IncidentId>(), index, header, facts);
    batch.Put(Column::kIncidents, rows::TimeKey(incident.added_at, incident.id), {});
    for (const identity::Identifier& identifier : incident.account.identifiers) {
      batch.Put(Column::kIncidents, rows::SubjectKey(ledger_.vault_, identifier, incident.id), {});
    }
    return incident;
  }

  absl::Status TakeUpdate(uint64_t index, const evidence::Header& header) {
    auto leaf = log_.ReadLeaf(kOwnLog, header.about);
    if (!leaf.ok()) return leaf.status();
    auto report = evidence::SignedHeader::DecodeLeaf(*leaf);
    if (!report.ok()) return report.status();
    auto row = ledger_.store_.Get(Column::kIncidents, rows::ReportKey(report->header.commitment));
    if (!row.ok()) return row.status();
    if (!row->has_value()) return absl::OkStatus();  // of a report that was erased since
    auto id = IncidentId::Create(**row);
    if (!id.ok()) return absl::DataLossError("the row of a report's incident is malformed");
    auto stored = ledger_.Load(*id);
    if (absl::IsNotFound(stored.status())) return absl::OkStatus();
    if (!stored.ok()) return stored.status();
    auto facts = FactsOf(index, header);
    if (!facts.ok()) return facts.status();
    Incident& incident = stored->incident;
    const auto action = ApplyEntry(incident, header, *facts);
    if (!action.has_value()) return absl::OkStatus();
    Batch batch;
    batch.ExpectValue(Column::kIncidents, rows::IncidentKey(*id), stored->row);
    const SubmissionId submission = ledger_.entropy_.Public<SubmissionId>();
    PutPublication(submission, index, header, batch);
    // An erasure beyond that is taken all the same: nothing has an effect after it.
    if (incident.events.size() >= kMaxTakenBackEvents && header.kind != EntryKind::kErasure) {
      return absl::FailedPreconditionError(
          "more than " + std::to_string(kMaxTakenBackEvents) + " entries are about the report at " +
          std::to_string(header.about) +
          ", more than a node signs; `daftar log recover --new-log ORIGIN` begins a new log");
    }
    incident.events.push_back(
        {TimeOf(header), std::string(kNodeActor), *action, std::string(kFoundAgain), submission});
    incident.last_queued = std::max(incident.last_queued, static_cast<int64_t>(header.issued_at));
    ledger_.PutIncident(batch, incident);
    if (absl::Status status = ledger_.store_.Write(std::move(batch)); !status.ok()) return status;
    ++done_.updates;
    return absl::OkStatus();
  }

  // None where its body, or that of its report, is gone.
  absl::StatusOr<std::optional<evidence::Facts>> FactsOf(uint64_t index,
                                                         const evidence::Header& header) {
    if (!evidence::IsUpdate(header.kind)) return std::nullopt;
    auto bytes = BodyOf(index);
    if (!bytes.ok()) return bytes.status();
    auto reported = BodyOf(header.about);
    if (!reported.ok()) return reported.status();
    if (!bytes->has_value() || !reported->has_value()) return std::nullopt;
    auto body = evidence::UpdateBody::Decode(**bytes);
    auto report = evidence::ReportBody::Decode(**reported);
    if (!body.ok() || !report.ok()) return absl::DataLossError("an entry's body is malformed");
    auto facts =
        evidence::OpenUpdate(header.kind, *body, ledger_.options_.origin,
                             evidence::ReportKey(ledger_.options_.record_key, report->salt));
    if (!facts.ok()) {
      return absl::DataLossError("the entry at " + std::to_string(index) +
                                 " does not open with this node's record key");
    }
    return std::optional(*std::move(facts));
  }

  // What was queued since, on an old copy, and must not go out: an update that the log has in
  // another form, or of a report that is over; and a report under a label that is used, or may be.
  absl::Status TakeOffQueue() {
    for (const Submission& queued : queue_) {
      Batch batch;
      bool off = false;
      if (evidence::IsAboutReport(queued.kind)) {
        evidence::ReportOrder order;
        for (const EntryKind kind : updates_[queued.about]) order.Add(kind);
        off = !order.Accepts(queued.kind);
        if (!off) updates_[queued.about].push_back(queued.kind);
      } else if (queued.kind == EntryKind::kReport) {
        auto used = UsesUsedLabel(queued);
        if (!used.ok()) return used.status();
        off = *used || lost_ > 0;
        if (off) {
          if (absl::Status status = MakeDraftOf(queued, batch); !status.ok()) return status;
        }
      }
      if (!off) continue;
      batch.ExpectValue(Column::kSubmissions, queued.Key(), queued.Encode());
      batch.Delete(Column::kSubmissions, queued.Key());
      if (absl::Status status = ledger_.store_.Write(std::move(batch)); !status.ok()) return status;
      ++done_.taken_off;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<bool> UsesUsedLabel(const Submission& queued) {
    auto report = evidence::ReportBody::Decode(queued.body);
    if (!report.ok()) return absl::DataLossError("a queued report is malformed");
    for (const evidence::Slot& slot : report->slots) {
      auto used = ledger_.store_.Get(
          Column::kTokens, rows::UsedTokenKey(ledger_.options_.label_key.epoch, slot.token));
      if (!used.ok()) return used.status();
      if (used->has_value()) return true;
    }
    return false;
  }

  absl::Status MakeDraftOf(const Submission& queued, Batch& batch) {
    const Bytes key = rows::ReportKey(queued.commitment);
    auto row = ledger_.store_.Get(Column::kIncidents, key);
    if (!row.ok()) return row.status();
    if (!row->has_value()) return absl::OkStatus();
    auto id = IncidentId::Create(**row);
    if (!id.ok()) return absl::DataLossError("the row of a report's incident is malformed");
    auto stored = ledger_.Load(*id);
    if (!stored.ok()) return stored.status();
    batch.ExpectValue(Column::kIncidents, rows::IncidentKey(*id), stored->row);
    batch.Delete(Column::kIncidents, key);
    Incident& incident = stored->incident;
    incident.report.reset();
    incident.MakeDraft();
    if (incident.events.size() < kMaxIncidentEvents) {
      incident.events.push_back(
          {ledger_.clock_.Now(), std::string(kNodeActor), IncidentAction::kStopped,
           "its label was used, or may have been, by the part of the log that "
           "the database did not have; let it be shared again",
           std::nullopt});
    }
    ledger_.PutIncident(batch, incident);
    return absl::OkStatus();
  }

  evidence::CharterHash CharterAt(uint64_t index) const {
    const auto after = charters_.lower_bound(index);
    return after == charters_.begin() ? evidence::CharterHash() : std::prev(after)->second;
  }
  absl::StatusOr<std::optional<Bytes>> BodyOf(uint64_t index) const {
    return ledger_.store_.Get(Column::kLogBodies,
                              storage::LogIndexKey(static_cast<uint32_t>(kOwnLog), index));
  }

  Ledger& ledger_;
  const storage::LogStore log_;
  const uint64_t from_;
  const uint64_t to_;
  std::vector<Submission> queue_;
  std::set<uint64_t> known_;  // indexes of entries that the database has published itself
  std::map<uint64_t, evidence::CharterHash> charters_;
  std::map<uint64_t, std::vector<EntryKind>> updates_;
  std::multimap<evidence::Token, Labelled> labels_;
  uint64_t lost_ = 0;  // reports that were erased since, and with them what their labels were
  Ledger::TakenBack done_;
};

absl::StatusOr<Ledger::TakenBack> Ledger::TakeBack(
    uint64_t from, uint64_t to, const std::function<bool(uint64_t done)>& progress) {
  return Restorer(*this, from, to).Run(progress);
}

}  // namespace daftar::ledger
