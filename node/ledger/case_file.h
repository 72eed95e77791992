// What a bundle says of one incident: docs/bundle.md, "The case". Nobody is in it but those who
// acted, as the record names them.
#ifndef DAFTAR_NODE_LEDGER_CASE_FILE_H_
#define DAFTAR_NODE_LEDGER_CASE_FILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/evidence/charter.h"
#include "node/evidence/facts.h"
#include "node/ledger/ledger.h"

namespace daftar::ledger {

inline constexpr size_t kMaxCaseActorBytes = 255;

// What a case has to tell under the charter (none: it is not known), and an incident that was found
// again by `log recover` cannot, since it went with the database before: "the notice". Empty: it
// can tell all, or was never lost. `facts` are those of its REPORT. Pure.
std::vector<std::string> LostOfCase(const IncidentView& incident,
                                    const evidence::ReportFacts& facts,
                                    const evidence::Charter* charter);

// The file's text. `facts` are those of the incident's REPORT, which tell the reminders that it
// was published with. REQUIRES incident.report. Internal for an actor that the format cannot hold;
// names of users, uids, origins and the node's own all can. Pure.
absl::StatusOr<std::string> CaseFile(const IncidentView& incident,
                                     const evidence::ReportFacts& facts);

}  // namespace daftar::ledger

#endif  // DAFTAR_NODE_LEDGER_CASE_FILE_H_
