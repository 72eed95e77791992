#include "crypto/password.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "tests/support/status_matchers.h"

namespace daftar::crypto {
namespace {

using ::testing::StartsWith;

constexpr char kPassword[] = "kopi susu dan roti";

TEST(PasswordTest, FitsItsOwnHashAndNoOther) {
  auto hash = HashPassword(kPassword);
  DAFTAR_ASSERT_OK(hash);
  EXPECT_THAT(*hash, StartsWith("$argon2id$v=19$m=65536,t=2,p=1$"));
  auto fits = PasswordFits(*hash, kPassword);
  DAFTAR_ASSERT_OK(fits);
  EXPECT_TRUE(*fits);
  auto other = PasswordFits(*hash, "kopi susu dan rotI");
  DAFTAR_ASSERT_OK(other);
  EXPECT_FALSE(*other);
}

TEST(PasswordTest, TwoHashesOfOnePasswordDiffer) {
  auto first = HashPassword(kPassword);
  auto second = HashPassword(kPassword);
  DAFTAR_ASSERT_OK(first);
  DAFTAR_ASSERT_OK(second);
  EXPECT_NE(*first, *second);
}

// Argon2's own reading of the hash: 65536 KiB twice over is what is not to be saved for a
// user whom there is none of. The least of several is compared, since a machine is busy at times.
TEST(PasswordTest, NobodysPasswordTakesAsLongAsAnother) {
  auto hash = HashPassword(kPassword);
  DAFTAR_ASSERT_OK(hash);
  const auto least = [](std::string_view against) {
    auto best = std::chrono::steady_clock::duration::max();
    for (int i = 0; i < 3; ++i) {
      const auto start = std::chrono::steady_clock::now();
      auto fits = PasswordFits(against, "some other password");
      EXPECT_TRUE(fits.ok() && !*fits);
      best = std::min(best, std::chrono::steady_clock::now() - start);
    }
    return best;
  };
  EXPECT_GT(least("") * 4, least(*hash));
}

TEST(PasswordTest, AMalformedHashFitsNothing) {
  auto fits = PasswordFits("$argon2id$nonsense", kPassword);
  DAFTAR_ASSERT_OK(fits);
  EXPECT_FALSE(*fits);
}

TEST(PasswordTest, NoMoreThanTheNamedNumberAtOnce) {
  std::atomic<int> refused{0};
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      // Until each has been refused or come through often enough for the others to be in its way.
      for (int round = 0; round < 4; ++round) {
        auto fits = PasswordFits("", kPassword);
        if (fits.ok()) {
          ++done;
        } else {
          EXPECT_EQ(fits.status().code(), absl::StatusCode::kResourceExhausted);
          ++refused;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(done, 1);
  EXPECT_GE(refused, 1);
  DAFTAR_EXPECT_OK(PasswordFits("", kPassword));
}

}  // namespace
}  // namespace daftar::crypto
