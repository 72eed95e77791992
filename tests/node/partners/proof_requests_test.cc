#include "node/partners/proof_requests.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "node/ledger/disclosure_rows.h"
#include "node/ledger/incident_rows.h"
#include "storage/audit.h"
#include "storage/requests.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::IsOk;
using ::daftar::testing::Phone;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ledger::ProofRequestState;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPhone[] = "0812-3456-7890";
constexpr char kIssuer[] = "toko-a.test";
constexpr char kInvoice[] = "Invoice 17, 4,500,000 rupiah\n";
constexpr char kReminder[] = "Please pay the rest by Friday\n";
constexpr int64_t kDay = 86'400;
constexpr uint64_t kReport = 2;  // after KEYS and CHARTER

// Toko A has reported a buyer with two files of proof; toko B has found the report.
class ProofRequestsTest : public ::testing::Test {
 protected:
  ProofRequestsTest() {
    circle_.PairAll();
    auto view = a_->ledger().Add(a_.Caller(), DepositUnsettled(kPhone));
    EXPECT_THAT(view, IsOk());
    incident_ = view->incident.id;
    Attach(evidence::ProofKind::kInvoice, kInvoice);
    Attach(evidence::ProofKind::kReminder, kReminder);
    EXPECT_THAT(a_->ledger().Publish(a_.Caller(), incident_), IsOk());
    circle_.Settle();
    Check(b_);
    Check(c_);
  }
  void Attach(evidence::ProofKind kind, std::string_view text) {
    auto upload = a_->proofs().Begin(a_.Caller(), {incident_, kind, "scan"});
    DAFTAR_ASSERT_OK(upload);
    DAFTAR_ASSERT_OK((*upload)->Append(crypto::AsBytes(text)));
    DAFTAR_ASSERT_OK((*upload)->Finish());
  }
  void Check(SimNode& node) {
    check::Question question;
    question.identifiers = {Phone(kPhone)};
    EXPECT_THAT(node->checker().Check(node.Caller(), question), IsOk());
  }
  absl::StatusOr<AskedProof> Ask(SimNode& node, const std::string& phone = kPhone) {
    const identity::Identifier buyer = Phone(phone);
    return node->proof_requests().Ask(node.Caller(), kIssuer, kReport, std::span(&buyer, 1),
                                      "a large order");
  }
  // The one request that waits at the issuer.
  evidence::ProofRequestId Waiting() {
    auto page = a_->disclosures().List(true, 10, {});
    EXPECT_THAT(page, IsOk());
    EXPECT_EQ(page->requests.size(), 1u);
    return page->requests.empty() ? evidence::ProofRequestId() : page->requests[0].id;
  }
  void Disclose(const std::vector<uint32_t>& numbers = {}) {
    DAFTAR_ASSERT_OK(
        a_->disclosures().Disclose(a_.Caller(), Waiting(), numbers, "the order is large"));
  }
  std::string Content(SimNode& node, const AskedProofId& id, uint32_t number) {
    std::string content;
    EXPECT_THAT(node->proof_requests().Read(
                    "uid:0", id, number, [](const KeptProof&) { return true; },
                    [&](crypto::ByteView chunk) {
                      content += crypto::AsText(chunk);
                      return true;
                    }),
                IsOk());
    return content;
  }
  // Toko A's partners say that it is an hour later than it thinks.
  void DoubtTheIssuersClock() {
    const int64_t ahead = circle_.clock().Now().seconds() + 3600;
    for (SimNode* node : {&b_, &c_}) {
      DAFTAR_ASSERT_OK((*node)->publisher().Heartbeat(evidence::UnixMillis::OfSeconds(ahead)));
    }
    EXPECT_TRUE(Until([&] { return a_->followers().ClockInDoubt(); }));
  }
  // As the charter's period does at toko B, which waits for nobody.
  void DeleteTheBody() {
    auto issuer = b_->registry().Find(kIssuer);
    DAFTAR_ASSERT_OK(issuer);
    storage::Batch batch;
    batch.Delete(storage::Column::kLogBodies,
                 storage::LogIndexKey(static_cast<uint32_t>(issuer->log), kReport));
    DAFTAR_ASSERT_OK(b_->store().Write(std::move(batch)));
  }
  // Other threads' work, which has no event here.
  static bool Until(const std::function<bool()>& is_so) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!is_so()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }
  static size_t FilesOf(SimNode& node) {
    return static_cast<size_t>(
        std::distance(std::filesystem::directory_iterator(node.dir() / "proofs"),
                      std::filesystem::directory_iterator()));
  }
  size_t Recorded(SimNode& node, const std::string& action) {
    storage::AuditQuery query{.limit = 100};
    query.wanted = [&](const storage::AuditRow& row) { return row.action == action; };
    auto page = storage::ReadAudit(node->store(), node->vault(), query);
    EXPECT_THAT(page, IsOk());
    return page->rows.size();
  }
  // A request of toko B's own making.
  evidence::ProofMac MacOf(const std::string& asker, const evidence::ProofNonce& nonce) {
    const identity::Identifier buyer = Phone(kPhone);
    Lookup lookup(b_->store(), b_->vault(), b_->clock(), b_->entropy(), b_->charters(), b_.origin(),
                  b_->registry(), b_->followers(), b_->relays(), b_->network());
    auto key = lookup.RecordKey(kIssuer, kReport, std::span(&buyer, 1));
    EXPECT_THAT(key.status(), IsOk());
    return evidence::ProofRequestMac(*key, asker, nonce);
  }

  SimCircle circle_;
  SimNode& a_ = circle_.Add(kIssuer);
  SimNode& b_ = circle_.Add("toko-b.test");
  SimNode& c_ = circle_.Add("toko-c.test");
  ledger::IncidentId incident_;
};

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

TEST_F(ProofRequestsTest, WhatIsAlteredOnTheWayIsRefusedAsAWholeAndNoted) {
  const auto flip = [](evidence::HandoverPiece& piece, int at) {
    if (auto* start = std::get_if<evidence::HandoverStart>(&piece); start != nullptr && at == 0) {
      start->leaves.pop_back();
      start->files = 1;
    }
    if (auto* file = std::get_if<evidence::HandedFile>(&piece); file != nullptr && at == 1) {
      file->salt.data()[0] ^= 1;
    }
    if (auto* file = std::get_if<evidence::HandedFile>(&piece); file != nullptr && at == 3) {
      file->media = evidence::MediaType::kPdf;
    }
    auto* chunk = std::get_if<crypto::Bytes>(&piece);
    // The second file, when the first is here already.
    if (chunk != nullptr && at == 2 && chunk->at(0) == kReminder[0]) chunk->at(0) ^= 1;
    if (chunk != nullptr && at == 4) chunk->push_back('x');
  };
  for (int at = 0; at < 5; ++at) {
    auto asked = Ask(b_);
    DAFTAR_ASSERT_OK(asked);
    if (at == 0) Disclose();
    circle_.faults.alter_proof = [&](const std::string&, evidence::HandoverPiece& piece) {
      flip(piece, at);
    };
    EXPECT_THAT(b_->proof_requests().Fetch(asked->id), StatusIs(absl::StatusCode::kDataLoss)) << at;
    const auto after = b_->proof_requests().Get(asked->id);
    EXPECT_EQ(after->state, AskedProofState::kRejected) << at;
    EXPECT_TRUE(after->files.empty()) << at;
    EXPECT_EQ(FilesOf(b_), 0u) << at;
  }
  EXPECT_EQ(Recorded(b_, "proof.reject"), 5u);
  EXPECT_THAT(b_->followers().MirrorOf(kIssuer)->View().trouble,
              HasSubstr("proof to which its reports do not commit (5 times)"));
  circle_.faults.alter_proof = nullptr;
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  EXPECT_EQ(b_->proof_requests().Fetch(asked->id)->state, AskedProofState::kFetched);
}

TEST_F(ProofRequestsTest, AFetchThatBreaksOffBeginsAnew) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  Disclose();
  int pieces = 0;
  circle_.faults.alter_proof = [&](const std::string&, evidence::HandoverPiece&) {
    if (++pieces == 4) b_->proof_requests().Stop();  // as the daemon does
  };
  EXPECT_THAT(b_->proof_requests().Fetch(asked->id), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(FilesOf(b_), 0u);
  circle_.faults.alter_proof = nullptr;
  b_.Stop();
  b_.Start();
  circle_.Settle();
  EXPECT_EQ(b_->proof_requests().Get(asked->id)->state, AskedProofState::kWaiting);
  EXPECT_EQ(b_->proof_requests().Fetch(asked->id)->state, AskedProofState::kFetched);
  EXPECT_EQ(Content(b_, asked->id, 2), kReminder);
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

TEST_F(ProofRequestsTest, WhatIsNotFetchedWithinAWeekStays) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  const auto id = Waiting();
  Disclose();
  circle_.clock().Advance(7 * kDay);
  EXPECT_EQ(b_->proof_requests().Fetch(asked->id)->state, AskedProofState::kLapsed);
  EXPECT_EQ(*a_->disclosures().Sweep(), 1u);
  EXPECT_FALSE(a_->disclosures().Get(id)->open);
  EXPECT_EQ(a_->disclosures().Get(id)->state, ProofRequestState::kDisclosed);
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

TEST_F(ProofRequestsTest, WhatCameIsKeptForThirtyDays) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  Disclose();
  DAFTAR_ASSERT_OK(b_->proof_requests().Fetch(asked->id));
  circle_.clock().Advance(30 * kDay - 1);
  EXPECT_EQ(*b_->proof_requests().Sweep(), 0u);
  circle_.clock().Advance(1);
  EXPECT_EQ(*b_->proof_requests().Sweep(), 1u);
  EXPECT_EQ(b_->proof_requests().Get(asked->id)->state, AskedProofState::kOver);
  EXPECT_EQ(FilesOf(b_), 0u);
  EXPECT_EQ(Recorded(b_, "proof.drop"), 1u);
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

TEST_F(ProofRequestsTest, AnErasureEndsAFetchThatIsUnderWay) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  Disclose();
  bool first = true;
  circle_.faults.alter_proof = [&](const std::string&, evidence::HandoverPiece& piece) {
    if (!std::holds_alternative<crypto::Bytes>(piece) || !std::exchange(first, false)) return;
    DeleteTheBody();
    DAFTAR_ASSERT_OK(b_->proof_requests().EraseGone(kIssuer));
    EXPECT_TRUE(b_->proof_requests().List()->empty());
  };
  EXPECT_FALSE(b_->proof_requests().Fetch(asked->id).ok());
  EXPECT_TRUE(b_->proof_requests().List()->empty());
  EXPECT_EQ(FilesOf(b_), 0u);
}

// What upkeep does, and no part of a test by hand.
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

TEST_F(ProofRequestsTest, AnIssuerThatIsSlowHoldsUpNoOther) {
  // Toko C has reported the buyer too.
  auto view = c_->ledger().Add(c_.Caller(), DepositUnsettled(kPhone));
  DAFTAR_ASSERT_OK(view);
  auto upload =
      c_->proofs().Begin(c_.Caller(), {view->incident.id, evidence::ProofKind::kInvoice, "scan"});
  DAFTAR_ASSERT_OK(upload);
  DAFTAR_ASSERT_OK((*upload)->Append(crypto::AsBytes(kInvoice)));
  DAFTAR_ASSERT_OK((*upload)->Finish());
  DAFTAR_ASSERT_OK(c_->ledger().Publish(c_.Caller(), view->incident.id));
  circle_.Settle();
  Check(b_);
  const identity::Identifier buyer = Phone(kPhone);
  auto quick = b_->proof_requests().Ask(b_.Caller(), "toko-c.test", kReport, std::span(&buyer, 1),
                                        "a large order");
  DAFTAR_ASSERT_OK(quick);
  auto page = c_->disclosures().List(true, 10, {});
  DAFTAR_ASSERT_OK(page);
  DAFTAR_ASSERT_OK(c_->disclosures().Disclose(c_.Caller(), page->requests.at(0).id, {}, "yes"));
  auto slow = Ask(b_);
  DAFTAR_ASSERT_OK(slow);
  Disclose();
  std::atomic<bool> on{false};
  circle_.faults.alter_proof = [&](const std::string& from, evidence::HandoverPiece&) {
    if (from == kIssuer) Until([&] { return on.load(); });
  };
  b_->proof_requests().Start();
  EXPECT_TRUE(Until(
      [&] { return b_->proof_requests().Get(quick->id)->state == AskedProofState::kFetched; }));
  EXPECT_EQ(b_->proof_requests().Get(slow->id)->state, AskedProofState::kWaiting);
  on = true;
  EXPECT_TRUE(Until(
      [&] { return b_->proof_requests().Get(slow->id)->state == AskedProofState::kFetched; }));
  b_->proof_requests().Stop();
}

TEST_F(ProofRequestsTest, AFetchOfWhichNothingComesIsBrokenOff) {
  auto files = storage::SealedFiles::Open(
      b_->store(), b_->vault(), b_->entropy(),
      {.directory = b_.dir() / "more", .max_file_bytes = evidence::kMaxProofFileBytes});
  DAFTAR_ASSERT_OK(files);
  Lookup lookup(b_->store(), b_->vault(), b_->clock(), b_->entropy(), b_->charters(), b_.origin(),
                b_->registry(), b_->followers(), b_->relays(), b_->network());
  ProofRequests requests(b_->store(), b_->vault(), b_->clock(), b_->entropy(), **files, b_.origin(),
                         b_->registry(), b_->followers(), lookup, b_->network(),
                         {.stall = std::chrono::milliseconds(20)});
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  Disclose();
  std::atomic<int> stalled{0};
  circle_.faults.stall_proof = [&](const std::string&) { return ++stalled > 0; };
  requests.Start();
  EXPECT_TRUE(Until([&] { return stalled > 0; }));
  // By hand, once the node's own try has been given up.
  absl::Status by_hand;
  EXPECT_TRUE(Until([&] {
    by_hand = requests.Fetch(asked->id).status();
    return !absl::IsFailedPrecondition(by_hand);
  }));
  EXPECT_THAT(by_hand, StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr(kIssuer)));
  circle_.faults.stall_proof = nullptr;
  EXPECT_EQ(requests.Fetch(asked->id)->state, AskedProofState::kFetched);
  requests.Stop();
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

TEST_F(ProofRequestsTest, AFetchThatFailsRestsForLongerEachTime) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  Disclose();
  int tries = 0;
  circle_.faults.alter_proof = [&](const std::string&, evidence::HandoverPiece& piece) {
    if (std::holds_alternative<evidence::HandoverStart>(piece)) ++tries;
    // The asker's own trouble: it has no room for the file.
    std::filesystem::remove_all(b_.dir() / "proofs");
  };
  constexpr int64_t kTenMinutes = 600;
  for (int64_t since = 0; since < 5 * kDay; since += kTenMinutes) {
    b_->proof_requests().FetchAll();
    circle_.clock().Advance(kTenMinutes);
  }
  EXPECT_GT(tries, 7);
  EXPECT_LT(tries, static_cast<int>(ledger::kMaxFetches));
  EXPECT_EQ(b_->proof_requests().Get(asked->id)->state, AskedProofState::kWaiting);
  std::filesystem::create_directory(b_.dir() / "proofs");
  circle_.faults.alter_proof = nullptr;
  // By hand it is tried at once.
  EXPECT_EQ(b_->proof_requests().Fetch(asked->id)->state, AskedProofState::kFetched);
}

TEST_F(ProofRequestsTest, FilesCanBeFetchedTwentyTimes) {
  DAFTAR_ASSERT_OK(Ask(b_));
  Disclose();
  const auto id = Waiting();
  const auto send = [](evidence::HandoverPiece) { return true; };
  for (size_t i = 0; i < ledger::kMaxFetches; ++i) {
    DAFTAR_ASSERT_OK(a_->disclosures().Fetch("toko-b.test", id, send));
  }
  EXPECT_THAT(a_->disclosures().Fetch("toko-b.test", id, send),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(a_->disclosures().Get(id)->fetched.size(), ledger::kMaxFetches);
}

TEST_F(ProofRequestsTest, APartnerFetchesOneAtATime) {
  DAFTAR_ASSERT_OK(Ask(b_));
  Disclose();
  const auto id = Waiting();
  bool second = false;
  DAFTAR_ASSERT_OK(a_->disclosures().Fetch("toko-b.test", id, [&](evidence::HandoverPiece) {
    if (!std::exchange(second, true)) {
      EXPECT_THAT(
          a_->disclosures().Fetch("toko-b.test", id, [](evidence::HandoverPiece) { return true; }),
          StatusIs(absl::StatusCode::kResourceExhausted));
    }
    return true;
  }));
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
