#include "node/service/rate_limit.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace daftar::service {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const RateLimit::Time kStart{seconds(1'000'000)};

TEST(RateLimitTest, ABurstIsLetThroughAndThenCallsAtTheRate) {
  RateLimit limit({10, 3});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.WaitFor("a", kStart), std::nullopt) << i;
  EXPECT_EQ(limit.WaitFor("a", kStart), milliseconds(100));
  // What was refused was not counted.
  EXPECT_EQ(limit.WaitFor("a", kStart + milliseconds(40)), milliseconds(60));
  EXPECT_EQ(limit.WaitFor("a", kStart + milliseconds(100)), std::nullopt);
  EXPECT_EQ(limit.WaitFor("a", kStart + milliseconds(100)), milliseconds(100));
}

TEST(RateLimitTest, ARestFillsTheBucketAndNoMore) {
  RateLimit limit({10, 3});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.WaitFor("a", kStart), std::nullopt);
  const RateLimit::Time later = kStart + seconds(3600);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.WaitFor("a", later), std::nullopt) << i;
  EXPECT_EQ(limit.WaitFor("a", later), milliseconds(100));
}

TEST(RateLimitTest, CallersDoNotSpendEachOthers) {
  RateLimit limit({1, 1});
  EXPECT_EQ(limit.WaitFor("a", kStart), std::nullopt);
  EXPECT_NE(limit.WaitFor("a", kStart), std::nullopt);
  EXPECT_EQ(limit.WaitFor("b", kStart), std::nullopt);
}

TEST(RateLimitTest, AWaitIsAtLeastAMillisecondAndATimeOfBeforeGivesNothing) {
  RateLimit limit({kMaxCallsPerSecond, 1});
  EXPECT_EQ(limit.WaitFor("a", kStart), std::nullopt);
  EXPECT_EQ(limit.WaitFor("a", kStart), milliseconds(1));
  EXPECT_EQ(limit.WaitFor("a", kStart - milliseconds(5)), milliseconds(6));
}

TEST(RateLimitTest, TheFullestAreForgottenAndWhoHasSpentStaysRefused) {
  RateLimit limit({1, 2});
  EXPECT_EQ(limit.WaitFor("spent", kStart), std::nullopt);
  EXPECT_EQ(limit.WaitFor("spent", kStart), std::nullopt);
  for (size_t i = 1; i < kMaxRateKeys; ++i) {
    EXPECT_EQ(limit.WaitFor(std::to_string(i), kStart), std::nullopt);
  }
  EXPECT_EQ(limit.keys(), kMaxRateKeys);
  EXPECT_EQ(limit.WaitFor("one more", kStart), std::nullopt);
  EXPECT_EQ(limit.keys(), kMaxRateKeys - kRateKeysForgotten + 1);
  EXPECT_EQ(limit.WaitFor("spent", kStart), seconds(1));
  for (size_t i = 0; i < 2 * kMaxRateKeys; ++i) {
    limit.WaitFor("more " + std::to_string(i), kStart);
    ASSERT_LE(limit.keys(), kMaxRateKeys);
  }
  EXPECT_EQ(limit.WaitFor("spent", kStart), seconds(1));
}

TEST(RateLimitTest, OfManyThreadsNoMoreThanTheBurstGetThrough) {
  RateLimit limit({1, 100});
  std::atomic<int> through{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < 100; ++call) {
        if (!limit.WaitFor("a", kStart).has_value()) ++through;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(through.load(), 100);
}

TEST(RateLimitTest, AUserMayBurstTwiceTheRate) {
  EXPECT_EQ(UserRate(kDefaultCallsPerSecond).calls_per_second, 5'000u);
  EXPECT_EQ(UserRate(kDefaultCallsPerSecond).burst, 10'000u);
}

}  // namespace
}  // namespace daftar::service
