// From a customer's orders to the track record that a decision looks at. Pure.
#ifndef DAFTAR_NODE_DECISION_TRACK_RECORD_H_
#define DAFTAR_NODE_DECISION_TRACK_RECORD_H_

#include <map>

#include "node/decision/decision.h"

namespace daftar::decision {

// What counts of one order. Dates are days; a date to come has not happened yet.
struct OrderFacts {
  evidence::Date invoiced;
  evidence::Date due;
  evidence::Date paid;  // none: not paid
  evidence::Money amount;
  bool disputed = false;
  Terms terms = Terms::kCredit;  // on which it was given
  // The shop's own word, where the dates do not say it.
  bool said_late = false;  // paid too late, however few the days
  evidence::Date
      written_off;  // given up that day: a bad outcome from then on, and owed all the same
  friend bool operator==(const OrderFacts&, const OrderFacts&) = default;
};

// What the shop's incident about an order says of it beyond its dates.
enum class OrderRemark : uint8_t {
  kNone,
  kInQuestion,  // the incident is disputed, or a dispute was lost: the order is not bad, nor owed
  kBroken,      // an agreement about it was broken, or its payment taken back: it is not good
};

// An order as its incident leaves it.
struct RemarkedOrder {
  OrderFacts facts;
  OrderRemark remark = OrderRemark::kNone;
  // Of a broken one: when the shop noted it, when it was made good (none: it was not), and whether
  // what broke it is a payment taken back.
  evidence::Date broken_on = {};
  evidence::Date made_good = {};
  bool taken_back = false;
};

// Whether an incident spoilt the order and that was not made good: a bad end, whatever its dates.
inline bool IsSpoilt(const RemarkedOrder& order) {
  return order.remark == OrderRemark::kBroken && !order.made_good.has_value();
}

// Days past due: of a paid order when it was paid, of another `today`. 0 when it is not late.
uint32_t DaysLate(const OrderFacts& order, evidence::Date today);

// Whether the ledger supports an incident about the order: more than `late_after_days` late, and
// not in dispute. A dispute about an order that was paid is over.
bool SupportsIncident(const OrderFacts& order, evidence::Date today, uint32_t late_after_days);

// Whether the order speaks for its buyer on `day`: invoiced and paid before it, at most
// `late_after_days` late, neither called late nor given up before by the shop, and not broken.
bool SettledBefore(const RemarkedOrder& order, evidence::Date day, uint32_t late_after_days);

// Adds orders one by one, in any order.
class TrackRecordBuilder {
 public:
  // Paid or open for more than `late_after_days` past due is a bad outcome. Only what was known on
  // `today` counts: orders dated later are left out, payments dated later have not happened. An
  // open order in dispute is neither good nor bad nor owed. An order that was given up is past due
  // from that day on, by a day at least.
  TrackRecordBuilder(evidence::Date today, uint32_t late_after_days)
      : today_(today), late_after_days_(late_after_days) {}
  void Add(const OrderFacts& order, OrderRemark remark = OrderRemark::kNone);
  void Add(const RemarkedOrder& order) { Add(order.facts, order.remark); }
  TrackRecord Finish() &&;

 private:
  void AddOpen(const OrderFacts& order);
  void AddPaid(const OrderFacts& order);
  void AddSettled(const evidence::Money& paid);
  OpenAmount& AmountsIn(evidence::Currency currency);

  evidence::Date today_;
  uint32_t late_after_days_;
  TrackRecord record_;
  std::map<evidence::Date, uint32_t> late_paid_;
  std::map<evidence::Date, uint32_t> unpaid_;
};

// What a record of this one order says it has come to; an order dated later than `today` is open.
struct OrderStanding {
  OrderOutcome outcome = OrderOutcome::kOpen;
  evidence::Date bad_since;  // the day it became known; of kPaidLate and kUnpaid
};
OrderStanding StandingOf(const RemarkedOrder& order, evidence::Date today,
                         uint32_t late_after_days);

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_TRACK_RECORD_H_
