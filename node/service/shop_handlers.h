// What the shop's own people and systems may ask, as plain functions: any transport calls them with
// an actor that it has established. Convert, call, convert back; nothing is decided here.
#ifndef DAFTAR_NODE_SERVICE_SHOP_HANDLERS_H_
#define DAFTAR_NODE_SERVICE_SHOP_HANDLERS_H_

#include <atomic>
#include <functional>

#include "absl/status/statusor.h"
#include "daftar/v1/shop.pb.h"
#include "node/node.h"
#include "node/service/access.h"
#include "node/service/test_mode.h"

namespace daftar::service {

inline constexpr int kMaxImportRows = 1000;
// Waiting for partners: for how long, and calls at once, each of which keeps a thread.
inline constexpr uint32_t kDefaultAwaitMillis = 120'000;
inline constexpr uint32_t kMaxAwaitMillis = 600'000;
inline constexpr int kMaxAwaits = 16;

// A customer as every service shows it.
absl::StatusOr<v1::Customer> DescribeCustomer(Node& node, const book::Profile& customer);
// For how many days the group of the customers who have these identifiers gives credit; 0 without.
absl::StatusOr<uint32_t> CreditDaysOf(Node& node,
                                      std::span<const identity::Identifier> identifiers);

// Adds to each published change which partners have durably applied it. Errors of the store.
absl::Status DescribeArrivals(Node& node, v1::Incident& incident);

// Any thread may call. Authorisation comes first in every call; errors are the rooms' own.
class ShopHandlers {
 public:
  explicit ShopHandlers(Node& node) : node_(node), test_mode_(node) {}

  // Ends what waits in test mode, before the servers that wait for their calls end.
  void Stop() { test_mode_.Stop(); }

  absl::StatusOr<v1::CheckResponse> Check(const Actor& actor, const v1::CheckRequest& request);
  absl::StatusOr<v1::GetReceiptResponse> GetReceipt(const Actor& actor,
                                                    const v1::GetReceiptRequest& request);
  absl::StatusOr<v1::ListReceiptsResponse> ListReceipts(const Actor& actor,
                                                        const v1::ListReceiptsRequest& request);
  absl::StatusOr<v1::RecogniseIdentifierResponse> RecogniseIdentifier(
      const Actor& actor, const v1::RecogniseIdentifierRequest& request);
  absl::StatusOr<v1::ListReasonsResponse> ListReasons(const Actor& actor,
                                                      const v1::ListReasonsRequest& request);
  absl::StatusOr<v1::PreviewIncidentResponse> PreviewIncident(
      const Actor& actor, const v1::PreviewIncidentRequest& request);
  absl::StatusOr<v1::AddIncidentResponse> AddIncident(const Actor& actor,
                                                      const v1::AddIncidentRequest& request);
  absl::StatusOr<v1::ListIncidentsResponse> ListIncidents(const Actor& actor,
                                                          const v1::ListIncidentsRequest& request);
  absl::StatusOr<v1::GetIncidentResponse> GetIncident(const Actor& actor,
                                                      const v1::GetIncidentRequest& request);
  // Tells progress at least once a second while it waits, until `tell` answers false (Cancelled).
  // `tell` may be empty.
  absl::StatusOr<v1::AwaitIncidentResponse> AwaitIncident(
      const Actor& actor, const v1::AwaitIncidentRequest& request,
      const std::function<bool(const v1::AwaitIncidentResponse&)>& tell);
  absl::StatusOr<v1::PublishIncidentResponse> PublishIncident(
      const Actor& actor, const v1::PublishIncidentRequest& request);
  absl::StatusOr<v1::SettleIncidentResponse> SettleIncident(
      const Actor& actor, const v1::SettleIncidentRequest& request);
  absl::StatusOr<v1::WithdrawIncidentResponse> WithdrawIncident(
      const Actor& actor, const v1::WithdrawIncidentRequest& request);
  absl::StatusOr<v1::MitigateIncidentResponse> MitigateIncident(
      const Actor& actor, const v1::MitigateIncidentRequest& request);
  absl::StatusOr<v1::RemindIncidentResponse> RemindIncident(
      const Actor& actor, const v1::RemindIncidentRequest& request);
  // The messages come from `next`, which returns false after the last one, and also when the call
  // was broken off.
  absl::StatusOr<v1::AddProofResponse> AddProof(
      const Actor& actor, const std::function<bool(v1::AddProofRequest&)>& next);
  // The messages go to `send`, which returns false when nobody reads them any more (Cancelled).
  absl::Status GetProof(const Actor& actor, const v1::GetProofRequest& request,
                        const std::function<bool(const v1::GetProofResponse&)>& send);
  absl::StatusOr<v1::RemoveProofResponse> RemoveProof(const Actor& actor,
                                                      const v1::RemoveProofRequest& request);
  absl::StatusOr<v1::AddCustomerResponse> AddCustomer(const Actor& actor,
                                                      const v1::AddCustomerRequest& request);
  absl::StatusOr<v1::GetCustomerResponse> GetCustomer(const Actor& actor,
                                                      const v1::GetCustomerRequest& request);
  absl::StatusOr<v1::ImportCustomersResponse> ImportCustomers(
      const Actor& actor, const v1::ImportCustomersRequest& request);
  absl::StatusOr<v1::ImportOrdersResponse> ImportOrders(const Actor& actor,
                                                        const v1::ImportOrdersRequest& request);
  absl::StatusOr<v1::SuggestIncidentsResponse> SuggestIncidents(
      const Actor& actor, const v1::SuggestIncidentsRequest& request);

 private:
  // AddCustomer with `to`.
  absl::StatusOr<v1::AddCustomerResponse> AddIdentifiers(
      const Actor& actor, const v1::AddCustomerRequest& request,
      std::span<const identity::Identifier> identifiers);
  struct FoundIncident {
    ledger::IncidentView view;
    v1::Incident described;  // as the actor may see it
  };
  absl::StatusOr<FoundIncident> FindIncident(const Actor& actor, const std::string& id);
  absl::StatusOr<ledger::NewIncident> AccountFrom(const v1::AddIncidentRequest& request) const;

  Node& node_;
  TestMode test_mode_;
  std::atomic<int> awaits_{0};
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_SHOP_HANDLERS_H_
