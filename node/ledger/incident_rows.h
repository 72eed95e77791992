// The keys of Column::kIncidents and Column::kCounters.
//
//   'i' || id                      -> sealed incident
//   's' || ~added_at || id         -> empty: incidents, newest first
//   't' || tag || id               -> empty: incidents about an identifier
//   'o' || order id                -> incident id: at most one incident for an order
//   'd' || time || id              -> empty: when the node is to look at the incident by itself
//   'n' || code                    -> incident id: the short code of its notice
//   'v'                            -> empty: all incidents have their rows among the deadlines
//   'p' || id                      -> sealed: the incident's proofs (proofs.h)
//   'r' || commitment              -> incident id: whose REPORT it is
//   counters: epoch || tag         -> next label counter (lost_labels.h)
//   counters: epoch                -> how many labels may be used without a trace (lost_labels.h)
//   tokens: own log || epoch || token -> empty: a label of a report that was taken back from
//   partners
#ifndef DAFTAR_NODE_LEDGER_INCIDENT_ROWS_H_
#define DAFTAR_NODE_LEDGER_INCIDENT_ROWS_H_

#include "node/identity/identifier.h"
#include "node/ledger/incident.h"
#include "storage/vault.h"

namespace daftar::ledger::rows {

crypto::Bytes IncidentKey(const IncidentId& id);
crypto::Bytes TimePrefix();
crypto::Bytes TimeKey(evidence::UnixMillis added_at, const IncidentId& id);
crypto::Bytes SubjectPrefix(const storage::Vault& vault, const identity::Identifier& identifier);
crypto::Bytes SubjectKey(const storage::Vault& vault, const identity::Identifier& identifier,
                         const IncidentId& id);
crypto::Bytes ProofsKey(const IncidentId& id);
crypto::Bytes OrderKey(std::string_view order);
crypto::Bytes DeadlinePrefix();
crypto::Bytes DeadlineKey(int64_t time, const IncidentId& id);  // Unix seconds
crypto::Bytes AllHaveDeadlinesKey();
int64_t TimeOfDeadline(crypto::ByteView key);
crypto::Bytes CodeKey(std::string_view code);
crypto::Bytes ReportPrefix();
crypto::Bytes ReportKey(const evidence::Commitment& commitment);
crypto::Bytes CounterKey(const storage::Vault& vault, uint32_t epoch,
                         const identity::Identifier& identifier);
crypto::Bytes LostLabelsKey(uint32_t epoch);
crypto::Bytes UsedTokenKey(uint32_t epoch, const evidence::Token& token);
// The incident id that a time or subject key ends with.
IncidentId IdAtEnd(crypto::ByteView key);

}  // namespace daftar::ledger::rows

#endif  // DAFTAR_NODE_LEDGER_INCIDENT_ROWS_H_
