// What a node and its partners are told when it has begun a new log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "crypto/merkle.h"
#include "node/service/node_handlers.h"
#include "storage/log_store.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kOld[] = "toko-a.test";
constexpr char kNew[] = "toko-a2.test";

const Actor kStaff{"user:siti", Roles{Role::kStaff}};
const Actor kOperator{"user:ani", Roles{Role::kOperator}};

class NewLogNoticeTest : public ::testing::Test {
 protected:
  NewLogNoticeTest() {
    circle_.PairAll();
    circle_.Settle();
  }
  void BeginNewLog() {
    a_.Stop();
    DAFTAR_ASSERT_OK(a_.BeginNewLog(kNew, true, [](std::string_view) { return true; }));
    a_.Start();
  }
  crypto::Digest FirstEntry() {
    return crypto::MerkleLeafHash(*storage::LogStore(a_->store()).ReadLeaf(storage::kOwnLog, 0));
  }
  void Accept(SimNode& node) {
    DAFTAR_ASSERT_OK(node->AcceptPartner(node.Caller(), kOld, FirstEntry(), "compared by phone"));
    circle_.Settle();
  }
  // Toko B sees a second history of toko A's log.
  void ForkAtB() {
    const auto head = a_->publisher().Head();
    ASSERT_TRUE(head.has_value());
    crypto::Note other;
    other.text = crypto::Checkpoint{kOld, head->checkpoint.size, crypto::Digest()}.ToText();
    other.signatures = {crypto::SignNote(other.text, kOld, a_->keys().head)};
    EXPECT_THAT(b_->followers().MirrorOf(kOld)->KeepFork(head->note, other.ToString()),
                StatusIs(absl::StatusCode::kDataLoss));
  }
  // What the node tells now.
  static v1::GetStatusResponse Status(SimNode& node, const Actor& actor) {
    Users users(node->store(), node->vault(), node->clock(), node->entropy());
    auto status = NodeHandlers(*node, users).GetStatus(actor, {});
    EXPECT_TRUE(status.ok()) << status.status();
    return status.ok() ? *std::move(status) : v1::GetStatusResponse();
  }

  SimCircle circle_;
  SimNode& a_ = circle_.Add(kOld);
  SimNode& b_ = circle_.Add("toko-b.test");
  SimNode& c_ = circle_.Add("toko-c.test");
};

TEST_F(NewLogNoticeTest, WhoHasNotConfirmedTheNewLogIsNamedUntilAllHave) {
  EXPECT_THAT(Status(a_, kOperator).notices(), Not(Contains(HasSubstr("new log"))));
  BeginNewLog();
  circle_.Settle();
  EXPECT_THAT(Status(a_, kOperator).notices(),
              Contains(AllOf(HasSubstr("not confirmed the new log yet, toko-a2.test: toko-b.test, "
                                       "toko-c.test"),
                             HasSubstr("daftar partner accept toko-a.test --first-entry " +
                                       FirstEntry().hex()))));
  const v1::GetStatusResponse staffs = Status(a_, kStaff);
  EXPECT_THAT(staffs.notices(), Contains(HasSubstr("2 partners have not confirmed the new log")));
  EXPECT_THAT(staffs.ShortDebugString(), AllOf(Not(HasSubstr("toko-b")), Not(HasSubstr("toko-c"))));

  Accept(b_);
  EXPECT_THAT(Status(a_, kOperator).notices(),
              Contains(AllOf(HasSubstr("the new log yet, toko-a2.test: toko-c.test."),
                             Not(HasSubstr("toko-b.test")))));
  EXPECT_THAT(Status(a_, kStaff).notices(),
              Contains(HasSubstr("1 partner has not confirmed the new log")));
  Accept(c_);
  EXPECT_THAT(Status(a_, kOperator).notices(), Not(Contains(HasSubstr("new log"))));
  EXPECT_THAT(Status(a_, kStaff).notices(), Not(Contains(HasSubstr("new log"))));
}

TEST_F(NewLogNoticeTest, WhoPairsWithTheNewLogHasNothingToAccept) {
  BeginNewLog();
  circle_.Settle();
  Accept(b_);
  Accept(c_);
  circle_.clock().Advance(1);
  SimNode& d = circle_.Add("toko-d.test");
  circle_.Pair(a_, d);
  EXPECT_THAT(Status(a_, kOperator).notices(), Not(Contains(HasSubstr("new log"))));
}

TEST_F(NewLogNoticeTest, AForkAndTheNewLogAfterItAreOnePointOfThePartnersStatus) {
  ForkAtB();
  EXPECT_THAT(
      b_->AcceptPartner(b_.Caller(), kOld, crypto::Digest(), "none"),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               AllOf(HasSubstr("its log has forked"), HasSubstr("has shown no new log here"))));
  b_.Stop();
  BeginNewLog();
  b_.Start();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!b_->registry().Find(kOld)->succession.has_value() &&
         std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
  }
  ASSERT_TRUE(b_->registry().Find(kOld)->succession.has_value());
  EXPECT_THAT(
      Status(b_, kOperator).problems(),
      ElementsAre(AllOf(
          HasSubstr("partner toko-a.test: two signed heads"), HasSubstr("nothing of either counts"),
          HasSubstr("daftar partner accept toko-a.test --first-entry " + FirstEntry().hex()))));
  Accept(b_);
  EXPECT_EQ(b_->followers().MirrorOf(kNew)->View().size, a_->publisher().tree_size());
}

}  // namespace
}  // namespace daftar::service
