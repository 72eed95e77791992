// What became of decisions, as the report and the receipt tell it.
#include "node/service/policy_handlers.h"

#include <gtest/gtest.h>

#include "node/service/shop_handlers.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;

TEST(PolicyHandlersTest, OutcomesAreReportedForThePeriodAndToldWithTheReceipt) {
  SimCircle circle;
  SimNode& node = circle.Add("toko-a.test");
  ShopHandlers shop(*node);
  PolicyHandlers policy(*node);
  const Actor manager{"user:budi", Roles{Role::kManager}};
  const evidence::Date today = evidence::Date::Of(circle.clock().Now());
  v1::CheckRequest question;
  question.add_identifiers()->set_phone("0812-3456-7890");
  for (const char* id : {"one", "two"}) {
    question.set_request_id(id);
    auto answer = shop.Check(manager, question);
    DAFTAR_ASSERT_OK(answer);
    check::OrderOutcome became;
    became.order = id;
    became.receipt = *check::ReceiptId::FromHexText(answer->receipt());
    became.named = true;
    became.outcome = check::Outcome::kLate;
    became.on = today;
    DAFTAR_ASSERT_OK(node->outcomes().Record(became, decision::DefaultPolicy()));
    v1::GetReceiptRequest why;
    why.set_receipt(answer->receipt());
    auto receipt = shop.GetReceipt(manager, why);
    DAFTAR_ASSERT_OK(receipt);
    EXPECT_EQ(receipt->outcome(), "late");
    EXPECT_EQ(receipt->outcome_at(), today.ToString());
  }
  const auto report = [&](const std::string& from, const std::string& to) {
    v1::ReportOutcomesRequest request;
    request.set_from(from);
    request.set_to(to);
    return policy.ReportOutcomes(manager, request);
  };
  auto all = report(today.ToString(), today.ToString());
  DAFTAR_ASSERT_OK(all);
  ASSERT_EQ(all->rows_size(), 1);
  EXPECT_EQ(all->rows(0).decisions(), 2u);
  EXPECT_EQ(all->rows(0).late(), 2u);
  EXPECT_EQ(all->rows(0).unpaid(), 0u);
  EXPECT_EQ(report(today.PlusDays(1).ToString(), "")->rows_size(), 0);
  EXPECT_EQ(report("", today.PlusDays(-1).ToString())->rows_size(), 0);
  EXPECT_THAT(report("then", ""), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(report("", "now"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(PolicyHandlersTest, AnOverrideIsToldWithItsEffectAndWhoMadeItBesideWhatBecameOfIt) {
  SimCircle circle;
  SimNode& node = circle.Add("toko-a.test");
  ShopHandlers shop(*node);
  PolicyHandlers policy(*node);
  const Actor manager{"user:budi", Roles{Role::kManager}};
  v1::CheckRequest question;
  question.set_request_id("one");
  question.add_identifiers()->set_phone("0812-3456-7890");
  auto answer = shop.Check(manager, question);
  DAFTAR_ASSERT_OK(answer);
  ASSERT_EQ(answer->effect(), v1::EFFECT_REVIEW);
  v1::OverrideDecisionRequest change;
  change.set_request_id("two");
  change.set_receipt(answer->receipt());
  change.set_effect(v1::EFFECT_DEPOSIT);
  change.set_because("an old friend");
  auto changed = policy.OverrideDecision(manager, change);
  DAFTAR_ASSERT_OK(changed);
  EXPECT_EQ(changed->decided(), v1::EFFECT_REVIEW);
  EXPECT_EQ(changed->override().by(), "user:budi");
  v1::GetReceiptRequest why;
  why.set_receipt(answer->receipt());
  auto told = shop.GetReceipt(manager, why);
  DAFTAR_ASSERT_OK(told);
  EXPECT_EQ(told->override().effect(), v1::EFFECT_DEPOSIT);
  EXPECT_EQ(told->override().by(), "user:budi");
  EXPECT_EQ(told->override().because(), "an old friend");
  auto report = policy.ReportOutcomes(manager, {});
  DAFTAR_ASSERT_OK(report);
  ASSERT_EQ(report->rows_size(), 1);
  EXPECT_EQ(report->rows(0).decided(), v1::EFFECT_REVIEW);
  EXPECT_EQ(report->rows(0).overridden_to(), v1::EFFECT_DEPOSIT);
  EXPECT_THAT(policy.ReportOutcomes(manager, {}, [] { return true; }),
              StatusIs(absl::StatusCode::kCancelled));
}

TEST(PolicyHandlersTest, APolicyIsShownByTheDigitsThatStatusPrints) {
  SimCircle circle;
  SimNode& node = circle.Add("toko-a.test");
  PolicyHandlers policy(*node);
  const Actor manager{"user:budi", Roles{Role::kManager}};
  const std::string hash = node->policies().Current().hash.hex();
  v1::GetPolicyRequest request;
  for (const size_t digits : {8, 12, 64}) {
    request.set_hash(hash.substr(0, digits));
    auto shown = policy.GetPolicy(manager, request);
    DAFTAR_ASSERT_OK(shown);
    EXPECT_EQ(shown->hash(), hash);
    EXPECT_TRUE(shown->in_force());
    EXPECT_EQ(shown->versions_size(), 1);
  }
  request.set_hash(hash.substr(0, 7));
  EXPECT_THAT(policy.GetPolicy(manager, request), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace daftar::service
