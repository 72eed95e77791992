// A network on which nobody is reached: what tests of one call build on.
#ifndef DAFTAR_TESTS_NODE_PARTNERS_UNREACHED_NETWORK_H_
#define DAFTAR_TESTS_NODE_PARTNERS_UNREACHED_NETWORK_H_

#include "node/partners/network.h"

namespace daftar::partners {

// Answers every call at once with UnavailableError. Any thread may call.
class UnreachedNetwork : public Network {
 public:
  absl::Status ReadLog(const Partner&, const std::string&, uint64_t,
                       const std::function<bool(evidence::FeedBatch)>&, std::chrono::milliseconds,
                       Cancellation&) override {
    return absl::UnavailableError("not reached");
  }
  void Evaluate(const Partner&, const EvaluateCall&, std::chrono::milliseconds,
                std::function<void(absl::StatusOr<EvaluateAnswer>)> done) override {
    done(absl::UnavailableError("not reached"));
  }
  void ExchangeNotes(const Partner&, std::vector<std::string>, std::chrono::milliseconds,
                     std::function<void(absl::StatusOr<std::vector<std::string>>)> done) override {
    done(absl::UnavailableError("not reached"));
  }
  void RelayDispute(const Partner&, const crypto::Bytes&, std::chrono::milliseconds,
                    std::function<void(absl::StatusOr<RelayAnswer>)> done) override {
    done(absl::UnavailableError("not reached"));
  }
  absl::Status Follow(const Partner&, uint64_t, const std::function<bool(evidence::FeedBatch)>&,
                      Cancellation&) override {
    return absl::UnavailableError("not reached");
  }
  absl::StatusOr<NodeCard> Pair(const std::string&, const crypto::SpkiPin&, const InviteSecret&,
                                const NodeCard&, std::chrono::milliseconds) override {
    return absl::UnavailableError("not reached");
  }
  absl::StatusOr<evidence::ProofNonce> OpenProofRequest(const Partner&, uint64_t,
                                                        std::chrono::milliseconds) override {
    return absl::UnavailableError("not reached");
  }
  absl::StatusOr<evidence::ProofRequestId> RequestProof(const Partner&, const ProofCall&,
                                                        std::chrono::milliseconds) override {
    return absl::UnavailableError("not reached");
  }
  absl::Status FetchProof(const Partner&, const evidence::ProofRequestId&,
                          const std::function<bool(absl::StatusOr<evidence::HandoverPiece>)>&,
                          std::chrono::milliseconds, Cancellation&) override {
    return absl::UnavailableError("not reached");
  }
  void Forget(const std::string&) override {}
  void Shutdown() override {}
};

}  // namespace daftar::partners

#endif  // DAFTAR_TESTS_NODE_PARTNERS_UNREACHED_NETWORK_H_
