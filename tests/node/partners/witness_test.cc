#include "node/partners/witness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <thread>

#include "crypto/cosignature.h"
#include "crypto/merkle.h"
#include "node/evidence/header.h"
#include "storage/log_store.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::IsOk;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kIssuer[] = "toko-a.test";
constexpr char kReader[] = "toko-b.test";

// The root of leaves [first, last), as RFC 6962 section 2.1 has it.
crypto::Digest RootOf(std::span<const crypto::Digest> leaves) {
  crypto::CompactTree tree;
  for (const crypto::Digest& leaf : leaves) tree.Append(leaf);
  return tree.Root();
}

// A reader that copies an issuer's log, and cosigns nothing of it but what is submitted.
class WitnessTest : public ::testing::Test {
 protected:
  WitnessTest() {
    EXPECT_THAT(issuer_->registry().Add(issuer_.Caller(), *reader_->Card()), IsOk());
    EXPECT_THAT(reader_->registry().Add(reader_.Caller(), *issuer_->Card()), IsOk());
    Publish();
    EXPECT_THAT(followers_.Refresh(), IsOk());
    AwaitCopy();
  }
  void Publish() {
    auto view = issuer_->ledger().Add(issuer_.Caller(), DepositUnsettled("0812-3456-7890"));
    DAFTAR_ASSERT_OK(view);
    DAFTAR_ASSERT_OK(issuer_->ledger().Publish(issuer_.Caller(), view->incident.id));
    DAFTAR_ASSERT_OK(issuer_->Tick());
  }
  Mirror& Copy() { return *followers_.MirrorOf(kIssuer); }
  // Until the reader has all that the issuer shows; the test's time limit is the only one.
  void AwaitCopy() {
    const auto head = issuer_->publisher().Head()->checkpoint;
    while (Copy().View().head != head) std::this_thread::yield();
  }
  uint64_t Size() { return issuer_->publisher().Head()->checkpoint.size; }
  std::vector<crypto::Digest> Leaves(uint64_t size) {
    std::vector<crypto::Digest> leaves;
    EXPECT_THAT(storage::LogStore(issuer_->store())
                    .ReadLeaves(storage::kOwnLog, 0, size,
                                [&](uint64_t, crypto::ByteView leaf) {
                                  leaves.push_back(crypto::MerkleLeafHash(leaf));
                                  return true;
                                }),
                IsOk());
    return leaves;
  }
  // What the issuer's head key signs about a log of these leaves, and the proof from `old_size`.
  crypto::AddCheckpoint Request(uint64_t old_size, const std::vector<crypto::Digest>& leaves) {
    crypto::AddCheckpoint request;
    request.old_size = old_size;
    request.checkpoint = {kIssuer, leaves.size(), RootOf(leaves)};
    const auto read = [&](uint32_t level, uint64_t index) -> absl::StatusOr<crypto::Digest> {
      return RootOf(std::span(leaves).subspan(index << level, uint64_t{1} << level));
    };
    if (old_size <= leaves.size()) {
      request.proof = *crypto::MerkleConsistencyProof(old_size, leaves.size(), read);
    }
    Sign(request);
    return request;
  }
  crypto::AddCheckpoint Request(uint64_t old_size, uint64_t size) {
    return Request(old_size, Leaves(size));
  }
  void Sign(crypto::AddCheckpoint& request) {
    request.note.text = request.checkpoint.ToText();
    request.note.signatures = {
        crypto::SignNote(request.note.text, request.checkpoint.origin, issuer_->keys().head)};
  }
  WitnessAnswer Ask(const crypto::AddCheckpoint& request) {
    return witness_.AddCheckpoint(request.ToString());
  }
  // The time in the answer, which must be one line of the reader's mirror key over the head.
  uint64_t TimeIn(const WitnessAnswer& answer, const crypto::Checkpoint& head) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    auto note = crypto::ParseNote(head.ToText() + "\n" + answer.body);
    EXPECT_THAT(note, IsOk());
    if (!note.ok()) return 0;
    const crypto::NoteKey key{evidence::MirrorKeyName(kReader), crypto::KeyType::kCosignature,
                              reader_->keys().mirror.public_key()};
    auto signers = crypto::VerifyNote(*note, std::span(&key, 1));
    EXPECT_THAT(signers, IsOk());
    EXPECT_EQ(note->signatures.size(), 1u);
    return signers.ok() ? signers->front().timestamp : 0;
  }
  uint64_t Recorded() { return cosigner_.Recorded(Copy()).size; }

  SimCircle circle_;
  SimNode& issuer_ = circle_.Add(kIssuer);
  SimNode& reader_ = circle_.Add(kReader);
  Followers followers_{reader_->store(), circle_.clock(), reader_->registry(), reader_->network()};
  Cosigner cosigner_{circle_.clock(), kReader, reader_->keys().mirror};
  Witness witness_{reader_->registry(), followers_, cosigner_};
};

TEST_F(WitnessTest, AHeadThatTheCopyHasReachedIsCosignedAndTheNextOneFromThere) {
  ASSERT_EQ(Size(), 3u);
  auto first = Request(0, 3);
  EXPECT_EQ(TimeIn(Ask(first), first.checkpoint), 1'793'491'200u);
  EXPECT_EQ(Recorded(), 3u);
  Publish();
  Publish();
  AwaitCopy();
  circle_.clock().Advance(60);
  // Also one that the copy has gone beyond already.
  auto second = Request(3, 4);
  EXPECT_EQ(TimeIn(Ask(second), second.checkpoint), 1'793'491'260u);
  auto third = Request(4, 5);
  EXPECT_EQ(TimeIn(Ask(third), third.checkpoint), 1'793'491'260u);
  EXPECT_EQ(Recorded(), 5u);
  EXPECT_EQ(Copy().View().cosigned.at(kReader), 5u);
}

TEST_F(WitnessTest, TheSameHeadIsCosignedAfreshAndThatIsOnTheDisk) {
  const auto request = Request(0, 3);
  ASSERT_EQ(Ask(request).status, 200);
  const auto again = Request(3, 3);
  EXPECT_TRUE(again.proof.empty());
  circle_.clock().Advance(3600);
  EXPECT_EQ(TimeIn(Ask(again), again.checkpoint), 1'793'494'800u);
  EXPECT_EQ((*Cosignatures::Open(reader_->store(), Copy().partner().log))->Of(kReader)->time,
            1'793'494'800);
  // In one second there is one; and a clock that was set back takes nothing back.
  EXPECT_EQ(Ask(again).body, Ask(again).body);
  circle_.clock().Set(-600);
  EXPECT_EQ(TimeIn(Ask(again), again.checkpoint), 1'793'494'800u);
}

TEST_F(WitnessTest, AnOriginThatIsNotCopiedIsUnknown) {
  for (const char* origin : {"toko-z.test", kReader, "toko-a.test/"}) {
    auto request = Request(0, 3);
    request.checkpoint.origin = origin;
    Sign(request);
    EXPECT_EQ(Ask(request).status, 404) << origin;
  }
  for (const PartnerStatus status : {PartnerStatus::kSuspended, PartnerStatus::kRemoved}) {
    DAFTAR_ASSERT_OK(reader_->registry().SetStatus(reader_.Caller(), kIssuer, status, "a test"));
    EXPECT_EQ(Ask(Request(0, 3)).status, 404);
  }
  EXPECT_EQ(Recorded(), 0u);
}

TEST_F(WitnessTest, OnlyWhatTheLogsHeadKeySignedIsLookedAt) {
  auto altered = Request(0, 3);
  altered.note.signatures[0].blob[5] ^= 1;
  EXPECT_EQ(Ask(altered).status, 403);

  auto by_another = Request(0, 3);
  by_another.note.signatures = {
      crypto::SignNote(by_another.note.text, kIssuer, reader_->keys().head)};
  EXPECT_EQ(Ask(by_another).status, 403);

  // Not by another key of the log's either, however true what it signs is.
  const auto self = crypto::Cosign(Request(0, 3).note.text, 1'793'491'200,
                                   evidence::SelfKeyName(kIssuer), issuer_->keys().self);
  auto by_self = Request(0, 3);
  by_self.note.signatures = {self};
  EXPECT_EQ(Ask(by_self).status, 403);

  auto beside = Request(0, 3);
  beside.note.signatures.push_back(self);
  beside.note.signatures.back().blob[20] ^= 1;
  EXPECT_EQ(Ask(beside).status, 403) << "a wrong line of a known key";
  EXPECT_EQ(Recorded(), 0u);

  // Lines of unknown keys are ignored, and the log's own may stand beside others.
  auto unknown = Request(0, 3);
  unknown.note.signatures.push_back(
      crypto::SignNote(unknown.note.text, "somebody.test", reader_->keys().head));
  unknown.note.signatures.push_back(self);
  // Of a key the first line alone is checked, however many there are.
  unknown.note.signatures.push_back(self);
  unknown.note.signatures.back().blob[20] ^= 1;
  EXPECT_EQ(Ask(unknown).status, 200);
}

TEST_F(WitnessTest, WhatIsMalformedOrSmallerThanItsOldSizeIsABadRequest) {
  EXPECT_EQ(witness_.AddCheckpoint("").status, 400);
  EXPECT_EQ(witness_.AddCheckpoint("old 03\n\n" + Request(0, 3).note.ToString()).status, 400);
  EXPECT_EQ(Ask(Request(4, 3)).status, 400);
  auto extended = Request(0, 3);
  extended.note.text += "an extension\n";
  extended.note.signatures = {crypto::SignNote(extended.note.text, kIssuer, issuer_->keys().head)};
  EXPECT_EQ(Ask(extended).status, 400);
  EXPECT_EQ(Recorded(), 0u);
}

TEST_F(WitnessTest, AnotherOldSizeThanTheRecordedOneIsToldTheSize) {
  WitnessAnswer answer = Ask(Request(2, 3));
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.content_type, "text/x.tlog.size");
  EXPECT_EQ(answer.body, "0\n");
  ASSERT_EQ(Ask(Request(0, 3)).status, 200);
  answer = Ask(Request(0, 3));
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.body, "3\n");
  EXPECT_EQ(Ask(Request(2, 2)).status, 409);
}

TEST_F(WitnessTest, AProofThatDoesNotHoldIsRefused) {
  ASSERT_EQ(Ask(Request(0, 3)).status, 200);
  Publish();
  AwaitCopy();
  const auto good = Request(3, 4);
  auto missing = good;
  missing.proof.pop_back();
  auto surplus = good;
  surplus.proof.push_back(crypto::EmptyMerkleRoot());
  auto altered = good;
  altered.proof[0] = crypto::EmptyMerkleRoot();
  auto none = good;
  none.proof.clear();
  for (const auto& request : {missing, surplus, altered, none}) {
    EXPECT_EQ(Ask(request).status, 422);
  }
  auto same_size = Request(3, 3);
  same_size.proof.push_back(crypto::EmptyMerkleRoot());
  EXPECT_EQ(Ask(same_size).status, 422);
  EXPECT_EQ(Recorded(), 3u);
  EXPECT_FALSE(Copy().View().forked) << "a wrong proof is whoever sends it's, not the log's";
  EXPECT_EQ(Ask(good).status, 200);
}

TEST_F(WitnessTest, FromNothingTheProofIsEmpty) {
  auto request = Request(0, 3);
  request.proof.push_back(crypto::EmptyMerkleRoot());
  EXPECT_EQ(Ask(request).status, 422);
  auto empty = Request(0, 0);
  empty.checkpoint.root = crypto::Digest();
  Sign(empty);
  EXPECT_EQ(Ask(empty).status, 422);
  EXPECT_EQ(Recorded(), 0u);
}

TEST_F(WitnessTest, AnotherRootOfTheSameSizeIsRefusedAndKeptAsEvidence) {
  ASSERT_EQ(Ask(Request(0, 3)).status, 200);
  std::vector<crypto::Digest> other = Leaves(3);
  other[2] = crypto::EmptyMerkleRoot();
  auto contradiction = Request(3, other);
  contradiction.note.signatures.push_back(
      crypto::SignNote(contradiction.note.text, "somebody.test", reader_->keys().head));
  const WitnessAnswer answer = Ask(contradiction);
  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(answer.body, ::testing::Not(HasSubstr("\u2014 ")));
  EXPECT_TRUE(Copy().View().forked);
  const auto evidence = Copy().ForkEvidence();
  DAFTAR_ASSERT_OK(evidence);
  ASSERT_EQ(evidence->size(), 2u);
  EXPECT_THAT((*evidence)[1], StartsWith(contradiction.checkpoint.ToText()));
  EXPECT_THAT((*evidence)[1], ::testing::Not(HasSubstr("somebody"))) << "only the log's own line";
  // Nothing of the log is cosigned any more, the true head included.
  EXPECT_EQ(Ask(Request(3, 3)).status, 403);
}

TEST_F(WitnessTest, AHeadThatContradictsTheCopyIsRefusedHoweverGoodItsProof) {
  ASSERT_EQ(Ask(Request(0, 3)).status, 200);
  Publish();
  Publish();
  AwaitCopy();
  std::vector<crypto::Digest> other = Leaves(4);
  other[3] = crypto::EmptyMerkleRoot();
  EXPECT_EQ(Ask(Request(3, other)).status, 422);
  EXPECT_TRUE(Copy().View().forked);
  EXPECT_EQ(Recorded(), 3u);
}

TEST_F(WitnessTest, WithAWrongOldSizeAContradictionIsEvidenceAllTheSame) {
  std::vector<crypto::Digest> other = Leaves(2);
  other[1] = crypto::EmptyMerkleRoot();
  EXPECT_EQ(Ask(Request(1, other)).status, 409);
  EXPECT_TRUE(Copy().View().forked);
}

TEST_F(WitnessTest, AHeadThatTheCopyHasNotReachedWaitsAfterAllElseWasLookedAt) {
  ASSERT_EQ(Ask(Request(0, 3)).status, 200);
  circle_.faults.cut = [](const std::string&, const std::string&) { return true; };
  // A call that was under way when the line was cut may still bring what follows.
  while (followers_.ConnectionOf(kIssuer).connected) std::this_thread::yield();
  Publish();
  const auto ahead = Request(3, 4);
  const WitnessAnswer answer = Ask(ahead);
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.retry_after, kWitnessRetryAfter);
  EXPECT_EQ(Recorded(), 3u);
  auto wrong_proof = ahead;
  wrong_proof.proof[0] = crypto::EmptyMerkleRoot();
  EXPECT_EQ(Ask(wrong_proof).status, 422);
  EXPECT_EQ(Ask(Request(2, 4)).status, 409);
  circle_.faults.cut = nullptr;
  AwaitCopy();
  EXPECT_EQ(Ask(ahead).status, 200);
}

// Whatever is asked at once: of one size one root is cosigned.
TEST_F(WitnessTest, OfTwoHeadsAtOnceOneAtMostIsCosigned) {
  std::vector<crypto::Digest> other = Leaves(3);
  other[2] = crypto::EmptyMerkleRoot();
  const std::string bodies[] = {Request(0, 3).ToString(), Request(0, other).ToString()};
  std::atomic<int> cosigned[2] = {0, 0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, which = i % 2] {
      if (witness_.AddCheckpoint(bodies[which]).status == 200) ++cosigned[which];
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(cosigned[0], 1) << "the second finds another size recorded";
  EXPECT_EQ(cosigned[1], 0);
  EXPECT_TRUE(Copy().View().forked);
}

// In the daemon the node itself cosigns what its followers bring; whoever submits comes after.
TEST(NodeWitnessTest, TheNodeAnswersForWhatItsFollowersHaveCosigned) {
  SimCircle circle;
  SimNode& issuer = circle.Add(kIssuer);
  SimNode& reader = circle.Add(kReader);
  circle.PairAll();
  circle.Settle();
  const auto head = issuer->publisher().Head();
  const std::string size = std::to_string(head->checkpoint.size);
  EXPECT_EQ(reader->witness().AddCheckpoint("old 0\n\n" + head->note).body, size + "\n");
  EXPECT_EQ(reader->witness().AddCheckpoint("old " + size + "\n\n" + head->note).status, 200);
  // Its own log is not one that it copies.
  EXPECT_EQ(reader->witness().AddCheckpoint("old 0\n\n" + reader->publisher().Head()->note).status,
            404);
}

// The record goes back with the database, and the copy with it: a head beyond the copy is not
// cosigned before the copy has reached it, and what was cosigned before then has the same entries.
TEST(NodeWitnessTest, AWitnessRestoredFromABackupCosignsNothingThatItsCopyHasNotReached) {
  SimCircle circle;
  SimNode& issuer = circle.Add(kIssuer);
  SimNode& reader = circle.Add(kReader);
  circle.PairAll();
  circle.Settle();
  const auto publish = [&] {
    auto view = issuer->ledger().Add(issuer.Caller(), DepositUnsettled("0812-3456-7890"));
    DAFTAR_ASSERT_OK(view);
    DAFTAR_ASSERT_OK(issuer->ledger().Publish(issuer.Caller(), view->incident.id));
    circle.Settle();
  };
  publish();
  const auto old_head = issuer->publisher().Head()->checkpoint;
  reader.Stop();
  const auto backup = circle.temp() / "backup";
  std::filesystem::copy(reader.dir(), backup, std::filesystem::copy_options::recursive);
  reader.Start();
  publish();
  const auto head = issuer->publisher().Head();
  ASSERT_GT(head->checkpoint.size, old_head.size);
  EXPECT_EQ(reader->witness().AddCheckpoint("old 0\n\n" + head->note).body,
            std::to_string(head->checkpoint.size) + "\n");

  circle.faults.cut = [](const std::string&, const std::string&) { return true; };
  reader.Stop();
  std::filesystem::remove_all(reader.dir());
  std::filesystem::copy(backup, reader.dir(), std::filesystem::copy_options::recursive);
  reader.Start();
  const std::string went_back = std::to_string(old_head.size) + "\n";
  EXPECT_EQ(reader->witness().AddCheckpoint("old 0\n\n" + head->note).body, went_back);
  // One that contradicts what this witness had cosigned, with a proof that is good.
  std::vector<crypto::Digest> leaves;
  DAFTAR_ASSERT_OK(
      storage::LogStore(issuer->store())
          .ReadLeaves(storage::kOwnLog, 0, old_head.size, [&](uint64_t, crypto::ByteView leaf) {
            leaves.push_back(crypto::MerkleLeafHash(leaf));
            return true;
          }));
  leaves.push_back(crypto::EmptyMerkleRoot());
  crypto::AddCheckpoint request;
  request.old_size = old_head.size;
  request.checkpoint = {kIssuer, leaves.size(), RootOf(leaves)};
  request.proof = *crypto::MerkleConsistencyProof(
      old_head.size, leaves.size(),
      [&](uint32_t level, uint64_t index) -> absl::StatusOr<crypto::Digest> {
        return RootOf(std::span(leaves).subspan(index << level, uint64_t{1} << level));
      });
  request.note.text = request.checkpoint.ToText();
  request.note.signatures = {crypto::SignNote(request.note.text, kIssuer, issuer->keys().head)};
  // It has been shown the other one, and remembers that: a fork, before the copy has either.
  EXPECT_EQ(reader->witness().AddCheckpoint(request.ToString()).status, 422);
  EXPECT_TRUE(reader->followers().MirrorOf(kIssuer)->View().forked);
  circle.faults.cut = nullptr;
  circle.Settle();
  EXPECT_EQ(reader->witness().AddCheckpoint(request.ToString()).status, 403);
  EXPECT_TRUE(reader->followers().MirrorOf(kIssuer)->View().forked);
}

}  // namespace
}  // namespace daftar::partners
