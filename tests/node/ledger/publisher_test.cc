#include "node/ledger/publisher.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "crypto/note.h"
#include "node/evidence/feed.h"
#include "storage/files.h"
#include "tests/node/ledger/publisher_fixture.h"
#include "tests/support/status_matchers.h"

namespace daftar::ledger {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST_F(PublisherTest, HeadVerifiesUnderBothKeysAndStatesTheTree) {
  const SignedHead head = *publisher_->Head();
  EXPECT_EQ(head.checkpoint.size, 2u);
  auto note = crypto::ParseNote(head.note);
  DAFTAR_ASSERT_OK(note);
  const crypto::NoteKey keys[] = {Identity().HeadNoteKey(), Identity().SelfNoteKey()};
  auto signers = crypto::VerifyNote(*note, keys);
  DAFTAR_ASSERT_OK(signers);
  ASSERT_EQ(signers->size(), 2u);
  EXPECT_EQ((*signers)[1].timestamp, static_cast<uint64_t>(kStart));
  EXPECT_EQ(*storage::LogStore(*store_).RootAt(storage::kOwnLog, 2), head.checkpoint.root);
}

TEST_F(PublisherTest,
       ReportsComeFirstByCommitmentThenTheRestByAboutAndEachReportHasOneUpdateATick) {
  Queue(3);
  Queue(1);
  Queue(2);
  DAFTAR_ASSERT_OK(publisher_->Tick(Now()));
  const auto update = [&](evidence::EntryKind kind, uint64_t about, uint8_t marker) {
    Submission submission;
    submission.id = SubmissionId({marker});
    submission.kind = kind;
    submission.about = about;
    submission.body = crypto::Bytes(8, marker);
    submission.commitment = evidence::CommitTo(submission.body);
    storage::Batch batch;
    batch.Put(storage::Column::kSubmissions, submission.Key(), submission.Encode());
    ASSERT_THAT(store_->Write(std::move(batch)), IsOk());
  };
  update(evidence::EntryKind::kSettlement, 3, 8);
  update(evidence::EntryKind::kWithdrawal, 2, 7);
  update(evidence::EntryKind::kSettlement, 2, 9);  // came about later
  Queue(4);
  EXPECT_EQ(*publisher_->Tick(Now()), 3u);
  EXPECT_EQ(*publisher_->Tick(Now()), 1u);
  const std::vector<evidence::Header> headers = Headers();
  ASSERT_EQ(headers.size(), 9u);
  EXPECT_LT(headers[2].commitment, headers[3].commitment);
  EXPECT_LT(headers[3].commitment, headers[4].commitment);
  EXPECT_EQ(headers[5].kind, evidence::EntryKind::kReport);
  EXPECT_EQ(headers[6].kind, evidence::EntryKind::kWithdrawal);
  EXPECT_EQ(headers[6].about, 2u);
  EXPECT_EQ(headers[7].about, 3u);
  EXPECT_EQ(headers[8].kind, evidence::EntryKind::kSettlement);
  EXPECT_EQ(headers[8].about, 2u);
  for (size_t i = 0; i < headers.size(); ++i) EXPECT_EQ(headers[i].index, i);
}

TEST_F(PublisherTest, WhatIsNotDueWaits) {
  const Submission later = Queue(1, kStart + 60);
  EXPECT_EQ(*publisher_->Tick(Now()), 0u);
  now_ += 60;
  EXPECT_EQ(*publisher_->Tick(Now()), 1u);
  EXPECT_EQ(PublicationOf(later)->index, 2u);
}

TEST_F(PublisherTest, EveryTickHasItsOwnTimeEvenWhenTheClockIsSetBack) {
  Queue(1);
  DAFTAR_ASSERT_OK(publisher_->Tick(Now()));
  now_ -= 3600;
  Queue(2);
  DAFTAR_ASSERT_OK(publisher_->Tick(Now()));
  Reopen();
  Queue(3);
  DAFTAR_ASSERT_OK(publisher_->Tick(Now()));
  std::vector<uint64_t> times;
  for (const evidence::Header& header : Headers()) times.push_back(header.issued_at);
  const auto start = static_cast<uint64_t>(kStart);
  EXPECT_EQ(times, (std::vector<uint64_t>{start, start, start + 1, start + 2, start + 3}));
  // The head's own timestamp is the clock's, which partners take for its age.
  EXPECT_EQ(publisher_->Head()->timestamp, now_);
}

TEST_F(PublisherTest, HeartbeatRenewsTheTimestampAndNothingElse) {
  const SignedHead before = *publisher_->Head();
  const uint64_t news = publisher_->News();
  now_ += 30;
  DAFTAR_ASSERT_OK(publisher_->Heartbeat(Now()));
  const SignedHead after = *publisher_->Head();
  EXPECT_EQ(after.checkpoint, before.checkpoint);
  EXPECT_EQ(after.timestamp, before.timestamp + 30);
  EXPECT_NE(publisher_->News(), news);
}

TEST_F(PublisherTest, CosignaturesStayWithTheirHeadAndLeaveWithIt) {
  const crypto::Checkpoint head = publisher_->Head()->checkpoint;
  const crypto::NoteSignature line{"toko-b.test/mirror", {}, crypto::Bytes(72, 1)};
  const uint64_t news = publisher_->News();
  publisher_->Attach({"toko-a.test", head.size + 1, head.root}, {line});
  EXPECT_EQ(publisher_->News(), news);
  publisher_->Attach(head, {line});
  EXPECT_NE(publisher_->News(), news);
  EXPECT_EQ(crypto::ParseNote(publisher_->Head()->note)->signatures.back(), line);
  DAFTAR_ASSERT_OK(publisher_->Heartbeat(Now()));
  EXPECT_EQ(crypto::ParseNote(publisher_->Head()->note)->signatures.size(), 3u);
  Queue(1);
  ++now_;
  DAFTAR_ASSERT_OK(publisher_->Tick(Now()));
  EXPECT_EQ(crypto::ParseNote(publisher_->Head()->note)->signatures.size(), 2u);
}

TEST_F(PublisherTest, ANoteHasNoMoreLinesThanReadersTake) {
  std::vector<crypto::NoteSignature> lines;
  for (int i = 0; i < 200; ++i) {
    const std::string name = std::string(200, 'a') + std::to_string(100 + i) + "/mirror";
    lines.push_back({name, {}, crypto::Bytes(72, 1)});
  }
  publisher_->Attach(publisher_->Head()->checkpoint, lines);
  const std::string note = publisher_->Head()->note;
  EXPECT_LE(note.size(), evidence::kMaxFeedHeadBytes);
  DAFTAR_EXPECT_OK(crypto::ParseNote(note));
}

TEST_F(PublisherTest, RestartGoesOnWhereItEnded) {
  const Submission submission = Queue(1);
  DAFTAR_ASSERT_OK(publisher_->Tick(Now()));
  const SignedHead before = *publisher_->Head();
  Reopen();
  EXPECT_EQ(publisher_->trouble(), "");
  EXPECT_EQ(publisher_->Head()->checkpoint, before.checkpoint);
  EXPECT_EQ(PublicationOf(submission)->index, 2u);
  EXPECT_EQ(*publisher_->Tick(Now()), 0u);
}

TEST_F(PublisherTest, ASecondBootstrapIsRefused) {
  EXPECT_THAT(publisher_->Bootstrap({{evidence::EntryKind::kKeys, {1}}}, Now()),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

// Between each two durable steps, in both forms: the step did, or did not, reach the disk.

TEST_F(PublisherTest, DiskFullWhileWritingEntriesKeepsTheQueueAndTheHead) {
  const SignedHead before = *publisher_->Head();
  const Submission submission = Queue(1);
  disk_.FailAppends(storage::DiskFault::kNoSpace);
  EXPECT_THAT(publisher_->Tick(Now()), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(publisher_->Head()->checkpoint, before.checkpoint);
  disk_.Heal();
  // The store may need a try of its own to come back; the daemon ticks again anyway.
  auto published = publisher_->Tick(Now());
  if (!published.ok()) published = publisher_->Tick(Now());
  DAFTAR_ASSERT_OK(published);
  EXPECT_EQ(PublicationOf(submission)->index, 2u);
  EXPECT_EQ(publisher_->Head()->checkpoint.size, 3u);
}

TEST_F(PublisherTest, EntriesWithoutAHeadAreSignedAtTheNextTick) {
  // The high-water file cannot be replaced: its directory entry is a directory.
  Queue(1);
  const std::filesystem::path blocked = HighWater().string() + ".new";
  std::filesystem::create_directory(blocked);
  std::ofstream(blocked / "x").put('x');
  EXPECT_THAT(publisher_->Tick(Now()), Not(IsOk()));
  EXPECT_EQ(publisher_->Head()->checkpoint.size, 2u);
  EXPECT_EQ(publisher_->tree_size(), 3u);
  std::filesystem::remove_all(blocked);
  Reopen();
  EXPECT_EQ(publisher_->trouble(), "");
  EXPECT_EQ(publisher_->Head()->checkpoint.size, 2u);
  EXPECT_EQ(*publisher_->Tick(Now()), 0u);
  EXPECT_EQ(publisher_->Head()->checkpoint.size, 3u);
}

TEST_F(PublisherTest, EachStepOfTheHighWaterFileMayFailInEitherForm) {
  using storage::FileStep;
  uint8_t marker = 0;
  uint64_t size = 2;
  for (const bool restart : {false, true}) {
    for (const FileStep step : {FileStep::kCreate, FileStep::kWrite, FileStep::kSyncFile,
                                FileStep::kRename, FileStep::kSyncDirectory}) {
      for (const bool before : {true, false}) {
        SCOPED_TRACE(std::to_string(static_cast<int>(step)) + (before ? " lost" : " kept"));
        const SignedHead shown = *publisher_->Head();
        const Submission submission = Queue(++marker);
        file_hook_.fails = step;
        file_hook_.before = before;
        EXPECT_THAT(publisher_->Tick(Now()), Not(IsOk()));
        // Nothing is shown that might not be in the file.
        EXPECT_EQ(publisher_->Head()->checkpoint, shown.checkpoint);
        file_hook_.fails.reset();
        if (restart) Reopen();
        EXPECT_EQ(publisher_->trouble(), "");
        EXPECT_GE(publisher_->Head()->checkpoint.size, shown.checkpoint.size);
        DAFTAR_ASSERT_OK(publisher_->Tick(Now()));
        EXPECT_EQ(PublicationOf(submission)->index, size);
        EXPECT_EQ(publisher_->Head()->checkpoint.size, ++size);
      }
    }
  }
  Headers();  // every entry verifies and stands at its index
}

TEST_F(PublisherTest, AHeadThatIsInTheFileAndCannotBePutIntoTheDatabaseIsNotShown) {
  for (const bool restart : {false, true}) {
    const uint64_t size = publisher_->Head()->checkpoint.size;
    const Submission submission = Queue(restart ? 1 : 2);
    file_hook_.when_written = [this] { disk_.FailAppends(storage::DiskFault::kNoSpace); };
    EXPECT_THAT(publisher_->Tick(Now()), StatusIs(absl::StatusCode::kResourceExhausted));
    EXPECT_EQ(publisher_->Head()->checkpoint.size, size);
    file_hook_.when_written = nullptr;
    disk_.Heal();
    if (restart) Reopen();
    DAFTAR_ASSERT_OK(publisher_->Tick(Now()));
    EXPECT_EQ(publisher_->Head()->checkpoint.size, size + 1);
    EXPECT_EQ(PublicationOf(submission)->index, size);
    Reopen();
    EXPECT_EQ(publisher_->trouble(), "");
    EXPECT_EQ(publisher_->Head()->checkpoint.size, size + 1);
  }
}

TEST_F(PublisherTest, HeadInTheFileButNotInTheDatabaseIsTakenFromTheFile) {
  const auto database_before = dir_ / "before";
  const auto old_head_row =
      store_->Get(storage::Column::kLogHeads, crypto::Writer().U32(1).U8('h').Take());
  Queue(1);
  DAFTAR_ASSERT_OK(publisher_->Tick(Now()));
  storage::Batch batch;
  batch.Put(storage::Column::kLogHeads, crypto::Writer().U32(1).U8('h').Take(), **old_head_row);
  DAFTAR_ASSERT_OK(store_->Write(std::move(batch)));
  Reopen();
  EXPECT_EQ(publisher_->trouble(), "");
  EXPECT_EQ(publisher_->Head()->checkpoint.size, 3u);
}

TEST_F(PublisherTest, ARestoredOldDatabaseIsNoticedAndNothingIsSigned) {
  Close();
  std::filesystem::copy(dir_ / "db", dir_ / "backup", std::filesystem::copy_options::recursive);
  Open();
  Queue(1);
  DAFTAR_ASSERT_OK(publisher_->Tick(Now()));
  Close();
  std::filesystem::remove_all(dir_ / "db");
  std::filesystem::rename(dir_ / "backup", dir_ / "db");
  Open();
  EXPECT_THAT(publisher_->trouble(), Not(IsEmpty()));
  EXPECT_FALSE(publisher_->Head().has_value());
  Queue(2);
  EXPECT_THAT(publisher_->Tick(Now()), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(publisher_->Heartbeat(Now()), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(publisher_->tree_size(), 2u);
}

TEST_F(PublisherTest, AnEmptiedDatabaseIsNoticed) {
  Close();
  std::filesystem::remove_all(dir_ / "db");
  Open();
  EXPECT_THAT(publisher_->trouble(), Not(IsEmpty()));
  EXPECT_FALSE(publisher_->Head().has_value());
}

TEST_F(PublisherTest, AMissingHighWaterFileIsNoticed) {
  Close();
  std::filesystem::remove(HighWater());
  Open();
  EXPECT_THAT(publisher_->trouble(), HasSubstr("high-water"));
  EXPECT_THAT(publisher_->Tick(Now()), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(PublisherTest, AnotherNodesHighWaterFileIsNoticed) {
  Close();
  head_ = crypto::SigningKey::Generate(entropy_);
  Open();
  EXPECT_THAT(publisher_->trouble(), HasSubstr("does not hold a head of this log"));
}

}  // namespace
}  // namespace daftar::ledger
