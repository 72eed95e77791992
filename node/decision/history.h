// A history of orders and how they turned out: what a back-test runs a policy over. Customers are
// numbers; whoever reads a file keeps nothing else of them (HistoryBuilder).
#ifndef DAFTAR_NODE_DECISION_HISTORY_H_
#define DAFTAR_NODE_DECISION_HISTORY_H_

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "node/evidence/clock.h"
#include "node/evidence/money.h"
#include "node/evidence/reasons.h"
#include "node/identity/identifier.h"

namespace daftar::decision {

inline constexpr size_t kMaxHistoryOrders = 4'000'000;  // orders of a history
inline constexpr uint32_t kMaxParties = 1'000'000;      // real parties of a history

inline constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
inline constexpr uint32_t kNoParty = std::numeric_limits<uint32_t>::max();

// One order, and its outcome with the moment at which it became known. Moments are Unix seconds.
struct PastOrder {
  uint32_t customer = 0;
  uint32_t party = kNoParty;    // who had the order, where the history says so
  int64_t at = 0;               // when the decision is made
  int64_t known_at = kNever;    // when the outcome is known; not before `at`
  int64_t due_at = kNever;      // when payment is due; never: nothing is owed until it goes bad
  int64_t late_at = kNever;     // from when on it is bad unless paid; never: it does not follow so
  int64_t settled_at = kNever;  // a bad one: when it was paid after all; not before `known_at`
  bool bad = false;
  bool judged = true;  // whether it is scored; otherwise it is only there to be known
  evidence::Reason reason = evidence::Reason::kInvoiceOverdue;  // of a report about it
  std::optional<evidence::Money> amount;
};

struct History {
  std::vector<PastOrder> orders;  // as they were added; at equal times the earlier one came first
  uint32_t customers = 0;         // every order's is below
  uint32_t parties = 0;           // 0: no order has one
  evidence::Date as_of;           // the last day of which it knows; none: of no order
  uint64_t not_judged_yet = 0;    // orders that were not paid by then, and not late either
  uint64_t later_orders = 0;      // left out: made after that day
};

// Turns identifiers into numbers. What it keeps of an identifier is a hash under a key that the
// caller draws and that dies with the builder. Not thread-safe.
class HistoryBuilder {
 public:
  explicit HistoryBuilder(crypto::Bytes key) : key_(std::move(key)) {}

  // The customer whom any of the identifiers names, or a new one. FailedPrecondition when they
  // name two customers. REQUIRES at least one identifier.
  absl::StatusOr<uint32_t> Customer(std::span<const identity::Identifier> identifiers);
  // The number of the party of that name. ResourceExhausted beyond kMaxParties.
  absl::StatusOr<uint32_t> Party(std::string_view name);
  // ResourceExhausted beyond kMaxHistoryOrders. Moments out of order are moved: an outcome is known
  // at the decision at the earliest, and settled when known at the earliest.
  absl::Status Add(PastOrder order);
  size_t size() const { return history_.orders.size(); }
  // As it was at the end of the day `as_of`; none: of the newest day on which an order was made or
  // paid, or turned out as it did. Later orders are left out, later payments have not happened, and
  // an order whose outcome was still to come is not judged: it was made, and what is owed is owed.
  History Finish(evidence::Date as_of = {}) &&;

 private:
  using Key = std::array<uint8_t, 16>;
  struct HashKey {
    size_t operator()(const Key& key) const;
  };
  Key Hashed(std::string_view kind, std::string_view value) const;

  crypto::Bytes key_;
  History history_;
  int64_t newest_ = std::numeric_limits<int64_t>::min();
  std::unordered_map<Key, uint32_t, HashKey> customers_;
  std::unordered_map<Key, uint32_t, HashKey> parties_;
};

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_HISTORY_H_
