// Identifiers that are many people's: what they alone find is set aside.
#ifndef DAFTAR_NODE_CHECK_SHARED_IDENTIFIERS_H_
#define DAFTAR_NODE_CHECK_SHARED_IDENTIFIERS_H_

#include <span>
#include <vector>

#include "node/book/warnings.h"
#include "node/evidence/charter.h"
#include "node/identity/identifier.h"
#include "node/ledger/ledger.h"
#include "node/partners/lookup.h"

namespace daftar::check {

// One shop counts for at most so many of an identifier's live reports: nobody alone can make
// another's reports be set aside.
inline constexpr uint32_t kMaxReportsOfOneShop = 4;

// How many live reports each identifier has found, the shop's own published incidents included.
std::vector<uint32_t> LiveReports(std::span<const identity::Identifier> identifiers,
                                  const partners::LookupResult& found,
                                  std::span<const ledger::IncidentView> own);

// Those of the records that count and were found by no identifier outside `shared` (bit i for the
// i-th) become kSetAside.
void SetAside(uint8_t shared, partners::LookupResult& found);

// Both, with what `warnings` says of each identifier by the charter's bounds. Errors of reading.
absl::Status SetAsideShared(std::span<const identity::Identifier> identifiers,
                            std::span<const ledger::IncidentView> own,
                            const evidence::Charter& charter, book::Warnings& warnings,
                            partners::LookupResult& found);

}  // namespace daftar::check

#endif  // DAFTAR_NODE_CHECK_SHARED_IDENTIFIERS_H_
