#include "node/check/policies.h"

#include <gtest/gtest.h>

#include <fstream>

#include "storage/rocks_store.h"
#include "tests/storage/temp_dir.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::check {
namespace {

using ::daftar::testing::SimClock;
using ::daftar::testing::StatusIs;
using ::daftar::testing::TempDir;
using ::testing::HasSubstr;

constexpr int64_t kNow = 1'793'491'200;

class PoliciesTest : public ::testing::Test {
 protected:
  PoliciesTest() { Open(); }
  void Open() {
    policies_.reset();
    store_.reset();
    auto store =
        storage::RocksStore::Open({.path = temp_.path() / "db", .create_if_missing = true});
    DAFTAR_ASSERT_OK(store);
    store_ = *std::move(store);
    auto policies = Policies::Open(*store_, clock_, file());
    DAFTAR_ASSERT_OK(policies);
    policies_ = *std::move(policies);
  }
  std::filesystem::path file() const { return temp_.path() / "policy.toml"; }
  // Another time each time, as a later change has; file systems count coarsely.
  void Write(const std::string& text) {
    std::ofstream(file(), std::ios::binary) << text;
    std::filesystem::last_write_time(
        file(), std::filesystem::file_time_type::clock::now() + std::chrono::seconds(++writes_));
  }
  void LookTwice() {
    policies_->Look();
    policies_->Look();
  }
  uint32_t DepositAt() const { return policies_->InForce()->deposit_at_ppm; }
  static std::string WithDepositAt(int ppm) {
    return "version = 1\n[thresholds]\ndeposit_ppm = " + std::to_string(ppm) + "\n";
  }

  TempDir temp_;
  SimClock clock_{kNow};
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<Policies> policies_;
  int writes_ = 0;
};

TEST_F(PoliciesTest, WithoutAFileTheDefaultIsInForce) {
  EXPECT_EQ(*policies_->InForce(), decision::DefaultPolicy());
  EXPECT_EQ(policies_->problem(), "");
}

TEST_F(PoliciesTest, AChangedFileComesInForceWithoutARestartOnceItRests) {
  Write(WithDepositAt(90'000));
  policies_->Look();
  EXPECT_EQ(DepositAt(), 100'000u);  // it may still be being written
  policies_->Look();
  EXPECT_EQ(DepositAt(), 90'000u);
  std::filesystem::remove(file());
  LookTwice();
  EXPECT_EQ(*policies_->InForce(), decision::DefaultPolicy());
}

TEST_F(PoliciesTest, AFileWithAFaultLeavesWhatWasInForceAndSaysWhere) {
  Write(WithDepositAt(90'000));
  LookTwice();
  Write("version = 1\n[thresholds]\ndeposit_pmm = 5\n");
  LookTwice();
  EXPECT_EQ(DepositAt(), 90'000u);
  EXPECT_THAT(policies_->problem(), HasSubstr("policy.toml:3:1: unknown key"));
  EXPECT_THAT(policies_->problem(), HasSubstr("deposit_pmm"));
  // Through a restart too: a shop with an order waiting is not stopped by a typing mistake.
  Open();
  EXPECT_EQ(DepositAt(), 90'000u);
  EXPECT_THAT(policies_->problem(), HasSubstr("deposit_pmm"));
  Write(WithDepositAt(80'000));
  LookTwice();
  EXPECT_EQ(DepositAt(), 80'000u);
  EXPECT_EQ(policies_->problem(), "");
}

TEST_F(PoliciesTest, TheFileIsReadAtTheStart) {
  Write(WithDepositAt(70'000));
  Open();
  EXPECT_EQ(DepositAt(), 70'000u);
}

TEST_F(PoliciesTest, EveryVersionIsKeptByItsHash) {
  std::vector<crypto::Digest> hashes = {policies_->InForce()->Hash()};
  for (const int ppm : {90'000, 80'000}) {
    clock_.Advance(60);
    Write(WithDepositAt(ppm));
    LookTwice();
    hashes.push_back(policies_->InForce()->Hash());
  }
  // One that was in force before keeps its first day.
  clock_.Advance(60);
  Write(WithDepositAt(90'000));
  LookTwice();
  Open();
  auto versions = policies_->Versions();
  DAFTAR_ASSERT_OK(versions);
  ASSERT_EQ(versions->size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ((*versions)[i].hash, hashes[2 - i]);
    EXPECT_EQ((*versions)[i].since.seconds(), kNow + 60 * static_cast<int64_t>(2 - i));
    auto policy = policies_->ByHash(hashes[i]);
    DAFTAR_ASSERT_OK(policy);
    EXPECT_EQ(policy->Hash(), hashes[i]);
  }
  EXPECT_THAT(policies_->ByHash(crypto::Sha256(crypto::AsBytes("other"))),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(PoliciesTest, WhatIsInForceIsToldWithItsDayAndSource) {
  EXPECT_FALSE(policies_->Current().from_file);
  EXPECT_EQ(policies_->Current().since.seconds(), kNow);
  for (const int ppm : {90'000, 80'000, 90'000}) {
    clock_.Advance(60);
    Write(WithDepositAt(ppm));
    LookTwice();
  }
  const auto check = [&] {
    EXPECT_EQ(policies_->Current().hash, policies_->InForce()->Hash());
    EXPECT_TRUE(policies_->Current().from_file);
    // Of this time, not of the first time that it was.
    EXPECT_EQ(policies_->Current().since.seconds(), kNow + 180);
  };
  check();
  clock_.Advance(60);
  Open();
  check();
  std::filesystem::remove(file());
  LookTwice();
  EXPECT_FALSE(policies_->Current().from_file);
}

TEST_F(PoliciesTest, ChangesAndFaultsAreNewsOnce) {
  EXPECT_TRUE(policies_->TakeNews().empty());
  const crypto::Digest first = policies_->InForce()->Hash();
  Write(WithDepositAt(90'000));
  LookTwice();
  LookTwice();
  auto news = policies_->TakeNews();
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].before, first);
  EXPECT_EQ(news[0].now, policies_->InForce()->Hash());
  EXPECT_EQ(news[0].problem, "");
  Write("version = 1\n[thresholds]\ndeposit_pmm = 5\nx = 1\n");
  LookTwice();
  LookTwice();
  news = policies_->TakeNews();
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].before, news[0].now);
  EXPECT_THAT(news[0].problem, HasSubstr("and 1 more"));
  EXPECT_TRUE(policies_->TakeNews().empty());
  // What changed while the node was stopped is news too.
  Write(WithDepositAt(80'000));
  Open();
  EXPECT_EQ(policies_->TakeNews().size(), 1u);
  for (int i = 0; i < 20; ++i) {
    Write(WithDepositAt(50'000 + i));
    LookTwice();
  }
  EXPECT_EQ(policies_->TakeNews().size(), kMaxPolicyNews);
}

TEST_F(PoliciesTest, AFolderInTheFilesPlaceIsAProblemInWords) {
  std::filesystem::create_directory(file());
  LookTwice();
  EXPECT_EQ(*policies_->InForce(), decision::DefaultPolicy());
  EXPECT_NE(policies_->problem(), "");
}

}  // namespace
}  // namespace daftar::check
