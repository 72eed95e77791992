// Identifiers that are many people's: what they alone find is set aside.
#ifndef DAFTAR_NODE_CHECK_SHARED_IDENTIFIERS_H_
#define DAFTAR_NODE_CHECK_SHARED_IDENTIFIERS_H_

#include <map>
#include <span>
#include <vector>

#include "node/book/book.h"
#include "node/book/warnings.h"
#include "node/evidence/charter.h"
#include "node/identity/identifier.h"
#include "node/ledger/ledger.h"
#include "node/partners/lookup.h"

namespace daftar::check {

// One shop's live reports of an identifier count up to its share of the charter's `live_reports`
// among the other shops of the circle, and up to so many at least: all shops together can pass the
// bound however few they are, and no shop's reports alone do. Where those of others come near it,
// one shop can tip it.
inline constexpr uint32_t kLeastReportsOfOneShop = 5;

// How many live reports of one shop count, in a circle in which this node has `partners`. At most
// `bound`, which no shop's reports alone pass.
uint32_t MostReportsOfOneShop(uint32_t bound, size_t partners);

// How many live reports each identifier has found, the shop's own published incidents included;
// `bound` is the charter's.
std::vector<uint32_t> LiveReports(std::span<const identity::Identifier> identifiers,
                                  const partners::LookupResult& found,
                                  std::span<const ledger::IncidentView> own, uint32_t bound);

// Those of the records that count and were found by no identifier outside `shared` (bit i for the
// i-th) become kSetAside.
void SetAside(uint8_t shared, partners::LookupResult& found);

// Both, with what `warnings` says of each identifier by the charter's bounds. Errors of reading.
absl::Status SetAsideShared(std::span<const identity::Identifier> identifiers,
                            std::span<const ledger::IncidentView> own,
                            const evidence::Charter& charter, book::Warnings& warnings,
                            partners::LookupResult& found);

// The same of what the shop itself has recorded, by what it knows itself of an identifier: what
// others have published cannot make it forget. Used by one thread, for one check; `charter` and
// `warnings` outlive it. Errors are those of reading.
class OwnSharing {
 public:
  OwnSharing(const evidence::Charter& charter, const book::Warnings& warnings)
      : charter_(charter), warnings_(warnings) {}

  // Leaves those of the customers to whom one of `asked` leads that is not shared. Returns how many
  // were taken out.
  absl::StatusOr<size_t> LeaveOut(std::span<const identity::Identifier> asked,
                                  std::vector<book::Profile>& customers);
  // Whether the incident counts: it is about an order of one of the customers, or names an
  // identifier among `known`, those asked about and of the customers, that is not shared.
  absl::StatusOr<bool> Counts(const ledger::IncidentView& incident,
                              std::span<const identity::Identifier> known,
                              std::span<const book::Profile> customers);

 private:
  absl::StatusOr<bool> IsShared(const identity::Identifier& identifier);

  const evidence::Charter& charter_;
  const book::Warnings& warnings_;
  std::map<identity::Identifier, bool> asked_before_;
};

}  // namespace daftar::check

#endif  // DAFTAR_NODE_CHECK_SHARED_IDENTIFIERS_H_
