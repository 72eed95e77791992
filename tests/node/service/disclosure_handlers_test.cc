#include "node/service/disclosure_handlers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "node/ledger/disclosure_rows.h"
#include "node/service/convert.h"
#include "node/service/node_handlers.h"
#include "node/service/partner_handlers.h"
#include "node/service/shop_handlers.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPhone[] = "0812-3456-7890";
constexpr char kInvoice[] = "Invoice 17, 4,500,000 rupiah\n";
const Actor kManager{"user:m", Roles{Role::kManager}};
const Actor kStaff{"user:s", Roles{Role::kStaff}};

class DisclosureHandlersTest : public ::testing::Test {
 protected:
  DisclosureHandlersTest() {
    circle_.PairAll();
    auto view = a_->ledger().Add(a_.Caller(), DepositUnsettled(kPhone));
    incident_ = view->incident.id.hex();
    auto upload =
        a_->proofs().Begin(a_.Caller(), {view->incident.id, evidence::ProofKind::kInvoice, "scan"});
    EXPECT_TRUE((*upload)->Append(crypto::AsBytes(kInvoice)).ok());
    EXPECT_TRUE((*upload)->Finish().ok());
    EXPECT_TRUE(a_->ledger().Publish(a_.Caller(), view->incident.id).ok());
    circle_.Settle();
    check::Question question;
    question.identifiers = {::daftar::testing::Phone(kPhone)};
    EXPECT_TRUE(b_->checker().Check(b_.Caller(), question).ok());
  }
  absl::StatusOr<v1::AskForProofResponse> Ask() {
    v1::AskForProofRequest request;
    request.set_request_id("r" + std::to_string(++requests_));
    request.set_partner(a_.origin());
    request.set_log_index(2);
    request.add_identifiers()->set_phone(kPhone);
    request.set_because("a large order");
    return asker_.AskForProof(kManager, request);
  }
  v1::ProofRequest OnlyRequest(bool all = false) {
    v1::ListProofRequestsRequest request;
    request.set_all(all);
    const auto listed = issuer_.ListProofRequests(kManager, request);
    EXPECT_TRUE(listed.ok() && listed->requests_size() == 1) << listed.status();
    return listed.ok() && listed->requests_size() == 1 ? listed->requests(0) : v1::ProofRequest();
  }

  SimCircle circle_;
  SimNode& a_ = circle_.Add("toko-a.test");
  SimNode& b_ = circle_.Add("toko-b.test");
  DisclosureHandlers issuer_{*a_};
  DisclosureHandlers asker_{*b_};
  ShopHandlers shop_{*a_};
  std::string incident_;
  int requests_ = 0;
};

TEST_F(DisclosureHandlersTest, AskDiscloseFetchAndRead) {
  const auto asked = Ask();
  DAFTAR_ASSERT_OK(asked);
  EXPECT_EQ(asked->asked().state(), "waiting");
  v1::DiscloseProofRequest disclose;
  disclose.set_request_id("d1");
  disclose.set_id(OnlyRequest().id());
  disclose.set_because("they decide about a large order");
  const auto disclosed = issuer_.DiscloseProof(kManager, disclose);
  DAFTAR_ASSERT_OK(disclosed);
  EXPECT_EQ(disclosed->request().state(), "disclosed");
  EXPECT_EQ(disclosed->request().decided_by(), "user:m");
  v1::FetchAskedProofRequest fetch;
  fetch.set_id(asked->asked().id());
  const auto fetched = asker_.FetchAskedProof(kManager, fetch);
  DAFTAR_ASSERT_OK(fetched);
  EXPECT_EQ(fetched->asked().state(), "fetched");
  ASSERT_EQ(fetched->asked().files_size(), 1);
  EXPECT_EQ(fetched->asked().files(0).kind(), "invoice");
  EXPECT_EQ(fetched->asked().files(0).media_type(), "text/plain");
  v1::GetPartnerProofRequest get;
  get.set_id(asked->asked().id());
  get.set_number(1);
  std::string content;
  DAFTAR_ASSERT_OK(
      asker_.GetPartnerProof(kManager, get, [&](const v1::GetPartnerProofResponse& message) {
        content += message.chunk();
        return true;
      }));
  EXPECT_EQ(content, kInvoice);
  EXPECT_EQ(asker_.ListAskedProof(kManager, {})->asked_size(), 1);
  EXPECT_THAT(asker_.FetchAskedProof(kManager, {}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(DisclosureHandlersTest, AnIncidentTellsStaffThatProofWasAskedForAndNotByWhom) {
  DAFTAR_ASSERT_OK(Ask());
  v1::GetIncidentRequest request;
  request.set_id(incident_);
  const auto manager = shop_.GetIncident(kManager, request);
  DAFTAR_ASSERT_OK(manager);
  ASSERT_EQ(manager->incident().proof_requests_size(), 1);
  EXPECT_EQ(manager->incident().proof_requests(0).partner(), "toko-b.test");
  EXPECT_EQ(manager->incident().proof_requests(0).why(), "a large order");
  const auto staff = shop_.GetIncident(kStaff, request);
  DAFTAR_ASSERT_OK(staff);
  ASSERT_EQ(staff->incident().proof_requests_size(), 1);
  EXPECT_EQ(staff->incident().proof_requests(0).partner(), "");
  EXPECT_EQ(staff->incident().proof_requests(0).why(), "");
  v1::RefuseProofRequest refuse;
  refuse.set_request_id("d1");
  refuse.set_id(OnlyRequest().id());
  refuse.set_because("toko-b.test asks for too much");
  DAFTAR_ASSERT_OK(issuer_.RefuseProof(kManager, refuse));
  EXPECT_EQ(shop_.GetIncident(kManager, request)->incident().proof_requests(0).because(),
            refuse.because());
  EXPECT_EQ(shop_.GetIncident(kStaff, request)->incident().proof_requests(0).because(), "");
}

TEST_F(DisclosureHandlersTest, SuspendingAPartnerEndsItsRequestsAtOnce) {
  DAFTAR_ASSERT_OK(Ask());
  Users users(a_->store(), a_->vault(), a_->clock(), a_->entropy());
  NodeHandlers nodes(*a_, users);
  v1::SuspendPartnerRequest suspend;
  suspend.set_request_id("s1");
  suspend.set_origin(b_.origin());
  suspend.set_because("in doubt");
  DAFTAR_ASSERT_OK(nodes.SuspendPartner(Actor{"user:o", Roles{Role::kOperator}}, suspend));
  EXPECT_EQ(OnlyRequest(true).state(), "lapsed");
}

TEST_F(DisclosureHandlersTest, APartnersCallsAreRefusedToStrangersAndWhenMalformed) {
  PartnerHandlers partner(*a_);
  const PeerCertificate stranger{{}, "", a_->clock().Now().seconds() + 1000};
  const auto send = [](const v1::FetchProofResponse&) { return true; };
  const auto stays = [] { return false; };
  const auto unknown = StatusIs(absl::StatusCode::kUnauthenticated);
  EXPECT_THAT(partner.OpenProofRequest(stranger, {}), unknown);
  EXPECT_THAT(partner.RequestProof(stranger, {}), unknown);
  EXPECT_THAT(partner.FetchProof(stranger, {}, send, stays), unknown);
  const PeerCertificate known{b_->keys().tls.pin, "", a_->clock().Now().seconds() + 1000};
  EXPECT_THAT(partner.RequestProof(known, {}), StatusIs(absl::StatusCode::kInvalidArgument));
  v1::FetchProofRequest fetch;
  EXPECT_THAT(partner.FetchProof(known, fetch, send, stays),
              StatusIs(absl::StatusCode::kInvalidArgument));
  fetch.set_request(std::string(16, 'x'));
  EXPECT_THAT(partner.FetchProof(known, fetch, send, stays),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(partner.OpenProofRequest(known, {})->nonce().size(), 32u);
}

TEST_F(DisclosureHandlersTest, APartnersCallsAreTakenAtAPace) {
  PartnerHandlers port(*a_);
  const PeerCertificate peer{b_->keys().tls.pin, "", a_->clock().Now().seconds() + 3600};
  const auto fetch = [&] {
    return port.FetchProof(
        peer, {}, [](const v1::FetchProofResponse&) { return true; }, [] { return false; });
  };
  const auto malformed = StatusIs(absl::StatusCode::kInvalidArgument);
  const auto exhausted = StatusIs(absl::StatusCode::kResourceExhausted);
  for (int call = 0; call < kMaxProofAsksPerMinute; ++call) {
    EXPECT_THAT(port.RequestProof(peer, {}), malformed);
  }
  EXPECT_THAT(port.RequestProof(peer, {}), exhausted);
  EXPECT_THAT(port.OpenProofRequest(peer, {}), exhausted);
  for (int call = 0; call < kMaxProofFetchesPerMinute; ++call) EXPECT_THAT(fetch(), malformed);
  EXPECT_THAT(fetch(), exhausted);
  circle_.clock().Advance(60);
  EXPECT_THAT(port.RequestProof(peer, {}), malformed);
  EXPECT_THAT(fetch(), malformed);
}

TEST_F(DisclosureHandlersTest, StatusSaysHowManyRequestsWaitAndForHowLong) {
  Users users(a_->store(), a_->vault(), a_->clock(), a_->entropy());
  NodeHandlers nodes(*a_, users);
  const auto notices = [&] {
    auto status = nodes.GetStatus(kStaff, {});
    EXPECT_TRUE(status.ok());
    std::string all;
    for (const std::string& notice : status->notices()) all += notice + "\n";
    return all;
  };
  EXPECT_THAT(notices(), Not(HasSubstr("proof")));
  DAFTAR_ASSERT_OK(Ask());
  circle_.clock().Advance(3 * 86'400);
  EXPECT_THAT(notices(), HasSubstr("1 request of a partner's for proof waits for a manager to "
                                   "decide, the oldest for 3 days: `daftar proof requests`."));
  v1::RefuseProofRequest refuse;
  refuse.set_request_id("d1");
  refuse.set_id(OnlyRequest().id());
  refuse.set_because("no need");
  DAFTAR_ASSERT_OK(issuer_.RefuseProof(kManager, refuse));
  EXPECT_THAT(notices(), Not(HasSubstr("proof")));
}

TEST_F(DisclosureHandlersTest, AListOfWhatWasAskedForFitsIntoAMessage) {
  storage::Batch batch;
  for (size_t i = 0; i < partners::kMaxAskedProof; ++i) {
    partners::AskedProof asked;
    asked.id.data()[0] = static_cast<uint8_t>(i);
    asked.id.data()[1] = static_cast<uint8_t>(i >> 8);
    asked.issuer = "toko-a.test";
    asked.asked_at = asked.since = {static_cast<int64_t>(1'793'491'200'000 + i)};
    asked.state = partners::AskedProofState::kFetched;
    asked.files.resize(evidence::kMaxProofFiles);
    for (partners::KeptProof& kept : asked.files) {
      kept.what.kind = evidence::ProofKind::kDeliveryNote;
      kept.what.media = evidence::MediaType::kPdf;
    }
    batch.Put(storage::Column::kAskedProof, asked.Key(),
              b_->vault().Seal(storage::Column::kAskedProof, asked.Key(), asked.Encode()));
  }
  DAFTAR_ASSERT_OK(b_->store().Write(std::move(batch)));
  const auto listed = asker_.ListAskedProof(kManager, {});
  DAFTAR_ASSERT_OK(listed);
  EXPECT_LT(listed->ByteSizeLong(), size_t{4} << 20);
  ASSERT_EQ(listed->asked_size(), static_cast<int>(partners::kMaxAskedProof));
  EXPECT_EQ(listed->asked().begin()->files_size(), static_cast<int>(evidence::kMaxProofFiles));
  EXPECT_EQ(listed->asked().rbegin()->files_size(), 0);  // of the oldest
  EXPECT_EQ(listed->asked().rbegin()->state(), "fetched");
}

TEST_F(DisclosureHandlersTest, APageOfRequestsEndsBeforeItGetsTooLarge) {
  constexpr size_t kRequests = 1000;
  namespace rows = ledger::rows;
  storage::Batch batch;
  const auto incident = ledger::IncidentId::FromHexText(incident_);
  for (size_t i = 0; i < kRequests; ++i) {
    ledger::ProofRequest request;
    request.id.data()[0] = static_cast<uint8_t>(i);
    request.id.data()[1] = static_cast<uint8_t>(i >> 8);
    request.incident = *incident;
    request.partner = "toko-b.test";
    request.asked_at = {static_cast<int64_t>(1'793'491'200'000 + i)};
    request.state = ledger::ProofRequestState::kDisclosed;
    request.files.resize(evidence::kMaxProofFiles);
    const crypto::Bytes key = rows::RequestKey(*incident, request.id);
    constexpr auto kColumn = storage::Column::kProofRequests;
    batch.Put(kColumn, key, a_->vault().Seal(kColumn, key, rows::Encode(request)));
    batch.Put(kColumn, rows::RequestIdKey(request.id), crypto::ToBytes(incident->view()));
    batch.Put(kColumn, rows::RequestTimeKey(request.asked_at, request.id),
              crypto::ToBytes(incident->view()));
  }
  DAFTAR_ASSERT_OK(a_->store().Write(std::move(batch)));
  std::set<std::string> seen;
  v1::ListProofRequestsRequest ask;
  ask.set_all(true);
  ask.set_page_size(kRequests);
  int pages = 0;
  do {
    const auto page = issuer_.ListProofRequests(kManager, ask);
    DAFTAR_ASSERT_OK(page);
    EXPECT_LT(page->ByteSizeLong(), size_t{4} << 20);
    ASSERT_GT(page->requests_size(), 0);
    for (const auto& request : page->requests()) EXPECT_TRUE(seen.insert(request.id()).second);
    ask.set_page_token(page->next_page_token());
    ++pages;
  } while (!ask.page_token().empty());
  EXPECT_GT(pages, 1);
  EXPECT_EQ(seen.size(), kRequests);
}

TEST(HandoverOnTheWire, MalformedPiecesAreRefused) {
  EXPECT_FALSE(FromProto(v1::FetchProofResponse()).ok());
  v1::FetchProofResponse start;
  start.mutable_start();
  EXPECT_FALSE(FromProto(start).ok());  // no state
  start.mutable_start()->set_state(v1::HANDOVER_STATE_DISCLOSED);
  EXPECT_TRUE(FromProto(start).ok());
  start.mutable_start()->add_leaves("short");
  EXPECT_FALSE(FromProto(start).ok());
  start.mutable_start()->clear_leaves();
  for (int i = 0; i < 65; ++i) start.mutable_start()->add_leaves(std::string(32, 'x'));
  EXPECT_FALSE(FromProto(start).ok());
  const evidence::HandedFile file{
      evidence::ProofKind::kInvoice, evidence::MediaType::kText, 5, {}, {}};
  const v1::FetchProofResponse good = ToProto(evidence::HandoverPiece(file));
  EXPECT_TRUE(FromProto(good).ok());
  for (const auto& spoil : std::initializer_list<void (*)(v1::HandedFile&)>{
           [](v1::HandedFile& f) { f.set_kind(8); }, [](v1::HandedFile& f) { f.set_media(0); },
           [](v1::HandedFile& f) { f.set_media(257); }, [](v1::HandedFile& f) { f.set_salt("x"); },
           [](v1::HandedFile& f) { f.set_digest("x"); }}) {
    v1::FetchProofResponse bad = good;
    spoil(*bad.mutable_file());
    EXPECT_FALSE(FromProto(bad).ok());
  }
}

}  // namespace
}  // namespace daftar::service
