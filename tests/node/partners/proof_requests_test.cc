#include "node/partners/proof_requests.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "node/ledger/incident_rows.h"
#include "storage/requests.h"
#include "tests/node/partners/proof_fixture.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::Phone;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ledger::ProofRequestState;
using ::testing::HasSubstr;
using testing::kDay;
using testing::kInvoice;
using testing::kIssuer;
using testing::kPhone;
using testing::kReminder;
using testing::kReport;
using ::testing::Not;

class ProofRequestsTest : public testing::ProofTest {};

TEST_F(ProofRequestsTest, WhatAManagerDisclosesArrivesWholeAndIsOnBothRecords) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  EXPECT_EQ(asked->state, AskedProofState::kWaiting);
  EXPECT_EQ(b_->proof_requests().Fetch(asked->id)->state, AskedProofState::kWaiting);
  const auto waiting = a_->disclosures().Get(Waiting());
  EXPECT_EQ(waiting->partner, "toko-b.test");
  EXPECT_EQ(waiting->incident, incident_);
  EXPECT_EQ(waiting->why, "a large order");
  circle_.clock().Advance(3600);
  Disclose();
  auto fetched = b_->proof_requests().Fetch(asked->id);
  DAFTAR_ASSERT_OK(fetched);
  EXPECT_EQ(fetched->state, AskedProofState::kFetched);
  ASSERT_EQ(fetched->files.size(), 2u);
  EXPECT_EQ(fetched->withheld, 0u);
  EXPECT_EQ(fetched->files[0].what.kind, evidence::ProofKind::kInvoice);
  EXPECT_EQ(fetched->files[0].what.media, evidence::MediaType::kText);
  EXPECT_EQ(Content(b_, asked->id, 1), kInvoice);
  EXPECT_EQ(Content(b_, asked->id, 2), kReminder);
  const auto about = ledger::RequestsAbout(a_->store(), a_->vault(), incident_);
  DAFTAR_ASSERT_OK(about);
  ASSERT_EQ(about->size(), 1u);
  EXPECT_EQ((*about)[0].state, ProofRequestState::kDisclosed);
  EXPECT_EQ((*about)[0].fetched.size(), 1u);
  EXPECT_EQ((*about)[0].files.size(), 2u);
  EXPECT_EQ(Recorded(a_, "proof.request"), 1u);
  EXPECT_EQ(Recorded(a_, "proof.disclose"), 2u);  // one for each file
  EXPECT_EQ(Recorded(a_, "proof.fetch"), 1u);
  EXPECT_EQ(Recorded(b_, "proof.ask"), 1u);
  EXPECT_EQ(Recorded(b_, "proof.receive"), 1u);
  EXPECT_EQ(Recorded(b_, "proof.read"), 2u);
}

TEST_F(ProofRequestsTest, OneOfTwoFilesStillProvesTheRoot) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  EXPECT_THAT(a_->disclosures().Disclose(a_.Caller(), Waiting(), {3}, "because"),
              StatusIs(absl::StatusCode::kNotFound));
  Disclose({2});
  auto fetched = b_->proof_requests().Fetch(asked->id);
  DAFTAR_ASSERT_OK(fetched);
  ASSERT_EQ(fetched->files.size(), 1u);
  EXPECT_EQ(fetched->withheld, 1u);
  EXPECT_EQ(Content(b_, asked->id, 1), kReminder);
}

TEST_F(ProofRequestsTest, ARefusalIsTold) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  const auto caller = a_.Caller();
  const auto id = Waiting();
  EXPECT_THAT(a_->disclosures().Refuse(caller, id, ""),
              StatusIs(absl::StatusCode::kInvalidArgument));
  DAFTAR_ASSERT_OK(a_->disclosures().Refuse(caller, id, "no need"));
  DAFTAR_ASSERT_OK(a_->disclosures().Refuse(caller, id, "no need"));  // the same again
  EXPECT_EQ(Recorded(a_, "proof.refuse"), 1u);
  EXPECT_THAT(a_->disclosures().Disclose(a_.Caller(), id, {}, "after all"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(b_->proof_requests().Fetch(asked->id)->state, AskedProofState::kRefused);
  // What ended may be asked for anew.
  DAFTAR_ASSERT_OK(Ask(b_));
}

TEST_F(ProofRequestsTest, OnlyWhoOpenedTheReportCanAsk) {
  EXPECT_THAT(Ask(b_, "0812-9999-7001"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(Recorded(b_, "proof.ask"), 0u);
  circle_.faults.alter_request = [](const std::string&, ProofCall& call) {
    call.mac.data()[0] ^= 1;
  };
  EXPECT_THAT(Ask(b_), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_TRUE(a_->disclosures().List(false, 10, {})->requests.empty());
  // That it was asked, the issuer has heard: it stays on the record.
  EXPECT_EQ(Recorded(b_, "proof.ask"), 1u);
  EXPECT_TRUE(b_->proof_requests().List()->empty());
}

TEST_F(ProofRequestsTest, ANonceIsGoodOnceForOnePartnerAndReportAndFiveMinutes) {
  ledger::Disclosures& issuer = a_->disclosures();
  const auto denied = StatusIs(absl::StatusCode::kPermissionDenied);
  auto nonce = issuer.Open("toko-b.test", kReport);
  DAFTAR_ASSERT_OK(nonce);
  // Another partner's.
  EXPECT_THAT(issuer.Request("toko-c.test", kReport, *nonce, MacOf("toko-c.test", *nonce), ""),
              denied);
  const auto id = issuer.Request("toko-b.test", kReport, *nonce, MacOf("toko-b.test", *nonce), "");
  DAFTAR_ASSERT_OK(id);
  // Used.
  EXPECT_THAT(issuer.Request("toko-b.test", kReport, *nonce, MacOf("toko-b.test", *nonce), ""),
              denied);
  // Of another report.
  nonce = issuer.Open("toko-b.test", kReport + 1);
  EXPECT_THAT(issuer.Request("toko-b.test", kReport, *nonce, MacOf("toko-b.test", *nonce), ""),
              denied);
  // Late.
  nonce = issuer.Open("toko-b.test", kReport);
  circle_.clock().Advance(ledger::kNonceMillis / 1000);
  EXPECT_THAT(issuer.Request("toko-b.test", kReport, *nonce, MacOf("toko-b.test", *nonce), ""),
              denied);
  // A report has one request of a partner at a time.
  nonce = issuer.Open("toko-b.test", kReport);
  EXPECT_EQ(*issuer.Request("toko-b.test", kReport, *nonce, MacOf("toko-b.test", *nonce), ""), *id);
  for (size_t i = 0; i < ledger::kMaxOpenNonces; ++i) {
    DAFTAR_ASSERT_OK(issuer.Open("toko-c.test", 99));
  }
  EXPECT_THAT(issuer.Open("toko-c.test", 99), StatusIs(absl::StatusCode::kResourceExhausted));
  DAFTAR_ASSERT_OK(issuer.Open("toko-b.test", 99));
}

TEST_F(ProofRequestsTest, ARequestIsOfThePartnerThatMadeIt) {
  DAFTAR_ASSERT_OK(Ask(b_));
  Disclose();
  const auto send = [](evidence::HandoverPiece) { return true; };
  EXPECT_THAT(a_->disclosures().Fetch("toko-c.test", Waiting(), send),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(a_->disclosures().Fetch("toko-c.test", evidence::ProofRequestId(), send),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(ProofRequestsTest, BothNodesRestartInBetween) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  for (SimNode* node : {&a_, &b_}) {
    node->Stop();
    node->Start();
  }
  circle_.Settle();
  Disclose();
  for (SimNode* node : {&a_, &b_}) {
    node->Stop();
    node->Start();
  }
  circle_.Settle();
  b_->proof_requests().FetchAll();
  EXPECT_EQ(b_->proof_requests().Get(asked->id)->state, AskedProofState::kFetched);
  EXPECT_EQ(Content(b_, asked->id, 1), kInvoice);
}

TEST_F(ProofRequestsTest, NobodyDecidesForTwoWeeks) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  const auto id = Waiting();
  circle_.clock().Advance(14 * kDay - 1);
  EXPECT_EQ(*a_->disclosures().Sweep(), 0u);
  circle_.clock().Advance(1);
  EXPECT_THAT(a_->disclosures().Disclose(a_.Caller(), id, {}, "late"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(*a_->disclosures().Sweep(), 1u);
  EXPECT_EQ(a_->disclosures().Get(id)->state, ProofRequestState::kLapsed);
  EXPECT_EQ(Recorded(a_, "proof.lapse"), 1u);
  EXPECT_EQ(b_->proof_requests().Fetch(asked->id)->state, AskedProofState::kLapsed);
}

TEST_F(ProofRequestsTest, AnIssuerThatFallsSilentKeepsNothingWaiting) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  a_.Stop();
  EXPECT_THAT(b_->proof_requests().Fetch(asked->id), StatusIs(absl::StatusCode::kUnavailable));
  circle_.clock().Advance(21 * kDay - 1);
  EXPECT_EQ(*b_->proof_requests().Sweep(), 0u);
  circle_.clock().Advance(1);
  EXPECT_EQ(*b_->proof_requests().Sweep(), 1u);
  EXPECT_EQ(b_->proof_requests().Get(asked->id)->state, AskedProofState::kLapsed);
  circle_.clock().Advance(90 * kDay);
  EXPECT_EQ(*b_->proof_requests().Sweep(), 1u);
  EXPECT_TRUE(b_->proof_requests().List()->empty());
}

TEST_F(ProofRequestsTest, ASuspendedPartnersRequestsLapse) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  const auto id = Waiting();
  using partners::PartnerStatus;
  DAFTAR_ASSERT_OK(
      a_->registry().SetStatus(a_.Caller(), "toko-b.test", PartnerStatus::kSuspended, "in doubt"));
  EXPECT_THAT(b_->proof_requests().Fetch(asked->id), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(a_->disclosures().Disclose(a_.Caller(), id, {}, "still"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(*a_->disclosures().Sweep(), 1u);
  // Back again, it has to ask anew.
  DAFTAR_ASSERT_OK(
      a_->registry().SetStatus(a_.Caller(), "toko-b.test", PartnerStatus::kActive, "settled"));
  EXPECT_EQ(b_->proof_requests().Fetch(asked->id)->state, AskedProofState::kLapsed);
}

TEST_F(ProofRequestsTest, AWithdrawnReportEndsItsRequests) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  Disclose();
  DAFTAR_ASSERT_OK(a_->ledger().Withdraw(a_.Caller(), incident_,
                                         evidence::WithdrawalGround::kMistake, "wrong person"));
  EXPECT_EQ(b_->proof_requests().Fetch(asked->id)->state, AskedProofState::kLapsed);
  EXPECT_THAT(Ask(b_), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(*a_->disclosures().Sweep(), 1u);
}

TEST_F(ProofRequestsTest, ErasingTheReportErasesEverythingButTheRecord) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  Disclose();
  DAFTAR_ASSERT_OK(b_->proof_requests().Fetch(asked->id));
  EXPECT_EQ(FilesOf(b_), 2u);
  DAFTAR_ASSERT_OK(
      a_->ledger().Erase(a_.Caller(), incident_, evidence::ErasureGround::kRequest, "asked for"));
  circle_.Settle();
  // Before any sweep: the partner has cosigned the erasure.
  EXPECT_THAT(b_->proof_requests().Read(
                  "uid:0", asked->id, 1, [](const KeptProof&) { return true; },
                  [](crypto::ByteView) { return true; }),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_TRUE(b_->proof_requests().List()->empty());
  EXPECT_EQ(FilesOf(b_), 0u);
  EXPECT_EQ(*b_->proof_requests().Sweep(), 0u);
  circle_.Settle();  // the issuer scrubs after the ERASURE is out
  EXPECT_TRUE(ledger::RequestsAbout(a_->store(), a_->vault(), incident_)->empty());
  EXPECT_TRUE(a_->disclosures().List(false, 10, {})->requests.empty());
  size_t rows = 0;
  DAFTAR_ASSERT_OK(
      a_->store().Scan(storage::Column::kProofRequests, {}, {},
                       [&](crypto::ByteView, crypto::ByteView) { return ++rows > 0; }));
  EXPECT_EQ(rows, 0u);
  EXPECT_EQ(Recorded(a_, "proof.disclose"), 2u);
  EXPECT_THAT(Ask(b_), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ProofRequestsTest, OneProofIsAskedForOnceAtATime) {
  const identity::Identifier buyer = Phone(kPhone);
  const auto caller = b_.Caller();
  const auto ask = [&](const storage::Caller& who, const std::string& because) {
    return b_->proof_requests().Ask(who, kIssuer, kReport, std::span(&buyer, 1), because);
  };
  EXPECT_THAT(ask(b_.Caller(), "two\nlines"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ask(b_.Caller(), std::string(201, 'x')),
              StatusIs(absl::StatusCode::kInvalidArgument));
  const auto first = ask(caller, "because");
  DAFTAR_ASSERT_OK(first);
  EXPECT_EQ(ask(caller, "because")->id, first->id);  // the same request again
  EXPECT_THAT(ask(b_.Caller(), "because"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_EQ(a_->disclosures().List(true, 10, {})->requests.size(), 1u);
}

TEST_F(ProofRequestsTest, AClockInDoubtHoldsBackOnlyWhatTimeDecides) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  circle_.clock().Advance(14 * kDay);
  DoubtTheIssuersClock();
  EXPECT_EQ(*a_->disclosures().Sweep(), 0u);
  circle_.clock().Advance(7 * kDay);
  EXPECT_EQ(*b_->proof_requests().Sweep(true), 0u);
  EXPECT_EQ(b_->proof_requests().Get(asked->id)->state, AskedProofState::kWaiting);
  using partners::PartnerStatus;
  DAFTAR_ASSERT_OK(
      a_->registry().SetStatus(a_.Caller(), "toko-b.test", PartnerStatus::kSuspended, "in doubt"));
  DoubtTheIssuersClock();
  EXPECT_EQ(*a_->disclosures().Sweep(), 1u);
}

TEST_F(ProofRequestsTest, AClockInDoubtEndsNoRequestThatIsUsed) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  circle_.clock().Advance(14 * kDay);
  DoubtTheIssuersClock();
  EXPECT_EQ(b_->proof_requests().Fetch(asked->id)->state, AskedProofState::kWaiting);
  auto nonce = a_->disclosures().Open("toko-b.test", kReport);
  DAFTAR_ASSERT_OK(nonce);
  const auto id = Waiting();
  EXPECT_EQ(*a_->disclosures().Request("toko-b.test", kReport, *nonce, MacOf("toko-b.test", *nonce),
                                       "again"),
            id);
  Disclose();
  circle_.clock().Advance(7 * kDay);
  DoubtTheIssuersClock();
  EXPECT_EQ(b_->proof_requests().Fetch(asked->id)->state, AskedProofState::kFetched);
}

TEST_F(ProofRequestsTest, AClockInDoubtStillErases) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  Disclose();
  DAFTAR_ASSERT_OK(b_->proof_requests().Fetch(asked->id));
  circle_.clock().Advance(30 * kDay);
  EXPECT_EQ(*b_->proof_requests().Sweep(true), 0u);
  EXPECT_EQ(FilesOf(b_), 2u);
  DAFTAR_ASSERT_OK(
      a_->ledger().Erase(a_.Caller(), incident_, evidence::ErasureGround::kRequest, "asked for"));
  circle_.Settle();
  EXPECT_EQ(FilesOf(b_), 0u);
}

TEST_F(ProofRequestsTest, ASweepErasesWhatTheCopyLostByItself) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  Disclose();
  DAFTAR_ASSERT_OK(b_->proof_requests().Fetch(asked->id));
  DeleteTheBody();
  EXPECT_EQ(*b_->proof_requests().Sweep(true), 1u);
  EXPECT_EQ(FilesOf(b_), 0u);
}

TEST_F(ProofRequestsTest, UpkeepEndsWhatTimeHasEndedOnBothSides) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  const auto id = Waiting();
  circle_.clock().Advance(21 * kDay);
  a_->Upkeep();
  EXPECT_EQ(a_->disclosures().Get(id)->state, ProofRequestState::kLapsed);
  b_->Upkeep();
  EXPECT_EQ(b_->proof_requests().Get(asked->id)->state, AskedProofState::kLapsed);
  EXPECT_EQ(a_->trouble().handovers, "");
  for (SimNode* node : {&a_, &b_}) {
    storage::Batch batch;
    batch.Put(storage::Column::kAskedProof, crypto::Bytes(AskedProofId::kSize, 0),
              crypto::ToBytes("damaged"));
    DAFTAR_ASSERT_OK((*node)->store().Write(std::move(batch)));
    (*node)->Upkeep();
    EXPECT_NE((*node)->trouble().handovers, "");
  }
}

TEST_F(ProofRequestsTest, AnIssuersRowThatCannotBeReadKeepsNoOtherFromEnding) {
  DAFTAR_ASSERT_OK(Ask(b_));
  const auto damaged = Waiting();
  storage::Batch batch;
  batch.Put(storage::Column::kProofRequests, ledger::rows::RequestKey(incident_, damaged),
            crypto::ToBytes("damaged"));
  DAFTAR_ASSERT_OK(a_->store().Write(std::move(batch)));
  auto other = Ask(c_);
  DAFTAR_ASSERT_OK(other);
  auto nonce = a_->disclosures().Open("toko-b.test", kReport);
  DAFTAR_ASSERT_OK(nonce);
  DAFTAR_EXPECT_OK(a_->disclosures().Request("toko-b.test", kReport, *nonce,
                                             MacOf("toko-b.test", *nonce), "again"));
  EXPECT_EQ(a_->disclosures().Waiting()->count, 2u);
  circle_.clock().Advance(14 * kDay);
  EXPECT_THAT(a_->disclosures().Sweep(), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_EQ(a_->disclosures().Waiting()->count, 0u);
  EXPECT_EQ(c_->proof_requests().Fetch(other->id)->state, AskedProofState::kLapsed);
}

TEST_F(ProofRequestsTest, AnIssuersRowThatCannotBeReadIsErasedWithItsReport) {
  DAFTAR_ASSERT_OK(Ask(b_));
  storage::Batch batch;
  batch.Put(storage::Column::kProofRequests, ledger::rows::RequestKey(incident_, Waiting()),
            crypto::ToBytes("damaged"));
  DAFTAR_ASSERT_OK(a_->store().Write(std::move(batch)));
  DAFTAR_ASSERT_OK(Ask(c_));
  DAFTAR_ASSERT_OK(
      a_->ledger().Erase(a_.Caller(), incident_, evidence::ErasureGround::kRequest, "asked for"));
  circle_.Settle();
  circle_.Settle();  // scrubs after the ERASURE is out
  EXPECT_EQ(a_->ledger().Get(incident_)->state, ledger::IncidentState::kErased);
  size_t rows = 0;
  DAFTAR_ASSERT_OK(
      a_->store().Scan(storage::Column::kProofRequests, {}, {},
                       [&](crypto::ByteView, crypto::ByteView) { return ++rows > 0; }));
  EXPECT_EQ(rows, 0u);
}

TEST_F(ProofRequestsTest, ARowThatCannotBeReadKeepsNoOtherFromBeingErased) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  for (const uint8_t id : {uint8_t{0x00}, uint8_t{0xff}}) {  // before it and after it
    storage::Batch batch;
    batch.Put(storage::Column::kAskedProof, crypto::Bytes(AskedProofId::kSize, id),
              crypto::ToBytes("damaged"));
    DAFTAR_ASSERT_OK(b_->store().Write(std::move(batch)));
  }
  DAFTAR_ASSERT_OK(
      a_->ledger().Erase(a_.Caller(), incident_, evidence::ErasureGround::kRequest, "asked for"));
  circle_.Settle();
  EXPECT_FALSE(b_->proof_requests().Sweep().ok());
  EXPECT_THAT(b_->proof_requests().Get(asked->id), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ProofRequestsTest, ARepeatIsNotToldThatItWasSentBeforeItWas) {
  const identity::Identifier buyer = Phone(kPhone);
  const auto caller = b_.Caller();
  const auto ask = [&] {
    return b_->proof_requests().Ask(caller, kIssuer, kReport, std::span(&buyer, 1), "because");
  };
  const auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  DAFTAR_ASSERT_OK(request);
  storage::Batch crash;  // puts back what stands in the database while it is being asked
  circle_.faults.alter_request = [&](const std::string&, ProofCall& call) {
    EXPECT_THAT(ask(), StatusIs(absl::StatusCode::kUnavailable));
    auto row = b_->store().Get(storage::Column::kRequests, *request);
    DAFTAR_ASSERT_OK(row);
    ASSERT_TRUE(row->has_value());
    crash.Put(storage::Column::kRequests, *request, **row);
    DAFTAR_ASSERT_OK(b_->store().Scan(
        storage::Column::kAskedProof, {}, {}, [&](crypto::ByteView key, crypto::ByteView value) {
          crash.Put(storage::Column::kAskedProof, crypto::ToBytes(key), crypto::ToBytes(value));
          return true;
        }));
    call.mac.data()[0] ^= 1;
  };
  EXPECT_THAT(ask(), StatusIs(absl::StatusCode::kPermissionDenied));
  circle_.faults.alter_request = nullptr;
  DAFTAR_ASSERT_OK(b_->store().Write(std::move(crash)));
  ASSERT_EQ(b_->proof_requests().List()->size(), 1u);
  EXPECT_EQ(b_->proof_requests().List()->front().state, AskedProofState::kAsking);
  const auto again = ask();
  DAFTAR_ASSERT_OK(again);
  EXPECT_EQ(again->state, AskedProofState::kWaiting);
  EXPECT_EQ(b_->proof_requests().List()->size(), 1u);
  EXPECT_EQ(ask()->id, again->id);
  EXPECT_EQ(a_->disclosures().List(true, 10, {})->requests.size(), 1u);
}

TEST_F(ProofRequestsTest, AnIssuerThatStopsOrErasesMeanwhileIsNotMarked) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  const auto id = Waiting();
  const auto stopping = [](evidence::HandoverPiece) { return false; };
  EXPECT_THAT(a_->disclosures().Fetch("toko-b.test", id, stopping),
              StatusIs(absl::StatusCode::kCancelled));
  Disclose();
  EXPECT_THAT(a_->disclosures().Fetch("toko-b.test", id, stopping),
              StatusIs(absl::StatusCode::kCancelled));
  // Between two files.
  circle_.faults.alter_proof = [&](const std::string&, evidence::HandoverPiece& piece) {
    const auto* chunk = std::get_if<crypto::Bytes>(&piece);
    if (chunk == nullptr) return;
    DAFTAR_ASSERT_OK(a_->registry().SetStatus(a_.Caller(), "toko-b.test", PartnerStatus::kSuspended,
                                              "in doubt"));
  };
  EXPECT_THAT(b_->proof_requests().Fetch(asked->id), StatusIs(absl::StatusCode::kPermissionDenied));
  circle_.faults.alter_proof = nullptr;
  DAFTAR_ASSERT_OK(
      a_->registry().SetStatus(a_.Caller(), "toko-b.test", PartnerStatus::kActive, "settled"));
  // Before the first.
  storage::Batch erase;
  erase.Delete(storage::Column::kIncidents, ledger::rows::ProofsKey(incident_));
  DAFTAR_ASSERT_OK(a_->store().Write(std::move(erase)));
  EXPECT_THAT(b_->proof_requests().Fetch(asked->id), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(b_->proof_requests().Get(asked->id)->state, AskedProofState::kWaiting);
  EXPECT_EQ(FilesOf(b_), 0u);
  EXPECT_THAT(b_->followers().MirrorOf(kIssuer)->View().trouble,
              Not(HasSubstr("proof to which its reports do not commit")));
}

TEST_F(ProofRequestsTest, AReportWithoutProofIsNotAskedAbout) {
  auto view = a_->ledger().Add(a_.Caller(), DepositUnsettled("0812-3456-0001"));
  DAFTAR_ASSERT_OK(a_->ledger().Publish(a_.Caller(), view->incident.id));
  circle_.Settle();
  check::Question question;
  question.identifiers = {Phone("0812-3456-0001")};
  DAFTAR_ASSERT_OK(b_->checker().Check(b_.Caller(), question));
  const identity::Identifier buyer = Phone("0812-3456-0001");
  EXPECT_THAT(
      b_->proof_requests().Ask(b_.Caller(), kIssuer, kReport + 1, std::span(&buyer, 1), "because"),
      StatusIs(absl::StatusCode::kFailedPrecondition));
}

}  // namespace
}  // namespace daftar::partners
