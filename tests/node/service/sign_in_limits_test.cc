#include "node/service/sign_in_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "node/service/retry_after.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

TEST(SignInLimitsTest, AddressesCountOverAllUsers) {
  SignInLimits limits;
  Attempt attempt;
  attempt.address = "2001:db8::1";
  for (size_t i = 0; i < kAddressLimit.failures; ++i) {
    attempt.user = "u" + std::to_string(i);
    attempt.at = {static_cast<int64_t>(i)};
    DAFTAR_ASSERT_OK(limits.Begin(attempt));
  }
  attempt.user = "another";
  EXPECT_THAT(limits.Begin(attempt), StatusIs(absl::StatusCode::kResourceExhausted));
  attempt.address = "2001:db8::2";  // of the same /64
  EXPECT_THAT(limits.Begin(attempt), StatusIs(absl::StatusCode::kResourceExhausted));
  attempt.address = "2001:db8:0:1::2";
  DAFTAR_EXPECT_OK(limits.Begin(attempt));
}

TEST(SignInLimitsTest, AStrangerWaitsUntilTheOldestFailureIsLongEnoughAgo) {
  SignInLimits limits;
  Attempt attempt{"siti", true, "192.0.2.1", {}, {0}};
  for (size_t i = 0; i < kStrangerLimit.failures; ++i) {
    DAFTAR_ASSERT_OK(limits.Begin(attempt));
    attempt.at.value += 1000;
  }
  EXPECT_THAT(limits.Begin(attempt),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("wait 895 seconds")));
  attempt.at = {std::chrono::milliseconds(kStrangerLimit.within).count()};
  DAFTAR_EXPECT_OK(limits.Begin(attempt));
  EXPECT_THAT(limits.Begin(attempt), StatusIs(absl::StatusCode::kResourceExhausted));
  limits.TakeBack(attempt);
  DAFTAR_EXPECT_OK(limits.Begin(attempt));
}

TEST(SignInLimitsTest, CountsAreBounded) {
  Attempts attempts(kStrangerLimit);
  for (size_t i = 0; i < kMaxCounted + 10; ++i) {
    attempts.Count(std::to_string(i), {static_cast<int64_t>(i)});
  }
  EXPECT_EQ(attempts.size(), kMaxCounted);
}

TEST(SignInLimitsTest, AMappedAddressIsTheOneItStandsFor) {
  EXPECT_EQ(StrangerOf("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(StrangerOf("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(StrangerOf("2001:db8::1"), StrangerOf("2001:db8::ffff"));
}

TEST(SignInLimitsTest, TheSecondsToWaitComeWithTheRefusal) {
  SignInLimits limits;
  Attempt attempt{"siti", true, "192.0.2.1", {}, {0}};
  for (size_t i = 0; i < kStrangerLimit.failures; ++i) DAFTAR_ASSERT_OK(limits.Begin(attempt));
  attempt.at.value = 1;  // 899.999 seconds are left
  EXPECT_EQ(RetryAfter(limits.Begin(attempt)), std::chrono::seconds(900));
  attempt.device = "known";
  for (size_t i = 0; i < kDeviceLimit.failures; ++i) DAFTAR_ASSERT_OK(limits.Begin(attempt));
  EXPECT_EQ(RetryAfter(limits.Begin(attempt)), std::chrono::seconds(kDeviceLimit.within));
  for (size_t i = 0; i < kTokenLimit.failures; ++i) {
    DAFTAR_ASSERT_OK(limits.UnknownToken(attempt.address, attempt.at));
  }
  EXPECT_EQ(RetryAfter(limits.UnknownToken(attempt.address, attempt.at)),
            std::chrono::seconds(kTokenLimit.within));
}

TEST(SignInLimitsTest, ARightPasswordWithoutItsCodeIsCountedApart) {
  SignInLimits limits;
  Attempt attempt{"siti", true, "192.0.2.1", {}, {0}};
  const auto halfway = [&] {
    absl::Status begun = limits.Begin(attempt);
    if (begun.ok()) limits.Halfway(attempt);
    return begun;
  };
  for (const std::string device : {"", "known"}) {
    attempt.device = device;
    for (size_t i = 0; i < kHalfwayLimit.failures; ++i) DAFTAR_ASSERT_OK(halfway());
    EXPECT_THAT(halfway(), StatusIs(absl::StatusCode::kResourceExhausted));
    EXPECT_EQ(RetryAfter(halfway()), std::chrono::seconds(kHalfwayLimit.within));
  }
  // Whoever has the password of some keeps the others out of nothing.
  attempt.device.clear();
  for (size_t user = 0; user < kAddressLimit.failures; ++user) {
    attempt.user = "u" + std::to_string(user);
    DAFTAR_ASSERT_OK(halfway());
    DAFTAR_ASSERT_OK(halfway());
  }
}

TEST(SignInLimitsTest, SigningInEndsTheCountOfWhatStoppedHalfway) {
  SignInLimits limits;
  Attempt attempt{"siti", true, "192.0.2.1", {}, {0}};
  for (int round = 0; round < 3; ++round) {
    for (size_t i = 1; i < kHalfwayLimit.failures; ++i) {
      DAFTAR_ASSERT_OK(limits.Begin(attempt)) << round;
      limits.Halfway(attempt);
    }
    DAFTAR_ASSERT_OK(limits.Begin(attempt)) << round;
    limits.Succeeded(attempt);
  }
}

TEST(SignInLimitsTest, AlsoARightPasswordIsTriedOnlySoOften) {
  SignInLimits limits;
  Attempt attempt{"siti", true, "192.0.2.1", {}, {0}};
  for (const std::string device : {"", "known", "session"}) {
    attempt.device = device;
    for (size_t i = 0; i < kAllLimit.failures; ++i) {
      DAFTAR_ASSERT_OK(limits.Begin(attempt)) << device << i;
      limits.Succeeded(attempt);
    }
    EXPECT_EQ(RetryAfter(limits.Begin(attempt)), std::chrono::seconds(kAllLimit.within)) << device;
  }
  attempt.user = "budi";
  DAFTAR_EXPECT_OK(limits.Begin(attempt));
}

TEST(AttemptsTest, ThoseThatEndOutOfOrderCountToo) {
  Attempts attempts({3, std::chrono::minutes(1)});
  for (const int64_t at : {2'000, 1'000, 3'000}) attempts.Count("a", {at});
  EXPECT_EQ(attempts.Wait("a", {2'500}), std::chrono::seconds(59));  // until 61,000, rounded up
  EXPECT_EQ(attempts.Wait("a", {61'000}), std::chrono::seconds(0));
}

}  // namespace
}  // namespace daftar::service
