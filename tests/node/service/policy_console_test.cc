// The calls of the console's policy page and of the owner's overview.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "node/service/policy_handlers.h"
#include "node/service/shop_handlers.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::service {
namespace {

using ::daftar::testing::Phone;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PolicyConsoleTest : public ::testing::Test {
 protected:
  static std::string WithDepositAt(int ppm) {
    return "version = 1\n[thresholds]\ndeposit_ppm = " + std::to_string(ppm) + "\n";
  }
  v1::PutPolicyRequest PutOf(const std::string& toml, const std::string& id) {
    v1::PutPolicyRequest request;
    request.set_request_id(id);
    request.set_toml(toml);
    request.set_because("fewer lost orders");
    return request;
  }
  v1::CheckResponse Check(const Actor& actor) {
    v1::CheckRequest request;
    request.add_identifiers()->set_phone("0812-3456-7890");
    auto answer = shop_.Check(actor, request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return *std::move(answer);
  }
  // What a report's notes are about, once each stands beside its words.
  static std::vector<std::string> KindsOf(const v1::BacktestReport& report) {
    EXPECT_EQ(report.noted_size(), report.notes_size());
    std::vector<std::string> kinds;
    for (const v1::BacktestNote& note : report.noted()) kinds.push_back(note.kind());
    return kinds;
  }
  // `count` orders, three days apart, of which every fourth was never paid.
  void GiveOrders(int count) {
    const evidence::Date today = evidence::Date::Of(circle_.clock().Now());
    std::vector<decision::OrderRow> rows;
    for (int i = 0; i < count; ++i) {
      decision::OrderRow row;
      row.identifiers = {Phone("0812-34" + std::to_string(10 + i % 7) + "-7890")};
      row.invoice = "INV-" + std::to_string(i);
      row.invoiced = today.PlusDays(-60 - 3 * (count - i));
      row.due = row.invoiced.PlusDays(14);
      if (i % 4 != 0) row.paid = row.due;
      row.amount = {100'000'00, *evidence::Currency::FromCode("IDR")};
      rows.push_back(row);
    }
    DAFTAR_ASSERT_OK(node_->book().ImportOrders(rows));
  }

  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
  PolicyHandlers policy_{*node_};
  ShopHandlers shop_{*node_};
  const Actor manager_{"user:budi", Roles{Role::kManager}};
  const Actor staff_{"user:sari", Roles{Role::kStaff}};
};

TEST_F(PolicyConsoleTest, AFaultyPolicyIsToldWithItsPlacesAndChangesNothing) {
  v1::CheckPolicyRequest request;
  request.set_toml("version = 1\n[thresholds]\ndeposit_ppm = \"many\"\n  prepay_pm = 1\n");
  auto checked = policy_.CheckPolicy(staff_, request);
  DAFTAR_ASSERT_OK(checked);
  ASSERT_EQ(checked->faults_size(), 2);
  EXPECT_EQ(checked->faults(0).line(), 3u);
  EXPECT_GT(checked->faults(0).column(), 0u);
  EXPECT_EQ(checked->faults(1).line(), 4u);
  EXPECT_FALSE(checked->faults(1).what().empty());
  EXPECT_EQ(checked->hash(), "");
  EXPECT_EQ(checked->lines_size(), 0);
  auto put = policy_.PutPolicy(manager_, PutOf(request.toml(), "one"));
  EXPECT_THAT(put, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 3, column")));
  EXPECT_THAT(put, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 4, column")));
  EXPECT_EQ(*node_->policies().InForce(), decision::DefaultPolicy());
  EXPECT_FALSE(std::filesystem::exists(node_.dir() / "policy.toml"));
}

TEST_F(PolicyConsoleTest, APolicyIsSaidInTheLanguageThatIsAskedFor) {
  v1::CheckPolicyRequest request;
  request.set_toml(WithDepositAt(90'000));
  auto english = policy_.CheckPolicy(staff_, request);
  DAFTAR_ASSERT_OK(english);
  EXPECT_EQ(english->faults_size(), 0);
  const decision::Policy policy = *decision::Policy::Parse(request.toml());
  EXPECT_EQ(english->hash(), policy.Hash().hex());
  EXPECT_EQ(english->toml(), policy.ToToml());
  request.set_language("id");
  auto indonesian = policy_.CheckPolicy(staff_, request);
  DAFTAR_ASSERT_OK(indonesian);
  ASSERT_EQ(indonesian->lines_size(), english->lines_size());
  int told = 0;
  for (int i = 0; i < english->lines_size(); ++i) {
    EXPECT_NE(english->lines(i).sentence(), indonesian->lines(i).sentence());
    if (english->lines(i).key() != "thresholds.deposit_ppm") continue;
    ++told;
    EXPECT_EQ(english->lines(i).value(), "90000");
    EXPECT_EQ(english->lines(i).default_value(), "100000");
  }
  EXPECT_EQ(told, 1);
  request.set_language("tlh");
  EXPECT_THAT(policy_.CheckPolicy(staff_, request), StatusIs(absl::StatusCode::kInvalidArgument));
  // Without one, the policy in force.
  EXPECT_EQ(policy_.CheckPolicy(staff_, {})->hash(), node_->policies().Current().hash.hex());
}

TEST_F(PolicyConsoleTest, APolicyIsPutInForceUnlessAnotherCameBetween) {
  v1::PutPolicyRequest mine = PutOf(WithDepositAt(90'000), "mine");
  mine.set_instead_of(node_->policies().Current().hash.hex());
  auto theirs = policy_.PutPolicy(manager_, PutOf(WithDepositAt(80'000), "theirs"));
  DAFTAR_ASSERT_OK(theirs);
  EXPECT_EQ(theirs->hash(), node_->policies().Current().hash.hex());
  EXPECT_NE(theirs->since(), "");
  EXPECT_THAT(policy_.PutPolicy(manager_, mine), StatusIs(absl::StatusCode::kFailedPrecondition));
  mine.set_instead_of("no hash");
  EXPECT_THAT(policy_.PutPolicy(manager_, mine), StatusIs(absl::StatusCode::kInvalidArgument));
  mine.set_instead_of(theirs->hash());
  DAFTAR_ASSERT_OK(policy_.PutPolicy(manager_, mine));
  EXPECT_EQ(Check(manager_).policy(), node_->policies().Current().hash.hex());
  EXPECT_EQ(node_->policies().InForce()->deposit_at_ppm, 90'000u);
}

TEST_F(PolicyConsoleTest, ATrialIsToldToManagersAndNotToStaff) {
  EXPECT_EQ(policy_.ReportTrial(manager_, {})->hash(), "");
  v1::SetTrialPolicyRequest request;
  request.set_request_id("one");
  request.set_because("to see");
  request.set_toml(WithDepositAt(90'000));
  auto set = policy_.SetTrialPolicy(manager_, request);
  DAFTAR_ASSERT_OK(set);
  EXPECT_EQ(set->hash(), decision::Policy::Parse(request.toml())->Hash().hex());
  const v1::CheckResponse told = Check(manager_);
  EXPECT_EQ(told.trial(), told.effect());
  EXPECT_EQ(Check(staff_).trial(), v1::EFFECT_UNSPECIFIED);
  auto report = policy_.ReportTrial(manager_, {});
  DAFTAR_ASSERT_OK(report);
  EXPECT_EQ(report->hash(), set->hash());
  EXPECT_EQ(report->since(), set->since());
  EXPECT_EQ(decision::Policy::Parse(report->toml())->Hash().hex(), set->hash());
  ASSERT_EQ(report->rows_size(), 1);
  EXPECT_EQ(report->rows(0).checks(), 2u);
  EXPECT_EQ(report->rows(0).answered(), told.effect());
  request.set_request_id("two");
  request.set_toml("version = 2\n");
  EXPECT_THAT(policy_.SetTrialPolicy(manager_, request),
              StatusIs(absl::StatusCode::kInvalidArgument));
  request.clear_toml();
  auto ended = policy_.SetTrialPolicy(manager_, request);
  DAFTAR_ASSERT_OK(ended);
  EXPECT_EQ(ended->hash(), "");
  EXPECT_EQ(Check(manager_).trial(), v1::EFFECT_UNSPECIFIED);
}

TEST_F(PolicyConsoleTest, ABacktestComparesWithThePolicyInForceAndTellsHowFarItIs) {
  GiveOrders(40);
  v1::BacktestPolicyRequest request;
  request.set_toml(WithDepositAt(150'000));
  std::vector<uint64_t> done;
  uint64_t orders = 0;
  absl::Status second;
  auto report = policy_.BacktestPolicy(manager_, request, [&](const auto& message) {
    EXPECT_FALSE(message.has_report());
    done.push_back(message.progress().done());
    orders = message.progress().orders();
    second = policy_.BacktestPolicy(manager_, request).status();
    return true;
  });
  DAFTAR_ASSERT_OK(report);
  EXPECT_THAT(second, StatusIs(absl::StatusCode::kResourceExhausted));
  ASSERT_GE(done.size(), 3u);  // reading, and each of the two runs
  EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
  EXPECT_EQ(orders, 80u);
  for (const v1::BacktestReport& one : {report->report(), report->in_force()}) {
    EXPECT_EQ(one.orders(), 40u);
    EXPECT_EQ(one.good(), 15u);  // of the newer half
    EXPECT_EQ(one.bad(), 5u);
    uint64_t answered = 0;
    for (const v1::BacktestEffect& effect : one.effects()) answered += effect.good() + effect.bad();
    EXPECT_EQ(answered, 20u);
    EXPECT_EQ(one.curve_ppm_size(), 101);
    EXPECT_EQ(one.points_size(), 4);
    EXPECT_EQ(one.points(3).hindered_ppm(), 50'000u);
  }
  ASSERT_GE(report->report().notes_size(), 1);
  EXPECT_THAT(report->report().notes(0), HasSubstr("partner"));
  EXPECT_THAT(KindsOf(report->report()), ElementsAre("own-orders-only", "newer-half", "not-in-it"));
  EXPECT_EQ(report->in_force().noted_size(), 0);
  // Of the one in force alone there is nothing to compare, and the next may run.
  auto alone = policy_.BacktestPolicy(manager_, {});
  DAFTAR_ASSERT_OK(alone);
  EXPECT_FALSE(alone->has_in_force());
  EXPECT_EQ(alone->report().good(), 15u);
}

TEST_F(PolicyConsoleTest, ABacktestSaysWhatItLeavesOutInWordsAndInNumbers) {
  GiveOrders(40);
  const evidence::Date today = evidence::Date::Of(circle_.clock().Now());
  book::NewOrder prepaid;
  prepaid.identifiers = {Phone("0813-2465-7980")};
  prepaid.amount = {100'000'00, *evidence::Currency::FromCode("IDR")};
  prepaid.terms = decision::Terms::kPrepaid;
  prepaid.invoiced = today.PlusDays(-50);
  prepaid.due = prepaid.invoiced;
  auto added = node_->book().AddOrder(node_.Caller(), prepaid);
  DAFTAR_ASSERT_OK(added);
  v1::BacktestPolicyRequest request;
  request.set_most_orders(30);
  request.set_toml("version = 1\n[own_orders]\nlate_after_days = 3\n");
  auto answer = policy_.BacktestPolicy(manager_, request);
  DAFTAR_ASSERT_OK(answer);
  const v1::BacktestReport& report = answer->report();
  ASSERT_THAT(KindsOf(report), ElementsAre("own-orders-only", "newer-half", "not-in-it", "prepaid",
                                           "older", "late"));
  EXPECT_EQ(report.noted(0).number(), 0u);
  EXPECT_EQ(report.noted(3).number(), 1u);
  EXPECT_THAT(report.notes(3), HasSubstr("in advance are left out: 1."));
  EXPECT_EQ(report.noted(4).number(), 10u);
  EXPECT_THAT(report.notes(4), HasSubstr("left out: 10."));
  // Not those of the policy that is tried.
  const uint32_t days = decision::DefaultPolicy().late_after_days;
  EXPECT_EQ(report.noted(5).number(), days);
  EXPECT_THAT(report.notes(5), HasSubstr("more than " + std::to_string(days) + " days"));
}

TEST_F(PolicyConsoleTest, ABacktestIsStoppedByItsCallerAndRefusedWithTooFewOrders) {
  EXPECT_THAT(policy_.BacktestPolicy(manager_, {}),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("at least 20 orders")));
  GiveOrders(40);
  EXPECT_THAT(policy_.BacktestPolicy(manager_, {}, [](const auto&) { return false; }),
              StatusIs(absl::StatusCode::kCancelled));
  v1::BacktestPolicyRequest request;
  request.set_most_orders(19);
  EXPECT_THAT(policy_.BacktestPolicy(manager_, request),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("19 with a known end")));
  request.set_most_orders(kMaxBacktestOrders + 1);
  EXPECT_THAT(policy_.BacktestPolicy(manager_, request),
              StatusIs(absl::StatusCode::kInvalidArgument));
  request.set_most_orders(0);
  request.set_toml("version = 2\n");
  EXPECT_THAT(policy_.BacktestPolicy(manager_, request),
              StatusIs(absl::StatusCode::kInvalidArgument));
  DAFTAR_EXPECT_OK(policy_.BacktestPolicy(manager_, {}));
}

TEST_F(PolicyConsoleTest, WhatDecidingWasWorthIsToldForTheLastYearUnlessDaysAreNamed) {
  v1::CheckRequest question;
  question.add_identifiers()->set_phone("0812-3456-7890");
  question.mutable_amount()->set_minor(450'000'000);
  question.mutable_amount()->set_currency("IDR");
  DAFTAR_ASSERT_OK(shop_.Check(manager_, question));
  auto worth = policy_.ReportWorth(manager_, {});
  DAFTAR_ASSERT_OK(worth);
  EXPECT_EQ(worth->to(), "2026-11-01");
  EXPECT_EQ(worth->from(), "2025-11-02");
  ASSERT_EQ(worth->months_size(), 1);
  EXPECT_EQ(worth->months(0).month(), "2026-11");
  EXPECT_EQ(worth->all().checks(), 1u);
  EXPECT_EQ(worth->all().hindered(), 1u);
  ASSERT_EQ(worth->all().money_size(), 1);
  EXPECT_EQ(worth->all().money(0).currency(), "IDR");
  EXPECT_EQ(worth->all().money(0).hindered_minor(), 450'000'000u);
  EXPECT_GT(worth->all().money(0).avoided_minor(), 0u);
  EXPECT_EQ(worth->all().money(0).avoided_least_minor(), 0u);
  EXPECT_EQ(worth->all().money(0).avoided_most_minor(), 450'000'000u);
  ASSERT_EQ(worth->effects_size(), 1);
  EXPECT_EQ(worth->effects(0).effect(), v1::EFFECT_REVIEW);
  v1::ReportWorthRequest request;
  request.set_from("2026-11-02");
  request.set_to("2026-11-01");
  EXPECT_THAT(policy_.ReportWorth(manager_, request), StatusIs(absl::StatusCode::kInvalidArgument));
  request.set_from("soon");
  EXPECT_THAT(policy_.ReportWorth(manager_, request), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(policy_.ReportWorth(manager_, {}, [] { return true; }),
              StatusIs(absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace daftar::service
