// Fetching proof that was disclosed, and letting go of it in time.
#include <gtest/gtest.h>

#include <atomic>

#include "node/partners/proof_requests.h"
#include "storage/purge.h"
#include "tests/node/partners/proof_fixture.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::IsOkAndHolds;
using ::daftar::testing::Phone;
using ::daftar::testing::StatusIs;
using ledger::ProofRequestState;
using ::testing::HasSubstr;
using testing::kDay;
using testing::kInvoice;
using testing::kIssuer;
using testing::kPhone;
using testing::kReminder;
using testing::kReport;

class ProofFetchingTest : public testing::ProofTest {
 protected:
  // Of a node, with options of their own, beside those that it has.
  class ImpatientRequests {
   public:
    ImpatientRequests(testing::SimNode& node, ProofRequestOptions options)
        : files_(*storage::SealedFiles::Open(
              node->store(), node->vault(), node->entropy(),
              {.directory = node.dir() / "more", .max_file_bytes = evidence::kMaxProofFileBytes})),
          lookup_(node->store(), node->vault(), node->clock(), node->entropy(), node->charters(),
                  node.origin(), node->registry(), node->followers(), node->relays(),
                  node->network()),
          requests_(node->store(), node->vault(), node->clock(), node->entropy(), *files_,
                    node.origin(), node->registry(), node->followers(), lookup_, node->network(),
                    options) {}
    ProofRequests* operator->() { return &requests_; }

   private:
    std::unique_ptr<storage::SealedFiles> files_;
    Lookup lookup_;
    ProofRequests requests_;
  };
};

TEST_F(ProofFetchingTest, WhatIsAlteredOnTheWayIsRefusedAsAWholeAndNoted) {
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

TEST_F(ProofFetchingTest, AFetchThatBreaksOffBeginsAnew) {
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

TEST_F(ProofFetchingTest, WhatAPowerFailureBrokeOffBeginsAnew) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  Disclose();
  auto fetched = b_->proof_requests().Fetch(asked->id);
  DAFTAR_ASSERT_OK(fetched);
  // As it stood after the first file.
  fetched->state = AskedProofState::kWaiting;
  fetched->files.pop_back();
  storage::Batch crash;
  crash.Put(storage::Column::kAskedProof, fetched->Key(),
            b_->vault().Seal(storage::Column::kAskedProof, fetched->Key(), fetched->Encode()));
  DAFTAR_ASSERT_OK(b_->store().Write(std::move(crash)));
  EXPECT_EQ(b_->proof_requests().Fetch(asked->id)->files.size(), 2u);
  EXPECT_EQ(Content(b_, asked->id, 1), kInvoice);
  EXPECT_EQ(Content(b_, asked->id, 2), kReminder);
}

TEST_F(ProofFetchingTest, OfAReportThatIsGoneNothingIsFetched) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  const auto id = Waiting();
  Disclose();
  DeleteTheBody();
  EXPECT_THAT(b_->proof_requests().Fetch(asked->id), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(FilesOf(b_), 0u);
  EXPECT_TRUE(a_->disclosures().Get(id)->fetched.empty());
}

TEST_F(ProofFetchingTest, WhatIsNotFetchedWithinAWeekStays) {
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

TEST_F(ProofFetchingTest, WhatCameIsKeptForThirtyDays) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  Disclose();
  DAFTAR_ASSERT_OK(b_->proof_requests().Fetch(asked->id));
  circle_.clock().Advance(30 * kDay - 1);
  EXPECT_EQ(*b_->proof_requests().Sweep(), 0u);
  circle_.clock().Advance(1);
  DAFTAR_ASSERT_OK(storage::PurgeIfAsked(b_->store(), {}));
  EXPECT_EQ(*b_->proof_requests().Sweep(), 1u);
  EXPECT_THAT(storage::PurgeIfAsked(b_->store(), {}), IsOkAndHolds(true));  // of the files' keys
  EXPECT_EQ(b_->proof_requests().Get(asked->id)->state, AskedProofState::kOver);
  EXPECT_EQ(FilesOf(b_), 0u);
  EXPECT_EQ(Recorded(b_, "proof.drop"), 1u);
}

TEST_F(ProofFetchingTest, AnErasureEndsAFetchThatIsUnderWay) {
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

TEST_F(ProofFetchingTest, AnIssuerThatIsSlowHoldsUpNoOther) {
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

TEST_F(ProofFetchingTest, AFetchOfWhichNothingComesIsBrokenOff) {
  ImpatientRequests requests(b_, {.stall = std::chrono::milliseconds(20)});
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  Disclose();
  std::atomic<int> stalled{0};
  circle_.faults.stall_proof = [&](const std::string&) { return ++stalled > 0; };
  requests->Start();
  EXPECT_TRUE(Until([&] { return stalled > 0; }));
  // By hand, once the node's own try has been given up.
  absl::Status by_hand;
  EXPECT_TRUE(Until([&] {
    by_hand = requests->Fetch(asked->id).status();
    return !absl::IsFailedPrecondition(by_hand);
  }));
  EXPECT_THAT(by_hand, StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr(kIssuer)));
  circle_.faults.stall_proof = nullptr;
  // A machine that is busy elsewhere may be silent for so long as well.
  EXPECT_TRUE(Until([&] {
    const auto fetched = requests->Fetch(asked->id);
    return fetched.ok() && fetched->state == AskedProofState::kFetched;
  }));
  requests->Stop();
}

// The two files have 59 bytes: dripping, they take more than a second.
TEST_F(ProofFetchingTest, AFetchThatDripsIsBrokenOff) {
  ImpatientRequests requests(
      b_, {.stall = std::chrono::milliseconds(300), .least_rate = uint64_t{1} << 30});
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  Disclose();
  circle_.faults.drip_proof = [](const std::string&) { return std::chrono::milliseconds(20); };
  requests->Start();
  absl::Status by_hand;
  EXPECT_TRUE(Until([&] {
    by_hand = requests->Fetch(asked->id).status();
    return !absl::IsFailedPrecondition(by_hand);
  }));
  EXPECT_THAT(by_hand, StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("bytes a second")));
  EXPECT_EQ(requests->Get(asked->id)->state, AskedProofState::kWaiting);
  circle_.faults.drip_proof = nullptr;
  EXPECT_EQ(requests->Fetch(asked->id)->state, AskedProofState::kFetched);
  requests->Stop();
}

TEST_F(ProofFetchingTest, AFetchThatIsSlowButQuickEnoughGoesOn) {
  ImpatientRequests requests(b_, {.stall = std::chrono::milliseconds(600), .least_rate = 5});
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  Disclose();
  circle_.faults.drip_proof = [](const std::string&) { return std::chrono::milliseconds(20); };
  requests->Start();
  EXPECT_TRUE(Until([&] { return requests->Get(asked->id)->state == AskedProofState::kFetched; }));
  requests->Stop();
  EXPECT_EQ(Recorded(b_, "proof.receive"), 1u);
}

TEST_F(ProofFetchingTest, AFetchThatFailsRestsForLongerEachTime) {
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

TEST_F(ProofFetchingTest, AClockThatWentBackLetsNoneRestForLonger) {
  auto asked = Ask(b_);
  DAFTAR_ASSERT_OK(asked);
  Disclose();
  circle_.faults.alter_proof = [&](const std::string&, evidence::HandoverPiece&) {
    std::filesystem::remove_all(b_.dir() / "proofs");
  };
  b_->proof_requests().FetchAll();
  std::filesystem::create_directory(b_.dir() / "proofs");
  circle_.faults.alter_proof = nullptr;
  b_->proof_requests().FetchAll();
  EXPECT_EQ(b_->proof_requests().Get(asked->id)->state, AskedProofState::kWaiting);
  circle_.clock().Set(-3600);
  b_->proof_requests().FetchAll();
  EXPECT_EQ(b_->proof_requests().Get(asked->id)->state, AskedProofState::kFetched);
}

TEST_F(ProofFetchingTest, AfterOneThatFailsThePartnersOthersWaitForTheNextLook) {
  DAFTAR_ASSERT_OK(Ask(b_));
  auto second = a_->ledger().Add(a_.Caller(), DepositUnsettled(kPhone));
  DAFTAR_ASSERT_OK(second);
  incident_ = second->incident.id;
  Attach(evidence::ProofKind::kInvoice, kInvoice);
  DAFTAR_ASSERT_OK(a_->ledger().Publish(a_.Caller(), incident_));
  circle_.Settle();
  Check(b_);
  const identity::Identifier buyer = Phone(kPhone);
  DAFTAR_ASSERT_OK(b_->proof_requests().Ask(b_.Caller(), kIssuer,
                                            a_->ledger().Get(incident_)->report->index,
                                            std::span(&buyer, 1), "a large order"));
  const auto page = a_->disclosures().List(true, 10, {});
  DAFTAR_ASSERT_OK(page);
  ASSERT_EQ(page->requests.size(), 2u);
  for (const auto& request : page->requests) {
    DAFTAR_ASSERT_OK(a_->disclosures().Disclose(a_.Caller(), request.id, {}, "yes"));
  }
  int tries = 0;
  circle_.faults.alter_proof = [&](const std::string&, evidence::HandoverPiece& piece) {
    if (std::holds_alternative<evidence::HandoverStart>(piece)) ++tries;
    std::filesystem::remove_all(b_.dir() / "proofs");
  };
  b_->proof_requests().FetchAll();
  EXPECT_EQ(tries, 1);
  b_->proof_requests().FetchAll();  // the other: the first rests
  EXPECT_EQ(tries, 2);
}

TEST_F(ProofFetchingTest, FilesCanBeFetchedTwentyTimes) {
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

TEST_F(ProofFetchingTest, APartnerFetchesOneAtATime) {
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

}  // namespace
}  // namespace daftar::partners
