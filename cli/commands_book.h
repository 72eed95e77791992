// The commands about the customer book: customers, groups, whom the shop trusts, and orders. Each
// answers with an exit code, or with the error that Report prints.
#ifndef DAFTAR_CLI_COMMANDS_BOOK_H_
#define DAFTAR_CLI_COMMANDS_BOOK_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/arguments.h"

namespace daftar::cli {

class Session;

struct CustomerChangeOptions {
  std::string id;    // merge: the one that stays
  std::string from;  // merge only
  std::vector<std::string> add;
  std::vector<std::string> remove;
  bool yes = false;  // erase only: without asking
  std::string because;
};
absl::StatusOr<int> RunCustomerMerge(Session& session, const CustomerChangeOptions& options);
absl::StatusOr<int> RunCustomerUnmerge(Session& session, const CustomerChangeOptions& options);
absl::StatusOr<int> RunCustomerErase(Session& session, const CustomerChangeOptions& options);
absl::StatusOr<int> RunCustomerGroup(Session& session, const CustomerChangeOptions& options);

struct GroupOptions {
  std::string name;
  std::string precedence;
  std::string at_least;
  std::string at_most;
  std::string deposit;
  std::vector<std::string> credit_limits;  // with a currency each
  std::vector<std::string> currencies;
  std::string credit_days;
  std::string price_list;
  std::string bonus_card;
  std::string rule_settled;
  std::string rule_on_time;
  std::string rule_most_days_late;
  std::string rule_bad;
  std::string rule_overdue_days;
  std::string rule_days_known;
  std::string rule_turnover;
  std::string rule_currency;
  std::string because;
};
absl::StatusOr<int> RunGroupList(Session& session);
absl::StatusOr<int> RunGroupAdd(Session& session, const GroupOptions& options);
absl::StatusOr<int> RunGroupRemove(Session& session, const GroupOptions& options);

// Days, both included; empty: no bound.
struct PeriodOptions {
  std::string from;
  std::string to;
};
// InvalidArgument unless both are days and in order.
absl::Status CheckPeriod(const PeriodOptions& options);
absl::StatusOr<int> RunGroupReport(Session& session, const PeriodOptions& options);

struct AllowOptions {
  std::string id;
  std::vector<TypedIdentifier> identifiers;
  std::string because;
};
absl::StatusOr<int> RunAllowAdd(Session& session, const AllowOptions& options);
absl::StatusOr<int> RunAllowList(Session& session);
absl::StatusOr<int> RunAllowRemove(Session& session, const AllowOptions& options);

struct OrderAddOptions {
  std::vector<TypedIdentifier> identifiers;
  std::string name;
  std::string invoice;
  std::string amount;
  std::string currency;
  std::string invoiced;
  std::string due;
  std::string terms;  // empty: as the node takes it
  std::string receipt;
};
absl::StatusOr<int> RunOrderAdd(Session& session, const OrderAddOptions& options);

struct OrderOptions {
  std::string order;  // its id, or its invoice's number
  std::string receipt;
  std::string on;
  std::string because;
};
struct OrderListOptions {
  std::string customer;
  std::string state;
  std::string limit;
};
struct CustomerListOptions {
  std::string group;
  std::string name;
  std::string limit;
};
absl::StatusOr<int> RunCustomerList(Session& session, const CustomerListOptions& options);
absl::StatusOr<int> RunOrderList(Session& session, const OrderListOptions& options);
// Takes OrderOptions::order or ::receipt.
absl::StatusOr<int> RunOrderShow(Session& session, const OrderOptions& options);
absl::StatusOr<int> RunOrderPaid(Session& session, const OrderOptions& options);
absl::StatusOr<int> RunOrderLate(Session& session, const OrderOptions& options);
absl::StatusOr<int> RunOrderUnpaid(Session& session, const OrderOptions& options);
absl::StatusOr<int> RunOrderReopen(Session& session, const OrderOptions& options);

}  // namespace daftar::cli

#endif  // DAFTAR_CLI_COMMANDS_BOOK_H_
