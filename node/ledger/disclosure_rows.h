// The keys of Column::kProofRequests, and how a request is stored.
#ifndef DAFTAR_NODE_LEDGER_DISCLOSURE_ROWS_H_
#define DAFTAR_NODE_LEDGER_DISCLOSURE_ROWS_H_

#include "node/ledger/disclosures.h"

namespace daftar::ledger::rows {

crypto::Bytes RequestPrefix(const IncidentId& incident);
crypto::Bytes RequestKey(const IncidentId& incident, const evidence::ProofRequestId& id);
crypto::Bytes RequestIdKey(const evidence::ProofRequestId& id);
crypto::Bytes RequestTimePrefix();
crypto::Bytes RequestTimeKey(evidence::UnixMillis asked_at, const evidence::ProofRequestId& id);
crypto::Bytes OpenRequestPrefix();
crypto::Bytes OpenRequestPrefix(std::string_view partner);
crypto::Bytes OpenRequestKey(std::string_view partner, const evidence::ProofRequestId& id);
// The request id that any of the keys ends with.
evidence::ProofRequestId RequestIdAtEnd(crypto::ByteView key);

crypto::Bytes Encode(const ProofRequest& request);
// DataLoss when the row is malformed or of a newer version.
absl::StatusOr<ProofRequest> DecodeRequest(crypto::ByteView bytes);

}  // namespace daftar::ledger::rows

#endif  // DAFTAR_NODE_LEDGER_DISCLOSURE_ROWS_H_
