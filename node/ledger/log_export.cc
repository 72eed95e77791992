#include "node/ledger/log_export.h"

#include <set>

#include "node/evidence/labels.h"
#include "node/ledger/case_file.h"
#include "node/ledger/kept_heads.h"
#include "node/ledger/log_survey.h"
#include "storage/log_store.h"

namespace daftar::ledger {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using crypto::Writer;
using evidence::EntryKind;
using storage::Column;
using storage::kOwnLog;

// Reports opened in one bundle.
constexpr size_t kMaxOpenings = 10'000;
// Between fixing the head and the view of the store another head may be signed.
constexpr int kFixAttempts = 5;

std::string Entry(uint64_t index) { return "entry " + std::to_string(index); }

std::string ProofText(const std::vector<crypto::Digest>& hashes) {
  std::string text;
  for (const crypto::Digest& hash : hashes) text += crypto::ToBase64(hash.view()) + "\n";
  return text;
}

// One bundle, in three steps: which head and view it is of, what goes into it, and writing it.
class Export {
 public:
  Export(const LogExportSource& source, const LogExportRequest& request, evidence::UnixMillis now,
         audit::BundleSink& sink)
      : source_(source), request_(request), now_(now), sink_(sink) {}

  absl::Status Run() {
    for (absl::Status (Export::*step)() : {&Export::FixView, &Export::FixSizes, &Export::Choose,
                                           &Export::Look, &Export::Open, &Export::Write}) {
      if (absl::Status status = (this->*step)(); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

 private:
  absl::Status FixView();
  absl::Status FixSizes();
  absl::Status Choose();
  absl::Status CheckIndex(uint64_t index) const;
  absl::Status Look();
  absl::Status Open();
  absl::Status MakeCase(const evidence::ReportFacts& facts);
  absl::Status Write();
  absl::Status WriteSinceEarlier();
  absl::Status WriteEarlier(uint64_t below);
  absl::Status WriteEntries();
  absl::Status WriteBodies(const std::vector<bool>& with_body);
  absl::Status WriteCharters();
  absl::Status WriteOpenings();
  absl::Status WriteExcerpt();

  bool excerpt() const { return !request_.entries.empty(); }
  absl::StatusOr<evidence::SignedHeader> ReadEntry(uint64_t index) const;
  // Of an entry that has to have one.
  absl::StatusOr<Bytes> ReadBody(uint64_t index) const;
  absl::Status BodyIsMissing(uint64_t index) const;

  const LogExportSource& source_;
  const LogExportRequest& request_;
  const evidence::UnixMillis now_;
  audit::BundleSink& sink_;

  std::optional<SignedHead> newest_;
  std::unique_ptr<storage::StoreReader> store_;
  std::optional<storage::LogStore> log_;
  uint64_t to_ = 0;
  std::string head_;
  std::string head_from_;
  std::set<uint64_t> entries_;  // of an excerpt
  std::set<uint64_t> open_;
  std::optional<IncidentView> incident_;
  LogSurvey survey_;
  std::map<uint64_t, crypto::Secret32> keys_;  // of the opened REPORTs
  std::string case_;
  std::optional<audit::BundleWriter> writer_;
};

// A body is deleted after the head that covers its ERASURE: with a head that is still the newest
// once the view is taken, the view misses no body that the head says is there.
absl::Status Export::FixView() {
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

absl::Status Export::FixSizes() {
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
                                      " on: the log ends at " + std::to_string(to_));
  }
  auto kept = ReadKeptHead(*store_, source_.identity, request_.from);
  if (!kept.ok()) return kept.status();
  head_from_ = *std::move(kept);
  return absl::OkStatus();
}

absl::StatusOr<evidence::SignedHeader> Export::ReadEntry(uint64_t index) const {
  auto leaf = log_->ReadLeaf(kOwnLog, index);
  if (!leaf.ok()) return leaf.status();
  auto entry = evidence::SignedHeader::DecodeLeaf(*leaf);
  if (!entry.ok()) return absl::DataLossError(Entry(index) + " of this node's log is no entry");
  return entry;
}

absl::Status Export::CheckIndex(uint64_t index) const {
  if (index >= to_) {
    return absl::InvalidArgumentError(Entry(index) + " is not there: the log ends at " +
                                      std::to_string(to_) + ", and its last is entry " +
                                      std::to_string(to_ - 1));
  }
  if (index < request_.from) {
    return absl::InvalidArgumentError(
        Entry(index) + " is before --from " + std::to_string(request_.from) +
        ": leave that out, or export an excerpt with --entries " + std::to_string(index));
  }
  return absl::OkStatus();
}

absl::Status Export::Choose() {
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

absl::Status Export::Look() {
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

absl::Status Export::BodyIsMissing(uint64_t index) const {
  if (to_ < newest_->checkpoint.size) {
    return absl::FailedPreconditionError(
        "the body of " + Entry(index) + " was erased after the head of " + std::to_string(to_) +
        " entries, which cannot show why: leave out --to, so that the bundle ends with the newest "
        "head");
  }
  return absl::DataLossError("the body of " + Entry(index) +
                             " is missing, and no ERASURE says why");
}

absl::StatusOr<Bytes> Export::ReadBody(uint64_t index) const {
  auto body =
      store_->Get(Column::kLogBodies, storage::LogIndexKey(static_cast<uint32_t>(kOwnLog), index));
  if (!body.ok()) return body.status();
  if (!body->has_value()) return BodyIsMissing(index);
  return **std::move(body);
}

absl::Status Export::Open() {
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
absl::Status Export::MakeCase(const evidence::ReportFacts& facts) {
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

absl::Status Export::Write() {
  writer_.emplace(sink_, excerpt() ? 0 : survey_.bytes);
  absl::Status status = writer_->BeginFile("head");
  if (status.ok()) status = writer_->Append(head_);
  if (status.ok() && request_.from > 0) status = WriteSinceEarlier();
  if (status.ok() && excerpt()) status = WriteEarlier(to_);
  if (status.ok() && !excerpt()) status = WriteEntries();
  if (status.ok()) status = WriteCharters();
  if (status.ok()) status = writer_->BeginFile("cosigners");
  for (const auto& [origin, note] : source_.cosigners) {
    if (status.ok()) status = writer_->Append(Writer().Prefixed32(crypto::AsBytes(note)).Take());
  }
  if (status.ok() && !keys_.empty()) status = WriteOpenings();
  if (status.ok() && !case_.empty()) {
    status = writer_->BeginFile("case");
    if (status.ok()) status = writer_->Append(case_);
  }
  if (status.ok() && excerpt()) status = WriteExcerpt();
  if (!status.ok()) return status;
  audit::Manifest manifest;
  manifest.kind = excerpt() ? audit::BundleKind::kExcerpt : audit::BundleKind::kLog;
  manifest.origin = source_.identity.origin;
  manifest.circle = source_.identity.circle;
  manifest.made_at = now_.seconds();
  manifest.from = request_.from;
  manifest.to = to_;
  return writer_->Finish(std::move(manifest), source_.identity.entry_key);
}

// What leads from the head of an earlier audit to this one's.
absl::Status Export::WriteSinceEarlier() {
  absl::Status status = writer_->BeginFile("head-from");
  if (status.ok()) status = writer_->Append(head_from_);
  auto proof = log_->ConsistencyProof(kOwnLog, request_.from, to_);
  if (!proof.ok()) return proof.status();
  if (status.ok()) status = writer_->BeginFile("consistency");
  if (status.ok()) {
    status = writer_->Append("old " + std::to_string(request_.from) + "\n" + ProofText(*proof) +
                             "\n" + head_);
  }
  if (status.ok()) status = writer_->BeginFile("frontier");
  const crypto::SubtreeReader read = log_->Reader(kOwnLog, to_);
  uint64_t covered = 0;
  for (uint32_t level = 63; level-- > 0 && status.ok();) {
    if ((request_.from >> level & 1) == 0) continue;
    auto hash = read(level, covered >> level);
    if (!hash.ok()) return hash.status();
    status = writer_->Append(hash->view());
    covered += uint64_t{1} << level;
  }
  if (!status.ok()) return status;
  return WriteEarlier(request_.from);
}

absl::Status Export::WriteEarlier(uint64_t below) {
  absl::Status status = writer_->BeginFile("earlier");
  for (const uint64_t index : survey_.set_up) {
    if (index >= below) break;
    auto leaf = log_->ReadLeaf(kOwnLog, index);
    if (!leaf.ok()) return leaf.status();
    auto body = ReadBody(index);
    if (!body.ok()) return body.status();
    auto proof = log_->InclusionProof(kOwnLog, index, to_);
    if (!proof.ok()) return proof.status();
    Writer record;
    record.U64(index).Prefixed16(*leaf).Prefixed16(*body).U8(static_cast<uint8_t>(proof->size()));
    for (const crypto::Digest& hash : *proof) record.Raw(hash.view());
    if (status.ok()) status = writer_->Append(record.bytes());
    if (!status.ok()) return status;
  }
  return status;
}

absl::Status Export::WriteEntries() {
  absl::Status status = writer_->BeginFile("entries");
  if (!status.ok()) return status;
  std::vector<bool> with_body(to_ - request_.from);
  absl::Status read =
      log_->ReadLeaves(kOwnLog, request_.from, to_, [&](uint64_t index, ByteView leaf) {
        auto entry = evidence::SignedHeader::DecodeLeaf(leaf);
        if (!entry.ok()) {
          status = absl::DataLossError(Entry(index) + " of this node's log is no entry");
          return false;
        }
        with_body[index - request_.from] = survey_.HasBody(entry->header);
        status = writer_->Append(Writer().Prefixed16(leaf).bytes());
        return status.ok();
      });
  if (!read.ok()) return read;
  if (!status.ok()) return status;
  return WriteBodies(with_body);
}

// By one range read. Rows that the head does not know to be erased have to be there; those that it
// does may be there still, and are left out.
absl::Status Export::WriteBodies(const std::vector<bool>& with_body) {
  absl::Status status = writer_->BeginFile("bodies");
  if (!status.ok()) return status;
  uint64_t next = request_.from;  // all below are written
  const auto skip_to = [&](uint64_t index) {
    for (; next < index && status.ok(); ++next) {
      if (with_body[next - request_.from]) status = BodyIsMissing(next);
    }
    return status.ok();
  };
  absl::Status scanned =
      store_->Scan(Column::kLogBodies, storage::LogKey(static_cast<uint32_t>(kOwnLog)),
                   storage::LogIndexKey(static_cast<uint32_t>(kOwnLog), request_.from),
                   [&](ByteView key, ByteView body) {
                     crypto::Reader reader(key);
                     reader.U32();
                     const uint64_t index = reader.U64();
                     if (index >= to_ || !skip_to(index)) return false;
                     next = index + 1;
                     if (!with_body[index - request_.from]) return true;
                     status = writer_->Append(Writer().U64(index).Prefixed16(body).bytes());
                     return status.ok();
                   });
  if (!scanned.ok()) return scanned;
  if (status.ok()) skip_to(to_);
  return status;
}

absl::Status Export::WriteCharters() {
  absl::Status status = writer_->BeginFile("charters");
  std::set<evidence::CharterHash> stated;
  for (const uint64_t index : survey_.set_up) {
    auto entry = ReadEntry(index);
    if (!entry.ok()) return entry.status();
    if (entry->header.kind != EntryKind::kCharter) continue;
    auto body = ReadBody(index);
    if (!body.ok()) return body.status();
    auto charter = evidence::CharterBody::Decode(*body);
    if (!charter.ok()) return absl::DataLossError("the body of " + Entry(index) + " is malformed");
    stated.insert(charter->charter);
  }
  for (const evidence::CharterHash& hash : stated) {
    const auto charter = source_.charters.Find(hash);
    if (charter == nullptr || !status.ok()) continue;
    status = writer_->Append(Writer().Prefixed32(crypto::AsBytes(charter->source)).bytes());
  }
  return status;
}

absl::Status Export::WriteOpenings() {
  absl::Status status = writer_->BeginFile("openings");
  for (const auto& [index, key] : keys_) {
    if (status.ok()) status = writer_->Append(Writer().U64(index).Raw(key.Expose()).bytes());
  }
  return status;
}

absl::Status Export::WriteExcerpt() {
  for (const uint64_t index : entries_) {
    auto entry = ReadEntry(index);
    if (!entry.ok()) return entry.status();
    const std::string name = "entry-" + std::to_string(index);
    absl::Status status = writer_->BeginFile(name + ".leaf");
    if (status.ok()) status = writer_->Append(entry->Leaf());
    if (status.ok() && survey_.HasBody(entry->header)) {
      auto body = ReadBody(index);
      if (!body.ok()) return body.status();
      status = writer_->BeginFile(name + ".body");
      if (status.ok()) status = writer_->Append(*body);
    }
    auto proof = log_->InclusionProof(kOwnLog, index, to_);
    if (!proof.ok()) return proof.status();
    if (status.ok()) status = writer_->BeginFile(name + ".tlog-proof");
    if (status.ok()) {
      status = writer_->Append("c2sp.org/tlog-proof@v1\nindex " + std::to_string(index) + "\n" +
                               ProofText(*proof) + "\n" + head_);
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ExportLog(const LogExportSource& source, const LogExportRequest& request,
                       evidence::UnixMillis now, audit::BundleSink& sink) {
  return Export(source, request, now, sink).Run();
}

}  // namespace daftar::ledger
