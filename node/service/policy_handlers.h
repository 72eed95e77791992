// The policy and what became of decisions, for the shop's own people and systems, as plain
// functions: convert, call, convert back.
#ifndef DAFTAR_NODE_SERVICE_POLICY_HANDLERS_H_
#define DAFTAR_NODE_SERVICE_POLICY_HANDLERS_H_

#include <functional>

#include "absl/status/statusor.h"
#include "daftar/v1/policy.pb.h"
#include "node/node.h"
#include "node/service/access.h"

namespace daftar::service {

// Any thread may call. Authorisation comes first in every call; errors are the rooms' own.
class PolicyHandlers {
 public:
  explicit PolicyHandlers(Node& node) : node_(node) {}

  absl::StatusOr<v1::GetPolicyResponse> GetPolicy(const Actor& actor,
                                                  const v1::GetPolicyRequest& request);
  absl::StatusOr<v1::OverrideDecisionResponse> OverrideDecision(
      const Actor& actor, const v1::OverrideDecisionRequest& request);
  // `stopped` as in check::Outcomes::Report.
  absl::StatusOr<v1::ReportOutcomesResponse> ReportOutcomes(
      const Actor& actor, const v1::ReportOutcomesRequest& request,
      const std::function<bool()>& stopped = {});
  absl::StatusOr<v1::ResetPartnerWeightResponse> ResetPartnerWeight(
      const Actor& actor, const v1::ResetPartnerWeightRequest& request);

 private:
  Node& node_;
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_POLICY_HANDLERS_H_
