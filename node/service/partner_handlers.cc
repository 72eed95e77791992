#include "node/service/partner_handlers.h"

#include "node/ledger/feed.h"
#include "node/service/convert.h"
#include "node/service/test_mode.h"

namespace daftar::service {
namespace {

// How soon a stream notices that its caller is gone or no longer a partner.
constexpr std::chrono::milliseconds kStreamWake{1000};

}  // namespace

absl::StatusOr<partners::Partner> PartnerHandlers::Authenticate(const PeerCertificate& peer) const {
  if (peer.not_after < node_.clock().Now().seconds()) {
    return absl::UnauthenticatedError("the certificate has expired; pair again");
  }
  auto partner = node_.registry().ByPin(peer.pin);
  if (!partner.has_value()) {
    return absl::UnauthenticatedError(
        "it does not know this node's certificate: this node was removed there, or never paired");
  }
  if (partner->status != partners::PartnerStatus::kActive) {
    return absl::PermissionDeniedError("it has suspended this node; ask its operator");
  }
  return *partner;
}

absl::StatusOr<v1::PairResponse> PartnerHandlers::Pair(const PeerCertificate& peer,
                                                       const v1::PairRequest& request) {
  // An invite may be older than the test mode.
  if (absl::Status s = CheckMayPair(node_.config()); !s.ok()) return s;
  auto secret = partners::InviteSecret::Create(crypto::AsBytes(request.secret()));
  if (!secret.ok()) return absl::InvalidArgumentError("the invite's secret has 16 bytes");
  auto card = FromProto(request.card());
  if (!card.ok()) return card.status();
  if (peer.not_after < node_.clock().Now().seconds()) {
    return absl::UnauthenticatedError("the certificate has expired; no call would be answered");
  }
  auto own = node_.pairing().Accept(*secret, *card, peer.pin, peer.pem);
  if (!own.ok()) return own.status();
  if (absl::Status status = node_.followers().Refresh(); !status.ok()) return status;
  v1::PairResponse response;
  *response.mutable_card() = ToProto(*own);
  return response;
}

absl::StatusOr<v1::EvaluateResponse> PartnerHandlers::Evaluate(const PeerCertificate& peer,
                                                               const v1::EvaluateRequest& request) {
  auto partner = Authenticate(peer);
  if (!partner.ok()) return partner.status();
  std::vector<crypto::ByteView> blinded;
  for (const std::string& element : request.blinded()) {
    blinded.push_back(crypto::AsBytes(element));
  }
  auto evaluation =
      node_.evaluator().Evaluate(*partner, request.epoch(), blinded, request.warming());
  if (!evaluation.ok()) return evaluation.status();
  v1::EvaluateResponse response;
  for (const crypto::GroupElement& element : evaluation->elements) {
    response.add_evaluated(element.view().data(), element.view().size());
  }
  response.set_proof(evaluation->proof.view().data(), evaluation->proof.view().size());
  return response;
}

absl::StatusOr<v1::ExchangeNotesResponse> PartnerHandlers::ExchangeNotes(
    const PeerCertificate& peer, const v1::ExchangeNotesRequest& request) {
  auto partner = Authenticate(peer);
  if (!partner.ok()) return partner.status();
  absl::Status begun = Begin(&PartnerHandlers::exchanges_, partner->origin, kMaxExchangesPerMinute,
                             "a partner exchanges notes");
  if (!begun.ok()) return begun;
  const std::vector<std::string> notes(request.notes().begin(), request.notes().end());
  auto answer = node_.exchange().Receive(*partner, notes);
  End(&PartnerHandlers::exchanges_, partner->origin);
  if (!answer.ok()) return answer.status();
  v1::ExchangeNotesResponse response;
  for (std::string& note : *answer) response.add_notes(std::move(note));
  return response;
}

absl::StatusOr<v1::RelayDisputeResponse> PartnerHandlers::RelayDispute(
    const PeerCertificate& peer, const v1::RelayDisputeRequest& request) {
  auto partner = Authenticate(peer);
  if (!partner.ok()) return partner.status();
  absl::Status begun = Begin(&PartnerHandlers::relays_, partner->origin, kMaxRelaysPerMinute,
                             "a partner relays disputes");
  if (!begun.ok()) return begun;
  const auto answer = node_.relays().Take(*partner, crypto::AsBytes(request.statement()));
  End(&PartnerHandlers::relays_, partner->origin);
  if (!answer.ok()) return answer.status();
  v1::RelayDisputeResponse response;
  response.set_outcome(std::string(partners::OutcomeWord(answer->outcome)));
  response.set_refusal(std::string(partners::RefusalWord(answer->refusal)));
  return response;
}

absl::Status PartnerHandlers::Begin(Paces PartnerHandlers::*paces, const std::string& origin,
                                    int most, const std::string& what) {
  storage::MutexLock lock(mutex_);
  Pace& pace = (this->*paces)[origin];
  const int64_t now = node_.clock().Now().seconds();
  if (pace.minute != now / 60) pace = {now / 60, 0, pace.under_way};
  if (pace.under_way || pace.calls >= most) {
    return absl::ResourceExhaustedError(what + " one call at a time, at most " +
                                        std::to_string(most) + " a minute; try again in " +
                                        std::to_string(60 - now % 60) + " s");
  }
  ++pace.calls;
  pace.under_way = true;
  return absl::OkStatus();
}

void PartnerHandlers::End(Paces PartnerHandlers::*paces, const std::string& origin) {
  storage::MutexLock lock(mutex_);
  (this->*paces)[origin].under_way = false;
}

absl::Status PartnerHandlers::Count(Paces PartnerHandlers::*paces, const std::string& origin,
                                    int most, const std::string& what) {
  storage::MutexLock lock(mutex_);
  Pace& pace = (this->*paces)[origin];
  const int64_t now = node_.clock().Now().seconds();
  if (pace.minute != now / 60) pace = {now / 60, 0, pace.under_way};
  if (pace.calls >= most) {
    return absl::ResourceExhaustedError(what + " at most " + std::to_string(most) +
                                        " times a minute; try again in " +
                                        std::to_string(60 - now % 60) + " s");
  }
  ++pace.calls;
  return absl::OkStatus();
}

absl::Status PartnerHandlers::Follow(const PeerCertificate& peer, const v1::FollowRequest& request,
                                     const std::function<bool(const v1::FollowResponse&)>& send,
                                     const std::function<bool()>& cancelled) {
  auto partner = Authenticate(peer);
  if (!partner.ok()) return partner.status();
  {
    storage::MutexLock lock(mutex_);
    int& streams = streams_[partner->origin];
    if (streams >= kMaxStreamsPerPartner) {
      return absl::ResourceExhaustedError("a partner has at most " +
                                          std::to_string(kMaxStreamsPerPartner) + " streams open");
    }
    ++streams;
  }
  const absl::Status ended = FollowLoop(peer, request.from(), send, cancelled);
  storage::MutexLock lock(mutex_);
  if (--streams_[partner->origin] == 0) streams_.erase(partner->origin);
  return ended;
}

absl::Status PartnerHandlers::FollowLoop(const PeerCertificate& peer, uint64_t from,
                                         const std::function<bool(const v1::FollowResponse&)>& send,
                                         const std::function<bool()>& cancelled) {
  ledger::Publisher& publisher = node_.publisher();
  std::string sent_head;
  while (!stopping_.load() && !cancelled()) {
    auto partner = Authenticate(peer);
    if (!partner.ok()) return partner.status();
    const uint64_t news = publisher.News();
    auto batch = ledger::ReadFeed(node_.store(), publisher, from);
    if (!batch.ok()) return batch.status();
    const bool has_entries = !batch->entries.empty();
    if (has_entries || batch->head != sent_head) {
      from += batch->entries.size();
      sent_head = batch->head;
      if (!send(ToProto(*std::move(batch)))) return absl::CancelledError("the caller went away");
    }
    if (!has_entries) publisher.WaitForNews(news, kStreamWake);
  }
  return absl::UnavailableError("the node is stopping");
}

absl::Status PartnerHandlers::ReadLog(const PeerCertificate& peer,
                                      const v1::ReadLogRequest& request,
                                      const std::function<bool(const v1::FollowResponse&)>& send,
                                      const std::function<bool()>& cancelled) {
  auto partner = Authenticate(peer);
  if (!partner.ok()) return partner.status();
  // One at a time: each holds a thread for as long as the partner takes to read.
  absl::Status begun = Begin(&PartnerHandlers::log_reads_, partner->origin, kMaxLogReadsPerMinute,
                             "a partner reads logs");
  if (!begun.ok()) return begun;
  const absl::Status ended = ReadLogOf(peer, *partner, request, send, cancelled);
  End(&PartnerHandlers::log_reads_, partner->origin);
  return ended;
}

absl::Status PartnerHandlers::ReadLogOf(const PeerCertificate& peer,
                                        const partners::Partner& partner,
                                        const v1::ReadLogRequest& request,
                                        const std::function<bool(const v1::FollowResponse&)>& send,
                                        const std::function<bool()>& cancelled) {
  // Whether the caller is a partner of a third log's issuer is not for this node to say.
  if (request.origin() != partner.origin && request.origin() != node_.config().origin) {
    return absl::PermissionDeniedError("a partner reads its own log here, or this node's");
  }
  uint64_t from = request.from();
  while (!stopping_.load() && !cancelled()) {
    if (absl::Status still = Authenticate(peer).status(); !still.ok()) return still;
    auto batch = node_.ReadCopy(request.origin(), from);
    if (!batch.ok()) return batch.status();
    const size_t entries = batch->entries.size();
    from += entries;
    if (!send(ToProto(*std::move(batch)))) return absl::CancelledError("the caller went away");
    if (entries == 0) return absl::OkStatus();
  }
  return absl::UnavailableError("the node is stopping");
}

absl::StatusOr<v1::OpenProofRequestResponse> PartnerHandlers::OpenProofRequest(
    const PeerCertificate& peer, const v1::OpenProofRequestRequest& request) {
  auto partner = Authenticate(peer);
  if (!partner.ok()) return partner.status();
  absl::Status counted = Count(&PartnerHandlers::proof_asks_, partner->origin,
                               kMaxProofAsksPerMinute, "a partner asks for proof");
  if (!counted.ok()) return counted;
  auto nonce = node_.disclosures().Open(partner->origin, request.index());
  if (!nonce.ok()) return nonce.status();
  v1::OpenProofRequestResponse response;
  response.set_nonce(nonce->data(), evidence::ProofNonce::kSize);
  return response;
}

absl::StatusOr<v1::RequestProofResponse> PartnerHandlers::RequestProof(
    const PeerCertificate& peer, const v1::RequestProofRequest& request) {
  auto partner = Authenticate(peer);
  if (!partner.ok()) return partner.status();
  absl::Status counted = Count(&PartnerHandlers::proof_asks_, partner->origin,
                               kMaxProofAsksPerMinute, "a partner asks for proof");
  if (!counted.ok()) return counted;
  auto nonce = evidence::ProofNonce::Create(crypto::AsBytes(request.nonce()));
  auto mac = evidence::ProofMac::Create(crypto::AsBytes(request.mac()));
  if (!nonce.ok() || !mac.ok()) {
    return absl::InvalidArgumentError("nonce and mac have 32 bytes each");
  }
  auto id =
      node_.disclosures().Request(partner->origin, request.index(), *nonce, *mac, request.why());
  if (!id.ok()) return id.status();
  v1::RequestProofResponse response;
  response.set_request(id->data(), evidence::ProofRequestId::kSize);
  return response;
}

absl::Status PartnerHandlers::FetchProof(
    const PeerCertificate& peer, const v1::FetchProofRequest& request,
    const std::function<bool(const v1::FetchProofResponse&)>& send,
    const std::function<bool()>& cancelled) {
  auto partner = Authenticate(peer);
  if (!partner.ok()) return partner.status();
  absl::Status counted = Count(&PartnerHandlers::proof_fetches_, partner->origin,
                               kMaxProofFetchesPerMinute, "a partner fetches proof");
  if (!counted.ok()) return counted;
  auto id = evidence::ProofRequestId::Create(crypto::AsBytes(request.request()));
  if (!id.ok()) return absl::InvalidArgumentError("a request has 16 bytes");
  absl::Status still;
  absl::Status fetched =
      node_.disclosures().Fetch(partner->origin, *id, [&](evidence::HandoverPiece piece) {
        if (stopping_.load() || cancelled()) return false;
        still = Authenticate(peer).status();
        return still.ok() && send(ToProto(std::move(piece)));
      });
  return still.ok() ? fetched : still;
}

}  // namespace daftar::service
