// The charters that this node has adopted, and those that its partners state.
#include <algorithm>

#include "node/service/convert.h"
#include "node/service/node_handlers.h"
#include "storage/log_store.h"

namespace daftar::service {
namespace {

constexpr size_t kMinHashDigits = 8;

v1::AdoptedCharter ToProto(const ledger::Adoption& adoption, const storage::Store& store) {
  v1::AdoptedCharter out;
  out.set_hash(adoption.charter->hash.hex());
  out.set_name(adoption.charter->name);
  out.set_adopted_at(TimeText(adoption.at));
  out.set_in_force(adoption.in_force);
  if (!adoption.entry.has_value()) return out;
  out.set_entry(*adoption.entry);
  const auto leaf = storage::LogStore(store).ReadLeaf(storage::kOwnLog, *adoption.entry);
  if (!leaf.ok()) return out;
  const auto entry = evidence::SignedHeader::DecodeLeaf(*leaf);
  if (entry.ok()) {
    out.set_stated_at(
        TimeText(evidence::UnixMillis::OfSeconds(static_cast<int64_t>(entry->header.issued_at))));
  }
  return out;
}

// The newest adoption whose charter's hash begins with `digits`; of an empty one what is in force.
absl::StatusOr<ledger::Adoption> Choose(const std::vector<ledger::Adoption>& adoptions,
                                        const std::string& digits) {
  if (digits.empty()) return *std::ranges::find_if(adoptions, &ledger::Adoption::in_force);
  const bool plain = digits.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!plain || digits.size() < kMinHashDigits ||
      digits.size() > 2 * evidence::CharterHash::kSize) {
    return absl::InvalidArgumentError(
        "a charter's hash has " + std::to_string(2 * evidence::CharterHash::kSize) +
        " digits (0-9 a-f), of which at least the first " + std::to_string(kMinHashDigits) +
        " name it; `daftar charter show` lists those that were adopted");
  }
  const ledger::Adoption* found = nullptr;
  for (const ledger::Adoption& adoption : adoptions) {
    if (!adoption.charter->hash.hex().starts_with(digits)) continue;
    if (found == nullptr) found = &adoption;
    if (found->charter->hash != adoption.charter->hash) {
      return absl::FailedPreconditionError(
          "the hashes of several charters begin with these digits; write more of them");
    }
  }
  if (found != nullptr) return *found;
  return absl::NotFoundError("this node has adopted no charter whose hash begins with " + digits +
                             "; `daftar charter show` lists those that were");
}

}  // namespace

evidence::CharterHash NodeHandlers::StatedCharter(const partners::Partner& partner) const {
  if (const auto mirror = node_.followers().MirrorOf(partner.origin); mirror != nullptr) {
    if (const partners::MirrorView view = mirror->View(); !view.charters.empty()) {
      return view.charters.back().charter;
    }
  }
  return partner.charter;
}

absl::StatusOr<v1::GetCharterResponse> NodeHandlers::GetCharter(
    const Actor& actor, const v1::GetCharterRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/GetCharter"); !s.ok()) return s;
  const std::vector<ledger::Adoption> adoptions = node_.charters().List();
  const auto chosen = Choose(adoptions, request.hash());
  if (!chosen.ok()) return chosen.status();
  const evidence::CharterHash in_force = Choose(adoptions, "")->charter->hash;
  v1::GetCharterResponse out;
  out.set_hash(chosen->charter->hash.hex());
  out.set_toml(chosen->charter->source);
  out.set_in_force(chosen->charter->hash == in_force);
  for (const ledger::Adoption& adoption : adoptions) {
    *out.add_adopted() = ToProto(adoption, node_.store());
  }
  if (!MaySeePartners(actor)) return out;
  for (const partners::Partner& partner : node_.registry().All()) {
    if (partner.status == partners::PartnerStatus::kRemoved) continue;
    const evidence::CharterHash stated = StatedCharter(partner);
    v1::PartnerCharter* row = out.add_partners();
    row->set_origin(partner.origin);
    row->set_name(partner.name);
    row->set_charter(stated.hex());
    row->set_same(stated == in_force);
    row->set_adopted(node_.charters().Find(stated) != nullptr);
  }
  return out;
}

absl::StatusOr<v1::AdoptCharterResponse> NodeHandlers::AdoptCharter(
    const Actor& actor, const v1::AdoptCharterRequest& request) {
  if (absl::Status s = Authorise(actor, "NodeService/AdoptCharter"); !s.ok()) return s;
  const auto adopted =
      node_.charters().Adopt({actor.name, request.request_id()}, request.toml(), request.because());
  if (!adopted.ok()) return adopted.status();
  v1::AdoptCharterResponse out;
  *out.mutable_charter() = ToProto(*adopted, node_.store());
  return out;
}

}  // namespace daftar::service
