// The shop's own orders as a history, over which a back-test runs a policy.
#ifndef DAFTAR_NODE_CHECK_OWN_HISTORY_H_
#define DAFTAR_NODE_CHECK_OWN_HISTORY_H_

#include <functional>

#include "absl/status/statusor.h"
#include "node/book/book.h"
#include "node/decision/history.h"
#include "node/decision/track_record.h"
#include "node/evidence/clock.h"
#include "node/ledger/ledger.h"

namespace daftar::check {

struct OwnHistory {
  decision::History history;
  uint64_t good = 0;     // orders that ended well
  uint64_t bad = 0;      // paid late, not at all, or broken
  uint64_t prepaid = 0;  // left out: paid in advance, nothing could be lost by them
  uint64_t older = 0;    // left out: there are more than were asked for
};

// What a back-test is to know of an order on `today`. As its incident leaves it; one in question
// has no end. REQUIRES that it was invoiced.
decision::PastOrder PastOrderOf(const decision::RemarkedOrder& order, uint32_t customer,
                                uint32_t late_after_days);

// The newest `most` orders of the book, with customers that were merged as one. Reads all orders
// once and keeps no identifier. `stopped` is asked every book::kAskEveryOrders orders and may be
// empty; Cancelled when it says so. Errors of the rooms.
absl::StatusOr<OwnHistory> ReadOwnHistory(const book::Book& book, const ledger::Ledger& ledger,
                                          evidence::Date today, uint32_t late_after_days,
                                          size_t most, const std::function<bool()>& stopped = {});

}  // namespace daftar::check

#endif  // DAFTAR_NODE_CHECK_OWN_HISTORY_H_
