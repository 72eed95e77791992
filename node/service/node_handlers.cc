// Partners and users, as their operator sees and changes them.
#include "node/service/node_handlers.h"

#include <algorithm>

#include "node/partners/issuer_record.h"
#include "node/partners/trouble_words.h"
#include "node/service/convert.h"
#include "node/service/test_mode.h"
#include "storage/audit.h"
#include "storage/requests.h"

namespace daftar::service {
namespace {

storage::Caller CallerOf(const Actor& actor, const std::string& request_id) {
  return {actor.name, request_id};
}

absl::Status CheckRequestId(const Actor& actor, const std::string& request_id) {
  return storage::RequestLog::Key(actor.name, request_id).status();
}

}  // namespace

absl::StatusOr<v1::CreateInviteResponse> NodeHandlers::CreateInvite(
    const Actor& actor, const v1::CreateInviteRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/CreateInvite"); !s.ok()) return s;
  if (absl::Status s = CheckMayPair(node_.config()); !s.ok()) return s;
  auto invite =
      node_.pairing().Invite(CallerOf(actor, request.request_id()), request.valid_for_s());
  if (!invite.ok()) return invite.status();
  v1::CreateInviteResponse out;
  out.set_code(invite->code);
  out.set_expires_at(TimeText({invite->expires_at * 1000}));
  out.set_endpoint(invite->endpoint);
  return out;
}

absl::StatusOr<v1::JoinPartnerResponse> NodeHandlers::JoinPartner(
    const Actor& actor, const v1::JoinPartnerRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/JoinPartner"); !s.ok()) return s;
  if (absl::Status s = CheckMayPair(node_.config()); !s.ok()) return s;
  if (absl::Status s = CheckRequestId(actor, request.request_id()); !s.ok()) return s;
  auto partner = node_.pairing().Join(CallerOf(actor, request.request_id()), request.code());
  if (!partner.ok()) return partner.status();
  if (absl::Status s = node_.followers().Refresh(); !s.ok()) return s;
  v1::JoinPartnerResponse out;
  *out.mutable_partner() = Describe(*partner);
  return out;
}

v1::Partner NodeHandlers::Describe(const partners::Partner& partner) const {
  v1::Partner out;
  out.set_origin(partner.origin);
  out.set_name(partner.name);
  out.set_endpoint(partner.endpoint);
  out.set_state(std::string(partners::StatusName(partner.status)));
  out.set_paired_at(TimeText(partner.paired_at));
  const evidence::CharterHash stated = StatedCharter(partner);
  out.set_charter(stated.hex());
  out.set_same_charter(stated == node_.charter().hash);
  out.set_certificate_pin(partner.pin.hex());
  out.set_first_entry(partner.first_leaf.hex());
  const partners::ConnectionView connection = node_.followers().ConnectionOf(partner.origin);
  out.set_connection(connection.connected ? "connected" : connection.reason);
  partners::MirrorView view;
  if (const auto mirror = node_.followers().MirrorOf(partner.origin); mirror != nullptr) {
    view = mirror->View();
    out.set_log_size(view.size);
    if (view.head_time > 0) {
      const int64_t age = node_.clock().Now().seconds() - view.head_time;
      out.set_head_age_s(static_cast<uint64_t>(std::max<int64_t>(age, 0)));
    }
    out.set_forked(view.forked);
    if (view.quarantine.has_value()) {
      out.set_quarantined_since(TimeText(evidence::UnixMillis::OfSeconds(view.quarantine->since)));
      out.set_quarantined_for(std::string(partners::SuspicionName(view.quarantine->suspicion)));
    }
    out.set_reports(view.reports);
    if (!view.keys.empty()) out.set_epoch(view.keys.back().keys.epoch);
  }
  out.set_trouble(partners::TroubleWords(partner, view));
  if (partner.succession.has_value() && !partner.replaced()) {
    out.set_adopted_origin(partner.succession->origin);
    out.set_adopted_first_entry(partner.succession->first_leaf.hex());
    out.set_adopted_after(partner.succession->size);
  }
  const partners::Arrival held = node_.arrivals().HeldBy(partner);
  out.set_holds(held.holds);
  if (held.holds > 0) {
    out.set_holds_since(TimeText(evidence::UnixMillis::OfSeconds(held.holds_since)));
  }
  if (const auto head = node_.publisher().Head()) out.set_own_log_size(head->checkpoint.size);
  const partners::QuotaUse use =
      node_.quota().Today(partner.origin, node_.registry().Active().size());
  out.set_quota_used(use.used);
  out.set_quota_limit(use.limit);
  const check::Outcomes::Learnt learnt = node_.outcomes().LearntAbout(partner.origin);
  out.set_weight_ppm(decision::LearntWeight(learnt.outcomes, *node_.policies().InForce()));
  out.set_learnt_from(learnt.outcomes.orders);
  out.set_learnt_bad_ppm(learnt.outcomes.bad_ppm);
  out.set_learnt_since(TimeText(learnt.since));
  return out;
}

absl::StatusOr<v1::ListPartnersResponse> NodeHandlers::ListPartners(
    const Actor& actor, const v1::ListPartnersRequest&) {
  if (absl::Status s = Authorise(actor, "NodeService/ListPartners"); !s.ok()) return s;
  v1::ListPartnersResponse out;
  for (const partners::Partner& partner : node_.registry().All()) {
    *out.add_partners() = Describe(partner);
  }
  return out;
}

namespace {

v1::IssuerRecord ToProto(const partners::IssuerRecord& record) {
  v1::IssuerRecord out;
  out.set_reports(record.reports);
  out.set_settled(record.settled);
  out.set_corrected(record.corrected);
  out.set_disputed(record.disputed);
  out.set_upheld(record.upheld);
  out.set_given_up(record.given_up);
  out.set_answered_in_time(record.answered_in_time);
  out.set_answered_late(record.answered_late);
  out.set_waiting(record.waiting);
  out.set_waiting_too_long(record.waiting_too_long);
  out.set_withdrawn(record.withdrawn);
  out.set_erased(record.erased);
  return out;
}

}  // namespace

absl::StatusOr<v1::GetPartnerResponse> NodeHandlers::GetPartner(
    const Actor& actor, const v1::GetPartnerRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/GetPartner"); !s.ok()) return s;
  auto partner = node_.registry().Find(request.origin());
  if (!partner.ok()) return partner.status();
  v1::GetPartnerResponse out;
  *out.mutable_partner() = Describe(*partner);
  const auto mirror = node_.followers().MirrorOf(partner->origin);
  if (mirror == nullptr || partner->replaced()) return out;  // of its reports nothing is left here
  auto record = partners::RecordOf(node_.store(), partner->log, mirror->View(), node_.charters(),
                                   node_.clock().Now().seconds());
  if (!record.ok()) return record.status();
  *out.mutable_partner()->mutable_record() = ToProto(*record);
  const partners::VoidEntries voids = mirror->View().voids;
  for (size_t i = 0; i < partners::kVoidReasons; ++i) {
    if (voids.by_reason[i].entries == 0) continue;
    const auto reason = static_cast<partners::VoidReason>(i);
    v1::VoidEntries& told = *out.mutable_partner()->add_void_entries();
    told.set_reason(std::string(partners::VoidReasonName(reason)));
    told.set_words(std::string(partners::VoidReasonWords(reason)));
    told.set_entries(voids.by_reason[i].entries);
    told.set_newest_index(voids.by_reason[i].newest);
  }
  return out;
}

absl::StatusOr<v1::Partner> NodeHandlers::ChangeStatus(const Actor& actor,
                                                       const std::string& request_id,
                                                       const std::string& origin,
                                                       const std::string& because,
                                                       partners::PartnerStatus status) {
  if (absl::Status s = CheckRequestId(actor, request_id); !s.ok()) return s;
  auto partner = node_.registry().SetStatus(CallerOf(actor, request_id), origin, status, because);
  if (!partner.ok()) return partner.status();
  if (absl::Status s = node_.followers().Refresh(); !s.ok()) return s;
  // What it asked for ends at once; what fails is done by the node's upkeep.
  node_.disclosures().Sweep().IgnoreError();
  // Streams that the partner has open here look at its status when they wake.
  node_.publisher().WakeAll();
  return Describe(*partner);
}

absl::StatusOr<v1::AcceptPartnerResponse> NodeHandlers::AcceptPartner(
    const Actor& actor, const v1::AcceptPartnerRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/AcceptPartner"); !s.ok()) return s;
  if (absl::Status s = CheckMayPair(node_.config()); !s.ok()) return s;
  if (absl::Status s = CheckRequestId(actor, request.request_id()); !s.ok()) return s;
  auto first_entry = FirstEntryFromProto(request.first_entry());
  if (!first_entry.ok()) return first_entry.status();
  auto partner = node_.AcceptPartner(CallerOf(actor, request.request_id()), request.origin(),
                                     *first_entry, request.because());
  if (!partner.ok()) return partner.status();
  // As when a status changes: what was asked under the old name ends, and open streams look again.
  node_.disclosures().Sweep().IgnoreError();
  node_.publisher().WakeAll();
  v1::AcceptPartnerResponse out;
  *out.mutable_partner() = Describe(*partner);
  return out;
}

absl::StatusOr<v1::ReleasePartnerResponse> NodeHandlers::ReleasePartner(
    const Actor& actor, const v1::ReleasePartnerRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/ReleasePartner"); !s.ok()) return s;
  if (absl::Status s = CheckRequestId(actor, request.request_id()); !s.ok()) return s;
  if (absl::Status s = storage::CheckBecause(request.because()); !s.ok()) return s;
  auto partner = node_.registry().Find(request.origin());
  if (!partner.ok()) return partner.status();
  const auto mirror = node_.followers().MirrorOf(partner->origin);
  if (mirror == nullptr) {
    return absl::FailedPreconditionError("no copy of the log of " + partner->origin +
                                         " is kept, so none of its reports is set aside");
  }
  absl::Status released = mirror->Release(CallerOf(actor, request.request_id()), request.because(),
                                          node_.vault(), node_.entropy());
  if (!released.ok()) return released;
  v1::ReleasePartnerResponse out;
  *out.mutable_partner() = Describe(*partner);
  return out;
}

absl::StatusOr<v1::SuspendPartnerResponse> NodeHandlers::SuspendPartner(
    const Actor& actor, const v1::SuspendPartnerRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/SuspendPartner"); !s.ok()) return s;
  auto partner = ChangeStatus(actor, request.request_id(), request.origin(), request.because(),
                              partners::PartnerStatus::kSuspended);
  if (!partner.ok()) return partner.status();
  v1::SuspendPartnerResponse out;
  *out.mutable_partner() = *std::move(partner);
  return out;
}

absl::StatusOr<v1::ResumePartnerResponse> NodeHandlers::ResumePartner(
    const Actor& actor, const v1::ResumePartnerRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/ResumePartner"); !s.ok()) return s;
  auto partner = ChangeStatus(actor, request.request_id(), request.origin(), request.because(),
                              partners::PartnerStatus::kActive);
  if (!partner.ok()) return partner.status();
  v1::ResumePartnerResponse out;
  *out.mutable_partner() = *std::move(partner);
  return out;
}

absl::StatusOr<v1::RemovePartnerResponse> NodeHandlers::RemovePartner(
    const Actor& actor, const v1::RemovePartnerRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/RemovePartner"); !s.ok()) return s;
  auto partner = ChangeStatus(actor, request.request_id(), request.origin(), request.because(),
                              partners::PartnerStatus::kRemoved);
  if (!partner.ok()) return partner.status();
  v1::RemovePartnerResponse out;
  *out.mutable_partner() = *std::move(partner);
  return out;
}

}  // namespace daftar::service
