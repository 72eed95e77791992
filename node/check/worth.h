// What deciding was worth: how many checks were hindered, what became of the orders, and what was
// not lost, as an estimate with its bounds (docs/decisions.md, "What deciding was worth"). A report
// for people and nothing that a decision looks at, so doubles are allowed.
#ifndef DAFTAR_NODE_CHECK_WORTH_H_
#define DAFTAR_NODE_CHECK_WORTH_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "node/check/outcomes.h"
#include "node/check/receipt_log.h"
#include "node/evidence/clock.h"
#include "node/evidence/money.h"

namespace daftar::check {

inline constexpr uint64_t kMaxWorthChecks = 2'000'000;  // of one report's period
inline constexpr int64_t kWorthDays = 365;              // of a period that nobody names
// Checks about the same buyer over the same amount within so many days are taken for one order.
inline constexpr int64_t kSameOrderDays = 14;

// In one currency.
struct WorthMoney {
  evidence::Currency currency;
  uint64_t hindered_minor = 0;  // of the orders that were hindered, as far as amounts were told
  // Of that, what would have been lost: never without both bounds, of nine in ten.
  uint64_t avoided_minor = 0;
  uint64_t avoided_least_minor = 0;
  uint64_t avoided_most_minor = 0;
};

// Checks of one month, of one group's customers, or all.
struct WorthRow {
  std::string month;  // "2026-11", in UTC; or empty
  std::string group;  // or empty: the customer was in none
  uint64_t checks = 0;
  uint64_t hindered = 0;  // answered with more than accept, as it stood in the end
  // Orders that came of them, as far as it is known how they ended; late ones were paid.
  uint64_t accepted_paid = 0;
  uint64_t accepted_unpaid = 0;
  uint64_t hindered_paid = 0;
  uint64_t hindered_unpaid = 0;
  std::vector<WorthMoney> money;  // ascending by currency
};

struct WorthReport {
  std::vector<WorthRow> months;                  // ascending
  std::vector<WorthRow> groups;                  // ascending by name, those in no group first
  std::map<decision::Effect, uint64_t> effects;  // checks by what was answered
  WorthRow all;
};

// How often accepted orders went unpaid, against what decisions expected of them.
struct Calibration {
  uint64_t orders = 0;  // accepted at risk, with a known end
  uint64_t unpaid = 0;  // of those
  double expected = 0;  // sum of what was expected of them
};
// What an expected rate is multiplied by, to be the rate at which orders went unpaid. Without any
// orders 1, and bounds that say nothing.
struct CalibrationFactor {
  double best = 1;
  double least = 0;
  double most = 0;  // no bound when `bounded` is false
  bool bounded = false;
};
// The best guess is drawn toward 1 by one expected order; the bounds are Wilson's, of nine in ten.
CalibrationFactor FactorOf(const Calibration& calibration);

// Hindered orders in one currency whose end nobody knows, by what was expected of each.
class LossSums {
 public:
  // `risk_ppm` is at most decision::kPpm.
  void Add(uint32_t risk_ppm, uint64_t amount_minor);
  // An order of which it is known that hindering it saved nothing.
  void AddKnown(uint64_t amount_minor);
  WorthMoney Estimate(const evidence::Currency& currency, const CalibrationFactor& factor) const;

 private:
  struct Amounts {
    double sum = 0;
    double squares = 0;
  };
  std::map<uint32_t, Amounts> by_risk_;  // in thousandths, rounded
  uint64_t hindered_minor_ = 0;          // stops at the largest
};

// One check, as the report looks at it.
struct WorthCheck {
  evidence::UnixMillis time;
  std::string group;
  decision::Effect answered = decision::Effect::kAccept;
  decision::Effect stood = decision::Effect::kAccept;  // after overrides
  Outcome outcome = Outcome::kUnknown;
  bool at_risk = false;  // Followed::at_risk
  uint32_t risk_ppm = 0;
  evidence::Money amount;  // none: not told
  bool repeats = false;    // a later check of the same order is there already: no money of its own
};

// Adds checks one by one, in any order.
class WorthBuilder {
 public:
  void Add(const WorthCheck& check);
  WorthReport Finish() &&;

 private:
  struct Sums {
    WorthRow row;
    std::map<evidence::Currency, LossSums> money;
  };
  static void AddTo(const WorthCheck& check, Sums& sums);
  static WorthRow Close(Sums sums, const CalibrationFactor& factor);

  std::map<std::string, Sums, std::less<>> months_;
  std::map<std::string, Sums, std::less<>> groups_;
  std::map<decision::Effect, uint64_t> effects_;
  Sums all_;
  Calibration calibration_;
};

// Of the checks made on days `from` to `to`, both included and both given. Reads receipts and
// outcomes once; `stopped` is asked at every few receipts and may be empty.
//   InvalidArgument    `from` is after `to`
//   ResourceExhausted  more than kMaxWorthChecks checks: ask for a shorter period
//   Cancelled          `stopped` said so
//   others             of the rooms
absl::StatusOr<WorthReport> ReportWorth(const ReceiptLog& receipts, const Outcomes& outcomes,
                                        evidence::Date from, evidence::Date to,
                                        const std::function<bool()>& stopped = {});

}  // namespace daftar::check

#endif  // DAFTAR_NODE_CHECK_WORTH_H_
