// The book against a model of a few maps, over random sequences of what shops do.
#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>

#include "tests/node/book/book_fixture.h"

namespace daftar::book {
namespace {

using Identifiers = std::set<identity::Identifier>;
using storage::Column;

constexpr int kSequences = 2000;
constexpr int kSteps = 14;
constexpr size_t kPeople = 5;    // identifiers in play
constexpr size_t kInvoices = 4;  // invoice numbers in play

// Thousands of books, so none of them on a disk. One thread.
class MemoryStore final : public storage::Store {
 public:
  absl::StatusOr<std::optional<crypto::Bytes>> Get(Column column,
                                                   crypto::ByteView key) const override {
    const auto found = rows_.find({column, crypto::ToBytes(key)});
    if (found == rows_.end()) return std::optional<crypto::Bytes>();
    return std::optional<crypto::Bytes>(found->second);
  }
  absl::StatusOr<std::vector<std::optional<crypto::Bytes>>> MultiGet(
      Column column, const std::vector<crypto::Bytes>& keys) const override {
    std::vector<std::optional<crypto::Bytes>> values;
    for (const crypto::Bytes& key : keys) values.push_back(*Get(column, key));
    return values;
  }
  absl::Status Scan(Column column, crypto::ByteView prefix, crypto::ByteView start,
                    const std::function<bool(crypto::ByteView key, crypto::ByteView value)>& visit)
      const override {
    for (auto row = rows_.lower_bound({column, crypto::ToBytes(start)});
         row != rows_.end() && row->first.column == column; ++row) {
      const crypto::Bytes& key = row->first.key;
      if (!std::equal(prefix.begin(), prefix.end(), key.begin(),
                      key.begin() + static_cast<int64_t>(std::min(prefix.size(), key.size())))) {
        break;
      }
      if (!visit(key, row->second)) break;
    }
    return absl::OkStatus();
  }
  std::unique_ptr<storage::StoreReader> Snapshot() const override {
    return std::make_unique<MemoryStore>(*this);
  }
  absl::Status Purge(std::span<const Column>) override { return absl::OkStatus(); }
  absl::Status Write(storage::Batch batch) override {
    for (const auto& expected : batch.preconditions()) {
      if (*Get(expected.address.column, expected.address.key) != expected.expected) {
        return absl::AbortedError("a precondition does not hold");
      }
    }
    for (const auto& operation : batch.operations()) {
      rows_.erase(operation.address);
      if (operation.value.has_value()) rows_[operation.address] = *operation.value;
    }
    return absl::OkStatus();
  }
  const std::map<storage::Address, crypto::Bytes>& rows() const { return rows_; }

 private:
  std::map<storage::Address, crypto::Bytes> rows_;
};

struct ModelOrder {
  bool paid = false;
  Identifiers identifiers;
  friend bool operator==(const ModelOrder&, const ModelOrder&) = default;
};
struct ModelRow {
  Identifiers identifiers;
  std::map<std::string, ModelOrder> orders;
  std::optional<CustomerId> joined;
  friend bool operator==(const ModelRow&, const ModelRow&) = default;
};
using Model = std::map<CustomerId, ModelRow>;

CustomerId RootOf(const Model& model, CustomerId id) {
  while (model.at(id).joined.has_value()) id = *model.at(id).joined;
  return id;
}
std::vector<CustomerId> WholeOf(const Model& model, const CustomerId& id) {
  const CustomerId root = RootOf(model, id);
  std::vector<CustomerId> whole = {root};
  for (const auto& [other, row] : model) {
    if (other != root && RootOf(model, other) == root) whole.push_back(other);
  }
  return whole;
}
std::optional<CustomerId> OwnerOf(const Model& model, const identity::Identifier& identifier) {
  for (const auto& [id, row] : model) {
    if (row.identifiers.count(identifier) != 0) return id;
  }
  return std::nullopt;
}
// The row that takes the line; nullopt: refused. A new one is made under the id `fresh`.
std::optional<CustomerId> Take(Model& model, const Identifiers& line, const CustomerId& fresh) {
  std::optional<CustomerId> taker;
  std::set<CustomerId> roots;
  for (const auto& identifier : line) {
    const auto owner = OwnerOf(model, identifier);
    if (!owner.has_value()) continue;
    if (!taker.has_value()) taker = owner;
    roots.insert(RootOf(model, *owner));
  }
  if (roots.size() > 1) return std::nullopt;
  if (!taker.has_value()) taker = fresh;
  ModelRow& row = model[*taker];
  for (const auto& identifier : line) {
    if (!OwnerOf(model, identifier).has_value()) row.identifiers.insert(identifier);
  }
  return taker;
}
CustomerId HolderOf(const Model& model, const CustomerId& taker, const std::string& invoice) {
  if (model.at(taker).orders.count(invoice) != 0) return taker;
  for (const CustomerId& row : WholeOf(model, taker)) {
    if (model.at(row).orders.count(invoice) != 0) return row;
  }
  return taker;
}
Identifiers IdentifiersOf(const Model& model, const CustomerId& id) {
  Identifiers all;
  for (const CustomerId& row : WholeOf(model, id)) {
    all.insert(model.at(row).identifiers.begin(), model.at(row).identifiers.end());
  }
  return all;
}
// Gives the identifiers that are gone.
Identifiers EraseFrom(Model& model, const CustomerId& id) {
  const CustomerId root = RootOf(model, id);
  const std::vector<CustomerId> whole = WholeOf(model, id);
  Identifiers in_debt;
  Identifiers gone;
  for (const CustomerId& row : whole) {
    auto& orders = model[row].orders;
    for (auto order = orders.begin(); order != orders.end();) {
      if (!order->second.paid) {
        in_debt.insert(order->second.identifiers.begin(), order->second.identifiers.end());
      }
      order = order->second.paid ? orders.erase(order) : std::next(order);
    }
  }
  Identifiers all;
  for (const CustomerId& row : whole) {
    all.insert(model[row].identifiers.begin(), model[row].identifiers.end());
  }
  for (const auto& [other, row] : model) {  // debts by which nobody else can be found
    if (RootOf(model, other) == root || !IdentifiersOf(model, other).empty()) continue;
    for (const auto& [invoice, order] : row.orders) {
      const bool only =
          std::includes(all.begin(), all.end(), order.identifiers.begin(), order.identifiers.end());
      if (!order.paid && only) in_debt.insert(order.identifiers.begin(), order.identifiers.end());
    }
  }
  std::set<CustomerId> kept;
  for (const CustomerId& row : whole) {
    Identifiers left;
    for (const auto& identifier : model[row].identifiers) {
      (in_debt.count(identifier) != 0 ? left : gone).insert(identifier);
    }
    model[row].identifiers = left;
    if (!left.empty() || !model[row].orders.empty()) kept.insert(row);
  }
  if (!kept.empty()) kept.insert(root);
  for (const CustomerId& row : whole) {
    if (kept.count(row) == 0) {
      model.erase(row);
    } else if (row != root && kept.count(*model[row].joined) == 0) {
      model[row].joined = root;
    }
  }
  for (auto& [other, row] : model) {
    for (auto order = row.orders.begin(); order != row.orders.end();) {
      Identifiers& named = order->second.identifiers;
      for (const auto& identifier : gone) named.erase(identifier);
      if (named.empty()) named = IdentifiersOf(model, other);
      order = named.empty() ? row.orders.erase(order) : std::next(order);
    }
  }
  return gone;
}

class Sequence {
 public:
  explicit Sequence(uint64_t seed)
      : random_(seed),
        entropy_(seed),
        vault_(entropy_.Secret(), entropy_),
        book_(store_, vault_, entropy_, clock_, warnings_) {}

  void Run() {
    for (int step = 0; step < kSteps && !::testing::Test::HasFailure(); ++step) {
      Step();
      Compare();
    }
  }

 private:
  size_t Pick(size_t count) { return random_() % count; }
  storage::Caller NextCaller() { return {"uid:1", std::to_string(++requests_)}; }
  Identifiers Line() {
    Identifiers line;
    for (size_t i = 0; i <= Pick(2); ++i)
      line.insert(Handle("shop/p" + std::to_string(Pick(kPeople))));
    return line;
  }
  std::optional<CustomerId> AnyRow() {
    if (model_.empty()) return std::nullopt;
    return std::next(model_.begin(), static_cast<int64_t>(Pick(model_.size())))->first;
  }
  // The id that the book gave a new row, if it has made one since.
  CustomerId Fresh() {
    CustomerId fresh;
    (void)book_.ScanCustomers([&](const Customer& row) {
      if (model_.count(row.id) == 0) fresh = row.id;
      return true;
    });
    return fresh;
  }

  void Step() {
    switch (Pick(8)) {
      case 0:
        return ImportCustomer();
      case 1:
      case 2:
        return ImportOrder();
      case 3:
        return AddOrder();
      case 4:
        return Merge();
      case 5:
        return Unmerge();
      case 6:
        return SetOutcome();
      default:
        return Pick(2) == 0 ? Erase() : ImportOrder();
    }
  }

  void ImportCustomer() {
    const Identifiers line = Line();
    const std::vector<decision::CustomerRow> rows = {{2, {line.begin(), line.end()}, ""}};
    const auto report = book_.ImportCustomers(rows);
    const auto taker = Take(model_, line, Fresh());
    ASSERT_EQ(report->refused, taker.has_value() ? 0u : 1u);
  }

  void ImportOrder() {
    const Identifiers line = Line();
    decision::OrderRow row;
    row.line = 2;
    row.identifiers = {line.begin(), line.end()};
    row.invoice = std::to_string(Pick(kInvoices));
    row.invoiced = row.due = Day("2024-01-01");
    row.amount = {1, *evidence::Currency::FromCode("USD")};
    if (Pick(2) == 0) row.paid = Day("2024-01-02");
    const auto report = book_.ImportOrders({&row, 1});
    const auto taker = Take(model_, line, Fresh());
    ASSERT_EQ(report->refused, taker.has_value() ? 0u : 1u);
    if (!taker.has_value()) return;
    auto& orders = model_[HolderOf(model_, *taker, row.invoice)].orders;
    const auto known = orders.find(row.invoice);
    const bool paid = row.paid.has_value() || (known != orders.end() && known->second.paid);
    orders[row.invoice] = {paid, line};
  }

  void AddOrder() {
    const Identifiers line = Line();
    NewOrder order;
    order.identifiers = {line.begin(), line.end()};
    order.invoice = std::to_string(Pick(kInvoices));
    order.invoiced = order.due = Day("2024-01-01");
    order.amount = {1, *evidence::Currency::FromCode("USD")};
    const storage::Caller caller = NextCaller();
    const auto added = book_.AddOrder(caller, order);
    Model after = model_;
    const auto taker = Take(after, line, Fresh());
    if (!taker.has_value()) {
      ASSERT_TRUE(absl::IsFailedPrecondition(added.status()));
      return;
    }
    auto& orders = after[HolderOf(after, *taker, order.invoice)].orders;
    if (orders.count(order.invoice) != 0) {  // and no identifier was added
      ASSERT_TRUE(absl::IsAlreadyExists(added.status()));
      return;
    }
    orders[order.invoice] = {false, line};
    model_ = std::move(after);
    ASSERT_TRUE(added.ok());
    ASSERT_EQ(book_.AddOrder(caller, order)->name, added->name);
  }

  void Merge() {
    const auto into = AnyRow();
    const auto from = AnyRow();
    if (!into.has_value() || *into == *from) return;
    const storage::Caller caller = NextCaller();
    const auto merged = book_.Merge(caller, *into, *from, "x");
    const CustomerId root = RootOf(model_, *into);
    if (RootOf(model_, *from) == root) {
      ASSERT_TRUE(absl::IsAlreadyExists(merged.status()));
      return;
    }
    model_[RootOf(model_, *from)].joined = root;
    ASSERT_TRUE(merged.ok());
    ASSERT_EQ(merged->id, root);
    ASSERT_TRUE(book_.Merge(caller, *into, *from, "x").ok());
  }

  void Unmerge() {
    const auto id = AnyRow();
    if (!id.has_value()) return;
    const storage::Caller caller = NextCaller();
    const auto parted = book_.Unmerge(caller, *id, "x");
    if (!model_[*id].joined.has_value()) {
      ASSERT_TRUE(absl::IsFailedPrecondition(parted.status()));
      return;
    }
    model_[*id].joined.reset();  // with those below it
    ASSERT_TRUE(parted.ok());
    ASSERT_TRUE(book_.Unmerge(caller, *id, "x").ok());
  }

  void SetOutcome() {
    const auto id = AnyRow();
    if (!id.has_value() || model_[*id].orders.empty()) return;
    auto& [invoice, order] = *model_[*id].orders.begin();
    order.paid = !order.paid;
    const Outcome outcome = order.paid ? Outcome{OutcomeKind::kPaid, Day("2024-01-03")}
                                       : Outcome{OutcomeKind::kReopened, {}};
    ASSERT_TRUE(book_.SetOutcome(NextCaller(), OrderName(*id, invoice), outcome, {}, "x").ok());
  }

  void Erase() {
    const auto id = AnyRow();
    if (!id.has_value()) return;
    const auto none = [](std::span<const identity::Identifier>) {
      return absl::StatusOr<uint64_t>(0);
    };
    const storage::Caller caller = NextCaller();
    const auto report = book_.Erase(caller, *id, none, "x");
    ASSERT_TRUE(report.ok());
    const Identifiers gone = EraseFrom(model_, *id);
    ASSERT_EQ(report->identifiers_erased, gone.size());
    ASSERT_EQ(*book_.Erase(caller, *id, none, "x"), *report);
    for (const auto& [address, value] : store_.rows()) {
      if (address.column != Column::kCustomers && address.column != Column::kOrders) continue;
      const auto opened = vault_.Open(address.column, address.key, value);
      ASSERT_TRUE(opened.ok());
      for (const auto& identifier : gone) {
        ASSERT_EQ(crypto::AsText(opened->Expose()).find(identifier.value()), std::string::npos);
      }
    }
  }

  // Rows, orders and owners are those of the model, and so is what follows from them.
  void Compare() {
    Model stored;
    ASSERT_TRUE(book_
                    .ScanCustomers([&](const Customer& row) {
                      stored[row.id].identifiers = {row.identifiers.begin(), row.identifiers.end()};
                      stored[row.id].joined = row.joined;
                      EXPECT_EQ(row.merged_into.has_value(), row.joined.has_value());
                      return true;
                    })
                    .ok());
    ASSERT_TRUE(book_
                    .ScanOrders([&](const Customer& row, const Order& order) {
                      stored[row.id].orders[order.invoice] = {
                          order.paid.has_value(),
                          {order.identifiers.begin(), order.identifiers.end()}};
                      return true;
                    })
                    .ok());
    ASSERT_EQ(stored, model_);
    for (const auto& [id, row] : model_) {
      const auto shown = book_.ShowCustomer(id);
      ASSERT_TRUE(shown.ok());
      std::vector<CustomerId> whole = WholeOf(model_, id);
      uint64_t orders = 0;
      for (const CustomerId& of : whole) orders += model_[of].orders.size();
      ASSERT_EQ(shown->id, whole.front());
      ASSERT_EQ(shown->members, std::vector<CustomerId>(whole.begin() + 1, whole.end()));
      ASSERT_EQ(TrackRecordFor(book_, {&id, 1}, Day("2024-06-01")).orders, orders);
    }
    for (size_t i = 0; i < kPeople; ++i) {
      const auto identifier = Handle("shop/p" + std::to_string(i));
      auto owner = OwnerOf(model_, identifier);
      if (owner.has_value()) owner = RootOf(model_, *owner);
      ASSERT_EQ(*book_.FindByIdentifier(identifier), owner);
    }
  }

  std::mt19937_64 random_;
  daftar::testing::FakeEntropy entropy_;
  FixedClock clock_;
  storage::Vault vault_;
  identity::WarningList warnings_;
  MemoryStore store_;
  Book book_;
  Model model_;
  uint64_t requests_ = 0;
};

TEST(BookModelTest, TwoThousandRandomSequencesAgreeWithTheModel) {
  for (int seed = 1; seed <= kSequences; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Sequence(static_cast<uint64_t>(seed)).Run();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace daftar::book
