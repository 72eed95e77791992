#include "node/book/customer.h"

#include <string>
#include <utility>

namespace daftar::book {
namespace {

constexpr uint8_t kRowVersion = 1;
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

}  // namespace

crypto::Bytes EncodeCustomer(const Customer& customer) {
  crypto::Writer writer;
  writer.U8(kRowVersion).U64(static_cast<uint64_t>(customer.created_at.value));
  writer.Prefixed16(crypto::AsBytes(customer.name));
  writer.U8(static_cast<uint8_t>(customer.identifiers.size()));
  for (const identity::Identifier& identifier : customer.identifiers) {
    writer.U8(static_cast<uint8_t>(identifier.type()));
    writer.Prefixed16(crypto::AsBytes(identifier.value()));
  }
  return writer.Take();
}

absl::StatusOr<Customer> DecodeCustomer(const CustomerId& id, crypto::ByteView bytes) {
  crypto::Reader reader(bytes);
  if (reader.U8() != kRowVersion) reader.Fail();
  Customer customer;
  customer.id = id;
  customer.created_at.value = static_cast<int64_t>(reader.U64());
  customer.name = reader.Text16();
  const uint8_t count = reader.U8();
  if (customer.name.size() > kMaxNameBytes || count > kMaxIdentifiersPerCustomer) reader.Fail();
  for (uint8_t i = 0; i < count && reader.ok(); ++i) {
    const auto type = static_cast<identity::IdentifierType>(reader.U8());
    const std::string value = reader.Text16();
    auto identifier = identity::Identifier::FromNormalised(type, value);
    if (!identifier.ok()) {
      reader.Fail();
      break;
    }
    customer.identifiers.push_back(*std::move(identifier));
  }
  if (!reader.Finish("customer").ok()) return Malformed("customer");
  return customer;
}

crypto::Bytes EncodeOrder(const Order& order) {
  crypto::Writer writer;
  writer.U8(kRowVersion).Prefixed16(crypto::AsBytes(order.invoice));
  writer.U32(order.invoiced.days()).U32(order.due.days()).U32(order.paid.days());
  writer.U64(order.amount.minor).Raw(order.amount.currency.code());
  writer.U8(order.disputed ? 1 : 0);
  return writer.Take();
}

absl::StatusOr<Order> DecodeOrder(crypto::ByteView bytes) {
  crypto::Reader reader(bytes);
  if (reader.U8() != kRowVersion) reader.Fail();
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
  if (!reader.Finish("order").ok()) return Malformed("order");
  order.amount.currency = *currency;
  order.disputed = disputed == 1;
  return order;
}

}  // namespace daftar::book
