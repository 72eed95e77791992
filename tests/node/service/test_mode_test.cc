// Test identifiers and what a node in test mode does not do.
#include "node/service/test_mode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "node/service/node_handlers.h"
#include "node/service/partner_handlers.h"
#include "node/service/shop_handlers.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::IsOk;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::chrono::hours kNeverHere{24};

std::string Address(const std::string& name) { return name + "@" + std::string(kTestDomain); }

SimNode& InTestMode(SimNode& node) {
  node.Stop();
  node.test_mode = true;
  node.Start();
  return node;
}

class TestModeTest : public ::testing::Test {
 protected:
  v1::CheckRequest About(const std::string& email) {
    v1::CheckRequest request;
    request.add_identifiers()->set_email(email);
    request.set_request_id("check-" + std::to_string(++requests_));
    return request;
  }
  v1::CheckRequest About(const std::string& email, const std::string& another) {
    v1::CheckRequest request = About(email);
    request.add_identifiers()->set_email(another);
    return request;
  }

  SimCircle circle_;
  SimNode& node_ = InTestMode(circle_.Add("toko-a.test"));
  Users users_{node_->store(), node_->vault(), node_->clock(), node_->entropy()};
  ShopHandlers shop_{*node_};
  NodeHandlers nodes_{*node_, users_};
  const Actor staff_{"user:siti", Roles{Role::kStaff}};
  const Actor manager_{"user:budi", Roles{Role::kManager}};
  const Actor operator_{"user:oki", Roles{Role::kOperator}};
  int requests_ = 0;
};

TEST_F(TestModeTest, EachTestIdentifierAlwaysGetsItsAnswer) {
  const std::pair<const char*, v1::Effect> answers[] = {{"accept", v1::EFFECT_ACCEPT},
                                                        {"deposit", v1::EFFECT_DEPOSIT},
                                                        {"prepay", v1::EFFECT_PREPAY},
                                                        {"review", v1::EFFECT_REVIEW},
                                                        {"decline", v1::EFFECT_DECLINE}};
  for (const auto& [name, effect] : answers) {
    for (int round = 0; round < 2; ++round) {
      auto response = shop_.Check(staff_, About(Address(name)));
      DAFTAR_ASSERT_OK(response);
      EXPECT_EQ(response->effect(), effect) << name;
      EXPECT_TRUE(response->test());
      EXPECT_THAT(response->because(), StartsWith("TEST MODE: "));
      EXPECT_THAT(response->notes(), IsEmpty());
      // The receipt is a real one, and says what was made of it.
      v1::GetReceiptRequest why;
      why.set_receipt(response->receipt());
      auto receipt = shop_.GetReceipt(manager_, why);
      DAFTAR_ASSERT_OK(receipt);
      const bool overridden = receipt->has_override();
      EXPECT_EQ(overridden, receipt->effect() != effect) << name;
      if (overridden) {
        EXPECT_EQ(receipt->override().effect(), effect);
        EXPECT_EQ(receipt->override().by(), kTestActor);
      }
      EXPECT_THAT(receipt->because(), Not(HasSubstr("TEST")));
    }
  }
}

TEST_F(TestModeTest, ItSaysSoInTheLanguageAskedFor) {
  for (const auto& [language, words] :
       {std::pair("id", "MODE UJI: "), std::pair("ms", "MOD UJIAN: ")}) {
    v1::CheckRequest request = About(Address("deposit"));
    request.set_language(language);
    auto response = shop_.Check(staff_, request);
    DAFTAR_ASSERT_OK(response);
    EXPECT_THAT(response->because(), StartsWith(words));
  }
}

TEST_F(TestModeTest, ARepeatedCheckOverridesNothingAgain) {
  const v1::CheckRequest request = About(Address("decline"));
  auto first = shop_.Check(staff_, request);
  DAFTAR_ASSERT_OK(first);
  auto again = shop_.Check(staff_, request);
  DAFTAR_ASSERT_OK(again);
  EXPECT_EQ(again->receipt(), first->receipt());
  EXPECT_EQ(again->effect(), v1::EFFECT_DECLINE);
  v1::GetReceiptRequest why;
  why.set_receipt(first->receipt());
  auto receipt = shop_.GetReceipt(manager_, why);
  DAFTAR_ASSERT_OK(receipt);
  EXPECT_EQ(receipt->earlier_overrides_size(), 0);
}

TEST_F(TestModeTest, OtherIdentifiersGetOrdinaryAnswers) {
  for (const std::string& email : {std::string("siti@mail.id"), Address("nobody")}) {
    auto response = shop_.Check(staff_, About(email));
    DAFTAR_ASSERT_OK(response);
    EXPECT_FALSE(response->test());
    EXPECT_THAT(response->because(), Not(HasSubstr("TEST")));
  }
  EXPECT_THAT(shop_.Check(staff_, About(Address("accept"), Address("deposit"))),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("different answers")));
  auto beside = shop_.Check(staff_, About("siti@mail.id", Address("deposit")));
  DAFTAR_ASSERT_OK(beside);
  EXPECT_EQ(beside->effect(), v1::EFFECT_DEPOSIT);
}

TEST_F(TestModeTest, OneAlwaysFailsAndLeavesNoReceipt) {
  const uint64_t before = node_->receipts().Head().size;
  EXPECT_THAT(shop_.Check(staff_, About(Address("error"))),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("always fails")));
  EXPECT_EQ(node_->receipts().Head().size, before);
}

TEST_F(TestModeTest, TheSlowOneIsAcceptedWhenItsTimeIsOver) {
  TestMode mode(*node_, std::chrono::milliseconds(1));
  EXPECT_THAT(mode.Before(TestAnswer::kSlow), IsOk());
  check::Answer decided;
  decided.decision.verdict.effect = decision::Effect::kAccept;
  v1::CheckResponse response;
  EXPECT_THAT(mode.After(TestAnswer::kSlow, decided, decision::Language::kEnglish, response),
              IsOk());
  EXPECT_EQ(response.effect(), v1::EFFECT_ACCEPT);
  EXPECT_TRUE(response.test());
}

TEST_F(TestModeTest, OnlySoManySlowOnesWaitAndStoppingEndsThem) {
  TestMode mode(*node_, kNeverHere);
  // One more than may wait: it is the only one to return before the stop.
  std::atomic<int> refused{0};
  std::atomic<int> stopped{0};
  std::vector<std::thread> threads;
  for (int i = 0; i <= kMaxSlowTests; ++i) {
    threads.emplace_back([&] {
      const absl::Status status = mode.Before(TestAnswer::kSlow);
      if (absl::IsResourceExhausted(status)) {
        ++refused;
        refused.notify_all();
      }
      if (absl::IsUnavailable(status)) ++stopped;
    });
  }
  refused.wait(0);
  mode.Stop();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused.load(), 1);
  EXPECT_EQ(stopped.load(), kMaxSlowTests);
  EXPECT_THAT(mode.Before(TestAnswer::kSlow), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(TestModeTest, ANodeThatStopsLetsNoSlowCheckWait) {
  shop_.Stop();
  EXPECT_THAT(shop_.Check(staff_, About(Address("slow"))),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("stopping")));
}

TEST_F(TestModeTest, OutsideOfItTestIdentifiersBelongToNobody) {
  SimNode& real = circle_.Add("toko-b.test");
  ShopHandlers shop(*real);
  for (const char* name : {"accept", "deposit", "prepay", "review", "decline", "slow", "error"}) {
    EXPECT_THAT(shop.Check(staff_, About(Address(name))),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("belongs to nobody"),
                               HasSubstr("test identifiers work in test mode only"))))
        << name;
  }
  EXPECT_EQ(real->receipts().Head().size, 0u);
}

TEST_F(TestModeTest, TheStatusSaysSo) {
  auto status = nodes_.GetStatus(staff_, {});
  DAFTAR_ASSERT_OK(status);
  EXPECT_TRUE(status->test_mode());
  EXPECT_THAT(status->notices(), Contains(HasSubstr("in test mode")));
  SimNode& real = circle_.Add("toko-b.test");
  Users users(real->store(), real->vault(), real->clock(), real->entropy());
  NodeHandlers handlers(*real, users);
  auto other = handlers.GetStatus(staff_, {});
  DAFTAR_ASSERT_OK(other);
  EXPECT_FALSE(other->test_mode());
  EXPECT_THAT(other->notices(), Not(Contains(HasSubstr("in test mode"))));
}

TEST_F(TestModeTest, ANodeInTestModePairsWithNobody) {
  const auto refused =
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("must not reach real shops"));
  EXPECT_THAT(nodes_.CreateInvite(operator_, {}), refused);
  EXPECT_THAT(nodes_.JoinPartner(operator_, {}), refused);
  EXPECT_THAT(nodes_.AcceptPartner(operator_, {}), refused);
  // Who may not pair at all does not learn more.
  EXPECT_THAT(nodes_.CreateInvite(staff_, {}), StatusIs(absl::StatusCode::kPermissionDenied));
  v1::RecoverLogRequest recovery;
  recovery.set_request_id("r");
  recovery.set_because("lost");
  recovery.set_code("daftar1-abc");
  EXPECT_THAT(
      nodes_.RecoverLog(operator_, recovery, [](const v1::RecoverLogResponse&) { return true; }),
      refused);
}

// An invite may have been made before test mode was turned on.
TEST_F(TestModeTest, AnOlderInviteOpensNothing) {
  SimNode& other = circle_.Add("toko-b.test");
  auto invite = other->pairing().Invite(other.Caller(), 0);
  DAFTAR_ASSERT_OK(invite);
  InTestMode(other);
  PartnerHandlers port(*other);
  v1::PairRequest request;
  request.set_secret(std::string(16, 's'));
  EXPECT_THAT(port.Pair({}, request),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("a node in test mode")));
}

TEST_F(TestModeTest, ANodeWithPartnersDoesNotStartInTestMode) {
  SimNode& b = circle_.Add("toko-b.test");
  SimNode& c = circle_.Add("toko-c.test");
  circle_.Pair(b, c);
  b.Stop();
  b.test_mode = true;
  EXPECT_THAT(b.TryStart(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                     AllOf(HasSubstr("test_mode"), HasSubstr("toko-c.test"))));
  b.test_mode = false;
  EXPECT_THAT(b.TryStart(), IsOk());
  DAFTAR_EXPECT_OK(b->registry().SetStatus(b.Caller(), "toko-c.test",
                                           partners::PartnerStatus::kRemoved, "left"));
  b.Stop();
  b.test_mode = true;
  EXPECT_THAT(b.TryStart(), IsOk());
}

}  // namespace
}  // namespace daftar::service
