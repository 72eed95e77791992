#include "node/ledger/submission.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace daftar::ledger {
namespace {

using ::daftar::testing::StatusIs;

Submission Example() {
  Submission submission;
  submission.id = *SubmissionId::FromHexText("0f0e0d0c0b0a09080706050403020100");
  submission.not_before = 1'793'491'200;
  submission.kind = evidence::EntryKind::kSettlement;
  submission.about = 7;
  submission.body = {1, 2, 3};
  submission.commitment = evidence::CommitTo(submission.body);
  return submission;
}

TEST(Submission, RowRoundTrips) {
  const Submission submission = Example();
  auto decoded = Submission::Decode(submission.Key(), submission.Encode());
  DAFTAR_ASSERT_OK(decoded);
  EXPECT_EQ(decoded->Key(), submission.Key());
  EXPECT_EQ(decoded->Encode(), submission.Encode());
}

TEST(Submission, QueueKeysSortByTime) {
  const SubmissionId low = SubmissionId();
  const SubmissionId high = *SubmissionId::FromHexText("ffffffffffffffffffffffffffffffff");
  EXPECT_LT(Submission::QueueKey(1, high), Submission::QueueKey(2, low));
  EXPECT_LT(Submission::QueueKey(255, high), Submission::QueueKey(256, low));
}

TEST(Submission, MalformedRowsAreDataLoss) {
  const Submission submission = Example();
  const crypto::Bytes row = submission.Encode();
  for (size_t length = 0; length < row.size(); ++length) {
    EXPECT_THAT(Submission::Decode(submission.Key(), crypto::ByteView(row).first(length)),
                StatusIs(absl::StatusCode::kDataLoss));
  }
  crypto::Bytes key = submission.Key();
  key.pop_back();
  EXPECT_THAT(Submission::Decode(key, row), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(Publication, RowRoundTripsAndRefusesDamage) {
  const Publication publication{42, 1'793'491'200};
  auto decoded = Publication::Decode(publication.Encode());
  DAFTAR_ASSERT_OK(decoded);
  EXPECT_EQ(decoded->index, 42u);
  EXPECT_EQ(decoded->issued_at, 1'793'491'200);
  crypto::Bytes row = publication.Encode();
  row.pop_back();
  EXPECT_THAT(Publication::Decode(row), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace daftar::ledger
