// Between wire messages and values: the one place where a message is checked field by field.
#ifndef DAFTAR_NODE_SERVICE_CONVERT_H_
#define DAFTAR_NODE_SERVICE_CONVERT_H_

#include <google/protobuf/repeated_field.h>
#include <grpcpp/support/status.h>

#include <string>
#include <vector>

#include "daftar/v1/book.pb.h"
#include "daftar/v1/disclosure.pb.h"
#include "daftar/v1/node.pb.h"
#include "daftar/v1/partner.pb.h"
#include "daftar/v1/shop.pb.h"
#include "daftar/v1/types.pb.h"
#include "node/book/allowlist.h"
#include "node/book/book.h"
#include "node/check/checker.h"
#include "node/decision/language.h"
#include "node/evidence/clock.h"
#include "node/evidence/feed.h"
#include "node/identity/identifier.h"
#include "node/ledger/disclosures.h"
#include "node/ledger/ledger.h"
#include "node/partners/asked_proof.h"
#include "node/partners/partner.h"
#include "node/service/access.h"

namespace daftar::service {

// absl to gRPC, once, at the edge. For partners, internal errors lose their words: what is wrong
// inside is nobody else's business.
grpc::Status ToGrpc(const absl::Status& status);
grpc::Status ToGrpcForPartner(const absl::Status& status);
absl::Status FromGrpc(const grpc::Status& status);

// "2026-10-01T08:15:30.123Z", empty for 0.
std::string TimeText(evidence::UnixMillis time);

// The typed text of one identifier and its type; kind_of_any tells an `any`.
absl::StatusOr<identity::Identifier> FromProto(const v1::Identifier& identifier,
                                               identity::Region home);
// 1 to `most`, as typed; they come back sorted, and what is the same in normal form once.
absl::StatusOr<std::vector<identity::Identifier>> FromProto(
    const google::protobuf::RepeatedPtrField<v1::Identifier>& identifiers, identity::Region home,
    size_t most);

absl::StatusOr<evidence::Money> FromProto(const v1::Money& money);
v1::Money ToProto(const evidence::Money& money);

// Empty text: no date.
absl::StatusOr<evidence::Date> DateFromProto(const std::string& text, std::string_view field);

// "paid", "upheld", "expired", "request" or "mistake"; empty for none.
std::string_view ErasedForText(evidence::ErasureGround ground);

v1::Effect ToProto(decision::Effect effect);
absl::StatusOr<decision::Effect> FromProto(v1::Effect effect);  // unspecified is refused
// Empty: English.
absl::StatusOr<decision::Language> LanguageFromProto(const std::string& language);
// Of a list's page: at most kMaxPageRows; 0 means kDefaultPageRows.
inline constexpr size_t kMaxPageRows = 1000;
inline constexpr size_t kDefaultPageRows = 100;
absl::StatusOr<size_t> PageSizeFromProto(uint32_t asked);
absl::StatusOr<check::ReceiptId> ReceiptFromProto(const std::string& receipt);
absl::StatusOr<book::CustomerId> CustomerIdFromProto(const std::string& id);
absl::StatusOr<decision::Mitigations> FromProto(
    const google::protobuf::RepeatedPtrField<std::string>& mitigations);
v1::Group ToProto(const decision::Group& group);
absl::StatusOr<decision::Group> FromProto(const v1::Group& group);
v1::Allowed ToProto(const book::Allowed& allowed);
v1::DecisionOverride ToProto(const check::Override& override);
v1::PartnerState ToProto(decision::PartnerState state);
v1::Terms ToProto(decision::Terms terms);
absl::StatusOr<decision::Terms> FromProto(v1::Terms terms);  // unspecified: credit
v1::Role ToProto(Role role);
absl::StatusOr<Role> FromProto(v1::Role role);

v1::OrderSummary ToProto(const decision::TrackRecord& record);
v1::CheckResponse ToProto(const check::Answer& answer, decision::Language language);
v1::GetReceiptResponse ToProto(const check::StoredReceipt& receipt, const decision::Policy& policy,
                               decision::Language language);
// What a person made of it, and the steps of that.
void SetOverride(const check::Override& override, const decision::ReceiptBody& body,
                 const decision::Policy& policy, decision::Language language,
                 v1::GetReceiptResponse& out);
v1::Proof ToProto(const ledger::Proof& proof);
// As the actor may see it: staff do not learn which partner knows the person.
v1::Incident ToProto(const ledger::IncidentView& view, const Actor& actor);
// "0123...": 32 hexadecimal digits.
absl::StatusOr<ledger::IncidentId> IncidentIdFromProto(const std::string& id);
absl::StatusOr<evidence::WithdrawalGround> GroundFromProto(const std::string& ground);

v1::NodeCard ToProto(const partners::NodeCard& card);
absl::StatusOr<partners::NodeCard> FromProto(const v1::NodeCard& card);
// The leaf hash of a log's first entry: all of its 64 hexadecimal digits, in either case.
absl::StatusOr<crypto::Digest> FirstEntryFromProto(const std::string& first_entry);
v1::FollowResponse ToProto(evidence::FeedBatch batch);
absl::StatusOr<evidence::FeedBatch> FromProto(v1::FollowResponse response);
v1::FetchProofResponse ToProto(evidence::HandoverPiece piece);
// InvalidArgument for lengths, kinds and types that the protocol does not have.
absl::StatusOr<evidence::HandoverPiece> FromProto(v1::FetchProofResponse response);
v1::ProofRequest ToProto(const ledger::ProofRequest& request);
v1::AskedProof ToProto(const partners::AskedProof& asked);
v1::PartnerProof ToProto(const partners::KeptProof& kept, size_t number);

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_CONVERT_H_
