// One audit bundle in the making (log_export.h): what goes into it is chosen in log_export.cc and
// written in log_bundle.cc.
#ifndef DAFTAR_NODE_LEDGER_LOG_BUNDLE_H_
#define DAFTAR_NODE_LEDGER_LOG_BUNDLE_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/audit/bundle_writer.h"
#include "node/evidence/entry.h"
#include "node/evidence/facts.h"
#include "node/ledger/log_export.h"
#include "node/ledger/log_survey.h"
#include "storage/log_store.h"

namespace daftar::ledger {

// One bundle, in three steps: which head and view it is of, what goes into it, and writing it.
class LogBundle {
 public:
  LogBundle(const LogExportSource& source, const LogExportRequest& request,
            evidence::UnixMillis now, audit::BundleSink& sink)
      : source_(source), request_(request), now_(now), sink_(sink) {}

  // As ExportLog. Once.
  absl::Status Run();

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
  // Why there is nothing from `to_` on, as the beginning of a sentence.
  std::string WhatEnds() const;
  absl::StatusOr<evidence::SignedHeader> ReadEntry(uint64_t index) const;
  // Of an entry that has to have one.
  absl::StatusOr<crypto::Bytes> ReadBody(uint64_t index) const;
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

}  // namespace daftar::ledger

#endif  // DAFTAR_NODE_LEDGER_LOG_BUNDLE_H_
