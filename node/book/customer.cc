#include "node/book/customer.h"

#include <string>
#include <utility>

namespace daftar::book {
namespace {

constexpr uint8_t kCustomerRowVersion = 1;
constexpr uint8_t kOrderRowVersion = 2;  // 1 had no identifiers of its own
constexpr size_t kCurrencyBytes = 3;

absl::Status Malformed(std::string_view what) {
  return absl::DataLossError("a row of the customer book (" + std::string(what) +
                             ") is malformed; run `daftar doctor` and restore a backup");
}

evidence::Date TakeDate(crypto::Reader& reader) {
  const auto date = evidence::Date::FromDays(reader.U32());
  if (!date.ok()) reader.Fail();
  return date.ok() ? *date : evidence::Date();
}

void PutIdentifiers(crypto::Writer& writer, const std::vector<identity::Identifier>& identifiers) {
  writer.U8(static_cast<uint8_t>(identifiers.size()));
  for (const identity::Identifier& identifier : identifiers) {
    writer.U8(static_cast<uint8_t>(identifier.type()));
    writer.Prefixed16(crypto::AsBytes(identifier.value()));
  }
}

// At most `most`, sorted, no repeats; the reader fails otherwise.
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

}  // namespace

crypto::Bytes EncodeCustomer(const Customer& customer) {
  crypto::Writer writer;
  writer.U8(kCustomerRowVersion).U64(static_cast<uint64_t>(customer.created_at.value));
  writer.Prefixed16(crypto::AsBytes(customer.name));
  PutIdentifiers(writer, customer.identifiers);
  return writer.Take();
}

absl::StatusOr<Customer> DecodeCustomer(const CustomerId& id, crypto::ByteView bytes) {
  crypto::Reader reader(bytes);
  if (reader.U8() != kCustomerRowVersion) reader.Fail();
  Customer customer;
  customer.id = id;
  customer.created_at.value = static_cast<int64_t>(reader.U64());
  customer.name = reader.Text16();
  if (customer.name.size() > kMaxNameBytes) reader.Fail();
  customer.identifiers = TakeIdentifiers(reader, kMaxIdentifiersPerCustomer);
  if (!reader.Finish("customer").ok()) return Malformed("customer");
  return customer;
}

crypto::Bytes EncodeOrder(const Order& order) {
  crypto::Writer writer;
  writer.U8(kOrderRowVersion).Prefixed16(crypto::AsBytes(order.invoice));
  writer.U32(order.invoiced.days()).U32(order.due.days()).U32(order.paid.days());
  writer.U64(order.amount.minor).Raw(order.amount.currency.code());
  writer.U8(order.disputed ? 1 : 0);
  PutIdentifiers(writer, order.identifiers);
  return writer.Take();
}

absl::StatusOr<Order> DecodeOrder(crypto::ByteView bytes) {
  crypto::Reader reader(bytes);
  if (reader.U8() != kOrderRowVersion) reader.Fail();
  Order order;
  order.invoice = reader.Text16();
  order.invoiced = TakeDate(reader);
  order.due = TakeDate(reader);
  order.paid = TakeDate(reader);
  order.amount.minor = reader.U64();
  const auto currency = evidence::Currency::FromCode(crypto::AsText(reader.Raw(kCurrencyBytes)));
  const uint8_t disputed = reader.U8();
  if (!currency.ok() || disputed > 1 || order.amount.minor > evidence::kMaxMinorUnits) {
    reader.Fail();
  }
  order.identifiers = TakeIdentifiers(reader, kMaxIdentifiersPerOrder);
  if (order.identifiers.empty()) reader.Fail();
  if (!reader.Finish("order").ok()) return Malformed("order");
  order.amount.currency = *currency;
  order.disputed = disputed == 1;
  return order;
}

}  // namespace daftar::book
