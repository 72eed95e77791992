// The shop's own customers and their orders, sealed at rest.
//
// Rows (docs/storage.md has the bytes):
//   kCustomers    customer id (16)                       -> sealed Customer
//   kIdentifiers  tag of the identifier (32)             -> version u8, customer id (16)
//   kOrders       customer id (16) || order tag (32)     -> sealed Order, with the identifiers of
//                                                           its own line
// Tags are Vault::Tag("book/identifier", type, value) and Vault::Tag("book/order", "invoice",
// invoice number): no key holds an identifier or an invoice number in the clear.
//
// Customers that were merged keep their rows, identifiers and orders; only their customer rows say
// that they are one (Customer). Whatever is asked about one of them is answered for the whole.
#ifndef DAFTAR_NODE_BOOK_BOOK_H_
#define DAFTAR_NODE_BOOK_BOOK_H_

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "crypto/entropy.h"
#include "node/book/customer.h"
#include "node/book/groups.h"
#include "node/book/request_content.h"
#include "node/book/values.h"
#include "node/book/write_gate.h"
#include "node/identity/warning_list.h"
#include "storage/caller.h"
#include "storage/requests.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::book {

// Any number of threads may call; every write is one batch with preconditions, retried at most
// kMaxWriteAttempts times when another write came between (then Aborted). Everything acknowledged
// is durable. Errors of the store are passed on; DataLoss when a row does not open or decode.
//
// Writes that take a Caller need a request id; a repetition changes nothing and answers as the
// first time, from what the book then holds; FailedPrecondition when the id comes again with
// another request. `because` has 1 to storage::kMaxAuditText bytes and
// goes on the record (storage::RecordAudit) with the change.
class Book {
 public:
  // All must outlive the book.
  Book(storage::Store& store, const storage::Vault& vault, crypto::Entropy& entropy,
       const evidence::Clock& clock, const identity::WarningList& warnings)
      : store_(store), vault_(vault), entropy_(entropy), clock_(clock), warnings_(warnings) {}

  // Before anything is written, once.
  void SetOrderObserver(OrderObserver observer) { observer_ = std::move(observer); }

  // --- Customers ---

  // A new customer. `request_key` comes from storage::RequestLog::Key; a repetition gives the
  // customer of the first time. InvalidArgument without identifiers, past a bound, with an
  // identifier on the warning list, or as CheckCustomerName; AlreadyExists naming the customer's id
  // when one has any of the identifiers.
  absl::StatusOr<Profile> AddCustomer(crypto::ByteView request_key, const NewCustomer& customer);
  // Makes the customer known by these identifiers too; those that its whole has stay as they are.
  // NotFound; InvalidArgument as AddCustomer; FailedPrecondition naming the customer that has one
  // of them, or past kMaxIdentifiersPerCustomer.
  absl::StatusOr<Profile> AddIdentifiers(const storage::Caller& caller, const CustomerId& id,
                                         std::span<const identity::Identifier> identifiers);

  // The whole to which the customer belongs, which may have another id. NotFound when there is
  // none.
  absl::StatusOr<Profile> ShowCustomer(const CustomerId& id) const;
  // Ids of roots.
  absl::StatusOr<std::optional<CustomerId>> FindByIdentifier(
      const identity::Identifier& identifier) const;
  // The customers who have any of them, each once, sorted. Ids of roots.
  absl::StatusOr<std::vector<CustomerId>> FindByIdentifiers(
      std::span<const identity::Identifier> identifiers) const;
  // The same with all that is known of each, for a check: one look-up of the identifiers and one of
  // each customer row.
  absl::StatusOr<std::vector<Profile>> FindProfiles(
      std::span<const identity::Identifier> identifiers) const;

  // Makes `from`'s whole part of `into`'s: they are one customer from then on, the root being that
  // of `into`. No order and no identifier moves. NotFound; InvalidArgument with itself;
  // AlreadyExists when they are one already; FailedPrecondition past kMaxMergedCustomers.
  absl::StatusOr<Profile> Merge(const storage::Caller& caller, const CustomerId& into,
                                const CustomerId& from, const std::string& because);
  // Makes a member a customer of its own again, with those that had been merged into it before it
  // was merged itself; gives that customer. NotFound; FailedPrecondition when it is no member.
  absl::StatusOr<Profile> Unmerge(const storage::Caller& caller, const CustomerId& id,
                                  const std::string& because);
  // Puts the whole into groups and takes it out of others; what is so already stays. NotFound for a
  // customer or a group name that is not there; InvalidArgument without a name, or for one in both
  // lists; FailedPrecondition past kMaxGroupsPerCustomer.
  absl::StatusOr<Profile> SetGroups(const storage::Caller& caller, const CustomerId& id,
                                    const GroupChange& change, const Groups& groups,
                                    const std::string& because);
  // Removes the group, and takes out of it whoever was put into it by hand; says how many customers
  // those were. Reads all customers once, during which nothing else is written, and writes pieces
  // of kMaxMembershipsPerWrite rows, each on the record with its number of customers; the group
  // goes last, so that a removal that failed on the way is completed by another one. Errors of
  // Groups::Remove.
  absl::StatusOr<uint64_t> RemoveGroup(const storage::Caller& caller, const std::string& name,
                                       Groups& groups, const std::string& because);
  // Removes the person, who is the whole: name, identifiers, orders, groups, and allowlist entries
  // of its identifiers. Orders that are not paid stay with their own identifiers, and identifiers
  // that `incidents` counts stay; the report says what stayed and why. Once they are paid, erasing
  // again removes the rest. Identifiers are taken out of other customers' orders too, for which all
  // orders are read once; nothing else is written meanwhile. Such an order that would then name
  // nobody, its own customer having been erased, is the person's: kept while it is not paid, else
  // erased. Whether an order is paid goes by `remarked`, which is called while the book is being
  // written. `elsewhere`, if any, adds what goes in other rooms to the same write. NotFound when
  // there is nothing (any more).
  absl::StatusOr<EraseReport> Erase(const storage::Caller& caller, const CustomerId& id,
                                    const IncidentCount& incidents, const std::string& because,
                                    const EraseElsewhere& elsewhere = {},
                                    const OrderRemarks& remarked = {});

  // --- Orders ---

  // Each row finds its customer by its identifiers or makes one; identifiers that are new are added
  // to the customer found, and a name where there was none; another name stays, and is counted.
  // Importing again changes nothing.
  // Identifiers on the warning list are left out, for they would make one customer of strangers. A
  // row that has no other is refused, and so is one whose identifiers belong to two customers. Of a
  // whole, the row that owns the first of the identifiers takes it.
  // Written in batches of kMaxImportBatch: when it fails part-way, whole batches stand and
  // importing again completes them.
  absl::StatusOr<ImportReport> ImportCustomers(std::span<const decision::CustomerRow> rows);
  // The same for orders, known by customer and invoice number; what differs from the stored order
  // replaces it, except for what the shop said itself: receipt, terms, late, given up. An order
  // that is paid stays paid: the row may be older. Refused are rows with what AddOrder refuses in
  // days and amounts, except that they may be paid up to a year before the invoice. An invoice
  // number that a row of the whole has is that order,
  // whichever row would take it otherwise.
  absl::StatusOr<ImportReport> ImportOrders(std::span<const decision::OrderRow> rows);

  // An order as it is taken; finds its customer or makes one, as an import does. Its invoice number
  // is taken without spaces around it. InvalidArgument for what is wrong with it: dates to come
  // (evidence::IsStillToCome) or before the invoice, due more than decision::kMaxDueDays after it,
  // an amount of 0, all identifiers on the warning list; FailedPrecondition when its identifiers
  // belong to two customers; AlreadyExists, naming the order, when the customer has the invoice
  // number.
  absl::StatusOr<NamedOrder> AddOrder(const storage::Caller& caller, const NewOrder& order);
  // By its name, or by its invoice number when one order alone has it: FailedPrecondition
  // otherwise, with names. NotFound. Looking for an invoice number reads all orders' keys, opening
  // none.
  absl::StatusOr<NamedOrder> FindOrder(std::string_view name_or_invoice) const;
  // What became of an order; `receipt` replaces the order's where there is one. `because` may be
  // empty; what changes nothing is not on the record. Without a day it was today, or the day of the
  // invoice when the shop's day is ahead of UTC's. InvalidArgument for a day to come
  // (evidence::IsStillToCome) or before the invoice; FailedPrecondition for late by the due day,
  // unpaid when it is paid, or paid when it is paid another way (reopen it first). Errors of
  // FindOrder.
  absl::StatusOr<NamedOrder> SetOutcome(const storage::Caller& caller,
                                        std::string_view name_or_invoice, const Outcome& outcome,
                                        const std::optional<ReceiptRef>& receipt,
                                        const std::string& because);

  // Visits the orders of these wholes, each once and with the id of its own row, by no order in
  // particular. Reads no customer row.
  absl::Status ScanOrdersOf(
      std::span<const Profile> customers,
      const std::function<void(const CustomerId& row, const Order&)>& visit) const;
  // Visits the orders of this one row, by no order in particular, until `visit` returns false.
  absl::Status ScanOrdersOf(const CustomerId& customer,
                            const std::function<bool(const Order&)>& visit) const;
  // Visits the orders of the whole, each with the id of its own row. NotFound.
  absl::Status ScanOrdersOfWhole(
      const CustomerId& customer,
      const std::function<bool(const CustomerId& row, const Order&)>& visit) const;

  // --- The whole book, each on one snapshot ---

  // Visits every order with its own customer row, a row's orders one after another, until `visit`
  // returns false.
  absl::Status ScanOrders(const std::function<bool(const Customer&, const Order&)>& visit) const;
  // Visits every customer row until `visit` returns false.
  absl::Status ScanCustomers(const std::function<bool(const Customer&)>& visit) const;
  // Visits every whole with all its orders, until `visit` returns false. In memory are one whole
  // and its orders.
  absl::Status ScanWholes(
      const std::function<bool(const Profile&, const std::vector<NamedOrder>&)>& visit) const;
  // How many customer rows there are. Opens none.
  absl::StatusOr<uint64_t> CountCustomers() const;
  // The shop's own outcomes so far, for decision::PriorFrom, of orders as their incidents leave
  // them. Reads all orders once; Cancelled when `stopped` says so, which is asked every
  // kAskEveryOrders orders and may be empty.
  absl::StatusOr<OutcomeTotals> CountOutcomes(evidence::Date today, uint32_t late_after_days,
                                              const OrderRemarks& remarked = {},
                                              const std::function<bool()>& stopped = {}) const;

  const identity::WarningList& warnings() const { return warnings_; }

 private:
  friend class Importer;
  friend class Eraser;

  struct StoredCustomer {
    Customer row;
    crypto::Bytes sealed;  // as read: what a write expects
  };
  using Whole = std::vector<StoredCustomer>;     // the root first, then the members, sorted
  using Told = std::pair<Customer, NamedOrder>;  // for the observer: root and order

  static crypto::Bytes EncodeOwner(const CustomerId& id);
  static absl::StatusOr<CustomerId> DecodeOwner(crypto::ByteView row);
  static std::vector<Customer> Rows(const Whole& whole);
  absl::StatusOr<Customer> OpenCustomer(const CustomerId& id, crypto::ByteView sealed) const;
  absl::StatusOr<Order> OpenOrder(crypto::ByteView key, crypto::ByteView sealed) const;
  absl::StatusOr<StoredCustomer> Load(const storage::StoreReader& reader,
                                      const CustomerId& id) const;
  absl::StatusOr<Whole> LoadWhole(const storage::StoreReader& reader, const CustomerId& id) const;
  absl::StatusOr<std::vector<CustomerId>> Owners(
      const storage::StoreReader& reader, std::span<const identity::Identifier> identifiers) const;
  crypto::Bytes IdentifierKey(const identity::Identifier& identifier) const;
  crypto::Bytes OrderKey(const CustomerId& customer, std::string_view invoice) const;
  void PutCustomer(const Customer& customer, storage::Batch& batch) const;
  void PutOrder(const crypto::Bytes& key, const Order& order, storage::Batch& batch) const;
  // An identifier that nobody has yet.
  static void PutNewOwner(const crypto::Bytes& key, const CustomerId& owner, storage::Batch& batch);
  absl::StatusOr<Profile> IdentifyOnce(const storage::Caller& caller, crypto::ByteView request,
                                       const CustomerId& id,
                                       std::span<const identity::Identifier> identifiers);
  // Replaces rows of the whole by `changed`, where they differ.
  void Replace(const Whole& whole, const std::vector<Customer>& changed,
               storage::Batch& batch) const;
  absl::Status ScanRow(const storage::StoreReader& reader, const CustomerId& row,
                       const std::function<bool(const Order&)>& visit) const;
  void Audit(const storage::Caller& caller, std::string_view action, std::string object,
             const std::string& because, storage::Batch& batch) const;
  absl::StatusOr<std::optional<Profile>> EarlierCustomer(crypto::ByteView request,
                                                         std::string_view kind,
                                                         const RequestContent& content) const;
  absl::StatusOr<Profile> MergeOnce(const storage::Caller& caller, crypto::ByteView request,
                                    const CustomerId& into, const CustomerId& from,
                                    const std::string& because);
  absl::StatusOr<Profile> UnmergeOnce(const storage::Caller& caller, crypto::ByteView request,
                                      const CustomerId& id, const std::string& because);
  absl::StatusOr<Profile> SetGroupsOnce(const storage::Caller& caller, crypto::ByteView request,
                                        const CustomerId& id, const GroupChange& change,
                                        const Groups& groups, const std::string& because);
  absl::StatusOr<uint64_t> EndMemberships(const storage::Caller& caller, const std::string& name,
                                          const std::string& because);
  absl::StatusOr<NamedOrder> OrderAt(const storage::StoreReader& reader,
                                     crypto::ByteView key) const;
  absl::StatusOr<std::optional<NamedOrder>> EarlierOrder(crypto::ByteView request,
                                                         std::string_view kind,
                                                         const RequestContent& content) const;
  absl::StatusOr<crypto::Bytes> FindOrderKey(const storage::StoreReader& reader,
                                             std::string_view name_or_invoice) const;
  absl::StatusOr<crypto::Bytes> KeyByInvoice(const storage::StoreReader& reader,
                                             std::string_view invoice) const;
  absl::StatusOr<NamedOrder> AddOrderOnce(crypto::ByteView request, const NewOrder& order,
                                          std::vector<Told>& told);
  absl::StatusOr<NamedOrder> SetOutcomeOnce(const storage::Caller& caller, crypto::ByteView request,
                                            std::string_view name_or_invoice,
                                            const Outcome& outcome,
                                            const std::optional<ReceiptRef>& receipt,
                                            const std::string& because, std::vector<Told>& told);
  void Tell(const std::vector<Told>& told) const;
  template <class Row>
  absl::StatusOr<ImportReport> Import(std::span<const Row> rows);

  storage::Store& store_;
  const storage::Vault& vault_;
  crypto::Entropy& entropy_;
  const evidence::Clock& clock_;
  const identity::WarningList& warnings_;
  OrderObserver observer_;
  WriteGate gate_;
};

// The kind of Book::Erase's requests, for storage::RequestLog.
inline constexpr std::string_view kEraseKind = "customer-erase";

}  // namespace daftar::book

#endif  // DAFTAR_NODE_BOOK_BOOK_H_
