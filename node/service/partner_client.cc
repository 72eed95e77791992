#include "node/service/partner_client.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <limits>

#include "node/partners/notes.h"
#include "node/service/convert.h"
#include "node/service/limits.h"
#include "node/service/tls.h"

namespace daftar::service {
namespace {

std::chrono::system_clock::time_point DeadlineIn(std::chrono::milliseconds wait) {
  return std::chrono::system_clock::now() + wait;
}

absl::StatusOr<partners::EvaluateAnswer> AnswerFrom(const v1::EvaluateResponse& response,
                                                    size_t asked) {
  if (static_cast<size_t>(response.evaluated_size()) != asked) {
    return absl::InvalidArgumentError("the partner evaluated another number of elements");
  }
  std::vector<crypto::GroupElement> evaluated;
  for (const std::string& bytes : response.evaluated()) {
    auto element = crypto::GroupElement::Create(crypto::AsBytes(bytes));
    if (!element.ok()) return element.status();
    evaluated.push_back(*element);
  }
  auto proof = crypto::VoprfProof::Create(crypto::AsBytes(response.proof()));
  if (!proof.ok()) return proof.status();
  return partners::EvaluateAnswer{std::move(evaluated), *proof};
}

// What gRPC says of a connection that could not be made is about sockets; this is for operators.
absl::Status InWords(const grpc::Status& status, const std::string& endpoint) {
  if (status.ok()) return absl::OkStatus();
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE &&
      status.error_message() != "the node is stopping" &&
      status.error_message() != "the node cannot answer now") {
    return absl::UnavailableError(
        "no connection to " + endpoint +
        ": it is down, cannot be reached from here, or does not accept this node's certificate");
  }
  return FromGrpc(status);
}

}  // namespace

struct PartnerClient::PendingCall {
  virtual ~PendingCall() = default;
  grpc::ClientContext context;
  std::string endpoint;
  std::shared_ptr<v1::PartnerService::Stub> stub;
};

struct PartnerClient::PendingEvaluate final : PendingCall {
  v1::EvaluateRequest request;
  v1::EvaluateResponse response;
  std::function<void(absl::StatusOr<partners::EvaluateAnswer>)> done;
};

struct PartnerClient::PendingExchange final : PendingCall {
  v1::ExchangeNotesRequest request;
  v1::ExchangeNotesResponse response;
  std::function<void(absl::StatusOr<std::vector<std::string>>)> done;
};

struct PartnerClient::PendingRelay final : PendingCall {
  v1::RelayDisputeRequest request;
  v1::RelayDisputeResponse response;
  std::function<void(absl::StatusOr<partners::RelayAnswer>)> done;
};

PartnerClient::~PartnerClient() { Shutdown(); }

absl::StatusOr<std::shared_ptr<grpc::Channel>> PartnerClient::Dial(
    const std::string& endpoint, const crypto::SpkiPin& pin) const {
  auto credentials = PartnerChannelCredentials(identity_, pin);
  if (!credentials.ok()) return credentials.status();
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 15'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepAliveMillis);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepAliveTimeoutMillis);
  // Its own connection: channels to one address must not share one made under another pin.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel("dns:///" + endpoint, *credentials, arguments);
}

// Expiry is compared on every call; the certificate is read only when the link is made, because
// reading one costs more than blinding an identifier.
absl::StatusOr<std::shared_ptr<v1::PartnerService::Stub>> PartnerClient::StubFor(
    const partners::Partner& partner) {
  storage::MutexLock lock(mutex_);
  if (stopping_) return absl::UnavailableError("the node is stopping");
  Link& link = links_[partner.origin];
  if (link.certificate_pem != partner.certificate_pem || link.endpoint != partner.endpoint ||
      link.pin != partner.pin) {
    link = Link{};
    // Of a node that is known by a pairing code alone, the pin is all there is.
    int64_t not_after = std::numeric_limits<int64_t>::max();
    if (!partner.certificate_pem.empty()) {
      auto certificate = crypto::InspectCertificate(partner.certificate_pem);
      if (!certificate.ok()) return certificate.status();
      not_after = certificate->not_after;
    }
    auto channel = Dial(partner.endpoint, partner.pin);
    if (!channel.ok()) return channel.status();
    link = Link{partner.endpoint, partner.pin, partner.certificate_pem, not_after,
                v1::PartnerService::NewStub(*channel)};
  }
  if (link.not_after < std::chrono::duration_cast<std::chrono::seconds>(
                           std::chrono::system_clock::now().time_since_epoch())
                           .count()) {
    return absl::UnauthenticatedError("the partner's certificate has expired; pair again");
  }
  return link.stub;
}

void PartnerClient::Evaluate(const partners::Partner& partner, const partners::EvaluateCall& call,
                             std::chrono::milliseconds deadline,
                             std::function<void(absl::StatusOr<partners::EvaluateAnswer>)> done) {
  auto stub = StubFor(partner);
  if (!stub.ok()) {
    done(stub.status());
    return;
  }
  auto* pending = new PendingEvaluate;  // owned by the callback below
  pending->done = std::move(done);
  pending->endpoint = partner.endpoint;
  pending->stub = *stub;
  pending->context.set_deadline(DeadlineIn(deadline));
  pending->request.set_epoch(call.epoch);
  pending->request.set_warming(call.warming);
  for (const crypto::GroupElement& element : call.blinded) {
    pending->request.add_blinded(element.view().data(), element.view().size());
  }
  if (!Begin(pending)) {
    pending->done(absl::UnavailableError("the node is stopping"));
    delete pending;
    return;
  }
  pending->stub->async()->Evaluate(&pending->context, &pending->request, &pending->response,
                                   [this, pending](grpc::Status status) {
                                     const size_t asked =
                                         static_cast<size_t>(pending->request.blinded_size());
                                     if (status.ok()) {
                                       pending->done(AnswerFrom(pending->response, asked));
                                     } else {
                                       pending->done(InWords(status, pending->endpoint));
                                     }
                                     Finished(pending);
                                   });
}

void PartnerClient::ExchangeNotes(
    const partners::Partner& partner, std::vector<std::string> notes,
    std::chrono::milliseconds deadline,
    std::function<void(absl::StatusOr<std::vector<std::string>>)> done) {
  auto stub = StubFor(partner);
  if (!stub.ok()) {
    done(stub.status());
    return;
  }
  auto* pending = new PendingExchange;  // owned by the callback below
  pending->done = std::move(done);
  pending->endpoint = partner.endpoint;
  pending->stub = *stub;
  pending->context.set_deadline(DeadlineIn(deadline));
  for (std::string& note : notes) pending->request.add_notes(std::move(note));
  if (!Begin(pending)) {
    pending->done(absl::UnavailableError("the node is stopping"));
    delete pending;
    return;
  }
  pending->stub->async()->ExchangeNotes(
      &pending->context, &pending->request, &pending->response,
      [this, pending](grpc::Status status) {
        const auto& answered = pending->response.notes();
        if (!status.ok()) {
          pending->done(InWords(status, pending->endpoint));
        } else if (static_cast<size_t>(answered.size()) > partners::kMaxExchangeNotes) {
          pending->done(absl::InvalidArgumentError("the partner answered with too many notes"));
        } else {
          pending->done(std::vector<std::string>(answered.begin(), answered.end()));
        }
        Finished(pending);
      });
}

void PartnerClient::RelayDispute(const partners::Partner& partner, const crypto::Bytes& statement,
                                 std::chrono::milliseconds deadline,
                                 std::function<void(absl::StatusOr<partners::RelayAnswer>)> done) {
  auto stub = StubFor(partner);
  if (!stub.ok()) {
    done(stub.status());
    return;
  }
  auto* pending = new PendingRelay;  // owned by the callback below
  pending->done = std::move(done);
  pending->endpoint = partner.endpoint;
  pending->stub = *stub;
  pending->context.set_deadline(DeadlineIn(deadline));
  pending->request.set_statement(statement.data(), statement.size());
  if (!Begin(pending)) {
    pending->done(absl::UnavailableError("the node is stopping"));
    delete pending;
    return;
  }
  pending->stub->async()->RelayDispute(
      &pending->context, &pending->request, &pending->response,
      [this, pending](grpc::Status status) {
        const auto outcome = partners::OutcomeFromWord(pending->response.outcome());
        if (!status.ok()) {
          pending->done(InWords(status, pending->endpoint));
        } else if (!outcome.has_value()) {
          pending->done(absl::InvalidArgumentError("the partner answered with an unknown outcome"));
        } else {
          const bool refused = *outcome == partners::RelayOutcome::kRefused;
          pending->done(partners::RelayAnswer{
              *outcome, refused ? partners::RefusalFromWord(pending->response.refusal())
                                : partners::RelayRefusal::kNone});
        }
        Finished(pending);
      });
}

bool PartnerClient::Begin(PendingCall* pending) {
  storage::MutexLock lock(mutex_);
  if (!stopping_) pending_.insert(pending);
  return !stopping_;
}

void PartnerClient::Finished(PendingCall* pending) {
  storage::MutexLock lock(mutex_);
  pending_.erase(pending);
  delete pending;
  idle_.NotifyAll();
}

namespace {

// Hands over what is read until `on_batch` returns false. OK when the partner has ended it, or the
// caller has.
absl::Status ReadBatches(grpc::ClientContext& context,
                         grpc::ClientReader<v1::FollowResponse>& reader,
                         const std::function<bool(evidence::FeedBatch)>& on_batch,
                         partners::Cancellation& cancel, const std::string& endpoint) {
  v1::FollowResponse response;
  absl::Status malformed;
  bool wanted = true;
  while (wanted && reader.Read(&response)) {
    auto batch = FromProto(std::move(response));
    malformed = batch.status();
    wanted = batch.ok() && on_batch(*std::move(batch));
    response.Clear();
  }
  if (!wanted) context.TryCancel();
  while (reader.Read(&response)) {
  }
  const grpc::Status status = reader.Finish();
  cancel.OnCancel({});
  if (!malformed.ok()) return malformed;
  return !wanted || status.ok() ? absl::OkStatus() : InWords(status, endpoint);
}

}  // namespace

absl::Status PartnerClient::Follow(const partners::Partner& partner, uint64_t from,
                                   const std::function<bool(evidence::FeedBatch)>& on_batch,
                                   partners::Cancellation& cancel) {
  auto stub = StubFor(partner);
  if (!stub.ok()) return stub.status();
  grpc::ClientContext context;
  v1::FollowRequest request;
  request.set_from(from);
  cancel.OnCancel([&context] { context.TryCancel(); });
  auto reader = (*stub)->Follow(&context, request);
  absl::Status ended = ReadBatches(context, *reader, on_batch, cancel, partner.endpoint);
  return ended.ok() ? absl::UnavailableError("the partner ended the stream") : ended;
}

absl::Status PartnerClient::ReadLog(const partners::Partner& partner, const std::string& origin,
                                    uint64_t from,
                                    const std::function<bool(evidence::FeedBatch)>& on_batch,
                                    std::chrono::milliseconds deadline,
                                    partners::Cancellation& cancel) {
  if (auto usable = StubFor(partner); !usable.ok()) return usable.status();
  // A connection of its own: the other one rests for some seconds after the partner was down, and
  // here an operator waits who has just started it.
  auto channel = Dial(partner.endpoint, partner.pin);
  if (!channel.ok()) return channel.status();
  auto stub = v1::PartnerService::NewStub(*channel);
  grpc::ClientContext context;
  context.set_deadline(DeadlineIn(deadline));
  v1::ReadLogRequest request;
  request.set_origin(origin);
  request.set_from(from);
  cancel.OnCancel([&context] { context.TryCancel(); });
  auto reader = stub->ReadLog(&context, request);
  return ReadBatches(context, *reader, on_batch, cancel, partner.endpoint);
}

absl::StatusOr<partners::NodeCard> PartnerClient::Pair(const std::string& endpoint,
                                                       const crypto::SpkiPin& pin,
                                                       const partners::InviteSecret& secret,
                                                       const partners::NodeCard& own,
                                                       std::chrono::milliseconds deadline) {
  auto channel = Dial(endpoint, pin);
  if (!channel.ok()) return channel.status();
  auto stub = v1::PairingService::NewStub(*channel);
  grpc::ClientContext context;
  context.set_deadline(DeadlineIn(deadline));
  v1::PairRequest request;
  request.set_secret(secret.data(), partners::InviteSecret::kSize);
  *request.mutable_card() = ToProto(own);
  v1::PairResponse response;
  const grpc::Status status = stub->Pair(&context, request, &response);
  if (!status.ok()) {
    const absl::Status words = InWords(status, endpoint);
    if (!absl::IsUnavailable(words)) return words;
    // A node that waits for nobody ends the connection of a stranger without a word.
    return absl::UnavailableError(std::string(words.message()) +
                                  "; or the code was used or has expired: ask for a new one");
  }
  return FromProto(response.card());
}

template <class Method, class Request, class Response>
absl::Status PartnerClient::Call(const partners::Partner& partner,
                                 std::chrono::milliseconds deadline, Method method,
                                 const Request& request, Response& response) {
  auto stub = StubFor(partner);
  if (!stub.ok()) return stub.status();
  auto* pending = new PendingCall;  // Finished deletes it
  pending->context.set_deadline(DeadlineIn(deadline));
  if (!Begin(pending)) {
    delete pending;
    return absl::UnavailableError("the node is stopping");
  }
  const grpc::Status status = ((**stub).*method)(&pending->context, request, &response);
  Finished(pending);
  return InWords(status, partner.endpoint);
}

absl::StatusOr<evidence::ProofNonce> PartnerClient::OpenProofRequest(
    const partners::Partner& partner, uint64_t report, std::chrono::milliseconds deadline) {
  v1::OpenProofRequestRequest request;
  request.set_index(report);
  v1::OpenProofRequestResponse response;
  absl::Status called =
      Call(partner, deadline, &v1::PartnerService::Stub::OpenProofRequest, request, response);
  if (!called.ok()) return called;
  return evidence::ProofNonce::Create(crypto::AsBytes(response.nonce()));
}

absl::StatusOr<evidence::ProofRequestId> PartnerClient::RequestProof(
    const partners::Partner& partner, const partners::ProofCall& call,
    std::chrono::milliseconds deadline) {
  v1::RequestProofRequest request;
  request.set_index(call.report);
  request.set_nonce(call.nonce.data(), evidence::ProofNonce::kSize);
  request.set_mac(call.mac.data(), evidence::ProofMac::kSize);
  request.set_why(call.why);
  v1::RequestProofResponse response;
  absl::Status called =
      Call(partner, deadline, &v1::PartnerService::Stub::RequestProof, request, response);
  if (!called.ok()) return called;
  return evidence::ProofRequestId::Create(crypto::AsBytes(response.request()));
}

absl::Status PartnerClient::FetchProof(
    const partners::Partner& partner, const evidence::ProofRequestId& request,
    const std::function<bool(absl::StatusOr<evidence::HandoverPiece>)>& on_piece,
    std::chrono::milliseconds deadline, partners::Cancellation& cancel) {
  auto stub = StubFor(partner);
  if (!stub.ok()) return stub.status();
  grpc::ClientContext context;
  context.set_deadline(DeadlineIn(deadline));
  v1::FetchProofRequest wire;
  wire.set_request(request.data(), evidence::ProofRequestId::kSize);
  cancel.OnCancel([&context] { context.TryCancel(); });
  auto reader = (*stub)->FetchProof(&context, wire);
  v1::FetchProofResponse response;
  bool wanted = true;
  while (wanted && reader->Read(&response)) {
    auto piece = FromProto(std::move(response));
    const bool whole = piece.ok();
    wanted = on_piece(std::move(piece)) && whole;
    response.Clear();
  }
  if (!wanted) context.TryCancel();
  while (reader->Read(&response)) {
  }
  const grpc::Status status = reader->Finish();
  cancel.OnCancel({});
  return InWords(status, partner.endpoint);
}

void PartnerClient::Forget(const std::string& origin) {
  storage::MutexLock lock(mutex_);
  links_.erase(origin);
}

void PartnerClient::Shutdown() {
  storage::MutexLock lock(mutex_);
  stopping_ = true;
  for (PendingCall* pending : pending_) pending->context.TryCancel();
  while (!pending_.empty()) idle_.Wait(mutex_);
  links_.clear();
}

}  // namespace daftar::service
