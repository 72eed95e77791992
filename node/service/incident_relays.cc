// Disputes at this shop of what partners report.
#include <algorithm>

#include "node/evidence/labels.h"
#include "node/service/convert.h"
#include "node/service/incident_handlers.h"

namespace daftar::service {
namespace {

v1::RelayedDispute ToProto(const partners::RelayView& view, const partners::Registry& registry) {
  const evidence::RelayStatement& statement = view.relay.statement;
  v1::RelayedDispute out;
  out.set_origin(statement.issuer);
  out.set_entry(statement.index);
  out.set_disputed_on(statement.on.ToString());
  out.set_relayed_at(TimeText(evidence::UnixMillis::OfSeconds(static_cast<int64_t>(statement.at))));
  out.set_relayed_by(view.relay.by);
  out.set_state(std::string(view.state()));
  out.set_partner_disputed_at(TimeText(evidence::UnixMillis::OfSeconds(view.fate.disputed_at)));
  out.set_refusal(std::string(partners::RefusalWord(view.relay.refusal)));
  out.set_refusal_words(std::string(partners::RefusalSentence(view.relay.refusal)));
  out.set_partner_told(view.relay.issuer_told);
  uint32_t others = 0;
  uint32_t told = 0;
  for (const partners::Partner& partner : registry.Active()) {
    if (partner.origin == statement.issuer) continue;
    ++others;
    told += view.relay.told.count(partner.origin) > 0 ? 1 : 0;
  }
  out.set_others(others);
  out.set_others_told(told);
  return out;
}

}  // namespace

absl::StatusOr<v1::DisputeAtPartnerResponse> IncidentHandlers::DisputeAtPartner(
    const Actor& actor, const v1::DisputeAtPartnerRequest& request) {
  if (absl::Status s = Authorise(actor, "IncidentService/DisputeAtPartner"); !s.ok()) return s;
  partners::NewRelay dispute;
  dispute.issuer = request.origin();
  auto identifiers =
      FromProto(request.identifiers(), node_.config().region, evidence::kMaxIdentifiersPerEntry);
  if (!identifiers.ok()) return identifiers.status();
  dispute.identifiers = *std::move(identifiers);
  if (request.has_entry()) dispute.index = request.entry();
  auto day = DateFromProto(request.on(), "on");
  if (!day.ok()) return day.status();
  dispute.on = *day;
  auto relayed = node_.relayer().Relay({actor.name, request.request_id()}, dispute,
                                       node_.config().partner_deadline);
  node_.relay_sender().Wake();  // of more than fit into the day, those that did are on their way
  if (!relayed.ok()) return relayed.status();
  v1::DisputeAtPartnerResponse response;
  for (const partners::RelayView& view : *relayed) {
    *response.add_disputes() = ToProto(view, node_.registry());
  }
  return response;
}

absl::StatusOr<v1::ListRelayedDisputesResponse> IncidentHandlers::ListRelayedDisputes(
    const Actor& actor, const v1::ListRelayedDisputesRequest& request) {
  if (absl::Status s = Authorise(actor, "IncidentService/ListRelayedDisputes"); !s.ok()) return s;
  auto limit = PageSizeFromProto(request.limit());
  if (!limit.ok()) return limit.status();
  auto relayed = node_.relayer().List(*limit);
  if (!relayed.ok()) return relayed.status();
  v1::ListRelayedDisputesResponse response;
  for (const partners::RelayView& view : *relayed) {
    *response.add_disputes() = ToProto(view, node_.registry());
  }
  return response;
}

}  // namespace daftar::service
