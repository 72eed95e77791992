// A customer and an order as the book keeps them.
#ifndef DAFTAR_NODE_BOOK_CUSTOMER_H_
#define DAFTAR_NODE_BOOK_CUSTOMER_H_

#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/secret.h"
#include "node/decision/ledger_file.h"
#include "node/decision/track_record.h"
#include "node/evidence/clock.h"
#include "node/identity/identifier.h"

namespace daftar::book {

using CustomerId = crypto::FixedBytes<struct CustomerIdTag, 16>;  // random; shown as hex

inline constexpr size_t kMaxIdentifiersPerCustomer = 64;
inline constexpr size_t kMaxIdentifiersPerOrder = decision::kMaxRowIdentifiers;
inline constexpr size_t kMaxNameBytes = decision::kMaxNameBytes;

// Personal data: no stream operator, never in a log line or an error.
struct Customer {
  CustomerId id;
  std::string name;                               // may be empty
  std::vector<identity::Identifier> identifiers;  // sorted
  evidence::UnixMillis created_at;
  friend bool operator==(const Customer&, const Customer&) = default;
};

struct Order : decision::OrderFacts {
  std::string invoice;
  // Those of the invoice's own line: 1 to kMaxIdentifiersPerOrder, sorted, no repeats. What is said
  // about the order is said about these; its customer may have others.
  std::vector<identity::Identifier> identifiers;
  friend bool operator==(const Order&, const Order&) = default;
};

// Row values before sealing (customers version 1, orders version 2; docs/storage.md has the bytes).
// Decoding: DataLoss for anything else than encoding writes.
crypto::Bytes EncodeCustomer(const Customer& customer);
absl::StatusOr<Customer> DecodeCustomer(const CustomerId& id, crypto::ByteView bytes);
crypto::Bytes EncodeOrder(const Order& order);
absl::StatusOr<Order> DecodeOrder(crypto::ByteView bytes);

}  // namespace daftar::book

#endif  // DAFTAR_NODE_BOOK_CUSTOMER_H_
