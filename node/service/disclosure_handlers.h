// Proof handed from one shop to another, for the shop's own people and systems, as plain functions:
// convert, call, convert back.
#ifndef DAFTAR_NODE_SERVICE_DISCLOSURE_HANDLERS_H_
#define DAFTAR_NODE_SERVICE_DISCLOSURE_HANDLERS_H_

#include <functional>

#include "absl/status/statusor.h"
#include "daftar/v1/disclosure.pb.h"
#include "node/node.h"
#include "node/service/access.h"

namespace daftar::service {

// Any thread may call. Authorisation comes first in every call; errors are the rooms' own.
// AskForProof and FetchAskedProof block while the partner is asked.
class DisclosureHandlers {
 public:
  explicit DisclosureHandlers(Node& node) : node_(node) {}

  absl::StatusOr<v1::AskForProofResponse> AskForProof(const Actor& actor,
                                                      const v1::AskForProofRequest& request);
  absl::StatusOr<v1::ListAskedProofResponse> ListAskedProof(
      const Actor& actor, const v1::ListAskedProofRequest& request);
  absl::StatusOr<v1::FetchAskedProofResponse> FetchAskedProof(
      const Actor& actor, const v1::FetchAskedProofRequest& request);
  // Until `send` returns false (Cancelled).
  absl::Status GetPartnerProof(const Actor& actor, const v1::GetPartnerProofRequest& request,
                               const std::function<bool(const v1::GetPartnerProofResponse&)>& send);

  absl::StatusOr<v1::ListProofRequestsResponse> ListProofRequests(
      const Actor& actor, const v1::ListProofRequestsRequest& request);
  absl::StatusOr<v1::DiscloseProofResponse> DiscloseProof(const Actor& actor,
                                                          const v1::DiscloseProofRequest& request);
  absl::StatusOr<v1::RefuseProofResponse> RefuseProof(const Actor& actor,
                                                      const v1::RefuseProofRequest& request);

 private:
  Node& node_;
};

// Puts into `incident` what partners asked for of its proof, and what was disclosed.
absl::Status DescribeProofRequests(Node& node, const ledger::IncidentId& id,
                                   v1::Incident& incident);

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_DISCLOSURE_HANDLERS_H_
