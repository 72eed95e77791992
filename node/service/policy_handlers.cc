#include "node/service/policy_handlers.h"

#include "node/service/convert.h"

namespace daftar::service {

absl::StatusOr<v1::GetPolicyResponse> PolicyHandlers::GetPolicy(
    const Actor& actor, const v1::GetPolicyRequest& request) {
  if (absl::Status s = Authorise(actor, "PolicyService/GetPolicy"); !s.ok()) return s;
  const auto in_force = node_.policies().InForce();
  decision::Policy policy = *in_force;
  if (!request.hash().empty()) {
    auto hash = node_.policies().Find(request.hash());
    if (!hash.ok()) return hash.status();
    auto known = node_.policies().ByHash(*hash);
    if (!known.ok()) return known.status();
    policy = *std::move(known);
  }
  auto versions = node_.policies().Versions();
  if (!versions.ok()) return versions.status();
  v1::GetPolicyResponse out;
  out.set_hash(policy.Hash().hex());
  out.set_toml(policy.ToToml());
  out.set_in_force(policy == *in_force);
  for (const check::PolicyVersion& version : *versions) {
    v1::PolicyVersion* row = out.add_versions();
    row->set_hash(version.hash.hex());
    row->set_since(TimeText(version.since));
  }
  out.set_problem(node_.policies().problem());
  out.set_prior_ppm(node_.own_rate().Prior(*in_force));
  return out;
}

absl::StatusOr<v1::OverrideDecisionResponse> PolicyHandlers::OverrideDecision(
    const Actor& actor, const v1::OverrideDecisionRequest& request) {
  if (absl::Status s = Authorise(actor, "PolicyService/OverrideDecision"); !s.ok()) return s;
  auto id = ReceiptFromProto(request.receipt());
  if (!id.ok()) return id.status();
  auto effect = FromProto(request.effect());
  if (!effect.ok()) return effect.status();
  auto made = node_.outcomes().OverrideDecision({actor.name, request.request_id()}, *id, *effect,
                                                request.because());
  if (!made.ok()) return made.status();
  auto followed = node_.outcomes().Of(*id);
  if (!followed.ok()) return followed.status();
  v1::OverrideDecisionResponse out;
  out.set_receipt(id->hex());
  if (followed->has_value()) out.set_decided(ToProto((*followed)->decided));
  *out.mutable_override() = ToProto(*made);
  return out;
}

absl::StatusOr<v1::ReportOutcomesResponse> PolicyHandlers::ReportOutcomes(
    const Actor& actor, const v1::ReportOutcomesRequest& request,
    const std::function<bool()>& stopped) {
  if (absl::Status s = Authorise(actor, "PolicyService/ReportOutcomes"); !s.ok()) return s;
  auto from = DateFromProto(request.from(), "from");
  if (!from.ok()) return from.status();
  auto to = DateFromProto(request.to(), "to");
  if (!to.ok()) return to.status();
  auto rows = node_.outcomes().Report(*from, *to, stopped);
  if (!rows.ok()) return rows.status();
  v1::ReportOutcomesResponse out;
  for (const check::OutcomeRow& row : *rows) {
    v1::OutcomeRow* made = out.add_rows();
    made->set_decided(ToProto(row.decided));
    if (row.overridden_to.has_value()) made->set_overridden_to(ToProto(*row.overridden_to));
    made->set_decisions(row.decisions);
    made->set_paid(row.paid);
    made->set_late(row.late);
    made->set_unpaid(row.unpaid);
  }
  return out;
}

absl::StatusOr<v1::ResetPartnerWeightResponse> PolicyHandlers::ResetPartnerWeight(
    const Actor& actor, const v1::ResetPartnerWeightRequest& request) {
  if (absl::Status s = Authorise(actor, "PolicyService/ResetPartnerWeight"); !s.ok()) return s;
  auto partner = node_.registry().Find(request.origin());
  if (!partner.ok()) return partner.status();
  absl::Status reset = node_.outcomes().Reset({actor.name, request.request_id()}, partner->origin,
                                              request.because());
  if (!reset.ok()) return reset;
  return v1::ResetPartnerWeightResponse();
}

}  // namespace daftar::service
