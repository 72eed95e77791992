// One batch of an import: what the rows say against what is stored, and the writes that bring the
// book up to date. Made anew for every attempt.
#ifndef DAFTAR_NODE_BOOK_IMPORTER_H_
#define DAFTAR_NODE_BOOK_IMPORTER_H_

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "node/book/book.h"

namespace daftar::book {

// Used by one thread; the book must outlive it.
class Importer {
 public:
  explicit Importer(Book& book) : book_(book) {}

  // Adds the rows to the batch. Errors are the store's; what is wrong with a row is in the report.
  absl::Status Plan(std::span<const decision::CustomerRow> rows);
  absl::Status Plan(std::span<const decision::OrderRow> rows);
  // Adds one order that must not be there yet, and gives its key. Errors as of Book::AddOrder.
  absl::StatusOr<crypto::Bytes> PlanNew(const NewOrder& order);
  // What makes it durable; empty when nothing changes.
  storage::Batch TakeBatch();
  const ImportReport& report() const { return report_; }
  // Orders whose outcome changes, with their roots: for the observer; none when there is none.
  std::vector<Book::Told> TakeTold();

 private:
  struct CustomerState {
    Customer customer;
    std::optional<crypto::Bytes> stored;  // the sealed row as read; absent: new
    bool changed = false;
  };
  struct OrderState {
    Order order;
    std::optional<crypto::Bytes> stored;  // the sealed row as read; absent: new
    bool changed = false;
  };
  enum class Change { kAdded, kUpdated, kUnchanged };
  // An order on its way to the row that takes it, unless another of the whole has it.
  struct Taken {
    const CustomerState* customer = nullptr;
    crypto::Bytes key;
    Order order;
  };

  template <class Row>
  absl::Status LoadCustomers(std::span<const Row> rows);
  // Those of `ids`, then the rest of their wholes.
  absl::Status LoadRows(const std::set<CustomerId>& ids);
  const Customer& RootOf(const Customer& row) const;
  // Of a row of a whole: the keys under which the others would have the order.
  std::vector<crypto::Bytes> OtherKeys(const Taken& taken) const;
  // Where the order is, or else where the row that takes it puts it.
  crypto::Bytes Place(const Taken& taken) const;
  absl::Status LoadOwners(const std::vector<crypto::Bytes>& keys);
  absl::Status LoadOrders(const std::vector<crypto::Bytes>& keys);
  // Those by which the row's customer may be known: not on the warning list, sorted, no repeats.
  // Empty when the row is refused.
  std::vector<identity::Identifier> Usable(std::span<const identity::Identifier> identifiers,
                                           uint64_t line);
  // The customer of the row, found or made; nullptr when the row is refused.
  CustomerState* Resolve(std::span<const identity::Identifier> identifiers, const std::string& name,
                         uint64_t line, Change& change);
  Change SetOrder(crypto::Bytes key, Order order);
  void CountOrder(Change change);
  void Refuse(uint64_t line, std::string reason);
  // Remembers that the identifiers were met under another name than the customer's.
  void NoteNames(std::span<const identity::Identifier> identifiers, const std::string& known,
                 const std::string& met);
  // What is kept about the names met, with what was noted.
  absl::Status LoadNames();

  Book& book_;
  std::map<crypto::Bytes, CustomerId> owners_;  // by identifier key; as stored, then as planned
  std::map<crypto::Bytes, CustomerId> new_owners_;
  std::map<CustomerId, CustomerState> customers_;
  std::map<crypto::Bytes, OrderState> orders_;
  struct NamesState {
    std::set<uint64_t> names;             // tags
    std::optional<crypto::Bytes> stored;  // the row as read
    bool changed = false;
  };
  std::map<crypto::Bytes, std::set<uint64_t>> noted_;  // by NamesKey, in this batch
  std::map<crypto::Bytes, NamesState> names_;
  std::set<crypto::Bytes> told_;  // keys of orders whose outcome changes
  ImportReport report_;
};

}  // namespace daftar::book

#endif  // DAFTAR_NODE_BOOK_IMPORTER_H_
