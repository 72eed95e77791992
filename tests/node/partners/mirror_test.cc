#include "node/partners/mirror.h"

#include "tests/node/partners/mirror_fixture.h"

namespace daftar::partners {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

TEST_F(MirrorTest, CopiesInPiecesAndGoesOnAfterARestart) {
  Publish(9);
  while (mirror_->View().size < 11) {
    DAFTAR_ASSERT_OK(mirror_->Apply(Feed(2)));
    Reopen();
  }
  const MirrorView view = mirror_->View();
  EXPECT_EQ(view.reports, 9u);
  EXPECT_EQ(view.head->root, issuer_->publisher().Head()->checkpoint.root);
  ASSERT_EQ(view.keys.size(), 1u);
  EXPECT_EQ(view.keys[0].keys.epoch, issuer_->epoch());
  ASSERT_EQ(view.charters.size(), 1u);
  EXPECT_EQ(view.charters[0].charter, circle_.charter().hash);
}

TEST_F(MirrorTest, ANewTimestampAloneMakesTheCopyFresher) {
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
  const int64_t before = mirror_->View().head_time;
  circle_.clock().Advance(30);
  DAFTAR_ASSERT_OK(issuer_->publisher().Heartbeat(circle_.clock().Now()));
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
  EXPECT_EQ(mirror_->View().head_time, before + 30);
}

TEST_F(MirrorTest, ATimestampInTheFutureCountsAsOfItsArrivalAndIsWarnedAbout) {
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
  const crypto::Checkpoint head = issuer_->publisher().Head()->checkpoint;
  const int64_t now = circle_.clock().Now().seconds();
  evidence::FeedBatch heartbeat;
  heartbeat.from = head.size;
  heartbeat.head = HeadOver(head.size, head.root, kMaxClockAheadSeconds);
  DAFTAR_ASSERT_OK(mirror_->Apply(heartbeat));
  EXPECT_EQ(mirror_->View().head_time, now);
  EXPECT_EQ(mirror_->View().trouble, "");
  heartbeat.head = HeadOver(head.size, head.root, 365 * 86'400);
  DAFTAR_ASSERT_OK(mirror_->Apply(heartbeat));
  EXPECT_EQ(mirror_->View().head_time, now);
  EXPECT_THAT(mirror_->View().trouble, HasSubstr("clock is 31536000 s ahead"));
  // A year of silence later the copy is a year old.
  circle_.clock().Advance(365 * 86'400);
  EXPECT_EQ(mirror_->View().head_time, now);
}

TEST_F(MirrorTest, AnAlteredEntryDoesNotFitTheHead) {
  Publish(3);
  for (size_t entry = 0; entry < 5; ++entry) {
    evidence::FeedBatch batch = Feed();
    batch.entries[entry].leaf.back() ^= 1;
    ExpectRefused(batch);
  }
  DAFTAR_EXPECT_OK(mirror_->Apply(Feed()));
}

TEST_F(MirrorTest, AnAlteredBodyDoesNotFitItsCommitment) {
  Publish(1);
  evidence::FeedBatch batch = Feed();
  batch.entries[2].body->back() ^= 1;
  ExpectRefused(batch);
}

TEST_F(MirrorTest, DroppedDoubledAndSwappedEntriesAreRefused) {
  Publish(3);
  evidence::FeedBatch batch = Feed();
  batch.entries.erase(batch.entries.begin() + 3);
  ExpectRefused(batch);
  batch = Feed();
  batch.entries.push_back(batch.entries.back());
  ExpectRefused(batch);
  batch = Feed();
  std::swap(batch.entries[2], batch.entries[3]);
  ExpectRefused(batch);
  batch = Feed();
  batch.from = 1;
  ExpectRefused(batch);
}

TEST_F(MirrorTest, AWrongConsistencyProofIsRefused) {
  Publish(6);
  evidence::FeedBatch batch = Feed(3);
  ASSERT_FALSE(batch.consistency.empty());
  evidence::FeedBatch altered = batch;
  altered.consistency[0] = crypto::Digest();
  ExpectRefused(altered);
  altered = batch;
  altered.consistency.pop_back();
  ExpectRefused(altered);
  altered = batch;
  altered.consistency.push_back(crypto::Digest());
  ExpectRefused(altered);
}

TEST_F(MirrorTest, AHeadMustBeSignedByTheLogsOwnKey) {
  evidence::FeedBatch batch = Feed();
  batch.head.back() = ' ';
  ExpectRefused(batch);
  batch = Feed();
  batch.head = reader_->publisher().Head()->note;  // another log's
  ExpectRefused(batch);
  batch = Feed();
  batch.head.clear();
  ExpectRefused(batch);
}

TEST_F(MirrorTest, AHeadWithTwoLinesOfOneKeyIsRefusedWithoutACheck) {
  evidence::FeedBatch batch = Feed();
  crypto::Note note = *crypto::ParseNote(batch.head);
  note.signatures.push_back(note.signatures[0]);  // good as it is
  batch.head = note.ToString();
  EXPECT_THAT(mirror_->Apply(batch),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("two lines")));
  ExpectRefused(batch);
}

TEST_F(MirrorTest, AnotherFirstEntryThanAtPairingIsRefused) {
  SimCircle elsewhere;
  SimNode& impostor = elsewhere.Add("toko-a.test");
  auto batch = ledger::ReadFeed(impostor->store(), impostor->publisher(), 0);
  EXPECT_THAT(mirror_->Apply(*batch),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("begins with another entry")));
}

TEST_F(MirrorTest, AShortenedLogIsNoticedAndWhatWasCopiedStays) {
  const evidence::FeedBatch old_head = Feed();
  Publish(2);
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
  evidence::FeedBatch shorter;
  shorter.from = 4;
  shorter.head = old_head.head;
  EXPECT_THAT(mirror_->Apply(shorter),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("became shorter")));
  EXPECT_EQ(mirror_->View().size, 4u);
  EXPECT_FALSE(mirror_->View().forked);
}

TEST_F(MirrorTest, ACopyIsAsFreshAsTheNewestHeadItHoldsWhole) {
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
  const int64_t before = mirror_->View().head_time;
  circle_.clock().Advance(1000);
  Publish(5);
  while (mirror_->View().size < 7) {
    // Each piece comes with the newest head; what it lacks may be the very entry that matters.
    EXPECT_EQ(mirror_->View().head->size, 2u);
    EXPECT_EQ(mirror_->View().head_time, before);
    DAFTAR_ASSERT_OK(mirror_->Apply(Feed(2)));
    Reopen();
  }
  EXPECT_EQ(mirror_->View().head->size, 7u);
  EXPECT_EQ(mirror_->View().head_time, before + 1000);
}

TEST_F(MirrorTest, AHalfFirstCopyHasNoHead) {
  Publish(5);
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed(3)));
  EXPECT_FALSE(mirror_->View().head.has_value());
  EXPECT_EQ(mirror_->View().head_time, 0);
  while (mirror_->View().size < 7) DAFTAR_ASSERT_OK(mirror_->Apply(Feed(3)));
  EXPECT_TRUE(mirror_->View().head.has_value());
}

TEST_F(MirrorTest, FaultsAreNotedAndOutliveHeartbeatsAndRestarts) {
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
  mirror_->Note(Fault::kWrongProof);
  mirror_->Note(Fault::kBadLabel);
  for (int i = 0; i < 2; ++i) {
    circle_.clock().Advance(30);
    DAFTAR_ASSERT_OK(issuer_->publisher().Heartbeat(circle_.clock().Now()));
    DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
    EXPECT_THAT(mirror_->View().trouble, HasSubstr("wrong proof (1 times)"));
    Reopen();
  }
  circle_.clock().Advance(kFaultWriteSeconds);
  mirror_->Note(Fault::kBadLabel);
  Reopen();
  EXPECT_THAT(mirror_->View().trouble, HasSubstr("commitments (met "));
  circle_.clock().Advance(kFaultShownSeconds + 1);
  EXPECT_EQ(mirror_->View().trouble, "");
}

TEST_F(MirrorTest, AnUpdateInTheTickOfItsReportIsVoid) {
  Publish(1);
  const uint64_t report = issuer_->ledger().Get(last_)->report->index;
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
  evidence::FeedBatch batch;
  batch.from = 3;
  evidence::Header header =
      evidence::SignedHeader::DecodeLeaf(
          *storage::LogStore(issuer_->store()).ReadLeaf(storage::kOwnLog, report))
          ->header;
  header.kind = evidence::EntryKind::kWithdrawal;
  header.index = 3;
  header.about = report;
  crypto::CompactTree tree;
  for (uint64_t i = 0; i < 3; ++i) {
    tree.Append(
        crypto::MerkleLeafHash(*storage::LogStore(issuer_->store()).ReadLeaf(storage::kOwnLog, i)));
  }
  batch.entries.push_back({evidence::SignHeader(header, issuer_->keys().entry).Leaf(), {}});
  tree.Append(crypto::MerkleLeafHash(batch.entries[0].leaf));
  batch.head = HeadOver(4, tree.Root());
  DAFTAR_ASSERT_OK(mirror_->Apply(batch));
  auto row =
      reader_->store().Get(storage::Column::kEntryStates, EntryState::Key(partner_.log, report));
  EXPECT_FALSE(row->has_value() && !EntryState::Decode(**row)->updates.empty());
}

TEST_F(MirrorTest, AReportFromTheFutureThatNobodySignedStopsNothing) {
  Publish(1);
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
  const storage::LogStore log(issuer_->store());
  const crypto::Bytes good = *log.ReadLeaf(storage::kOwnLog, 2);
  evidence::Header header = evidence::SignedHeader::DecodeLeaf(good)->header;
  header.index = 3;
  header.issued_at += 1'000'000;
  ::daftar::testing::FakeEntropy entropy(7);
  const auto stranger = storage::NodeKeys::Generate("toko-a.test", 1'793'491'200, entropy);
  crypto::CompactTree tree;
  for (uint64_t i = 0; i < 3; ++i) {
    tree.Append(crypto::MerkleLeafHash(*log.ReadLeaf(storage::kOwnLog, i)));
  }
  evidence::FeedBatch batch;
  batch.from = 3;
  batch.entries.push_back({evidence::SignHeader(header, stranger->entry).Leaf(), {}});
  tree.Append(crypto::MerkleLeafHash(batch.entries[0].leaf));
  // An honest withdrawal behind it.
  header = evidence::SignedHeader::DecodeLeaf(good)->header;
  header.kind = evidence::EntryKind::kErasure;
  header.ground = evidence::ErasureGround::kPaid;
  header.commitment = evidence::Commitment();
  header.about = 2;
  header.index = 4;
  header.issued_at += 1;
  batch.entries.push_back({evidence::SignHeader(header, issuer_->keys().entry).Leaf(), {}});
  tree.Append(crypto::MerkleLeafHash(batch.entries[1].leaf));
  batch.head = HeadOver(5, tree.Root());
  DAFTAR_ASSERT_OK(mirror_->Apply(batch));
  auto row = reader_->store().Get(storage::Column::kEntryStates, EntryState::Key(partner_.log, 2));
  ASSERT_TRUE((*row).has_value());
  EXPECT_EQ(EntryState::Decode(**row)->Status(), decision::EntryStatus::kErased);
}

TEST_F(MirrorTest, UpdatesChangeTheStateOfTheirReport) {
  Publish(1);
  const uint64_t report = issuer_->ledger().Get(last_)->report->index;
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
  const auto status = [&] {
    auto row =
        reader_->store().Get(storage::Column::kEntryStates, EntryState::Key(partner_.log, report));
    if (!row->has_value()) return decision::EntryStatus::kLive;
    return EntryState::Decode(**row)->Status();
  };
  EXPECT_EQ(status(), decision::EntryStatus::kLive);
  DAFTAR_ASSERT_OK(issuer_->ledger().Settle(issuer_.Caller(), last_, {}, "paid"));
  DAFTAR_ASSERT_OK(issuer_->Tick());
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
  EXPECT_EQ(status(), decision::EntryStatus::kSettled);
  DAFTAR_ASSERT_OK(issuer_->ledger().Withdraw(issuer_.Caller(), last_,
                                              evidence::WithdrawalGround::kPaid, "paid"));
  DAFTAR_ASSERT_OK(issuer_->Tick());
  DAFTAR_ASSERT_OK(mirror_->Apply(Feed()));
  EXPECT_EQ(status(), decision::EntryStatus::kWithdrawn);
}

TEST_F(MirrorTest, OversizeBatchesAreRefused) {
  evidence::FeedBatch batch = Feed();
  batch.entries.resize(evidence::kMaxFeedEntries + 1);
  ExpectRefused(batch);
  batch = Feed();
  batch.entries[0].body = crypto::Bytes(evidence::kMaxEntryBodyBytes + 1);
  ExpectRefused(batch);
  batch = Feed();
  batch.entries[0].leaf = crypto::Bytes(storage::kMaxLeafBytes + 1);
  ExpectRefused(batch);
}

TEST_F(MirrorTest, TokenRowsRefuseDamage) {
  EXPECT_THAT(Mirror::DecodeTokenRow(crypto::Bytes(7)), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Mirror::DecodeTokenRow(crypto::Bytes(8 * (kMaxReportsPerToken + 1))),
              StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace daftar::partners
