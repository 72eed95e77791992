// The shop's own customers and their orders, sealed at rest.
//
// Rows (docs/storage.md has the bytes):
//   kCustomers    customer id (16)                       -> sealed Customer
//   kIdentifiers  tag of the identifier (32)             -> version u8, customer id (16)
//   kOrders       customer id (16) || order tag (32)     -> sealed Order, with the identifiers of
//                                                           its own line
// Tags are Vault::Tag("book/identifier", type, value) and Vault::Tag("book/order", "invoice",
// invoice number): no key holds an identifier or an invoice number in the clear.
#ifndef DAFTAR_NODE_BOOK_BOOK_H_
#define DAFTAR_NODE_BOOK_BOOK_H_

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/entropy.h"
#include "node/book/customer.h"
#include "node/identity/warning_list.h"
#include "storage/requests.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::book {

inline constexpr size_t kMaxImportBatch = 1000;       // rows written together
inline constexpr int kMaxWriteAttempts = 16;          // when others change the same rows
inline constexpr size_t kMaxReportedRefusals = 1000;  // kept with words; all are counted

struct NewCustomer {
  std::string name;                               // may be empty
  std::vector<identity::Identifier> identifiers;  // 1 to kMaxIdentifiersPerCustomer
};

struct ImportReport {
  uint64_t added = 0;
  uint64_t updated = 0;
  uint64_t unchanged = 0;
  uint64_t customers_added = 0;  // by ImportOrders
  uint64_t refused = 0;
  std::vector<decision::LedgerRefusal> refusals;  // the first kMaxReportedRefusals
  // Adds the other's counts, for imports in pieces.
  void Add(const ImportReport& other);
};

// Any number of threads may call; every write is one batch with preconditions, retried at most
// kMaxWriteAttempts times when another write came between (then Aborted). Everything acknowledged
// is durable. Errors of the store are passed on; DataLoss when a row does not open or decode.
class Book {
 public:
  // All must outlive the book.
  Book(storage::Store& store, const storage::Vault& vault, crypto::Entropy& entropy,
       const evidence::Clock& clock, const identity::WarningList& warnings)
      : store_(store), vault_(vault), entropy_(entropy), clock_(clock), warnings_(warnings) {}

  // A new customer. `request_key` comes from storage::RequestLog::Key; a repetition gives the
  // customer of the first time. InvalidArgument without identifiers or past a bound; AlreadyExists
  // naming the customer's id when one has any of the identifiers.
  absl::StatusOr<Customer> AddCustomer(crypto::ByteView request_key, const NewCustomer& customer);

  // NotFound when there is none.
  absl::StatusOr<Customer> ShowCustomer(const CustomerId& id) const;
  absl::StatusOr<std::optional<CustomerId>> FindByIdentifier(
      const identity::Identifier& identifier) const;
  // The customers who have any of them, each once.
  absl::StatusOr<std::vector<CustomerId>> FindByIdentifiers(
      std::span<const identity::Identifier> identifiers) const;

  // Each row finds its customer by its identifiers or makes one; identifiers that are new are added
  // to the customer found, and a name where there was none. Importing again changes nothing.
  // Identifiers on the warning list are left out, for they would make one customer of strangers. A
  // row that has no other is refused, and so is one whose identifiers belong to two customers.
  // Written in batches of kMaxImportBatch: when it fails part-way, whole batches stand and
  // importing again completes them.
  absl::StatusOr<ImportReport> ImportCustomers(std::span<const decision::CustomerRow> rows);
  // The same for orders, known by customer and invoice number; what differs from the stored order
  // replaces it.
  absl::StatusOr<ImportReport> ImportOrders(std::span<const decision::OrderRow> rows);

  // Over the orders of all the customers named. See TrackRecordBuilder.
  absl::StatusOr<decision::TrackRecord> TrackRecordFor(std::span<const CustomerId> customers,
                                                       evidence::Date today,
                                                       uint32_t late_after_days) const;
  // Visits the customer's orders, by no order in particular, until `visit` returns false.
  absl::Status ScanOrdersOf(const CustomerId& customer,
                            const std::function<bool(const Order&)>& visit) const;

  // Visits every order of every customer, a customer's orders one after another, on one snapshot,
  // until `visit` returns false.
  absl::Status ScanOrders(const std::function<bool(const Customer&, const Order&)>& visit) const;
  // Visits every customer until `visit` returns false.
  absl::Status ScanCustomers(const std::function<bool(const Customer&)>& visit) const;

  const identity::WarningList& warnings() const { return warnings_; }

 private:
  friend class Importer;

  static crypto::Bytes EncodeOwner(const CustomerId& id);
  static absl::StatusOr<CustomerId> DecodeOwner(crypto::ByteView row);
  absl::StatusOr<Customer> OpenCustomer(const CustomerId& id, crypto::ByteView sealed) const;
  absl::StatusOr<Order> OpenOrder(crypto::ByteView key, crypto::ByteView sealed) const;
  absl::StatusOr<Customer> Load(const storage::StoreReader& reader, const CustomerId& id) const;
  crypto::Bytes IdentifierKey(const identity::Identifier& identifier) const;
  crypto::Bytes OrderKey(const CustomerId& customer, std::string_view invoice) const;
  void PutCustomer(const Customer& customer, storage::Batch& batch) const;
  template <class Row>
  absl::StatusOr<ImportReport> Import(std::span<const Row> rows);

  storage::Store& store_;
  const storage::Vault& vault_;
  crypto::Entropy& entropy_;
  const evidence::Clock& clock_;
  const identity::WarningList& warnings_;
};

}  // namespace daftar::book

#endif  // DAFTAR_NODE_BOOK_BOOK_H_
