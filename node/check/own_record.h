// What this shop itself has recorded of a customer: orders, and the incidents made from them.
#ifndef DAFTAR_NODE_CHECK_OWN_RECORD_H_
#define DAFTAR_NODE_CHECK_OWN_RECORD_H_

#include <span>
#include <vector>

#include "node/book/book.h"
#include "node/decision/decision.h"
#include "node/ledger/ledger.h"

namespace daftar::check {

struct OwnRecord {
  decision::TrackRecord orders;
  std::vector<decision::OwnIncident> incidents;  // in the order of those given
};

// Of the wholes, each order once; `incidents` are all about them, newest first. Errors of the store
// are passed on. Any thread may call.
absl::StatusOr<OwnRecord> ReadOwnRecord(const book::Book& book,
                                        std::span<const book::Profile> customers,
                                        std::span<const ledger::IncidentView> incidents,
                                        evidence::Date today, uint32_t late_after_days);

}  // namespace daftar::check

#endif  // DAFTAR_NODE_CHECK_OWN_RECORD_H_
