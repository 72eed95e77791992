// Audit bundles of the node's own log (docs/bundle.md), from one view of the store, in pieces: the
// whole log or what is new of it, or an excerpt of some entries. No identifier, name or free text
// goes into one; what a REPORT says goes only where its key is asked for.
#ifndef DAFTAR_NODE_LEDGER_LOG_EXPORT_H_
#define DAFTAR_NODE_LEDGER_LOG_EXPORT_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "node/audit/bundle_writer.h"
#include "node/evidence/clock.h"
#include "node/ledger/charters.h"
#include "node/ledger/ledger.h"
#include "node/ledger/log_identity.h"
#include "node/ledger/publisher.h"
#include "storage/store.h"

namespace daftar::ledger {

// What is exported from. References outlive the export.
struct LogExportSource {
  const storage::Store& store;
  const LogIdentity& identity;
  const Publisher& publisher;
  const Ledger& ledger;
  const AdoptedCharters& charters;
  const crypto::Secret32& record_key;
  // The newest note of each active partner's own log, by origin.
  std::map<std::string, std::string> cosigners = {};
};

struct LogExportRequest {
  // Sizes of signed heads. From the first entry, or from where an earlier audit ended; to 0: to the
  // newest head.
  uint64_t from = 0;
  uint64_t to = 0;
  // Not empty: an excerpt of these alone, of what is opened, and of the ERASUREs that say why one
  // of their bodies is gone.
  std::vector<uint64_t> entries = {};
  // REPORTs whose keys go along.
  std::vector<uint64_t> open = {};
  // An incident whose REPORT is opened and whose history goes along.
  std::optional<IncidentId> incident = {};
};

// Writes the bundle to `sink`, made at `now`. Any thread; changes nothing.
//   InvalidArgument     sizes, or an index, that cannot be; an excerpt of too many entries
//   NotFound            `from` or `to` is the size of no head that is kept; no such incident
//   FailedPrecondition  what is to be opened is no REPORT, or erased; the incident is not
//                       published, or what its case has to tell is lost (LostOfCase); a body was
//                       erased after the head that the bundle ends with
//   Unavailable         there is no signed head
//   Cancelled           the sink wants no more
//   ResourceExhausted   larger than a bundle may be
//   others              the store failed; DataLoss where log and bodies do not fit together
absl::Status ExportLog(const LogExportSource& source, const LogExportRequest& request,
                       evidence::UnixMillis now, audit::BundleSink& sink);

}  // namespace daftar::ledger

#endif  // DAFTAR_NODE_LEDGER_LOG_EXPORT_H_
