#include "node/service/partner_privacy.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "node/ledger/ledger.h"

namespace daftar::service {
namespace {

constexpr uint64_t kHour = 3600;  // seconds
constexpr uint64_t kDay = 24 * kHour;

// Up to the whole hour, from a day on to the whole day: never younger than it is.
uint64_t Coarse(uint64_t age_s) {
  const uint64_t step = age_s < kDay ? kHour : kDay;
  const uint64_t steps = age_s / step + (age_s % step == 0 ? 0 : 1);
  return std::max<uint64_t>(steps, 1) * step;
}

template <class Partner>
void HideWhich(Partner& partner) {
  partner.clear_origin();
  if (partner.has_head_age_s()) partner.set_head_age_s(Coarse(partner.head_age_s()));
}

void Hide(v1::PartnerAnswer& partner) { HideWhich(partner); }

void Hide(v1::ReceiptPartner& partner) {
  HideWhich(partner);
  partner.clear_head_size();
  partner.clear_head_root();
  partner.clear_witnesses();
  partner.clear_weight_ppm();
}

void Hide(v1::DecisionInput& input) {
  input.clear_origin();
  input.clear_reference();
  input.clear_weight_ppm();
}

void Hide(v1::ReceiptInput& input) {
  input.clear_origin();
  input.clear_reference();
  input.clear_commitment();
  input.clear_weight_ppm();
}

// By nothing but what they show.
uint32_t RecordsOf(const v1::PartnerAnswer& partner) { return partner.records(); }
uint32_t RecordsOf(const v1::ReceiptPartner&) { return 0; }

template <class Partner>
bool PartnerBefore(const Partner& a, const Partner& b) {
  const auto rank = [](const Partner& p) {
    return std::tuple(p.state(), ~RecordsOf(p), p.head_age_s(), p.reason(), p.SerializeAsString());
  };
  return rank(a) < rank(b);
}

template <class Input>
bool InputBefore(const Input& a, const Input& b) {
  const auto rank = [](const Input& i) {
    return std::tuple(i.age_days(), ~i.bad_ppm(), i.status(), i.SerializeAsString());
  };
  return rank(a) < rank(b);
}

// The shop's own inputs keep their places.
template <class Input>
void HideInputs(google::protobuf::RepeatedPtrField<Input>& inputs) {
  std::vector<Input*> places;
  std::vector<Input> hidden;
  for (Input& input : inputs) {
    if (input.type() != "partner_record") continue;
    Hide(input);
    places.push_back(&input);
    hidden.push_back(input);
  }
  std::sort(hidden.begin(), hidden.end(), InputBefore<Input>);
  for (size_t i = 0; i < places.size(); ++i) places[i]->Swap(&hidden[i]);
}

template <class Response>
void HideRows(Response& response) {
  auto& partners = *response.mutable_partners();
  for (auto& partner : partners) Hide(partner);
  using Partner = std::remove_reference_t<decltype(partners[0])>;
  std::sort(partners.begin(), partners.end(), PartnerBefore<Partner>);
  HideInputs(*response.mutable_inputs());
}

}  // namespace

void HidePartners(v1::CheckResponse& response) { HideRows(response); }

void HidePartners(v1::GetReceiptResponse& response) {
  response.clear_body();
  response.clear_salt();
  HideRows(response);
}

void HidePartners(v1::Incident& incident) {
  for (v1::ProofRequest& request : *incident.mutable_proof_requests()) {
    request.clear_partner();
    request.clear_why();
    request.clear_because();  // a manager's words, which may name the partner
  }
  for (v1::IncidentEvent& event : *incident.mutable_history()) {
    // A dispute that came through one: it knows the person.
    if (event.by().starts_with(ledger::kPartnerActor)) event.set_by("partner");
    auto& arrivals = *event.mutable_arrivals();
    for (v1::Arrival& arrival : arrivals) {
      arrival.clear_partner();
      arrival.clear_last_heard_at();
    }
    std::sort(arrivals.begin(), arrivals.end(), [](const v1::Arrival& a, const v1::Arrival& b) {
      return std::tuple(a.applied_at(), a.live(), a.pairing()) >
             std::tuple(b.applied_at(), b.live(), b.pairing());
    });
  }
}

}  // namespace daftar::service
