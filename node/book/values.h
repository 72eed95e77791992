// What goes into the book and what comes out of it, beside customers and orders.
#ifndef DAFTAR_NODE_BOOK_VALUES_H_
#define DAFTAR_NODE_BOOK_VALUES_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/book/customer.h"
#include "storage/store.h"

namespace daftar::book {

inline constexpr size_t kMaxImportBatch = 1000;          // rows written together
inline constexpr size_t kMaxMembershipsPerWrite = 1000;  // rows taken out of a group together
inline constexpr int kMaxWriteAttempts = 16;             // when others change the same rows
inline constexpr uint64_t kAskEveryOrders = 1000;  // orders between two questions whether to stop
inline constexpr size_t kMaxReportedRefusals = 1000;  // kept with words; all are counted

struct NewCustomer {
  std::string name;                               // as CheckCustomerName; may be empty
  std::vector<identity::Identifier> identifiers;  // 1 to kMaxIdentifiersPerCustomer
};

struct ImportReport {
  uint64_t added = 0;
  uint64_t updated = 0;
  uint64_t unchanged = 0;
  uint64_t customers_added = 0;  // by ImportOrders
  uint64_t names_kept = 0;       // rows whose name is another than the customer's, which stays
  uint64_t refused = 0;
  std::vector<decision::LedgerRefusal> refusals;  // the first kMaxReportedRefusals
  // Adds the other's counts, for imports in pieces.
  void Add(const ImportReport& other);
};

// An order as it is taken.
struct NewOrder {
  std::vector<identity::Identifier> identifiers;  // 1 to kMaxIdentifiersPerOrder
  std::string name;     // of the customer, where it has none; may be empty
  std::string invoice;  // empty: one is made, like "O-7K3M-Q9TX-2FWH"
  evidence::Date invoiced;
  evidence::Date due;   // not before `invoiced`, at most decision::kMaxDueDays after it
  evidence::Date paid;  // none: not paid
  evidence::Money amount;
  std::optional<decision::Terms> terms;  // none: nobody said; counts as on credit
  std::optional<ReceiptRef> receipt;
};

// An order, where it is, and its name.
struct NamedOrder {
  std::string name;     // OrderName
  CustomerId customer;  // its own row's, which may be a member
  Order order;
};

// An order as its incident leaves it, which other rooms know; empty: as the book has it.
using OrderRemarks = std::function<decision::RemarkedOrder(const NamedOrder& order)>;

enum class OutcomeKind : uint8_t {
  kPaid = 1,      // on that day
  kLate = 2,      // on that day, and too late for the shop, however few the days
  kUnpaid = 3,    // given up that day; still owed
  kReopened = 4,  // none of these: open again
};
struct Outcome {
  OutcomeKind kind = OutcomeKind::kPaid;
  evidence::Date day;  // none: today; always none for kReopened
};

struct GroupChange {
  std::vector<std::string> add;
  std::vector<std::string> remove;
};

// How many of the shop's own incidents that partners have, or are to have, name any of the
// identifiers. Called while the book is being written: it must not write to the book.
using IncidentCount =
    std::function<absl::StatusOr<uint64_t>(std::span<const identity::Identifier> identifiers)>;

// What the node's other rooms hold of a person who is erased.
struct ErasedElsewhere {
  uint64_t incidents = 0;       // never shared, and gone
  uint64_t incidents_kept = 0;  // never shared, but they name an identifier that stays
  uint64_t incidents_left = 0;  // never shared, and others': without the identifiers that go
  uint64_t receipts = 0;        // of checks that no identifier finds any more
};
// Whether the identifier is many people's. Errors of reading.
using IsShared = std::function<absl::StatusOr<bool>(const identity::Identifier& identifier)>;

// Who is erased, for the node's other rooms. Good for the call that it is handed to.
struct Leaving {
  std::span<const identity::Identifier> gone;
  std::span<const identity::Identifier> kept;  // the person's too, but needed still
  std::span<const std::string> names;
  // What is left of the identifiers that an incident about `order` (a name, or empty) has, which
  // names some that are gone: none when it is the person's. Another customer's are the incidents
  // about its orders; of those about no order the ones that name an identifier that it holds, or
  // whose only ties to the person are many people's. Errors of reading, and of `is_shared`, which
  // tells those.
  std::function<absl::StatusOr<std::vector<identity::Identifier>>(
      std::string_view order, std::span<const identity::Identifier> named,
      const IsShared& is_shared)>
      left;
};
// Adds to the batch what goes there. May be called again with another batch; it must not write.
using EraseElsewhere =
    std::function<absl::StatusOr<ErasedElsewhere>(const Leaving& leaving, storage::Batch& batch)>;

struct EraseReport {
  uint64_t customers_erased = 0;  // rows
  uint64_t customers_kept = 0;    // rows without a name, for what is kept below
  uint64_t orders_erased = 0;
  uint64_t orders_kept = 0;  // not paid
  uint64_t identifiers_erased = 0;
  uint64_t identifiers_kept = 0;
  uint64_t incident_identifiers = 0;  // of those, named in incidents on file
  uint64_t allowed_erased = 0;        // allowlist entries
  uint64_t incidents_erased = 0;      // as ErasedElsewhere has them
  uint64_t incidents_kept = 0;
  uint64_t incidents_left = 0;
  uint64_t receipts_unlinked = 0;
  std::vector<std::string> reasons;  // why something stayed, a sentence each
  bool complete() const { return customers_kept == 0; }
  friend bool operator==(const EraseReport&, const EraseReport&) = default;
};

// Orders with an outcome by some day: paid, paid late, broken, or not paid and given up or long
// overdue.
struct OutcomeTotals {
  uint64_t bad = 0;     // broken, paid late or not at all
  uint64_t orders = 0;  // bad ones too
};

// Is told of each order whose outcome changed (paid, late, given up, in dispute, reopened, due
// day) or that names a receipt, another one or at first, with its whole's root, after that is
// durable. Called by the writing thread, with no lock of the book held; an outcome may be told
// again when a caller repeats after an unknown result, and is not told when the process ends
// between.
using OrderObserver = std::function<void(const Customer& root, const NamedOrder& order)>;

// Whether what is told to an OrderObserver is another.
inline bool OutcomeDiffers(const Order& a, const Order& b) {
  return a.paid != b.paid || a.due != b.due || a.disputed != b.disputed ||
         a.said_late != b.said_late || a.written_off != b.written_off || a.receipt != b.receipt;
}
// Whether an order that is new is told.
inline bool HasOutcome(const Order& order) {
  return order.paid.has_value() || order.receipt.has_value();
}

}  // namespace daftar::book

#endif  // DAFTAR_NODE_BOOK_VALUES_H_
