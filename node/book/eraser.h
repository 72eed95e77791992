// Taking a person out of the book: what goes, what must stay, and the writes. Made anew for every
// attempt.
#ifndef DAFTAR_NODE_BOOK_ERASER_H_
#define DAFTAR_NODE_BOOK_ERASER_H_

#include <set>
#include <vector>

#include "node/book/book.h"

namespace daftar::book {

// Used by one thread, which goes alone through the book's gate; the book must outlive it.
class Eraser {
 public:
  Eraser(Book& book, const IncidentCount& incidents, const EraseElsewhere& elsewhere,
         const OrderRemarks& remarked, evidence::Date today)
      : book_(book),
        incidents_(incidents),
        elsewhere_(elsewhere),
        remarked_(remarked),
        today_(today) {}

  // NotFound; errors of the store and of the count of incidents.
  absl::Status Plan(const CustomerId& id);
  storage::Batch TakeBatch() { return std::move(batch_); }
  // Counts and reasons.
  const EraseReport& report() const { return report_; }
  // The ids of the whole, for the record.
  std::string object() const;

 private:
  // An order of another customer that names the person.
  struct Naming {
    crypto::Bytes key;
    crypto::Bytes sealed;  // as read: what a write expects
    Order order;
    std::vector<identity::Identifier> of_owner;  // of the customer whose order it is
  };

  bool IsPaid(const CustomerId& row, const Order& order) const;
  absl::Status PlanOrders(const CustomerId& row);
  // What is left of the row; nullopt when it is not needed, unless others need it.
  absl::StatusOr<std::optional<Customer>> PlanRow(const Customer& row);
  void PlanRows(const Book::Whole& whole, std::vector<Customer> left);
  // Finds orders of other customers that name any of the person's identifiers.
  absl::Status FindOthers();
  // Takes out of them the identifiers that go.
  void PlanOthers();
  absl::Status PlanElsewhere();
  // As Leaving::left.
  absl::StatusOr<std::vector<identity::Identifier>> LeftOf(
      std::string_view order, std::span<const identity::Identifier> named,
      const IsShared& is_shared) const;

  Book& book_;
  const IncidentCount& incidents_;
  const EraseElsewhere& elsewhere_;
  const OrderRemarks& remarked_;
  evidence::Date today_;
  std::set<CustomerId> rows_;
  std::set<identity::Identifier> all_;      // of the whole
  std::set<CustomerId> rows_with_orders_;   // kept ones
  std::set<identity::Identifier> in_debt_;  // of orders that stay
  std::set<identity::Identifier> erased_;
  std::vector<std::string> names_;  // of the rows that have one
  std::vector<Naming> others_;
  storage::Batch batch_;
  EraseReport report_;
};

// The report as the request log keeps it: counts, from which the reasons are made again.
crypto::Bytes EncodeEraseReport(const EraseReport& report);
absl::StatusOr<EraseReport> DecodeEraseReport(crypto::ByteView bytes);

}  // namespace daftar::book

#endif  // DAFTAR_NODE_BOOK_ERASER_H_
