#include "node/book/importer.h"

#include <algorithm>
#include <set>
#include <utility>

namespace daftar::book {

using storage::Column;

void Importer::Refuse(uint64_t line, std::string reason) {
  ++report_.refused;
  report_.refusals.push_back({line, std::move(reason)});
}

absl::Status Importer::LoadOwners(const std::vector<crypto::Bytes>& keys) {
  const auto rows = book_.store_.MultiGet(Column::kIdentifiers, keys);
  if (!rows.ok()) return rows.status();
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!(*rows)[i].has_value()) continue;
    const auto owner = Book::DecodeOwner(*(*rows)[i]);
    if (!owner.ok()) return owner.status();
    owners_[keys[i]] = *owner;
  }
  return absl::OkStatus();
}

template <class Row>
absl::Status Importer::LoadCustomers(std::span<const Row> rows) {
  std::set<crypto::Bytes> distinct;
  for (const Row& row : rows) {
    for (const identity::Identifier& identifier : row.identifiers) {
      distinct.insert(book_.IdentifierKey(identifier));
    }
  }
  auto status = LoadOwners({distinct.begin(), distinct.end()});
  if (!status.ok()) return status;
  std::set<CustomerId> ids;
  for (const auto& [key, id] : owners_) ids.insert(id);
  std::vector<crypto::Bytes> keys;
  keys.reserve(ids.size());
  for (const CustomerId& id : ids) keys.push_back(crypto::ToBytes(id.view()));
  auto stored = book_.store_.MultiGet(Column::kCustomers, keys);
  if (!stored.ok()) return stored.status();
  size_t at = 0;
  for (const CustomerId& id : ids) {
    std::optional<crypto::Bytes>& row = (*stored)[at++];
    if (!row.has_value()) {
      return absl::DataLossError(
          "an identifier of the customer book leads to a customer that is not there; run `daftar "
          "doctor` and restore a backup");
    }
    auto customer = book_.OpenCustomer(id, *row);
    if (!customer.ok()) return customer.status();
    customers_[id] = {*std::move(customer), std::move(row), false};
  }
  return absl::OkStatus();
}

absl::Status Importer::LoadOrders(const std::vector<crypto::Bytes>& keys) {
  auto stored = book_.store_.MultiGet(Column::kOrders, keys);
  if (!stored.ok()) return stored.status();
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!(*stored)[i].has_value()) continue;
    auto order = book_.OpenOrder(keys[i], *(*stored)[i]);
    if (!order.ok()) return order.status();
    orders_[keys[i]] = {*std::move(order), std::move((*stored)[i]), false};
  }
  return absl::OkStatus();
}

std::vector<identity::Identifier> Importer::Usable(
    std::span<const identity::Identifier> identifiers, uint64_t line) {
  if (identifiers.empty() || identifiers.size() > decision::kMaxRowIdentifiers) {
    Refuse(line, "a line names its customer by 1 to " +
                     std::to_string(decision::kMaxRowIdentifiers) + " identifiers");
    return {};
  }
  std::vector<identity::Identifier> usable;
  std::string reasons;
  for (const identity::Identifier& identifier : identifiers) {
    const auto why = book_.warnings_.WhyRefused(identifier);
    if (why.has_value()) {
      reasons += "; " + std::string(identity::TypeName(identifier.type())) + ": " + *why;
    } else {
      usable.push_back(identifier);
    }
  }
  if (usable.empty()) Refuse(line, "none of its identifiers belongs to one buyer alone" + reasons);
  std::sort(usable.begin(), usable.end());
  usable.erase(std::unique(usable.begin(), usable.end()), usable.end());
  return usable;
}

Importer::CustomerState* Importer::Resolve(std::span<const identity::Identifier> identifiers,
                                           const std::string& name, uint64_t line,
                                           Outcome& outcome) {
  std::set<CustomerId> found;
  std::vector<std::pair<crypto::Bytes, const identity::Identifier*>> unowned;
  for (const identity::Identifier& identifier : identifiers) {
    crypto::Bytes key = book_.IdentifierKey(identifier);
    const auto owner = owners_.find(key);
    if (owner != owners_.end()) {
      found.insert(owner->second);
    } else {
      unowned.emplace_back(std::move(key), &identifier);
    }
  }
  if (found.size() > 1) {
    Refuse(line, "its identifiers belong to " + std::to_string(found.size()) +
                     " customers of the book; they must be one customer before this line can be "
                     "taken");
    return nullptr;
  }
  const bool is_new = found.empty();
  const CustomerId id = is_new ? book_.entropy_.Public<CustomerId>() : *found.begin();
  CustomerState& state = customers_[id];
  if (state.customer.identifiers.size() + unowned.size() > kMaxIdentifiersPerCustomer) {
    Refuse(line, "the customer would have more than " + std::to_string(kMaxIdentifiersPerCustomer) +
                     " identifiers");
    if (is_new) customers_.erase(id);
    return nullptr;
  }
  outcome = is_new ? Outcome::kAdded : Outcome::kUnchanged;
  if (is_new) {
    state.customer.id = id;
    state.customer.created_at = book_.clock_.Now();
    state.changed = true;
  }
  const auto touch = [&state, &outcome] {
    state.changed = true;
    if (outcome == Outcome::kUnchanged) outcome = Outcome::kUpdated;
  };
  for (auto& [key, identifier] : unowned) {
    state.customer.identifiers.push_back(*identifier);
    owners_[key] = id;
    new_owners_[std::move(key)] = id;
    touch();
  }
  std::sort(state.customer.identifiers.begin(), state.customer.identifiers.end());
  if (state.customer.name.empty() && !name.empty()) {
    state.customer.name = name;
    touch();
  }
  return &state;
}

Importer::Outcome Importer::SetOrder(crypto::Bytes key, Order order) {
  const auto [place, is_new] = orders_.try_emplace(std::move(key));
  OrderState& state = place->second;
  if (!is_new && state.order == order) return Outcome::kUnchanged;
  state.order = std::move(order);
  state.changed = true;
  return is_new ? Outcome::kAdded : Outcome::kUpdated;
}

absl::Status Importer::Plan(std::span<const decision::CustomerRow> rows) {
  if (auto status = LoadCustomers(rows); !status.ok()) return status;
  for (const decision::CustomerRow& row : rows) {
    const std::vector<identity::Identifier> identifiers = Usable(row.identifiers, row.line);
    if (identifiers.empty()) continue;
    Outcome outcome = Outcome::kUnchanged;
    if (Resolve(identifiers, row.name, row.line, outcome) == nullptr) continue;
    report_.added += outcome == Outcome::kAdded ? 1 : 0;
    report_.updated += outcome == Outcome::kUpdated ? 1 : 0;
    report_.unchanged += outcome == Outcome::kUnchanged ? 1 : 0;
  }
  return absl::OkStatus();
}

absl::Status Importer::Plan(std::span<const decision::OrderRow> rows) {
  if (auto status = LoadCustomers(rows); !status.ok()) return status;
  std::vector<std::pair<crypto::Bytes, Order>> taken;
  std::vector<crypto::Bytes> keys;
  for (const decision::OrderRow& row : rows) {
    std::vector<identity::Identifier> identifiers = Usable(row.identifiers, row.line);
    if (identifiers.empty()) continue;
    Outcome outcome = Outcome::kUnchanged;
    const CustomerState* state = Resolve(identifiers, row.name, row.line, outcome);
    if (state == nullptr) continue;
    report_.customers_added += outcome == Outcome::kAdded ? 1 : 0;
    keys.push_back(book_.OrderKey(state->customer.id, row.invoice));
    taken.emplace_back(keys.back(),
                       Order{{row.invoiced, row.due, row.paid, row.amount, row.disputed},
                             row.invoice,
                             std::move(identifiers)});
  }
  if (auto status = LoadOrders(keys); !status.ok()) return status;
  for (auto& [key, order] : taken) {
    const Outcome outcome = SetOrder(std::move(key), std::move(order));
    report_.added += outcome == Outcome::kAdded ? 1 : 0;
    report_.updated += outcome == Outcome::kUpdated ? 1 : 0;
    report_.unchanged += outcome == Outcome::kUnchanged ? 1 : 0;
  }
  return absl::OkStatus();
}

storage::Batch Importer::TakeBatch() {
  storage::Batch batch;
  const auto expect = [&batch](Column column, const crypto::Bytes& key,
                               std::optional<crypto::Bytes>& stored) {
    if (stored.has_value()) {
      batch.ExpectValue(column, key, *std::move(stored));
    } else {
      batch.ExpectAbsent(column, key);
    }
  };
  for (auto& [id, state] : customers_) {
    if (!state.changed) continue;
    expect(Column::kCustomers, crypto::ToBytes(id.view()), state.stored);
    book_.PutCustomer(state.customer, batch);
  }
  for (const auto& [key, id] : new_owners_) {
    batch.ExpectAbsent(Column::kIdentifiers, key);
    batch.Put(Column::kIdentifiers, key, Book::EncodeOwner(id));
  }
  for (auto& [key, state] : orders_) {
    if (!state.changed) continue;
    expect(Column::kOrders, key, state.stored);
    batch.Put(Column::kOrders, key,
              book_.vault_.Seal(Column::kOrders, key, EncodeOrder(state.order)));
  }
  return batch;
}

}  // namespace daftar::book
