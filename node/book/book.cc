#include "node/book/book.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "crypto/utf8.h"
#include "node/book/importer.h"

namespace daftar::book {
namespace {

using storage::Column;

constexpr uint8_t kOwnerVersion = 1;
constexpr std::string_view kAddKind = "customer-add";

absl::Status CheckNew(const NewCustomer& customer) {
  if (customer.identifiers.empty() || customer.identifiers.size() > kMaxIdentifiersPerCustomer) {
    return absl::InvalidArgumentError("a customer has 1 to " +
                                      std::to_string(kMaxIdentifiersPerCustomer) +
                                      " identifiers, like a phone number");
  }
  const bool clean = std::none_of(customer.name.begin(), customer.name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (customer.name.size() > kMaxNameBytes || !clean || !crypto::IsUtf8(customer.name)) {
    return absl::InvalidArgumentError("a name is UTF-8 of at most " +
                                      std::to_string(kMaxNameBytes) +
                                      " bytes without control characters");
  }
  return absl::OkStatus();
}

absl::Status TooManyAttempts() {
  return absl::AbortedError("others keep changing the same customers; try again");
}

}  // namespace

void ImportReport::Add(const ImportReport& other) {
  added += other.added;
  updated += other.updated;
  unchanged += other.unchanged;
  customers_added += other.customers_added;
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
  if (!reader.Finish("identifier").ok()) {
    return absl::DataLossError(
        "a row of the customer book (identifier) is malformed; run `daftar doctor` and restore a "
        "backup");
  }
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

absl::StatusOr<Customer> Book::Load(const storage::StoreReader& reader,
                                    const CustomerId& id) const {
  const auto row = reader.Get(Column::kCustomers, id.view());
  if (!row.ok()) return row.status();
  if (!row->has_value()) {
    return absl::NotFoundError("there is no customer " + id.hex() + " in the book");
  }
  return OpenCustomer(id, **row);
}

void Book::PutCustomer(const Customer& customer, storage::Batch& batch) const {
  batch.Put(Column::kCustomers, crypto::ToBytes(customer.id.view()),
            vault_.Seal(Column::kCustomers, customer.id.view(), EncodeCustomer(customer)));
}

absl::StatusOr<Customer> Book::AddCustomer(crypto::ByteView request_key,
                                           const NewCustomer& customer) {
  if (auto status = CheckNew(customer); !status.ok()) return status;
  for (int attempt = 0; attempt < kMaxWriteAttempts; ++attempt) {
    const auto earlier = storage::RequestLog::Find(store_, request_key, kAddKind);
    if (!earlier.ok()) return earlier.status();
    if (earlier->has_value()) {
      const auto id = CustomerId::Create(**earlier);
      if (!id.ok()) return absl::DataLossError("a row of the request log is malformed");
      return Load(store_, *id);
    }
    const auto owners = FindByIdentifiers(customer.identifiers);
    if (!owners.ok()) return owners.status();
    if (!owners->empty()) {
      return absl::AlreadyExistsError("customer " + owners->front().hex() +
                                      " has one of these identifiers already");
    }
    Customer made;
    made.id = entropy_.Public<CustomerId>();
    made.name = customer.name;
    made.identifiers = customer.identifiers;
    std::sort(made.identifiers.begin(), made.identifiers.end());
    made.identifiers.erase(std::unique(made.identifiers.begin(), made.identifiers.end()),
                           made.identifiers.end());
    made.created_at = clock_.Now();

    storage::Batch batch;
    storage::RequestLog::Record(batch, crypto::ToBytes(request_key), kAddKind, made.id.view());
    batch.ExpectAbsent(Column::kCustomers, crypto::ToBytes(made.id.view()));
    PutCustomer(made, batch);
    for (const identity::Identifier& identifier : made.identifiers) {
      crypto::Bytes key = IdentifierKey(identifier);
      batch.ExpectAbsent(Column::kIdentifiers, key);
      batch.Put(Column::kIdentifiers, std::move(key), EncodeOwner(made.id));
    }
    const auto written = store_.Write(std::move(batch));
    if (written.ok()) return made;
    if (!absl::IsAborted(written)) return written;
  }
  return TooManyAttempts();
}

absl::StatusOr<Customer> Book::ShowCustomer(const CustomerId& id) const { return Load(store_, id); }

absl::StatusOr<std::optional<CustomerId>> Book::FindByIdentifier(
    const identity::Identifier& identifier) const {
  const auto found = FindByIdentifiers({&identifier, 1});
  if (!found.ok()) return found.status();
  if (found->empty()) return std::optional<CustomerId>();
  return std::optional<CustomerId>(found->front());
}

absl::StatusOr<std::vector<CustomerId>> Book::FindByIdentifiers(
    std::span<const identity::Identifier> identifiers) const {
  std::vector<crypto::Bytes> keys;
  for (const identity::Identifier& identifier : identifiers) {
    keys.push_back(IdentifierKey(identifier));
  }
  const auto rows = store_.MultiGet(Column::kIdentifiers, keys);
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

template <class Row>
absl::StatusOr<ImportReport> Book::Import(std::span<const Row> rows) {
  ImportReport report;
  while (!rows.empty()) {
    const auto piece = rows.first(std::min(rows.size(), kMaxImportBatch));
    rows = rows.subspan(piece.size());
    bool written = false;
    for (int attempt = 0; attempt < kMaxWriteAttempts && !written; ++attempt) {
      Importer importer(*this);
      if (auto status = importer.Plan(piece); !status.ok()) return status;
      storage::Batch batch = importer.TakeBatch();
      const absl::Status status = batch.empty() ? absl::OkStatus() : store_.Write(std::move(batch));
      if (!status.ok() && !absl::IsAborted(status)) return status;
      written = status.ok();
      if (written) report.Add(importer.report());
    }
    if (!written) return TooManyAttempts();
  }
  return report;
}

absl::StatusOr<ImportReport> Book::ImportCustomers(std::span<const decision::CustomerRow> rows) {
  return Import(rows);
}

absl::StatusOr<ImportReport> Book::ImportOrders(std::span<const decision::OrderRow> rows) {
  return Import(rows);
}

absl::Status Book::ScanOrdersOf(const CustomerId& customer,
                                const std::function<bool(const Order&)>& visit) const {
  absl::Status problem;
  const auto scanned = store_.Scan(Column::kOrders, customer.view(), customer.view(),
                                   [&](crypto::ByteView key, crypto::ByteView sealed) {
                                     const auto order = OpenOrder(key, sealed);
                                     problem = order.status();
                                     return order.ok() && visit(*order);
                                   });
  return scanned.ok() ? problem : scanned;
}

absl::StatusOr<decision::TrackRecord> Book::TrackRecordFor(std::span<const CustomerId> customers,
                                                           evidence::Date today,
                                                           uint32_t late_after_days) const {
  decision::TrackRecordBuilder builder(today, late_after_days);
  const std::set<CustomerId> distinct(customers.begin(), customers.end());
  for (const CustomerId& customer : distinct) {
    auto status = ScanOrdersOf(customer, [&builder](const Order& order) {
      builder.Add(order);
      return true;
    });
    if (!status.ok()) return status;
  }
  return std::move(builder).Finish();
}

absl::Status Book::ScanOrders(
    const std::function<bool(const Customer&, const Order&)>& visit) const {
  const auto snapshot = store_.Snapshot();
  absl::Status problem;
  Customer customer;
  bool any = false;
  const auto scanned =
      snapshot->Scan(Column::kOrders, {}, {}, [&](crypto::ByteView key, crypto::ByteView sealed) {
        const auto id = CustomerId::Create(key.first(std::min(key.size(), CustomerId::kSize)));
        problem = id.status();
        if (!id.ok()) return false;
        if (!any || customer.id != *id) {
          auto loaded = Load(*snapshot, *id);
          problem = loaded.status();
          if (!loaded.ok()) return false;
          customer = *std::move(loaded);
          any = true;
        }
        const auto order = OpenOrder(key, sealed);
        problem = order.status();
        return order.ok() && visit(customer, *order);
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

}  // namespace daftar::book
