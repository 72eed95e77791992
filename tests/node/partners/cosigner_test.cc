#include "node/partners/cosigner.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "node/evidence/header.h"
#include "node/ledger/feed.h"
#include "node/partners/exchange.h"
#include "storage/rocks_store.h"
#include "storage/rocks_testing.h"
#include "tests/storage/temp_dir.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::FakeEntropy;
using ::daftar::testing::IsOk;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimClock;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::daftar::testing::TempDir;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr storage::LogNumber kLog{16};

crypto::Checkpoint HeadOf(uint64_t size, uint8_t root) {
  crypto::Checkpoint head{"toko-a.test", size, {}};
  head.root = *crypto::Digest::Create(crypto::Bytes(crypto::Digest::kSize, root));
  return head;
}

// The check and the write, on a disk that can fail.
class CosignerTest : public ::testing::Test {
 protected:
  CosignerTest() { Reopen(); }
  void Reopen() {
    kept_.reset();
    store_.reset();
    auto store = storage::RocksStore::Open(
        {.path = dir_ / "db", .create_if_missing = true, .env_for_tests = disk_.env()});
    ASSERT_THAT(store, IsOk());
    store_ = *std::move(store);
    auto kept = Cosignatures::Open(*store_, kLog);
    ASSERT_THAT(kept, IsOk());
    kept_ = *std::move(kept);
  }

  TempDir dir_;
  storage::FaultyDisk disk_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<Cosignatures> kept_;
  SimClock clock_{1'793'491'200};
  FakeEntropy entropy_;
  const crypto::SigningKey key_ = crypto::SigningKey::Generate(entropy_);
  Cosigner cosigner_{clock_, "toko-b.test", key_};
};

TEST_F(CosignerTest, TheLineVerifiesUnderTheMirrorKeyAndBearsTheTime) {
  const crypto::Checkpoint head = HeadOf(7, 1);
  auto made = cosigner_.Cosign(head, *kept_);
  DAFTAR_ASSERT_OK(made);
  const crypto::NoteKey key{"toko-b.test/mirror", crypto::KeyType::kCosignature, key_.public_key()};
  auto signers = crypto::VerifyNote({head.ToText(), {made->Line()}}, std::span(&key, 1));
  DAFTAR_ASSERT_OK(signers);
  EXPECT_EQ(signers->front().timestamp, 1'793'491'200u);
}

TEST_F(CosignerTest, TheSameHeadHasOneCosignatureAlsoAfterARestart) {
  auto first = cosigner_.Cosign(HeadOf(7, 1), *kept_);
  DAFTAR_ASSERT_OK(first);
  clock_.Advance(60);
  auto again = cosigner_.Cosign(HeadOf(7, 1), *kept_);
  DAFTAR_ASSERT_OK(again);
  EXPECT_EQ(*again, *first);
  Reopen();
  again = cosigner_.Cosign(HeadOf(7, 1), *kept_);
  DAFTAR_ASSERT_OK(again);
  EXPECT_EQ(*again, *first);
}

TEST_F(CosignerTest, ANewKeyHasALineOfItsOwnAtTheSameHead) {
  auto first = cosigner_.Cosign(HeadOf(7, 1), *kept_);
  DAFTAR_ASSERT_OK(first);
  const crypto::SigningKey renewed = crypto::SigningKey::Generate(entropy_);
  Cosigner cosigner(clock_, "toko-b.test", renewed);
  auto second = cosigner.Cosign(HeadOf(7, 1), *kept_);
  DAFTAR_ASSERT_OK(second);
  const crypto::NoteKey key{"toko-b.test/mirror", crypto::KeyType::kCosignature,
                            renewed.public_key()};
  DAFTAR_EXPECT_OK(
      crypto::VerifyNote({HeadOf(7, 1).ToText(), {second->Line()}}, std::span(&key, 1)));
  // What another key has cosigned binds this one too.
  EXPECT_THAT(cosigner.Cosign(HeadOf(7, 2), *kept_), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(CosignerTest, ASmallerHeadAndAnotherRootAreRefusedAlsoAfterARestart) {
  DAFTAR_ASSERT_OK(cosigner_.Cosign(HeadOf(7, 1), *kept_));
  for (int restarted = 0; restarted < 2; ++restarted) {
    EXPECT_THAT(cosigner_.Cosign(HeadOf(6, 1), *kept_),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("smaller")));
    EXPECT_THAT(cosigner_.Cosign(HeadOf(7, 2), *kept_),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("another root")));
    Reopen();
  }
  DAFTAR_EXPECT_OK(cosigner_.Cosign(HeadOf(8, 2), *kept_));
}

TEST_F(CosignerTest, NoLineLeavesThatIsNotOnTheDisk) {
  disk_.FailAppends(storage::DiskFault::kNoSpace);
  EXPECT_THAT(cosigner_.Cosign(HeadOf(7, 1), *kept_), Not(IsOk()));
  EXPECT_FALSE(kept_->Of("toko-b.test").has_value());
  EXPECT_TRUE(kept_->Over(HeadOf(7, 1)).empty());
  disk_.Heal();
  Reopen();
  EXPECT_FALSE(kept_->Of("toko-b.test").has_value());
  // And what was answered is there after a power failure.
  DAFTAR_ASSERT_OK(cosigner_.Cosign(HeadOf(7, 1), *kept_));
  kept_.reset();
  store_.reset();
  disk_.LoseUnsynced();
  Reopen();
  EXPECT_EQ(kept_->Of("toko-b.test")->size, 7u);
}

TEST_F(CosignerTest, AfterACrashBeforeTheAnswerTheSameHeadIsSignedAndNoOther) {
  DAFTAR_ASSERT_OK(cosigner_.Cosign(HeadOf(7, 1), *kept_, Cosigner::Age::kFresh, 0));
  // The answer never left: the machine lost its power, or the process ended.
  for (const bool power : {true, false}) {
    kept_.reset();
    store_.reset();
    if (power) disk_.LoseUnsynced();
    Reopen();
    EXPECT_THAT(cosigner_.Cosign(HeadOf(7, 2), *kept_, Cosigner::Age::kFresh, 7),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("another root")));
    EXPECT_THAT(cosigner_.Cosign(HeadOf(7, 2), *kept_, Cosigner::Age::kFresh, 0),
                StatusIs(absl::StatusCode::kAborted));
    clock_.Advance(60);
    auto again = cosigner_.Cosign(HeadOf(7, 1), *kept_, Cosigner::Age::kFresh, 7);
    DAFTAR_ASSERT_OK(again);
    EXPECT_EQ(again->time, clock_.Now().seconds());
  }
}

// "Failed but persisted", and "failed and lost": no line has left in either, and whichever it was
// is what binds the next request.
TEST_F(CosignerTest, AWriteOfWhichNobodyKnowsWhetherItReachedTheDiskBindsAsFarAsItDid) {
  for (const bool lost : {true, false}) {
    const uint64_t size = lost ? 7 : 8;
    disk_.FailSyncs(storage::DiskFault::kIoError);
    EXPECT_THAT(cosigner_.Cosign(HeadOf(size, 1), *kept_, Cosigner::Age::kFresh), Not(IsOk()));
    kept_.reset();
    store_.reset();
    if (lost) disk_.LoseUnsynced();
    disk_.Heal();
    Reopen();
    const auto kept = kept_->Of("toko-b.test");
    if (lost) {
      EXPECT_FALSE(kept.has_value());
    }
    const auto other = cosigner_.Cosign(HeadOf(size, 2), *kept_, Cosigner::Age::kFresh);
    const auto same = cosigner_.Cosign(HeadOf(size, 1), *kept_, Cosigner::Age::kFresh);
    EXPECT_NE(other.ok(), same.ok()) << "one root of one size";
    EXPECT_EQ(same.ok(), kept.has_value() && kept->size == size);
  }
}

TEST_F(CosignerTest, AFreshOneReplacesTheKeptOneDurably) {
  DAFTAR_ASSERT_OK(cosigner_.Cosign(HeadOf(7, 1), *kept_));
  clock_.Advance(60);
  auto fresh = cosigner_.Cosign(HeadOf(7, 1), *kept_, Cosigner::Age::kFresh);
  DAFTAR_ASSERT_OK(fresh);
  EXPECT_EQ(fresh->time, 1'793'491'260);
  const crypto::NoteKey key{"toko-b.test/mirror", crypto::KeyType::kCosignature, key_.public_key()};
  auto signers = crypto::VerifyNote({HeadOf(7, 1).ToText(), {fresh->Line()}}, std::span(&key, 1));
  DAFTAR_ASSERT_OK(signers);
  EXPECT_EQ(signers->front().timestamp, 1'793'491'260u);
  kept_.reset();
  store_.reset();
  disk_.LoseUnsynced();
  Reopen();
  EXPECT_EQ(kept_->Of("toko-b.test"), *fresh);
  // What cannot be written does not leave, and the kept one stays.
  clock_.Advance(60);
  disk_.FailAppends(storage::DiskFault::kNoSpace);
  EXPECT_THAT(cosigner_.Cosign(HeadOf(7, 1), *kept_, Cosigner::Age::kFresh), Not(IsOk()));
  EXPECT_EQ(kept_->Of("toko-b.test"), *fresh);
  disk_.Heal();
}

TEST_F(CosignerTest, OnlyALaterOneOverTheSameHeadRenews) {
  auto first = cosigner_.Cosign(HeadOf(7, 1), *kept_);
  DAFTAR_ASSERT_OK(first);
  for (const auto& change : std::vector<std::function<void(Cosignature&)>>{
           [](Cosignature& c) { c.time += 0; }, [](Cosignature& c) { c.time -= 1; },
           [](Cosignature& c) { c.time += 1, c.size = 8; },
           [](Cosignature& c) { c.time += 1, c.root = crypto::Digest(); },
           [](Cosignature& c) { c.time += 1, c.witness = "toko-c.test"; }}) {
    Cosignature changed = *first;
    change(changed);
    EXPECT_THAT(kept_->Renew(changed), StatusIs(absl::StatusCode::kFailedPrecondition));
  }
  EXPECT_EQ(kept_->Of("toko-b.test"), *first);
}

// Requests at once: at each size one root is cosigned, once from one old size.
TEST_F(CosignerTest, OfManyAtOnceOneRootOfEachSizeIsCosigned) {
  constexpr uint64_t kRounds = 20;
  for (uint64_t size = 1; size <= kRounds; ++size) {
    std::atomic<int> roots[2] = {0, 0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i) {
      threads.emplace_back([&, root = i % 2] {
        if (cosigner_
                .Cosign(HeadOf(size, static_cast<uint8_t>(root)), *kept_, Cosigner::Age::kFresh,
                        size - 1)
                .ok()) {
          ++roots[root];
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(roots[0] + roots[1], 1) << size;
    EXPECT_EQ(kept_->Of("toko-b.test")->size, size);
  }
}

// A copy of a real log, under the cosigner's rules.
class CosignMirrorTest : public ::testing::Test {
 protected:
  CosignMirrorTest() {
    auto partner = reader_->registry().Add(reader_.Caller(), *issuer_->Card());
    EXPECT_THAT(partner, IsOk());
    auto mirror = Mirror::Open(reader_->store(), circle_.clock(), *partner);
    EXPECT_THAT(mirror, IsOk());
    mirror_ = *std::move(mirror);
  }
  void Publish() {
    auto view = issuer_->ledger().Add(issuer_.Caller(), DepositUnsettled("0812-3456-7890"));
    DAFTAR_ASSERT_OK(view);
    DAFTAR_ASSERT_OK(issuer_->ledger().Publish(issuer_.Caller(), view->incident.id));
    DAFTAR_ASSERT_OK(issuer_->Tick());
  }
  evidence::FeedBatch Feed(size_t most = 10'000) {
    return *ledger::ReadFeed(issuer_->store(), issuer_->publisher(), mirror_->View().size, most);
  }
  // The issuer's ERASURE of entry 2, after `whole`, under a head of its own.
  evidence::FeedBatch ErasureAfter(const evidence::FeedBatch& whole) {
    evidence::Header header = evidence::SignedHeader::DecodeLeaf(whole.entries[2].leaf)->header;
    header.kind = evidence::EntryKind::kErasure;
    header.ground = evidence::ErasureGround::kPaid;
    header.commitment = evidence::Commitment();
    header.about = 2;
    header.index = 3;
    header.issued_at += 1;
    crypto::CompactTree tree;
    for (const auto& entry : whole.entries) tree.Append(crypto::MerkleLeafHash(entry.leaf));
    evidence::FeedBatch batch;
    batch.from = 3;
    batch.entries.push_back({evidence::SignHeader(header, issuer_->keys().entry).Leaf(), {}});
    tree.Append(crypto::MerkleLeafHash(batch.entries[0].leaf));
    crypto::Note note;
    note.text = crypto::Checkpoint{"toko-a.test", 4, tree.Root()}.ToText();
    note.signatures = {crypto::SignNote(note.text, "toko-a.test", issuer_->keys().head)};
    batch.head = note.ToString();
    return batch;
  }

  SimCircle circle_;
  SimNode& issuer_ = circle_.Add("toko-a.test");
  SimNode& reader_ = circle_.Add("toko-b.test");
  std::unique_ptr<Mirror> mirror_;
  Cosigner cosigner_{circle_.clock(), "toko-b.test", reader_->keys().mirror};
};

TEST_F(CosignMirrorTest, OnlyAWholeCopyIsCosigned) {
  Publish();
  EXPECT_THAT(cosigner_.Cosign(*mirror_), StatusIs(absl::StatusCode::kFailedPrecondition));
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed(2)));
  EXPECT_THAT(cosigner_.Cosign(*mirror_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("not whole")));
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
  DAFTAR_ASSERT_OK(cosigner_.Cosign(*mirror_));
  EXPECT_EQ(mirror_->View().cosigned.at("toko-b.test"), 3u);
  // Nor one that has begun to go beyond the head that it had reached.
  Publish();
  Publish();
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed(1)));
  EXPECT_THAT(cosigner_.Cosign(*mirror_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("not whole")));
}

TEST_F(CosignMirrorTest, ABodyMissingWithoutAnErasureBarsCosigningAlsoAfterARestart) {
  Publish();
  const evidence::FeedBatch whole = Feed();
  evidence::FeedBatch gap = whole;
  gap.entries[2].body.reset();
  DAFTAR_ASSERT_OK(mirror_->Apply(gap));
  for (int restarted = 0; restarted < 2; ++restarted) {
    EXPECT_THAT(cosigner_.Cosign(*mirror_),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("1 bodies")));
    EXPECT_THAT(mirror_->View().trouble, HasSubstr("missing without an erasure"));
    mirror_ = *Mirror::Open(reader_->store(), circle_.clock(), mirror_->partner());
  }
  DAFTAR_ASSERT_OK(mirror_->Apply(ErasureAfter(whole)));
  DAFTAR_ASSERT_OK(cosigner_.Cosign(*mirror_));
  EXPECT_EQ(mirror_->View().gaps, 0u);
  EXPECT_EQ(mirror_->View().trouble, "");
}

TEST_F(CosignMirrorTest, AnErasedReportWhoseBodyWasHereIsNoGap) {
  Publish();
  const evidence::FeedBatch whole = Feed();
  DAFTAR_ASSERT_OK(mirror_->Apply(whole));
  DAFTAR_ASSERT_OK(mirror_->Apply(ErasureAfter(whole)));
  EXPECT_EQ(mirror_->View().gaps, 0u);
  DAFTAR_EXPECT_OK(cosigner_.Cosign(*mirror_));
}

TEST_F(CosignMirrorTest, AnUpdateWithoutABodyIsAGapToo) {
  Publish();
  auto incident = issuer_->ledger().List(std::nullopt, 1, std::nullopt)->incidents[0].incident.id;
  DAFTAR_ASSERT_OK(issuer_->ledger().Settle(issuer_.Caller(), incident, {}, "paid"));
  DAFTAR_ASSERT_OK(issuer_->Tick());
  evidence::FeedBatch gap = Feed();
  ASSERT_EQ(gap.entries.size(), 4u);
  gap.entries[3].body.reset();
  DAFTAR_ASSERT_OK(mirror_->Apply(gap));
  EXPECT_EQ(mirror_->View().gaps, 1u);
  EXPECT_THAT(cosigner_.Cosign(*mirror_), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(CosignMirrorTest, NothingOfAForkedLogIsCosigned) {
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
  crypto::Checkpoint other = *mirror_->View().head;
  other.root = crypto::Digest();
  crypto::Note note;
  note.text = other.ToText();
  note.signatures = {crypto::SignNote(note.text, "toko-a.test", issuer_->keys().head)};
  EXPECT_THAT(mirror_->CompareHead(other, note.ToString()), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(cosigner_.Cosign(*mirror_),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("forked")));
  EXPECT_EQ(mirror_->ForkEvidence()->size(), 2u);
}

TEST_F(CosignMirrorTest, ASubmittedHeadIsCosignedOnlyOfAWholeCopyThatHasReachedIt) {
  Publish();
  const evidence::FeedBatch whole = Feed();
  evidence::FeedBatch gap = whole;
  gap.entries[2].body.reset();
  DAFTAR_ASSERT_OK(mirror_->Apply(gap));
  const crypto::Checkpoint head = *mirror_->View().head;
  EXPECT_THAT(cosigner_.CosignSubmitted(*mirror_, head, 0),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("missing")));
  DAFTAR_ASSERT_OK(mirror_->Apply(ErasureAfter(whole)));
  crypto::Checkpoint beyond = *mirror_->View().head;
  beyond.size += 1;
  EXPECT_THAT(cosigner_.CosignSubmitted(*mirror_, beyond, 0),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("not reached")));
  DAFTAR_EXPECT_OK(cosigner_.CosignSubmitted(*mirror_, head, 0));
  EXPECT_EQ(cosigner_.Recorded(*mirror_), head);
}

// A witness whose record and copy went back with a backup can be led along another history by a log
// that signs two. It finds out as soon as anybody shows it what had been cosigned.
TEST_F(CosignMirrorTest, ARestoredWitnessNoticesASecondHistoryWhenItIsShownTheFirst) {
  Publish();
  const evidence::FeedBatch whole = Feed();
  DAFTAR_ASSERT_OK(mirror_->Apply(whole));
  const evidence::FeedBatch second = ErasureAfter(whole);
  Publish();  // the first history goes on too; this witness, before it was restored, had cosigned
              // it
  const auto first = *issuer_->publisher().Head();
  ASSERT_EQ(first.checkpoint.size, 4u);
  DAFTAR_ASSERT_OK(mirror_->Apply(second));
  DAFTAR_ASSERT_OK(cosigner_.Cosign(*mirror_));  // nothing here speaks against it
  EXPECT_THAT(mirror_->CompareHead(first.checkpoint, first.note),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(cosigner_.CosignSubmitted(*mirror_, *mirror_->View().head, 4),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("forked")));
}

TEST_F(CosignMirrorTest, NothingIsCosignedBeforeTheRestIsDone) {
  Publish();
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
  absl::Status done = absl::UnavailableError("the disk");
  size_t asked = 0;
  Cosigner careful(circle_.clock(), "toko-b.test", reader_->keys().mirror,
                   [&](const Mirror& mirror) {
                     EXPECT_EQ(&mirror, mirror_.get());
                     ++asked;
                     return done;
                   });
  EXPECT_THAT(careful.Cosign(*mirror_), StatusIs(absl::StatusCode::kUnavailable));
  done = absl::OkStatus();
  DAFTAR_ASSERT_OK(careful.Cosign(*mirror_));
  EXPECT_EQ(asked, 2u);
}

}  // namespace
}  // namespace daftar::partners
