// Which groups of customers earn and which cost.
#ifndef DAFTAR_NODE_BOOK_GROUP_REPORT_H_
#define DAFTAR_NODE_BOOK_GROUP_REPORT_H_

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "node/book/book.h"

namespace daftar::book {

inline constexpr std::string_view kNoGroup = "(none)";
inline constexpr uint64_t kReportProgressStep = 1000;  // customers

// Orders invoiced in the period, in one currency. Sums stop at the largest number.
struct GroupMoney {
  evidence::Currency currency;
  uint64_t customers = 0;  // who made them
  uint64_t orders = 0;
  uint64_t turnover_minor = 0;  // all that was invoiced
  uint64_t paid_on_time = 0;
  uint64_t late = 0;        // paid late
  uint64_t unpaid = 0;      // given up, or open more than late_after_days past due
  uint64_t open = 0;        // others that are not paid
  uint64_t disputed = 0;    // as in decision::TrackRecord
  uint64_t broken = 0;      // as there
  uint64_t days_late = 0;   // over all paid ones
  uint64_t loss_minor = 0;  // of the unpaid ones, and those whose payment was taken back
  // Over paid orders, in tenths of a day, rounded half up; 0 without any.
  uint64_t AverageDaysLateTenths() const;
  friend bool operator==(const GroupMoney&, const GroupMoney&) = default;
};

struct GroupLine {
  std::string group;       // kNoGroup for customers in none
  uint64_t members = 0;    // customers in it at the end of the period, with orders or without
  uint64_t customers = 0;  // of those, with orders in the period
  uint64_t incidents = 0;  // as the callback counts them
  std::vector<GroupMoney> money;  // by currency
};

struct GroupReportOptions {
  std::span<const decision::Group> groups;
  evidence::Date from;   // invoice dates, both days included
  evidence::Date to;     // a customer is in the group that its record chooses on that day
  evidence::Date today;  // what had become of the orders by then; not before `to`
  uint32_t late_after_days = 0;
  // The customer's incidents, in the period or not, as the caller likes; may be empty.
  std::function<absl::StatusOr<uint64_t>(const Profile& customer)> incidents;
  OrderRemarks remarked;  // so that the report agrees with decisions
  // Called every kReportProgressStep customers, merged ones each, with how many are done of how
  // many there were at the beginning; false stops the report, which then is Cancelled. May be
  // empty.
  std::function<bool(uint64_t customers_done, uint64_t customers)> progress;
};

// A line for each of the groups, in their order, and one for customers in none; merged customers
// are one. Reads the book once, on one snapshot, after counting it where there is `progress`; holds
// a sum for each group and currency, and one customer at a time. InvalidArgument for a period that
// ends before it begins.
absl::StatusOr<std::vector<GroupLine>> ReportGroups(const Book& book,
                                                    const GroupReportOptions& options);

}  // namespace daftar::book

#endif  // DAFTAR_NODE_BOOK_GROUP_REPORT_H_
