#include "node/service/disclosure_handlers.h"

#include "node/service/convert.h"

namespace daftar::service {
namespace {

// Room for the rest of a list beside what varies, within kMaxMessageBytes.
constexpr size_t kMaxListedBytes = 3 << 20;

absl::Status NoId(std::string_view list) {
  return absl::InvalidArgumentError("a request's id has 32 hexadecimal digits; `daftar proof " +
                                    std::string(list) + "` lists them");
}

absl::StatusOr<partners::AskedProofId> AskedIdFromProto(const std::string& text) {
  auto id = partners::AskedProofId::FromHexText(text);
  if (!id.ok()) return NoId("asked");
  return *id;
}

absl::StatusOr<evidence::ProofRequestId> RequestIdFromProto(const std::string& text) {
  auto id = evidence::ProofRequestId::FromHexText(text);
  if (!id.ok()) return NoId("requests");
  return *id;
}

}  // namespace

absl::StatusOr<v1::AskForProofResponse> DisclosureHandlers::AskForProof(
    const Actor& actor, const v1::AskForProofRequest& request) {
  if (absl::Status s = Authorise(actor, "DisclosureService/AskForProof"); !s.ok()) return s;
  auto identifiers =
      FromProto(request.identifiers(), node_.config().region, evidence::kMaxIdentifiersPerEntry);
  if (!identifiers.ok()) return identifiers.status();
  auto asked = node_.proof_requests().Ask({actor.name, request.request_id()}, request.partner(),
                                          request.log_index(), *identifiers, request.because());
  if (!asked.ok()) return asked.status();
  v1::AskForProofResponse response;
  *response.mutable_asked() = ToProto(*asked);
  return response;
}

absl::StatusOr<v1::ListAskedProofResponse> DisclosureHandlers::ListAskedProof(
    const Actor& actor, const v1::ListAskedProofRequest&) {
  if (absl::Status s = Authorise(actor, "DisclosureService/ListAskedProof"); !s.ok()) return s;
  auto all = node_.proof_requests().List();
  if (!all.ok()) return all.status();
  v1::ListAskedProofResponse response;
  size_t bytes = 0;
  for (const partners::AskedProof& asked : *all) {
    v1::AskedProof& row = *response.add_asked();
    row = ToProto(asked);
    bytes += row.ByteSizeLong();
    if (bytes > kMaxListedBytes) row.clear_files();
  }
  return response;
}

absl::StatusOr<v1::FetchAskedProofResponse> DisclosureHandlers::FetchAskedProof(
    const Actor& actor, const v1::FetchAskedProofRequest& request) {
  if (absl::Status s = Authorise(actor, "DisclosureService/FetchAskedProof"); !s.ok()) return s;
  auto id = AskedIdFromProto(request.id());
  if (!id.ok()) return id.status();
  auto asked = node_.proof_requests().Fetch(*id);
  if (!asked.ok()) return asked.status();
  v1::FetchAskedProofResponse response;
  *response.mutable_asked() = ToProto(*asked);
  return response;
}

absl::Status DisclosureHandlers::GetPartnerProof(
    const Actor& actor, const v1::GetPartnerProofRequest& request,
    const std::function<bool(const v1::GetPartnerProofResponse&)>& send) {
  if (absl::Status s = Authorise(actor, "DisclosureService/GetPartnerProof"); !s.ok()) return s;
  auto id = AskedIdFromProto(request.id());
  if (!id.ok()) return id.status();
  v1::GetPartnerProofResponse message;
  return node_.proof_requests().Read(
      actor.name, *id, request.number(),
      [&](const partners::KeptProof& kept) {
        *message.mutable_proof() = ToProto(kept, request.number());
        return send(message);
      },
      [&](crypto::ByteView chunk) {
        message.set_chunk(chunk.data(), chunk.size());
        return send(message);
      });
}

absl::StatusOr<v1::ListProofRequestsResponse> DisclosureHandlers::ListProofRequests(
    const Actor& actor, const v1::ListProofRequestsRequest& request) {
  if (absl::Status s = Authorise(actor, "DisclosureService/ListProofRequests"); !s.ok()) return s;
  auto limit = PageSizeFromProto(request.page_size());
  if (!limit.ok()) return limit.status();
  std::optional<evidence::ProofRequestId> after;
  if (!request.page_token().empty()) {
    auto id = RequestIdFromProto(request.page_token());
    if (!id.ok()) return id.status();
    after = *id;
  }
  auto page = node_.disclosures().List(!request.all(), *limit, after);
  if (!page.ok()) return page.status();
  v1::ListProofRequestsResponse response;
  size_t bytes = 0;
  for (const ledger::ProofRequest& row : page->requests) {
    *response.add_requests() = ToProto(row);
    bytes += response.requests().rbegin()->ByteSizeLong();
    if (bytes < kMaxListedBytes || row.id == page->requests.back().id) continue;
    page->next = row.id;  // the next page goes on here
    break;
  }
  if (page->next.has_value()) response.set_next_page_token(page->next->hex());
  return response;
}

absl::StatusOr<v1::DiscloseProofResponse> DisclosureHandlers::DiscloseProof(
    const Actor& actor, const v1::DiscloseProofRequest& request) {
  if (absl::Status s = Authorise(actor, "DisclosureService/DiscloseProof"); !s.ok()) return s;
  auto id = RequestIdFromProto(request.id());
  if (!id.ok()) return id.status();
  auto decided = node_.disclosures().Disclose(
      {actor.name, request.request_id()}, *id,
      std::vector<uint32_t>(request.numbers().begin(), request.numbers().end()), request.because());
  if (!decided.ok()) return decided.status();
  v1::DiscloseProofResponse response;
  *response.mutable_request() = ToProto(*decided);
  return response;
}

absl::StatusOr<v1::RefuseProofResponse> DisclosureHandlers::RefuseProof(
    const Actor& actor, const v1::RefuseProofRequest& request) {
  if (absl::Status s = Authorise(actor, "DisclosureService/RefuseProof"); !s.ok()) return s;
  auto id = RequestIdFromProto(request.id());
  if (!id.ok()) return id.status();
  auto decided =
      node_.disclosures().Refuse({actor.name, request.request_id()}, *id, request.because());
  if (!decided.ok()) return decided.status();
  v1::RefuseProofResponse response;
  *response.mutable_request() = ToProto(*decided);
  return response;
}

absl::Status DescribeProofRequests(Node& node, const ledger::IncidentId& id,
                                   v1::Incident& incident) {
  auto requests = ledger::RequestsAbout(node.store(), node.vault(), id);
  if (!requests.ok()) return requests.status();
  for (const ledger::ProofRequest& request : *requests) {
    *incident.add_proof_requests() = ToProto(request);
  }
  return absl::OkStatus();
}

}  // namespace daftar::service
