#include "node/decision/history.h"

#include <algorithm>
#include <cstring>

#include "crypto/hash.h"

namespace daftar::decision {
namespace {

constexpr int64_t kDaySeconds = 86'400;

// When it is certain how the order turned out; never: nothing says when.
int64_t CertainAt(const PastOrder& order) {
  return order.bad && order.late_at != kNever ? order.late_at : order.known_at;
}

}  // namespace

size_t HistoryBuilder::HashKey::operator()(const Key& key) const {
  size_t hash = 0;
  std::memcpy(&hash, key.data(), sizeof(hash));
  return hash;
}

HistoryBuilder::Key HistoryBuilder::Hashed(std::string_view kind, std::string_view value) const {
  constexpr uint8_t kBetween[] = {0};
  const crypto::Digest digest = crypto::Blake2b256(
      key_, {crypto::AsBytes(kind), crypto::ByteView(kBetween), crypto::AsBytes(value)});
  Key key{};
  const crypto::ByteView bytes = digest.view();
  std::copy_n(bytes.begin(), key.size(), key.begin());
  return key;
}

absl::StatusOr<uint32_t> HistoryBuilder::Customer(
    std::span<const identity::Identifier> identifiers) {
  std::vector<Key> keys;
  std::optional<uint32_t> found;
  for (const identity::Identifier& identifier : identifiers) {
    keys.push_back(Hashed(identity::TypeName(identifier.type()), identifier.value()));
    const auto known = customers_.find(keys.back());
    if (known == customers_.end()) continue;
    if (found.has_value() && *found != known->second) {
      return absl::FailedPreconditionError(
          "the identifiers belong to two customers; a back-test cannot tell whose order it is");
    }
    found = known->second;
  }
  if (!found.has_value()) found = history_.customers++;
  for (const Key& key : keys) customers_.emplace(key, *found);
  return *found;
}

absl::StatusOr<uint32_t> HistoryBuilder::Party(std::string_view name) {
  const auto [place, added] = parties_.emplace(Hashed("party", name), history_.parties);
  if (added && history_.parties == kMaxParties) {
    parties_.erase(place);
    return absl::ResourceExhaustedError("more than " + std::to_string(kMaxParties) +
                                        " different shops");
  }
  if (added) ++history_.parties;
  return place->second;
}

absl::Status HistoryBuilder::Add(PastOrder order) {
  if (history_.orders.size() == kMaxHistoryOrders) {
    return absl::ResourceExhaustedError("more than " + std::to_string(kMaxHistoryOrders) +
                                        " orders; a back-test takes no more");
  }
  // A payment that never came, and the day by which it should have, tell nothing of the file's age.
  const int64_t happened = order.bad && order.late_at != kNever ? order.settled_at : order.known_at;
  order.known_at = std::max(order.known_at, order.at);
  order.settled_at = order.bad ? std::max(order.settled_at, order.known_at) : kNever;
  newest_ = std::max(newest_, order.at);
  if (happened != kNever) newest_ = std::max(newest_, happened);
  history_.orders.push_back(std::move(order));
  return absl::OkStatus();
}

History HistoryBuilder::Finish(evidence::Date as_of) && {
  std::vector<PastOrder>& orders = history_.orders;
  if (!as_of.has_value() && !orders.empty()) {
    as_of = evidence::Date::Of(evidence::UnixMillis::OfSeconds(newest_));
  }
  history_.as_of = as_of;
  if (!as_of.has_value()) return std::move(history_);
  const int64_t end = (int64_t{as_of.days()} + 1) * kDaySeconds;
  const auto later = std::remove_if(orders.begin(), orders.end(),
                                    [end](const PastOrder& order) { return order.at >= end; });
  history_.later_orders = static_cast<uint64_t>(orders.end() - later);
  orders.erase(later, orders.end());
  for (PastOrder& order : orders) {
    const int64_t certain = CertainAt(order);
    if (certain != kNever && certain >= end) {
      history_.not_judged_yet += order.judged ? 1 : 0;
      order.judged = order.bad = false;
      order.known_at = kNever;
    }
    if (order.known_at == kNever || order.settled_at >= end) order.settled_at = kNever;
  }
  return std::move(history_);
}

}  // namespace daftar::decision
