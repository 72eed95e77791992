// Orders as the incidents made from them leave them: the two are one event (docs/decisions.md).
#ifndef DAFTAR_NODE_LEDGER_REMARKS_H_
#define DAFTAR_NODE_LEDGER_REMARKS_H_

#include <functional>
#include <map>
#include <string>

#include "node/book/customer.h"
#include "node/decision/track_record.h"
#include "node/ledger/ledger.h"

namespace daftar::ledger {

// An incident that was settled says that its order was paid that day; one that is disputed, or was
// withdrawn after a dispute, puts the order in question; a broken agreement or a payment taken back
// spoils an order, until it is made good. One that was withdrawn for another ground, a mistake say,
// leaves the order as it is. A value; reading it needs no lock.
class RemarkedOrders {
 public:
  // In any order, and again as well. Of incidents made from no order, or about conduct, nothing is
  // kept; of several about one order the earliest settlement, and the remark of the one that was
  // not withdrawn before that of another.
  void Add(const IncidentView& incident);
  bool empty() const { return remarks_.empty(); }
  // REQUIRES: `name` is the order's (book::OrderName).
  decision::RemarkedOrder Of(const std::string& name, const decision::OrderFacts& order) const;

 private:
  struct Remark {
    decision::OrderRemark remark = decision::OrderRemark::kNone;
    evidence::Date settled;  // of the order's money
    evidence::Date broken_on;
    evidence::Date made_good;
    bool taken_back = false;
  };
  std::map<std::string, Remark, std::less<>> remarks_;
};

// Of all the shop's incidents that were made from orders, for reading the whole book.
// `stopped` is asked at each and may be empty; Cancelled when it says so.
absl::StatusOr<RemarkedOrders> RemarksOnAllOrders(const Ledger& ledger,
                                                  const std::function<bool()>& stopped = {});

// Of the incidents about any of the identifiers, for reading one customer's orders.
absl::StatusOr<RemarkedOrders> RemarksAbout(const Ledger& ledger,
                                            std::span<const identity::Identifier> identifiers);

// The one order. Reads the incidents about its buyer.
absl::StatusOr<decision::RemarkedOrder> RemarkedOrderOf(const Ledger& ledger,
                                                        const std::string& name,
                                                        const book::Order& order);

}  // namespace daftar::ledger

#endif  // DAFTAR_NODE_LEDGER_REMARKS_H_
