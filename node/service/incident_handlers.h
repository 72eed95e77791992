// What becomes of an incident after it was filed, for the shop's own people and systems, as plain
// functions: convert, call, convert back.
#ifndef DAFTAR_NODE_SERVICE_INCIDENT_HANDLERS_H_
#define DAFTAR_NODE_SERVICE_INCIDENT_HANDLERS_H_

#include "absl/status/statusor.h"
#include "daftar/v1/incident.pb.h"
#include "node/node.h"
#include "node/service/access.h"

namespace daftar::service {

// Any thread may call. Authorisation comes first in every call; errors are the rooms' own.
class IncidentHandlers {
 public:
  explicit IncidentHandlers(Node& node) : node_(node) {}

  absl::StatusOr<v1::ApproveIncidentResponse> ApproveIncident(
      const Actor& actor, const v1::ApproveIncidentRequest& request);
  absl::StatusOr<v1::GiveNoticeResponse> GiveNotice(const Actor& actor,
                                                    const v1::GiveNoticeRequest& request);
  absl::StatusOr<v1::DisputeIncidentResponse> DisputeIncident(
      const Actor& actor, const v1::DisputeIncidentRequest& request);
  absl::StatusOr<v1::ResolveIncidentResponse> ResolveIncident(
      const Actor& actor, const v1::ResolveIncidentRequest& request);
  absl::StatusOr<v1::CorrectIncidentResponse> CorrectIncident(
      const Actor& actor, const v1::CorrectIncidentRequest& request);
  absl::StatusOr<v1::EraseIncidentResponse> EraseIncident(const Actor& actor,
                                                          const v1::EraseIncidentRequest& request);
  absl::StatusOr<v1::DisputeAtPartnerResponse> DisputeAtPartner(
      const Actor& actor, const v1::DisputeAtPartnerRequest& request);
  absl::StatusOr<v1::ListRelayedDisputesResponse> ListRelayedDisputes(
      const Actor& actor, const v1::ListRelayedDisputesRequest& request);

 private:
  Node& node_;
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_INCIDENT_HANDLERS_H_
