#include "node/audit/verifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/node/audit/verify_support.h"

namespace daftar::audit::testing {
namespace {

TEST(VerifierTest, AGoodBundleHolds) {
  TestLog log;
  AddStory(log);
  TestBundle bundle = log.Bundle(0, kStoryEnd, {3});
  const Verdict verdict = Verify(log, bundle);
  EXPECT_EQ(verdict.code, 0) << Text(verdict);
  EXPECT_THAT(Named(verdict, CheckState::kHolds),
              ::testing::ElementsAre("manifest", "files", "head", "quorum", "tree", "entries",
                                     "keys", "signatures", "bodies", "erasures", "order",
                                     "deadlines", "charters", "openings", "facts", "cosigners"))
      << Text(verdict);
}

TEST(VerifierTest, AGoodBundleFromASizeOnHolds) {
  TestLog log;
  AddStory(log);
  for (const uint64_t from : {1, 2, 3, 4, 6}) {
    TestBundle bundle = log.Bundle(from, kStoryEnd);
    const Verdict verdict = Verify(log, bundle);
    EXPECT_EQ(verdict.code, 0) << from << "\n" << Text(verdict);
    EXPECT_EQ(verdict.Find(Check::kConsistency)->state, CheckState::kHolds);
    EXPECT_EQ(verdict.Find(Check::kInclusion)->state, CheckState::kHolds);
  }
}

TEST(VerifierTest, AGoodExcerptHolds) {
  TestLog log;
  AddStory(log);
  TestBundle bundle = log.Excerpt({0, 2, 3, 6}, kStoryEnd, {3});
  const Verdict verdict = Verify(log, bundle);
  EXPECT_EQ(verdict.code, 0) << Text(verdict);
  EXPECT_EQ(verdict.Find(Check::kInclusion)->state, CheckState::kHolds);
  EXPECT_EQ(verdict.Find(Check::kOpenings)->state, CheckState::kHolds);
}

TEST(VerifierTest, IsStoppedBetweenEntriesAndNotOnlyWhenItReads) {
  TestLog log;
  AddStory(log);
  for (uint64_t i = 0; i < 100; ++i) log.AddKeys(kStart + 2 * kDay + 60 + i);
  for (const uint64_t from : {uint64_t{0}, log.leaves().size() - 1}) {  // and in `earlier`
    TestBundle bundle = log.Bundle(from, kStoryEnd);
    const std::string bytes = bundle.Whole(log.entry_key());
    VerifyOptions options;
    options.now = static_cast<int64_t>(kStoryEnd);
    uint64_t last = 0;
    uint64_t looks = 0;  // that came with nothing read: one each of charters and cosigners
    options.progress = [&](uint64_t done, uint64_t) {
      looks += done == last ? 1 : 0;
      last = done;
      return looks < 3;
    };
    EXPECT_EQ(VerifyBytes(bytes, log.Policy(), options).status().code(),
              absl::StatusCode::kCancelled)
        << from;
  }
}

}  // namespace
}  // namespace daftar::audit::testing
