// What a bundle says of one incident: docs/bundle.md, "The case". Nobody is in it but those who
// acted, as the record names them.
#ifndef DAFTAR_NODE_LEDGER_CASE_FILE_H_
#define DAFTAR_NODE_LEDGER_CASE_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "node/evidence/facts.h"
#include "node/ledger/ledger.h"

namespace daftar::ledger {

inline constexpr size_t kMaxCaseActorBytes = 255;

// The file's text. `facts` are those of the incident's REPORT, which tell the reminders that it
// was published with. REQUIRES incident.report. Internal for an actor that the format cannot hold;
// names of users, uids, origins and the node's own all can. Pure.
absl::StatusOr<std::string> CaseFile(const IncidentView& incident,
                                     const evidence::ReportFacts& facts);

}  // namespace daftar::ledger

#endif  // DAFTAR_NODE_LEDGER_CASE_FILE_H_
