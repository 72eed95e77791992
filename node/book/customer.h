// A customer and an order as the book keeps them.
#ifndef DAFTAR_NODE_BOOK_CUSTOMER_H_
#define DAFTAR_NODE_BOOK_CUSTOMER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/secret.h"
#include "node/decision/group.h"
#include "node/decision/ledger_file.h"
#include "node/decision/track_record.h"
#include "node/evidence/clock.h"
#include "node/identity/identifier.h"

namespace daftar::book {

using CustomerId = crypto::FixedBytes<struct CustomerIdTag, 16>;  // random; shown as hex

// The check on which an order was taken: a receipt's id, which is the checks' to make.
using ReceiptRef = crypto::FixedBytes<struct ReceiptRefTag, 16>;

inline constexpr size_t kMaxIdentifiersPerCustomer =
    64;  // a row; a whole has those of all its rows
inline constexpr size_t kMaxIdentifiersPerOrder = decision::kMaxRowIdentifiers;
inline constexpr size_t kMaxNameBytes = decision::kMaxNameBytes;
inline constexpr size_t kMaxMergedCustomers = 32;  // merged into one customer

// OK for no name, and for one line of UTF-8 of at most kMaxNameBytes that is not blank and has no
// control characters or direction marks; else InvalidArgument, in words.
absl::Status CheckCustomerName(std::string_view name);

// A customer's row. Customers that turned out to be one are a whole: a root and its members, each
// with its own row, identifiers and orders, so that they can be parted again.
// Personal data: no stream operator, never in a log line or an error.
struct Customer {
  CustomerId id;
  std::string name;                               // may be empty
  std::vector<identity::Identifier> identifiers;  // sorted
  evidence::UnixMillis created_at;
  // Names of groups it was put into by hand; sorted, no repeats, at most kMaxGroupsPerCustomer.
  std::vector<std::string> groups;
  std::optional<CustomerId> merged_into;  // the root, of a member
  // Which row of the whole it was merged into itself; of a member.
  std::optional<CustomerId> joined;
  std::vector<CustomerId> members;  // of a root: sorted, at most kMaxMergedCustomers
  friend bool operator==(const Customer&, const Customer&) = default;
};

// A whole as one customer. Personal data, as Customer.
struct Profile {
  CustomerId id;                                  // the root's
  std::string name;                               // the root's, else the first that a member has
  std::vector<identity::Identifier> identifiers;  // of all, sorted
  evidence::UnixMillis created_at;                // the root's
  std::vector<std::string> groups;                // of all, sorted, no repeats
  std::vector<CustomerId> members;                // sorted; without the root
  friend bool operator==(const Profile&, const Profile&) = default;
};
// REQUIRES: `rows` has a root's row first, then those of its members.
Profile MakeProfile(const std::vector<Customer>& rows);

struct Order : decision::OrderFacts {
  std::string invoice;
  // Those of the invoice's own line: 1 to kMaxIdentifiersPerOrder, sorted, no repeats. What is said
  // about the order is said about these; its customer may have others.
  std::vector<identity::Identifier> identifiers;
  std::optional<ReceiptRef> receipt;  // the check it was taken on
  // Whether the shop said on which terms; a ledger does not. Without it they are kCredit.
  bool terms_told = false;
  friend bool operator==(const Order&, const Order&) = default;
};

// An order's name outside the book: the id of its own customer row and a hash of the invoice
// number. It never changes, whatever is merged.
std::string OrderName(const CustomerId& customer, const Order& order);
std::string OrderName(const CustomerId& customer, std::string_view invoice);

// Row values before sealing (customers version 2, orders version 4; docs/storage.md has the bytes).
// Decoding takes customers of version 1 and orders of versions 2 and 3 too; the terms of those were
// told when they are others than credit. DataLoss for anything else than encoding writes or wrote.
crypto::Bytes EncodeCustomer(const Customer& customer);
absl::StatusOr<Customer> DecodeCustomer(const CustomerId& id, crypto::ByteView bytes);
crypto::Bytes EncodeOrder(const Order& order);
absl::StatusOr<Order> DecodeOrder(crypto::ByteView bytes);

// Identifiers within a row: a count (u8), then for each its type (u8) and its normal form
// (u16-prefixed).
void PutIdentifiers(crypto::Writer& writer, const std::vector<identity::Identifier>& identifiers);
// At most `most`, sorted, no repeats; the reader fails otherwise.
std::vector<identity::Identifier> TakeIdentifiers(crypto::Reader& reader, size_t most);
// DataLoss: a row of the book is not what this program writes.
absl::Status MalformedRow(std::string_view what);

}  // namespace daftar::book

#endif  // DAFTAR_NODE_BOOK_CUSTOMER_H_
