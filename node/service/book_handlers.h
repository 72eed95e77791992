// The customer book for the shop's own people and systems, as plain functions: convert, call,
// convert back.
#ifndef DAFTAR_NODE_SERVICE_BOOK_HANDLERS_H_
#define DAFTAR_NODE_SERVICE_BOOK_HANDLERS_H_

#include <functional>

#include "absl/status/statusor.h"
#include "daftar/v1/book.pb.h"
#include "node/node.h"
#include "node/service/access.h"

namespace daftar::service {

// Any thread may call. Authorisation comes first in every call; errors are the rooms' own.
class BookHandlers {
 public:
  explicit BookHandlers(Node& node) : node_(node) {}

  absl::StatusOr<v1::MergeCustomersResponse> MergeCustomers(
      const Actor& actor, const v1::MergeCustomersRequest& request);
  absl::StatusOr<v1::UnmergeCustomerResponse> UnmergeCustomer(
      const Actor& actor, const v1::UnmergeCustomerRequest& request);
  absl::StatusOr<v1::EraseCustomerResponse> EraseCustomer(const Actor& actor,
                                                          const v1::EraseCustomerRequest& request);
  absl::StatusOr<v1::SetCustomerGroupsResponse> SetCustomerGroups(
      const Actor& actor, const v1::SetCustomerGroupsRequest& request);
  absl::StatusOr<v1::ListGroupsResponse> ListGroups(const Actor& actor,
                                                    const v1::ListGroupsRequest& request);
  absl::StatusOr<v1::PutGroupResponse> PutGroup(const Actor& actor,
                                                const v1::PutGroupRequest& request);
  absl::StatusOr<v1::RemoveGroupResponse> RemoveGroup(const Actor& actor,
                                                      const v1::RemoveGroupRequest& request);
  // The report itself. `tell` gets the messages that go before it and returns false to stop, upon
  // which the report is Cancelled; it may be empty.
  absl::StatusOr<v1::ReportGroupsResponse> ReportGroups(
      const Actor& actor, const v1::ReportGroupsRequest& request,
      const std::function<bool(const v1::ReportGroupsResponse&)>& tell = {});
  absl::StatusOr<v1::AddWarningResponse> AddWarning(const Actor& actor,
                                                    const v1::AddWarningRequest& request);
  absl::StatusOr<v1::ListWarningsResponse> ListWarnings(const Actor& actor,
                                                        const v1::ListWarningsRequest& request);
  absl::StatusOr<v1::ClearWarningResponse> ClearWarning(const Actor& actor,
                                                        const v1::ClearWarningRequest& request);
  absl::StatusOr<v1::RemoveWarningResponse> RemoveWarning(const Actor& actor,
                                                          const v1::RemoveWarningRequest& request);
  absl::StatusOr<v1::AddAllowedResponse> AddAllowed(const Actor& actor,
                                                    const v1::AddAllowedRequest& request);
  absl::StatusOr<v1::ListAllowedResponse> ListAllowed(const Actor& actor,
                                                      const v1::ListAllowedRequest& request);
  absl::StatusOr<v1::RemoveAllowedResponse> RemoveAllowed(const Actor& actor,
                                                          const v1::RemoveAllowedRequest& request);
  absl::StatusOr<v1::AddOrderResponse> AddOrder(const Actor& actor,
                                                const v1::AddOrderRequest& request);
  absl::StatusOr<v1::SetOrderOutcomeResponse> SetOrderOutcome(
      const Actor& actor, const v1::SetOrderOutcomeRequest& request);
  absl::StatusOr<v1::GetOrderResponse> GetOrder(const Actor& actor,
                                                const v1::GetOrderRequest& request);
  absl::StatusOr<v1::ListOrdersResponse> ListOrders(const Actor& actor,
                                                    const v1::ListOrdersRequest& request);
  absl::StatusOr<v1::ListCustomersResponse> ListCustomers(const Actor& actor,
                                                          const v1::ListCustomersRequest& request);

 private:
  // The name of the one order that was taken on the check; reads all orders where no decision
  // says. NotFound; FailedPrecondition for more than one.
  absl::StatusOr<std::string> OrderOfReceipt(const book::ReceiptRef& receipt) const;
  // Order.state of the protocol.
  std::string_view StateOf(const decision::RemarkedOrder& order) const;
  absl::StatusOr<v1::Order> Describe(const book::NamedOrder& order) const;

  Node& node_;
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_BOOK_HANDLERS_H_
