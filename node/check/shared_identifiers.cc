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

}  // namespace

std::vector<uint32_t> LiveReports(std::span<const identity::Identifier> identifiers,
                                  const partners::LookupResult& found,
                                  std::span<const ledger::IncidentView> own) {
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
    for (const auto& [shop, reports] : by_shop) live[i] += std::min(reports, kMaxReportsOfOneShop);
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
  const std::vector<uint32_t> live = LiveReports(identifiers, found, own);
  uint8_t shared = 0;
  for (size_t i = 0; i < identifiers.size(); ++i) {
    const auto is_shared = warnings.IsShared(identifiers[i], live[i], charter);
    if (!is_shared.ok()) return is_shared.status();
    if (*is_shared) shared |= static_cast<uint8_t>(1u << i);
  }
  SetAside(shared, found);
  return absl::OkStatus();
}

}  // namespace daftar::check
