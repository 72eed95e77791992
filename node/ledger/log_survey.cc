#include "node/ledger/log_survey.h"

#include "node/evidence/body.h"

namespace daftar::ledger {
namespace {

using evidence::EntryKind;

// The largest of the kind, for what nobody has counted yet.
size_t BodyBytes(EntryKind kind) {
  switch (kind) {
    case EntryKind::kReport:
      return evidence::ReportBody::kSize;
    case EntryKind::kRelabel:
      return evidence::RelabelBody::kSize;
    case EntryKind::kKeys:
      return evidence::KeysBody::kSize;
    case EntryKind::kCharter:
      return evidence::CharterBody::kSize;
    case EntryKind::kAdoption:
      return evidence::AdoptionBody::kMaxSize;
    case EntryKind::kErasure:
      return 0;
    default:
      return evidence::UpdateBody::kSize;
  }
}

}  // namespace

std::optional<uint64_t> ReportOf(const evidence::Header& header) {
  if (header.kind == EntryKind::kReport) return header.index;
  if (evidence::IsAboutReport(header.kind)) return header.about;
  return std::nullopt;
}

bool IsSetUp(EntryKind kind) {
  return kind == EntryKind::kKeys || kind == EntryKind::kCharter || kind == EntryKind::kAdoption;
}

bool LogSurvey::HasBody(const evidence::Header& header) const {
  if (header.kind == EntryKind::kErasure) return false;
  const auto report = ReportOf(header);
  return !report.has_value() || !erased[*report];
}

absl::StatusOr<LogSurvey> SurveyLog(const storage::LogStore& log, uint64_t from, uint64_t to,
                                    const std::set<uint64_t>& reports,
                                    const std::function<bool()>& wanted) {
  LogSurvey survey;
  survey.erased.resize(to);
  absl::Status stopped;
  absl::Status read =
      log.ReadLeaves(storage::kOwnLog, 0, to, [&](uint64_t index, crypto::ByteView leaf) {
        if (index % kAskSurveyEvery == kAskSurveyEvery - 1 && !wanted()) {
          stopped = absl::CancelledError("the export was stopped");
          return false;
        }
        const auto entry = evidence::SignedHeader::DecodeLeaf(leaf);
        if (!entry.ok() || entry->header.index != index) {
          stopped = absl::DataLossError("entry " + std::to_string(index) +
                                        " of this node's log is no entry of it");
          return false;
        }
        const evidence::Header& header = entry->header;
        if (header.kind == EntryKind::kErasure) {
          survey.erased[header.about] = true;  // below its own index: DecodeLeaf has seen to it
          if (reports.contains(header.about)) survey.erasures.emplace(header.about, index);
        }
        if (IsSetUp(header.kind)) survey.set_up.push_back(index);
        if (index >= from) survey.bytes += leaf.size() + BodyBytes(header.kind);
        return true;
      });
  if (!read.ok()) return read;
  if (!stopped.ok()) return stopped;
  return survey;
}

}  // namespace daftar::ledger
