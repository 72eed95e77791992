// What an incident is once a part of the own log is taken back that its database did not have.
// Pure.
#ifndef DAFTAR_NODE_LEDGER_FOUND_INCIDENT_H_
#define DAFTAR_NODE_LEDGER_FOUND_INCIDENT_H_

#include <optional>

#include "node/evidence/facts.h"
#include "node/evidence/header.h"
#include "node/ledger/incident.h"

namespace daftar::ledger {

// When the entry was made.
evidence::UnixMillis TimeOf(const evidence::Header& header);

// The one that stands for the report at `index`, whose own is lost: what the report says, under
// RecoveredHandle.
Incident LostIncident(const IncidentId& id, uint64_t index, const evidence::Header& header,
                      const evidence::ReportFacts& facts);

// What the entry about its report has made of the incident; none: nothing. `facts` are the entry's,
// where its body is still there.
std::optional<IncidentAction> ApplyEntry(Incident& incident, const evidence::Header& header,
                                         const std::optional<evidence::Facts>& facts);

}  // namespace daftar::ledger

#endif  // DAFTAR_NODE_LEDGER_FOUND_INCIDENT_H_
