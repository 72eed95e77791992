#include "node/book/customer.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "crypto/hash.h"
#include "node/decision/text.h"

namespace daftar::book {
namespace {

constexpr uint8_t kCustomerRowVersion = 2;  // 1 had neither groups nor merging
constexpr uint8_t kOldestCustomerRowVersion = 1;
constexpr uint8_t kOrderRowVersion = 4;  // 3 did not say whether its terms were told, 2 had nothing
                                         // of the shop's own word
constexpr uint8_t kOldestOrderRowVersion = 2;  // 1 had no identifiers of its own
constexpr size_t kCurrencyBytes = 3;
constexpr size_t kInvoiceHashBytes = 8;

uint8_t TakeVersion(crypto::Reader& reader, uint8_t oldest, uint8_t newest) {
  const uint8_t version = reader.U8();
  if (version < oldest || version > newest) reader.Fail();
  return version;
}

bool TakeFlag(crypto::Reader& reader) {
  const uint8_t flag = reader.U8();
  if (flag > 1) reader.Fail();
  return flag == 1;
}

evidence::Date TakeDate(crypto::Reader& reader) {
  const auto date = evidence::Date::FromDays(reader.U32());
  if (!date.ok()) reader.Fail();
  return date.ok() ? *date : evidence::Date();
}

std::vector<std::string> TakeGroups(crypto::Reader& reader) {
  std::vector<std::string> groups;
  const uint8_t count = reader.U8();
  if (count > decision::kMaxGroupsPerCustomer) reader.Fail();
  for (uint8_t i = 0; i < count && reader.ok(); ++i) {
    std::string name = reader.Text16();
    const bool ascending = groups.empty() || groups.back() < name;
    if (name.empty() || name.size() > decision::kMaxGroupNameBytes || !ascending) reader.Fail();
    groups.push_back(std::move(name));
  }
  return groups;
}

void TakeMerging(crypto::Reader& reader, Customer& customer) {
  if (TakeFlag(reader)) {
    customer.merged_into = reader.Take<CustomerId>();
    customer.joined = reader.Take<CustomerId>();
  }
  const uint8_t count = reader.U8();
  if (count > kMaxMergedCustomers || (count > 0 && customer.merged_into.has_value())) reader.Fail();
  for (uint8_t i = 0; i < count && reader.ok(); ++i) {
    const auto member = reader.Take<CustomerId>();
    if (!customer.members.empty() && member <= customer.members.back()) reader.Fail();
    customer.members.push_back(member);
  }
}

// What versions 3 and 4 added.
void TakeOwnWord(crypto::Reader& reader, uint8_t version, Order& order) {
  order.written_off = TakeDate(reader);
  order.said_late = TakeFlag(reader);
  order.terms = static_cast<decision::Terms>(reader.U8());
  if (order.terms < decision::Terms::kCredit || order.terms > decision::Terms::kPrepaid) {
    reader.Fail();
  }
  if (TakeFlag(reader)) order.receipt = reader.Take<ReceiptRef>();
  const bool other = order.terms != decision::Terms::kCredit;
  order.terms_told = version >= 4 ? TakeFlag(reader) : other;
  if (other && !order.terms_told) reader.Fail();
}

}  // namespace

absl::Status CheckCustomerName(std::string_view name) {
  if (name.empty()) return absl::OkStatus();
  if (decision::IsBlank(name)) {
    return absl::InvalidArgumentError("the name is blank; write one or leave it out");
  }
  if (name.size() <= kMaxNameBytes && decision::IsOneLine(name)) return absl::OkStatus();
  return absl::InvalidArgumentError("a name is one line of UTF-8 of at most " +
                                    std::to_string(kMaxNameBytes) +
                                    " bytes without control characters or direction marks");
}

absl::Status MalformedRow(std::string_view what) {
  return absl::DataLossError("a row of the customer book (" + std::string(what) +
                             ") is malformed; run `daftar doctor` and restore a backup");
}

void PutIdentifiers(crypto::Writer& writer, const std::vector<identity::Identifier>& identifiers) {
  writer.U8(static_cast<uint8_t>(identifiers.size()));
  for (const identity::Identifier& identifier : identifiers) {
    writer.U8(static_cast<uint8_t>(identifier.type()));
    writer.Prefixed16(crypto::AsBytes(identifier.value()));
  }
}

std::vector<identity::Identifier> TakeIdentifiers(crypto::Reader& reader, size_t most) {
  std::vector<identity::Identifier> identifiers;
  const uint8_t count = reader.U8();
  if (count > most) reader.Fail();
  for (uint8_t i = 0; i < count && reader.ok(); ++i) {
    const auto type = static_cast<identity::IdentifierType>(reader.U8());
    const std::string value = reader.Text16();
    auto identifier = identity::Identifier::FromNormalised(type, value);
    if (!identifier.ok() || (!identifiers.empty() && *identifier <= identifiers.back())) {
      reader.Fail();
      break;
    }
    identifiers.push_back(*std::move(identifier));
  }
  return identifiers;
}

Profile MakeProfile(const std::vector<Customer>& rows) {
  Profile profile;
  std::set<identity::Identifier> identifiers;
  std::set<std::string> groups;
  for (const Customer& row : rows) {
    if (profile.name.empty()) profile.name = row.name;
    identifiers.insert(row.identifiers.begin(), row.identifiers.end());
    groups.insert(row.groups.begin(), row.groups.end());
  }
  profile.id = rows.front().id;
  profile.created_at = rows.front().created_at;
  profile.members = rows.front().members;
  profile.identifiers.assign(identifiers.begin(), identifiers.end());
  profile.groups.assign(groups.begin(), groups.end());
  return profile;
}

std::string OrderName(const CustomerId& customer, std::string_view invoice) {
  const crypto::Digest hash =
      crypto::Sha256({crypto::AsBytes("daftar/order/v1"), crypto::AsBytes(invoice)});
  return customer.hex() + "-" + crypto::ToHex(hash.view().first(kInvoiceHashBytes));
}

std::string OrderName(const CustomerId& customer, const Order& order) {
  return OrderName(customer, order.invoice);
}

crypto::Bytes EncodeCustomer(const Customer& customer) {
  crypto::Writer writer;
  writer.U8(kCustomerRowVersion).U64(static_cast<uint64_t>(customer.created_at.value));
  writer.Prefixed16(crypto::AsBytes(customer.name));
  PutIdentifiers(writer, customer.identifiers);
  writer.U8(static_cast<uint8_t>(customer.groups.size()));
  for (const std::string& group : customer.groups) writer.Prefixed16(crypto::AsBytes(group));
  writer.U8(customer.merged_into.has_value() ? 1 : 0);
  if (customer.merged_into.has_value()) {
    writer.Raw(customer.merged_into->view()).Raw(customer.joined->view());
  }
  writer.U8(static_cast<uint8_t>(customer.members.size()));
  for (const CustomerId& member : customer.members) writer.Raw(member.view());
  return writer.Take();
}

absl::StatusOr<Customer> DecodeCustomer(const CustomerId& id, crypto::ByteView bytes) {
  crypto::Reader reader(bytes);
  const uint8_t version = TakeVersion(reader, kOldestCustomerRowVersion, kCustomerRowVersion);
  Customer customer;
  customer.id = id;
  customer.created_at.value = static_cast<int64_t>(reader.U64());
  customer.name = reader.Text16();
  if (customer.name.size() > kMaxNameBytes) reader.Fail();
  customer.identifiers = TakeIdentifiers(reader, kMaxIdentifiersPerCustomer);
  if (version >= 2) {
    customer.groups = TakeGroups(reader);
    TakeMerging(reader, customer);
  }
  if (!reader.Finish("customer").ok()) return MalformedRow("customer");
  return customer;
}

crypto::Bytes EncodeOrder(const Order& order) {
  crypto::Writer writer;
  writer.U8(kOrderRowVersion).Prefixed16(crypto::AsBytes(order.invoice));
  writer.U32(order.invoiced.days()).U32(order.due.days()).U32(order.paid.days());
  writer.U64(order.amount.minor).Raw(order.amount.currency.code());
  writer.U8(order.disputed ? 1 : 0);
  PutIdentifiers(writer, order.identifiers);
  writer.U32(order.written_off.days()).U8(order.said_late ? 1 : 0);
  writer.U8(static_cast<uint8_t>(order.terms)).U8(order.receipt.has_value() ? 1 : 0);
  if (order.receipt.has_value()) writer.Raw(order.receipt->view());
  writer.U8(order.terms_told ? 1 : 0);
  return writer.Take();
}

absl::StatusOr<Order> DecodeOrder(crypto::ByteView bytes) {
  crypto::Reader reader(bytes);
  const uint8_t version = TakeVersion(reader, kOldestOrderRowVersion, kOrderRowVersion);
  Order order;
  order.invoice = reader.Text16();
  order.invoiced = TakeDate(reader);
  order.due = TakeDate(reader);
  order.paid = TakeDate(reader);
  order.amount.minor = reader.U64();
  const auto currency = evidence::Currency::FromCode(crypto::AsText(reader.Raw(kCurrencyBytes)));
  if (!currency.ok() || order.amount.minor > evidence::kMaxMinorUnits) reader.Fail();
  order.disputed = TakeFlag(reader);
  order.identifiers = TakeIdentifiers(reader, kMaxIdentifiersPerOrder);
  if (order.identifiers.empty()) reader.Fail();
  if (version >= 3) TakeOwnWord(reader, version, order);
  if (!reader.Finish("order").ok()) return MalformedRow("order");
  order.amount.currency = *currency;
  return order;
}

}  // namespace daftar::book
