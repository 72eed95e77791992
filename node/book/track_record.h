// From a customer's orders to the track record that a decision looks at. Pure.
#ifndef DAFTAR_NODE_BOOK_TRACK_RECORD_H_
#define DAFTAR_NODE_BOOK_TRACK_RECORD_H_

#include <map>

#include "node/book/customer.h"
#include "node/decision/decision.h"

namespace daftar::book {

// Days past due: of a paid order when it was paid, of another `today`. 0 when it is not late.
uint32_t DaysLate(const Order& order, evidence::Date today);

// Whether the ledger supports an incident about the order: more than `late_after_days` late, and
// not in dispute. A dispute about an order that was paid is over.
bool SupportsIncident(const Order& order, evidence::Date today, uint32_t late_after_days);

// Whether the order speaks for its buyer on `day`: invoiced and paid before it, and at most
// `late_after_days` late.
bool SettledBefore(const Order& order, evidence::Date day, uint32_t late_after_days);

// Adds orders one by one, in any order.
class TrackRecordBuilder {
 public:
  // Paid or open for more than `late_after_days` past due is a bad outcome. Only what was known on
  // `today` counts: orders dated later are left out, payments dated later have not happened. An
  // open order in dispute is neither good nor bad nor owed.
  TrackRecordBuilder(evidence::Date today, uint32_t late_after_days)
      : today_(today), late_after_days_(late_after_days) {}
  void Add(const Order& order);
  decision::TrackRecord Finish() &&;

 private:
  void AddOpen(const Order& order);
  void AddPaid(const Order& order);

  evidence::Date today_;
  uint32_t late_after_days_;
  decision::TrackRecord record_;
  std::map<evidence::Date, uint32_t> late_paid_;
  std::map<evidence::Date, uint32_t> unpaid_;
};

}  // namespace daftar::book

#endif  // DAFTAR_NODE_BOOK_TRACK_RECORD_H_
