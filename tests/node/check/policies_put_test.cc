// Putting a policy in force from within the node.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "node/check/policies.h"
#include "storage/audit.h"
#include "storage/rocks_store.h"
#include "storage/rocks_testing.h"
#include "tests/storage/temp_dir.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::check {
namespace {

using ::daftar::testing::SimClock;
using ::daftar::testing::StatusIs;
using ::daftar::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int64_t kNow = 1'793'491'200;

class PoliciesPutTest : public ::testing::Test {
 protected:
  PoliciesPutTest() { Open(file()); }
  void Open(const std::filesystem::path& file) {
    policies_.reset();
    store_.reset();
    auto store = storage::RocksStore::Open(
        {.path = temp_.path() / "db", .create_if_missing = true, .env_for_tests = disk_.env()});
    DAFTAR_ASSERT_OK(store);
    store_ = *std::move(store);
    auto policies = Policies::Open(*store_, clock_, file);
    DAFTAR_ASSERT_OK(policies);
    policies_ = *std::move(policies);
  }
  std::filesystem::path file() const { return temp_.path() / "policy.toml"; }
  std::string File() const {
    std::ifstream stream(file(), std::ios::binary);
    std::stringstream text;
    text << stream.rdbuf();
    return text.str();
  }
  // By hand, and so that its time is another.
  void Write(const std::string& text) {
    std::ofstream(file(), std::ios::binary) << text;
    std::filesystem::last_write_time(
        file(), std::filesystem::file_time_type::clock::now() + std::chrono::seconds(10));
  }
  static std::string WithDepositAt(int ppm) {
    return "# ours\nversion = 1\n[thresholds]\ndeposit_ppm = " + std::to_string(ppm) + "\n";
  }
  static NewPolicy Of(const std::string& toml) {
    return {toml, *decision::Policy::Parse(toml), std::nullopt, "fewer lost orders"};
  }
  absl::StatusOr<PolicyVersion> Put(NewPolicy put, const std::string& request_id) {
    return policies_->Put({"user:budi", request_id}, std::move(put), vault_,
                          crypto::SystemEntropy());
  }
  std::vector<std::string> Changes() {
    storage::AuditQuery query;
    query.limit = 100;
    auto page = storage::ReadAudit(*store_, vault_, query);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> changes;
    for (const storage::AuditRow& row : page->rows) {
      changes.push_back(row.actor + " " + row.action + " " + row.object + " " + row.because);
    }
    return changes;
  }

  TempDir temp_;
  storage::FaultyDisk disk_;
  SimClock clock_{kNow};
  const crypto::Secret32 data_key_ = crypto::SystemEntropy().Secret();
  const storage::Vault vault_{data_key_, crypto::SystemEntropy()};
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<Policies> policies_;
};

TEST_F(PoliciesPutTest, ItIsInForceAtOnceAndAfterARestartWithItsFileAsItWasWritten) {
  const std::string toml = WithDepositAt(90'000);
  clock_.Advance(60);
  auto put = Put(Of(toml), "one");
  DAFTAR_ASSERT_OK(put);
  EXPECT_EQ(put->hash, decision::Policy::Parse(toml)->Hash());
  EXPECT_EQ(put->since, clock_.Now());
  EXPECT_EQ(policies_->InForce()->deposit_at_ppm, 90'000u);
  EXPECT_TRUE(policies_->Current().from_file);
  EXPECT_EQ(File(), toml);
  EXPECT_THAT(Changes(),
              ElementsAre("user:budi policy.put " + put->hash.hex() + " fewer lost orders"));
  EXPECT_EQ(policies_->TakeNews().size(), 1u);
  // Looking at the file finds what is in force already.
  policies_->Look();
  policies_->Look();
  EXPECT_EQ(policies_->Current().since, put->since);
  Open(file());
  EXPECT_EQ(policies_->InForce()->deposit_at_ppm, 90'000u);
  EXPECT_EQ(policies_->Versions()->size(), 2u);
}

TEST_F(PoliciesPutTest, ARepetitionAnswersAsTheFirstTime) {
  auto first = Put(Of(WithDepositAt(90'000)), "one");
  DAFTAR_ASSERT_OK(first);
  clock_.Advance(60);
  DAFTAR_ASSERT_OK(Put(Of(WithDepositAt(80'000)), "two"));
  auto again = Put(Of(WithDepositAt(90'000)), "one");
  DAFTAR_ASSERT_OK(again);
  EXPECT_EQ(again->hash, first->hash);
  EXPECT_EQ(again->since, first->since);
  EXPECT_EQ(policies_->InForce()->deposit_at_ppm, 80'000u);
  EXPECT_THAT(Put(Of(WithDepositAt(70'000)), "one"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("request_id")));
}

TEST_F(PoliciesPutTest, WhatSomebodyElsePutMeanwhileIsNotLost) {
  NewPolicy mine = Of(WithDepositAt(90'000));
  mine.instead_of = policies_->Current().hash;
  DAFTAR_ASSERT_OK(Put(Of(WithDepositAt(80'000)), "theirs"));
  EXPECT_THAT(Put(mine, "mine"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("meanwhile")));
  EXPECT_EQ(policies_->InForce()->deposit_at_ppm, 80'000u);
  EXPECT_EQ(File(), WithDepositAt(80'000));
  mine.instead_of = policies_->Current().hash;
  DAFTAR_EXPECT_OK(Put(mine, "mine"));
}

TEST_F(PoliciesPutTest, AFileThatWasJustChangedByHandIsNotLost) {
  Write(WithDepositAt(70'000));
  NewPolicy mine = Of(WithDepositAt(90'000));
  mine.instead_of = policies_->Current().hash;
  EXPECT_THAT(Put(mine, "mine"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("by hand")));
  EXPECT_EQ(File(), WithDepositAt(70'000));
}

TEST_F(PoliciesPutTest, WithoutAFileOrAReasonNothingIsPut) {
  NewPolicy silent = Of(WithDepositAt(90'000));
  silent.because.clear();
  EXPECT_THAT(Put(silent, "one"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_FALSE(std::filesystem::exists(file()));
  Open({});
  EXPECT_THAT(Put(Of(WithDepositAt(90'000)), "two"),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(*policies_->InForce(), decision::DefaultPolicy());
}

TEST_F(PoliciesPutTest, WhenTheDatabaseTakesNothingTheFileIsAsBefore) {
  DAFTAR_ASSERT_OK(Put(Of(WithDepositAt(80'000)), "one"));
  disk_.FailAppends(storage::DiskFault::kIoError);
  EXPECT_FALSE(Put(Of(WithDepositAt(90'000)), "two").ok());
  EXPECT_EQ(policies_->InForce()->deposit_at_ppm, 80'000u);
  EXPECT_EQ(File(), WithDepositAt(80'000));
  disk_.Heal();
}

TEST_F(PoliciesPutTest, TheFileIsPutBesideAFaultyOneAndEndsItsProblem) {
  Write("version = 1\n[thresholds]\ndeposit_ppm = \"many\"\n");
  policies_->Look();
  policies_->Look();
  ASSERT_NE(policies_->problem(), "");
  NewPolicy mine = Of(WithDepositAt(90'000));
  mine.instead_of = policies_->Current().hash;
  DAFTAR_ASSERT_OK(Put(mine, "one"));
  EXPECT_EQ(policies_->problem(), "");
  EXPECT_EQ(File(), WithDepositAt(90'000));
}

}  // namespace
}  // namespace daftar::check
