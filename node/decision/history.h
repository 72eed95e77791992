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
  History Finish() && { return std::move(history_); }

 private:
  using Key = std::array<uint8_t, 16>;
  struct HashKey {
    size_t operator()(const Key& key) const;
  };
  Key Hashed(std::string_view kind, std::string_view value) const;

  crypto::Bytes key_;
  History history_;
  std::unordered_map<Key, uint32_t, HashKey> customers_;
  std::unordered_map<Key, uint32_t, HashKey> parties_;
};

}  // namespace daftar::decision

#endif  // DAFTAR_NODE_DECISION_HISTORY_H_
