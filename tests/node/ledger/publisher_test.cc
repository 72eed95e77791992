#include "node/ledger/publisher.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <utility>

#include "crypto/note.h"
#include "node/evidence/feed.h"
#include "storage/files.h"
#include "storage/rocks_store.h"
#include "storage/rocks_testing.h"
#include "tests/storage/temp_dir.h"
#include "tests/support/fakes.h"
#include "tests/support/status_matchers.h"

namespace daftar::ledger {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::StatusIs;
using storage::FaultyDisk;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int64_t kStart = 1'793'491'200;

class PublisherTest : public ::testing::Test {
 protected:
  PublisherTest() {
    Open();
    DAFTAR_EXPECT_OK(publisher_->Bootstrap(
        {{evidence::EntryKind::kKeys, {1}}, {evidence::EntryKind::kCharter, {2}}}, Now()));
  }

  evidence::UnixMillis Now() const { return {now_ * 1000}; }
  LogIdentity Identity() const {
    return {"toko-a.test", evidence::CircleId(), entry_, head_, self_};
  }
  void Open() {
    auto store = storage::RocksStore::Open({.path = dir_ / "db",
                                            .create_if_missing = true,
                                            .min_free_bytes = 0,
                                            .env_for_tests = disk_.env()});
    ASSERT_THAT(store, IsOk());
    store_ = *std::move(store);
    auto publisher =
        Publisher::Open(*store_, Identity(), storage::HighWaterFile(HighWater(), &file_hook_));
    ASSERT_THAT(publisher, IsOk());
    publisher_ = *std::move(publisher);
  }
  void Close() {
    publisher_.reset();
    store_.reset();
  }
  void Reopen() {
    Close();
    Open();
  }
  std::filesystem::path HighWater() const { return dir_ / "high-water"; }

  // Queues a report with a body of its own.
  Submission Queue(uint8_t marker, int64_t not_before = 0) {
    Submission submission;
    submission.id = entropy_.Public<SubmissionId>();
    submission.not_before = not_before;
    submission.body = crypto::Bytes(64, marker);
    submission.commitment = evidence::CommitTo(submission.body);
    storage::Batch batch;
    batch.Put(storage::Column::kSubmissions, submission.Key(), submission.Encode());
    EXPECT_THAT(store_->Write(std::move(batch)), IsOk());
    return submission;
  }
  std::optional<Publication> PublicationOf(const Submission& submission) {
    return *FindPublication(*store_, submission.id);
  }
  std::vector<evidence::Header> Headers() {
    std::vector<evidence::Header> headers;
    EXPECT_THAT(storage::LogStore(*store_).ReadLeaves(
                    storage::kOwnLog, 0, publisher_->tree_size(),
                    [&](uint64_t, crypto::ByteView leaf) {
                      auto entry = evidence::SignedHeader::DecodeLeaf(leaf);
                      EXPECT_TRUE(entry.ok() && entry->VerifiedBy(entry_.public_key()));
                      headers.push_back(entry->header);
                      return true;
                    }),
                IsOk());
    return headers;
  }

  // A head that the own key has signed and this log does not have.
  std::string SignedElsewhere(uint64_t size) {
    crypto::Note note;
    note.text = crypto::Checkpoint{Identity().origin, size, crypto::Digest()}.ToText();
    note.signatures = {crypto::SignNote(note.text, Identity().origin, head_)};
    return note.ToString();
  }

  // Fails one step of writing the high-water file, before it happened or after.
  class FailingStep final : public storage::FileHook {
   public:
    absl::Status Before(storage::FileStep step) override { return Meet(step, before); }
    absl::Status After(storage::FileStep step) override {
      if (step == storage::FileStep::kSyncDirectory && when_written) when_written();
      return Meet(step, !before);
    }
    std::optional<storage::FileStep> fails;
    bool before = true;
    std::function<void()> when_written;

   private:
    absl::Status Meet(storage::FileStep step, bool here) const {
      return here && fails == step ? absl::UnavailableError("the disk failed") : absl::OkStatus();
    }
  };

  testing::TempDir dir_;
  FaultyDisk disk_;
  FailingStep file_hook_;
  testing::FakeEntropy entropy_;
  crypto::SigningKey entry_ = crypto::SigningKey::Generate(entropy_);
  crypto::SigningKey head_ = crypto::SigningKey::Generate(entropy_);
  crypto::SigningKey self_ = crypto::SigningKey::Generate(entropy_);
  int64_t now_ = kStart;
  std::unique_ptr<storage::RocksStore> store_;
  std::unique_ptr<Publisher> publisher_;
};

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

// The store, with something that happens once a batch is written.
class ThenStore final : public storage::Store {
 public:
  explicit ThenStore(storage::Store& store) : store_(store) {}
  absl::StatusOr<std::optional<crypto::Bytes>> Get(storage::Column column,
                                                   crypto::ByteView key) const override {
    return store_.Get(column, key);
  }
  absl::StatusOr<std::vector<std::optional<crypto::Bytes>>> MultiGet(
      storage::Column column, const std::vector<crypto::Bytes>& keys) const override {
    return store_.MultiGet(column, keys);
  }
  absl::Status Scan(
      storage::Column column, crypto::ByteView prefix, crypto::ByteView start,
      const std::function<bool(crypto::ByteView, crypto::ByteView)>& visit) const override {
    return store_.Scan(column, prefix, start, visit);
  }
  std::unique_ptr<storage::StoreReader> Snapshot() const override { return store_.Snapshot(); }
  absl::Status Write(storage::Batch batch) override {
    absl::Status written = store_.Write(std::move(batch));
    if (const auto once = std::exchange(then, {})) once();
    return written;
  }
  absl::Status Purge(std::span<const storage::Column> columns) override {
    return store_.Purge(columns);
  }
  std::function<void()> then;

 private:
  storage::Store& store_;
};

// Partners were asked, and one shows what a second node has signed while the entries are written.
TEST_F(PublisherTest, WhatStopsSigningAfterTheGateStopsTheHeadOfThatTick) {
  const SignedHead shown = *publisher_->Head();
  auto marked = storage::ReadFile(HighWater(), 4096);
  DAFTAR_ASSERT_OK(marked);
  ThenStore store(*store_);
  auto opened = Publisher::Open(store, Identity(), storage::HighWaterFile(HighWater()),
                                [] { return absl::OkStatus(); });
  DAFTAR_ASSERT_OK(opened);
  Publisher& publisher = **opened;
  Queue(1);
  store.then = [&] { publisher.StopSigning("a second node signs", shown.note); };
  EXPECT_THAT(publisher.Tick(Now()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("a second node")));
  EXPECT_EQ(publisher.tree_size(), 3u);  // written, and not signed
  EXPECT_EQ(publisher.Head()->checkpoint, shown.checkpoint);
  EXPECT_EQ(*storage::ReadFile(HighWater(), 4096), *marked);
}

TEST_F(PublisherTest, AHeadThatIsBeingWrittenWhenSigningStopsIsNotShown) {
  const SignedHead shown = *publisher_->Head();
  Queue(1);
  file_hook_.when_written = [&] { publisher_->StopSigning("a second node signs", shown.note); };
  EXPECT_THAT(publisher_->Tick(Now()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("a second node")));
  EXPECT_EQ(publisher_->Head()->checkpoint, shown.checkpoint);
  file_hook_.when_written = nullptr;
}

TEST_F(PublisherTest, AHeadThatWasShownToNobodyIsNotShownAfterARestartEither) {
  Queue(1);
  file_hook_.when_written = [&] {
    publisher_->StopSigning("a second node signs", SignedElsewhere(3));
  };
  EXPECT_THAT(publisher_->Tick(Now()), StatusIs(absl::StatusCode::kFailedPrecondition));
  file_hook_.when_written = nullptr;
  EXPECT_EQ(publisher_->tree_size(), 3u);
  Reopen();
  EXPECT_THAT(publisher_->trouble(), HasSubstr("another history"));
  EXPECT_FALSE(publisher_->Head().has_value());
  EXPECT_THAT(publisher_->Resume(false), StatusIs(absl::StatusCode::kDataLoss));
}

// A longer head may still be taken back; of another history nothing leads on.
TEST_F(PublisherTest, OfWhatWasShownAContradictionIsKeptAndElseTheLongest) {
  Queue(1);
  DAFTAR_ASSERT_OK(publisher_->Tick(Now()));
  publisher_->StopSigning("a second node signs", SignedElsewhere(9));
  publisher_->StopSigning("a second node signs", SignedElsewhere(7));
  Reopen();
  EXPECT_THAT(publisher_->trouble(), HasSubstr("9 have been signed"));
  publisher_->StopSigning("a second node signs", SignedElsewhere(2));
  publisher_->StopSigning("a second node signs", SignedElsewhere(12));
  Reopen();
  EXPECT_THAT(publisher_->trouble(), HasSubstr("another history"));
}

TEST_F(PublisherTest, AContradictionThatIsShownWhileTheLogGoesOnIsKept) {
  const SignedHead shown = *publisher_->Head();
  publisher_->StopSigning("a restored backup", shown.note);
  file_hook_.when_written = [&] {
    publisher_->StopSigning("a second node signs", SignedElsewhere(2));
  };
  EXPECT_THAT(publisher_->Resume(false), StatusIs(absl::StatusCode::kDataLoss));
  file_hook_.when_written = nullptr;
  EXPECT_NE(publisher_->trouble(), "");
  Reopen();
  EXPECT_THAT(publisher_->trouble(), HasSubstr("another history"));
}

TEST_F(PublisherTest, WhatStopsSigningRightAfterTheLogWentOnIsNotForgotten) {
  const SignedHead shown = *publisher_->Head();
  ThenStore store(*store_);
  auto opened = Publisher::Open(store, Identity(), storage::HighWaterFile(HighWater()));
  DAFTAR_ASSERT_OK(opened);
  Publisher& publisher = **opened;
  const uint64_t news = publisher.News();
  publisher.StopSigning("a restored backup", shown.note);
  store.then = [&] { publisher.StopSigning("a second node signs", SignedElsewhere(2)); };
  EXPECT_THAT(publisher.Resume(false),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("a second node")));
  EXPECT_THAT(publisher.trouble(), HasSubstr("a second node"));
  EXPECT_EQ(publisher.News(), news);  // nothing is shown
  EXPECT_THAT(publisher.Resume(false), StatusIs(absl::StatusCode::kDataLoss));
}

// Partners go on showing what was fetched back from them.
TEST_F(PublisherTest, AHeadThatTheLogHasAgainDoesNotKeepItFromGoingOn) {
  const SignedHead shown = *publisher_->Head();
  publisher_->StopSigning("a restored backup", shown.note);
  file_hook_.when_written = [&] { publisher_->StopSigning("a restored backup", shown.note); };
  DAFTAR_EXPECT_OK(publisher_->Resume(false));
  file_hook_.when_written = nullptr;
  EXPECT_EQ(publisher_->trouble(), "");
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
