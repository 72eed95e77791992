// What an order may say of its days and its amount, whether it is taken at the counter or read from
// a file. Pure.
#ifndef DAFTAR_NODE_BOOK_ORDER_RULES_H_
#define DAFTAR_NODE_BOOK_ORDER_RULES_H_

#include <string_view>

#include "absl/status/status.h"
#include "node/evidence/clock.h"
#include "node/evidence/money.h"

namespace daftar::book {

// Each is OK or InvalidArgument, in words.

// `what` names the day, as "date of payment". One that has begun nowhere (evidence::IsStillToCome)
// is refused, none passes.
absl::Status CheckNotToCome(std::string_view what, evidence::Date day, evidence::Date today);
// From the day of the invoice on, at most decision::kMaxDueDays later: more is a slip of the pen.
absl::Status CheckDue(evidence::Date due, evidence::Date invoiced);
// More than 0, at most evidence::kMaxMinorUnits, with a currency: where nothing is to be paid,
// nobody shows whether it pays.
absl::Status CheckOrderAmount(const evidence::Money& amount);

}  // namespace daftar::book

#endif  // DAFTAR_NODE_BOOK_ORDER_RULES_H_
