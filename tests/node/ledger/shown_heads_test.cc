// What becomes of the log when others show heads of it (node/ledger/shown_heads.cc).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/files.h"
#include "tests/node/ledger/publisher_fixture.h"

namespace daftar::ledger {
namespace {

using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

class ShownHeadsTest : public PublisherTest {};

// Partners were asked, and one shows what a second node has signed while the entries are written.
TEST_F(ShownHeadsTest, WhatStopsSigningAfterTheGateStopsTheHeadOfThatTick) {
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

TEST_F(ShownHeadsTest, AHeadThatIsBeingWrittenWhenSigningStopsIsNotShown) {
  const SignedHead shown = *publisher_->Head();
  Queue(1);
  file_hook_.when_written = [&] { publisher_->StopSigning("a second node signs", shown.note); };
  EXPECT_THAT(publisher_->Tick(Now()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("a second node")));
  EXPECT_EQ(publisher_->Head()->checkpoint, shown.checkpoint);
  file_hook_.when_written = nullptr;
}

TEST_F(ShownHeadsTest, AHeadThatWasShownToNobodyIsNotShownAfterARestartEither) {
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
TEST_F(ShownHeadsTest, OfWhatWasShownAContradictionIsKeptAndElseTheLongest) {
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

TEST_F(ShownHeadsTest, AContradictionThatIsShownWhileTheLogGoesOnIsKept) {
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

TEST_F(ShownHeadsTest, WhatStopsSigningRightAfterTheLogWentOnIsNotForgotten) {
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
TEST_F(ShownHeadsTest, AHeadThatTheLogHasAgainDoesNotKeepItFromGoingOn) {
  const SignedHead shown = *publisher_->Head();
  publisher_->StopSigning("a restored backup", shown.note);
  file_hook_.when_written = [&] { publisher_->StopSigning("a restored backup", shown.note); };
  DAFTAR_EXPECT_OK(publisher_->Resume(false));
  file_hook_.when_written = nullptr;
  EXPECT_EQ(publisher_->trouble(), "");
}

}  // namespace
}  // namespace daftar::ledger
