#include "node/check/overrides.h"

#include "storage/audit.h"

namespace daftar::check {

absl::StatusOr<std::vector<Override>> OverridesOf(const storage::StoreReader& store,
                                                  const storage::Vault& vault,
                                                  const ReceiptId& receipt,
                                                  evidence::UnixMillis since) {
  // As Outcomes::OverrideDecision records them: "RECEIPT to EFFECT".
  const std::string start = receipt.hex() + " to ";
  storage::AuditQuery query;
  query.limit = kMaxOverridesTold;
  query.since_ms = since.value;
  query.wanted = [&start](const storage::AuditRow& row) {
    return row.action == "decision.override" && row.object.starts_with(start);
  };
  auto page = storage::ReadAudit(store, vault, query);
  if (!page.ok()) return page.status();
  std::vector<Override> overrides;
  for (storage::AuditRow& row : page->rows) {
    auto effect = decision::EffectFromName(row.object.substr(start.size()));
    if (!effect.ok()) return absl::DataLossError("an override on the record names no effect");
    overrides.push_back({*effect, std::move(row.because), std::move(row.actor), {row.at_ms}});
  }
  return overrides;
}

}  // namespace daftar::check
