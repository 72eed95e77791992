#include "node/decision/history.h"

#include <algorithm>
#include <cstring>

#include "crypto/hash.h"

namespace daftar::decision {

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
  order.known_at = std::max(order.known_at, order.at);
  order.settled_at = order.bad ? std::max(order.settled_at, order.known_at) : kNever;
  history_.orders.push_back(std::move(order));
  return absl::OkStatus();
}

}  // namespace daftar::decision
