#include "node/check/shared_identifiers.h"

#include <algorithm>
#include <map>
#include <string>

namespace daftar::check {
namespace {

bool IsLivePublished(const ledger::IncidentView& view) {
  return view.state == ledger::IncidentState::kPublished ||
         view.state == ledger::IncidentState::kCorrected;
}

// Of one of the whole's rows.
bool IsOrderOf(std::string_view order, const book::Profile& customer) {
  const auto is_of = [order](const book::CustomerId& row) {
    return order.starts_with(row.hex() + "-");
  };
  return is_of(customer.id) || std::ranges::any_of(customer.members, is_of);
}

}  // namespace

uint32_t MostReportsOfOneShop(uint32_t bound, size_t partners) {
  if (partners == 0) return bound;
  const auto others = static_cast<uint32_t>(std::min<size_t>(partners, bound));
  const uint32_t share = (bound + others - 1) / others;
  return std::min(std::max(share, kLeastReportsOfOneShop), bound);
}

std::vector<uint32_t> LiveReports(std::span<const identity::Identifier> identifiers,
                                  const partners::LookupResult& found,
                                  std::span<const ledger::IncidentView> own, uint32_t bound) {
  const uint32_t most = MostReportsOfOneShop(bound, found.answers.size());
  std::vector<uint32_t> live(identifiers.size(), 0);
  for (size_t i = 0; i < identifiers.size(); ++i) {
    std::map<std::string_view, uint32_t> by_shop;
    for (size_t k = 0; k < found.records.size(); ++k) {
      const bool is_live = found.records[k].status == decision::EntryStatus::kLive;
      if (is_live && (found.found_by[k] >> i & 1) != 0) ++by_shop[found.records[k].origin];
    }
    for (const ledger::IncidentView& view : own) {
      const auto& named = view.incident.account.identifiers;
      if (IsLivePublished(view) && std::ranges::find(named, identifiers[i]) != named.end()) {
        ++by_shop[""];
      }
    }
    for (const auto& [shop, reports] : by_shop) live[i] += std::min(reports, most);
  }
  return live;
}

void SetAside(uint8_t shared, partners::LookupResult& found) {
  for (size_t k = 0; k < found.records.size(); ++k) {
    decision::EntryStatus& status = found.records[k].status;
    const bool weighs =
        status == decision::EntryStatus::kLive || status == decision::EntryStatus::kSettled;
    if (weighs && (found.found_by[k] & ~shared) == 0) status = decision::EntryStatus::kSetAside;
  }
}

absl::Status SetAsideShared(std::span<const identity::Identifier> identifiers,
                            std::span<const ledger::IncidentView> own,
                            const evidence::Charter& charter, book::Warnings& warnings,
                            partners::LookupResult& found) {
  const std::vector<uint32_t> live =
      LiveReports(identifiers, found, own, charter.shared_live_reports);
  uint8_t shared = 0;
  for (size_t i = 0; i < identifiers.size(); ++i) {
    const auto is_shared = warnings.IsShared(identifiers[i], live[i], charter);
    if (!is_shared.ok()) return is_shared.status();
    if (*is_shared) shared |= static_cast<uint8_t>(1u << i);
  }
  SetAside(shared, found);
  return absl::OkStatus();
}

absl::StatusOr<bool> OwnSharing::IsShared(const identity::Identifier& identifier) {
  const auto before = asked_before_.find(identifier);
  if (before != asked_before_.end()) return before->second;
  const auto shared = warnings_.IsSharedHere(identifier, charter_);
  if (shared.ok()) asked_before_.emplace(identifier, *shared);
  return shared;
}

absl::StatusOr<size_t> OwnSharing::LeaveOut(std::span<const identity::Identifier> asked,
                                            std::vector<book::Profile>& customers) {
  std::vector<identity::Identifier> lead;
  for (const identity::Identifier& identifier : asked) {
    const auto shared = IsShared(identifier);
    if (!shared.ok()) return shared.status();
    if (!*shared) lead.push_back(identifier);
  }
  return std::erase_if(customers, [&lead](const book::Profile& customer) {
    return std::ranges::none_of(lead, [&customer](const identity::Identifier& identifier) {
      return std::ranges::binary_search(customer.identifiers, identifier);
    });
  });
}

absl::StatusOr<bool> OwnSharing::Counts(const ledger::IncidentView& incident,
                                        std::span<const identity::Identifier> known,
                                        std::span<const book::Profile> customers) {
  const ledger::NewIncident& account = incident.incident.account;
  for (const book::Profile& customer : customers) {
    if (IsOrderOf(account.order, customer)) return true;
  }
  for (const identity::Identifier& named : account.identifiers) {
    if (std::ranges::find(known, named) == known.end()) continue;
    const auto shared = IsShared(named);
    if (!shared.ok()) return shared.status();
    if (!*shared) return true;
  }
  return false;
}

}  // namespace daftar::check
