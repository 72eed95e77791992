// Proof handed from one shop to another, as text and as JSON.
#ifndef DAFTAR_CLI_SHOW_DISCLOSURE_H_
#define DAFTAR_CLI_SHOW_DISCLOSURE_H_

#include <ostream>
#include <vector>

#include "cli/json.h"
#include "daftar/v1/disclosure.pb.h"

namespace daftar::cli {

Json ToJson(const v1::ProofRequest& request);
Json ToJson(const v1::PartnerProof& proof);
Json ToJson(const v1::AskedProof& asked);
Json ToJson(const v1::ListAskedProofResponse& asked);

void Print(std::ostream& out, const v1::ProofRequest& request);
void Print(std::ostream& out, const v1::ListAskedProofResponse& asked);

// `more`: the node has others.
Json ListJson(const std::vector<v1::ProofRequest>& requests, bool more);
void PrintList(std::ostream& out, const std::vector<v1::ProofRequest>& requests, bool more);

// What partners asked for of an incident's proof, under a heading; nothing when none did.
void PrintProofRequests(std::ostream& out, const v1::Incident& incident);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_SHOW_DISCLOSURE_H_
