#include "node/partners/relay_sender.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/node/partners/relay_fixture.h"
#include "tests/node/partners/unreached_network.h"

namespace daftar::partners {
namespace {

// Answers as a script says, and says when.
class ScriptedNetwork final : public UnreachedNetwork {
 public:
  void RelayDispute(const Partner& partner, const crypto::Bytes& statement,
                    std::chrono::milliseconds,
                    std::function<void(absl::StatusOr<RelayAnswer>)> done) override {
    bool fails = false;
    RelayAnswer answer{RelayOutcome::kKept, RelayRefusal::kNone};
    {
      storage::MutexLock lock(mutex_);
      sent_[partner.origin].push_back(statement);
      fails = failures_ > 0;
      if (fails) --failures_;
      if (refusals_.count(partner.origin) > 0) {
        answer = {RelayOutcome::kRefused, refusals_[partner.origin]};
      }
      changed_.NotifyAll();
    }
    if (fails) return done(absl::UnavailableError("not reached"));
    done(answer);
  }
  void LetRefuse(const std::string& origin, RelayRefusal refusal) {
    storage::MutexLock lock(mutex_);
    refusals_[origin] = refusal;
  }
  void FailNext(int calls) {
    storage::MutexLock lock(mutex_);
    failures_ = calls;
  }
  // How many different ones.
  size_t SentStatements(const std::string& origin) {
    storage::MutexLock lock(mutex_);
    return std::set(sent_[origin].begin(), sent_[origin].end()).size();
  }
  size_t Sent(const std::string& origin) {
    storage::MutexLock lock(mutex_);
    return sent_[origin].size();
  }
  // Waits until the partner, or with an empty origin all, have been sent so much; false when the
  // patience ends first.
  bool WaitForSent(const std::string& origin, size_t calls,
                   std::chrono::milliseconds patience = std::chrono::seconds(10)) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    storage::MutexLock lock(mutex_);
    const auto sent = [&]() DAFTAR_REQUIRES(mutex_) {
      size_t count = 0;
      for (const auto& [to, statements] : sent_) {
        if (origin.empty() || to == origin) count += statements.size();
      }
      return count;
    };
    while (sent() < calls) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      changed_.WaitFor(mutex_, std::chrono::milliseconds(10));
    }
    return true;
  }

 private:
  storage::Mutex mutex_;
  storage::CondVar changed_;
  int failures_ DAFTAR_GUARDED_BY(mutex_) = 0;
  std::map<std::string, RelayRefusal> refusals_ DAFTAR_GUARDED_BY(mutex_);
  std::map<std::string, std::vector<crypto::Bytes>> sent_ DAFTAR_GUARDED_BY(mutex_);
};

class RelaySenderTest : public testing::RelayTest {
 protected:
  ScriptedNetwork network_;
};

TEST_F(RelaySenderTest, WhatFailsIsSentAgainAndWhatIsAnsweredIsNot) {
  network_.FailNext(6);
  RelaySender sender(b_->registry(), network_, b_->relayer(),
                     {.first_retry = std::chrono::milliseconds(1),
                      .last_retry = std::chrono::milliseconds(4),
                      .repeat = std::chrono::hours(1)});
  sender.Start();
  DAFTAR_ASSERT_OK(Relay(b_));
  sender.Wake();
  ASSERT_TRUE(network_.WaitForSent("", 8));
  sender.Stop();
  // Six calls failed and two were answered, whichever partner they went to.
  EXPECT_EQ(network_.Sent("toko-a.test") + network_.Sent("toko-c.test"), 8u);
  EXPECT_TRUE(Listed(b_).relay.issuer_told);
  EXPECT_EQ(Listed(b_).relay.told.count("toko-c.test"), 1u);
}

TEST_F(RelaySenderTest, EachStatementHasItsTurnHoweverOftenNothingWasDue) {
  incident_ = Publish();  // the second about the buyer
  network_.FailNext(1'000'000);
  RelaySender sender(
      b_->registry(), network_, b_->relayer(),
      {.first_retry = std::chrono::milliseconds(5), .last_retry = std::chrono::milliseconds(5)});
  DAFTAR_ASSERT_OK(Relay(b_));
  sender.Start();
  ASSERT_TRUE(network_.WaitForSent("toko-a.test", 4));
  ASSERT_TRUE(network_.WaitForSent("toko-c.test", 4));
  sender.Stop();
  EXPECT_EQ(network_.SentStatements("toko-a.test"), 2u);
  EXPECT_EQ(network_.SentStatements("toko-c.test"), 2u);
}

TEST_F(RelaySenderTest, TheIssuerIsAskedAgainUntilItsDisputeIsThere) {
  RelaySender sender(b_->registry(), network_, b_->relayer(),
                     {.first_retry = std::chrono::milliseconds(1),
                      .last_retry = std::chrono::milliseconds(4),
                      .repeat = std::chrono::milliseconds(2)});
  DAFTAR_ASSERT_OK(Relay(b_));
  sender.Start();
  ASSERT_TRUE(network_.WaitForSent("toko-a.test", 4));
  sender.Stop();
  EXPECT_EQ(network_.Sent("toko-c.test"), 1u);
}

TEST_F(RelaySenderTest, WhoeverRefusesForNowIsAskedAgain) {
  network_.LetRefuse("toko-a.test", RelayRefusal::kFromTheFuture);
  network_.LetRefuse("toko-c.test", RelayRefusal::kUnknownLog);
  RelaySender sender(b_->registry(), network_, b_->relayer(),
                     {.first_retry = std::chrono::milliseconds(1),
                      .last_retry = std::chrono::milliseconds(4),
                      .repeat = std::chrono::milliseconds(2)});
  DAFTAR_ASSERT_OK(Relay(b_));
  sender.Start();
  ASSERT_TRUE(network_.WaitForSent("toko-a.test", 3));
  ASSERT_TRUE(network_.WaitForSent("toko-c.test", 3));
  sender.Stop();
  EXPECT_EQ(Listed(b_).relay.refusal, RelayRefusal::kFromTheFuture);
  EXPECT_TRUE(Listed(b_).open());
  EXPECT_TRUE(Listed(b_).relay.told.empty());
}

TEST_F(RelaySenderTest, WhoeverRefusesForNowWaitsForTheNextTurn) {
  network_.LetRefuse("toko-a.test", RelayRefusal::kEnded);
  network_.LetRefuse("toko-c.test", RelayRefusal::kUnknownLog);
  RelaySender sender(b_->registry(), network_, b_->relayer(),
                     {.first_retry = std::chrono::milliseconds(1),
                      .last_retry = std::chrono::milliseconds(4),
                      .repeat = std::chrono::hours(1)});
  DAFTAR_ASSERT_OK(Relay(b_));
  sender.Start();
  ASSERT_TRUE(network_.WaitForSent("", 2));
  EXPECT_FALSE(network_.WaitForSent("", 3, std::chrono::milliseconds(50)));
  sender.Stop();
  EXPECT_EQ(network_.Sent("toko-a.test"), 1u);
  EXPECT_EQ(network_.Sent("toko-c.test"), 1u);
}

TEST_F(RelaySenderTest, ARestartForgetsNothing) {
  DAFTAR_ASSERT_OK(Relay(b_));
  b_.Stop();
  b_.Start();
  RelaySender sender(b_->registry(), network_, b_->relayer());
  sender.SendAll();
  EXPECT_EQ(network_.Sent("toko-a.test"), 1u);
  EXPECT_EQ(network_.Sent("toko-c.test"), 1u);
}

}  // namespace
}  // namespace daftar::partners
