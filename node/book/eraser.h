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
  Eraser(Book& book, const IncidentCount& incidents, evidence::Date today)
      : book_(book), incidents_(incidents), today_(today) {}

  // NotFound; errors of the store and of the count of incidents.
  absl::Status Plan(const CustomerId& id);
  storage::Batch TakeBatch() { return std::move(batch_); }
  // Counts and reasons.
  const EraseReport& report() const { return report_; }
  // The ids of the whole, for the record.
  std::string object() const;

 private:
  absl::Status PlanOrders(const CustomerId& row);
  // What is left of the row; nullopt when it is not needed, unless others need it.
  absl::StatusOr<std::optional<Customer>> PlanRow(const Customer& row);
  void PlanRows(const Book::Whole& whole, std::vector<Customer> left);
  // Orders of other customers that name the person.
  absl::Status PlanOthers();
  absl::Status ForgetIn(const CustomerId& owner, const crypto::Bytes& key, crypto::ByteView sealed,
                        Order order);

  Book& book_;
  const IncidentCount& incidents_;
  evidence::Date today_;
  std::set<CustomerId> rows_;
  std::set<CustomerId> rows_with_orders_;   // kept ones
  std::set<identity::Identifier> in_debt_;  // of orders that stay
  std::set<identity::Identifier> erased_;
  storage::Batch batch_;
  EraseReport report_;
};

// The report as the request log keeps it: counts, from which the reasons are made again.
crypto::Bytes EncodeEraseReport(const EraseReport& report);
absl::StatusOr<EraseReport> DecodeEraseReport(crypto::ByteView bytes);

}  // namespace daftar::book

#endif  // DAFTAR_NODE_BOOK_ERASER_H_
