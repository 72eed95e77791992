#include "node/book/order_rules.h"

#include <string>

#include "node/decision/ledger_file.h"

namespace daftar::book {

absl::Status CheckNotToCome(std::string_view what, evidence::Date day, evidence::Date today) {
  if (!evidence::IsStillToCome(day, today)) return absl::OkStatus();
  return absl::InvalidArgumentError("the " + std::string(what) + ", " + day.ToString() +
                                    ", is still to come; in UTC today is " + today.ToString());
}

absl::Status CheckDue(evidence::Date due, evidence::Date invoiced) {
  if (!due.has_value()) {
    return absl::InvalidArgumentError("the due date is missing, like 2026-10-01");
  }
  if (due < invoiced) {
    return absl::InvalidArgumentError("the due date, " + due.ToString() +
                                      ", is before the invoice, of " + invoiced.ToString());
  }
  if (due > invoiced.PlusDays(decision::kMaxDueDays)) {
    return absl::InvalidArgumentError("the due date, " + due.ToString() + ", is more than " +
                                      std::to_string(decision::kMaxDueDays) +
                                      " days after the invoice, of " + invoiced.ToString() +
                                      "; look at the years");
  }
  return absl::OkStatus();
}

absl::Status CheckOrderAmount(const evidence::Money& amount) {
  if (!amount.currency.has_value() || amount.minor > evidence::kMaxMinorUnits) {
    return absl::InvalidArgumentError("an order has an amount with a currency, at most " +
                                      std::to_string(evidence::kMaxMinorUnits) + " minor units");
  }
  if (amount.minor == 0) {
    return absl::InvalidArgumentError(
        "the amount is 0: nothing was to be paid, so it says nothing about paying; leave it out");
  }
  return absl::OkStatus();
}

}  // namespace daftar::book
