// Customers made, and what they are known by, one at a time.
#include <algorithm>
#include <utility>

#include "node/book/book.h"
#include "node/book/retry.h"

namespace daftar::book {
namespace {

using storage::Column;

constexpr std::string_view kAddKind = "customer-add";
constexpr std::string_view kIdentifyKind = "customer-identify";

absl::Status CheckIdentifiers(std::span<const identity::Identifier> identifiers,
                              const identity::WarningList& warnings) {
  if (identifiers.empty() || identifiers.size() > kMaxIdentifiersPerCustomer) {
    return absl::InvalidArgumentError("a customer has 1 to " +
                                      std::to_string(kMaxIdentifiersPerCustomer) +
                                      " identifiers, like a phone number");
  }
  for (const identity::Identifier& identifier : identifiers) {
    const auto why = warnings.WhyRefused(identifier);
    if (!why.has_value()) continue;
    return absl::InvalidArgumentError("the " + std::string(identity::TypeName(identifier.type())) +
                                      " belongs to no one customer: " + *why);
  }
  return absl::OkStatus();
}

std::vector<identity::Identifier> Sorted(std::span<const identity::Identifier> identifiers) {
  std::vector<identity::Identifier> sorted(identifiers.begin(), identifiers.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

}  // namespace

absl::StatusOr<Profile> Book::AddCustomer(crypto::ByteView request_key,
                                          const NewCustomer& customer) {
  absl::Status checked = CheckIdentifiers(customer.identifiers, warnings_);
  if (checked.ok()) checked = CheckCustomerName(customer.name);
  if (!checked.ok()) return checked;
  const std::vector<identity::Identifier> identifiers = Sorted(customer.identifiers);
  crypto::Writer arguments;
  arguments.Prefixed16(crypto::AsBytes(customer.name));
  WriteContent(arguments, identifiers);
  const RequestContent content = ContentOf(vault_, kAddKind, arguments);
  return Retry([&]() -> absl::StatusOr<Profile> {
    auto earlier = EarlierCustomer(request_key, kAddKind, content);
    if (!earlier.ok()) return earlier.status();
    if (earlier->has_value()) return **std::move(earlier);
    const auto owners = FindByIdentifiers(customer.identifiers);
    if (!owners.ok()) return owners.status();
    if (!owners->empty()) {
      const std::string id = owners->front().hex();
      return absl::AlreadyExistsError("customer " + id +
                                      " has one of these identifiers already; give it others with "
                                      "`daftar customer add --to " +
                                      id + "`");
    }
    Customer made;
    made.id = entropy_.Public<CustomerId>();
    made.name = customer.name;
    made.identifiers = identifiers;
    made.created_at = clock_.Now();

    storage::Batch batch;
    RecordRequest(batch, request_key, kAddKind, made.id.view(), content);
    batch.ExpectAbsent(Column::kCustomers, crypto::ToBytes(made.id.view()));
    PutCustomer(made, batch);
    for (const identity::Identifier& identifier : made.identifiers) {
      PutNewOwner(IdentifierKey(identifier), made.id, batch);
    }
    const auto written = store_.Write(std::move(batch));
    if (!written.ok()) return written;
    return MakeProfile({made});
  });
}

void Book::PutNewOwner(const crypto::Bytes& key, const CustomerId& owner, storage::Batch& batch) {
  batch.ExpectAbsent(Column::kIdentifiers, key);
  batch.Put(Column::kIdentifiers, key, EncodeOwner(owner));
}

absl::StatusOr<Profile> Book::IdentifyOnce(const storage::Caller& caller, crypto::ByteView request,
                                           const CustomerId& id,
                                           std::span<const identity::Identifier> identifiers) {
  const WriteGate::Together gate(gate_);
  crypto::Writer arguments;
  arguments.Raw(id.view());
  WriteContent(arguments, identifiers);
  const RequestContent content = ContentOf(vault_, kIdentifyKind, arguments);
  auto earlier = EarlierCustomer(request, kIdentifyKind, content);
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value()) return **std::move(earlier);
  const auto whole = LoadWhole(store_, id);
  if (!whole.ok()) return whole.status();
  std::vector<Customer> rows = Rows(*whole);
  const auto is_named = [](const CustomerId& name) {
    return [&name](const Customer& row) { return row.id == name; };
  };
  Customer& row = *std::find_if(rows.begin(), rows.end(), is_named(id));
  std::vector<crypto::Bytes> keys;
  for (const identity::Identifier& identifier : identifiers) {
    keys.push_back(IdentifierKey(identifier));
  }
  const auto owners = store_.MultiGet(Column::kIdentifiers, keys);
  if (!owners.ok()) return owners.status();
  const size_t known = row.identifiers.size();
  storage::Batch batch;
  RecordRequest(batch, request, kIdentifyKind, id.view(), content);
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!(*owners)[i].has_value()) {
      row.identifiers.push_back(identifiers[i]);
      PutNewOwner(keys[i], id, batch);
      continue;
    }
    const auto owner = DecodeOwner(*(*owners)[i]);
    if (!owner.ok()) return owner.status();
    if (std::any_of(rows.begin(), rows.end(), is_named(*owner))) continue;
    return absl::FailedPreconditionError(
        "customer " + owner->hex() + " has one of these identifiers; if the two are one person, " +
        "`daftar customer merge " + id.hex() + " " + owner->hex() + " --because TEXT`");
  }
  if (row.identifiers.size() > kMaxIdentifiersPerCustomer) {
    return absl::FailedPreconditionError("the customer would have more than " +
                                         std::to_string(kMaxIdentifiersPerCustomer) +
                                         " identifiers");
  }
  if (row.identifiers.size() > known) {
    std::sort(row.identifiers.begin(), row.identifiers.end());
    Replace(*whole, rows, batch);
    Audit(caller, "customer.identify", id.hex(), "", batch);
  }
  if (auto written = store_.Write(std::move(batch)); !written.ok()) return written;
  return MakeProfile(rows);
}

absl::StatusOr<Profile> Book::AddIdentifiers(const storage::Caller& caller, const CustomerId& id,
                                             std::span<const identity::Identifier> identifiers) {
  const auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  if (auto status = CheckIdentifiers(identifiers, warnings_); !status.ok()) return status;
  const std::vector<identity::Identifier> sorted = Sorted(identifiers);
  return Retry([&] { return IdentifyOnce(caller, *request, id, sorted); });
}

}  // namespace daftar::book
