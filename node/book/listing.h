// Lists of the book for people, newest first, a page at a time.
#ifndef DAFTAR_NODE_BOOK_LISTING_H_
#define DAFTAR_NODE_BOOK_LISTING_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/book/book.h"

namespace daftar::book {

inline constexpr size_t kMaxPage = 1000;  // rows
inline constexpr size_t kMaxNameFilterBytes = 100;

// Where a page ended; what a caller hands back for the next one. Holds no personal data.
struct OrderCursor {
  evidence::Date invoiced;
  std::string name;  // OrderName
};
struct OrderFilter {
  std::optional<CustomerId> customer = {};  // of the whole that has it; none: everybody's
  std::function<bool(const NamedOrder&)> wanted = {};  // none: all
  std::optional<OrderCursor> after = {};               // none: from the newest on
};
struct OrderPage {
  std::vector<NamedOrder> orders;   // by day of invoice, newest first; then by name
  std::optional<OrderCursor> next;  // none: there are no more
};
// REQUIRES: 1 <= limit <= kMaxPage. Reads all orders that the filter may want, and keeps a page of
// them in memory. NotFound for a customer that is not there. Any thread.
absl::StatusOr<OrderPage> ListOrders(const Book& book, const OrderFilter& filter, size_t limit);

struct CustomerCursor {
  evidence::UnixMillis created_at;
  CustomerId id;
};
struct CustomerFilter {
  // Whether the whole with these orders is wanted; none: all, and then no order is read.
  std::function<bool(const Profile&, const std::vector<NamedOrder>&)> wanted = {};
  std::optional<CustomerCursor> after = {};
  // Of the whole's name: it has these bytes in it, A to Z in either case. Empty: any name.
  std::string name_has = {};
};
struct CustomerPage {
  std::vector<Profile> customers;  // wholes, newest first; then by id
  std::optional<CustomerCursor> next;
};
// As ListOrders. InvalidArgument for a name_has of more than kMaxNameFilterBytes.
absl::StatusOr<CustomerPage> ListCustomers(const Book& book, const CustomerFilter& filter,
                                           size_t limit);

}  // namespace daftar::book

#endif  // DAFTAR_NODE_BOOK_LISTING_H_
