// The policy and what became of decisions, for the shop's own people and systems, as plain
// functions: convert, call, convert back.
#ifndef DAFTAR_NODE_SERVICE_POLICY_HANDLERS_H_
#define DAFTAR_NODE_SERVICE_POLICY_HANDLERS_H_

#include <atomic>
#include <functional>

#include "absl/status/statusor.h"
#include "daftar/v1/policy.pb.h"
#include "node/node.h"
#include "node/service/access.h"

namespace daftar::service {

inline constexpr uint32_t kMaxBacktestOrders = 200'000;  // the newest ones
// Orders with a known end, before a back-test says anything.
inline constexpr uint64_t kMinBacktestOrders = 20;

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
  absl::StatusOr<v1::CheckPolicyResponse> CheckPolicy(const Actor& actor,
                                                      const v1::CheckPolicyRequest& request);
  absl::StatusOr<v1::PutPolicyResponse> PutPolicy(const Actor& actor,
                                                  const v1::PutPolicyRequest& request);
  // The report itself. `tell` gets the messages that go before it and returns false to stop, upon
  // which the report is Cancelled; it may be empty. One runs at a time: ResourceExhausted.
  absl::StatusOr<v1::BacktestPolicyResponse> BacktestPolicy(
      const Actor& actor, const v1::BacktestPolicyRequest& request,
      const std::function<bool(const v1::BacktestPolicyResponse&)>& tell = {});
  absl::StatusOr<v1::SetTrialPolicyResponse> SetTrialPolicy(
      const Actor& actor, const v1::SetTrialPolicyRequest& request);
  // `stopped` as in ReportOutcomes.
  absl::StatusOr<v1::ReportTrialResponse> ReportTrial(const Actor& actor,
                                                      const v1::ReportTrialRequest& request,
                                                      const std::function<bool()>& stopped = {});
  absl::StatusOr<v1::ReportWorthResponse> ReportWorth(const Actor& actor,
                                                      const v1::ReportWorthRequest& request,
                                                      const std::function<bool()>& stopped = {});

 private:
  Node& node_;
  std::atomic<bool> backtesting_{false};
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_POLICY_HANDLERS_H_
