#include "node/check/policies.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

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
}

TEST_F(PoliciesTest, AFileThatIsGoneLeavesWhatItSaidInForceUntilAnotherSaysOtherwise) {
  Write(WithDepositAt(90'000));
  LookTwice();
  std::filesystem::remove(file());
  LookTwice();
  const auto check = [&] {
    EXPECT_EQ(DepositAt(), 90'000u);
    EXPECT_THAT(policies_->problem(), HasSubstr("policy.toml is gone"));
    EXPECT_THAT(policies_->problem(), HasSubstr("daftar policy show > " + file().string()));
    // Not any more: it is kept.
    EXPECT_FALSE(policies_->Current().from_file);
  };
  check();
  Open();
  check();
  EXPECT_EQ(policies_->TakeNews().size(), 1u);
  // As the problem says: the shortest file is the default policy, and may go then.
  Write("version = 1\n");
  LookTwice();
  EXPECT_EQ(*policies_->InForce(), decision::DefaultPolicy());
  EXPECT_EQ(policies_->problem(), "");
  EXPECT_TRUE(policies_->Current().from_file);
  std::filesystem::remove(file());
  LookTwice();
  EXPECT_EQ(policies_->problem(), "");
  EXPECT_FALSE(policies_->Current().from_file);
  Open();
  EXPECT_EQ(policies_->problem(), "");
}

TEST_F(PoliciesTest, VersionsOfAnotherProgramAreKeptAndStopNothing) {
  crypto::Bytes strange = decision::DefaultPolicy().Encode();
  strange.push_back(0);  // one value more than this program knows
  const crypto::Digest hash = crypto::Sha256(strange);
  const crypto::Bytes row = crypto::Writer().U8(1).U64(uint64_t{kNow} * 1000).Raw(strange).Take();
  storage::Batch batch;
  batch.Put(storage::Column::kPolicies, crypto::ToBytes(hash.view()), row);
  ASSERT_THAT(store_->Write(std::move(batch)), daftar::testing::IsOk());
  Open();
  EXPECT_EQ(policies_->undecoded(), 1u);
  EXPECT_EQ(policies_->problem(), "");
  EXPECT_EQ(policies_->Versions()->size(), 2u);
  EXPECT_THAT(policies_->ByHash(hash), StatusIs(absl::StatusCode::kFailedPrecondition,
                                                HasSubstr("another version of Daftar")));
  // The same in force: the default is, and the row stays for the program that made it.
  storage::Batch in_force;
  in_force.Put(storage::Column::kPolicies, crypto::ToBytes("in-force"),
               crypto::Writer().U8(2).Raw(hash.view()).U64(uint64_t{kNow} * 1000).Take());
  ASSERT_THAT(store_->Write(std::move(in_force)), daftar::testing::IsOk());
  for (int i = 0; i < 2; ++i) {
    Open();
    EXPECT_EQ(*policies_->InForce(), decision::DefaultPolicy());
    EXPECT_THAT(policies_->problem(), HasSubstr(hash.hex()));
    DAFTAR_EXPECT_OK(policies_->ByHash(policies_->Current().hash));
  }
  Write("version = 1\n");
  LookTwice();
  EXPECT_EQ(policies_->problem(), "");
  std::filesystem::remove(file());
  Open();
  EXPECT_EQ(policies_->problem(), "");
  // A row that is not whole is damage all the same.
  storage::Batch damaged;
  damaged.Put(storage::Column::kPolicies, crypto::ToBytes(hash.view()),
              crypto::Bytes(row.begin(), row.end() - 1));
  ASSERT_THAT(store_->Write(std::move(damaged)), daftar::testing::IsOk());
  EXPECT_THAT(policies_->ByHash(hash), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(PoliciesTest, AFileWithAFaultLeavesWhatWasInForceAndSaysWhere) {
  Write(WithDepositAt(90'000));
  LookTwice();
  Write("version = 1\n[thresholds]\ndeposit_pmm = 5\n");
  LookTwice();
  EXPECT_EQ(DepositAt(), 90'000u);
  EXPECT_THAT(policies_->problem(), HasSubstr("policy.toml:3:1: unknown key"));
  EXPECT_THAT(policies_->problem(), HasSubstr("deposit_pmm"));
  EXPECT_FALSE(policies_->Current().from_file);
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
  // One that comes back has two periods.
  for (const int ppm : {90'000, 80'000}) {
    clock_.Advance(60);
    Write(WithDepositAt(ppm));
    LookTwice();
    hashes.push_back(policies_->InForce()->Hash());
  }
  for (int restart = 0; restart < 2; ++restart) Open();
  auto versions = policies_->Versions();
  DAFTAR_ASSERT_OK(versions);
  ASSERT_EQ(versions->size(), 5u);
  EXPECT_EQ((*versions)[0].since, policies_->Current().since);
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ((*versions)[i].hash, hashes[4 - i]);
    EXPECT_EQ((*versions)[i].since.seconds(), kNow + 60 * static_cast<int64_t>(4 - i));
    auto policy = policies_->ByHash(hashes[i]);
    DAFTAR_ASSERT_OK(policy);
    EXPECT_EQ(policy->Hash(), hashes[i]);
  }
  EXPECT_THAT(policies_->ByHash(crypto::Sha256(crypto::AsBytes("other"))),
              StatusIs(absl::StatusCode::kNotFound));
}

// As rows were written before there were periods: each version's first day, and since when the one
// in force is.
TEST_F(PoliciesTest, WhatIsKnownOfPeriodsBeforeTheyWereKeptIsTold) {
  const crypto::Digest first = policies_->InForce()->Hash();
  clock_.Advance(60);
  Write(WithDepositAt(90'000));
  LookTwice();
  const crypto::Digest second = policies_->InForce()->Hash();
  std::vector<crypto::Bytes> periods;
  ASSERT_THAT(store_->Scan(storage::Column::kPolicies, crypto::AsBytes("period/"),
                           crypto::AsBytes("period/"),
                           [&](crypto::ByteView key, crypto::ByteView) {
                             periods.push_back(crypto::ToBytes(key));
                             return true;
                           }),
              daftar::testing::IsOk());
  storage::Batch batch;
  for (const crypto::Bytes& key : periods) batch.Delete(storage::Column::kPolicies, key);
  // The first came back.
  batch.Put(storage::Column::kPolicies, crypto::ToBytes("in-force"),
            crypto::Writer().U8(2).Raw(first.view()).U64(uint64_t{kNow + 120} * 1000 + 3).Take());
  ASSERT_THAT(store_->Write(std::move(batch)), daftar::testing::IsOk());
  std::filesystem::remove(file());
  clock_.Advance(600);
  for (int restart = 0; restart < 2; ++restart) {
    Open();
    auto versions = policies_->Versions();
    DAFTAR_ASSERT_OK(versions);
    ASSERT_EQ(versions->size(), 3u);
    EXPECT_EQ((*versions)[0].hash, first);
    EXPECT_EQ((*versions)[0].since.value, (kNow + 120) * 1000 + 3);
    EXPECT_EQ((*versions)[0].since, policies_->Current().since);
    EXPECT_EQ((*versions)[1].hash, second);
    EXPECT_EQ((*versions)[2].hash, first);
    EXPECT_EQ((*versions)[2].since.seconds(), kNow);
  }
}

// Then the clock was read a moment later for the one row than for the other.
TEST_F(PoliciesTest, TwoRowsOfOneMomentAreOnePeriod) {
  const crypto::Digest hash = policies_->InForce()->Hash();
  storage::Batch batch;
  batch.Delete(storage::Column::kPolicies,
               crypto::Writer().Raw("period/").U64(uint64_t{kNow} * 1000).Take());
  batch.Put(storage::Column::kPolicies, crypto::ToBytes("in-force"),
            crypto::Writer().U8(2).Raw(hash.view()).U64(uint64_t{kNow} * 1000 + 3).Take());
  ASSERT_THAT(store_->Write(std::move(batch)), daftar::testing::IsOk());
  Open();
  auto versions = policies_->Versions();
  DAFTAR_ASSERT_OK(versions);
  ASSERT_EQ(versions->size(), 1u);
  EXPECT_EQ((*versions)[0].since, policies_->Current().since);
}

TEST_F(PoliciesTest, PeriodsFollowEachOtherThoughTheClockIsSetBack) {
  clock_.Advance(-3600);
  Write(WithDepositAt(90'000));
  LookTwice();
  const auto check = [this] {
    auto versions = policies_->Versions();
    DAFTAR_ASSERT_OK(versions);
    ASSERT_EQ(versions->size(), 2u);
    EXPECT_EQ((*versions)[0].hash, policies_->InForce()->Hash());
    EXPECT_GT((*versions)[0].since, (*versions)[1].since);
  };
  check();
  Open();
  check();
}

TEST_F(PoliciesTest, AHashIsNamedByItsFirstDigits) {
  const crypto::Digest hash = policies_->InForce()->Hash();
  for (const size_t digits : {kMinHashDigits, size_t{12}, size_t{64}}) {
    EXPECT_EQ(*policies_->Find(hash.hex().substr(0, digits)), hash);
  }
  for (const std::string& wrong : {hash.hex().substr(0, kMinHashDigits - 1), hash.hex() + "0",
                                   std::string("policy12"), std::string()}) {
    EXPECT_THAT(policies_->Find(wrong), StatusIs(absl::StatusCode::kInvalidArgument));
  }
  std::string other = hash.hex();
  other.back() = other.back() == '0' ? '1' : '0';
  EXPECT_THAT(policies_->Find(other), StatusIs(absl::StatusCode::kNotFound));
  // Another that begins the same.
  const crypto::Bytes row =
      crypto::Writer().U8(1).U64(uint64_t{kNow} * 1000).Raw(crypto::AsBytes("x")).Take();
  storage::Batch batch;
  batch.Put(storage::Column::kPolicies, crypto::ToBytes(crypto::Digest::FromHexText(other)->view()),
            row);
  ASSERT_THAT(store_->Write(std::move(batch)), daftar::testing::IsOk());
  EXPECT_THAT(policies_->Find(other.substr(0, 12)),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("more digits")));
  EXPECT_EQ(*policies_->Find(hash.hex()), hash);
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
}

TEST_F(PoliciesTest, EachFaultHasALineOfItsOwnUpToABound) {
  const auto lines = [this](int faults) {
    std::string text = "version = 1\n";
    for (int i = 0; i < faults; ++i) text += "k" + std::to_string(i) + " = 1\n";
    Write(text);
    LookTwice();
    std::vector<std::string> out;
    std::istringstream problem(policies_->problem());
    for (std::string line; std::getline(problem, line);) out.push_back(line);
    return out;
  };
  const auto three = lines(3);
  ASSERT_EQ(three.size(), 4u);
  EXPECT_EQ(three[0],
            "policy.toml is not in force (what was before it is; `daftar policy check` tells "
            "more):");
  for (size_t i = 1; i < three.size(); ++i) {
    const std::string place = "policy.toml:" + std::to_string(i + 1) + ":1: ";
    EXPECT_EQ(three[i].rfind(place, 0), 0u) << three[i];
  }
  const auto many = lines(9);
  ASSERT_EQ(many.size(), 2 + kMaxFaultsTold);
  EXPECT_EQ(many.back(), "and 4 more");
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
  EXPECT_THAT(news[0].problem, HasSubstr(":\npolicy.toml:3:1: unknown key"));
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
