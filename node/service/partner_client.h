// The gRPC client behind partners::Network.
#ifndef DAFTAR_NODE_SERVICE_PARTNER_CLIENT_H_
#define DAFTAR_NODE_SERVICE_PARTNER_CLIENT_H_

#include <grpcpp/channel.h>

#include <map>
#include <memory>
#include <set>
#include <string>

#include "crypto/certificate.h"
#include "daftar/v1/partner.grpc.pb.h"
#include "node/partners/network.h"
#include "storage/mutex.h"

namespace daftar::service {

// Keeps one channel for each partner. Any thread may call.
class PartnerClient final : public partners::Network {
 public:
  // `identity` outlives the client.
  explicit PartnerClient(const crypto::TlsIdentity& identity) : identity_(identity) {}
  ~PartnerClient() override;

  void Evaluate(const partners::Partner& partner, const partners::EvaluateCall& call,
                std::chrono::milliseconds deadline,
                std::function<void(absl::StatusOr<partners::EvaluateAnswer>)> done) override;
  void ExchangeNotes(const partners::Partner& partner, std::vector<std::string> notes,
                     std::chrono::milliseconds deadline,
                     std::function<void(absl::StatusOr<std::vector<std::string>>)> done) override;
  void RelayDispute(const partners::Partner& partner, const crypto::Bytes& statement,
                    std::chrono::milliseconds deadline,
                    std::function<void(absl::StatusOr<partners::RelayAnswer>)> done) override;
  absl::Status Follow(const partners::Partner& partner, uint64_t from,
                      const std::function<bool(evidence::FeedBatch)>& on_batch,
                      partners::Cancellation& cancel) override;
  absl::Status ReadLog(const partners::Partner& partner, const std::string& origin, uint64_t from,
                       const std::function<bool(evidence::FeedBatch)>& on_batch,
                       std::chrono::milliseconds deadline, partners::Cancellation& cancel) override;
  absl::StatusOr<partners::NodeCard> Pair(const std::string& endpoint, const crypto::SpkiPin& pin,
                                          const partners::InviteSecret& secret,
                                          const partners::NodeCard& own,
                                          std::chrono::milliseconds deadline) override;
  absl::StatusOr<evidence::ProofNonce> OpenProofRequest(
      const partners::Partner& partner, uint64_t report,
      std::chrono::milliseconds deadline) override;
  absl::StatusOr<evidence::ProofRequestId> RequestProof(
      const partners::Partner& partner, const partners::ProofCall& call,
      std::chrono::milliseconds deadline) override;
  absl::Status FetchProof(
      const partners::Partner& partner, const evidence::ProofRequestId& request,
      const std::function<bool(absl::StatusOr<evidence::HandoverPiece>)>& on_piece,
      std::chrono::milliseconds deadline, partners::Cancellation& cancel) override;
  void Forget(const std::string& origin) override;
  void Shutdown() override;

 private:
  struct Link {
    std::string endpoint;
    crypto::SpkiPin pin;
    std::string certificate_pem;
    int64_t not_after = 0;  // of the certificate, Unix seconds
    std::shared_ptr<v1::PartnerService::Stub> stub;
  };
  struct PendingCall;
  struct PendingEvaluate;
  struct PendingExchange;
  struct PendingRelay;
  // A call that blocks its thread, known to Shutdown while it runs.
  template <class Method, class Request, class Response>
  absl::Status Call(const partners::Partner& partner, std::chrono::milliseconds deadline,
                    Method method, const Request& request, Response& response);

  absl::StatusOr<std::shared_ptr<grpc::Channel>> Dial(const std::string& endpoint,
                                                      const crypto::SpkiPin& pin) const;
  absl::StatusOr<std::shared_ptr<v1::PartnerService::Stub>> StubFor(
      const partners::Partner& partner);
  // Whether the call may begin; then Finished must follow.
  bool Begin(PendingCall* pending);
  void Finished(PendingCall* pending);

  const crypto::TlsIdentity& identity_;
  storage::Mutex mutex_;
  storage::CondVar idle_;
  bool stopping_ DAFTAR_GUARDED_BY(mutex_) = false;
  std::map<std::string, Link> links_ DAFTAR_GUARDED_BY(mutex_);
  std::set<PendingCall*> pending_ DAFTAR_GUARDED_BY(mutex_);
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_PARTNER_CLIENT_H_
