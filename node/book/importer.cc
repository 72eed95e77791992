#include "node/book/importer.h"

#include <algorithm>
#include <set>
#include <utility>

#include "node/book/order_rules.h"
#include "node/book/warnings.h"

namespace daftar::book {

using storage::Column;

namespace {

// A slip in a year would make an order good, or bad, for ever.
absl::Status CheckRow(const decision::OrderRow& row, evidence::Date today) {
  constexpr int64_t kMaxDaysPaidAhead = 366;
  absl::Status status = CheckNotToCome("invoice date", row.invoiced, today);
  if (status.ok()) status = CheckDue(row.due, row.invoiced);
  if (status.ok()) status = CheckNotToCome("date of payment", row.paid, today);
  if (status.ok()) status = CheckOrderAmount(row.amount);
  if (!status.ok()) return status;
  if (row.paid.has_value() && row.paid < row.invoiced.PlusDays(-kMaxDaysPaidAhead)) {
    return absl::InvalidArgumentError("it was paid on " + row.paid.ToString() +
                                      ", more than a year before its invoice of " +
                                      row.invoiced.ToString());
  }
  return absl::OkStatus();
}

// With the ids, which are the shop's own, and how to make them one.
std::string BelongToSeveral(const std::set<CustomerId>& customers) {
  std::string names;
  std::string merged;
  size_t at = 0;
  for (const CustomerId& id : customers) {
    names += (at == 0 ? "" : at + 1 == customers.size() ? " and " : ", ") + id.hex();
    if (at++ < 2) merged += " " + id.hex();
  }
  return "these identifiers belong to " + std::to_string(customers.size()) +
         " customers of the book, " + names + "; if they are one person, `daftar customer merge" +
         merged + " --because TEXT`, else leave out what is another's";
}

}  // namespace

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
  return LoadRows(ids);
}

absl::Status Importer::LoadRows(const std::set<CustomerId>& ids) {
  std::vector<crypto::Bytes> keys;
  keys.reserve(ids.size());
  for (const CustomerId& id : ids) keys.push_back(crypto::ToBytes(id.view()));
  auto stored = book_.store_.MultiGet(Column::kCustomers, keys);
  if (!stored.ok()) return stored.status();
  size_t at = 0;
  std::set<CustomerId> others;
  for (const CustomerId& id : ids) {
    std::optional<crypto::Bytes>& row = (*stored)[at++];
    if (!row.has_value()) {
      return absl::DataLossError(
          "an identifier of the customer book leads to a customer that is not there; run `daftar "
          "doctor` and restore a backup");
    }
    auto customer = book_.OpenCustomer(id, *row);
    if (!customer.ok()) return customer.status();
    if (customer->merged_into.has_value()) others.insert(*customer->merged_into);
    others.insert(customer->members.begin(), customer->members.end());
    customers_[id] = {*std::move(customer), std::move(row), false};
  }
  for (const auto& [id, state] : customers_) others.erase(id);
  // A member leads to its root and a root to its members: no third time.
  return others.empty() ? absl::OkStatus() : LoadRows(others);
}

const Customer& Importer::RootOf(const Customer& row) const {
  return row.merged_into.has_value() ? customers_.at(*row.merged_into).customer : row;
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
                                           const std::string& name, uint64_t line, Change& change) {
  std::set<CustomerId> found;
  std::optional<CustomerId> first;  // owns the first of the identifiers that anybody owns
  std::vector<std::pair<crypto::Bytes, const identity::Identifier*>> unowned;
  for (const identity::Identifier& identifier : identifiers) {
    crypto::Bytes key = book_.IdentifierKey(identifier);
    const auto owner = owners_.find(key);
    if (owner != owners_.end()) {
      if (!first.has_value()) first = owner->second;
      found.insert(owner->second);
    } else {
      unowned.emplace_back(std::move(key), &identifier);
    }
  }
  if (found.size() > 1) {  // rows, which may be one customer
    std::set<CustomerId> roots;
    for (const CustomerId& row : found) roots.insert(RootOf(customers_.at(row).customer).id);
    found = std::move(roots);
  }
  if (found.size() > 1) {
    Refuse(line, BelongToSeveral(found));
    // Why several have it may be that it is many people's.
    for (const identity::Identifier& identifier : identifiers) {
      const auto owner = owners_.find(book_.IdentifierKey(identifier));
      if (owner == owners_.end() || name.empty()) continue;
      NoteNames({&identifier, 1}, RootOf(customers_.at(owner->second).customer).name, name);
    }
    return nullptr;
  }
  const bool is_new = !first.has_value();
  const CustomerId id = is_new ? book_.entropy_.Public<CustomerId>() : *first;
  CustomerState& state = customers_[id];
  if (state.customer.identifiers.size() + unowned.size() > kMaxIdentifiersPerCustomer) {
    Refuse(line, "the customer would have more than " + std::to_string(kMaxIdentifiersPerCustomer) +
                     " identifiers");
    if (is_new) customers_.erase(id);
    return nullptr;
  }
  change = is_new ? Change::kAdded : Change::kUnchanged;
  if (is_new) {
    state.customer.id = id;
    state.customer.created_at = book_.clock_.Now();
    state.changed = true;
  }
  const auto touch = [&state, &change] {
    state.changed = true;
    if (change == Change::kUnchanged) change = Change::kUpdated;
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
  if (!name.empty() && state.customer.name != name) {
    ++report_.names_kept;
    NoteNames(identifiers, state.customer.name, name);
  }
  return &state;
}

void Importer::NoteNames(std::span<const identity::Identifier> identifiers,
                         const std::string& known, const std::string& met) {
  const uint64_t first = NameTag(book_.vault_, known);
  const uint64_t second = NameTag(book_.vault_, met);
  if (first == second) return;
  for (const identity::Identifier& identifier : identifiers) {
    noted_[NamesKey(book_.vault_, identifier)].insert({first, second});
  }
}

absl::Status Importer::LoadNames() {
  std::vector<crypto::Bytes> keys;
  keys.reserve(noted_.size());
  for (const auto& [key, names] : noted_) keys.push_back(key);
  auto rows = book_.store_.MultiGet(Column::kWarnings, keys);
  if (!rows.ok()) return rows.status();
  size_t at = 0;
  for (const auto& [key, names] : noted_) {
    NamesState state;
    state.stored = std::move((*rows)[at++]);
    if (state.stored.has_value()) {
      auto stored = DecodeNames(*state.stored);
      if (!stored.ok()) return stored.status();
      state.names = *std::move(stored);
    }
    for (const uint64_t name : names) {
      if (name == 0 || state.names.size() == kMaxNamesKept) continue;
      state.changed = state.names.insert(name).second || state.changed;
    }
    names_[key] = std::move(state);
  }
  return absl::OkStatus();
}

std::vector<crypto::Bytes> Importer::OtherKeys(const Taken& taken) const {
  std::vector<crypto::Bytes> keys;
  const Customer& row = taken.customer->customer;
  const Customer& root = RootOf(row);
  if (root.id != row.id) keys.push_back(book_.OrderKey(root.id, taken.order.invoice));
  for (const CustomerId& member : root.members) {
    if (member != row.id) keys.push_back(book_.OrderKey(member, taken.order.invoice));
  }
  return keys;
}

crypto::Bytes Importer::Place(const Taken& taken) const {
  std::vector<crypto::Bytes> others = OtherKeys(taken);
  if (others.empty() || orders_.count(taken.key) != 0) return taken.key;
  for (crypto::Bytes& key : others) {
    if (orders_.count(key) != 0) return std::move(key);
  }
  return taken.key;
}

Importer::Change Importer::SetOrder(crypto::Bytes key, Order order) {
  const auto [place, is_new] = orders_.try_emplace(std::move(key));
  OrderState& state = place->second;
  if (!is_new) {
    // What a ledger's file does not know stays as the shop said it; an export older than the
    // payment knows of none.
    if (!order.paid.has_value()) order.paid = state.order.paid;
    order.receipt = state.order.receipt;
    order.terms = state.order.terms;
    order.terms_told = state.order.terms_told;
    order.said_late = state.order.said_late;
    order.written_off = state.order.written_off;
    if (state.order == order) return Change::kUnchanged;
  }
  const bool told = is_new ? HasOutcome(order) : OutcomeDiffers(state.order, order);
  if (told && book_.observer_) told_.insert(place->first);
  state.order = std::move(order);
  state.changed = true;
  return is_new ? Change::kAdded : Change::kUpdated;
}

void Importer::CountOrder(Change change) {
  report_.added += change == Change::kAdded ? 1 : 0;
  report_.updated += change == Change::kUpdated ? 1 : 0;
  report_.unchanged += change == Change::kUnchanged ? 1 : 0;
}

absl::Status Importer::Plan(std::span<const decision::CustomerRow> rows) {
  if (auto status = LoadCustomers(rows); !status.ok()) return status;
  for (const decision::CustomerRow& row : rows) {
    const std::vector<identity::Identifier> identifiers = Usable(row.identifiers, row.line);
    if (identifiers.empty()) continue;
    Change change = Change::kUnchanged;
    if (Resolve(identifiers, row.name, row.line, change) == nullptr) continue;
    CountOrder(change);
  }
  return LoadNames();
}

absl::Status Importer::Plan(std::span<const decision::OrderRow> rows) {
  if (auto status = LoadCustomers(rows); !status.ok()) return status;
  const evidence::Date today = evidence::Date::Of(book_.clock_.Now());
  std::vector<Taken> taken;
  std::vector<crypto::Bytes> keys;
  for (const decision::OrderRow& row : rows) {
    if (const absl::Status status = CheckRow(row, today); !status.ok()) {
      Refuse(row.line, std::string(status.message()));
      continue;
    }
    std::vector<identity::Identifier> identifiers = Usable(row.identifiers, row.line);
    if (identifiers.empty()) continue;
    Change change = Change::kUnchanged;
    const CustomerState* state = Resolve(identifiers, row.name, row.line, change);
    if (state == nullptr) continue;
    report_.customers_added += change == Change::kAdded ? 1 : 0;
    Taken order;
    order.customer = state;
    order.key = book_.OrderKey(state->customer.id, row.invoice);
    order.order.invoiced = row.invoiced;
    order.order.due = row.due;
    order.order.paid = row.paid;
    order.order.amount = row.amount;
    order.order.disputed = row.disputed;
    order.order.invoice = row.invoice;
    order.order.identifiers = std::move(identifiers);
    keys.push_back(order.key);
    for (crypto::Bytes& key : OtherKeys(order)) keys.push_back(std::move(key));
    taken.push_back(std::move(order));
  }
  if (auto status = LoadOrders(keys); !status.ok()) return status;
  if (auto status = LoadNames(); !status.ok()) return status;
  for (Taken& order : taken) {
    crypto::Bytes key = Place(order);
    CountOrder(SetOrder(std::move(key), std::move(order.order)));
  }
  return absl::OkStatus();
}

absl::StatusOr<crypto::Bytes> Importer::PlanNew(const NewOrder& order) {
  if (auto status = LoadCustomers(std::span<const NewOrder>(&order, 1)); !status.ok()) {
    return status;
  }
  std::vector<identity::Identifier> identifiers = Usable(order.identifiers, 0);
  if (identifiers.empty()) return absl::InvalidArgumentError(report_.refusals.back().reason);
  Change change = Change::kUnchanged;
  const CustomerState* state = Resolve(identifiers, order.name, 0, change);
  if (state == nullptr) return absl::FailedPreconditionError(report_.refusals.back().reason);
  Taken taken;
  taken.customer = state;
  taken.key = book_.OrderKey(state->customer.id, order.invoice);
  taken.order.invoiced = order.invoiced;
  taken.order.due = order.due;
  taken.order.paid = order.paid;
  taken.order.amount = order.amount;
  taken.order.invoice = order.invoice;
  taken.order.identifiers = std::move(identifiers);
  taken.order.receipt = order.receipt;
  taken.order.terms = order.terms.value_or(decision::Terms::kCredit);
  taken.order.terms_told = order.terms.has_value();
  std::vector<crypto::Bytes> keys = OtherKeys(taken);
  keys.push_back(taken.key);
  if (auto status = LoadOrders(keys); !status.ok()) return status;
  if (auto status = LoadNames(); !status.ok()) return status;
  const crypto::Bytes key = Place(taken);
  if (orders_.count(key) != 0) {
    const auto owner = CustomerId::Create(crypto::ByteView(key).first(CustomerId::kSize));
    return absl::AlreadyExistsError("the customer has an order with this invoice number: " +
                                    OrderName(*owner, order.invoice));
  }
  (void)SetOrder(key, std::move(taken.order));
  return key;
}

std::vector<Book::Told> Importer::TakeTold() {
  std::vector<Book::Told> told;
  for (const crypto::Bytes& key : told_) {
    const auto owner = CustomerId::Create(crypto::ByteView(key).first(CustomerId::kSize));
    Order& order = orders_.at(key).order;
    std::string name = OrderName(*owner, order);
    told.emplace_back(RootOf(customers_.at(*owner).customer),
                      NamedOrder{std::move(name), *owner, std::move(order)});
  }
  return told;
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
    book_.PutOrder(key, state.order, batch);
  }
  for (auto& [key, state] : names_) {
    if (!state.changed) continue;
    expect(Column::kWarnings, key, state.stored);
    batch.Put(Column::kWarnings, key, EncodeNames(state.names));
  }
  return batch;
}

}  // namespace daftar::book
