#include "node/book/book.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "node/book/importer.h"
#include "node/book/retry.h"
#include "storage/audit.h"

namespace daftar::book {
namespace {

using storage::Column;

constexpr uint8_t kOwnerVersion = 1;

void AddTo(OutcomeTotals& totals, const decision::RemarkedOrder& order, evidence::Date today,
           uint32_t late_after_days) {
  using decision::OrderOutcome;
  const OrderOutcome outcome = decision::StandingOf(order, today, late_after_days).outcome;
  const bool bad = decision::IsSpoilt(order) || outcome == OrderOutcome::kBroken ||
                   outcome == OrderOutcome::kPaidLate || outcome == OrderOutcome::kUnpaid;
  // Of those that could go bad: who pays in advance has nothing to fail at.
  const bool good =
      outcome == OrderOutcome::kPaidOnTime && order.facts.terms != decision::Terms::kPrepaid;
  totals.bad += bad ? 1 : 0;
  totals.orders += bad || good ? 1 : 0;
}

absl::Status LostOwner() {
  return absl::DataLossError(
      "an identifier of the customer book leads to a customer that is not there; run `daftar "
      "doctor` and restore a backup");
}

}  // namespace

void ImportReport::Add(const ImportReport& other) {
  added += other.added;
  updated += other.updated;
  unchanged += other.unchanged;
  customers_added += other.customers_added;
  names_kept += other.names_kept;
  refused += other.refused;
  for (const decision::LedgerRefusal& refusal : other.refusals) {
    if (refusals.size() == kMaxReportedRefusals) break;
    refusals.push_back(refusal);
  }
}

crypto::Bytes Book::EncodeOwner(const CustomerId& id) {
  crypto::Writer writer;
  writer.U8(kOwnerVersion).Raw(id.view());
  return writer.Take();
}

absl::StatusOr<CustomerId> Book::DecodeOwner(crypto::ByteView row) {
  crypto::Reader reader(row);
  if (reader.U8() != kOwnerVersion) reader.Fail();
  const auto id = reader.Take<CustomerId>();
  if (!reader.Finish("identifier").ok()) return MalformedRow("identifier");
  return id;
}

crypto::Bytes Book::IdentifierKey(const identity::Identifier& identifier) const {
  return crypto::ToBytes(
      vault_.Tag("book/identifier", identity::TypeName(identifier.type()), identifier.value())
          .view());
}

crypto::Bytes Book::OrderKey(const CustomerId& customer, std::string_view invoice) const {
  crypto::Writer writer;
  writer.Raw(customer.view()).Raw(vault_.Tag("book/order", "invoice", invoice).view());
  return writer.Take();
}

absl::StatusOr<Customer> Book::OpenCustomer(const CustomerId& id, crypto::ByteView sealed) const {
  const auto opened = vault_.Open(Column::kCustomers, id.view(), sealed);
  if (!opened.ok()) return opened.status();
  return DecodeCustomer(id, opened->Expose());
}

absl::StatusOr<Order> Book::OpenOrder(crypto::ByteView key, crypto::ByteView sealed) const {
  const auto opened = vault_.Open(Column::kOrders, key, sealed);
  if (!opened.ok()) return opened.status();
  return DecodeOrder(opened->Expose());
}

std::vector<Customer> Book::Rows(const Whole& whole) {
  std::vector<Customer> rows;
  rows.reserve(whole.size());
  for (const StoredCustomer& stored : whole) rows.push_back(stored.row);
  return rows;
}

absl::StatusOr<Book::StoredCustomer> Book::Load(const storage::StoreReader& reader,
                                                const CustomerId& id) const {
  auto row = reader.Get(Column::kCustomers, id.view());
  if (!row.ok()) return row.status();
  if (!row->has_value()) {
    return absl::NotFoundError("there is no customer " + id.hex() + " in the book");
  }
  auto customer = OpenCustomer(id, **row);
  if (!customer.ok()) return customer.status();
  return StoredCustomer{*std::move(customer), **std::move(row)};
}

absl::StatusOr<Book::Whole> Book::LoadWhole(const storage::StoreReader& reader,
                                            const CustomerId& id) const {
  auto asked = Load(reader, id);
  if (!asked.ok()) return asked.status();
  Whole whole;
  if (asked->row.merged_into.has_value()) {
    auto root = Load(reader, *asked->row.merged_into);
    if (!root.ok()) return absl::IsNotFound(root.status()) ? MalformedRow("root") : root.status();
    whole.push_back(*std::move(root));
  } else {
    whole.push_back(*std::move(asked));
  }
  std::vector<crypto::Bytes> keys;
  const Customer root = whole.front().row;
  for (const CustomerId& member : root.members) keys.push_back(crypto::ToBytes(member.view()));
  auto rows = reader.MultiGet(Column::kCustomers, keys);
  if (!rows.ok()) return rows.status();
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!(*rows)[i].has_value()) return MalformedRow("member");
    auto member = OpenCustomer(root.members[i], *(*rows)[i]);
    if (!member.ok()) return member.status();
    if (member->merged_into != root.id) return MalformedRow("member");
    whole.push_back({*std::move(member), *std::move((*rows)[i])});
  }
  return whole;
}

void Book::PutCustomer(const Customer& customer, storage::Batch& batch) const {
  batch.Put(Column::kCustomers, crypto::ToBytes(customer.id.view()),
            vault_.Seal(Column::kCustomers, customer.id.view(), EncodeCustomer(customer)));
}

void Book::PutOrder(const crypto::Bytes& key, const Order& order, storage::Batch& batch) const {
  batch.Put(Column::kOrders, key, vault_.Seal(Column::kOrders, key, EncodeOrder(order)));
}

void Book::Audit(const storage::Caller& caller, std::string_view action, std::string object,
                 const std::string& because, storage::Batch& batch) const {
  storage::RecordAudit(
      batch, vault_, entropy_,
      {clock_.Now().value, caller.actor, std::string(action), std::move(object), because});
}

absl::StatusOr<std::optional<Profile>> Book::EarlierCustomer(crypto::ByteView request,
                                                             std::string_view kind,
                                                             const RequestContent& content) const {
  const auto earlier = FindEarlier(store_, request, kind, CustomerId::kSize, content);
  if (!earlier.ok()) return earlier.status();
  if (!earlier->has_value()) return std::optional<Profile>();
  const auto id = CustomerId::Create(**earlier);
  if (!id.ok()) return absl::DataLossError("a row of the request log is malformed");
  auto shown = ShowCustomer(*id);
  if (!shown.ok()) return shown.status();
  return std::optional<Profile>(*std::move(shown));
}

absl::StatusOr<Profile> Book::ShowCustomer(const CustomerId& id) const {
  const auto snapshot = store_.Snapshot();
  const auto whole = LoadWhole(*snapshot, id);
  if (!whole.ok()) return whole.status();
  return MakeProfile(Rows(*whole));
}

absl::StatusOr<std::optional<CustomerId>> Book::FindByIdentifier(
    const identity::Identifier& identifier) const {
  const auto found = FindByIdentifiers({&identifier, 1});
  if (!found.ok()) return found.status();
  if (found->empty()) return std::optional<CustomerId>();
  return std::optional<CustomerId>(found->front());
}

absl::StatusOr<std::vector<CustomerId>> Book::Owners(
    const storage::StoreReader& reader, std::span<const identity::Identifier> identifiers) const {
  std::vector<crypto::Bytes> keys;
  for (const identity::Identifier& identifier : identifiers) {
    keys.push_back(IdentifierKey(identifier));
  }
  const auto rows = reader.MultiGet(Column::kIdentifiers, keys);
  if (!rows.ok()) return rows.status();
  std::set<CustomerId> found;
  for (const auto& row : *rows) {
    if (!row.has_value()) continue;
    const auto id = DecodeOwner(*row);
    if (!id.ok()) return id.status();
    found.insert(*id);
  }
  return std::vector<CustomerId>(found.begin(), found.end());
}

absl::StatusOr<std::vector<CustomerId>> Book::FindByIdentifiers(
    std::span<const identity::Identifier> identifiers) const {
  const auto snapshot = store_.Snapshot();
  const auto owners = Owners(*snapshot, identifiers);
  if (!owners.ok()) return owners.status();
  std::set<CustomerId> roots;
  for (const CustomerId& owner : *owners) {
    const auto stored = Load(*snapshot, owner);
    if (!stored.ok()) return absl::IsNotFound(stored.status()) ? LostOwner() : stored.status();
    roots.insert(stored->row.merged_into.value_or(owner));
  }
  return std::vector<CustomerId>(roots.begin(), roots.end());
}

absl::StatusOr<std::vector<Profile>> Book::FindProfiles(
    std::span<const identity::Identifier> identifiers) const {
  const auto snapshot = store_.Snapshot();
  const auto owners = Owners(*snapshot, identifiers);
  if (!owners.ok()) return owners.status();
  std::vector<Profile> found;
  std::set<CustomerId> seen;
  for (const CustomerId& owner : *owners) {
    if (seen.count(owner) != 0) continue;
    const auto whole = LoadWhole(*snapshot, owner);
    if (!whole.ok()) return absl::IsNotFound(whole.status()) ? LostOwner() : whole.status();
    for (const StoredCustomer& stored : *whole) seen.insert(stored.row.id);
    found.push_back(MakeProfile(Rows(*whole)));
  }
  std::sort(found.begin(), found.end(),
            [](const Profile& a, const Profile& b) { return a.id < b.id; });
  return found;
}

void Book::Tell(const std::vector<Told>& told) const {
  for (const auto& [root, order] : told) observer_(root, order);
}

template <class Row>
absl::StatusOr<ImportReport> Book::Import(std::span<const Row> rows) {
  ImportReport report;
  while (!rows.empty()) {
    const auto piece = rows.first(std::min(rows.size(), kMaxImportBatch));
    rows = rows.subspan(piece.size());
    std::vector<Told> told;
    const auto taken = Retry([&]() -> absl::StatusOr<ImportReport> {
      const WriteGate::Together gate(gate_);
      Importer importer(*this);
      if (auto status = importer.Plan(piece); !status.ok()) return status;
      storage::Batch batch = importer.TakeBatch();
      const absl::Status status = batch.empty() ? absl::OkStatus() : store_.Write(std::move(batch));
      if (!status.ok()) return status;
      told = importer.TakeTold();
      return importer.report();
    });
    if (!taken.ok()) return taken.status();
    report.Add(*taken);
    Tell(told);
  }
  return report;
}

absl::StatusOr<ImportReport> Book::ImportCustomers(std::span<const decision::CustomerRow> rows) {
  return Import(rows);
}

absl::StatusOr<ImportReport> Book::ImportOrders(std::span<const decision::OrderRow> rows) {
  return Import(rows);
}

absl::Status Book::ScanRow(const storage::StoreReader& reader, const CustomerId& row,
                           const std::function<bool(const Order&)>& visit) const {
  absl::Status problem;
  const auto scanned = reader.Scan(Column::kOrders, row.view(), row.view(),
                                   [&](crypto::ByteView key, crypto::ByteView sealed) {
                                     const auto order = OpenOrder(key, sealed);
                                     problem = order.status();
                                     return order.ok() && visit(*order);
                                   });
  return scanned.ok() ? problem : scanned;
}

absl::Status Book::ScanOrdersOf(const CustomerId& customer,
                                const std::function<bool(const Order&)>& visit) const {
  return ScanRow(store_, customer, visit);
}

absl::Status Book::ScanOrdersOfWhole(
    const CustomerId& customer,
    const std::function<bool(const CustomerId& row, const Order&)>& visit) const {
  const auto snapshot = store_.Snapshot();
  const auto whole = LoadWhole(*snapshot, customer);
  if (!whole.ok()) return whole.status();
  bool more = true;
  for (const StoredCustomer& stored : *whole) {
    const CustomerId& row = stored.row.id;
    const absl::Status scanned =
        ScanRow(*snapshot, row, [&](const Order& order) { return more = visit(row, order); });
    if (!scanned.ok() || !more) return scanned;
  }
  return absl::OkStatus();
}

absl::Status Book::ScanOrdersOf(
    std::span<const Profile> customers,
    const std::function<void(const CustomerId& row, const Order&)>& visit) const {
  std::set<CustomerId> rows;
  for (const Profile& customer : customers) {
    rows.insert(customer.id);
    rows.insert(customer.members.begin(), customer.members.end());
  }
  for (const CustomerId& row : rows) {
    const auto scanned = ScanOrdersOf(row, [&](const Order& order) {
      visit(row, order);
      return true;
    });
    if (!scanned.ok()) return scanned;
  }
  return absl::OkStatus();
}

absl::Status Book::ScanOrders(
    const std::function<bool(const Customer&, const Order&)>& visit) const {
  const auto snapshot = store_.Snapshot();
  absl::Status problem;
  std::optional<StoredCustomer> customer;
  const auto scanned =
      snapshot->Scan(Column::kOrders, {}, {}, [&](crypto::ByteView key, crypto::ByteView sealed) {
        const auto id = CustomerId::Create(key.first(std::min(key.size(), CustomerId::kSize)));
        problem = id.status();
        if (!id.ok()) return false;
        if (!customer.has_value() || customer->row.id != *id) {
          auto loaded = Load(*snapshot, *id);
          problem = loaded.status();
          if (!loaded.ok()) return false;
          customer = *std::move(loaded);
        }
        const auto order = OpenOrder(key, sealed);
        problem = order.status();
        return order.ok() && visit(customer->row, *order);
      });
  return scanned.ok() ? problem : scanned;
}

absl::Status Book::ScanCustomers(const std::function<bool(const Customer&)>& visit) const {
  const auto snapshot = store_.Snapshot();
  absl::Status problem;
  const auto scanned = snapshot->Scan(Column::kCustomers, {}, {},
                                      [&](crypto::ByteView key, crypto::ByteView sealed) {
                                        const auto id = CustomerId::Create(key);
                                        problem = id.status();
                                        if (!id.ok()) return false;
                                        const auto customer = OpenCustomer(*id, sealed);
                                        problem = customer.status();
                                        return customer.ok() && visit(*customer);
                                      });
  return scanned.ok() ? problem : scanned;
}

absl::Status Book::ScanWholes(
    const std::function<bool(const Profile&, const std::vector<NamedOrder>&)>& visit) const {
  const auto snapshot = store_.Snapshot();
  absl::Status problem;
  std::vector<NamedOrder> orders;
  const auto visit_whole = [&](const CustomerId& root) {
    const auto whole = LoadWhole(*snapshot, root);
    problem = whole.status();
    if (!whole.ok()) return false;
    orders.clear();
    for (const StoredCustomer& stored : *whole) {
      const CustomerId& row = stored.row.id;
      problem = ScanRow(*snapshot, row, [&orders, &row](const Order& order) {
        orders.push_back({OrderName(row, order), row, order});
        return true;
      });
      if (!problem.ok()) return false;
    }
    return visit(MakeProfile(Rows(*whole)), orders);
  };
  const auto scanned = snapshot->Scan(
      Column::kCustomers, {}, {}, [&](crypto::ByteView key, crypto::ByteView sealed) {
        const auto id = CustomerId::Create(key);
        problem = id.status();
        if (!id.ok()) return false;
        const auto customer = OpenCustomer(*id, sealed);
        problem = customer.status();
        if (!customer.ok()) return false;
        return customer->merged_into.has_value() || visit_whole(*id);
      });
  return scanned.ok() ? problem : scanned;
}

absl::StatusOr<uint64_t> Book::CountCustomers() const {
  uint64_t count = 0;
  const auto scanned =
      store_.Scan(Column::kCustomers, {}, {}, [&count](crypto::ByteView, crypto::ByteView) {
        ++count;
        return true;
      });
  if (!scanned.ok()) return scanned;
  return count;
}

absl::StatusOr<OutcomeTotals> Book::CountOutcomes(evidence::Date today, uint32_t late_after_days,
                                                  const OrderRemarks& remarked,
                                                  const std::function<bool()>& stopped) const {
  const auto snapshot = store_.Snapshot();
  OutcomeTotals totals;
  absl::Status problem;
  uint64_t read = 0;
  const auto scanned =
      snapshot->Scan(Column::kOrders, {}, {}, [&](crypto::ByteView key, crypto::ByteView sealed) {
        if (stopped && read++ % kAskEveryOrders == 0 && stopped()) {
          problem = absl::CancelledError("counting the shop's outcomes was stopped");
          return false;
        }
        const auto row = CustomerId::Create(key.first(std::min(key.size(), CustomerId::kSize)));
        problem = row.status();
        if (!row.ok()) return false;
        const auto order = OpenOrder(key, sealed);
        problem = order.status();
        if (!order.ok()) return false;
        AddTo(totals,
              remarked ? remarked({OrderName(*row, *order), *row, *order})
                       : decision::RemarkedOrder{*order},
              today, late_after_days);
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (!problem.ok()) return problem;
  return totals;
}

}  // namespace daftar::book
