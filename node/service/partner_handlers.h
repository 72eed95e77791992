// What partners' nodes may ask, as plain functions; the transport says whose certificate it is.
#ifndef DAFTAR_NODE_SERVICE_PARTNER_HANDLERS_H_
#define DAFTAR_NODE_SERVICE_PARTNER_HANDLERS_H_

#include <atomic>
#include <functional>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "daftar/v1/partner.pb.h"
#include "node/node.h"
#include "storage/mutex.h"

namespace daftar::service {

// A connection's certificate, as TLS verified that the other side holds its key.
struct PeerCertificate {
  crypto::SpkiPin pin;
  std::string pem;
  int64_t not_after = 0;  // Unix seconds
};

// A partner needs one stream; a second covers the moment of reconnecting.
inline constexpr int kMaxStreamsPerPartner = 2;
// A partner exchanges notes once a minute, and once more for each head of this node's log and of
// its own.
inline constexpr int kMaxExchangesPerMinute = 240;

// Of relayed disputes, refused ones counted.
inline constexpr int kMaxRelaysPerMinute = 60;

// Of calls that ask for proof (a request takes two), and of fetches; refused ones counted. A
// partner has at most 32 requests waiting, which it looks after every ten minutes.
inline constexpr int kMaxProofAsksPerMinute = 60;
inline constexpr int kMaxProofFetchesPerMinute = 120;
// A partner reads a whole log when it has lost its own, or what is missing in its copy of another.
inline constexpr int kMaxLogReadsPerMinute = 20;

// Any thread may call.
class PartnerHandlers {
 public:
  explicit PartnerHandlers(Node& node) : node_(node) {}

  // Open to unknown certificates, with an invite's secret.
  absl::StatusOr<v1::PairResponse> Pair(const PeerCertificate& peer,
                                        const v1::PairRequest& request);
  absl::StatusOr<v1::EvaluateResponse> Evaluate(const PeerCertificate& peer,
                                                const v1::EvaluateRequest& request);
  absl::StatusOr<v1::ExchangeNotesResponse> ExchangeNotes(const PeerCertificate& peer,
                                                          const v1::ExchangeNotesRequest& request);
  absl::StatusOr<v1::RelayDisputeResponse> RelayDispute(const PeerCertificate& peer,
                                                        const v1::RelayDisputeRequest& request);
  // Sends until `send` fails, `cancelled` says so, the partner is no longer active, or the node
  // stops; blocks its thread meanwhile.
  absl::Status Follow(const PeerCertificate& peer, const v1::FollowRequest& request,
                      const std::function<bool(const v1::FollowResponse&)>& send,
                      const std::function<bool()>& cancelled);
  // The copy of the caller's own log, or this node's log, up to its head; ends as Follow does, and
  // when all is sent.
  absl::Status ReadLog(const PeerCertificate& peer, const v1::ReadLogRequest& request,
                       const std::function<bool(const v1::FollowResponse&)>& send,
                       const std::function<bool()>& cancelled);
  absl::StatusOr<v1::OpenProofRequestResponse> OpenProofRequest(
      const PeerCertificate& peer, const v1::OpenProofRequestRequest& request);
  absl::StatusOr<v1::RequestProofResponse> RequestProof(const PeerCertificate& peer,
                                                        const v1::RequestProofRequest& request);
  // Ends as Follow does; a partner has at most one at a time.
  absl::Status FetchProof(const PeerCertificate& peer, const v1::FetchProofRequest& request,
                          const std::function<bool(const v1::FetchProofResponse&)>& send,
                          const std::function<bool()>& cancelled);
  // Ends all Follow and FetchProof calls.
  void Stop() { stopping_.store(true); }

 private:
  // The active partner whose pin this is. Unauthenticated for an unknown or expired certificate,
  // PermissionDenied for a suspended partner. Asked on every call: removing a partner ends what it
  // has open.
  absl::StatusOr<partners::Partner> Authenticate(const PeerCertificate& peer) const;
  absl::Status FollowLoop(const PeerCertificate& peer, uint64_t from,
                          const std::function<bool(const v1::FollowResponse&)>& send,
                          const std::function<bool()>& cancelled);

  absl::Status ReadLogOf(const PeerCertificate& peer, const partners::Partner& partner,
                         const v1::ReadLogRequest& request,
                         const std::function<bool(const v1::FollowResponse&)>& send,
                         const std::function<bool()>& cancelled);

  Node& node_;
  std::atomic<bool> stopping_{false};
  struct Pace {
    int64_t minute = 0;  // since 1970
    int calls = 0;
    bool under_way = false;
  };
  using Paces = std::map<std::string, Pace, std::less<>>;  // by origin
  // Whether a partner's call of one kind may begin: one at a time, `most` a minute. Then End must
  // follow. ResourceExhausted with `what` such calls do.
  absl::Status Begin(Paces PartnerHandlers::*paces, const std::string& origin, int most,
                     const std::string& what);
  void End(Paces PartnerHandlers::*paces, const std::string& origin);
  // As Begin, for calls that may go on beside each other; without an End.
  absl::Status Count(Paces PartnerHandlers::*paces, const std::string& origin, int most,
                     const std::string& what);
  storage::Mutex mutex_;
  std::map<std::string, int> streams_ DAFTAR_GUARDED_BY(mutex_);
  Paces exchanges_ DAFTAR_GUARDED_BY(mutex_);
  Paces relays_ DAFTAR_GUARDED_BY(mutex_);
  Paces proof_asks_ DAFTAR_GUARDED_BY(mutex_);
  Paces proof_fetches_ DAFTAR_GUARDED_BY(mutex_);
  Paces log_reads_ DAFTAR_GUARDED_BY(mutex_);
};

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_PARTNER_HANDLERS_H_
