// What this shop itself has recorded of a customer: orders, and the incidents made from them.
#ifndef DAFTAR_NODE_CHECK_OWN_RECORD_H_
#define DAFTAR_NODE_CHECK_OWN_RECORD_H_

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "node/book/book.h"
#include "node/decision/decision.h"
#include "node/decision/track_record.h"
#include "node/ledger/ledger.h"

namespace daftar::check {

// Orders as their incidents leave them. An incident that was settled says that its order was paid
// that day; one that is disputed, or was withdrawn after a dispute, puts the order in question; a
// broken agreement or a payment taken back spoils an order that was paid on time. One that was
// withdrawn for another ground, a mistake say, leaves the order as it is. A value; reading it needs
// no lock.
class RemarkedOrders {
 public:
  // Of incidents made from no order, or about conduct, nothing is kept; of several about one order,
  // what the one says that was not withdrawn.
  void Add(const ledger::IncidentView& incident);
  bool empty() const { return remarks_.empty(); }
  // REQUIRES: `name` is the order's (book::OrderName).
  decision::RemarkedOrder Of(const std::string& name, const decision::OrderFacts& order) const;

 private:
  struct Remark {
    decision::OrderRemark remark = decision::OrderRemark::kNone;
    evidence::Date settled;
  };
  std::map<std::string, Remark, std::less<>> remarks_;
};

// Of all the shop's incidents that were made from orders, for reading the whole book.
// `stopped` is asked at each and may be empty; Cancelled when it says so.
absl::StatusOr<RemarkedOrders> RemarksOnAllOrders(const ledger::Ledger& ledger,
                                                  const std::function<bool()>& stopped = {});

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
